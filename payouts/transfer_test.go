package payouts_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// account gives a group an account.
func (w *world) account(group string) {
	w.t.Helper()
	_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Group: group, Kind: "bank", Holder: "Roshni Samuh", Account: "998877665544", IFSC: "UTIB0000001"})
	w.ok(err)
}

// agrees lets a woman agree to be paid through her group's account.
func (w *world) agrees(artisan, group string) payouts.Consent {
	w.t.Helper()
	c, err := w.payouts.Agree(ctx, admin, "", consent(artisan, group, payouts.KindAccount, 0, 0, 0))
	w.ok(err)
	return c
}

func (w *world) enter(run, reference string, status payouts.ItemState, utr string) payouts.Outcome {
	w.t.Helper()
	out, err := w.payouts.EnterAnswers(ctx, preparer, run, []payouts.Answer{{Reference: reference, Status: status, UTR: utr}})
	w.ok(err)
	return out[0]
}

// bank sums what has left the trust's account.
func (w *world) bank() (p money.Paise) {
	w.t.Helper()
	w.ok(w.db.Get(ctx, &p, `SELECT CAST(COALESCE(SUM(paise), 0) AS BIGINT) FROM postings WHERE account = $1`, ledger.Bank(payouts.MainBank)))
	return p
}

func item(r payouts.Run, artisan string) payouts.Item {
	for _, i := range r.Items {
		if i.ArtisanID == artisan {
			return i
		}
	}
	return payouts.Item{}
}

func reason(r payouts.Run, artisan string) string {
	for _, e := range r.Exceptions {
		if e.ArtisanID == artisan {
			return e.Reason
		}
	}
	return ""
}

// withoutAccount registers a woman who has no payment details.
func (w *world) withoutAccount(owed money.Paise) string {
	w.t.Helper()
	a, err := w.artisans.Create(ctx, admin, "", artisans.Input{NameEn: "Without", Area: "hardoi-sursa", Member: true})
	w.ok(err)
	if owed > 0 {
		w.owe(a.ID, owed)
	}
	return a.ID
}

func TestMembersArePaidThroughTheirGroupIfEachAgreed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		agreed, bare, refuses, lonely := w.artisan(100_000), w.withoutAccount(50_000), w.artisan(70_000), w.withoutAccount(30_000)
		g := w.group(agreed, bare, refuses, lonely)
		if r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{}); err != nil || reason(r, bare) != payouts.NoPayee {
			t.Fatalf("no account anywhere: %q, %v", reason(r, bare), err)
		}
		w.account(g)
		through := w.agrees(agreed, g)
		w.agrees(bare, g)
		_, err := w.payouts.Agree(ctx, admin, "", consent(agreed, g, payouts.KindSavings, 0, 5_000, 0))
		w.ok(err)
		r := w.sent(preparer)
		if reason(r, lonely) != payouts.NoConsent {
			t.Errorf("without her consent: %q", reason(r, lonely))
		}
		if item(r, agreed).Group != g || item(r, bare).Group != g || item(r, refuses).Group != "" || len(r.Transfers) != 1 {
			t.Fatalf("items %+v, transfers %+v", r.Items, r.Transfers)
		}
		tr := r.Transfers[0]
		if tr.Total() != 95_000+50_000 || len(tr.Members) != 2 || tr.Dues() != 0 || r.Total != 95_000+50_000+70_000 {
			t.Fatalf("transfer of %d for %d, run of %d", tr.Total(), len(tr.Members), r.Total)
		}
		given, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{})
		w.ok(err)
		file := string(given.Content)
		if n := strings.Count(file, "998877665544"); n != 1 || !strings.Contains(file, "1450.00") || strings.Contains(file, item(r, bare).Reference) {
			t.Errorf("one row for the group:\n%s", file)
		}
		if o := w.enter(r.ID, item(r, bare).Reference, payouts.ItemPaid, "UTR000001"); o.Outcome != payouts.Refused {
			t.Errorf("answered for one who is paid through the group: %+v", o)
		}
		if o := w.enter(r.ID, tr.Reference, payouts.ItemPaid, "UTR000002"); o.Outcome != payouts.Entered {
			t.Fatalf("%+v", o)
		}
		if o := w.enter(r.ID, tr.Reference, payouts.ItemPaid, "UTR000002"); o.Outcome != payouts.Repeated {
			t.Errorf("again: %+v", o)
		}
		if o := w.enter(r.ID, item(r, refuses).Reference, payouts.ItemPaid, "UTR000002"); o.Outcome != payouts.Refused {
			t.Errorf("the transfer's UTR for another payment: %+v", o)
		}
		w.enter(r.ID, item(r, refuses).Reference, payouts.ItemPaid, "UTR000003")
		w.check()
		if r, err = w.payouts.Run(ctx, preparer, r.ID); err != nil || r.State != payouts.Settled {
			t.Errorf("run is %s, %v", r.State, err)
		}

		// What was taken for the group goes to it with the next run; who takes her
		// consent back is paid by herself.
		_, err = w.payouts.Revoke(ctx, admin, "", through.ID)
		w.ok(err)
		w.owe(agreed, 40_000)
		w.owe(bare, 20_000)
		r = w.sent(preparer)
		tr = r.Transfers[0]
		if item(r, agreed).Group != "" || tr.Savings != 5_000 || tr.Total() != 25_000 {
			t.Fatalf("%+v", tr)
		}
		w.check()
		w.enter(r.ID, tr.Reference, payouts.ItemPaid, "UTR000004")
		if out := w.bank(); out != -(145_000 + 70_000 + 25_000) {
			t.Errorf("the bank stands at %d", out)
		}
		w.check()
		if o := w.enter(r.ID, tr.Reference, payouts.ItemReturned, ""); o.Outcome != payouts.Entered || w.balance(ledger.Group(g, payouts.KindSavings)) != -5_000-5_000 ||
			w.balance(ledger.Payable(bare)) != -20_000 {
			t.Errorf("came back: %+v, %d for the group", o, w.balance(ledger.Group(g, payouts.KindSavings)))
		}
		if o := w.enter(r.ID, tr.Reference, payouts.ItemPaid, "UTR000005"); o.Outcome != payouts.Overruled {
			t.Errorf("a late paid: %+v", o)
		}
		w.check()
	})
}

