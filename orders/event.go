package orders

import (
	"context"
	"errors"
	"log/slog"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/outbox"
	"saebaan/internal/payment"
)

var gateway = auth.System("gateway")

// PaymentEvent takes a webhook of the gateway: its raw bytes and signature. The
// same event any number of times and in any order leaves the same books. An
// event about a payment that is not ours is noted and changes nothing. Returns
// the signature faults of payment.
func (s *Service) PaymentEvent(ctx context.Context, payload []byte, signature string) error {
	e, err := s.provider.Event(payload, signature, s.db.Clock.Now().Std())
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			INSERT INTO payment_events (provider, event_id, kind, payment_id, at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (provider, event_id) DO NOTHING`, s.provider.Name(), e.ID, e.Type, e.PaymentID, tx.Now())
		if err != nil || n == 0 || e.Type == payment.EventOther {
			return err
		}
		var p PaymentRow
		err = tx.Get(&p, `
			SELECT `+paymentColumns+`
			FROM payments
			WHERE id = $1 AND provider = $2`, e.PaymentID, s.provider.Name())
		if errors.Is(err, db.ErrNone) {
			slog.Warn("event about a payment that is not ours", "event", e.ID)
			return nil
		}
		if err != nil {
			return err
		}
		switch e.Type {
		case payment.EventSucceeded:
			return s.capture(tx, p, e)
		case payment.EventFailed:
			return failPayment(tx, p, e)
		}
		return nil
	})
}

// failPayment notes a failure; the buyer may try again on the same intent.
func failPayment(tx *db.Tx, p PaymentRow, e payment.Event) error {
	n, err := tx.Exec(`
		UPDATE payments
		SET state = 'failed', reason = $1, provider_id = COALESCE(provider_id, $2)
		WHERE id = $3 AND state IN ('created', 'pending')`, e.Reason, e.IntentID, p.ID)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`
		UPDATE orders
		SET payment_state = 'failed'
		WHERE id = $1 AND payment_state = 'pending'`, p.OrderID)
	return err
}

// capture enters money that arrived and confirms its order: once, whatever came
// before. Another amount than asked is unidentified until a person decides.
func (s *Service) capture(tx *db.Tx, p PaymentRow, e payment.Event) error {
	n, err := tx.Exec(`
		UPDATE payments
		SET state = 'captured', captured_paise = $1, reason = '', lookup_at = NULL, provider_id = COALESCE(provider_id, $2)
		WHERE id = $3 AND state <> 'captured'`, e.Amount, e.IntentID, p.ID)
	if err != nil || n == 0 {
		return err
	}
	if err := outbox.Add(tx, outbox.PaymentFee, outbox.Fee{Payment: p.ID}); err != nil {
		return err
	}
	entry := ledger.New("payment", "payment:"+p.ID, gateway.String()).Debit(ledger.Stripe, e.Amount, ledger.Tags{Order: p.OrderID})
	if e.Amount != p.Amount {
		entry.Because("amount_differs").Credit(ledger.Account("liability:unidentified:"+p.ID), e.Amount, ledger.Tags{Order: p.OrderID})
		_, err := ledger.Post(tx, entry)
		return err
	}
	if _, err := ledger.Post(tx, entry.Credit(ledger.Deposit(p.OrderID), e.Amount, ledger.Tags{Order: p.OrderID})); err != nil {
		return err
	}
	return s.confirm(tx, p, e)
}

// confirm commits the pieces of a paid order. When they had gone back to the
// shop it reserves them again; only when they are gone is a refund due.
func (s *Service) confirm(tx *db.Tx, p PaymentRow, e payment.Event) error {
	o, err := loadOrder(tx, p.OrderID)
	if err != nil {
		return err
	}
	if o.Payment == PaymentPaid {
		return owed(tx, p, e, "paid_twice")
	}
	if err := movePaid(tx, &o); err != nil {
		return err
	}
	if o.State == Cancelled {
		there, err := reserveAgain(tx, &o)
		if err != nil {
			return err
		}
		if !there {
			return owed(tx, p, e, "pieces_gone")
		}
	}
	if _, err := tx.Exec(`
		UPDATE allocations
		SET state = 'committed'
		WHERE order_id = $1 AND state = 'reserved'`, o.ID); err != nil {
		return err
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET state = 'confirmed', confirmed_at = $1, expires_at = NULL
		WHERE id = $2 AND state IN ('placed', 'cancelled')`, tx.Now(), o.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState
	}
	return outbox.Add(tx, outbox.OrderMail, outbox.Mail{Order: o.ID, Step: "paid"})
}

func movePaid(tx *db.Tx, o *Order) error {
	if o.Payment == PaymentOpen { // the event overtook our own note that payment began
		o.Payment = PaymentPending
		if err := movePayment(tx, o.ID, PaymentOpen, PaymentPending); err != nil {
			return err
		}
	}
	return movePayment(tx, o.ID, o.Payment, PaymentPaid)
}

// reserveAgain reserves a cancelled order's pieces anew and reports whether all
// of them were there; when not, it takes none.
func reserveAgain(tx *db.Tx, o *Order) (bool, error) {
	for _, l := range o.Lines {
		there, err := catalog.CanServe(tx, l.VariantID, l.Heads, l.Quantity)
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

// owed enters that captured money must go back to the buyer.
func owed(tx *db.Tx, p PaymentRow, e payment.Event, reason string) error {
	entry := ledger.New("refund_due", "refund_due:"+p.ID, gateway.String()).Because(reason).
		Debit(ledger.Deposit(p.OrderID), e.Amount, ledger.Tags{Order: p.OrderID}).
		Credit(ledger.Refund(p.OrderID), e.Amount, ledger.Tags{Order: p.OrderID}).
		Guard(ledger.Deposit(p.OrderID))
	if _, err := ledger.Post(tx, entry); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		UPDATE payments
		SET refund_due_paise = $1, reason = $2
		WHERE id = $3`, e.Amount, reason, p.ID); err != nil {
		return err
	}
	return outbox.Add(tx, outbox.OrderMail, outbox.Mail{Order: p.OrderID, Step: "refund_due"})
}

// EnterFee looks the gateway's fee up and enters it, once. It returns
// payment.ErrUnavailable while the gateway does not know it yet, so that the
// delivery is tried again.
func (s *Service) EnterFee(ctx context.Context, paymentID string) error {
	var p PaymentRow
	if err := s.db.Get(ctx, &p, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE id = $1`, paymentID); err != nil {
		return err
	}
	if p.Fee != nil || p.ProviderID == nil {
		return nil
	}
	intent, err := s.provider.Retrieve(ctx, *p.ProviderID)
	if err != nil {
		return err
	}
	if !intent.FeeKnown {
		return payment.ErrUnavailable
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			UPDATE payments
			SET fee_paise = $1, fee_gst_paise = $2
			WHERE id = $3 AND fee_paise IS NULL`, intent.Fee, intent.FeeGST, p.ID)
		if err != nil || n == 0 || intent.Fee+intent.FeeGST == 0 {
			return err
		}
		_, err = ledger.Post(tx, ledger.New("gateway_fee", "fee:"+p.ID, gateway.String()).
			Debit(ledger.Head("fee"), intent.Fee, ledger.Tags{Order: p.OrderID}).
			Debit(ledger.GSTCredit(catalog.SellerState, "igst"), intent.FeeGST, ledger.Tags{Order: p.OrderID}).
			Credit(ledger.Stripe, intent.Fee+intent.FeeGST, ledger.Tags{Order: p.OrderID}))
		return err
	})
}
