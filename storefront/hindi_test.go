package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/orders"
)

var (
	// What may stand in Latin letters in the Hindi shop: what is marked as
	// English or as not to be translated (names), and codes such as SKUs.
	allowedForm  = regexp.MustCompile(`(?s)<(a|span|h1|td|dd|address|p|option|textarea)\b[^>]*\b(lang="en"|translate="no")[^>]*>.*?</(a|span|h1|td|dd|address|p|option|textarea)>|<code[^>]*>.*?</code>`)
	latinForm    = regexp.MustCompile(`[A-Za-z]+`)
	devanagari   = regexp.MustCompile(`\p{Devanagari}`)
	spokenForm   = regexp.MustCompile(`\b(?:alt|aria-label|placeholder|title|content)="([^"]*)"`)
	metaForm     = regexp.MustCompile(`<meta name="(?:viewport|color-scheme|theme-color|robots)"[^>]*>|<meta property="og:(?:url|image)"[^>]*>`)
	messageIDRaw = regexp.MustCompile(`\b[a-z_]+\.[a-z_]+(\.[a-z_]+)*\b`)
)

func (a answer) isHindi() answer {
	a.t.Helper()
	if !strings.Contains(a.body, `<html lang="hi" dir="ltr">`) {
		a.t.Fatalf("%s is not in Hindi", a.path)
	}
	body := metaForm.ReplaceAllString(allowedForm.ReplaceAllString(a.body, " "), " ")
	text := textOf(body)
	for _, m := range spokenForm.FindAllStringSubmatch(body, -1) {
		text += " " + m[1]
	}
	if words := latinForm.FindAllString(text, -1); len(words) > 0 {
		a.t.Errorf("%s has Latin words %q", a.path, words)
	}
	if raw := messageIDRaw.FindAllString(text, -1); len(raw) > 0 {
		a.t.Errorf("%s shows message ids %q", a.path, raw)
	}
	if len(devanagari.FindAllString(text, -1)) < 80 {
		a.t.Errorf("%s has hardly any Hindi: %s", a.path, text)
	}
	return a
}

func TestHindiShopHasNoEnglishInIt(t *testing.T) {
	s := open(t)
	b := s.browser()
	b.cookies["lang"] = "hi"
	for _, path := range []string{"/", "/shop", "/shop?q=कुर्ता&craft=chikan&price=1000-2500&in_stock=true", "/shop?colour=blue", "/p/" + s.pieces["kurta"].Slug,
		"/p/" + s.pieces["saree"].Slug, "/about", "/cart", "/sign-in", "/nowhere", "/shop?sort=x", "/orders/ord_none"} {
		b.get(path).isHindi()
	}
	b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"2"}}).isHindi()
	form := b.get("/checkout").isHindi().form("/checkout")
	b.post("/checkout", with(address(form), "name", "", "phone", "1", "pin", "12")).isHindi().shows(422, "कृपया नाम लिखें", "दस अंक", "पिन कोड में छह अंक")
	b.post("/checkout", with(address(form), "pin", "110001", "state", "09")).isHindi().shows(422, "यह पिन कोड प्रायः दूसरे राज्य का है")
	form = b.get("/checkout").form("/checkout")
	placed := b.post("/checkout", with(address(form), "name", "लीला", "house", "हज़रतगंज")).isHindi().shows(200, "लखनऊ 226003", "उत्तर प्रदेश")
	b.post(placed.path+"/pay", nil).isHindi()
	pay := "/pay/" + orderForm.FindStringSubmatch(placed.path)[1]
	b.post(pay, url.Values{"outcome": {"decline"}}).isHindi()
	b.post(pay, url.Values{"outcome": {"pay"}}).isHindi()
	b.post(placed.path+"/pay", nil).isHindi().shows(409)
	b.post("/sign-in", url.Values{"login": {"x"}, "password": {"y"}}).isHindi().shows(401)
}

func TestHindiOfficeHasNoEnglishInIt(t *testing.T) {
	s := open(t)
	shopper, nusrat, meera, farah := s.browser(), s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	order := s.order(shopper, "kurta")
	for _, b := range []*browser{nusrat, meera, farah} {
		b.cookies["lang"] = "hi"
	}
	path := "/orders/" + order
	nusrat.get(path).isHindi()
	nusrat.post("/office"+path+"/dispatch", nil).isHindi()
	nusrat.post("/office"+path+"/dispatch", nil).isHindi().shows(409)
	nusrat.post("/office"+path+"/deliver", nil).isHindi()
	s.later(8 * 24 * time.Hour)
	nusrat.signIn("nusrat").get("/office/orders").isHindi()
	draft := meera.signIn("meera").post("/office/runs", nil).isHindi()
	meera.post(draft.path+"/submit", nil).isHindi()
	meera.get(draft.path + "/approve").isHindi()
	look := farah.signIn("farah").get(draft.path + "/approve").isHindi()
	farah.post(draft.path+"/approve", url.Values{"password": {"wrong"}}).isHindi().shows(403)
	farah.post(draft.path+"/approve", with(look.form(draft.path+"/approve"), "password", password)).isHindi()
	farah.post(draft.path+"/bank-file", nil)
	meera.post(draft.path+"/answers", url.Values{"answer": {"reference,status,utr,reason\nSBX,paid,UTR123456,\n"}}).isHindi()
	for _, page := range []string{"/office", "/office/runs", draft.path, "/office/artisans", "/office/artisans/" + s.people["shabana"]} {
		meera.get(page).isHindi()
	}
}

