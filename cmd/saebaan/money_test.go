package main_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// sizes lists a design in two sizes at ₹600 before tax, ₹630 with it, whose
// carriage the buyer pays, and returns both variants.
func (s *shop) sizes(sku string, pieces int64, maker string) (medium, large string) {
	s.t.Helper()
	product := s.asha.Post("/v1/products", obj{"title": obj{"en": "Chikan top " + sku, "hi": "चिकन टॉप"}, "area": "lucknow", "craft": "chikan",
		"garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}).Str("id")
	var out [2]string
	for i, size := range []string{"M", "L"} {
		out[i] = s.asha.Post("/v1/products/"+product+"/variants", obj{"sku": sku + "-" + size, "size": size, "weight_grams": 400}).Str("id")
		s.asha.Post("/v1/variants/"+out[i]+"/price-cards", obj{"list_price": inr(60000), "heads": []obj{
			{"kind": "cost", "head": "material", "amount": inr(10000)},
			{"kind": "wage", "head": "embroidery", "amount": inr(30000), "minutes": 200, "shares": true},
			{"kind": "trust", "head": "running", "amount": inr(8000)}, {"kind": "trust", "head": "fund", "basis_points": 500},
			{"kind": "makers", "head": "makers"}}})
		s.asha.Post("/v1/variants/"+out[i]+"/lots", obj{"owner_id": maker, "pieces": pieces,
			"makers": []obj{{"stage": "embroidery", "artisan_id": maker, "weight": 1}}})
	}
	s.asha.Post("/v1/products/"+product+"/submit", nil)
	s.admin.Post("/v1/products/"+product+"/publish", nil)
	return out[0], out[1]
}

// bought is an order and whose it is.
type bought struct {
	id    string
	path  string
	buyer testkit.REST
	testkit.Answer
}

// orderBy orders so many of a variant to Jammu, to be paid by a method.
func (s *shop) orderBy(method, coupon, variant string, n int64) bought {
	s.t.Helper()
	cart, buyer := s.cart(map[string]int64{variant: n})
	body := placeBody(cart, "01")
	body["method"] = method
	body["address"] = obj{"house": "12 Rose Lane", "city": "Jammu", "state": "01", "pin": "180001"}
	if coupon != "" {
		body["coupon"] = coupon
	}
	placed := buyer.Post("/v1/orders", body)
	return bought{placed.Str("id"), "/v1/orders/" + placed.Str("id"), buyer, placed}
}

// paidByCard is the same, paid at the card form.
func (s *shop) paidByCard(coupon, variant string, n int64) (o bought, intent string) {
	s.t.Helper()
	o = s.orderBy("card", coupon, variant, n)
	intent = o.buyer.Post(o.path+"/pay", nil).Str("intent_id")
	payload, signature := s.event(intent, "succeeded")
	s.guest.Do(200, "POST", hook, payload, "Stripe-Signature", signature)
	o.Answer = o.buyer.Get(o.path)
	if o.Str("state") != "confirmed" || o.Str("payment_state") != "paid" {
		s.t.Fatalf("after payment: %s", o.Raw)
	}
	return o, intent
}

// sent dispatches and delivers an order.
func (s *shop) sent(o bought) bought {
	s.t.Helper()
	s.admin.Post(o.path+"/dispatch", obj{})
	o.Answer = s.admin.Post(o.path+"/deliver", nil)
	return o
}

// documents waits until all of an order's documents are numbered and returns
// their ids by kind.
func (s *shop) documents(o bought) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	within(s.t, "every document has its number", func() bool {
		clear(out)
		list := s.admin.Get(o.path + "/documents")
		for i := range list.List("data") {
			if list.Str("data", i, "number") == "" {
				return false
			}
			out[list.Str("data", i, "kind")] = list.Str("data", i, "id")
		}
		return true
	})
	return out
}

// refundOf waits until an order's newest refund is in a state, and returns its id.
func (s *shop) refundOf(o bought, state string) (id string) {
	s.t.Helper()
	within(s.t, "the refund is "+state, func() bool {
		list := o.buyer.Get(o.path + "/refunds")
		last := len(list.List("data")) - 1
		id = list.Str("data", last, "id")
		return list.Str("data", last, "state") == state
	})
	return id
}

// upload posts a file as a bank or a carrier gives it.
func upload(as testkit.REST, path, file string) testkit.Answer {
	as.T.Helper()
	return as.Do(200, "POST", path, file, "Content-Type", "text/csv")
}

// An order by each way to pay goes its way over REST alone: with a coupon and a
// delivery charge, pieces that are cancelled, sent with a tracking number,
// delivered by the carrier's report, returned, exchanged, refunded by the
// gateway and by a person, disputed; documents get their numbers, the month's
// return ties, and the books verify.
func TestMoneyInByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.moneyDay(t)
		s.verify()
	})
}

