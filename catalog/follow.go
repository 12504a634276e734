package catalog

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/search"
)

const (
	followEvery = 250 * time.Millisecond
	// followOverlap covers the longest a write may take: a change carries the
	// instant its transaction began and is seen only when it commits.
	followOverlap = 45 * time.Second
	followPage    = 500
)

// Follower keeps one replica's index and pages in step with the database: it
// asks for what changed since it last asked, with an overlap, and passes each
// new version on once.
type Follower struct {
	catalog *Service
	engine  search.Engine
	changed func(products []string) // told after the index has followed
	asked   db.Time
	date    string // business date up to which dated cards have been followed
	seen    map[string]seenVersion
	imports map[string]bool
	put     map[string]bool // products that this round has put into the index

	season   string           // day on which collections were looked at last
	editions map[string]int64 // of collections that were seen
}

type seenVersion struct {
	version int64
	at      db.Time
}

// NewFollower goes on from a mark; changed may be nil. From now on the service
// may keep what it read, since this follower drops what changes.
func NewFollower(s *Service, engine search.Engine, from Mark, changed func([]string)) *Follower {
	s.shelf.mu.Lock()
	s.shelf.open = true
	s.shelf.mu.Unlock()
	return NewFeed(s, engine, from, changed)
}

// NewFeed is a follower for an index that other processes search too: what the
// service keeps in memory is not its affair.
func NewFeed(s *Service, engine search.Engine, from Mark, changed func([]string)) *Follower {
	f := &Follower{catalog: s, engine: engine, changed: changed, asked: from.Asked,
		seen: make(map[string]seenVersion, len(from.Seen)), imports: map[string]bool{}, put: map[string]bool{}, editions: map[string]int64{}}
	for shown := range from.Shown {
		f.imports[shown] = true
	}
	for product, version := range from.Seen {
		f.seen[product] = seenVersion{version, from.Asked}
	}
	return f
}

