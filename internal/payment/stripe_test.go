package payment_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testkit"
)

var input = payment.IntentInput{
	Key: "pay_1:1", OrderID: "ord_1", PaymentID: "pay_1", Amount: 252_000, Description: "Chikan kurta", Email: "buyer@example.com",
}

func TestStripeAgainstStripeMock(t *testing.T) {
	base := testkit.StripeMock(t)
	s := newStripe(t, base)
	made, err := s.Create(t.Context(), input)
	if err != nil || made.ID == "" || made.ClientSecret == "" || made.Amount != input.Amount {
		t.Fatalf("created %+v, %v", made, err)
	}
	// The mock remembers nothing and answers Retrieve with its own example, in
	// dollars: it took our request, and we refuse the currency.
	if got, err := s.Retrieve(t.Context(), made.ID); !errors.Is(err, payment.ErrCurrency) {
		t.Errorf("retrieve: %+v, %v", got, err)
	}
	// Stripe's description refuses our request once it is damaged on the way.
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(url.Values){
		"no amount":           func(v url.Values) { v.Del("amount") },
		"no currency":         func(v url.Values) { v.Del("currency") },
		"amount not a number": func(v url.Values) { v.Set("amount", "2520.00") },
		"unknown parameter":   func(v url.Values) { v.Set("colour", "white") },
		"unknown capture":     func(v url.Values) { v.Set("capture_method", "someday") },
	} {
		proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			body, _ := io.ReadAll(r.In.Body)
			form, _ := url.ParseQuery(string(body))
			damage(form)
			text := form.Encode()
			r.SetURL(target)
			r.Out.Body, r.Out.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		}})
		if _, err := newStripe(t, proxy.URL).Create(t.Context(), input); !errors.Is(err, payment.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
		proxy.Close()
	}
}

func TestStripeCreateAsksOnceAndSaysAll(t *testing.T) {
	var asked []*http.Request
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r)
		_, _ = io.WriteString(w, `{"id":"pi_1","client_secret":"pi_1_secret_x","amount":252000,"currency":"inr","status":"requires_payment_method"}`)
	})
	got, err := newStripe(t, base).Create(t.Context(), input)
	if want := (payment.Intent{ID: "pi_1", ClientSecret: "pi_1_secret_x", Status: payment.RequiresPayment, Amount: 252_000}); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(asked) != 1 {
		t.Fatalf("asked %d times", len(asked))
	}
	r := asked[0]
	for header, want := range map[string]string{"Idempotency-Key": "pay_1:1", "Stripe-Version": "2023-10-16", "Authorization": "Bearer sk_test_ofthispackage"} {
		if got := r.Header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	for field, want := range map[string]string{
		"amount": "252000", "currency": "inr", "capture_method": "automatic", "automatic_payment_methods[enabled]": "true",
		"metadata[order_id]": "ord_1", "metadata[payment_id]": "pay_1", "receipt_email": "buyer@example.com", "description": "Chikan kurta",
	} {
		if got := r.PostForm.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

func TestStripeRetrieve(t *testing.T) {
	const booked = `,"latest_charge":{"id":"ch_1","balance_transaction":{"id":"txn_1","object":"balance_transaction","currency":%q,"fee":5947,
		"fee_details":[{"type":"stripe_fee","amount":5040,"currency":"inr"},{"type":"tax","amount":907,"currency":"inr"}]}}`
	for _, c := range []struct {
		name, status, more string
		want               payment.Intent
	}{
		{"paid, fee booked", "succeeded", fmt.Sprintf(booked, "inr"), payment.Intent{Status: payment.Succeeded, Fee: 5_040, FeeGST: 907, FeeKnown: true}},
		{"paid, fee not yet booked", "succeeded", `,"latest_charge":{"id":"ch_1","balance_transaction":null}`, payment.Intent{Status: payment.Succeeded}},
		{"paid, booked in dollars", "succeeded", fmt.Sprintf(booked, "usd"), payment.Intent{Status: payment.Succeeded}},
		{"new", "requires_payment_method", ``, payment.Intent{Status: payment.RequiresPayment}},
		{"declined once", "requires_payment_method", `,"last_payment_error":{"code":"card_declined"}`, payment.Intent{Status: payment.Failed}},
		{"bank asks the buyer", "requires_action", `,"last_payment_error":{"code":"card_declined"}`, payment.Intent{Status: payment.RequiresPayment}},
		{"under way", "processing", ``, payment.Intent{Status: payment.Processing}},
		{"cancelled", "canceled", ``, payment.Intent{Status: payment.Cancelled}},
	} {
		var expand string
		base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			expand = r.URL.Path + " " + r.URL.Query().Get("expand[0]")
			_, _ = fmt.Fprintf(w, `{"id":"pi_1","amount":252000,"currency":"inr","status":%q%s}`, c.status, c.more)
		})
		c.want.ID, c.want.Amount = "pi_1", 252_000
		got, err := newStripe(t, base).Retrieve(t.Context(), "pi_1")
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
		if expand != "/v1/payment_intents/pi_1 latest_charge.balance_transaction" {
			t.Errorf("%s: asked %q", c.name, expand)
		}
	}
}

