package storefront_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"saebaan/catalog"
)

// draft is a piece that waits in the studio.
func (s *shop) draft() string {
	s.t.Helper()
	p, err := s.catalog.List(context.Background(), s.admin, "", catalog.ListingInput{Title: catalog.Text{En: "White kurta", Hi: "सफ़ेद कुर्ता"}, Area: "lucknow", Craft: "chikan",
		Garment: "kurta", Fabric: "cotton", Colour: "white", OneOff: true, Tag: 252_000})
	must(s.t, err)
	return p.ID
}

// filled is the edit form of a piece with what is kept of it.
func filled(page answer, one catalog.Product) url.Values {
	form := page.form("/studio/pieces/" + one.ID + "/edit")
	for _, f := range one.Facts().List() {
		if f.Name == "techniques" {
			form["techniques"] = strings.Fields(f.Value)
		} else if f.Value != "" {
			form.Set(f.Name, f.Value)
		}
	}
	return form
}

func (s *shop) piece1(id string) catalog.Product {
	s.t.Helper()
	p, err := s.catalog.Product(context.Background(), s.admin, id)
	must(s.t, err)
	return p
}

func TestWhatIsSaidOfAPieceIsChangedOnItsPage(t *testing.T) {
	s := open(t)
	asha := s.browser().signIn("asha")
	id := s.draft()
	path := "/studio/pieces/" + id + "/edit"
	asha.get("/studio/pieces/"+id).shows(200, "Change what is said", "History").hides("/publish", "/archive")
	page := asha.get(path).shows(200, "Murri", "Dabka", "Raised petals", "Washing and keeping", "Urdu")
	form := with(filled(page, s.piece1(id)), "title_ur", "سفید کرتا", "care_en", "Wash by hand.", "made_to_order", "yes", "lead_days", "21", "colour", "ivory")
	form["techniques"] = []string{"phanda", "murri"}
	form.Del("one_off")
	asha.post(path, form).shows(200, "Ivory")
	one := s.piece1(id)
	if one.Title.Ur != "سفید کرتا" || one.Care.En != "Wash by hand." || !one.MadeToOrder || one.LeadDays != 21 || one.OneOff || strings.Join(one.Techniques, " ") != "murri phanda" {
		t.Errorf("saved %+v", one)
	}
	page = asha.get(path)
	for _, kept := range []string{`value="ivory" checked`, `value="phanda" checked`, `value="سفید کرتا"`, `value="21"`, ">Wash by hand.</textarea>"} {
		if !strings.Contains(page.body, kept) {
			t.Error("the form lacks", kept)
		}
	}

	wrong := with(filled(page, one), "title_en", " ", "lead_days", "soon", "hsn", "12", "title_hi", "नया नाम")
	page = asha.post(path, wrong).shows(422, "Give the English title", "0 to 365 days")
	for _, kept := range []string{`value="नया नाम"`, `id="title_en" name="title_en" value=" "`, `value="soon" aria-describedby="lead_days-wrong" aria-invalid="true"`, `id="title-wrong"`} {
		if !strings.Contains(page.body, kept) {
			t.Error("the refused form lacks", kept)
		}
	}
	page = asha.post(path, with(filled(page, one), "hsn", "12")).shows(422, "stays")
	if !strings.Contains(page.body, `id="hsn-wrong"`) {
		t.Error("the code's fault is not beside it")
	}
	if s.piece1(id).Edition != one.Edition {
		t.Error("a refused form has saved something")
	}
	asha.get("/studio/pieces/"+id+"/history").shows(200, "Listed", "Changed, version 2", "Colour", "White → Ivory", "Murri and Phanda", "Price set: ₹2,520", "asha")
	s.browser().get(path).shows(200, "Sign in")
	s.browser().signIn("meera").get(path).shows(403)
	s.browser().signIn("meera").get("/studio/pieces/" + id + "/history").shows(403)
}

