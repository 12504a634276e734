package views

import (
	"slices"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/money"
)

// PriceEdit is the form of a variant's price card with what it would be.
type PriceEdit struct {
	catalog.Product
	Variant catalog.Variant
	Form    PriceForm
	Check   catalog.CardCheck
	Said    string
}

// The two ways to name a price.
const (
	ByTag  = "tag"
	ByList = "list"
)

// PriceForm is a price card as it was typed.
type PriceForm struct {
	By         string // ByTag or ByList
	Price      string
	From       string
	Override   string
	Rows       []HeadRow
	WrongPrice bool
}

// HeadRow is one head as it was typed.
type HeadRow struct {
	Kind, Head, Amount, Minutes string
	Shares                      bool
	Wrong                       bool // it cannot be read
}

// Used reports whether the row is a head: an empty one is none, but for the makers'.
func (r HeadRow) Used() bool {
	return r.Kind == catalog.Makers || (r.Head != "" && (r.Amount != "" || r.Minutes != ""))
}

// Unread reports whether something typed could not be read.
func (f PriceForm) Unread() bool {
	return f.WrongPrice || slices.ContainsFunc(f.Rows, func(r HeadRow) bool { return r.Wrong })
}

// emptyWages is how many stages more the form has room for.
const emptyWages = 2

// CardForm is a card to be changed; without one it has the reference card's heads.
func CardForm(card *catalog.Card) PriceForm {
	f := PriceForm{By: ByTag}
	amounts := map[string]HeadRow{}
	var wages []HeadRow
	add := func(r HeadRow) {
		if r.Kind == catalog.Wage {
			wages = append(wages, r)
		}
		amounts[r.Kind+r.Head] = r
	}
	if card != nil {
		f.Price = card.Tag.Plain()
		for _, h := range card.Heads {
			r := HeadRow{Kind: h.Kind, Head: h.Head, Amount: h.Paise.Plain(), Shares: h.Shares}
			if h.Minutes > 0 {
				r.Minutes = itoa(h.Minutes)
			}
			if h.Kind == catalog.Makers {
				r.Amount = ""
			}
			add(r)
		}
	} else {
		for _, h := range catalog.DefaultReferenceCard().Heads {
			r := HeadRow{Kind: h.Kind, Head: h.Head, Shares: h.Shares}
			if h.BasisPoints != nil {
				r.Amount = strings.TrimSuffix(money.Paise(*h.BasisPoints).Plain(), ".00") + "%"
			}
			add(r)
		}
	}
	known := func(kind string, heads ...string) {
		for _, h := range heads {
			r := amounts[kind+h]
			r.Kind, r.Head = kind, h
			f.Rows = append(f.Rows, r)
		}
	}
	known(catalog.Cost, "material")
	f.Rows = append(f.Rows, wages...)
	for range emptyWages {
		f.Rows = append(f.Rows, HeadRow{Kind: catalog.Wage})
	}
	known(catalog.Cost, "packing", "shipping", "fee")
	known(catalog.Trust, "running", "fund")
	known(catalog.Makers, "makers")
	return f
}

// wageOf is what the check says of a stage's wage.
func (v PriceEdit) wageOf(r HeadRow) (catalog.WageCheck, bool) {
	i := slices.IndexFunc(v.Check.Wages, func(w catalog.WageCheck) bool { return w.Stage == r.Head })
	if r.Kind != catalog.Wage || i < 0 {
		return catalog.WageCheck{}, false
	}
	return v.Check.Wages[i], true
}

// paiseOf is what a row comes to, when it is written as a share.
func (v PriceEdit) paiseOf(r HeadRow) (money.Paise, bool) {
	i := slices.IndexFunc(v.Check.Heads, func(h catalog.Head) bool { return h.Kind == r.Kind && h.Head == r.Head })
	if i < 0 || v.Check.ListPrice == 0 || (!strings.HasSuffix(r.Amount, "%") && r.Amount != "") {
		return 0, false
	}
	return v.Check.Heads[i].Paise, true
}

// wrongs are what stands against saving the card, beside what its numbers show.
func (v PriceEdit) wrongs(p Page) []string {
	var out []string
	if v.Form.WrongPrice {
		out = append(out, p.T("wrong.price"))
	} else if v.Check.NoPrice {
		out = append(out, p.T("pricing.no_price"))
	}
	if slices.ContainsFunc(v.Form.Rows, func(r HeadRow) bool { return r.Wrong }) {
		out = append(out, p.T("pricing.unread"))
	}
	for _, f := range v.Check.Wrong {
		out = append(out, p.Lang.Fault(f))
	}
	return slices.Compact(out)
}

// ratePercent is a rate in basis points.
func ratePercent(rate money.BasisPoints) string {
	return strings.TrimSuffix(money.Paise(rate).Plain(), ".00") + " %"
}

// slab is a rate with the taxable values it holds for.
func (v PriceEdit) slab(p Page) string {
	s := v.Check.Slab
	switch {
	case s.UpTo > 0 && s.From > 0:
		return p.T("pricing.slab_between", "Rate", ratePercent(s.Rate), "From", rupees(s.From), "To", rupees(s.UpTo))
	case s.UpTo > 0:
		return p.T("pricing.slab_to", "Rate", ratePercent(s.Rate), "To", rupees(s.UpTo))
	case s.From > 0:
		return p.T("pricing.slab_from", "Rate", ratePercent(s.Rate), "Over", rupees(s.From-1))
	}
	return p.T("pricing.slab_all", "Rate", ratePercent(s.Rate))
}

// headName is how a head of the form is called.
func (p Page) headName(r HeadRow) string {
	if r.Kind == catalog.Wage {
		return p.Word("stage", r.Head)
	}
	return p.Word("head", r.Head)
}