// moneyDay is an order by each way to pay, from cart to credit note.
func (s *shop) moneyDay(t *testing.T) {
	t.Helper()
	s.admin.Post("/v1/registrations", trustAtHome)
	if r := s.preparer.Get("/v1/registrations"); r.Str("data", 0, "gstin") != trustAtHome["gstin"] || r.At("has_more") != false {
		t.Fatalf("registrations: %s", r.Raw)
	}
	medium, large := s.sizes("MONEY", 20, s.artisan("Money Maker"))
	month := s.cardOrder(t, medium)
	s.upiOrder(t, medium, large)
	s.bankOrder(t, medium)
	s.cashOrder(t, medium)
	s.disputedOrder(t, medium)
	s.couponsEnd(t, medium)
	s.quiet(s.books())
	s.monthTies(t, month)
	if made := s.preparer.Post("/v1/reconciliations", nil); made.Str("id") != s.preparer.Get("/v1/reconciliations").Str("data", 0, "id") {
		t.Fatalf("reconciliation: %s", made.Raw)
	}
}

// cardOrder: three pieces with a coupon and a delivery charge; one is cancelled,
// two are sent, one of those comes back spoiled, and the bank refuses the refund.
func (s *shop) cardOrder(t *testing.T, medium string) (month string) {
	s.admin.Do(201, "POST", "/v1/coupons", obj{"code": "EID", "kind": "fixed", "amount": inr(10001), "from": "2020-01-01", "to": "2099-12-31", "uses_limit": 2})
	cart, buyer := s.cart(map[string]int64{medium: 3})
	quote := buyer.Post("/v1/carts/"+cart+"/quote", obj{"state": "01", "pin": "180001", "coupon": "eid"})
	if quote.Paise("total_without_coupon") != 3*63000+21000 || quote.Paise("delivery", "charge") != 21000 || quote.At("coupon_refused") != nil ||
		quote.Str("coupon") != "EID" || quote.At("crosses_slab") != false || len(quote.List("lines")) != 3 {
		t.Fatalf("quote: %s", quote.Raw)
	}
	if q := buyer.Post("/v1/carts/"+cart+"/quote", obj{"coupon": "NONE"}); q.Str("coupon_refused", "code") != "orders.no_coupon" ||
		q.Str("coupon_refused", "message") == "" || q.Paise("total") != q.Paise("total_without_coupon") {
		t.Fatalf("quote with a coupon that is none: %s", q.Raw)
	}
	o, _ := s.paidByCard("EID", medium, 3)
	if o.Paise("total") != quote.Paise("total") || o.Str("coupon") != "EID" || o.Str("registration") != "09" || o.Str("lines", 2, "kind") != "shipping" {
		t.Fatalf("not as quoted: %s", o.Raw)
	}
	o.buyer.Do(422, "POST", o.path+"/mail", obj{"email": "nobody"})
	if got := o.buyer.Post(o.path+"/mail", obj{"email": "later@example.org"}); got.Str("buyer", "email") != "later@example.org" {
		t.Fatalf("mails go to: %s", got.Raw)
	}
	line, tag := o.Str("lines", 0, "id"), o.Paise("lines", 0, "tag") // two of three, which a paisa more was taken off
	if o.Paise("lines", 0, "list_price") != 60000 || o.Paise("lines", 0, "full_tag") != 63000 || o.Paise("lines", 0, "taxable") != 60000-3334 {
		t.Fatalf("line: %s", o.Raw)
	}
	after := o.buyer.Post(o.path+"/cancel", obj{"line_id": line, "pieces": 1})
	if after.At("lines", 0, "cancelled") != 1.0 || after.Str("state") != "confirmed" {
		t.Fatalf("one piece cancelled: %s", after.Raw)
	}
	s.refundOf(o, "paid") // by the gateway
	if got := o.buyer.Get(o.path + "/refunds"); got.Paise("data", 0, "amount") != tag || got.Str("data", 0, "source") != "deposit" {
		t.Fatalf("refunds: %s", got.Raw)
	}
	s.admin.Post(o.path+"/dispatch", obj{"carrier": "india_post", "tracking_number": "em123456789in"})
	if got := o.buyer.Get(o.path); got.Str("shipments", 0, "tracking_number") != "EM123456789IN" || got.Str("shipments", 0, "carrier_name") != "India Post" ||
		!strings.HasSuffix(got.Str("shipments", 0, "tracking_link"), "EM123456789IN") || got.Str("allocations", 0, "shipment_id") != got.Str("shipments", 0, "id") {
		t.Fatalf("dispatched: %s", got.Raw)
	}
	papers := s.documents(o)
	invoice := o.buyer.Get("/v1/documents/" + papers["tax_invoice"])
	if len(papers) != 3 || papers["receipt_voucher"] == "" || papers["refund_voucher"] == "" || !strings.HasPrefix(invoice.Str("number"), "SBI/") ||
		invoice.Paise("total") != o.Paise("total")-tag || invoice.Str("supplier", "gstin") != trustAtHome["gstin"] || len(invoice.List("lines")) != 3 {
		t.Fatalf("documents %v: %s", papers, invoice.Raw)
	}
	for _, language := range []string{"", "?language=hi", "?language=ur"} {
		pdf := o.buyer.Get("/v1/documents/" + papers["tax_invoice"] + "/pdf" + language)
		if !bytes.HasPrefix(pdf.Raw, []byte("%PDF-")) || pdf.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(pdf.Header.Get("Content-Disposition"), "SBI-") {
			t.Fatalf("PDF%s: %d bytes, %v", language, len(pdf.Raw), pdf.Header)
		}
	}
	report := "tracking_number,status\nEM123456789IN,Delivered\nEM000000000IN,Delivered\nEM123456789IN,In transit\n"
	for _, want := range []string{"delivered unknown not_delivered", "known unknown not_delivered"} {
		got := upload(s.admin, "/v1/deliveries", report)
		if told := fmt.Sprint(got.Str("data", 0, "outcome"), " ", got.Str("data", 1, "outcome"), " ", got.Str("data", 2, "outcome")); told != want {
			t.Fatalf("deliveries: %s, want %s", told, want)
		}
	}
	s.cardReturn(t, o, line)
	return invoice.Str("date")[:7]
}

