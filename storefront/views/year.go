package views

import (
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/openbooks"
)

// yearRow is one sum of a yearly book with the id of what it is called.
type yearRow struct {
	id     string
	sum    openbooks.BookMoney
	always bool // shown also when it is nothing
}

// yearRows are the sums in the order in which they are told.
func yearRows(s openbooks.YearSums) []yearRow {
	return []yearRow{{"year.promised", s.Promised, true}, {"year.paid", s.Paid, true}, {"year.paid_later", s.PaidLater, false}, {"year.tax", s.Tax, false},
		{"year.group", s.Group, false}, {"year.advance", s.Advance, false}, {"year.on_the_way", s.OnTheWay, false}, {"year.payable", s.Payable, false},
		{"year.held", s.Held, false}, {"year.reversed", s.Reversed, false}}
}

// yearArea is the name of an area, or of several together, which may be all.
func (p Page) yearArea(area string, alone bool) string {
	if area == "" && alone {
		return p.T("year.all_areas")
	}
	if area == "" {
		return p.T("year.other_areas")
	}
	return p.Word("area", area)
}

// yearWork is what a row is for.
func (p Page) yearWork(w openbooks.YearWork) string {
	if w.Kind == "" {
		return p.T("year.other_work")
	}
	return p.openWork(openbooks.BookShare{Kind: w.Kind, Stage: w.Stage})
}

func yearKept(y openbooks.Year) db.Time { return db.Time(y.KeptAt) }

// yearHead is what an account of the year's heads is called.
func (p Page) yearHead(account string) string {
	if name, ok := strings.CutPrefix(account, "trust:subsidy:"); ok {
		return p.T("year.subsidy", "Name", name)
	}
	return p.closedAs(ledger.Account(account))
}
