package views

import (
	"slices"
	"strconv"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/orders"
	"saebaan/payouts"
)

// finance reports whether the reader sees runs and statements.
func finance(p Page) bool {
	return p.Actor.Has(auth.Preparer) || p.Actor.Has(auth.Approver) || p.Actor.Has(auth.Administrator)
}

// brief is how many rows the overview shows.
const brief = 6

// Overview is what the office's first page shows.
type Overview struct {
	Runs    []payouts.Run
	Orders  []orders.Order // newest first, enough to count what is to be sent
	People  People
	Waiting Waiting
}

// Waiting is what waits for a person.
type Waiting struct {
	Returns       []orders.Return
	Refunds       []orders.Refund
	Disputes      []orders.Dispute
	WriteOffs     []catalog.WriteOff
	Receipts      []orders.Receipt
	Registrations []orders.Registration
}

// tile is a number of things that wait, with the way to them.
type tile struct{ name, count, to string }

// tiles count what waits and the reader can do something about.
func (v Overview) tiles(p Page) []tile {
	var out []tile
	add := func(name string, n int, to string) {
		if n > 0 {
			out = append(out, tile{name, strconv.Itoa(n), to})
		}
	}
	toSend, refunds, disputes, approvals, writeOffs := 0, 0, 0, 0, 0
	for _, o := range v.Orders {
		if next(p, o) == "dispatch" {
			toSend++
		}
	}
	for _, r := range v.Waiting.Refunds {
		if byHand(r) && handlesMoney(p) {
			refunds++
		}
	}
	for _, d := range v.Waiting.Disputes {
		if d.State == orders.DisputeOpen {
			disputes++
		}
	}
	for _, r := range v.Runs {
		if (Run{Run: r}).shows(p, "approve") && r.PreparedBy != p.Actor.Principal() {
			approvals++
		}
	}
	for _, w := range v.Waiting.WriteOffs {
		if w.ProposedBy != p.Actor.Principal() && !onlyPrepares(p) {
			writeOffs++
		}
	}
	add("send", toSend, "/office/orders")
	add("returns", len(v.Waiting.Returns), "/office/returns")
	add("receipts", len(v.Waiting.Receipts), "/office/money#receipts")
	add("refunds", refunds, "/office/money#refunds")
	add("disputes", disputes, "/office/money#disputes")
	add("write_offs", writeOffs, "/office/write-offs")
	add("approvals", approvals, "/office/runs")
	return out
}

// withoutNumber reports whether a registration lacks its number under GST.
func withoutNumber(list []orders.Registration) bool {
	return slices.ContainsFunc(list, func(r orders.Registration) bool { return r.GSTIN == "" })
}

// byHand reports whether a refund is a person's to pay: one that came without a
// gateway, or that the gateway could not pay.
func byHand(r orders.Refund) bool {
	came := slices.Contains([]string{string(orders.UPI), string(orders.BankTransfer), string(orders.Cash)}, r.Provider)
	return r.State == orders.RefundFailed || (r.State == orders.RefundDue && came)
}

// onlyPrepares reports whether the reader proposes and does not approve.
func onlyPrepares(p Page) bool {
	return !p.Actor.Has(auth.Approver) && !p.Actor.Has(auth.Administrator)
}

// handlesMoney reports whether the reader may enter money.
func handlesMoney(p Page) bool { return p.Actor.Has(auth.Preparer) || p.Actor.Has(auth.Approver) }

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

	Passkey      bool   // the reader has one that works here
	Wrong        string // what was the matter with the password
	WrongPasskey string // or with the passkey's answer
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
		m := moved{day: l.BusinessDate, to: movedTo(l, st.Artisan.ID), reason: l.Reason, order: l.Order, paise: -l.Paise}
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

// movedTo says in a word where money of an artisan went.
func movedTo(l payouts.StatementLine, artisan string) string {
	account := ledger.Account(l.Account)
	switch {
	case account == ledger.Advance(artisan) && l.Kind == "advance_written_off":
		return "written_off"
	case account == ledger.Advance(artisan):
		return "recovered"
	case l.Nature == "advance":
		return "advance"
	case strings.HasPrefix(l.Account, "liability:tds:"):
		return "tds"
	case strings.HasPrefix(l.Account, "liability:group:"):
		return l.Account[strings.LastIndexByte(l.Account, ':')+1:]
	}
	switch account {
	case ledger.Held(artisan):
		return "held"
	case ledger.Payable(artisan):
		return "payable"
	case ledger.Claimed(artisan):
		return "claimed"
	case ledger.InTransit(artisan):
		return "in_transit"
	case ledger.Bank(payouts.MainBank), ledger.Till(payouts.OfficeTill):
		return "paid"
	}
	return "other"
}
