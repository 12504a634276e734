package db_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

func TestConcurrentIncrementsLoseNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.AdvanceClock(ctx, time.Microsecond); err != nil {
			t.Fatal(err)
		}
		const workers, each = 8, 10
		var wg sync.WaitGroup
		errs := make(chan error, workers*each)
		for range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range each {
					errs <- d.Write(ctx, func(tx *db.Tx) error {
						var have int64
						if err := tx.Get(&have, `SELECT offset_us FROM test_clock WHERE id = 1`); err != nil {
							return err
						}
						_, err := tx.Exec(`UPDATE test_clock SET offset_us = $1 WHERE id = 1`, have+1)
						return err
					})
				}
			}()
		}
		wg.Wait()
		close(errs)
		done := int64(1)
		for err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, db.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		var have int64
		if err := d.Get(ctx, &have, `SELECT offset_us FROM test_clock WHERE id = 1`); err != nil {
			t.Fatal(err)
		}
		if have != done {
			t.Fatalf("acknowledged %d increments, found %d", done, have)
		}
	})
}

// On a machine so slow that the tries side by side use up the budget, each write
// still has its try alone, and none of them is lost.
func TestSlowWritesHaveATryAlone(t *testing.T) {
	d := testdb.Postgres(t)
	ctx := context.Background()
	if err := d.AdvanceClock(ctx, time.Microsecond); err != nil {
		t.Fatal(err)
	}
	const writers = 6
	errs := make(chan error, writers)
	for range writers {
		go func() {
			errs <- d.Write(ctx, func(tx *db.Tx) error {
				var have int64
				if err := tx.Get(&have, `SELECT offset_us FROM test_clock WHERE id = 1`); err != nil {
					return err
				}
				time.Sleep(time.Second)
				_, err := tx.Exec(`UPDATE test_clock SET offset_us = $1 WHERE id = 1`, have+1)
				return err
			})
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestFailedClosureLeavesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO test_clock (id, offset_us) VALUES (1, 5)`); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		var n int
		if err := d.Get(context.Background(), &n, `SELECT COUNT(*) FROM test_clock`); err != nil || n != 0 {
			t.Fatalf("rows %d, %v", n, err)
		}
	})
}

func TestAPanicRollsBackAndFreesTheWriter(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() { _ = recover() }()
			_ = d.Write(context.Background(), func(*db.Tx) error { panic("defect") })
		}()
		if err := d.AdvanceClock(context.Background(), time.Second); err != nil {
			t.Fatalf("the writer is stuck: %v", err)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO test_clock (id, offset_us) VALUES (1, 5)`)
			return err
		})
		if err == nil {
			t.Fatal("a read transaction wrote")
		}
	})
}