// Run follows until ctx is done, within followEvery of each change, and does what
// else is to be done with the index after each time; also may be nil.
func (f *Follower) Run(ctx context.Context, also func(context.Context)) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		if err := f.Once(ctx); err != nil && ctx.Err() == nil {
			slog.Error("following the catalogue", "error", err)
		}
		if also != nil {
			also(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Mark is where a follower stands, to go on from after a restart: the instant
// it asked up to, and what it has seen of the time that it will ask about again.
type Mark struct {
	Asked db.Time          `json:"asked"`
	Seen  map[string]int64 `json:"seen"`  // product → version
	Shown map[string]bool  `json:"shown"` // imports whose pieces are in the index
}

// Mark tells where the follower stands.
func (f *Follower) Mark() Mark {
	m := Mark{Asked: f.asked, Seen: make(map[string]int64, len(f.seen)), Shown: f.imports}
	for product, v := range f.seen {
		m.Seen[product] = v.version
	}
	return m
}

type changedRow struct {
	ID        string  `db:"id"`
	Version   int64   `db:"version"`
	ChangedAt db.Time `db:"changed_at"`
}

// Once follows everything that has changed by now.
func (f *Follower) Once(ctx context.Context) error {
	now, since := f.catalog.db.Clock.Now(), f.asked.Add(-followOverlap)
	last := changedRow{ChangedAt: since}
	f.put = map[string]bool{}
	for {
		var page []changedRow
		if err := f.catalog.db.Select(ctx, &page, `
			SELECT id, version, changed_at
			FROM products
			WHERE changed_at > $1 OR (changed_at = $1 AND id > $2)
			ORDER BY changed_at, id
			LIMIT $3`, last.ChangedAt, last.ID, followPage); err != nil {
			return err
		}
		var fresh []string
		for _, r := range page {
			if f.seen[r.ID].version < r.Version {
				fresh = append(fresh, r.ID)
			}
		}
		if err := f.renew(ctx, fresh); err != nil {
			return err
		}
		for _, r := range page {
			f.seen[r.ID], last = seenVersion{r.Version, r.ChangedAt}, r
		}
		if len(page) < followPage {
			break
		}
	}
	if err := f.flipped(ctx, since); err != nil {
		return err
	}
	if err := f.dated(ctx, now.Date()); err != nil {
		return err
	}
	if err := f.collections(ctx, since, now.Date()); err != nil {
		return err
	}
	for product, v := range f.seen {
		if v.at < since {
			delete(f.seen, product)
		}
	}
	f.asked = now
	return nil
}

// dated renews the pieces whose price card begins on a day that has come.
func (f *Follower) dated(ctx context.Context, today string) error {
	if f.date == "" {
		f.date = f.asked.Date()
	}
	if f.date == today {
		return nil
	}
	for after := ""; ; {
		var ids []string
		if err := f.catalog.db.Select(ctx, &ids, `
			SELECT v.product_id
			FROM price_cards c
			JOIN variants v ON v.id = c.variant_id
			WHERE c.from_date > $1 AND c.from_date <= $2 AND v.product_id > $3
			GROUP BY v.product_id
			ORDER BY v.product_id
			LIMIT $4`, f.date, today, after, followPage); err != nil {
			return err
		}
		if len(ids) == 0 {
			f.date = today
			return nil
		}
		if err := f.renew(ctx, ids); err != nil { // of the same version, which replaces itself
			return err
		}
		after = ids[len(ids)-1]
	}
}

// flipped renews the pieces of imports that became visible.
func (f *Follower) flipped(ctx context.Context, since db.Time) error {
	var visible []string
	if err := f.catalog.db.Select(ctx, &visible, `
		SELECT id
		FROM imports
		WHERE visible_at >= $1
		ORDER BY id`, since); err != nil {
		return err
	}
	for _, i := range visible {
		if f.imports[i] {
			continue
		}
		for after := ""; ; {
			var ids []string
			if err := f.catalog.db.Select(ctx, &ids, `
				SELECT id
				FROM products
				WHERE import_id = $1 AND id > $2 AND state = 'published'
				ORDER BY id
				LIMIT $3`, i, after, followPage); err != nil {
				return err
			}
			if len(ids) == 0 {
				break
			}
			after = ids[len(ids)-1]
			if err := f.renew(ctx, slices.DeleteFunc(ids, func(id string) bool { return f.put[id] })); err != nil {
				return err
			}
		}
		f.imports[i] = true
	}
	return nil
}

// renew brings products into the index or out of it.
func (f *Follower) renew(ctx context.Context, products []string) error {
	if len(products) == 0 {
		return nil
	}
	var found []Product
	err := f.catalog.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		found, err = load(tx, products)
		return err
	})
	if err != nil {
		return err
	}
	var put []search.Document
	var gone []string
	for _, p := range found {
		if p.public() {
			put = append(put, p.document())
			f.put[p.ID] = true
		} else {
			gone = append(gone, p.ID)
		}
	}
	if err := f.engine.Put(ctx, put); err != nil {
		return err
	}
	if err := f.engine.Delete(ctx, gone); err != nil {
		return err
	}
	f.catalog.shelf.drop(products)
	if f.changed != nil {
		f.changed(products)
	}
	return nil
}

// Rebuild puts every published product into an engine and returns how many; it
// is for an index that is absent or whose count is not the database's.
func (f *Follower) Rebuild(ctx context.Context) (int64, error) {
	var done int64
	for after := ""; ; {
		var ids []string
		if err := f.catalog.db.Select(ctx, &ids, `
			SELECT id
			FROM products
			WHERE state = 'published' AND id > $1
			ORDER BY id
			LIMIT $2`, after, followPage); err != nil {
			return done, err
		}
		if len(ids) == 0 {
			return done, nil
		}
		if err := f.renew(ctx, ids); err != nil {
			return done, err
		}
		done, after = done+int64(len(ids)), ids[len(ids)-1]
	}
}

// PublishedCount is how many products the shop shows.
func (s *Service) PublishedCount(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Get(ctx, &n, `
		SELECT COUNT(*)
		FROM products p
		LEFT JOIN imports i ON i.id = p.import_id
		WHERE p.state = 'published' AND (i.id IS NULL OR i.state = 'visible')`)
	return n, err
}
