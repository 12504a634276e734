package payment

import (
	"encoding/json"

	"github.com/stripe/stripe-go/v76"

	"saebaan/internal/money"
)

// refundEvent reads what the event says about a refund. Every intent of ours
// has refunds that name it; a refund that names none belongs to a charge of
// somebody else on the same account.
func refundEvent(out Event, object []byte) (Event, error) {
	var r stripe.Refund
	if json.Unmarshal(object, &r) != nil || r.ID == "" || r.Object != "refund" || r.Amount <= 0 {
		return Event{}, ErrBadEvent
	}
	if r.PaymentIntent == nil || r.PaymentIntent.ID == "" {
		return out, nil
	}
	if r.Currency != stripe.CurrencyINR {
		return Event{}, ErrCurrency
	}
	read := refundOf(&r)
	out.Type, out.IntentID, out.Amount = EventRefund, r.PaymentIntent.ID, read.Amount
	out.RefundID, out.ProviderRefundID, out.RefundStatus = r.Metadata["refund_id"], read.ID, read.Status
	out.Reason = read.Reason
	return out, nil
}

// refundOf reads a refund of Stripe's. A status that is missing or new to us
// ends nothing: it is pending until Stripe says otherwise.
func refundOf(r *stripe.Refund) Refund {
	out := Refund{ID: r.ID, Status: RefundPending, Amount: money.Paise(r.Amount)}
	switch r.Status {
	case stripe.RefundStatusSucceeded:
		out.Status = RefundSucceeded
	case stripe.RefundStatusCanceled:
		out.Status, out.Reason = RefundFailed, "cancelled"
	case stripe.RefundStatusFailed:
		out.Status, out.Reason = RefundFailed, "unknown"
		if r.FailureReason != "" {
			out.Reason = string(r.FailureReason)
		}
	}
	return out
}

// disputeEvent reads what the event says about a dispute. An inquiry (its
// statuses begin with warning_) takes no money and is left to the dashboard.
func disputeEvent(out Event, object []byte) (Event, error) {
	var d stripe.Dispute
	if json.Unmarshal(object, &d) != nil || d.ID == "" || d.Object != "dispute" || d.Status == "" || d.Amount <= 0 {
		return Event{}, ErrBadEvent
	}
	if d.PaymentIntent == nil || d.PaymentIntent.ID == "" {
		return out, nil
	}
	if d.Currency != stripe.CurrencyINR {
		return Event{}, ErrCurrency
	}
	switch d.Status {
	case stripe.DisputeStatusWarningNeedsResponse, stripe.DisputeStatusWarningUnderReview, stripe.DisputeStatusWarningClosed:
		return out, nil
	case stripe.DisputeStatusWon:
		out.Dispute = DisputeWon
	case stripe.DisputeStatusLost:
		out.Dispute = DisputeLost
	default:
		out.Dispute = DisputeOpen
	}
	out.Type, out.IntentID, out.DisputeID = EventDispute, d.PaymentIntent.ID, d.ID
	out.Amount, out.Reason = money.Paise(d.Amount), string(d.Reason)
	for _, booked := range d.BalanceTransactions {
		if booked == nil || booked.Currency != stripe.CurrencyINR { // only an id, or settled in other money
			continue
		}
		fee, gst := feeOf(booked)
		out.Fee, out.FeeGST = out.Fee+fee, out.FeeGST+gst
	}
	return out, nil
}

// feeOf splits the fee of a balance transaction into the fee and the tax on it.
func feeOf(booked *stripe.BalanceTransaction) (fee, gst money.Paise) {
	for _, d := range booked.FeeDetails {
		if d.Type == "tax" {
			gst += money.Paise(d.Amount)
		}
	}
	return money.Paise(booked.Fee) - gst, gst
}
