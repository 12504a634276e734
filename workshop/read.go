package workshop

import (
	"context"
	"errors"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
)

const jobColumns = `j.id, j.variant_id, j.lot_id, j.pieces, j.good, j.state, j.note, j.created_by, j.created_at, j.finished_by, j.finished_at, v.sku`

// jobFor reads a job as far as the actor may see it.
func jobFor(tx *db.Tx, actor auth.Actor, job string) (Job, error) {
	var j Job
	err := tx.Get(&j, `
		SELECT `+jobColumns+`
		FROM jobs j
		JOIN variants v ON v.id = j.variant_id
		WHERE j.id = $1`, job)
	if errors.Is(err, db.ErrNone) {
		return j, ErrNotFound
	}
	if err != nil {
		return j, err
	}
	if j.Area, err = catalog.AreaOf(tx, j.VariantID); err != nil {
		return j, err
	}
	if !actor.CoversArea(j.Area) && !actor.Has(auth.Preparer) && !actor.Has(auth.Approver) {
		return Job{}, ErrNotFound
	}
	return j, j.fill(tx)
}

// fill reads the stages with their makers, the hand-ins and the materials.
func (j *Job) fill(tx *db.Tx) error {
	if err := tx.Select(&j.Stages, `
		SELECT job_id, stage, rate_paise, passed, since_change
		FROM job_stages
		WHERE job_id = $1
		ORDER BY pos`, j.ID); err != nil {
		return err
	}
	var makers []catalog.Maker
	if err := tx.Select(&makers, `
		SELECT m.stage, m.artisan_id, m.weight, a.name_en, a.name_hi, a.name_ur, a.area
		FROM job_makers m
		JOIN artisans a ON a.id = m.artisan_id
		WHERE m.job_id = $1
		ORDER BY m.stage, m.pos`, j.ID); err != nil {
		return err
	}
	if err := tx.Select(&j.HandIns, `
		SELECT id, job_id, stage, pieces, passed, paise, note, handed_by, handed_at, decided_by, decided_at
		FROM hand_ins
		WHERE job_id = $1
		ORDER BY id`, j.ID); err != nil {
		return err
	}
	for k := range j.Stages {
		st := &j.Stages[k]
		for _, m := range makers {
			if m.Stage == st.Stage {
				st.Makers = append(st.Makers, m)
			}
		}
		for _, h := range j.HandIns {
			if h.Stage == st.Stage && h.DecidedAt == nil {
				st.Waiting += h.Pieces
			}
		}
	}
	return tx.Select(&j.Materials, `
		SELECT id, job_id, what, paise, issued_by, issued_at
		FROM job_materials
		WHERE job_id = $1
		ORDER BY id`, j.ID)
}

// stage is the stage of that name, or nil.
func (j Job) stage(name string) *Stage {
	for k := range j.Stages {
		if j.Stages[k].Stage == name {
			return &j.Stages[k]
		}
	}
	return nil
}

// readers are who sees jobs: staff their area's, finance all.
var readers = []auth.Role{auth.Coordinator, auth.Administrator, auth.Preparer, auth.Approver}

// Job reads one. Staff of its area, finance and administrators may.
func (s *Service) Job(ctx context.Context, actor auth.Actor, job string) (Job, error) {
	if err := actor.Require(readers...); err != nil {
		return Job{}, err
	}
	var out Job
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = jobFor(tx, actor, job)
		return err
	})
	return out, err
}

// Jobs lists up to limit jobs before an id that the actor may see, newest first,
// without their stages.
func (s *Service) Jobs(ctx context.Context, actor auth.Actor, before string, limit int) ([]Job, error) {
	if err := actor.Require(readers...); err != nil {
		return nil, err
	}
	if before == "" {
		before = "job_~"
	}
	args := []any{before, limit}
	for _, a := range artisans.Areas {
		if actor.CoversArea(a) || actor.Has(auth.Preparer) || actor.Has(auth.Approver) {
			args = append(args, a)
		}
	}
	if len(args) == 2 {
		return nil, nil
	}
	var out []Job
	return out, s.db.Select(ctx, &out, `
		SELECT `+jobColumns+`
		FROM jobs j
		JOIN variants v ON v.id = j.variant_id
		JOIN products p ON p.id = v.product_id
		WHERE j.id < $1 AND p.area IN (`+db.List(3, len(args)-2)+`)
		ORDER BY j.id DESC
		LIMIT $2`, args...)
}

// Blank is what a job for a size could be: the stages of its price card with their
// wages. Staff of its area may. Returns catalog.ErrNotFound, catalog.ErrNotReady.
func (s *Service) Blank(ctx context.Context, actor auth.Actor, sku string) (variant string, stages []catalog.Head, err error) {
	if err := actor.Require(staff...); err != nil {
		return "", nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.Get(&variant, `
			SELECT id
			FROM variants
			WHERE sku = $1`, sku)
		if errors.Is(err, db.ErrNone) {
			return catalog.ErrNotFound
		}
		if err != nil {
			return err
		}
		card, area, err := catalog.CardNow(tx, variant)
		if err != nil {
			return err
		}
		if !actor.CoversArea(area) {
			return catalog.ErrNotFound
		}
		for _, h := range card.Heads {
			if h.Kind == catalog.Wage {
				stages = append(stages, h)
			}
		}
		return nil
	})
	return variant, stages, err
}
