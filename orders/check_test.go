package orders_test

import (
	"slices"
	"testing"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

// write does something to the database behind the services' backs.
func (w *world) write(fn func(tx *db.Tx) error) {
	w.t.Helper()
	w.ok(w.db.Write(ctx, fn))
}

// found are the details of what Check reports of an order, a lot or a receipt.
func (w *world) found(of string) []string {
	w.t.Helper()
	var out []string
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		problems, err := orders.Check(tx)
		for _, p := range problems {
			if p.Order == of {
				out = append(out, p.Detail)
			}
		}
		return err
	}))
	return out
}

// missent marks the pieces of a paid order as sent off, with the sale entry
// that the test makes of the right one.
func (w *world) missent(variant string, change func([]ledger.Posting) []ledger.Posting) string {
	w.t.Helper()
	right, _ := w.sent(variant, 1, "09")
	wrong, _ := w.paid(variant, 1, "09")
	from, to := right.Allocations[0], wrong.Allocations[0]
	w.write(func(tx *db.Tx) error {
		sale, err := ledger.EntryByReference(tx, "sale:"+from.ID)
		if err != nil {
			return err
		}
		e := ledger.New("sale", "sale:"+to.ID, "test")
		for _, p := range change(slices.Clone(sale.Postings)) {
			if p.Account == ledger.Deposit(right.ID) {
				p.Account = ledger.Deposit(wrong.ID)
			}
			p.Order, p.Line, p.Lot = wrong.ID, to.LineID, to.LotID
			e.Debit(p.Account, p.Paise, p.Tags)
		}
		if _, err := ledger.Post(tx, e); err != nil {
			return err
		}
		_, err = tx.Exec(`
			UPDATE allocations
			SET state = 'dispatched', dispatched_at = $1
			WHERE id = $2`, tx.Now(), to.ID)
		return err
	})
	return wrong.ID
}

const (
	wageMissing    = "a sale does not credit a wage of its line to the stage's makers"
	balanceMissing = "a sale does not credit the makers' balance of its line to them"
	creditedAgain  = "the sale of a piece that came back credits an artisan again"
	notRepaid      = "the sale of the trust's own piece does not repay what it cost"
)

func TestCheckFindsSalesThatCreditTheWrongOnes(t *testing.T) {
	same := func(p []ledger.Posting) []ledger.Posting { return p }
	toFund := func(nature string) func([]ledger.Posting) []ledger.Posting {
		return func(p []ledger.Posting) []ledger.Posting {
			for i := range p {
				if p[i].Nature == nature {
					p[i].Account = ledger.Fund
				}
			}
			return p
		}
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("WRONG", 20, 199900)
		for _, c := range []struct {
			name   string
			change func([]ledger.Posting) []ledger.Posting
			want   []string
		}{
			{"as it should be", same, nil},
			{"a wage for the fund", toFund("wage:washing"), []string{wageMissing}},
			{"the balance for the fund", toFund("balance:embroidery"), []string{balanceMissing}},
			{"a wage under another stage's name", func(p []ledger.Posting) []ledger.Posting {
				for i := range p {
					if p[i].Nature == "wage:washing" {
						p[i].Nature = "wage:embroidery"
					}
				}
				return p
			}, []string{wageMissing, wageMissing}},
		} {
			got := only(w.found(w.missent(v, c.change)), wageMissing, balanceMissing)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q", c.name, got)
			}
		}
	})
}

// only keeps those details that are asked for.
func only(details []string, of ...string) []string {
	return slices.DeleteFunc(details, func(d string) bool { return !slices.Contains(of, d) })
}

func TestCheckFindsAReturnedPieceThatIsSoldAsNew(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("BACK", 2, 199900)
		wrong := w.missent(v, func(p []ledger.Posting) []ledger.Posting { return p })
		if got := only(w.found(wrong), creditedAgain, notRepaid); len(got) != 0 {
			t.Fatalf("a consigned piece: %q", got)
		}
		w.write(func(tx *db.Tx) error {
			_, err := tx.Exec(`
				UPDATE lots
				SET kind = 'returned', owner_id = NULL, from_lot = 'lot_before', cost_paise = 100000
				WHERE variant_id = $1`, v)
			return err
		})
		got := only(w.found(wrong), creditedAgain, notRepaid)
		if !slices.Contains(got, creditedAgain) || !slices.Contains(got, notRepaid) {
			t.Errorf("%q", got)
		}
	})
}

