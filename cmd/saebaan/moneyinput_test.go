package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// stage is a shop with an order in each state, of two shoppers.
type stage struct {
	*shop
	medium, large                               string
	unpaid, paid, sent, cancelled, asked, other bought
	intent                                      string // of paid
	returnID, document, refund, receipt         string
	open                                        basket // a cart that is not ordered
}

func (s *shop) stage(t *testing.T) stage {
	t.Helper()
	g := stage{shop: s}
	g.medium, g.large = s.sizes("STAGE", 60, s.artisan("Stage Maker"))
	s.admin.Post("/v1/registrations", trustAtHome)
	g.unpaid = s.orderBy("cash", "", g.medium, 2)
	g.unpaid.buyer.Post(g.unpaid.path+"/pay", nil)
	g.paid, g.intent = s.paidByCard("", g.medium, 3)
	g.other, _ = s.paidByCard("", g.medium, 2)
	g.sent, _ = s.paidByCard("", g.medium, 2)
	g.sent = s.sent(g.sent)
	g.asked, _ = s.paidByCard("", g.medium, 2)
	g.asked = s.sent(g.asked)
	g.returnID = g.asked.buyer.Post(g.asked.path+"/returns", obj{"line_id": g.asked.Str("lines", 0, "id"), "pieces": 1, "reason": "size"}).Str("id")
	g.document = s.documents(g.asked)["tax_invoice"]
	g.cancelled = s.orderBy("cash", "", g.medium, 1)
	s.preparer.Post(g.cancelled.path+"/money", obj{"method": "cash", "amount": inr(g.cancelled.Paise("total")), "reference": "V-STAGE"})
	g.cancelled.buyer.Post(g.cancelled.path+"/cancel", nil)
	g.refund = s.refundOf(g.cancelled, "due")
	upload(s.preparer, "/v1/bank-statements", "date,narration,credit\n2026-11-01,NOBODY KNOWS,1.00\n")
	g.receipt = s.preparer.Get("/v1/receipts").Str("data", 0, "id")
	g.open = s.baskets(1, g.medium)[0]
	s.quiet(s.books())
	return g
}

func line(o bought) string { return o.Str("lines", 0, "id") }