// Two people have the page open: what only one changed is joined, what both changed
// stays as she typed it, with what is saved beside it.
func TestAnothersChangeInBetweenIsTold(t *testing.T) {
	s := open(t)
	asha, nusrat := s.browser().signIn("asha"), s.browser().signIn("nusrat")
	id := s.draft()
	path, one := "/studio/pieces/"+id+"/edit", s.piece1(id)
	hers, others := filled(asha.get(path), one), filled(nusrat.get(path), one)
	nusrat.post(path, with(others, "title_hi", "उजला कुर्ता", "colour", "cream")).shows(200)
	page := asha.post(path, with(hers, "title_en", "Pale kurta", "colour", "ivory")).shows(409, "Somebody else has changed this piece", "nusrat", "White → Cream", "Saved now: Cream", "yours stands in the form")
	for _, kept := range []string{`value="Pale kurta"`, `value="उजला कुर्ता"`, `value="ivory" checked`, `name="edition" value="2"`} {
		if !strings.Contains(page.body, kept) {
			t.Error("not kept:", kept)
		}
	}
	if got := s.piece1(id); got.Colour != "cream" || got.Title.En != "White kurta" {
		t.Errorf("something was saved: %+v", got)
	}
	again := with(filled(page, one), "title_en", "Pale kurta", "title_hi", "उजला कुर्ता", "colour", "ivory")
	again.Set("edition", page.form(path).Get("edition"))
	asha.post(path, again).shows(200)
	if got := s.piece1(id); got.Colour != "ivory" || got.Title.Hi != "उजला कुर्ता" || got.Edition != 3 {
		t.Errorf("after the second sending: %+v", got)
	}
}

func TestAnAdministratorDecidesOnThePiecesPage(t *testing.T) {
	s := open(t)
	asha, nusrat := s.browser().signIn("asha"), s.browser().signIn("nusrat")
	id := s.draft()
	path := "/studio/pieces/" + id
	asha.post(path+"/publish", nil).shows(403)
	asha.post(path+"/submit", asha.get(path).form(path+"/submit")).shows(200, "Handed in")
	asha.get(path).hides("/edit")
	nusrat.get(path).shows(200, "What is missing", "A lot that says who made it").hides(path + "/publish")
	nusrat.post(path+"/publish", nil).shows(409, "has no lot, so nobody would be paid", "Decide")
	nusrat.post(path+"/send-back", url.Values{"note": {"  "}}).shows(422, "with a note that says what to correct")
	nusrat.post(path+"/send-back", with(nusrat.get(path).form(path+"/send-back"), "note", "A photo, please.")).shows(200, "To be corrected", "A photo, please.")
	asha.post(path+"/submit", asha.get(path).shows(200, "A photo, please.").form(path+"/submit")).shows(200, "Handed in")
	lot := catalog.LotInput{Variant: s.piece1(id).Variants[0].ID, Owner: s.people["shabana"], Pieces: 1}
	for _, h := range s.piece1(id).Variants[0].Card.Heads {
		if h.Kind == catalog.Wage {
			lot.Makers = append(lot.Makers, catalog.MakerInput{Stage: h.Head, Artisan: s.people["shabana"], Weight: 1})
		}
	}
	_, err := s.catalog.ReceiveLot(t.Context(), s.admin, "", lot)
	must(t, err)
	page := nusrat.get(path).hides("What is missing")
	shown := nusrat.post(path+"/publish", page.form(path+"/publish")).shows(200, "In the shop", "See it in the shop")
	s.follow()
	s.browser().get("/p/"+s.piece1(id).Slug).shows(200, "White kurta")
	nusrat.post(path+"/archive", shown.form(path+"/archive")).shows(200, "Taken out")
	nusrat.get(path+"/history").shows(200, "Taken out", "Shown in the shop", "Sent back for correction", "A photo, please.", "Handed in")
	s.follow()
	s.browser().get("/p/" + s.piece1(id).Slug).shows(404)
}

func TestMeasuresAreWrittenAndShown(t *testing.T) {
	s := open(t)
	nusrat := s.browser().signIn("nusrat")
	one := s.pieces["kurta"]
	path := "/studio/pieces/" + one.ID + "/measures"
	form := nusrat.get(path).shows(200, "S T-kurta-S", "Chest, cm", "Sleeve, cm").whole(path)
	wrong := nusrat.post(path, with(form, "m0_chest", "96", "m1_chest", "wide")).shows(422, "A length in centimetres such as 102")
	if !strings.Contains(wrong.body, `value="wide" aria-invalid="true" aria-describedby="m1_chest-wrong"`) || !strings.Contains(wrong.body, `value="96"`) {
		t.Error("what was typed is lost, or its fault is not beside it")
	}
	nusrat.post(path, with(form, "m0_chest", "96", "m1_chest", "101.5", "m1_length", "110")).shows(200)
	s.follow()
	s.browser().get("/p/"+one.Slug).shows(200, "How large it is", "Centimetres S M Chest 96 101.5 Length – 110", "Inches S M Chest 37.8 40 Length – 43.3")
	nusrat.get(path).shows(200)
	nusrat.post(path, with(nusrat.get(path).whole(path), "m0_chest", "", "m1_chest", "102")).shows(200)
	nusrat.get("/studio/pieces/"+one.ID+"/history").shows(200, "T-kurta-M Chest: 101.5 cm → 102 cm", "T-kurta-S Chest: 96 cm → nothing")
	s.follow()
	hindi := s.browser()
	hindi.cookies["lang"], nusrat.cookies["lang"] = "hi", "hi"
	hindi.get("/p/"+one.Slug).isHindi().shows(200, "सेंटीमीटर", "सीना 102 40.2")
	nusrat.get(path).isHindi()
	nusrat.post(path, with(form, "m0_chest", "x")).isHindi().shows(422)
	nusrat.get("/studio/pieces/" + one.ID + "/history").isHindi()
	s.browser().signIn("asha").post(path, with(form, "key", "hers", "m0_chest", "90")).shows(409)
}

