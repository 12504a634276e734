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

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file of testdata, or rewrites it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what it was; look at the change, then: make generate", name)
	}
}

func TestOpenAPIIsTheOneAgreedOn(t *testing.T) {
	p := testkit.Serve(t, t.TempDir(), nil)
	rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}
	a := rest.Get("/openapi.json")
	if v := a.Str("openapi"); !strings.HasPrefix(v, "3.1") {
		t.Errorf("OpenAPI %s", v)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, a.Raw, "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", pretty.Bytes())

	codes := regexp.MustCompile(`<tr id="([^"]+)"><td><code>[^<]+</code><td>(\d+)`).FindAllStringSubmatch(string(rest.Get("/docs/errors").Raw), -1)
	if len(codes) < 60 {
		t.Fatalf("only %d error codes", len(codes))
	}
	var list strings.Builder
	for _, c := range codes {
		list.WriteString(c[1] + " " + c[2] + "\n")
	}
	golden(t, "codes.txt", []byte(list.String()))
}

// The curl lines of the docs page and the README work as they are printed.
func TestThePrintedCurlWorks(t *testing.T) {
	p := testkit.Serve(t, t.TempDir(), nil, "--demo")
	rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}
	lines := regexp.MustCompile(`(?s)<pre>(.*?)</pre>`).FindAllStringSubmatch(string(rest.Get("/docs").Raw), -1)
	if len(lines) < 2 {
		t.Fatalf("%d curl lines", len(lines))
	}
	for _, l := range lines {
		line := html.UnescapeString(l[1])
		out, err := exec.Command("sh", "-c", line).Output()
		if err != nil || !json.Valid(out) || bytes.Contains(out, []byte(`"code":`)) {
			t.Errorf("%s: %v %s", line, err, out)
		}
	}
}

func TestCatalogueTagsAndHealth(t *testing.T) {
	p := testkit.Serve(t, t.TempDir(), nil, "--demo")
	rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}
	for path := range map[string]bool{"/livez": true, "/readyz": true} {
		rest.Get(path)
	}
	found := rest.Get("/v1/search?limit=5")
	product := "/v1/products/" + found.Str("data", 0, "id")
	for _, path := range []string{product, "/v1/search?limit=5"} {
		tag := rest.Get(path).Header.Get("ETag")
		if tag == "" {
			t.Fatalf("%s has no tag", path)
		}
		if a := rest.Do(304, "GET", path, nil, "If-None-Match", tag); len(a.Raw) != 0 {
			t.Errorf("%s: a body of %d bytes with 304", path, len(a.Raw))
		}
		rest.Do(200, "GET", path, nil, "If-None-Match", `"another"`)
	}
	seen := map[string]bool{}
	pages := 0
	for cursor := ""; ; pages++ {
		a := rest.Get("/v1/search?limit=10&sort=price_up&cursor=" + cursor)
		for i := range a.List("data") {
			id := a.Str("data", i, "id")
			if seen[id] {
				t.Fatalf("%s comes twice", id)
			}
			seen[id] = true
		}
		if cursor = a.Str("next_cursor"); cursor == "" {
			break
		}
	}
	if len(seen) != 45 || pages != 4 {
		t.Errorf("%d pieces on %d further pages", len(seen), pages)
	}
	rest.Do(422, "GET", "/v1/search?cursor=bm90IG91cnM", nil)
}
