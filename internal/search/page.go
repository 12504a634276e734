package search

import (
	"cmp"
	"strings"
)

// entry is a row in the order asked for: by key, then by id.
type entry struct {
	place
	r *row
}

func before(a, b place) int {
	return cmp.Or(cmp.Compare(a.key, b.key), strings.Compare(a.id, b.id))
}

// keyOf is what the order sorts by, smallest first.
func keyOf(sort Sort, r *row, score int64) int64 {
	switch sort {
	case SortPriceUp:
		return r.price
	case SortPriceDown:
		return -r.price
	case SortNew:
		return -r.published
	}
	return score
}

// page keeps the first limit entries after a place, as a heap with the last of
// them on top, so that a row that is too late costs one comparison.
type page struct {
	heap  []entry
	limit int
	after *place
	more  bool
}

func (p *page) offer(e entry) {
	if p.after != nil && before(e.place, *p.after) <= 0 {
		return
	}
	if len(p.heap) < p.limit {
		p.heap = append(p.heap, e)
		for i := len(p.heap) - 1; i > 0; {
			up := (i - 1) / 2
			if before(p.heap[up].place, p.heap[i].place) >= 0 {
				break
			}
			p.heap[up], p.heap[i] = p.heap[i], p.heap[up]
			i = up
		}
		return
	}
	p.more = true
	if before(e.place, p.heap[0].place) < 0 {
		p.heap[0] = e
		p.sink(len(p.heap))
	}
}

// sink restores the heap of the first n entries below its top.
func (p *page) sink(n int) {
	for i := 0; ; {
		big := i
		for c := 2*i + 1; c <= 2*i+2 && c < n; c++ {
			if before(p.heap[c].place, p.heap[big].place) > 0 {
				big = c
			}
		}
		if big == i {
			return
		}
		p.heap[i], p.heap[big] = p.heap[big], p.heap[i]
		i = big
	}
}

// sorted empties the heap into its order.
func (p *page) sorted() []entry {
	for n := len(p.heap) - 1; n > 0; n-- {
		p.heap[0], p.heap[n] = p.heap[n], p.heap[0]
		p.sink(n)
	}
	return p.heap
}

// result runs the filters, the counts and the page over all rows, or over hits
// when the query has words.
func (t *table) result(q Query, from *Place, hits []hit, worded bool) Result {
	f := t.filter(q)
	p, skip, at := page{limit: q.Limit}, 0, 0
	switch {
	case from == nil:
	case from.Engine == ByEmbedded || q.ByKey():
		p.after, at = &place{from.Key, from.ID}, from.At
	default: // another engine's relevance: only the number of pieces seen tells
		skip, at = from.At, from.At
		p.limit += skip
	}
	p.heap = make([]entry, 0, min(p.limit, 1_000))
	counted := worded || !f.empty()
	sort := q.Sort
	if !worded && sort == SortRelevance {
		sort = SortNew
	}
	var c tally
	var res Result
	visit := func(r *row, score int64) {
		if counted {
			missed, which := f.fails(r)
			if missed == 1 {
				c.count(r, which)
			}
			if missed > 0 {
				return
			}
			c.count(r, -1)
		}
		res.Total++
		p.offer(entry{place{keyOf(sort, r, score), r.id}, r})
	}
	if worded {
		for _, h := range hits {
			if h.n < int64(len(t.rows)) && t.rows[h.n] != nil {
				visit(t.rows[h.n], h.score)
			}
		}
	} else {
		for _, r := range t.rows {
			if r != nil {
				visit(r, 0)
			}
		}
	}
	if counted {
		res.Facets = c.buckets(t.names)
	} else {
		res.Facets = t.whole()
	}
	entries := p.sorted()
	entries = entries[min(skip, len(entries)):]
	res.IDs = make([]string, len(entries))
	for i, e := range entries {
		res.IDs[i] = e.id
	}
	if p.more {
		last := entries[len(entries)-1].place
		res.HasMore, res.NextCursor = true, q.CursorAt(Place{ByEmbedded, last.key, at + len(entries), last.id})
	}
	return res
}
