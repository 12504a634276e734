package main_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"hash/fnv"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// bare is a running program on SQLite without users.
func bare(t testing.TB) *shop {
	t.Helper()
	s := &shop{Program: testkit.Serve(t, t.TempDir(), nil), t: t}
	s.guest = testkit.REST{T: t, URL: s.URL, Client: testkit.Client()}
	return s
}

// within polls until done says so and fails the test after a minute.
func within(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute still not: %s", what)
		}
	}
}

// books opens the database of the shop beside the program, to look at it.
func (s *shop) books() *sql.DB { return s.open("_pragma=query_only(1)") }

// open opens the database beside the program, on SQLite with these pragmas.
func (s *shop) open(pragmas ...string) *sql.DB {
	s.t.Helper()
	driver, address := "sqlite", "file:"+filepath.Join(s.Data, "saebaan.db")+"?"+strings.Join(append(pragmas, "_pragma=busy_timeout(10000)"), "&")
	for _, e := range s.Env {
		if url, ok := strings.CutPrefix(e, "SAEBAAN_DATABASE_URL="); ok {
			driver, address = "pgx", url
		}
	}
	return s.openAt(driver, address)
}

func (s *shop) openAt(driver, address string) *sql.DB {
	s.t.Helper()
	d, err := sql.Open(driver, address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = d.Close() })
	return d
}

func count(t testing.TB, d *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := d.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func texts(t testing.TB, d *sql.DB, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := d.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// quiet waits until nothing is left to deliver or to seal.
func (s *shop) quiet(d *sql.DB) {
	s.t.Helper()
	within(s.t, "nothing left to deliver or seal", func() bool {
		return count(s.t, d, `SELECT (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM unsealed) + (
			SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`) == 0
	})
}

// contents tells each table's rows and what is in them, but River's, which keeps
// its own time. What two readings agree on was not written between them.
func contents(t testing.TB, d *sql.DB) map[string]string {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if strings.Contains(fmt.Sprintf("%T", d.Driver()), "stdlib") {
		list = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
	}
	out := map[string]string{}
	for _, table := range texts(t, d, list) {
		if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "sqlite_") && table != "goose_db_version" {
			out[table] = digest(t, d, table)
		}
	}
	if len(out) < 25 {
		t.Fatalf("only %d tables: %v", len(out), out)
	}
	return out
}

// digest is the number of rows and the sum of their hashes, in any order.
func digest(t testing.TB, d *sql.DB, table string) string {
	t.Helper()
	rows, err := d.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0, uint64(0)
	for ; rows.Next(); n++ {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		_, _ = fmt.Fprintf(h, "%v", cells)
		sum += h.Sum64()
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d rows, %x", n, sum)
}

// unchanged fails the test when a table is not as it was, and returns what is.
func unchanged(t testing.TB, d *sql.DB, before map[string]string) map[string]string {
	t.Helper()
	after := contents(t, d)
	for _, table := range slices.Sorted(maps.Keys(before)) {
		if before[table] != after[table] {
			t.Errorf("%s was written: %s, before %s", table, after[table], before[table])
		}
	}
	return after
}

// marker stands in what tests send wrongly; no answer may hold it.
const marker = "zqxmarker"

var requestForm = regexp.MustCompile(`^req_[0-9a-hjkmnp-tv-z]{26}$`)

// refused checks a problem+json: status and code as wanted, a request id that
// the header repeats, and nothing in it that was sent.
func refused(t testing.TB, a testkit.Answer, status int, code string, sent ...string) {
	t.Helper()
	request, told := a.Str("request_id"), float64(0)
	if f, ok := a.At("status").(float64); ok {
		told = f
	}
	switch {
	case a.Status != status || a.Str("code") != code:
		t.Errorf("%d %s, want %d %s: %s", a.Status, a.Str("code"), status, code, a.Raw)
	case a.Header.Get("Content-Type") != "application/problem+json" || int(told) != status || a.Str("title") == "" || a.Str("detail") == "":
		t.Errorf("no whole problem: %q %s", a.Header.Get("Content-Type"), a.Raw)
	case !requestForm.MatchString(request) || a.Header.Get("X-Request-Id") != request:
		t.Errorf("request id %q, header %q", request, a.Header.Get("X-Request-Id"))
	case a.Str("type") != "/docs/errors#"+code:
		t.Errorf("type %q", a.Str("type"))
	}
	for _, s := range append(sent, marker) {
		if bytes.Contains(a.Raw, []byte(s)) {
			t.Errorf("%q was sent and is echoed: %s", s, a.Raw)
		}
	}
}

// raw sends bytes as they are on a connection of its own and reads one answer.
func (s *shop) raw(request string) (testkit.Answer, error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		return testkit.Answer{}, err
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = c.Write([]byte(request)) // the server may stop listening half way
	}()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return testkit.Answer{}, err
	}
	a, err := testkit.ReadAnswer(res)
	if res.Close {
		a.Header.Set("Connection", "close") // which the reader has taken out
	}
	_ = c.Close()
	<-sent
	return a, err
}

// memory is a line of the process's status in kB: VmRSS, or VmHWM, its peak.
func memory(t testing.TB, pid int, line string) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(raw)
	if found == nil {
		t.Fatalf("no %s in %s", line, raw)
	}
	kB, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kB
}

// memoryPeak measures how far above its present memory a process rises: the
// function returned tells, in MB.
func memoryPeak(t testing.TB, pid int) func() int64 {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0o600); err != nil { // the peak begins anew
		t.Fatalf("the peak of memory cannot be measured here: %v", err)
	}
	before := memory(t, pid, "VmRSS")
	return func() int64 { return (memory(t, pid, "VmHWM") - before) >> 10 }
}
