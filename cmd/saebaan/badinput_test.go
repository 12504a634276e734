package main_test

import (
	"fmt"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// attack is one request that must be refused and leave no trace.
type attack struct {
	name    string
	as      testkit.REST
	method  string // POST when empty
	path    string
	body    any // a string is sent as it stands
	headers []string
	status  int
	code    string
	detail  string // what the answer must say
	sent    []string
}

// refuse runs the attacks: each gets its problem, and nothing was written.
func (s *shop) refuse(t *testing.T, attacks []attack) {
	t.Helper()
	d := s.books()
	s.quiet(d)
	before := contents(t, d)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			if a.method == "" {
				a.method = "POST"
			}
			answer, err := a.as.Try(a.method, a.path, a.body, a.headers...)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, answer, a.status, a.code, a.sent...)
			if !strings.Contains(string(answer.Raw), a.detail) {
				t.Errorf("%q is not said: %s", a.detail, answer.Raw)
			}
			before = unchanged(t, d, before)
		})
	}
}

// draft is a piece with one variant and nothing else, and a cart.
func (s *shop) draft() (variant string, cart basket) {
	s.t.Helper()
	product := s.asha.Post("/v1/products", obj{"title": obj{"en": "Draft"}, "area": "lucknow", "craft": "chikan",
		"garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}).Str("id")
	variant = s.asha.Post("/v1/products/"+product+"/variants", obj{"sku": "DRAFT", "size": "M"}).Str("id")
	return variant, s.baskets(1)[0]
}

func TestBadCards(t *testing.T) {
	s := open(t, nil)
	variant, _ := s.draft()
	wage := obj{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110, "shares": true}
	card := func(list any, heads ...any) obj {
		return obj{"list_price": list, "heads": append([]any{wage}, heads...)}
	}
	head := func(change obj) obj {
		h := obj{"kind": "cost", "head": "material", "amount": inr(1)}
		for k, v := range change {
			h[k] = v
		}
		return h
	}
	var attacks []attack
	add := func(name string, status int, code, detail string, body any) {
		attacks = append(attacks, attack{name: name, as: s.asha, path: "/v1/variants/" + variant + "/price-cards", body: body, status: status, code: code, detail: detail})
	}
	add("heads above the price", 422, "catalog.card_sum", "₹0.01 more than the list price of ₹2,000.00", card(inr(200000), head(obj{"amount": inr(78501)})))
	add("heads below the price", 422, "catalog.card_sum", "₹785.00 less than the list price of ₹2,000.00", card(inr(200000)))
	add("makers' balance that nobody shares", 422, "catalog.card", "no stage shares it", obj{"list_price": inr(200000), "heads": []obj{head(nil), {"kind": "makers", "head": "makers"}}})
	add("a head called margin", 422, "catalog.card", "", card(inr(200000), head(obj{"head": "margin", "amount": inr(78500)})))
	add("a head twice", 422, "catalog.card", "", card(inr(200000), head(nil), head(nil)))
	add("price and tag", 422, "catalog.card", "", obj{"list_price": inr(200000), "tag": inr(210000), "heads": []obj{wage}})
	add("neither price nor tag", 422, "catalog.card", "", obj{"heads": []obj{wage}})
	add("negative amount", 422, "api.validation", "body.list_price.amount", card(inr(-1)))
	add("amount above the maximum", 422, "api.validation", "expected number <=", card(inr(10_000_000_000_001)))
	add("another currency", 422, "api.validation", "currency", card(obj{"amount": 200000, "currency": "USD"}))
	add("amount without currency", 422, "api.validation", "currency", card(obj{"amount": 200000}))
	add("an unknown list", 422, "catalog.card", "", obj{"price_list": marker, "list_price": inr(121500), "heads": []obj{wage}})
	add("basis points above the whole", 422, "api.validation", "expected number <= 10000", card(inr(200000), obj{"kind": "trust", "head": "fund", "basis_points": 10001}))
	add("no heads", 422, "api.validation", "", obj{"list_price": inr(200000), "heads": []obj{}})
	add("null heads", 422, "api.validation", "", obj{"list_price": inr(200000), "heads": nil})
	add("a wage under the floor", 422, "catalog.wage_floor", "", obj{"list_price": inr(1000), "heads": []obj{{"kind": "wage", "head": "embroidery", "amount": inr(1000), "minutes": 4000}}})
	add("a wage under the floor with a reason, by a coordinator", 403, "auth.forbidden", "", obj{"list_price": inr(1000), "override_reason": marker,
		"heads": []obj{{"kind": "wage", "head": "embroidery", "amount": inr(1000), "minutes": 4000}}})
	add("a date that is none", 422, "api.validation", "body.from", obj{"list_price": inr(121500), "from": marker, "heads": []obj{wage}})
	s.refuse(t, attacks)
}

// TestBadNumbers sends every wrong form of a number where a quantity belongs, on
// PostgreSQL too: what one database takes and the other not must stop earlier.
func TestBadNumbers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		_, v := s.kurta("NUM-1", 5, map[string]string{"embroidery": s.artisan("Number Maker")}, false)
		cart := s.baskets(1)[0]
		forms := map[string]string{"minus one": "-1", "above 100": "101", "2^31": "2147483648", "2^63-1": "9223372036854775807", "2^63": "9223372036854775808",
			"2^64+1": "18446744073709551617", "1e3": "1e3", "1e1": "1e1", "1e400": "1e400", "1.5": "1.5", "1.0": "1.0", "-0.0": "-0.0", "text 1e3": `"1e3"`,
			"text 5": `"5"`, "Devanagari": `"१२३"`, "bare Devanagari": "१२३", "true": "true", "null": "null", "list": "[1]", "object": `{"n":1}`, "hex": "0x10", "leading zero": "01", "plus": "+1", "NaN": "NaN"}
		malformed := map[string]bool{"1e400": true, "bare Devanagari": true, "hex": true, "leading zero": true, "plus": true, "NaN": true}
		var attacks []attack
		for name, form := range forms {
			a := attack{name: name, as: cart.buyer, path: "/v1/carts/" + cart.id + "/lines",
				body: fmt.Sprintf(`{"variant_id":%q,"quantity":%s}`, v, form), status: 422, code: "api.validation"}
			if malformed[name] {
				a.status, a.code = 400, "api.body"
			}
			if len(form) > 6 || name == "1e400" || name == "1e3" || name == "1e1" {
				a.sent = []string{strings.Trim(form, `"`)}
			}
			attacks = append(attacks, a)
		}
		s.refuse(t, attacks)
		if a := cart.buyer.Do(200, "POST", "/v1/carts/"+cart.id+"/lines", obj{"variant_id": v, "quantity": 0}); len(a.List("lines")) != 0 {
			t.Fatalf("taking out what is not in: %s", a.Raw)
		}
	})
}

