package orders_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/outbox"
	"saebaan/internal/testdb"
	"saebaan/migrations"
	"saebaan/orders"
)

const statementHead = "Date,Narration,Reference,Debit,Credit,Balance\n"

// outcomes enters a statement's rows and tells what came of them.
func (w *world) outcomes(rows string) string {
	w.t.Helper()
	lines, err := orders.ParseStatement([]byte(statementHead + rows))
	w.ok(err)
	entered, err := w.orders.EnterStatement(ctx, preparer, lines)
	w.ok(err)
	var out []string
	for _, e := range entered {
		out = append(out, e.Outcome)
	}
	return strings.Join(out, " ")
}

func (w *world) count(query string) int {
	w.t.Helper()
	var n int
	w.ok(w.db.Get(ctx, &n, query))
	return n
}

func TestTheSameBankMoneyIsEnteredOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 10, 200000)
		record := func(method orders.Method, amount money.Paise, reference string) error {
			o, _, err := w.order(v, 1, "09")
			w.ok(err)
			_, err = w.orders.RecordMoney(ctx, preparer, "", orders.MoneyInput{Order: o.ID, Method: method, Amount: amount, Reference: reference})
			return err
		}
		bank := ledger.Bank("main")
		// A person first, then the statement, whose day is another.
		w.ok(record(orders.UPI, 200000, "upi432100001"))
		w.ok(record(orders.BankTransfer, 200000, "N432/77"))
		w.ok(record(orders.BankTransfer, 150000, "UTRABC"))
		before := w.balance(bank)
		if got := w.outcomes("2/1/2026,TO SEWA,UPI432100001,,2000.00,1\n2/1/2026,NEFT N432/77 ASHA,,,2000.00,2\n2/1/2026,neft-utrabc-asha,,,1500.00,3\n"); got != "seen seen seen" {
			t.Errorf("recorded before: %s", got)
		}
		if w.balance(bank) != before {
			t.Errorf("posted %s twice", w.balance(bank)-before)
		}
		// Another amount, or the number within a longer word, is other money.
		if got := w.outcomes("2/1/2026,X,UPI432100001,,1999.00,1\n2/1/2026,XUPI4321000019,,,2000.00,2\n"); got != "unidentified unidentified" {
			t.Errorf("other money: %s", got)
		}
		// The statement first.
		if got := w.outcomes("3/1/2026,A,R90001,,2000.00,1\n3/1/2026,UPI/CR/r90002/ASHA,,,2000.00,2\n"); got != "unidentified unidentified" {
			t.Errorf("first: %s", got)
		}
		before = w.balance(bank)
		for _, reference := range []string{"r90001", "R90002"} {
			if err := record(orders.UPI, 200000, reference); !errors.Is(err, orders.ErrReceiptSeen) {
				t.Errorf("%s was entered by the statement: %v", reference, err)
			}
		}
		if w.balance(bank) != before {
			t.Errorf("posted %s twice", w.balance(bank)-before)
		}
		w.ok(record(orders.UPI, 200000, "R9000"))
		w.check()
	})
}

func TestALineDownloadedAgainIsSeen(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, step := range []struct{ rows, want string }{
			{`1/1/2026,CASH DEPOSIT,,,500.00,"12,000.00"` + "\n", "unidentified"},
			{"01/01/2026,CASH DEPOSIT,,,500.00,12000.00\n", "seen"},
			{"01/01/2026,CASH DEPOSIT,,,500.00,₹ 12000.00 Cr\n", "seen"},
			{"01/01/2026,CASH DEPOSIT,,,500.00,12500.00\n", "unidentified"},
			{"1/1/2026,NEFT ASHA,N77001,,500.00,1\n", "unidentified"},
			{"1/1/2026,NEFT-ASHA DEVI,n77001,,500.00,2\n", "seen"},
			{"1/1/2026,BY TRANSFER N77001,,,500.00,2\n", "seen"}, // the bank's other form of download
			{"2/1/2026,NEFT ASHA,N77001,,500.00,1\n", "unidentified"},
			{"1/1/2026,A,000000,,70.00,1\n1/1/2026,B,000000,,70.00,2\n", "unidentified unidentified"}, // zeros are no number
			{"1/1/2026,A,TRANSFER,,71.00,1\n1/1/2026,B,TRANSFER,,71.00,2\n", "unidentified unidentified"},
		} {
			if got := w.outcomes(step.rows); got != step.want {
				t.Errorf("%q: %s", step.rows, got)
			}
		}
		w.check()
	})
}

