package main_test

import "testing"

// bookDay reads the book as finance does: from the trial balance to an account,
// from there to an entry, and back by searching.
func (s *shop) bookDay(t *testing.T) {
	t.Helper()
	s.quiet(s.books()) // a fee that is entered between two readings is in one of them only
	debit, credit, accounts := int64(0), int64(0), map[string]int64{}
	trial := s.preparer.Get("/v1/ledger/trial-balance?limit=5")
	for page := trial; ; {
		for i := range page.List("data") {
			debit, credit = debit+page.Paise("data", i, "debit"), credit+page.Paise("data", i, "credit")
			accounts[page.Str("data", i, "account")] += page.Paise("data", i, "debit") - page.Paise("data", i, "credit")
		}
		if page.At("has_more") != true {
			break
		}
		page = s.preparer.Get("/v1/ledger/trial-balance?limit=5&cursor=" + page.Str("next_cursor"))
	}
	if debit != credit || debit != trial.Paise("debit") || credit != trial.Paise("credit") || debit == 0 || len(trial.List("classes")) != 5 {
		t.Errorf("trial balance of %d and %d: %s", debit, credit, trial.Raw)
	}
	if today := s.preparer.Get("/v1/ledger/trial-balance?date=2199-01-01"); today.Paise("debit") < debit {
		t.Errorf("of all days: %s", today.Raw)
	}
	for _, account := range []string{"asset:stripe", "trust:fund", "head:packing"} {
		running, next, count := int64(0), "", 0
		for {
			page := s.preparer.Get("/v1/ledger/accounts/" + account + "/movements?limit=3&from=2000-01-01" + next)
			for i := range page.List("data") {
				count++
				if running += page.Paise("data", i, "amount"); running != page.Paise("data", i, "balance") {
					t.Errorf("%s runs to %d: %s", account, running, page.Raw)
				}
			}
			if page.At("has_more") != true {
				if running != page.Paise("closing") || page.Paise("opening") != 0 || count == 0 {
					t.Errorf("%s ends at %d: %s", account, running, page.Raw)
				}
				break
			}
			next = "&cursor=" + page.Str("next_cursor")
		}
		if running != accounts[account] {
			t.Errorf("%s is %d by its movements and %d in the trial balance", account, running, accounts[account])
		}
	}
	first := s.preparer.Get("/v1/ledger/accounts/trust:fund/movements?limit=1&from=2000-01-01")
	entry := s.preparer.Get("/v1/ledger/entries/" + first.Str("data", 0, "entry_id"))
	found := s.preparer.Get("/v1/ledger/entries?reference=" + entry.Str("reference") + "&kind=" + entry.Str("kind") + "&account_prefix=trust:&from=2000-01-01")
	if len(found.List("data")) != 1 || found.Str("data", 0, "hash") != entry.Str("hash") || len(entry.List("postings")) < 2 || entry.At("block") == float64(0) {
		t.Errorf("entry %s, found %s", entry.Raw, found.Raw)
	}
	s.preparer.Do(404, "GET", "/v1/ledger/entries/ent_none", nil)
	s.preparer.Do(404, "GET", "/v1/ledger/accounts/head:margin/movements", nil)
	s.preparer.Do(422, "GET", "/v1/ledger/trial-balance?date=2026-02-30", nil)
	s.preparer.Do(404, "GET", "/v1/ledger/trial-balance?block=999999999", nil)
	tax := s.preparer.Get("/v1/tds/2026-27/3")
	if tax.At("ties") != true || tax.Str("from") != "2026-10-01" {
		t.Errorf("tax: %s", tax.Raw)
	}
	s.preparer.Do(422, "GET", "/v1/tds/2026-28/3", nil)
}

// closingDay enters bills, and closes the month that is over by two people; what
// is published is what was closed.
func (s *shop) closingDay(t *testing.T) {
	t.Helper()
	bill := obj{"account": "head:packing", "supplier": "Ganga Packers", "number": "GP-1", "date": "2026-04-01", "amount": inr(1234), "paid_from": "owed"}
	owed := s.preparer.Do(201, "POST", "/v1/bills", bill)
	s.preparer.Do(409, "POST", "/v1/bills", bill)
	if list := s.approver.Get("/v1/bills?owed=true"); list.Str("data", 0, "id") != owed.Str("id") || list.Paise("data", 0, "amount") != 1234 {
		t.Errorf("owed: %s", list.Raw)
	}
	if paid := s.preparer.Do(200, "POST", "/v1/bills/"+owed.Str("id")+"/pay", obj{"from": "bank", "reference": "UTR-1"}); paid.At("owed") != false || paid.Str("paid_at") == "" {
		t.Errorf("paid: %s", paid.Raw)
	}
	month := s.preparer.Get("/v1/ledger/entries?reference=bill:"+owed.Str("id")).Str("data", 0, "business_date")[:7]
	s.preparer.Do(422, "POST", "/v1/closings", obj{"month": month}) // it is not over
	before := s.preparer.Get("/v1/ledger/accounts/head:packing/movements?from=2000-01-01").Paise("closing")
	s.guest.Post("/v1/test/clock", obj{"advance": "768h"})
	s.preparer, s.approver, s.both = s.guest.SignIn("preparer", password), s.guest.SignIn("approver", password), s.guest.SignIn("both", password)
	c := s.both.Do(201, "POST", "/v1/closings", obj{"month": month})
	decide := "/v1/closings/" + c.Str("id") + "/decide"
	s.both.Do(403, "POST", decide, obj{"decision": "yes", "password": password})
	if done := s.approver.Do(200, "POST", decide, obj{"decision": "yes", "password": password}); done.Str("state") != "closed" || done.Paise("variance") == 0 {
		t.Errorf("closed: %s", done.Raw)
	}
	if list := s.preparer.Get("/v1/closings"); list.Str("data", 0, "month") != month {
		t.Errorf("closings: %s", list.Raw)
	}
	published := s.guest.Get("/v1/open-books/variances")
	seen := false
	for i := range published.List("data", 0, "heads") {
		if published.Str("data", 0, "heads", i, "account") == "head:packing" {
			seen = published.Paise("data", 0, "heads", i, "billed") == 1234 && published.Paise("data", 0, "heads", i, "variance") == -before
		}
	}
	if !seen || published.Paise("data", 0, "variance") != c.Paise("variance") {
		t.Errorf("published %s, closed %s, packing %d before", published.Raw, c.Raw, before)
	}
	if after := s.preparer.Get("/v1/ledger/accounts/head:packing/movements?from=2000-01-01"); after.Paise("closing") != 0 {
		t.Errorf("packing after its closing: %s", after.Raw)
	}
}
