package payouts_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// given is an advance that one person proposed and another gave.
func (w *world) given(artisan string, amount money.Paise) payouts.Advance {
	w.t.Helper()
	a, err := w.payouts.ProposeAdvance(ctx, preparer, "", payouts.AdvanceInput{Artisan: artisan, Kind: payouts.AdvanceCash, Amount: amount, Reason: "thread for the wedding order"})
	w.ok(err)
	a, err = w.payouts.DecideAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Reference: "VCH-17", Password: "approver"})
	w.ok(err)
	return a
}

func (w *world) advance(a payouts.Advance) payouts.Advance {
	w.t.Helper()
	all, err := w.payouts.Advances(ctx, preparer, a.ArtisanID, "", 100)
	w.ok(err)
	for _, one := range all {
		if one.ID == a.ID {
			return one
		}
	}
	w.t.Fatalf("no advance %s", a.ID)
	return a
}

func (w *world) balance(a ledger.Account) (p money.Paise) {
	w.t.Helper()
	w.ok(w.db.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = ledger.Balance(tx, a)
		return err
	}))
	return p
}

// answer enters the bank's answer for all of a run's payments.
func (w *world) answer(r payouts.Run, status string) {
	w.t.Helper()
	var answers []payouts.Answer
	for _, i := range r.Items {
		answers = append(answers, payouts.Answer{Reference: i.Reference, Status: payouts.ItemState(status), UTR: "U" + i.Reference, Reason: "account closed"})
	}
	out, err := w.payouts.EnterAnswers(ctx, preparer, r.ID, answers)
	w.ok(err)
	for _, o := range out {
		if o.Outcome != payouts.Entered {
			w.t.Errorf("%s: %s %s", o.Reference, o.Outcome, o.Detail)
		}
	}
}

// usual is the world with the trust's usual terms.
func (w *world) usual() *world {
	w.payouts = payouts.NewService(w.db, w.artisans, passwords{}, payouts.DefaultTerms(), w.keys)
	return w
}

func TestAnAdvanceIsWorkedOff(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		maker := w.artisan(100_000)
		a := w.given(maker, 40_000)
		if a.State != payouts.AdvanceGiven || a.Left() != 40_000 || w.balance(ledger.Advance(maker)) != 40_000 || w.balance(ledger.Till("office")) != -40_000 {
			t.Fatalf("given: %+v", a)
		}
		r := w.submitted(preparer)
		if r.Items[0].Gross != 100_000 || r.Items[0].Amount != 75_000 || r.Items[0].Deductions[1].Paise != 25_000 || r.Total != 75_000 || w.advance(a).Recovered != 25_000 {
			t.Fatalf("a quarter: %+v", r.Items[0])
		}
		w.check()
		_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		if payable, _, _ := w.owed(maker); payable != 100_000 || w.advance(a).Recovered != 0 || w.balance(ledger.Advance(maker)) != 40_000 {
			t.Fatalf("withdrawn, and %s payable", payable)
		}
		w.check()
		r = w.sent(preparer)
		w.answer(r, "returned")
		if payable, _, _ := w.owed(maker); payable != 75_000 || w.advance(a).Recovered != 25_000 {
			t.Fatalf("a returned payment leaves %s payable: what was recovered stays so", payable)
		}
		r = w.sent(preparer)
		w.answer(r, "paid")
		if _, _, paid := w.owed(maker); r.Items[0].Amount != 60_000 || paid != 60_000 || w.advance(a).Left() != 0 || w.balance(ledger.Advance(maker)) != 0 {
			t.Fatalf("the rest of it: %+v", r.Items[0])
		}
		w.check()
	})
}

