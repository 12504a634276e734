package payment

import (
	"context"
	"errors"
	"slices"

	"github.com/stripe/stripe-go/v76"

	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// simRefund is one row; Step counts the changes of state, as in simIntent.
type simRefund struct {
	ID        string       `db:"id"`
	RefundID  string       `db:"refund_id"`
	IntentID  string       `db:"intent_id"`
	Amount    money.Paise  `db:"amount_paise"`
	State     RefundStatus `db:"state"`
	Step      int64        `db:"step"`
	CreatedAt db.Time      `db:"created_at"`
	ChangedAt db.Time      `db:"changed_at"`
}

// Refund stores the refund once per key and never lets the refunds of an intent
// pass its amount, however many ask at once; a failed refund frees its part. An
// intent that is not paid is ErrRefused.
func (s *Simulator) Refund(ctx context.Context, in RefundInput) (Refund, error) {
	if err := in.check(); err != nil {
		return Refund{}, err
	}
	f := *s.faults.Load()
	if f.RefundErr != nil {
		return Refund{}, f.RefundErr
	}
	if err := wait(ctx, f.Slow); err != nil {
		return Refund{}, errRefundUnknown.Because(err)
	}
	state, fresh := RefundSucceeded, id.New("re_sim")
	if f.RefundPending {
		state = RefundPending
	}
	var row simRefund
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		row, err = knownRefund(tx, in)
		if !errors.Is(err, db.ErrNone) {
			return err
		}
		if err := refundable(tx, in); err != nil {
			return err
		}
		row = simRefund{}
		return tx.Get(&row, `
			INSERT INTO sim_refunds (id, idem_key, refund_id, intent_id, amount_paise, state, step, created_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)
			ON CONFLICT (idem_key) DO NOTHING
			RETURNING id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at`,
			fresh, in.Key, in.RefundID, in.IntentID, in.Amount, state, tx.Now())
	})
	switch {
	case errors.Is(err, db.ErrUnknown):
		return Refund{}, errRefundUnknown.Because(err)
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrRefused), errors.Is(err, ErrDisputed), errors.Is(err, ErrRefundTooMuch):
		return Refund{}, err
	case err != nil:
		return Refund{}, errRefundUnavailable.Because(err)
	case row.Amount != in.Amount || row.IntentID != in.IntentID || row.RefundID != in.RefundID:
		return Refund{}, errRefundKeyReused
	case f.LoseRefundAnswer:
		return Refund{}, errRefundUnknown
	}
	return Refund{ID: row.ID, Status: row.State, Amount: row.Amount, Reason: refundReason(row)}, nil
}

// knownRefund returns the refund made earlier, or ErrNone: the one that bears
// our id when its outcome is in doubt, else the one under the key.
func knownRefund(tx *db.Tx, in RefundInput) (simRefund, error) {
	var row simRefund
	if in.Again {
		err := tx.Get(&row, `
			SELECT id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at
			FROM sim_refunds
			WHERE intent_id = $1 AND refund_id = $2
			ORDER BY created_at DESC, id DESC
			LIMIT 1`, in.IntentID, in.RefundID)
		if !errors.Is(err, db.ErrNone) {
			return row, err
		}
	}
	err := tx.Get(&row, `
		SELECT id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at
		FROM sim_refunds
		WHERE idem_key = $1`, in.Key)
	return row, err
}

