package orders

import (
	"errors"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/outbox"
)

// arrival is money that came for a payment.
type arrival struct {
	amount     money.Paise
	account    ledger.Account // the asset it is on now
	actor      auth.Actor
	providerID *string
}

// captured enters money that arrived and settles its order: once, whatever came
// before. From a gateway another amount than asked is unidentified until a
// person decides.
func captured(tx *db.Tx, p PaymentRow, in arrival) error {
	state := "captured"
	if in.amount != p.Amount {
		state = "unidentified"
	}
	n, err := tx.Exec(`
		UPDATE payments
		SET state = $1, captured_paise = $2, captured_at = $3, reason = '', lookup_at = NULL, provider_id = COALESCE(provider_id, $4)
		WHERE id = $5 AND state NOT IN ('captured', 'unidentified')`, state, in.amount, tx.Now(), in.providerID, p.ID)
	if err != nil || n == 0 {
		return err
	}
	if in.account == ledger.Stripe {
		if err := outbox.Add(tx, outbox.PaymentFee, outbox.Fee{Payment: p.ID}); err != nil {
			return err
		}
	}
	tags := ledger.Tags{Order: p.OrderID}
	entry := ledger.New("payment", "payment:"+p.ID, in.actor.String()).Debit(in.account, in.amount, tags)
	if state == "unidentified" {
		receipt := Receipt{ID: id.New("rcp"), Account: in.account, LineKey: "payment:" + p.ID, Amount: in.amount,
			Date: tx.Now().Date(), Reference: p.ID, State: ReceiptUnidentified, PaymentID: p.ID}
		if err := insertReceipt(tx, in.actor, receipt); err != nil {
			return err
		}
		_, err := ledger.Post(tx, entry.Because("amount_differs").Credit(ledger.Unidentified(receipt.ID), in.amount, tags))
		return err
	}
	if _, err := ledger.Post(tx, entry.Credit(ledger.Deposit(p.OrderID), in.amount, tags)); err != nil {
		return err
	}
	return settle(tx, p, in)
}

// settle decides what money on an order's deposit does: it confirms the order,
// waits for the rest, or must go back.
func settle(tx *db.Tx, p PaymentRow, in arrival) error {
	row, err := orderByID(tx, p.OrderID)
	if err != nil {
		return err
	}
	o := row.order()
	settled, err := settledFor(tx, o.ID)
	if err != nil {
		return err
	}
	back := func(amount money.Paise, reason string) error {
		return owed(tx, in.actor, debt{order: o.ID, amount: amount, reason: reason, first: p.ID})
	}
	switch {
	case o.Payment.Settled():
		return back(in.amount, "paid_twice")
	case o.State == Cancelled && o.EndedBecause != EndedExpired:
		return back(in.amount, "cancelled")
	case o.State == Cancelled && settled < o.Total:
		return back(settled, "too_late")
	case settled < o.Total:
		return movePayment(tx, o.ID, o.Payment, PaymentPartPaid)
	}
	if o.State == Cancelled {
		if o, err = withParts(tx, row); err != nil {
			return err
		}
		there, err := reviveOrder(tx, &o)
		if err != nil {
			return err
		}
		if !there {
			if err := movePayment(tx, o.ID, o.Payment, PaymentPaid); err != nil {
				return err
			}
			return back(settled, "pieces_gone")
		}
	}
	if err := confirm(tx, o, p); err != nil {
		return err
	}
	if settled > o.Total {
		return back(settled-o.Total, "overpaid")
	}
	return nil
}

// confirm commits the pieces of a paid order and makes its receipt voucher.
func confirm(tx *db.Tx, o Order, p PaymentRow) error {
	if !can(PaymentMoves, o.Payment, PaymentPaid) {
		return ErrState
	}
	if _, err := tx.Exec(`
		UPDATE allocations
		SET state = 'committed'
		WHERE order_id = $1 AND state = 'reserved'`, o.ID); err != nil {
		return err
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET state = 'confirmed', payment_state = 'paid', confirmed_at = $1, expires_at = NULL, ended_because = ''
		WHERE id = $2 AND state IN ('placed', 'cancelled') AND payment_state = $3`, tx.Now(), o.ID, o.Payment)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState
	}
	if o.Lines, err = orderLines(tx, o.ID); err != nil {
		return err
	}
	if err := receiptVoucher(tx, o, p.ID); err != nil {
		return err
	}
	return mailStep(tx, o.ID, "paid")
}

// reviveOrder takes a cancelled order's coupon and pieces again, for money that
// came late, and reports whether both are there still; when not, it takes neither.
func reviveOrder(tx *db.Tx, o *Order) (bool, error) {
	if o.CouponID == "" {
		return reserveAgain(tx, o)
	}
	var c Coupon
	if err := tx.Get(&c, `
		SELECT `+couponColumns+`
		FROM coupons
		WHERE id = $1`, o.CouponID); err != nil {
		return false, err
	}
	if err := subsidised(tx, *o, &c); errors.Is(err, ErrCouponShort) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if err := countUse(tx, c); errors.Is(err, ErrCouponUsed) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	there, err := reserveAgain(tx, o)
	if err == nil && !there {
		err = giveBackCoupon(tx, o.CouponID)
	}
	return there, err
}

// reserveAgain reserves a cancelled order's pieces anew and reports whether all
// of them were there; when not, it takes none.
func reserveAgain(tx *db.Tx, o *Order) (bool, error) {
	for _, l := range o.Lines {
		if l.Kind == Shipping {
			continue
		}
		there, err := catalog.CanServe(tx, l.VariantID, l.Heads, o.wanted(l.VariantID))
		if err != nil || !there {
			return false, err
		}
	}
	o.Allocations = nil
	if err := reserve(tx, o); err != nil {
		return false, err
	}
	return true, insertAllocations(tx, o.Allocations)
}

// wanted is how many pieces of a variant the order's lines hold together.
func (o Order) wanted(variant string) (n int64) {
	for _, l := range o.Lines {
		if l.VariantID == variant {
			n += l.Quantity
		}
	}
	return n
}
