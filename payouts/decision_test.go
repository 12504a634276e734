package payouts_test

import (
	"errors"
	"fmt"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// pass is what an approver's passkey answers when it is asked for an act.
func pass(who auth.Actor, act auth.Act) []byte { return []byte(fmt.Sprint(who.Login, act)) }

// An advance is given, and one is written off, by a passkey that was asked for this
// advance as it is, this decision and this voucher, and for nothing else.
func TestAnAdvanceIsDecidedByPasskey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		artisan := w.artisan(0)
		propose := func(amount money.Paise) payouts.Advance {
			a, err := w.payouts.ProposeAdvance(ctx, both, "", payouts.AdvanceInput{Artisan: artisan, Kind: payouts.AdvanceCash, Amount: amount, Reason: "a loom"})
			w.ok(err)
			return a
		}
		a, other := propose(50_000), propose(60_000)
		right := payouts.AdvanceDecision{Advance: a.ID, Yes: true, Reference: "VCH-1", Seen: a.ContentHash()}
		refused := func(name string, decide func(payouts.AdvanceDecision) error, in payouts.AdvanceDecision, act auth.Act, want error) {
			t.Helper()
			in.Passkey = pass(approver, act)
			if err := decide(in); !errors.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		give := func(in payouts.AdvanceDecision) error {
			_, err := w.payouts.DecideAdvance(ctx, approver, in)
			return err
		}
		off := func(in payouts.AdvanceDecision) error {
			_, err := w.payouts.WriteOffAdvance(ctx, approver, in)
			return err
		}
		otherWay, otherVoucher, otherOne, unseen := right, right, right, right
		otherWay.Yes, otherVoucher.Reference, otherOne.Advance, unseen.Seen = false, "VCH-2", other.ID, ""
		for name, act := range map[string]auth.Act{"asked to refuse it": otherWay.GiveAct(), "another voucher": otherVoucher.GiveAct(), "another advance": otherOne.GiveAct(),
			"to write it off": right.WriteOffAct(), "unseen": unseen.GiveAct(), "a run": auth.ApproveRun(a.ID, right.GiveAct().Content)} {
			refused(name, give, right, act, auth.ErrPasskey)
		}
		refused("what was not looked at", give, unseen, unseen.GiveAct(), payouts.ErrAdvanceSeen)
		old := right
		old.Seen = other.ContentHash()
		refused("what looked otherwise", give, old, old.GiveAct(), payouts.ErrAdvanceSeen)
		old.Password = "approver"
		if err := give(old); !errors.Is(err, payouts.ErrAdvanceSeen) {
			t.Errorf("by password what looked otherwise: %v", err)
		}
		right.Passkey = pass(both, right.GiveAct())
		if _, err := w.payouts.DecideAdvance(ctx, both, right); !errors.Is(err, payouts.ErrOwnAdvance) {
			t.Errorf("her own: %v", err)
		}
		if err := give(right); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("another's answer: %v", err)
		}
		right.Passkey = pass(approver, right.GiveAct())
		w.ok(give(right))
		if w.balance(ledger.Advance(artisan)) != 50_000 {
			t.Errorf("given %d", w.balance(ledger.Advance(artisan)))
		}
		wanted, err := w.payouts.ProposeWriteOff(ctx, preparer, "", a.ID, "the roof fell in")
		w.ok(err)
		in := payouts.AdvanceDecision{Advance: a.ID, Yes: true, Seen: wanted.ContentHash()}
		refused("asked to give it", off, in, in.GiveAct(), auth.ErrPasskey)
		before := in
		before.Seen = a.ContentHash()
		refused("as it was when proposed", off, before, before.WriteOffAct(), payouts.ErrAdvanceSeen)
		in.Passkey = pass(approver, in.WriteOffAct())
		w.ok(off(in))
		if w.balance(ledger.Advance(artisan)) != 0 {
			t.Errorf("left %d", w.balance(ledger.Advance(artisan)))
		}
		if err := off(in); !errors.Is(err, payouts.ErrAdvanceState) && !errors.Is(err, payouts.ErrAdvanceSeen) {
			t.Errorf("again: %v", err)
		}
		w.check()
	})
}

