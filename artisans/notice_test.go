package artisans_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
)

const oldNumber, newNumber = "9876543210", "6012345678"

// person is a coordinator of Lucknow by name.
func person(name string) auth.Actor {
	return auth.Actor{ID: "usr_" + name, Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Coordinator, Scope: "lucknow"}}}
}

// told is an artisan with payment details, and what the test does with her.
type told struct {
	*artisans.Service
	t  *testing.T
	db *db.DB
	id string
}

func newTold(t *testing.T, d *db.DB) told {
	t.Helper()
	w := told{service(t, d), t, d, ""}
	a, err := w.Create(ctx, person("asha"), "", artisans.Input{NameEn: "Shabana", NameHi: "शबाना", Area: "lucknow", Member: true})
	w.ok(err)
	w.id = a.ID
	_, err = w.SetPayee(ctx, person("asha"), "", artisans.PayeeInput{Artisan: a.ID, Kind: "bank", Holder: "Shabana", Account: "123456789012", IFSC: "UTIB0000001"})
	w.ok(err)
	return w
}

func (w told) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w told) phone(by auth.Actor, number string) artisans.Phone {
	w.t.Helper()
	p, err := w.SetPhone(ctx, by, id.New("key"), artisans.PhoneInput{Artisan: w.id, Phone: number})
	w.ok(err)
	return p
}

func (w told) payee(by auth.Actor) {
	w.t.Helper()
	_, err := w.SetPayee(ctx, by, "", artisans.PayeeInput{Artisan: w.id, Kind: "upi", Holder: "Shabana", UPI: "shabana@upi", Confirmed: "thumbprint"})
	w.ok(err)
}

func (w told) due(as auth.Actor) []artisans.Notice {
	w.t.Helper()
	list, err := w.NoticesDue(ctx, as, "", 50)
	w.ok(err)
	return list
}

func (w told) count(query string) (n int64) {
	w.t.Helper()
	w.ok(w.db.Get(ctx, &n, query))
	return n
}

func TestPhoneNumbersThatAreRefused(t *testing.T) {
	w := newTold(t, testdb.SQLite(t))
	for _, number := range []string{"", "987654321", "98765432101", "5876543210", "98765x3210", "+1 9876543210", "00919876543210", "+91 5876543210", "९८७६५४३२१०"} {
		_, err := w.SetPhone(ctx, person("asha"), "", artisans.PhoneInput{Artisan: w.id, Phone: number})
		if !errors.Is(err, artisans.ErrPhone) || number != "" && strings.Contains(fmt.Sprint(err), number) {
			t.Errorf("%q: %v", number, err)
		}
	}
	for _, number := range []string{oldNumber, "+91 98765 43210", "09876543210", "98765-43210"} {
		if p := w.phone(person("asha"), number); p.Masked != "98••••••10" || p.Version != 1 {
			t.Errorf("%q: %+v", number, p)
		}
	}
	for _, who := range []auth.Actor{{}, actor(auth.Preparer, ""), actor(auth.Approver, ""), actor(auth.Shopper, "")} {
		if _, err := w.SetPhone(ctx, who, "", artisans.PhoneInput{Artisan: w.id, Phone: newNumber}); err == nil {
			t.Errorf("%s sets a number", who.ID)
		}
		if _, err := w.NoticesDue(ctx, who, "", 50); err == nil {
			t.Errorf("%s reads numbers", who.ID)
		}
	}
	if _, err := w.SetPhone(ctx, actor(auth.Coordinator, "barabanki"), "", artisans.PhoneInput{Artisan: w.id, Phone: newNumber}); !errors.Is(err, artisans.ErrNotFound) {
		t.Errorf("another area's: %v", err)
	}
}

