package payment_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
)

// paid is an intent of 252,000 paise that succeeded.
func paid(t *testing.T, s *payment.Simulator, key string) string {
	t.Helper()
	in := input
	in.Key = key
	made := create(t, s, in)
	if _, _, err := s.Confirm(t.Context(), made.ID, payment.Succeeded); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func refund(t *testing.T, s *payment.Simulator, in payment.RefundInput) payment.Refund {
	t.Helper()
	got, err := s.Refund(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func settle(t *testing.T, s *payment.Simulator, id string, outcome payment.RefundStatus) []byte {
	t.Helper()
	payload, _, err := s.SettleRefund(t.Context(), id, outcome)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// dispute moves a dispute of 200,000 paise of the intent.
func dispute(t *testing.T, d *db.DB, s *payment.Simulator, intent string, state payment.DisputeState) payment.Event {
	t.Helper()
	const amount = 200_000
	payload, signature, err := s.Dispute(t.Context(), intent, amount, state)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Event(payload, signature, d.Clock.Now().Std())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSimulatorRefunds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		intent := paid(t, s, "1")
		in := payment.RefundInput{Key: "ref_1:1", RefundID: "ref_1", IntentID: intent, Amount: 200_000}
		made := refund(t, s, in)
		if made.ID == "" || made.Status != payment.RefundSucceeded || made.Amount != 200_000 {
			t.Errorf("made %+v", made)
		}
		if same := refund(t, s, in); same != made {
			t.Errorf("the same key: %+v, %+v", same, made)
		}
		unpaid := create(t, s, input).ID
		for name, c := range map[string]struct {
			edit func(*payment.RefundInput)
			want error
		}{
			"same key, another amount": {func(in *payment.RefundInput) { in.Amount-- }, payment.ErrKeyReused},
			"same key, another id":     {func(in *payment.RefundInput) { in.RefundID = "ref_2" }, payment.ErrKeyReused},
			"same key, another intent": {func(in *payment.RefundInput) { in.IntentID = unpaid }, payment.ErrKeyReused},
			"more than is left":        {func(in *payment.RefundInput) { in.Key, in.RefundID, in.Amount = "k", "ref_2", 52_001 }, payment.ErrRefundTooMuch},
			"not paid":                 {func(in *payment.RefundInput) { in.Key, in.IntentID = "k", unpaid }, payment.ErrRefused},
			"no such intent":           {func(in *payment.RefundInput) { in.Key, in.IntentID = "k", "pi_sim_none" }, payment.ErrNotFound},
			"nothing":                  {func(in *payment.RefundInput) { in.Key, in.Amount = "k", 0 }, payment.ErrInput},
		} {
			bad := in
			c.edit(&bad)
			if got, err := s.Refund(t.Context(), bad); !errors.Is(err, c.want) || got != (payment.Refund{}) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
		// Looked up by our id, whatever the key: as if the old key were forgotten.
		again := in
		again.Again, again.Key = true, "ref_1:2"
		if same := refund(t, s, again); same != made {
			t.Errorf("looked up: %+v, %+v", same, made)
		}
		again.RefundID, again.Amount = "ref_2", 52_000
		if rest := refund(t, s, again); rest.ID == made.ID || rest.Amount != 52_000 {
			t.Errorf("looked up, none there: %+v", rest)
		}
	})
}

func TestSimulatorSettlesRefunds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		intent := paid(t, s, "1")
		in := payment.RefundInput{Key: "a", RefundID: "ref_a", IntentID: intent, Amount: 252_000}
		s.Fail(payment.Faults{RefundPending: true})
		made := refund(t, s, in)
		if made.Status != payment.RefundPending {
			t.Fatalf("made %+v", made)
		}
		s.Fail(payment.Faults{})
		other := payment.RefundInput{Key: "b", RefundID: "ref_b", IntentID: intent, Amount: 1}
		if _, err := s.Refund(t.Context(), other); !errors.Is(err, payment.ErrRefundTooMuch) {
			t.Errorf("a pending refund is money gone: %v", err)
		}
		var last string
		for _, outcome := range []payment.RefundStatus{payment.RefundSucceeded, payment.RefundFailed} { // the bank sent it back afterwards
			payload, signature, err := s.SettleRefund(t.Context(), made.ID, outcome)
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.Event(payload, signature, d.Clock.Now().Std())
			want := payment.Event{
				ID: e.ID, Type: payment.EventRefund, IntentID: intent, Amount: 252_000, At: e.At,
				RefundID: "ref_a", ProviderRefundID: made.ID, RefundStatus: outcome, Reason: e.Reason,
			}
			if err != nil || e != want || e.ID == last || (e.Reason != "") != (outcome == payment.RefundFailed) {
				t.Errorf("%s: %+v, %v", outcome, e, err)
			}
			last = e.ID
			if repeat := settle(t, s, made.ID, outcome); !bytes.Equal(repeat, payload) {
				t.Errorf("%s again: %s, %s", outcome, payload, repeat)
			}
		}
		if got := refund(t, s, in); got.Status != payment.RefundFailed || got.ID != made.ID || got.Reason == "" {
			t.Errorf("the same key after the failure: %+v", got)
		}
		if got := refund(t, s, other); got.Status != payment.RefundSucceeded {
			t.Errorf("the failed refund frees its part: %+v", got)
		}
		for _, c := range []struct {
			id      string
			outcome payment.RefundStatus
			want    error
		}{
			{made.ID, payment.RefundSucceeded, payment.ErrFinal},
			{made.ID, payment.RefundPending, payment.ErrInput},
			{"re_sim_none", payment.RefundFailed, payment.ErrNotFound},
		} {
			if _, _, err := s.SettleRefund(t.Context(), c.id, c.outcome); !errors.Is(err, c.want) {
				t.Errorf("settle %s %s: %v", c.id, c.outcome, err)
			}
		}
	})
}

