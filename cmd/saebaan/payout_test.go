package main_test

import (
	"bytes"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// A woman's money goes its way over REST alone: her group and what she agrees to
// give it, an advance that two people answer for, her PAN, a run that takes what
// it may, and a statement that is read aloud.
func TestMoneyOutByREST(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.payoutDay(t)
		s.verify()
	})
}

func (s *shop) payoutDay(t *testing.T) {
	t.Helper()
	maker := s.artisan("Payout Maker")
	if got := s.asha.Do(201, "POST", "/v1/artisans/"+maker+"/pan", obj{"pan": "abmpa3211g"}); got.Str("pan") != "ABXXXXXXXG" {
		t.Errorf("PAN: %s", got.Raw)
	}
	s.groupDay(t, maker)
	s.noticeDay(t)
	wanted := s.preparer.Do(201, "POST", "/v1/advances", obj{"artisan_id": maker, "kind": "cash", "amount": inr(50000), "reason": "thread"})
	advance := "/v1/advances/" + wanted.Str("id")
	if list := s.approver.Get("/v1/advances"); list.Str("data", 0, "id") != wanted.Str("id") || list.Str("data", 0, "state") != "proposed" {
		t.Errorf("waiting: %s", list.Raw)
	}
	s.both.Do(200, "POST", advance+"/decide", obj{"decision": "yes", "reference": "VCH-1", "password": password})
	s.preparer.Do(200, "POST", advance+"/pause", obj{"reason": "a wedding"})
	s.preparer.Do(200, "POST", advance+"/pause", obj{"reason": ""})
	_, v := s.kurta("PAYOUT", 2, map[string]string{"embroidery": maker}, false)
	order := s.buy(t, map[string]int64{v: 1}, "09")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	s.admin.Post("/v1/orders/"+order+"/deliver", nil)
	s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
	run := s.preparer.Post("/v1/payout-runs", nil)
	at := 0
	for i := range run.List("items") {
		if run.Str("items", i, "artisan_id") == maker {
			at = i
		}
	}
	gross, net := run.Paise("items", at, "gross"), run.Paise("items", at, "amount")
	if len(run.List("items", at, "deductions")) != 2 || run.Str("items", at, "deductions", 0, "kind") != "savings" || run.Paise("items", at, "deductions", 0, "amount") != 1000 ||
		run.Str("items", at, "deductions", 1, "of") != wanted.Str("id") || gross != net+1000+run.Paise("items", at, "deductions", 1, "amount") || net == 0 {
		t.Fatalf("run: %s", run.Raw)
	}
	sum := int64(0)
	for i, parts := 0, s.preparer.Get("/v1/payout-runs/"+run.Str("id")+"/artisans/"+maker+"/parts"); i < len(parts.List("data")); i++ {
		sum += parts.Paise("data", i, "amount")
	}
	if sum != gross || run.Str("items", at, "rail") != "upi" {
		t.Errorf("her payment of %d consists of %d: %s", gross, sum, run.Raw)
	}
	s.preparer.Post("/v1/payout-runs/"+run.Str("id")+"/submit", nil)
	if got := s.preparer.Get("/v1/advances?artisan_id=" + maker); got.Paise("data", 0, "recovered") != run.Paise("items", at, "deductions", 1, "amount") {
		t.Errorf("recovered: %s", got.Raw)
	}
	s.preparer.Post("/v1/payout-runs/"+run.Str("id")+"/withdraw", nil)
	s.preparer.Do(200, "POST", advance+"/write-off", obj{"reason": "the roof fell in"})
	if got := s.approver.Do(200, "POST", advance+"/write-off/decide", obj{"decision": "yes", "password": password}); got.Str("state") != "closed" || got.Paise("left") != 0 || got.Paise("written_off") != 50000 {
		t.Errorf("written off: %s", got.Raw)
	}
	st := s.preparer.Get("/v1/artisans/" + maker + "/statement?language=ur")
	if len(st.List("aloud")) != 3 || st.Paise("payable") != gross {
		t.Errorf("statement: %s", st.Raw)
	}
	voice := s.preparer.Get("/v1/artisans/" + maker + "/statement/voice?language=ur")
	if !bytes.HasPrefix(voice.Raw, []byte("RIFF")) || voice.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("voice: %d bytes, %v", len(voice.Raw), voice.Header)
	}
	today := s.admin.Get("/v1/artisans/" + maker + "/statement").Str("to")
	for _, to := range []string{"2026-03-31", today} {
		sheet := s.asha.Get("/v1/artisans/" + maker + "/statement.pdf?language=ur&from=2026-03-01&to=" + to)
		again := s.preparer.Get("/v1/artisans/" + maker + "/statement.pdf?language=ur&from=2026-03-01&to=" + to)
		if !bytes.HasPrefix(sheet.Raw, []byte("%PDF-1.")) || to != today && !bytes.Equal(sheet.Raw, again.Raw) {
			t.Errorf("paper to %s: %d bytes, then %d", to, len(sheet.Raw), len(again.Raw))
		}
	}
	s.cardDay(t, maker)
	s.bookDay(t)
	s.closingDay(t)
}

