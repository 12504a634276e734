package main_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"saebaan/internal/testkit"
	"saebaan/openbooks"
)

// bookOf reads an open book as anybody, once everything is sealed.
func (s *shop) bookOf(t *testing.T, token string) (openbooks.Book, testkit.Answer) {
	t.Helper()
	a := s.guest.Get("/v1/open-books/" + token)
	var out struct{ Book openbooks.Book }
	if err := json.Unmarshal(a.Raw, &out); err != nil {
		t.Fatal(err)
	}
	for _, l := range out.Book.Lines {
		sum := int64(0)
		for _, h := range l.Heads {
			sum += h.Amount.Amount
		}
		if sum != l.Taxable.Amount || l.Taxable.Amount+l.Tax.Amount+l.Rounding.Amount != l.Price.Amount {
			t.Errorf("the heads of %s sum to %d of %+v", l.SKU, sum, l)
		}
	}
	return out.Book, a
}

// where lists where the shares of a stage stand, by SKU.
func where(b openbooks.Book, stage string) map[string]string {
	out := map[string]string{}
	for _, l := range b.Lines {
		for _, s := range l.Shares {
			if s.Stage == stage && s.Kind == "wage" {
				out[l.SKU] = s.State
			}
		}
	}
	return out
}

// The open book of an order from purchase to the bank: who has what, when each
// share is paid, nothing about the buyer, and proofs that anybody can check.
func TestOpenBook(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		makers := map[string]string{}
		for _, n := range []string{"cutting", "embroidery", "washing", "tailoring", "finishing"} {
			makers[n] = s.artisan("Maker " + n)
		}
		solo := s.artisan("Solo Maker")
		_, five := s.kurta("FIVE-M", 4, makers, false)
		_, one := s.kurta("ONE-OFF", 1, map[string]string{"embroidery": solo, "finishing": solo}, true)
		order := s.buy(t, map[string]int64{five: 2, one: 1}, "29")
		token := s.admin.Get("/v1/orders/" + order).Str("open_book")
		stands := func(when, five, one string) {
			t.Helper()
			s.quiet(s.books())
			b, _ := s.bookOf(t, token)
			if got := where(b, "embroidery"); got["FIVE-M"] != five || got["ONE-OFF"] != one {
				t.Errorf("%s: %v, want %s and %s", when, got, five, one)
			}
			s.adds(t, b)
		}
		stands("before it is sent", "promised", "promised")
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+order+"/deliver", nil)
		stands("delivered", "held", "held")
		s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
		stands("the window over", "payable", "payable")
		paid, returned := s.firstRun(t, makers, solo)
		stands("the bank has answered", "payable", "paid")
		s.named(t, token, solo)
		_, before := s.bookOf(t, token)
		s.secondRun(t, paid, returned)
		stands("paid at the second try", "paid", "paid")
		b, after := s.bookOf(t, token)
		if bytes.Equal(before.Raw, after.Raw) {
			t.Error("the book did not change with the payment")
		}
		for _, l := range b.Lines {
			for _, share := range l.Shares {
				if share.State != "paid" || len(share.PaidOn) != 1 || share.Paid != share.Credited || share.Credited != share.Promised {
					t.Errorf("%s: %+v", l.SKU, share)
				}
			}
		}
		o := s.admin.Get("/v1/orders/" + order)
		for what, secret := range map[string]string{"order": order, "maker": solo, "lot": o.Str("allocations", 0, "lot_id"), "buyer": o.Str("buyer", "name"), "phone": o.Str("buyer", "phone"),
			"house": o.Str("address", "house"), "line": o.Str("lines", 0, "id"), "name": "Maker"} {
			if secret == "" || bytes.Contains(after.Raw, []byte(secret)) {
				t.Errorf("the book tells the %s %q", what, secret)
			}
		}
		s.verified(t, after)
		s.limited(t, token)
	})
}

// adds checks that what is promised of goods is what the heads say goes to makers.
func (s *shop) adds(t *testing.T, b openbooks.Book) {
	t.Helper()
	for _, l := range b.Lines {
		heads, shares := int64(0), int64(0)
		for _, h := range l.Heads {
			if h.Kind == "wage" || h.Kind == "makers" || h.Head == "material" {
				heads += h.Amount.Amount * (l.Quantity - l.Cancelled)
			}
		}
		for _, share := range l.Shares {
			shares += share.Promised.Amount
			if share.Credited.Amount != 0 && share.Credited != share.Promised {
				t.Errorf("%s: credited otherwise than promised: %+v", l.SKU, share)
			}
		}
		if heads != shares {
			t.Errorf("%s: heads %d, shares %d", l.SKU, heads, shares)
		}
	}
}

