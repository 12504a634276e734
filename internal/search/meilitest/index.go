package meilitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// settings are those that a client of ours may set; any other is refused.
type settings struct {
	DisplayedAttributes  []string `json:"displayedAttributes"`
	SearchableAttributes []string `json:"searchableAttributes"`
	FilterableAttributes []string `json:"filterableAttributes"`
	SortableAttributes   []string `json:"sortableAttributes"`
	RankingRules         []string `json:"rankingRules"`
	ProximityPrecision   string   `json:"proximityPrecision"`
	TypoTolerance        *struct {
		Enabled             bool `json:"enabled"`
		MinWordSizeForTypos struct {
			OneTypo  int `json:"oneTypo"`
			TwoTypos int `json:"twoTypos"`
		} `json:"minWordSizeForTypos"`
		DisableOnWords      []string `json:"disableOnWords"`
		DisableOnAttributes []string `json:"disableOnAttributes"`
		DisableOnNumbers    bool     `json:"disableOnNumbers"`
	} `json:"typoTolerance"`
	Pagination *struct {
		MaxTotalHits int `json:"maxTotalHits"`
	} `json:"pagination"`
	Faceting *struct {
		MaxValuesPerFacet int               `json:"maxValuesPerFacet"`
		SortFacetValuesBy map[string]string `json:"sortFacetValuesBy"`
	} `json:"faceting"`
}

// index is the documents of one name. Words are found by lists of where they
// stand; a document that was replaced or removed stays in them, dead.
type index struct {
	createdAt, updatedAt time.Time
	primaryKey           *string
	settings             settings
	byID                 map[string]int
	docs                 []map[string]any // nil where dead
	words                map[string][]place
}

// place is a document and the searchable attributes, by their number, in which a
// word stands.
type place struct {
	doc  int
	mask uint32
}

// made is the index of a name, new when there was none.
func (s *Server) made(uid string) *index {
	i := s.indexes[uid]
	if i == nil {
		i = &index{createdAt: time.Now(), updatedAt: time.Now(), byID: map[string]int{}, words: map[string][]place{}}
		i.settings.RankingRules = []string{"words", "typo", "attributeRank", "sort", "exactness"}
		s.indexes[uid] = i
	}
	return i
}

var ruleForm = regexp.MustCompile(`^(words|typo|attributeRank|sort|exactness|[a-z_]+:(asc|desc))$`)

func (i *index) apply(wanted settings) error {
	for _, r := range wanted.RankingRules {
		if !ruleForm.MatchString(r) {
			return invalid("invalid_settings_ranking_rules", "`%s` is not imitated", r)
		}
	}
	i.settings = wanted
	live := i.docs
	i.docs, i.byID, i.words = nil, map[string]int{}, map[string][]place{}
	for _, d := range live {
		if d != nil {
			i.insert(cut(d, wanted.SearchableAttributes))
		}
	}
	return nil
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,511}$`)

// put replaces documents, all or none.
func (i *index) put(docs []cutDocument) error {
	for _, d := range docs {
		if id := fmt.Sprint(d.doc[*i.primaryKey]); !idForm.MatchString(id) {
			return invalid("invalid_document_id", "Document identifier `%s` is invalid.", id)
		}
	}
	for _, d := range docs {
		i.remove(fmt.Sprint(d.doc[*i.primaryKey]))
		i.insert(d)
	}
	return nil
}

func (i *index) remove(id string) {
	if n, held := i.byID[id]; held {
		i.docs[n] = nil
		delete(i.byID, id)
	}
}

// cutDocument is a document with the words of its attributes, which are cut before
// the lock is taken: a server does not keep searches waiting for that.
type cutDocument struct {
	doc   map[string]any
	masks map[string]uint32
}

func cut(d map[string]any, attributes []string) cutDocument {
	masks := map[string]uint32{}
	for a, name := range attributes {
		for _, w := range wordsIn(textOf(d[name])) {
			masks[w] |= 1 << a
		}
	}
	return cutDocument{d, masks}
}

func (i *index) insert(d cutDocument) {
	n := len(i.docs)
	i.docs = append(i.docs, d.doc)
	i.byID[fmt.Sprint(d.doc[*i.primaryKey])] = n
	for w, m := range d.masks {
		i.words[w] = append(i.words[w], place{n, m})
	}
}

func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = textOf(one)
		}
		return strings.Join(parts, ". ")
	}
	return fmt.Sprint(v)
}

func wordsIn(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) })
}

func (i *index) fetch(sent []byte) (any, int, error) {
	q := struct {
		Offset int      `json:"offset"`
		Limit  int      `json:"limit"`
		Fields []string `json:"fields"`
		IDs    []string `json:"ids"`
		Filter any      `json:"filter"`
		Sort   []string `json:"sort"`
	}{Limit: 20}
	if err := read(sent, &q); err != nil {
		return nil, 0, err
	}
	keep, err := i.condition(q.Filter)
	if err != nil {
		return nil, 0, err
	}
	var found []map[string]any
	for _, d := range i.docs {
		if d != nil && keep(d) && (q.IDs == nil || slices.Contains(q.IDs, fmt.Sprint(d[*i.primaryKey]))) {
			found = append(found, d)
		}
	}
	if err := i.checkSort(q.Sort); err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(found, func(a, b map[string]any) int { return compareBy(q.Sort, a, b) })
	total := len(found)
	found = found[min(q.Offset, total):]
	out := []any{}
	for _, d := range found[:min(q.Limit, len(found))] {
		out = append(out, only(d, q.Fields))
	}
	return map[string]any{"results": out, "offset": q.Offset, "limit": q.Limit, "total": total}, http.StatusOK, nil
}

// only is a document's named attributes, all of them for none.
func only(d map[string]any, fields []string) map[string]any {
	if fields == nil {
		return d
	}
	out := map[string]any{}
	for _, f := range fields {
		if v, ok := d[f]; ok {
			out[f] = v
		}
	}
	return out
}

func (i *index) checkSort(sort []string) error {
	for _, s := range sort {
		attribute, direction, _ := strings.Cut(s, ":")
		if direction != "asc" && direction != "desc" || !slices.Contains(i.settings.SortableAttributes, attribute) {
			return invalid("invalid_search_sort", "Attribute `%s` is not sortable.", attribute)
		}
	}
	return nil
}

// compareBy orders documents by attribute:asc and attribute:desc; one without the
// attribute comes last.
func compareBy(rules []string, a, b map[string]any) int {
	for _, r := range rules {
		attribute, direction, _ := strings.Cut(r, ":")
		x, hasX := number(a[attribute])
		y, hasY := number(b[attribute])
		switch {
		case hasX != hasY:
			if hasX {
				return -1
			}
			return 1
		case x == y:
		case (x < y) == (direction == "asc"):
			return -1
		default:
			return 1
		}
	}
	return 0
}

// number is a value as the server compares numbers: in double precision.
func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
