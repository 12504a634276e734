package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"saebaan/cmd/saebaan/demo"
	"saebaan/internal/testkit"
)

// tab is one browser with a fresh profile.
type tab struct {
	t     testing.TB
	ctx   context.Context
	base  string
	shots string
	n     int
}

// browser starts Chromium; a missing one fails under CI and skips loudly elsewhere.
func browser(t testing.TB, base string, width int) *tab {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is needed under CI (apt-get install chromium)")
		}
		t.Skip("LOUD SKIP: chromium is not installed; no page was looked at")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, 900)}
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...))
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx, base: base, shots: os.Getenv("SAEBAAN_SHOTS")}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), 900)); err != nil { // starts the browser
		t.Fatal(err)
	}
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("browser at %s: %v\n%s", b.where(), err, b.text())
	}
}

func (b *tab) where() string {
	s, _ := chromedp.Run(b.ctx, chromedp.Location())
	return s
}

func (b *tab) text() string {
	s, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	return s
}

// open goes to a page of the shop, looks at it and takes its picture.
func (b *tab) open(path, name string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.look(name)
}

// look checks what every page must keep: no side scroll, one heading, and no
// broken picture; then it takes the picture.
func (b *tab) look(name string) {
	b.t.Helper()
	fault, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(() => {
		const d = document.documentElement, wrong = [];
		if (d.scrollWidth > d.clientWidth) wrong.push("scrolls sideways by " + (d.scrollWidth - d.clientWidth));
		if (document.querySelectorAll("h1").length !== 1) wrong.push(document.querySelectorAll("h1").length + " first headings");
		if (!d.lang) wrong.push("no language");
		for (const i of document.images) if (i.complete && i.naturalWidth === 0 && i.loading !== "lazy") wrong.push("broken picture " + i.src);
		for (const l of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
			if (!l.labels?.length && !l.getAttribute("aria-label")) wrong.push("no label: " + l.name);
		return wrong.join("; ");
	})()`))
	if err != nil {
		b.t.Fatal(err)
	}
	if fault != "" {
		b.t.Errorf("%s (%s): %s", name, b.where(), fault)
	}
	b.n++
	if b.shots == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.shots, fmt.Sprintf("%02d-%s.png", b.n, name)), shot, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// press clicks the first button or link that matches and waits for the page it
// leads to.
func (b *tab) press(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector)); err != nil {
		b.t.Fatalf("press %s at %s: %v\n%s", selector, b.where(), err, b.text())
	}
}

func (b *tab) fill(values map[string]string) {
	b.t.Helper()
	for name, v := range values {
		b.do(chromedp.SetValue("[name="+name+"]", v))
	}
}

func (b *tab) says(words ...string) {
	b.t.Helper()
	text := b.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Fatalf("%s does not say %q:\n%s", b.where(), w, text)
		}
	}
}

func (b *tab) signIn(login string) {
	b.t.Helper()
	b.signInWith(login, demo.Password)
}

func (b *tab) signInWith(login, password string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + "/sign-in"))
	if strings.HasSuffix(b.where(), "/office") { // somebody else is still signed in
		b.press("form[action='/sign-out'] button[type=submit]")
		b.do(chromedp.Navigate(b.base + "/sign-in"))
	}
	b.fill(map[string]string{"login": login, "password": password})
	b.press("form[action='/sign-in'] button[type=submit]")
}

// suggests types the beginning of a question and waits until what may be meant
// stands below it and can be followed.
func (b *tab) suggests(typed, meant string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+"/shop"), chromedp.SendKeys("input[type=search]", typed), chromedp.WaitVisible("[data-suggest] a"))
	b.look("suggest")
	if text, err := chromedp.Run(b.ctx, chromedp.Text("[data-suggest]")); err != nil || !strings.Contains(text, meant) {
		b.t.Fatalf("%q suggests %q, %v", typed, text, err)
	}
	b.press("[data-suggest] a[href^='/p/']")
	b.says(meant)
}

// The shopper's and finance's half of the day, in a browser, at the width of a
// phone, in the demonstration shop.
func TestBrowserDay(t *testing.T) {
	p := testkit.Serve(t, t.TempDir(), nil, "--demo")
	waitForPictures(t, p.URL)
	b := browser(t, p.URL, 360)
	rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}

	b.open("/", "home")
	b.open("/?lang=hi", "home-hi")
	b.says("हर पैसे")
	b.open("/shop?q=चिकन&lang=hi", "shop-hi")
	b.open("/shop?lang=hi&q=सफ़ेद+कुर्ता+२०००+से+कम", "bound-hi")
	b.says("₹2,000 तक")
	b.suggests("ज़रदो", "ज़रदोज़ी")
	b.open("/shop?lang=en&q=chickan+kurta&in_stock=true", "shop")
	b.press("main a[href^='/p/']")
	b.look("product")
	b.says("Embroidery", "GST")
	b.press("button[form=buy]")
	b.look("cart")
	b.open("/checkout", "checkout")
	b.fill(map[string]string{"phone": "9876543210", "name": "Leela Mathur", "pin": "226003", "house": "12 Rose Lane", "landmark": "near the clock tower"})
	b.press("main form[action='/checkout'] button[type=submit]")
	if strings.HasSuffix(b.where(), "/checkout") { // city and State could not be told from the PIN
		b.fill(map[string]string{"city": "Lucknow", "state": "09"})
		b.press("main form[action='/checkout'] button[type=submit]")
	}
	b.look("order-placed")
	order := strings.Split(b.where()[strings.LastIndex(b.where(), "/")+1:], "?")[0]
	b.press("form[action$='/pay'] button[type=submit]")
	b.look("pay")
	b.press("button[name=outcome][value=pay]")
	b.look("order-paid")
	orderPage := b.where()

	b.signIn("nusrat")
	b.open("/office/orders", "office-orders")
	for _, step := range []string{"dispatch", "deliver"} {
		b.do(chromedp.Navigate(orderPage))
		b.press("form[action$='" + order + "/" + step + "'] button[type=submit]")
	}
	rest.Post("/v1/test/clock", map[string]string{"advance": "169h"})

	b.signIn("meera")
	b.open("/office/runs", "runs")
	b.press("form[action='/office/runs'] button[type=submit]")
	b.look("run-draft")
	run := b.where()
	b.press("form[action$='/submit'] button[type=submit]")
	b.look("run-submitted")
	b.signIn("farah")
	b.do(chromedp.Navigate(run))
	b.press("a[href$='/approve']")
	b.look("approve")
	b.fill(map[string]string{"password": demo.Password})
	b.press("form[action$='/approve'] button[type=submit]")
	b.look("run-approved")
	finishRun(t, b, rest, run)

	b.do(chromedp.Navigate(orderPage))
	b.look("order-at-the-end")
	out, errs, code := testkit.Run(t, p.Data, nil, "ledger", "verify")
	if code != 0 {
		t.Fatalf("ledger verify: %s%s", out, errs)
	}
}

// finishRun fetches the bank file by REST, answers it on the page, and looks at
// a statement in Hindi.
func finishRun(t *testing.T, b *tab, rest testkit.REST, run string) {
	t.Helper()
	finance := rest.SignIn("farah", demo.Password)
	id := run[strings.LastIndex(run, "/")+1:]
	finance.Get("/v1/payout-runs/" + id + "/bank-file")
	answer, artisan := "reference,status,utr,reason\n", ""
	r := finance.Get("/v1/payout-runs/" + id)
	for i := range r.List("items") {
		answer += fmt.Sprintf("%s,paid,UTRBROWSER%d,\n", r.Str("items", i, "reference"), i)
		artisan = r.Str("items", i, "artisan_id")
	}
	b.do(chromedp.Navigate(run))
	b.fill(map[string]string{"answer": answer})
	b.press("form[action$='/answers'] button[type=submit]")
	b.look("answers")
	if state := finance.Get("/v1/payout-runs/" + id).Str("state"); state != "settled" {
		t.Fatalf("the run is %s", state)
	}
	b.open("/office/artisans/"+artisan+"?lang=hi", "statement-hi")
	b.open(run[len(b.base):]+"?lang=en", "run-settled")
}

// waitForPictures waits until the demonstration has drawn its pieces.
func waitForPictures(t *testing.T, base string) {
	t.Helper()
	rest := testkit.REST{T: t, URL: base, Client: testkit.Client()}
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		drawn := 0
		a := rest.Get("/v1/search?limit=100")
		for i := range a.List("data") {
			if a.At("data", i, "photo") != nil {
				drawn++
			}
		}
		if drawn >= 45 {
			return
		}
	}
	t.Fatal("the pictures were not drawn in three minutes")
}
