package payment_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"saebaan/internal/payment"
)

// The objects as Stripe documents them for API version 2023-10-16 ("The Refund
// object", "The Dispute object", "The Balance Transaction object"), in rupees.
const (
	refundText = `{"id":"re_1","object":"refund","amount":50000,"balance_transaction":"txn_1","charge":"ch_1","created":1692942318,
		"currency":"inr","destination_details":{"card":{"reference":"123456789012","reference_status":"available",
		"reference_type":"acquirer_reference_number","type":"refund"},"type":"card"},"metadata":{"refund_id":"ref_1"},"payment_intent":"pi_1",
		"reason":null,"receipt_number":null,"source_transfer_reversal":null,"status":"succeeded","transfer_reversal":null}`

	disputeText = `{"id":"dp_1","object":"dispute","amount":252000,"balance_transactions":[{"id":"txn_2","object":"balance_transaction",
		"amount":-252000,"available_on":1680651573,"created":1680651573,"currency":"inr","description":"Chargeback withdrawal for ch_1",
		"exchange_rate":null,"fee":118000,"fee_details":[{"amount":100000,"application":null,"currency":"inr","description":"Dispute fee","type":"stripe_fee"},
		{"amount":18000,"application":null,"currency":"inr","description":"GST","type":"tax"}],"net":-370000,"reporting_category":"dispute",
		"source":"dp_1","status":"available","type":"adjustment"}],"charge":"ch_1","created":1680651737,"currency":"inr",
		"evidence":{"access_activity_log":null,"billing_address":null,"uncategorized_text":null},
		"evidence_details":{"due_by":1682294399,"has_evidence":false,"past_due":false,"submission_count":0},"is_charge_refundable":false,
		"livemode":false,"metadata":{},"payment_intent":"pi_1","reason":"product_not_received","status":"needs_response"}`
)

func objectEvent(kind, object string, edits ...string) []byte {
	return fmt.Appendf(nil, `{"id":"evt_1","object":"event","api_version":"2023-10-16","created":1,"livemode":false,"type":%q,
		"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"data":{"object":%s}}`, kind, strings.NewReplacer(edits...).Replace(object))
}

