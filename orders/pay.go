package orders

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// lookupAfter is how long the answer to a payment request may be missing before
// a worker asks again with the same key.
const lookupAfter = time.Minute

// PaymentRow is one attempt to collect an order's money.
type PaymentRow struct {
	ID         string       `db:"id"`
	OrderID    string       `db:"order_id"`
	Provider   string       `db:"provider"`
	State      string       `db:"state"`
	Amount     money.Paise  `db:"amount_paise"`
	Key        string       `db:"provider_key"`
	ProviderID *string      `db:"provider_id"`
	Captured   money.Paise  `db:"captured_paise"`
	Fee        *money.Paise `db:"fee_paise"`
	RefundDue  money.Paise  `db:"refund_due_paise"`
	Reason     string       `db:"reason"`
}

const paymentColumns = `id, order_id, provider, state, amount_paise, provider_key, provider_id, captured_paise, fee_paise, refund_due_paise, reason`

// Payable is what the buyer's page needs to pay: the gateway's intent and its
// client secret, which is never stored.
type Payable struct {
	PaymentID    string
	IntentID     string
	Provider     string
	ClientSecret string
	Amount       money.Paise
}

// Pay begins the payment of an order, or finds the one that has begun, in three
// steps: intent and key committed, gateway called, answer committed. Returns
// ErrExpired, ErrAlreadyPaid, payment.ErrUnknownOutcome (try again: the same key
// is used) or another fault of payment.
func (s *Service) Pay(ctx context.Context, actor auth.Actor, order string) (Payable, error) {
	p, err := s.beginPayment(ctx, actor, order)
	if err != nil {
		return Payable{}, err
	}
	return s.askGateway(ctx, p)
}

func (s *Service) beginPayment(ctx context.Context, actor auth.Actor, order string) (PaymentRow, error) {
	var p PaymentRow
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := readOrder(tx, actor, order)
		if err != nil {
			return err
		}
		switch {
		case o.Payment == PaymentPaid:
			return ErrAlreadyPaid
		case o.State == Cancelled, o.ExpiresAt != nil && *o.ExpiresAt <= tx.Now():
			return ErrExpired
		case o.State != Placed:
			return ErrState
		}
		err = tx.Get(&p, `
			SELECT `+paymentColumns+`
			FROM payments
			WHERE order_id = $1 AND provider = $2
			ORDER BY id
			LIMIT 1`, order, s.provider.Name())
		if err == nil || !errors.Is(err, db.ErrNone) {
			return err
		}
		p = PaymentRow{ID: id.New("pmt"), OrderID: order, Provider: s.provider.Name(), State: "created", Amount: o.Total}
		p.Key = p.ID
		if _, err := tx.Exec(`
			INSERT INTO payments (id, order_id, provider, state, amount_paise, provider_key, created_at, lookup_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			p.ID, p.OrderID, p.Provider, p.State, p.Amount, p.Key, tx.Now(), tx.Now().Add(lookupAfter)); err != nil {
			return err
		}
		return movePayment(tx, order, o.Payment, PaymentPending)
	})
	return p, err
}

// askGateway makes the intent with the payment's own key, or reads it when it
// is known, and commits its id.
func (s *Service) askGateway(ctx context.Context, p PaymentRow) (Payable, error) {
	var intent payment.Intent
	var err error
	if p.ProviderID != nil {
		intent, err = s.provider.Retrieve(ctx, *p.ProviderID)
	} else {
		intent, err = s.provider.Create(ctx, payment.IntentInput{Key: p.Key, OrderID: p.OrderID, PaymentID: p.ID,
			Amount: p.Amount, Description: "Saebaan " + p.OrderID})
	}
	if err != nil {
		return Payable{}, err
	}
	out := Payable{PaymentID: p.ID, IntentID: intent.ID, Provider: p.Provider, ClientSecret: intent.ClientSecret, Amount: p.Amount}
	if p.ProviderID != nil {
		return out, nil
	}
	return out, s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			UPDATE payments
			SET provider_id = $1, lookup_at = NULL,
				state = CASE WHEN state = 'created' THEN 'pending' ELSE state END
			WHERE id = $2 AND provider_id IS NULL`, intent.ID, p.ID)
		return err
	})
}

// LookUpPayments asks the gateway again about payments whose answer was cut
// off, with the same key. It returns how many it asked about.
func (s *Service) LookUpPayments(ctx context.Context) (int, error) {
	var due []PaymentRow
	if err := s.db.Select(ctx, &due, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE lookup_at <= $1 AND provider = $2
		ORDER BY lookup_at, id
		LIMIT 50`, s.db.Clock.Now(), s.provider.Name()); err != nil {
		return 0, err
	}
	for _, p := range due {
		if _, err := s.askGateway(ctx, p); err != nil {
			slog.Warn("payment outcome still unknown", "payment", p.ID, "error", err)
			if err := s.postponeLookup(ctx, p.ID); err != nil {
				return 0, err
			}
		}
	}
	return len(due), nil
}

func (s *Service) postponeLookup(ctx context.Context, paymentID string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			UPDATE payments
			SET lookup_at = $1
			WHERE id = $2 AND lookup_at IS NOT NULL`, tx.Now().Add(5*lookupAfter), paymentID)
		return err
	})
}

// movePayment moves an order's payment state, which the WHERE guards.
func movePayment(tx *db.Tx, order string, from, to PaymentState) error {
	if from == to {
		return nil
	}
	if !can(PaymentMoves, from, to) {
		return ErrState
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET payment_state = $1
		WHERE id = $2 AND payment_state = $3`, to, order, from)
	if err == nil && n == 0 {
		return ErrState
	}
	return err
}
