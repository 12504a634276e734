package views

import (
	"fmt"

	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/payouts"
)

// TaxView is the tax of a quarter as its page shows it.
type TaxView struct {
	payouts.TaxQuarter
	Years []string // to choose from, newest first
}

// pan is a PAN, or that there is none.
func (p Page) pan(pan string) string {
	if pan == "" {
		return p.T("tds.no_pan")
	}
	return pan
}

// taxRate is a rate: "1 %", "0.10 %".
func taxRate(rate money.BasisPoints) string {
	if rate%100 == 0 {
		return fmt.Sprintf("%d %%", rate/100)
	}
	return fmt.Sprintf("%d.%02d %%", rate/100, rate%100)
}

// BillsView is the list of bills, with what was typed when it was refused.
type BillsView struct {
	List   []payouts.Bill
	Owed   bool
	Next   string
	Today  string
	People People
	Typed  map[string]string
	About  string // the bill that something was wrong with; "" is the new one
	Wrong  []string
}

// ClosingsView is the list of closings.
type ClosingsView struct {
	List   []payouts.Closing
	Month  string // proposed to be closed next
	People People
	About  string // the closing that something was wrong with; "" is the proposal
	Wrong  string

	Passkey bool // the reader can prove with one here
}

// decides reports whether the reader may decide a closing.
func (v ClosingsView) decides(p Page, c payouts.Closing) bool {
	return c.State == payouts.ClosingProposed && p.Actor.Has(auth.Approver) && c.ProposedBy != p.Actor.Principal()
}

// closedAs is what an account of a closing or bill is called.
func (p Page) closedAs(a ledger.Account) string { return p.Word("closed", string(a)) }

// closes says what becomes of a closing's difference.
func (p Page) closes(c payouts.Closing) string {
	if v := c.Sum().Variance(); v < 0 {
		return p.T("closing.yes_bears", "Amount", (-v).String())
	}
	return p.T("closing.yes", "Amount", c.Sum().Variance().String())
}
