package payment_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"saebaan/internal/payment"
)

const hookSecret = "whsec_test_of_this_package"

var (
	signedTime = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	madeTime   = time.Unix(1, 0).UTC() // what the sample events bear
)

func newStripe(t *testing.T, url string) *payment.Stripe {
	t.Helper()
	s, err := payment.NewStripe(payment.StripeConfig{Key: "sk_test_ofthispackage", WebhookSecret: hookSecret, URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eventText is an event as Stripe writes it; edits are pairs of old and new text.
func eventText(kind string, edits ...string) []byte {
	text := fmt.Sprintf(`{"id":"evt_1","object":"event","api_version":"2023-10-16","created":1,"livemode":false,"type":%q,
		"data":{"object":{"id":"pi_1","object":"payment_intent","amount":252000,"amount_received":251999,"currency":"inr",
		"status":"requires_payment_method","livemode":false,"latest_charge":"ch_1","client_secret":"pi_1_secret_x",
		"metadata":{"order_id":"ord_1","payment_id":"pay_1"},
		"last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds","message":"Your card has insufficient funds."}}}}`, kind)
	return []byte(strings.NewReplacer(edits...).Replace(text))
}

func sign(payload []byte, secret string, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: payload, Secret: secret, Timestamp: at}).Header
}

func TestEventIsRead(t *testing.T) {
	s := newStripe(t, "")
	ours := payment.Event{ID: "evt_1", IntentID: "pi_1", OrderID: "ord_1", PaymentID: "pay_1", Amount: 252_000, At: madeTime}
	with := func(kind payment.EventType, edit func(*payment.Event)) payment.Event {
		e := ours
		e.Type = kind
		if edit != nil {
			edit(&e)
		}
		return e
	}
	for _, c := range []struct {
		name string
		text []byte
		want payment.Event
	}{
		{"succeeded counts what was received", eventText("payment_intent.succeeded"), with(payment.EventSucceeded, func(e *payment.Event) { e.Amount = 251_999 })},
		{"declined", eventText("payment_intent.payment_failed"), with(payment.EventFailed, func(e *payment.Event) { e.Reason = "insufficient_funds" })},
		{"failed without a bank's code", eventText("payment_intent.payment_failed", `"decline_code":"insufficient_funds",`, ``), with(payment.EventFailed, func(e *payment.Event) { e.Reason = "card_declined" })},
		{"cancelled", eventText("payment_intent.canceled", "requires_payment_method", "canceled"), with(payment.EventFailed, func(e *payment.Event) { e.Reason = "cancelled" })},
		{"processing", eventText("payment_intent.processing"), with(payment.EventProcessing, nil)},
		{"another type", eventText("charge.refunded"), payment.Event{ID: "evt_1", Type: payment.EventOther, At: madeTime}},
		{"an intent that is not ours", eventText("payment_intent.succeeded", `"order_id":"ord_1",`, ``, `"inr"`, `"usd"`), payment.Event{ID: "evt_1", Type: payment.EventOther, At: madeTime}},
	} {
		got, err := s.Event(c.text, sign(c.text, hookSecret, signedTime), signedTime)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

func TestEventIsRefused(t *testing.T) {
	good := eventText("payment_intent.succeeded")
	signed := sign(good, hookSecret, signedTime)
	changed := bytes.Replace(good, []byte("252000"), []byte("252001"), 1)
	refused := func(edits ...string) []byte { return eventText("payment_intent.succeeded", edits...) }
	for _, c := range []struct {
		name      string
		text      []byte
		signature string
		after     time.Duration
		want      error
	}{
		{"as signed", good, signed, 0, nil},
		{"300 s old", good, signed, 300 * time.Second, nil},
		{"301 s old", good, signed, 301 * time.Second, payment.ErrOldEvent},
		{"300 s ahead", good, signed, -300 * time.Second, nil},
		{"301 s ahead", good, signed, -301 * time.Second, payment.ErrOldEvent},
		{"no signature", good, "", 0, payment.ErrBadSignature},
		{"nonsense for a signature", good, "good morning", 0, payment.ErrBadSignature},
		{"only another scheme", good, strings.Replace(signed, "v1=", "v0=", 1), 0, payment.ErrBadSignature},
		{"another secret", good, sign(good, hookSecret+"x", signedTime), 0, payment.ErrBadSignature},
		{"one byte changed", changed, signed, 0, payment.ErrBadSignature},
		{"time moved on", good, strings.Replace(signed, "t=", "t=1", 1), 0, payment.ErrBadSignature},
		{"two times", good, fmt.Sprintf("t=%d,%s", signedTime.Add(time.Hour).Unix(), signed), time.Hour, payment.ErrBadSignature},
		{"rolled secret: two signatures", good, signed + ",v1=" + strings.Repeat("0", 64), 0, nil},
		{"newer API", refused("2023-10-16", "2024-04-10"), "", 0, payment.ErrAPIVersion},
		{"live to a test key", refused(`"livemode":false,"type"`, `"livemode":true,"type"`), "", 0, payment.ErrWrongMode},
		{"dollars for our order", refused(`"inr"`, `"usd"`), "", 0, payment.ErrCurrency},
		{"no id", refused(`"evt_1"`, `""`), "", 0, payment.ErrBadEvent},
		{"no intent", refused(`"pi_1"`, `""`), "", 0, payment.ErrBadEvent},
		{"not JSON", []byte("{"), "", 0, payment.ErrBadEvent},
		{"no data", []byte(`{"id":"evt_1","api_version":"2023-10-16","type":"payment_intent.succeeded"}`), "", 0, payment.ErrBadEvent},
	} {
		signature := c.signature
		if signature == "" && c.name != "no signature" {
			signature = sign(c.text, hookSecret, signedTime)
		}
		got, err := newStripe(t, "").Event(c.text, signature, signedTime.Add(c.after))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil && got != (payment.Event{}) {
			t.Errorf("%s: refused, yet it says %+v", c.name, got)
		}
		if err != nil && strings.Contains(err.Error(), hookSecret) {
			t.Errorf("%s: the secret is in the error", c.name)
		}
	}
}

func TestLiveKeyWantsLiveEvents(t *testing.T) {
	s, err := payment.NewStripe(payment.StripeConfig{Key: "rk_live_x", WebhookSecret: hookSecret})
	if err != nil {
		t.Fatal(err)
	}
	test := eventText("payment_intent.succeeded")
	if _, err := s.Event(test, sign(test, hookSecret, signedTime), signedTime); !errors.Is(err, payment.ErrWrongMode) {
		t.Errorf("a test event to a live key: %v", err)
	}
	live := eventText("payment_intent.succeeded", `"livemode":false`, `"livemode":true`)
	if e, err := s.Event(live, sign(live, hookSecret, signedTime), signedTime); err != nil || !e.Livemode {
		t.Errorf("a live event to a live key: %+v, %v", e, err)
	}
}
