package payouts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// quarter reads the quarter that today lies in and compares it with the book.
func (w *world) quarter() payouts.TaxQuarter {
	w.t.Helper()
	year, n := payouts.QuarterOn(w.payouts.Today())
	q, err := w.payouts.TaxQuarter(ctx, preparer, year, n)
	w.ok(err)
	return w.tied(q)
}

// tied adds up the tax account in the quarter by itself.
func (w *world) tied(q payouts.TaxQuarter) payouts.TaxQuarter {
	w.t.Helper()
	var book, rows money.Paise
	w.ok(w.db.Get(ctx, &book, `SELECT CAST(COALESCE(-SUM(p.paise), 0) AS BIGINT) FROM postings p JOIN entries e ON e.id = p.entry_id
		WHERE p.account = 'liability:tds:contract' AND e.business_date >= $1 AND e.business_date <= $2`, q.From, q.To))
	withdrawn := money.Paise(0)
	for _, r := range q.Rows {
		rows += r.Tax
	}
	for _, s := range q.Natures {
		withdrawn += s.Withdrawn
	}
	if rows != q.Tax || rows+withdrawn != book || !q.Ties() {
		w.t.Errorf("quarter %d: rows %s, withdrawn %s, book %s; %+v", q.Quarter, rows, withdrawn, book, q.Natures)
	}
	return q
}

func TestTaxOfAQuarterTiesToTheBook(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		known, unknown := w.artisan(90_000_00), w.artisan(50_000_00)
		_, err := w.artisans.SetPAN(ctx, admin, "", artisans.PANInput{Artisan: known, PAN: "ABMPA3211G"})
		w.ok(err)
		if q := w.quarter(); len(q.Rows) != 0 {
			t.Errorf("before any run: %+v", q.Rows)
		}
		r := w.submitted(preparer)
		if q := w.quarter(); len(q.Rows) != 2 || q.Tax != 900_00+10_000_00 || q.Gross != 140_000_00 {
			t.Errorf("claimed: %+v", q)
		}
		_, err = w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		if q := w.quarter(); len(q.Rows) != 0 || q.Natures[0].Withdrawn != 0 {
			t.Errorf("a withdrawn run is in the quarter: %+v", q)
		}
		w.answer(w.sent(preparer), "returned") // what came back stays taxed
		w.answer(w.sent(preparer), "paid")
		q := w.quarter()
		if len(q.Rows) != 2 {
			t.Fatalf("rows: %+v", q.Rows)
		}
		for _, row := range q.Rows {
			pan, rate, tax := "ABXXXXXXXG", money.BasisPoints(100), money.Paise(900_00)
			if row.Artisan == unknown {
				pan, rate, tax = "", 2000, 10_000_00
			}
			if row.PAN != pan || row.Rate != rate || row.Tax != tax || row.Date != w.payouts.Today() || row.Section != "393(1)" || row.Code != "1017" || row.Nature != "contract" {
				t.Errorf("row: %+v", row)
			}
		}
		w.panWholeInTheFile(q)
		w.acrossQuarters(known)
	})
}

// panWholeInTheFile: whole only in the file, only for those who pay, and audited.
func (w *world) panWholeInTheFile(q payouts.TaxQuarter) {
	w.t.Helper()
	for name, who := range map[string]auth.Actor{"an administrator": admin, "nobody": {}, "a shopper": person("s", auth.Shopper)} {
		if _, err := w.payouts.TaxFile(ctx, who, q.Year, q.Quarter); err == nil {
			w.t.Errorf("%s opens PANs", name)
		}
	}
	opened := func() (n int) {
		w.t.Helper()
		w.ok(w.db.Get(ctx, &n, `SELECT COUNT(1) FROM audit WHERE action = 'tds.pans' AND actor = $1`, approver.String()))
		return n
	}
	if opened() != 0 {
		w.t.Error("opened by looking at the page")
	}
	file, err := w.payouts.TaxFile(ctx, approver, q.Year, q.Quarter)
	w.ok(err)
	whole := 0
	for _, r := range file.Rows {
		if r.PAN == "ABMPA3211G" {
			whole++
		} else if r.PAN != "" {
			w.t.Errorf("PAN %q", r.PAN)
		}
	}
	if whole != 1 || !file.Whole || opened() != 1 {
		w.t.Errorf("%d whole PANs in the file, %d openings in the audit", whole, opened())
	}
}

// acrossQuarters: a run claimed in one quarter and withdrawn in the next is in
// neither's rows, and both still tie.
func (w *world) acrossQuarters(artisan string) {
	w.t.Helper()
	w.owe(artisan, 40_000_00)
	r := w.submitted(preparer)
	year, n := payouts.QuarterOn(w.payouts.Today())
	w.ok(w.db.AdvanceClock(ctx, 92*24*time.Hour))
	_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
	w.ok(err)
	before, err := w.payouts.TaxQuarter(ctx, preparer, year, n)
	w.ok(err)
	if w.tied(before); len(before.Rows) != 2 || before.Natures[0].Withdrawn != 400_00 {
		w.t.Errorf("the quarter of the claim: %+v", before.Natures)
	}
	if after := w.quarter(); len(after.Rows) != 0 || after.Natures[0].Withdrawn != -400_00 || after.From <= before.To {
		w.t.Errorf("the quarter of the withdrawal: %+v", after.Natures)
	}
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error { // tax that no run deducted
		_, err := ledger.Post(tx, ledger.New("x", "t-stray", "test").Debit(ledger.Fund, 7, ledger.Tags{}).Credit(ledger.TDS("contract"), 7, ledger.Tags{}))
		return err
	}))
	year, n = payouts.QuarterOn(w.payouts.Today())
	if q, err := w.payouts.TaxQuarter(ctx, preparer, year, n); err != nil || q.Ties() {
		w.t.Errorf("a stray posting ties: %+v, %v", q.Natures, err)
	}
}

func TestQuartersOfTheFinancialYear(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t))
	for date, want := range map[string]string{"2026-04-01": "2026-27 1 2026-04-01 2026-06-30", "2026-06-30": "2026-27 1 2026-04-01 2026-06-30", "2026-09-30": "2026-27 2 2026-07-01 2026-09-30",
		"2026-12-31": "2026-27 3 2026-10-01 2026-12-31", "2027-01-01": "2026-27 4 2027-01-01 2027-03-31", "2099-03-31": "2098-99 4 2099-01-01 2099-03-31", "2099-05-05": "2099-00 1 2099-04-01 2099-06-30"} {
		year, n := payouts.QuarterOn(date)
		q, err := w.payouts.TaxQuarter(ctx, preparer, year, n)
		w.ok(err)
		if got := strings.Join([]string{q.Year, string(rune('0' + q.Quarter)), q.From, q.To}, " "); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
	for _, bad := range []string{"2026", "2026-28", "26-27", "2026-27x", "", "0000-00"} {
		if _, err := w.payouts.TaxQuarter(ctx, preparer, bad, 1); !errors.Is(err, payouts.ErrQuarter) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, n := range []int{0, 5, -1} {
		if _, err := w.payouts.TaxQuarter(ctx, preparer, "2026-27", n); !errors.Is(err, payouts.ErrQuarter) {
			t.Errorf("quarter %d: %v", n, err)
		}
	}
}
