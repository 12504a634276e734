package views

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/internal/search"
)

// Shop is a page of the list: what was asked, as the address has it, and found.
type Shop struct {
	Asked  url.Values
	Query  search.Query
	Found  catalog.Found
	Crafts []string // to go on with when nothing was found
}

// facetOrder is the order in which the facets stand.
var facetOrder = []string{search.FacetCraft, search.FacetGarment, search.FacetTechnique, search.FacetFabric,
	search.FacetColour, search.FacetSize, search.FacetArea}

// mostOptions is how many values of a facet are shown.
const mostOptions = 14

type facet struct {
	name    string
	options []option
}

type option struct {
	value, label string
	count        int64
	chosen       bool
}

func (f facet) chosen() bool {
	return slices.ContainsFunc(f.options, func(o option) bool { return o.chosen })
}

// facets are those that have something to choose between.
func (s Shop) facets(p Page) []facet {
	var out []facet
	for _, name := range facetOrder {
		f := facet{name: name}
		chosen := s.Asked[name]
		for _, b := range s.Found.Facets[name] {
			on := slices.Contains(chosen, b.Value)
			if b.Value != "" && (on || len(f.options) < mostOptions) {
				f.options = append(f.options, option{b.Value, p.label(name, b.Value), b.Count, on})
			}
		}
		for _, v := range chosen {
			if !slices.ContainsFunc(f.options, func(o option) bool { return o.value == v }) {
				f.options = append(f.options, option{v, p.label(name, v), 0, true})
			}
		}
		if len(f.options) > 1 || f.chosen() {
			out = append(out, f)
		}
	}
	return out
}

func (s Shop) count(facet, value string) int64 {
	for _, b := range s.Found.Facets[facet] {
		if b.Value == value {
			return b.Count
		}
	}
	return 0
}

// label is how a value of a facet reads.
func (p Page) label(facet, value string) string {
	switch facet {
	case "price":
		return p.band(value)
	case search.FacetInStock, search.FacetOneOff, search.FacetMade:
		return p.T("shop." + facet)
	case search.FacetSize:
		return p.size(value)
	case "q":
		return "“" + value + "”"
	}
	return p.Word(facet, value)
}

// size is how a size reads: words are translated, marks such as M are not.
func (p Page) size(value string) string {
	if p.Lang.Has("size." + value) {
		return p.T("size." + value)
	}
	return value
}

func (p Page) band(value string) string {
	for _, b := range search.Bands {
		if b.Value == value {
			return p.bounds(b.From, b.To)
		}
	}
	return value
}

// bounds is how the bounds of a price read; 0 is none.
func (p Page) bounds(low, high money.Paise) string {
	switch {
	case low == 0:
		return p.T("shop.price_to", "To", rupees(high))
	case high == 0:
		return p.T("shop.price_from", "From", rupees(low))
	}
	return p.T("shop.price_between", "From", rupees(low), "To", rupees(high))
}

type chip struct {
	label   string
	without templ.SafeURL
}

// chips are the choices in force, each with the address of the list without it.
func (s Shop) chips(p Page) []chip {
	var out []chip
	for _, name := range slices.Concat([]string{"q"}, facetOrder, []string{search.FacetPrice, search.FacetInStock, search.FacetOneOff, search.FacetMade}) {
		for _, v := range s.Asked[name] {
			if v == "" {
				continue
			}
			rest := s.copy()
			rest[name] = slices.DeleteFunc(rest[name], func(o string) bool { return o == v })
			out = append(out, chip{p.label(name, v), shopURL(rest)})
		}
	}
	if bounds := s.Found.Asked; !s.Found.Nearest && bounds.Text != s.Query.Text {
		rest := s.copy()
		rest.Set("q", bounds.Text)
		out = append(out, chip{p.bounds(bounds.MinPrice, bounds.MaxPrice), shopURL(rest)})
	}
	return out
}

// copy is what was asked, from its first page.
func (s Shop) copy() url.Values {
	out := url.Values{}
	for k, v := range s.Asked {
		if k != "after" && k != "lang" {
			out[k] = slices.Clone(v)
		}
	}
	return out
}

func (s Shop) next() templ.SafeURL {
	v := s.copy()
	v.Set("after", s.Found.NextCursor)
	return shopURL(v)
}

func shopURL(v url.Values) templ.SafeURL {
	if q := v.Encode(); q != "" {
		return templ.SafeURL("/shop?" + q)
	}
	return "/shop"
}

// sorts are the orders of the list; relevance needs words.
func (s Shop) sorts() []search.Sort {
	if s.Query.Text != "" {
		return []search.Sort{search.SortRelevance, search.SortNew, search.SortPriceUp, search.SortPriceDown}
	}
	return []search.Sort{search.SortNew, search.SortPriceUp, search.SortPriceDown}
}

// halves are the two colours of a swatch, which may be one.
func halves(word string) (string, string, bool) {
	c, ok := catalog.ColourOf(word)
	if !ok {
		return "", "", false
	}
	return c.Swatch[0], c.Swatch[len(c.Swatch)-1], true
}
