package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// letters counts the mails about an order whose text holds the words.
func (s *shop) letters(order, words string) (n int) {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.Data, "mail.log"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	for letter := range strings.SplitSeq(string(raw), "\r\n\r\n\r\n") {
		if strings.Contains(letter, "\n") && strings.Contains(letter, order) && strings.Contains(letter, words) {
			n++
		}
	}
	return n
}

// passes lets time pass behind the program's back, as it does in the world.
func (s *shop) passes(by time.Duration) {
	s.t.Helper()
	d := s.open()
	if _, err := d.Exec(`INSERT INTO test_clock (id, offset_us) VALUES (1, $1)
		ON CONFLICT (id) DO UPDATE SET offset_us = test_clock.offset_us + excluded.offset_us`, by.Microseconds()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) worker() *testkit.Program {
	s.t.Helper()
	return testkit.Work(s.t, s.Data, s.Env)
}

// A server without a worker only writes down what is to be done; a worker of its
// own then seals, sends, enters fees, releases and expires.
func TestWorkerOfItsOwn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment, "--no-worker")
		maker := s.artisan("Worker Maker")
		_, v := s.kurta("WORK-1", 5, map[string]string{"embroidery": maker}, false)
		d := s.books()
		paid := s.buy(t, map[string]int64{v: 1}, "09")
		s.admin.Post("/v1/orders/"+paid+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+paid+"/deliver", nil)
		unpaid, _, _ := s.pending(v)
		if n := count(t, d, `SELECT COUNT(*) FROM outbox`); n != 6 { // placed twice, paid, its fee, dispatched, delivered
			t.Fatalf("%d deliveries wait, not 5", n)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM unsealed`); n != 2 || s.letters("", "") != 0 {
			t.Fatalf("%d entries wait for their seal, not 2, or a mail went out", n)
		}
		w := s.worker()
		s.quiet(d)
		for order, words := range map[string]string{paid: "has been sent to you", unpaid: "Please pay"} {
			if n := s.letters(order, words); n != 1 {
				t.Errorf("%d mails say that %s %s", n, order, words)
			}
		}
		if n := s.letters(paid, "has arrived. The pieces are yours"); n != 1 {
			t.Errorf("%d mails say that it is paid", n)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE kind = 'gateway_fee'`); n != 1 {
			t.Errorf("%d fees are entered", n)
		}
		s.passes(169 * time.Hour)
		within(t, "released, closed and expired", func() bool {
			return count(t, d, `SELECT COUNT(*) FROM orders WHERE (id = $1 AND state = 'closed') OR (id = $2 AND state = 'cancelled')`, paid, unpaid) == 2
		})
		if st := s.preparer.Get("/v1/artisans/" + maker + "/statement"); st.Paise("payable") != st.Paise("earned") || st.Paise("earned") == 0 || st.Paise("held") != 0 {
			t.Errorf("after the window: %s", st.Raw)
		}
		if code := w.Stop(); code != 0 {
			t.Errorf("the worker ended with %d: %s", code, w.Log())
		}
		s.verify()
	})
}

// A worker is killed in the middle of a backlog, and two others go on: every
// mail goes out, every fee is entered once, every entry has one seal.
func TestKilledWorkerLosesNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment, "--no-worker")
		_, v := s.kurta("WORK-2", 100, map[string]string{"embroidery": s.artisan("Backlog Maker")}, false)
		d := s.books()
		const backlog = 60
		var orders []string
		for range backlog {
			orders = append(orders, s.buy(t, map[string]int64{v: 1}, "09"))
		}
		for round := range 3 {
			w := s.worker()
			within(t, "some mails are out", func() bool { return s.letters("", "has arrived. The pieces are yours") > round*10 })
			w.Kill()
		}
		cut := count(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'running'`)
		s.passes(10 * time.Minute) // what was cut is begun again after five
		first, second := s.worker(), s.worker()
		s.quiet(d)
		twice := 0
		for _, order := range orders {
			n := s.letters(order, "has arrived. The pieces are yours")
			if n == 0 {
				t.Errorf("no mail for %s", order)
			}
			twice += max(0, n-1)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE kind = 'gateway_fee'`); n != backlog {
			t.Errorf("%d fees for %d payments", n, backlog)
		}
		for _, w := range []*testkit.Program{first, second} {
			if code := w.Stop(); code != 0 {
				t.Errorf("a worker ended with %d: %s", code, w.Log())
			}
		}
		s.verify()
		t.Logf("%d deliveries were cut by kills, %d mails went out twice, none was lost", cut, twice)
	})
}

// The worker that numbers documents is killed ten times while orders are sent:
// every invoice gets a number, without a gap, and none gets two.
func TestKilledNumberingLeavesNoGap(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment, "--no-worker")
		s.admin.Post("/v1/registrations", obj{"id": "09", "prefix": "SB", "gstin": "09AAATL1234Q1ZB", "state": "09", "kind": "regular",
			"legal_name": "Trust", "address": "Lucknow", "from": "2017-07-01"})
		_, v := s.kurta("NUMB-1", 100, map[string]string{"embroidery": s.artisan("Number Maker")}, false)
		d := s.books()
		const sent = 60
		var orders []string
		for range sent {
			orders = append(orders, s.buy(t, map[string]int64{v: 1}, "09"))
		}
		numbered := func() int64 {
			return count(t, d, `SELECT COUNT(*) FROM documents WHERE kind = 'tax_invoice' AND no IS NOT NULL`)
		}
		for kill := range 10 {
			w := s.worker()
			for _, order := range orders[kill*sent/10 : (kill+1)*sent/10] {
				s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
			}
			within(t, "some have their number", func() bool { return numbered() > int64(kill*2) })
			w.Kill()
		}
		last := s.worker()
		within(t, "all have their number", func() bool { return numbered() == sent })
		if n := count(t, d, `SELECT COUNT(*) FROM documents d WHERE kind = 'tax_invoice' AND no <> 1
			AND NOT EXISTS (SELECT 1 FROM documents b WHERE b.series = d.series AND b.no = d.no - 1)`); n != 0 {
			t.Errorf("%d gaps", n)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM documents WHERE kind = 'tax_invoice' AND numbered_at - created_at > 60000000`); n > 0 {
			t.Logf("%d waited more than a minute, through kills", n)
		}
		if code := last.Stop(); code != 0 {
			t.Errorf("the worker ended with %d: %s", code, last.Log())
		}
		s.verify()
	})
}
