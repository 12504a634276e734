package storefront_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/testkit"
)

// waitingRun is a run that somebody has handed in, and signs all in anew.
func (s *shop) waitingRun(by *browser, signIn func()) (path string) {
	s.t.Helper()
	order := s.order(s.browser(), "kurta")
	nusrat := s.browser().signIn("nusrat")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	nusrat.post("/office/orders/"+order+"/deliver", nil).shows(200)
	s.later(8 * 24 * time.Hour)
	signIn()
	path = by.post("/office/runs", nil).shows(200).path
	by.post(path+"/submit", nil).shows(200)
	return path
}

// options asks a page for a challenge, as passkey.js does.
func (b *browser) options(path string, form url.Values) []byte {
	b.shop.t.Helper()
	a := b.post(path, form)
	if a.status != 200 || a.header.Get("Content-Type") != "application/json" || !json.Valid([]byte(a.body)) {
		b.shop.t.Fatalf("%s: %d %s %s", path, a.status, a.header.Get("Content-Type"), a.body)
	}
	return []byte(a.body)
}

func (b *browser) addPasskey(key *testkit.Authenticator, label string) answer {
	b.shop.t.Helper()
	made := key.Create(b.options("/office/passkeys/challenge", url.Values{"password": {password}, "label": {label}}))
	return b.post("/office/passkeys", url.Values{"label": {label}, "answer": {string(made)}})
}

