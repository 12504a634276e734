package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
)

var bookkeeper = auth.Actor{ID: "usr_meera", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Preparer}}}

// days are a book of a few days: some entries of a day are sealed only on the
// next one, together with that one's.
func days(t *testing.T, d *db.DB) []ledger.Sealed {
	t.Helper()
	ctx := context.Background()
	r := rand.New(rand.NewPCG(7, 7))
	accounts := []ledger.Account{ledger.Stripe, ledger.Fund, ledger.Running, ledger.Head("fee"), ledger.Held("art_1"), ledger.Held("art_2"), ledger.WrittenOff}
	for day := range 6 {
		for n := range 12 {
			from, to := accounts[r.IntN(len(accounts))], accounts[r.IntN(len(accounts))]
			if from == to {
				to = ledger.Material
			}
			amount := money.Paise(1 + r.IntN(50_000))
			must(t, post(t, d, ledger.New([]string{"sale", "return"}[n%2], fmt.Sprintf("ref:%d:%d", day, n), "test").
				Debit(from, amount, ledger.Tags{Order: fmt.Sprint("ord_", n), Lot: fmt.Sprint("lot_", day)}).Credit(to, amount, ledger.Tags{Artisan: "art_1"})))
			if n == 4 || n == 7 || day%2 == 0 && n == 11 {
				_, err := ledger.Seal(ctx, d)
				must(t, err)
			}
		}
		must(t, d.AdvanceClock(ctx, 24*time.Hour))
	}
	_, err := ledger.Seal(ctx, d)
	must(t, err)
	return every(t, d)
}

func every(t *testing.T, d *db.DB) (all []ledger.Sealed) {
	t.Helper()
	must(t, d.Read(context.Background(), func(tx *db.Tx) (err error) {
		all, err = ledger.Entries(tx, ledger.Filter{Limit: 500})
		return err
	}))
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// summed adds up entries one by one.
func summed(all []ledger.Sealed, in func(ledger.Sealed) bool) map[ledger.Account]money.Paise {
	out := map[ledger.Account]money.Paise{}
	for _, e := range all {
		for _, p := range e.Postings {
			if in(e) {
				out[p.Account] += p.Paise
			}
		}
	}
	return out
}

func sameTrial(t *testing.T, what string, got ledger.TrialBalance, want map[ledger.Account]money.Paise) {
	t.Helper()
	if got.Debit != got.Credit {
		t.Errorf("%s: %s on one side, %s on the other", what, got.Debit, got.Credit)
	}
	seen := 0
	for _, l := range got.Lines {
		if l.Debit-l.Credit != want[l.Account] || l.Debit < 0 || l.Credit < 0 || l.Debit*l.Credit != 0 {
			t.Errorf("%s: %s is %s and %s, want %s", what, l.Account, l.Debit, l.Credit, want[l.Account])
		}
		seen++
	}
	for _, p := range want {
		if p == 0 { // left out
			seen++
		}
	}
	if seen != len(want) {
		t.Errorf("%s: %d accounts, want %d", what, seen, len(want))
	}
	classes, sum := got.By(ledger.Account.Class), ledger.Sums{}
	for _, c := range ledger.Classes {
		sum = ledger.Sums{Debit: sum.Debit + classes[c].Debit, Credit: sum.Credit + classes[c].Credit, Accounts: sum.Accounts + classes[c].Accounts}
	}
	if sum != got.Sums {
		t.Errorf("%s: the classes sum to %+v, not %+v", what, sum, got.Sums)
	}
}

func TestTrialBalanceAtEveryBlockAndDay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		all, reader := days(t, d), ledger.NewReader(d)
		blocks, dates := map[int64]bool{}, map[string]bool{"2000-01-01": true, "2199-01-01": true}
		mixed := map[int64]string{}
		for _, e := range all {
			if before := mixed[e.Block]; before != "" && before != e.BusinessDate {
				blocks[-1] = true
			}
			blocks[e.Block], dates[e.BusinessDate], mixed[e.Block] = true, true, e.BusinessDate
		}
		if !blocks[-1] {
			t.Error("no block holds two days, so the test sees nothing of them")
		}
		delete(blocks, -1)
		for no := range blocks {
			got, err := reader.TrialBalance(t.Context(), bookkeeper, no, "")
			must(t, err)
			sameTrial(t, fmt.Sprint("block ", no), got, summed(all, func(e ledger.Sealed) bool { return e.Block <= no }))
		}
		for date := range dates {
			got, err := reader.TrialBalance(t.Context(), bookkeeper, 0, date)
			must(t, err)
			sameTrial(t, date, got, summed(all, func(e ledger.Sealed) bool { return e.BusinessDate <= date }))
		}
		got, err := reader.TrialBalance(t.Context(), bookkeeper, 0, "")
		must(t, err)
		sameTrial(t, "now", got, summed(all, func(ledger.Sealed) bool { return true }))
		for name, ask := range map[string]func() error{
			"block and day": func() error { _, err := reader.TrialBalance(t.Context(), bookkeeper, 1, "2026-01-01"); return err },
			"no day":        func() error { _, err := reader.TrialBalance(t.Context(), bookkeeper, 0, "2026-02-30"); return err },
			"minus":         func() error { _, err := reader.TrialBalance(t.Context(), bookkeeper, -1, ""); return err },
		} {
			if err := ask(); !errors.Is(err, ledger.ErrPeriod) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := reader.TrialBalance(t.Context(), bookkeeper, 9999, ""); !errors.Is(err, ledger.ErrNoBlock) {
			t.Errorf("no block: %v", err)
		}
	})
}