// Wrong numbers in whatever takes money or a quantity change nothing.
func TestBadNumbersOfMoneyIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		coupon := `{"code":"BAD","kind":"fixed","amount":{"amount":100,"currency":"INR"},"from":"2020-01-01","to":"2099-12-31",%s}`
		product := g.asha.Post("/v1/products", roleTable["POST /v1/products"].body).Str("id")
		type field struct {
			name, path, body string
			as               testkit.REST
			zero             string // the code for zero; "" where zero is a good value
			most             bool   // 2^31 is a good value
		}
		var attacks []attack
		for _, f := range []field{
			{"pieces to cancel", g.paid.path + "/cancel", `{"line_id":"` + line(g.paid) + `","pieces":%s}`, g.paid.buyer, "api.validation", false},
			{"pieces to return", g.sent.path + "/returns", `{"line_id":"` + line(g.sent) + `","pieces":%s,"reason":"size"}`, g.sent.buyer, "api.validation", false},
			{"money received", g.unpaid.path + "/money", `{"method":"cash","amount":{"amount":%s,"currency":"INR"},"reference":"V-BAD"}`, g.preparer, "orders.receipt", true},
			{"a coupon's amount", "/v1/coupons", `{"code":"BAD","kind":"fixed","amount":{"amount":%s,"currency":"INR"},"from":"2020-01-01","to":"2099-12-31"}`, g.admin, "orders.coupon", true},
			{"a coupon's rate", "/v1/coupons", `{"code":"BAD","kind":"percent","basis_points":%s,"from":"2020-01-01","to":"2099-12-31"}`, g.admin, "api.validation", false},
			{"a coupon's least", "/v1/coupons", fmt.Sprintf(coupon, `"least":{"amount":%s,"currency":"INR"}`), g.admin, "", true},
			{"a coupon's most", "/v1/coupons", fmt.Sprintf(coupon, `"most":{"amount":%s,"currency":"INR"}`), g.admin, "", true},
			{"a coupon's uses", "/v1/coupons", fmt.Sprintf(coupon, `"uses_limit":%s`), g.admin, "", false},
			{"a coupon's uses of one phone", "/v1/coupons", fmt.Sprintf(coupon, `"per_phone":%s`), g.admin, "", false},
			{"a subsidy", "/v1/subsidies", `{"name":"bad","amount":{"amount":%s,"currency":"INR"},"reason":"r"}`, g.approver, "orders.coupon", true},
			{"pieces written off", "/v1/write-offs", `{"lot_id":"lot_1","place":"store","pieces":%s,"reason":"r"}`, g.admin, "api.validation", false},
			{"a weight", "/v1/products/" + product + "/variants", `{"sku":"BAD","size":"M","weight_grams":%s}`, g.asha, "api.validation", false},
			{"pieces in a set", "/v1/products/" + product + "/variants", `{"sku":"BAD","size":"M","parts":[{"variant_id":"` + g.medium + `","pieces":%s}]}`, g.asha, "api.validation", false},
			{"a dispute", "/v1/test/payments/" + g.intent + "/dispute", `{"state":"open","amount":{"amount":%s,"currency":"INR"}}`, g.guest, "payment.input", true},
		} {
			forms := map[string]string{"minus one": "-1", "2^63-1": "9223372036854775807", "text 1e3": `"1e3"`, "1e3": "1e3", "Devanagari": `"१२३"`, "1.5": "1.5"}
			if !f.most {
				forms["2^31"] = "2147483648"
			} else {
				forms["above the most"] = "10000000000001"
			}
			for name, form := range forms {
				attacks = append(attacks, attack{name: f.name + " " + name, as: f.as, path: f.path, body: fmt.Sprintf(f.body, form), status: 422, code: "api.validation"})
			}
			if f.zero != "" {
				attacks = append(attacks, attack{name: f.name + " zero", as: f.as, path: f.path, body: fmt.Sprintf(f.body, "0"), status: 422, code: f.zero})
			}
			if f.most {
				attacks = append(attacks, attack{name: f.name + " in dollars", as: f.as, path: f.path, status: 422, code: "api.validation", detail: "currency",
					body: strings.Replace(fmt.Sprintf(f.body, "100"), `"INR"}`, `"USD"}`, -1)})
			}
		}
		attacks = append(attacks,
			attack{name: "pieces without a line", as: g.paid.buyer, path: g.paid.path + "/cancel", body: obj{"pieces": 1}, status: 422, code: "orders.quantity"},
			attack{name: "more pieces than are there", as: g.paid.buyer, path: g.paid.path + "/cancel", body: obj{"line_id": line(g.paid), "pieces": 4}, status: 409, code: "orders.state"},
			attack{name: "more pieces back than were sent", as: g.sent.buyer, path: g.sent.path + "/returns", body: obj{"line_id": line(g.sent), "pieces": 3, "reason": "size"}, status: 409, code: "orders.state"},
			attack{name: "a dispute above the payment", as: g.guest, path: "/v1/test/payments/" + g.intent + "/dispute", body: obj{"state": "open", "amount": inr(1 << 31)}, status: 422, code: "payment.input"},
			attack{name: "a set of a set's part twice", as: g.asha, path: "/v1/products/" + product + "/variants", status: 422, code: "catalog.product",
				body: obj{"sku": "BAD", "size": "M", "parts": []obj{{"variant_id": g.medium, "pieces": 1}, {"variant_id": g.medium, "pieces": 1}}}},
			attack{name: "a set of nothing known", as: g.asha, path: "/v1/products/" + product + "/variants", status: 422, code: "catalog.product",
				body: obj{"sku": "BAD", "size": "M", "parts": []obj{{"variant_id": "var_" + marker, "pieces": 1}}}})
		g.refuse(t, attacks)
		g.verify()
	})
}

// Whatever decides a figure is the shop's: posted ones are refused.
func TestPostedFiguresOfMoneyInAreRefused(t *testing.T) {
	g := open(t, nil).stage(t)
	var attacks []attack
	for _, op := range []struct {
		as   testkit.REST
		path string
		body obj
	}{
		{g.open.buyer, "/v1/carts/" + g.open.id + "/quote", obj{"state": "09"}},
		{g.open.buyer, "/v1/orders", placeBody(g.open.id, "09")},
		{g.unpaid.buyer, g.unpaid.path + "/pay", obj{"method": "cash"}},
		{g.paid.buyer, g.paid.path + "/cancel", obj{"line_id": line(g.paid), "pieces": 1}},
		{g.admin, g.paid.path + "/dispatch", obj{"carrier": "by_hand"}},
		{g.sent.buyer, g.sent.path + "/returns", obj{"line_id": line(g.sent), "pieces": 1, "reason": "size"}},
		{g.admin, "/v1/returns/" + g.returnID + "/receive", obj{"outcome": "restock"}},
		{g.asked.buyer, "/v1/returns/" + g.returnID + "/end", obj{"note": "n"}},
		{g.preparer, "/v1/refunds/" + g.refund + "/record", obj{"method": "bank", "reference": "UTR-0001"}},
		{g.preparer, "/v1/receipts/" + g.receipt + "/place", obj{"decision": "settlement"}},
		{g.preparer, g.unpaid.path + "/money", obj{"method": "cash", "amount": inr(100), "reference": "V-POST"}},
		{g.admin, "/v1/coupons", obj{"code": "POST", "kind": "fixed", "amount": inr(100), "from": "2020-01-01", "to": "2099-12-31"}},
	} {
		for _, field := range []string{"price", "tag", "tax", "discount", "refund", "artisan_id", "state_code", "total", "used", "approved_by", "list_price"} {
			body := obj{field: inr(1)}
			for k, v := range op.body {
				body[k] = v
			}
			attacks = append(attacks, attack{name: field + " to " + op.path,
				as: op.as, path: op.path, body: body, status: 422, code: "api.validation", detail: `"body.` + field + `","message":"unexpected property"`})
		}
	}
	g.refuse(t, attacks)
}