// limited: an address that asks on and on is told to wait, and nothing else is
// kept from it.
func (s *shop) limited(t *testing.T, token string) {
	t.Helper()
	refused := 0
	for range 50 {
		a, err := s.guest.Try("GET", "/v1/open-books/"+token, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Status == 429 {
			refused++
			if a.Str("code") != "web.too_often" || a.Header.Get("Retry-After") == "" {
				t.Fatalf("%s", a.Raw)
			}
		} else if a.Status != 200 {
			t.Fatalf("%d", a.Status)
		}
	}
	if refused < 10 {
		t.Errorf("%d of 50 refused", refused)
	}
	s.guest.Get("/v1/open-books/keys")
}

// named: she agrees and her name is there, she takes it back and it is gone.
func (s *shop) named(t *testing.T, token, maker string) {
	t.Helper()
	for _, granted := range []bool{true, false} {
		s.asha.Post("/v1/artisans/"+maker+"/consents", obj{"purpose": "name", "granted": granted, "notice": "1", "language": "hi"})
		_, a := s.bookOf(t, token)
		page, err := s.guest.Try("GET", "/open/"+token, nil)
		if err != nil || page.Status != 200 {
			t.Fatalf("page: %d %v", page.Status, err)
		}
		if bytes.Contains(a.Raw, []byte("Solo Maker")) != granted || bytes.Contains(page.Raw, []byte("Solo Maker")) != granted {
			t.Errorf("consent %v: %s", granted, a.Raw)
		}
	}
}

// verified runs the published verifier: on the answer as it is, on answers with
// something changed, and against other heads.
func (s *shop) verified(t *testing.T, a testkit.Answer) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "verify")
	if out, err := exec.Command("go", "build", "-o", program, "../../docs/verify").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	keys := s.guest.Get("/v1/open-books/keys")
	key := keys.Str("data", 0, "public_key")
	if keys.Str("data", 0, "id") != a.Str("key_id") {
		t.Errorf("signed by %s, not %s", a.Str("key_id"), keys.Raw)
	}
	heads := s.guest.Get("/v1/open-books/heads?limit=100")
	list := heads.List("data")
	head := heads.Str("data", len(list)-1, "hash")
	verify := func(book []byte, key, head string, heads []byte) bool {
		for name, content := range map[string][]byte{"book.json": book, "heads.json": heads} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(program, filepath.Join(dir, "book.json"), key, head, filepath.Join(dir, "heads.json")).CombinedOutput()
		if (err == nil) != strings.HasPrefix(string(out), "verified:") {
			t.Fatalf("%v: %s", err, out)
		}
		return err == nil
	}
	if !verify(a.Raw, key, head, heads.Raw) {
		t.Fatal("the book does not verify")
	}
	for what, part := range map[string]string{"head": `"head":"fund","amount":{"amount":`, "share": `"credited":{"amount":`, "path": `"path":["`, "entry": `"position":`, "block": `"root":"`, "signature": `"signature":"`} {
		at := bytes.Index(a.Raw, []byte(part))
		if at < 0 {
			t.Fatalf("no %s in %s", part, a.Raw)
		}
		changed := bytes.Clone(a.Raw)
		at += len(part)
		changed[at] = map[bool]byte{true: '7', false: '8'}[changed[at] != '7']
		if verify(changed, key, head, heads.Raw) {
			t.Errorf("verifies with another %s", what)
		}
	}
	// Whoever could sign could still not make an entry that is not in the ledger.
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(from, to string) []byte {
		var signed struct{ Book json.RawMessage }
		if err := json.Unmarshal(a.Raw, &signed); err != nil {
			t.Fatal(err)
		}
		book := regexp.MustCompile(from).ReplaceAll(signed.Book, []byte(to))
		if from != "^" && bytes.Equal(book, signed.Book) {
			t.Fatalf("nothing is like %s", from)
		}
		return fmt.Appendf(nil, `{"book":%s,"signature":%q}`, book, base64.StdEncoding.EncodeToString(ed25519.Sign(private, book)))
	}
	if !verify(forged("^", ""), hex.EncodeToString(public), head, heads.Raw) {
		t.Error("the forger's own signature does not verify, so nothing is shown")
	}
	place := string(regexp.MustCompile(`"position":[0-9]+`).Find(a.Raw))
	beside := strings.Replace(place, ":", ":1", 1) // 3 is 13
	for from, to := range map[string]string{`"path":\["[0-9a-f]{8}`: `"path":["00000000`, `"hash":"[0-9a-f]{8}`: `"hash":"00000000`, `"position":[0-9]+`: `"position":9`,
		place: beside, `"path":\["[0-9a-f]{64}",?`: `"path":[`} {
		if verify(forged(from, to), hex.EncodeToString(public), head, heads.Raw) {
			t.Errorf("verifies with %s for %s", to, from)
		}
	}
	if verify(a.Raw, key, strings.Repeat("0", 64), heads.Raw) || verify(a.Raw, strings.Repeat("0", 64), head, heads.Raw) {
		t.Error("verifies against another head or key")
	}
	if verify(a.Raw, key, heads.Str("data", 0, "hash"), heads.Raw) {
		t.Error("verifies against a head from before the order")
	}
	other := bytes.Replace(heads.Raw, []byte(fmt.Sprintf(`"root":"%s"`, heads.Str("data", len(list)/2, "root"))), []byte(`"root":"`+strings.Repeat("0", 64)+`"`), 1)
	if verify(a.Raw, key, head, other) {
		t.Error("verifies with a block changed on the way")
	}
}

