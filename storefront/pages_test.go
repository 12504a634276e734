package storefront_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"saebaan/internal/testdb"
	"saebaan/storefront/static"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

func TestHomeListAndProduct(t *testing.T) {
	s := open(t)
	b := s.browser()
	home := b.get("/").shows(200, "Every stitch has a maker", "Every paisa you pay has one named head, the heads add up to the price, and no head is called margin.",
		"Chikan", "New pieces", "White muslin kurta", "₹2,520")
	if !strings.Contains(home.body, `srcset="/media/`) || !strings.Contains(home.header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Error("the first page lacks pictures or its policy")
	}
	b.get("/shop").shows(200, "3 pieces", "One of a kind", "from Lucknow")
	b.get("/shop?garment=saree&in_stock=true").shows(200, "1 piece", "Single saree").hides("White muslin kurta")
	b.get("/shop?price=0-1000").shows(200, "0 pieces", "Nothing fits all of this", "Up to ₹1,000", "Zardozi")
	b.get("/shop?q=kurtaa").shows(200, "White muslin kurta")
	b.get("/shop?after=nonsense").shows(422, "Start again from the first page")
	b.get("/shop?sort=sideways").shows(422)

	page := b.get("/p/"+s.pieces["kurta"].Slug).shows(200, "White muslin kurta", "inclusive of all taxes", "Choose a size",
		"Where your money goes", "Embroidery 50.6 % ₹1,215.00 Shabana of Lucknow; a woman of Ahirori in Hardoi 18 h 30 min of work, ₹65.67 an hour",
		"Block printing 2.0 % ₹48.00 a craftsperson of Lucknow", "Price before tax 100.0 % ₹2,400.00", "Tax (GST 5 %) ₹120.00", "You pay ₹2,520.00", "S: ₹2,520 Head Share Amount", "M: ₹2,625 Head Share Amount")
	page.hides("Bano", "Tabassum", "Salim")
	if !strings.Contains(page.body, `property="og:image" content="http://example.com/media/`) {
		t.Error("no picture for shared links")
	}
	page.shows(200, "Pieces like it", "<script>")
	b.get("/p/no-such-piece").shows(404, "There is no such piece here", "Number of this request: req_")
	b.get("/nowhere").shows(404, "There is nothing at this address.")
	b.get("/about").shows(200, "Wages come first")
}

// A price named in words is a bound that she sees and can take away, and what fits
// nothing is answered with what comes nearest.
func TestAskedInWords(t *testing.T) {
	b := open(t).browser()
	b.get("/shop?q=kurta+under+3000").shows(200, "2 pieces", "White muslin kurta", "Up to ₹3,000")
	b.get("/shop?q=kurta+under+2000").shows(200, "Nothing fits at that price", "White muslin kurta").hides("2 pieces")
	b.get("/shop?q=muslin+elephant").shows(200, "Nothing fits all that you asked. These fit “muslin”", "White muslin kurta")
	b.get("/shop?q=elephant").shows(200, "0 pieces", "Nothing fits all of this")
	b.get("/suggest?q=musl").shows(200, "White muslin kurta").hides("Cart")
	b.get("/suggest?q=ku").shows(200, "White muslin kurta")
	b.get("/suggest?q=elephant").shows(200).hides("White muslin kurta")
	b.get("/suggest?q=").shows(200).hides("White muslin kurta")
	b.get("/suggest?lang=hi&q=%3Cscript%3E").shows(200).hides("<script>")
	b.get("/shop?lang=hi&q=कुर्ता+२०००+से+कम").shows(200, "इस दाम पर कुछ नहीं मिला")
}