func TestPasskeyThroughForms(t *testing.T) {
	s := open(t)
	s.auth.ServeAt("https://example.com") // httptest's own host
	meera, farah, kavita := s.browser().signIn("meera"), s.browser().signIn("farah"), s.browser().signIn("kavita")
	path := s.waitingRun(kavita, func() { meera.signIn("meera"); farah.signIn("farah"); kavita.signIn("kavita") })
	key, hers := testkit.NewAuthenticator(t, "https://example.com"), testkit.NewAuthenticator(t, "https://example.com")

	farah.get("/office").shows(200, "Your passkeys")
	meera.get("/office").shows(200).hides("/office/passkeys")
	farah.get(path+"/approve").shows(200, "add a passkey", "Your password, once more").hides("data-passkey")
	farah.get("/office/passkeys").shows(200, "You have no passkey yet.", "Add a passkey")
	if a := farah.post("/office/passkeys/challenge", url.Values{"password": {"not mine"}}); a.status != 403 || !strings.Contains(a.body, `{"said":"The password is not right.`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	farah.post("/office/passkeys", url.Values{"label": {"Phone"}, "answer": {"{}"}}).shows(403, "The passkey was not accepted", "You have no passkey yet.")
	farah.post("/office/passkeys", url.Values{"answer": {"{}"}}).shows(422, "Give the passkey a name")
	page := farah.addPasskey(key, `<b>Phone</b>`).shows(200, "<b>Phone</b>", "Never used.")
	kavita.addPasskey(hers, "Laptop").shows(200, "Laptop")

	look := farah.get(path+"/approve").shows(200, "Approve 3 payments", "Or your password, once more")
	form := look.form(path + "/approve")
	if form.Get("hash") == "" || !strings.Contains(look.body, `data-challenge="`+path+`/challenge"`) || !strings.Contains(look.body, "/static/passkey.js") {
		t.Fatal(look.body)
	}
	kavita.get(path+"/approve").shows(200, "You prepared this run").hides("data-passkey", `type="password"`)
	own := hers.Get(kavita.options(path+"/challenge", form))
	kavita.post(path+"/approve", with(form, "answer", string(own))).shows(403, "You prepared this run")
	if a := meera.post(path+"/challenge", form); a.status != 403 || !strings.Contains(a.body, `{"said":`) {
		t.Errorf("a preparer: %d %s", a.status, a.body)
	}
	key.Flags = testkit.UserPresent
	farah.post(path+"/approve", with(form, "answer", string(key.Get(farah.options(path+"/challenge", form))))).shows(403, "The passkey was not accepted", "Approve 3 payments")
	key.Flags |= testkit.UserVerified
	farah.post(path+"/approve", with(form, "answer", string(key.Get(farah.options(path+"/challenge", form))), "password", password)).shows(422, "either your password or your passkey")
	form.Del("password")
	other := url.Values{"hash": {strings.Repeat("0", 64)}}
	farah.post(path+"/approve", with(form, "answer", string(key.Get(farah.options(path+"/challenge", other))))).shows(403, "The passkey was not accepted")
	farah.post(path+"/approve", with(form, "answer", string(key.Get(farah.options(path+"/challenge", form))))).shows(200, "approved", "Fetch the UPI list")
	farah.get("/office/passkeys").shows(200, "Last used")

	remove := page.path + page.body[strings.Index(page.body, "/office/passkeys/psk_")+len("/office/passkeys"):]
	remove = remove[:strings.Index(remove, `"`)]
	kavita.post(remove, url.Values{"password": {password}}).shows(404, "There is no such passkey of yours", "Laptop")
	farah.post(remove, url.Values{"password": {"not mine"}}).shows(403, "The password is not right", "Phone")
	farah.post(remove, url.Values{"password": {password}}).shows(200, "You have no passkey yet.")
	s.browser().post(remove, url.Values{"password": {password}}).shows(401)
	s.browser().get("/office/passkeys").shows(200, "Sign in")
}

// Where passkeys cannot be used, the page says why and the password remains.
func TestPageSaysWhyThereAreNoPasskeys(t *testing.T) {
	s := open(t)
	farah := s.browser().signIn("farah")
	for origin, says := range map[string]string{"": "has not been told its own address", "https://203.0.113.9": "is a number", "http://example.com": "not encrypted", "https://elsewhere.example": "Open this page there: https://elsewhere.example"} {
		s.auth.ServeAt(origin)
		farah.get("/office/passkeys").shows(200, says).hides("data-passkey")
	}
	s.auth.ServeAt("")
	if a := farah.post("/office/passkeys/challenge", url.Values{"password": {password}}); a.status != 409 || !strings.Contains(a.body, "cannot be used at this address") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestHindiPasskeysHaveNoEnglishInThem(t *testing.T) {
	s := open(t)
	farah := s.browser().signIn("farah")
	farah.cookies["lang"] = "hi"
	for _, origin := range []string{"", "https://203.0.113.9", "http://example.com", "https://elsewhere.example", "https://example.com"} {
		s.auth.ServeAt(origin)
		farah.get("/office/passkeys").isHindi().shows(200)
	}
	farah.addPasskey(testkit.NewAuthenticator(t, "https://example.com"), "Phone").isHindi().shows(200)
	farah.post("/office/passkeys", url.Values{"label": {"x"}, "answer": {"{}"}}).isHindi().shows(403)
	meera := s.browser().signIn("meera")
	path := s.waitingRun(meera, func() { meera.signIn("meera"); farah.signIn("farah") })
	farah.get(path + "/approve").isHindi().shows(200)
	farah.post(path+"/approve", url.Values{"answer": {"{}"}}).isHindi().shows(403)
}

// phonePasskeys looks at the pages of passkeys and of approving with one.
func (s *shop) phonePasskeys(p *phone) {
	meera, farah := s.browser().signIn("meera"), s.browser().signIn("farah")
	path := s.waitingRun(meera, func() { meera.signIn("meera"); farah.signIn("farah") })
	p.base = strings.Replace(p.base, "127.0.0.1", "localhost", 1)
	s.auth.ServeAt(p.base)
	key := testkit.NewAuthenticator(s.t, p.base)
	p.open("/about", "at-localhost")
	for _, l := range []string{"en", "hi"} {
		p.as(farah, l)
		p.open("/office/passkeys", l+"-passkeys")
		if p.eval(`String(document.querySelector("#add-passkey").hidden)`) != "false" {
			s.t.Error("the form for adding stays hidden")
		}
		if l == "en" {
			farah.addPasskey(key, "A telephone with quite a long name, and still not at its end").shows(200)
		}
		p.open("/office/passkeys", l+"-passkeys-one")
		p.eval(`(() => { for (const d of document.querySelectorAll("details")) d.open = true; return "" })()`)
		p.look(l + "-passkeys-remove")
		p.open(path+"/approve", l+"-approve-by-passkey")
		if p.eval(`String(document.querySelector("#by-passkey").hidden)`) != "false" {
			s.t.Error("the passkey's button stays hidden")
		}
	}
	s.auth.ServeAt("https://203.0.113.9")
	p.open("/office/passkeys", "hi-passkeys-off")
	if s.auth.Offer().Why != auth.NoName {
		s.t.Error("a number is offered")
	}
}

// Advances, their write-offs and closings are decided by passkey through the forms;
// an answer that was asked for another decision is not accepted, beside the form.
func TestPasskeysDecideThroughForms(t *testing.T) {
	s := open(t)
	s.auth.ServeAt("https://example.com")
	meera, farah := s.browser().signIn("meera"), s.browser().signIn("farah")
	key := testkit.NewAuthenticator(t, "https://example.com")
	meera.post("/office/advances", url.Values{"artisan": {s.people["shabana"]}, "kind": {"cash"}, "amount": {"500"}, "reason": {"a loom"}}).shows(200)
	farah.get("/office/advances").shows(200, "Your password, once more").hides("data-passkey")
	farah.addPasskey(key, "Phone").shows(200)
	page := farah.get("/office/advances").shows(200, "Or your password, once more")
	path := formAt(t, page, "/office/advances/", "/decide")
	hash := page.form(path).Get("hash")
	if len(hash) != 64 || !strings.Contains(page.body, `data-challenge="`+path+`/challenge"`) || !strings.Contains(page.body, "/static/passkey.js") {
		t.Fatal(page.body)
	}
	yes := url.Values{"hash": {hash}, "decision": {"yes"}, "reference": {"VCH-7"}}
	but := func(form url.Values, name, value string) url.Values {
		form = maps.Clone(form)
		form.Set(name, value)
		return form
	}
	answered := func(challenge string, asked, sent url.Values) url.Values {
		return but(sent, "answer", string(key.Get(farah.options(challenge+"/challenge", asked))))
	}
	farah.post(path, answered(path, but(yes, "decision", "no"), yes)).shows(403, "The passkey was not accepted", "a loom")
	farah.post(path, answered(path, but(yes, "reference", "VCH-8"), yes)).shows(403, "The passkey was not accepted")
	farah.post(path, but(yes, "answer", "")).shows(422, "either your password or your passkey")
	if a := meera.post(path+"/challenge", yes); a.status != 403 || !strings.Contains(a.body, `{"said":`) {
		t.Errorf("a preparer: %d %s", a.status, a.body)
	}
	farah.post(path, answered(path, yes, yes)).shows(200)
	meera.get("/office/advances").shows(200, "₹500.00")
	off := strings.TrimSuffix(path, "decide") + "write-off"
	meera.post(off, url.Values{"reason": {"the roof fell in"}}).shows(200)
	page = farah.get("/office/advances").shows(200, "the roof fell in")
	gone := url.Values{"hash": {page.form(off + "/decide").Get("hash")}, "decision": {"yes"}}
	farah.post(off+"/decide", answered(path, gone, gone)).shows(403, "The passkey was not accepted")
	farah.post(off+"/decide", answered(off+"/decide", gone, gone)).shows(200).hides("the roof fell in")

	_, err := ledger.Seal(t.Context(), s.db)
	must(t, err)
	month := s.db.Clock.Now().Date()[:7]
	must(t, s.db.AdvanceClock(t.Context(), 32*24*time.Hour))
	meera.signIn("meera").post("/office/closings", url.Values{"month": {month}}).shows(200)
	page = farah.signIn("farah").get("/office/closings").shows(200, "Or your password, once more")
	path = formAt(t, page, "/office/closings/", "/decide")
	shut := url.Values{"hash": {page.form(path).Get("hash")}, "decision": {"yes"}}
	farah.post(path, answered(path, but(shut, "decision", "no"), shut)).shows(403, "The passkey was not accepted")
	farah.post(path, answered(path, shut, shut)).shows(200, "closed")
	farah.cookies["lang"] = "hi"
	farah.get("/office/closings").isHindi()
	farah.get("/office/advances").isHindi()
}

// formAt is the address of the first form on a page that begins and ends so.
func formAt(t *testing.T, a answer, begins, ends string) string {
	t.Helper()
	for _, part := range strings.Split(a.body, `action="`)[1:] {
		if action, _, _ := strings.Cut(part, `"`); strings.HasPrefix(action, begins) && strings.HasSuffix(action, ends) {
			return action
		}
	}
	t.Fatalf("no form %s…%s on %s", begins, ends, a.path)
	return ""
}
