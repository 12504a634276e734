package payment

import (
	"context"
	"errors"

	"github.com/stripe/stripe-go/v76"

	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// simDisputeFee is taken with each dispute, GST of simFeeGST on top, and comes
// back when the dispute is won.
const simDisputeFee money.Paise = 100_000

// simDispute is one row; Step counts the changes of state, as in simIntent.
type simDispute struct {
	ID        string       `db:"id"`
	IntentID  string       `db:"intent_id"`
	Amount    money.Paise  `db:"amount_paise"`
	State     DisputeState `db:"state"`
	Step      int64        `db:"step"`
	CreatedAt db.Time      `db:"created_at"`
	ChangedAt db.Time      `db:"changed_at"`
}

var errDisputeInput = ErrInput.With("A dispute is opened on a paid payment for no more than its amount, and then won or lost for the same amount. Nothing was done.")

// Dispute is the buyer's bank: it opens a dispute of amount on a paid intent
// (DisputeOpen), or decides the one that is open (DisputeWon, DisputeLost; amount
// may then be 0), and returns the event Stripe would send with its signature
// header, as Confirm does. Asking for the state it is already in changes nothing
// and returns the same event, signed anew. An intent has one dispute. It returns
// ErrNotFound (no such intent, or no dispute to decide), ErrFinal or ErrInput.
func (s *Simulator) Dispute(ctx context.Context, intentID string, amount money.Paise, state DisputeState) (payload []byte, signature string, err error) {
	if state != DisputeOpen && state != DisputeWon && state != DisputeLost {
		return nil, "", errDisputeInput
	}
	fresh := id.New("dp_sim")
	var row simDispute
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		row = simDispute{}
		err := tx.Get(&row, `
			SELECT id, intent_id, amount_paise, state, step, created_at, changed_at
			FROM sim_disputes
			WHERE intent_id = $1`, intentID)
		switch {
		case errors.Is(err, db.ErrNone) && state == DisputeOpen:
			row, err = openDispute(tx, simDispute{ID: fresh, IntentID: intentID, Amount: amount})
			return err
		case errors.Is(err, db.ErrNone):
			return ErrNotFound
		case err != nil:
			return err
		case amount != row.Amount && (amount != 0 || state == DisputeOpen):
			return errDisputeInput
		case row.State == state:
			return nil
		case row.State != DisputeOpen:
			return ErrFinal.With("This dispute has already ended otherwise. Nothing was changed.")
		}
		return tx.Get(&row, `
			UPDATE sim_disputes
			SET state = $1, step = step + 1, changed_at = $2
			WHERE id = $3
			RETURNING id, intent_id, amount_paise, state, step, created_at, changed_at`,
			state, tx.Now(), row.ID)
	})
	if err != nil {
		return nil, "", err
	}
	return s.disputeSigned(row)
}

func openDispute(tx *db.Tx, d simDispute) (simDispute, error) {
	var of struct {
		Amount money.Paise `db:"amount_paise"`
		State  Status      `db:"state"`
	}
	err := tx.Get(&of, `
		SELECT amount_paise, state
		FROM sim_intents
		WHERE id = $1`, d.IntentID)
	switch {
	case errors.Is(err, db.ErrNone):
		return d, ErrNotFound
	case err != nil:
		return d, err
	case of.State != Succeeded, d.Amount <= 0, d.Amount > of.Amount:
		return d, errDisputeInput
	}
	err = tx.Get(&d, `
		INSERT INTO sim_disputes (id, intent_id, amount_paise, state, step, created_at, changed_at)
		VALUES ($1, $2, $3, $4, 0, $5, $5)
		ON CONFLICT (intent_id) DO NOTHING
		RETURNING id, intent_id, amount_paise, state, step, created_at, changed_at`,
		d.ID, d.IntentID, d.Amount, DisputeOpen, tx.Now())
	if errors.Is(err, db.ErrNone) { // opened by another at the same instant
		return d, ErrUnavailable
	}
	return d, err
}

// simEventDispute is the part of Stripe's dispute that is read anywhere (API
// 2023-10-16, "The Dispute object").
type simEventDispute struct {
	ID                  string               `json:"id"`
	Object              string               `json:"object"`
	Amount              money.Paise          `json:"amount"`
	BalanceTransactions []simEventBooked     `json:"balance_transactions"`
	Created             int64                `json:"created"`
	Currency            stripe.Currency      `json:"currency"`
	Metadata            map[string]string    `json:"metadata"`
	PaymentIntent       string               `json:"payment_intent"`
	Reason              stripe.DisputeReason `json:"reason"`
	Status              stripe.DisputeStatus `json:"status"`
}

type simEventBooked struct {
	ID         string          `json:"id"`
	Object     string          `json:"object"`
	Amount     money.Paise     `json:"amount"`
	Created    int64           `json:"created"`
	Currency   stripe.Currency `json:"currency"`
	Fee        money.Paise     `json:"fee"`
	FeeDetails []simEventFee   `json:"fee_details"`
	Net        money.Paise     `json:"net"`
}

type simEventFee struct {
	Amount   money.Paise     `json:"amount"`
	Currency stripe.Currency `json:"currency"`
	Type     string          `json:"type"`
}

// simDisputeEvents are, per state, the event Stripe sends on reaching it and the
// status it shows for the dispute then.
var simDisputeEvents = map[DisputeState]struct {
	kind   stripe.EventType
	status stripe.DisputeStatus
}{
	DisputeOpen: {stripe.EventTypeChargeDisputeCreated, stripe.DisputeStatusNeedsResponse},
	DisputeWon:  {stripe.EventTypeChargeDisputeClosed, stripe.DisputeStatusWon},
	DisputeLost: {stripe.EventTypeChargeDisputeClosed, stripe.DisputeStatusLost},
}

func (s *Simulator) disputeSigned(row simDispute) (payload []byte, signature string, err error) {
	moved, err := disputeMovements(row)
	if err != nil {
		return nil, "", err
	}
	object := simEventDispute{
		ID:            row.ID,
		Object:        "dispute",
		Amount:        row.Amount,
		Created:       row.CreatedAt.Std().Unix(),
		Currency:      stripe.CurrencyINR,
		Metadata:      map[string]string{},
		PaymentIntent: row.IntentID,
		Reason:        stripe.DisputeReasonProductNotReceived,
		Status:        simDisputeEvents[row.State].status,
	}
	for _, m := range moved {
		object.BalanceTransactions = append(object.BalanceTransactions, simEventBooked{
			ID:       m.ID,
			Object:   "balance_transaction",
			Amount:   m.Amount,
			Created:  m.At.Unix(),
			Currency: stripe.CurrencyINR,
			Fee:      m.Fee + m.FeeGST,
			FeeDetails: []simEventFee{
				{Amount: m.Fee, Currency: stripe.CurrencyINR, Type: "stripe_fee"},
				{Amount: m.FeeGST, Currency: stripe.CurrencyINR, Type: "tax"},
			},
			Net: m.Amount - m.Fee - m.FeeGST,
		})
	}
	return s.signed(simEvent{
		ID:      s.eventID(row.ID, row.Step),
		Type:    simDisputeEvents[row.State].kind,
		Created: row.ChangedAt.Std().Unix(),
		Data:    simEventData{Object: object},
	})
}