// Every append-only table refuses UPDATE, DELETE, REPLACE and TRUNCATE, also by
// raw SQL with the program's own login.
func TestAppendOnlyTablesRefuseChange(t *testing.T) {
	seed := map[string]string{
		"entries":          `INSERT INTO entries (id, reference, kind, reason, business_date, posted_at, actor, hash) VALUES ('a', 'r', 'k', '', '2026-01-01', 1, 'x', 'h')`,
		"postings":         `INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature) VALUES ('a', 1, 'x', 5, '', '', '', '', '')`,
		"seals":            `INSERT INTO seals (entry_id, block, pos) VALUES ('a', 1, 1)`,
		"blocks":           `INSERT INTO blocks (no, prev, count, root, hash, sealed_at) VALUES (1, '', 1, 'r', 'h', 1)`,
		"account_blocks":   `INSERT INTO account_blocks (account, block, paise) VALUES ('a', 1, 5)`,
		"audit":            `INSERT INTO audit (id, at, actor, action, object) VALUES ('a', 1, 'x', 'y', 'z')`,
		"payout_approvals": `INSERT INTO payout_approvals (run_id, content_hash, actor, at) VALUES ('a', 'h', 'x', 1)`,
		"payment_events":   `INSERT INTO payment_events (provider, event_id, kind, payment_id, at) VALUES ('p', 'e', 'k', 'y', 1)`,
		"document_lines": `INSERT INTO document_lines (document_id, pos, line_id, description, hsn, quantity, rate_bp, list_paise, unit_paise, taxable_paise,
			cgst_paise, sgst_paise, igst_paise, rounding_paise, total_paise) VALUES ('d', 1, 'l', 'x', '6206', 1, 500, 1, 1, 1, 0, 0, 0, 0, 1)`,
		"consents": `INSERT INTO consents (id, artisan_id, purpose, granted, notice, language, actor, at) VALUES ('a', 'art', 'name', TRUE, 'n', 'en', 'x', 1)`,
		"statements": `INSERT INTO statements (id, artisan_id, from_date, to_date, block, head, body, made_by, made_at)
			VALUES ('a', 'art', '2026-01-01', '2026-01-31', 1, 'h', '{}', 'x', 1)`,
		"statement_pictures": `INSERT INTO statement_pictures (name, content) VALUES ('a', 'x')`,
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		pool := d.Pool()
		if _, err := pool.ExecContext(ctx, `INSERT INTO artisans (id, name_en, area, created_by, created_at) VALUES ('art', 'n', 'lucknow', 'x', 1)`); err != nil {
			t.Fatal(err)
		}
		for _, table := range db.AppendOnly() {
			if _, err := pool.ExecContext(ctx, seed[table]); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			_, rest, _ := strings.Cut(seed[table], "(")
			column, _, _ := strings.Cut(rest, ",")
			attacks := []string{
				`UPDATE ` + table + ` SET ` + column + ` = ` + column,
				`DELETE FROM ` + table,
			}
			if d.Dialect() == db.SQLite {
				attacks = append(attacks, strings.Replace(seed[table], "INSERT", "INSERT OR REPLACE", 1))
			} else {
				attacks = append(attacks, `TRUNCATE `+table, `DROP TABLE `+table, `ALTER TABLE `+table+` DISABLE TRIGGER ALL`)
			}
			for _, attack := range attacks {
				if _, err := pool.ExecContext(ctx, attack); err == nil {
					t.Errorf("%s was allowed", attack)
				}
			}
		}
		if owns, err := d.OwnsLedger(ctx); err != nil || owns {
			t.Errorf("the program's login owns the ledger: %v %v", owns, err)
		}
	})
}

func TestPlaceholders(t *testing.T) {
	if got := db.List(3, 2); got != "$3, $4" {
		t.Errorf("List: %s", got)
	}
	if got := db.Values(2, 2); got != "($1, $2), ($3, $4)" {
		t.Errorf("Values: %s", got)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	d := testdb.SQLite(t)
	ctx := context.Background()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			select {
			case <-stop:
				return
			default:
				_ = d.AdvanceClock(ctx, time.Microsecond)
			}
		}
	}()
	file := t.TempDir() + "/copy.db"
	err := d.Backup(ctx, file)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(ctx, file); !errors.Is(err, db.ErrExists) {
		t.Fatalf("an existing file was overwritten: %v", err)
	}
	copied, err := db.Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var check string
	if err := copied.Get(ctx, &check, `PRAGMA integrity_check`); err != nil || check != "ok" {
		t.Fatalf("%s %v", check, err)
	}
}

// A connection that breaks inside a write costs nothing but a second try.
func TestLostConnectionInsideAWriteIsTriedAgain(t *testing.T) {
	d := testdb.Postgres(t)
	tries := 0
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		tries++
		if _, err := tx.Exec(`INSERT INTO login_failures (id, login, at) VALUES ('lgf_1', 'lost', 1)`); err != nil {
			return err
		}
		if tries > 1 {
			return nil
		}
		_, err := tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	var rows int
	if err2 := d.Get(context.Background(), &rows, `SELECT COUNT(*) FROM login_failures WHERE login = 'lost'`); err != nil || err2 != nil || tries != 2 || rows != 1 {
		t.Errorf("%d tries, %d rows, %v, %v", tries, rows, err, err2)
	}
}

// Serializable writes must not lock whole tables, whatever the planner knows of
// their size; reads may scan.
func TestWritesOfPostgresJoinThroughIndexes(t *testing.T) {
	d := testdb.Postgres(t)
	setting := func(tx *db.Tx) (out string) {
		if err := tx.Get(&out, `
			SELECT current_setting('enable_seqscan') || ' ' || current_setting('enable_hashjoin') || ' ' || current_setting('enable_mergejoin') || ' ' || current_setting('jit')`); err != nil {
			t.Fatal(err)
		}
		return out
	}
	_ = d.Write(t.Context(), func(tx *db.Tx) error {
		if got := setting(tx); got != "off off off off" {
			t.Errorf("a write plans with %s", got)
		}
		return nil
	})
	_ = d.Read(t.Context(), func(tx *db.Tx) error {
		if got := setting(tx); got != "on on on off" {
			t.Errorf("a read plans with %s", got)
		}
		return nil
	})
}