// A number is sealed in its row, masked in what is read, and opens in no other row.
func TestPhoneIsSealedAndMasked(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		first := w.phone(person("asha"), oldNumber)
		second := w.phone(person("asha"), newNumber)
		var rows [][]byte
		w.ok(d.Select(ctx, &rows, `SELECT sealed FROM artisan_phones ORDER BY version`))
		for _, sealed := range rows {
			if bytes.Contains(sealed, []byte("43210")) || bytes.Contains(sealed, []byte("45678")) {
				t.Error("a number is not sealed")
			}
		}
		a, err := w.Artisan(ctx, actor(auth.Preparer, ""), w.id)
		w.ok(err)
		text, err := json.Marshal(a)
		w.ok(err)
		if len(rows) != 2 || a.Phone == nil || *a.Phone != second || second.Version != 2 || second.Masked != "60••••••78" || bytes.Contains(text, []byte(newNumber)) {
			t.Errorf("%d rows, %s", len(rows), text)
		}
		for _, table := range []string{"audit", "notices"} {
			if n := w.count(`SELECT COUNT(1) FROM ` + table + ` WHERE 1 = 1`); n == 0 {
				t.Errorf("%s is empty", table)
			}
		}
		var kept []string
		w.ok(d.Select(ctx, &kept, `SELECT detail FROM audit UNION ALL SELECT masked FROM notices UNION ALL SELECT response FROM idempotency`))
		for _, k := range kept {
			if strings.Contains(k, oldNumber) || strings.Contains(k, newNumber) {
				t.Errorf("a number is written beside its seal: %s", k)
			}
		}
		_, err = d.Pool().ExecContext(ctx, `UPDATE artisan_phones SET sealed = (SELECT p.sealed FROM artisan_phones p WHERE p.version = 2) WHERE id = '`+first.ID+`'`)
		w.ok(err)
		if _, err := w.NoticesDue(ctx, person("rehana"), "", 50); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("a number moved to another row opens: %v", err)
		}
	})
}

// What changed is told to the number of before, whichever number came since.
func TestTheOldNumberIsTold(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		asha, rehana := person("asha"), person("rehana")
		w.payee(asha)
		if list := w.due(rehana); len(list) != 0 {
			t.Errorf("told without a number: %+v", list)
		}
		w.phone(asha, oldNumber)
		if list := w.due(rehana); len(list) != 0 {
			t.Errorf("a first number is no change: %+v", list)
		}
		w.payee(asha)
		w.phone(asha, newNumber)
		list := w.due(rehana)
		if len(list) != 2 || list[0].What != artisans.ChangedPayee || list[1].What != artisans.ChangedPhone {
			t.Fatalf("%+v", list)
		}
		for _, n := range list {
			for _, address := range []string{n.SMS(), n.WhatsApp(), n.Call()} {
				if !strings.Contains(address, "91"+oldNumber) || strings.Contains(address, newNumber) {
					t.Errorf("%s goes to %s", n.What, address)
				}
			}
			if n.To != "98••••••10" || strings.Contains(n.Text(), oldNumber) {
				t.Errorf("%+v", n)
			}
		}
		if list[0].CountsAt != list[0].MadeAt.Add(artisans.PayeeWait) || list[1].CountsAt != list[1].MadeAt {
			t.Errorf("counts from %v and %v", list[0].CountsAt, list[1].CountsAt)
		}
		if n := w.count(`SELECT COUNT(1) FROM audit WHERE action = 'phone.open' AND actor = 'user:usr_rehana'`); n != 2 {
			t.Errorf("%d openings of 2 in the audit", n)
		}
		if mine := w.due(asha); len(mine) != 2 || mine[0].Number != "" || mine[0].SMS()+mine[0].WhatsApp()+mine[0].Call() != "" {
			t.Errorf("who entered the change has the number: %+v", mine)
		}
		if theirs := w.due(actor(auth.Coordinator, "barabanki")); len(theirs) != 0 {
			t.Errorf("another area's: %+v", theirs)
		}
		w.phone(asha, "7012345678")
		if list = w.due(rehana); len(list) != 3 || list[2].Number != newNumber {
			t.Errorf("the third number: %+v", list)
		}
	})
}

