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

// EventType is what an event reports.
type EventType string

// The reports that matter to an order; a cancelled intent is a failure.
const (
	EventSucceeded  EventType = "succeeded"
	EventFailed     EventType = "failed"
	EventProcessing EventType = "processing"
	EventRefund     EventType = "refund"
	EventDispute    EventType = "dispute"
	EventOther      EventType = "other"
)

// DisputeState is where a dispute stands.
type DisputeState string

// The states of a dispute. The bank takes the money back when it opens one and
// returns it when we win; what was won or lost stays so.
const (
	DisputeOpen DisputeState = "open"
	DisputeWon  DisputeState = "won"
	DisputeLost DisputeState = "lost"
)

// Event is a checked webhook. ID is the same each time it is delivered; At is
// when the gateway made it; Reason is the gateway's code for a failure or a
// dispute. Of EventOther only ID, Type, Livemode and At are set.
//
// EventRefund and EventDispute are found by IntentID: OrderID and PaymentID
// stay empty. RefundID is ours, empty for a refund made by hand at the gateway.
// Fee and FeeGST are what the dispute has cost so far, less what came back, as
// far as the event tells.
type Event struct {
	ID        string
	Type      EventType
	IntentID  string
	OrderID   string
	PaymentID string
	Amount    money.Paise
	Reason    string
	Livemode  bool
	At        time.Time

	RefundID         string
	ProviderRefundID string
	RefundStatus     RefundStatus

	DisputeID string
	Dispute   DisputeState
	Fee       money.Paise
	FeeGST    money.Paise
}

// tolerance is how far an event's signing time may lie from ours, either way.
const tolerance = 300 * time.Second

// eventReaders are the reports read; every other type is EventOther.
// charge.refunded is left out: the refunds themselves tell all it does, and
// with their ids. refund.failed has no name in stripe-go v76, yet its object is
// the same.
var eventReaders = map[stripe.EventType]func(out Event, object []byte) (Event, error){
	stripe.EventTypePaymentIntentSucceeded:       intentEvent(EventSucceeded),
	stripe.EventTypePaymentIntentPaymentFailed:   intentEvent(EventFailed),
	stripe.EventTypePaymentIntentCanceled:        intentEvent(EventFailed),
	stripe.EventTypePaymentIntentProcessing:      intentEvent(EventProcessing),
	stripe.EventTypeChargeRefundUpdated:          refundEvent,
	stripe.EventTypeRefundCreated:                refundEvent,
	stripe.EventTypeRefundUpdated:                refundEvent,
	"refund.failed":                              refundEvent,
	stripe.EventTypeChargeDisputeCreated:         disputeEvent,
	stripe.EventTypeChargeDisputeUpdated:         disputeEvent,
	stripe.EventTypeChargeDisputeClosed:          disputeEvent,
	stripe.EventTypeChargeDisputeFundsWithdrawn:  disputeEvent,
	stripe.EventTypeChargeDisputeFundsReinstated: disputeEvent,
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
	out := Event{ID: e.ID, Type: EventOther, Livemode: e.Livemode, At: time.Unix(e.Created, 0).UTC()}
	read, known := eventReaders[e.Type]
	if !known {
		return out, nil
	}
	if e.Data == nil {
		return Event{}, ErrBadEvent
	}
	return read(out, e.Data.Raw)
}

// intentEvent reads what the event says about an intent of ours; one that bears
// no order of ours was made by somebody else on the same account.
func intentEvent(kind EventType) func(Event, []byte) (Event, error) {
	return func(out Event, object []byte) (Event, error) {
		var pi stripe.PaymentIntent
		if json.Unmarshal(object, &pi) != nil || pi.ID == "" {
			return Event{}, ErrBadEvent
		}
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
			out.Reason = failureReason(&pi)
		}
		return out, nil
	}
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
