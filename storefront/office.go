package storefront

import (
	"context"
	"errors"
	"io"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// perPage is how many rows a list of the office shows, brief how many the overview,
// looked how far the overview looks back.
const (
	perPage = 50
	brief   = 6
	looked  = 200 // newest orders among which those to be sent are counted
)

func (s *Site) office(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	v := views.Overview{}
	var err error
	if v.Runs, err = s.Payouts.Runs(ctx, p.Actor, "", brief); err != nil {
		return nil, err
	}
	if v.Orders, err = s.Orders.Orders(ctx, p.Actor, "", looked); err != nil {
		return nil, err
	}
	if v.People, err = s.people(ctx); err != nil {
		return nil, err
	}
	if v.Waiting, err = s.waiting(ctx, p.Actor); err != nil {
		return nil, err
	}
	return views.Office(p.Titled(p.T("nav.office"), ""), v), nil
}

// waiting counts what waits for a person; what the reader may not see is left out.
func (s *Site) waiting(ctx context.Context, a auth.Actor) (views.Waiting, error) {
	var w views.Waiting
	var err error
	if w.Returns, err = s.Orders.Returns(ctx, a, ""); err != nil {
		return w, err
	}
	if w.Refunds, err = s.Orders.OpenRefunds(ctx, a); err != nil {
		return w, err
	}
	if w.Disputes, err = s.Orders.Disputes(ctx, a); err != nil {
		return w, err
	}
	if w.WriteOffs, err = s.Catalog.OpenWriteOffs(ctx, a); err != nil {
		return w, err
	}
	if w.Registrations, err = s.Orders.Registrations(ctx, a); err != nil {
		return w, err
	}
	w.Receipts, err = s.Orders.OpenReceipts(ctx, a)
	return w, allowed(err)
}

// allowed is err, but nil for what the reader's role leaves out of her page.
func allowed(err error) error {
	if errors.Is(err, auth.ErrForbidden) {
		return nil
	}
	return err
}

// people names the users by the principal that the books hold.
func (s *Site) people(ctx context.Context) (views.People, error) {
	all, err := s.Auth.People(ctx)
	out := make(views.People, len(all))
	for _, one := range all {
		out[auth.Actor{ID: one.ID, Via: auth.ViaSession}.Principal()] = one.Name
	}
	return out, err
}

func (s *Site) orders(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Orders.Orders(c.UserContext(), p.Actor, c.Query("before"), perPage+1)
	if err != nil {
		return nil, err
	}
	before := ""
	if len(list) > perPage {
		list = list[:perPage]
		before = list[perPage-1].ID
	}
	return views.Orders(p.Titled(p.T("nav.orders"), ""), list, before), nil
}

// deliveries enters a carrier's report and says what came of each row.
func (s *Site) deliveries(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	text, err := sent(c, "text")
	if err != nil {
		return nil, err
	}
	lines, err := orders.ParseDeliveries(text)
	if err != nil {
		return nil, err
	}
	rows, err := s.Orders.EnterDeliveries(c.UserContext(), p.Actor, lines)
	if err != nil {
		return nil, err
	}
	p.Office, p.Path = true, "/office/orders"
	return views.Deliveries(p.Titled(p.T("deliveries.result"), ""), rows), nil
}

// sent is the file of a form, else the text typed in a field instead of it.
func sent(c *fiber.Ctx, field string) ([]byte, error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return []byte(c.FormValue(field)), nil
	}
	f, err := header.Open()
	if err != nil {
		return nil, web.ErrMalformed.Because(err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, web.BodyLimit))
	if err != nil {
		return nil, web.ErrMalformed.Because(err)
	}
	return text, nil
}

func (s *Site) dispatch(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.advance(c, p, func(ctx context.Context, actor auth.Actor, key, order string) (orders.Order, error) {
		return s.Orders.Dispatch(ctx, actor, key, orders.DispatchInput{Order: order, Carrier: c.FormValue("carrier"), Tracking: c.FormValue("tracking")})
	})
}

func (s *Site) deliver(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.advance(c, p, s.Orders.Deliver)
}

func (s *Site) advance(c *fiber.Ctx, p views.Page, do func(context.Context, auth.Actor, string, string) (orders.Order, error)) (templ.Component, error) {
	o, err := do(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+o.ID)
}

func (s *Site) artisans(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Artisans.List(c.UserContext(), p.Actor, c.Query("after"), perPage+1)
	if err != nil {
		return nil, err
	}
	after := ""
	if len(list) > perPage {
		list = list[:perPage]
		after = list[perPage-1].ID
	}
	return views.Artisans(p.Titled(p.T("nav.artisans"), ""), list, after), nil
}

func (s *Site) statement(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	st, err := s.Payouts.Statement(c.UserContext(), p.Actor, c.Params("id"), c.Query("from"), c.Query("to"))
	if err != nil {
		return nil, err
	}
	p = p.Titled(p.T("statement.title"), "")
	if kind := wanted(c); kind != "" {
		return s.keepSheet(c, p, kind, views.StatementSheet(p, st))
	}
	agreed, err := s.Workshop.Agreements(c.UserContext(), p.Actor, st.Artisan.ID, st.From, st.To)
	if err != nil {
		return nil, err
	}
	return views.Statement(p, st, agreed), nil
}

// statementVoice is the statement as a recording in the language of the page.
func (s *Site) statementVoice(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	st, err := s.Payouts.Statement(c.UserContext(), p.Actor, c.Params("id"), c.Query("from"), c.Query("to"))
	if err != nil {
		return nil, err
	}
	wav, err := st.Voice(p.Lang.Code)
	if err != nil {
		return nil, err
	}
	return nil, download(c, st.VoiceName(), "audio/wav", wav)
}
