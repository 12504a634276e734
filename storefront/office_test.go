package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestSigningIn(t *testing.T) {
	s := open(t)
	s.user("meera")
	b := s.browser()
	if got := b.get("/office/runs").path; got != "/sign-in?next=%2Foffice%2Fruns" {
		t.Error("who is not signed in is sent to", got)
	}
	page := b.get("/sign-in").shows(200, "People of the demonstration", "prepares payouts", password)
	if filled := b.get("/sign-in?as=meera"); !strings.Contains(filled.body, `value="meera"`) || !strings.Contains(filled.body, `value="`+password+`"`) {
		t.Error("one click does not fill the form")
	}
	wrong := b.post("/sign-in", with(page.form("/sign-in"), "login", "meera", "password", "wrong password")).shows(401, "do not fit together")
	unknown := b.post("/sign-in", url.Values{"login": {"nobody"}, "password": {"wrong password"}}).shows(401, "do not fit together")
	if textOf(wrong.body) != textOf(unknown.body) || b.cookies["__Host-session"] != "" {
		t.Error("known and unknown names are answered differently, or a session began")
	}
	in := url.Values{"login": {"meera"}, "password": {password}, "next": {"/office/runs"}}
	if got := b.post("/sign-in", in).shows(200, "Prepare a run").path; got != "/office/runs" {
		t.Error("not where she wanted to go:", got)
	}
	first := b.cookies["__Host-session"]
	b.post("/sign-in", in)
	if b.cookies["__Host-session"] == first {
		t.Error("the session's token is not changed by signing in")
	}
	old := s.browser()
	old.cookies["__Host-session"] = first
	if got := old.get("/office").path; !strings.HasPrefix(got, "/sign-in") {
		t.Error("the old token still opens", got)
	}
	b.post("/sign-out", nil).shows(200, "Sign in")
	if b.cookies["__Host-session"] != "" {
		t.Error("the session's cookie stays")
	}
	for _, elsewhere := range []string{"https://example.org/", "//example.org", "/office/../../x", `/\example.org`, "/officer"} {
		if got := s.browser().post("/sign-in", with(in, "next", elsewhere)).path; !strings.HasPrefix(got, "/office") {
			t.Errorf("%q leads to %s", elsewhere, got)
		}
	}
}

func TestOfficeIsForItsRoles(t *testing.T) {
	s := open(t)
	asha := s.browser().signIn("asha") // a coordinator
	for _, path := range []string{"/office", "/office/runs", "/office/orders"} {
		asha.get(path).shows(403, "another role")
	}
	asha.post("/office/runs", nil).shows(403)
	nusrat := s.browser().signIn("nusrat")
	nusrat.get("/office").shows(200, "There is no run yet.", "There is no order yet.")
	nusrat.post("/office/runs", nil).shows(403)
	nusrat.get("/office/runs/run_none").shows(404, "There is no such run")
	nusrat.get("/office/artisans/art_none").shows(404)
	s.browser().post("/office/runs", nil).shows(401, "Nobody is signed in")
}

var runPath = regexp.MustCompile(`^/office/runs/(run_[a-z0-9]+)$`)

