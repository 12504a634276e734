package storefront

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/payment"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/locale"
	"saebaan/storefront/static"
	"saebaan/storefront/views"
)

func (s *Site) order(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	o, err := s.Orders.Order(c.UserContext(), buyerOf(c, p.Actor, id), id)
	if err != nil {
		return nil, err
	}
	p.Office = p.Actor.Via == auth.ViaSession && landing(p.Actor, "") == "/office"
	return views.Order(p.Titled(p.T("order.title"), ""), o), nil
}

// pay begins the payment, or finds the one that has begun, and shows its form.
func (s *Site) pay(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	if _, err := s.Orders.Pay(c.UserContext(), buyerOf(c, p.Actor, id), id); err != nil {
		return nil, err
	}
	return seeOther(c, "/pay/"+id)
}

// begun is the payment of an order that waits for the buyer, or nil.
func (s *Site) begun(c *fiber.Ctx, p views.Page) (*orders.PaymentRow, error) {
	id := c.Params("id")
	rows, err := s.Orders.Payments(c.UserContext(), buyerOf(c, p.Actor, id), id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	last := rows[len(rows)-1]
	if last.State == "captured" || last.ProviderID == nil {
		return nil, nil
	}
	return &last, nil
}

// payForm shows how to pay: Stripe's form, or the practice one.
func (s *Site) payForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	row, err := s.begun(c, p)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return seeOther(c, "/orders/"+id)
	}
	p = p.Titled(p.T("pay.title"), "")
	if s.Simulator != nil {
		return views.Practice(p, id, locale.Rupees(row.Amount)), nil
	}
	return s.stripe(c, p, id)
}

// stripePolicy opens the page to Stripe's script, its frames and its server, and
// to nothing else (docs.stripe.com/security/guide, content security policy).
const stripePolicy = "default-src 'self'; script-src 'self' https://js.stripe.com; frame-src https://js.stripe.com https://hooks.stripe.com; " +
	"connect-src 'self' https://api.stripe.com; img-src 'self' data: https://*.stripe.com; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

func (s *Site) stripe(c *fiber.Ctx, p views.Page, order string) (templ.Component, error) {
	pay, err := s.Orders.Pay(c.UserContext(), buyerOf(c, p.Actor, order), order)
	if err != nil {
		return nil, err
	}
	c.Set("Content-Security-Policy", stripePolicy)
	return views.StripePay(p, views.Stripe{Order: order, Amount: locale.Rupees(pay.Amount), PublishableKey: s.StripePublishableKey,
		ClientSecret: pay.ClientSecret}, static.URL("pay.js")), nil
}

// practise is the buyer at the simulator's form. The event it makes goes the way
// of any event.
func (s *Site) practise(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if s.Simulator == nil {
		return nil, web.ErrNotFound
	}
	row, err := s.begun(c, p)
	if err != nil {
		return nil, err
	}
	if row != nil {
		outcome := payment.Succeeded
		if c.FormValue("outcome") == "decline" {
			outcome = payment.Failed
		}
		payload, signature, err := s.Simulator.Confirm(c.UserContext(), *row.ProviderID, outcome)
		if err != nil {
			return nil, err
		}
		if err := s.Orders.PaymentEvent(c.UserContext(), payload, signature); err != nil {
			return nil, err
		}
	}
	return seeOther(c, "/orders/"+c.Params("id"))
}
