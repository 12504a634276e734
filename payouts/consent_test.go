package payouts_test

import (
	"errors"
	"fmt"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// group registers a group of these women.
func (w *world) group(who ...string) string {
	w.t.Helper()
	g, err := w.artisans.CreateGroup(ctx, admin, "", artisans.GroupInput{NameEn: "Roshni", Area: "lucknow"})
	w.ok(err)
	for _, a := range who {
		_, err := w.artisans.SetMember(ctx, admin, "", artisans.MemberInput{Group: g.ID, Artisan: a, Date: "2020-01-01"})
		w.ok(err)
	}
	return g.ID
}

func consent(artisan, group, kind string, rate money.BasisPoints, most, total money.Paise) payouts.ConsentInput {
	return payouts.ConsentInput{Artisan: artisan, Group: group, Kind: kind, Rate: rate, Most: most, Total: total, From: "2020-01-01",
		Notice: "2026-11", Language: "hi", Confirmed: "thumbprint before Asha and Rehana"}
}

func TestAGroupGetsWhatItsMembersAgreedTo(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		saver, borrower, outside := w.artisan(100_000), w.artisan(100_000), w.artisan(100_000)
		g := w.group(saver, borrower)
		savings, err := w.payouts.Agree(ctx, admin, "", consent(saver, g, payouts.KindSavings, 500, 3_000, 0))
		w.ok(err)
		_, err = w.payouts.Agree(ctx, admin, "", consent(borrower, g, payouts.KindLoan, 0, 20_000, 25_000))
		w.ok(err)
		if _, err := w.payouts.Agree(ctx, admin, "", consent(outside, g, payouts.KindSavings, 500, 3_000, 0)); !errors.Is(err, payouts.ErrNotInside) {
			t.Errorf("not a member: %v", err)
		}
		nets := func(r payouts.Run) map[string]money.Paise {
			out := map[string]money.Paise{}
			for _, i := range r.Items {
				out[i.ArtisanID] = i.Amount
			}
			return out
		}
		r := w.sent(preparer)
		if got := nets(r); got[saver] != 97_000 || got[borrower] != 80_000 || got[outside] != 100_000 {
			t.Errorf("first run: %v", got)
		}
		w.answer(r, "paid")
		if w.balance(ledger.Group(g, "savings")) != -3_000 || w.balance(ledger.Group(g, "loan")) != -20_000 {
			t.Error("the group does not have what was taken for it")
		}
		w.check()
		for _, a := range []string{saver, borrower, outside} {
			w.owe(a, 40_000)
		}
		draft, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if got := nets(draft); got[saver] != 38_000 || got[borrower] != 35_000 {
			t.Errorf("the loan has ₹50.00 left, and 5 %% are saved: %v", got)
		}
		_, err = w.payouts.Revoke(ctx, admin, "", savings.ID)
		w.ok(err)
		if _, err := w.payouts.Revoke(ctx, admin, "", savings.ID); !errors.Is(err, payouts.ErrRevoked) {
			t.Errorf("revoked twice: %v", err)
		}
		next, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if got := nets(next); got[saver] != 40_000 {
			t.Errorf("the run after she took it back: %v", got)
		}
		_, err = w.payouts.Submit(ctx, preparer, "", draft.ID) // prepared before: it stands
		w.ok(err)
		w.check()
		_, err = w.payouts.Withdraw(ctx, preparer, "", draft.ID)
		w.ok(err)
		w.check()
		all, err := w.payouts.Consents(ctx, admin, borrower)
		if w.ok(err); len(all) != 1 || all[0].Taken != 20_000 || w.balance(ledger.Group(g, "loan")) != -20_000 {
			t.Errorf("after the run was withdrawn: %+v", all)
		}
	})
}

func TestWhoLeavesTheGroupGivesNothingMore(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		maker := w.artisan(100_000)
		g := w.group(maker)
		_, err := w.payouts.Agree(ctx, admin, "", consent(maker, g, payouts.KindSavings, 0, 3_000, 0))
		w.ok(err)
		_, err = w.artisans.SetMember(ctx, admin, "", artisans.MemberInput{Group: g, Artisan: maker, Date: d.Clock.Now().Date(), Leaves: true})
		w.ok(err)
		r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		if w.ok(err); r.Items[0].Amount != 100_000 {
			t.Errorf("%+v", r.Items[0])
		}
	})
}

func TestConsentsAreWholeAndOfHerArea(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t))
	maker := w.artisan(0)
	g := w.group(maker)
	for field, change := range map[string]func(*payouts.ConsentInput){
		"kind": func(in *payouts.ConsentInput) { in.Kind = "tds" }, "rate": func(in *payouts.ConsentInput) { in.Rate = 10_001 }, "most": func(in *payouts.ConsentInput) { in.Most = 0 },
		"total": func(in *payouts.ConsentInput) { in.Kind = payouts.KindLoan }, "from": func(in *payouts.ConsentInput) { in.From = "soon" },
		"notice": func(in *payouts.ConsentInput) { in.Notice = "" }, "language": func(in *payouts.ConsentInput) { in.Language = "fr" }, "confirmed": func(in *payouts.ConsentInput) { in.Confirmed = " " },
	} {
		in := consent(maker, g, payouts.KindSavings, 500, 3_000, 0)
		change(&in)
		if _, err := w.payouts.Agree(ctx, admin, "", in); !errors.Is(err, payouts.ErrConsent) {
			t.Errorf("%s: %v", field, err)
		}
	}
	far := auth.Actor{ID: "usr_far", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Coordinator, Scope: "barabanki"}}}
	in := consent(maker, g, payouts.KindSavings, 500, 3_000, 0)
	_, err1 := w.payouts.Agree(ctx, far, "", in)
	c, err := w.payouts.Agree(ctx, admin, "", in)
	w.ok(err)
	_, err2 := w.payouts.Revoke(ctx, far, "", c.ID)
	_, err3 := w.payouts.Consents(ctx, far, maker)
	_, err4 := w.payouts.Agree(ctx, preparer, "", in)
	_, err5 := w.payouts.Revoke(ctx, admin, "", "dcn_none")
	if got := fmt.Sprint(errors.Is(err1, artisans.ErrNotFound), errors.Is(err2, payouts.ErrNoConsent), errors.Is(err3, artisans.ErrNotFound),
		errors.Is(err4, auth.ErrForbidden), errors.Is(err5, payouts.ErrNoConsent)); got != "true true true true true" {
		t.Error(got, err1, err2, err3, err4, err5)
	}
}
