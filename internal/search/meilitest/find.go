package meilitest

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// query is a search; what it may not ask is refused.
type query struct {
	IndexUID             string    `json:"indexUid"`
	Q                    string    `json:"q"`
	Offset               int       `json:"offset"`
	Limit                *int      `json:"limit"`
	Page                 *int      `json:"page"`
	HitsPerPage          *int      `json:"hitsPerPage"`
	AttributesToRetrieve []string  `json:"attributesToRetrieve"`
	AttributesToSearchOn []string  `json:"attributesToSearchOn"`
	MatchingStrategy     string    `json:"matchingStrategy"`
	Filter               any       `json:"filter"`
	Facets               []string  `json:"facets"`
	Sort                 []string  `json:"sort"`
	Hybrid               *struct{} `json:"hybrid"`
}

const (
	mostTokens     = 10 // of a query are looked at
	usualTotalHits = 1000
)

// match is a document and how well it answers.
type match struct {
	doc   int
	typos int
	rank  int // attributes, the more important the less
	exact int // words found as typed
}

func (i *index) search(q query) (map[string]any, error) {
	if strings.ContainsAny(q.Q, `"`) || strings.HasPrefix(q.Q, "-") || strings.Contains(q.Q, " -") {
		return nil, invalid("invalid_search_q", "phrases and excluded words are not imitated")
	}
	if q.Q != "" && q.MatchingStrategy != "all" || q.Hybrid != nil {
		return nil, invalid("invalid_search_matching_strategy", "`%s` is not imitated", q.MatchingStrategy)
	}
	if err := i.checkSort(q.Sort); err != nil {
		return nil, err
	}
	keep, err := i.condition(q.Filter)
	if err != nil {
		return nil, err
	}
	on := ^uint32(0)
	if q.AttributesToSearchOn != nil {
		if on, err = i.maskOf(q.AttributesToSearchOn); err != nil {
			return nil, err
		}
	}
	matches := slices.DeleteFunc(i.matching(q.Q, on), func(m match) bool { return !keep(i.docs[m.doc]) })
	counts, err := i.count(q.Facets, matches)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(matches, func(a, b match) int { return i.compare(q, a, b) })
	out := map[string]any{"query": q.Q, "processingTimeMs": 0}
	if q.Facets != nil {
		out["facetDistribution"], out["facetStats"] = counts, map[string]any{}
	}
	out["hits"] = i.onePage(q, matches, out)
	return out, nil
}

// onePage takes the page out of the matches and writes the totals.
func (i *index) onePage(q query, matches []match, out map[string]any) []any {
	most := usualTotalHits
	if i.settings.Pagination != nil {
		most = i.settings.Pagination.MaxTotalHits
	}
	matches = matches[:min(len(matches), most)]
	total, offset, limit := len(matches), q.Offset, 20
	if q.Limit != nil {
		limit = *q.Limit
	}
	if q.Page != nil || q.HitsPerPage != nil {
		page := 1
		limit = 20
		if q.Page != nil {
			page = *q.Page
		}
		if q.HitsPerPage != nil {
			limit = *q.HitsPerPage
		}
		offset = max(0, page-1) * limit
		out["page"], out["hitsPerPage"], out["totalHits"], out["totalPages"] = page, limit, total, 0
		if limit > 0 {
			out["totalPages"] = (total + limit - 1) / limit
		}
		if page == 0 {
			limit = 0
		}
	} else {
		out["offset"], out["limit"], out["estimatedTotalHits"] = offset, limit, total
	}
	hits := []any{}
	matches = matches[min(offset, total):]
	for _, m := range matches[:min(limit, len(matches))] {
		shown := only(i.docs[m.doc], q.AttributesToRetrieve)
		if i.settings.DisplayedAttributes != nil {
			shown = only(shown, i.settings.DisplayedAttributes)
		}
		hits = append(hits, shown)
	}
	return hits
}

func (i *index) maskOf(names []string) (uint32, error) {
	var mask uint32
	for _, name := range names {
		a := slices.Index(i.settings.SearchableAttributes, name)
		if a < 0 {
			return 0, invalid("invalid_search_attributes_to_search_on", "Attribute `%s` is not searchable.", name)
		}
		mask |= 1 << a
	}
	return mask, nil
}

// matching is every live document that has all words.
func (i *index) matching(text string, on uint32) []match {
	words := wordsIn(text)
	words = words[:min(len(words), mostTokens)]
	if len(words) == 0 {
		var all []match
		for n, d := range i.docs {
			if d != nil {
				all = append(all, match{doc: n})
			}
		}
		return all
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	open := unicode.In(last, unicode.L, unicode.N, unicode.M)
	var all map[int]match
	for n, w := range words {
		of := i.matchingWord(w, open && n == len(words)-1, on)
		if all == nil {
			all = of
			continue
		}
		for doc, m := range all {
			one, ok := of[doc]
			if !ok {
				delete(all, doc)
				continue
			}
			all[doc] = match{doc, m.typos + one.typos, m.rank + one.rank, m.exact + one.exact}
		}
	}
	out := make([]match, 0, len(all))
	for _, m := range all {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b match) int { return cmp.Compare(a.doc, b.doc) })
	return out
}

