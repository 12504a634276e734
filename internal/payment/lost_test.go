package payment_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/payment"
	"saebaan/internal/testkit"
)

// remembering stands before stripe-mock, which checks each request against
// Stripe's description but remembers nothing, and does what Stripe does besides:
// one effect and one answer per idempotency key, ids of their own, rupees, and
// the refunds of an intent listed.
type remembering struct {
	target string

	mu      sync.Mutex
	answers map[string][]byte // by idempotency key
	forms   map[string]string
	refunds map[string][]json.RawMessage // by intent
	posts   int
}

func remember(t *testing.T) *remembering {
	return &remembering{
		target: testkit.StripeMock(t), answers: map[string][]byte{}, forms: map[string]string{}, refunds: map[string][]json.RawMessage{},
	}
}

// ServeHTTP answers in one piece, so that nothing of an answer is under way when
// the proxy cuts it off.
func (m *remembering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	form, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if r.Method == http.MethodPost {
		m.posts++
		if m.answers[key] != nil && m.forms[key] == string(form) {
			_, _ = w.Write(m.answers[key])
			return
		}
		if key == "" || m.answers[key] != nil {
			http.Error(w, `{"error":{"type":"idempotency_error"}}`, http.StatusBadRequest)
			return
		}
	}
	status, answer := m.forward(r, form)
	if status == http.StatusOK && r.Method == http.MethodPost {
		answer = m.keep(key, string(form), answer)
	} else if status == http.StatusOK {
		answer, _ = json.Marshal(map[string]any{"object": "list", "has_more": false, "data": m.refunds[r.URL.Query().Get("payment_intent")]})
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (m *remembering) forward(r *http.Request, form []byte) (status int, answer []byte) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, m.target+r.URL.RequestURI(), bytes.NewReader(form))
	if err != nil {
		return http.StatusInternalServerError, nil
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Accept-Encoding")
	res, err := http.DefaultClient.Do(out)
	if err != nil {
		return http.StatusBadGateway, nil
	}
	defer func() { _ = res.Body.Close() }()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return http.StatusBadGateway, nil
	}
	return res.StatusCode, answer
}

// keep makes the mock's example the object that was asked for.
func (m *remembering) keep(key, form string, example []byte) []byte {
	asked, err := url.ParseQuery(form)
	var object map[string]any
	if err != nil || json.Unmarshal(example, &object) != nil {
		return nil
	}
	number := len(m.answers) + 1
	object["id"], object["currency"] = fmt.Sprintf("pi_%d", number), "inr"
	amount, _ := strconv.Atoi(asked.Get("amount"))
	object["amount"] = amount
	if intent := asked.Get("payment_intent"); intent != "" {
		object["id"], object["status"], object["payment_intent"] = fmt.Sprintf("re_%d", number), "succeeded", intent
		object["metadata"] = map[string]string{"refund_id": asked.Get("metadata[refund_id]")}
	}
	answer, _ := json.Marshal(object)
	m.answers[key], m.forms[key] = answer, form
	if intent := asked.Get("payment_intent"); intent != "" {
		m.refunds[intent] = append([]json.RawMessage{answer}, m.refunds[intent]...)
	}
	return answer
}

// seen returns how many objects were made and how many POSTs came.
func (m *remembering) seen() (objects, posts int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.answers), m.posts
}

const losses = 100

func TestAnswerLostAfterTheCharge(t *testing.T) {
	server := remember(t)
	proxy := testkit.Toxiproxy(t, serve(t, server.ServeHTTP))
	s := newStripe(t, proxy.URL)
	ids := map[string]bool{}
	for i := range losses {
		in := input
		in.PaymentID = fmt.Sprintf("pay_%d", i)
		in.Key = in.PaymentID + ":1"
		proxy.LoseAnswers()
		if got, err := s.Create(t.Context(), in); !errors.Is(err, payment.ErrUnknownOutcome) || errors.Is(err, payment.ErrUnavailable) || got != (payment.Intent{}) {
			t.Fatalf("%d, answer lost: %+v, %v", i, got, err)
		}
		if made, _ := server.seen(); made != i+1 {
			t.Fatalf("%d: %d charges at the server", i, made)
		}
		proxy.Heal()
		got, err := s.Create(t.Context(), in)
		if err != nil || got.Amount != in.Amount || ids[got.ID] || got.ID != fmt.Sprintf("pi_%d", i+1) {
			t.Fatalf("%d, asked again: %+v, %v", i, got, err)
		}
		ids[got.ID] = true
	}
	made, posts := server.seen()
	if made != losses || len(server.answers[fmt.Sprintf("pay_%d:1", losses-1)]) == 0 {
		t.Errorf("%d charges for %d keys", made, losses)
	}
	// Each round but the first begins on the connection that the round before
	// left open. When it closes without an answer, net/http sends the POST again
	// by itself, because it bears an Idempotency-Key; the key is the same, so no
	// second charge comes of it. More POSTs than calls show that this was tested.
	if posts <= 2*losses {
		t.Errorf("%d POSTs for %d calls: net/http repeated none, so a repeat was not tested", posts, 2*losses)
	}
}

func TestAnswerLostAfterTheRefund(t *testing.T) {
	server := remember(t)
	proxy := testkit.Toxiproxy(t, serve(t, server.ServeHTTP))
	s := newStripe(t, proxy.URL)
	for i := range losses {
		in := back
		in.RefundID = fmt.Sprintf("ref_%d", i)
		in.Key = in.RefundID + ":1"
		proxy.LoseAnswers()
		if got, err := s.Refund(t.Context(), in); !errors.Is(err, payment.ErrUnknownOutcome) || errors.Is(err, payment.ErrUnavailable) || got != (payment.Refund{}) {
			t.Fatalf("%d, answer lost: %+v, %v", i, got, err)
		}
		in.Again = true
		if got, err := s.Refund(t.Context(), in); !errors.Is(err, payment.ErrUnknownOutcome) {
			t.Fatalf("%d, the list lost too: %+v, %v", i, got, err)
		}
		_, before := server.seen()
		proxy.Heal()
		if i%2 == 1 {
			in.Key = strings.ToUpper(in.Key) // as if Stripe had forgotten the key: another would make a second refund
		}
		got, err := s.Refund(t.Context(), in)
		if want := (payment.Refund{ID: fmt.Sprintf("re_%d", i+1), Status: payment.RefundSucceeded, Amount: in.Amount}); err != nil || got != want {
			t.Fatalf("%d, looked up: %+v, %v; want %+v", i, got, err, want)
		}
		if made, posts := server.seen(); made != i+1 || posts != before {
			t.Fatalf("%d: %d refunds, %d POSTs after %d", i, made, posts, before)
		}
	}
}
