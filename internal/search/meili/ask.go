package meili

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"saebaan/internal/search"
)

// facets are attributes of documents under the names of their facets.
var facets = []string{search.FacetCraft, search.FacetTechnique, search.FacetGarment, search.FacetFabric, search.FacetColour, search.FacetSize, search.FacetArea,
	search.FacetInStock, search.FacetOneOff, search.FacetMade}

// Search asks the server once, and twice more when nothing is called as typed.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	q, err := q.Checked()
	if err != nil {
		return search.Result{}, err
	}
	from, err := q.After()
	if err != nil {
		return search.Result{}, err
	}
	words := search.Asked(q.Text)
	if len(words) == 0 && strings.TrimSpace(q.Text) != "" {
		return nothing(), nil
	}
	limited, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	a := asking{e: e, q: q, from: from, worded: len(words) > 0}
	ways := waysOf(words)
	result, found, err := a.ask(limited, ways[0])
	if err != nil || found {
		return result, own(ctx, err)
	}
	way, err := a.first(limited, ways[1:])
	if err != nil || way == nil {
		return nothing(), own(ctx, err)
	}
	result, _, err = a.ask(limited, *way)
	return result, own(ctx, err)
}

// own is the caller's own reason to stop, or the server's.
func own(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return away(err)
}

func nothing() search.Result {
	r := search.Result{IDs: []string{}, Facets: map[string][]search.Bucket{search.FacetPrice: {}}}
	for _, f := range facets {
		r.Facets[f] = []search.Bucket{}
	}
	return r
}

// way is one way to look for the words: what, and where.
type way struct {
	text string
	on   []string
}

// waysOf gives the ways from the nearest to the furthest.
func waysOf(words []search.Word) []way {
	if len(words) == 0 {
		return []way{{}}
	}
	last := words[len(words)-1]
	write := func(form func(search.Word) string, open bool) string {
		var out []string
		for _, w := range words {
			out = append(out, form(w))
		}
		if text := strings.Join(out, " "); open {
			return text
		}
		return strings.Join(out, " ") + " " // the server takes a last word before a space as whole
	}
	typed := func(w search.Word) string { return cmp.Or(w.Meaning, w.Plain) }
	open := last.Open && last.Meaning == ""
	ways := []way{{write(typed, open), asTyped}}
	if last.Open && last.Meaning != "" { // it may be the beginning of another word than the one it means
		literal := func(w search.Word) string {
			if w == last {
				return w.Plain
			}
			return typed(w)
		}
		ways = append(ways, way{write(literal, true), asTyped})
	}
	ways = append(ways, way{write(func(w search.Word) string { return cmp.Or(w.Meaning, w.Sound) }, open), bySound}, way{write(typed, open), withSlips})
	if !slices.ContainsFunc(words, func(w search.Word) bool { return w.Meaning == "" && w.Bones == "" }) {
		ways = append(ways, way{write(func(w search.Word) string { return cmp.Or(w.Meaning, w.Bones) }, false), byBones})
	}
	return ways
}

// asking is one question.
type asking struct {
	e      *Engine
	q      search.Query
	from   *search.Place
	worded bool
}

// hit is what is asked for of each document.
type hit struct {
	ID        string `json:"id"`
	Price     int64  `json:"price"`
	Published int64  `json:"published"`
}

// seenAgain is how many places before and after its number a piece is looked for
// that a page by relevance ended with.
const seenAgain = 50

func (a asking) query(w way, filter string) *meilisearch.SearchRequest {
	one := int64(1)
	return &meilisearch.SearchRequest{IndexUID: a.e.uid, Query: w.text, AttributesToSearchOn: w.on, MatchingStrategy: meilisearch.All,
		AttributesToRetrieve: []string{"id", "price", "published"}, Filter: nonempty(filter), HitsPerPage: &one, Page: 1}
}

func nonempty(filter string) any {
	if filter == "" {
		return nil
	}
	return filter
}

