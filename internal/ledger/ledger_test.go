package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

func post(t testing.TB, d *db.DB, e *ledger.Entry) error {
	t.Helper()
	return d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := ledger.Post(tx, e)
		return err
	})
}

func sale(ref, artisan string, amount money.Paise) *ledger.Entry {
	return ledger.New("sale", ref, "test").
		Debit(ledger.Stripe, amount, ledger.Tags{Order: "ord_1"}).
		Credit(ledger.Held(artisan), amount, ledger.Tags{Artisan: artisan, Nature: "wage"})
}

func TestPostRefusesWhatDoesNotBalance(t *testing.T) {
	d := testdb.SQLite(t)
	unbalanced := ledger.New("x", "r", "t").Debit(ledger.Stripe, 100, ledger.Tags{}).Credit(ledger.Fund, 99, ledger.Tags{})
	if err := post(t, d, unbalanced); !errors.Is(err, ledger.ErrUnbalanced) || !strings.Contains(err.Error(), "₹0.01") {
		t.Errorf("unbalanced: %v", err)
	}
	lone := ledger.New("x", "r", "t").Debit(ledger.Stripe, 0, ledger.Tags{})
	if err := post(t, d, lone); !errors.Is(err, ledger.ErrUnbalanced) {
		t.Errorf("no postings: %v", err)
	}
	for _, account := range []ledger.Account{"head:margin", "trust:other", "liability:artisan:a:spent", "assets:stripe", "x asset:stripe"} {
		unknown := ledger.New("x", "r", "t").Debit(account, 100, ledger.Tags{}).Credit(ledger.Fund, 100, ledger.Tags{})
		if err := post(t, d, unknown); !errors.Is(err, ledger.ErrAccount) {
			t.Errorf("%s: %v", account, err)
		}
	}
}

func TestOneFactIsEnteredOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 20 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				switch err := post(t, d, sale("fact-1", "art_1", 500)); {
				case err == nil:
					mu.Lock()
					won++
					mu.Unlock()
				case !errors.Is(err, ledger.ErrPosted):
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if won != 1 {
			t.Fatalf("%d of 20 entered the same fact", won)
		}
	})
}