// refundable holds what Stripe checks before it makes a refund.
func refundable(tx *db.Tx, in RefundInput) error {
	var of struct {
		Amount   money.Paise `db:"amount_paise"`
		State    Status      `db:"state"`
		Refunded money.Paise `db:"refunded"`
		Disputes int         `db:"disputes"`
	}
	err := tx.Get(&of, `
		SELECT i.amount_paise, i.state,
			(SELECT CAST(COALESCE(SUM(r.amount_paise), 0) AS BIGINT)
			 FROM sim_refunds r
			 WHERE r.intent_id = i.id AND r.state <> 'failed') AS refunded,
			(SELECT COUNT(*)
			 FROM sim_disputes d
			 WHERE d.intent_id = i.id AND d.state <> 'won') AS disputes
		FROM sim_intents i
		WHERE i.id = $1`, in.IntentID)
	switch {
	case errors.Is(err, db.ErrNone):
		return ErrNotFound
	case err != nil:
		return err
	case of.State != Succeeded:
		return errRefundRefused
	case of.Disputes > 0:
		return ErrDisputed
	case in.Amount > of.Amount-of.Refunded:
		return ErrRefundTooMuch
	}
	return nil
}

// nextRefundStates are the changes Stripe allows; a failed refund stays failed.
var nextRefundStates = map[RefundStatus][]RefundStatus{
	RefundPending:   {RefundSucceeded, RefundFailed},
	RefundSucceeded: {RefundFailed},
}

// SettleRefund is the buyer's bank: it moves the refund to outcome
// (RefundSucceeded or RefundFailed) and returns the event Stripe would send with
// its signature header, as Confirm does. Settling the state it is already in
// changes nothing and returns the same event, signed anew. It returns
// ErrNotFound, ErrFinal or ErrInput.
func (s *Simulator) SettleRefund(ctx context.Context, providerRefundID string, outcome RefundStatus) (payload []byte, signature string, err error) {
	if outcome != RefundSucceeded && outcome != RefundFailed {
		return nil, "", ErrInput.With("A refund settles as succeeded or failed. Nothing was done.")
	}
	var row simRefund
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		row = simRefund{}
		err := tx.Get(&row, `
			SELECT id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at
			FROM sim_refunds
			WHERE id = $1`, providerRefundID)
		if errors.Is(err, db.ErrNone) {
			return ErrNotFound
		}
		if err != nil || row.State == outcome {
			return err
		}
		if !slices.Contains(nextRefundStates[row.State], outcome) {
			return ErrFinal.With("This refund has already failed. Nothing was changed; start a new refund.")
		}
		return tx.Get(&row, `
			UPDATE sim_refunds
			SET state = $1, step = step + 1, changed_at = $2
			WHERE id = $3
			RETURNING id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at`,
			outcome, tx.Now(), providerRefundID)
	})
	if err != nil {
		return nil, "", err
	}
	return s.refundSigned(row)
}

// simEventRefund is the part of Stripe's refund that is read anywhere (API
// 2023-10-16, "The Refund object").
type simEventRefund struct {
	ID            string              `json:"id"`
	Object        string              `json:"object"`
	Amount        money.Paise         `json:"amount"`
	Created       int64               `json:"created"`
	Currency      stripe.Currency     `json:"currency"`
	FailureReason string              `json:"failure_reason,omitempty"`
	Metadata      map[string]string   `json:"metadata"`
	PaymentIntent string              `json:"payment_intent"`
	Status        stripe.RefundStatus `json:"status"`
}

func (s *Simulator) refundSigned(row simRefund) (payload []byte, signature string, err error) {
	return s.signed(simEvent{
		ID:      s.eventID(row.ID, row.Step),
		Type:    stripe.EventTypeChargeRefundUpdated,
		Created: row.ChangedAt.Std().Unix(),
		Data: simEventData{Object: simEventRefund{
			ID:            row.ID,
			Object:        "refund",
			Amount:        row.Amount,
			Created:       row.CreatedAt.Std().Unix(),
			Currency:      stripe.CurrencyINR,
			FailureReason: refundReason(row),
			Metadata:      map[string]string{"refund_id": row.RefundID},
			PaymentIntent: row.IntentID,
			Status:        stripe.RefundStatus(row.State), // the same words
		}},
	})
}

// refundReason is the one way in which a simulated refund fails.
func refundReason(row simRefund) string {
	if row.State != RefundFailed {
		return ""
	}
	return string(stripe.RefundFailureReasonLostOrStolenCard)
}