func TestCheckFindsEntriesWithoutWhatTheyAreFor(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("LOST", 5, 199900)
		paid, _ := w.paid(v, 1, "09")
		w.write(func(tx *db.Tx) error {
			sale := ledger.New("sale", "sale:"+paid.Allocations[0].ID, "test").
				Debit(ledger.Deposit(paid.ID), 100, ledger.Tags{Order: paid.ID}).Credit(ledger.Fund, 100, ledger.Tags{Order: paid.ID})
			if _, err := ledger.Post(tx, sale); err != nil {
				return err
			}
			nobody := ledger.New("sale", "sale:alc_nobody", "test").
				Debit(ledger.Running, 100, ledger.Tags{Order: "ord_nobody"}).Credit(ledger.Fund, 100, ledger.Tags{Order: "ord_nobody"})
			if _, err := ledger.Post(tx, nobody); err != nil {
				return err
			}
			_, err := ledger.Post(tx, ledger.New("receipt", "receipt:nobody", "test").
				Debit(ledger.Bank("main"), 500, ledger.Tags{}).Credit(ledger.Unidentified("rct_nobody"), 500, ledger.Tags{}))
			return err
		})
		for of, want := range map[string]string{
			paid.ID:      "a sale entry has no dispatched allocation",
			"ord_nobody": "a sale entry has no dispatched allocation",
			"rct_nobody": "unidentified money is in the books without a receipt",
		} {
			if got := w.found(of); !slices.Contains(got, want) {
				t.Errorf("%s: %q", of, got)
			}
		}
	})
}

// One maker has too much held and another too little: together it would be nothing.
func TestCheckFindsWhatIsHeldAfterTheReleaseByArtisan(t *testing.T) {
	const held = "a released allocation holds an artisan's credits still"
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, _ := w.sent(w.piece("HELD", 1, 199900), 1, "09")
		w.ok(d.AdvanceClock(ctx, 16*24*time.Hour))
		_, err := w.orders.ReleaseDue(ctx)
		w.ok(err)
		w.check()
		a := o.Allocations[0]
		w.write(func(tx *db.Tx) error {
			tags := func(artisan string) ledger.Tags {
				return ledger.Tags{Order: o.ID, Line: a.LineID, Lot: a.LotID, Artisan: artisan, Nature: "wage:embroidery"}
			}
			_, err := ledger.Post(tx, ledger.New("test", "test:held", auth.System("test").String()).
				Debit(ledger.Held(w.makers[0]), 100, tags(w.makers[0])).Credit(ledger.Held(w.makers[1]), 100, tags(w.makers[1])))
			return err
		})
		if got := only(w.found(o.ID), held); len(got) != 2 {
			t.Errorf("%q", got)
		}
	})
}

// What the books say the gateway has is the same from sealed and unsealed
// entries, and what was posted after the moment does not count.
func TestReconciliationCountsSealedAndUnsealed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		post := func(name string, amount money.Paise) {
			w.write(func(tx *db.Tx) error {
				_, err := ledger.Post(tx, ledger.New("test", name, "test").
					Debit(ledger.Stripe, amount, ledger.Tags{}).Credit(ledger.Fund, amount, ledger.Tags{}))
				return err
			})
		}
		seal := func() {
			_, err := ledger.Seal(ctx, d)
			w.ok(err)
		}
		book := func(want money.Paise) {
			t.Helper()
			r, err := w.orders.Reconcile(ctx, admin)
			w.ok(err)
			if r.BookPaise != want {
				t.Errorf("the books have %s, want %s", r.BookPaise, want)
			}
		}
		book(0)
		post("one", 1)
		seal()
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		post("ten", 10) // too young
		book(1)
		seal()
		book(1)
		post("hundred", 100)
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		book(111)
		seal()
		book(111)
		post("thousand", 1000)
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		seal()
		book(1111)
	})
}
