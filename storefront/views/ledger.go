package views

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// with is the address of this page with some values of its state changed; an
// empty one is left out.
func (p Page) with(pairs ...string) templ.SafeURL {
	path, query, _ := strings.Cut(p.Path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			values.Del(pairs[i])
		} else {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if rest := values.Encode(); rest != "" {
		return templ.SafeURL(path + "?" + rest)
	}
	return templ.SafeURL(path)
}

// folded is how many accounts of one family a trial balance shows each; more are
// one row, which leads to them.
const folded = 25

// TrialView is a trial balance as its page shows it: all of it, or the accounts
// of one family, a page of them.
type TrialView struct {
	ledger.TrialBalance
	At     string // the block that was asked for, or ""
	Family string
	After  string
	PerRow int // accounts of a page of a family
}

// trialClass is a class with what the page shows of it.
type trialClass struct {
	name string
	ledger.Sums
	rows []trialRow
}

// trialRow is an account, or a family of many.
type trialRow struct {
	name string
	many bool
	ledger.Sums
}

// classes are the five of the chart, their largest families as one row each.
func (v TrialView) classes() []trialClass {
	sums, families := v.By(ledger.Account.Class), v.By(ledger.Account.Family)
	var out []trialClass
	for _, name := range ledger.Classes {
		c := trialClass{name: name, Sums: sums[name]}
		for _, l := range v.Lines {
			if l.Account.Class() == name && families[l.Account.Family()].Accounts <= folded {
				c.rows = append(c.rows, trialRow{name: string(l.Account), Sums: ledger.Sums{Debit: l.Debit, Credit: l.Credit, Accounts: 1}})
			}
		}
		for family, s := range families {
			if s.Accounts > folded && ledger.Account(family).Class() == name {
				c.rows = append(c.rows, trialRow{family, true, s})
			}
		}
		slices.SortFunc(c.rows, func(a, b trialRow) int { return cmp.Compare(a.name, b.name) })
		out = append(out, c)
	}
	return out
}

// family is a page of the accounts of the family, their sum, and where the next
// page begins.
func (v TrialView) family() (rows []trialRow, sum ledger.Sums, next string) {
	for _, l := range v.Lines {
		if l.Account.Family() != v.Family {
			continue
		}
		sum = ledger.Sums{Debit: sum.Debit + l.Debit, Credit: sum.Credit + l.Credit, Accounts: sum.Accounts + 1}
		switch {
		case string(l.Account) <= v.After:
		case len(rows) == v.PerRow:
			next = rows[len(rows)-1].name
		default:
			rows = append(rows, trialRow{name: string(l.Account), Sums: ledger.Sums{Debit: l.Debit, Credit: l.Credit, Accounts: 1}})
		}
	}
	return rows, sum, next
}

// AccountView is an account's movements as their page shows them.
type AccountView struct {
	ledger.AccountPage
	Next string // where the next page begins, or ""
}

// EntriesView is the search for entries with what it found.
type EntriesView struct {
	Asked map[string]string // the fields as they were typed
	List  []ledger.Sealed
	Next  string
	Wrong string
}

// EntryView is an entry with who made it.
type EntryView struct {
	ledger.Sealed
	People People
}

// entrySum is the sum of an entry's debits.
func entrySum(e ledger.Entry) (sum money.Paise) {
	for _, p := range e.Postings {
		sum += max(0, p.Paise)
	}
	return sum
}

// side is an amount if it stands on a side: debit for sign 1, credit for −1.
func side(p money.Paise, sign money.Paise) string {
	if p*sign <= 0 {
		return ""
	}
	return (p * sign).String()
}

// shown is an amount of a column, empty for zero.
func shown(p money.Paise) string {
	if p == 0 {
		return ""
	}
	return p.String()
}
