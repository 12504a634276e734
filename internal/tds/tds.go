package tds

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"saebaan/internal/money"
)

// Rule is one row of the table: who must be deducted, from when, and how much.
type Rule struct {
	Nature    string // of the payment, as the account liability:tds:<nature> names it
	From      string // business date, until a later row of the same nature
	Section   string
	Code      string            // of payment, for the challan and the quarterly return
	Credits   []string          // natures of credits that it applies to
	Rate      money.BasisPoints // with a PAN
	RateNoPAN money.BasisPoints
	Single    money.Paise // a payment above it is taxed
	Yearly    money.Paise // above it the whole year is
	Round     money.Paise // tax is rounded half up to a multiple
	Source    string
}

//go:embed tds.csv
var table string

var rules = sync.OnceValue(func() []Rule {
	out, err := Parse(table)
	if err != nil {
		panic(err) // the embedded table is checked by this package's tests
	}
	return out
})

// Parse reads a table with the columns of tds.csv, amounts in paise and rates in
// basis points.
func Parse(text string) ([]Rule, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) != 11 {
		return nil, fmt.Errorf("a table of tax deducted at source has eleven columns: %w", err)
	}
	var out []Rule
	for i, row := range rows[1:] {
		var n [5]int64
		for k := range n {
			if n[k], err = strconv.ParseInt(row[5+k], 10, 64); err != nil || n[k] < 0 {
				return nil, fmt.Errorf("row %d, %s: %q is no amount", i+2, rows[0][5+k], row[5+k])
			}
		}
		r := Rule{Nature: row[0], From: row[1], Section: row[2], Code: row[3], Credits: strings.Fields(row[4]), Rate: money.BasisPoints(n[0]),
			RateNoPAN: money.BasisPoints(n[1]), Single: money.Paise(n[2]), Yearly: money.Paise(n[3]), Round: money.Paise(n[4]), Source: row[10]}
		if r.Rate > 10_000 || r.RateNoPAN > 10_000 || r.Round < 1 || len(r.Credits) == 0 || len(r.From) != 10 {
			return nil, fmt.Errorf("row %d cannot be right", i+2)
		}
		out = append(out, r)
	}
	return out, nil
}

// At gives the rules in force on a business date, one of each nature.
func At(date string) []Rule {
	newest := map[string]Rule{}
	for _, r := range rules() {
		if r.From <= date && r.From >= newest[r.Nature].From {
			newest[r.Nature] = r
		}
	}
	var out []Rule
	for _, r := range rules() {
		if newest[r.Nature].From == r.From {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.Nature, b.Nature) })
	return out
}

// Year is where a person's year stands under one rule, in paise.
type Year struct {
	Gross money.Paise // credited, less what was reversed
	Seen  money.Paise // of it, what a payment has been reckoned for
	Tax   money.Paise // deducted
}

// Credited is the sum of the credits that the rule applies to, by their natures.
func (r Rule) Credited(by map[string]money.Paise) (sum money.Paise, err error) {
	for _, nature := range r.Credits {
		if sum, err = money.Add(sum, by[nature]); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// Due is what must be deducted now from a payment of so much, and what the year
// is then. Above the yearly threshold the whole year is taxed, less what was
// deducted; else a payment above the single threshold is, as far as it pays
// credits that no payment was reckoned for before: what a bank sent back has
// been. It is never negative: what was deducted too much is claimed with the return.
func (r Rule) Due(y Year, payment money.Paise, pan bool) (tax money.Paise, after Year, err error) {
	rate := r.Rate
	if !pan {
		rate = r.RateNoPAN
	}
	fresh := max(0, min(payment, y.Gross-y.Seen))
	after = Year{Gross: y.Gross, Seen: y.Seen + fresh, Tax: y.Tax}
	base, before := money.Paise(0), money.Paise(0)
	switch {
	case y.Gross > r.Yearly:
		base, before = y.Gross, y.Tax
	case fresh > r.Single:
		base = fresh
	}
	whole, err := base.HalfUp(rate)
	if err != nil {
		return 0, y, err
	}
	tax = max(0, (whole+r.Round/2)/r.Round*r.Round-before)
	after.Tax += tax
	return tax, after, nil
}

// Near reports whether a year is close enough to its threshold that a missing
// PAN should be asked for now: four fifths of it.
func (r Rule) Near(y Year) bool { return y.Gross > r.Yearly/5*4 }
