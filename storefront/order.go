package storefront

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// order is the page of an order for its buyer and for the office.
func (s *Site) order(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	p, o, err := s.opened(c, p)
	if err != nil {
		return nil, err
	}
	v := views.OrderView{Order: o, Settings: s.Orders.Settings(), Now: db.At(time.Now())}
	ctx := c.UserContext()
	if v.Documents, err = s.Orders.Documents(ctx, p.Actor, o.ID); err != nil {
		return nil, err
	}
	if v.Refunds, err = s.Orders.Refunds(ctx, p.Actor, o.ID); err != nil {
		return nil, err
	}
	if v.Returns, err = s.Orders.Returns(ctx, p.Actor, o.ID); err != nil {
		return nil, err
	}
	rows, err := s.Orders.Payments(ctx, p.Actor, o.ID)
	if err != nil {
		return nil, err
	}
	if err := s.openCode(c, p, &v); err != nil {
		return nil, err
	}
	v.Attempt, v.Due = attempt(o, rows), o.Total
	for _, r := range rows {
		if r.State == "captured" {
			v.Due -= r.Captured
		}
	}
	return views.Order(p.Titled(p.T("order.title"), ""), v), nil
}

// opened reads the order of the address as its buyer or as staff, and gives the
// page with the reader who may see it.
func (s *Site) opened(c *fiber.Ctx, p views.Page) (views.Page, orders.Order, error) {
	id := c.Params("id")
	p.Actor = s.buyerOf(c, p.Actor, id)
	o, err := s.Orders.Order(c.UserContext(), p.Actor, id)
	p.Office = atWork(p.Actor)
	return p, o, err
}

// atWork reports whether the reader is signed in for the office.
func atWork(a auth.Actor) bool { return a.Via == auth.ViaSession && landing(a, "") == "/office" }

// cancelForm says what cancelling does and asks what shall be cancelled.
func (s *Site) cancelForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	p, o, err := s.opened(c, p)
	if err != nil {
		return nil, err
	}
	return views.CancelForm(p.Titled(p.T("cancel.title"), ""), o), nil
}

func (s *Site) cancel(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := orders.CancelInput{Order: c.Params("id"), Line: c.FormValue("line")}
	if in.Line != "" {
		n, err := strconv.ParseInt(c.FormValue("pieces"), 10, 64)
		if err != nil || n < 1 { // 0 would be all of them
			return nil, orders.ErrQuantity
		}
		in.Pieces = n
	}
	if _, err := s.Orders.Cancel(c.UserContext(), s.buyerOf(c, p.Actor, in.Order), keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+in.Order)
}

// mailTo says where the mails about an order go.
func (s *Site) mailTo(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := orders.MailInput{Order: c.Params("id"), Email: c.FormValue("email")}
	if _, err := s.Orders.MailTo(c.UserContext(), s.buyerOf(c, p.Actor, in.Order), keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+in.Order+"#mails")
}

// returnForm asks why pieces of one line come back, and what for.
func (s *Site) returnForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	p, o, err := s.opened(c, p)
	if err != nil {
		return nil, err
	}
	v := views.ReturnView{Order: o, Line: o.Line(c.Query("line")), Days: s.Orders.Settings().ReturnDays}
	if v.Line.ID == "" || v.Line.Kind != orders.Goods {
		return nil, orders.ErrNotFound
	}
	piece, err := s.Catalog.Product(c.UserContext(), p.Actor, v.Line.ProductID)
	if err == nil { // a piece that is shown no more is not exchanged
		v.Sizes = views.OtherSizes(piece, v.Line)
	}
	return views.ReturnForm(p.Titled(p.T("return.title"), ""), v), nil
}

func (s *Site) requestReturn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	pieces, err := strconv.ParseInt(c.FormValue("pieces"), 10, 64)
	if err != nil {
		return nil, orders.ErrReturn.At("pieces", "one piece or more")
	}
	in := orders.ReturnInput{Order: c.Params("id"), Line: c.FormValue("line"), Pieces: pieces, Reason: orders.Reason(c.FormValue("reason")),
		Note: c.FormValue("note"), Exchange: c.FormValue("exchange")}
	if _, err := s.Orders.RequestReturn(c.UserContext(), s.buyerOf(c, p.Actor, in.Order), keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+in.Order+"#returns")
}

// withdrawReturn takes a buyer's request back.
func (s *Site) withdrawReturn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	actor := opener(c, p.Actor, func(a auth.Actor) error {
		_, err := s.Orders.Return(c.UserContext(), a, id)
		return err
	})
	r, err := s.Orders.EndReturn(c.UserContext(), actor, keyOf(c), orders.ReturnEnd{Return: id})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+r.OrderID+"#returns")
}
