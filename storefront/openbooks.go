package storefront

import (
	"cmp"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/qr"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// An address may open so many books at once, and then one each interval.
const (
	openBurst = 30
	openEvery = time.Second
)

// openBook shows everybody who has its address where the money of an order went.
func (s *Site) openBook(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	b, err := s.OpenBooks.Book(c.UserContext(), c.Params("token"))
	if err != nil {
		return nil, err
	}
	return views.OpenBook(p.Titled(p.T("open.title"), ""), b), nil
}

// openYear shows everybody what was promised in a financial year against what was
// paid.
func (s *Site) openYear(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	y, err := s.OpenBooks.Year(c.UserContext(), c.Params("year"))
	if err != nil {
		return nil, err
	}
	p.Private = false
	return views.OpenYear(p.Titled(p.T("year.title", "Year", y.Book.Year), p.T("year.lead")), y), nil
}

// openCode gives the page of an order that is confirmed the code of its open book.
func (s *Site) openCode(c *fiber.Ctx, p views.Page, v *views.OrderView) error {
	if v.State == orders.Placed {
		return nil
	}
	var err error
	if v.OpenToken, err = s.Orders.OpenToken(c.UserContext(), p.Actor, v.ID); err != nil {
		return err
	}
	v.OpenQR, err = qr.SVG(cmp.Or(s.Orders.Settings().Site, p.Base) + "/open/" + v.OpenToken)
	return err
}