func TestAdvancesAreDecidedByTwo(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		maker := w.artisan(100_000)
		for field, in := range map[string]payouts.AdvanceInput{
			"kind": {Artisan: maker, Kind: "gold", Amount: 1, Reason: "r"}, "amount": {Artisan: maker, Kind: "cash", Reason: "r"},
			"reason": {Artisan: maker, Kind: "cash", Amount: 1, Reason: "  "},
		} {
			if _, err := w.payouts.ProposeAdvance(ctx, preparer, "", in); !errors.Is(err, payouts.ErrAdvance) {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.payouts.ProposeAdvance(ctx, preparer, "", payouts.AdvanceInput{Artisan: "art_none", Kind: "cash", Amount: 1, Reason: "r"}); !errors.Is(err, artisans.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		a, err := w.payouts.ProposeAdvance(ctx, both, "k", payouts.AdvanceInput{Artisan: maker, Kind: payouts.AdvanceMaterial, Amount: 50_000, Reason: "cloth"})
		w.ok(err)
		yes := payouts.AdvanceDecision{Advance: a.ID, Yes: true, Reference: "M-0001", Password: "both"}
		key := both
		key.Via = auth.ViaKey
		for name, c := range map[string]struct {
			who  auth.Actor
			in   payouts.AdvanceDecision
			want error
		}{
			"the proposer": {both, yes, payouts.ErrOwnAdvance}, "a key": {key, yes, auth.ErrKeyApproves}, "a preparer": {preparer, yes, auth.ErrForbidden},
			"the machine": {auth.System("payouts"), yes, auth.ErrForbidden}, "a wrong password": {approver, yes, auth.ErrStepUp},
			"no reference": {approver, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Password: "approver"}, payouts.ErrAdvance},
			"no advance":   {approver, payouts.AdvanceDecision{Advance: "adv_none", Password: "approver"}, payouts.ErrNoAdvance},
		} {
			if _, err := w.payouts.DecideAdvance(ctx, c.who, c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if w.balance(ledger.Advance(maker)) != 0 {
			t.Fatal("given by one")
		}
		yes.Password = "approver"
		_, err = w.payouts.DecideAdvance(ctx, approver, yes)
		w.ok(err)
		if _, err := w.payouts.DecideAdvance(ctx, approver, yes); !errors.Is(err, payouts.ErrAdvanceState) {
			t.Errorf("given twice: %v", err)
		}
		w.writtenOffByTwo(a, maker)
		w.check()
	})
}

// writtenOffByTwo pauses an advance and writes it off; a run that was reckoned
// with it before pays her nothing by it.
func (w *world) writtenOffByTwo(a payouts.Advance, maker string) {
	t := w.t
	t.Helper()
	_, err := w.payouts.PauseAdvance(ctx, preparer, "", a.ID, "her child is ill")
	w.ok(err)
	draft, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
	w.ok(err)
	if draft.Items[0].Amount != 100_000 {
		t.Errorf("recovered while paused: %+v", draft.Items[0])
	}
	_, err = w.payouts.PauseAdvance(ctx, preparer, "", a.ID, "")
	w.ok(err)
	if r, err := w.payouts.Submit(ctx, preparer, "", draft.ID); err != nil || r.State != payouts.Withdrawn || r.Exceptions[0].Reason != payouts.Changed {
		t.Errorf("a run from before the pause ended: %s %+v %v", r.State, r.Exceptions, err)
	}
	draft, err = w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
	w.ok(err)
	if _, err := w.payouts.WriteOffAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Password: "approver"}); !errors.Is(err, payouts.ErrAdvanceState) {
		t.Errorf("nobody asked for it: %v", err)
	}
	_, err = w.payouts.ProposeWriteOff(ctx, both, "", a.ID, "she has moved to Kanpur")
	w.ok(err)
	if _, err := w.payouts.WriteOffAdvance(ctx, both, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Password: "both"}); !errors.Is(err, payouts.ErrOwnAdvance) {
		t.Errorf("written off by one: %v", err)
	}
	kept, err := w.payouts.WriteOffAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Password: "approver"})
	if w.ok(err); kept.WriteOff != "" || kept.Left() != 50_000 {
		t.Errorf("a proposal that was dropped: %+v", kept)
	}
	_, err = w.payouts.ProposeWriteOff(ctx, both, "", a.ID, "she has moved to Kanpur")
	w.ok(err)
	gone, err := w.payouts.WriteOffAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Password: "approver"})
	if w.ok(err); gone.State != payouts.AdvanceClosed || gone.Left() != 0 || gone.Written != 50_000 || w.balance(ledger.Advance(maker)) != 0 {
		t.Errorf("written off: %+v", gone)
	}
	if r, err := w.payouts.Submit(ctx, preparer, "", draft.ID); err != nil || r.State != payouts.Withdrawn {
		t.Errorf("a run that still recovers it: %s %v", r.State, err)
	}
	if r := w.submitted(preparer); r.Items[0].Amount != 100_000 {
		t.Errorf("afterwards: %+v", r.Items[0])
	}
}