// Two people, once, a person and not a key.
func TestToldOnceByASecondPerson(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		asha, rehana := person("asha"), person("rehana")
		w.phone(asha, oldNumber)
		w.payee(asha)
		notice := w.due(rehana)[0].ID
		key := rehana
		key.Via = auth.ViaKey
		call := artisans.ToldInput{Notice: notice, How: "call"}
		for name, try := range map[string]struct {
			as   auth.Actor
			in   artisans.ToldInput
			want *fault.Error
		}{
			"the same person":  {asha, call, artisans.ErrSamePerson},
			"a key":            {key, call, artisans.ErrKeyTells},
			"another area":     {actor(auth.Coordinator, "barabanki"), call, artisans.ErrNoNotice},
			"finance":          {actor(auth.Preparer, ""), call, auth.ErrForbidden},
			"missing":          {rehana, artisans.ToldInput{Notice: "ntc_x", How: "call"}, artisans.ErrNoNotice},
			"no way":           {rehana, artisans.ToldInput{Notice: notice}, artisans.ErrHow},
			"a pigeon":         {rehana, artisans.ToldInput{Notice: notice, How: "pigeon"}, artisans.ErrHow},
			"no reason":        {rehana, artisans.ToldInput{Notice: notice, How: artisans.Unreachable, Reason: " "}, artisans.ErrHow},
			"a reason of 501":  {rehana, artisans.ToldInput{Notice: notice, How: "call", Reason: strings.Repeat("x", 501)}, artisans.ErrHow},
			"nobody signed in": {auth.Actor{}, call, auth.ErrUnauthenticated},
		} {
			if _, err := w.Told(ctx, try.as, "", try.in); !errors.Is(err, try.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		n, err := w.Told(ctx, rehana, "", call)
		if err != nil || n.How != "call" || n.ToldBy != "user:usr_rehana" || n.ToldAt == nil || n.Number != "" {
			t.Errorf("%+v %v", n, err)
		}
		if _, err := w.Told(ctx, person("third"), "", artisans.ToldInput{Notice: notice, How: artisans.Unreachable, Reason: "no answer"}); !errors.Is(err, artisans.ErrTold) {
			t.Errorf("told twice: %v", err)
		}
		if list := w.due(rehana); len(list) != 0 {
			t.Errorf("still due: %+v", list)
		}
	})
}

// Who could not be reached has not been told.
func TestUntold(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		untold := func() (yes bool) {
			w.ok(d.Read(ctx, func(tx *db.Tx) error {
				found, err := artisans.Untold(tx, []string{w.id, "art_x"})
				yes = found[w.id]
				return err
			}))
			return yes
		}
		say := func(how string) {
			_, err := w.Told(ctx, person("rehana"), "", artisans.ToldInput{Notice: w.due(person("rehana"))[0].ID, How: how, Reason: "no answer"})
			w.ok(err)
		}
		w.phone(person("asha"), oldNumber)
		if untold() {
			t.Error("nothing changed")
		}
		w.payee(person("asha"))
		if !untold() {
			t.Error("nobody told her")
		}
		say("sms")
		if untold() {
			t.Error("she was told")
		}
		w.payee(person("asha"))
		say(artisans.Unreachable)
		if !untold() {
			t.Error("she could not be reached")
		}
	})
}

// The text is in her language and says what counts from when.
func TestNoticeText(t *testing.T) {
	n := artisans.Notice{NameEn: "Shabana", NameHi: "शबाना", NameUr: "شبانہ", Number: oldNumber, Masked: "sh•••@upi", CountsAt: 1_760_000_000_000_000} // 9 October 2025, 14:23 in India
	for _, language := range []string{"en", "hi", "ur"} {
		n.Language = language
		name := map[string]string{"en": n.NameEn, "hi": n.NameHi, "ur": n.NameUr}[language]
		for _, c := range []struct{ what, kind string }{{artisans.ChangedPayee, "bank"}, {artisans.ChangedPayee, "upi"}, {artisans.ChangedPayee, "cash"}, {artisans.ChangedPhone, ""}} {
			n.What, n.Kind = c.what, c.kind
			text := n.Text()
			if !strings.Contains(text, name) || !strings.Contains(text, "09-10-2025 14:23") || strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") || (c.kind != "cash") != strings.Contains(text, n.Masked) {
				t.Errorf("%s %v: %s", language, c, text)
			}
			u, err := url.Parse(n.WhatsApp())
			if err != nil || u.Query().Get("text") != text || u.Host+u.Path != "wa.me/91"+oldNumber || strings.Contains(n.SMS(), "+9198765 ") || !strings.HasPrefix(n.SMS(), "sms:+91"+oldNumber+"?body=") {
				t.Errorf("%s: %s %v", language, n.WhatsApp(), err)
			}
		}
	}
}

// Each number opens as before under the newest key.
func TestPhonesAreResealed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		v, err := vault.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		w := told{artisans.NewService(d, v), t, d, ""}
		a, err := w.Create(ctx, person("asha"), "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		w.ok(err)
		w.id = a.ID
		w.phone(person("asha"), oldNumber)
		w.phone(person("asha"), newNumber)
		w.ok(v.Rotate())
		if n, err := w.Reseal(ctx); err != nil || n != 2 {
			t.Errorf("%d resealed, %v", n, err)
		}
		if list := w.due(person("rehana")); len(list) != 1 || list[0].Number != oldNumber {
			t.Errorf("%+v", list)
		}
	})
}
