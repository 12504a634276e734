package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"saebaan/orders"
)

var referenceForm = regexp.MustCompile(`SBN[A-Z0-9]{13}`)

// byUPI orders a piece, looks at the UPI page and has the statement entered.
func (s *shop) byUPI(b, finance *browser, variant, quantity string) string {
	t := s.t
	placed := b.placed(variant, quantity, "upi")
	id := idOf(t, placed)
	page := b.post("/orders/"+id+"/pay", placed.form("/orders/"+id+"/pay")).shows(200, "Pay by UPI", "What the app shows is no proof yet", "I have paid", "kept for you until")
	if !strings.Contains(page.body, `href="upi://pay?pa=trust@upi&amp;pn=Trust%20of%20the%20Tests&amp;am=`) || !strings.Contains(page.body, `class="qr" role="img"`) ||
		!strings.Contains(page.body, "<svg") {
		t.Error("the page lacks link or code:", page.body)
	}
	b.post("/orders/"+id+"/claim", nil).shows(200, "You told us on", "Show the UPI code")
	b.get("/pay/"+id).shows(200, "You told us on").hides("/claim")
	reference := referenceForm.FindString(page.body)
	amount := regexp.MustCompile(`am=([0-9.]+)`).FindStringSubmatch(page.body)[1]
	statement := "Bank of the Tests,,\nDate,Narration,Credit\n2026-11-22,UPI/" + reference + "/LEELA," + amount + "\n2026-11-22,NEFT RENT OF NOBODY,77.00\n"
	finance.upload("/office/money/statement", "file", statement).shows(200, "matched: the order is paid", "not understood yet")
	finance.post("/office/money/statement", url.Values{"text": {statement}}).shows(200, "was entered before")
	b.get("/orders/"+id).shows(200, "Paid, thank you", "Receipt voucher")
	if got := b.get("/pay/" + id).path; got != "/orders/"+id {
		t.Error("a paid order can be paid again:", got)
	}
	return id
}

