package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
)

// TestPayoutScale measures a run over a book of a million order lines with 2.5
// shares each for 20,000 artisans, beside the one query that sums the shares; then
// the next run, when 1 % of the lines are new, for 1 % of the artisans.
func TestPayoutScale(t *testing.T) {
	lines, artisans := int64(2_000), int64(100)
	if full {
		lines, artisans = 1_000_000, 20_000
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| database | %d lines, %d artisans | time | beside the aggregate | aim |\n|---|---|---|---|---|\n", lines, artisans)
	for _, name := range []string{"sqlite", "postgres"} {
		payoutScale(t, &b, name, lines, artisans)
	}
	t.Log(b.String())
	if file := os.Getenv("SAEBAAN_BENCH_OUT"); file != "" {
		if err := os.WriteFile(strings.TrimSuffix(file, ".md")+"-payouts.md", []byte(b.String()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func payoutScale(t *testing.T, b *strings.Builder, database string, lines, artisans int64) {
	data, environment := t.TempDir(), []string{"SAEBAAN_PAYOUT_MINIMUM=0"}
	address, owner := filepath.Join(data, "saebaan.db"), ""
	if database == "postgres" {
		owner, address = testdb.PostgresAddress(t)
		environment = append(environment, "SAEBAAN_DATABASE_URL="+address, "SAEBAAN_DATABASE_OWNER_URL="+owner, "SAEBAAN_DATABASE_LOGIN="+testdb.Login)
	}
	command(t, data, environment, "migrate")
	for login, role := range map[string]string{"preparer": "finance_preparer", "approver": "finance_approver"} {
		command(t, data, append(environment, "SAEBAAN_PASSWORD=a long enough password"), "users", "create", "--login", login, "--name", login, "--role", role)
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	s := seeder{t, d, 0}
	s.artisans(artisans)
	s.credits(0, lines, 0, artisans)
	aggregate := s.aggregate(artisans)

	p := testkit.Serve(t, data, environment)
	rest := testkit.REST{T: t, URL: p.URL, Client: &http.Client{Timeout: 10 * time.Minute}}
	preparer, approver := rest.SignIn("preparer", "a long enough password"), rest.SignIn("approver", "a long enough password")
	ratio := func(what string, took time.Duration, of time.Duration, aim string) {
		t.Logf("%s: %s: %s", database, what, took)
		fmt.Fprintf(b, "| %s | %s | %s | %.2f × | %s |\n", database, what, took.Round(10*time.Millisecond), took.Seconds()/of.Seconds(), aim)
	}
	ratio("the aggregate query", aggregate, aggregate, "")
	began := time.Now()
	run := preparer.Post("/v1/payout-runs", nil)
	first := time.Since(began)
	if n := int64(len(run.List("items"))); n != artisans {
		t.Fatalf("%d of %d artisans are in the run", n, artisans)
	}
	ratio("a run prepared: reckoned, written, answered in JSON", first, aggregate, "≤ 3 ×")
	began = time.Now()
	path := "/v1/payout-runs/" + run.Str("id")
	if a, err := preparer.Try("POST", path+"/submit", nil); err != nil || a.Status != 200 && a.Status != 503 {
		t.Fatalf("%v: %s", err, a.Raw)
	} // 503: the answer was not waited for, the work goes on
	for run = preparer.Get(path); run.Str("state") != "submitted"; run = preparer.Get(path) {
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("the run is %s", run.Str("state"))
		}
		time.Sleep(50 * time.Millisecond)
	}
	ratio("submitted: an entry for each artisan's claim", time.Since(began), aggregate, "")
	began = time.Now()
	approval := map[string]any{"content_hash": run.Str("content_hash"), "password": "a long enough password"}
	if a, err := approver.Try("POST", path+"/approve", approval); err != nil || a.Status != 200 && a.Status != 503 {
		t.Fatalf("%v: %s", err, a.Raw)
	} // 503: the answer was not waited for, the work goes on
	for claimed := 1; claimed > 0; time.Sleep(50 * time.Millisecond) {
		if err := d.Get(context.Background(), &claimed, `SELECT COUNT(*) FROM payout_items WHERE state = 'claimed'`); err != nil || time.Since(began) > 5*time.Minute {
			t.Fatalf("%d payments are not sent: %v", claimed, err)
		}
	}
	ratio("approved: an entry for each payment", time.Since(began), aggregate, "")
	s.credits(lines, lines/100, 0, max(1, artisans/100))
	began = time.Now()
	next := preparer.Post("/v1/payout-runs", nil)
	if n := int64(len(next.List("items"))); n != max(1, artisans/100) {
		t.Fatalf("%d artisans are in the next run", n)
	}
	took := time.Since(began)
	fmt.Fprintf(b, "| %s | the next run, 1 %% new | %s | %.1f %% of the first run | ≤ 5 %% |\n", database, took.Round(time.Millisecond), 100*took.Seconds()/first.Seconds())
	fmt.Fprintf(b, "| %s | memory of the program at its most | %d MB | | ≤ 200 MB |\n", database, peak(p.PID()))
}

// peak is the most memory a process has held, in MB.
func peak(pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kb int
	for _, line := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(line, "VmHWM:") {
			_, _ = fmt.Sscanf(strings.TrimPrefix(line, "VmHWM:"), "%d", &kb)
		}
	}
	return kb / 1024
}

// seeder fills a book by plain SQL, as the ledger and its sealer would have.
type seeder struct {
	t     *testing.T
	db    *db.DB
	block int64
}

func (s seeder) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Pool().ExecContext(context.Background(), query, args...); err != nil {
		s.t.Fatal(err)
	}
}

// numbers is a table n of the whole numbers from … to−1 in column i.
func numbers(from, to int64) string {
	return fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d)`, from, to-1)
}

// her is the id of the artisan of number x, an SQL expression.
func her(x string) string { return `'art_' || CAST(1000000 + (` + x + `) AS TEXT)` }

func (s seeder) artisans(n int64) {
	s.exec(numbers(0, n) + ` INSERT INTO artisans (id, name_en, area, created_by, created_at) SELECT ` + her("i") + `, 'Maker ' || CAST(i AS TEXT), 'lucknow', 'bench', 1 FROM n`)
	s.exec(numbers(0, n) + ` INSERT INTO payees (id, owner_id, version, kind, sealed, masked, ifsc, blind, usable_from, created_by, created_at)
		SELECT 'pay_' || CAST(i AS TEXT), ` + her("i") + `, 1, 'upi', '', 'ma•••@upi', '', '', 1, 'bench', 1 FROM n`)
}

// credits adds lines, each an entry with two or three shares, for so many artisans.
func (s *seeder) credits(first, lines, from, artisans int64) {
	for unsealed := 1; unsealed > 0; time.Sleep(100 * time.Millisecond) { // a server may be sealing
		if err := s.db.Get(context.Background(), &unsealed, `SELECT COUNT(*) FROM unsealed`); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.db.Get(context.Background(), &s.block, `SELECT COALESCE(MAX(no), 0) FROM blocks`); err != nil {
		s.t.Fatal(err)
	}
	blocks := max(1, lines/1000)
	share := func(k string) string {
		return her(fmt.Sprintf("%d + (i * 7 + %s * 13 + i / 11) %% %d", from, k, artisans))
	}
	now := `'ent_' || CAST(1000000000 + i AS TEXT)`
	s.exec(numbers(first, first+lines) + ` INSERT INTO entries (id, reference, kind, reason, business_date, posted_at, actor, hash)
		SELECT ` + now + `, 'release:' || CAST(i AS TEXT), 'release', '', '2026-10-01', 1, 'bench', '' FROM n`)
	s.exec(fmt.Sprintf(`%s INSERT INTO seals (entry_id, block, pos) SELECT %s, %d + (i - %d) / ((%d + %d - 1) / %d), i - %d FROM n`,
		numbers(first, first+lines), now, s.block+1, first, lines, blocks, blocks, first))
	s.exec(numbers(first, first+lines) + ` INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature)
		SELECT ` + now + `, 1, 'asset:stripe', 200 + 100 * (i % 2), '', '', '', '', '' FROM n`)
	for k := range int64(3) {
		where := ``
		if k == 2 {
			where = ` WHERE i % 2 = 1`
		}
		a := share(fmt.Sprint(k))
		s.exec(numbers(first, first+lines) + fmt.Sprintf(` INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature)
			SELECT %s, %d, 'liability:artisan:' || %s || ':payable', -100, 'ord_' || CAST(i AS TEXT), 'lin_' || CAST(i AS TEXT), 'lot_1', %s, 'wage:embroidery' FROM n`, now, 2+k, a, a) + where)
	}
	s.exec(fmt.Sprintf(`INSERT INTO account_blocks (account, block, paise)
		SELECT g.account, g.block, CAST(SUM(g.paise) OVER (PARTITION BY g.account ORDER BY g.block) AS BIGINT) + COALESCE((SELECT h.paise FROM account_heads h WHERE h.account = g.account), 0)
		FROM (SELECT p.account, s.block, SUM(p.paise) AS paise
			FROM postings p JOIN seals s ON s.entry_id = p.entry_id
			WHERE s.block > %d GROUP BY p.account, s.block) g`, s.block))
	s.exec(fmt.Sprintf(`INSERT INTO account_heads (account, block, paise)
		SELECT a.account, a.block, a.paise FROM account_blocks a
		WHERE a.block > %d AND a.block = (SELECT MAX(b.block) FROM account_blocks b WHERE b.account = a.account)
		ON CONFLICT (account) DO UPDATE SET block = excluded.block, paise = excluded.paise`, s.block))
	s.exec(fmt.Sprintf(`INSERT INTO balances (account, paise, payable_to)
		SELECT p.account, CAST(SUM(p.paise) AS BIGINT), p.artisan_id
		FROM postings p JOIN seals s ON s.entry_id = p.entry_id
		WHERE s.block > %d AND p.artisan_id <> '' GROUP BY p.account, p.artisan_id
		ON CONFLICT (account) DO UPDATE SET paise = balances.paise + excluded.paise`, s.block))
	s.exec(fmt.Sprintf(`INSERT INTO earnings (artisan_id, month, nature, paise)
		SELECT p.artisan_id, '2026-10', 'wage', CAST(-SUM(p.paise) AS BIGINT)
		FROM postings p JOIN seals s ON s.entry_id = p.entry_id
		WHERE s.block > %d AND p.artisan_id <> '' GROUP BY p.artisan_id
		ON CONFLICT (artisan_id, month, nature) DO UPDATE SET paise = earnings.paise + excluded.paise`, s.block))
	var last int64
	if err := s.db.Get(context.Background(), &last, `SELECT MAX(block) FROM seals`); err != nil {
		s.t.Fatal(err)
	}
	s.exec(numbers(s.block+1, last+1) + ` INSERT INTO blocks (no, prev, count, root, hash, sealed_at) SELECT i, '', 1, '', 'bench' || CAST(i AS TEXT), 1 FROM n`)
	s.block = last
}

// aggregate is how long one query takes that sums what each artisan is owed, the
// better of two tries.
func (s seeder) aggregate(artisans int64) time.Duration {
	best := time.Hour
	for range 2 {
		began := time.Now()
		var rows []struct {
			Account string `db:"account"`
			Paise   int64  `db:"paise"`
		}
		if err := s.db.Select(context.Background(), &rows, `
			SELECT account, CAST(SUM(paise) AS BIGINT) AS paise
			FROM postings
			WHERE artisan_id <> ''
			GROUP BY account`); err != nil || int64(len(rows)) != artisans {
			s.t.Fatalf("%d accounts: %v", len(rows), err)
		}
		best = min(best, time.Since(began))
	}
	return best
}