// ask puts the whole question in one request: the page, the counts, and for each
// filter the counts without it. It is not found when the words are in no document,
// whatever the filters.
func (a asking) ask(ctx context.Context, w way) (search.Result, bool, error) {
	filters := filtersOf(a.q)
	whole := a.query(w, filters.except(""))
	whole.Facets = append([]string{band}, facets...)
	page := a.query(w, filters.with(a.after()))
	page.Sort = a.sort()
	perPage := int64(a.q.Limit) + 1
	if a.from != nil && !a.q.ByKey() {
		perPage += int64(a.from.At) + seenAgain
	}
	page.HitsPerPage = &perPage
	queries := []*meilisearch.SearchRequest{whole, page}
	if a.worded && len(filters) > 0 {
		queries = append(queries, a.query(w, ""))
	}
	first := len(queries)
	for _, f := range filters {
		counts := a.query(w, filters.except(f.facet))
		counts.Facets = []string{f.facet}
		queries = append(queries, counts)
	}
	answers, err := a.e.multi(ctx, queries)
	if err != nil {
		return search.Result{}, false, err
	}
	if a.worded && answers[first-1].TotalHits == 0 && answers[0].TotalHits == 0 {
		return search.Result{}, false, nil
	}
	r, err := a.page(answers[1])
	if err != nil {
		return search.Result{}, false, err
	}
	r.Total, r.Facets = answers[0].TotalHits, nothing().Facets
	for i, answer := range append([]meilisearch.SearchResponse{answers[0]}, answers[first:]...) {
		counts := map[string]map[string]int64{}
		if err := json.Unmarshal(answer.FacetDistribution, &counts); err != nil {
			return search.Result{}, false, err
		}
		for facet, values := range counts {
			if i == 0 || facet == filters[i-1].facet {
				setBuckets(r.Facets, facet, values)
			}
		}
	}
	return r, true, nil
}

// first finds the first of the ways on which there is anything.
func (a asking) first(ctx context.Context, ways []way) (*way, error) {
	if len(ways) == 0 {
		return nil, nil
	}
	var queries []*meilisearch.SearchRequest
	for _, w := range ways {
		queries = append(queries, a.query(w, ""))
	}
	answers, err := a.e.multi(ctx, queries)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		if answer.TotalHits > 0 {
			return &ways[i], nil
		}
	}
	return nil, nil
}

func (e *Engine) multi(ctx context.Context, queries []*meilisearch.SearchRequest) ([]meilisearch.SearchResponse, error) {
	out, err := e.client.MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{Queries: queries})
	if err != nil {
		return nil, err
	}
	if len(out.Results) != len(queries) {
		return nil, fmt.Errorf("%d answers to %d questions", len(out.Results), len(queries))
	}
	return out.Results, nil
}

// page cuts the page out of the hits and says where the next begins.
func (a asking) page(answer meilisearch.SearchResponse) (search.Result, error) {
	var hits []hit
	if err := answer.Hits.DecodeInto(&hits); err != nil {
		return search.Result{}, err
	}
	at := 0
	if a.from != nil {
		at = a.from.At
		if !a.q.ByKey() {
			start := at
			if i := slices.IndexFunc(hits, func(h hit) bool { return h.ID == a.from.ID }); i >= at-1-seenAgain && i >= 0 && a.from.Engine == search.ByMeilisearch {
				start = i + 1
			}
			hits = hits[min(start, len(hits)):]
		}
	}
	r := search.Result{IDs: []string{}, HasMore: len(hits) > a.q.Limit}
	hits = hits[:min(len(hits), a.q.Limit)]
	for _, h := range hits {
		r.IDs = append(r.IDs, h.ID)
	}
	if r.HasMore {
		last := hits[len(hits)-1]
		r.NextCursor = a.q.CursorAt(search.Place{Engine: search.ByMeilisearch, Key: a.key(last), At: at + len(hits), ID: last.ID})
	}
	return r, nil
}