// From UPI to the refund of a returned piece, through forms alone.
func TestPlaceClaimSendReturnThroughForms(t *testing.T) {
	s := open(t)
	kurta := s.cheap()
	b, nusrat, meera := s.browser(), s.browser().signIn("nusrat"), s.browser().signIn("meera")
	nusrat.get("/office").shows(200, "GST number is not entered yet")
	registration := nusrat.get("/office/registrations").shows(200, "Name on the certificate").form("/office/registrations")
	nusrat.post("/office/registrations", with(registration, "gstin", "09AAATL1234Q1ZB", "legal_name", "Trust of the Tests", "address", "Lucknow")).
		shows(200, "09AAATL1234Q1ZB").hides("Name on the certificate")
	id := s.byUPI(b, meera, kurta.Variants[0].ID, "2")

	page := nusrat.get("/orders/"+id).shows(200, "Carrier", "Tracking number")
	nusrat.post("/office/orders/"+id+"/dispatch", with(page.form("/office/orders/"+id+"/dispatch"), "carrier", "india_post", "tracking", "ew123456789in")).shows(200, "EW123456789IN")
	track := b.get("/orders/"+id).shows(200, "Your pieces are on their way", "Follow the parcel", "Tax invoice")
	if !strings.Contains(track.body, "trackconsignment.aspx?id=EW123456789IN") {
		t.Error("no way to the carrier's page")
	}
	b.get("/orders/"+id+"/cancel").shows(200, "nothing left to cancel")
	b.post("/orders/"+id+"/cancel", nil).shows(409)
	nusrat.post("/office/deliveries", url.Values{"text": {"tracking_number,status\nEW123456789IN,Delivered\nXX1,delivered\n"}}).
		shows(200, "recorded as arrived", "no parcel of ours")
	b.get("/orders/"+id).shows(200, "Your pieces have arrived", "You can do so until")

	line := regexp.MustCompile(`/return\?line=(lin_[a-z0-9]+)`).FindStringSubmatch(b.get("/orders/" + id).body)[1]
	form := b.get("/orders/"+id+"/return?line="+line).shows(200, "How many of 2", "The size does not fit", "Size L instead", "within 7 days").form("/orders/" + id + "/return")
	b.post("/orders/"+id+"/return", with(form, "pieces", "many")).shows(422)
	asked := b.post("/orders/"+id+"/return", with(form, "pieces", "1", "reason", "defect", "note", "a <b>hole</b>")).shows(200, "Return asked for", "a <b>hole</b>", "pack the piece well")
	ret := regexp.MustCompile(`/returns/(ret_[a-z0-9]+)/withdraw`).FindStringSubmatch(asked.body)[1]
	s.browser().post("/returns/"+ret+"/withdraw", nil).shows(404)
	s.browser().get("/orders/" + id + "/return?line=" + line).shows(404)
	other := s.browser()
	s.order(other, "kurta")
	other.post("/returns/"+ret+"/withdraw", nil).shows(404)
	b.post("/returns/"+ret+"/withdraw", asked.form("/returns/"+ret+"/withdraw")).shows(200, "Return withdrawn")

	form = b.get("/orders/" + id + "/return?line=" + line).form("/orders/" + id + "/return")
	asked = b.post("/orders/"+id+"/return", with(form, "pieces", "1", "reason", "size")).shows(200, "Return asked for")
	ret = regexp.MustCompile(`/returns/(ret_[a-z0-9]+)/withdraw`).FindStringSubmatch(asked.body)[1]
	meera.get("/office/returns").shows(200, "The size does not fit")
	meera.get("/office/returns/"+ret).shows(200, "Return asked for").hides("/receive")
	work := nusrat.get("/office/returns/"+ret).shows(200, "Shabana Bano", "It can be sold again", "Or refuse it")
	nusrat.post("/office/returns/"+ret+"/refuse", work.form("/office/returns/"+ret+"/refuse")).shows(422)
	nusrat.post("/office/returns/"+ret+"/receive", with(work.form("/office/returns/"+ret+"/receive"), "reason", "size", "outcome", "spoiled")).shows(200, "The piece is back", "₹1,050.00")
	s.writesOff(nusrat)
	s.refundsByHand(b, meera, id)
	s.papers(b, id)
	s.invariants()
}

// writesOff approves the proposal that a spoiled return made.
func (s *shop) writesOff(proposer *browser) {
	farah := s.browser().signIn("farah")
	proposer.get("/office/write-offs").shows(200, "a second person must approve it", "1 piece")
	page := farah.get("/office/write-offs").shows(200, "Proposed by nusrat")
	action := regexp.MustCompile(`/office/write-offs/wro_[a-z0-9]+/approve`).FindString(page.body)
	proposer.post(action, page.form(action)).shows(403, "cannot approve it")
	farah.post(action, page.form(action)).shows(200, "No write-off waits")
}

// refundsByHand records the refund of a returned piece.
func (s *shop) refundsByHand(b, finance *browser, id string) {
	b.get("/orders/"+id).shows(200, "Refund due", "return: size", "₹1,050.00")
	page := finance.get("/office/money").shows(200, "I have paid it", "NEFT RENT OF NOBODY")
	action := regexp.MustCompile(`/office/refunds/rfd_[a-z0-9]+`).FindString(page.body)
	finance.post(action, with(page.form(action), "method", "upi", "reference", "!")).shows(409)
	finance.post(action, with(page.form(action), "method", "upi", "reference", "UTR1234567")).shows(200, "Every refund has been paid")
	b.get("/orders/"+id).shows(200, "Refunded", "Credit note")
	receipt := regexp.MustCompile(`/office/receipts/rcp_[a-z0-9]+`).FindString(page.body)
	finance.post(receipt, with(page.form(receipt), "decision", "sent_back", "about", "UTR7654321")).shows(200, "All money that has arrived is understood")
}

