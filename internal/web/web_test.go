package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
	"saebaan/internal/web"
)

func app() *fiber.App {
	a := web.NewApp(web.Options{ErrorHandler: func(c *fiber.Ctx, err error) error {
		f := web.Fault(c, err)
		return c.Status(web.Status(f)).SendString(f.Code)
	}})
	a.Get("/panic", func(*fiber.Ctx) error { panic("defect with a secret") })
	a.Get("/unknown", func(*fiber.Ctx) error { return fmt.Errorf("a secret") })
	a.Post("/write", web.SameOrigin(), func(c *fiber.Ctx) error { return c.SendString("done") })
	return a
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	for path, want := range map[string]int{"/panic": 500, "/unknown": 500, "/nowhere": 404, "/write": 405} {
		res, err := app().Test(httptest.NewRequest("GET", path, nil))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != want || strings.Contains(string(body), "secret") {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		for _, h := range []string{"Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"} {
			if res.Header.Get(h) == "" {
				t.Errorf("%s has no %s", path, h)
			}
		}
	}
}

func TestWritesProveTheirOrigin(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"no proof": {nil, 403}, "same origin": {[]string{"Origin", "http://example.com"}, 200}, "fetch metadata": {[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		"another site": {[]string{"Sec-Fetch-Site", "cross-site"}, 403}, "another origin": {[]string{"Origin", "http://evil.example"}, 403},
		"null origin": {[]string{"Origin", "null"}, 403}, "same site only": {[]string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		r := httptest.NewRequest("POST", "/write", strings.NewReader("a=b"))
		r.Header.Set("Content-Type", "text/plain")
		for i := 0; i+1 < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		res, err := app().Test(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
	}
}

func TestCompressedBodiesAreRefusedUnread(t *testing.T) {
	for _, values := range [][]string{{"gzip"}, {"GZIP"}, {"identity", "gzip"}, {"identity, br"}, {" deflate"}} {
		r := httptest.NewRequest("POST", "/write", strings.NewReader("x"))
		for _, v := range values {
			r.Header.Add("Content-Encoding", v)
		}
		res, err := app().Test(r)
		if err != nil || res.StatusCode != 415 {
			t.Errorf("%v: %d %v", values, res.StatusCode, err)
		}
	}
}

func TestEveryKindHasItsStatus(t *testing.T) {
	for kind, want := range map[fault.Kind]int{fault.Internal: 500, fault.Malformed: 400, fault.Invalid: 422, fault.Unauthenticated: 401, fault.Forbidden: 403,
		fault.NotFound: 404, fault.Conflict: 409, fault.TooLarge: 413, fault.Unsupported: 415, fault.TooMany: 429, fault.Unavailable: 503} {
		if got := web.Status(&fault.Error{Kind: kind, Code: "test.code"}); got != want {
			t.Errorf("kind %d: %d, want %d", kind, got, want)
		}
	}
}

// cached is an app whose page tells how often it was made.
func cached(cache *web.Cache, about func(path string) []string, during func()) (*fiber.App, *int) {
	made := new(int)
	var mu sync.Mutex
	a := web.NewApp(web.Options{ErrorHandler: fiber.DefaultErrorHandler})
	a.Get("/*", func(c *fiber.Ctx) error {
		path := c.OriginalURL()
		return cache.Serve(c, path, func() (web.Page, error) {
			mu.Lock()
			defer mu.Unlock()
			*made++
			if during != nil {
				during()
			}
			return web.Page{Body: []byte(fmt.Sprintf("%s %d", path, *made)), ContentType: "text/plain", About: about(path)}, nil
		})
	})
	return a, made
}

func get(t *testing.T, a *fiber.App, path, etag string) (int, string, string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	res, err := a.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body), res.Header.Get("ETag")
}

func TestCacheForgetsWhatChanged(t *testing.T) {
	cache := web.NewCache(1 << 20)
	a, made := cached(cache, func(path string) []string {
		if path == "/list" {
			return nil
		}
		return []string{path}
	}, nil)
	for range 3 {
		get(t, a, "/p1", "")
		get(t, a, "/p2", "")
		get(t, a, "/list", "")
	}
	if *made != 3 {
		t.Fatalf("made %d times", *made)
	}
	_, _, etag := get(t, a, "/p2", "")
	cache.Changed([]string{"/p1"})
	if status, _, _ := get(t, a, "/p2", etag); status != 304 {
		t.Errorf("the other product: %d", status)
	}
	get(t, a, "/p1", "")
	get(t, a, "/list", "")
	if *made != 5 {
		t.Errorf("made %d times, want the changed one and the list anew", *made)
	}
	if status, _, _ := get(t, a, "/p1", etag); status != 200 {
		t.Errorf("another page's tag: %d", status)
	}
}

// A list that is made from an index of another process may be older than the last
// change that this one heard of: it lasts a moment only, and a product longer.
func TestListsOfAnotherProcessLastAMoment(t *testing.T) {
	cache, made := web.NewCache(1<<20), map[string]int{}
	cache.ListsLast(30 * time.Millisecond)
	app := fiber.New()
	app.Get("/:what", func(c *fiber.Ctx) error {
		what := strings.Clone(c.Params("what"))
		return cache.Serve(c, what, func() (web.Page, error) {
			made[what]++
			page := web.Page{Body: []byte(what)}
			if what == "product" {
				page.About = []string{"prd_1"}
			}
			return page, nil
		})
	})
	ask := func() {
		for _, what := range []string{"list", "product"} {
			if _, err := app.Test(httptest.NewRequest("GET", "/"+what, nil)); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask()
	ask()
	time.Sleep(50 * time.Millisecond)
	ask()
	if made["product"] != 1 || made["list"] < 2 {
		t.Errorf("made %v", made)
	}
}

func TestCacheKeepsNothingThatChangedMeanwhile(t *testing.T) {
	cache := web.NewCache(1 << 20)
	a, made := cached(cache, func(string) []string { return []string{"p"} }, func() { cache.Changed([]string{"p"}) })
	get(t, a, "/p", "")
	get(t, a, "/p", "")
	if *made != 2 {
		t.Errorf("a page made from what has changed was kept")
	}
}

func TestCacheStaysInItsLimit(t *testing.T) {
	cache := web.NewCache(1000)
	a, made := cached(cache, func(string) []string { return []string{"p"} }, nil)
	for i := range 200 {
		get(t, a, fmt.Sprintf("/%03d", i), "")
	}
	get(t, a, "/199", "")
	if *made != 200 {
		t.Errorf("the newest page was not kept")
	}
	get(t, a, "/000", "")
	if *made != 201 {
		t.Errorf("the oldest page was kept beyond the limit")
	}
}

func TestCachedPagesGoOutCompressed(t *testing.T) {
	long := strings.Repeat("every paisa has a name ", 200)
	cache := web.NewCache(1 << 20)
	a := web.NewApp(web.Options{ErrorHandler: fiber.DefaultErrorHandler})
	a.Get("/", func(c *fiber.Ctx) error {
		return cache.Serve(c, "k", func() (web.Page, error) { return web.Page{Body: []byte(long), ContentType: "text/plain"}, nil })
	})
	var tags []string
	for _, accept := range []string{"", "gzip, br"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		res, err := a.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		body := res.Body
		if accept != "" {
			if res.Header.Get("Content-Encoding") != "gzip" || res.ContentLength > int64(len(long)/4) {
				t.Fatalf("%v, %d bytes", res.Header, res.ContentLength)
			}
			if body, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != long {
			t.Errorf("%q: another body, %v", accept, err)
		}
		tags = append(tags, res.Header.Get("ETag"))
	}
	if tags[0] == tags[1] {
		t.Error("one tag for two encodings")
	}
}