// What a run that may still be withdrawn has taken for a group is not paid to it
// by another run, and two runs never pay it both.
func TestAGroupGetsItsMoneyOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		saver := w.artisan(100_000)
		g := w.group(saver)
		w.account(g)
		_, err := w.payouts.Agree(ctx, admin, "", consent(saver, g, payouts.KindSavings, 0, 5_000, 0))
		w.ok(err)
		open := w.submitted(preparer)
		empty, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if len(empty.Transfers) != 0 {
			t.Fatalf("paid to the group before the run was sent: %+v", empty.Transfers)
		}
		_, err = w.payouts.Withdraw(ctx, preparer, "", open.ID)
		w.ok(err)
		w.answer(w.sent(preparer), "paid")
		first, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{Group: g})
		w.ok(err)
		second, err := w.payouts.Prepare(ctx, other, "", payouts.Scope{Area: "lucknow"})
		w.ok(err)
		if len(first.Transfers) != 1 || len(second.Transfers) != 1 || first.Transfers[0].Savings != 5_000 {
			t.Fatalf("%+v, %+v", first.Transfers, second.Transfers)
		}
		done := make(chan payouts.Run, 2)
		for _, r := range []payouts.Run{first, second} {
			go func() {
				r, err := w.payouts.Submit(ctx, preparer, "", r.ID)
				if err != nil {
					t.Error(err)
				}
				done <- r
			}()
		}
		states := []payouts.State{(<-done).State, (<-done).State}
		slices.Sort(states)
		if states[0] != payouts.Submitted || states[1] != payouts.Withdrawn {
			t.Errorf("runs are %v", states)
		}
		if w.balance(ledger.GroupInTransit(g)) != -5_000 || w.balance(ledger.Group(g, payouts.KindSavings)) != 0 {
			t.Error("the group's money was set aside more or less than once")
		}
		w.check()
	})
}

func TestARunForAnAreaOrAGroup(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		inGroup, inArea, elsewhere := w.artisan(10_000), w.artisan(20_000), w.withoutAccount(30_000)
		g := w.group(inGroup)
		who := func(r payouts.Run, err error) (out []string) {
			w.ok(err)
			for _, i := range r.Items {
				out = append(out, i.ArtisanID)
			}
			for _, e := range r.Exceptions {
				out = append(out, e.ArtisanID)
			}
			return out
		}
		if got := who(w.payouts.Prepare(ctx, preparer, "", payouts.Scope{Group: g})); !slices.Equal(got, []string{inGroup}) {
			t.Errorf("the group: %v", got)
		}
		if got := who(w.payouts.Prepare(ctx, preparer, "", payouts.Scope{Area: "lucknow"})); !slices.Equal(got, []string{inGroup, inArea}) {
			t.Errorf("the area: %v", got)
		}
		if got := who(w.payouts.Prepare(ctx, preparer, "", payouts.Scope{Area: "hardoi-sursa"})); !slices.Equal(got, []string{elsewhere}) {
			t.Errorf("another area: %v", got)
		}
		for _, wrong := range []payouts.Scope{{Area: "agra"}, {Area: "lucknow", Group: g}} {
			if _, err := w.payouts.Prepare(ctx, preparer, "", wrong); !errors.Is(err, payouts.ErrScope) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if _, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{Group: "grp_none"}); !errors.Is(err, artisans.ErrNoGroup) {
			t.Errorf("an unknown group: %v", err)
		}
	})
}

func TestAWomanWithoutAnAccountIsPaidInCash(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.withoutAccount(12_345)
		_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a, Kind: "cash", Holder: "Without"})
		w.ok(err)
		r := w.sent(preparer)
		if item(r, a).Rail != payouts.RailCash {
			t.Fatalf("%+v", r.Items)
		}
		file, err := w.payouts.File(ctx, approver, r.ID, payouts.FileInput{Rail: payouts.RailCash})
		w.ok(err)
		if !strings.Contains(string(file.Content), item(r, a).Reference+",Without,Without,123.45,one hundred twenty-three rupees") {
			t.Errorf("the list of vouchers: %s", file.Content)
		}
		w.enter(r.ID, item(r, a).Reference, payouts.ItemPaid, "VOUCHER17")
		if w.balance(ledger.Till(payouts.OfficeTill)) != -12_345 || w.bank() != 0 {
			t.Error("cash does not come out of the till")
		}
		st, err := w.payouts.Statement(ctx, preparer, a, "", "")
		w.ok(err)
		if st.Paid != 12_345 || st.PaidOut != 12_345 {
			t.Errorf("her statement says %d", st.PaidOut)
		}
		w.check()
	})
}
