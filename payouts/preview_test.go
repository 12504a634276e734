package payouts_test

import (
	"slices"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// credit lets an order's piece become payable to her, or takes it back.
func (w *world) credit(artisan, order string, amount money.Paise) {
	w.t.Helper()
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New("release", "t"+id.New("t"), "test").Debit(ledger.Stripe, amount, ledger.Tags{}).
			Credit(ledger.Payable(artisan), amount, ledger.Tags{Artisan: artisan, Order: order, Lot: "lot_1", Nature: "wage:embroidery"}))
		return err
	}))
}

func (w *world) parts(run, artisan string) (out []string, sum money.Paise) {
	w.t.Helper()
	parts, err := w.payouts.Parts(ctx, preparer, run, artisan)
	w.ok(err)
	for _, p := range parts {
		what := p.Order
		if what == "" {
			what = p.Kind
		}
		out, sum = append(out, what+" "+p.Paise.Plain()), sum+p.Paise
	}
	return out, sum
}

// Every paisa of a payment is explained by the credits that it consists of:
// through reversals, withdrawn runs, what the bank sent back, and what came
// after the run's block.
func TestEachRupeeOfAPaymentHasItsReason(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(0)
		is := func(r payouts.Run, want ...string) {
			t.Helper()
			got, sum := w.parts(r.ID, a)
			if !slices.Equal(got, want) || sum != item(r, a).Gross {
				t.Errorf("%v make %d, the payment is %d; want %v", got, sum, item(r, a).Gross, want)
			}
		}
		for _, order := range []string{"ord_1", "ord_2", "ord_3"} {
			w.credit(a, order, 10_000)
		}
		w.credit(a, "ord_2", -4_000) // part of it came back
		first := w.submitted(preparer)
		is(first, "ord_1 100.00", "ord_2 60.00", "ord_3 100.00")
		_, err := w.payouts.Withdraw(ctx, preparer, "", first.ID)
		w.ok(err)
		r := w.sent(preparer)
		w.credit(a, "ord_4", 500)
		is(r, "ord_1 100.00", "ord_2 60.00", "ord_3 100.00")
		w.answer(r, "returned")
		next := w.sent(preparer)
		is(next, "ord_4 5.00", "returned 260.00")
		w.answer(next, "paid")
		w.credit(a, "ord_3", -10_000) // after it was paid
		w.credit(a, "ord_5", 2_500)
		debt, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if got, sum := w.parts(debt.ID, a); !slices.Equal(got, []string{"ord_3 -75.00"}) || sum != -7_500 || reason(debt, a) != payouts.Negative {
			t.Errorf("a debt: %v", got)
		}
		w.check()
	})
}

func TestWhatToLookAtBeforeApproving(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		usual, more, moved := w.artisan(10_000), w.artisan(10_000), w.artisan(10_000)
		r := w.sent(preparer)
		if i := item(r, usual); i.Before != nil || !slices.Equal(i.Warnings, []string{payouts.FirstPayment}) || r.Last != nil {
			t.Errorf("the first time: %+v %+v", i, r.Last)
		}
		w.answer(r, "paid")
		w.owe(usual, 20_001)
		w.owe(more, 20_002)
		w.owe(moved, 9_000)
		w.owe(w.artisan(0), 9_000_000) // near the year's threshold, and we have no PAN of her
		_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: moved, Kind: "upi", Holder: "M", UPI: "m1@upi", Confirmed: "in person"})
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, artisans.PayeeWait))
		next, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if i := item(next, usual); len(i.Warnings) != 0 || i.Before == nil || i.Before.Amount != 10_000 {
			t.Errorf("twice the last: %+v", i)
		}
		if i := item(next, more); !slices.Equal(i.Warnings, []string{payouts.MuchMore}) {
			t.Errorf("more than twice: %+v", i.Warnings)
		}
		if i := item(next, moved); !slices.Equal(i.Warnings, []string{payouts.NewAccount}) {
			t.Errorf("another account: %+v", i.Warnings)
		}
		if next.Last == nil || next.Last.ID != r.ID || next.Last.Total != 30_000 || next.Last.Count != 3 {
			t.Errorf("the last run: %+v", next.Last)
		}
		found := 0
		for _, i := range next.Items {
			if slices.Contains(i.Warnings, payouts.PANNear) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d are asked for their PAN", found)
		}
	})
}