// papers looks at an order's documents, which nobody else can open.
func (s *shop) papers(b *browser, id string) {
	t := s.t
	paths := regexp.MustCompile(`/documents/doc_[a-z0-9]+`).FindAllString(b.get("/orders/"+id).shows(200, "The number follows within a second").body, -1)
	invoice := paths[2] // each paper has two links: the receipt voucher first
	b.get(invoice).shows(200, "Tax invoice", "The number follows within a second", "Place of supply")
	for {
		n, err := s.orders.NumberDocuments(t.Context())
		must(t, err)
		if n == 0 {
			break
		}
	}
	page := b.get(invoice).shows(200, "Tax invoice", "SBI/", "GSTIN 09AAATL1234Q1ZB", "Plain cotton kurta").hides("follows within")
	if page.header.Get("Cache-Control") != "no-store" {
		t.Error("a document may be kept")
	}
	file := b.get(invoice + ".pdf")
	if file.status != 200 || file.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(file.body, "%PDF-") ||
		!strings.Contains(file.header.Get("Content-Disposition"), "SBI-") || file.header.Get("Cache-Control") != "no-store" {
		t.Error("pdf:", file.status, file.header)
	}
	other := s.browser()
	s.order(other, "kurta")
	for _, who := range []*browser{s.browser(), other, s.browser().signIn("asha")} {
		who.get(invoice).shows(404)
		who.get(invoice + ".pdf").shows(404)
	}
	s.browser().signIn("meera").get(invoice).shows(200, "Tax invoice")
	b.cookies["lang"] = "hi"
	b.get(invoice).shows(200, "कर बीजक", "पीडीएफ़ में लें")
	delete(b.cookies, "lang")
}

func TestCancellingThroughForms(t *testing.T) {
	s := open(t)
	kurta := s.cheap()
	b, meera := s.browser(), s.browser().signIn("meera")
	id := s.byUPI(b, meera, kurta.Variants[0].ID, "3")
	b.get("/orders/"+id).shows(200, "Get mails about this order")
	b.post("/orders/"+id+"/mail", url.Values{"email": {"no address"}}).shows(422, "this is not an e-mail address")
	b.post("/orders/"+id+"/mail", url.Values{"email": {"asha@example.org"}}).shows(200, "Mails about this order go to asha@example.org")
	page := b.get("/orders/"+id+"/cancel").shows(200, "goes back to you in full", "How many of 3", "Keep the order as it is")
	whole, some := page.form("/orders/"+id+"/cancel"), regexp.MustCompile(`value="(lin_[a-z0-9]+)"`).FindStringSubmatch(page.body)[1]
	b.post("/orders/"+id+"/cancel", url.Values{"key": {"k1"}, "line": {some}, "pieces": {"0"}}).shows(422)
	b.post("/orders/"+id+"/cancel", url.Values{"key": {"k2"}, "line": {some}, "pieces": {"4"}}).shows(409)
	s.browser().post("/orders/"+id+"/cancel", whole).shows(404)
	b.post("/orders/"+id+"/cancel", url.Values{"key": {"k3"}, "line": {some}, "pieces": {"1"}}).shows(200, "1 of them cancelled", "Refund due", "₹1,050.00")
	b.post("/orders/"+id+"/cancel", whole).shows(200, "You cancelled this order", "is owed back to you")
	unpaid := idOf(t, b.placed(kurta.Variants[1].ID, "1", "cash"))
	desk := b.post("/orders/"+unpaid+"/pay", url.Values{"method": {"cash"}}).shows(200, "Pay in cash", "trust’s office in Lucknow").hides("I have paid")
	if referenceForm.FindString(desk.body) == "" {
		t.Error("no reference for the desk")
	}
	b.post("/orders/"+unpaid+"/pay", url.Values{"method": {"bank"}}).shows(200, "309900011111", "BARB0LUCKNO", "Trust of the Tests", "I have paid")
	b.post("/orders/"+unpaid+"/pay", url.Values{"method": {"shells"}}).shows(422)
	money := meera.get("/office/money?order=" + unpaid).shows(200)
	meera.post("/office/money", with(money.form("/office/money"), "order", unpaid, "method", "cash", "amount", "eleven", "reference", "V-17")).shows(400)
	meera.post("/office/money", with(money.form("/office/money"), "order", unpaid, "method", "cash", "amount", "₹1,090", "reference", "V-0017")).shows(200, "Paid, thank you")
	b.get("/orders/"+unpaid).shows(200, "Paid, thank you")
	last := idOf(t, b.placed(kurta.Variants[1].ID, "1", "card"))
	b.post("/orders/"+last+"/cancel", b.get("/orders/"+last+"/cancel").shows(200, "Nothing has been paid").form("/orders/"+last+"/cancel")).shows(200, "You cancelled this order")
	s.invariants()
}

