package storefront

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// ofStudio is a piece that the reader may work on.
func (s *Site) ofStudio(c *fiber.Ctx, p views.Page) (catalog.Product, error) {
	if err := p.Actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return catalog.Product{}, err
	}
	one, err := s.Catalog.Product(c.UserContext(), p.Actor, c.Params("id"))
	if err == nil && !p.Actor.CoversArea(one.Area) {
		err = catalog.ErrNotFound
	}
	return one, err
}

func (s *Site) editPiece(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.ofStudio(c, p)
	if err != nil {
		return nil, err
	}
	v := views.PieceEdit{Product: one, Edition: one.Edition, Facts: one.Facts()}
	v.Facts.HSN = gst.Digits(v.Facts.HSN)
	return views.StudioEdit(inOffice(p, "/studio/pieces/"+v.ID+"/edit").Titled(p.T("studio.edit"), ""), v), nil
}

// inOffice is a page of the staff that may be the answer to a form: its languages
// lead to where it can be read.
func inOffice(p views.Page, path string) views.Page {
	p.Office, p.Path = true, path
	return p
}

// savePiece replaces what is said of a piece. When that cannot be, the page comes
// back with all that was typed.
func (s *Site) savePiece(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := catalog.EditInput{Product: c.Params("id"), Facts: typedFacts(c)}
	in.Edition, _ = strconv.ParseInt(c.FormValue("edition"), 10, 64) // 0 is no edition
	one, err := s.Catalog.Edit(c.UserContext(), p.Actor, keyOf(c), in)
	if err != nil {
		return s.editAgain(c, p, in, err)
	}
	return seeOther(c, "/studio/pieces/"+one.ID)
}

// typedFacts is the form; days that are no number are days that cannot be.
func typedFacts(c *fiber.Ctx) catalog.ProductInput {
	text := func(name string) catalog.Text {
		return catalog.Text{En: c.FormValue(name + "_en"), Hi: c.FormValue(name + "_hi"), Ur: c.FormValue(name + "_ur")}
	}
	in := catalog.ProductInput{Title: text("title"), Description: text("description"), Care: text("care"), Area: c.FormValue("area"), Craft: c.FormValue("craft"),
		Garment: c.FormValue("garment"), Fabric: c.FormValue("fabric"), Colour: c.FormValue("colour"), Techniques: many(c, "techniques"),
		HSN: strings.TrimSpace(c.FormValue("hsn")), OneOff: c.FormValue("one_off") != "", MadeToOrder: c.FormValue("made_to_order") != ""}
	if days := strings.TrimSpace(c.FormValue("lead_days")); days != "" {
		var err error
		if in.LeadDays, err = strconv.ParseInt(days, 10, 64); err != nil {
			in.LeadDays = -1
		}
	}
	return in
}

// many are all values that a form has of a name.
func many(c *fiber.Ctx, name string) []string {
	out := []string{}
	for _, v := range c.Context().PostArgs().PeekMulti(name) {
		out = append(out, string(v))
	}
	return out
}

// editAgain shows the form as it was sent, with what was the matter beside its fields.
func (s *Site) editAgain(c *fiber.Ctx, p views.Page, in catalog.EditInput, err error) (templ.Component, error) {
	f := fault.Of(err)
	if f == nil || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		return nil, err
	}
	one, readErr := s.ofStudio(c, p)
	if readErr != nil {
		return nil, readErr
	}
	v := views.PieceEdit{Product: one, Edition: in.Edition, Facts: in.Facts, Wrong: wrongFacts(p, f), Said: p.Lang.Fault(f)}
	v.Days = c.FormValue("lead_days")
	if errors.Is(err, catalog.ErrEdited) {
		if v, err = s.joined(c.UserContext(), p, v); err != nil {
			return nil, err
		}
	}
	c.Status(web.Status(f))
	return views.StudioEdit(inOffice(p, "/studio/pieces/"+v.ID+"/edit").Titled(p.T("studio.edit"), ""), v), nil
}