func TestSimulatorRefundFails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		in := payment.RefundInput{Key: "a", RefundID: "ref_a", IntentID: paid(t, s, "1"), Amount: 252_000}
		count := func() (n int) {
			t.Helper()
			if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM sim_refunds`); err != nil {
				t.Fatal(err)
			}
			return n
		}
		s.Fail(payment.Faults{RefundErr: payment.ErrUnavailable})
		if _, err := s.Refund(t.Context(), in); !errors.Is(err, payment.ErrUnavailable) || count() != 0 {
			t.Errorf("told to be away: %v, %d rows", err, count())
		}
		s.Fail(payment.Faults{Slow: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := s.Refund(ctx, in); !errors.Is(err, payment.ErrUnknownOutcome) || count() != 0 {
			t.Errorf("too slow: %v", err)
		}
		if _, err := s.Movements(ctx, time.Unix(1, 0), signedTime); !errors.Is(err, payment.ErrUnavailable) {
			t.Errorf("report, too slow: %v", err)
		}
		s.Fail(payment.Faults{LoseRefundAnswer: true, LoseAnswer: true})
		if got, err := s.Refund(t.Context(), in); !errors.Is(err, payment.ErrUnknownOutcome) || got != (payment.Refund{}) || count() != 1 {
			t.Errorf("told to lose its answer: %+v, %v, %d rows", got, err, count())
		}
		s.Fail(payment.Faults{})
		in.Again = true
		if got := refund(t, s, in); got.Status != payment.RefundSucceeded || count() != 1 {
			t.Errorf("asked again: %+v, %d rows", got, count())
		}
	})
}

func TestSimulatorDisputes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		for _, end := range []payment.DisputeState{payment.DisputeWon, payment.DisputeLost} {
			intent := paid(t, s, string(end))
			back := payment.RefundInput{Key: "before " + intent, RefundID: "ref_a", IntentID: intent, Amount: 1_000}
			refund(t, s, back)
			opened := dispute(t, d, s, intent, payment.DisputeOpen)
			want := payment.Event{
				ID: opened.ID, Type: payment.EventDispute, IntentID: intent, Amount: 200_000, Reason: "product_not_received", At: opened.At,
				DisputeID: opened.DisputeID, Dispute: payment.DisputeOpen, Fee: 100_000, FeeGST: 18_000,
			}
			if opened != want || opened.DisputeID == "" {
				t.Errorf("opened %+v, want %+v", opened, want)
			}
			if same := dispute(t, d, s, intent, payment.DisputeOpen); same != opened {
				t.Errorf("opened again: %+v", same)
			}
			back.Key, back.RefundID = "during "+intent, "ref_b"
			if _, err := s.Refund(t.Context(), back); !errors.Is(err, payment.ErrDisputed) {
				t.Errorf("refund of a disputed payment: %v", err)
			}
			ended := dispute(t, d, s, intent, end)
			want.ID, want.Dispute, want.At = ended.ID, end, ended.At
			if end == payment.DisputeWon {
				want.Fee, want.FeeGST = 0, 0
			}
			if ended != want || ended.ID == opened.ID {
				t.Errorf("ended %+v, want %+v", ended, want)
			}
			first, _, err := s.Dispute(t.Context(), intent, 0, end)
			if err != nil {
				t.Fatal(err)
			}
			d.Clock.SetOffset(d.Clock.Offset() + time.Second.Microseconds()) // the event does not move with the clock
			if second, _, err := s.Dispute(t.Context(), intent, 200_000, end); err != nil || !bytes.Equal(first, second) {
				t.Errorf("the repeated event differs: %s, %s, %v", first, second, err)
			}
			_, err = s.Refund(t.Context(), back)
			if won := end == payment.DisputeWon; won && err != nil || !won && !errors.Is(err, payment.ErrDisputed) {
				t.Errorf("refund once it is %s: %v", end, err)
			}
			for _, state := range []payment.DisputeState{payment.DisputeOpen, payment.DisputeWon, payment.DisputeLost} {
				if _, _, err := s.Dispute(t.Context(), intent, 200_000, state); state != end && !errors.Is(err, payment.ErrFinal) {
					t.Errorf("%s after %s: %v", state, end, err)
				}
			}
		}
		intent, unpaid := paid(t, s, "bad"), create(t, s, input).ID
		for name, c := range map[string]struct {
			intent string
			amount money.Paise
			state  payment.DisputeState
			want   error
		}{
			"more than paid":  {intent, 252_001, payment.DisputeOpen, payment.ErrInput},
			"nothing":         {intent, 0, payment.DisputeOpen, payment.ErrInput},
			"not paid":        {unpaid, 1, payment.DisputeOpen, payment.ErrInput},
			"no such intent":  {"pi_sim_none", 1, payment.DisputeOpen, payment.ErrNotFound},
			"none to decide":  {intent, 1, payment.DisputeWon, payment.ErrNotFound},
			"no such state":   {intent, 1, "warm", payment.ErrInput},
			"state left out":  {intent, 1, "", payment.ErrInput},
			"state in German": {intent, 1, "offen", payment.ErrInput},
		} {
			if _, _, err := s.Dispute(t.Context(), c.intent, c.amount, c.state); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		dispute(t, d, s, intent, payment.DisputeOpen)
		if _, _, err := s.Dispute(t.Context(), intent, 200_001, payment.DisputeLost); !errors.Is(err, payment.ErrInput) {
			t.Errorf("lost for another amount: %v", err)
		}
	})
}

func TestSimulatorRefundKeyIsUsedOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		in := payment.RefundInput{Key: "a", RefundID: "ref_a", IntentID: paid(t, s, "1"), Amount: 252_000}
		made := make([]payment.Refund, 20)
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() {
				mine := in
				mine.Again = i%2 == 1
				var err error
				if made[i], err = s.Refund(context.Background(), mine); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, m := range made {
			if m != made[0] {
				t.Fatalf("one key, two refunds: %+v, %+v", made[0], m)
			}
		}
	})
}

// Whatever is asked at once, and whatever fails afterwards, the refunds of a
// payment that stand never pass its amount, a key has one refund, and one that
// was refused as too much would have passed it.
func TestSimulatorNeverRefundsTooMuch(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		payments := 0
		rapid.Check(t, func(rt *rapid.T) {
			payments++
			intent := paid(t, s, fmt.Sprintf("payment %d", payments))
			byKey := map[string]payment.Refund{}
			for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
				asked := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) payment.RefundInput {
					n := rapid.IntRange(1, 6).Draw(rt, "key")
					return payment.RefundInput{
						Key: fmt.Sprintf("%s %d", intent, n), RefundID: fmt.Sprintf("ref_%d", n), IntentID: intent,
						Amount: money.Paise(rapid.Int64Range(1, 4).Draw(rt, "amount")) * 40_000, Again: rapid.Bool().Draw(rt, "again"),
					}
				}), 1, 8).Draw(rt, "asked")
				answers, errs := refundAtOnce(s, asked)
				standing := standing(t, d, intent)
				for i, err := range errs {
					known, seen := byKey[asked[i].Key]
					switch {
					case err == nil && answers[i].Amount != asked[i].Amount, err == nil && seen && known.ID != answers[i].ID:
						rt.Fatalf("%+v got %+v, known %+v", asked[i], answers[i], known)
					case err == nil:
						byKey[asked[i].Key] = answers[i]
					case errors.Is(err, payment.ErrRefundTooMuch) && standing+asked[i].Amount <= 252_000:
						rt.Fatalf("refused %s, yet only %s of %s are refunded", asked[i].Amount, standing, money.Paise(252_000))
					case !errors.Is(err, payment.ErrRefundTooMuch) && !errors.Is(err, payment.ErrKeyReused):
						rt.Fatalf("%+v: %v", asked[i], err)
					}
				}
				if standing > 252_000 {
					rt.Fatalf("%s refunded of %s", standing, money.Paise(252_000))
				}
				for _, key := range slices.Sorted(maps.Keys(byKey)) {
					if rapid.IntRange(0, 3).Draw(rt, "fails") == 0 {
						settle(t, s, byKey[key].ID, payment.RefundFailed)
					}
				}
			}
		})
	})
}

func refundAtOnce(s *payment.Simulator, asked []payment.RefundInput) ([]payment.Refund, []error) {
	answers, errs := make([]payment.Refund, len(asked)), make([]error, len(asked))
	var wg sync.WaitGroup
	for i, in := range asked {
		wg.Go(func() { answers[i], errs[i] = s.Refund(context.Background(), in) })
	}
	wg.Wait()
	return answers, errs
}

func standing(t *testing.T, d *db.DB, intent string) (sum money.Paise) {
	t.Helper()
	err := d.Get(t.Context(), &sum, `
		SELECT CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)
		FROM sim_refunds
		WHERE intent_id = $1 AND state <> 'failed'`, intent)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
