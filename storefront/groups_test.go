package storefront_test

import (
	"net/url"
	"regexp"
	"testing"
)

// A group is registered, joined and led, and a member agrees to a deduction and
// takes it back, all through the forms.
func TestGroupsThroughForms(t *testing.T) {
	s := open(t)
	maker := s.people["shabana"]
	asha, meera := s.browser().signIn("asha"), s.browser().signIn("meera")
	form := asha.get("/office/groups").shows(200, "There are no groups yet", "Register a group").form("/office/groups")
	page := asha.post("/office/groups", with(form, "name_en", "Roshni", "area", "lucknow", "bylaws", "ten rupees a fortnight")).
		shows(200, "Roshni", "ten rupees a fortnight", "0 members now")
	path := regexp.MustCompile(`/office/groups/grp_[a-z0-9]+`).FindString(page.path)
	asha.post("/office/groups", url.Values{"name_en": {" "}, "area": {"lucknow"}}).shows(422)
	asha.get("/office/artisans/"+maker+"/consents").shows(200, "She is in no group now").hides("She agrees to something")

	joins := func(role, date string) url.Values {
		return url.Values{"artisan": {maker}, "role": {role}, "date": {date}}
	}
	asha.post(path+"/members", joins("leader", "2026-01-05")).shows(200, "Shabana Bano", "leads it", "1 member now", "usually have 15 to 20 members")
	asha.post(path+"/members", joins("leader", "2026-01-05")).shows(409, "She is in a group already")
	asha.post(path+"/members", joins("member", "soon")).shows(422)
	meera.post(path+"/members", joins("none", "2026-02-01")).shows(403)
	meera.get(path).shows(200, "Shabana Bano").hides("Somebody joins")
	meera.get("/office/groups").shows(200, "Roshni").hides("Register a group")

	consents := "/office/artisans/" + maker + "/consents"
	agrees := asha.get(consents).shows(200, "She has agreed to nothing", "Read to her", "Roshni").form(consents)
	yes := func(kind, most, total, confirmed string) url.Values {
		return with(agrees, "kind", kind, "most", most, "total", total, "confirmed", confirmed, "from", "2026-01-05", "language", "ur")
	}
	asha.post(consents, yes("savings", "ten", "0", "thumb")).shows(422, "The consent cannot be noted like this")
	asha.post(consents, yes("savings", "10", "0", " ")).shows(422, "The consent cannot be noted like this")
	asha.post(consents, yes("loan", "50", "0", "thumb")).shows(422, "The consent cannot be noted like this") // a loan has an end
	page = asha.post(consents, yes("loan", "50", "200", "thumbprint before Rehana")).shows(200, "a loan, at most from each payment", "₹50.00", "₹0.00 taken so far", "of ₹200.00 in all", "thumbprint before Rehana")
	meera.get(consents).shows(200, "thumbprint before Rehana").hides("She takes it back", "She agrees to something")
	revoke := regexp.MustCompile(`/office/consents/dcn_[a-z0-9]+/revoke`).FindString(page.body)
	meera.post(revoke, nil).shows(403)
	asha.post(revoke, nil).shows(200, "She took it back on")
	asha.post(revoke, nil).shows(409, "already")
	agrees = asha.get(consents).form(consents)
	asha.post(consents, yes("account", "", "0", "thumbprint before Rehana")).shows(200, "to be paid through the group’s account")
	s.payeesThroughForms(asha, meera, path, maker)
	asha.post(path+"/members", joins("none", "2026-03-01")).shows(200, "0 members now", "until")
	for _, private := range []string{path, consents, "/office/groups"} {
		s.browser().get(private).shows(200, "Sign in")
	}
}

// payeesThroughForms sets how a group and an artisan are paid, and her PAN.
func (s *shop) payeesThroughForms(asha, meera *browser, group, maker string) {
	form := asha.get(group+"/payee").shows(200, "No payment details are known", "Roshni").hides("Cash").form(group + "/payee")
	asha.post(group+"/payee", with(form, "kind", "bank", "holder", "Roshni Samuh", "account", "99887", "ifsc", "UTIB0000001")).shows(422, "Look at the account number: 9 to 18 digits")
	asha.post(group+"/payee", with(form, "kind", "bank", "holder", "Roshni Samuh", "account", "998877665544", "ifsc", "UTIB0000001")).
		shows(200, "••••5544", "UTIB0000001", "Used from").hides("998877665544")
	asha.get(group).shows(200, "••••5544")
	meera.post(group+"/payee", form).shows(403)
	hers := "/office/artisans/" + maker
	change := asha.get(hers+"/payee").shows(200, "sh•••@upi", "A first account is used at once").form(hers + "/payee")
	asha.post(hers+"/payee", with(change, "kind", "cash", "holder", "Shabana Bano", "confirmed", " ")).shows(422, "needs her own yes")
	asha.post(hers+"/payee", with(change, "kind", "cash", "holder", "Shabana Bano", "confirmed", "in person, before Rehana")).shows(200, "Cash")
	asha.post(hers+"/pan", url.Values{"pan": {"abmpa3211"}}).shows(422)
	asha.post(hers+"/pan", url.Values{"pan": {"abmpa3211g"}}).shows(200, "How she is paid").hides("ABMPA3211G")
	meera.get(hers+"/payee").shows(200, "Cash").hides("Account number")
	s.browser().get(hers+"/payee").shows(200, "Sign in")
}
