package artisans_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var ctx = context.Background()

func actor(role auth.Role, scope string) auth.Actor {
	return auth.Actor{ID: "usr_" + string(role) + scope, Via: auth.ViaSession, Grants: []auth.Grant{{Role: role, Scope: scope}}}
}

func service(t *testing.T, d *db.DB) *artisans.Service {
	t.Helper()
	v, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return artisans.NewService(d, v)
}

func TestAnotherAreasArtisanIsNotFound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		lucknow, barabanki := actor(auth.Coordinator, "lucknow"), actor(auth.Coordinator, "barabanki")
		in := artisans.Input{NameEn: "Shabana", NameHi: "शबाना", NameUr: "شبانہ", Area: "lucknow", Crafts: []string{"chikan", "chikan"}, CardNumber: "0012-A", Member: true}
		a, err := s.Create(ctx, lucknow, "k", in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Create(ctx, barabanki, "", in); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("registered in another's area: %v", err)
		}
		noChange := func(*db.Tx, string) error { return nil }
		_, missing := s.Artisan(ctx, barabanki, "art_missing")
		_, hidden := s.Artisan(ctx, barabanki, a.ID)
		_, payee := s.SetPayee(ctx, barabanki, "", artisans.PayeeInput{Artisan: a.ID, Kind: "upi", Holder: "x", UPI: "x1@upi"})
		_, consent := s.SetConsent(ctx, barabanki, "", artisans.ConsentInput{Artisan: a.ID, Purpose: "name", Granted: true, Notice: "1", Language: "hi"}, noChange)
		for name, err := range map[string]error{"missing": missing, "hidden": hidden, "payee": payee, "consent": consent} {
			if !errors.Is(err, artisans.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, err := s.List(ctx, barabanki, "", 10); err != nil || len(list) != 0 {
			t.Errorf("listed %d, %v", len(list), err)
		}
		got, err := s.Artisan(ctx, actor(auth.Preparer, ""), a.ID)
		if err != nil || got.CardNumber != "0012-A" || got.NameUr != "شبانہ" || len(got.Crafts) != 1 {
			t.Errorf("%+v %v", got, err)
		}
		for _, who := range []auth.Actor{{}, actor(auth.Shopper, ""), actor(auth.StallSeller, "")} {
			if _, err := s.Artisan(ctx, who, a.ID); err == nil {
				t.Errorf("%s reads artisans", who.ID)
			}
		}
	})
}

