package bench_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// listingOf is the real listing so many times over, each copy with other ids and
// names, and how many rows that is.
func listingOf(t testing.TB, copies int) (file string, rows int) {
	t.Helper()
	f, err := os.Open(listing(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "copies.csv")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(out)
	_ = w.Write(all[0]) // Flush tells
	for copy := range copies {
		for _, row := range all[1:] {
			if copy > 0 {
				row = append([]string{row[0] + "00" + strconv.Itoa(copy), row[1] + " no " + strconv.Itoa(copy)}, row[2:]...)
			}
			_ = w.Write(row)
			rows++
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		t.Fatal(err)
	}
	return file, rows
}

// asked is a kind of question: what is typed, the same for the bare index, and
// whether filters and counts are wanted too.
type asked struct {
	what    string
	typed   func(r *rand.Rand, words []string) string
	match   func(typed string) string // "" where the bare index has no such thing
	filters string
}

var questions = []asked{
	{"a term", func(r *rand.Rand, w []string) string { return w[r.IntN(len(w))] + " " }, func(s string) string { return strconv.Quote(strings.TrimSpace(s)) }, ""},
	{"two terms", func(r *rand.Rand, w []string) string { return w[r.IntN(len(w))] + " " + w[r.IntN(len(w))] + " " },
		func(s string) string { a := strings.Fields(s); return strconv.Quote(a[0]) + " " + strconv.Quote(a[1]) }, ""},
	{"a beginning", func(r *rand.Rand, w []string) string { return w[r.IntN(len(w))][:3+r.IntN(2)] }, func(s string) string { return strconv.Quote(s) + "*" }, ""},
	{"a slip", func(r *rand.Rand, w []string) string { return slipped(r, w[r.IntN(len(w))]) }, nil, ""},
	{"two terms, filters and facets", func(r *rand.Rand, _ []string) string {
		return terms[r.IntN(len(terms))] + " " + terms[r.IntN(len(terms))] + " "
	},
		func(s string) string { a := strings.Fields(s); return strconv.Quote(a[0]) + " " + strconv.Quote(a[1]) }, "&colour=blue&colour=white&in_stock=true"},
}

// slipped is a word with two letters exchanged.
func slipped(r *rand.Rand, w string) string {
	i := 1 + r.IntN(len(w)-2)
	return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
}

// TestCatalogueScale measures search, lists and products of the listing and of
// eight times the listing.
func TestCatalogueScale(t *testing.T) {
	seconds, copies := 200*time.Millisecond, []int{1}
	if full {
		seconds, copies = 3*time.Second, []int{1, 8}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| pieces | what | /s | p50 | p99 | limit in the same run | /s | ratio | aim |\n|---|---|---|---|---|---|---|---|---|\n")
	var notes []string
	for _, n := range copies {
		file, rows := listingOf(t, n)
		rs, ns := scale(t, file, rows, seconds)
		notes = append(notes, ns...)
		for _, r := range rs {
			ratio := ""
			if r.bare > 0 {
				ratio = fmt.Sprintf("%.0f %%", 100*r.ours.perSecond/r.bare)
			}
			fmt.Fprintf(&b, "| %s | %s | %.0f | %s | %s | %s | %.0f | %s | %s |\n", r.database, r.what, r.ours.perSecond,
				r.ours.p50.Round(10*time.Microsecond), r.ours.p99.Round(10*time.Microsecond), r.limit, r.bare, ratio, r.aim)
			if r.ours.failed > 0 || r.ours.perSecond == 0 {
				t.Errorf("%s: %d failed, %.0f a second", r.what, r.ours.failed, r.ours.perSecond)
			}
		}
	}
	t.Log(b.String() + "\n- " + strings.Join(notes, "\n- "))
}

func scale(t *testing.T, file string, rows int, seconds time.Duration) (out []row, notes []string) {
	data, name := t.TempDir(), strconv.Itoa(rows)
	command(t, data, nil, "migrate")
	command(t, data, nil, "import", "products", file, "--publish-with", "reference", "--warnings", "0")
	began := time.Now()
	p := testkit.Serve(t, data, nil)
	first := time.Since(began)
	size := int64(0)
	for _, f := range []string{"search.db", "search.db-wal"} {
		if s, err := os.Stat(filepath.Join(data, f)); err == nil {
			size += s.Size()
		}
	}
	notes = append(notes, fmt.Sprintf("%s rows: started without an index and ready after %s; the index has %d MB; at rest %d MB", name, first.Round(10*time.Millisecond), size>>20, memory(p.PID())))

	d := openDB(t, data, nil)
	words := vocabulary(t, data)
	bareFile := bareIndex(t, d)
	for _, q := range questions {
		ask := func(r *rand.Rand) string { // a bound that no piece reaches and that hardly comes twice
			return "/v1/search?limit=24" + q.filters + "&max_price=" + strconv.Itoa(1_000_000_000+r.IntN(1_000_000_000)) + "&q=" + url.QueryEscape(q.typed(r, words))
		}
		loadFunc(p.URL, ask, seconds/2)
		ours, limit, bare := loadFunc(p.URL, ask, seconds), "none", 0.0
		if q.match != nil {
			limit = "one FTS5 query"
			if q.filters != "" {
				limit = "FTS5 query and three counts"
			}
			bare = run(seconds, func(worker int) func() error {
				r := rand.New(rand.NewPCG(uint64(worker), 11))
				return func() error { return bareQuery(bareFile, q.match(q.typed(r, words)), q.filters != "") }
			}).perSecond
		}
		aim := "reported"
		if q.filters != "" {
			aim = "≥ 60 %, p99 ≤ 20 ms"
		}
		out = append(out, row{name, "search: " + q.what, ours, limit, bare, aim})
	}
	pages := addresses(t, p.URL)
	for _, what := range []string{"list page", "list JSON", "product page", "product JSON"} {
		base := bareServer(t, p.URL, pages[what])
		load(t, p.URL, pages[what], seconds/2)
		ours := load(t, p.URL, pages[what], seconds)
		out = append(out, row{name, what, ours, "bare Fiber, same bytes", load(t, base, pages[what], seconds).perSecond, "≥ 40 %"})
	}
	notes = append(notes, fmt.Sprintf("%s rows: after all of it %d MB", name, memory(p.PID())))
	p.Stop()
	return out, notes
}

// vocabulary is the words of the titles, of six Latin letters and more.
func vocabulary(t testing.TB, data string) []string {
	t.Helper()
	var titles []string
	if err := openDB(t, data, nil).Select(context.Background(), &titles, `SELECT title_en FROM products WHERE state = 'published' ORDER BY id LIMIT 12000`); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for _, title := range titles {
		for _, w := range strings.Fields(strings.ToLower(title)) {
			if len(w) >= 6 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}
