package storefront_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"saebaan/catalog"
	"saebaan/orders"
)

// phone is Chromium at the width of a small telephone.
type phone struct {
	t     *testing.T
	ctx   context.Context
	base  string
	shots string
	n     int
}

func (s *shop) phone() *phone {
	t := s.t
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is needed under CI (apt-get install chromium)")
		}
		t.Skip("LOUD SKIP: chromium is not installed; no page was looked at")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = s.app.Listener(l) }()
	t.Cleanup(func() { _ = s.app.Shutdown() })
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(360, 900)}
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...))
	t.Cleanup(stop)
	p := &phone{t: t, ctx: ctx, base: "http://" + l.Addr().String(), shots: os.Getenv("SAEBAAN_SHOTS")}
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(360, 900)))
	must(t, chromedp.Do(ctx, chromedp.Navigate(p.base+"/about")))
	return p
}

func (p *phone) eval(script string) string {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script))
	must(p.t, err)
	return out
}

// as takes over the keys of a person.
func (p *phone) as(b *browser, language string) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, func(ctx context.Context, tab *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, tab, network.ClearBrowserCookies, cdp.Empty{}) // also those that no script sees
	})
	must(p.t, err)
	set := ""
	for name, value := range b.cookies {
		set += fmt.Sprintf("document.cookie = %q;", name+"="+value+"; Path=/; Secure; SameSite=Lax")
	}
	p.eval(set + fmt.Sprintf("document.cookie = %q; ''", "lang="+language+"; Path=/"))
}

// flaws are what no page may have: a side scroll, a heading too many or left
// out, a field without a label, a target too small to touch.
const flaws = `(() => {
	const d = document.documentElement, wrong = [];
	if (/req_[0-9a-z]{20}/.test(document.body.textContent)) wrong.push("is an error's page: " + document.querySelector("h1").textContent);
	if (d.scrollWidth > d.clientWidth) wrong.push("scrolls sideways by " + (d.scrollWidth - d.clientWidth));
	const seen = (e) => e.checkVisibility() && e.getClientRects().length > 0;
	let level = 0;
	for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
		const n = Number(h.tagName[1]);
		if (n > level + 1) wrong.push("heading " + h.textContent + " skips a level");
		level = n;
	}
	if (document.querySelectorAll("h1").length !== 1) wrong.push(document.querySelectorAll("h1").length + " first headings");
	for (const l of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
		if (!l.labels?.length && !l.getAttribute("aria-label")) wrong.push("no label: " + l.name);
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push("twice: id " + id);
	for (const e of document.querySelectorAll("main a, main button, main summary, main select, main input:not([type=hidden])")) {
		if (!seen(e)) continue;
		const box = (e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e).getBoundingClientRect();
		const inText = e.tagName === "A" && getComputedStyle(e).display === "inline";
		if (!inText && box.height < 47.5) wrong.push("only " + Math.round(box.height) + " px high: " + (e.textContent.trim() || e.name).slice(0, 40));
	}
	return [...new Set(wrong)].join("; ");
})()`

func (p *phone) look(name string) {
	p.t.Helper()
	if found := p.eval(flaws); found != "" {
		p.t.Errorf("%s: %s", name, found)
	}
	p.n++
	if p.shots == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	must(p.t, err)
	must(p.t, os.WriteFile(filepath.Join(p.shots, fmt.Sprintf("%02d-%s.png", p.n, name)), shot, 0o600))
}

func (p *phone) open(path, name string) {
	p.t.Helper()
	must(p.t, chromedp.Do(p.ctx, chromedp.Navigate(p.base+path)))
	p.look(name)
}

// submit fills a form's fields and sends it.
func (p *phone) submit(action string, fields map[string]string, name string) {
	p.t.Helper()
	script := fmt.Sprintf("const f = document.querySelector(`form[action$='%s']`);", action)
	for field, value := range fields {
		script += fmt.Sprintf("f.elements[%q].value = %q;", field, value)
	}
	p.eval("(() => {" + script + "f.noValidate = true; for (const d of f.closest('details') ? [f.closest('details')] : []) d.open = true; return ''})()")
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(fmt.Sprintf("form[action$='%s'] button[type=submit]", action)))
	must(p.t, err)
	p.look(name)
}

