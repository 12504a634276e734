package search

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// broad is the number of hits above which bm25 (3 µs a document) costs more
// than it tells: so common a word says little, and where it stands says enough.
const broad = 600

// matching runs the full-text query and scores what it finds, lower is better.
func (e *Embedded) matching(ctx context.Context, t *table, asked question, ranked bool) ([]hit, error) {
	key := foundKey{asked.expression(), asked.closest(), ranked}
	if hits, ok := e.found.get(t.rev, key); ok {
		return hits, nil
	}
	hits, err := e.unranked(ctx, key.expression)
	switch {
	case err != nil || !ranked:
	case len(hits) <= broad:
		hits, err = e.ranked(ctx, key.expression)
	default:
		err = e.placed(ctx, t, key.expression, hits)
	}
	if err == nil && ranked && key.closest != "" {
		err = e.lift(ctx, key.closest, 4, hits)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	e.found.put(t.rev, key, hits)
	return hits, nil
}

// unranked finds the documents in the order of their numbers. They come as one
// text, which is far cheaper to fetch than a row for each.
func (e *Embedded) unranked(ctx context.Context, expression string) ([]hit, error) {
	numbers, err := e.numbers(ctx, `
SELECT COALESCE(group_concat(rowid, ' '), '')
FROM words
WHERE words MATCH $1`, expression)
	hits := make([]hit, len(numbers))
	for i, n := range numbers {
		hits[i].n = n
	}
	return hits, err
}

// ranked finds the documents with their bm25, in units of 10^-12.
func (e *Embedded) ranked(ctx context.Context, expression string) ([]hit, error) {
	numbers, err := e.numbers(ctx, `
SELECT COALESCE(group_concat(rowid || ' ' || CAST(rank * 1000000000000 AS INTEGER), ' '), '')
FROM words
WHERE words MATCH $1`, expression)
	hits := make([]hit, len(numbers)/2)
	for i := range hits {
		hits[i] = hit{numbers[2*i], numbers[2*i+1]}
	}
	return hits, err
}

// placed scores hits by where everything asked for stands: the title, then what
// the piece is, then anywhere; the newest first in each.
func (e *Embedded) placed(ctx context.Context, t *table, expression string, hits []hit) error {
	for i := range hits {
		if n := hits[i].n; n < int64(len(t.rows)) && t.rows[n] != nil {
			hits[i].score = -t.rows[n].published
		}
	}
	for _, columns := range []string{"{title kind}", "{title}"} {
		if err := e.lift(ctx, columns+" : ("+expression+")", 1, hits); err != nil {
			return err
		}
	}
	return nil
}

// tier is more than any two scores of one kind are apart; seven fit.
const tier = int64(1) << 60

// lift puts those of the hits that meet an expression so many tiers higher.
func (e *Embedded) lift(ctx context.Context, expression string, tiers int64, hits []hit) error {
	in, err := e.unranked(ctx, expression)
	if err != nil {
		return err
	}
	at := 0
	for i := range hits {
		for at < len(in) && in[at].n < hits[i].n {
			at++
		}
		if at < len(in) && in[at].n == hits[i].n {
			hits[i].score -= tiers * tier
		}
	}
	return nil
}

func (e *Embedded) numbers(ctx context.Context, statement, expression string) ([]int64, error) {
	var text string
	if err := e.db.GetContext(ctx, &text, statement, expression); err != nil {
		return nil, err
	}
	out := make([]int64, 0, strings.Count(text, " ")+1)
	for n := range strings.FieldsSeq(text) {
		v, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// foundCache keeps what texts found at the newest revision, for the pages and
// filters that a person tries after one text.
type foundCache struct {
	mu   sync.Mutex
	rev  int64
	size int
	held map[foundKey][]hit
}

type foundKey struct {
	expression string
	closest    string
	ranked     bool
}

const maxFound = 200_000 // hits, 16 bytes each

func (c *foundCache) get(rev int64, key foundKey) ([]hit, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	hits, ok := c.held[key]
	return hits, ok && c.rev == rev
}

func (c *foundCache) put(rev int64, key foundKey, hits []hit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rev < c.rev {
		return
	}
	if rev > c.rev || c.held == nil || c.size+len(hits) > maxFound || len(c.held) >= 1_000 {
		c.held, c.rev, c.size = map[foundKey][]hit{}, rev, 0
	}
	c.held[key] = hits
	c.size += len(hits)
}
