package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"saebaan/internal/testkit"
)

const hook = "/v1/webhooks/stripe"

// practiceSecret is what the simulator signs with; it guards practice money only.
const practiceSecret = "whsec_practice_money_only"

// sign is stripe-go's own signer.
func sign(payload, secret string, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(payload), Secret: secret, Timestamp: at}).Header
}

// pending is an order that waits for its payment.
func (s *shop) pending(variant string) (order string, b basket, intent string) {
	s.t.Helper()
	b = s.baskets(1, variant)[0]
	placed, err := b.place("pending-" + b.id)
	if err != nil || placed.Status != 201 {
		s.t.Fatalf("%v %s", err, placed.Raw)
	}
	order = placed.Str("id")
	return order, b, b.buyer.Post("/v1/orders/"+order+"/pay", nil).Str("intent_id")
}

// event is what the gateway would send, with its signature, not yet delivered.
func (s *shop) event(intent, outcome string) (payload, signature string) {
	s.t.Helper()
	e := s.guest.Post("/v1/test/payments/"+intent+"/confirm", obj{"outcome": outcome, "deliver": false})
	return e.Str("payload"), e.Str("signature")
}

func TestForgedWebhooks(t *testing.T) {
	s := open(t, nil)
	_, v := s.kurta("HOOK-1", 5, map[string]string{"embroidery": s.artisan("Hook Maker")}, false)
	order, b, intent := s.pending(v)
	payload, signature := s.event(intent, "succeeded")
	now := time.Now()
	flipped := strings.Replace(payload, `"amount_received":252000`, `"amount_received":252001`, 1)
	if flipped == payload {
		t.Fatalf("the payload has no amount: %s", payload)
	}
	live := strings.Replace(payload, `"livemode":false`, `"livemode":true`, 1)
	version := strings.Replace(payload, "2023-10-16", "2020-08-27", 1)
	foreign := strings.ReplaceAll(payload, `"inr"`, `"usd"`)
	post := func(name, body string, status int, code string, headers ...string) attack {
		return attack{name: name, as: s.guest, path: hook, body: body, headers: headers, status: status, code: code}
	}
	signed := func(name, body string, code string, secret string, at time.Time) attack {
		status := 400
		if code == "payment.currency" {
			status = 422
		}
		return post(name, body, status, code, "Stripe-Signature", sign(body, secret, at))
	}
	s.refuse(t, []attack{
		post("no signature", payload, 400, "payment.bad_signature"),
		post("an empty signature", payload, 400, "payment.bad_signature", "Stripe-Signature", ""),
		post("a signature of no form", payload, 400, "payment.bad_signature", "Stripe-Signature", marker),
		post("a signature without a time", payload, 400, "payment.bad_signature", "Stripe-Signature", signature[strings.Index(signature, "v1="):]),
		post("two times", payload, 400, "payment.bad_signature", "Stripe-Signature", "t=1,"+signature),
		post("one byte changed", flipped, 400, "payment.bad_signature", "Stripe-Signature", signature),
		post("one byte more", payload+" ", 400, "payment.bad_signature", "Stripe-Signature", signature),
		post("one byte less", payload[:len(payload)-1], 400, "payment.bad_signature", "Stripe-Signature", signature),
		post("another's signature", payload, 400, "payment.bad_signature", "Stripe-Signature", sign(flipped, practiceSecret, now)),
		post("no body", "", 400, "payment.bad_signature", "Stripe-Signature", signature),
		signed("a wrong secret", payload, "payment.bad_signature", "whsec_"+marker, now),
		signed("an empty secret", payload, "payment.bad_signature", "", now),
		signed("301 seconds old", payload, "payment.old_event", practiceSecret, now.Add(-301*time.Second)),
		signed("301 seconds ahead", payload, "payment.old_event", practiceSecret, now.Add(302*time.Second)),
		signed("of the other mode", live, "payment.wrong_mode", practiceSecret, now),
		signed("of another version", version, "payment.api_version", practiceSecret, now),
		signed("in another currency", foreign, "payment.currency", practiceSecret, now),
		signed("no event", `{"`+marker+`":1}`, "payment.api_version", practiceSecret, now),
		signed("no JSON", marker, "payment.bad_event", practiceSecret, now),
		post("gzip", payload, 415, "web.encoding", "Stripe-Signature", signature, "Content-Encoding", "gzip"),
	})
	large := payload + strings.Repeat(" ", 5<<20)
	if a, err := s.raw(request(hook, large, "Stripe-Signature: "+sign(large, practiceSecret, now), length(large))); err != nil {
		t.Fatal(err)
	} else {
		refused(t, a, 413, "web.too_large")
	}
	s.guest.Post("/v1/test/clock", obj{"advance": "301s"})
	if a := s.guest.Do(400, "POST", hook, payload, "Stripe-Signature", signature); a.Str("code") != "payment.old_event" {
		t.Fatalf("after 301 seconds: %s", a.Raw)
	}
	if got := b.buyer.Get("/v1/orders/" + order); got.Str("payment_state") != "pending" || got.Str("state") != "placed" {
		t.Fatalf("after all the forgeries: %s", got.Raw)
	}
	payload, signature = s.event(intent, "succeeded")
	s.guest.Do(200, "POST", hook, payload, "Stripe-Signature", signature)
	if got := b.buyer.Get("/v1/orders/" + order); got.Str("payment_state") != "paid" {
		t.Fatalf("the true one: %s", got.Raw)
	}
	s.verify()
}

// A payment is entered once, however often and in whatever order it is told.
func TestWebhooksAtOnceAndInAnyOrder(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		_, v := s.kurta("HOOK-2", 5, map[string]string{"embroidery": s.artisan("Hook Maker")}, false)
		d := s.books()

		order, b, intent := s.pending(v)
		payload, signature := s.event(intent, "succeeded")
		answers := atOnce(30, func(int) (testkit.Answer, error) {
			return s.guest.Try("POST", hook, payload, "Stripe-Signature", signature)
		})
		tally(t, answers, map[string]int{"200": 30})
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE kind = 'payment'`); n != 1 {
			t.Fatalf("%d payments are in the books", n)
		}
		if got := b.buyer.Get("/v1/orders/" + order); got.Str("payment_state") != "paid" || got.Str("state") != "confirmed" {
			t.Fatalf("paid at once: %s", got.Raw)
		}

		order, b, intent = s.pending(v)
		var told [][2]string
		for _, outcome := range []string{"processing", "failed", "succeeded"} {
			p, sig := s.event(intent, outcome)
			told = append(told, [2]string{p, sig})
		}
		for _, i := range []int{2, 0, 1, 1, 2, 0} { // the last word came first
			s.guest.Do(200, "POST", hook, told[i][0], "Stripe-Signature", told[i][1])
		}
		if got := b.buyer.Get("/v1/orders/" + order); got.Str("payment_state") != "paid" || got.Str("state") != "confirmed" || got.Paise("refund_due") != 0 {
			t.Fatalf("told in disorder: %s", got.Raw)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE kind = 'payment'`); n != 2 {
			t.Fatalf("%d payments are in the books", n)
		}
		s.quiet(d) // then both fees are entered
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE kind = 'gateway_fee'`); n != 2 {
			t.Fatalf("%d fees are in the books", n)
		}
		s.verify()
	})
}