// A step before or after its time is a conflict that says why.
func TestStepsOutOfOrderByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		step := func(name string, as testkit.REST, path string, body any, code string) attack {
			return attack{name: name, as: as, path: path, body: body, status: http.StatusConflict, code: code}
		}
		back := obj{"line_id": line(g.unpaid), "pieces": 1, "reason": "size"}
		early := []attack{
			step("send what is not paid", g.admin, g.unpaid.path+"/dispatch", obj{}, "orders.state"),
			step("deliver what is not sent", g.admin, g.unpaid.path+"/deliver", nil, "orders.state"),
			step("return what is not sent", g.unpaid.buyer, g.unpaid.path+"/returns", back, "orders.state"),
			step("cancel a part of what is not paid", g.unpaid.buyer, g.unpaid.path+"/cancel", obj{"line_id": line(g.unpaid)}, "orders.state"),
			step("pay twice", g.paid.buyer, g.paid.path+"/pay", nil, "orders.already_paid"),
			step("claim what is paid", g.paid.buyer, g.paid.path+"/claim", nil, "orders.already_paid"),
			step("money for what is paid", g.preparer, g.paid.path+"/money", obj{"method": "cash", "amount": inr(1), "reference": "V-OUT1"}, "orders.already_paid"),
			step("deliver what is only paid", g.admin, g.paid.path+"/deliver", nil, "orders.state"),
			step("send twice", g.admin, g.sent.path+"/dispatch", nil, "orders.state"),
			step("deliver twice", g.admin, g.sent.path+"/deliver", nil, "orders.state"),
			step("cancel what is sent", g.sent.buyer, g.sent.path+"/cancel", nil, "orders.state"),
			step("cancel a piece that is sent", g.sent.buyer, g.sent.path+"/cancel", obj{"line_id": line(g.sent), "pieces": 1}, "orders.state"),
			step("pay what is cancelled", g.cancelled.buyer, g.cancelled.path+"/pay", nil, "orders.already_paid"),
			step("cancel twice", g.cancelled.buyer, g.cancelled.path+"/cancel", nil, "orders.state"),
			step("send what is cancelled", g.admin, g.cancelled.path+"/dispatch", nil, "orders.state"),
			step("order a cart twice", g.paid.buyer, "/v1/orders", placeBody("crt_none", "09"), "orders.no_cart").told(http.StatusNotFound),
			step("exchange for itself", g.sent.buyer, g.sent.path+"/returns", obj{"line_id": line(g.sent), "pieces": 1, "reason": "size", "exchange_variant_id": g.medium}, "orders.exchange"),
			step("a defect that is nobody's", g.admin, "/v1/returns/"+g.returnID+"/receive", obj{"outcome": "to_maker"}, "orders.return").told(http.StatusUnprocessableEntity),
			step("a method that is no person's", g.preparer, "/v1/refunds/"+g.refund+"/record", obj{"method": "card", "reference": "UTR-0001"}, "api.validation").told(http.StatusUnprocessableEntity),
		}
		g.refuse(t, early)
		g.admin.Post("/v1/returns/"+g.returnID+"/receive", obj{"outcome": "restock"})
		g.refundOf(g.asked, "paid")
		g.preparer.Post("/v1/refunds/"+g.refund+"/record", obj{"method": "cash", "reference": "V-BACK"})
		g.preparer.Post("/v1/receipts/"+g.receipt+"/place", obj{"decision": "sent_back", "reference": "UTR-0009"})
		dispute := "/v1/test/payments/" + g.intent + "/dispute"
		g.guest.Post(dispute, obj{"state": "open", "amount": inr(1000)})
		late := []attack{
			step("receive twice", g.admin, "/v1/returns/"+g.returnID+"/receive", obj{"outcome": "restock"}, "orders.state"),
			step("withdraw what was received", g.asked.buyer, "/v1/returns/"+g.returnID+"/end", nil, "orders.state"),
			step("refuse what was received", g.admin, "/v1/returns/"+g.returnID+"/end", obj{"note": "n"}, "orders.state"),
			step("pay a refund twice", g.preparer, "/v1/refunds/"+g.refund+"/record", obj{"method": "cash", "reference": "V-MORE"}, "orders.refund"),
			step("pay the gateway's refund", g.preparer, "/v1/refunds/"+g.refundOf(g.asked, "paid")+"/record", obj{"method": "cash", "reference": "V-MORE"}, "orders.refund"),
			step("place money twice", g.preparer, "/v1/receipts/"+g.receipt+"/place", obj{"decision": "settlement"}, "orders.receipt_placed"),
			step("send what is disputed", g.admin, g.paid.path+"/dispatch", nil, "orders.disputed"),
			step("cancel what is disputed", g.paid.buyer, g.paid.path+"/cancel", nil, "orders.disputed"),
			step("a coupon twice", g.admin, "/v1/coupons", couponBody("TWICE"), "orders.coupon_taken"),
		}
		g.admin.Post("/v1/coupons", couponBody("TWICE"))
		g.quiet(g.books())
		g.refuse(t, late)
		g.guest.Post(dispute, obj{"state": "won"})
		g.refuse(t, []attack{step("decide a dispute twice", g.guest, dispute, obj{"state": "lost"}, "payment.final")})
		g.verify()
	})
}

