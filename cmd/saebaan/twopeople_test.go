package main_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// decision is something that a second person decides: its ways in, and how one
// sees that it was decided.
type decision struct {
	path, page string
	body       obj // of REST; the page has the same fields, but for hash
	done       string
	args       []any
}

// Whoever asked for money to move cannot let it move, whatever roles she holds and
// by whatever way she comes: the API with her session or her key, the pages, the
// commands, the worker, the bank's answer. A second person with the same roles can.
func TestNobodyDecidesHerOwn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		roles := []string{"administrator", "coordinator", "finance_preparer", "finance_approver"}
		first := s.user("first", roles...)
		asks := s.asked(first)
		s.user("second", roles...)
		first = s.guest.SignIn("first", password) // the clock was moved
		key := s.guest.As(strings.TrimSpace(must(t, s.Data, s.Env, "keys", "create", "--user", "first")))
		others := map[string]testkit.REST{"guest": s.guest, "second's key": s.guest.As(strings.TrimSpace(must(t, s.Data, s.Env, "keys", "create", "--user", "second")))}
		for role, who := range map[string]string{"shopper": "s", "trade_buyer": "t", "stall_seller": "l", "finance_preparer": "p"} {
			others[role] = s.user("only-"+who, role)
		}
		d := s.books()
		for _, what := range slices.Sorted(maps.Keys(asks)) {
			a := asks[what]
			undecided := func(how string) {
				t.Helper()
				if n := count(t, d, a.done, a.args...); n != 0 {
					t.Errorf("%s was decided by %s", what, how)
				}
			}
			if got := first.Do(403, "POST", a.path, a.body); !strings.Contains(got.Str("code"), ".own_") && !strings.HasSuffix(got.Str("code"), ".same_person") {
				t.Errorf("%s: %s", what, got.Raw)
			}
			undecided("who asked, with her session")
			key.Do(403, "POST", a.path, a.body)
			undecided("her key")
			if status := s.submit(first, a); status != 403 {
				t.Errorf("%s by the page: %d", what, status)
			}
			undecided("who asked, by the page")
			for who, as := range others {
				if got, err := as.Try("POST", a.path, a.body); err != nil || got.Status != 401 && got.Status != 403 && got.Status != 404 {
					t.Errorf("%s by %s: %v %s", what, who, err, got.Raw)
				}
				if status := s.submit(as, a); status != 401 && status != 403 && status != 404 {
					t.Errorf("%s by the page of %s: %d", what, who, status)
				}
				undecided(who)
			}
		}
		s.waits(t, asks)
		second := s.guest.SignIn("second", password)
		for _, what := range slices.Sorted(maps.Keys(asks)) {
			a := asks[what]
			if what == "run" || what == "advance written off" { // the others by their page, which so is seen to work
				second.Do(200, "POST", a.path, a.body)
			} else if status := s.submit(second, a); status >= 400 {
				t.Errorf("%s by the page of a second person: %d", what, status)
			}
			if n := count(t, d, a.done, a.args...); n != 1 {
				t.Errorf("%s is not decided by a second person", what)
			}
		}
		s.verify()
	})
}

// waits lets time pass, the worker work, the bank answer, and every command run
// that could be thought to decide.
func (s *shop) waits(t *testing.T, asks map[string]decision) {
	t.Helper()
	run := strings.TrimSuffix(asks["run"].path, "/approve")
	s.preparer = s.guest.SignIn("preparer", password)
	s.preparer.Do(409, "POST", run+"/bank-answers", "reference,status,utr,reason\nSB0000000000000,paid,UTR123456,\n", "Content-Type", "text/csv")
	s.preparer.Do(409, "GET", run+"/bank-file", nil)
	for _, words := range []string{"payouts approve", "runs approve", "advances decide", "approve", "decide", "import answers", "import approvals"} {
		if _, _, code := testkit.Run(t, s.Data, s.Env, append(strings.Fields(words), strings.TrimPrefix(run, "/v1/payout-runs/"))...); code == 0 {
			t.Errorf("there is a command %q", words)
		}
	}
	s.guest.Post("/v1/test/clock", obj{"advance": "72h"})
	d := s.books()
	for what, a := range asks {
		if n := count(t, d, a.done, a.args...); n != 0 {
			t.Errorf("%s was decided by time", what)
		}
	}
}

