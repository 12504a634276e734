package payment

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"saebaan/internal/money"
)

// tolerance is how far an event's signing time may lie from ours, either way.
const tolerance = 300 * time.Second

// eventTypes are the reports read; every other type is EventOther.
var eventTypes = map[stripe.EventType]EventType{
	stripe.EventTypePaymentIntentSucceeded:     EventSucceeded,
	stripe.EventTypePaymentIntentPaymentFailed: EventFailed,
	stripe.EventTypePaymentIntentCanceled:      EventFailed,
	stripe.EventTypePaymentIntentProcessing:    EventProcessing,
}

// readEvent checks and reads one webhook. The signature is stripe-go's to
// check; the time is ours, because stripe-go knows only the machine's clock and
// lets any future time pass.
func readEvent(payload []byte, signature, secret string, live bool, now time.Time) (Event, error) {
	e, err := webhook.ConstructEventWithOptions(payload, signature, secret, webhook.ConstructEventOptions{
		IgnoreTolerance:          true,
		IgnoreAPIVersionMismatch: true, // told apart below
	})
	switch {
	case errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrInvalidHeader), errors.Is(err, webhook.ErrNoValidSignature):
		return Event{}, ErrBadSignature.Because(err)
	case err != nil:
		return Event{}, ErrBadEvent // the text of err may quote the payload
	}
	at, ok := signedAt(signature)
	if !ok {
		return Event{}, ErrBadSignature
	}
	if age := now.Sub(at); age > tolerance || age < -tolerance {
		return Event{}, ErrOldEvent
	}
	if e.APIVersion != stripe.APIVersion {
		return Event{}, ErrAPIVersion
	}
	if e.Livemode != live {
		return Event{}, ErrWrongMode
	}
	if e.ID == "" {
		return Event{}, ErrBadEvent
	}
	out := Event{ID: e.ID, Type: EventOther, Livemode: e.Livemode}
	kind, known := eventTypes[e.Type]
	if !known {
		return out, nil
	}
	var pi stripe.PaymentIntent
	if e.Data == nil || json.Unmarshal(e.Data.Raw, &pi) != nil || pi.ID == "" {
		return Event{}, ErrBadEvent
	}
	return intentEvent(out, kind, &pi)
}

// intentEvent fills in what the event says about an intent of ours; one that
// bears no order of ours was made by somebody else on the same account.
func intentEvent(out Event, kind EventType, pi *stripe.PaymentIntent) (Event, error) {
	order := pi.Metadata["order_id"]
	if order == "" {
		return out, nil
	}
	if pi.Currency != stripe.CurrencyINR {
		return Event{}, ErrCurrency
	}
	out.Type, out.IntentID, out.OrderID, out.PaymentID = kind, pi.ID, order, pi.Metadata["payment_id"]
	out.Amount = money.Paise(pi.Amount)
	if kind == EventSucceeded {
		out.Amount = money.Paise(pi.AmountReceived)
	}
	if kind == EventFailed {
		out.Reason = failureReason(pi)
	}
	return out, nil
}

// failureReason is a code of the gateway, never its text.
func failureReason(pi *stripe.PaymentIntent) string {
	switch {
	case pi.Status == stripe.PaymentIntentStatusCanceled:
		return "cancelled"
	case pi.LastPaymentError == nil:
		return "unknown"
	case pi.LastPaymentError.DeclineCode != "":
		return string(pi.LastPaymentError.DeclineCode)
	default:
		return string(pi.LastPaymentError.Code)
	}
}

// signedAt reads the one t= of a signature header. The header has been checked:
// with two of them it would be open which one was signed.
func signedAt(signature string) (time.Time, bool) {
	var at time.Time
	found := 0
	for part := range strings.SplitSeq(signature, ",") {
		text, is := strings.CutPrefix(part, "t=")
		if !is {
			continue
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		at, found = time.Unix(seconds, 0), found+1
	}
	return at, found == 1
}