// The pages of paying, changing an order and of the office's money.
func TestHindiMoneyHasNoEnglishInIt(t *testing.T) {
	s := open(t)
	cheap := s.cheap()
	made := s.list("made", special{title: catalog.Text{En: "Kurta to measure", Hi: "नाप का कुर्ता"}, sizes: []string{"M"}, tag: 306_800, count: 2, madeToOrder: true})
	set := s.list("set", special{title: catalog.Text{En: "Two", Hi: "दो"}, sizes: []string{"Free"}, parts: []catalog.PartInput{{Variant: cheap.Variants[0].ID, Pieces: 2}}})
	_, err := s.orders.CreateCoupon(t.Context(), s.admin, "", orders.CouponInput{Code: "EID-150", Kind: orders.Fixed, Paise: 30_000, From: "2020-01-01", To: "2099-12-31"})
	must(t, err)
	b, nusrat, meera, farah := s.browser(), s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	id := s.byUPI(b, meera, cheap.Variants[0].ID, "2")
	for _, one := range []*browser{b, nusrat, meera, farah} {
		one.cookies["lang"] = "hi"
	}
	b.get("/p/" + set.Slug).isHindi()
	b.get("/p/" + made.Slug).isHindi()
	b.post("/cart", url.Values{"variant": {set.Variants[0].ID}, "quantity": {"1"}}).isHindi()
	b.post("/cart", url.Values{"variant": {made.Variants[0].ID}, "quantity": {"1"}}).isHindi()
	hindi := func(form url.Values) url.Values {
		return with(address(form), "name", "लीला", "house", "हज़रतगंज", "city", "लेह", "state", "38", "pin", "194101", "coupon", "EID-150", "method", "upi")
	}
	b.post("/checkout/price", with(hindi(b.get("/checkout").isHindi().form("/checkout")), "coupon", "NONE")).isHindi()
	priced := b.post("/checkout/price", hindi(b.get("/checkout").form("/checkout"))).isHindi().shows(200, "कूपन के बिना")
	b.post("/checkout", with(hindi(priced.form("/checkout")), "seen", "1")).isHindi().shows(409)
	placed := b.post("/checkout", hindi(priced.form("/checkout"))).isHindi().shows(200)
	for _, way := range []string{"upi", "bank", "cash"} {
		b.post(placed.path+"/pay", url.Values{"method": {way}}).isHindi().shows(200)
		b.post(placed.path+"/claim", nil).isHindi().shows(200)
	}
	b.get(placed.path + "/cancel").isHindi()
	b.post(placed.path+"/cancel", nil).isHindi().shows(200, "आपने यह ऑर्डर रद्द किया")
	path := "/orders/" + id
	for _, page := range []string{"/office", "/office/orders", "/office/returns", "/office/write-offs", "/office/advances", "/office/groups", "/office/notices", "/office/artisans/" + s.people["shabana"] + "/consents", "/office/money", "/office/coupons", "/office/registrations", "/office/gst", "/office/reconciliation", path} {
		nusrat.get(page).isHindi().shows(200)
	}
	b.get(path + "/cancel").isHindi()
	nusrat.post("/office"+path+"/dispatch", url.Values{"carrier": {"delhivery"}, "tracking": {"DL123456789"}}).isHindi()
	nusrat.post("/office/deliveries", url.Values{"text": {"awb,status\nDL123456789,delivered\nX,delivered\nX,no\n"}}).isHindi().shows(200)
	line := regexp.MustCompile(`/return\?line=(lin_[a-z0-9]+)`).FindStringSubmatch(b.get(path).isHindi().body)[1]
	form := b.get(path + "/return?line=" + line).isHindi().form(path + "/return")
	b.post(path+"/return", with(form, "reason", "defect", "pieces", "9")).isHindi().shows(409)
	form = b.get(path + "/return?line=" + line).form(path + "/return")
	asked := b.post(path+"/return", with(form, "reason", "defect", "pieces", "1", "note", "छेद")).isHindi().shows(200)
	ret := regexp.MustCompile(`/returns/(ret_[a-z0-9]+)/withdraw`).FindStringSubmatch(asked.body)[1]
	work := nusrat.get("/office/returns/" + ret).isHindi()
	nusrat.post("/office/returns/"+ret+"/receive", with(work.form("/office/returns/"+ret+"/receive"), "reason", "defect", "outcome", "spoiled")).isHindi().shows(200)
	farah.get("/office/write-offs").isHindi()
	meera.post("/office/money/statement", url.Values{"text": {"date,narration,credit\n2026-11-22,x,5.00\n2026-11-22,y,\n2026-11-22,z,abc\n"}}).isHindi().shows(200)
	for _, page := range []string{"/office", "/office/money", "/office/coupons", path} {
		meera.get(page).isHindi().shows(200)
	}
	b.get(path).isHindi().shows(200, "पैसा लौटाना है")
}
