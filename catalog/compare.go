package catalog

import (
	"context"
	"slices"

	"saebaan/internal/db"
	"saebaan/internal/search"
)

// Listed is an index that can be read whole.
type Listed interface {
	// Held gives ids and versions of at most limit documents after one, in an order
	// of the index's own; "" begins.
	Held(ctx context.Context, after string, limit int) ([]search.Held, error)
}

// Drift counts the documents of an index that were not the shop's.
type Drift struct {
	Missing int // shown, and not in the index
	Other   int // of another version
	Extra   int // in the index, and not shown
}

// Total is all of them.
func (d Drift) Total() int64 { return int64(d.Missing + d.Other + d.Extra) }

// Compare holds the follower's index against the database and mends it. What has
// changed so lately that following it is still under way counts as no drift.
func (f *Follower) Compare(ctx context.Context, index Listed) (Drift, error) {
	var drift Drift
	if err := f.Once(ctx); err != nil {
		return drift, err
	}
	settled := f.asked.Add(-followOverlap)
	held := map[string]int64{}
	for after := ""; ; {
		page, err := index.Held(ctx, after, followPage)
		if err != nil {
			return drift, err
		}
		if len(page) == 0 {
			break
		}
		for _, h := range page {
			held[h.ID] = h.Version
		}
		after = page[len(page)-1].ID
	}
	err := f.eachShown(ctx, func(page []changedRow) error {
		var renew, other []string
		for _, r := range page {
			version, have := held[r.ID]
			delete(held, r.ID)
			switch {
			case r.ChangedAt > settled || have && version == r.Version:
			case have:
				drift.Other++
				other = append(other, r.ID)
			default:
				drift.Missing++
				renew = append(renew, r.ID)
			}
		}
		if len(other) > 0 { // the index may hold a newer version than a database that was restored
			if err := f.engine.Delete(ctx, other); err != nil {
				return err
			}
		}
		return f.renew(ctx, append(renew, other...))
	})
	if err != nil {
		return drift, err
	}
	drift.Extra, err = f.dismiss(ctx, held, settled)
	return drift, err
}

// eachShown reads the pieces that the shop shows, page by page.
func (f *Follower) eachShown(ctx context.Context, do func([]changedRow) error) error {
	for after := ""; ; {
		var page []changedRow
		if err := f.catalog.db.Select(ctx, &page, `
			SELECT p.id, p.version, p.changed_at
			FROM products p
			LEFT JOIN imports i ON i.id = p.import_id
			WHERE p.state = 'published' AND (i.id IS NULL OR i.state = 'visible') AND p.id > $1
			ORDER BY p.id
			LIMIT $2`, after, followPage); err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := do(page); err != nil {
			return err
		}
		after = page[len(page)-1].ID
	}
}

// dismiss takes out of the index what the shop does not show, and counts what
// should have gone before.
func (f *Follower) dismiss(ctx context.Context, extra map[string]int64, settled db.Time) (int, error) {
	ids := make([]string, 0, len(extra))
	for id := range extra {
		ids = append(ids, id)
	}
	count := 0
	for some := range slices.Chunk(ids, followPage) {
		var lately int
		if err := f.catalog.db.Get(ctx, &lately, `
			SELECT COUNT(*)
			FROM products
			WHERE changed_at > $1 AND id IN (`+db.List(2, len(some))+`)`, db.Args(some, settled)...); err != nil {
			return count, err
		}
		if err := f.engine.Delete(ctx, some); err != nil {
			return count, err
		}
		// Some may have been put into the shop while this ran.
		if err := f.renew(ctx, some); err != nil {
			return count, err
		}
		count += len(some) - lately
	}
	return count, nil
}