// An exchange's order is opened by the key of the order it replaces.
func TestExchangeThroughForms(t *testing.T) {
	s := open(t)
	kurta := s.cheap()
	b, nusrat := s.browser(), s.browser().signIn("nusrat")
	id := idOf(t, b.placed(kurta.Variants[0].ID, "1", "card"))
	b.post("/orders/"+id+"/pay", nil)
	b.post("/pay/"+id, url.Values{"outcome": {"pay"}}).shows(200, "Paid, thank you")
	nusrat.post("/office/orders/"+id+"/dispatch", nil).shows(200)
	line := regexp.MustCompile(`/return\?line=(lin_[a-z0-9]+)`).FindStringSubmatch(b.get("/orders/" + id).body)[1]
	form := b.get("/orders/"+id+"/return?line="+line).shows(200, "Size L instead").form("/orders/" + id + "/return")
	b.post("/orders/"+id+"/return", with(form, "reason", "size", "exchange", kurta.Variants[1].ID)).shows(200, "Another size is wanted instead")
	ret := regexp.MustCompile(`/office/returns/(ret_[a-z0-9]+)`).FindStringSubmatch(nusrat.get("/office/returns").body)[1]
	work := nusrat.get("/office/returns/" + ret)
	nusrat.post("/office/returns/"+ret+"/receive", with(work.form("/office/returns/"+ret+"/receive"), "reason", "size", "outcome", "restock")).shows(200, "See the order that replaces it")
	replacement := regexp.MustCompile(`href="/orders/(ord_[a-z0-9]+)"`)
	var found string
	for _, m := range replacement.FindAllStringSubmatch(b.get("/orders/"+id).shows(200, "See the order that replaces it").body, -1) {
		if m[1] != id {
			found = m[1]
		}
	}
	b.get("/orders/"+found).shows(200, "replaces a piece you sent back", "S-cheap-L", "Exchanged")
	s.browser().get("/orders/" + found).shows(404)
	s.invariants()
}

func TestCouponsAndBooks(t *testing.T) {
	s := open(t)
	nusrat, meera, farah := s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	form := nusrat.get("/office/coupons").shows(200, "There is no coupon yet").form("/office/coupons")
	nusrat.post("/office/coupons", with(form, "code", "diwali", "kind", "percent", "value", "12.5", "from", "2026-01-01", "to", "2099-01-01", "most", "500", "limit", "10")).
		shows(200, "DIWALI", "12.5 %", "used 0 of 10 times", "up to ₹500 off")
	nusrat.post("/office/coupons", url.Values{"key": {"k2"}, "code": {"DIWALI"}, "kind": {"fixed"}, "value": {"50"}, "from": {"2026-01-01"}, "to": {"2099-01-01"}}).shows(409)
	nusrat.post("/office/subsidies", url.Values{"name": {"festival"}, "amount": {"500"}, "reason": {"Diwali"}}).shows(403)
	farah.post("/office/subsidies", with(farah.get("/office/coupons").form("/office/subsidies"), "name", "festival", "amount", "500", "reason", "Diwali")).shows(200)
	page := meera.get("/office/coupons").shows(200, "DIWALI")
	meera.post("/office/coupons/end", page.form("/office/coupons/end")).shows(200, "Ended on")

	meera.get("/office/gst").shows(200, "To registered buyers", "Download as CSV")
	meera.get("/office/gst?month=11-2026").shows(422)
	csv := meera.get("/office/gst.csv?month=2026-11")
	if csv.status != 200 || !strings.Contains(csv.header.Get("Content-Disposition"), "gstr1-09-2026-11.csv") || !strings.Contains(csv.body, "total,documents") {
		t.Error("csv:", csv.status, csv.header, csv.body)
	}
	meera.get("/office/gst.json?month=2026-11").shows(200, `"month":"2026-11"`, `"ties_to_the_ledger":`)
	meera.get("/office/reconciliation").shows(200, "Nothing has been compared yet")
	s.order(s.browser(), "kurta")
	must(t, s.db.AdvanceClock(t.Context(), 120_000_000_000))
	meera.post("/office/reconciliation", nil).shows(200, "movement")
}

