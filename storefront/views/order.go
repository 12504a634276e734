package views

import (
	"slices"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
	"saebaan/orders"
)

// NewKey is a key for one sending of a form.
func NewKey() string { return id.New("frm") }

// OrderView is what the page of an order shows.
type OrderView struct {
	orders.Order
	Settings  orders.Settings
	Now       db.Time
	Documents []orders.Document
	Refunds   []orders.Refund
	Returns   []orders.Return
	Attempt   *orders.PaymentRow // the payment that waits for the buyer, or nil
	Due       money.Paise        // of the total, what has not arrived
	OpenQR    string             // an <svg> of ours, of its open book; "" before it is confirmed
}

// step is one station of an order's way.
type step struct {
	name string // message id
	at   *db.Time
	done bool
}

// steps are the stations of an order, in their order; a cancelled one ends with
// its cancellation.
func steps(o orders.Order) []step {
	out := []step{{"placed", &o.PlacedAt, true}}
	if o.ExchangeOf != "" {
		out[0].name = "exchanged"
	} else if o.State != orders.Cancelled || o.ConfirmedAt != nil {
		out = append(out, step{"paid", o.ConfirmedAt, o.ConfirmedAt != nil})
	}
	sent, there := each(o, func(a orders.Allocation) *db.Time { return a.DispatchedAt }), each(o, func(a orders.Allocation) *db.Time { return a.DeliveredAt })
	if o.State == orders.Cancelled {
		return append(out, step{"cancelled", nil, true})
	}
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

// payable reports whether the buyer can still pay.
func payable(o orders.Order) bool {
	return o.State == orders.Placed && o.Payment != orders.PaymentPaid && o.ExpiresAt != nil
}

// cancellable reports whether something of the order has not been sent, so that
// it can be cancelled by the reader. The domain decides.
func cancellable(p Page, o orders.Order) bool {
	if o.State != orders.Placed && o.State != orders.Confirmed || !acts(p) {
		return false
	}
	return slices.ContainsFunc(o.Lines, func(l orders.Line) bool { return unsent(o, l) > 0 })
}

// acts reports whether the reader may change an order: its buyer and an
// administrator; the rest of the office only looks.
func acts(p Page) bool { return p.Actor.Has(auth.Administrator) || !finance(p) }

// unsent is how many pieces of a line of goods wait to be sent.
func unsent(o orders.Order, l orders.Line) (n int64) {
	for _, a := range o.Allocations {
		if a.LineID == l.ID && l.Kind == orders.Goods && (a.State == orders.Reserved || a.State == orders.Committed) {
			n += a.Pieces
		}
	}
	return n
}

// returnable is how many pieces of a line have been sent and have not come back
// nor been asked for.
func (v OrderView) returnable(l orders.Line) (n int64) {
	for _, a := range v.Allocations {
		if a.LineID == l.ID && l.Kind == orders.Goods && a.DispatchedAt != nil {
			n += a.Pieces - a.Returned
		}
	}
	for _, r := range v.Returns {
		for _, one := range r.Lines {
			if one.LineID == l.ID && r.State == orders.ReturnRequested {
				n -= one.Pieces
			}
		}
	}
	return n
}

// canReturn are the lines of which something may come back, while it may.
func (v OrderView) canReturn(p Page) []orders.Line {
	until := v.returnUntil()
	late := until != nil && *until < v.Now && !p.Actor.Has(auth.Administrator)
	if !acts(p) || late || (v.Dispute != "" && v.Dispute != orders.DisputeWon) {
		return nil
	}
	var out []orders.Line
	for _, l := range v.Lines {
		if v.returnable(l) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// returnUntil is the end of the return window, or nil before all has arrived.
func (v OrderView) returnUntil() *db.Time {
	there := each(v.Order, func(a orders.Allocation) *db.Time { return a.DeliveredAt })
	if there == nil {
		return nil
	}
	until := there.Add(time.Duration(v.Settings.ReturnDays) * 24 * time.Hour)
	return &until
}

// claimed reports whether the buyer has said that she has paid.
func (v OrderView) claimed() bool { return v.Attempt != nil && v.Attempt.ClaimedAt != nil }

// ReturnView is what the form of a return shows.
type ReturnView struct {
	Order orders.Order
	Line  orders.Line
	Days  int
	Sizes []catalog.Variant // that she may have instead
}

// most is how many pieces can come back at once.
func (v ReturnView) most() int64 { return OrderView{Order: v.Order}.returnable(v.Line) }

// reasons are those the line may come back for: a piece made for her only for
// what is not her doing.
func (v ReturnView) reasons() []orders.Reason {
	if !v.Line.MadeToOrder {
		return orders.Reasons()
	}
	return []orders.Reason{orders.Defect, orders.WrongPiece, orders.Courier}
}

// OtherSizes are the sizes of a piece that a line of it can be exchanged for: at
// the same price, and there.
func OtherSizes(one catalog.Product, l orders.Line) []catalog.Variant {
	return slices.DeleteFunc(priced(one), func(v catalog.Variant) bool {
		return v.ID == l.VariantID || len(v.Parts) > 0 || v.Card.Tag != l.FullTag || v.Free() <= 0
	})
}

// returned are the pieces of a return, by line: Quantity is how many come back.
func returned(o orders.Order, r orders.Return) (out []orders.Line) {
	for _, one := range r.Lines {
		l := o.Line(one.LineID)
		if l.Kind != orders.Goods {
			continue
		}
		at := slices.IndexFunc(out, func(have orders.Line) bool { return have.ID == l.ID })
		if at < 0 {
			l.Quantity = 0
			out, at = append(out, l), len(out)
		}
		out[at].Quantity += one.Pieces
	}
	return out
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
