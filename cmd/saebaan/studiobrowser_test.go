package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"saebaan/cmd/saebaan/demo"
	"saebaan/internal/testkit"
)

// The studio's pages in Hindi at the width of a phone: a piece is changed, measured and
// priced, and a collection gathered, as an administrator of the demonstration does it.
func TestBrowserStudio(t *testing.T) {
	p := testkit.Serve(t, t.TempDir(), nil, "--demo")
	waitForPictures(t, p.URL)
	b := browser(t, p.URL, 360)
	rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}
	found := rest.Get("/v1/search?q=kurta&limit=1")
	piece, slug, sku := found.Str("data", 0, "id"), found.Str("data", 0, "slug"), found.Str("data", 0, "variants", 0, "sku")
	variant := found.Str("data", 0, "variants", 0, "id")
	b.signIn("nusrat")
	b.open("/studio?lang=hi", "studio")
	b.open("/studio/new", "new")
	b.open("/studio/pieces/"+piece, "piece")
	b.open("/studio/pieces/"+piece+"/edit", "edit")
	b.fill(map[string]string{"title_ur": "سفید کرتا", "care_hi": "ठंडे पानी में धोएँ।"})
	// The techniques of the craft that is chosen open.
	b.do(chromedp.SetValue("[name=craft]", "zardozi"))
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.querySelector("[name=craft]").dispatchEvent(new Event("change"))`)); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.WaitVisible("[data-craft=zardozi] input[type=checkbox]"))
	b.look("edit-zardozi")
	b.do(chromedp.SetValue("[name=craft]", "chikan"))
	b.press("form[data-facts] button[type=submit]")
	b.open("/studio/pieces/"+piece+"/history", "history")
	b.says("سفید کرتا", "ठंडे पानी में धोएँ।")

	b.decidesPiece(rest.SignIn("nusrat", demo.Password))
	b.open("/studio/pieces/"+piece+"/measures", "measures")
	b.do(chromedp.SetValue("[name^=m0_chest]", "101.5"), chromedp.SetValue("[name^=m0_length]", "110"))
	b.press("main form button[type=submit]")
	b.open("/studio/variants/"+variant+"/price", "price")
	b.checksWhileTyped()
	b.look("price-typed")

	b.open("/studio/collections/new", "collection-new")
	b.do(chromedp.SetValue("[name=title_en]", "Eid"), chromedp.SetValue("[name=title_hi]", "ईद"), chromedp.SetValue("[name=about_hi]", "ईद के दिन के लिए चुनी हुई चीज़ें।"),
		chromedp.SetValue("[name=to]", "2099-03-10"), chromedp.SetValue("[name=pieces]", sku+"\n/p/"+slug))
	b.press("main form button[type=submit]")
	b.look("collection-form")
	b.open("/studio/collections", "collections-studio")
	within(t, "the collection is on the first page", func() bool {
		b.do(chromedp.Navigate(p.URL + "/"))
		return strings.Contains(b.text(), "ईद")
	})
	b.look("home")
	b.open("/collections", "collections")
	b.open("/collections/eid", "collection")
	within(t, "the measures are shown", func() bool {
		b.do(chromedp.Navigate(p.URL + "/p/" + slug))
		return strings.Contains(b.text(), "101.5")
	})
	b.look("product")
	b.open("/shop?craft=chikan", "shop")
	b.do(chromedp.Click(".filters > summary"), chromedp.Click(".facet:has([name=colour]) > summary"))
	b.look("shop-colours")
}

// decidesPiece looks at a draft that somebody else changes in between, and at what is left
// to decide when it is handed in.
func (b *tab) decidesPiece(admin testkit.REST) {
	b.t.Helper()
	facts := obj{"title": obj{"en": "Kurta", "hi": "कुर्ता"}, "area": "lucknow", "craft": "chikan", "garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}
	draft := admin.Post("/v1/products", facts).Str("id")
	admin.Post("/v1/products/"+draft+"/variants", obj{"sku": "LOOK-M", "size": "M"})
	b.open("/studio/pieces/"+draft, "draft")
	b.open("/studio/pieces/"+draft+"/edit", "draft-edit")
	facts["colour"] = "red"
	admin.Post("/v1/products/"+draft+"/edit", obj{"edition": 1, "facts": facts})
	b.do(chromedp.SetValue("[name=title_hi]", "सफ़ेद कुर्ता"), chromedp.Click(".colour:has([value=ivory])"))
	b.press("form[data-facts] button[type=submit]")
	b.look("edited-meanwhile")
	b.says("अभी सहेजा हुआ", "लाल")
	admin.Post("/v1/products/"+draft+"/submit", nil)
	b.open("/studio/pieces/"+draft, "decide")
	b.says("जो कमी है", "LOOK-M")
	b.open("/studio?state=published", "in-shop")
}

// checksWhileTyped types a wage and waits until the server's answer stands beside it;
// nothing is saved by that.
func (b *tab) checksWhileTyped() {
	b.t.Helper()
	b.do(chromedp.WaitNotVisible("[data-ask]"))
	typed := `(() => { const m = document.querySelector(".of-wage [name^=minutes]"); m.value = "99999"; return m.dispatchEvent(new Event("input", { bubbles: true })); })()`
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](typed)); err != nil {
		b.t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		told, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector(".of-wage .told").innerText + document.getElementById("card-check").innerText`))
		if err != nil {
			b.t.Fatal(err)
		}
		if strings.Contains(told, "न्यूनतम मज़दूरी ₹65.29 है") && strings.Contains(told, "कोई मज़दूरी अपने समय की न्यूनतम मज़दूरी से कम है") {
			break
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("the server's answer did not come: %s", told)
		}
	}
	if left, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector(".of-wage [name^=minutes]").value`)); err != nil || left != "99999" {
		b.t.Fatalf("what was typed is now %q, %v", left, err)
	}
}
