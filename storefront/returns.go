package storefront

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// returns lists the requests that wait.
func (s *Site) returns(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Orders.Returns(c.UserContext(), p.Actor, "")
	if err != nil {
		return nil, err
	}
	return views.Returns(p.Titled(p.T("nav.returns"), ""), list), nil
}

// oneReturn shows a return with the forms that decide on it.
func (s *Site) oneReturn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	r, err := s.Orders.Return(ctx, p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := views.ReturnWork{Return: r}
	if v.Order, err = s.Orders.Order(ctx, p.Actor, r.OrderID); err != nil {
		return nil, err
	}
	if v.Makers, err = s.makersOf(c, p, v); err != nil {
		return nil, err
	}
	return views.OneReturn(p.Titled(p.T("return.one"), ""), v), nil
}

// makersOf are the women who made the returned pieces, by name, for whom may
// record what became of them.
func (s *Site) makersOf(c *fiber.Ctx, p views.Page, v views.ReturnWork) ([]artisans.Artisan, error) {
	if !views.Decides(p, v.Return) {
		return nil, nil
	}
	var out []artisans.Artisan
	seen := map[string]bool{}
	for _, lot := range v.Lots() {
		l, err := s.Catalog.Lot(c.UserContext(), p.Actor, lot)
		if err != nil {
			return nil, err
		}
		for _, m := range l.Makers {
			if seen[m.Artisan] {
				continue
			}
			seen[m.Artisan] = true
			a, err := s.Artisans.Artisan(c.UserContext(), p.Actor, m.Artisan)
			if errors.Is(err, artisans.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

func (s *Site) receiveReturn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.Orders.ReceiveReturn(c.UserContext(), p.Actor, keyOf(c), orders.ReceiveInput{Return: c.Params("id"),
		Outcome: orders.Outcome(c.FormValue("outcome")), AtFault: c.FormValue("at_fault"), Reason: orders.Reason(c.FormValue("reason"))})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/returns/"+r.ID)
}

func (s *Site) refuseReturn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	r, err := s.Orders.EndReturn(c.UserContext(), p.Actor, keyOf(c), orders.ReturnEnd{Return: c.Params("id"), Note: c.FormValue("note")})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/returns/"+r.ID)
}

// writeOffs lists what waits for a second person.
func (s *Site) writeOffs(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Catalog.OpenWriteOffs(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	people, err := s.people(c.UserContext())
	if err != nil {
		return nil, err
	}
	return views.WriteOffs(p.Titled(p.T("nav.write_offs"), ""), list, people), nil
}

func (s *Site) proposeWriteOff(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	pieces, err := strconv.ParseInt(c.FormValue("pieces"), 10, 64)
	if err != nil {
		return nil, catalog.ErrWriteOff.At("pieces", "one piece or more")
	}
	if _, err := s.Catalog.ProposeWriteOff(c.UserContext(), p.Actor, keyOf(c), catalog.WriteOffInput{Lot: strings.TrimSpace(c.FormValue("lot")),
		Place: c.FormValue("place"), Pieces: pieces, Reason: c.FormValue("reason")}); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/write-offs")
}

func (s *Site) approveWriteOff(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Catalog.ApproveWriteOff(c.UserContext(), p.Actor, keyOf(c), c.Params("id")); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/write-offs")
}
