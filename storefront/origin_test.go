package storefront_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Every route that changes something refuses a request that does not prove it
// came from our own pages; the routes are asked of the app itself.
func TestEveryWriteProvesItsOrigin(t *testing.T) {
	s := open(t)
	b := s.browser().signIn("kavita")
	seen := 0
	for _, route := range s.app.GetRoutes(true) {
		switch route.Method {
		case http.MethodGet, http.MethodHead:
			continue
		}
		seen++
		path := strings.ReplaceAll(route.Path, ":id", "x_1")
		for what, set := range map[string]func(http.Header){
			"no proof":             func(http.Header) {},
			"another site":         func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"another subdomain":    func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
			"another origin":       func(h http.Header) { h.Set("Origin", "https://evil.example") },
			"no origin (sandbox)":  func(h http.Header) { h.Set("Origin", "null") },
			"our name as a suffix": func(h http.Header) { h.Set("Origin", "https://example.com.evil.example") },
		} {
			r := httptest.NewRequest(route.Method, path, strings.NewReader(""))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			set(r.Header)
			if a := b.do(r); a.status != http.StatusForbidden || !strings.Contains(a.body, "did not come from our own pages") {
				t.Errorf("%s %s with %s: %d", route.Method, route.Path, what, a.status)
			}
		}
		r := httptest.NewRequest(route.Method, path, strings.NewReader(""))
		r.Header.Set("Origin", "http://example.com") // httptest's own host
		if a := b.do(r); strings.Contains(a.body, "did not come from our own pages") {
			t.Errorf("%s %s refuses our own origin", route.Method, route.Path)
		}
	}
	if seen != 85 {
		t.Errorf("%d routes change something; is a new one tested elsewhere?", seen)
	}
}

func TestReadingRoutesChangeNothing(t *testing.T) {
	s := open(t)
	for _, route := range s.app.GetRoutes(true) {
		if route.Method == http.MethodGet && strings.Contains(route.Path, "sign-out") {
			t.Error("signing out by a link")
		}
	}
	b := s.browser().signIn("meera")
	b.get("/sign-out").shows(405)
	b.get("/office").shows(200)
}