func TestAccountPagesRunFromOpeningToClosing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		all, reader := days(t, d), ledger.NewReader(d)
		var dates []string
		for _, e := range all {
			if n := len(dates); n == 0 || dates[n-1] < e.BusinessDate {
				dates = append(dates, e.BusinessDate)
			}
		}
		for _, account := range []ledger.Account{ledger.Stripe, ledger.Held("art_1"), ledger.Head("fee")} {
			for i, from := range dates {
				for _, to := range dates[i:] {
					opening := summed(all, func(e ledger.Sealed) bool { return e.BusinessDate < from })[account]
					closing := summed(all, func(e ledger.Sealed) bool { return e.BusinessDate <= to })[account]
					walk(t, reader, ledger.AccountQuery{Account: account, From: from, To: to, Limit: 3}, [2]money.Paise{opening, closing})
				}
			}
		}
		for name, c := range map[string]struct {
			q    ledger.AccountQuery
			want error
		}{
			"untouched":    {ledger.AccountQuery{Account: ledger.Held("art_9"), Limit: 5}, ledger.ErrNoAccount},
			"not of ours":  {ledger.AccountQuery{Account: "head:margin", Limit: 5}, ledger.ErrNoAccount},
			"upside down":  {ledger.AccountQuery{Account: ledger.Stripe, From: "2026-02-02", To: "2026-02-01", Limit: 5}, ledger.ErrPeriod},
			"no such day":  {ledger.AccountQuery{Account: ledger.Stripe, From: "2026-13-01", Limit: 5}, ledger.ErrPeriod},
			"without rows": {ledger.AccountQuery{Account: ledger.Stripe}, ledger.ErrPeriod},
		} {
			if _, err := reader.Movements(t.Context(), bookkeeper, c.q); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// walk reads all pages of an account and follows the balance.
func walk(t *testing.T, reader *ledger.Reader, q ledger.AccountQuery, want [2]money.Paise) {
	t.Helper()
	balance, count := want[0], int64(0)
	for {
		page, err := reader.Movements(t.Context(), bookkeeper, q)
		must(t, err)
		if page.Opening != want[0] || page.Closing != want[1] || page.Opening+page.Debit-page.Credit != page.Closing || page.Brought != balance {
			t.Fatalf("%s %s–%s: opening %s, brought %s, closing %s; want %s, %s, %s", q.Account, q.From, q.To, page.Opening, page.Brought, page.Closing, want[0], balance, want[1])
		}
		for _, m := range page.Movements {
			if balance += m.Paise; m.Balance != balance || m.BusinessDate < q.From || m.BusinessDate > q.To {
				t.Fatalf("%s %s–%s: %s after %+v", q.Account, q.From, q.To, balance, m)
			}
			q.After = m.MovementPlace
			count++
		}
		if len(page.Movements) < q.Limit {
			if balance != want[1] || count != page.Count {
				t.Fatalf("%s %s–%s ends at %s after %d of %d", q.Account, q.From, q.To, balance, count, page.Count)
			}
			return
		}
	}
}

func TestEntriesAreFound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		all, reader := days(t, d), ledger.NewReader(d)
		amount := all[17].Postings[0].Paise
		on := func(e ledger.Sealed, is func(ledger.Posting) bool) bool {
			for _, p := range e.Postings {
				if is(p) {
					return true
				}
			}
			return false
		}
		for name, c := range map[string]struct {
			f  ledger.Filter
			in func(ledger.Sealed) bool
		}{
			"one reference":    {ledger.Filter{Reference: "ref:3:7"}, func(e ledger.Sealed) bool { return e.Reference == "ref:3:7" }},
			"how it begins":    {ledger.Filter{Reference: "ref:3:"}, func(e ledger.Sealed) bool { return e.Reference[:6] == "ref:3:" }},
			"an order":         {ledger.Filter{Order: "ord_5"}, func(e ledger.Sealed) bool { return e.Postings[0].Order == "ord_5" }},
			"a lot and a kind": {ledger.Filter{Lot: "lot_2", Kind: "sale"}, func(e ledger.Sealed) bool { return e.Postings[0].Lot == "lot_2" && e.Kind == "sale" }},
			"an artisan's days": {ledger.Filter{Artisan: "art_1", From: all[20].BusinessDate, To: all[30].BusinessDate}, func(e ledger.Sealed) bool {
				return e.BusinessDate >= all[20].BusinessDate && e.BusinessDate <= all[30].BusinessDate
			}},
			"an amount":                 {ledger.Filter{Amount: amount}, func(e ledger.Sealed) bool { return on(e, func(p ledger.Posting) bool { return p.Paise == amount }) }},
			"an amount where it is not": {ledger.Filter{Amount: amount, Account: "loss:bad_debt"}, func(ledger.Sealed) bool { return false }},
			"an account": {ledger.Filter{Account: ledger.Fund}, func(e ledger.Sealed) bool {
				return on(e, func(p ledger.Posting) bool { return p.Account == ledger.Fund })
			}},
			"accounts": {ledger.Filter{Prefix: "liability:artisan:"}, func(e ledger.Sealed) bool {
				return on(e, func(p ledger.Posting) bool { return p.Account.Class() == "liability" })
			}},
			"nothing like it": {ledger.Filter{Reference: "ref:3:7'; DROP TABLE entries; --"}, func(ledger.Sealed) bool { return false }},
			"all":             {ledger.Filter{}, func(ledger.Sealed) bool { return true }},
		} {
			var want []string
			for _, e := range all {
				if c.in(e) {
					want = append(want, e.ID)
				}
			}
			for _, newest := range []bool{false, true} {
				c.f.Newest, c.f.Limit, c.f.After = newest, 7, ledger.Place{}
				var got []string
				for {
					page, err := reader.Entries(t.Context(), bookkeeper, c.f)
					must(t, err)
					for _, e := range page {
						got = append(got, e.ID)
						c.f.After = e.Place
					}
					if len(page) < c.f.Limit {
						break
					}
				}
				if newest {
					for i, k := 0, len(got)-1; i < k; i, k = i+1, k-1 {
						got[i], got[k] = got[k], got[i]
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s, newest first %v: %d found of %d", name, newest, len(got), len(want))
				}
			}
		}
	})
}

