package payment

import (
	"encoding/json"
	"strconv"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"saebaan/internal/money"
)

// simEvents are, per state, the event Stripe sends on reaching it and the
// status it shows for the intent then.
var simEvents = map[Status]struct {
	kind   stripe.EventType
	status stripe.PaymentIntentStatus
}{
	Processing: {stripe.EventTypePaymentIntentProcessing, stripe.PaymentIntentStatusProcessing},
	Succeeded:  {stripe.EventTypePaymentIntentSucceeded, stripe.PaymentIntentStatusSucceeded},
	Failed:     {stripe.EventTypePaymentIntentPaymentFailed, stripe.PaymentIntentStatusRequiresPaymentMethod},
	Cancelled:  {stripe.EventTypePaymentIntentCanceled, stripe.PaymentIntentStatusCanceled},
}

// simEvent is the part of Stripe's event object that is read anywhere
// (API 2023-10-16, "The Event object", "The PaymentIntent object").
type simEvent struct {
	ID              string           `json:"id"`
	Object          string           `json:"object"`
	APIVersion      string           `json:"api_version"`
	Created         int64            `json:"created"`
	Livemode        bool             `json:"livemode"`
	PendingWebhooks int              `json:"pending_webhooks"`
	Type            stripe.EventType `json:"type"`
	Data            simEventData     `json:"data"`
}

type simEventData struct {
	Object simEventIntent `json:"object"`
}

type simEventIntent struct {
	ID               string                     `json:"id"`
	Object           string                     `json:"object"`
	Amount           money.Paise                `json:"amount"`
	AmountReceived   money.Paise                `json:"amount_received"`
	Created          int64                      `json:"created"`
	Currency         stripe.Currency            `json:"currency"`
	LastPaymentError *simEventError             `json:"last_payment_error"`
	Livemode         bool                       `json:"livemode"`
	Metadata         map[string]string          `json:"metadata"`
	Status           stripe.PaymentIntentStatus `json:"status"`
}

type simEventError struct {
	Code        string `json:"code"`
	DeclineCode string `json:"decline_code"`
	Type        string `json:"type"`
}

// signedEvent writes the event of the row's last change. All of it comes from
// the row, so a repeat has the same bytes; only the signing time differs.
func (s *Simulator) signedEvent(row simIntent) (payload []byte, signature string, err error) {
	e := simEvent{
		ID:         "evt_sim_" + s.digest("event", row.ID, strconv.FormatInt(row.Step, 10)),
		Object:     "event",
		APIVersion: stripe.APIVersion,
		Created:    row.ChangedAt.Std().Unix(),
		Type:       simEvents[row.State].kind,
		Data: simEventData{Object: simEventIntent{
			ID:       row.ID,
			Object:   "payment_intent",
			Amount:   row.Amount,
			Created:  row.CreatedAt.Std().Unix(),
			Currency: stripe.CurrencyINR,
			Metadata: map[string]string{"order_id": row.OrderID, "payment_id": row.PaymentID},
			Status:   simEvents[row.State].status,
		}},
	}
	e.PendingWebhooks = 1
	switch row.State {
	case Succeeded:
		e.Data.Object.AmountReceived = row.Amount
	case Failed:
		e.Data.Object.LastPaymentError = &simEventError{Code: "card_declined", DeclineCode: "generic_decline", Type: "card_error"}
	}
	if payload, err = json.Marshal(e); err != nil {
		return nil, "", err
	}
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{
		Payload: payload, Secret: s.secret, Timestamp: s.db.Clock.Now().Std(),
	})
	return payload, signed.Header, nil
}
