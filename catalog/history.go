package catalog

import (
	"context"
	"encoding/json"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Act is what somebody did with a piece, beside saying what it is: a step of its
// state, a photo, a price.
type Act struct {
	Action string      `db:"action"` // such as product.published, photo.add, price
	Actor  string      `db:"actor"`
	At     db.Time     `db:"at"`
	Note   string      // of a piece sent back
	SKU    string      `db:"sku"`    // of a price
	Tag    money.Paise `db:"tag"`    // of a price
	Detail string      `db:"detail"` // as it was noted

	Measured []MeasureChange // of a change of measures
}

// mostActs is how many acts of a piece are read.
const mostActs = 500

// Acts tell who did what with a piece, the newest first; Editions tell who said what.
// Only administrators and coordinators of the area. Returns ErrNotFound.
func (s *Service) Acts(ctx context.Context, actor auth.Actor, product string) ([]Act, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return nil, err
	}
	var out []Act
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		p, err := s.one(tx, product)
		if err != nil {
			return err
		}
		if !actor.CoversArea(p.Area) {
			return ErrNotFound
		}
		out = nil
		if err := tx.Select(&out, `
			SELECT x.action, x.actor, x.at, x.detail, x.sku, x.tag
			FROM (
				SELECT a.id, a.action, a.actor, a.at, a.detail,
					'' AS sku, CAST(0 AS BIGINT) AS tag
				FROM audit a
				WHERE a.object = $1 AND a.action <> 'product.edit'
				UNION ALL
				SELECT c.id, 'price' AS action, c.created_by AS actor, c.created_at AS at, '' AS detail, v.sku, c.tag_paise AS tag
				FROM price_cards c
				JOIN variants v ON v.id = c.variant_id
				WHERE v.product_id = $1) x
			ORDER BY x.at DESC, x.id DESC
			LIMIT $2`, product, mostActs); err != nil {
			return err
		}
		for i := range out {
			if err := out[i].read(); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// read takes apart what was noted of the act.
func (a *Act) read() error {
	switch a.Action {
	case "product." + string(NeedsCorrection):
		a.Note = a.Detail
	case measured:
		return json.Unmarshal([]byte(a.Detail), &a.Measured)
	}
	return nil
}