func TestOfficePagesAreForTheirRoles(t *testing.T) {
	s := open(t)
	asha, nusrat := s.browser().signIn("asha"), s.browser().signIn("nusrat")
	for _, path := range []string{"/office/returns", "/office/money", "/office/coupons", "/office/write-offs", "/office/advances", "/office/registrations", "/office/gst",
		"/office/gst.csv", "/office/gst.json", "/office/reconciliation"} {
		asha.get(path).shows(403)
		if got := s.browser().get(path).path; !strings.HasPrefix(got, "/sign-in") {
			t.Errorf("%s is shown to nobody as %s", path, got)
		}
		page := nusrat.get(path).shows(200)
		if page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", path)
		}
	}
	nusrat.get("/office/money").hides("/office/money/statement", `action="/office/money"`)
	for _, path := range []string{"/office/money", "/office/money/statement", "/office/receipts/rcp_x", "/office/refunds/rfd_x"} {
		nusrat.post(path, url.Values{"text": {"date,narration,credit\n"}, "method": {"cash"}, "amount": {"1"}, "reference": {"V-0001"}, "decision": {"settlement"}}).shows(403)
	}
	meera := s.browser().signIn("meera")
	for _, path := range []string{"/office/deliveries", "/office/registrations", "/office/returns/ret_x/receive"} {
		meera.post(path, url.Values{"text": {"tracking_number,status\n"}, "gstin": {"09AAATL1234Q1ZB"}, "reason": {string(orders.Size)}}).shows(403)
	}
	meera.post("/office/subsidies", url.Values{"name": {"festival"}, "amount": {"5"}, "reason": {"x"}}).shows(403)
}

// Staff see every order by their role; a cart of their own is no key to it.
func TestACartIsNoKeyToAnothersOrder(t *testing.T) {
	s := open(t)
	b, meera := s.browser(), s.browser().signIn("meera")
	id := s.order(b, "kurta")
	meera.post("/cart", url.Values{"variant": {s.pieces["saree"].Variants[0].ID}, "quantity": {"1"}}).shows(200)
	meera.get("/orders/" + id).shows(200).hides("/cancel")
	meera.post("/orders/"+id+"/cancel", nil).shows(403)
	s.browser().signIn("nusrat").post("/office/orders/"+id+"/dispatch", nil).shows(200)
	line := regexp.MustCompile(`/return\?line=(lin_[a-z0-9]+)`).FindStringSubmatch(b.get("/orders/" + id).body)[1]
	meera.post("/orders/"+id+"/return", url.Values{"line": {line}, "pieces": {"1"}, "reason": {"size"}}).shows(403)
	asked := b.post("/orders/"+id+"/return", url.Values{"line": {line}, "pieces": {"1"}, "reason": {"size"}}).shows(200)
	ret := regexp.MustCompile(`/returns/(ret_[a-z0-9]+)/withdraw`).FindStringSubmatch(asked.body)[1]
	meera.post("/returns/"+ret+"/withdraw", nil).shows(403)
	b.get("/orders/"+id).shows(200, "Return asked for")
}
