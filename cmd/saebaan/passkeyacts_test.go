package main_test

import (
	"encoding/json"
	"testing"

	"saebaan/internal/testkit"
)

// answered asks for a challenge and adds the passkey's answer to what is decided.
func answered(as testkit.REST, key *testkit.Authenticator, path string, asked, decided obj) obj {
	as.T.Helper()
	options := publicKey(as.T, as.Do(201, "POST", path+"/challenges", asked))
	out := obj{"passkey": json.RawMessage(key.Get(options))}
	for k, v := range decided {
		out[k] = v
	}
	return out
}

// Advances and closings are decided by passkey: the answer counts once, for the act,
// decision and content that it was asked for.
func TestPasskeysForAdvancesAndClosings(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.actsByPasskey(t, true)
		if n := count(t, s.books(), `SELECT COUNT(*) FROM audit WHERE action = 'passkey.use'`); n != 4 { // one for what looked otherwise
			t.Errorf("%d uses of a passkey are audited", n)
		}
		s.verify()
	})
}

// actsByPasskey gives an advance, writes it off and closes a month; wrong says
// whether answers that must be refused are tried, each of which counts as a try.
func (s *shop) actsByPasskey(t *testing.T, wrong bool) {
	t.Helper()
	s.asha, s.preparer, s.approver = s.guest.SignIn("asha", password), s.guest.SignIn("preparer", password), s.guest.SignIn("approver", password)
	key := s.passkey()
	addPasskey(s.approver, key, "Phone for acts")
	s.advanceByPasskey(t, key, wrong)
	bill := s.preparer.Do(201, "POST", "/v1/bills", obj{"account": "head:packing", "supplier": "Ganga Packers", "number": "GP-9", "date": "2026-04-01", "amount": inr(4321), "paid_from": "bank"})
	month := s.preparer.Get("/v1/ledger/entries?reference=bill:"+bill.Str("id")).Str("data", 0, "business_date")[:7]
	s.guest.Post("/v1/test/clock", obj{"advance": "768h"})
	s.preparer, s.approver = s.guest.SignIn("preparer", password), s.guest.SignIn("approver", password)
	c := s.preparer.Do(201, "POST", "/v1/closings", obj{"month": month})
	path := "/v1/closings/" + c.Str("id")
	yes := obj{"decision": "yes", "content_hash": c.Str("content_hash")}
	no := obj{"decision": "no", "content_hash": c.Str("content_hash")}
	if wrong {
		if a := s.approver.Do(403, "POST", path+"/decide", answered(s.approver, key, path, no, yes)); a.Str("code") != "auth.passkey" {
			t.Errorf("asked to refuse, and closed: %s", a.Raw)
		}
	}
	if a := s.approver.Do(422, "POST", path+"/decide", yes); a.Str("code") != "auth.proof" {
		t.Errorf("no proof: %s", a.Raw)
	}
	s.preparer.Do(403, "POST", path+"/challenges", yes)
	good := answered(s.approver, key, path, yes, yes)
	if a := s.approver.Do(200, "POST", path+"/decide", good); a.Str("state") != "closed" || a.Paise("variance") != c.Paise("variance") || a.Paise("variance") == 0 {
		t.Errorf("closed: %s", a.Raw)
	}
	if wrong {
		if a := s.approver.Do(403, "POST", path+"/decide", good); a.Str("code") != "auth.passkey" {
			t.Errorf("again: %s", a.Raw)
		}
	}
}

// advanceByPasskey gives one advance and writes it off.
func (s *shop) advanceByPasskey(t *testing.T, key *testkit.Authenticator, wrong bool) {
	t.Helper()
	artisan := s.artisan("Maker of Advances")
	propose := func(paise int64) testkit.Answer {
		return s.preparer.Do(201, "POST", "/v1/advances", obj{"artisan_id": artisan, "kind": "cash", "amount": inr(paise), "reason": "a loom"})
	}
	a, other := propose(50_000), propose(60_000)
	path := "/v1/advances/" + a.Str("id")
	give := func(of testkit.Answer, reference string) obj {
		return obj{"decision": "yes", "reference": reference, "content_hash": of.Str("content_hash")}
	}
	ask := func(act string, in obj) obj {
		out := obj{"act": act}
		for k, v := range in {
			out[k] = v
		}
		return out
	}
	right := give(a, "VCH-1")
	if wrong {
		for name, in := range map[string]obj{
			"another advance": answered(s.approver, key, "/v1/advances/"+other.Str("id"), ask("decide", give(other, "VCH-1")), right),
			"another act":     answered(s.approver, key, path, ask("write_off", right), right),
			"another voucher": answered(s.approver, key, path, ask("decide", give(a, "VCH-2")), right),
			"another session": answered(s.guest.SignIn("approver", password), key, path, ask("decide", right), right),
		} {
			if got := s.approver.Do(403, "POST", path+"/decide", in); got.Str("code") != "auth.passkey" {
				t.Errorf("%s: %s", name, got.Raw)
			}
		}
		old := give(other, "VCH-1")
		if got := s.approver.Do(409, "POST", path+"/decide", answered(s.approver, key, path, ask("decide", old), old)); got.Str("code") != "payouts.advance_changed" {
			t.Errorf("another content: %s", got.Raw)
		}
	}
	good := answered(s.approver, key, path, ask("decide", right), right)
	if got := s.approver.Do(200, "POST", path+"/decide", good); got.Str("state") != "given" || got.Str("reference") != "VCH-1" {
		t.Errorf("given: %s", got.Raw)
	}
	wanted := s.preparer.Do(200, "POST", path+"/write-off", obj{"reason": "the roof fell in"})
	off := obj{"decision": "yes", "content_hash": wanted.Str("content_hash")}
	if wrong {
		if got := s.approver.Do(403, "POST", path+"/write-off/decide", good); got.Str("code") != "auth.passkey" {
			t.Errorf("the answer that gave it: %s", got.Raw)
		}
	}
	if got := s.approver.Do(200, "POST", path+"/write-off/decide", answered(s.approver, key, path, ask("write_off", off), off)); got.Str("state") != "closed" || got.Paise("left") != 0 {
		t.Errorf("written off: %s", got.Raw)
	}
}
