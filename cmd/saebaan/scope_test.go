package main_test

import (
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// user makes a user beside the running program and signs her in.
func (s *shop) user(login string, roles ...string) testkit.REST {
	s.t.Helper()
	command := []string{"users", "create", "--login", login, "--name", login}
	for _, r := range roles {
		command = append(command, "--role", r)
	}
	must(s.t, s.Data, append([]string{"SAEBAAN_PASSWORD=" + password}, s.Env...), command...)
	return s.guest.SignIn(login, password)
}

// What a buyer might post to pay less, or another, is refused, and the order is
// at the shop's own figures.
func TestPostedPricesAreRefused(t *testing.T) {
	s := open(t, nil)
	maker := s.artisan("Price Maker")
	_, v := s.kurta("PRICE-1", 5, map[string]string{"embroidery": maker}, false)
	cart := s.baskets(1, v)[0]
	var attacks []attack
	for _, field := range []string{"price", "tag", "amount", "list_price", "artisan_id", "currency", "card_id", "lot_id", "discount", "buyer_id", "role", "approved_by", "balance", "state", "total"} {
		line := obj{"variant_id": v, "quantity": 1, field: marker}
		attacks = append(attacks, attack{name: field + " on a cart line", as: cart.buyer, path: "/v1/carts/" + cart.id + "/lines", body: line,
			status: 422, code: "api.validation", detail: `"body.` + field + `","message":"unexpected property"`})
		order := placeBody(cart.id, "09")
		order[field] = inr(1)
		attacks = append(attacks, attack{name: field + " on an order", as: cart.buyer, path: "/v1/orders", body: order,
			status: 422, code: "api.validation", detail: `"body.` + field + `","message":"unexpected property"`})
		run := obj{"content_hash": strings.Repeat("0", 64), "password": marker, field: marker}
		attacks = append(attacks, attack{name: field + " on an approval", as: s.approver, path: "/v1/payout-runs/run_1/approve", body: run,
			status: 422, code: "api.validation", detail: `"body.` + field + `","message":"unexpected property"`})
	}
	free := placeBody(cart.id, "09")
	free["method"] = "none"
	abroad := placeBody(cart.id, "00")
	nobody := placeBody(cart.id, "09")
	nobody["buyer"] = obj{"name": marker, "phone": "12345678901", "email": marker}
	attacks = append(attacks,
		attack{name: "a method that is not open", as: cart.buyer, path: "/v1/orders", body: free, status: 422, code: "orders.method"},
		attack{name: "a State that is none", as: cart.buyer, path: "/v1/orders", body: abroad, status: 422, code: "orders.address", detail: "address.state"},
		attack{name: "a phone that is none", as: cart.buyer, path: "/v1/orders", body: nobody, status: 422, code: "orders.address", detail: "buyer.email", sent: []string{"12345678901"}})
	s.refuse(t, attacks)
	order, err := cart.place("price")
	if err != nil || order.Status != 201 || order.Paise("total") != 252000 || order.Paise("lines", 0, "tag") != 252000 {
		t.Fatalf("%v %s", err, order.Raw)
	}
}

// A guest's cart and order are hers: to every other they are not there.
func TestGuestsDoNotMeet(t *testing.T) {
	s := open(t, nil)
	maker := s.artisan("Guest Maker")
	_, v := s.kurta("GUEST-1", 5, map[string]string{"embroidery": maker}, false)
	all := s.baskets(3, v)
	mine, other, ordered := all[0], all[1], all[2]
	placed, err := ordered.place("mine")
	if err != nil || placed.Status != 201 {
		t.Fatalf("%v %s", err, placed.Raw)
	}
	order, cart := "/v1/orders/"+placed.Str("id"), "/v1/carts/"+mine.id
	var attacks []attack
	for name, as := range map[string]testkit.REST{"another guest": other.buyer, "nobody": s.guest, "a coordinator": s.asha, "a guest without a cart": s.guest.As("sbc_" + strings.Repeat("a", 43))} {
		add := func(what, method, path string, body any, code string) {
			attacks = append(attacks, attack{name: name + " " + what, as: as, method: method, path: path, body: body, status: 404, code: code})
		}
		add("reads a cart", "GET", cart, nil, "orders.no_cart")
		add("fills a cart", "POST", cart+"/lines", obj{"variant_id": v, "quantity": 2}, "orders.no_cart")
		add("orders a cart", "POST", "/v1/orders", placeBody(mine.id, "09"), "orders.no_cart")
		add("reads an order", "GET", order, nil, "orders.not_found")
		add("pays an order", "POST", order+"/pay", nil, "orders.not_found")
	}
	s.refuse(t, attacks)
	same(t, other.buyer, "GET", order, "/v1/orders/ord_00000000000000000000000000", nil)
	same(t, other.buyer, "GET", cart, "/v1/carts/crt_00000000000000000000000000", nil)
	if got := ordered.buyer.Get(order); got.Str("id") != placed.Str("id") {
		t.Fatalf("her own order: %s", got.Raw)
	}
	if got := s.admin.Get(order); got.Str("id") != placed.Str("id") {
		t.Fatalf("an administrator: %s", got.Raw)
	}
}

// same checks that a thing of somebody else and a thing that does not exist are
// told alike.
func same(t *testing.T, as testkit.REST, method, theirs, missing string, body any) {
	t.Helper()
	a, b := as.Do(404, method, theirs, body), as.Do(404, method, missing, body)
	text := func(x testkit.Answer) string { return strings.ReplaceAll(string(x.Raw), x.Str("request_id"), "") }
	if text(a) != text(b) || len(a.Header) != len(b.Header) {
		t.Errorf("%s %s: another's is told apart from a missing one:\n%s\n%s", method, theirs, a.Raw, b.Raw)
	}
}

// A coordinator of another area finds neither artisan nor draft nor lot, by any
// route, and nothing tells her that they are there.
func TestCoordinatorsKeepToTheirAreas(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		bina := s.user("bina", "coordinator:barabanki")
		maker := s.artisan("Lucknow Maker")
		shown, v := s.kurta("AREA-1", 5, map[string]string{"embroidery": maker}, false)
		order := s.buy(t, map[string]int64{v: 1}, "09")
		lot := s.admin.Get("/v1/orders/"+order).Str("allocations", 0, "lot_id")
		draft := s.asha.Post("/v1/products", obj{"title": obj{"en": "Hidden"}, "area": "lucknow", "craft": "chikan",
			"garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}).Str("id")
		variant := s.asha.Post("/v1/products/"+draft+"/variants", obj{"sku": "HIDDEN", "size": "M"}).Str("id")
		card := obj{"list_price": inr(121500), "heads": []obj{{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110}}}
		part := obj{"owner_id": maker, "pieces": 1, "makers": []obj{{"stage": "embroidery", "artisan_id": maker, "weight": 1}}}
		artisan, product := "/v1/artisans/"+maker, "/v1/products/"+draft
		nowhere := func(path, id, prefix string) string {
			return strings.Replace(path, id, prefix+"_"+strings.Repeat("0", 26), 1)
		}
		type try struct {
			method, path, id, prefix string
			body                     any
			code                     string
		}
		tries := []try{
			{"GET", artisan, maker, "art", nil, "artisans.not_found"},
			{"GET", artisan + "/statement", maker, "art", nil, "artisans.not_found"},
			{"POST", artisan + "/payees", maker, "art", obj{"kind": "upi", "holder": marker, "upi": marker + "@upi"}, "artisans.not_found"},
			{"POST", artisan + "/phones", maker, "art", obj{"phone": "9876543210"}, "artisans.not_found"},
			{"POST", artisan + "/consents", maker, "art", obj{"purpose": "name", "granted": true, "notice": "1", "language": "en"}, "artisans.not_found"},
			{"GET", product, draft, "prd", nil, "catalog.not_found"},
			{"POST", product + "/submit", draft, "prd", nil, "catalog.not_found"},
			{"POST", product + "/variants", draft, "prd", obj{"sku": "B-1", "size": "M"}, "catalog.not_found"},
			{"POST", "/v1/products/" + shown + "/submit", shown, "prd", nil, "catalog.not_found"},
			{"POST", "/v1/variants/" + variant + "/price-cards", variant, "var", card, "catalog.not_found"},
			{"POST", "/v1/variants/" + variant + "/lots", variant, "var", part, "catalog.not_found"},
			{"POST", "/v1/variants/" + v + "/lots", v, "var", part, "catalog.not_found"},
			{"GET", "/v1/lots/" + lot, lot, "lot", nil, "catalog.not_found"},
		}
		var attacks []attack
		for _, a := range tries {
			attacks = append(attacks, attack{name: a.method + " " + nowhere(a.path, a.id, a.prefix), as: bina, method: a.method, path: a.path, body: a.body, status: 404, code: a.code})
			same(t, bina, a.method, a.path, nowhere(a.path, a.id, a.prefix), a.body)
		}
		attacks = append(attacks, attack{name: "a piece in another's area", as: bina, path: "/v1/products", status: 403, code: "auth.forbidden",
			body: obj{"title": obj{"en": "B"}, "area": "lucknow", "craft": "chikan", "garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}},
			attack{name: "an artisan in another's area", as: bina, path: "/v1/artisans", status: 403, code: "auth.forbidden",
				body: obj{"name": obj{"en": marker}, "area": "lucknow", "crafts": []string{"chikan"}}})
		s.refuse(t, attacks)
		for _, list := range []string{"/v1/artisans", "/v1/products?state=draft", "/v1/products?state=published"} {
			if n := len(bina.Get(list).List("data")); n != 0 {
				t.Errorf("%s shows %d of another area", list, n)
			}
			if n := len(s.asha.Get(list).List("data")); n != 1 {
				t.Errorf("%s shows %d of her own area", list, n)
			}
		}
		bina.Get("/v1/products/" + shown) // what is in the shop is open to all
	})
}
