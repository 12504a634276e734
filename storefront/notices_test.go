package storefront_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
)

// Her number is set, shown masked and changed; the old number is told by a second
// person through the page; finance sees neither number anywhere.
func TestTheOldNumberIsToldThroughForms(t *testing.T) {
	s := open(t)
	hers := "/office/artisans/" + s.people["shabana"]
	asha, nusrat, meera := s.browser().signIn("asha"), s.browser().signIn("nusrat"), s.browser().signIn("meera")
	asha.get("/office/notices").shows(200, "Nobody is to be told anything now")
	asha.get("/office/artisans").shows(200, "To be told")
	form := asha.get(hers+"/payee").shows(200, "No phone number is known").form(hers + "/phone")
	asha.post(hers+"/phone", with(form, "phone", "12345")).shows(422, "A mobile number has ten digits").hides("12345")
	asha.post(hers+"/phone", with(form, "phone", "98765 43210")).shows(200, "98••••••10").hides("9876543210", "No phone number is known")
	asha.post(hers+"/phone", url.Values{"phone": {"6012345678"}}).shows(200, "60••••••78").hides("6012345678")
	meera.post(hers+"/phone", form).shows(403)
	asha.get("/office/notices").shows(200, "You entered this change", "98••••••10").hides("9876543210", "6012345678", "/told")
	page := nusrat.get("/office/notices").shows(200, "60••••••78", "शबाना बानो").hides("6012345678")
	for _, address := range []string{`href="sms:+919876543210?body=`, `href="https://wa.me/919876543210?text=`, `href="tel:+919876543210"`} {
		if !strings.Contains(html.UnescapeString(page.body), address) {
			t.Errorf("no link %s: %s", address, page.body)
		}
	}
	told := regexp.MustCompile(`/office/notices/ntc_[a-z0-9]+/told`).FindString(page.body)
	asha.post(told, url.Values{"how": {"call"}}).shows(403, "ask a second person")
	meera.post(told, url.Values{"how": {"call"}}).shows(403)
	nusrat.post(told, url.Values{"how": {"unreachable"}}).shows(422, "say why")
	nusrat.post(told, with(page.form(told), "how", "whatsapp")).shows(200, "Nobody is to be told anything now")
	nusrat.post(told, url.Values{"how": {"call"}}).shows(409, "noted already")
	meera.get("/office/notices").shows(403)
	s.browser().get("/office/notices").shows(200, "Sign in")
	for _, path := range []string{hers, hers + "/payee", hers + "/consents", "/office/artisans", "/office/runs"} {
		meera.get(path).shows(200).hides("9876543210", "6012345678")
	}
	meera.get(hers+"/payee").shows(200, "60••••••78").hides(`name="phone"`)
}

// changedNumbers leaves a notice of each kind for somebody other than asha to tell.
func (s *shop) changedNumbers(maker string) {
	ctx, who := context.Background(), auth.System("change")
	for _, number := range []string{"9876543210", "6012345678"} {
		_, err := s.artisans.SetPhone(ctx, who, "", artisans.PhoneInput{Artisan: maker, Phone: number})
		must(s.t, err)
	}
	for _, in := range []artisans.PayeeInput{{Kind: "upi", UPI: "shabana.two@upi"}, {Kind: "cash"}} {
		in.Artisan, in.Holder, in.Confirmed = maker, "Shabana Bano", "in person"
		_, err := s.artisans.SetPayee(ctx, who, "", in)
		must(s.t, err)
	}
}