// The parts of a price add up to it, in amounts and in percent.
func TestPricePartsAddUp(t *testing.T) {
	s := open(t)
	page := s.browser().get("/p/" + s.pieces["saree"].Slug).shows(200)
	text := textOf(page.body)
	start, end := strings.Index(text, "Head Share Amount"), strings.Index(text, "Price before tax")
	var paise, mille int
	for _, m := range regexp.MustCompile(`(\d+)\.(\d) % ₹([\d,]+)\.(\d\d)`).FindAllStringSubmatch(text[start:end], -1) {
		mille += atoi(m[1] + m[2])
		paise += atoi(strings.ReplaceAll(m[3], ",", "") + m[4])
	}
	if paise != 240_000 || mille != 1000 {
		t.Errorf("parts sum to %d paise and %d thousandths", paise, mille)
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestTitleWithMarkupIsEscapedEverywhere(t *testing.T) {
	s := open(t)
	b := s.browser()
	piece := s.pieces["tricky"]
	b.post("/cart", url.Values{"variant": {piece.Variants[0].ID}, "quantity": {"1"}})
	for _, path := range []string{"/", "/shop", "/p/" + piece.Slug, "/cart", "/checkout", "/shop?q=%3Cscript%3Ealert(1)%3C/script%3E", "/shop?garment=%22%3E%3Cscript%3E"} {
		page := b.get(path).shows(200)
		page.hides("<script>alert", `"><script>`)
		for _, script := range regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`).FindAllStringSubmatch(page.body, -1) {
			if script[1] != "" && !json.Valid([]byte(script[1])) {
				t.Errorf("%s has a script in it: %s", path, script[0])
			}
		}
		if strings.Contains(page.body, " style=") || strings.Contains(page.body, " onclick=") {
			t.Errorf("%s has style or script in an attribute, which the policy forbids", path)
		}
	}
}

func TestWithdrawnConsentHidesTheName(t *testing.T) {
	s := open(t)
	b := s.browser()
	path := "/p/" + s.pieces["kurta"].Slug
	etag := b.get(path).shows(200, "Shabana of Lucknow").header.Get("ETag")
	s.consent("shabana", false)
	s.follow()
	page := b.get(path).shows(200, "a woman of Lucknow; a woman of Ahirori in Hardoi").hides("Shabana")
	if page.header.Get("ETag") == etag {
		t.Error("the page changed and its mark did not")
	}
}

func TestSoldOneOffKeepsItsPage(t *testing.T) {
	s := open(t)
	b := s.browser()
	s.order(b, "saree")
	s.follow()
	b.get("/p/"+s.pieces["saree"].Slug).shows(200, "This piece has been sold", "Where your money goes", "See pieces like it").hides(`id="buy"`)
	b.get("/shop").shows(200, "Sold")
	b.get("/shop?in_stock=true").shows(200, "2 pieces")
}

func TestPublicPagesAreKeptAndTheSameForAll(t *testing.T) {
	s := open(t)
	guest, staff := s.browser(), s.browser().signIn("nusrat")
	guest.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"2"}})
	for _, path := range []string{"/", "/shop", "/p/" + s.pieces["kurta"].Slug} {
		a, b := guest.get(path).shows(200), staff.get(path).shows(200)
		if a.body != b.body || a.header.Get("ETag") == "" {
			t.Errorf("%s differs by reader, or has no mark", path)
		}
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", a.header.Get("ETag"))
		guest.do(r).shows(304)
	}
	for _, path := range []string{"/cart", "/checkout", "/sign-in"} {
		if got := guest.get(path).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s may be kept: %q", path, got)
		}
	}
}

func TestPhotosAndFiles(t *testing.T) {
	s := open(t)
	b := s.browser()
	name := "/media/" + s.pieces["kurta"].Photos[0].Hash + "-240.jpg"
	photo := b.get(name).shows(200)
	if photo.header.Get("Content-Type") != "image/jpeg" || !strings.Contains(photo.header.Get("Cache-Control"), "immutable") {
		t.Error("photo headers", photo.header)
	}
	b.get("/media/..%2f..%2fkeys").shows(404)
	b.get("/media/" + strings.Repeat("0", 64) + "-240.jpg").shows(404)
	css := b.get(static.URL("app.css")).shows(200)
	if !strings.Contains(css.header.Get("Cache-Control"), "immutable") || css.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Error("style sheet headers", css.header)
	}
	r := httptest.NewRequest(http.MethodGet, "/static/app.css", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if a := b.do(r).shows(200); a.header.Get("Content-Encoding") != "gzip" || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Error("compressed style sheet headers", a.header)
	}
	b.get("/static/fonts/noto-sans-devanagari-400.v5.woff2").shows(200)
	b.get("/static/doc.go").shows(404)
}

// The weights that EXPERIENCE sets, compressed as a proxy or the server would.
func TestWeights(t *testing.T) {
	for name, most := range map[string]int{"app.css": 15_000, "app.js": 2_000, "pay.js": 2_000} {
		f, ok := static.Open(name)
		if !ok || len(f.Gzip) > most {
			t.Errorf("%s: %d bytes compressed, at most %d", name, len(f.Gzip), most)
		}
	}
	s := open(t)
	b := s.browser()
	for _, path := range []string{"/", "/shop", "/p/" + s.pieces["kurta"].Slug, "/about"} {
		if n := compressed(b.get(path).body); n > 20_000 {
			t.Errorf("%s: %d bytes compressed", path, n)
		}
	}
}

func TestLanguageIsChosenAndRemembered(t *testing.T) {
	s := open(t)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Language", "ta-IN, hi-IN;q=0.8, en;q=0.5")
	if a := s.browser().do(r); !strings.Contains(a.body, `<html lang="hi" dir="ltr">`) {
		t.Error("the browser's language is not taken")
	}
	b := s.browser()
	if a := b.get("/shop?lang=hi&garment=kurta"); !strings.Contains(a.body, `<html lang="hi"`) || b.cookies["lang"] != "hi" {
		t.Error("the language asked for is not taken and remembered")
	}
	if a := b.get("/shop"); !strings.Contains(a.body, `<html lang="hi"`) {
		t.Error("the language is forgotten")
	}
	if a := b.get("/shop?lang=xx"); !strings.Contains(a.body, `<html lang="hi"`) || b.cookies["lang"] != "hi" {
		t.Error("an unknown language changes something")
	}
	b.get("/p/nothing").shows(404, "यहाँ ऐसी कोई चीज़ नहीं है")
}

func TestPINTellsTownAndState(t *testing.T) {
	b := open(t).browser()
	for pin, want := range map[string]string{
		"226003": `{"city":"Lucknow","state":"09"}`, "225003": `{"city":"Barabanki","state":"09"}`, "241127": `{"city":"Hardoi","state":"09"}`,
		"560001": `{"city":"Bengaluru","state":"29"}`, "110001": `{"city":"New Delhi","state":"07"}`, "400001": `{"city":"Mumbai","state":"27"}`,
		"250001": `{"city":"","state":""}`, // Uttar Pradesh or Uttarakhand
		"160017": `{"city":"","state":""}`, // Punjab or Chandigarh
		"500001": `{"city":"Hyderabad","state":""}`, "403001": `{"city":"","state":""}`, "012345": `{"city":"","state":""}`, "6345678": `{"city":"","state":""}`,
	} {
		if got := b.get("/pin/" + pin).shows(200).body; got != want {
			t.Errorf("%s: %s, not %s", pin, got, want)
		}
	}
}

// A page is never older than a second after a change; the follower's step is
// what the server waits for.
func TestChangedPriceIsSeen(t *testing.T) {
	s := open(t)
	b := s.browser()
	path := "/p/" + s.pieces["saree"].Slug
	b.get(path).shows(200, "₹2,520.00")
	_, err := s.catalog.SaveCard(t.Context(), s.admin, "", card(s.pieces["saree"].Variants[0].ID, 262_500))
	must(t, err)
	s.follow()
	b.get(path).shows(200, "₹2,625.00")
}
