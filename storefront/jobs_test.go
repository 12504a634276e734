package storefront_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// opened opens a job for three kurtas through the forms and returns its page.
func (s *shop) opened(asha *browser) string {
	s.t.Helper()
	page := asha.get("/office/jobs?sku=T-kurta-S").shows(200, "Open the job", "Embroidery", "Block printing")
	form := with(page.form("/office/jobs"), "pieces", "3", "note", "for Eid", "maker_embroidery_0", s.people["shabana"], "maker_embroidery_1", s.people["tabassum"],
		"maker_block_printing_0", s.people["printer"],
		"rate_embroidery", "1250", "rate_block_printing", "100", "weight_embroidery_0", "1", "weight_embroidery_1", "2", "weight_block_printing_0", "1")
	return asha.post("/office/jobs", form).shows(200, "Job: T-kurta-S", "3 pieces", "being made", "0 of 3 have passed").path
}

func TestJobsThroughForms(t *testing.T) {
	s := open(t)
	asha, nusrat, meera := s.browser().signIn("asha"), s.browser().signIn("nusrat"), s.browser().signIn("meera")
	asha.get("/office/jobs").shows(200, "There are no jobs yet", "SKU of the size to be made")
	asha.get("/office/jobs?sku=NONE").shows(404)
	path := s.opened(asha)
	asha.post(path+"/materials", with(asha.get(path).form(path+"/materials"), "what", "8 m muslin", "amount", "300")).shows(200, "8 m muslin", "₹300.00")
	asha.post(path+"/materials", url.Values{"what": {"thread"}, "amount": {"ten"}}).shows(422, "The job cannot be noted like this")

	accept := func(stage, pieces, passed, note string) answer {
		waiting := asha.post(path+"/hand-ins", url.Values{"stage": {stage}, "pieces": {pieces}}).shows(200, "You brought this in")
		all := regexp.MustCompile(`hin_[a-z0-9]+`).FindAllString(nusrat.get(path).shows(200, "They have passed").body, -1)
		at := "/office/hand-ins/" + all[len(all)-1] + "/accept"
		if strings.Contains(waiting.body, at) {
			t.Error("who handed in is offered to accept")
		}
		asha.post(at, url.Values{"passed": {passed}, "note": {note}}).shows(403, "Whoever hands in or proposes cannot decide")
		return nusrat.post(at, url.Values{"passed": {passed}, "note": {note}})
	}
	accept("block_printing", "3", "3", "").shows(200, "3 of 3 have passed")
	accept("embroidery", "1", "1", "").shows(200, "1 of 3 have passed")
	asha.post(path+"/hand-ins", url.Values{"stage": {"embroidery"}, "pieces": {"3"}}).shows(409, "Of 3 pieces 1 have passed")

	propose := asha.get(path).form(path + "/changes")
	asha.post(path+"/changes", with(propose, "stage", "embroidery", "rate", "900", "reason", "cheaper")).shows(422, "below the minimum wage")
	changed := asha.post(path+"/changes", with(propose, "stage", "embroidery", "rate", "1400", "reason", "denser than agreed", "maker_change_0", s.people["shabana"], "weight_change_0", "3")).
		shows(200, "denser than agreed", "waits for a second person", "→ ₹1,400.00", "2 → 0")
	decide := regexp.MustCompile(`/office/changes/chg_[a-z0-9]+/decide`)
	if decide.MatchString(changed.body) {
		t.Error("who proposed is offered to decide")
	}
	at := decide.FindString(nusrat.get(path).body)
	meera.post(at, url.Values{"decision": {"yes"}}).shows(403)
	nusrat.post(at, url.Values{"decision": {"yes"}}).shows(200, "agreed to by", "₹1,400.00 each")
	meera.get("/office/artisans/"+s.people["tabassum"]).shows(200, "Agreed anew", "denser than agreed")

	accept("embroidery", "2", "1", "").shows(422) // what was the matter with the other?
	last := regexp.MustCompile(`/office/hand-ins/hin_[a-z0-9]+/accept`).FindString(nusrat.get(path).body)
	nusrat.post(last, url.Values{"passed": {"1"}, "note": {"a burnt hem"}}).shows(200, "a burnt hem", "2 of 3 have passed")
	asha.post(path+"/finish", url.Values{"good": {"3"}}).shows(409)
	asha.post(path+"/cancel", nil).shows(409)
	asha.post(path+"/finish", url.Values{"good": {"2"}}).shows(200, "finished").hides("Hand in")
	meera.get("/office/write-offs").shows(200, "did not pass the check")
	meera.get(path).shows(200, "finished")
	meera.post("/office/jobs", url.Values{}).shows(422)
	s.browser().get(path).shows(200, "Sign in")
	s.invariants()
}