// TestBadTexts sends bodies, addresses and headers that are no plain text or no
// plain JSON, on both databases: PostgreSQL stores no zero byte.
func TestBadTexts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		variant, cart := s.draft()
		line, artisans := "/v1/carts/"+cart.id+"/lines", "/v1/artisans"
		type sent struct{ name, path, body, code string }
		var attacks []attack
		for _, a := range []sent{
			{"no body", line, "", "400 api.body"},
			{"no JSON", line, `{` + marker, "400 api.body"},
			{"half of it", line, `{"variant_id":"` + marker, "400 api.body"},
			{"two values", line, `{"variant_id":"` + marker + `","quantity":1}{"a":1}`, "400 api.body"},
			{"a name twice", line, `{"variant_id":"` + marker + `","quantity":1,"quantity":2}`, "400 api.body"},
			{"a name twice, once escaped", line, `{"variant_id":"` + marker + `","quantity":1,"quant\u0069ty":2}`, "400 api.body"},
			{"a name twice, below", artisans, `{"name":{"en":"` + marker + `","en":"b"},"area":"lucknow","crafts":["chikan"]}`, "400 api.body"},
			{"nested without end", line, strings.Repeat("[", 200_000), "400 api.body"},
			{"nested deeply", line, strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000), "422 api.validation"},
			{"null", line, "null", "422 api.validation"},
			{"a list", line, "[]", "422 api.validation"},
			{"a text", line, `"` + marker + `"`, "422 api.validation"},
			{"an unknown field", line, `{"variant_id":"` + marker + `","quantity":1,"price":"` + marker + `"}`, "422 api.validation"},
			{"a field in other case", line, `{"variant_id":"` + marker + `","Quantity":1}`, "422 api.validation"},
			{"a missing field", line, `{"variant_id":"` + marker + `"}`, "422 api.validation"},
			{"a number for a text", line, `{"variant_id":987654321987,"quantity":1}`, "422 api.validation"},
			{"a text too long", line, `{"variant_id":"` + strings.Repeat(marker, 10) + `","quantity":1}`, "422 api.validation"},
			{"a zero byte, escaped", line, `{"variant_id":"` + marker + `\u0000","quantity":1}`, "400 api.body"},
			{"a zero byte", line, "{\"variant_id\":\"" + marker + "\x00\",\"quantity\":1}", "400 api.body"},
			{"no UTF-8", line, "{\"variant_id\":\"" + marker + "\xff\",\"quantity\":1}", "400 api.body"},
			{"no UTF-8 in a name to show", artisans, "{\"name\":{\"en\":\"" + marker + "\xc3\x28\"},\"area\":\"lucknow\",\"crafts\":[\"chikan\"]}", "400 api.body"},
			{"an unknown word of a list", artisans, `{"name":{"en":"` + marker + `"},"area":"` + marker + `","crafts":["chikan"]}`, "422 artisans.area"},
			{"null for a list", artisans, `{"name":{"en":"a"},"area":"lucknow","crafts":null}`, "422 api.validation"},
			{"null in a list", artisans, `{"name":{"en":"a"},"area":"lucknow","crafts":[null]}`, "422 api.validation"},
			{"too long a list", artisans, `{"name":{"en":"a"},"area":"lucknow","crafts":["chikan","chikan","chikan","chikan","chikan"]}`, "422 api.validation"},
			{"an HSN that is none", "/v1/products", `{"title":{"en":"a"},"area":"lucknow","craft":"chikan","garment":"kurta","fabric":"cotton","colour":"white","hsn":"` + marker + `"}`, "422 gst.hsn"},
			{"markup where a word belongs", "/v1/products", `{"title":{"en":"a"},"area":"lucknow","craft":"chikan","garment":"<b>` + marker + `</b>","fabric":"cotton","colour":"white","hsn":"6206"}`, "422 catalog.product"},
			{"an SKU with a quote", "/v1/products/" + marker + "/variants", `{"sku":"a' OR '1'='1` + marker + `","size":"M"}`, "422 catalog.product"},
			{"a lot of none", "/v1/variants/" + variant + "/lots", `{"owner_id":"` + marker + `","pieces":0,"makers":[{"stage":"embroidery","artisan_id":"` + marker + `","weight":1}]}`, "422 api.validation"},
			{"a lot of too many", "/v1/variants/" + variant + "/lots", `{"owner_id":"` + marker + `","pieces":100001,"makers":[{"stage":"embroidery","artisan_id":"` + marker + `","weight":1}]}`, "422 api.validation"},
			{"a lot by nobody", "/v1/variants/" + variant + "/lots", `{"owner_id":"` + marker + `","pieces":1,"makers":[{"stage":"embroidery","artisan_id":"` + marker + `","weight":1}]}`, "404 artisans.not_found"},
		} {
			as := s.asha
			if a.path == line {
				as = cart.buyer
			}
			x := attack{name: a.name, as: as, path: a.path, body: a.body, sent: []string{"987654321987"}}
			if _, err := fmt.Sscan(a.code, &x.status, &x.code); err != nil {
				t.Fatal(err)
			}
			attacks = append(attacks, x)
		}
		attacks = append(attacks, addresses(s)...)
		s.refuse(t, attacks)
	})
}

