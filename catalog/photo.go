package catalog

import (
	"context"
	"fmt"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/media"
)

// AddPhoto shows a picture that media.Ingest has stored as the product's last
// one. A coordinator of the area or an administrator may; the same picture twice
// is added once.
func (s *Service) AddPhoto(ctx context.Context, actor auth.Actor, product string, p media.Photo) error {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		of, err := s.one(tx, product)
		if err != nil {
			return err
		}
		if !actor.CoversArea(of.Area) {
			return ErrNotFound
		}
		for _, have := range of.Photos {
			if have.Hash == p.Hash {
				return nil
			}
		}
		widths := make([]string, len(p.Widths))
		for i, w := range p.Widths {
			widths[i] = fmt.Sprint(w)
		}
		if _, err := tx.Exec(`
			INSERT INTO photos (product_id, pos, hash, width, height, colour, widths)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			product, len(of.Photos)+1, p.Hash, p.Width, p.Height, p.Colour, strings.Join(widths, ",")); err != nil {
			return err
		}
		return touch(tx, product)
	})
}

// PicturedCount is how many published products have a picture.
func (s *Service) PicturedCount(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Get(ctx, &n, `
		SELECT COUNT(*)
		FROM products p
		WHERE p.state = 'published'
			AND EXISTS (SELECT 1 FROM photos f WHERE f.product_id = p.id)`)
	return n, err
}
