package storefront

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// money is what waits to be understood or paid by a person.
func (s *Site) money(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx := c.UserContext()
	v := views.MoneyView{Order: c.Query("order")}
	var err error
	if v.Refunds, err = s.Orders.OpenRefunds(ctx, p.Actor); err != nil {
		return nil, err
	}
	if v.Disputes, err = s.Orders.Disputes(ctx, p.Actor); err != nil {
		return nil, err
	}
	if v.Receipts, err = s.Orders.OpenReceipts(ctx, p.Actor); allowed(err) != nil {
		return nil, err
	}
	return views.Money(p.Titled(p.T("nav.money"), ""), v), nil
}

// bankStatement enters a bank's statement and says what came of each row.
func (s *Site) bankStatement(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	text, err := sent(c, "text")
	if err != nil {
		return nil, err
	}
	lines, err := orders.ParseStatement(text)
	if err != nil {
		return nil, err
	}
	rows, err := s.Orders.EnterStatement(c.UserContext(), p.Actor, lines)
	if err != nil {
		return nil, err
	}
	p.Office, p.Path = true, "/office/money"
	return views.Statements(p.Titled(p.T("bank.result"), ""), rows), nil
}

func (s *Site) placeReceipt(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := orders.Placement{Receipt: c.Params("id"), Decision: orders.ReceiptState(c.FormValue("decision"))}
	switch about := strings.TrimSpace(c.FormValue("about")); in.Decision {
	case orders.ReceiptPlaced:
		in.Order = about
	case orders.ReceiptSentBack:
		in.Reference = about
	}
	if _, err := s.Orders.PlaceReceipt(c.UserContext(), p.Actor, keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/money")
}

func (s *Site) recordMoney(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	amount, err := rupeesOf(c, "amount")
	if err != nil {
		return nil, err
	}
	o, err := s.Orders.RecordMoney(c.UserContext(), p.Actor, keyOf(c), orders.MoneyInput{Order: strings.TrimSpace(c.FormValue("order")),
		Method: orders.Method(c.FormValue("method")), Amount: amount, Reference: strings.TrimSpace(c.FormValue("reference"))})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/orders/"+o.ID)
}

func (s *Site) recordRefund(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Orders.RecordRefund(c.UserContext(), p.Actor, keyOf(c), orders.RefundRecord{Refund: c.Params("id"),
		Method: orders.Method(c.FormValue("method")), Reference: strings.TrimSpace(c.FormValue("reference"))})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/money#refunds")
}

// rupeesOf is an amount as a person types it, "₹1,250.50"; an empty field is 0.
func rupeesOf(c *fiber.Ctx, name string) (money.Paise, error) {
	text := strings.NewReplacer("₹", "", ",", "", " ", "").Replace(c.FormValue(name))
	if text == "" {
		return 0, nil
	}
	p, err := money.Parse(text)
	if err != nil {
		return 0, web.ErrMalformed.With("%s is not an amount in rupees. Nothing was done.", name)
	}
	return p, nil
}
