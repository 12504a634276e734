package main_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/testkit"
)

// passkey is an authenticator for the pages of the program, which for practice
// are at this computer's name.
func (s *shop) passkey() *testkit.Authenticator {
	return testkit.NewAuthenticator(s.t, strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
}

// publicKey is the options of a challenge, as they came.
func publicKey(t testing.TB, a testkit.Answer) []byte {
	t.Helper()
	var body struct {
		PublicKey json.RawMessage `json:"public_key"`
	}
	if err := json.Unmarshal(a.Raw, &body); err != nil {
		t.Fatal(err)
	}
	return body.PublicKey
}

// addPasskey gives a person a passkey and returns its id.
func addPasskey(as testkit.REST, key *testkit.Authenticator, label string) string {
	as.T.Helper()
	options := publicKey(as.T, as.Do(201, "POST", "/v1/passkeys/challenges", obj{"password": password}))
	made := as.Do(201, "POST", "/v1/passkeys", obj{"label": label, "credential": json.RawMessage(key.Create(options))})
	if made.Str("label") != label || made.Str("site") != "localhost" {
		as.T.Fatalf("%s", made.Raw)
	}
	return made.Str("id")
}

// answer is an approval of a run by passkey, with a challenge of its own.
func answer(as testkit.REST, key *testkit.Authenticator, run testkit.Answer) obj {
	as.T.Helper()
	options := publicKey(as.T, as.Do(201, "POST", "/v1/payout-runs/"+run.Str("id")+"/challenges", obj{"content_hash": run.Str("content_hash")}))
	return obj{"content_hash": run.Str("content_hash"), "passkey": json.RawMessage(key.Get(options))}
}

// waitingRun hands in a run with something to pay.
func (s *shop) waitingRun(t testing.TB, sku string, by testkit.REST) testkit.Answer {
	t.Helper()
	_, v := s.kurta(sku, 2, map[string]string{"embroidery": s.artisan("Maker of " + sku)}, false)
	order := s.buy(t, map[string]int64{v: 1}, "09")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	s.admin.Post("/v1/orders/"+order+"/deliver", nil)
	s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
	run := by.Post("/v1/payout-runs", nil)
	return by.Post("/v1/payout-runs/"+run.Str("id")+"/submit", nil)
}

// passkeyDay: two approvers have passkeys; one approves with hers, and what was
// asked for one run approves no other.
func (s *shop) passkeyDay(t *testing.T) {
	t.Helper()
	farah, hers := s.passkey(), s.passkey()
	id := addPasskey(s.approver, farah, "Phone")
	addPasskey(s.both, hers, "Laptop")
	if mine := s.approver.Get("/v1/passkeys"); len(mine.List("data")) != 1 || mine.Str("data", 0, "id") != id {
		t.Errorf("list: %s", mine.Raw)
	}
	first := s.waitingRun(t, "KEY-1", s.both)
	second := s.waitingRun(t, "KEY-2", s.preparer)
	path := "/v1/payout-runs/" + first.Str("id") + "/approve"
	if a := s.both.Do(403, "POST", path, answer(s.both, hers, first)); a.Str("code") != "payouts.own_run" {
		t.Errorf("own run: %s", a.Raw)
	}
	key := s.guest.As(strings.TrimSpace(must(t, s.Data, s.Env, "keys", "create", "--user", "approver")))
	if a := key.Do(403, "POST", path, answer(s.approver, farah, first)); a.Str("code") != "auth.key_cannot_approve" {
		t.Errorf("a key with a passkey's answer: %s", a.Raw)
	}
	for name, wrong := range map[string]obj{
		"another run": answer(s.approver, farah, second), "another's": answer(s.both, hers, first), "no answer": {"content_hash": first.Str("content_hash"), "passkey": nil},
		"another session": answer(s.guest.SignIn("approver", password), farah, first),
	} {
		wrong["content_hash"] = first.Str("content_hash")
		if a := s.approver.Do(403, "POST", path, wrong); a.Str("code") != "auth.passkey" {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := s.approver.Do(422, "POST", path, obj{"content_hash": first.Str("content_hash")}); a.Str("code") != "auth.proof" {
		t.Errorf("no proof: %s", a.Raw)
	}
	good := answer(s.approver, farah, first)
	if a := s.approver.Do(200, "POST", path, good); a.Str("state") != "approved" || a.Str("approved_by") == a.Str("prepared_by") {
		t.Errorf("approved: %s", a.Raw)
	}
	if a := s.approver.Do(403, "POST", path, good); a.Str("code") != "auth.passkey" {
		t.Errorf("again: %s", a.Raw)
	}
	if used := s.approver.Get("/v1/passkeys").Str("data", 0, "used_at"); used == "" {
		t.Error("its use is not shown")
	}
	s.approver.Do(403, "POST", "/v1/passkeys/"+id+"/remove", obj{"password": "not hers"})
	s.approver.Do(204, "POST", "/v1/passkeys/"+id+"/remove", obj{"password": password})
	s.approver.Do(404, "POST", "/v1/payout-runs/"+second.Str("id")+"/challenges", obj{"content_hash": second.Str("content_hash")})
}

func TestPasskeysByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.passkeyDay(t)
		s.verify()
	})
}

// Twenty approvals at once with one answer: the run is approved once, by it, and
// the answer approves nothing else.
func TestTwentyApprovalsWithOneAnswer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		key := s.passkey()
		addPasskey(s.approver, key, "Phone")
		run := s.waitingRun(t, "RACE-1", s.preparer)
		path, approval := "/v1/payout-runs/"+run.Str("id")+"/approve", answer(s.approver, key, run)
		told := make([]string, 20)
		var wg sync.WaitGroup
		for i := range told {
			wg.Add(1)
			go func() {
				defer wg.Done()
				a, err := s.approver.Try("POST", path, approval)
				if err != nil {
					told[i] = err.Error()
					return
				}
				told[i] = a.Str("state") + a.Str("code")
			}()
		}
		wg.Wait()
		count := map[string]int{}
		for _, one := range told {
			count[one]++
		}
		if count["approved"] != 1 || count["approved"]+count["auth.passkey"]+count["auth.too_many"] != 20 {
			t.Errorf("told %v", count)
		}
		for _, query := range []string{`SELECT 'x' FROM payout_approvals`, `SELECT 'x' FROM audit WHERE action = 'run.approve'`, `SELECT 'x' FROM audit WHERE action = 'passkey.use'`} {
			if got := texts(t, s.books(), query); len(got) != 1 {
				t.Errorf("%s: %d rows", query, len(got))
			}
		}
		s.verify()
	})
}

// An address that is a number has no passkeys; the password stays.
func TestNoPasskeysAtANumber(t *testing.T) {
	s := open(t, []string{"SAEBAAN_SITE=https://203.0.113.9"})
	if a := s.approver.Do(409, "POST", "/v1/passkeys/challenges", obj{"password": password}); a.Str("code") != "auth.passkeys_off" {
		t.Errorf("%s", a.Raw)
	}
}
