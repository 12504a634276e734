package payment

import (
	"context"
	"time"

	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// The faults of this package.
var (
	ErrBadSignature   = fault.New(fault.Malformed, "payment.bad_signature", "The signature of this event is missing or wrong. Nothing was done; check the endpoint's signing secret.")
	ErrOldEvent       = fault.New(fault.Malformed, "payment.old_event", "This event was signed more than five minutes before or after our time. Nothing was done; send it again, signed anew.")
	ErrWrongMode      = fault.New(fault.Malformed, "payment.wrong_mode", "A test payment was sent to a live shop, or the reverse. Nothing was done; check the keys and the endpoint.")
	ErrAPIVersion     = fault.New(fault.Malformed, "payment.api_version", "This event is written in another API version. Nothing was done; make the webhook endpoint with version 2023-10-16.")
	ErrBadEvent       = fault.New(fault.Malformed, "payment.bad_event", "This event cannot be read. Nothing was done.")
	ErrCurrency       = fault.New(fault.Invalid, "payment.currency", "This payment is not in rupees. Nothing was done; only INR is taken.")
	ErrInput          = fault.New(fault.Invalid, "payment.input", "A payment needs a key, an order, a payment and an amount above zero. Nothing was asked of the bank.")
	ErrAmount         = fault.New(fault.Invalid, "payment.amount", "The payment service does not take an amount this small or this large. Nothing was charged; pay another way.")
	ErrKeyReused      = fault.New(fault.Conflict, "payment.key_reused", "This payment was asked for before with other details. Nothing was charged again; start a new payment.")
	ErrFinal          = fault.New(fault.Conflict, "payment.final", "This payment has already ended otherwise. Nothing was changed; start a new payment.")
	ErrNotFound       = fault.New(fault.NotFound, "payment.not_found", "The payment service does not know this payment.")
	ErrDeclined       = fault.New(fault.Conflict, "payment.declined", "The bank declined this payment. Nothing was charged; try another card or another way to pay.")
	ErrUnknownOutcome = fault.New(fault.Unavailable, "payment.unknown_outcome", "The payment service did not answer in time, so it is not known whether the payment began. Nothing is charged twice: try again and we look it up.")
	ErrUnavailable    = fault.New(fault.Unavailable, "payment.unavailable", "The payment service cannot be reached. Nothing was charged; try again in a moment.")
	ErrRefused        = fault.New(fault.Internal, "payment.refused", "The payment service refused our request. Nothing was charged.")
	ErrRefundTooMuch  = fault.New(fault.Conflict, "payment.refund_too_much", "This refund is more than what is left of the payment. Nothing was refunded; look at what was refunded before.")
	ErrDisputed       = fault.New(fault.Conflict, "payment.disputed", "This payment is disputed at the buyer's bank, which decides on it. Nothing was refunded.")
	ErrConfig         = fault.New(fault.Invalid, "payment.config", "The payment settings are not usable: give a Stripe secret key and the webhook's signing secret. Nothing was started.")
)

// KeyLife is how long a call may be repeated under its key. Stripe forgets a
// key once it is 24 hours old and takes the same request for a new one after
// that; the hour between is for the clocks and for a call that waits. Whoever
// does not know the outcome of an older call must look it up instead.
const KeyLife = 23 * time.Hour

// Provider is a gateway.
type Provider interface {
	// Name is "stripe" or "simulator", as payments are stored with it.
	Name() string
	// Create asks for an intent to pay. The same Key gives the same intent
	// (Stripe shows it as it stood when first made, so Retrieve for its state);
	// another amount or order under it is ErrKeyReused. After ErrUnknownOutcome
	// call again with the same input, but never once KeyLife has passed since
	// the first call: a forgotten key makes a second intent. Other faults:
	// ErrInput, ErrAmount, ErrDeclined, ErrUnavailable, ErrRefused.
	Create(ctx context.Context, in IntentInput) (Intent, error)
	// Retrieve returns the intent as it stands now, with the gateway's fee once
	// known, or ErrNotFound or ErrUnavailable.
	Retrieve(ctx context.Context, providerID string) (Intent, error)
	// Refund gives money of a paid intent back. The same Key gives the same
	// refund; other details under it are ErrKeyReused. After ErrUnknownOutcome
	// call again with the same input and Again set, at any later time: the
	// refund is then looked up by RefundID and made only when there is none.
	// Other faults: ErrInput, ErrNotFound, ErrRefundTooMuch, ErrDisputed,
	// ErrUnavailable (nothing was refunded), ErrRefused.
	Refund(ctx context.Context, in RefundInput) (Refund, error)
	// Event checks a webhook's raw bytes and its signature header against now
	// and returns what it says, or ErrBadSignature, ErrOldEvent, ErrAPIVersion,
	// ErrWrongMode, ErrBadEvent or ErrCurrency. The same event may come often
	// and in any order: remember its ID, and Retrieve what it is about.
	Event(payload []byte, signature string, now time.Time) (Event, error)
}

// IntentInput is what a payment is for. Email may be empty.
type IntentInput struct {
	Key         string // our idempotency key, at most 255 bytes
	OrderID     string
	PaymentID   string
	Amount      money.Paise
	Description string
	Email       string
}

func (in IntentInput) check() error {
	if in.Key == "" || len(in.Key) > 255 || in.OrderID == "" || in.PaymentID == "" || in.Amount <= 0 || in.Amount > money.Max {
		return ErrInput
	}
	return nil
}

// Status is where an intent stands.
type Status string

// The states of an intent. A failed one may be tried again by the buyer.
const (
	RequiresPayment Status = "requires_payment"
	Processing      Status = "processing"
	Succeeded       Status = "succeeded"
	Failed          Status = "failed"
	Cancelled       Status = "cancelled"
)

// Intent is a payment at the gateway. ClientSecret is for the buyer's page
// alone: never store or log it. FeeGST is the tax on Fee, not part of it.
type Intent struct {
	ID           string
	ClientSecret string
	Status       Status
	Amount       money.Paise
	Fee          money.Paise
	FeeGST       money.Paise
	FeeKnown     bool
}
