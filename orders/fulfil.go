package orders

import (
	"context"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/outbox"
)

// Dispatch sends a paid order off: the pieces leave the store and, in the same
// transaction, every paisa of them is posted under its head. Only an
// administrator may. Returns ErrState for an order that is not confirmed or has
// gone already.
func (s *Service) Dispatch(ctx context.Context, actor auth.Actor, key, order string) (Order, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Order{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.dispatch", Key: key}, order,
		func(tx *db.Tx) (Order, error) {
			o, err := loadOrder(tx, order)
			if err != nil {
				return Order{}, err
			}
			if o.State != Confirmed || o.Payment != PaymentPaid {
				return Order{}, ErrState.With("An order that is %s and %s cannot be dispatched. Nothing was changed.", o.State, o.Payment)
			}
			if err := dispatchAll(tx, actor, &o); err != nil {
				return Order{}, err
			}
			if err := auth.Audit(tx, actor, "order.dispatch", order, ""); err != nil {
				return Order{}, err
			}
			return o, outbox.Add(tx, outbox.OrderMail, outbox.Mail{Order: order, Step: "dispatched"})
		})
}

func dispatchAll(tx *db.Tx, actor auth.Actor, o *Order) error {
	lots := make([]string, len(o.Allocations))
	for i, a := range o.Allocations {
		lots[i] = a.LotID
	}
	owners, err := catalog.LotsByID(tx, lots)
	if err != nil {
		return err
	}
	now, release, sent := tx.Now(), tx.Now().Add(NoNews), 0
	for i := range o.Allocations {
		a := &o.Allocations[i]
		if a.State == Released {
			continue
		}
		n, err := tx.Exec(`
			UPDATE allocations
			SET state = 'dispatched', dispatched_at = $1, release_at = $2
			WHERE id = $3 AND state = 'committed'`, now, release, a.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrState.With("The pieces of this order have gone already. Nothing was dispatched twice.")
		}
		if err := catalog.Sell(tx, a.LotID, a.Pieces); err != nil {
			return err
		}
		entry, err := saleEntry(actor, *o, *a, owners[a.LotID])
		if err != nil {
			return err
		}
		if _, err := ledger.Post(tx, entry); err != nil {
			return err
		}
		a.State, a.DispatchedAt, a.ReleaseAt = Dispatched, &now, &release
		sent++
	}
	if sent == 0 {
		return ErrState
	}
	return nil
}

// saleEntry posts one allocation: what the buyer deposited for its pieces, under
// the heads of its line, to the makers of its lot, and to the State.
func saleEntry(actor auth.Actor, o Order, a Allocation, lot catalog.Lot) (*ledger.Entry, error) {
	var line Line
	for _, l := range o.Lines {
		if l.ID == a.LineID {
			line = l
		}
	}
	shares, err := catalog.Split(line.Heads, lot.Ownership(), 0, a.Pieces)
	if err != nil {
		return nil, err
	}
	tags := ledger.Tags{Order: o.ID, Line: a.LineID, Lot: a.LotID}
	e := ledger.New("sale", "sale:"+a.ID, actor.String()).Guard(ledger.Deposit(o.ID))
	times := func(unit money.Paise) (p money.Paise) {
		if err == nil {
			p, err = unit.Times(a.Pieces)
		}
		return p
	}
	e.Debit(ledger.Deposit(o.ID), times(line.Tag), tags)
	for _, s := range shares {
		t := tags
		t.Artisan = s.Artisan
		if s.Artisan != "" {
			t.Nature = nature(s)
		}
		e.Credit(account(s), s.Paise, t)
	}
	e.Credit(ledger.Head("rounding"), times(line.Rounding), tags)
	e.Credit(ledger.GST(o.SellerState, "cgst"), times(line.CGST), tags)
	e.Credit(ledger.GST(o.SellerState, "sgst"), times(line.SGST), tags)
	e.Credit(ledger.GST(o.SellerState, "igst"), times(line.IGST), tags)
	return e, err
}

// nature is what a share is to the woman who gets it.
func nature(s catalog.Share) string {
	switch s.Kind {
	case catalog.Wage:
		return "wage:" + s.Head
	case catalog.Makers:
		return "balance:" + s.Head
	}
	return s.Head
}

func account(s catalog.Share) ledger.Account {
	switch {
	case s.Artisan != "":
		return ledger.Held(s.Artisan)
	case s.Kind == catalog.Trust && s.Head == "running":
		return ledger.Running
	case s.Kind == catalog.Trust:
		return ledger.Fund
	}
	return ledger.Head(s.Head)
}

// Deliver records that a dispatched order arrived; the return window begins.
// Only an administrator may.
func (s *Service) Deliver(ctx context.Context, actor auth.Actor, key, order string) (Order, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Order{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.deliver", Key: key}, order,
		func(tx *db.Tx) (Order, error) {
			if _, err := orderByID(tx, order); err != nil {
				return Order{}, err
			}
			n, err := tx.Exec(`
				UPDATE allocations
				SET state = 'delivered', delivered_at = $1,
					release_at = CASE WHEN released_at IS NULL THEN CAST($2 AS BIGINT) ELSE NULL END
				WHERE order_id = $3 AND state = 'dispatched'`, tx.Now(), tx.Now().Add(ReturnWindow), order)
			if err != nil {
				return Order{}, err
			}
			if n == 0 {
				return Order{}, ErrState.With("Nothing of this order is on its way. Nothing was changed.")
			}
			if err := auth.Audit(tx, actor, "order.deliver", order, ""); err != nil {
				return Order{}, err
			}
			return loadOrder(tx, order)
		})
}
