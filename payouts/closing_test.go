package payouts_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// moves posts an entry of a kind that credits an account, or debits it below zero.
func (w *world) moves(kind string, account ledger.Account, credit money.Paise) {
	w.t.Helper()
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New(kind, "t"+id.New("t"), "test").Debit(ledger.Stripe, credit, ledger.Tags{}).Credit(account, credit, ledger.Tags{}))
		return err
	}))
}

func (w *world) sum(a ledger.Account) (p money.Paise) {
	w.t.Helper()
	w.ok(w.db.Get(ctx, &p, `SELECT CAST(COALESCE(SUM(paise), 0) AS BIGINT) FROM postings WHERE account = $1`, a))
	return p
}

func (w *world) month() string { return w.payouts.Today()[:7] }

// nextMonth moves the clock into the next month and gives the one that is over.
func (w *world) nextMonth() string {
	w.t.Helper()
	over := w.month()
	for w.month() == over {
		w.ok(w.db.AdvanceClock(ctx, 24*time.Hour))
	}
	return over
}

func (w *world) bill(in payouts.BillInput) payouts.Bill {
	w.t.Helper()
	w.serial++
	if in.Number == "" {
		in.Number = fmt.Sprint("B-", w.serial)
	}
	if in.Supplier == "" {
		in.Supplier = "Ganga Packers"
	}
	if in.PaidFrom == "" {
		in.PaidFrom = payouts.PaidBank
	}
	in.Date = w.payouts.Today()
	b, err := w.payouts.RecordBill(ctx, preparer, "", in)
	w.ok(err)
	return b
}

func (w *world) proposed(month string) payouts.Closing {
	w.t.Helper()
	c, err := w.payouts.ProposeClosing(ctx, preparer, "", month)
	w.ok(err)
	return c
}

func (w *world) closed(month string) payouts.Closing {
	w.t.Helper()
	c, err := w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: w.proposed(month).ID, Yes: true, Password: "approver"})
	w.ok(err)
	return c
}

func rowsOf(c payouts.Closing) map[ledger.Account]string {
	out := map[ledger.Account]string{}
	for _, r := range c.Rows {
		out[r.Account] = fmt.Sprint(int64(r.Promised), " ", int64(r.Billed), " ", int64(r.Variance()))
	}
	return out
}

func TestBillsAreEnteredOnceAndPaidOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		good := payouts.BillInput{Account: ledger.Head("packing"), Supplier: "  Ganga   Packers ", Number: " gp/17 ", Date: w.payouts.Today(), Amount: 5_000, PaidFrom: payouts.PaidOwed}
		for field, change := range map[string]func(*payouts.BillInput){
			"account":  func(in *payouts.BillInput) { in.Account = ledger.Head("rounding") },
			"fund":     func(in *payouts.BillInput) { in.Account = ledger.Fund },
			"supplier": func(in *payouts.BillInput) { in.Supplier = "  " }, "number": func(in *payouts.BillInput) { in.Number = "=1+1" },
			"date": func(in *payouts.BillInput) { in.Date = "2199-01-01" }, "no date": func(in *payouts.BillInput) { in.Date = "x" },
			"amount": func(in *payouts.BillInput) { in.Amount = 0 }, "minus": func(in *payouts.BillInput) { in.Amount = -1 },
			"paid_from": func(in *payouts.BillInput) { in.PaidFrom = "fund" },
		} {
			in := good
			change(&in)
			if _, err := w.payouts.RecordBill(ctx, preparer, "", in); !errors.Is(err, payouts.ErrBill) {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, who := range []auth.Actor{{}, approver, admin, person("s", auth.Shopper)} {
			if _, err := w.payouts.RecordBill(ctx, who, "", good); !errors.Is(err, auth.ErrForbidden) && !errors.Is(err, auth.ErrUnauthenticated) {
				t.Errorf("%s: %v", who.Login, err)
			}
		}
		b, err := w.payouts.RecordBill(ctx, preparer, "k", good)
		w.ok(err)
		if b.Supplier != "Ganga Packers" || b.Number != "GP/17" || !b.Owed() || w.sum(ledger.Head("packing")) != 5_000 || w.sum("liability:supplier:"+ledger.Account(b.SupplierID)) != -5_000 {
			t.Errorf("recorded: %+v", b)
		}
		same := good
		same.Supplier, same.Number, same.Amount = "GANGA packers", "Gp/17", 4_000
		if _, err := w.payouts.RecordBill(ctx, preparer, "", same); !errors.Is(err, payouts.ErrBillKnown) {
			t.Errorf("the same bill again: %v", err)
		}
		if again, err := w.payouts.RecordBill(ctx, preparer, "k", good); err != nil || again.ID != b.ID {
			t.Errorf("a double click: %v", err)
		}
		same.Number = "GP/18"
		if other, err := w.payouts.RecordBill(ctx, preparer, "", same); err != nil || other.SupplierID != b.SupplierID {
			t.Errorf("another of the same supplier: %+v, %v", other, err)
		}
		w.check()
		w.paidOnce(b)
	})
}

