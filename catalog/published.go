package catalog

import (
	"context"

	"saebaan/internal/db"
)

// publishedPage is how many products are read at once for a feed.
const publishedPage = 250

// EachPublished passes every product that the shop shows to fn, in the order of their
// ids, from after one up to and with another ("" is no bound), some at a time; each
// page is read anew, so what is hidden meanwhile is not shown. It ends with fn's fault.
func (s *Service) EachPublished(ctx context.Context, after, to string, fn func([]Product) error) error {
	for {
		var page []Product
		var ids []string
		if err := s.db.Read(ctx, func(tx *db.Tx) error {
			page, ids = nil, nil
			if err := tx.Select(&ids, `
				SELECT id
				FROM products
				WHERE state = 'published' AND id > $1 AND ($2 = '' OR id <= $2)
				ORDER BY id
				LIMIT $3`, after, to, publishedPage); err != nil || len(ids) == 0 {
				return err
			}
			found, err := load(tx, ids)
			for _, p := range found {
				if p.public() {
					page = append(page, p)
				}
			}
			return err
		}); err != nil || len(ids) == 0 {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// PublishedEvery is the id of every n-th published product, to divide them into parts.
func (s *Service) PublishedEvery(ctx context.Context, n int) ([]string, error) {
	var out []string
	err := s.db.Select(ctx, &out, `
		SELECT x.id
		FROM (
			SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n
			FROM products
			WHERE state = 'published') x
		WHERE x.n % $1 = 0
		ORDER BY x.id`, n)
	return out, err
}
