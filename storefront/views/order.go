package views

import (
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
	"saebaan/orders"
)

// NewKey is a key for one sending of a form.
func NewKey() string { return id.New("frm") }

// step is one station of an order's way.
type step struct {
	name string // message id
	at   *db.Time
	done bool
}

// steps are the stations of an order, in their order.
func steps(o orders.Order) []step {
	out := []step{{"placed", &o.PlacedAt, true}, {"paid", o.ConfirmedAt, o.ConfirmedAt != nil}}
	sent, there := each(o, func(a orders.Allocation) *db.Time { return a.DispatchedAt }), each(o, func(a orders.Allocation) *db.Time { return a.DeliveredAt })
	return append(out, step{"dispatched", sent, sent != nil}, step{"delivered", there, there != nil})
}

// each is the latest of an instant over the allocations, or nil while one has none.
func each(o orders.Order, of func(orders.Allocation) *db.Time) *db.Time {
	var last *db.Time
	for _, a := range o.Allocations {
		if a.State == orders.Released {
			continue
		}
		t := of(a)
		if t == nil {
			return nil
		}
		if last == nil || *t > *last {
			last = t
		}
	}
	return last
}

// sumOf is what a line's pieces cost together; an order above what can be
// counted was never placed.
func sumOf(l orders.Line) money.Paise {
	sum, _ := l.Tag.Times(l.Quantity)
	return sum
}

// payable reports whether the buyer can still pay.
func payable(o orders.Order) bool {
	return o.State == orders.Placed && o.Payment != orders.PaymentPaid && o.ExpiresAt != nil
}

// releaseAt is when the makers' money becomes payable, once that is known.
func releaseAt(o orders.Order) *db.Time {
	return each(o, func(a orders.Allocation) *db.Time { return a.ReleaseAt })
}

func has(o orders.Order, state orders.Fulfilment) bool {
	for _, a := range o.Allocations {
		if a.State == state {
			return true
		}
	}
	return false
}

// next is what an administrator may do with an order now: dispatch, deliver or
// nothing.
func next(p Page, o orders.Order) string {
	switch {
	case !p.Actor.Has(auth.Administrator):
		return ""
	case o.State == orders.Confirmed && has(o, orders.Committed):
		return "dispatch"
	case has(o, orders.Dispatched):
		return "deliver"
	}
	return ""
}