func TestPayeeIsSealedMaskedAndWaits(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		admin := actor(auth.Administrator, "")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		const number = "004412345678"
		first, err := s.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a.ID, Kind: "bank", Holder: "Shabana Bano", Account: "0044 1234 5678", IFSC: "utib0000001"})
		if err != nil || first.Masked != "••••5678" || first.IFSC != "UTIB0000001" || first.UsableFrom > d.Clock.Now() {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := s.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a.ID, Kind: "upi", Holder: "Shabana", UPI: "Shabana.1@UPI", Confirmed: "thumbprint before Asha"})
		if err != nil || second.Masked != "Sh•••@upi" || second.Version != 2 {
			t.Fatalf("%+v %v", second, err)
		}
		if wait := second.UsableFrom.Std().Sub(d.Clock.Now().Std()); wait < artisans.PayeeWait-time.Minute || wait > artisans.PayeeWait {
			t.Errorf("a changed account waits %s", wait)
		}
		var sealed []byte
		if err := d.Get(ctx, &sealed, `SELECT sealed FROM payees WHERE version = 1`); err != nil || bytes.Contains(sealed, []byte("5678")) {
			t.Errorf("not sealed: %v", err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			opened, err := s.OpenPayees(tx, []string{first.ID})
			details := opened[first.ID]
			if details.Account != number || details.Holder != "Shabana Bano" {
				t.Errorf("%+v", details)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		got, err := s.Artisan(ctx, admin, a.ID)
		if err != nil || got.Payee == nil || got.Payee.Version != 2 || bytes.Contains([]byte(fmt.Sprintf("%+v", got)), []byte(number)) {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE payees SET sealed = (SELECT p.sealed FROM payees p WHERE p.version = 1) WHERE version = 2`); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := s.OpenPayees(tx, []string{second.ID}); return err }); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("a sealed account moved to another row opens: %v", err)
		}
	})
}

func TestPayeeFaultsNameNoValue(t *testing.T) {
	s := service(t, testdb.SQLite(t))
	admin := actor(auth.Administrator, "")
	for name, in := range map[string]artisans.PayeeInput{
		"short": {Kind: "bank", Holder: "A", Account: "12345678", IFSC: "UTIB0000001"}, "letters": {Kind: "bank", Holder: "A", Account: "12345678X0", IFSC: "UTIB0000001"},
		"scientific": {Kind: "bank", Holder: "A", Account: "1.2E+11", IFSC: "UTIB0000001"}, "fifth not zero": {Kind: "bank", Holder: "A", Account: "123456789", IFSC: "BKID1006046"},
		"long code": {Kind: "bank", Holder: "A", Account: "123456789", IFSC: "BKID0006046D"}, "hash": {Kind: "upi", Holder: "A", UPI: "with#hash@upi"},
		"space": {Kind: "upi", Holder: "A", UPI: "with space@upi"}, "two at": {Kind: "upi", Holder: "A", UPI: "with@at@upi"}, "dot": {Kind: "upi", Holder: "A", UPI: "name@bank.com"},
		"one letter": {Kind: "upi", Holder: "A", UPI: "a@upi"}, "no holder": {Kind: "upi", UPI: "name@upi"}, "cheque": {Kind: "cheque", Holder: "A"}, "cash for a group": {Kind: "cash", Group: "grp_x", Holder: "A"},
	} {
		_, err := s.SetPayee(ctx, admin, "", in)
		if !errors.Is(err, artisans.ErrPayee) {
			t.Errorf("%s: %v", name, err)
		}
		for _, value := range []string{in.Account, in.UPI, in.IFSC} {
			if value != "" && bytes.Contains([]byte(fmt.Sprint(err)), []byte(value)) {
				t.Errorf("%s: the value is repeated: %v", name, err)
			}
		}
	}
}

func TestTheLastConsentCountsAndOthersStand(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		admin := actor(auth.Administrator, "")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		set := func(purpose string, granted bool) artisans.Artisan {
			t.Helper()
			got, err := s.SetConsent(ctx, admin, "", artisans.ConsentInput{Artisan: a.ID, Purpose: purpose, Granted: granted, Notice: "2026-11", Language: "ur"},
				func(_ *db.Tx, artisan string) error { told++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		set("name", true)
		set("photo", true)
		if got := set("name", false); got.Consents["name"] || !got.Consents["photo"] || got.Consents["story"] {
			t.Errorf("%v", got.Consents)
		}
		if got := set("name", true); !got.Consents["name"] {
			t.Errorf("%v", got.Consents)
		}
		if told != 4 {
			t.Errorf("the pages were told %d times of 4", told)
		}
	})
}

// A code that no bank has is refused at entry unless somebody has seen it in
// use, and a change needs her own yes.
func TestAChangeNeedsHerYesAndABankThatIs(t *testing.T) {
	s := service(t, testdb.SQLite(t))
	admin := actor(auth.Administrator, "")
	a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
	if err != nil {
		t.Fatal(err)
	}
	in := artisans.PayeeInput{Artisan: a.ID, Kind: "bank", Holder: "Shabana", Account: "123456789012", IFSC: "SBMY0040704"} // a bank that merged
	if _, err := s.SetPayee(ctx, admin, "", in); !errors.Is(err, artisans.ErrPayee) || fault.Of(err).Fields[0].Location != "ifsc" {
		t.Errorf("a dead code: %v", err)
	}
	in.IFSCNote = " Asha has this year's passbook in hand "
	first, err := s.SetPayee(ctx, admin, "", in)
	if err != nil || first.Dead() || first.IFSCNote != "Asha has this year's passbook in hand" {
		t.Errorf("seen in use: %+v %v", first, err)
	}
	in.IFSC, in.IFSCNote = "barb0 hardoi", ""
	if _, err := s.SetPayee(ctx, admin, "", in); !errors.Is(err, artisans.ErrConfirm) {
		t.Errorf("changed without her: %v", err)
	}
	in.Confirmed = "thumbprint before Rehana"
	if second, err := s.SetPayee(ctx, admin, "", in); err != nil || second.IFSC != "BARB0HARDOI" || second.Confirmed != "thumbprint before Rehana" || second.Dead() {
		t.Errorf("changed by her: %+v %v", second, err)
	}
	for _, p := range []artisans.Payee{{Kind: "bank", IFSC: "SBMY0040704"}, {Kind: "bank", IFSC: "ALLA0210062"}} {
		if !p.Dead() {
			t.Errorf("%s is alive", p.IFSC)
		}
	}
	if (artisans.Payee{Kind: "upi"}).Dead() {
		t.Error("a UPI id has no code")
	}
}
