package payment_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testkit"
)

var back = payment.RefundInput{Key: "ref_1:1", RefundID: "ref_1", IntentID: "pi_1", Amount: 50_000}

// damaging forwards to base, with the form of each request of that method changed.
func damaging(t *testing.T, base, method string, damage func(url.Values)) string {
	t.Helper()
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if r.In.Method != method {
			return
		}
		if method == http.MethodGet {
			query := r.In.URL.Query()
			damage(query)
			r.Out.URL.RawQuery = query.Encode()
			return
		}
		body, _ := io.ReadAll(r.In.Body)
		form, _ := url.ParseQuery(string(body))
		damage(form)
		text := form.Encode()
		r.Out.Body, r.Out.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	}})
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func TestStripeRefundAgainstStripeMock(t *testing.T) {
	base := testkit.StripeMock(t)
	again := back
	again.Again = true
	// The mock takes our requests and answers with its own examples, in dollars.
	if got, err := newStripe(t, base).Refund(t.Context(), back); !errors.Is(err, payment.ErrCurrency) {
		t.Errorf("refund: %+v, %v", got, err)
	}
	if got, err := newStripe(t, base).Refund(t.Context(), again); !errors.Is(err, payment.ErrCurrency) {
		t.Errorf("refund, looked up first: %+v, %v", got, err)
	}
	if got, err := newStripe(t, base).Movements(t.Context(), time.Unix(1, 0), signedTime); !errors.Is(err, payment.ErrCurrency) {
		t.Errorf("movements: %+v, %v", got, err)
	}
	for name, damage := range map[string]func(url.Values){
		"amount not a number": func(v url.Values) { v.Set("amount", "500.00") },
		"unknown parameter":   func(v url.Values) { v.Set("colour", "white") },
		"unknown reason":      func(v url.Values) { v.Set("reason", "whim") },
		"metadata not a map":  func(v url.Values) { v.Del("metadata[refund_id]"); v.Set("metadata", "ref_1") },
	} {
		if _, err := newStripe(t, damaging(t, base, http.MethodPost, damage)).Refund(t.Context(), back); !errors.Is(err, payment.ErrRefused) {
			t.Errorf("refund, %s: %v", name, err)
		}
	}
	for name, damage := range map[string]func(url.Values){
		"limit not a number": func(v url.Values) { v.Set("limit", "many") },
		"unknown parameter":  func(v url.Values) { v.Set("colour", "white") },
	} {
		s := newStripe(t, damaging(t, base, http.MethodGet, damage))
		if _, err := s.Refund(t.Context(), again); !errors.Is(err, payment.ErrUnknownOutcome) {
			t.Errorf("look up, %s: %v", name, err)
		}
		if _, err := s.Movements(t.Context(), time.Unix(1, 0), signedTime); !errors.Is(err, payment.ErrRefused) {
			t.Errorf("movements, %s: %v", name, err)
		}
	}
}

func TestStripeRefundAsksOnceAndSaysAll(t *testing.T) {
	var asked []*http.Request
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r)
		_, _ = io.WriteString(w, refundText)
	})
	got, err := newStripe(t, base).Refund(t.Context(), back)
	if want := (payment.Refund{ID: "re_1", Status: payment.RefundSucceeded, Amount: 50_000}); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(asked) != 1 {
		t.Fatalf("asked %d times", len(asked))
	}
	r := asked[0]
	if r.Method != http.MethodPost || r.URL.Path != "/v1/refunds" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	for header, want := range map[string]string{"Idempotency-Key": "ref_1:1", "Stripe-Version": "2023-10-16"} {
		if got := r.Header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	want := url.Values{"payment_intent": {"pi_1"}, "amount": {"50000"}, "metadata[refund_id]": {"ref_1"}}
	if got := r.PostForm; got.Encode() != want.Encode() {
		t.Errorf("form %s, want %s", got.Encode(), want.Encode())
	}
}

func TestStripeRefundStatus(t *testing.T) {
	for answer, want := range map[string]payment.Refund{
		`"status":"succeeded"`:       {Status: payment.RefundSucceeded},
		`"status":"pending"`:         {Status: payment.RefundPending},
		`"status":"requires_action"`: {Status: payment.RefundPending},
		`"status":null`:              {Status: payment.RefundPending},
		`"status":"canceled"`:        {Status: payment.RefundFailed, Reason: "cancelled"},
		`"status":"failed"`:          {Status: payment.RefundFailed, Reason: "unknown"},
		`"status":"failed","failure_reason":"expired_or_canceled_card"`: {Status: payment.RefundFailed, Reason: "expired_or_canceled_card"},
	} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Replace(refundText, `"status":"succeeded"`, answer, 1))
		})
		want.ID, want.Amount = "re_1", 50_000
		if got, err := newStripe(t, base).Refund(t.Context(), back); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", answer, got, err, want)
		}
	}
}

// refundServer lists the given refunds, newest first and two to a page.
type refundServer struct {
	refunds []string // the id of each and, after a colon, its refund_id
	asked   []string
}

