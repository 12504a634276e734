package views

import (
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/payouts"
)

// finance reports whether the reader sees runs and statements.
func finance(p Page) bool {
	return p.Actor.Has(auth.Preparer) || p.Actor.Has(auth.Approver) || p.Actor.Has(auth.Administrator)
}

// People names users by the principal that the books hold.
type People map[string]string

// who is the name of a principal; one that is not known is shown as stored.
func (people People) who(principal string) string {
	if name, ok := people[principal]; ok {
		return name
	}
	return principal
}

// Run is a run as its pages show it.
type Run struct {
	payouts.Run
	People People
	Wrong  string // what was the matter with the password
}

// own reports whether the reader prepared or submitted the run herself.
func (r Run) own(p Page) bool {
	me := p.Actor.Principal()
	return me == r.PreparedBy || me == r.SubmittedBy
}

// stand counts a run's items by their state, in the order they pass through.
type stand struct {
	state payouts.ItemState
	count int64
	sum   money.Paise
}

func (r Run) stands() []stand {
	var out []stand
	for _, s := range []payouts.ItemState{payouts.ItemDraft, payouts.ItemClaimed, payouts.ItemInTransit, payouts.ItemPaid,
		payouts.ItemFailed, payouts.ItemReturned, payouts.ItemWithdrawn} {
		one := stand{state: s}
		for _, i := range r.Items {
			if i.State == s {
				one.count++
				one.sum += i.Amount
			}
		}
		if one.count > 0 {
			out = append(out, one)
		}
	}
	return out
}

// short is enough of a hash to compare by eye.
func short(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:4] + " " + hash[4:8] + " " + hash[8:12] + " " + hash[12:16]
}

// shows reports whether a button belongs to the run's state and the reader's role.
func (r Run) shows(p Page, act string) bool {
	preparer, approver := p.Actor.Has(auth.Preparer), p.Actor.Has(auth.Approver)
	switch act {
	case "submit":
		return preparer && r.State == payouts.Draft && len(r.Items) > 0
	case "withdraw":
		return preparer && (r.State == payouts.Draft || r.State == payouts.Submitted)
	case "approve":
		return approver && r.State == payouts.Submitted
	case "bank-file":
		return (preparer || approver) && (r.State == payouts.Approved || r.State == payouts.Sent || r.State == payouts.Settled)
	case "answer":
		return (preparer || approver) && (r.State == payouts.Sent || r.State == payouts.Settled)
	}
	return false
}

// moved is one movement of an artisan's money as her statement shows it.
type moved struct {
	day, to, nature, stage, reason, order string
	paise                                 money.Paise
}

// movements are the credits of a statement: each entry says where the money
// went, and what it was for when it was earned.
func movements(st payouts.Statement) []moved {
	var out []moved
	for i := len(st.Lines) - 1; i >= 0; i-- { // newest first
		l := st.Lines[i]
		if l.Paise >= 0 {
			continue
		}
		m := moved{day: l.BusinessDate, to: accountWord(l.Account, st.Artisan.ID), reason: l.Reason, order: l.Order, paise: -l.Paise}
		m.nature, m.stage, _ = strings.Cut(l.Nature, ":")
		out = append(out, m)
	}
	return out
}

// since is a period's first day, left open when it is the beginning of all.
func since(from string) string {
	if from == "2000-01-01" {
		return ""
	}
	return from
}

func accountWord(account, artisan string) string {
	switch ledger.Account(account) {
	case ledger.Held(artisan):
		return "held"
	case ledger.Payable(artisan):
		return "payable"
	case ledger.Claimed(artisan):
		return "claimed"
	case ledger.InTransit(artisan):
		return "in_transit"
	case ledger.Bank(payouts.MainBank):
		return "paid"
	}
	return "other"
}
