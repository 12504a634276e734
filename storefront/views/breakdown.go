package views

import (
	"slices"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/orders"
	"saebaan/storefront/locale"
)

// breakdown is a price taken apart: heads that sum to the price before tax, then
// tax and rounding, which together make what is paid.
type breakdown struct {
	parts    []part
	before   money.Paise
	taxes    []taxLine
	rounding money.Paise
	paid     money.Paise
}

// part is one head with its share of the price before tax, in thousandths.
type part struct {
	kind, head string
	paise      money.Paise
	perMille   int64
	minutes    int64
	makers     []string // as they are shown
	hers       bool     // material that the maker bought herself
}

type taxLine struct {
	label string
	paise money.Paise
}

// tone is the colour of a part in bar and table.
func (t part) tone() string {
	switch {
	case t.kind == catalog.Wage:
		return "wage"
	case t.kind == catalog.Makers:
		return "balance"
	case t.head == "material":
		return "material"
	case t.kind == catalog.Cost:
		return "cost"
	case t.kind == catalog.SubsidyHead:
		return "fund"
	}
	return t.head
}

// label is the name of a head.
func (p Page) head(t part) string {
	switch t.kind {
	case catalog.Wage:
		return p.Word("stage", t.head)
	case catalog.SubsidyHead:
		return p.T("head.subsidy")
	}
	return p.Word("head", t.head)
}

// shares gives each part its thousandths by largest remainder, so that the
// percentages shown add up to 100.
func (b *breakdown) shares() {
	weights := make([]int64, len(b.parts))
	for i, t := range b.parts {
		b.before += t.paise
		weights[i] = max(0, int64(t.paise)) // what a subsidy adds has no share
	}
	parts, err := money.Split(1000, weights)
	for i := range b.parts {
		if err == nil {
			b.parts[i].perMille = int64(parts[i])
		}
	}
}

// makersShare is what of the price before tax goes to those who made the piece.
func (b breakdown) makersShare() (paise money.Paise, perMille int64) {
	for _, t := range b.parts {
		if t.kind == catalog.Wage || t.kind == catalog.Makers {
			paise += t.paise
			perMille += t.perMille
		}
	}
	return paise, perMille
}

// ofVariant takes the price of one piece of a variant apart; tax is the seller's
// State's.
func (p Page) ofVariant(v catalog.Variant) breakdown {
	b := breakdown{paid: v.Card.Tag}
	hers := len(v.Lots) > 0 && !v.Lots[0].TrustMaterial
	makers := v.Makers()
	for _, h := range v.Card.Heads {
		t := part{kind: h.Kind, head: h.Head, paise: h.Paise, minutes: h.Minutes, hers: hers && h.Head == "material"}
		switch h.Kind {
		case catalog.Wage:
			t.makers = p.makers(makers, h.Head)
		case catalog.Makers:
			var sharing []string
			for _, w := range v.Card.Heads {
				if w.Kind == catalog.Wage && w.Shares {
					sharing = append(sharing, w.Head)
				}
			}
			t.makers = p.makers(makers, sharing...)
		}
		b.parts = append(b.parts, t)
	}
	b.shares()
	rate, tax, rounding, known := rateOf(v.Card.Tag, v.Card.ListPrice)
	b.rounding = rounding
	label := p.T("price.gst")
	if known {
		label = p.T("price.gst_rate", "Rate", percent(rate))
	}
	b.taxes = []taxLine{{label, tax}}
	return b
}

// ofOrder takes all of an order apart, by head.
func (p Page) ofOrder(o orders.Order) breakdown {
	b := breakdown{paid: o.Total, rounding: o.Rounding}
	for _, l := range o.Lines {
		for _, h := range l.Heads {
			sum, err := h.Paise.Times(l.Quantity)
			if err != nil {
				continue // an order above what can be counted was never placed
			}
			at := slices.IndexFunc(b.parts, func(t part) bool { return t.kind == h.Kind && t.head == h.Head })
			if at < 0 {
				b.parts = append(b.parts, part{kind: h.Kind, head: h.Head})
				at = len(b.parts) - 1
			}
			b.parts[at].paise += sum
			b.parts[at].minutes += h.Minutes * l.Quantity
		}
	}
	b.shares()
	for _, t := range []taxLine{{p.T("price.cgst"), o.Tax.CGST}, {p.T("price.sgst"), o.Tax.SGST}, {p.T("price.igst"), o.Tax.IGST}} {
		if t.paise != 0 {
			b.taxes = append(b.taxes, t)
		}
	}
	return b
}