// Every page of an order and of the office, at 360 px, in both languages.
func TestPagesOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("pages are looked at without -short")
	}
	s := open(t)
	cheap := s.cheap()
	set := s.list("set", special{title: catalog.Text{En: "Kurta and two more", Hi: "कुर्ता और दो"}, sizes: []string{"Free"},
		parts: []catalog.PartInput{{Variant: cheap.Variants[0].ID, Pieces: 1}, {Variant: cheap.Variants[1].ID, Pieces: 2}}})
	made := s.list("made", special{title: catalog.Text{En: "Kurta to measure", Hi: "नाप का कुर्ता"}, sizes: []string{"M"}, tag: 306_800, count: 2, madeToOrder: true})
	_, err := s.orders.CreateCoupon(t.Context(), s.admin, "", orders.CouponInput{Code: "EID-150", Kind: orders.Fixed, Paise: 20_000, From: "2020-01-01", To: "2099-12-31"})
	must(t, err)
	shopper, nusrat, meera, farah := s.browser(), s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	order := s.byUPI(shopper, meera, cheap.Variants[0].ID, "2")
	unpaid := idOf(t, shopper.placed(cheap.Variants[1].ID, "1", "upi"))
	shopper.post("/orders/"+unpaid+"/pay", nil)
	p := s.phone()
	for _, l := range []string{"en", "hi"} {
		p.as(shopper, l)
		p.open("/p/"+set.Slug, l+"-set")
		p.open("/p/"+made.Slug, l+"-made")
		shopper.post("/cart", url.Values{"variant": {set.Variants[0].ID}, "quantity": {"1"}})
		shopper.post("/cart", url.Values{"variant": {made.Variants[0].ID}, "quantity": {"1"}})
		p.as(shopper, l)
		p.open("/cart", l+"-cart")
		p.open("/checkout", l+"-checkout")
		p.submit("/checkout", map[string]string{"phone": "98", "name": "Leela Mathur", "pin": "194101", "house": "7 High Street", "coupon": "EID-150", "city": "Leh", "state": "38"}, l+"-checkout-again")
		p.open("/orders/"+unpaid, l+"-order-unpaid")
		p.open("/pay/"+unpaid, l+"-pay-upi")
		p.open("/orders/"+order, l+"-order-paid")
		p.open("/orders/"+order+"/cancel", l+"-cancel")
	}
	s.pricedAsSheTypes(p, cheap.Variants[0].ID)
	s.phoneBank(p, shopper, unpaid)
	s.phoneAfterSending(p, []*browser{shopper, nusrat, meera, farah}, order)
	s.phonePasskeys(p)
}

// pricedAsSheTypes: with JavaScript the delivery to her PIN is shown before she
// orders, so that she need not confirm another total.
func (s *shop) pricedAsSheTypes(p *phone, variant string) {
	b := s.browser()
	b.put(variant, "1")
	p.as(b, "en")
	p.open("/checkout", "en-checkout-before")
	p.eval(`(() => { const pin = document.querySelector("#pin"); pin.value = "560001"; pin.dispatchEvent(new Event("input")); return "" })()`)
	got := ""
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline) && got != "112500 Order for ₹1,125"; {
		got = p.eval(`document.querySelector("#seen").value + " " + document.querySelector("#order").innerText`)
	}
	if got != "112500 Order for ₹1,125" || !strings.Contains(p.eval(`document.querySelector("#the-bill").innerText`), "Delivery to 560001") {
		s.t.Error("after the PIN the form says", got)
	}
	p.submit("/checkout", map[string]string{"phone": "9876543210", "name": "Leela Mathur", "house": "7 High Street"}, "en-order-placed")
	if where := p.eval("location.pathname"); !strings.HasPrefix(where, "/orders/") {
		s.t.Error("she had to confirm again at", where)
	}
}

func (s *shop) phoneBank(p *phone, shopper *browser, order string) {
	for _, way := range []string{"bank", "cash"} {
		shopper.post("/orders/"+order+"/pay", url.Values{"method": {way}})
		shopper.post("/orders/"+order+"/claim", nil)
		p.as(shopper, "hi")
		p.open("/pay/"+order, "hi-pay-"+way)
		p.open("/orders/"+order, "hi-order-"+way)
		p.as(shopper, "en")
		p.open("/pay/"+order, "en-pay-"+way)
	}
}

// phonePayouts looks at what stands between a maker and her money: her group,
// what she agreed to, an advance, and her statement.
func (s *shop) phonePayouts(p *phone, meera *browser) {
	asha, maker := s.browser().signIn("asha"), s.people["shabana"]
	group := asha.post("/office/groups", url.Values{"name_en": {"Roshni"}, "name_hi": {"रोशनी"}, "area": {"lucknow"}, "bylaws": {"दस रुपये हर पखवाड़े"}}).shows(200).path
	asha.post(group+"/members", url.Values{"artisan": {maker}, "role": {"leader"}, "date": {"2026-01-05"}}).shows(200)
	asha.post("/office/artisans/"+maker+"/consents", url.Values{"group": {group[len("/office/groups/"):]}, "kind": {"savings"}, "most": {"10"}, "total": {"0"},
		"from": {"2026-01-05"}, "notice": {"2026-11"}, "language": {"hi"}, "confirmed": {"अंगूठा, रेहाना के सामने"}}).shows(200)
	meera.post("/office/advances", url.Values{"artisan": {maker}, "kind": {"material"}, "amount": {"500"}, "reason": {"ईद के लिए धागा"}}).shows(200)
	s.changedNumbers(maker)
	job := s.opened(asha)
	asha.post(job+"/hand-ins", url.Values{"stage": {"embroidery"}, "pieces": {"2"}}).shows(200)
	asha.post(job+"/changes", url.Values{"stage": {"embroidery"}, "rate": {"1400"}, "reason": {"घना काम"}}).shows(200)
	for _, l := range []string{"en", "hi"} {
		nusrat := s.browser().signIn("nusrat")
		p.as(nusrat, l)
		p.open(job, l+"-job-other")
		p.as(asha, l)
		p.open(job, l+"-job")
		p.open("/office/jobs?sku=T-kurta-S", l+"-jobs")
		for name, path := range map[string]string{"groups": "/office/groups", "group": group, "consents": "/office/artisans/" + maker + "/consents",
			"payee": "/office/artisans/" + maker + "/payee", "notices": "/office/notices", "group-payee": group + "/payee"} {
			p.open(path, l+"-"+name)
		}
		p.as(meera, l)
		p.open("/office/advances", l+"-advances")
		p.open("/office/artisans/"+maker, l+"-maker")
	}
}