func TestStripeFaults(t *testing.T) {
	const text = "no such key sk_test_ofthispackage, buyer@example.com, pi_1_secret_x"
	for _, c := range []struct {
		status           int
		kind, code       string
		create, retrieve error
	}{
		{402, "card_error", "card_declined", payment.ErrDeclined, payment.ErrUnavailable},
		{400, "invalid_request_error", "parameter_unknown", payment.ErrRefused, payment.ErrRefused},
		{400, "invalid_request_error", "amount_too_small", payment.ErrAmount, payment.ErrRefused},
		{400, "idempotency_error", "", payment.ErrKeyReused, payment.ErrRefused},
		{409, "invalid_request_error", "idempotency_key_in_use", payment.ErrUnknownOutcome, payment.ErrUnavailable},
		{429, "invalid_request_error", "lock_timeout", payment.ErrUnknownOutcome, payment.ErrUnavailable},
		{429, "invalid_request_error", "rate_limit", payment.ErrUnavailable, payment.ErrUnavailable},
		{401, "invalid_request_error", "", payment.ErrUnavailable, payment.ErrUnavailable},
		{404, "invalid_request_error", "resource_missing", payment.ErrRefused, payment.ErrNotFound},
		{500, "api_error", "", payment.ErrUnknownOutcome, payment.ErrUnavailable},
		{502, "", "", payment.ErrUnknownOutcome, payment.ErrUnavailable},      // a proxy's page
		{200, "cut", "", payment.ErrUnknownOutcome, payment.ErrUnavailable},   // done, but the answer is cut off
		{200, "live", "", payment.ErrWrongMode, payment.ErrWrongMode},         // another mode's intent
		{200, "dollars", "", payment.ErrCurrency, payment.ErrCurrency},        // not ours
		{0, "hung up", "", payment.ErrUnknownOutcome, payment.ErrUnavailable}, // sent, never answered
	} {
		var posts atomic.Int64
		base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				posts.Add(1)
			}
			switch c.kind {
			case "hung up":
				panic(http.ErrAbortHandler)
			case "cut":
				_, _ = io.WriteString(w, `{"id":"pi_1","client_secret":"pi_1_secret_x","amo`)
			case "live":
				_, _ = io.WriteString(w, `{"id":"pi_1","livemode":true,"currency":"inr"}`)
			case "dollars":
				_, _ = io.WriteString(w, `{"id":"pi_1","currency":"usd"}`)
			case "":
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, "<html>"+text)
			default:
				w.WriteHeader(c.status)
				_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"type": c.kind, "code": c.code, "message": text, "payment_intent": map[string]any{"client_secret": "pi_1_secret_x"}}})
			}
		})
		s := newStripe(t, base)
		_, created := s.Create(t.Context(), input)
		_, retrieved := s.Retrieve(t.Context(), "pi_1")
		if !errors.Is(created, c.create) || !errors.Is(retrieved, c.retrieve) {
			t.Errorf("%d %s %s: create %v, want %v; retrieve %v, want %v", c.status, c.kind, c.code, created, c.create, retrieved, c.retrieve)
		}
		for _, err := range []error{created, retrieved} {
			for _, secret := range []string{"sk_test", "buyer@", "_secret_", hookSecret} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%d %s: %q is in the error: %v", c.status, c.kind, secret, err)
				}
			}
		}
		if posts.Load() != 1 {
			t.Errorf("%d %s: asked to create %d times", c.status, c.kind, posts.Load())
		}
	}
}

func TestStripeUnreachable(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if _, err := newStripe(t, closed.URL).Create(t.Context(), input); !errors.Is(err, payment.ErrUnavailable) {
		t.Errorf("nobody listens, so nothing was asked: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice who leaves
		cancel()                           // the buyer leaves while Stripe works
		<-r.Context().Done()
	})
	if _, err := newStripe(t, base).Create(ctx, input); !errors.Is(err, payment.ErrUnknownOutcome) {
		t.Errorf("given up while waiting: %v", err)
	}
}

func TestStripeSettings(t *testing.T) {
	for _, c := range []payment.StripeConfig{
		{}, {Key: "pk_test_x", WebhookSecret: "w"}, {Key: "sk_test_", WebhookSecret: "w"}, {Key: "sk_demo_x", WebhookSecret: "w"}, {Key: "sk_test_x"},
	} {
		if _, err := payment.NewStripe(c); !errors.Is(err, payment.ErrConfig) {
			t.Errorf("%#v: %v", c, err)
		}
	}
	c := payment.StripeConfig{Key: "sk_live_x", WebhookSecret: hookSecret}
	text, err := json.Marshal(c)
	if shown := fmt.Sprintf("%v %+v %#v %s", c, c, c, text); err != nil || strings.Contains(shown, "sk_live") || strings.Contains(shown, "whsec") {
		t.Errorf("secrets are shown: %s", shown)
	}
}

func TestInputIsChecked(t *testing.T) {
	for name, edit := range map[string]func(*payment.IntentInput){
		"no key":     func(in *payment.IntentInput) { in.Key = "" },
		"long key":   func(in *payment.IntentInput) { in.Key = strings.Repeat("k", 256) },
		"no order":   func(in *payment.IntentInput) { in.OrderID = "" },
		"no payment": func(in *payment.IntentInput) { in.PaymentID = "" },
		"nothing":    func(in *payment.IntentInput) { in.Amount = 0 },
		"negative":   func(in *payment.IntentInput) { in.Amount = -1 },
		"too much":   func(in *payment.IntentInput) { in.Amount = money.Max + 1 },
	} {
		in := input
		edit(&in)
		if _, err := newStripe(t, "http://127.0.0.1:1").Create(t.Context(), in); !errors.Is(err, payment.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
