package storefront

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/storefront/views"
	"saebaan/workshop"
)

// jobs lists the workshop's jobs; one that is asked for by its SKU can be opened.
func (s *Site) jobs(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	v := views.JobsView{SKU: strings.TrimSpace(c.Query("sku"))}
	var err error
	if v.List, err = s.Workshop.Jobs(ctx, p.Actor, c.Query("before"), perPage+1); err != nil {
		return nil, err
	}
	if len(v.List) > perPage {
		v.List = v.List[:perPage]
		v.Before = v.List[perPage-1].ID
	}
	if v.SKU != "" {
		if v.Variant, v.Stages, err = s.Workshop.Blank(ctx, p.Actor, v.SKU); err != nil {
			return nil, err
		}
		if v.People, err = s.Artisans.List(ctx, p.Actor, "", 1000); err != nil {
			return nil, err
		}
	}
	return views.Jobs(p.Titled(p.T("nav.jobs"), ""), v), nil
}

func (s *Site) openJob(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := workshop.JobInput{Variant: c.FormValue("variant"), Note: c.FormValue("note")}
	in.Pieces, _ = strconv.ParseInt(c.FormValue("pieces"), 10, 64) // 0 is refused with its reason
	for _, stage := range strings.Split(c.FormValue("stages"), " ") {
		rate, err := money.Parse(c.FormValue("rate_" + stage))
		if err != nil {
			return nil, workshop.ErrJob.At("rate", "an amount")
		}
		in.Stages = append(in.Stages, workshop.StageInput{Stage: stage, Rate: &rate, Makers: makersIn(c, stage)})
	}
	j, err := s.Workshop.OpenJob(c.UserContext(), p.Actor, keyOf(c), in)
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/jobs/"+j.ID)
}

// makersIn are the makers that a form names for a stage, with their weights.
func makersIn(c *fiber.Ctx, stage string) (out []catalog.MakerInput) {
	for n := range views.MakersAtOnce {
		at := stage + "_" + strconv.Itoa(n)
		if who := c.FormValue("maker_" + at); who != "" {
			weight, _ := strconv.ParseInt(c.FormValue("weight_"+at), 10, 64) // 0 is refused with its reason
			out = append(out, catalog.MakerInput{Stage: stage, Artisan: who, Weight: weight})
		}
	}
	return out
}

// job is one job with what can be done about it.
func (s *Site) job(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	j, err := s.Workshop.Job(ctx, p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := views.JobView{Job: j}
	if v.Changes, err = s.Workshop.ChangesOf(ctx, p.Actor, j.ID, ""); err != nil {
		return nil, err
	}
	if v.Who, err = s.people(ctx); err != nil {
		return nil, err
	}
	if v.People, err = s.Artisans.List(ctx, p.Actor, "", 1000); err != nil {
		return nil, err
	}
	return views.OneJob(p.Titled(p.T("job.title", "SKU", j.SKU), ""), v), nil
}

// did goes back to the job after something was done about it.
func did(c *fiber.Ctx, j workshop.Job, err error) (templ.Component, error) {
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/jobs/"+j.ID)
}

func (s *Site) handIn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	pieces, _ := strconv.ParseInt(c.FormValue("pieces"), 10, 64) // 0 is refused with its reason
	j, err := s.Workshop.HandIn(c.UserContext(), p.Actor, keyOf(c), workshop.HandInInput{Job: c.Params("id"), Stage: c.FormValue("stage"), Pieces: pieces})
	return did(c, j, err)
}

func (s *Site) acceptHandIn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	passed, err := strconv.ParseInt(c.FormValue("passed"), 10, 64)
	if err != nil {
		return nil, workshop.ErrJob.At("passed", "a number of pieces")
	}
	j, err := s.Workshop.AcceptStage(c.UserContext(), p.Actor, keyOf(c), workshop.AcceptInput{HandIn: c.Params("id"), Passed: passed, Note: c.FormValue("note")})
	return did(c, j, err)
}

func (s *Site) issueMaterial(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	amount, err := money.Parse(c.FormValue("amount"))
	if err != nil {
		return nil, workshop.ErrJob.At("amount", "an amount")
	}
	j, err := s.Workshop.IssueMaterial(c.UserContext(), p.Actor, keyOf(c), workshop.MaterialInput{Job: c.Params("id"), What: c.FormValue("what"), Amount: amount})
	return did(c, j, err)
}

func (s *Site) finishJob(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	good, err := strconv.ParseInt(c.FormValue("good"), 10, 64)
	if err != nil {
		return nil, workshop.ErrJob.At("good", "a number of pieces")
	}
	j, err := s.Workshop.Finish(c.UserContext(), p.Actor, keyOf(c), workshop.FinishInput{Job: c.Params("id"), Good: good})
	return did(c, j, err)
}

func (s *Site) cancelJob(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	j, err := s.Workshop.Cancel(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
	return did(c, j, err)
}

func (s *Site) proposeChange(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := workshop.ChangeInput{Job: c.Params("id"), Stage: c.FormValue("stage"), Makers: makersIn(c, "change"), Reason: c.FormValue("reason")}
	if text := strings.TrimSpace(c.FormValue("rate")); text != "" {
		rate, err := money.Parse(text)
		if err != nil {
			return nil, workshop.ErrJob.At("rate", "an amount")
		}
		in.Rate = &rate
	}
	if _, err := s.Workshop.ProposeChange(c.UserContext(), p.Actor, keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/jobs/"+in.Job)
}

func (s *Site) decideChange(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	change, err := s.Workshop.DecideChange(c.UserContext(), p.Actor, keyOf(c), c.Params("id"), c.FormValue("decision") == "yes")
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/jobs/"+change.JobID)
}
