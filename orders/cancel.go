package orders

import (
	"context"
	"errors"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// Why an order was cancelled.
const (
	EndedExpired = "expired"
	EndedBuyer   = "buyer"
	EndedShop    = "shop"
	EndedDispute = "dispute"
)

// CancelInput cancels an order, or pieces of one line of it, before dispatch.
type CancelInput struct {
	Order  string
	Line   string // "" is the whole order
	Pieces int64  // of that line; 0 is all of it
}

// Cancel takes an order or pieces of it back before dispatch. The buyer may,
// and an administrator. What was paid for them goes back, all of it: the fee of
// the gateway is the trust's. There was no invoice, so there is no credit note.
// An unpaid order is cancelled whole. A made-to-order piece is cancelled by the
// buyer only while it is not paid.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, key string, in CancelInput) (Order, error) {
	if in.Pieces < 0 || in.Pieces > 100_000 || (in.Line == "" && in.Pieces != 0) {
		return Order{}, ErrQuantity
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.cancel", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			o, err := readOrder(tx, actor, in.Order)
			if err != nil {
				return Order{}, err
			}
			why := EndedBuyer
			if actor.Has(auth.Administrator) {
				why = EndedShop
			} else if !o.ownedBy(actor) {
				return Order{}, auth.ErrForbidden
			}
			if err := cancel(tx, actor, o, in, why); err != nil {
				return Order{}, err
			}
			if err := auth.Audit(tx, actor, "order.cancel", o.ID, in.Line); err != nil {
				return Order{}, err
			}
			return loadOrder(tx, o.ID)
		})
}

func cancel(tx *db.Tx, actor auth.Actor, o Order, in CancelInput, why string) error {
	switch {
	case o.Dispute == DisputeOpen:
		return ErrDisputed
	case o.State == Placed && in.Line != "":
		return ErrState.With("An order that is not paid is cancelled whole. Nothing was changed.")
	case o.State == Placed:
		return end(tx, o, why)
	case o.State != Confirmed:
		return ErrState.With("An order that is %s cannot be cancelled. Nothing was changed.", o.State)
	}
	if why == EndedBuyer {
		for _, l := range o.Lines {
			if l.MadeToOrder && (in.Line == "" || in.Line == l.ID) {
				return ErrState.With("A piece that is made for you is not cancelled once it is paid. Nothing was changed; please write to us.")
			}
		}
	}
	if in.Line == "" {
		return cancelRest(tx, actor, o, why)
	}
	return cancelPieces(tx, actor, o, in, why)
}

// cancelPieces takes some pieces of one line back.
func cancelPieces(tx *db.Tx, actor auth.Actor, o Order, in CancelInput, why string) error {
	line := o.Line(in.Line)
	if line.ID == "" || line.Kind == Shipping {
		return ErrNotFound
	}
	open := o.open(line.ID)
	if in.Pieces == 0 {
		in.Pieces = open
	}
	if open == 0 || in.Pieces > open {
		return ErrState.With("Of this line %d pieces have not been sent. Nothing was changed.", open)
	}
	others := int64(0)
	for _, l := range o.Lines {
		if l.Kind == Goods {
			others += o.open(l.ID)
		}
	}
	if others == in.Pieces && !o.sent() { // nothing would be left but the delivery
		return cancelRest(tx, actor, o, why)
	}
	if err := takeBackPieces(tx, o, line, in.Pieces); err != nil {
		return err
	}
	amount, err := line.Tag.Times(in.Pieces)
	if err != nil {
		return err
	}
	if err := owed(tx, actor, debt{order: o.ID, amount: amount, reason: "cancelled"}); err != nil {
		return err
	}
	return closeIfDone(tx, o.ID)
}

// cancelRest takes everything back that has not been sent; when nothing was
// sent, the order ends.
func cancelRest(tx *db.Tx, actor auth.Actor, o Order, why string) error {
	var amount money.Paise
	for _, l := range o.Lines {
		n := o.open(l.ID)
		if n == 0 {
			continue
		}
		if err := takeBackPieces(tx, o, l, n); err != nil {
			return err
		}
		value, err := l.Tag.Times(n)
		if err != nil {
			return err
		}
		if amount, err = money.Add(amount, value); err != nil {
			return err
		}
	}
	if amount == 0 {
		return ErrState.With("All of this order has been sent. Nothing was changed; ask for a return instead.")
	}
	if err := owed(tx, actor, debt{order: o.ID, amount: amount, reason: "cancelled"}); err != nil {
		return err
	}
	if o.sent() {
		return closeIfDone(tx, o.ID)
	}
	if err := giveBackCoupon(tx, o.CouponID); err != nil {
		return err
	}
	if err := endOrder(tx, o, why); err != nil {
		return err
	}
	return mailStep(tx, o.ID, "cancelled")
}