// addresses are wrong paths, queries, methods and headers.
func addresses(s *shop) []attack {
	get := func(name, path string, status int, code string) attack {
		return attack{name: name, as: s.admin, method: "GET", path: path, status: status, code: code}
	}
	artisan := obj{"name": obj{"en": "a"}, "area": "lucknow", "crafts": []string{"chikan"}}
	with := func(name string, status int, code string, headers ...string) attack {
		return attack{name: name, as: s.asha, path: "/v1/artisans", body: artisan, status: status, code: code, headers: headers}
	}
	delete := get("a method too many", "/v1/artisans", 405, "web.method")
	delete.method = "DELETE"
	trace := get("TRACE", "/v1/artisans", 405, "web.method")
	trace.method = "TRACE"
	return []attack{delete, trace,
		get("an unknown route", "/v1/"+marker, 404, "web.not_found"),
		get("a slash too many", "/v1/artisans/", 404, "web.not_found"),
		get("the interface itself", "/v1", 404, "web.not_found"),
		get("an unknown query parameter", "/v1/search?"+marker+"s=1", 422, "api.validation").echoing(),
		get("a limit that is no number", "/v1/orders?limit="+marker, 422, "api.validation"),
		get("a limit of none", "/v1/orders?limit=0", 422, "api.validation"),
		get("a limit too high", "/v1/orders?limit=101", 422, "api.validation"),
		get("a limit beyond 64 bits", "/v1/orders?limit=99999999999999999999", 422, "api.validation"),
		get("an unknown order", "/v1/search?sort="+marker, 422, "api.validation"),
		get("a search too long", "/v1/search?q="+strings.Repeat(marker, 30), 422, "api.validation"),
		get("a cursor that is none", "/v1/orders?cursor="+marker+"!", 422, "api.cursor"),
		get("a cursor of other bytes", "/v1/orders?cursor=__79AA", 422, "api.cursor"),
		get("a cursor of another list", "/v1/ledger/entries?cursor=b3JkXzE", 422, "api.cursor"),
		get("a search's cursor that is none", "/v1/search?cursor="+marker, 422, "search.cursor"),
		get("a piece that is not", "/v1/products/"+marker, 404, "catalog.not_found"),
		get("an id with a quote", "/v1/products/'%20OR%201=1--", 404, "catalog.not_found"),
		get("an id that climbs", "/v1/products/..%2f..%2fetc", 404, "catalog.not_found"),
		get("an id too long", "/v1/orders/"+strings.Repeat("a", 61), 422, "api.validation"),
		get("an order that is not", "/v1/orders/ord_"+marker, 404, "orders.not_found"),
		get("a run that is not", "/v1/payout-runs/run_"+marker, 403, "auth.forbidden").by(s.asha),
		get("a zero byte in an id", "/v1/products/%00"+marker, 400, "web.malformed"),
		get("a zero byte in a query", "/v1/ledger/entries?account=%00"+marker, 400, "web.malformed"),
		get("no UTF-8 in an id", "/v1/artisans/%ff"+marker, 400, "web.malformed"),
		get("no UTF-8 in a query", "/v1/search?q=%c3%28"+marker, 400, "web.malformed"),
		get("a period that is none", "/v1/artisans/"+s.artisan("Period")+"/statement?from="+marker, 422, "payouts.period"),
		get("a period too long", "/v1/artisans/"+marker+"/statement?from="+marker+marker, 422, "api.validation"),
		with("a key too long", 422, "api.validation", "Idempotency-Key", strings.Repeat("k", 256)),
		with("a key that is no plain text", 422, "api.validation", "Idempotency-Key", "\xff\xfe"),
		with("a type that is no JSON", 415, "api.media_type", "Content-Type", "text/"+marker),
		with("a form", 415, "api.media_type", "Content-Type", "application/x-www-form-urlencoded"),
		with("a token of no kind", 401, "auth.unauthenticated", "Authorization", "Bearer "+marker),
		with("a token of a session that is not", 401, "auth.unauthenticated", "Authorization", "Bearer sbs_"+marker),
		with("another scheme", 401, "auth.unauthenticated", "Authorization", "Basic "+marker),
	}
}

// by lets somebody else make the attack.
func (a attack) by(as testkit.REST) attack { a.as = as; return a }

// echoing is for a refusal that names an unknown parameter.
func (a attack) echoing() attack {
	a.path = strings.ReplaceAll(a.path, marker+"s", "unknown")
	a.detail = "query.unknown"
	return a
}
