package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	inputForm    = regexp.MustCompile(`<input\b[^>]*>`)
	selectForm   = regexp.MustCompile(`(?s)<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>`)
	selectedForm = regexp.MustCompile(`<option value="([^"]*)" selected`)
	textForm     = regexp.MustCompile(`(?s)<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>`)
	attributes   = regexp.MustCompile(`\b(name|value|type)="([^"]*)"`)
)

// whole is all that a form would send as the page has it.
func (a answer) whole(action string) url.Values {
	a.t.Helper()
	out := a.form(action)
	for _, f := range formForm.FindAllString(a.body, -1) {
		if m := actionForm.FindStringSubmatch(f); m == nil || m[1] != action {
			continue
		}
		for _, input := range inputForm.FindAllString(f, -1) {
			has := map[string]string{}
			for _, m := range attributes.FindAllStringSubmatch(input, -1) {
				has[m[1]] = m[2]
			}
			choice := has["type"] == "checkbox" || has["type"] == "radio"
			if has["name"] != "" && has["type"] != "hidden" && (!choice || strings.Contains(input, " checked")) {
				out.Add(has["name"], has["value"])
			}
		}
		for _, m := range selectForm.FindAllStringSubmatch(f, -1) {
			chosen := selectedForm.FindStringSubmatch(m[2])
			if chosen == nil {
				chosen = []string{"", ""}
			}
			out.Set(m[1], chosen[1])
		}
		for _, m := range textForm.FindAllStringSubmatch(f, -1) {
			out.Set(m[1], m[2])
		}
	}
	return out
}

// row is the number of the row of a head in the form of a card.
func row(t *testing.T, form url.Values, kind, head string) string {
	t.Helper()
	for name, v := range form {
		if n, ok := strings.CutPrefix(name, "head_"); ok && v[0] == head && form.Get("kind_"+n) == kind {
			return n
		}
	}
	t.Fatalf("no row of %s %s in %v", kind, head, form)
	return ""
}

func TestAPriceIsReckonedWhileItIsTyped(t *testing.T) {
	s := open(t)
	asha := s.browser().signIn("asha")
	id := s.draft()
	variant := s.piece1(id).Variants[0]
	path := "/studio/variants/" + variant.ID + "/price"
	asha.get("/studio/pieces/"+id).shows(200, "Sizes and prices", "₹2,520", "Change the price")
	page := asha.get(path).shows(200, "Price before tax (taxable value) ₹2,400.00", "GST 5 %, up to ₹2,500 a piece ₹120.00", "The buyer pays ₹2,520.00", "Makers’ balance", "It can be saved")
	page.hides("override")
	form := page.whole(path)
	work := row(t, form, "wage", "embroidery")
	form = with(form, "amount_"+work, "100", "minutes_"+work, "120", "price", "2,625")
	checked := asha.post(path+"/check", form).shows(200, "₹2,500.00", "GST 5 %", "₹50.00 an hour; the minimum wage is ₹65.29", "At least ₹130.58 for this time", "is below the minimum wage")
	if strings.Contains(textOf(checked.body), "It can be saved") || !strings.Contains(checked.body, `value="2,625"`) {
		t.Error("a wage under the minimum stands, or what was typed is lost")
	}
	if got := s.piece1(id).Variants[0].Card; got.Version != 1 {
		t.Errorf("checking has saved version %d", got.Version)
	}
	asha.post(path, form).shows(422, "is below the minimum wage", "₹50.00 an hour")
	form = with(form, "amount_"+work, "30%", "price", "2700")
	asha.post(path+"/check", form).shows(200, "No tax rate fits this price. The nearest that work:", "₹2,625.00")
	form = with(form, "price", "2520", "amount_"+work, "much")
	asha.post(path, form).shows(422, "Pieces to list", "Write rupees such as 450.50", "cannot be read")
	form = with(form, "price", "", "amount_"+work, "30%")
	asha.post(path+"/check", form).shows(200, "Write a price first")
	asha.post(path, form).shows(422)
	form = with(form, "price", "2400", "by", "list")
	asha.post(path+"/check", form).shows(200, "= ₹720.00", "The buyer pays ₹2,520.00", "₹360.00 an hour")
	asha.post(path, form).shows(200, "Sizes and prices")
	card := s.piece1(id).Variants[0].Card
	if card.Version != 2 || card.ListPrice != 240_000 || card.Tag != 252_000 {
		t.Fatalf("saved %+v", card)
	}
	again := asha.get(path).shows(200, "It can be saved").whole(path)
	if again.Get("amount_"+row(t, again, "wage", "embroidery")) != "720.00" || again.Get("minutes_"+work) != "120" {
		t.Errorf("the form of the saved card: %v", again)
	}
	asha.get(path+"/check").shows(200, "Price and where it goes", "Pieces to list")
	s.browser().signIn("meera").get(path).shows(403)
	asha.get("/studio/variants/var_none/price").shows(404)
}

// The minimum wage is passed only by an administrator who says why.
func TestAWageUnderTheMinimumNeedsAReason(t *testing.T) {
	s := open(t)
	asha, nusrat := s.browser().signIn("asha"), s.browser().signIn("nusrat")
	id := s.draft()
	path := "/studio/variants/" + s.piece1(id).Variants[0].ID + "/price"
	form := nusrat.get(path).shows(200, "Reason for a wage under the minimum").whole(path)
	work := row(t, form, "wage", "embroidery")
	form = with(form, "amount_"+work, "100", "minutes_"+work, "120")
	nusrat.post(path, form).shows(422, "is below the minimum wage")
	form = with(form, "override", "a sample for teaching")
	asha.post(path, form).shows(403)
	nusrat.post(path, form).shows(200, "Sizes and prices")
}

func TestHindiPriceHasNoEnglishInIt(t *testing.T) {
	s := open(t)
	nusrat := s.browser().signIn("nusrat")
	nusrat.cookies["lang"] = "hi"
	path := "/studio/variants/" + s.piece1(s.draft()).Variants[0].ID + "/price"
	form := nusrat.get(path).isHindi().whole(path)
	work := row(t, form, "wage", "embroidery")
	nusrat.post(path+"/check", with(form, "price", "2800", "minutes_"+work, "9000")).isHindi().shows(200)
	nusrat.post(path, with(form, "amount_"+work, "-")).isHindi().shows(422)
}