// groupDay: she joins a group and agrees to save ₹10 a run; what she agreed for
// a loan she takes back.
func (s *shop) groupDay(t *testing.T, maker string) {
	t.Helper()
	group := s.asha.Do(201, "POST", "/v1/groups", obj{"name": obj{"en": "Roshni", "hi": "रोशनी"}, "area": "lucknow", "bylaws": "₹10 a fortnight"}).Str("id")
	s.asha.Do(200, "POST", "/v1/groups/"+group+"/members", obj{"artisan_id": maker, "date": "2026-01-01", "role": "leader"})
	if got := s.asha.Do(201, "POST", "/v1/groups/"+group+"/payees", obj{"kind": "bank", "holder": "Roshni Samuh", "account": "998877665544", "ifsc": "UTIB0000001"}); got.Str("masked") != "••••5544" {
		t.Errorf("the group's account: %s", got.Raw)
	}
	if got := s.preparer.Get("/v1/groups/" + group); got.Str("payee", "masked") != "••••5544" || got.Str("members", 0, "artisan_id") != maker || got.At("members", 0, "leader") != true {
		t.Errorf("group: %s", got.Raw)
	}
	if got := s.asha.Get("/v1/groups"); got.Str("data", 0, "id") != group {
		t.Errorf("groups: %s", got.Raw)
	}
	agrees := func(kind string, most, total int64) string {
		body := obj{"group_id": group, "kind": kind, "most": inr(most), "from": "2026-01-01", "notice": "2026-11", "language": "hi", "confirmed": "thumbprint before Asha"}
		if total > 0 {
			body["total"] = inr(total)
		}
		return s.asha.Do(201, "POST", "/v1/artisans/"+maker+"/deduction-consents", body).Str("id")
	}
	agrees("savings", 1000, 0)
	loan := agrees("loan", 5000, 20000)
	if got := s.asha.Do(200, "POST", "/v1/deduction-consents/"+loan+"/revoke", nil); got.Str("revoked_at") == "" || got.Paise("total") != 20000 {
		t.Errorf("revoked: %s", got.Raw)
	}
	if got := s.preparer.Get("/v1/artisans/" + maker + "/deduction-consents"); len(got.List("data")) != 2 {
		t.Errorf("consents: %s", got.Raw)
	}
}

