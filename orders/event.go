package orders

import (
	"context"
	"errors"
	"log/slog"

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
	if s.provider == nil {
		return ErrMethod
	}
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
		p, err := s.paymentOf(tx, e)
		if errors.Is(err, db.ErrNone) {
			slog.Warn("event about a payment that is not ours", "event", e.ID)
			return nil
		}
		if err != nil {
			return err
		}
		switch e.Type {
		case payment.EventSucceeded:
			return captured(tx, p, arrival{amount: e.Amount, account: ledger.Stripe, actor: gateway, providerID: &e.IntentID})
		case payment.EventFailed:
			return failPayment(tx, p, e)
		case payment.EventRefund:
			return s.refundReported(tx, e)
		case payment.EventDispute:
			return s.disputed(tx, p, e)
		}
		return nil
	})
}

// paymentOf finds the payment an event is about, by our id or the intent's.
func (s *Service) paymentOf(tx *db.Tx, e payment.Event) (PaymentRow, error) {
	var p PaymentRow
	err := tx.Get(&p, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE provider = $1 AND (id = $2 OR ($2 = '' AND provider_id = $3))`, s.provider.Name(), e.PaymentID, e.IntentID)
	return p, err
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
	if p.Fee != nil || p.ProviderID == nil || s.provider == nil {
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
		row, err := orderByID(tx, p.OrderID)
		if err != nil {
			return err
		}
		_, err = ledger.Post(tx, ledger.New("gateway_fee", "fee:"+p.ID, gateway.String()).
			Debit(ledger.Head("fee"), intent.Fee, ledger.Tags{Order: p.OrderID}).
			Debit(ledger.GSTCredit(row.Registration, "igst"), intent.FeeGST, ledger.Tags{Order: p.OrderID}).
			Credit(ledger.Stripe, intent.Fee+intent.FeeGST, ledger.Tags{Order: p.OrderID}))
		return err
	})
}

// mailStep asks for the mail of a step, after the commit; a buyer who gave no
// address gets none.
func mailStep(tx *db.Tx, order, step string) error {
	var email string
	if err := tx.Get(&email, `
		SELECT buyer_email
		FROM orders
		WHERE id = $1`, order); err != nil || email == "" {
		return err
	}
	return outbox.Add(tx, outbox.OrderMail, outbox.Mail{Order: order, Step: step})
}