func TestOneEntryWithItsPlace(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		all, reader := days(t, d), ledger.NewReader(d)
		got, err := reader.Entry(t.Context(), bookkeeper, all[9].ID)
		must(t, err)
		if got.Place != all[9].Place || got.Hash != all[9].Hash || len(got.Postings) != 2 || got.Postings[1] != all[9].Postings[1] {
			t.Errorf("%+v, want %+v", got, all[9])
		}
		if _, err := reader.Entry(t.Context(), bookkeeper, "ent_none"); !errors.Is(err, ledger.ErrNoEntry) {
			t.Errorf("none: %v", err)
		}
		for name, who := range map[string]auth.Actor{"nobody": {}, "a shopper": {ID: "usr_x", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Shopper}}},
			"a coordinator": {ID: "usr_y", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Coordinator}}}} {
			_, one := reader.Entry(t.Context(), who, all[9].ID)
			_, list := reader.Entries(t.Context(), who, ledger.Filter{Limit: 1})
			_, account := reader.Movements(t.Context(), who, ledger.AccountQuery{Account: ledger.Fund, Limit: 1})
			_, trial := reader.TrialBalance(t.Context(), who, 0, "")
			for _, err := range []error{one, list, account, trial} {
				if !errors.Is(err, auth.ErrForbidden) && !errors.Is(err, auth.ErrUnauthenticated) {
					t.Errorf("%s reads the book: %v", name, err)
				}
			}
		}
	})
}
