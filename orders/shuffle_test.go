package orders_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
)

// fiveEvents lets a payment go wrong, right and into a dispute at the gateway,
// and returns its five events in the order they happened.
func (w *world) fiveEvents(guest auth.Actor, order string, end payment.DisputeState) []event {
	w.t.Helper()
	p, err := w.orders.Pay(ctx, guest, order, "")
	w.ok(err)
	var out []event
	add := func(payload []byte, signature string, err error) {
		w.ok(err)
		out = append(out, event{payload, func() ([]byte, string, error) { return payload, signature, nil }})
	}
	add(w.sim.Confirm(ctx, p.IntentID, payment.Processing))
	add(w.sim.Confirm(ctx, p.IntentID, payment.Failed))
	add(w.sim.Confirm(ctx, p.IntentID, payment.Succeeded))
	add(w.sim.Dispute(ctx, p.IntentID, p.Amount, payment.DisputeOpen))
	add(w.sim.Dispute(ctx, p.IntentID, p.Amount, end))
	return out
}

func (w *world) tell(e event) {
	w.t.Helper()
	payload, signature, err := e.signature()
	w.ok(err)
	w.ok(w.orders.PaymentEvent(ctx, payload, signature))
}

var ids = regexp.MustCompile(`:[a-z]{3}_[0-9a-z]+`)

// books are the balances by kind of account, and how many orders stand where.
func (w *world) books() map[string]int64 {
	w.t.Helper()
	var rows []struct {
		Account string      `db:"account"`
		Paise   money.Paise `db:"paise"`
	}
	w.ok(w.db.Select(ctx, &rows, `SELECT account, CAST(SUM(paise) AS BIGINT) AS paise FROM postings GROUP BY account ORDER BY account`))
	out := map[string]int64{}
	for _, r := range rows {
		out[ids.ReplaceAllString(r.Account, ":*")] += int64(r.Paise)
	}
	var states []struct {
		State string `db:"state"`
		N     int64  `db:"n"`
	}
	w.ok(w.db.Select(ctx, &states, `SELECT state || ' ' || payment_state || ' ' || dispute AS state, COUNT(*) AS n FROM orders GROUP BY state, payment_state, dispute ORDER BY 1`))
	for _, s := range states {
		out[s.State] = s.N
	}
	return out
}

func same(t *testing.T, what string, clean, got map[string]int64) {
	t.Helper()
	for key, n := range clean {
		if got[key] != n {
			t.Errorf("%s: %s is %d, in the clean order %d", what, key, got[key], n)
		}
	}
	for key, n := range got {
		if _, known := clean[key]; !known && n != 0 {
			t.Errorf("%s: %s is %d, in the clean order nothing", what, key, n)
		}
	}
}

// A thousand events, shuffled and doubled, leave the books of the clean order.
func TestAThousandShuffledEventsLeaveTheSameBooks(t *testing.T) {
	payments := 200
	if testing.Short() {
		payments = 24
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		play := func(d *db.DB, mix func([]event) []event) map[string]int64 {
			w := newWorld(t, d)
			v := w.piece("A", 200, 200000)
			var all []event
			for i := range payments {
				o, guest, err := w.order(v, 1, "27")
				w.ok(err)
				all = append(all, w.fiveEvents(guest, o.ID, []payment.DisputeState{payment.DisputeWon, payment.DisputeLost}[i%2])...)
			}
			for _, e := range mix(all) {
				w.tell(e)
			}
			w.check()
			return w.books()
		}
		clean := play(testdb.SQLite(t), func(all []event) []event { return all })
		got := play(d, func(all []event) []event {
			all = append(append(all, all...), all[:len(all)/2]...)
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			return all
		})
		same(t, "shuffled", clean, got)
		if clean["confirmed paid won"] != int64(payments/2) || clean["cancelled paid lost"] != int64(payments/2) {
			t.Errorf("%v", clean)
		}
	})
}

// All 120 orders of five events about one payment end alike.
func TestAllOrdersOfFiveEventsEndAlike(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, end := range []payment.DisputeState{payment.DisputeWon, payment.DisputeLost} {
			v := w.piece("P"+string(end), 120, 200000)
			var clean map[string]int64
			before := w.books()
			for n, order := range permutations(5) {
				if testing.Short() && n%12 != 0 {
					continue
				}
				o, guest, err := w.order(v, 1, "09")
				w.ok(err)
				events := w.fiveEvents(guest, o.ID, end)
				for _, i := range order {
					w.tell(events[i])
					w.tell(events[i])
				}
				after := w.books()
				change := map[string]int64{}
				for key, value := range after {
					change[key] = value - before[key]
				}
				before = after
				if n == 0 {
					clean = change
					continue
				}
				same(t, fmt.Sprint(end, order), clean, change)
			}
		}
		w.check()
	})
}

// permutations of 0 … n−1, the sorted one first.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var out [][]int
	for _, shorter := range permutations(n - 1) {
		for at := n - 1; at >= 0; at-- {
			one := append(append(append([]int{}, shorter[:at]...), n-1), shorter[at:]...)
			out = append(out, one)
		}
	}
	return out
}
