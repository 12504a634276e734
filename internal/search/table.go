package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"saebaan/internal/money"
)

// fields are the facets of values, in the order of row.values.
var fields = [...]string{FacetCraft, FacetTechnique, FacetGarment, FacetFabric, FacetColour, FacetSize, FacetArea}

const nFields = len(fields)

// row is what filters, counts and orders need of one document. It is never
// changed once it is in a table.
type row struct {
	id        string
	price     int64
	published int64
	inStock   bool
	oneOff    bool
	made      bool
	values    [nFields][]int32 // numbers of the values, see names
}

// names numbers the values of each field; numbers are only ever added.
type names struct {
	mu     sync.RWMutex
	number [nFields]map[string]int32
	text   [nFields][]string
}

func newNames() *names {
	n := &names{}
	for f := range nFields {
		n.number[f] = map[string]int32{}
	}
	return n
}

func (n *names) of(field int, value string) int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.number[field][value]
	if !ok {
		i = int32(len(n.text[field]))
		n.number[field][value] = i
		n.text[field] = append(n.text[field], value)
	}
	return i
}

// known gives the numbers of the values that exist; none existing is not the
// same as no filter.
func (n *names) known(field int, values []string) []int32 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	out := make([]int32, 0, len(values))
	for _, v := range values {
		if i, ok := n.number[field][v]; ok {
			out = append(out, i)
		}
	}
	return out
}

// texts is the values of a field as they are now, by number.
func (n *names) texts(field int) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.text[field]
}

// table is all rows at one revision of the index, unchangeable and shared.
type table struct {
	rev    int64
	rows   []*row // by document number; nil where there is none
	live   int
	names  *names
	all    sync.Once
	counts map[string][]Bucket // of all rows, see whole
}

// hit is a document that the text found, with its relevance (lower is better).
type hit struct {
	n     int64
	score int64
}

const (
	filterPrice = nFields + iota
	filterStock
	filterOneOff
	filterMade
	nFilters
)

// filter is a query's conditions with values as numbers.
type filter struct {
	values  [nFields][]int32
	set     [nFields]bool
	min     int64
	max     int64
	inStock bool
	oneOff  bool
	made    bool
}

func (t *table) filter(q Query) filter {
	f := filter{min: int64(q.MinPrice), max: int64(q.MaxPrice), inStock: q.InStock, oneOff: q.OneOff, made: q.MadeToOrder}
	if f.max == 0 {
		f.max = math.MaxInt64
	}
	for i, values := range [nFields][]string{q.Crafts, q.Techniques, q.Garments, q.Fabrics, q.Colours, q.Sizes, q.Areas} {
		f.set[i] = len(values) > 0
		f.values[i] = t.names.known(i, values)
	}
	return f
}

func (f *filter) empty() bool {
	return f.set == [nFields]bool{} && f.min <= 0 && f.max == math.MaxInt64 && !f.inStock && !f.oneOff && !f.made
}

// fails counts the conditions r does not meet, and names one of them.
func (f *filter) fails(r *row) (count, which int) {
	if r.price < f.min || r.price > f.max {
		count, which = count+1, filterPrice
	}
	if f.inStock && !r.inStock {
		count, which = count+1, filterStock
	}
	if f.oneOff && !r.oneOff {
		count, which = count+1, filterOneOff
	}
	if f.made && !r.made {
		count, which = count+1, filterMade
	}
	for i := range f.set {
		if f.set[i] && !meet(f.values[i], r.values[i]) {
			count, which = count+1, i
		}
	}
	return count, which
}

func meet(wanted, has []int32) bool {
	for _, h := range has {
		if slices.Contains(wanted, h) {
			return true
		}
	}
	return false
}

// tally counts facets: a row that meets all conditions counts everywhere, a row
// that misses one counts in that one's facet.
type tally struct {
	values  [nFields][]int64
	inStock int64
	oneOff  int64
	made    int64
	bands   [len(Bands)]int64
}

func (c *tally) add(field int, numbers []int32) {
	for _, n := range numbers {
		for int(n) >= len(c.values[field]) {
			c.values[field] = append(c.values[field], make([]int64, int(n)+16-len(c.values[field]))...)
		}
		c.values[field][n]++
	}
}

func (c *tally) count(r *row, only int) {
	if only < nFields {
		if only >= 0 {
			c.add(only, r.values[only])
			return
		}
		for f := range nFields {
			c.add(f, r.values[f])
		}
	}
	if r.inStock && (only < 0 || only == filterStock) {
		c.inStock++
	}
	if r.oneOff && (only < 0 || only == filterOneOff) {
		c.oneOff++
	}
	if r.made && (only < 0 || only == filterMade) {
		c.made++
	}
	if only < 0 || only == filterPrice {
		for i, b := range Bands {
			if b.Has(money.Paise(r.price)) {
				c.bands[i]++
			}
		}
	}
}

func (c *tally) buckets(n *names) map[string][]Bucket {
	out := make(map[string][]Bucket, nFilters)
	for f, counts := range c.values {
		texts := n.texts(f)
		list := []Bucket{}
		for i, count := range counts {
			if count > 0 {
				list = append(list, Bucket{texts[i], count})
			}
		}
		slices.SortFunc(list, func(a, b Bucket) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
		out[fields[f]] = list
	}
	out[FacetInStock], out[FacetOneOff], out[FacetMade] = yes(c.inStock), yes(c.oneOff), yes(c.made)
	out[FacetPrice] = []Bucket{}
	for i, b := range Bands {
		if c.bands[i] > 0 {
			out[FacetPrice] = append(out[FacetPrice], Bucket{b.Value, c.bands[i]})
		}
	}
	return out
}

func yes(count int64) []Bucket {
	if count == 0 {
		return []Bucket{}
	}
	return []Bucket{{"true", count}}
}

// whole is the counts over every row, made once per revision and copied out.
func (t *table) whole() map[string][]Bucket {
	t.all.Do(func() {
		var c tally
		for _, r := range t.rows {
			if r != nil {
				c.count(r, -1)
			}
		}
		t.counts = c.buckets(t.names)
	})
	out := make(map[string][]Bucket, len(t.counts))
	for name, list := range t.counts {
		out[name] = slices.Clone(list)
	}
	return out
}