// cardReturn: a piece comes back spoiled and is written off by two; the gateway's
// refund fails and a person pays it.
func (s *shop) cardReturn(t *testing.T, o bought, line string) {
	ret := o.buyer.Do(201, "POST", o.path+"/returns", obj{"line_id": line, "pieces": 1, "reason": "defect", "note": "a hole"})
	if waiting := s.admin.Get("/v1/returns"); waiting.Str("data", 0, "id") != ret.Str("id") || waiting.At("has_more") != false {
		t.Fatalf("returns that wait: %s", waiting.Raw)
	}
	s.admin.Do(422, "POST", "/v1/returns/"+ret.Str("id")+"/end", obj{})
	o.buyer.Post("/v1/returns/"+ret.Str("id")+"/end", obj{}) // she withdraws it, and asks once more
	ret = o.buyer.Do(201, "POST", o.path+"/returns", obj{"line_id": line, "pieces": 1, "reason": "defect", "note": "a hole"})
	if list := o.buyer.Get(o.path + "/returns"); list.Str("data", 0, "state") != "withdrawn" || list.Str("data", 1, "state") != "requested" {
		t.Fatalf("returns of the order: %s", list.Raw)
	}
	if one := o.buyer.Get("/v1/returns/" + ret.Str("id")); one.Str("note") != "a hole" {
		t.Fatalf("return: %s", one.Raw)
	}
	got := s.admin.Post("/v1/returns/"+ret.Str("id")+"/receive", obj{"outcome": "spoiled"})
	if got.Str("state") != "received" || got.Paise("refund") != o.Paise("lines", 0, "tag") || got.Str("lines", 0, "outcome") != "spoiled" {
		t.Fatalf("received: %s", got.Raw)
	}
	if papers := s.documents(o); papers["credit_note"] == "" {
		t.Fatalf("no credit note: %v", papers)
	} else if note := o.buyer.Get("/v1/documents/" + papers["credit_note"]); note.Str("against_id") != papers["tax_invoice"] ||
		note.Paise("total") != o.Paise("lines", 0, "tag") || !strings.HasPrefix(note.Str("against_number"), "SBI/") {
		t.Fatalf("credit note: %s", note.Raw)
	}
	id := s.refundOf(o, "paid")
	list := o.buyer.Get(o.path + "/refunds")
	at := list.Str("data", 1, "provider_refund_id")
	s.guest.Post("/v1/test/refunds/"+at+"/settle", obj{"outcome": "failed"})
	if s.refundOf(o, "failed") != id || s.admin.Get("/v1/refunds").Str("data", 0, "id") != id {
		t.Fatalf("the refund that the bank sent back: %s", s.admin.Get("/v1/refunds").Raw)
	}
	paid := s.preparer.Post("/v1/refunds/"+id+"/record", obj{"method": "bank", "reference": "UTR-0001"})
	if paid.Str("state") != "paid" || paid.Str("reference") != "UTR-0001" || o.buyer.Get(o.path).Paise("refund_due") != 0 {
		t.Fatalf("paid by a person: %s", paid.Raw)
	}
	waste := s.preparer.Get("/v1/write-offs")
	lot := s.admin.Get("/v1/lots/" + waste.Str("data", 0, "lot_id"))
	if lot.Str("kind") != "returned" || lot.Str("from_lot") == "" || lot.Paise("cost") != waste.Paise("data", 0, "cost") || lot.Paise("cost") == 0 {
		t.Fatalf("the returned piece: %s", lot.Raw)
	}
	s.admin.Do(403, "POST", "/v1/write-offs/"+waste.Str("data", 0, "id")+"/approve", nil) // who took it in
	if done := s.approver.Post("/v1/write-offs/"+waste.Str("data", 0, "id")+"/approve", nil); done.Str("approved_by") == "" {
		t.Fatalf("written off: %s", done.Raw)
	}
}

