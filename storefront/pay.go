package storefront

import (
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/payment"
	"saebaan/internal/qr"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/locale"
	"saebaan/storefront/static"
	"saebaan/storefront/views"
)

// pay begins the payment by the way she chose, or finds the one that has begun,
// and shows how to go on.
func (s *Site) pay(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	if _, err := s.Orders.Pay(c.UserContext(), s.buyerOf(c, p.Actor, id), id, orders.Method(c.FormValue("method"))); err != nil {
		return nil, err
	}
	return seeOther(c, "/pay/"+id)
}

// attempt is the newest payment of an order that waits for the buyer, by the
// way she chose last, or nil.
func attempt(o orders.Order, rows []orders.PaymentRow) *orders.PaymentRow {
	if o.Payment.Settled() {
		return nil
	}
	for _, r := range slices.Backward(rows) {
		card := r.Reference == nil && r.ProviderID != nil
		if r.State == "captured" || r.State == "unidentified" {
			continue
		}
		if (o.Method == orders.Card && card) || (r.Reference != nil && r.Provider == string(o.Method)) {
			return &r
		}
	}
	return nil
}

// begun is the order of the address with the payment that waits for the buyer.
func (s *Site) begun(c *fiber.Ctx, p views.Page) (views.Page, orders.Order, *orders.PaymentRow, error) {
	p, o, err := s.opened(c, p)
	p.Office = false
	if err != nil {
		return p, o, nil, err
	}
	rows, err := s.Orders.Payments(c.UserContext(), p.Actor, o.ID)
	return p, o, attempt(o, rows), err
}

// payForm shows how to pay: a card's form, the UPI code, the bank account or the
// desk. A payment that has not begun, or is over, is shown on the order's page.
func (s *Site) payForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	p, o, row, err := s.begun(c, p)
	if err != nil {
		return nil, err
	}
	if row == nil || o.State != orders.Placed {
		return seeOther(c, "/orders/"+o.ID)
	}
	p = p.Titled(p.T("pay.title"), "")
	if row.Reference == nil && s.Simulator != nil {
		return views.Practice(p, o.ID, locale.Rupees(row.Amount)), nil
	}
	pay, err := s.Orders.Pay(c.UserContext(), p.Actor, o.ID, "")
	if err != nil {
		return nil, err
	}
	if row.Reference == nil {
		return s.stripe(c, p, o.ID, pay), nil
	}
	return s.transfer(p, o, row, pay)
}

// transfer is how to pay what no gateway collects.
func (s *Site) transfer(p views.Page, o orders.Order, row *orders.PaymentRow, pay orders.Payable) (templ.Component, error) {
	v := views.Transfer{Order: o, Payable: pay, Claimed: row.ClaimedAt}
	if pay.Link != "" {
		var err error
		if v.QR, err = qr.SVG(pay.Link); err != nil {
			return nil, err
		}
	}
	return views.TransferPay(p.Titled(p.T("pay.title_"+string(pay.Method)), ""), v), nil
}

// claim notes that she says she has paid. It proves nothing.
func (s *Site) claim(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	id := c.Params("id")
	if _, err := s.Orders.Claim(c.UserContext(), s.buyerOf(c, p.Actor, id), id); err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+id)
}

// stripePolicy opens the page to Stripe's script, its frames and its server, and
// to nothing else (docs.stripe.com/security/guide, content security policy).
const stripePolicy = "default-src 'self'; script-src 'self' https://js.stripe.com; frame-src https://js.stripe.com https://hooks.stripe.com; " +
	"connect-src 'self' https://api.stripe.com; img-src 'self' data: https://*.stripe.com; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

func (s *Site) stripe(c *fiber.Ctx, p views.Page, order string, pay orders.Payable) templ.Component {
	c.Set("Content-Security-Policy", stripePolicy)
	return views.StripePay(p, views.Stripe{Order: order, Amount: locale.Rupees(pay.Amount), PublishableKey: s.StripePublishableKey,
		ClientSecret: pay.ClientSecret}, static.URL("pay.js"))
}

// practise is the buyer at the simulator's form. The event it makes goes the way
// of any event.
func (s *Site) practise(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if s.Simulator == nil {
		return nil, web.ErrNotFound
	}
	_, _, row, err := s.begun(c, p)
	if err != nil {
		return nil, err
	}
	if row != nil && row.ProviderID != nil {
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