func TestHindiStudioHasNoEnglishInIt(t *testing.T) {
	s := open(t)
	nusrat := s.browser().signIn("nusrat")
	id := s.draft()
	nusrat.cookies["lang"] = "hi"
	path := "/studio/pieces/" + id
	nusrat.get("/studio").isHindi()
	nusrat.get("/studio/new").isHindi()
	nusrat.get(path).isHindi()
	page := nusrat.get(path + "/edit").isHindi()
	form := with(filled(page, s.piece1(id)), "description_en", "Made at home.", "colour", "red")
	nusrat.post(path+"/edit", with(form, "title_en", "")).isHindi().shows(422)
	nusrat.post(path+"/edit", with(form, "title_en", "Red kurta")).isHindi().shows(200)
	nusrat.post(path+"/edit", with(form, "title_en", "Rose kurta", "colour", "pink", "key", "another")).isHindi().shows(409, "सफ़ेद → लाल")
	nusrat.post(path+"/submit", nil).isHindi().shows(200)
	nusrat.post(path+"/publish", nil).isHindi().shows(409)
	nusrat.post(path+"/send-back", nil).isHindi().shows(422)
	nusrat.post(path+"/send-back", url.Values{"note": {"तस्वीर"}}).isHindi().shows(200)
	nusrat.get(path+"/history").isHindi().shows(200, "सुधार के लिए लौटाई गई")
}

func TestPiecesAreFoundAndSizesAddedInTheStudio(t *testing.T) {
	s := open(t)
	asha, nusrat := s.browser().signIn("asha"), s.browser().signIn("nusrat")
	id := s.draft()
	asha.get("/studio").shows(200, "White kurta", "Draft").hides("White muslin kurta")
	asha.get("/studio?state=published").shows(200, "White muslin kurta", "Single saree").hides(id)
	asha.get("/studio?state=archived").shows(200, "No piece waits here")
	asha.get("/studio?state=nonsense").shows(200, "White kurta")
	for _, name := range []string{"T-kurta-M", s.pieces["kurta"].ID, "https://example.com/p/" + s.pieces["kurta"].Slug + "?lang=hi"} {
		if got := asha.get("/studio?find="+url.QueryEscape(name)).shows(200, "White muslin kurta").path; got != "/studio/pieces/"+s.pieces["kurta"].ID {
			t.Errorf("%s leads to %s", name, got)
		}
	}
	asha.get("/studio?find=nothing").shows(404, "There is no such piece here")
	s.browser().signIn("meera").get("/studio?find=T-kurta-M").shows(403)

	path := "/studio/pieces/" + id
	asha.get(path).hides(path + "/sizes") // there is only this one piece
	facts := s.piece1(id).Facts()
	facts.OneOff = false
	_, err := s.catalog.Edit(t.Context(), s.admin, "", catalog.EditInput{Product: id, Edition: 1, Facts: facts})
	must(t, err)
	form := asha.get(path).shows(200, "Add a size").form(path + "/sizes")
	asha.post(path+"/sizes", with(form, "size", "XL")).shows(200, "Price and where it goes", "Size: XL", "Write a price first")
	if got := s.piece1(id).Variants; len(got) != 2 || got[1].Size != "XL" || !strings.HasSuffix(got[1].SKU, "-XL") || got[1].Card != nil {
		t.Errorf("sizes are %+v", got)
	}
	asha.post(path+"/sizes", with(asha.get(path).form(path+"/sizes"), "size", "बड़ा")).shows(422, "cannot be saved")
	asha.post(path+"/sizes", with(asha.get(path).form(path+"/sizes"), "size", "L", "sku", "T-kurta-M")).shows(409, "already a size with this SKU")
	nusrat.cookies["lang"] = "hi"
	nusrat.get("/studio?state=published").isHindi()
	nusrat.get("/studio?find=x").isHindi().shows(404)
	nusrat.get(path).isHindi().shows(200, "नाप जोड़ें")
}
