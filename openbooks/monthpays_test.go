package openbooks_test

import (
	"strings"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/money"
	"saebaan/payouts"
)

// word is a password, which believed takes for hers.
var word = auth.Proof{Password: "hers"}

// bankOf gives a woman or a group a bank account.
func (m *months) bankOf(owner string) {
	in := artisans.PayeeInput{Artisan: owner, Kind: "bank", Holder: "Maker", Account: "00123456789", IFSC: "UTIB0000001", Confirmed: "in person"}
	if owner == m.group {
		in.Artisan, in.Group = "", owner
	}
	_, err := m.people.SetPayee(ctx, admin, "", in)
	m.ok(err)
}

func (m *months) changeAccount(rt *rapid.T) {
	m.rt = rt
	in := artisans.PayeeInput{Artisan: m.her(), Kind: rapid.SampledFrom([]string{"upi", "cash"}).Draw(rt, "kind"), Holder: "Maker", Confirmed: "in person"}
	if in.Kind == "upi" {
		in.UPI = m.name("maker.") + "@upi"
	}
	_, err := m.people.SetPayee(ctx, admin, "", in)
	m.allowed("account", err)
}

func (m *months) advance(rt *rapid.T) {
	m.rt = rt
	a, err := m.payouts.ProposeAdvance(ctx, preparer, "", payouts.AdvanceInput{Artisan: m.her(), Kind: payouts.AdvanceCash, Amount: m.paise(1, 100_000, "amount"), Reason: "thread"})
	m.ok(err)
	_, err = m.payouts.DecideAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Yes: true, Reference: "VCH-17", Password: "hers"})
	if m.allowed("advance", err) {
		m.advances = append(m.advances, a.ID)
	}
}

func (m *months) writeOffAdvance(rt *rapid.T) {
	m.rt = rt
	a := m.one(m.advances, "advance")
	if a == "" {
		return
	}
	if _, err := m.payouts.ProposeWriteOff(ctx, preparer, "", a, "the roof fell in"); m.allowed("propose a write-off", err) {
		_, err := m.payouts.WriteOffAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a, Yes: rapid.Bool().Draw(rt, "yes"), Password: "hers"})
		m.allowed("write an advance off", err)
	}
}

func (m *months) agree(rt *rapid.T) {
	m.rt = rt
	in := payouts.ConsentInput{Artisan: m.her(), Group: m.group, Kind: m.one([]string{payouts.KindSavings, payouts.KindLoan, payouts.KindAccount}, "kind"),
		From: "2020-01-01", Notice: "2026-11", Language: "hi", Confirmed: "thumbprint before Asha and Rehana"}
	if in.Kind != payouts.KindAccount {
		in.Rate, in.Most, in.Total = money.BasisPoints(m.paise(1, 4000, "rate")), m.paise(1, 20_000, "most"), m.paise(1, 90_000, "total")
	}
	if c, err := m.payouts.Agree(ctx, admin, "", in); m.allowed("agree", err) {
		m.consents = append(m.consents, c.ID)
	}
}

func (m *months) revoke(rt *rapid.T) {
	m.rt = rt
	if c := m.one(m.consents, "consent"); c != "" {
		_, err := m.payouts.Revoke(ctx, admin, "", c)
		m.allowed("revoke", err)
	}
}

func (m *months) prepare(rt *rapid.T) {
	m.rt = rt
	m.prepared()
}

// prepared prepares a run, each of whose payments consists of credits to the paisa.
func (m *months) prepared() payouts.Run {
	of := rapid.SampledFrom([]payouts.Scope{{}, {}, {Area: "lucknow"}, {Group: m.group}}).Draw(m.rt, "scope")
	r, err := m.payouts.Prepare(ctx, preparer, "", of)
	m.ok(err)
	m.runs = append(m.runs, r.ID)
	for _, i := range r.Items {
		m.seen["payment prepared"]++
		parts, err := m.payouts.Parts(ctx, preparer, r.ID, i.ArtisanID)
		m.ok(err)
		sum := money.Paise(0)
		for _, p := range parts {
			sum += p.Paise
		}
		if sum != i.Gross {
			m.rt.Fatalf("her payment of %d consists of %d", i.Gross, sum)
		}
	}
	return r
}

// payDay takes a run as far as the bank, unless something has come between.
func (m *months) payDay(rt *rapid.T) {
	m.rt = rt
	r := m.prepared()
	for _, act := range []string{"submit", "approve", "files"} {
		m.goOn(r, act)
		if rapid.IntRange(0, 9).Draw(rt, "comes between") == 0 {
			return
		}
		var err error
		r, err = m.payouts.Run(ctx, preparer, r.ID)
		m.ok(err)
	}
	m.answered(r)
}

// act does the next thing with a run, or something that is not its turn.
func (m *months) act(rt *rapid.T) {
	m.rt = rt
	r, ok := m.run()
	if !ok {
		return
	}
	act := rapid.SampledFrom([]string{"submit", "approve", "approve", "withdraw", "files", "next", "next", "next"}).Draw(rt, "act")
	if act == "next" {
		act = map[payouts.State]string{payouts.Draft: "submit", payouts.Submitted: "approve", payouts.Approved: "files", payouts.Sent: "files"}[r.State]
	}
	if act != "" { // a settled run goes nowhere
		m.goOn(r, act)
	}
}

func (m *months) goOn(r payouts.Run, act string) {
	var err error
	switch act {
	case "submit":
		_, err = m.payouts.Submit(ctx, preparer, "", r.ID)
	case "approve":
		_, err = m.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word)
	case "withdraw":
		_, err = m.payouts.Withdraw(ctx, preparer, "", r.ID)
	case "files":
		for _, rail := range r.Rails() {
			_, err = m.payouts.File(ctx, preparer, r.ID, payouts.FileInput{Rail: rail})
			m.allowed("file "+rail, err)
		}
		return
	}
	m.allowed(act, err)
}

// answer lets the bank answer for any of a run's payments, in any order, some twice.
func (m *months) answer(rt *rapid.T) {
	m.rt = rt
	if r, ok := m.run(); ok {
		m.answered(r)
	}
}

// run draws one of the runs, as it is now.
func (m *months) run() (payouts.Run, bool) {
	id := m.one(m.runs, "run")
	if id == "" {
		return payouts.Run{}, false
	}
	r, err := m.payouts.Run(ctx, preparer, id)
	m.ok(err)
	return r, true
}

func (m *months) answered(r payouts.Run) {
	var references []string
	for _, i := range r.Items {
		references = append(references, i.Reference)
	}
	for _, t := range r.Transfers {
		references = append(references, t.Reference, t.Reference)
	}
	var answers []payouts.Answer
	for _, ref := range references {
		status := rapid.SampledFrom([]payouts.ItemState{payouts.ItemPaid, payouts.ItemPaid, payouts.ItemFailed, payouts.ItemReturned, payouts.ItemWaiting}).Draw(m.rt, "status")
		answers = append(answers, payouts.Answer{Reference: ref, Status: status, UTR: "U" + strings.ToUpper(ref)})
	}
	if len(answers) == 0 {
		return
	}
	rows, err := m.payouts.EnterAnswers(ctx, preparer, r.ID, rapid.Permutation(append(answers, answers...)).Draw(m.rt, "order"))
	if m.allowed("answer", err) {
		for i, row := range rows {
			if row.Outcome == payouts.Entered {
				m.seen["entered "+string(answers[i%len(answers)].Status)]++
			}
		}
	}
}