// submit sends a decision's form as a browser does, and returns the status.
func (s *shop) submit(as testkit.REST, a decision) int {
	s.t.Helper()
	form := url.Values{}
	for name, value := range a.body {
		if name == "content_hash" {
			name = "hash"
		}
		form.Set(name, fmt.Sprint(value))
	}
	got, err := as.As("").Try("POST", a.page, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", s.URL, "Cookie", "__Host-session="+as.Token)
	if err != nil {
		s.t.Fatal(err)
	}
	return got.Status
}

// asked lets one person ask for everything that a second must decide.
func (s *shop) asked(first testkit.REST) map[string]decision {
	t := s.t
	t.Helper()
	out := map[string]decision{}
	cutter, embroiderer := s.artisan("Two Cutter"), s.artisan("Two Embroiderer")
	_, v := s.kurta("TWO-1", 4, map[string]string{"cutting": cutter, "embroidery": embroiderer}, false)
	order := s.buy(t, map[string]int64{v: 1}, "09")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	s.admin.Post("/v1/orders/"+order+"/deliver", nil)
	bill := first.Do(201, "POST", "/v1/bills", obj{"account": "head:packing", "supplier": "Ganga", "number": "1", "date": "2026-04-01", "amount": inr(100), "paid_from": "owed"})
	month := first.Get("/v1/ledger/entries?reference=bill:"+bill.Str("id")).Str("data", 0, "business_date")[:7]
	s.guest.Post("/v1/test/clock", obj{"advance": "768h"}) // the month is over, and what was sold is payable
	first = s.guest.SignIn("first", password)

	run := first.Do(201, "POST", "/v1/payout-runs", nil)
	run = first.Do(200, "POST", "/v1/payout-runs/"+run.Str("id")+"/submit", nil)
	out["run"] = decision{"/v1/payout-runs/" + run.Str("id") + "/approve", "/office/runs/" + run.Str("id") + "/approve",
		obj{"content_hash": run.Str("content_hash"), "password": password}, `SELECT COUNT(*) FROM payout_approvals WHERE run_id = $1`, []any{run.Str("id")}}

	yes := func() obj { return obj{"decision": "yes", "password": password} }
	wanted := first.Do(201, "POST", "/v1/advances", obj{"artisan_id": cutter, "kind": "cash", "amount": inr(50000), "reason": "thread"}).Str("id")
	body := yes()
	body["reference"] = "VCH-1"
	out["advance"] = decision{"/v1/advances/" + wanted + "/decide", "/office/advances/" + wanted + "/decide", body, `SELECT COUNT(*) FROM advances WHERE state <> 'proposed' AND id = $1`, []any{wanted}}

	given := first.Do(201, "POST", "/v1/advances", obj{"artisan_id": embroiderer, "kind": "cash", "amount": inr(50000), "reason": "thread"}).Str("id")
	s.guest.SignIn("approver", password).Do(200, "POST", "/v1/advances/"+given+"/decide", obj{"decision": "yes", "reference": "VCH-2", "password": password})
	first.Do(200, "POST", "/v1/advances/"+given+"/write-off", obj{"reason": "the roof fell in"})
	out["advance written off"] = decision{"/v1/advances/" + given + "/write-off/decide", "/office/advances/" + given + "/write-off/decide", yes(),
		`SELECT COUNT(*) FROM advances WHERE written_paise > 0 AND id = $1`, []any{given}}

	closing := first.Do(201, "POST", "/v1/closings", obj{"month": month}).Str("id")
	out["closing"] = decision{"/v1/closings/" + closing + "/decide", "/office/closings/" + closing + "/decide", yes(), `SELECT COUNT(*) FROM closings WHERE state <> 'proposed' AND id = $1`, []any{closing}}

	stages := []obj{{"stage": "cutting", "makers": []obj{{"artisan_id": cutter, "weight": 1}}}, {"stage": "embroidery", "rate": inr(130000), "makers": []obj{{"artisan_id": embroiderer, "weight": 1}}}}
	handIn := func(job, stage string) string {
		j := first.Do(200, "POST", "/v1/jobs/"+job+"/hand-ins", obj{"stage": stage, "pieces": 1})
		return j.Str("hand_ins", len(j.List("hand_ins"))-1, "id")
	}
	ours := first.Do(201, "POST", "/v1/jobs", obj{"variant_id": v, "pieces": 1, "stages": stages}).Str("id")
	admin := s.guest.SignIn("admin", password)
	for _, stage := range []string{"cutting", "embroidery"} {
		admin.Do(200, "POST", "/v1/hand-ins/"+handIn(ours, stage)+"/accept", obj{"passed": 1})
	}
	first.Do(200, "POST", "/v1/jobs/"+ours+"/finish", obj{"good": 1})
	lost := first.Do(201, "POST", "/v1/write-offs", obj{"lot_id": first.Get("/v1/jobs/" + ours).Str("lot_id"), "place": "store", "pieces": 1, "reason": "moths"}).Str("id")
	out["piece written off"] = decision{"/v1/write-offs/" + lost + "/approve", "/office/write-offs/" + lost + "/approve", nil, `SELECT COUNT(*) FROM write_offs WHERE approved_by <> '' AND id = $1`, []any{lost}}

	job := first.Do(201, "POST", "/v1/jobs", obj{"variant_id": v, "pieces": 2, "stages": stages}).Str("id")
	hand := handIn(job, "cutting")
	out["work"] = decision{"/v1/hand-ins/" + hand + "/accept", "/office/hand-ins/" + hand + "/accept", obj{"passed": 1}, `SELECT COUNT(*) FROM entries WHERE reference = $1`, []any{"accept:" + hand}}

	change := first.Do(201, "POST", "/v1/agreement-changes", obj{"job_id": job, "stage": "embroidery", "rate": inr(140000), "reason": "denser"}).Str("id")
	out["agreement"] = decision{"/v1/agreement-changes/" + change + "/decide", "/office/changes/" + change + "/decide", obj{"decision": "yes"},
		`SELECT COUNT(*) FROM agreement_changes WHERE state <> 'proposed' AND id = $1`, []any{change}}
	return out
}