// paidOnce: many try to pay an owed bill at once.
func (w *world) paidOnce(b payouts.Bill) {
	t := w.t
	t.Helper()
	pay := payouts.PayBillInput{Bill: b.ID, From: payouts.PaidTill, Reference: "VCH-1"}
	for _, bad := range []payouts.PayBillInput{{Bill: b.ID, From: payouts.PaidOwed, Reference: "VCH-1"}, {Bill: b.ID, From: payouts.PaidBank, Reference: "?"}} {
		if _, err := w.payouts.PayBill(ctx, preparer, "", bad); !errors.Is(err, payouts.ErrBill) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := w.payouts.PayBill(ctx, preparer, "", payouts.PayBillInput{Bill: "bil_none", From: payouts.PaidBank, Reference: "VCH-1"}); !errors.Is(err, payouts.ErrNoBill) {
		t.Errorf("none: %v", err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	paid := 0
	for range 6 {
		all.Go(func() {
			_, err := w.payouts.PayBill(ctx, preparer, "", pay)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				paid++
			} else if !errors.Is(err, payouts.ErrBillState) {
				t.Errorf("pay: %v", err)
			}
		})
	}
	all.Wait()
	owed, err := w.payouts.Bills(ctx, admin, true, "", 10)
	w.ok(err)
	every, err := w.payouts.Bills(ctx, preparer, false, "", 10)
	w.ok(err)
	if paid != 1 || len(owed) != 1 || owed[0].Number != "GP/18" || len(every) != 2 || every[1].Owed() || every[1].Reference != "VCH-1" || w.sum(ledger.Till("office")) != -5_000 {
		t.Errorf("paid %d times; owed %+v, all %+v", paid, owed, every)
	}
	w.check()
}

func TestAMonthIsClosedByTwo(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.moves("sale", ledger.Head("packing"), 10_000)
		w.moves("return", ledger.Head("packing"), -1_000) // a promise taken back
		w.moves("sale", ledger.Head("shipping"), 3_000)
		w.moves("gateway_fee", ledger.Head("fee"), -700)
		w.moves("sale", ledger.Head("rounding"), -2)
		w.moves("written_off", ledger.WrittenOff, -2_500)
		w.bill(payouts.BillInput{Account: ledger.Head("packing"), Amount: 6_000})
		w.bill(payouts.BillInput{Account: ledger.Head("shipping"), Amount: 4_500, PaidFrom: payouts.PaidOwed})
		w.bill(payouts.BillInput{Account: ledger.Material, Amount: 99_000}) // kept, not spent
		for _, bad := range []string{w.month(), "2199-01", "2026-13", "2026", ""} {
			if _, err := w.payouts.ProposeClosing(ctx, preparer, "", bad); !errors.Is(err, payouts.ErrMonth) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		over := w.nextMonth()
		w.moves("sale", ledger.Head("packing"), 500) // the next month's
		if _, err := w.payouts.ProposeClosing(ctx, approver, "", over); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("an approver proposes: %v", err)
		}
		c, err := w.payouts.ProposeClosing(ctx, both, "", over)
		w.ok(err)
		want := map[ledger.Account]string{ledger.Head("packing"): "9000 6000 3000", ledger.Head("shipping"): "3000 4500 -1500", ledger.Head("fee"): "0 700 -700",
			ledger.Head("rounding"): "-2 0 -2", ledger.WrittenOff: "0 2500 -2500"}
		if got := rowsOf(c); fmt.Sprint(got) != fmt.Sprint(want) || c.Sum().Variance() != 3_000-1_500-700-2-2_500 {
			t.Fatalf("reckoned %v, want %v", got, want)
		}
		w.decidedByAnother(c)
		for _, a := range payouts.ClosedAccounts {
			if left := w.sum(a); left != 0 && a != ledger.Head("packing") || a == ledger.Head("packing") && left != -500 {
				t.Errorf("%s left on %s", left, a)
			}
		}
		if w.sum(ledger.Fund) != 1_702 {
			t.Errorf("the fund has %s", -w.sum(ledger.Fund))
		}
		w.check()
		w.lateBills(over)
	})
}

