package main_test

import (
	"fmt"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

type obj = map[string]any

func inr(paise int64) obj { return obj{"amount": paise, "currency": "INR"} }

// artisan registers a maker who can be paid by UPI and returns her id.
func (s *shop) artisan(name string) string {
	s.t.Helper()
	id := s.asha.Post("/v1/artisans", obj{"name": obj{"en": name}, "area": "lucknow", "crafts": []string{"chikan"}}).Str("id")
	s.asha.Post("/v1/artisans/"+id+"/payees", obj{"kind": "upi", "holder": name, "upi": strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@upi"})
	return id
}

// kurta lists a design of which every stage is somebody's, and returns product and variant.
func (s *shop) kurta(sku string, pieces int64, makers map[string]string, oneOff bool) (product, variant string) {
	s.t.Helper()
	product = s.asha.Post("/v1/products", obj{"title": obj{"en": "White chikan kurta " + sku, "hi": "सफ़ेद चिकन कुर्ता"}, "area": "lucknow",
		"craft": "chikan", "garment": "kurta", "fabric": "cotton", "colour": "white", "techniques": []string{"bakhiya"}, "hsn": "6206", "one_off": oneOff}).Str("id")
	variant = s.asha.Post("/v1/products/"+product+"/variants", obj{"sku": sku, "size": "M"}).Str("id")
	heads := []obj{{"kind": "cost", "head": "material", "amount": inr(41200)}}
	var lot []obj
	owner := ""
	for _, st := range []struct {
		stage   string
		wage    int64
		minutes int64
	}{{"cutting", 8300, 70}, {"embroidery", 121500, 1110}, {"washing", 4500, 40}, {"tailoring", 11000, 100}, {"finishing", 4000, 35}} {
		if makers[st.stage] == "" {
			continue
		}
		heads = append(heads, obj{"kind": "wage", "head": st.stage, "amount": inr(st.wage), "minutes": st.minutes, "shares": true})
		lot = append(lot, obj{"stage": st.stage, "artisan_id": makers[st.stage], "weight": 1})
		if st.stage == "embroidery" {
			owner = makers[st.stage]
		}
	}
	heads = append(heads, obj{"kind": "cost", "head": "packing", "amount": inr(3400)}, obj{"kind": "cost", "head": "shipping", "amount": inr(9500)},
		obj{"kind": "cost", "head": "fee", "amount": inr(5040)}, obj{"kind": "trust", "head": "running", "amount": inr(19560)},
		obj{"kind": "trust", "head": "fund", "basis_points": 500}, obj{"kind": "makers", "head": "makers"})
	s.asha.Post("/v1/variants/"+variant+"/price-cards", obj{"list_price": inr(240000), "heads": heads})
	s.asha.Post("/v1/variants/"+variant+"/lots", obj{"owner_id": owner, "pieces": pieces, "makers": lot})
	s.asha.Post("/v1/products/"+product+"/submit", nil)
	s.admin.Post("/v1/products/"+product+"/publish", nil)
	return product, variant
}

func (s *shop) cart(lines map[string]int64) (string, testkit.REST) {
	s.t.Helper()
	c := s.guest.Post("/v1/carts", nil)
	buyer := s.guest.As(c.Str("token"))
	for v, n := range lines {
		buyer.Post("/v1/carts/"+c.Str("id")+"/lines", obj{"variant_id": v, "quantity": n})
	}
	return c.Str("id"), buyer
}

func placeBody(cart, state string) obj {
	return obj{"cart_id": cart, "method": "card", "buyer": obj{"name": "Guest", "phone": "9876543210", "email": "guest@example.org"},
		"address": obj{"house": "12 Rose Lane", "city": "Lucknow", "state": state, "pin": "226003"}}
}

// A day in the life: a piece by five women and a one-off by one are listed, a
// guest buys both, the webhook comes three times, the pieces go out and arrive,
// the window passes, two people pay, the bank answers, one payment comes back
// and is paid in the next run; the books verify and hledger agrees.
func TestDayInTheLife(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		names := []string{"cutting", "embroidery", "washing", "tailoring", "finishing"}
		makers := map[string]string{}
		for _, n := range names {
			makers[n] = s.artisan("Maker " + n)
		}
		solo := s.artisan("Solo Maker")
		_, five := s.kurta("FIVE-M", 4, makers, false)
		_, one := s.kurta("ONE-OFF", 1, map[string]string{"embroidery": solo, "finishing": solo}, true)

		order := s.buy(t, map[string]int64{five: 2, one: 1}, "09")
		if total := s.admin.Get("/v1/orders/" + order).Paise("total"); total != 3*252000 {
			t.Fatalf("total %d", total)
		}
		s.admin.Do(409, "POST", "/v1/orders/"+order+"/deliver", nil)
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
		s.admin.Do(409, "POST", "/v1/orders/"+order+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+order+"/deliver", nil)

		st := s.preparer.Get("/v1/artisans/" + makers["embroidery"] + "/statement")
		if st.Paise("held") != 2*(121500+41200) || st.Paise("payable") != 0 {
			t.Fatalf("before the window: %s", st.Raw)
		}
		s.guest.Post("/v1/test/clock", obj{"advance": "167h"})
		if st := s.preparer.Get("/v1/artisans/" + makers["embroidery"] + "/statement"); st.Paise("payable") != 0 {
			t.Fatal("payable before the window is over")
		}
		s.guest.Post("/v1/test/clock", obj{"advance": "2h"})
		if st := s.preparer.Get("/v1/artisans/" + makers["embroidery"] + "/statement"); st.Paise("payable") != 2*(121500+41200) {
			t.Fatalf("after the window: %s", st.Raw)
		}
		if state := s.admin.Get("/v1/orders/" + order).Str("state"); state != "closed" {
			t.Fatalf("the order is %s", state)
		}
		paid, returned := s.firstRun(t, makers, solo)
		s.secondRun(t, paid, returned)
		s.verify()
		s.statementsAgree(append(values(makers), solo))
	})
}

// buy orders and pays as a guest; the gateway tells three times.
func (s *shop) buy(t testing.TB, lines map[string]int64, state string) string {
	t.Helper()
	cart, buyer := s.cart(lines)
	order := buyer.Post("/v1/orders", placeBody(cart, state), "Idempotency-Key", "place-"+cart).Str("id")
	pay := buyer.Post("/v1/orders/"+order+"/pay", nil)
	again := buyer.Post("/v1/orders/"+order+"/pay", nil)
	if pay.Str("intent_id") != again.Str("intent_id") {
		t.Fatal("a second intent for one order")
	}
	event := s.guest.Post("/v1/test/payments/"+pay.Str("intent_id")+"/confirm", obj{"outcome": "succeeded", "deliver": false})
	for range 3 {
		s.guest.Do(200, "POST", "/v1/webhooks/stripe", event.Str("payload"), "Stripe-Signature", event.Str("signature"))
	}
	s.guest.Do(400, "POST", "/v1/webhooks/stripe", event.Str("payload")+" ", "Stripe-Signature", event.Str("signature"))
	if got := buyer.Get("/v1/orders/" + order); got.Str("payment_state") != "paid" || got.Str("state") != "confirmed" {
		t.Fatalf("after payment: %s", got.Raw)
	}
	s.guest.Do(404, "GET", "/v1/orders/"+order, nil)
	return order
}

func (s *shop) firstRun(t *testing.T, makers map[string]string, solo string) (paid, returned string) {
	run := s.both.Post("/v1/payout-runs", nil, "Idempotency-Key", "run-1")
	if same := s.both.Post("/v1/payout-runs", nil, "Idempotency-Key", "run-1"); same.Str("id") != run.Str("id") || same.Header.Get("Idempotent-Replayed") != "true" {
		t.Fatal("the same key prepared another run")
	}
	path := "/v1/payout-runs/" + run.Str("id")
	if len(run.List("items")) != 6 || run.Str("state") != "draft" {
		t.Fatalf("run: %s", run.Raw)
	}
	s.approver.Do(409, "GET", path+"/bank-file", nil)
	run = s.both.Post(path+"/submit", nil)
	approval := obj{"content_hash": run.Str("content_hash"), "password": password}
	if a := s.both.Do(403, "POST", path+"/approve", approval); a.Str("code") != "payouts.own_run" {
		t.Fatalf("own run: %s", a.Raw)
	}
	if a := s.approver.Do(403, "POST", path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": "wrong password"}); a.Str("code") != "auth.step_up" {
		t.Fatalf("wrong password: %s", a.Raw)
	}
	key := strings.TrimSpace(must(t, s.Data, s.Env, "keys", "create", "--user", "approver"))
	if a := s.guest.As(key).Do(403, "POST", path+"/approve", approval); a.Str("code") != "auth.key_cannot_approve" {
		t.Fatalf("key: %s", a.Raw)
	}
	s.preparer.Do(403, "POST", path+"/approve", approval)
	s.admin.Do(403, "POST", path+"/approve", approval)
	s.approver.Do(409, "POST", path+"/approve", obj{"content_hash": strings.Repeat("0", 64), "password": password})
	s.approver.Post(path+"/approve", approval)
	s.approver.Do(409, "POST", path+"/approve", approval)

	file := string(s.preparer.Get(path + "/bank-file").Raw)
	if again := string(s.approver.Get(path + "/bank-file").Raw); again != file {
		t.Fatal("the bank file differs between two fetches")
	}
	run = s.preparer.Get(path)
	if run.Str("state") != "sent" || !strings.Contains(file, "TOTAL,6,") {
		t.Fatalf("sent: %s\n%s", run.Str("state"), file)
	}
	answers := "reference,status,utr,reason\n"
	for i := range run.List("items") {
		artisan, ref := run.Str("items", i, "artisan_id"), run.Str("items", i, "reference")
		switch artisan {
		case makers["embroidery"]:
			returned = artisan
			answers += ref + ",returned,,account closed\n"
		case solo:
			paid = artisan
			answers += ref + ",paid,UTR000000001,\n"
		default:
			answers += fmt.Sprintf("%s,paid,UTR10000000%d,\n", ref, i)
		}
	}
	answers += "SBUNKNOWN,paid,UTR999999999,\n"
	for round := range 2 {
		out := s.preparer.Do(200, "POST", path+"/bank-answers", answers, "Content-Type", "text/csv")
		want := []string{"entered", "repeated"}[round]
		for i, o := range out.List("outcomes") {
			if w := map[bool]string{true: "unknown", false: want}[i == 6]; o.(map[string]any)["outcome"] != w {
				t.Fatalf("round %d row %d: %v", round, i, o)
			}
		}
	}
	if state := s.preparer.Get(path).Str("state"); state != "settled" {
		t.Fatalf("the run is %s", state)
	}
	return paid, returned
}

func (s *shop) secondRun(t *testing.T, paid, returned string) {
	st := s.preparer.Get("/v1/artisans/" + returned + "/statement")
	if st.Paise("payable") != 2*(121500+41200) || st.Paise("paid") != 0 {
		t.Fatalf("after the return: %s", st.Raw)
	}
	s.asha.Post("/v1/artisans/"+returned+"/payees", obj{"kind": "bank", "holder": "Maker", "confirmed": "in person", "account": "123456789012", "ifsc": "UTIB0000001"})
	early := s.preparer.Post("/v1/payout-runs", nil)
	if len(early.List("items")) != 0 || early.Str("exceptions", 0, "reason") != "payee_waiting" {
		t.Fatalf("inside 48 hours: %s", early.Raw)
	}
	s.preparer.Do(409, "POST", "/v1/payout-runs/"+early.Str("id")+"/submit", nil)
	s.guest.Post("/v1/test/clock", obj{"advance": "49h"})
	run := s.preparer.Post("/v1/payout-runs", nil)
	if len(run.List("items")) != 1 || run.Str("items", 0, "artisan_id") != returned {
		t.Fatalf("next run: %s", run.Raw)
	}
	path := "/v1/payout-runs/" + run.Str("id")
	run = s.preparer.Post(path+"/submit", nil)
	s.both.Post(path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": password})
	s.both.Get(path + "/bank-file")
	s.both.Do(200, "POST", path+"/bank-answers", "reference,status,utr,reason\n"+run.Str("items", 0, "reference")+",paid,UTR200000001,\n", "Content-Type", "text/csv")
	for _, a := range []string{paid, returned} {
		st := s.preparer.Get("/v1/artisans/" + a + "/statement")
		if st.Paise("paid") != st.Paise("earned") || st.Paise("payable") != 0 || st.Paise("in_transit") != 0 {
			t.Fatalf("at the end: %s", st.Raw)
		}
	}
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