func TestStatementsAsBanksWriteThem(t *testing.T) {
	for _, date := range []string{"02/01/2026", "2/1/2026", "2-1-2026", "2.1.26", "2 Jan 2026", "02-JAN-26", "2026-01-02", "2/1/2026 10:15:00 AM",
		"02-01-2026 9:05", "2026-01-02T10:15:00", "2 Jan 2026 23:59"} {
		lines, err := orders.ParseStatement([]byte(statementHead + date + ",X,,,1.00,1\n"))
		if err != nil || len(lines) != 1 || lines[0].Date != "2026-01-02" || lines[0].Wrong != "" {
			t.Errorf("%s: %+v, %v", date, lines, err)
		}
	}
	for _, credit := range []string{"100.00 CR", "100.00Cr", "₹ 100.00", "Rs. 100", "INR 100.00", "100", `"₹1,00.00 cr"`} {
		lines, err := orders.ParseStatement([]byte(statementHead + "2/1/2026,X,,," + credit + ",1\n"))
		if err != nil || len(lines) != 1 || lines[0].Credit != 10000 || lines[0].Wrong != "" {
			t.Errorf("%s: %+v, %v", credit, lines, err)
		}
	}
	lines, err := orders.ParseStatement([]byte(statementHead + "32/1/2026,X,,,5.00,1\n2/1/2026,X,,5.00,-,1\n" + statementHead + "Page 1 of 1,,,,,\n,,,,,\nEnd\n"))
	if err != nil || len(lines) != 2 || lines[0].Wrong != "the date cannot be read" || lines[1].Wrong != "" || lines[1].Credit != 0 {
		t.Errorf("%+v, %v", lines, err)
	}
	for _, broken := range []string{"2/1/2026,\"X,,,1.00,1\n2/1/2026,Y,,,2.00,1\n", "2/1/2026,\"X\"Y,,,1.00,1\n"} {
		if _, err := orders.ParseStatement([]byte(statementHead + broken)); !errors.Is(err, orders.ErrStatement) {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

func TestLongFilesAreRefused(t *testing.T) {
	row, parcel := "2/1/2026,X,,,1.00,1\n", "AWB1234,delivered\n"
	lines, err := orders.ParseStatement([]byte(statementHead + strings.Repeat(row, 2000) + "Total,,,,,\n"))
	if err != nil || len(lines) != 2000 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if _, err := orders.ParseStatement([]byte(statementHead + strings.Repeat(row, 2001))); !errors.Is(err, orders.ErrStatement) || !strings.Contains(err.Error(), "2,000") {
		t.Errorf("%v", err)
	}
	parcels, err := orders.ParseDeliveries([]byte("awb,status\n" + strings.Repeat(parcel, 2000)))
	if err != nil || len(parcels) != 2000 {
		t.Errorf("%d parcels, %v", len(parcels), err)
	}
	if _, err := orders.ParseDeliveries([]byte("awb,status\n" + strings.Repeat(parcel, 2001))); !errors.Is(err, orders.ErrDeliveries) || !strings.Contains(err.Error(), "2,000") {
		t.Errorf("%v", err)
	}
}

func TestOurReferenceIsFoundAfterOtherLetters(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest, err := w.order(w.piece("A", 2, 200000), 1, "09")
		w.ok(err)
		p, err := w.orders.Pay(ctx, guest, o.ID, orders.UPI)
		w.ok(err)
		if got := w.outcomes("2/1/2026,SBN:ASHA UPI " + p.Reference + ",,,2000.00,1\n"); got != "matched" || w.read(o.ID).State != orders.Confirmed {
			t.Errorf("%s, %s", got, w.read(o.ID).State)
		}
		w.check()
	})
}

func TestOnlyTheBankHasSettlements(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, _, err := w.order(w.piece("A", 2, 200000), 1, "09")
		w.ok(err)
		for i, method := range []orders.Method{orders.Cash, orders.BankTransfer} {
			_, err := w.orders.RecordMoney(ctx, preparer, "", orders.MoneyInput{Order: o.ID, Method: method, Amount: 100, Reference: fmt.Sprintf("V-000%d", i)})
			w.ok(err)
		}
		open, err := w.orders.OpenReceipts(ctx, preparer)
		if err != nil || len(open) != 2 {
			t.Fatalf("%+v, %v", open, err)
		}
		for _, r := range open {
			_, err := w.orders.PlaceReceipt(ctx, preparer, "", orders.Placement{Receipt: r.ID, Decision: orders.ReceiptSettlement})
			if till := r.Account == ledger.Till("office"); till != errors.Is(err, orders.ErrReceipt) || (!till && err != nil) {
				t.Errorf("%s: %v", r.Account, err)
			}
		}
		w.check()
	})
}

