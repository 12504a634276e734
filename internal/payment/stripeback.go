package payment

import (
	"context"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saebaan/internal/money"
)

// pageSize is the most that Stripe lists at once.
const pageSize = 100

// Refund asks Stripe to give money back, looking first when the outcome of an
// earlier call is not known: the key alone would do within KeyLife, and not after.
func (s *Stripe) Refund(ctx context.Context, in RefundInput) (Refund, error) {
	if err := in.check(); err != nil {
		return Refund{}, err
	}
	if !strings.HasPrefix(in.IntentID, "pi_") {
		return Refund{}, ErrNotFound
	}
	if in.Again {
		r, err := s.findRefund(ctx, in)
		if err != nil {
			return Refund{}, err
		}
		if r != nil {
			return checkedRefund(r, in)
		}
	}
	p := &stripe.RefundParams{
		PaymentIntent: stripe.String(in.IntentID),
		Amount:        stripe.Int64(int64(in.Amount)),
		Metadata:      map[string]string{"refund_id": in.RefundID},
	}
	p.Context = ctx
	p.SetIdempotencyKey(in.Key)
	r, err := s.api.Refunds.New(p)
	if err != nil {
		return Refund{}, refundFault(err)
	}
	return checkedRefund(r, in)
}

// findRefund returns the refund that bears our id, or nil.
func (s *Stripe) findRefund(ctx context.Context, in RefundInput) (*stripe.Refund, error) {
	p := &stripe.RefundListParams{PaymentIntent: stripe.String(in.IntentID)}
	p.Context, p.Limit = ctx, stripe.Int64(pageSize)
	listed := s.api.Refunds.List(p)
	for listed.Next() {
		if r := listed.Refund(); r.Metadata["refund_id"] == in.RefundID {
			return r, nil
		}
	}
	return nil, lookFault(listed.Err())
}

func checkedRefund(r *stripe.Refund, in RefundInput) (Refund, error) {
	switch {
	case r.ID == "":
		return Refund{}, errRefundUnknown
	case r.Currency != stripe.CurrencyINR:
		return Refund{}, errRefundCurrency
	case money.Paise(r.Amount) != in.Amount:
		return Refund{}, errRefundKeyReused
	}
	return refundOf(r), nil
}

var _ Reporter = (*Stripe)(nil)

// Movements reads Stripe's balance transactions. Stripe counts in whole seconds.
func (s *Stripe) Movements(ctx context.Context, from, to time.Time) ([]Movement, error) {
	if !from.Before(to) {
		return nil, errReportInput
	}
	p := &stripe.BalanceTransactionListParams{CreatedRange: &stripe.RangeQueryParams{
		GreaterThanOrEqual: wholeSecond(from), LesserThan: wholeSecond(to),
	}}
	p.AddExpand("data.source")
	p.Context, p.Limit = ctx, stripe.Int64(pageSize)
	var out []Movement
	listed := s.api.BalanceTransactions.List(p)
	for listed.Next() {
		b := listed.BalanceTransaction()
		if b.Currency != stripe.CurrencyINR {
			return nil, ErrCurrency
		}
		out = append(out, movementOf(b))
	}
	if err := listed.Err(); err != nil {
		return nil, retrieveFault(err)
	}
	return byTime(out), nil
}

// wholeSecond is the first whole second that is not before t: of two reports
// that meet at t, one alone holds a movement of that second.
func wholeSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// movementKinds follow Stripe's reporting categories, which it recommends for
// accounts over the older types.
var movementKinds = map[stripe.BalanceTransactionReportingCategory]MovementKind{
	stripe.BalanceTransactionReportingCategoryCharge:          MovementCharge,
	stripe.BalanceTransactionReportingCategoryChargeFailure:   MovementCharge,
	stripe.BalanceTransactionReportingCategoryRefund:          MovementRefund,
	stripe.BalanceTransactionReportingCategoryRefundFailure:   MovementRefund,
	stripe.BalanceTransactionReportingCategoryDispute:         MovementDispute,
	stripe.BalanceTransactionReportingCategoryDisputeReversal: MovementDisputeReversal,
	stripe.BalanceTransactionReportingCategoryPayout:          MovementPayout,
	stripe.BalanceTransactionReportingCategoryPayoutReversal:  MovementPayout,
	stripe.BalanceTransactionReportingCategoryFee:             MovementFee,
	stripe.BalanceTransactionReportingCategoryTax:             MovementFee,
}

func movementOf(b *stripe.BalanceTransaction) Movement {
	out := Movement{ID: b.ID, Kind: MovementOther, Amount: money.Paise(b.Amount), At: time.Unix(b.Created, 0).UTC()}
	if kind, known := movementKinds[b.ReportingCategory]; known {
		out.Kind = kind
	}
	out.Fee, out.FeeGST = feeOf(b)
	if b.Source == nil {
		return out
	}
	var about *stripe.PaymentIntent
	switch {
	case b.Source.Charge != nil:
		about = b.Source.Charge.PaymentIntent
	case b.Source.Refund != nil:
		about, out.ProviderRefundID = b.Source.Refund.PaymentIntent, b.Source.Refund.ID
	case b.Source.Dispute != nil:
		about = b.Source.Dispute.PaymentIntent
	}
	if about != nil {
		out.IntentID = about.ID
	}
	return out
}