func couponBody(code string) obj {
	return obj{"code": code, "kind": "fixed", "amount": inr(100), "from": "2020-01-01", "to": "2099-12-31"}
}

// told is the same with another status.
func (a attack) told(status int) attack { a.status = status; return a }

// What belongs to another shopper is not there, by any route, and told exactly
// as what does not exist.
func TestShoppersDoNotMeetOverMoney(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		ret := obj{"line_id": line(g.asked), "pieces": 1, "reason": "size"}
		var attacks []attack
		for who, as := range map[string]testkit.REST{"another shopper": g.other.buyer, "nobody": g.guest, "a coordinator": g.asha} {
			for _, a := range []struct {
				method, path, id, prefix string
				body                     any
			}{
				{"GET", g.asked.path, g.asked.id, "ord", nil},
				{"GET", g.asked.path + "/payments", g.asked.id, "ord", nil},
				{"GET", g.asked.path + "/returns", g.asked.id, "ord", nil},
				{"GET", g.asked.path + "/refunds", g.asked.id, "ord", nil},
				{"GET", g.asked.path + "/documents", g.asked.id, "ord", nil},
				{"GET", "/v1/documents/" + g.document, g.document, "doc", nil},
				{"GET", "/v1/documents/" + g.document + "/pdf", g.document, "doc", nil},
				{"GET", "/v1/returns/" + g.returnID, g.returnID, "ret", nil},
				{"POST", "/v1/returns/" + g.returnID + "/end", g.returnID, "ret", obj{}},
				{"POST", g.paid.path + "/cancel", g.paid.id, "ord", nil},
				{"POST", g.paid.path + "/cancel", g.paid.id, "ord", obj{"line_id": line(g.paid), "pieces": 1}},
				{"POST", g.asked.path + "/returns", g.asked.id, "ord", ret},
				{"POST", g.unpaid.path + "/pay", g.unpaid.id, "ord", obj{"method": "cash"}},
				{"POST", g.unpaid.path + "/claim", g.unpaid.id, "ord", nil},
				{"POST", "/v1/carts/" + g.open.id + "/quote", g.open.id, "crt", obj{}},
			} {
				code := "orders.not_found"
				if a.prefix == "crt" {
					code = "orders.no_cart"
				}
				attacks = append(attacks, attack{name: who + " " + a.method + " " + strings.Replace(a.path, a.id, "{id}", 1), as: as, method: a.method, path: a.path, body: a.body, status: 404, code: code})
				same(t, as, a.method, a.path, strings.Replace(a.path, a.id, a.prefix+"_"+strings.Repeat("0", 26), 1), a.body)
			}
		}
		attacks = append(attacks,
			attack{name: "another's line cancelled in her own order", as: g.other.buyer, path: g.other.path + "/cancel", body: obj{"line_id": line(g.paid)}, status: 404, code: "orders.not_found"},
			attack{name: "another's line returned in her own order", as: g.sent.buyer, path: g.sent.path + "/returns", body: ret, status: 404, code: "orders.not_found"},
			attack{name: "her own refund", as: g.cancelled.buyer, path: "/v1/refunds/" + g.refund + "/record", body: obj{"method": "cash", "reference": "V-MINE"}, status: 401, code: "auth.unauthenticated"},
			attack{name: "her own return", as: g.asked.buyer, path: "/v1/returns/" + g.returnID + "/receive", body: obj{"outcome": "restock"}, status: 401, code: "auth.unauthenticated"},
			attack{name: "her own order sent", as: g.paid.buyer, path: g.paid.path + "/dispatch", status: 401, code: "auth.unauthenticated"})
		g.refuse(t, attacks)
		g.asked.buyer.Get("/v1/documents/" + g.document)
		g.asked.buyer.Get("/v1/returns/" + g.returnID)
	})
}

