package views

import (
	"slices"
	"strconv"

	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/orders"
)

// Checkout is what the page of the order form shows.
type Checkout struct {
	Cart     orders.Cart
	Quote    orders.Quote
	Plain    *orders.Order // the bill without the coupon, where the coupon changes a rate
	Settings orders.Settings
	Form     Form
	Wrong    map[string]string // what is the matter, by the field's name
	Said     string            // what happened to the last try
	Changed  string            // why it costs other than she saw
	Sure     string            // set when PIN and State contradict: sent back, it confirms them
}

// Form is what she typed.
type Form struct {
	Phone, Name, PIN, House, Landmark, City, State string
	Coupon, GSTIN, Method                          string
}

type fieldInput struct {
	name, value, kind, mode, fill, most string
	required, hint                      bool
}

// total is what she would pay; a cart that cannot be priced shows its own sum.
func (c Checkout) total() money.Paise {
	if c.Quote.Order.ID == "" {
		return c.Cart.Total
	}
	return c.Quote.Order.Total
}

// method is the chosen way to pay: the first one until she chooses.
func (c Checkout) method() orders.Method {
	open := c.Settings.Methods()
	if chosen := orders.Method(c.Form.Method); slices.Contains(open, chosen) {
		return chosen
	}
	return open[0]
}

// kept is for how long pieces are kept by a way to pay.
func (p Page) kept(s orders.Settings, m orders.Method) string {
	switch m {
	case orders.Card:
		return p.Lang.Minutes(int64(s.HoldCard.Minutes()))
	case orders.UPI:
		return p.Lang.Minutes(int64(s.HoldUPI.Minutes()))
	}
	return p.N("method.working_days", int64(s.HoldBank))
}

// goods are the pieces of an order before a coupon, tax included.
func goods(o orders.Order) money.Paise {
	return sumLines(o, func(l orders.Line) money.Paise { return l.FullTag })
}

// couponOff is what the coupon takes off the pieces, tax included.
func couponOff(o orders.Order) money.Paise {
	return sumLines(o, func(l orders.Line) money.Paise { return l.FullTag - l.Tag })
}

func sumLines(o orders.Order, of func(orders.Line) money.Paise) (sum money.Paise) {
	for _, l := range o.Lines {
		if l.Kind == orders.Goods {
			part, _ := of(l).Times(l.Quantity) // above what can be counted no order is quoted
			sum += part
		}
	}
	return sum
}

// delivery is what the carriage costs, in words where it costs nothing.
func (p Page) delivery(o orders.Order) string {
	switch {
	case o.Delivery.Charge > 0:
		return rupees(o.Delivery.Charge)
	case o.Delivery.Waived > 0:
		return p.T("checkout.free")
	}
	return p.T("checkout.included")
}

func (p Page) deliveryLabel(c Checkout) string {
	if c.Form.PIN == "" || c.Wrong["pin"] != "" {
		return p.T("checkout.delivery_guess")
	}
	return p.T("checkout.delivery_to", "PIN", c.Form.PIN)
}

// freeFrom is the value of pieces from which their carriage is free at the
// address, or 0 when it is free already or never.
func (c Checkout) freeFrom() money.Paise {
	o := c.Quote.Order
	if o.Delivery.Charge == 0 {
		return 0
	}
	return o.Delivery.Free
}

// Changed says why the total is not the one she saw, both given as the form had
// them.
func Changed(p Page, q orders.Quote, seen, seenDelivery string) string {
	id := "checkout.changed_price"
	if strconv.FormatInt(int64(q.Order.Delivery.Charge), 10) != seenDelivery {
		id = "checkout.changed_delivery"
	}
	before, err := strconv.ParseInt(seen, 10, 64)
	if err != nil {
		return p.T("checkout.look", "Now", rupees(q.Order.Total))
	}
	return p.T(id, "Now", rupees(q.Order.Total), "Before", rupees(money.Paise(before)), "Delivery", p.delivery(q.Order))
}

type state struct{ code, name string }

// states are the States and Union Territories in alphabetical order.
func (p Page) states() []state {
	out := make([]state, 0, len(gst.States))
	for code := range gst.States {
		out = append(out, state{code, p.State(code)})
	}
	slices.SortFunc(out, func(a, b state) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}

// State is the name of the State with that code.
func (p Page) State(code string) string {
	if p.Lang.Code == "hi" {
		return gst.States[code].Hindi
	}
	return gst.States[code].English
}