// decidedByAnother tries everybody who must not close, then closes.
func (w *world) decidedByAnother(c payouts.Closing) {
	t := w.t
	t.Helper()
	key := approver
	key.Via = auth.ViaKey
	yes := payouts.ClosingDecision{Closing: c.ID, Yes: true}
	for name, one := range map[string]struct {
		who  auth.Actor
		word string
		want error
	}{
		"who proposed it": {both, "both", payouts.ErrOwnClosing}, "a key": {key, "approver", auth.ErrKeyApproves}, "a preparer": {preparer, "preparer", auth.ErrForbidden},
		"the machine": {auth.System("x"), "", auth.ErrForbidden}, "a wrong password": {approver, "guess", auth.ErrStepUp}, "nobody": {auth.Actor{}, "", auth.ErrUnauthenticated},
	} {
		yes.Password = one.word
		if _, err := w.payouts.DecideClosing(ctx, one.who, yes); !errors.Is(err, one.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	yes.Password = "approver"
	if _, err := w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: "clo_none", Yes: true, Password: "approver"}); !errors.Is(err, payouts.ErrNoClosing) {
		t.Errorf("none: %v", err)
	}
	if w.sum(ledger.Fund) != 0 {
		t.Fatal("closed by one")
	}
	if published, err := w.payouts.Variances(ctx); err != nil || len(published) != 0 {
		t.Errorf("published before it was decided: %+v, %v", published, err)
	}
	done, err := w.payouts.DecideClosing(ctx, approver, yes)
	w.ok(err)
	if done.State != payouts.ClosingClosed || done.DecidedBy != approver.Principal() {
		t.Errorf("closed: %+v", done)
	}
	if _, err := w.payouts.DecideClosing(ctx, approver, yes); !errors.Is(err, payouts.ErrClosingState) {
		t.Errorf("closed twice: %v", err)
	}
}

// lateBills: what comes after a month's closing is in the next one, once.
func (w *world) lateBills(over string) {
	t := w.t
	t.Helper()
	if _, err := w.payouts.ProposeClosing(ctx, preparer, "", over); !errors.Is(err, payouts.ErrMonthClosed) {
		t.Errorf("the same month again: %v", err)
	}
	w.bill(payouts.BillInput{Account: ledger.Head("fee"), Amount: 300}) // for the closed month, say
	next := w.nextMonth()
	c := w.closed(next)
	if got := rowsOf(c); len(got) != 2 || got[ledger.Head("packing")] != "500 0 500" || got[ledger.Head("fee")] != "0 300 -300" {
		t.Errorf("the next month: %v", got)
	}
	if _, err := w.payouts.ProposeClosing(ctx, preparer, "", "2020-01"); !errors.Is(err, payouts.ErrMonthClosed) {
		t.Errorf("a month before: %v", err)
	}
	quiet := w.closed(w.nextMonth())
	published, err := w.payouts.Variances(ctx)
	w.ok(err)
	if len(quiet.Rows) != 0 || len(published) != 3 || published[1].Month != next || published[2].Month != over || len(published[2].Rows) != 5 || published[2].DecidedBy != "" {
		t.Errorf("published: %+v", published)
	}
	w.check()
}

func TestARefusedClosingChangesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.moves("sale", ledger.Head("packing"), 10_000)
		over := w.nextMonth()
		c := w.proposed(over)
		if _, err := w.payouts.ProposeClosing(ctx, other, "", over); !errors.Is(err, payouts.ErrClosingOpen) {
			t.Errorf("a second proposal: %v", err)
		}
		refused, err := w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: c.ID, Password: "approver"})
		w.ok(err)
		if refused.State != payouts.ClosingRefused || w.sum(ledger.Head("packing")) != -10_000 || w.sum(ledger.Fund) != 0 {
			t.Errorf("refused: %+v", refused)
		}
		c = w.proposed(over)
		_, err = d.Pool().ExecContext(ctx, `UPDATE closing_rows SET promised_paise = promised_paise + 1 WHERE closing_id = $1`, c.ID)
		w.ok(err)
		if _, err := w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: c.ID, Yes: true, Password: "approver"}); !errors.Is(err, payouts.ErrClosingChanged) {
			t.Errorf("rows that the book does not hold: %v", err)
		}
		_, err = w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: c.ID, Password: "approver"})
		w.ok(err)
		done := w.closed(over)
		list, err := w.payouts.Closings(ctx, admin, "", 10)
		w.ok(err)
		if len(list) != 3 || list[0].ID != done.ID || list[2].State != payouts.ClosingRefused || rowsOf(list[0])[ledger.Head("packing")] != "10000 0 10000" {
			t.Errorf("all: %+v", list)
		}
		w.check()
		w.checkSees(done)
	})
}