func TestEnteringStopsWhenTheTimeIsOver(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, _ := w.sent(w.piece("A", 2, 200000), 1, "09")
		lines, err := orders.ParseStatement([]byte(statementHead + "2/1/2026,X,,,1.00,1\n2/1/2026,X,,2.00,,1\n"))
		w.ok(err)
		over, cancel := context.WithCancel(ctx)
		cancel()
		near, done := context.WithDeadline(ctx, time.Now().Add(time.Second/2))
		defer done()
		for _, late := range []context.Context{over, near} {
			rows, err := w.orders.EnterStatement(late, preparer, lines)
			if err != nil || len(rows) != 2 || rows[0].Outcome != "not_entered" || rows[1].Outcome != "not_entered" || rows[1].Row != 2 {
				t.Errorf("%+v, %v", rows, err)
			}
			parcels, err := w.orders.EnterDeliveries(late, admin, []orders.DeliveryLine{{Tracking: o.Shipments[0].Tracking, Delivered: true}})
			if err != nil || len(parcels) != 1 || parcels[0].Outcome != "not_entered" {
				t.Errorf("%+v, %v", parcels, err)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM receipts`); n != 0 {
			t.Errorf("%d entered", n)
		}
		if got := w.outcomes("2/1/2026,X,,,1.00,1\n2/1/2026,X,,2.00,,1\n"); got != "unidentified not_a_credit" {
			t.Errorf("the same later: %s", got)
		}
	})
}

func TestADocumentOnlyGetsItsNumber(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.sent(w.piece("A", 2, 200000), 1, "09")
		if n := w.count(`SELECT COUNT(*) FROM documents WHERE no IS NULL`); n == 0 {
			t.Fatal("no document waits for its number")
		}
		for _, column := range []string{"cgst_paise", "sgst_paise", "igst_paise", "taxable_paise", "rounding_paise", "total_paise", "created_at"} {
			if _, err := d.Pool().ExecContext(ctx, `UPDATE documents SET `+column+` = `+column+` + 1`); err == nil {
				t.Errorf("%s was changed", column)
			}
		}
		for _, column := range []string{"id", "kind", "registration", "series", "business_date", "order_id", "cause", "against_id", "buyer_gstin", "supply_state", "body", "flags"} {
			if _, err := d.Pool().ExecContext(ctx, `UPDATE documents SET `+column+` = `+column+` || 'x'`); err == nil {
				t.Errorf("%s was changed", column)
			}
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE documents SET inter_state = NOT inter_state`); err == nil {
			t.Error("inter_state was changed")
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE documents SET no = 900000, number = 'X', numbered_at = 1 WHERE id = (SELECT MIN(id) FROM documents)`); err != nil {
			t.Errorf("its number: %v", err)
		}
	})
}

// release is the migrations below a number: the release before.
func release(t *testing.T, below string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if name < below {
			out[name] = &fstest.MapFile{Data: text}
		}
	}
	return out
}

func TestOldMoneyOfAnotherAmountBecomesAReceipt(t *testing.T) {
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			address := filepath.Join(t.TempDir(), "old.db")
			if name == "postgres" {
				address, _ = testdb.PostgresAddress(t)
			}
			d, err := db.Open(ctx, address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			w := &world{t: t, db: d}
			w.ok(outbox.Migrate(ctx, d))
			w.ok(d.Migrate(ctx, release(t, "0005"), ""))
			for _, old := range []string{
				`INSERT INTO payments (id, order_id, provider, state, amount_paise, provider_key, captured_paise, created_at) VALUES
					('pay_good', 'ord_x', 'stripe', 'captured', 500, 'a', 500, 7), ('pay_less', 'ord_x', 'stripe', 'captured', 500, 'b', 400, 7),
					('pay_bare', 'ord_x', 'stripe', 'captured', 500, 'c', 600, 7), ('pay_none', 'ord_x', 'stripe', 'pending', 500, 'd', 0, 7)`,
				`INSERT INTO entries (id, reference, kind, reason, business_date, posted_at, actor, hash) VALUES
					('e1', 'payment:pay_good', 'payment', '', '2026-03-01', 11, 'x', 'h'), ('e2', 'payment:pay_less', 'payment', '', '2026-03-02', 12, 'x', 'h')`,
				`INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature) VALUES
					('e2', 1, 'asset:stripe', 400, '', '', '', '', ''), ('e2', 2, 'liability:unidentified:pay_less', -400, '', '', '', '', '')`,
			} {
				_, err := d.Pool().ExecContext(ctx, old)
				w.ok(err)
			}
			w.ok(d.Migrate(ctx, migrations.Files, ""))
			type receipt struct {
				orders.Receipt
				CreatedBy string `db:"created_by"`
			}
			var found []receipt
			w.ok(d.Select(ctx, &found, `
				SELECT id, account, line_key, amount_paise, business_date, reference, narration, state, payment_id, created_by, created_at
				FROM receipts
				ORDER BY id`))
			want := func(id, date string, amount money.Paise, at db.Time) receipt {
				return receipt{orders.Receipt{ID: id, Account: ledger.Stripe, LineKey: "payment:" + id, Amount: amount, Date: date, Reference: id,
					State: orders.ReceiptUnidentified, PaymentID: id, CreatedAt: at}, "system:migration"}
			}
			if len(found) != 2 || found[0] != want("pay_bare", "2026-01-01", 600, 7) || found[1] != want("pay_less", "2026-03-02", 400, 12) {
				t.Errorf("%+v", found)
			}
			for query, n := range map[string]int{
				`SELECT COUNT(*) FROM payments WHERE id = 'pay_good' AND state = 'captured' AND captured_at = 11`:     1,
				`SELECT COUNT(*) FROM payments WHERE id = 'pay_less' AND state = 'unidentified' AND captured_at = 12`: 1,
				`SELECT COUNT(*) FROM payments WHERE id = 'pay_none' AND state = 'pending' AND captured_at IS NULL`:   1,
				`SELECT COUNT(*) FROM balances WHERE account = 'liability:unidentified:pay_less' AND paise = -400`:    1,
				`SELECT COUNT(*) FROM receipts r JOIN balances b ON b.account = 'liability:unidentified:' || r.id`:    1,
				`SELECT COUNT(*) FROM returns WHERE answer <> ''`:                                                     0,
			} {
				if got := w.count(query); got != n {
					t.Errorf("%s: %d", query, got)
				}
			}
		})
	}
}