// rates of GST that a price tag may contain, in basis points.
var rates = []money.BasisPoints{500, 1800, 300, 1200, 2800, 4000, 150, 25, 0}

// rateOf finds the rate that a tag was made with: the one whose tax leaves no
// more than two paise of rounding.
func rateOf(tag, list money.Paise) (rate money.BasisPoints, tax, rounding money.Paise, known bool) {
	for _, r := range rates {
		t, left, err := gst.PieceTax(tag, list, r, false)
		if err == nil && left >= -2 && left <= 2 {
			return r, t.Total(), left, true
		}
	}
	return 0, tag - list, 0, false
}

// percent writes a rate: "5", "0.25".
func percent(r money.BasisPoints) string {
	switch {
	case r%100 == 0:
		return itoa(int64(r / 100))
	case r%10 == 0:
		return itoa(int64(r/100)) + "." + itoa(int64(r%100/10))
	}
	return money.Paise(r).Plain()
}

// makers are those of some stages as they are shown, by area: first names with
// consent, the others by their number.
func (p Page) makers(all []catalog.Maker, stages ...string) []string {
	type place struct {
		area, kind string
	}
	var order []place
	names, unnamed := map[place][]string{}, map[place]int64{}
	seen := map[string]bool{}
	for _, m := range all {
		if !slices.Contains(stages, m.Stage) || seen[m.Artisan] {
			continue
		}
		seen[m.Artisan] = true
		at := place{m.Area, kindOfMaker(m.Stage)}
		if m.NameEn != "" {
			at.kind = ""
			names[at] = append(names[at], catalog.Text{En: m.NameEn, Hi: m.NameHi, Ur: m.NameUr}.In(p.Lang.Code))
		} else {
			unnamed[at]++
		}
		if !slices.Contains(order, at) {
			order = append(order, at)
		}
	}
	var out []string
	for _, at := range order {
		area := p.Word("area", at.area)
		if at.kind == "" {
			out = append(out, p.T("maker.named", "Name", p.Lang.List(names[at]), "Area", area))
		} else {
			out = append(out, p.N("maker."+at.kind, unnamed[at], "Area", area))
		}
	}
	return out
}

// details are what is known of a part beside its amount: who, how long, and
// whether the maker laid the money out.
func (p Page) details(t part) []string {
	var out []string
	if len(t.makers) > 0 {
		out = append(out, strings.Join(t.makers, "; "))
	}
	if t.minutes > 0 {
		out = append(out, p.T("price.time", "Time", p.Lang.Minutes(t.minutes), "Hourly", t.hourly().String()))
	}
	if t.hers {
		out = append(out, p.T("price.hers"))
	}
	return out
}

// kindOfMaker: printing and washing are often bought in from craftsmen, so
// nothing is said of who they are; the other stages are women's work.
func kindOfMaker(stage string) string {
	if stage == "block_printing" || stage == "washing" {
		return "c"
	}
	return "w"
}

// hourly is what a stage's wage comes to for an hour of its standard time.
func (t part) hourly() money.Paise {
	return catalog.Head{Paise: t.paise, Minutes: t.minutes}.Hourly()
}

// bar is one rectangle of the stacked bar, in thousandths of its width.
type bar struct {
	tone     string
	from, to int64
}

// bars are the parts that can be seen, neighbours of one tone apart.
func (b breakdown) bars() []bar {
	var out []bar
	var at int64
	for _, t := range b.parts {
		if t.perMille > 0 {
			out = append(out, bar{t.tone(), at, at + t.perMille})
			at += t.perMille
		}
	}
	return out
}

// saidBar is the bar in words, for who cannot see it.
func (p Page) saidBar(b breakdown) string {
	_, makers := b.makersShare()
	return p.T("price.bar", "Share", locale.PerMille(makers))
}