// phoneBooks looks at the book itself, at bills, closings and tax, and at what
// everybody may see of them.
func (s *shop) phoneBooks(p *phone, meera, farah *browser) {
	bill := url.Values{"account": {"head:packing"}, "supplier": {"Ganga Packers of Aminabad, Lucknow"}, "number": {"GP/2026-27/001"}, "date": {"2026-04-01"}, "amount": {"1050.50"}, "paid_from": {"owed"}}
	meera.post("/office/bills", bill).shows(200)
	closing := meera.post("/office/closings", url.Values{"month": {"2020-01"}}).shows(200)
	id := regexp.MustCompile(`id="(clo_[a-z0-9]+)"`).FindStringSubmatch(closing.body)[1]
	entry := href.FindAllStringSubmatch(meera.get("/office/books/entries").body, -1)[0][1]
	for _, l := range []string{"en", "hi"} {
		p.as(meera, l)
		for name, path := range map[string]string{"books": "/office/books", "account": "/office/books/accounts/head:packing", "entries": "/office/books/entries?account=head:", "entry": entry,
			"bills": "/office/bills", "tds": "/office/tds"} {
			p.open(path, l+"-"+name)
		}
		p.as(farah, l)
		p.open("/office/closings", l+"-closings")
		p.submit("/office/closings/"+id+"/decide", map[string]string{"password": "not mine at all"}, l+"-closing-refused")
		p.open("/open-books", l+"-open-books")
	}
}

// phoneAfterSending looks at what follows a dispatch: papers, returns, money.
func (s *shop) phoneAfterSending(p *phone, people []*browser, order string) {
	shopper, nusrat, meera := people[0], people[1], people[2]
	s.phonePayouts(p, meera)
	s.phoneBooks(p, meera, people[3])
	nusrat.post("/office/orders/"+order+"/dispatch", url.Values{"carrier": {"delhivery"}, "tracking": {"DL123456789"}}).shows(200)
	nusrat.post("/office/orders/"+order+"/deliver", nil).shows(200)
	page := shopper.get("/orders/" + order)
	line := regexp.MustCompile(`/return\?line=(lin_[a-z0-9]+)`).FindStringSubmatch(page.body)[1]
	invoice := regexp.MustCompile(`/documents/doc_[a-z0-9]+`).FindAllString(page.body, -1)[2]
	asked := shopper.post("/orders/"+order+"/return", url.Values{"line": {line}, "pieces": {"1"}, "reason": {"size"}, "note": {"छोटा है"}})
	ret := regexp.MustCompile(`/returns/(ret_[a-z0-9]+)/withdraw`).FindStringSubmatch(asked.body)[1]
	for _, l := range []string{"en", "hi"} {
		p.as(shopper, l)
		p.open("/orders/"+order, l+"-order-arrived")
		p.open("/orders/"+order+"/return?line="+line, l+"-return")
		p.open(invoice, l+"-invoice")
		p.as(nusrat, l)
		p.open("/office/returns", l+"-returns")
		p.open("/office/returns/"+ret, l+"-return-work")
	}
	nusrat.post("/office/returns/"+ret+"/receive", url.Values{"outcome": {"spoiled"}, "reason": {"size"}}).shows(200)
	sent := idOf(s.t, s.browser().placed(s.pieces["kurta"].Variants[0].ID, "1", "card"))
	for _, l := range []string{"en", "hi"} {
		for who, paths := range map[*browser][]string{
			nusrat:    {"/office", "/office/orders", "/office/registrations", "/orders/" + sent},
			meera:     {"/office/money", "/office/gst", "/office/reconciliation"},
			people[3]: {"/office/coupons", "/office/write-offs"},
		} {
			p.as(who, l)
			for _, path := range paths {
				p.open(path, l+strings.ReplaceAll(path[:min(len(path), 22)], "/", "-"))
			}
		}
		p.as(meera, l)
		p.open("/office/money", l+"-money")
		p.submit("/office/money/statement", map[string]string{"text": "date,narration,credit\n2026-11-22,NEFT,5.00\n2026-11-22,CHEQUE,abc\n"}, l+"-statement")
		p.as(shopper, l)
		p.open("/orders/"+order, l+"-order-refund")
	}
}