// takeBackPieces gives n unsent pieces of a line back to stock, newest
// allocation first; an allocation that gives only some of them is divided.
func takeBackPieces(tx *db.Tx, o Order, line Line, n int64) error {
	left := n
	for i := len(o.Allocations) - 1; i >= 0 && left > 0; i-- {
		a := o.Allocations[i]
		if a.LineID != line.ID || (a.State != Reserved && a.State != Committed) {
			continue
		}
		take := min(left, a.Pieces)
		left -= take
		if a.LotID != "" {
			if err := catalog.Unreserve(tx, a.LotID, take); err != nil {
				return err
			}
		}
		if err := divide(tx, a, take); err != nil {
			return err
		}
	}
	if left > 0 {
		return ErrState
	}
	_, err := tx.Exec(`
		UPDATE order_lines
		SET cancelled = cancelled + $1
		WHERE id = $2`, n, line.ID)
	return err
}

// divide cancels an allocation, or as many of its pieces.
func divide(tx *db.Tx, a Allocation, n int64) error {
	if n == a.Pieces {
		_, err := tx.Exec(`
			UPDATE allocations
			SET state = 'cancelled'
			WHERE id = $1`, a.ID)
		return err
	}
	if _, err := tx.Exec(`
		UPDATE allocations
		SET pieces = pieces - $1
		WHERE id = $2`, n, a.ID); err != nil {
		return err
	}
	return insertAllocations(tx, []Allocation{{ID: id.New("alc"), OrderID: a.OrderID, LineID: a.LineID, LotID: a.LotID, Pieces: n, State: Released}})
}

// open is how many pieces of a line wait to be sent.
func (o Order) open(line string) (n int64) {
	for _, a := range o.Allocations {
		if a.LineID == line && (a.State == Reserved || a.State == Committed) {
			n += a.Pieces
		}
	}
	return n
}

// sent reports whether anything of the order has left the house.
func (o Order) sent() bool {
	for _, a := range o.Allocations {
		if a.DispatchedAt != nil {
			return true
		}
	}
	return false
}

// end cancels an order of which nothing was sent: its pieces go back to stock,
// and what was paid of it goes back to the buyer.
func end(tx *db.Tx, o Order, why string) error {
	for _, a := range o.Allocations {
		if a.State != Reserved && a.State != Committed {
			continue
		}
		if a.LotID != "" {
			if err := catalog.Unreserve(tx, a.LotID, a.Pieces); err != nil {
				return err
			}
		}
		if err := divide(tx, a, a.Pieces); err != nil {
			return err
		}
	}
	if err := giveBackCoupon(tx, o.CouponID); err != nil {
		return err
	}
	if !o.Payment.Settled() {
		settled, err := settledFor(tx, o.ID)
		if err != nil {
			return err
		}
		if settled > 0 {
			if err := owed(tx, auth.System("orders"), debt{order: o.ID, amount: settled, reason: why}); err != nil {
				return err
			}
		}
		if err := movePayment(tx, o.ID, o.Payment, PaymentExpired); err != nil {
			return err
		}
	}
	if err := endOrder(tx, o, why); err != nil {
		return err
	}
	return mailStep(tx, o.ID, "cancelled")
}

func endOrder(tx *db.Tx, o Order, why string) error {
	if !can(OrderMoves, o.State, Cancelled) {
		return ErrState
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET state = 'cancelled', ended_because = $1, expires_at = NULL
		WHERE id = $2 AND state = $3`, why, o.ID, o.State)
	if err == nil && n == 0 {
		err = ErrState
	}
	return err
}

// ExpireDue cancels orders whose payment did not come in time and gives their
// pieces back. It returns how many orders it cancelled.
func (s *Service) ExpireDue(ctx context.Context) (int, error) {
	var due []string
	if err := s.db.Select(ctx, &due, `
		SELECT id
		FROM orders
		WHERE expires_at <= $1
		ORDER BY expires_at, id
		LIMIT $2`, s.db.Clock.Now(), sweepBatch); err != nil {
		return 0, err
	}
	return each(ctx, due, func(ctx context.Context, order string) error {
		return s.db.Write(ctx, func(tx *db.Tx) error {
			o, err := loadOrder(tx, order)
			if errors.Is(err, ErrNotFound) || (err == nil && (o.State != Placed || o.ExpiresAt == nil || *o.ExpiresAt > tx.Now())) {
				return nil
			}
			if err != nil {
				return err
			}
			return end(tx, o, EndedExpired)
		})
	})
}
