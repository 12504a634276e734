package bench_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/testdb"
)

// TestLedgerPosts measures entries of five postings a second, while a sealer seals
// them, beside the rate at which the database commits one plain row.
func TestLedgerPosts(t *testing.T) {
	seconds := 300 * time.Millisecond
	if full {
		seconds = 4 * time.Second
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| database | what | entries/s | p50 | p99 | plain commits/s | ratio |\n|---|---|---|---|---|---|---|\n")
	for _, name := range []string{"sqlite", "postgres"} {
		data, environment := t.TempDir(), []string(nil)
		if name == "postgres" {
			owner, app := testdb.PostgresAddress(t)
			environment = []string{"SAEBAAN_DATABASE_URL=" + app, "SAEBAAN_DATABASE_OWNER_URL=" + owner, "SAEBAAN_DATABASE_LOGIN=" + testdb.Login}
		}
		command(t, data, environment, "migrate")
		d := openDB(t, data, environment)
		plain := plainCommits(t, data, environment, seconds)
		for _, c := range []struct {
			what          string
			makers, batch int
		}{{"one entry a commit, of 1,000 makers", 1000, 1}, {"one entry a commit, all of one maker", 1, 1}, {"100 entries a commit", 1000, 100}} {
			f := posts(t, d, seconds, c.makers, c.batch)
			f.perSecond *= float64(c.batch)
			if f.failed > 0 || f.perSecond == 0 {
				t.Errorf("%s, %s: %d failed", name, c.what, f.failed)
			}
			fmt.Fprintf(&b, "| %s | %s | %.0f | %s | %s | %.0f | %.0f %% |\n", name, c.what, f.perSecond, f.p50.Round(10*time.Microsecond), f.p99.Round(10*time.Microsecond), plain, 100*f.perSecond/plain)
		}
		if _, err := ledger.Seal(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		if r, err := ledger.Verify(context.Background(), d, nil); err != nil || len(r.Problems) > 0 || r.Entries == 0 {
			t.Errorf("%v: %d entries, %v", err, r.Entries, r.Problems)
		}
	}
	t.Log(b.String())
	if file := os.Getenv("SAEBAAN_BENCH_OUT"); file != "" {
		if err := os.WriteFile(strings.TrimSuffix(file, ".md")+"-ledger.md", []byte(b.String()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// posts is how often a batch of entries is committed while a sealer works.
func posts(t *testing.T, d *db.DB, seconds time.Duration, makers, batch int) figure {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var sealer sync.WaitGroup
	sealer.Go(func() {
		for ctx.Err() == nil {
			_, _ = ledger.Seal(context.Background(), d) // a lost race begins again
			time.Sleep(100 * time.Millisecond)
		}
	})
	defer sealer.Wait()
	defer stop()
	return run(seconds, func(worker int) func() error {
		n := worker * 1000
		return func() error {
			return d.Write(ctx, func(tx *db.Tx) error {
				var entries []*ledger.Entry
				for range batch {
					n++
					order := ledger.Tags{Order: id.New("ord"), Line: "lin_1", Lot: "lot_1"}
					e := ledger.New("sale", "bench:"+order.Order, "bench").Debit(ledger.Stripe, 252000, order).Credit(ledger.Fund, 12000, order)
					for k, nature := range []string{"wage:cutting", "wage:embroidery", "balance:embroidery"} {
						tags := order
						tags.Artisan, tags.Nature = fmt.Sprint("art_", (n+k*7)%makers), nature
						e.Credit(ledger.Held(tags.Artisan), 80000, tags)
					}
					entries = append(entries, e)
				}
				_, err := ledger.PostAll(tx, entries)
				return err
			})
		}
	})
}