// upiOrder: the bank's statement tells of the money; the piece is exchanged.
func (s *shop) upiOrder(t *testing.T, medium, large string) {
	o := s.orderBy("upi", "", medium, 1)
	pay := o.buyer.Post(o.path+"/pay", nil)
	reference := pay.Str("reference")
	if !strings.HasPrefix(pay.Str("upi_link"), "upi://pay?pa=") || !strings.Contains(pay.Str("upi_link"), "&am=725.00&cu=INR&tr="+reference+"&") || pay.Str("method") != "upi" {
		t.Fatalf("UPI: %s", pay.Raw)
	}
	claimed := o.buyer.Post(o.path+"/claim", nil)
	if claimed.Str("expires_at") <= o.Str("expires_at") || claimed.Str("state") != "placed" {
		t.Fatalf("claimed: %s", claimed.Raw)
	}
	if got := o.buyer.Get(o.path + "/payments"); got.Str("data", 0, "reference") != reference || got.Str("data", 0, "claimed_at") == "" {
		t.Fatalf("payments: %s", got.Raw)
	}
	statement := "Date,Narration,Chq./Ref.No.,Deposit Amt.,Closing Balance\n" +
		"01/11/2026,UPI-BUYER-" + reference + "-PAY,900001,725.00,1000.00\n" + // carries our reference
		"01/11/2026,\"=HYPERLINK(\"\"http://x\"\")\",900002,12.34,1012.34\n01/11/2026,RENT,900003,,1000.00\n01/11/2026,ODD,900004,1e3,1.00\n"
	for _, want := range []string{"matched unidentified not_a_credit unreadable", "seen seen not_a_credit unreadable"} {
		got := upload(s.preparer, "/v1/bank-statements", statement)
		var told []string
		for i := range got.List("data") {
			told = append(told, got.Str("data", i, "outcome"))
		}
		if strings.Join(told, " ") != want {
			t.Fatalf("statement: %v, want %s: %s", told, want, got.Raw)
		}
	}
	receipt := s.approver.Get("/v1/receipts")
	if len(receipt.List("data")) != 1 || receipt.Paise("data", 0, "amount") != 1234 {
		t.Fatalf("receipts: %s", receipt.Raw)
	}
	sentBack := s.approver.Post("/v1/receipts/"+receipt.Str("data", 0, "id")+"/place", obj{"decision": "sent_back", "reference": "UTR-0002"})
	if sentBack.Str("state") != "sent_back" || len(s.approver.Get("/v1/receipts").List("data")) != 0 {
		t.Fatalf("sent back: %s", sentBack.Raw)
	}
	o = s.sent(o)
	ret := o.buyer.Post(o.path+"/returns", obj{"line_id": o.Str("lines", 0, "id"), "pieces": 1, "reason": "size", "exchange_variant_id": large})
	got := s.admin.Post("/v1/returns/"+ret.Str("id")+"/receive", obj{"outcome": "restock"})
	s.restockedIsLost(t)
	other := o.buyer.Get("/v1/orders/" + got.Str("exchange_order_id"))
	if other.Str("exchange_of") != ret.Str("id") || other.Str("state") != "confirmed" || other.Str("payment_state") != "paid" || other.Str("lines", 0, "variant_id") != large {
		t.Fatalf("exchanged: %s", other.Raw)
	}
	s.sent(bought{id: other.Str("id"), path: "/v1/orders/" + other.Str("id"), buyer: o.buyer})
	if list := o.buyer.Get(o.path + "/refunds"); list.Str("data", 0, "provider") != "exchange" || list.Str("data", 0, "state") != "paid" {
		t.Fatalf("paid by exchange: %s", list.Raw)
	}
}