// Files that are no bank statement and no carrier's report are refused whole,
// and a cell that is a formula is never more than text.
func TestBadFilesOfMoneyIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		statement, report := "date,narration,credit\n2026-11-01,"+marker+",1.00\n", "tracking_number,status\n"+marker+",delivered\n"
		d := g.books()
		before := contents(t, d)
		var attacks []attack
		for path, f := range map[string]struct {
			as         testkit.REST
			good, code string
		}{"/v1/bank-statements": {g.preparer, statement, "orders.statement"}, "/v1/deliveries": {g.admin, report, "orders.deliveries"}} {
			bad := func(name, body string, status int, code string, headers ...string) {
				attacks = append(attacks, attack{name: path + " " + name, as: f.as, path: path, body: body, status: status, code: code, headers: append([]string{"Content-Type", "text/csv"}, headers...)})
			}
			bad("with a zero byte", strings.Replace(f.good, marker, marker+"\x00", 1), 422, f.code)
			bad("that is no UTF-8", strings.Replace(f.good, marker, marker+"\xff", 1), 422, f.code)
			bad("in UTF-16", "\xff\xfe"+strings.Join(strings.Split(f.good, ""), "\x00"), 422, f.code)
			bad("of one cell", marker, 422, f.code)
			bad("with formulas for its head", "=1+1,@x,+y\n", 422, f.code)
			bad("that is JSON", `{"`+marker+`":1}`, 422, f.code)
			bad("gzip", f.good, 415, "web.encoding", "Content-Encoding", "gzip")
			large := f.good + strings.Repeat("x", 3<<20)
			told, err := g.raw("POST " + path + " HTTP/1.1\r\nHost: shop\r\nContent-Type: text/csv\r\nAuthorization: Bearer " + f.as.Token + "\r\n" + length(large) + "\r\n\r\n" + large)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, told, 413, "web.too_large")
		}
		g.refuse(t, attacks)
		got := upload(g.preparer, "/v1/bank-statements", "date,narration,credit\n2026-11-01,x,=1+1\n2026-11-01,x,-5\n2026-11-01,x,1e3\n2026-11-01,x,१२३\n"+
			"2026-11-01,x,99999999999999999999\n2026-11-01,x,1.234\n=2026-11-01,x,1.00\n")
		if len(got.List("data")) != 7 { // also the one whose date is a formula
			t.Errorf("lines: %s", got.Raw)
		}
		for i := range got.List("data") {
			if got.Str("data", i, "outcome") != "unreadable" || got.Str("data", i, "detail") == "" {
				t.Errorf("line %d: %v", i, got.At("data", i))
			}
		}
		got = upload(g.admin, "/v1/deliveries", "tracking_number,status\n=1+1,delivered\n,delivered\n-5,delivered\nEM1,=delivered\n")
		for i, want := range []string{"unknown", "unknown", "unknown", "not_delivered"} {
			if got.Str("data", i, "outcome") != want {
				t.Errorf("line %d: %v, want %s", i, got.At("data", i), want)
			}
		}
		unchanged(t, d, before)
	})
}