func (s *refundServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.asked = append(s.asked, r.Method+" "+r.Form.Get("starting_after"))
	if r.Method == http.MethodPost {
		_, _ = io.WriteString(w, strings.Replace(refundText, `"re_1"`, `"re_new"`, 1))
		return
	}
	if r.Form.Get("payment_intent") != "pi_1" || r.Form.Get("limit") != "100" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	first := slices.IndexFunc(s.refunds, func(r string) bool { return strings.HasPrefix(r, "re_") }) // 0, or −1 when there are none
	if after := r.Form.Get("starting_after"); after != "" {
		first = 1 + slices.IndexFunc(s.refunds, func(r string) bool { return strings.HasPrefix(r, after+":") })
	}
	var page []string
	for i := max(first, 0); i < len(s.refunds) && len(page) < 2; i++ {
		theirs, ours, _ := strings.Cut(s.refunds[i], ":")
		page = append(page, strings.NewReplacer(`"re_1"`, `"`+theirs+`"`, `"ref_1"`, `"`+ours+`"`).Replace(refundText))
	}
	_, _ = fmt.Fprintf(w, `{"object":"list","url":"/v1/refunds","has_more":%t,"data":[%s]}`, first+2 < len(s.refunds), strings.Join(page, ","))
}

func TestStripeRefundAgainLooksFirst(t *testing.T) {
	again := back
	again.Again = true
	for _, c := range []struct {
		name    string
		refunds []string
		id      string
		asked   []string
	}{
		{"none", nil, "re_new", []string{"GET ", "POST "}},
		{"ours", []string{"re_7:ref_1"}, "re_7", []string{"GET "}},
		{"another's and one made by hand", []string{"re_8:ref_2", "re_7:"}, "re_new", []string{"GET ", "POST "}},
		{"ours on the third page", []string{"re_9:ref_5", "re_8:ref_4", "re_7:ref_3", "re_6:ref_2", "re_5:ref_1"}, "re_5", []string{"GET ", "GET re_8", "GET re_6"}},
		{"three pages of others", []string{"re_9:ref_5", "re_8:ref_4", "re_7:ref_3", "re_6:ref_2", "re_5:ref_6"}, "re_new", []string{"GET ", "GET re_8", "GET re_6", "POST "}},
	} {
		server := &refundServer{refunds: c.refunds}
		got, err := newStripe(t, serve(t, server.ServeHTTP)).Refund(t.Context(), again)
		if want := (payment.Refund{ID: c.id, Status: payment.RefundSucceeded, Amount: 50_000}); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, want)
		}
		if !slices.Equal(server.asked, c.asked) {
			t.Errorf("%s: asked %q, want %q", c.name, server.asked, c.asked)
		}
	}
	server := &refundServer{refunds: []string{"re_7:ref_1"}}
	again.Amount++
	if got, err := newStripe(t, serve(t, server.ServeHTTP)).Refund(t.Context(), again); !errors.Is(err, payment.ErrKeyReused) {
		t.Errorf("found with another amount: %+v, %v", got, err)
	}
}