// restockedIsLost: a returned piece in the store is missed, and proposed for
// writing off.
func (s *shop) restockedIsLost(t *testing.T) {
	t.Helper()
	var lot string
	if err := s.books().QueryRow(`SELECT l.id FROM lots l JOIN stock s ON s.lot_id = l.id AND s.place = 'store' WHERE l.kind = 'returned' AND s.on_hand = 1`).Scan(&lot); err != nil {
		t.Fatal(err)
	}
	if w := s.preparer.Post("/v1/write-offs", obj{"lot_id": lot, "place": "store", "pieces": 1, "reason": "missed at the count"}); w.Str("proposed_by") == "" {
		t.Fatalf("proposed: %s", w.Raw)
	}
}

// bankOrder: the money comes without its reference and a person places it; then
// the buyer cancels and a person pays it back.
func (s *shop) bankOrder(t *testing.T, medium string) {
	o := s.orderBy("bank", "", medium, 1)
	pay := o.buyer.Post(o.path+"/pay", obj{})
	if pay.Str("bank", "number") == "" || pay.Str("bank", "ifsc") == "" || pay.Str("reference") == "" || pay.At("upi_link") != nil {
		t.Fatalf("bank: %s", pay.Raw)
	}
	upload(s.preparer, "/v1/bank-statements", "Txn Date,Description,Credit\n2026-11-02,NEFT FROM BUYER,725.00\n")
	receipt := s.preparer.Get("/v1/receipts").Str("data", 0, "id")
	s.preparer.Do(404, "POST", "/v1/receipts/"+receipt+"/place", obj{"decision": "placed", "order_id": "ord_none"})
	if got := s.preparer.Post("/v1/receipts/"+receipt+"/place", obj{"decision": "placed", "order_id": o.id}); got.Str("state") != "placed" || got.Str("payment_id") == "" {
		t.Fatalf("placed: %s", got.Raw)
	}
	if got := o.buyer.Get(o.path); got.Str("state") != "confirmed" {
		t.Fatalf("confirmed by placed money: %s", got.Raw)
	}
	if got := o.buyer.Post(o.path+"/cancel", nil); got.Str("state") != "cancelled" || got.Str("ended_because") != "buyer" || got.Paise("refund_due") != 72500 {
		t.Fatalf("cancelled whole: %s", got.Raw)
	}
	id := s.refundOf(o, "due")
	if got := s.preparer.Post("/v1/refunds/"+id+"/record", obj{"method": "bank", "reference": "UTR-0003"}); got.Str("state") != "paid" {
		t.Fatalf("paid back: %s", got.Raw)
	}
	if got := o.buyer.Get(o.path); got.Str("payment_state") != "refunded" || s.documents(o)["refund_voucher"] == "" {
		t.Fatalf("refunded: %s", got.Raw)
	}
}