// What the gateway tells of refunds and disputes is believed only as it was
// signed, in time and of the right mode; then once.
func TestForgedWebhooksOfMoneyBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		g.other.buyer.Post(g.other.path+"/cancel", nil)
		refund := g.refundOf(g.other, "paid")
		settle := "/v1/test/refunds/" + g.other.buyer.Get(g.other.path+"/refunds").Str("data", 0, "provider_refund_id") + "/settle"
		failed := g.guest.Post(settle, obj{"outcome": "failed", "deliver": false})
		opened := g.guest.Post("/v1/test/payments/"+g.intent+"/dispute", obj{"state": "open", "amount": inr(1000), "deliver": false})
		var attacks []attack
		for name, e := range map[string]testkit.Answer{"refund": failed, "dispute": opened} {
			payload, signature, now := e.Str("payload"), e.Str("signature"), time.Now()
			if e.At("delivered") != false {
				t.Fatalf("it was told: %s", e.Raw)
			}
			altered := strings.Replace(payload, `"amount":`, `"amount":1`, 1)
			live := strings.Replace(payload, `"livemode":false`, `"livemode":true`, 1)
			foreign := strings.ReplaceAll(payload, `"inr"`, `"usd"`)
			for _, a := range []struct {
				what, body, signature string
				status                int
				code                  string
			}{
				{"without a signature", payload, "", 400, "payment.bad_signature"},
				{"altered", altered, signature, 400, "payment.bad_signature"},
				{"a byte longer", payload + " ", signature, 400, "payment.bad_signature"},
				{"signed by another", payload, sign(payload, "whsec_"+marker, now), 400, "payment.bad_signature"},
				{"301 seconds old", payload, sign(payload, practiceSecret, now.Add(-301*time.Second)), 400, "payment.old_event"},
				{"of the other mode", live, sign(live, practiceSecret, now), 400, "payment.wrong_mode"},
				{"in another currency", foreign, sign(foreign, practiceSecret, now), 422, "payment.currency"},
			} {
				attacks = append(attacks, attack{name: name + " " + a.what, as: g.guest, path: hook, body: a.body, headers: []string{"Stripe-Signature", a.signature}, status: a.status, code: a.code})
			}
			attacks = append(attacks, attack{name: name + " gzip", as: g.guest, path: hook, body: payload, headers: []string{"Stripe-Signature", signature, "Content-Encoding", "gzip"}, status: 415, code: "web.encoding"})
			large := payload + strings.Repeat(" ", 5<<20)
			told, err := g.raw(request(hook, large, "Stripe-Signature: "+sign(large, practiceSecret, now), length(large)))
			if err != nil {
				t.Fatal(err)
			}
			refused(t, told, 413, "web.too_large")
		}
		g.quiet(g.books())
		g.refuse(t, attacks)
		if list := g.other.buyer.Get(g.other.path + "/refunds"); list.Str("data", 0, "state") != "paid" || g.paid.buyer.Get(g.paid.path).At("dispute") != nil {
			t.Fatalf("after all the forgeries: %s", list.Raw)
		}
		for _, e := range []testkit.Answer{failed, opened} { // the true ones, many at once
			answers := atOnce(20, func(int) (testkit.Answer, error) {
				return g.guest.Try("POST", hook, e.Str("payload"), "Stripe-Signature", e.Str("signature"))
			})
			tally(t, answers, map[string]int{"200": 20})
		}
		if g.refundOf(g.other, "failed") != refund || g.paid.buyer.Get(g.paid.path).Str("dispute") != "open" {
			t.Fatal("the true ones were not entered")
		}
		g.verify()
	})
}

// However many ask at once, an order is cancelled once, a return is received
// once and a refund is paid once.
func TestMoneyBackRaces(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		answers := atOnce(50, func(i int) (testkit.Answer, error) {
			return g.paid.buyer.Try("POST", g.paid.path+"/cancel", nil, "Idempotency-Key", fmt.Sprint("cancel-", i))
		})
		tally(t, answers, map[string]int{"200": 1, "409 orders.state": 49})
		g.refundOf(g.paid, "paid")
		if list := g.paid.buyer.Get(g.paid.path + "/refunds"); len(list.List("data")) != 1 || list.Paise("data", 0, "amount") != g.paid.Paise("total") {
			t.Fatalf("cancelled: %s", list.Raw)
		}
		ten, _ := g.paidByCard("", g.medium, 10)
		answers = atOnce(50, func(int) (testkit.Answer, error) {
			return ten.buyer.Try("POST", ten.path+"/cancel", obj{"line_id": line(ten), "pieces": 1})
		})
		tally(t, answers, map[string]int{"200": 10, "409 orders.state": 40})
		if got := ten.buyer.Get(ten.path); got.Str("state") != "cancelled" || got.At("lines", 0, "cancelled") != 10.0 {
			t.Fatalf("ten pieces cancelled one by one: %s", got.Raw)
		}
		answers = atOnce(50, func(i int) (testkit.Answer, error) {
			outcome := []string{"restock", "spoiled"}[i%2]
			return g.admin.Try("POST", "/v1/returns/"+g.returnID+"/receive", obj{"outcome": outcome}, "Idempotency-Key", fmt.Sprint("receive-", i))
		})
		tally(t, answers, map[string]int{"200": 1, "409 orders.state": 49})
		if list := g.asked.buyer.Get(g.asked.path + "/refunds"); len(list.List("data")) != 1 {
			t.Fatalf("received: %s", list.Raw)
		}
		answers = atOnce(20, func(i int) (testkit.Answer, error) {
			return g.preparer.Try("POST", "/v1/refunds/"+g.refund+"/record", obj{"method": "cash", "reference": fmt.Sprint("V-RACE-", i)})
		})
		tally(t, answers, map[string]int{"200": 1, "409 orders.refund": 19})
		d := g.books()
		g.quiet(d)
		if n := count(t, d, `SELECT COUNT(*) FROM entries WHERE reference = $1`, "refund:"+g.refund); n != 1 {
			t.Fatalf("%d entries pay one refund", n)
		}
		g.verify()
	})
}