// Many propose and many decide at once: one closing waits, and it is closed once.
func TestAMonthIsClosedOnceByMany(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.moves("sale", ledger.Head("packing"), 10_000)
		over := w.nextMonth()
		var mu sync.Mutex
		race := func(do func() error, late error) {
			t.Helper()
			var all sync.WaitGroup
			won := 0
			for range 6 {
				all.Go(func() {
					err := do()
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won++
					} else if !errors.Is(err, late) {
						t.Error(err)
					}
				})
			}
			if all.Wait(); won != 1 {
				t.Errorf("%d won", won)
			}
		}
		var waiting payouts.Closing
		race(func() error {
			c, err := w.payouts.ProposeClosing(ctx, preparer, "", over)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				waiting = c
			}
			return err
		}, payouts.ErrClosingOpen)
		race(func() error {
			_, err := w.payouts.DecideClosing(ctx, approver, payouts.ClosingDecision{Closing: waiting.ID, Yes: true, Password: "approver"})
			return err
		}, payouts.ErrClosingState)
		if w.sum(ledger.Fund) != -10_000 || w.sum(ledger.Head("packing")) != 0 {
			t.Errorf("the fund has %s", -w.sum(ledger.Fund))
		}
		w.check()
	})
}

// checkSees breaks rows by hand; the check must tell.
func (w *world) checkSees(c payouts.Closing) {
	t := w.t
	t.Helper()
	b := w.bill(payouts.BillInput{Account: ledger.Head("fee"), Amount: 300, PaidFrom: payouts.PaidOwed})
	for what, query := range map[string][2]string{
		"a closing's entry is not what its rows say":        {`UPDATE closing_rows SET billed_paise = billed_paise + 1 WHERE closing_id = '` + c.ID + `'`, `UPDATE closing_rows SET billed_paise = billed_paise - 1 WHERE closing_id = '` + c.ID + `'`},
		"a closing's entry moves what no row says":          {`UPDATE closings SET state = 'refused' WHERE id = '` + c.ID + `'`, `UPDATE closings SET state = 'closed' WHERE id = '` + c.ID + `'`},
		"a bill is not in the book as it says":              {`UPDATE bills SET amount_paise = 301 WHERE id = '` + b.ID + `'`, `UPDATE bills SET amount_paise = 300 WHERE id = '` + b.ID + `'`},
		"what a supplier is owed is not what the book says": {`UPDATE bills SET paid_from = 'bank' WHERE id = '` + b.ID + `'`, `UPDATE bills SET paid_from = 'owed' WHERE id = '` + b.ID + `'`},
	} {
		_, err := w.db.Pool().ExecContext(ctx, query[0])
		w.ok(err)
		w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
			problems, err := payouts.Check(tx)
			if !slices.ContainsFunc(problems, func(p payouts.Problem) bool { return p.Detail == what }) {
				t.Errorf("%s: only %+v", what, problems)
			}
			return err
		}))
		_, err = w.db.Pool().ExecContext(ctx, query[1])
		w.ok(err)
	}
	w.check()
}

// However a month's promises, bills, closings and late bills follow each other,
// every paisa of them reaches the fund once.
func TestEveryVarianceReachesTheFundOnce(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	fund := money.Paise(0)
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			a := rapid.SampledFrom(payouts.ClosedAccounts).Draw(r, "account")
			p := money.Paise(rapid.Int64Range(1, 1_000_000).Draw(r, "paise"))
			if slices.Contains(payouts.BillAccounts, a) && rapid.Bool().Draw(r, "bill") {
				w.bill(payouts.BillInput{Account: a, Amount: p})
				fund -= p
			} else {
				w.moves("sale", a, p)
				fund += p
			}
			if rapid.Bool().Draw(r, "seal") {
				_, err := ledger.Seal(ctx, d)
				w.ok(err)
			}
		}
		if rapid.IntRange(0, 2).Draw(r, "skip") == 0 {
			return // the month is closed with the next one
		}
		w.closed(w.nextMonth())
		for _, a := range payouts.ClosedAccounts {
			if left := w.sum(a); left != 0 {
				r.Fatalf("%s left on %s", left, a)
			}
		}
		if got := -w.sum(ledger.Fund); got != fund {
			r.Fatalf("the fund has %s, want %s", got, fund)
		}
	})
	w.check()
}
