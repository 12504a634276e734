package storefront

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// perPage is how many rows a list of the office shows, brief how many the overview.
const (
	perPage = 50
	brief   = 6
)

func (s *Site) office(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	runs, err := s.Payouts.Runs(ctx, p.Actor, "", brief)
	if err != nil {
		return nil, err
	}
	list, err := s.Orders.Orders(ctx, p.Actor, "", brief)
	if err != nil {
		return nil, err
	}
	people, err := s.people(ctx)
	if err != nil {
		return nil, err
	}
	return views.Office(p.Titled(p.T("nav.office"), ""), runs, list, people), nil
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

func (s *Site) dispatch(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.advance(c, p, s.Orders.Dispatch)
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
	return views.Statement(p.Titled(p.T("statement.title"), ""), st), nil
}
