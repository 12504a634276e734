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
	Object any `json:"object"`
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

// intentSigned writes the event of the row's last change.
func (s *Simulator) intentSigned(row simIntent) (payload []byte, signature string, err error) {
	object := simEventIntent{
		ID:       row.ID,
		Object:   "payment_intent",
		Amount:   row.Amount,
		Created:  row.CreatedAt.Std().Unix(),
		Currency: stripe.CurrencyINR,
		Metadata: map[string]string{"order_id": row.OrderID, "payment_id": row.PaymentID},
		Status:   simEvents[row.State].status,
	}
	switch row.State {
	case Succeeded:
		object.AmountReceived = row.Amount
	case Failed:
		object.LastPaymentError = &simEventError{Code: "card_declined", DeclineCode: "generic_decline", Type: "card_error"}
	}
	return s.signed(simEvent{
		ID:      s.eventID(row.ID, row.Step),
		Type:    simEvents[row.State].kind,
		Created: row.ChangedAt.Std().Unix(),
		Data:    simEventData{Object: object},
	})
}

// eventID names the step-th change of an object: a repeat of the change is the
// same event.
func (s *Simulator) eventID(of string, step int64) string {
	return "evt_sim_" + s.digest("event", of, strconv.FormatInt(step, 10))
}

// signed finishes an event. All of e comes from a row, so a repeat has the same
// bytes; only the signing time differs.
func (s *Simulator) signed(e simEvent) (payload []byte, signature string, err error) {
	e.Object, e.APIVersion, e.PendingWebhooks = "event", stripe.APIVersion, 1
	if payload, err = json.Marshal(e); err != nil {
		return nil, "", err
	}
	header := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{
		Payload: payload, Secret: s.secret, Timestamp: s.db.Clock.Now().Std(),
	}).Header
	return payload, header, nil
}
