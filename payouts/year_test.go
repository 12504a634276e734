package payouts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// promises follows some artisans' credits to the newest block, after sealing.
func (w *world) promises(who ...string) []payouts.Promise {
	w.t.Helper()
	_, err := ledger.Seal(ctx, w.db)
	w.ok(err)
	var out []payouts.Promise
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		head, err := ledger.HeadBlock(tx)
		if err != nil {
			return err
		}
		out, err = payouts.Promises(tx, who, head.No)
		return err
	}))
	return out
}

// booked sums what the book itself holds on the accounts of artisans and what left
// them: the sums that promises must come to.
func (w *world) booked(who ...string) payouts.Became {
	w.t.Helper()
	var out payouts.Became
	for _, a := range who {
		var rows []struct {
			Account string      `db:"account"`
			Paise   money.Paise `db:"paise"`
		}
		w.ok(w.db.Select(ctx, &rows, `
			SELECT account, CAST(-SUM(paise) AS BIGINT) AS paise
			FROM postings
			WHERE artisan_id = $1 AND (nature = 'payout' OR account LIKE 'liability:artisan:%')
			GROUP BY account
			ORDER BY account`, a))
		for _, r := range rows {
			switch account := ledger.Account(r.Account); {
			case account == ledger.Held(a):
				out.Held += r.Paise
			case account == ledger.Payable(a):
				out.Payable += r.Paise
			case account == ledger.Claimed(a), account == ledger.InTransit(a):
				out.OnTheWay += r.Paise
			case account == ledger.Advance(a):
				out.Advance += r.Paise
			case strings.HasPrefix(r.Account, "liability:tds:"):
				out.Tax += r.Paise
			case strings.HasPrefix(r.Account, "liability:group:"):
				out.Group += r.Paise
			default:
				out.Paid += r.Paise
			}
		}
	}
	return out
}

// tie compares what was followed with what the book holds, and returns the sums.
func (w *world) tie(who ...string) payouts.Became {
	w.t.Helper()
	var got payouts.Became
	for _, p := range w.promises(who...) {
		if p.Rest() != 0 {
			w.t.Errorf("%d of a promise is lost: %+v", p.Rest(), p)
		}
		got = got.Plus(p.Became)
	}
	want := w.booked(who...)
	same := got
	same.Paid, same.Later, same.Promised, same.Reversed = got.Paid+got.Later, 0, 0, 0
	if same != want {
		w.t.Errorf("followed %+v, the book has %+v", same, want)
	}
	return got
}

// The promises of a year and what became of them, at every step of a payment.
func TestPromisesFollowTheBook(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(0)
		post := func(kind, reference string, amount money.Paise, to, from ledger.Account, nature string) {
			t.Helper()
			tags := ledger.Tags{Order: "ord_1", Line: "lin_1", Lot: "lot_1", Artisan: a, Nature: nature}
			w.ok(d.Write(ctx, func(tx *db.Tx) error {
				_, err := ledger.Post(tx, ledger.New(kind, reference, "test").Debit(from, amount, tags).Credit(to, amount, tags))
				return err
			}))
		}
		is := func(when string, want payouts.Became) {
			t.Helper()
			if got := w.tie(a); got != want {
				t.Errorf("%s: %+v, want %+v", when, got, want)
			}
		}
		post("sale", "sale:alc_1", 30_000, ledger.Held(a), ledger.Stripe, "wage:hand")
		post("sale", "sale:alc_2", 4_000, ledger.Held(a), ledger.Stripe, "balance:hand")
		is("sold", payouts.Became{Promised: 34_000, Held: 34_000})
		post("return", "return:ret_1:alc_1:1", 10_000, ledger.Stripe, ledger.Held(a), "wage:hand")
		post("release", "release:alc_1", 20_000, ledger.Payable(a), ledger.Held(a), "wage:hand")
		is("released", payouts.Became{Promised: 34_000, Reversed: 10_000, Payable: 20_000, Held: 4_000})
		r := w.submitted(preparer)
		is("claimed", payouts.Became{Promised: 34_000, Reversed: 10_000, OnTheWay: 20_000, Held: 4_000})
		_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		is("withdrawn", payouts.Became{Promised: 34_000, Reversed: 10_000, Payable: 20_000, Held: 4_000})
		r = w.sent(preparer)
		w.bankSays(r, payouts.ItemFailed, "")
		is("failed", payouts.Became{Promised: 34_000, Reversed: 10_000, Payable: 20_000, Held: 4_000})
		post("freeze", "dispute:dsp_1:freeze", 20_000, ledger.Held(a), ledger.Payable(a), "")
		is("disputed", payouts.Became{Promised: 34_000, Reversed: 10_000, Held: 24_000})
		post("unfreeze", "dispute:dsp_1:unfreeze", 20_000, ledger.Payable(a), ledger.Held(a), "")
		r = w.sent(preparer)
		w.bankSays(r, payouts.ItemPaid, "UTR0000011")
		is("paid", payouts.Became{Promised: 34_000, Reversed: 10_000, Paid: 20_000, Held: 4_000})
		post("return", "return:ret_2:alc_1:1", 3_000, ledger.Stripe, ledger.Payable(a), "wage:hand")
		is("came back after it was paid", payouts.Became{Promised: 34_000, Reversed: 13_000, Paid: 20_000, Held: 4_000, Payable: -3_000})
		w.ok(d.AdvanceClock(ctx, 366*24*time.Hour))
		post("release", "release:alc_2", 4_000, ledger.Payable(a), ledger.Held(a), "balance:hand")
		w.owe(a, 30_000)
		r = w.sent(preparer)
		w.bankSays(r, payouts.ItemPaid, "UTR0000012")
		is("a year later", payouts.Became{Promised: 64_000, Reversed: 13_000, Paid: 20_000 + 30_000, Later: 1_000})
		years := map[string]string{}
		for _, p := range w.promises(a) {
			years[p.Head] += fmt.Sprint(p.Year, " ", int64(p.Promised), int64(p.Reversed), int64(p.Paid), int64(p.Later))
		}
		first, now := payouts.YearOf("2026-04-01"), payouts.YearOf(d.Clock.Now().Date())
		if first != "2026-27" || len(years) != 3 || years["wage"] != now+" 30000 0 30000 0" || years["balance:hand"] == "" || years["balance:hand"][8:] != "4000 3000 0 1000" {
			t.Errorf("by year: %v", years)
		}
	})
}

// Deductions fall on the credits of a payment in proportion, to the paisa.
func TestDeductionsFallOnEveryCredit(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		a := w.artisan(0)
		w.given(a, 33_333)
		for range 3 {
			w.credit(a, "ord_1", 333_333)
		}
		w.owe(a, 100_001)
		r := w.sent(preparer)
		got := w.tie(a)
		if got.Advance == 0 || got.OnTheWay+got.Advance+got.Tax != 1_100_000 {
			t.Errorf("sent: %+v", got)
		}
		w.bankSays(r, payouts.ItemReturned, "")
		back := w.tie(a)
		if back.Payable != got.OnTheWay || back.Advance != got.Advance || back.Tax != got.Tax {
			t.Errorf("sent back: %+v after %+v", back, got)
		}
		for _, p := range w.promises(a) {
			if want := got.Advance * p.Promised / got.Promised; p.Advance < want-2 || p.Advance > want+2 {
				t.Errorf("%s of %s bears %s of an advance of %s, want about %s", p.Head, p.Promised, p.Advance, got.Advance, want)
			}
		}
	})
}
