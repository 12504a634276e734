package main_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, held := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(have), len(held)) {
		switch {
		case i >= len(held):
			t.Fatalf("%s has a line more, %d: %s\n(-update writes it anew)", name, i+1, have[i])
		case i >= len(have):
			t.Fatalf("%s lacks line %d: %s\n(-update writes it anew)", name, i+1, held[i])
		case !bytes.Equal(have[i], held[i]):
			t.Fatalf("%s differs in line %d: %s, was %s\n(-update writes it anew)", name, i+1, have[i], held[i])
		}
	}
}

func TestDescriptionIsGolden(t *testing.T) {
	s := bare(t)
	raw := s.guest.Get("/openapi.json")
	if v := raw.Str("openapi"); !strings.HasPrefix(v, "3.1.") {
		t.Errorf("the description is OpenAPI %s", v)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw.Raw, "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", append(b.Bytes(), '\n'))
}

var codeRow = regexp.MustCompile(`<tr id="([^"]+)"><td><code>([^<]+)</code><td>(\d+) [^<]+<td>([^<]+)`)

// The codes never change meaning: a new one, and one that is gone, shows here.
func TestCodesAreGolden(t *testing.T) {
	s := bare(t)
	page := string(s.guest.Get("/docs/errors").Raw)
	var b strings.Builder
	for _, row := range codeRow.FindAllStringSubmatch(page, -1) {
		if row[1] != row[2] || !regexp.MustCompile(`^[a-z]+\.[a-z_]+$`).MatchString(row[1]) {
			t.Errorf("%q is no package.reason", row[1])
		}
		b.WriteString(row[1] + " " + row[3] + " " + strings.TrimSpace(html.UnescapeString(row[4])) + "\n")
	}
	golden(t, "codes.txt", []byte(b.String()))
}

func TestUnchangedPiecesAreNotSentAgain(t *testing.T) {
	s := open(t, nil)
	product, v := s.kurta("ETAG-1", 5, map[string]string{"embroidery": s.artisan("Etag Maker")}, false)
	path := "/v1/products/" + product
	first := s.guest.Get(path)
	tag := first.Header.Get("ETag")
	if !regexp.MustCompile(`^"[0-9a-f]{16,}(-gzip)?"$`).MatchString(tag) || !strings.Contains(first.Header.Get("Cache-Control"), "must-revalidate") {
		t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header.Get("Cache-Control"))
	}
	for _, sent := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		a := s.guest.Do(304, "GET", path, nil, "If-None-Match", sent)
		if len(a.Raw) != 0 || a.Header.Get("ETag") != tag {
			t.Errorf("304 to %s with %d bytes, ETag %q", sent, len(a.Raw), a.Header.Get("ETag"))
		}
		guarded(t, a.Header)
	}
	s.guest.Do(200, "GET", path, nil, "If-None-Match", `"other"`)
	if a := s.asha.Do(200, "GET", path, nil, "If-None-Match", tag); a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" {
		t.Errorf("to a person: %v", a.Header)
	}
	list := s.guest.Get("/v1/search?q=chikan")
	s.guest.Do(304, "GET", "/v1/search?q=chikan", nil, "If-None-Match", list.Header.Get("ETag"))

	s.asha.Post("/v1/variants/"+v+"/price-cards", obj{"list_price": inr(200000), "heads": []obj{
		{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110, "shares": true}, {"kind": "makers", "head": "makers"}}})
	within(t, "the new price is seen", func() bool {
		a, err := s.guest.Try("GET", path, nil, "If-None-Match", tag)
		return err == nil && a.Status == 200 && a.Paise("variants", 0, "price", "list_price") == 200000 && a.Header.Get("ETag") != tag
	})
	within(t, "the list shows it too", func() bool {
		a, err := s.guest.Try("GET", "/v1/search?q=chikan", nil, "If-None-Match", list.Header.Get("ETag"))
		return err == nil && a.Status == 200
	})
}

