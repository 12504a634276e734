package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// listener keeps every answer that passes through a client.
type listener struct {
	next http.RoundTripper
	mu   sync.Mutex
	told []exchange
}

type exchange struct {
	method, path, kind string
	status             int
	body               []byte
}

// RoundTrip sends the request and keeps the answer.
func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, exchange{r.Method, r.URL.Path, res.Header.Get("Content-Type"), res.StatusCode, body})
	return res, err
}

// description is /openapi.json as far as answers are concerned.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct{ Schema map[string]any }
		}
	}
	Components struct{ Schemas map[string]map[string]any }
}

// check names what of a value is not as its schema says.
func (d *description) check(at string, schema map[string]any, value any) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if ref, ok := schema["$ref"].(string); ok {
		return d.check(at, d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")], value)
	}
	if types := words(schema["type"]); len(types) > 0 && !slices.Contains(types, kindOf(value)) && (kindOf(value) != "integer" || !slices.Contains(types, "number")) {
		say("is %s, not %v", kindOf(value), types)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		say("%v is none of %v", value, enum)
	}
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); schema["format"] == "date-time" && (err != nil || !strings.HasSuffix(v, "Z")) {
			say("%q is no instant in UTC", v)
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, one := range v {
			wrong = append(wrong, d.check(fmt.Sprintf("%s[%d]", at, i), items, one)...)
		}
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range words(schema["required"]) {
			if _, ok := v[name]; !ok {
				say("%s is missing", name)
			}
		}
		more, _ := schema["additionalProperties"].(map[string]any)
		for name, one := range v {
			property, known := properties[name].(map[string]any)
			if !known && more == nil && schema["additionalProperties"] == false {
				say("%s is not described", name)
			}
			if !known {
				property = more
			}
			wrong = append(wrong, d.check(at+"."+name, property, one)...)
		}
	}
	return wrong
}

// words are the strings of a JSON text or list.
func words(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			out = append(out, fmt.Sprint(one))
		}
	}
	return out
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// route finds the described path that an address belongs to; a fixed one
// outranks one with parameters.
func (d *description) route(path string) string {
	if _, fixed := d.Paths[path]; fixed {
		return path
	}
	for described := range d.Paths {
		if regexp.MustCompile(`^` + regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(described, `[^/]+`) + `$`).MatchString(path) {
			return described
		}
	}
	return ""
}

// A whole day over REST, with errors: every answer is as /openapi.json says, and
// nearly every operation answered.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := open(t, nil)
	var d description
	if err := json.Unmarshal(s.guest.Get("/openapi.json").Raw, &d); err != nil {
		t.Fatal(err)
	}
	heard := &listener{next: s.guest.Client.Transport}
	s.guest.Client.Transport = heard
	s.aDay(t)
	s.moneyDay(t)
	s.payoutDay(t)
	s.workshopDay(t)
	s.passkeyDay(t)
	s.actsByPasskey(t, false)

	done := map[string]bool{}
	for _, e := range heard.told {
		route := d.route(e.path)
		operation, described := d.Paths[route][strings.ToLower(e.method)]
		if !described {
			t.Errorf("%s %s is not described", e.method, e.path)
			continue
		}
		if e.status < 300 {
			done[e.method+" "+route] = true
		}
		answer, exact := operation.Responses[fmt.Sprint(e.status)]
		if !exact {
			if e.status < 400 {
				t.Errorf("%s %s: %d is not described", e.method, route, e.status)
			}
			answer = operation.Responses["default"]
		}
		kind, _, _ := strings.Cut(e.kind, ";")
		content, kept := answer.Content[kind]
		if !kept && len(e.body) > 0 {
			t.Errorf("%s %s: %d as %q is not described", e.method, route, e.status, kind)
		}
		var value any
		if strings.HasSuffix(kind, "json") {
			if err := json.Unmarshal(e.body, &value); err != nil {
				t.Errorf("%s %s: %v", e.method, route, err)
			}
			for _, w := range d.check("answer", content.Schema, value) {
				t.Errorf("%s %s: %d: %s", e.method, route, e.status, w)
			}
		}
	}
	var never []string
	for route := range roleTable {
		if !done[route] {
			never = append(never, route)
		}
	}
	slices.Sort(never)
	if len(never) > 0 {
		t.Errorf("never answered well: %v", never)
	}
	t.Logf("%d answers of %d operations are as described", len(heard.told), len(done))
}

// gather makes collections of chosen pieces and of a search, and ends one.
func (s *shop) gather(t *testing.T, product string) {
	t.Helper()
	about := obj{"title": obj{"en": "Of the house"}, "about": obj{"en": "Chosen."}, "pieces": []string{product}, "cover": product, "from": "2020-01-01", "to": "2099-12-31"}
	first := s.admin.Post("/v1/collections", about)
	if got := s.guest.Get("/v1/collections/of-the-house"); got.Str("data", 0, "id") != product || len(got.List("collection", "piece_ids")) != 0 {
		t.Errorf("the collection shows %s", got.Raw)
	}
	about["slug"], about["search"] = "found", obj{"q": "chikan", "colour": []string{"white"}}
	delete(about, "pieces")
	s.admin.Post("/v1/collections/"+first.Str("id")+"/edit", obj{"edition": 1, "facts": about})
	s.admin.Do(409, "POST", "/v1/collections/"+first.Str("id")+"/edit", obj{"edition": 1, "facts": about})
	if got := s.guest.Get("/v1/collections"); got.Str("data", 0, "search", "q") != "chikan" {
		t.Errorf("the collections are %s", got.Raw)
	}
	s.guest.Get("/v1/collections/" + first.Str("id") + "?limit=1")
	s.admin.Post("/v1/collections/"+first.Str("id")+"/end", nil)
	s.guest.Do(404, "GET", "/v1/collections/found", nil)
	s.guest.Do(401, "GET", "/v1/collections?all=true", nil)
	if got := s.admin.Get("/v1/collections?all=true"); got.Str("data", 0, "ended_at") == "" {
		t.Errorf("all collections are %s", got.Raw)
	}
}

