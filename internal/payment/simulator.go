package payment

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// What the simulator takes: the usual level in India, 2 %, and 18 % GST on that.
const (
	simFee    money.BasisPoints = 200
	simFeeGST money.BasisPoints = 1800
)

// Faults are what the simulator is told to do wrong, until told otherwise.
type Faults struct {
	CreateErr  error         // Create returns this and does nothing
	Slow       time.Duration // each call waits this long before it does anything
	LoseAnswer bool          // Create does its work, then returns ErrUnknownOutcome

	RefundErr        error // Refund returns this and does nothing
	LoseRefundAnswer bool  // Refund does its work, then returns ErrUnknownOutcome
	RefundPending    bool  // refunds made now wait for SettleRefund
}

// Simulator is a Provider that behaves like Stripe in test mode and keeps its
// intents, refunds and disputes in the database, so that a restart forgets
// nothing. Unlike Stripe it never forgets a key.
type Simulator struct {
	db     *db.DB
	secret string
	faults atomic.Pointer[Faults]
}

var (
	_ Provider = (*Simulator)(nil)
	_ Reporter = (*Simulator)(nil)
)

// NewSimulator needs the migrations 0002 and 0004; secret signs its events.
func NewSimulator(d *db.DB, secret string) *Simulator {
	s := &Simulator{db: d, secret: secret}
	s.Fail(Faults{})
	return s
}

// Fail makes the following calls go wrong; Fail(Faults{}) ends it.
func (s *Simulator) Fail(f Faults) { s.faults.Store(&f) }

// Name is "simulator".
func (s *Simulator) Name() string { return "simulator" }

// simIntent is one row. Step counts the changes of state, so that each change
// has an event of its own and a repeat of it has the same.
type simIntent struct {
	ID        string      `db:"id"`
	OrderID   string      `db:"order_id"`
	PaymentID string      `db:"payment_id"`
	Amount    money.Paise `db:"amount_paise"`
	State     Status      `db:"state"`
	Step      int64       `db:"step"`
	CreatedAt db.Time     `db:"created_at"`
	ChangedAt db.Time     `db:"changed_at"`
}

// Create stores the intent once per key, however many ask at once.
func (s *Simulator) Create(ctx context.Context, in IntentInput) (Intent, error) {
	if err := in.check(); err != nil {
		return Intent{}, err
	}
	f := *s.faults.Load()
	if f.CreateErr != nil {
		return Intent{}, f.CreateErr
	}
	if err := wait(ctx, f.Slow); err != nil {
		return Intent{}, ErrUnknownOutcome.Because(err)
	}
	fresh := id.New("pi_sim")
	var row simIntent
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		row = simIntent{}
		_, err := tx.Exec(`
			INSERT INTO sim_intents (id, idem_key, order_id, payment_id, amount_paise, state, step, created_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)
			ON CONFLICT (idem_key) DO NOTHING`,
			fresh, in.Key, in.OrderID, in.PaymentID, in.Amount, RequiresPayment, tx.Now())
		if err != nil {
			return err
		}
		return tx.Get(&row, `
			SELECT id, order_id, payment_id, amount_paise, state, step, created_at, changed_at
			FROM sim_intents
			WHERE idem_key = $1`, in.Key)
	})
	switch {
	case errors.Is(err, db.ErrUnknown):
		return Intent{}, ErrUnknownOutcome.Because(err)
	case err != nil:
		return Intent{}, ErrUnavailable.Because(err)
	case row.Amount != in.Amount || row.OrderID != in.OrderID || row.PaymentID != in.PaymentID:
		return Intent{}, ErrKeyReused
	case f.LoseAnswer:
		return Intent{}, ErrUnknownOutcome
	}
	return s.intent(row)
}

// Retrieve reads the intent as it stands.
func (s *Simulator) Retrieve(ctx context.Context, providerID string) (Intent, error) {
	if err := wait(ctx, s.faults.Load().Slow); err != nil {
		return Intent{}, ErrUnavailable.Because(err)
	}
	var row simIntent
	err := s.db.Get(ctx, &row, `
		SELECT id, order_id, payment_id, amount_paise, state, step, created_at, changed_at
		FROM sim_intents
		WHERE id = $1`, providerID)
	if errors.Is(err, db.ErrNone) {
		return Intent{}, ErrNotFound
	}
	if err != nil {
		return Intent{}, ErrUnavailable.Because(err)
	}
	return s.intent(row)
}

// Event checks and reads a webhook made by Confirm, SettleRefund or Dispute.
func (s *Simulator) Event(payload []byte, signature string, now time.Time) (Event, error) {
	return readEvent(payload, signature, s.secret, false, now)
}

// nextStates are the changes Stripe allows; what is not here is final.
var nextStates = map[Status][]Status{
	RequiresPayment: {Processing, Succeeded, Failed, Cancelled},
	Processing:      {Succeeded, Failed},
	Failed:          {Processing, Succeeded, Cancelled},
}

// Confirm is the buyer at the card form, or the bank's later word: it moves the
// intent to outcome (Processing, Succeeded, Failed or Cancelled) and returns
// the event Stripe would send with its signature header, signed at the
// database's clock. Confirming the state it is already in changes nothing and
// returns the same event, signed anew. It returns ErrNotFound, ErrFinal or ErrInput.
func (s *Simulator) Confirm(ctx context.Context, intentID string, outcome Status) (payload []byte, signature string, err error) {
	if _, known := simEvents[outcome]; !known {
		return nil, "", ErrInput
	}
	var row simIntent
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		row = simIntent{}
		err := tx.Get(&row, `
			SELECT id, order_id, payment_id, amount_paise, state, step, created_at, changed_at
			FROM sim_intents
			WHERE id = $1`, intentID)
		if errors.Is(err, db.ErrNone) {
			return ErrNotFound
		}
		if err != nil || row.State == outcome {
			return err
		}
		if !slices.Contains(nextStates[row.State], outcome) {
			return ErrFinal
		}
		return tx.Get(&row, `
			UPDATE sim_intents
			SET state = $1, step = step + 1, changed_at = $2
			WHERE id = $3
			RETURNING id, order_id, payment_id, amount_paise, state, step, created_at, changed_at`,
			outcome, tx.Now(), intentID)
	})
	if err != nil {
		return nil, "", err
	}
	return s.intentSigned(row)
}

func (s *Simulator) intent(row simIntent) (Intent, error) {
	out := Intent{ID: row.ID, ClientSecret: row.ID + "_secret_" + s.digest("client", row.ID), Status: row.State, Amount: row.Amount}
	if row.State != Succeeded {
		return out, nil
	}
	var err error
	out.Fee, out.FeeGST, err = simCharge(row.Amount)
	out.FeeKnown = err == nil
	return out, err
}

// simCharge is what the gateway keeps of a payment, and the tax on that.
func simCharge(amount money.Paise) (fee, gst money.Paise, err error) {
	if fee, err = amount.HalfUp(simFee); err != nil {
		return 0, 0, err
	}
	gst, err = fee.HalfUp(simFeeGST)
	return fee, gst, err
}

// digest derives a name that is stable and cannot be guessed without the secret.
func (s *Simulator) digest(parts ...string) string {
	h := hmac.New(sha256.New, []byte(s.secret))
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