func TestStripeRefundFaults(t *testing.T) {
	const secret = "sk_test_ofthispackage and pi_1_secret_x"
	for _, c := range []struct {
		status               int
		kind, code, param    string
		text                 string
		plain, again, inList error // POST; GET none, then POST; GET
	}{
		{400, "invalid_request_error", "charge_already_refunded", "", "", payment.ErrRefundTooMuch, payment.ErrRefundTooMuch, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "", "amount", "Refund amount (₹600.00) is greater than unrefunded amount on charge (₹500.00)", payment.ErrRefundTooMuch, payment.ErrRefundTooMuch, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "", "amount", "Refund amount (₹600.00) is greater than charge amount (₹500.00)", payment.ErrRefundTooMuch, payment.ErrRefundTooMuch, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "amount_too_large", "amount", "", payment.ErrRefundTooMuch, payment.ErrRefundTooMuch, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "parameter_invalid_integer", "amount", "", payment.ErrRefused, payment.ErrRefused, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "charge_disputed", "", "", payment.ErrDisputed, payment.ErrDisputed, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "refund_disputed_payment", "", "", payment.ErrDisputed, payment.ErrDisputed, payment.ErrUnknownOutcome},
		{400, "invalid_request_error", "charge_not_refundable", "", "", payment.ErrRefused, payment.ErrRefused, payment.ErrUnknownOutcome},
		{400, "idempotency_error", "", "", "", payment.ErrKeyReused, payment.ErrKeyReused, payment.ErrUnknownOutcome},
		{404, "invalid_request_error", "resource_missing", "payment_intent", "", payment.ErrNotFound, payment.ErrNotFound, payment.ErrNotFound},
		{409, "invalid_request_error", "idempotency_key_in_use", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, payment.ErrUnknownOutcome},
		{429, "invalid_request_error", "lock_timeout", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, payment.ErrUnknownOutcome},
		{429, "invalid_request_error", "rate_limit", "", "", payment.ErrUnavailable, payment.ErrUnavailable, payment.ErrUnknownOutcome},
		{401, "invalid_request_error", "", "", "", payment.ErrUnavailable, payment.ErrUnavailable, payment.ErrUnknownOutcome},
		{500, "api_error", "", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, payment.ErrUnknownOutcome},
		{200, "empty", "", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, nil},
		{200, "cut", "", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, payment.ErrUnknownOutcome},
		{200, "hung up", "", "", "", payment.ErrUnknownOutcome, payment.ErrUnknownOutcome, payment.ErrUnknownOutcome},
	} {
		spoil := func(w http.ResponseWriter) {
			switch c.kind {
			case "hung up":
				panic(http.ErrAbortHandler)
			case "cut":
				_, _ = io.WriteString(w, `{"id":"re_1","description":"pi_1_secret_x","amo`)
			case "empty":
				_, _ = io.WriteString(w, `{}`)
			default:
				w.WriteHeader(c.status)
				_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"type": c.kind, "code": c.code, "param": c.param, "message": c.text + secret}})
			}
		}
		noList := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = io.WriteString(w, `{"object":"list","has_more":false,"data":[]}`)
				return
			}
			spoil(w)
		})
		badList := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				spoil(w)
				return
			}
			if c.inList != nil {
				t.Errorf("%d %s %s: refunded without having looked", c.status, c.kind, c.code)
			}
			_, _ = io.WriteString(w, refundText)
		})
		again := back
		again.Again = true
		_, plain := newStripe(t, noList).Refund(t.Context(), back)
		_, looked := newStripe(t, noList).Refund(t.Context(), again)
		_, listed := newStripe(t, badList).Refund(t.Context(), again)
		if !errors.Is(plain, c.plain) || !errors.Is(looked, c.again) || !errors.Is(listed, c.inList) {
			t.Errorf("%d %s %s: %v; looked first: %v; looking: %v", c.status, c.kind, c.code, plain, looked, listed)
		}
		for _, err := range []error{plain, looked, listed} {
			if err != nil && (strings.Contains(err.Error(), "sk_test") || strings.Contains(err.Error(), "_secret_")) {
				t.Errorf("%d %s: a secret is in the error: %v", c.status, c.kind, err)
			}
		}
	}
}

func TestStripeRefundUnreachable(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if _, err := newStripe(t, closed.URL).Refund(t.Context(), back); !errors.Is(err, payment.ErrUnavailable) {
		t.Errorf("nobody listens, so nothing was refunded: %v", err)
	}
	again := back
	again.Again = true
	if _, err := newStripe(t, closed.URL).Refund(t.Context(), again); !errors.Is(err, payment.ErrUnknownOutcome) {
		t.Errorf("nobody listens, but an earlier call may have been obeyed: %v", err)
	}
}

// net/http repeats a keyed POST by itself when a kept connection closes without
// an answer. If it cannot connect again, its error is that of the connection
// alone; the first try was sent all the same, and nobody knows what came of it.
func TestAnswerLostAndThenUnreachable(t *testing.T) {
	for name, call := range map[string]func(*payment.Stripe) error{
		"create": func(s *payment.Stripe) error { _, err := s.Create(t.Context(), input); return err },
		"refund": func(s *payment.Stripe) error { _, err := s.Refund(t.Context(), back); return err },
	} {
		var asked atomic.Int64
		var server *httptest.Server
		server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) > 1 {
				_ = server.Listener.Close()
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(w, `{"id":"pi_1","amount":252000,"currency":"inr"}`)
		}))
		server.Start()
		s := newStripe(t, server.URL)
		if _, err := s.Create(t.Context(), input); err != nil { // leaves an open connection
			t.Fatal(err)
		}
		if err := call(s); !errors.Is(err, payment.ErrUnknownOutcome) {
			t.Errorf("%s: %v", name, err)
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("%s: the server was asked %d times", name, n)
		}
		server.Close()
	}
}

func TestRefundInputIsChecked(t *testing.T) {
	for name, edit := range map[string]func(*payment.RefundInput){
		"no key":    func(in *payment.RefundInput) { in.Key = "" },
		"long key":  func(in *payment.RefundInput) { in.Key = strings.Repeat("k", 256) },
		"no id":     func(in *payment.RefundInput) { in.RefundID = "" },
		"no intent": func(in *payment.RefundInput) { in.IntentID = "" },
		"nothing":   func(in *payment.RefundInput) { in.Amount = 0 },
		"negative":  func(in *payment.RefundInput) { in.Amount = -1 },
		"too much":  func(in *payment.RefundInput) { in.Amount = money.Max + 1 },
	} {
		in := back
		edit(&in)
		if _, err := newStripe(t, "http://127.0.0.1:1").Refund(t.Context(), in); !errors.Is(err, payment.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := back
	in.IntentID = "pay_1"
	if _, err := newStripe(t, "http://127.0.0.1:1").Refund(t.Context(), in); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("no id of an intent: %v", err)
	}
}