// A month is closed by a passkey that was asked for this closing and decision.
func TestAMonthIsClosedByPasskey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.moves("sale", ledger.Head("packing"), 10_000)
		over := w.nextMonth()
		c, err := w.payouts.ProposeClosing(ctx, both, "", over)
		w.ok(err)
		right := payouts.ClosingDecision{Closing: c.ID, Yes: true, Seen: c.ContentHash()}
		no, unseen := right, right
		no.Yes, unseen.Seen = false, ""
		for name, act := range map[string]auth.Act{"asked to refuse it": no.Act(), "unseen": unseen.Act(), "another closing": auth.DecideClosing("clo_other", right.Act().Content),
			"an advance": auth.DecideAdvance(c.ID, right.Act().Content)} {
			right.Passkey = pass(approver, act)
			if _, err := w.payouts.DecideClosing(ctx, approver, right); !errors.Is(err, auth.ErrPasskey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		unseen.Passkey = pass(approver, unseen.Act())
		if _, err := w.payouts.DecideClosing(ctx, approver, unseen); !errors.Is(err, payouts.ErrClosingChanged) {
			t.Errorf("what was not looked at: %v", err)
		}
		right.Passkey = pass(both, right.Act())
		if _, err := w.payouts.DecideClosing(ctx, both, right); !errors.Is(err, payouts.ErrOwnClosing) {
			t.Errorf("her own: %v", err)
		}
		if w.sum(ledger.Fund) != 0 {
			t.Fatal("closed")
		}
		right.Passkey = pass(approver, right.Act())
		done, err := w.payouts.DecideClosing(ctx, approver, right)
		w.ok(err)
		if done.State != payouts.ClosingClosed || w.sum(ledger.Fund) != -10_000 {
			t.Errorf("%+v", done)
		}
		w.check()
	})
}

// Whatever is decided about is in the hash.
func TestContentHashesTellEverything(t *testing.T) {
	base := payouts.Advance{ID: "adv_1", ArtisanID: "art_1", Kind: "cash", State: payouts.AdvanceGiven, Amount: 100, Reason: "a", ProposedBy: "p", WriteOff: "w", WriteOffBy: "q"}
	seen := map[string]string{base.ContentHash(): "itself"}
	for name, change := range map[string]func(*payouts.Advance){"id": func(a *payouts.Advance) { a.ID = "adv_2" }, "artisan": func(a *payouts.Advance) { a.ArtisanID = "art_2" },
		"kind": func(a *payouts.Advance) { a.Kind = "bank" }, "state": func(a *payouts.Advance) { a.State = payouts.AdvanceProposed }, "amount": func(a *payouts.Advance) { a.Amount = 101 },
		"left": func(a *payouts.Advance) { a.Recovered = 1 }, "reason": func(a *payouts.Advance) { a.Reason = "b" }, "write-off": func(a *payouts.Advance) { a.WriteOff = "x" },
		"line feed": func(a *payouts.Advance) { a.Reason, a.ProposedBy = "a\"\n\"p", "" }} {
		a := base
		change(&a)
		if was := seen[a.ContentHash()]; was != "" {
			t.Errorf("another %s has the hash of %s", name, was)
		}
		seen[a.ContentHash()] = name
	}
	c := payouts.Closing{ID: "clo_1", Month: "2026-11", Block: 3, Head: "h", State: payouts.ClosingProposed, Rows: []payouts.ClosingRow{{Account: "head:fee", Promised: 1, Billed: 2}}}
	other := c
	other.Rows = []payouts.ClosingRow{{Account: "head:fee", Promised: 1, Billed: 3}}
	if c.ContentHash() == other.ContentHash() || len(c.ContentHash()) != 64 {
		t.Error("a closing's rows are not in its hash")
	}
}

// Material that sent pieces used is billed against its head, as a supplier's is.
func TestUsedMaterialIsBilledByTheClosing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.moves("sale", ledger.Head("material"), 41_200)
		w.moves("material_used", ledger.Head("material"), -30_000)
		c := w.closed(w.nextMonth())
		if got := rowsOf(c)[ledger.Head("material")]; got != "41200 30000 11200" || w.sum(ledger.Fund) != -11_200 {
			t.Errorf("closed %q; the fund has %s", got, -w.sum(ledger.Fund))
		}
		w.check()
	})
}
