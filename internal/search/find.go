package search

import (
	"context"
	"slices"
	"strings"
)

// Search returns one page with its counts.
func (e *Embedded) Search(ctx context.Context, q Query) (Result, error) {
	q, err := q.Checked()
	if err != nil {
		return Result{}, err
	}
	after, err := q.After()
	if err != nil {
		return Result{}, err
	}
	t, err := e.current(ctx)
	if err != nil {
		return Result{}, err
	}
	asked := understand(q.Text)
	if len(asked.groups) == 0 {
		if strings.TrimSpace(q.Text) != "" {
			return t.result(q, after, nil, true), nil // signs only: nothing is called that
		}
		return t.result(q, after, nil, false), nil
	}
	hits, err := e.hits(ctx, t, asked, q.Sort == SortRelevance)
	if err != nil {
		return Result{}, err
	}
	return t.result(q, after, hits, true), nil
}

// current gives the rows of the file as it is now: those held, and those that
// any process wrote or removed since.
func (e *Embedded) current(ctx context.Context) (*table, error) {
	var rev int64
	if err := e.db.GetContext(ctx, &rev, "SELECT rev FROM state"); err != nil {
		return nil, unavailable(err)
	}
	if t := e.table.Load(); t.rev >= rev {
		return t, nil
	}
	e.loading.Lock()
	defer e.loading.Unlock()
	old := e.table.Load()
	if old.rev >= rev {
		return old, nil
	}
	t, err := e.since(ctx, old, rev)
	if err != nil {
		return nil, unavailable(err)
	}
	e.table.Store(t)
	return t, nil
}

type stored struct {
	N         int64  `db:"n"`
	ID        string `db:"id"`
	Price     int64  `db:"price_paise"`
	Published int64  `db:"published_at"`
	InStock   bool   `db:"in_stock"`
	OneOff    bool   `db:"one_off"`
	Made      bool   `db:"made_to_order"`
	Chosen    string `db:"chosen"`
}

// since copies old and applies what was written after it. What is written while
// this reads may be in or out: its revision is above rev, so it is read again.
func (e *Embedded) since(ctx context.Context, old *table, rev int64) (*table, error) {
	t := &table{rev: rev, names: old.names, rows: slices.Clone(old.rows)}
	rows, err := e.db.QueryxContext(ctx, `
SELECT n, id, price_paise, published_at, in_stock, one_off, made_to_order, chosen
FROM docs
WHERE rev > $1`, old.rev)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.N, &s.ID, &s.Price, &s.Published, &s.InStock, &s.OneOff, &s.Made, &s.Chosen); err != nil {
			return nil, err
		}
		if grow := int(s.N) + 1 - len(t.rows); grow > 0 {
			t.rows = append(t.rows, make([]*row, grow)...)
		}
		t.rows[s.N] = t.row(s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var gone []int64
	if err := e.db.SelectContext(ctx, &gone, "SELECT n FROM gone WHERE rev > $1", old.rev); err != nil {
		return nil, err
	}
	for _, n := range gone {
		if n < int64(len(t.rows)) {
			t.rows[n] = nil
		}
	}
	for _, r := range t.rows {
		if r != nil {
			t.live++
		}
	}
	return t, nil
}

func (t *table) row(s stored) *row {
	r := &row{id: s.ID, price: s.Price, published: s.Published, inStock: s.InStock, oneOff: s.OneOff, made: s.Made}
	f := 0
	for values := range strings.SplitSeq(s.Chosen, betweenFields) {
		if f == nFields {
			break
		}
		for v := range strings.SplitSeq(values, betweenValues) {
			if n := t.names.of(f, v); v != "" && !slices.Contains(r.values[f], n) {
				r.values[f] = append(r.values[f], n)
			}
		}
		f++
	}
	return r
}

// hits asks the words; when nothing answers as typed, slips are forgiven in
// every word, since the vocabulary may still hold words of pieces now gone.
func (e *Embedded) hits(ctx context.Context, t *table, asked question, ranked bool) ([]hit, error) {
	unknown, err := e.forgive(ctx, t.rev, asked, false)
	if err != nil {
		return nil, err
	}
	found, err := e.matching(ctx, t, asked, ranked)
	if err != nil || len(found) > 0 || unknown == len(asked.groups) {
		return found, err
	}
	if _, err := e.forgive(ctx, t.rev, asked, true); err != nil {
		return nil, err
	}
	return e.matching(ctx, t, asked, ranked)
}

// forgive widens the groups the vocabulary does not know, or all of them, and
// says how many those were. An old vocabulary is read anew only when a word is
// missing from it.
func (e *Embedded) forgive(ctx context.Context, rev int64, asked question, all bool) (int, error) {
	e.wordsMu.Lock()
	defer e.wordsMu.Unlock()
	unknown := 0
	for i := range asked.groups {
		g := &asked.groups[i]
		if !all && e.words != nil && g.known(e.words) {
			continue
		}
		if e.words == nil || e.words.rev < rev {
			if err := e.readWords(ctx, rev); err != nil {
				return 0, err
			}
		}
		if all || !g.known(e.words) {
			g.forgive(e.words)
			unknown++
		}
	}
	return unknown, nil
}

func (e *Embedded) readWords(ctx context.Context, rev int64) error {
	var terms []string
	if err := e.db.SelectContext(ctx, &terms, "SELECT term FROM words_seen"); err != nil {
		return unavailable(err)
	}
	v := newVocabulary(rev)
	for _, t := range terms {
		v.add(t)
	}
	e.words = v
	return nil
}

// learn adds the words of a Put of ours, so that they need not be read back.
func (e *Embedded) learn(rev int64, texts []string) {
	e.wordsMu.Lock()
	defer e.wordsMu.Unlock()
	if e.words == nil || e.words.rev != rev-1 {
		return
	}
	for _, t := range texts {
		for term := range strings.FieldsSeq(t) {
			e.words.add(term)
		}
	}
	e.words.rev = rev
}
