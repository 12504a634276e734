package payment

import (
	"context"
	"slices"
	"strings"
	"time"

	"saebaan/internal/money"
)

// Reporter tells what the gateway's own books say, to hold ours against them.
type Reporter interface {
	// Movements lists what moved the balance at the gateway from the instant
	// from up to, but not at, the instant to, oldest first. It returns all of it
	// or ErrInput (the instants are not in order), ErrCurrency (a movement is not
	// in rupees), ErrUnavailable or ErrRefused.
	Movements(ctx context.Context, from, to time.Time) ([]Movement, error)
}

// MovementKind is why the balance moved.
type MovementKind string

// The kinds of movement. A charge or refund that failed afterwards is a second
// movement of the same kind with the other sign, and so is a payout that came
// back; MovementFee is a fee, or the tax on it, that is billed by itself.
const (
	MovementCharge          MovementKind = "charge"
	MovementRefund          MovementKind = "refund"
	MovementDispute         MovementKind = "dispute"
	MovementDisputeReversal MovementKind = "dispute_reversal"
	MovementPayout          MovementKind = "payout"
	MovementFee             MovementKind = "fee"
	MovementOther           MovementKind = "other"
)

// Movement is one line of the gateway's books. Amount is above zero when it
// came into our balance; Fee and FeeGST, the tax on it, are above zero when
// they were taken. The balance changes by Amount − Fee − FeeGST.
type Movement struct {
	ID               string
	Kind             MovementKind
	IntentID         string
	ProviderRefundID string
	Amount           money.Paise
	Fee              money.Paise
	FeeGST           money.Paise
	At               time.Time
}

var errReportInput = ErrInput.With("A report needs a beginning that lies before its end. Nothing was asked of the bank.")

func byTime(all []Movement) []Movement {
	slices.SortFunc(all, func(a, b Movement) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}