// key is what the order sorts by, smallest first, as in the other engine.
func (a asking) key(h hit) int64 {
	switch {
	case a.q.Sort == search.SortPriceUp:
		return h.Price
	case a.q.Sort == search.SortPriceDown:
		return -h.Price
	case a.q.ByKey():
		return -h.Published
	}
	return 0
}

func (a asking) sort() []string {
	switch {
	case a.q.Sort == search.SortPriceUp:
		return []string{"price:asc", "tie:asc"}
	case a.q.Sort == search.SortPriceDown:
		return []string{"price:desc", "tie:asc"}
	case a.q.ByKey():
		return []string{"published:desc", "tie:asc"}
	}
	return nil
}

// after is the condition of what comes after the last page, where keys tell.
func (a asking) after() string {
	if a.from == nil || !a.q.ByKey() {
		return ""
	}
	attribute, sign, key := "published", "<", -a.from.Key
	switch a.q.Sort {
	case search.SortPriceUp:
		attribute, sign, key = "price", ">", a.from.Key
	case search.SortPriceDown:
		attribute = "price"
	}
	return fmt.Sprintf("(%s %s %d OR (%s = %d AND tie > %d))", attribute, sign, key, attribute, key, tie(a.from.ID))
}

// filters are the conditions of a query, each under its facet.
type filters []struct{ facet, condition string }

func filtersOf(q search.Query) filters {
	var out filters
	add := func(facet, condition string) { out = append(out, struct{ facet, condition string }{facet, condition}) }
	for i, values := range [][]string{q.Crafts, q.Techniques, q.Garments, q.Fabrics, q.Colours, q.Sizes, q.Areas} {
		if len(values) > 0 {
			quoted := make([]string, len(values))
			for j, v := range values {
				quoted[j] = quote(v)
			}
			add(facets[i], facets[i]+" IN ["+strings.Join(quoted, ", ")+"]")
		}
	}
	if q.MinPrice > 0 || q.MaxPrice > 0 {
		most := int64(q.MaxPrice)
		if most == 0 {
			most = math.MaxInt32 * 100
		}
		add(band, "price >= "+strconv.FormatInt(int64(q.MinPrice), 10)+" AND price <= "+strconv.FormatInt(most, 10))
	}
	for facet, on := range map[string]bool{search.FacetInStock: q.InStock, search.FacetOneOff: q.OneOff, search.FacetMade: q.MadeToOrder} {
		if on {
			add(facet, facet+" = true")
		}
	}
	return out
}

// quote writes a value so that nothing in it is read as part of the filter.
func quote(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

// except joins the conditions but one facet's; "" leaves none out.
func (f filters) except(facet string) string {
	var out []string
	for _, c := range f {
		if c.facet != facet {
			out = append(out, "("+c.condition+")")
		}
	}
	return strings.Join(out, " AND ")
}

// with joins the conditions and one more.
func (f filters) with(condition string) string {
	all := f.except("")
	if all == "" || condition == "" {
		return all + condition
	}
	return all + " AND " + condition
}

// setBuckets writes the counts of one facet as search.Result has them.
func setBuckets(into map[string][]search.Bucket, facet string, values map[string]int64) {
	list := []search.Bucket{}
	switch facet {
	case band:
		for _, b := range search.Bands {
			if values[b.Value] > 0 {
				list = append(list, search.Bucket{Value: b.Value, Count: values[b.Value]})
			}
		}
		facet = search.FacetPrice
	case search.FacetInStock, search.FacetOneOff, search.FacetMade:
		if values["true"] > 0 {
			list = append(list, search.Bucket{Value: "true", Count: values["true"]})
		}
	default:
		for v, n := range values {
			list = append(list, search.Bucket{Value: v, Count: n})
		}
		slices.SortFunc(list, func(a, b search.Bucket) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
	}
	into[facet] = list
}
