package views

import (
	"slices"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/orders"
)

// Transfer is what the page of a payment without a gateway shows.
type Transfer struct {
	Order orders.Order
	orders.Payable
	Claimed *db.Time // when the buyer said that she has paid
	QR      string   // an <svg> of ours
}

// settled reports whether nothing is left to pay.
func settled(o orders.Order) bool {
	return o.Payment.Settled()
}

// standsAs names the sentence that says how a paid order stands.
func standsAs(o orders.Order) string {
	if o.Payment == orders.PaymentRefunded {
		return "refunded"
	}
	now := steps(o)
	switch last := now[len(now)-1]; {
	case last.done:
		return "arrived"
	case now[len(now)-2].done:
		return "on_its_way"
	}
	return "paid_thanks"
}

// endedBecause is why an order was cancelled, as the messages name it.
func endedBecause(o orders.Order) string {
	switch o.EndedBecause {
	case orders.EndedBuyer, orders.EndedShop, orders.EndedDispute:
		return o.EndedBecause
	}
	return orders.EndedExpired
}

// otherWays are the open ways to pay beside the one she chose.
func otherWays(v OrderView) []orders.Method {
	return slices.DeleteFunc(v.Settings.Methods(), func(m orders.Method) bool { return m == v.Method })
}

// fullSum is what a line's pieces cost together before a coupon.
func fullSum(l orders.Line) money.Paise {
	sum, _ := l.FullTag.Times(l.Quantity)
	return sum
}

// sentSome reports whether anything of an order has left the house.
func sentSome(o orders.Order) bool {
	return slices.ContainsFunc(o.Allocations, func(a orders.Allocation) bool { return a.DispatchedAt != nil })
}

// unsentPieces are how many pieces of goods wait to be sent.
func unsentPieces(o orders.Order) (n int64) {
	for _, l := range o.Lines {
		n += unsent(o, l)
	}
	return n
}

// begun reports whether the order holds a piece whose making has begun, which
// its buyer cannot cancel.
func begun(p Page, o orders.Order) bool {
	made := slices.ContainsFunc(o.Lines, func(l orders.Line) bool { return l.MadeToOrder })
	return made && o.State == orders.Confirmed && !p.Actor.Has(auth.Administrator)
}