func TestRefundEventIsRead(t *testing.T) {
	ours := payment.Event{
		ID: "evt_1", Type: payment.EventRefund, IntentID: "pi_1", Amount: 50_000, At: madeTime,
		RefundID: "ref_1", ProviderRefundID: "re_1", RefundStatus: payment.RefundSucceeded,
	}
	with := func(edit func(*payment.Event)) payment.Event {
		e := ours
		edit(&e)
		return e
	}
	failed := func(reason string) payment.Event {
		return with(func(e *payment.Event) { e.RefundStatus, e.Reason = payment.RefundFailed, reason })
	}
	pending := with(func(e *payment.Event) { e.RefundStatus = payment.RefundPending })
	other := payment.Event{ID: "evt_1", Type: payment.EventOther, At: madeTime}
	const status = `"status":"succeeded"`
	for _, c := range []struct {
		name string
		text []byte
		want payment.Event
		err  error
	}{
		{"updated", objectEvent("charge.refund.updated", refundText), ours, nil},
		{"created", objectEvent("refund.created", refundText), ours, nil},
		{"updated, newer name", objectEvent("refund.updated", refundText), ours, nil},
		{"failed", objectEvent("refund.failed", refundText, status, `"status":"failed","failure_reason":"lost_or_stolen_card"`), failed("lost_or_stolen_card"), nil},
		{"failed, no reason", objectEvent("charge.refund.updated", refundText, status, `"status":"failed"`), failed("unknown"), nil},
		{"cancelled", objectEvent("charge.refund.updated", refundText, status, `"status":"canceled"`), failed("cancelled"), nil},
		{"pending", objectEvent("refund.created", refundText, status, `"status":"pending"`), pending, nil},
		{"the buyer must act", objectEvent("refund.created", refundText, status, `"status":"requires_action"`), pending, nil},
		{"no status", objectEvent("refund.created", refundText, status, `"status":null`), pending, nil},
		{"a status of the future", objectEvent("refund.created", refundText, status, `"status":"floating"`), pending, nil},
		{"made by hand", objectEvent("refund.created", refundText, `{"refund_id":"ref_1"}`, `{}`), with(func(e *payment.Event) { e.RefundID = "" }), nil},
		{"no metadata at all", objectEvent("refund.created", refundText, `{"refund_id":"ref_1"}`, `null`), with(func(e *payment.Event) { e.RefundID = "" }), nil},
		{"the intent in full", objectEvent("refund.created", refundText, `"pi_1"`, `{"id":"pi_1","object":"payment_intent"}`), ours, nil},
		{"of a charge that is not ours", objectEvent("refund.created", refundText, `"pi_1"`, `null`, `"inr"`, `"usd"`), other, nil},
		{"charge.refunded says nothing more", objectEvent("charge.refunded", `{"id":"ch_1","object":"charge","currency":"usd"}`), other, nil},
		{"dollars", objectEvent("refund.created", refundText, `"inr"`, `"usd"`), payment.Event{}, payment.ErrCurrency},
		{"no id", objectEvent("refund.created", refundText, `"re_1"`, `""`), payment.Event{}, payment.ErrBadEvent},
		{"another object", objectEvent("refund.created", disputeText), payment.Event{}, payment.ErrBadEvent},
		{"only an id", objectEvent("refund.created", `"re_1"`), payment.Event{}, payment.ErrBadEvent},
		{"null", objectEvent("refund.created", `null`), payment.Event{}, payment.ErrBadEvent},
		{"nothing refunded", objectEvent("refund.created", refundText, `50000`, `0`), payment.Event{}, payment.ErrBadEvent},
		{"less than nothing", objectEvent("refund.created", refundText, `50000`, `-1`), payment.Event{}, payment.ErrBadEvent},
		{"half a paisa", objectEvent("refund.created", refundText, `50000`, `50000.5`), payment.Event{}, payment.ErrBadEvent},
		{"metadata of another kind", objectEvent("refund.created", refundText, `"ref_1"`, `7`), payment.Event{}, payment.ErrBadEvent},
	} {
		got, err := newStripe(t, "").Event(c.text, sign(c.text, hookSecret, signedTime), signedTime)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestDisputeEventIsRead(t *testing.T) {
	ours := payment.Event{
		ID: "evt_1", Type: payment.EventDispute, IntentID: "pi_1", Amount: 252_000, At: madeTime, Reason: "product_not_received",
		DisputeID: "dp_1", Dispute: payment.DisputeOpen, Fee: 100_000, FeeGST: 18_000,
	}
	with := func(edit func(*payment.Event)) payment.Event {
		e := ours
		edit(&e)
		return e
	}
	free := func(state payment.DisputeState) payment.Event {
		return with(func(e *payment.Event) { e.Dispute, e.Fee, e.FeeGST = state, 0, 0 })
	}
	other := payment.Event{ID: "evt_1", Type: payment.EventOther, At: madeTime}
	const (
		status = `"needs_response"`
		booked = `"balance_transactions":[`
		back   = booked + `{"id":"txn_3","amount":252000,"currency":"inr","fee":-118000,"fee_details":[{"amount":-100000,"type":"stripe_fee"},{"amount":-18000,"type":"tax"}]},`
	)
	for _, c := range []struct {
		name string
		text []byte
		want payment.Event
		err  error
	}{
		{"created", objectEvent("charge.dispute.created", disputeText), ours, nil},
		{"updated", objectEvent("charge.dispute.updated", disputeText, status, `"under_review"`), ours, nil},
		{"funds withdrawn", objectEvent("charge.dispute.funds_withdrawn", disputeText), ours, nil},
		{"lost", objectEvent("charge.dispute.closed", disputeText, status, `"lost"`), with(func(e *payment.Event) { e.Dispute = payment.DisputeLost }), nil},
		{"won, fee given back", objectEvent("charge.dispute.closed", disputeText, status, `"won"`, booked, back), free(payment.DisputeWon), nil},
		{"won, fee kept", objectEvent("charge.dispute.funds_reinstated", disputeText, status, `"won"`), with(func(e *payment.Event) { e.Dispute = payment.DisputeWon }), nil},
		{"a status of the future", objectEvent("charge.dispute.updated", disputeText, status, `"pondering"`), ours, nil},
		{"booked in dollars", objectEvent("charge.dispute.created", disputeText, `"created":1680651573,"currency":"inr"`, `"created":1680651573,"currency":"usd"`), free(payment.DisputeOpen), nil},
		{"booked, only the id", objectEvent("charge.dispute.created", disputeText, booked, booked+`"txn_9",`), ours, nil},
		{"an inquiry", objectEvent("charge.dispute.created", disputeText, status, `"warning_needs_response"`), other, nil},
		{"an inquiry under review", objectEvent("charge.dispute.updated", disputeText, status, `"warning_under_review"`), other, nil},
		{"an inquiry closed", objectEvent("charge.dispute.closed", disputeText, status, `"warning_closed"`), other, nil},
		{"of a charge that is not ours", objectEvent("charge.dispute.created", disputeText, `"payment_intent":"pi_1"`, `"payment_intent":null`, `"inr"`, `"usd"`), other, nil},
		{"dollars", objectEvent("charge.dispute.created", disputeText, `"inr"`, `"usd"`), payment.Event{}, payment.ErrCurrency},
		{"no id", objectEvent("charge.dispute.created", disputeText, `{"id":"dp_1"`, `{"id":""`), payment.Event{}, payment.ErrBadEvent},
		{"no status", objectEvent("charge.dispute.created", disputeText, status, `null`), payment.Event{}, payment.ErrBadEvent},
		{"no amount", objectEvent("charge.dispute.created", disputeText, `"amount":252000`, `"amount":0`), payment.Event{}, payment.ErrBadEvent},
		{"another object", objectEvent("charge.dispute.created", refundText), payment.Event{}, payment.ErrBadEvent},
		{"cut short", objectEvent("charge.dispute.created", `[]`), payment.Event{}, payment.ErrBadEvent},
	} {
		got, err := newStripe(t, "").Event(c.text, sign(c.text, hookSecret, signedTime), signedTime)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, err, c.want, c.err)
		}
	}
}

// Every byte of a refund's or dispute's event is under the signature, and an old
// one is refused like any other.
func TestMoneyEventIsRefused(t *testing.T) {
	s := newStripe(t, "")
	for kind, object := range map[string]string{"charge.refund.updated": refundText, "charge.dispute.closed": disputeText} {
		text := objectEvent(kind, object)
		signed := sign(text, hookSecret, signedTime)
		for i := range text {
			altered := bytes.Clone(text)
			altered[i] ^= 1
			if e, err := s.Event(altered, signed, signedTime); !errors.Is(err, payment.ErrBadSignature) || e != (payment.Event{}) {
				t.Fatalf("%s, byte %d altered: %+v, %v", kind, i, e, err)
			}
		}
		if _, err := s.Event(text, signed, signedTime.Add(301*time.Second)); !errors.Is(err, payment.ErrOldEvent) {
			t.Errorf("%s, 301 s old: %v", kind, err)
		}
		if _, err := s.Event(text, sign(text, hookSecret+"x", signedTime), signedTime); !errors.Is(err, payment.ErrBadSignature) {
			t.Errorf("%s, another secret: %v", kind, err)
		}
	}
}