// joined takes over what somebody else has changed since the page was opened, and
// names what both changed. The next sending is about the newest edition.
func (s *Site) joined(ctx context.Context, p views.Page, v views.PieceEdit) (views.PieceEdit, error) {
	all, err := s.Catalog.Editions(ctx, p.Actor, v.ID)
	if err != nil {
		return v, err
	}
	people, err := s.people(ctx)
	if err != nil {
		return v, err
	}
	base := slices.IndexFunc(all, func(e catalog.Edition) bool { return e.No == v.Edition })
	if base < 0 {
		base = 0
	}
	theirs := all[0]
	hsn := func(in catalog.ProductInput) catalog.ProductInput { in.HSN = gst.Digits(in.HSN); return in }
	var both []string
	v.Facts, both = catalog.Merge(hsn(all[base].Facts), v.Facts, hsn(theirs.Facts))
	v.Edition, v.Days, v.People, v.By, v.At = theirs.No, "", people, theirs.Actor, theirs.At
	v.Other, v.Both = views.Differences(hsn(all[base].Facts), hsn(theirs.Facts)), map[string]string{}
	for _, fact := range hsn(theirs.Facts).List() {
		if slices.Contains(both, fact.Name) {
			v.Both[fact.Name] = fact.Value
		}
	}
	return v, nil
}

// wrongFacts says beside which field of the form a fault belongs.
func wrongFacts(p views.Page, f *fault.Error) map[string]string {
	out := map[string]string{}
	for _, one := range f.Fields {
		out[one.Location] = p.T("studio.wrong_" + one.Location)
	}
	switch {
	case errors.Is(f, artisans.ErrArea):
		out["area"] = p.Lang.Fault(f)
	case errors.Is(f, artisans.ErrCraft):
		out["craft"] = p.Lang.Fault(f)
	case errors.Is(f, gst.ErrHSN), errors.Is(f, gst.ErrNoRate):
		out["hsn"] = p.Lang.Fault(f)
	}
	return out
}

func (s *Site) pieceHistory(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.ofStudio(c, p)
	if err != nil {
		return nil, err
	}
	v := views.PieceHistory{Product: one}
	if v.Editions, err = s.Catalog.Editions(c.UserContext(), p.Actor, one.ID); err != nil {
		return nil, err
	}
	if v.Acts, err = s.Catalog.Acts(c.UserContext(), p.Actor, one.ID); err != nil {
		return nil, err
	}
	if v.People, err = s.people(c.UserContext()); err != nil {
		return nil, err
	}
	return views.StudioHistory(p.Titled(p.T("studio.history"), ""), v), nil
}

// pieceMove is a step of a piece's state that a person takes.
type pieceMove func(ctx context.Context, actor auth.Actor, key, product string) (catalog.Product, error)

// movePiece takes the step, or shows the piece with what stands against it.
func (s *Site) movePiece(move pieceMove) personPage {
	return func(c *fiber.Ctx, p views.Page) (templ.Component, error) {
		one, err := move(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
		if err == nil {
			return seeOther(c, "/studio/pieces/"+one.ID)
		}
		return s.refusedMove(c, p, err)
	}
}

func (s *Site) refusedMove(c *fiber.Ctx, p views.Page, err error) (templ.Component, error) {
	f := fault.Of(err)
	if f == nil || (f.Kind != fault.Conflict && f.Kind != fault.Invalid) {
		return nil, err
	}
	one, readErr := s.ofStudio(c, p)
	if readErr != nil {
		return nil, readErr
	}
	c.Status(web.Status(f))
	return s.showPiece(c, p, one, []string{p.Lang.Fault(f)}), nil
}

// sendBack returns a piece with a note that says what is to be corrected.
func (s *Site) sendBack(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	note := c.FormValue("note")
	return s.movePiece(func(ctx context.Context, actor auth.Actor, key, product string) (catalog.Product, error) {
		return s.Catalog.SendBack(ctx, actor, key, product, note)
	})(c, p)
}