// matchingWord finds a word as typed, begun and misspelt; each document keeps its
// best.
func (i *index) matchingWord(w string, open bool, on uint32) map[int]match {
	out := map[int]match{}
	tolerant := on &^ i.intolerant()
	take := func(term string, mask uint32, typos, exact int) {
		for _, p := range i.words[term] {
			at := p.mask & mask
			if at == 0 || i.docs[p.doc] == nil {
				continue
			}
			m := match{p.doc, typos, bits.TrailingZeros32(at), exact}
			if was, held := out[p.doc]; !held || better(m, was) {
				out[p.doc] = m
			}
		}
	}
	bound := i.typosFor(w)
	for term := range i.words {
		switch {
		case term == w:
			take(term, on, 0, 1)
		case open && strings.HasPrefix(term, w):
			take(term, on, 0, 0)
		case bound > 0 && tolerant != 0:
			if d := typos(w, term, bound, open); d <= bound {
				take(term, tolerant, d, 0)
			}
		}
	}
	return out
}

func better(a, b match) bool {
	return cmp.Or(cmp.Compare(a.typos, b.typos), cmp.Compare(a.rank, b.rank), cmp.Compare(b.exact, a.exact)) < 0
}

// intolerant is the attributes that allow no typo.
func (i *index) intolerant() (mask uint32) {
	if i.settings.TypoTolerance != nil {
		for a, name := range i.settings.SearchableAttributes {
			if slices.Contains(i.settings.TypoTolerance.DisableOnAttributes, name) {
				mask |= 1 << a
			}
		}
	}
	return mask
}

func (i *index) typosFor(w string) int {
	one, two, numbers := 5, 9, false
	if t := i.settings.TypoTolerance; t != nil {
		if !t.Enabled || slices.Contains(t.DisableOnWords, w) {
			return 0
		}
		one, two, numbers = t.MinWordSizeForTypos.OneTypo, t.MinWordSizeForTypos.TwoTypos, t.DisableOnNumbers
	}
	switch n := utf8.RuneCountInString(w); {
	case numbers && strings.Trim(w, "0123456789") == "", n < one:
		return 0
	case n < two:
		return 1
	}
	return 2
}

// typos is the distance of two words, letters put in, left out, exchanged or
// swapped with their neighbour, or, of a word that may only be begun, the least to
// a beginning of the other. A wrong first letter counts twice.
func typos(a, b string, bound int, open bool) int {
	x, y := []rune(a), []rune(b)
	if !open && (len(x)-len(y) > bound || len(y)-len(x) > bound) || len(x)-len(y) > bound {
		return bound + 1
	}
	y = y[:min(len(y), len(x)+bound)]
	before, above, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > bound {
			return bound + 1
		}
		before, above, row = above, row, before
	}
	d := above[len(y)]
	if open {
		d = slices.Min(above)
	} else if len([]rune(b)) > len(y) {
		return bound + 1
	}
	if d > 0 && (len(y) == 0 || x[0] != y[0]) {
		d++
	}
	return d
}

func (i *index) compare(q query, a, b match) int {
	for _, r := range i.settings.RankingRules {
		c := 0
		switch r {
		case "words": // all are matched
		case "typo":
			c = cmp.Compare(a.typos, b.typos)
		case "attributeRank":
			c = cmp.Compare(a.rank, b.rank)
		case "exactness":
			c = cmp.Compare(b.exact, a.exact)
		case "sort":
			c = compareBy(q.Sort, i.docs[a.doc], i.docs[b.doc])
		default:
			c = compareBy([]string{r}, i.docs[a.doc], i.docs[b.doc])
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// count counts the values of facets in the matches.
func (i *index) count(facets []string, matches []match) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	most := 100
	if i.settings.Faceting != nil {
		most = i.settings.Faceting.MaxValuesPerFacet
	}
	for _, f := range facets {
		if !slices.Contains(i.settings.FilterableAttributes, f) {
			return nil, invalid("invalid_search_facets", "Attribute `%s` is not filterable.", f)
		}
		counts := map[string]int{}
		for _, m := range matches {
			switch v := i.docs[m.doc][f].(type) {
			case nil:
			case []any:
				seen := map[string]bool{}
				for _, one := range v {
					if text := fmt.Sprint(one); !seen[text] {
						seen[text] = true
						counts[text]++
					}
				}
			default:
				counts[fmt.Sprint(v)]++
			}
		}
		if len(counts) > most {
			return nil, invalid("invalid_search_facets", "more than %d values: the server would cut them", most)
		}
		out[f] = counts
	}
	return out, nil
}