// aDay is an order from cart to bank, everything that can be listed or read on
// the way, and some refusals.
func (s *shop) aDay(t *testing.T) {
	t.Helper()
	names := []string{"cutting", "embroidery", "washing", "tailoring", "finishing"}
	makers := map[string]string{}
	for _, n := range names {
		makers[n] = s.artisan("Maker " + n)
	}
	solo := s.artisan("Solo Maker")
	product, five := s.kurta("FIVE-M", 4, makers, false)
	_, one := s.kurta("ONE-OFF", 1, map[string]string{"embroidery": solo, "finishing": solo}, true)
	s.asha.Post("/v1/artisans/"+solo+"/consents", obj{"purpose": "name", "granted": true, "notice": "2026-1", "language": "hi"})
	back := s.asha.Post("/v1/products", roleTable["POST /v1/products"].body).Str("id")
	edited := maps.Clone(roleTable["POST /v1/products"].body.(obj))
	edited["care"], edited["made_to_order"], edited["lead_days"] = obj{"en": "Wash by hand."}, true, 20
	s.asha.Post("/v1/products/"+back+"/edit", obj{"edition": 1, "facts": edited})
	s.asha.Get("/v1/products/" + back + "/editions")
	size := s.asha.Post("/v1/products/"+back+"/variants", obj{"sku": "BACK-M", "size": "M"}).Str("id")
	s.asha.Post("/v1/products/"+back+"/measurements", obj{"sizes": []obj{{"variant_id": size, "measurements": []obj{{"name": "chest", "millimetres": 1015}}}}})
	photo := s.asha.Post("/v1/products/"+back+"/photos", onePixel).Str("photos", 0, "hash")
	s.asha.Post("/v1/products/"+back+"/photos/"+photo+"/remove", nil)
	s.asha.Post("/v1/products/"+back+"/submit", nil)
	s.admin.Post("/v1/products/"+back+"/send-back", obj{"note": "A photo, please."})
	s.admin.Post("/v1/products/"+back+"/archive", nil)
	waiting, _, _ := s.pending(five)
	order := s.buy(t, map[string]int64{five: 2, one: 1}, "29")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	s.admin.Post("/v1/orders/"+order+"/deliver", nil)
	s.admin.Do(409, "POST", "/v1/orders/"+order+"/deliver", nil)
	s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
	paid, returned := s.firstRun(t, makers, solo)
	s.secondRun(t, paid, returned)
	empty := s.preparer.Post("/v1/payout-runs", nil).Str("id")
	s.preparer.Post("/v1/payout-runs/"+empty+"/withdraw", nil)
	lot := s.admin.Get("/v1/orders/"+order).Str("allocations", 0, "lot_id")
	cart, buyer := s.cart(map[string]int64{five: 1})
	buyer.Get("/v1/carts/" + cart)
	for _, path := range []string{"/v1/me", "/v1/artisans?limit=2", "/v1/artisans/" + solo, "/v1/artisans/" + paid + "/statement", "/v1/products?limit=1", "/v1/products?state=archived",
		"/v1/products/" + product, "/v1/lots/" + lot, "/v1/search?q=chikan", "/v1/search?q=nothing", "/v1/suggestions?q=chik", "/v1/palette", "/v1/orders?limit=1", "/v1/orders/" + waiting, "/v1/payout-runs?limit=1",
		"/v1/ledger/accounts?limit=100", "/v1/ledger/entries?limit=100", "/v1/ledger/blocks"} {
		s.admin.Get(path)
	}
	for _, path := range []string{"keys", "heads?limit=2", s.admin.Get("/v1/orders/" + order).Str("open_book")} {
		s.guest.Get("/v1/open-books/" + path)
	}
	s.keptYears(t)
	s.asha = s.guest.SignIn("asha", password)
	within(t, "the pieces are found", func() bool { return len(s.guest.Get("/v1/search?q=chikan").List("data")) == 2 })
	if a := s.guest.Get("/v1/suggestions?q=chik"); len(a.List("data")) != 2 || a.Str("data", 0, "slug") == "" {
		t.Errorf("suggestions: %s", a.Raw)
	}
	s.guest.Get("/v1/products/" + product)
	s.gather(t, product)
	s.guest.Do(401, "GET", "/v1/orders", nil)
	s.asha.Do(422, "POST", "/v1/artisans", obj{"name": obj{"en": ""}, "unknown": 1})
	s.guest.SignIn("asha", password).Do(204, "DELETE", "/v1/sessions/current", nil)
	for _, answered := range slices.Sorted(maps.Keys(makers)) {
		s.asha.Get("/v1/artisans/" + makers[answered])
	}
}
