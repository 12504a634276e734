package payment_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

func create(t *testing.T, s *payment.Simulator, in payment.IntentInput) payment.Intent {
	t.Helper()
	got, err := s.Create(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSimulatorPays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		made := create(t, s, input)
		if made.Status != payment.RequiresPayment || made.Amount != 252_000 || made.FeeKnown || made.ClientSecret == "" {
			t.Errorf("made %+v", made)
		}
		payload, signature, err := s.Confirm(t.Context(), made.ID, payment.Succeeded)
		if err != nil {
			t.Fatal(err)
		}
		now := d.Clock.Now().Std()
		e, err := s.Event(payload, signature, now)
		want := payment.Event{ID: e.ID, Type: payment.EventSucceeded, IntentID: made.ID, OrderID: "ord_1", PaymentID: "pay_1", Amount: 252_000, At: e.At}
		if age := now.Sub(e.At); age < 0 || age > time.Minute {
			t.Errorf("made at %s, %s ago", e.At, age)
		}
		if err != nil || e != want {
			t.Errorf("event %+v, %v", e, err)
		}
		if e2, err := newStripe(t, "").Event(payload, signature, now); err != nil || e2 != e {
			t.Errorf("Stripe's reader sees %+v, %v", e2, err)
		}
		if _, err := s.Event(payload, signature, now.Add(302*time.Second)); !errors.Is(err, payment.ErrOldEvent) {
			t.Errorf("an old event: %v", err)
		}
		// 2 % of ₹2,520.00 and 18 % GST on that.
		got, err := s.Retrieve(t.Context(), made.ID)
		made.Status, made.Fee, made.FeeGST, made.FeeKnown = payment.Succeeded, 5_040, 907, true
		if err != nil || got != made {
			t.Errorf("retrieved %+v, %v; want %+v", got, err, made)
		}
	})
}

func TestSimulatorChanges(t *testing.T) {
	d := testdb.SQLite(t)
	s := payment.NewSimulator(d, hookSecret)
	made := create(t, s, input)
	ids := map[string]payment.EventType{}
	for _, c := range []struct {
		outcome payment.Status
		want    error
		fresh   bool // an event not seen before
	}{
		{payment.Failed, nil, true},
		{payment.Failed, nil, false},
		{payment.Processing, nil, true},
		{payment.Cancelled, payment.ErrFinal, false}, // the bank has it now
		{payment.Failed, nil, true},                  // a second refusal is another event than the first
		{payment.Succeeded, nil, true},
		{payment.Succeeded, nil, false},
		{payment.Failed, payment.ErrFinal, false},
		{payment.Cancelled, payment.ErrFinal, false},
		{payment.RequiresPayment, payment.ErrInput, false},
		{"elsewhere", payment.ErrInput, false},
	} {
		payload, signature, err := s.Confirm(t.Context(), made.ID, c.outcome)
		if !errors.Is(err, c.want) {
			t.Fatalf("%s: %v, want %v", c.outcome, err, c.want)
		}
		if err != nil {
			continue
		}
		e, err := s.Event(payload, signature, d.Clock.Now().Std())
		if err != nil {
			t.Fatal(err)
		}
		if _, seen := ids[e.ID]; seen == c.fresh {
			t.Errorf("%s: event %s seen before: %t", c.outcome, e.ID, seen)
		}
		ids[e.ID] = e.Type
		if c.outcome == payment.Failed && e.Reason != "generic_decline" {
			t.Errorf("reason %q", e.Reason)
		}
	}
	if _, _, err := s.Confirm(t.Context(), "pi_sim_none", payment.Succeeded); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("confirm an unknown intent: %v", err)
	}
	if _, err := s.Retrieve(t.Context(), "pi_sim_none"); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("retrieve an unknown intent: %v", err)
	}
	second := input
	second.Key = "another"
	payload, signature, err := s.Confirm(t.Context(), create(t, s, second).ID, payment.Cancelled)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := s.Event(payload, signature, d.Clock.Now().Std()); err != nil || e.Type != payment.EventFailed || e.Reason != "cancelled" {
		t.Errorf("cancelled: %+v, %v", e, err)
	}
}

func TestSimulatorKeyIsUsedOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		made := make([]payment.Intent, 20)
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() {
				var err error
				if made[i], err = s.Create(context.Background(), input); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, m := range made {
			if m != made[0] {
				t.Fatalf("one key, two intents: %+v, %+v", made[0], m)
			}
		}
		var n int
		if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM sim_intents`); err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
		for name, edit := range map[string]func(*payment.IntentInput){
			"amount":  func(in *payment.IntentInput) { in.Amount++ },
			"order":   func(in *payment.IntentInput) { in.OrderID = "ord_2" },
			"payment": func(in *payment.IntentInput) { in.PaymentID = "pay_2" },
		} {
			in := input
			edit(&in)
			if _, err := s.Create(t.Context(), in); !errors.Is(err, payment.ErrKeyReused) {
				t.Errorf("same key, another %s: %v", name, err)
			}
		}
		if _, err := s.Create(t.Context(), payment.IntentInput{}); !errors.Is(err, payment.ErrInput) {
			t.Errorf("nothing asked: %v", err)
		}
	})
}

func TestSimulatorSurvivesRestart(t *testing.T) {
	d := testdb.SQLite(t)
	s := payment.NewSimulator(d, hookSecret)
	made := create(t, s, input)
	payload, _, err := s.Confirm(t.Context(), made.ID, payment.Succeeded)
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Retrieve(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	s = payment.NewSimulator(again, hookSecret)
	if after, err := s.Retrieve(t.Context(), made.ID); err != nil || after != before {
		t.Errorf("after the restart %+v, %v; before %+v", after, err, before)
	}
	if same := create(t, s, input); same != before {
		t.Errorf("the key was forgotten: %+v", same)
	}
	again.Clock.SetOffset(time.Hour.Microseconds()) // the test clock moves; the event does not
	repeat, signature, err := s.Confirm(t.Context(), made.ID, payment.Succeeded)
	if err != nil || !bytes.Equal(repeat, payload) {
		t.Errorf("the repeated event differs: %s, %s, %v", payload, repeat, err)
	}
	if _, err := s.Event(repeat, signature, again.Clock.Now().Std()); err != nil {
		t.Errorf("signed anew at the moved clock: %v", err)
	}
}

func TestSimulatorFails(t *testing.T) {
	d := testdb.SQLite(t)
	s := payment.NewSimulator(d, hookSecret)
	count := func() (n int) {
		t.Helper()
		if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM sim_intents`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	s.Fail(payment.Faults{CreateErr: payment.ErrDeclined})
	if _, err := s.Create(t.Context(), input); !errors.Is(err, payment.ErrDeclined) || count() != 0 {
		t.Errorf("told to decline: %v, %d rows", err, count())
	}
	s.Fail(payment.Faults{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Create(ctx, input); !errors.Is(err, payment.ErrUnknownOutcome) {
		t.Errorf("create, too slow: %v", err)
	}
	if _, err := s.Retrieve(ctx, "pi_sim_x"); !errors.Is(err, payment.ErrUnavailable) {
		t.Errorf("retrieve, too slow: %v", err)
	}
	s.Fail(payment.Faults{LoseAnswer: true})
	if got, err := s.Create(t.Context(), input); !errors.Is(err, payment.ErrUnknownOutcome) || got != (payment.Intent{}) || count() != 1 {
		t.Errorf("told to lose its answer: %+v, %v, %d rows", got, err, count())
	}
	s.Fail(payment.Faults{Slow: time.Millisecond})
	if got := create(t, s, input); got.ID == "" || count() != 1 {
		t.Errorf("asked again: %+v, %d rows", got, count())
	}
}