// Many runs at once recover an advance once, as they pay each rupee once.
func TestManyRunsRecoverAnAdvanceOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		var advances []payouts.Advance
		for range 5 {
			advances = append(advances, w.given(w.artisan(100_000), 60_000))
		}
		var runs []payouts.Run
		for range 8 {
			r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
			w.ok(err)
			runs = append(runs, r)
		}
		var all sync.WaitGroup
		for k, r := range runs {
			all.Go(func() {
				for range 2 { // and more is earned meanwhile
					if _, err := w.payouts.Submit(ctx, preparer, fmt.Sprint("k", k), r.ID); err != nil {
						t.Errorf("submit: %v", err)
					}
				}
			})
		}
		for _, a := range advances {
			w.owe(a.ArtisanID, 500_000)
		}
		all.Wait()
		for _, a := range advances {
			if got := w.advance(a); got.Recovered != 25_000 {
				t.Errorf("%s recovered of one run's quarter of ₹1,000.00", got.Recovered)
			}
		}
		w.check()
	})
}

// Tax is deducted from the whole year once it crosses the threshold, at the
// higher rate without a PAN, and never twice for money that came back.
func TestTaxAtSourceInRuns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		known, unknown := w.artisan(90_000_00), w.artisan(90_000_00)
		masked, err := w.artisans.SetPAN(ctx, admin, "", artisans.PANInput{Artisan: known, PAN: "abmpa 3211g"})
		if w.ok(err); masked != "ABXXXXXXXG" {
			t.Errorf("masked %s", masked)
		}
		for _, bad := range []string{"ACUPA7085RR", "ABMPA32111", "ABMXA3211G", "ACUPA0000R", "ABAB12345Y", ""} {
			if _, err := w.artisans.SetPAN(ctx, admin, "", artisans.PANInput{Artisan: known, PAN: bad}); !errors.Is(err, artisans.ErrPAN) {
				t.Errorf("PAN %q: %v", bad, err)
			}
		}
		pays := func(want map[string]money.Paise, status string) {
			t.Helper()
			r := w.sent(preparer)
			for _, i := range r.Items {
				if i.Amount != want[i.ArtisanID] {
					t.Errorf("%s of %s, want %s; %+v", i.Amount, i.Gross, want[i.ArtisanID], i.Deductions)
				}
			}
			w.answer(r, status)
			w.check()
		}
		// a payment above ₹30,000 is taxed alone: 1 % and, without a PAN, 20 %
		pays(map[string]money.Paise{known: 89_100_00, unknown: 72_000_00}, "returned")
		pays(map[string]money.Paise{known: 89_100_00, unknown: 72_000_00}, "paid") // what came back is not taxed again
		w.owe(known, 20_000_00)
		w.owe(unknown, 20_000_00) // the year is ₹1,10,000 now: the rest of its tax
		pays(map[string]money.Paise{known: 19_800_00, unknown: 16_000_00}, "paid")
		_, err = w.artisans.SetPAN(ctx, admin, "", artisans.PANInput{Artisan: unknown, PAN: "ALWPG5809L"})
		w.ok(err)
		w.owe(known, 10_000_00)
		w.owe(unknown, 10_000_00)
		pays(map[string]money.Paise{known: 9_900_00, unknown: 10_000_00}, "paid") // too much was deducted before; none is given back
		var tax money.Paise
		w.ok(d.Get(ctx, &tax, `SELECT CAST(-SUM(paise) AS BIGINT) FROM postings WHERE account = 'liability:tds:contract'`))
		if tax != 1_200_00+22_000_00 {
			t.Errorf("%s of tax in the book", tax)
		}
	})
}

// A debt and a small sum are listed with their reason; nothing is taken from them.
func TestWhatIsTooLittleIsCarried(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d).usual()
		small := w.artisan(11_000)
		a := w.given(small, 40_000)
		debtor := w.artisan(0)
		w.ok(d.Write(ctx, func(tx *db.Tx) error {
			_, err := ledger.Post(tx, ledger.New("return", "t-debt", "test").Debit(ledger.Payable(debtor), 500, ledger.Tags{Artisan: debtor, Nature: "wage"}).
				Credit(ledger.Stripe, 500, ledger.Tags{}))
			return err
		}))
		dead := w.artisan(30_000)
		_, err := d.Pool().ExecContext(ctx, `UPDATE payees SET ifsc = 'SBMY0040704' WHERE owner_id = $1`, dead) // her bank has merged since
		w.ok(err)
		r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		reasons := map[string]string{}
		for _, e := range r.Exceptions {
			reasons[e.ArtisanID] = fmt.Sprint(e.Reason, " ", int64(e.Amount))
		}
		if len(r.Items) != 0 || reasons[small] != "under_minimum 11000" || reasons[debtor] != "negative -500" || reasons[dead] != "dead_ifsc 30000" || w.advance(a).Recovered != 0 {
			t.Errorf("%d items, %v", len(r.Items), reasons)
		}
	})
}
