package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// An advance is proposed by one, given by another with her password, paused and
// written off, all through the forms; the statement shows it.
func TestAdvancesThroughForms(t *testing.T) {
	s := open(t)
	maker := s.people["shabana"]
	meera, farah := s.browser().signIn("meera"), s.browser().signIn("farah")
	for page, link := range map[string]string{"/office/runs": `href="/office/advances"`, "/office/artisans/" + maker: `href="/office/advances?artisan=` + maker + `"`} {
		if !strings.Contains(meera.get(page).body, link) {
			t.Errorf("%s does not lead to the advances", page)
		}
	}
	page := meera.get("/office/advances?artisan="+maker).shows(200, "There are no advances here", "Propose an advance", "Shabana Bano")
	form := page.form("/office/advances")
	meera.post("/office/advances", with(form, "amount", "many", "kind", "cash", "reason", "thread")).shows(422, "The advance cannot be noted like this")
	meera.post("/office/advances", with(form, "amount", "500", "kind", "cash", "reason", " ")).shows(422, "The advance cannot be noted like this")
	wanted := with(form, "amount", "500", "kind", "cash", "reason", "thread for <b>Eid</b>")
	page = meera.post("/office/advances", wanted).shows(200, "waits for a second person", "₹500.00", "thread for <b>Eid</b>").hides(`type="password"`)
	meera.post("/office/advances", wanted).shows(200) // a double click
	id := regexp.MustCompile(`id="(adv_[a-z0-9]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(id) != 1 {
		t.Fatalf("%d advances", len(id))
	}
	path := "/office/advances/" + id[0][1]
	yes := func(reference, word string) url.Values {
		return url.Values{"decision": {"yes"}, "reference": {reference}, "password": {word}}
	}
	meera.post(path+"/decide", yes("VCH-7", password)).shows(403)
	farah.get("/office/advances").shows(200, "Shabana Bano", "Give or refuse it", "Yes, ₹500.00")
	farah.post(path+"/decide", yes("VCH-7", "not mine at all")).shows(403, "type your own password again", "Yes, ₹500.00")
	farah.post(path+"/decide", yes("", password)).shows(422, "The advance cannot be noted like this")
	farah.post(path+"/decide", yes("VCH-7", password)).shows(200, "given", "₹500.00 left, ₹0.00 worked off")
	farah.post(path+"/decide", yes("VCH-7", password)).shows(409, "cannot be done with the advance")
	meera.get("/office/artisans/"+maker).shows(200, "given as an advance")

	meera.post(path+"/pause", url.Values{"reason": {"her child is ill"}}).shows(200, "Nothing is taken back at present", "her child is ill", "Take it back again")
	meera.post(path+"/pause", nil).shows(200).hides("her child is ill")
	meera.post(path+"/write-off", url.Values{"reason": {" "}}).shows(422)
	meera.post(path+"/write-off", url.Values{"reason": {"she moved away"}}).shows(200, "The rest should be written off", "she moved away")
	meera.post(path+"/write-off/decide", yes("VCH-7", password)).shows(403)
	farah.post(path+"/write-off/decide", yes("VCH-7", password)).shows(200).hides("she moved away") // nothing of it is open any more
	meera.get("/office/advances?artisan="+maker).shows(200, "rest written off")
	meera.get("/office/artisans/"+maker).shows(200, "written off of an advance")
	s.browser().signIn("nusrat").get("/office/advances").shows(200)
	s.browser().get("/office/advances").shows(200, "Sign in")
}

// The statement is read aloud: the same words as a text and as a recording.
func TestStatementIsReadAloud(t *testing.T) {
	s := open(t)
	meera := s.browser().signIn("meera")
	path := "/office/artisans/" + s.people["shabana"]
	if page := meera.get(path).shows(200, "To read to her", "you are owed zero rupees"); !strings.Contains(page.body, "<audio") {
		t.Error("nothing to listen to")
	}
	voice := meera.get(path + "/voice")
	if voice.status != 200 || voice.header.Get("Content-Type") != "audio/wav" || voice.body[:4] != "RIFF" {
		t.Errorf("voice: %d %v", voice.status, voice.header)
	}
	s.browser().get(path+"/voice").shows(200, "Sign in")
}