// Every answer carries the security headers: pages, files, JSON, errors of every kind.
func TestEveryAnswerIsGuarded(t *testing.T) {
	s := bare(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200}, {"GET", "/docs", 200}, {"GET", "/docs/errors", 200}, {"GET", "/docs/operations.js", 200}, {"GET", "/openapi.json", 200},
		{"GET", "/livez", 200}, {"GET", "/readyz", 200}, {"GET", "/v1/search", 200}, {"GET", "/static/app.css", 200}, {"GET", "/nothing", 404},
		{"GET", "/static/nothing.css", 404}, {"GET", "/media/nothing-320.jpg", 404}, {"GET", "/v1/nothing", 404}, {"GET", "/docs/nothing", 404}, {"GET", "/docs/index.html", 404},
		{"GET", "/v1/me", 401}, {"DELETE", "/v1/carts", 405}, {"TRACE", "/", 405}, {"POST", "/v1/sessions", 400}, {"GET", "/products/%00", 400}, {"GET", "/v1/orders/%ff", 400},
		{"GET", "/.git/config", 404}, {"GET", "/debug/pprof/", 404}, {"GET", "/metrics", 404}, {"GET", "/data/saebaan.db", 404}, {"GET", "/static/../go.mod", 404},
	} {
		a, err := s.guest.Try(c.method, c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, a.Status, c.status)
		}
		if !requestForm.MatchString(a.Header.Get("X-Request-Id")) || a.Header.Get("Server") != "" {
			t.Errorf("%s %s: %v", c.method, c.path, a.Header)
		}
		guarded(t, a.Header)
	}
}

// Without its database the program lives, says that it is not ready, lets
// nobody in and tells nothing of what is behind it.
func TestWithoutItsDatabase(t *testing.T) {
	environment := env(t, "postgres")
	s := open(t, environment)
	s.guest.Get("/readyz")
	cart := s.baskets(1)[0]
	owner := strings.TrimPrefix(environment[1], "SAEBAAN_DATABASE_OWNER_URL=")
	name := regexp.MustCompile(`/([a-z0-9_]+)\?`).FindStringSubmatch(owner)[1]
	admin := s.openAt("pgx", strings.Replace(owner, "/"+name+"?", "/postgres?", 1))
	if _, err := admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
		t.Fatal(err)
	}
	within(t, "not ready", func() bool { a, err := s.guest.Try("GET", "/readyz", nil); return err == nil && a.Status == 503 })
	s.guest.Get("/livez")
	for _, c := range []struct {
		as           testkit.REST
		method, path string
	}{
		{s.admin, "GET", "/v1/orders"}, {s.admin, "GET", "/v1/me"}, {s.guest, "POST", "/v1/carts"}, {cart.buyer, "GET", "/v1/carts/" + cart.id},
		{s.guest, "GET", "/v1/products/prd_1"}, {s.preparer, "POST", "/v1/payout-runs"},
	} {
		a, err := c.as.Try(c.method, c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Status != 503 && a.Status != 500 {
			t.Errorf("%s %s without a database: %d %s", c.method, c.path, a.Status, a.Raw)
		}
		refused(t, a, a.Status, a.Str("code"), name, "postgres", "127.0.0.1", "dial", "SQLSTATE", "sql")
		if a.Status == 503 && a.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: no Retry-After", c.method, c.path)
		}
		guarded(t, a.Header)
	}
	a, err := s.guest.Try("POST", "/v1/sessions", obj{"user": "admin", "password": password})
	if err != nil || a.Status < 500 {
		t.Errorf("signing in without a database: %v %d", err, a.Status)
	}
	page, err := s.guest.Try("GET", "/cart", nil, "Cookie", "cart="+cart.buyer.Token)
	if err != nil || bytes.Contains(page.Raw, []byte("SQLSTATE")) || bytes.Contains(page.Raw, []byte(name)) {
		t.Errorf("a page tells too much: %v %s", err, page.Raw)
	}
	guarded(t, page.Header)
}

var printed = regexp.MustCompile(`(?s)<pre>(.*?)</pre>`)

// What the description's page prints can be typed as it stands.
func TestPrintedCommandsWork(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("curl is needed under CI (apt-get install curl)")
		}
		t.Skip("LOUD SKIP: curl is not installed; the printed commands were not tried")
	}
	s := open(t, nil)
	s.kurta("CURL-1", 5, map[string]string{"embroidery": s.artisan("Curl Maker")}, false)
	within(t, "the piece is found", func() bool { return len(s.guest.Get("/v1/search?q=chikan").List("data")) == 1 })
	commands := printed.FindAllStringSubmatch(string(s.guest.Get("/docs").Raw), -1)
	if len(commands) < 2 {
		t.Fatalf("%d commands are printed", len(commands))
	}
	for i, c := range commands {
		out, err := exec.Command("sh", "-c", html.UnescapeString(c[1])).CombinedOutput()
		var a testkit.Answer
		if err != nil || json.Unmarshal(out, &a.Body) != nil {
			t.Fatalf("%s\n%v %s", c[1], err, out)
		}
		if i == 0 && a.Str("data", 0, "variants", 0, "sku") != "CURL-1" || i == 1 && !strings.HasPrefix(a.Str("id"), "crt_") {
			t.Errorf("%s\ngives %s", c[1], out)
		}
	}
}
