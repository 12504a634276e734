package main_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// bomb is gzip that would inflate to that many zero bytes.
func bomb(t testing.TB, size int64) string {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, size); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type zeros struct{}

// Read gives zeros without end.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// request is a POST of JSON with these lines in its head, for raw.
func request(path, body string, lines ...string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n" +
		strings.Join(append(lines, ""), "\r\n") + "\r\n" + body
}

func length(body string) string { return fmt.Sprint("Content-Length: ", len(body)) }

func chunked(body string, size int) string {
	var b strings.Builder
	for len(body) > 0 {
		part := body[:min(size, len(body))]
		body = body[len(part):]
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
	}
	return b.String() + "0\r\n\r\n"
}

// wire are requests as bytes that must be refused before anybody acts on them.
func wire(t testing.TB) []struct {
	name, request string
	status        int
	code          string
} {
	const path = "/v1/sessions"
	login := `{"user":"` + marker + `","password":"` + marker + `"}`
	packed, large := bomb(t, 200<<20), `{"user":"`+strings.Repeat("a", 3<<20)+`"`
	encoded := func(lines ...string) string { return request(path, packed, append(lines, length(packed))...) }
	type r = struct {
		name, request string
		status        int
		code          string
	}
	return []r{
		{"gzip", encoded("Content-Encoding: gzip"), 415, "web.encoding"},
		{"GZIP", encoded("CONTENT-ENCODING: GZIP"), 415, "web.encoding"},
		{"identity, then gzip", encoded("Content-Encoding: identity", "Content-Encoding: gzip"), 415, "web.encoding"},
		{"gzip, then identity", encoded("Content-Encoding: gzip", "Content-Encoding: identity"), 415, "web.encoding"},
		{"a list", encoded("Content-Encoding: identity, gzip"), 415, "web.encoding"},
		{"a list of one and a space", encoded("Content-Encoding: gzip ,"), 415, "web.encoding"},
		{"deflate", encoded("Content-Encoding: deflate"), 415, "web.encoding"},
		{"br", encoded("Content-Encoding: br"), 415, "web.encoding"},
		{"an encoding of no name", encoded("Content-Encoding: " + marker), 415, "web.encoding"},
		{"gzip to the webhook", request("/v1/webhooks/stripe", packed, "Content-Encoding: gzip", length(packed)), 415, "web.encoding"},
		{"gzip that is not said", encoded(), 400, "api.body"},
		{"too large", request(path, large, length(large)), 413, "web.too_large"},
		{"too large, chunked", request(path, chunked(large, 64<<10), "Transfer-Encoding: chunked"), 413, "web.too_large"},
		{"too large, in small chunks", request(path, chunked(large, 100), "Transfer-Encoding: chunked"), 413, "web.too_large"},
		{"too large, said only", request(path, "", "Content-Length: 9223372036854775807"), 413, "web.too_large"},
		{"a length beyond 64 bits", request(path, "", "Content-Length: 92233720368547758070"), 400, "web.malformed"},
		{"too large to the webhook", request("/v1/webhooks/stripe", large, length(large)), 413, "web.too_large"},
		{"two equal lengths", request(path, login, length(login), length(login)), 400, "web.malformed"},
		{"two lengths", request(path, login, length(login), "Content-Length: 5"), 400, "web.malformed"},
		{"a list of lengths", request(path, login, length(login)+", 5"), 400, "web.malformed"},
		{"length and chunks", request(path, chunked(login, 10), length(login), "Transfer-Encoding: chunked"), 400, "web.malformed"},
		{"chunks and length", request(path, chunked(login, 10), "Transfer-Encoding: chunked", "content-length: 5"), 400, "web.malformed"},
		{"two transfer encodings", request(path, chunked(login, 10), "Transfer-Encoding: chunked", "Transfer-Encoding: identity"), 400, "web.malformed"},
		{"an unknown transfer encoding", request(path, login, "Transfer-Encoding: x"+marker), 400, "web.malformed"},
		{"a signed length", request(path, login, "Content-Length: +40"), 400, "web.malformed"},
		{"a negative length", request(path, login, "Content-Length: -1"), 400, "web.malformed"},
		{"a space before the colon", request(path, login, "Content-Length : 40"), 400, "web.malformed"},
		{"a chunk of no size", request(path, "zz\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400, "web.malformed"},
		{"no host", "POST " + path + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400, "web.malformed"},
		{"no HTTP", marker + " " + marker + "\r\n\r\n", 400, "web.malformed"},
		{"a header too long", request(path, login, length(login), "X-Long: "+strings.Repeat(marker, 3000)), 400, "web.malformed"},
	}
}

// Bombs, bodies over the limit and requests whose end is told in two ways are
// refused with a problem, write nothing, and leave the memory as it is.
func TestBadFraming(t *testing.T) {
	s := bare(t) // nobody has signed in: checking a password takes memory of its own
	d := s.books()
	s.quiet(d)
	before := contents(t, d)
	requests := wire(t)
	risen := memoryPeak(t, s.PID())
	for round := range 3 {
		for _, r := range requests {
			t.Run(fmt.Sprint(r.name, " ", round), func(t *testing.T) {
				a, err := s.raw(r.request)
				if err != nil {
					t.Fatal(err)
				}
				refused(t, a, r.status, r.code)
				guarded(t, a.Header)
				before = unchanged(t, d, before)
			})
		}
	}
	many := atOnce(20, func(i int) (testkit.Answer, error) { return s.raw(requests[i%10].request) })
	tally(t, many, map[string]int{"415 web.encoding": 20})
	if mb := risen(); mb >= 50 {
		t.Errorf("the attack made the memory rise by %d MB", mb)
	} else {
		t.Logf("memory rose by at most %d MB to %d MB", mb, memory(t, s.PID(), "VmRSS")>>10)
	}
	unchanged(t, d, before)
}

// What stands behind a refused request on its connection is not carried out.
func TestNothingIsSmuggled(t *testing.T) {
	s := bare(t)
	d := s.books()
	s.quiet(d)
	before := contents(t, d)
	hidden := "POST /v1/carts HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n"
	for name, r := range map[string]string{
		"length wins":          request("/v1/me", hidden, "Content-Length: 0", "Transfer-Encoding: chunked"),
		"chunks win":           request("/v1/me", "0\r\n\r\n"+hidden, fmt.Sprint("Content-Length: ", 5+len(hidden)), "Transfer-Encoding: chunked"),
		"the first length":     request("/v1/me", hidden, "Content-Length: 0", fmt.Sprint("Content-Length: ", len(hidden))),
		"behind what is large": request("/v1/me", hidden, "Content-Length: 3000000"),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := s.raw(r)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status != 400 && a.Status != 413 || a.Header.Get("Connection") != "close" {
				t.Errorf("%d, connection %q: %s", a.Status, a.Header.Get("Connection"), a.Raw)
			}
			unchanged(t, d, before)
		})
	}
}

// guarded checks the headers that every answer carries (RELIABILITY §4, 3.4).
func guarded(t testing.TB, h http.Header) {
	t.Helper()
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("no %s in the policy %q", part, csp)
		}
	}
	if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "unsafe-eval") {
		t.Errorf("the policy lets scripts in: %q", csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
}
