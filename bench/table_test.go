package bench_test

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
)

// full is a real measurement; otherwise everything runs once over little data.
var full = os.Getenv("SAEBAAN_BENCH") != ""

func TestMain(m *testing.M) {
	if file := os.Getenv("SAEBAAN_BENCH_BARE"); file != "" {
		serveBare(file)
		return
	}
	if file := os.Getenv("SAEBAAN_BENCH_PHOTO"); file != "" {
		if err := developOnce(file); err != nil {
			panic(err)
		}
		return
	}
	code := testdb.Main(m)
	testkit.CleanUp()
	os.Exit(code)
}

func serveBare(file string) {
	f, err := os.Open(file)
	if err != nil {
		panic(err)
	}
	var bytesOf map[string][]byte
	if err := gob.NewDecoder(f).Decode(&bytesOf); err != nil {
		panic(err)
	}
	panic(bare(bytesOf, os.Getenv("SAEBAAN_BENCH_LISTEN")))
}

type row struct {
	database, what string
	ours           figure
	limit          string
	bare           float64
	aim            string
}

// TestTable prints the table of ratios.
func TestTable(t *testing.T) {
	seconds := 300 * time.Millisecond
	if full {
		seconds = 3 * time.Second
	}
	var rows []row
	var notes []string
	databases := []string{"sqlite"}
	if full {
		databases = append(databases, "postgres")
	}
	for _, name := range databases {
		r, n := measure(t, name, seconds)
		rows, notes = append(rows, r...), append(notes, n...)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| database | what | /s | p50 | p99 | limit in the same run | /s | ratio | aim |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %.0f | %s | %s | %s | %.0f | %.0f %% | %s |\n", r.database, r.what, r.ours.perSecond,
			r.ours.p50.Round(10*time.Microsecond), r.ours.p99.Round(10*time.Microsecond), r.limit, r.bare, 100*r.ours.perSecond/r.bare, r.aim)
		if r.ours.failed > 0 {
			t.Errorf("%s %s: %d requests failed", r.database, r.what, r.ours.failed)
		}
		if r.ours.perSecond == 0 {
			t.Errorf("%s %s: nothing was measured", r.database, r.what)
		}
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "\n- %s", n)
	}
	t.Log(b.String())
	if file := os.Getenv("SAEBAAN_BENCH_OUT"); file != "" {
		if err := os.WriteFile(file, []byte(b.String()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func measure(t *testing.T, database string, seconds time.Duration) (rows []row, notes []string) {
	data := t.TempDir()
	var environment []string
	if database == "postgres" {
		owner, app := testdb.PostgresAddress(t)
		environment = []string{"SAEBAAN_DATABASE_URL=" + app, "SAEBAAN_DATABASE_OWNER_URL=" + owner, "SAEBAAN_DATABASE_LOGIN=" + testdb.Login}
	}
	command(t, data, environment, "migrate")
	began := time.Now()
	command(t, data, environment, "import", "products", listing(t), "--publish-with", "reference", "--warnings", "0")
	notes = append(notes, fmt.Sprintf("%s: import of the listing with price cards, lots and one maker %s", database, time.Since(began).Round(100*time.Millisecond)))
	began = time.Now()
	p := testkit.Serve(t, data, environment)
	first := time.Since(began)
	notes = append(notes, fmt.Sprintf("%s: first start with the listing, index built, %s; at rest %d MB", database, first.Round(time.Millisecond), memory(p.PID())))
	p.Stop()
	began = time.Now()
	p = testkit.Serve(t, data, environment)
	notes = append(notes, fmt.Sprintf("%s: start again %s; at rest %d MB", database, time.Since(began).Round(time.Millisecond), memory(p.PID())))

	pages := addresses(t, p.URL)
	for _, what := range []string{"list page", "list JSON", "product page", "product JSON"} {
		base := bareServer(t, p.URL, pages[what])
		load(t, p.URL, pages[what], seconds/2) // each address has been asked for before, as in a shop that is open
		ours := load(t, p.URL, pages[what], seconds)
		limit := load(t, base, pages[what], seconds)
		rows = append(rows, row{database, what, ours, "bare Fiber, same bytes", limit.perSecond, "≥ 40 %"})
	}
	loadFunc(p.URL, anySearch, seconds/2)
	ours := loadFunc(p.URL, anySearch, seconds)
	rows = append(rows, row{database, "search with facets, JSON", ours, "FTS5 query and three counts", bareSearch(t, data, environment, seconds), "≥ 60 %"})
	notes = append(notes, fmt.Sprintf("%s: loaded with browsing and search %d MB", database, memory(p.PID())))
	ours = checkoutHTTP(t, p.URL, seconds)
	loaded := memory(p.PID())
	p.Stop()
	direct := checkoutDirect(t, data, environment, seconds)
	rows = append(rows, row{database, "whole checkout", ours, "the same checkout without HTTP", direct, "≥ 50 %, ≥ 100/s"},
		row{database, "whole checkout, five commits", ours, "one plain insert and commit", plainCommits(t, data, environment, seconds), "reported"})
	notes = append(notes, fmt.Sprintf("%s: after checkouts %d MB", database, loaded))
	return rows, notes
}

func command(t testing.TB, data string, environment []string, args ...string) {
	t.Helper()
	if out, errs, code := testkit.Run(t, data, environment, args...); code != 0 {
		t.Fatalf("%v: %s%s", args, out, errs)
	}
}

// listing is the real listing in full, or its first rows in an ordinary test run.
func listing(t testing.TB) string {
	t.Helper()
	file := filepath.Join("..", "..", "shared", "data", "myntra_products_catalog.csv")
	raw, err := os.ReadFile(file)
	if err != nil {
		if os.Getenv("CI") == "true" || full {
			t.Fatalf("the real listing is needed: %v", err)
		}
		t.Skip("LOUD SKIP: ../shared/data is absent; nothing was measured")
	}
	if full {
		return file
	}
	short := filepath.Join(t.TempDir(), "listing.csv")
	if err := os.WriteFile(short, []byte(strings.Join(strings.SplitAfterN(string(raw), "\n", 302)[:301], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return short
}

// bareServer fetches every address once and serves the same bytes elsewhere.
func bareServer(t *testing.T, base string, addresses []string) string {
	t.Helper()
	bytesOf := map[string][]byte{}
	for _, a := range addresses {
		bytesOf[a] = fetch(t, base+a)
	}
	file := filepath.Join(t.TempDir(), "bytes")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := gob.NewEncoder(f).Encode(bytesOf); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := l.Addr().String()
	_ = l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "SAEBAAN_BENCH_BARE="+file, "SAEBAAN_BENCH_LISTEN="+listen)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if c, err := net.Dial("tcp", listen); err == nil {
			_ = c.Close()
			return "http://" + listen
		}
	}
	t.Fatal("the bare handler does not listen")
	return ""
}

func fetch(t testing.TB, url string) []byte {
	t.Helper()
	res, err := http.Get(url) // #nosec G107 -- our own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", url, res.StatusCode, err)
	}
	return body
}