func TestGuardedAccountIsNeverOverdrawn(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		if err := post(t, d, sale("s", "art_1", 1000)); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				move := ledger.New("claim", fmt.Sprintf("c%d", i), "test").
					Debit(ledger.Held("art_1"), 300, ledger.Tags{}).
					Credit(ledger.Claimed("art_1"), 300, ledger.Tags{}).Guard(ledger.Held("art_1"))
				if err := post(t, d, move); err != nil && !errors.Is(err, ledger.ErrOverdrawn) {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			left, err := ledger.Balance(tx, ledger.Held("art_1"))
			if left != -100 {
				t.Errorf("left %d, want -100", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestBooksVerifyWhileWrittenAndSealedByTwo(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		stop := make(chan struct{})
		var sealers, writers sync.WaitGroup
		for range 2 {
			sealers.Add(1)
			go func() {
				defer sealers.Done()
				for {
					select {
					case <-stop:
						return
					case <-time.After(time.Millisecond):
					}
					if _, err := ledger.Seal(ctx, d); err != nil && !errors.Is(err, db.ErrUnavailable) {
						t.Log("sealer lost a race:", err)
					}
				}
			}()
		}
		for w := range 4 {
			writers.Add(1)
			go func() {
				defer writers.Done()
				for i := range 25 {
					if err := post(t, d, sale(fmt.Sprintf("%d-%d", w, i), fmt.Sprintf("art_%d", i%3), money.Paise(i+1))); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		writers.Wait()
		close(stop)
		sealers.Wait()
		if _, err := ledger.Seal(ctx, d); err != nil {
			t.Fatal(err)
		}
		r, err := ledger.Verify(ctx, d, nil)
		if err != nil || len(r.Problems) != 0 || r.Entries != 100 || r.Blocks == 0 {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

// Every column of every row that the book stands on, changed once, is found.
func TestVerifyFindsEveryTampering(t *testing.T) {
	flips := map[string][]string{
		"entries":        {"reference", "kind", "reason", "business_date", "posted_at", "actor", "hash", "id"},
		"postings":       {"entry_id", "pos", "account", "paise", "order_id", "line_id", "lot_id", "artisan_id", "nature"},
		"seals":          {"entry_id", "block", "pos"},
		"blocks":         {"no", "prev", "count", "root", "hash", "sealed_at"},
		"account_blocks": {"account", "block", "paise"},
		"account_heads":  {"account", "paise"},
		"balances":       {"account", "paise"},
	}
	numeric := map[string]bool{"posted_at": true, "pos": true, "paise": true, "block": true, "no": true, "count": true, "sealed_at": true}
	try := func(name, sql string, guarded string) {
		t.Run(name, func(t *testing.T) {
			d := testdb.SQLite(t)
			ctx := context.Background()
			for i := range 3 {
				if err := post(t, d, sale(fmt.Sprint("s", i), "art_1", 100)); err != nil {
					t.Fatal(err)
				}
				if _, err := ledger.Seal(ctx, d); err != nil {
					t.Fatal(err)
				}
			}
			if r, _ := ledger.Verify(ctx, d, nil); len(r.Problems) != 0 {
				t.Fatalf("before: %+v", r.Problems)
			}
			for _, op := range []string{"update", "delete"} {
				_, _ = d.Pool().ExecContext(ctx, `DROP TRIGGER IF EXISTS `+guarded+`_no_`+op)
			}
			if _, err := d.Pool().ExecContext(ctx, sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if r, err := ledger.Verify(ctx, d, nil); err != nil || len(r.Problems) == 0 {
				t.Errorf("not found: %s (%v)", sql, err)
			}
		})
	}
	for table, columns := range flips {
		for _, c := range columns {
			change := c + ` || 'x'`
			if numeric[c] {
				change = c + ` + 7`
			}
			try(table+"."+c, `UPDATE `+table+` SET `+c+` = `+change+` WHERE rowid = (SELECT MAX(rowid) FROM `+table+`)`, table)
		}
		try(table+" deleted", `DELETE FROM `+table+` WHERE rowid = (SELECT MAX(rowid) FROM `+table+`)`, table)
	}
}

func TestUnsealedEntriesAreReportedAfterAMinute(t *testing.T) {
	d := testdb.SQLite(t)
	ctx := context.Background()
	if err := post(t, d, sale("s", "art_1", 100)); err != nil {
		t.Fatal(err)
	}
	if r, _ := ledger.Verify(ctx, d, nil); len(r.Problems) != 0 {
		t.Fatalf("too early: %+v", r.Problems)
	}
	if err := d.AdvanceClock(ctx, 61*time.Second); err != nil {
		t.Fatal(err)
	}
	r, err := ledger.Verify(ctx, d, nil)
	if err != nil || len(r.Problems) != 1 || r.Problems[0].Code != "unsealed" {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestBalancesAtEveryBlock(t *testing.T) {
	d := testdb.SQLite(t)
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		artisan := fmt.Sprintf("art_%d", time.Now().UnixNano())
		var want []money.Paise
		var blocks []int64
		var sum money.Paise
		for i := range rapid.IntRange(1, 6).Draw(rt, "entries") {
			amount := money.Paise(rapid.Int64Range(1, 1_000_000).Draw(rt, "amount"))
			if err := post(t, d, sale(fmt.Sprintf("%s-%d", artisan, i), artisan, amount)); err != nil {
				rt.Fatal(err)
			}
			sum -= amount
			head, err := ledger.Seal(ctx, d)
			if err != nil {
				rt.Fatal(err)
			}
			want, blocks = append(want, sum), append(blocks, head.No)
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			for i, b := range blocks {
				got, err := ledger.BalancesAt(tx, b, []ledger.Account{ledger.Held(artisan)})
				if err != nil {
					return err
				}
				if got[ledger.Held(artisan)] != want[i] {
					rt.Fatalf("block %d: %d, want %d", b, got[ledger.Held(artisan)], want[i])
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// What a woman earned is kept by month and nature: a reversal takes it back, a
// release and a payout leave it, and a wrong figure is found.
func TestEarningsAreKeptByMonthAndNature(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		month := d.Clock.Now().Date()[:7]
		work := func(nature string) ledger.Tags { return ledger.Tags{Artisan: "art_1", Nature: nature} }
		for i, e := range []*ledger.Entry{
			ledger.New("sale", "s1", "t").Debit(ledger.Stripe, 1000, ledger.Tags{}).Credit(ledger.Held("art_1"), 700, work("wage:embroidery")).
				Credit(ledger.Held("art_1"), 200, work("balance:embroidery")).Credit(ledger.Held("art_1"), 100, work("material")),
			ledger.New("sale", "s2", "t").Debit(ledger.Stripe, 50, ledger.Tags{}).Credit(ledger.Held("art_1"), 50, work("wage:washing")),
			ledger.New("return", "r1", "t").Debit(ledger.Held("art_1"), 100, work("material")).Credit(ledger.Stripe, 100, ledger.Tags{}),
			ledger.New("release", "l1", "t").Debit(ledger.Held("art_1"), 700, work("wage:embroidery")).Credit(ledger.Payable("art_1"), 700, work("wage:embroidery")),
			ledger.New("claim", "c1", "t").Debit(ledger.Payable("art_1"), 700, work("payout")).Credit(ledger.Claimed("art_1"), 700, work("payout")),
			ledger.New("paid", "p1", "t").Debit(ledger.Claimed("art_1"), 700, work("payout")).Credit(ledger.Bank("main"), 700, work("payout")),
		} {
			if err := post(t, d, e); err != nil {
				t.Fatal(i, err)
			}
		}
		read := func(from, to string) map[string]money.Paise {
			t.Helper()
			var out map[string]map[string]money.Paise
			if err := d.Read(ctx, func(tx *db.Tx) (err error) {
				out, err = ledger.Earnings(tx, []string{"art_0", "art_1"}, from, to)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out["art_1"]
		}
		if got := fmt.Sprint(read(month, month)); got != "map[balance:₹2.00 material:₹0.00 wage:₹7.50]" {
			t.Errorf("earned %s", got)
		}
		if got := read("2000-01", "2000-12"); len(got) != 0 {
			t.Errorf("earned in another year: %v", got)
		}
		if _, err := ledger.Seal(ctx, d); err != nil {
			t.Fatal(err)
		}
		problems := func() (codes []string) {
			report, err := ledger.Verify(ctx, d, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range report.Problems {
				codes = append(codes, p.Code+" "+strings.Fields(p.At)[2])
			}
			return codes
		}
		if found := problems(); len(found) != 0 {
			t.Errorf("problems: %v", found)
		}
		for _, wrong := range []string{`UPDATE earnings SET paise = paise + 1 WHERE nature = 'wage'`, `DELETE FROM earnings WHERE nature = 'balance'`,
			`INSERT INTO earnings (artisan_id, month, nature, paise) VALUES ('art_2', '2026-01', 'job', 5)`} {
			if _, err := d.Pool().ExecContext(ctx, wrong); err != nil {
				t.Fatal(err)
			}
		}
		found := problems()
		slices.Sort(found)
		if got := fmt.Sprint(found); got != "[earnings balance earnings job earnings wage]" {
			t.Errorf("found %s", got)
		}
	})
}

// Many entries at once are each as if they had come alone; one that was there
// already, or a guarded account they overdraw together, and none is written.
func TestManyEntriesAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		all := func(entries ...*ledger.Entry) error {
			return d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := ledger.PostAll(tx, entries)
				return err
			})
		}
		var many []*ledger.Entry
		for i := range 450 {
			many = append(many, sale(fmt.Sprint("m", i), fmt.Sprint("art_", i%7), 10))
		}
		if err := all(many...); err != nil {
			t.Fatal(err)
		}
		take := func(ref string, amount money.Paise) *ledger.Entry {
			return ledger.New("claim", ref, "t").Debit(ledger.Held("art_0"), amount, ledger.Tags{Artisan: "art_0"}).
				Credit(ledger.Stripe, amount, ledger.Tags{}).Guard(ledger.Held("art_0"))
		}
		if err := all(take("a", 400), take("b", 400)); !errors.Is(err, ledger.ErrOverdrawn) {
			t.Errorf("overdrawn together: %v", err)
		}
		if err := all(sale("new", "art_1", 5), sale("m3", "art_1", 5)); !errors.Is(err, ledger.ErrPosted) {
			t.Errorf("one was there already: %v", err)
		}
		if err := all(take("a", 400), take("b", 200)); err != nil {
			t.Errorf("650 less 600: %v", err)
		}
		if _, err := ledger.Seal(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		report, err := ledger.Verify(context.Background(), d, nil)
		if err != nil || len(report.Problems) != 0 || report.Entries != 452 {
			t.Errorf("%d entries, %+v, %v", report.Entries, report.Problems, err)
		}
	})
}