// One is paid by the bank, one by UPI and one in cash; each way has its
// file, and the bank's own answer is read in its form.
func TestRailsOfARun(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, append(environment, "SAEBAAN_BANK_ACCOUNT=309900011111", "SAEBAAN_BANK_IFSC=HDFC0000001", "SAEBAAN_BANK_CLIENT=LMST", "SAEBAAN_BANK_LAYOUT=hdfc_value.1"))
		makers := map[string]string{}
		for kind, payee := range map[string]obj{
			"bank": {"kind": "bank", "holder": "Rail Bank", "account": "50100123456789", "ifsc": "HDFC0000001", "confirmed": "in person"},
			"upi":  {"kind": "upi", "holder": "Rail UPI", "upi": "rail.upi@okaxis", "confirmed": "in person"},
			"cash": {"kind": "cash", "holder": "Rail Cash", "confirmed": "in person"},
		} {
			makers[kind] = s.artisan("Rail " + kind)
			s.asha.Do(201, "POST", "/v1/artisans/"+makers[kind]+"/payees", payee)
		}
		_, v := s.kurta("RAILS-1", 3, map[string]string{"cutting": makers["bank"], "embroidery": makers["upi"], "tailoring": makers["cash"]}, false)
		order := s.buy(t, map[string]int64{v: 1}, "09")
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+order+"/deliver", nil)
		s.guest.Post("/v1/test/clock", obj{"advance": "240h"})
		run := s.preparer.Post("/v1/payout-runs", nil)
		path := "/v1/payout-runs/" + run.Str("id")
		run = s.preparer.Post(path+"/submit", nil)
		s.approver.Post(path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": password})
		reference := map[string]string{}
		for i := range run.List("items") {
			reference[run.Str("items", i, "rail")] = run.Str("items", i, "reference")
		}
		if len(reference) != 3 {
			t.Fatalf("rails: %s", run.Raw)
		}
		for rail, kind := range map[string]string{"bank": "text/plain; charset=us-ascii", "upi": "text/csv; charset=utf-8", "cash": "text/csv; charset=utf-8"} {
			file := s.preparer.Get(path + "/bank-file?rail=" + rail)
			for other, ref := range reference {
				if strings.Contains(string(file.Raw), ref) != (other == rail) {
					t.Errorf("%s in the file of %s:\n%s", ref, rail, file.Raw)
				}
			}
			if file.Header.Get("Content-Type") != kind {
				t.Errorf("%s: %s", rail, file.Header.Get("Content-Type"))
			}
			if again := s.approver.Get(path + "/bank-file?rail=" + rail); string(again.Raw) != string(file.Raw) {
				t.Errorf("another file of %s the second time", rail)
			}
		}
		s.preparer.Do(409, "GET", path+"/bank-file?rail=bank&layout=union_neft.1", nil)
		s.preparer.Do(422, "POST", path+"/bank-answers?layout=none.1", "x", "Content-Type", "text/csv")
		answer := "reference,status,utr,reason\n" + reference["upi"] + ",paid,UTR777777777,\n" + reference["cash"] + ",paid,VOUCHER0001,\n" + reference["bank"] + ",returned,,no such account\n"
		got := s.preparer.Do(200, "POST", path+"/bank-answers", answer, "Content-Type", "text/csv")
		for i := range got.List("outcomes") {
			if got.Str("outcomes", i, "outcome") != "entered" {
				t.Errorf("%s", got.Raw)
			}
		}
		if run = s.preparer.Get(path); run.Str("state") != "settled" || len(run.List("files")) != 3 {
			t.Errorf("settled: %s", run.Raw)
		}
		s.verify()
	})
}

// cardDay: she gets a card, loses it, and gets another; what each opens.
func (s *shop) cardDay(t *testing.T, maker string) {
	t.Helper()
	path := "/v1/artisans/" + maker + "/card"
	first := s.asha.Do(201, "POST", path, obj{"years": 2})
	token := func(c testkit.Answer) string { return c.Str("url")[strings.LastIndex(c.Str("url"), "/")+1:] }
	if got := s.asha.Get(path); got.Str("url") != first.Str("url") || got.Str("state") != "valid" || len(token(got)) != 26 {
		t.Fatalf("card: %s", got.Raw)
	}
	if got := s.preparer.Get(path); strings.Contains(string(got.Raw), token(first)) {
		t.Errorf("finance has the address of her page: %s", got.Raw)
	}
	owed := s.preparer.Get("/v1/artisans/" + maker + "/statement")
	opened := s.guest.Get("/v1/cards/" + token(first) + "?language=ur")
	if opened.Str("state") != "valid" || opened.Paise("owed") != owed.Paise("held")+owed.Paise("payable")+owed.Paise("claimed")+owed.Paise("in_transit") ||
		len(opened.List("aloud")) == 0 || opened.Str("name", "en") != "Payout Maker" {
		t.Errorf("opened: %s", opened.Raw)
	}
	second := s.asha.Do(201, "POST", path, obj{"years": 1, "reason": "lost at the fair"})
	over := []testkit.Answer{s.guest.Get("/v1/cards/" + token(first))}
	if got := s.asha.Do(200, "POST", path+"/revoke", obj{"reason": "stolen"}); got.Str("state") != "revoked" || got.Str("reason") != "stolen" || got.Str("id") != second.Str("id") {
		t.Errorf("revoked: %s", got.Raw)
	}
	s.asha.Do(409, "POST", path+"/revoke", obj{"reason": "stolen"})
	for _, got := range append(over, s.guest.Get("/v1/cards/"+token(second))) {
		if got.Str("state") != "revoked" || strings.Contains(string(got.Raw), "owed") || strings.Contains(string(got.Raw), "Payout Maker") || strings.Contains(string(got.Raw), "fair") {
			t.Errorf("a card that is over: %s", got.Raw)
		}
	}
	for _, raw := range []string{string(opened.Raw), string(first.Raw), string(second.Raw)} {
		for _, not := range []string{"ABMPA3211G", "ABXXXXXXXG", "@upi", "payee", "account"} {
			if strings.Contains(raw, not) {
				t.Errorf("%q in %s", not, raw)
			}
		}
	}
}
