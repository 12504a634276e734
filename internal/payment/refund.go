package payment

import "saebaan/internal/money"

// RefundInput is what is given back of a payment.
type RefundInput struct {
	Key      string // our idempotency key, at most 255 bytes
	RefundID string // our id, which the gateway keeps with its refund
	IntentID string
	Amount   money.Paise
	Again    bool // the outcome of an earlier call is not known: look it up first
}

func (in RefundInput) check() error {
	if in.Key == "" || len(in.Key) > 255 || in.RefundID == "" || in.IntentID == "" || in.Amount <= 0 || in.Amount > money.Max {
		return ErrInput.With("A refund needs a key, an id, a payment and an amount above zero. Nothing was asked of the bank.")
	}
	return nil
}

// RefundStatus is where a refund stands.
type RefundStatus string

// The states of a refund. Even one that succeeded may fail later, when the
// buyer's bank sends the money back; a failed one stays failed.
const (
	RefundPending   RefundStatus = "pending"
	RefundSucceeded RefundStatus = "succeeded"
	RefundFailed    RefundStatus = "failed"
)

// Refund is a refund at the gateway. Reason is its code for a failure.
type Refund struct {
	ID     string
	Status RefundStatus
	Amount money.Paise
	Reason string
}

// What the shared faults say when the call was a refund.
var (
	errRefundUnknown     = ErrUnknownOutcome.With("The payment service did not answer in time, so it is not known whether the refund was made. Nothing is refunded twice: try again and we look it up.")
	errRefundUnavailable = ErrUnavailable.With("The payment service cannot be reached. Nothing was refunded; try again in a moment.")
	errRefundRefused     = ErrRefused.With("The payment service refused this refund. Nothing was refunded.")
	errRefundKeyReused   = ErrKeyReused.With("This refund was asked for before with other details. Nothing was refunded again; start a new refund.")
	errRefundCurrency    = ErrCurrency.With("The payment service shows this refund in other money than rupees. Look at it there before anything else is done.")
)
