package workshop

import (
	"context"
	"errors"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
)

const changeColumns = `c.id, c.job_id, c.lot_id, c.new_lot_id, c.stage, c.old_rate, c.new_rate, c.reason, c.state, c.proposed_by, c.proposed_at, c.decided_by, c.decided_at`

func changeByID(tx *db.Tx, change string) (Change, error) {
	var c Change
	err := tx.Get(&c, `
		SELECT `+changeColumns+`
		FROM agreement_changes c
		WHERE c.id = $1`, change)
	if errors.Is(err, db.ErrNone) {
		return c, ErrNotFound
	}
	if err != nil {
		return c, err
	}
	list := []Change{c}
	err = withWeights(tx, list)
	return list[0], err
}

func withWeights(tx *db.Tx, list []Change) error {
	if len(list) == 0 {
		return nil
	}
	at, ids := map[string]int{}, make([]string, len(list))
	for i, c := range list {
		at[c.ID], ids[i] = i, c.ID
	}
	var rows []Weight
	err := tx.Select(&rows, `
		SELECT w.change_id, w.artisan_id, w.old_weight, w.new_weight, a.name_en, a.name_hi
		FROM agreement_weights w
		JOIN artisans a ON a.id = w.artisan_id
		WHERE w.change_id IN (`+db.List(1, len(ids))+`)
		ORDER BY w.change_id, w.pos`, db.Args(ids)...)
	for _, w := range rows {
		c := &list[at[w.ChangeID]]
		c.Weights = append(c.Weights, w)
	}
	return err
}

// ChangesOf lists up to 100 changes of a job or of a lot, newest first. Staff of
// its area, finance and administrators may.
func (s *Service) ChangesOf(ctx context.Context, actor auth.Actor, job, lot string) ([]Change, error) {
	if err := actor.Require(readers...); err != nil {
		return nil, err
	}
	var out []Change
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if job != "" {
			j, err := jobFor(tx, actor, job)
			if err != nil {
				return err
			}
			lot = j.LotID
		} else if _, area, err := catalog.LotNow(tx, lot); err != nil {
			return err
		} else if !actor.CoversArea(area) && !actor.Has(auth.Preparer) && !actor.Has(auth.Approver) {
			return catalog.ErrNotFound
		}
		if err := tx.Select(&out, `
			SELECT `+changeColumns+`
			FROM agreement_changes c
			WHERE c.lot_id = $1
			ORDER BY c.id DESC
			LIMIT 100`, lot); err != nil {
			return err
		}
		return withWeights(tx, out)
	})
	return out, err
}

// Agreements lists what was agreed anew about an artisan's work in a period of
// business dates, oldest first, for her statement. Finance, administrators and the
// coordinator of her area may. Returns artisans.ErrNotFound.
func (s *Service) Agreements(ctx context.Context, actor auth.Actor, artisan, from, to string) ([]Change, error) {
	if err := actor.Require(readers...); err != nil {
		return nil, err
	}
	var out []Change
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		her, err := artisans.Load(tx, []string{artisan})
		if err != nil {
			return err
		}
		if a, ok := her[artisan]; !ok || !actor.CoversArea(a.Area) && !actor.Has(auth.Preparer) && !actor.Has(auth.Approver) {
			return artisans.ErrNotFound
		}
		var all []Change
		if err := tx.Select(&all, `
			SELECT `+changeColumns+`
			FROM agreement_changes c
			JOIN agreement_weights w ON w.change_id = c.id
			WHERE w.artisan_id = $1 AND c.state = 'agreed'
			ORDER BY c.id`, artisan); err != nil {
			return err
		}
		for _, c := range all {
			if day := c.DecidedAt.Date(); day >= from && day <= to {
				out = append(out, c)
			}
		}
		return withWeights(tx, out)
	})
	return out, err
}