// However many ask at once, money is entered once, a coupon is used as often as
// it may be, and an order is either cancelled or sent.
func TestMoneyInRaces(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		answers := atOnce(20, func(int) (testkit.Answer, error) {
			return g.preparer.Try("POST", g.unpaid.path+"/money", obj{"method": "cash", "amount": inr(100), "reference": "V-ONCE"})
		})
		tally(t, answers, map[string]int{"201": 1, "409 orders.receipt_seen": 19})
		due := g.unpaid.Paise("total")
		answers = atOnce(20, func(i int) (testkit.Answer, error) {
			return g.preparer.Try("POST", g.unpaid.path+"/money", obj{"method": "cash", "amount": inr(due), "reference": fmt.Sprint("V-ALL-", i)})
		})
		tally(t, answers, map[string]int{"201": 1, "409 orders.already_paid": 19})
		answers = atOnce(20, func(i int) (testkit.Answer, error) {
			return g.preparer.Try("POST", "/v1/receipts/"+g.receipt+"/place", obj{"decision": []string{"settlement", "sent_back"}[i%2], "reference": "UTR-0001"})
		})
		tally(t, answers, map[string]int{"200": 1, "409 orders.receipt_placed": 19})
		statement := "date,narration,credit\n2026-11-03,ONE,1.00\n2026-11-03,ONE,1.00\n2026-11-03,TWO,2.00\n"
		answers = atOnce(10, func(int) (testkit.Answer, error) {
			return g.preparer.Try("POST", "/v1/bank-statements", statement, "Content-Type", "text/csv")
		})
		tally(t, answers, map[string]int{"200": 10})
		entered := 0
		for _, a := range answers {
			entered += strings.Count(string(a.Raw), `"unidentified"`)
		}
		if entered != 3 {
			t.Fatalf("3 credits were entered %d times", entered)
		}
		limited := couponBody("FIVE")
		limited["uses_limit"] = 5
		g.admin.Post("/v1/coupons", limited)
		carts := g.baskets(30, g.medium)
		answers = atOnce(len(carts), func(i int) (testkit.Answer, error) {
			body := placeBody(carts[i].id, "01")
			body["coupon"] = "FIVE"
			return carts[i].buyer.Try("POST", "/v1/orders", body)
		})
		tally(t, answers, map[string]int{"201": 5, "409 orders.coupon_used": 25})
		answers = atOnce(20, func(i int) (testkit.Answer, error) {
			if i%2 == 0 {
				return g.other.buyer.Try("POST", g.other.path+"/cancel", nil)
			}
			return g.admin.Try("POST", g.other.path+"/dispatch", nil)
		})
		tally(t, answers, map[string]int{"200": 1, "409 orders.state": 19})
		g.verify()
	})
}

