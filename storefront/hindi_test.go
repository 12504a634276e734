package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	// What may stand in Latin letters in the Hindi shop: what is marked as
	// English or as not to be translated (names), and codes such as SKUs.
	allowedForm  = regexp.MustCompile(`(?s)<(a|span|h1|td|dd|address|p)\b[^>]*\b(lang="en"|translate="no")[^>]*>.*?</(a|span|h1|td|dd|address|p)>|<code>.*?</code>`)
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