// Pieces that were made for the trust: the book of their order says what the makers
// of the lot were credited when the work was accepted, when they were paid, and
// proves the entries.
func TestOpenBookOfJobWork(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		cutter, embroiderer := s.artisan("Job Cutter"), s.artisan("Job Embroiderer")
		_, v := s.kurta("JOB-1", 1, map[string]string{"cutting": cutter, "embroidery": embroiderer}, false)
		s.admin.Post("/v1/orders/"+s.buy(t, map[string]int64{v: 1}, "09")+"/dispatch", nil) // the consigned one
		made := s.asha.Do(201, "POST", "/v1/jobs", obj{"variant_id": v, "pieces": 3, "stages": []obj{
			{"stage": "cutting", "makers": []obj{{"artisan_id": cutter, "weight": 1}}},
			{"stage": "embroidery", "rate": inr(130001), "makers": []obj{{"artisan_id": embroiderer, "weight": 2}, {"artisan_id": cutter, "weight": 1}}}}})
		job := "/v1/jobs/" + made.Str("id")
		for _, in := range []struct {
			stage  string
			pieces int64
		}{{"cutting", 3}, {"embroidery", 1}, {"embroidery", 2}} {
			j := s.asha.Do(200, "POST", job+"/hand-ins", obj{"stage": in.stage, "pieces": in.pieces})
			last := j.Str("hand_ins", len(j.List("hand_ins"))-1, "id")
			s.admin.Do(200, "POST", "/v1/hand-ins/"+last+"/accept", obj{"passed": in.pieces})
		}
		s.asha.Do(200, "POST", job+"/finish", obj{"good": 3})
		order := s.buy(t, map[string]int64{v: 2}, "09")
		token := s.admin.Get("/v1/orders/" + order).Str("open_book")
		s.quiet(s.books())
		book, answer := s.bookOf(t, token)
		lot := book.Lines[0].Lots[0]
		total, stands := int64(0), map[string]int64{}
		for _, share := range lot.Shares {
			total += share.Credited.Amount
			stands[fmt.Sprint(share.Maker, " ", share.Kind, " ", share.Stage, " ", share.State)] += share.Credited.Amount
		}
		if lot.Taken != 2 || lot.Pieces != 3 || total != 3*(8300+130001) || lot.Cost.Amount != 8300+130001 || stands["1 wage cutting payable"] == stands["2 wage cutting payable"] {
			t.Errorf("the lot: %+v of %v", lot, stands)
		}
		if n := bytes.Count(answer.Raw, []byte(`"kind":"accept"`)); n != 3 {
			t.Errorf("%d of 3 acceptances are proved", n)
		}
		run := s.preparer.Post("/v1/payout-runs", nil)
		path := "/v1/payout-runs/" + run.Str("id")
		run = s.preparer.Post(path+"/submit", nil)
		s.approver.Post(path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": password})
		s.preparer.Get(path + "/bank-file")
		rows := "reference,status,utr,reason\n"
		for i := range run.List("items") {
			rows += run.Str("items", i, "reference") + fmt.Sprintf(",paid,UTR90000000%d,\n", i)
		}
		s.preparer.Do(200, "POST", path+"/bank-answers", rows, "Content-Type", "text/csv")
		s.quiet(s.books())
		book, answer = s.bookOf(t, token)
		for _, share := range book.Lines[0].Lots[0].Shares {
			if share.State != "paid" || share.Paid != share.Credited || len(share.PaidOn) != 1 {
				t.Errorf("after the bank's answer: %+v", share)
			}
		}
		s.verified(t, answer)
		for what, secret := range map[string]string{"lot": made.Str("lot_id"), "job": made.Str("id"), "maker": cutter, "name": "Job "} {
			if bytes.Contains(answer.Raw, []byte(secret)) {
				t.Errorf("the book tells the %s", what)
			}
		}
		page, err := s.guest.Try("GET", "/open/"+token, nil)
		if err != nil || page.Status != 200 || !bytes.Contains(page.Raw, []byte("from a lot of 3 that the trust had made")) {
			t.Errorf("page: %d %v", page.Status, err)
		}
	})
}
