package payouts_test

import (
	"context"
	"slices"
	"testing"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// fates sums what became of an artisan's credits for work, after sealing.
func (w *world) fates(artisan string) (paid, onTheWay money.Paise, days []string) {
	w.t.Helper()
	_, err := ledger.Seal(context.Background(), w.db)
	w.ok(err)
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		all, err := payouts.Fates(tx, artisan)
		for c, f := range all {
			if c.Nature == "wage" {
				paid, onTheWay, days = paid+f.Paid, onTheWay+f.OnTheWay, append(days, f.PaidOn...)
			}
		}
		return err
	}))
	slices.Sort(days)
	return paid, onTheWay, slices.Compact(days)
}

func (w *world) bankSays(r payouts.Run, status payouts.ItemState, utr string) {
	w.t.Helper()
	got, err := w.payouts.EnterAnswers(ctx, preparer, r.ID, []payouts.Answer{{Reference: r.Items[0].Reference, Status: status, UTR: utr, Reason: "x"}})
	w.ok(err)
	if got[0].Outcome != payouts.Entered {
		w.t.Fatalf("%+v", got)
	}
}

// A credit is paid when the bank has confirmed the payment whose claim used it
// up, and not before: not claimed, not sent, not when it came back.
func TestFatesFollowTheBank(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(30_000)
		w.owe(a, 20_000)
		is := func(when string, paid, way money.Paise, days int) {
			t.Helper()
			p, o, on := w.fates(a)
			if p != paid || o != way || len(on) != days {
				t.Errorf("%s: paid %d, on the way %d, on %v; want %d, %d, %d days", when, p, o, on, paid, way, days)
			}
		}
		is("owed", 0, 0, 0)
		r := w.submitted(preparer)
		is("claimed", 0, 50_000, 0)
		_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		is("withdrawn", 0, 0, 0)
		r = w.sent(preparer)
		is("sent", 0, 50_000, 0)
		w.bankSays(r, payouts.ItemFailed, "")
		is("failed", 0, 0, 0)
		w.owe(a, 7_000)
		r = w.sent(preparer)
		is("sent again with more", 0, 57_000, 0)
		w.bankSays(r, payouts.ItemPaid, "UTR0000001")
		is("paid", 57_000, 0, 1)
		w.owe(a, 11_000)
		is("owed anew", 57_000, 0, 1)
		w.bankSays(r, payouts.ItemReturned, "")
		is("sent back after all", 0, 0, 0)
		r = w.sent(preparer)
		w.bankSays(r, payouts.ItemPaid, "UTR0000002")
		is("paid at last", 68_000, 0, 1)
		w.check()
	})
}

// Only what is sealed counts: an answer that is not in a block yet is on its way.
func TestFatesCountSealedEntriesAlone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(30_000)
		r := w.sent(preparer)
		w.fates(a) // seals
		w.bankSays(r, payouts.ItemPaid, "UTR0000003")
		w.ok(d.Read(ctx, func(tx *db.Tx) error {
			all, err := payouts.Fates(tx, a)
			for c, f := range all {
				if c.Nature == "wage" && (f.Paid != 0 || f.OnTheWay != 30_000) {
					t.Errorf("%+v: %+v", c, f)
				}
			}
			return err
		}))
		if paid, _, _ := w.fates(a); paid != 30_000 {
			t.Errorf("sealed: %d", paid)
		}
	})
}

// What a dispute held and gave back is the credit it was, and paid like one.
func TestFatesOutliveADispute(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(30_000)
		credit := func(kind, reference string, amount money.Paise, to, from ledger.Account, nature string) {
			t.Helper()
			tags := ledger.Tags{Order: "ord_1", Artisan: a, Nature: nature}
			w.ok(d.Write(ctx, func(tx *db.Tx) error {
				_, err := ledger.Post(tx, ledger.New(kind, reference, "test").Debit(from, amount, tags).Credit(to, amount, tags))
				return err
			}))
			w.fates(a) // seals, so that the order of the book is that of the test
		}
		credit("release", "release:alc_1", 20_000, ledger.Payable(a), ledger.Stripe, "wage")
		credit("freeze", "dispute:dsp_1:freeze", 20_000, ledger.Held(a), ledger.Payable(a), "")
		r := w.sent(preparer)
		w.bankSays(r, payouts.ItemPaid, "UTR0000004")
		if paid, way, _ := w.fates(a); paid != 30_000 || way != 0 {
			t.Errorf("held: paid %d, on the way %d", paid, way)
		}
		credit("unfreeze", "dispute:dsp_1:unfreeze", 20_000, ledger.Payable(a), ledger.Held(a), "")
		r = w.sent(preparer)
		w.bankSays(r, payouts.ItemPaid, "UTR0000005")
		if paid, way, _ := w.fates(a); paid != 50_000 || way != 0 {
			t.Errorf("given back: paid %d, on the way %d", paid, way)
		}
	})
}
