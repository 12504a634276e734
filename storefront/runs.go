package storefront

import (
	"context"
	"errors"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/payouts"
	"saebaan/storefront/views"
)

func (s *Site) runs(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	list, err := s.Payouts.Runs(ctx, p.Actor, c.Query("before"), perPage+1)
	if err != nil {
		return nil, err
	}
	before := ""
	if len(list) > perPage {
		list = list[:perPage]
		before = list[perPage-1].ID
	}
	people, err := s.people(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := s.Artisans.Groups(ctx, p.Actor, "", 1000)
	if err != nil {
		return nil, err
	}
	return views.Runs(p.Titled(p.T("nav.runs"), ""), views.RunsView{List: list, Groups: groups, People: people, Before: before}), nil
}

// parts explains one payment of a run.
func (s *Site) parts(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	var v views.PartsView
	var err error
	if v.Run, err = s.Payouts.Run(ctx, p.Actor, c.Params("id")); err != nil {
		return nil, err
	}
	if v.Artisan, err = s.Artisans.Artisan(ctx, p.Actor, c.Params("artisan")); err != nil {
		return nil, err
	}
	if v.Parts, err = s.Payouts.Parts(ctx, p.Actor, v.Run.ID, v.Artisan.ID); err != nil {
		return nil, err
	}
	return views.Parts(p.Titled(p.T("parts.title"), ""), v), nil
}

// oneRun reads a run as its pages show it.
func (s *Site) oneRun(ctx context.Context, actor auth.Actor, id string) (views.Run, error) {
	r, err := s.Payouts.Run(ctx, actor, id)
	if err != nil {
		return views.Run{}, err
	}
	people, err := s.people(ctx)
	return views.Run{Run: r, People: people}, err
}

func (s *Site) run(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.oneRun(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	p = p.Titled(p.T("run.title", "Date", p.Lang.Day(r.BusinessDate)), "")
	if kind := wanted(c); kind != "" {
		return s.keepSheet(c, p, kind, r.Sheet(p))
	}
	return views.RunPage(p, r), nil
}

func (s *Site) prepareRun(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	kind, of, _ := strings.Cut(c.FormValue("scope"), ":")
	var scope payouts.Scope
	if kind == "area" {
		scope.Area = of
	} else {
		scope.Group = of
	}
	r, err := s.Payouts.Prepare(c.UserContext(), p.Actor, keyOf(c), scope)
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/runs/"+r.ID)
}

func (s *Site) submitRun(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.Payouts.Submit(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/runs/"+r.ID)
}

func (s *Site) withdrawRun(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.Payouts.Withdraw(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/runs/"+r.ID)
}

func (s *Site) approveForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.approvePage(c, p, views.Run{})
}

// approvePage shows what would be approved; said carries what was wrong before.
func (s *Site) approvePage(c *fiber.Ctx, p views.Page, said views.Run) (templ.Component, error) {
	r, err := s.oneRun(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	r.Wrong, r.WrongPasskey = said.Wrong, said.WrongPasskey
	if r.Passkey, err = s.hasPasskey(c, p); err != nil {
		return nil, err
	}
	return views.Approve(p.Titled(p.T("approve.title"), ""), r), nil
}

// approveRun approves what the form showed; a wrong password or passkey is said
// beside it.
func (s *Site) approveRun(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id, proof := c.Params("id"), auth.Proof{Password: c.FormValue("password"), Passkey: []byte(c.FormValue("answer"))}
	_, err := s.Payouts.Approve(c.UserContext(), p.Actor, id, c.FormValue("hash"), proof)
	if err == nil {
		return seeOther(c, "/office/runs/"+id)
	}
	f := fault.Of(err)
	p.Office = true
	switch {
	case errors.Is(err, auth.ErrPasskey), errors.Is(err, auth.ErrPasskeyCounter), errors.Is(err, auth.ErrPasskeysOff):
		c.Status(web.Status(f))
		return s.approvePage(c, p, views.Run{WrongPasskey: p.Lang.Fault(f)})
	case errors.Is(err, auth.ErrStepUp), errors.Is(err, auth.ErrTooMany), errors.Is(err, auth.ErrProof):
		c.Status(web.Status(f))
		return s.approvePage(c, p, views.Run{Wrong: p.Lang.Fault(f)})
	}
	return nil, err
}

// bankFile gives the file out, which marks the run as sent: a form, not a link.
func (s *Site) bankFile(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	g, err := s.Payouts.File(c.UserContext(), p.Actor, c.Params("id"), payouts.FileInput{Rail: c.FormValue("rail"), Layout: c.FormValue("layout")})
	if err != nil {
		return nil, err
	}
	return nil, download(c, g.Name, g.Type(), g.Content)
}

func (s *Site) enterAnswers(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	text, err := sent(c, "answer")
	if err != nil {
		return nil, err
	}
	answers, err := s.Payouts.ReadAnswers(c.UserContext(), p.Actor, c.Params("id"), c.FormValue("layout"), text)
	if err != nil {
		return nil, err
	}
	rows, err := s.Payouts.EnterAnswers(c.UserContext(), p.Actor, c.Params("id"), answers)
	if err != nil {
		return nil, err
	}
	r, err := s.oneRun(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	p.Office = true
	return views.Answers(p.Titled(p.T("answer.result"), ""), r, rows), nil
}

// vouchers are a run's cash payments, each with its line for a signature.
func (s *Site) vouchers(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.oneRun(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	return views.Vouchers(p.Titled(p.T("voucher.title"), ""), r), nil
}
