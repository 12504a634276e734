package main_test

import "testing"

func TestWorkshopDay(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.workshopDay(t)
		s.verify()
	})
}

// workshopDay: a kurta is made for the trust by two women. What passes is owed to
// them at once; its sale repays what it cost, and the balance is theirs.
func (s *shop) workshopDay(t *testing.T) {
	t.Helper()
	cutter, embroiderer := s.artisan("Job Cutter"), s.artisan("Job Embroiderer")
	_, v := s.kurta("JOBS-1", 1, map[string]string{"cutting": cutter, "embroidery": embroiderer}, false)
	made := s.asha.Do(201, "POST", "/v1/jobs", obj{"variant_id": v, "pieces": 3, "note": "for Eid", "stages": []obj{
		{"stage": "cutting", "makers": []obj{{"artisan_id": cutter, "weight": 1}}},
		{"stage": "embroidery", "rate": inr(130000), "makers": []obj{{"artisan_id": embroiderer, "weight": 1}}}}})
	job := "/v1/jobs/" + made.Str("id")
	if list := s.asha.Get("/v1/jobs"); list.Str("data", 0, "id") != made.Str("id") {
		t.Errorf("jobs: %s", list.Raw)
	}
	s.asha.Do(200, "POST", job+"/materials", obj{"what": "8 m cambric", "cost": inr(120000)})
	accept := func(stage string, pieces, passed int64) string {
		j := s.asha.Do(200, "POST", job+"/hand-ins", obj{"stage": stage, "pieces": pieces})
		last := j.Str("hand_ins", len(j.List("hand_ins"))-1, "id")
		s.asha.Do(403, "POST", "/v1/hand-ins/"+last+"/accept", obj{"passed": passed})
		got := s.admin.Do(200, "POST", "/v1/hand-ins/"+last+"/accept", obj{"passed": passed, "note": "one hem is burnt"})
		if got.Paise("hand_ins", len(got.List("hand_ins"))-1, "wages") == 0 {
			t.Errorf("no wages: %s", got.Raw)
		}
		return last
	}
	accept("cutting", 3, 3)
	accept("embroidery", 1, 1)
	change := s.asha.Do(201, "POST", "/v1/agreement-changes", obj{"job_id": made.Str("id"), "stage": "embroidery", "rate": inr(140000), "reason": "denser than agreed"})
	s.asha.Do(403, "POST", "/v1/agreement-changes/"+change.Str("id")+"/decide", obj{"decision": "yes"})
	if got := s.admin.Do(200, "POST", "/v1/agreement-changes/"+change.Str("id")+"/decide", obj{"decision": "yes"}); got.Str("state") != "agreed" || got.Paise("new_rate") != 140000 {
		t.Errorf("change: %s", got.Raw)
	}
	if got := s.asha.Get("/v1/agreement-changes?job_id=" + made.Str("id")); len(got.List("data")) != 1 {
		t.Errorf("changes: %s", got.Raw)
	}
	again := accept("embroidery", 2, 1)
	s.admin.Do(409, "POST", "/v1/hand-ins/"+again+"/accept", obj{"passed": 2})
	done := s.asha.Do(200, "POST", job+"/finish", obj{"good": 2})
	if done.Str("state") != "finished" || done.Paise("cost") != 120000+3*8300+130000+140000 {
		t.Errorf("finished: %s", done.Raw)
	}
	lot := s.asha.Get("/v1/lots/" + made.Str("lot_id"))
	if lot.Str("kind") != "commissioned" {
		t.Errorf("lot: %s", lot.Raw)
	}
	st := s.preparer.Get("/v1/artisans/" + embroiderer + "/statement")
	if st.Paise("payable") != 270000 || st.Paise("earned") != 270000 || st.Paise("agreed_anew", 0, "old_rate") != 130000 {
		t.Errorf("statement: %s", st.Raw)
	}
	none := s.asha.Do(201, "POST", "/v1/jobs", obj{"variant_id": v, "pieces": 1, "stages": []obj{
		{"stage": "cutting", "makers": []obj{{"artisan_id": cutter, "weight": 1}}}, {"stage": "embroidery", "makers": []obj{{"artisan_id": embroiderer, "weight": 1}}}}})
	if got := s.asha.Do(200, "POST", "/v1/jobs/"+none.Str("id")+"/cancel", nil); got.Str("state") != "cancelled" || s.asha.Get("/v1/jobs/"+none.Str("id")).Str("state") != "cancelled" {
		t.Errorf("cancelled: %s", got.Raw)
	}
	for range 3 { // the consigned one first, then the two that were made
		order := s.buy(t, map[string]int64{v: 1}, "09")
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	}
	// The makers' balance of two pieces that cost more than their card's wages.
	st = s.preparer.Get("/v1/artisans/" + embroiderer + "/statement")
	if held := st.Paise("held"); held <= 121500 {
		t.Errorf("no share of the balance: %s", st.Raw)
	}
	d := s.books()
	if n := count(t, d, `SELECT COALESCE(SUM(paise), 0) FROM balances WHERE account = $1`, "asset:stock:"+made.Str("lot_id")); n != done.Paise("cost")/3 {
		t.Errorf("%d paise of stock are left for the spoiled piece", n)
	}
}