// cashOrder: paid at the desk, in two parts of which the first waits for a person.
func (s *shop) cashOrder(t *testing.T, medium string) {
	o := s.orderBy("cash", "", medium, 1)
	o.buyer.Post(o.path+"/pay", obj{"method": "cash"})
	s.preparer.Do(201, "POST", o.path+"/money", obj{"method": "cash", "amount": inr(100), "reference": "V-0001"})
	receipt := s.preparer.Get("/v1/receipts").Str("data", 0, "id")
	s.preparer.Post("/v1/receipts/"+receipt+"/place", obj{"decision": "placed", "order_id": o.id})
	if got := o.buyer.Get(o.path); got.Str("payment_state") != "part_paid" {
		t.Fatalf("a part of it: %s", got.Raw)
	}
	if a := s.preparer.Do(409, "POST", o.path+"/money", obj{"method": "cash", "amount": inr(72400), "reference": "v-0001"}); a.Str("code") != "orders.receipt_seen" {
		t.Fatalf("the same voucher: %s", a.Raw)
	}
	got := s.preparer.Post(o.path+"/money", obj{"method": "cash", "amount": inr(72400), "reference": "V-0002"})
	if got.Str("state") != "confirmed" || got.Str("payment_state") != "paid" {
		t.Fatalf("the rest: %s", got.Raw)
	}
	s.sent(o)
}

// disputedOrder: the buyer's bank asks, and decides for the shop.
func (s *shop) disputedOrder(t *testing.T, medium string) {
	o, intent := s.paidByCard("", medium, 1)
	o = s.sent(o)
	s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "open", "amount": inr(72500)})
	list := s.preparer.Get("/v1/disputes")
	if got := o.buyer.Get(o.path); got.Str("dispute") != "open" || list.Str("data", 0, "state") != "open" || list.Paise("data", 0, "amount") != 72500 {
		t.Fatalf("disputed: %s %s", got.Raw, list.Raw)
	}
	if a := o.buyer.Do(409, "POST", o.path+"/returns", obj{"line_id": o.Str("lines", 0, "id"), "pieces": 1, "reason": "size"}); a.Str("code") != "orders.disputed" {
		t.Fatalf("a return meanwhile: %s", a.Raw)
	}
	s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "won"})
	if got := o.buyer.Get(o.path); got.Str("dispute") != "won" || s.preparer.Get("/v1/disputes").Str("data", 0, "closed_at") == "" {
		t.Fatalf("won: %s", got.Raw)
	}
}