// From a paid order to the money on the artisans' accounts, through forms alone.
func TestPayoutThroughForms(t *testing.T) {
	s := open(t)
	shopper := s.browser()
	order := s.order(shopper, "kurta")
	nusrat, meera, farah := s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")

	page := nusrat.get("/orders/"+order).shows(200, "Record as sent off", "Leela Mathur")
	meera.get("/orders/" + order).shows(200).hides("Record as sent off")
	form := page.form("/office/orders/" + order + "/dispatch")
	page = nusrat.post("/office/orders/"+order+"/dispatch", form).shows(200, "Record as arrived", "becomes payable on")
	nusrat.post("/office/orders/"+order+"/dispatch", form).shows(200) // a double click
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(409, "cannot be done")
	nusrat.post("/office/orders/"+order+"/deliver", page.form("/office/orders/"+order+"/deliver")).shows(200, "Arrived")
	nusrat.get("/office/orders").shows(200, "Leela Mathur", "confirmed · paid")
	s.later(8 * 24 * time.Hour)
	meera.signIn("meera") // sessions end after twelve hours
	farah.signIn("farah")

	draft := meera.post("/office/runs", meera.get("/office/runs").shows(200, "There is no run yet").form("/office/runs")).
		shows(200, "draft", "Shabana Bano", "sh•••@upi", "₹1,375.33", "Hand in for approval", "Take back")
	run := runPath.FindStringSubmatch(draft.path)[1]
	path := "/office/runs/" + run
	meera.get(path+"/artisans/"+s.people["shabana"]).shows(200, "What this payment consists of", "wage · Embroidery", "return period over", "Paid to her", "₹1,375.33")
	s.browser().signIn("asha").get(path + "/artisans/" + s.people["shabana"]).shows(403)
	meera.post("/office/runs", url.Values{"scope": {"area:hardoi-sursa"}}).shows(200, "Nobody is paid in this run")
	meera.post("/office/runs", url.Values{"scope": {"area:agra"}}).shows(422, "for one area or for one group")
	meera.post(path+"/submit", draft.form(path+"/submit")).shows(200, "waiting for approval", "set aside").hides(`"` + path + `/submit"`)
	meera.get(path+"/approve").shows(200, "You prepared this run, so another person must approve it").hides(`type="password"`)
	meera.post(path+"/approve", url.Values{"hash": {"x"}, "password": {password}}).shows(403)

	look := farah.get(path+"/approve").shows(200, "Approve 3 payments, ₹1,905.00 in all")
	hash := look.form(path + "/approve")
	farah.post(path+"/approve", with(hash, "password", "not mine at all")).shows(403, "Nothing was approved; type your own password again")
	farah.post(path+"/approve", url.Values{"hash": {"another"}, "password": {password}}).shows(409, "The run is not what you looked at")
	approved := farah.post(path+"/approve", with(look.form(path+"/approve"), "password", password)).shows(200, "approved", "Fetch the UPI list", "with the bank")

	file := farah.post(path+"/bank-file", approved.form(path+"/bank-file"))
	if file.status != 200 || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") || !strings.Contains(file.body, "TOTAL,3,"+run) {
		t.Fatal("bank file:", file.status, file.header, file.body)
	}
	var answer strings.Builder
	answer.WriteString("reference,status,utr,reason\n")
	for i, m := range regexp.MustCompile(`(?m)^(SB[A-Z0-9]+),`).FindAllStringSubmatch(file.body, -1) {
		answer.WriteString(m[1] + ",paid,UTR00000" + string(rune('1'+i)) + ",\n")
	}
	answer.WriteString("SBUNKNOWN,paid,UTR999999,\n")
	meera.get(path).shows(200, "Enter the bank’s answer")
	meera.upload(path+"/answers", "file", answer.String()).shows(200, "entered in the books", "no payment of this run has this reference", "settled")
	meera.post(path+"/answers", url.Values{"answer": {answer.String()}}).shows(200, "was known already")
	meera.post(path+"/answers", url.Values{"answer": {"nonsense"}}).shows(422, "The bank’s answer cannot be read")

	meera.get("/office/artisans").shows(200, "Shabana Bano", "Tabassum Ansari")
	meera.get("/office/artisans/"+s.people["shabana"]).shows(200, "Paid so far ₹1,375.33", "became payable", "wage · Embroidery", "material", "return period over", "sent to the bank", "paid to her account")
	meera.get("/office/artisans/"+s.people["shabana"]+"?from=2020-02-01&to=2020-01-01").shows(422, "A period is two days")
	meera.get("/office").shows(200, "settled", "closed · paid")
	s.invariants()
}

func TestRunIsTakenBack(t *testing.T) {
	s := open(t)
	meera := s.browser().signIn("meera")
	draft := meera.post("/office/runs", meera.get("/office/runs").form("/office/runs")).shows(200, "Nobody is paid in this run")
	meera.post(draft.path+"/withdraw", draft.form(draft.path+"/withdraw")).shows(200, "taken back")
	meera.post(draft.path+"/submit", nil).shows(409)
}
