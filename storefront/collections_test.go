package storefront_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestACollectionIsGatheredAndShownInItsSeason(t *testing.T) {
	s := open(t)
	nusrat, guest := s.browser().signIn("nusrat"), s.browser()
	guest.get("/").shows(200).hides("/collections/")
	guest.get("/collections").shows(200, "No collection is shown now")
	draft := s.piece1(s.draft())
	today := s.db.Clock.Now()
	day := func(n int) string { return today.Add(time.Duration(n) * 24 * time.Hour).Date() }
	nusrat.get("/studio").shows(200, "Collections")
	form := nusrat.get("/studio/collections/new").shows(200, "What it holds").whole("/studio/collections")
	form = with(form, "title_en", "Eid", "title_hi", "ईद", "about_en", "For the day.", "by", "pieces", "from", day(0), "to", day(3),
		"pieces", "https://example.com/p/"+s.pieces["saree"].Slug+"?lang=hi\n"+draft.ID+"\nT-kurta-S\nno-such-piece")
	page := nusrat.post("/studio/collections", form).shows(422, "Name 1 to 200 pieces", "There is no such piece: no-such-piece", "New collection")
	if !strings.Contains(page.body, `value="ईद"`) || !strings.Contains(page.body, "T-kurta-S\nno-such-piece</textarea>") {
		t.Error("what was typed is lost")
	}
	form = with(page.whole("/studio/collections"), "by", "pieces", "pieces", strings.TrimSuffix(form.Get("pieces"), "\nno-such-piece"))
	saved := nusrat.post("/studio/collections", form).shows(200, "3 pieces", "Draft", "Single saree", "White muslin kurta")
	s.follow()
	list := guest.get("/collections").shows(200, "Eid", "2 pieces", "until")
	guest.get("/").shows(200, "Collections", "Eid")
	shown := guest.get("/collections/eid").shows(200, "Eid", "For the day.", "Single saree", "White muslin kurta", "2 pieces").hides("White kurta")
	if strings.Index(shown.body, "Single saree") > strings.Index(shown.body, "White muslin kurta") {
		t.Error("the pieces are not in their order")
	}
	for _, want := range []string{`rel="alternate" hreflang="hi" href="http://example.com/collections/eid?lang=hi"`, `rel="canonical" href="http://example.com/collections/eid"`, `property="og:image"`} {
		if !strings.Contains(shown.body, want) {
			t.Error("the page lacks", want)
		}
	}
	if list.header.Get("ETag") == "" {
		t.Error("the list is not kept")
	}
	for _, want := range []string{"/collections/eid</loc>", `hreflang="hi" href="http://example.com/collections/eid?lang=hi"`, "/collections</loc>"} {
		if !strings.Contains(guest.get("/sitemap/first.xml").body, want) {
			t.Error("the map lacks", want)
		}
	}
	path := saved.path
	id := strings.TrimPrefix(path, "/studio/collections/")
	guest.get("/collections/" + id).shows(404)
	again := nusrat.get(path).whole(path)
	if want := "/p/" + s.pieces["saree"].Slug + "\n/p/" + draft.Slug + "\n/p/" + s.pieces["kurta"].Slug + "\n"; again.Get("pieces") != want {
		t.Errorf("the pieces of the form are %q", again.Get("pieces"))
	}
	stale := url.Values{}
	for k, v := range again {
		stale[k] = v
	}
	nusrat.post(path, with(again, "by", "search", "address", "http://example.com/shop?garment=saree&price=2500-5000", "slug", "sarees")).shows(200, "1 piece", "Single saree")
	nusrat.post(path, with(stale, "title_en", "Mine", "key", "another", "by", "pieces")).shows(409, "Somebody else has changed this collection")
	s.follow()
	guest.get("/collections/eid").shows(404)
	guest.get("/collections/sarees").shows(200, "Single saree", "1 piece").hides("White muslin kurta")
	nusrat.post(path, with(nusrat.get(path).whole(path), "by", "search", "address", "http://example.com/shop")).shows(422, "no address of a filtered list")
	s.later(4 * 24 * time.Hour)
	s.follow()
	guest.get("/collections/sarees").shows(404, "not its season")
	guest.get("/").shows(200).hides("/collections/sarees")
	if strings.Contains(guest.get("/sitemap/first.xml").body, "/collections/") {
		t.Error("the map has a collection out of its season")
	}
	nusrat.signIn("nusrat").get("/studio/collections").shows(200, "Eid", "Its days are over")
	nusrat.post(path+"/end", nusrat.get(path).form(path+"/end")).shows(200, "Ended")
	s.browser().signIn("asha").get("/studio/collections").shows(403)
	s.browser().signIn("asha").get("/studio/collections/new").shows(403)
	s.browser().signIn("asha").post("/studio/collections", form).shows(403)
}

func TestHindiCollectionsHaveNoEnglishInThem(t *testing.T) {
	s := open(t)
	nusrat, guest := s.browser().signIn("nusrat"), s.browser()
	nusrat.cookies["lang"], guest.cookies["lang"] = "hi", "hi"
	guest.get("/collections").isHindi()
	nusrat.get("/studio/collections").isHindi()
	form := with(nusrat.get("/studio/collections/new").isHindi().whole("/studio/collections"), "title_en", "Wedding", "title_hi", "शादी", "about_hi", "बारात के लिए।", "to", "2099-12-31",
		"by", "search", "address", "?garment=kurta")
	nusrat.post("/studio/collections", with(form, "slug", "A B", "to", "x", "from", "y")).isHindi().shows(422, "यह तारीख़ नहीं है")
	path := nusrat.post("/studio/collections", with(form, "slug", "", "to", "2099-12-31", "from", "")).isHindi().shows(200).path
	nusrat.get(path).isHindi()
	nusrat.get("/studio/collections").isHindi().shows(200, "31 दिसंबर 2099 तक", "दुकान में")
	s.follow()
	guest.get("/collections").isHindi().shows(200, "शादी")
	guest.get("/collections/wedding").isHindi().shows(200, "बारात के लिए।")
	guest.get("/").isHindi().shows(200, "शादी")
	guest.get("/collections/none").isHindi().shows(404)
}