// couponsEnd: a coupon that crosses into a lower rate says so, and one that has
// been ended is refused.
func (s *shop) couponsEnd(t *testing.T, medium string) {
	maker := s.artisan("Slab Maker")
	product := s.asha.Post("/v1/products", obj{"title": obj{"en": "Slab"}, "area": "lucknow", "craft": "chikan", "garment": "kurta", "fabric": "cotton",
		"colour": "white", "hsn": "6206", "made_to_order": true}).Str("id")
	v := s.asha.Post("/v1/products/"+product+"/variants", obj{"sku": "SLAB", "size": "M"}).Str("id")
	s.asha.Post("/v1/variants/"+v+"/price-cards", obj{"list_price": inr(260000), "heads": []obj{
		{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110, "shares": true}, {"kind": "makers", "head": "makers"}}})
	s.asha.Post("/v1/variants/"+v+"/lots", obj{"owner_id": maker, "pieces": 5, "makers": []obj{{"stage": "embroidery", "artisan_id": maker, "weight": 1}}})
	set := s.asha.Do(201, "POST", "/v1/products/"+product+"/variants", obj{"sku": "SLAB-SET", "size": "Set", "parts": []obj{{"variant_id": v, "pieces": 1}, {"variant_id": medium, "pieces": 2}}}).Str("id")
	s.asha.Post("/v1/products/"+product+"/submit", nil)
	s.admin.Post("/v1/products/"+product+"/publish", nil)
	shown := s.admin.Get("/v1/products/" + product)
	if shown.At("made_to_order") != true || shown.Str("variants", 1, "parts", 1, "sku") != "MONEY-M" || shown.At("variants", 1, "parts", 1, "pieces") != 2.0 ||
		shown.At("variants", 0, "weight_grams") != 400.0 || shown.Paise("variants", 1, "price", "list_price") != 260000+2*60000 {
		t.Fatalf("the set: %s", shown.Raw)
	}
	s.approver.Do(201, "POST", "/v1/subsidies", obj{"name": "festival", "amount": inr(500000), "reason": "decided in the meeting"})
	s.preparer.Do(201, "POST", "/v1/coupons", obj{"code": "SLAB", "kind": "percent", "basis_points": 1000, "most": inr(15000), "from": "2020-01-01", "to": "2099-12-31", "subsidy": "festival"})
	cart, buyer := s.cart(map[string]int64{v: 1})
	q := buyer.Post("/v1/carts/"+cart+"/quote", obj{"coupon": "SLAB"})
	if q.At("crosses_slab") != true || q.At("lines", 0, "rate_basis_points") != 500.0 || q.Paise("total_without_coupon")-q.Paise("total") <= 15000 {
		t.Fatalf("into a lower rate: %s", q.Raw)
	}
	if c := s.admin.Post("/v1/coupons/SLAB/end", nil); c.Str("ended_at") == "" {
		t.Fatalf("ended: %s", c.Raw)
	}
	if q := buyer.Post("/v1/carts/"+cart+"/quote", obj{"coupon": "SLAB"}); q.Str("coupon_refused", "code") != "orders.no_coupon" {
		t.Fatalf("after its end: %s", q.Raw)
	}
	body := placeBody(cart, "09")
	body["coupon"] = "SLAB"
	buyer.Do(404, "POST", "/v1/orders", body)
	inSet, setBuyer := s.cart(map[string]int64{set: 1})
	if q := setBuyer.Post("/v1/carts/"+inSet+"/quote", obj{}); len(q.List("lines")) != 2 || q.Str("lines", 0, "set") != set || q.At("lines", 1, "quantity") != 2.0 {
		t.Fatalf("a set is its parts: %s", q.Raw)
	}
	if list := s.admin.Get("/v1/coupons"); len(list.List("data")) != 2 || list.Str("data", 1, "code") != "EID" || list.At("data", 1, "used") != 1.0 {
		t.Fatalf("coupons: %s", list.Raw)
	}
}

// monthTies: the working paper of the return agrees with the ledger.
func (s *shop) monthTies(t *testing.T, month string) {
	g := s.approver.Get("/v1/gst-returns/09/" + month)
	if g.At("ties") != true || g.At("waiting_for_number") != 0.0 || len(g.List("hsn")) == 0 || len(g.List("documents_issued")) != 4 ||
		g.Paise("documents", "tax", "igst") != g.Paise("ledger", "igst") || g.Paise("ledger", "igst") == 0 {
		t.Fatalf("the month's return: %s", g.Raw)
	}
	file := s.approver.Get("/v1/gst-returns/09/" + month + "/csv")
	if file.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(string(file.Raw), "total,ties,true,") {
		t.Fatalf("the month's file: %s", file.Raw)
	}
	s.approver.Do(422, "GET", "/v1/gst-returns/09/2026-13", nil)
}