// The same key again gives the same bytes and no second effect, for everything
// that takes one; with another body it is refused.
func TestKeysOfMoneyIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		g := open(t, environment).stage(t)
		refundNow := obj{"method": "bank", "reference": "UTR-KEY1"}
		product := g.asha.Post("/v1/products", roleTable["POST /v1/products"].body).Str("id")
		for i, op := range []struct {
			as          testkit.REST
			path        string
			body, other obj
		}{
			{g.preparer, g.unpaid.path + "/money", obj{"method": "cash", "amount": inr(100), "reference": "V-KEY1"}, obj{"method": "cash", "amount": inr(100), "reference": "V-KEY2"}},
			{g.paid.buyer, g.paid.path + "/cancel", obj{"line_id": line(g.paid), "pieces": 1}, obj{"line_id": line(g.paid), "pieces": 2}},
			{g.admin, g.paid.path + "/dispatch", obj{"carrier": "dtdc", "tracking_number": "D1234"}, obj{"carrier": "dtdc", "tracking_number": "D1235"}},
			{g.admin, g.paid.path + "/deliver", nil, nil},
			{g.sent.buyer, g.sent.path + "/returns", obj{"line_id": line(g.sent), "pieces": 1, "reason": "size"}, obj{"line_id": line(g.sent), "pieces": 1, "reason": "defect"}},
			{g.admin, "/v1/returns/" + g.returnID + "/receive", obj{"outcome": "spoiled"}, obj{"outcome": "restock"}},
			{g.preparer, "/v1/refunds/" + g.refund + "/record", refundNow, obj{"method": "cash", "reference": "UTR-KEY1"}},
			{g.preparer, "/v1/receipts/" + g.receipt + "/place", obj{"decision": "settlement"}, obj{"decision": "sent_back", "reference": "UTR-KEY2"}},
			{g.admin, "/v1/coupons", couponBody("KEY"), couponBody("KEY-2")},
			{g.admin, "/v1/coupons/KEY/end", nil, nil},
			{g.approver, "/v1/subsidies", obj{"name": "key", "amount": inr(1), "reason": "r"}, obj{"name": "key", "amount": inr(2), "reason": "r"}},
			{g.admin, "/v1/registrations", trustAtHome, nil},
			{g.asha, "/v1/products/" + product + "/variants", obj{"sku": "KEY", "size": "Set", "parts": []obj{{"variant_id": g.medium, "pieces": 2}}}, obj{"sku": "KEY", "size": "Set"}},
		} {
			key := fmt.Sprint("key-", i)
			first := op.as.Post(op.path, op.body, "Idempotency-Key", key)
			again := op.as.Post(op.path, op.body, "Idempotency-Key", key)
			if string(first.Raw) != string(again.Raw) || first.Header.Get("Idempotent-Replayed") != "" || again.Header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%s twice:\n%s\n%s", op.path, first.Raw, again.Raw)
			}
			if op.other != nil {
				refused(t, op.as.Do(422, "POST", op.path, op.other, "Idempotency-Key", key), 422, "idem.reused")
			}
		}
		g.verify()
	})
}

// Who may send back what, when, and whose loss it is, is decided by the shop's
// rules and not by what is asked.
func TestReturnRulesByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		maker, other := s.artisan("Rule Maker"), s.artisan("Other Maker")
		medium, _ := s.sizes("RULE", 20, maker)
		o, _ := s.paidByCard("", medium, 4)
		o = s.sent(o)
		ask := func(as testkit.REST, pieces int, reason string) (testkit.Answer, error) {
			return as.Try("POST", o.path+"/returns", obj{"line_id": line(o), "pieces": pieces, "reason": reason})
		}
		r, err := ask(o.buyer, 1, "defect")
		if err != nil || r.Status != 201 {
			t.Fatalf("%v %s", err, r.Raw)
		}
		receive := "/v1/returns/" + r.Str("id") + "/receive"
		for _, wrong := range []obj{{"outcome": "restock", "at_fault": other}, {"outcome": "to_maker"}, {"outcome": "restock", "at_fault": maker, "reason": "size"}, {"outcome": "to_maker", "at_fault": "art_none"}} {
			refused(t, s.admin.Do(422, "POST", receive, wrong), 422, "orders.return")
		}
		if got := s.admin.Post(receive, obj{"outcome": "to_maker", "at_fault": maker}); got.Str("lines", 0, "outcome") != "to_maker" {
			t.Errorf("to its maker: %s", got.Raw)
		}
		if st := s.preparer.Get("/v1/artisans/" + maker + "/statement"); st.Paise("held") != 3*(30000+9000+10000) {
			t.Errorf("hers of three pieces: %s", st.Raw)
		}
		r, _ = ask(o.buyer, 1, "size")
		if got := o.buyer.Post("/v1/returns/"+r.Str("id")+"/end", nil); got.Str("state") != "withdrawn" {
			t.Errorf("withdrawn: %s", got.Raw)
		}
		r, _ = ask(o.buyer, 1, "changed_mind")
		if got := s.admin.Post("/v1/returns/"+r.Str("id")+"/end", obj{"note": "worn"}); got.Str("state") != "refused" || got.Str("answer") != "worn" {
			t.Errorf("refused: %s", got.Raw)
		}
		s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
		if late, _ := ask(o.buyer, 1, "size"); late.Status != 409 || late.Str("code") != "orders.return_window" {
			t.Errorf("after the window: %s", late.Raw)
		}
		if kind, _ := ask(s.admin, 1, "size"); kind.Status != 201 { // the shop may, and the makers keep what is payable
			t.Errorf("the shop after the window: %s", kind.Raw)
		} else {
			s.admin.Post("/v1/returns/"+kind.Str("id")+"/receive", obj{"outcome": "restock"})
		}
		s.quiet(s.books())
		s.verify()
	})
}