// The gateway's own books come to what ours say, however a payment ended.
func TestGatewayAgreesByREST(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *shop, o bought, intent string){
		"paid": func(*testing.T, *shop, bought, string) {},
		"cancelled": func(_ *testing.T, s *shop, o bought, _ string) {
			o.buyer.Post(o.path+"/cancel", nil)
			s.refundOf(o, "paid")
		},
		"the refund came back and a person paid it": func(_ *testing.T, s *shop, o bought, _ string) {
			o.buyer.Post(o.path+"/cancel", nil)
			id := s.refundOf(o, "paid")
			s.guest.Post("/v1/test/refunds/"+o.buyer.Get(o.path+"/refunds").Str("data", 0, "provider_refund_id")+"/settle", obj{"outcome": "failed"})
			s.preparer.Post("/v1/refunds/"+id+"/record", obj{"method": "bank", "reference": "UTR-0001"})
		},
		"a dispute was won": func(_ *testing.T, s *shop, _ bought, intent string) {
			s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "open", "amount": inr(72500)})
			s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "won"})
		},
		"a dispute was lost": func(_ *testing.T, s *shop, _ bought, intent string) {
			s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "open", "amount": inr(72500)})
			s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "lost"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, environment []string) {
				s := open(t, environment)
				medium, _ := s.sizes("AGREE", 5, s.artisan("Agree Maker"))
				o, intent := s.paidByCard("", medium, 1)
				end(t, s, o, intent)
				s.quiet(s.books())
				s.guest.Post("/v1/test/clock", obj{"advance": "5m"})
				r := s.preparer.Do(201, "POST", "/v1/reconciliations", nil)
				if len(r.List("differences")) != 0 || r.At("compared").(float64) < 1 || r.Paise("book") != r.Paise("theirs") {
					t.Errorf("compared with the gateway: %s", r.Raw)
				}
				if list := s.admin.Get("/v1/reconciliations"); list.Str("data", 0, "id") != r.Str("id") {
					t.Errorf("the newest comparison is not the first: %s", list.Raw)
				}
				s.verify()
			})
		})
	}
}

// A bank that takes a part of a payment back for good takes no more: what is
// left of an order that was never sent is the buyer's.
func TestLostDisputeOfAPartByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		medium, _ := s.sizes("PART", 5, s.artisan("Part Maker"))
		o, intent := s.paidByCard("", medium, 1)
		s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "open", "amount": inr(1000)})
		s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": "lost"})
		got, owed := o.buyer.Get(o.path), int64(0)
		list := o.buyer.Get(o.path + "/refunds")
		for i := range list.List("data") {
			owed += list.Paise("data", i, "amount")
		}
		if got.Str("state") == "cancelled" && owed != o.Paise("total")-1000 {
			t.Errorf("the order is cancelled and %d of %d paise go back: %s", owed, o.Paise("total")-1000, list.Raw)
		}
		s.verify()
	})
}

// A dispute over a payment that has gone back already is decided too: the
// gateway must not tell the same for ever.
func TestLostDisputeOfWhatWentBackByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		medium, _ := s.sizes("BACK", 5, s.artisan("Back Maker"))
		o, intent := s.paidByCard("", medium, 1)
		o.buyer.Post(o.path+"/cancel", nil)
		s.refundOf(o, "paid")
		for _, state := range []string{"open", "lost"} {
			e := s.guest.Post("/v1/test/payments/"+intent+"/dispute", obj{"state": state, "amount": inr(72500), "deliver": false})
			if a, err := s.guest.Try("POST", hook, e.Str("payload"), "Stripe-Signature", e.Str("signature")); err != nil || a.Status != 200 {
				t.Errorf("%s: %v %d %s", state, err, a.Status, a.Raw)
			}
		}
		if list := s.preparer.Get("/v1/disputes"); list.Str("data", 0, "state") != "lost" {
			t.Errorf("the dispute: %s", list.Raw)
		}
		s.verify()
	})
}
