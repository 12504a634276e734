package workshop

import (
	"context"
	"errors"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// step is one act on a job: its name, its key and what it is asked with.
type step struct {
	name, key, job string
	input          any
}

// work runs fn on an open job that the actor's staff role covers, once per key.
func (s *Service) work(ctx context.Context, actor auth.Actor, st step, fn func(*db.Tx, Job) error) (Job, error) {
	if err := actor.Require(staff...); err != nil {
		return Job{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "workshop." + st.name, Key: st.key}, st.input, func(tx *db.Tx) (Job, error) {
		j, err := openJob(tx, actor, st.job)
		if err != nil {
			return Job{}, err
		}
		if err := fn(tx, j); err != nil {
			return Job{}, err
		}
		if err := auth.Audit(tx, actor, "job."+st.name, j.ID, ""); err != nil {
			return Job{}, err
		}
		return jobFor(tx, actor, j.ID)
	})
}

// openJob reads a job that the actor may work on and that is open.
func openJob(tx *db.Tx, actor auth.Actor, job string) (Job, error) {
	j, err := jobFor(tx, actor, job)
	switch {
	case err != nil:
		return j, err
	case !actor.CoversArea(j.Area):
		return Job{}, ErrNotFound
	case j.State != Open:
		return Job{}, ErrState.With("A job that is %s takes nothing more. Nothing was changed.", j.State)
	}
	return j, nil
}

// HandInInput is pieces of a stage that are handed in.
type HandInInput struct {
	Job    string
	Stage  string
	Pieces int64
}

// HandIn records that pieces of a stage are done and wait for a second person to
// look at them. A coordinator of the area or an administrator may. Returns
// ErrNotFound, ErrJob, ErrState, ErrPieces.
func (s *Service) HandIn(ctx context.Context, actor auth.Actor, key string, in HandInInput) (Job, error) {
	if in.Pieces < 1 || in.Pieces > 100_000 {
		return Job{}, ErrJob.At("pieces", "1 to 100,000 pieces")
	}
	return s.work(ctx, actor, step{"hand_in", key, in.Job, in}, func(tx *db.Tx, j Job) error {
		st := j.stage(in.Stage)
		if st == nil {
			return ErrJob.At("stage", "the job has no such stage")
		}
		if st.Passed+st.Waiting+in.Pieces > j.Pieces {
			return ErrPieces.With("Of %d pieces %d have passed %s and %d wait. Nothing was noted.", j.Pieces, st.Passed, st.Stage, st.Waiting)
		}
		_, err := tx.Exec(`
			INSERT INTO hand_ins (id, job_id, stage, pieces, handed_by, handed_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, id.New("hin"), j.ID, in.Stage, in.Pieces, actor.Principal(), tx.Now())
		return err
	})
}

// AcceptInput says how many of the pieces of a hand-in have passed.
type AcceptInput struct {
	HandIn string
	Passed int64
	Note   string // what was the matter with the others
}

// AcceptStage records how many pieces passed the check. Their makers are owed the
// stage's wage from that moment, sold or not. A coordinator of the area or an
// administrator may, signed in herself, never who handed them in. Returns
// ErrNotFound, ErrJob, ErrState, ErrSamePerson, auth.ErrKeyApproves.
func (s *Service) AcceptStage(ctx context.Context, actor auth.Actor, key string, in AcceptInput) (Job, error) {
	if err := actor.Require(staff...); err != nil {
		return Job{}, err
	}
	if actor.Via != auth.ViaSession {
		return Job{}, auth.ErrKeyApproves
	}
	in.Note = strings.TrimSpace(in.Note)
	if in.Passed < 0 || len(in.Note) > 500 {
		return Job{}, ErrJob.At("passed, note", "a number of pieces, and at most 500 letters")
	}
	var h HandIn
	err := s.db.Get(ctx, &h, `
		SELECT id, job_id, stage, pieces
		FROM hand_ins
		WHERE id = $1`, in.HandIn)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return Job{}, err
	}
	return s.work(ctx, actor, step{"accept", key, h.JobID, in}, func(tx *db.Tx, j Job) error {
		return accept(tx, actor, j, in)
	})
}

func accept(tx *db.Tx, actor auth.Actor, j Job, in AcceptInput) error {
	var h HandIn
	for _, one := range j.HandIns {
		if one.ID == in.HandIn {
			h = one
		}
	}
	st := j.stage(h.Stage)
	switch {
	case h.HandedBy == actor.Principal():
		return ErrSamePerson
	case h.DecidedAt != nil:
		return ErrState.With("These pieces have been looked at already. Nothing was changed.")
	case in.Passed > h.Pieces:
		return ErrPieces.With("%d pieces were handed in. Nothing was changed.", h.Pieces)
	case in.Passed < h.Pieces && in.Note == "":
		return ErrJob.At("note", "what was the matter with those that did not pass")
	}
	wages, total, err := st.wages(in.Passed)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`
		UPDATE hand_ins
		SET passed = $1, paise = $2, note = $3, decided_by = $4, decided_at = $5
		WHERE id = $6 AND decided_at IS NULL AND handed_by <> $4`, in.Passed, total, in.Note, actor.Principal(), tx.Now(), h.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState.With("These pieces have been looked at already. Nothing was changed.")
	}
	if _, err := tx.Exec(`
		UPDATE job_stages
		SET passed = passed + $1, since_change = since_change + $1
		WHERE job_id = $2 AND stage = $3`, in.Passed, j.ID, h.Stage); err != nil {
		return err
	}
	if total == 0 {
		return nil
	}
	tags := ledger.Tags{Lot: j.LotID}
	e := ledger.New("accept", "accept:"+h.ID, actor.String()).Because("passed_check").Debit(ledger.Stock(j.LotID), total, tags)
	for i, m := range st.Makers {
		e.Credit(ledger.Payable(m.Artisan), wages[i], ledger.Tags{Lot: j.LotID, Artisan: m.Artisan, Nature: "wage:" + h.Stage})
	}
	_, err = ledger.Post(tx, e)
	return err
}

// wages divides what is paid for n more pieces among the stage's makers, as a
// cumulative function of the pieces that passed at the present rate and weights,
// so that pieces accepted one by one and together come to the same.
func (st Stage) wages(n int64) (out []money.Paise, total money.Paise, err error) {
	weights := make([]int64, len(st.Makers))
	for i, m := range st.Makers {
		weights[i] = m.Weight
	}
	split := func(k int64) ([]money.Paise, error) {
		sum, err := st.Rate.Times(k)
		if err != nil {
			return nil, err
		}
		return money.Split(sum, weights)
	}
	before, err := split(st.SinceChange)
	if err != nil {
		return nil, 0, err
	}
	if out, err = split(st.SinceChange + n); err != nil {
		return nil, 0, err
	}
	for i := range out {
		out[i] -= before[i]
		total += out[i]
	}
	return out, total, nil
}

// MaterialInput is cloth or thread that is issued to a job, at cost.
type MaterialInput struct {
	Job    string
	What   string
	Amount money.Paise
}

// IssueMaterial takes material out of the trust's store for a job. A coordinator
// of the area or an administrator may. Returns ErrNotFound, ErrJob, ErrState.
func (s *Service) IssueMaterial(ctx context.Context, actor auth.Actor, key string, in MaterialInput) (Job, error) {
	in.What = strings.TrimSpace(in.What)
	if in.What == "" || len(in.What) > 200 || in.Amount <= 0 || in.Amount > money.Max {
		return Job{}, ErrJob.At("what, amount", "what was issued, in at most 200 letters, and its cost")
	}
	return s.work(ctx, actor, step{"material", key, in.Job, in}, func(tx *db.Tx, j Job) error {
		m := id.New("jmt")
		if _, err := tx.Exec(`
			INSERT INTO job_materials (id, job_id, what, paise, issued_by, issued_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, m, j.ID, in.What, in.Amount, actor.Principal(), tx.Now()); err != nil {
			return err
		}
		tags := ledger.Tags{Lot: j.LotID}
		_, err := ledger.Post(tx, ledger.New("material_issued", "material_issued:"+m, actor.String()).
			Debit(ledger.Stock(j.LotID), in.Amount, tags).Credit(ledger.Material, in.Amount, tags))
		return err
	})
}

// FinishInput ends a job with so many good pieces; the others are spoiled.
type FinishInput struct {
	Job  string
	Good int64
}

// Finish makes a commissioned lot of a job: good pieces for sale, spoiled ones set
// aside until two people write them off. Each piece has cost its part of wages and
// material, in whole paise; what does not divide is the running cost's. A
// coordinator of the area or an administrator may. Returns ErrNotFound, ErrState,
// ErrPieces, catalog.ErrLot.
func (s *Service) Finish(ctx context.Context, actor auth.Actor, key string, in FinishInput) (Job, error) {
	return s.work(ctx, actor, step{"finish", key, in.Job, in}, func(tx *db.Tx, j Job) error {
		if in.Good < 0 || in.Good > j.Pieces {
			return ErrPieces.With("The job is for %d pieces. Nothing was changed.", j.Pieces)
		}
		lot := catalog.CommissionedInput{Lot: j.LotID, Variant: j.VariantID, Good: in.Good, Spoiled: j.Pieces - in.Good}
		for _, st := range j.Stages {
			if st.Waiting > 0 {
				return ErrState.With("Pieces of %s wait to be looked at. Nothing was changed.", st.Stage)
			}
			if st.Passed < in.Good {
				return ErrPieces.With("Only %d pieces have passed %s. Nothing was changed.", st.Passed, st.Stage)
			}
			for _, m := range st.Makers {
				lot.Makers = append(lot.Makers, catalog.MakerInput{Stage: st.Stage, Artisan: m.Artisan, Weight: m.Weight})
			}
		}
		cost := j.Cost()
		lot.Cost = cost / money.Paise(j.Pieces)
		if rest := cost - lot.Cost*money.Paise(j.Pieces); rest > 0 {
			tags := ledger.Tags{Lot: j.LotID}
			if _, err := ledger.Post(tx, ledger.New("cost_rounding", "cost_rounding:"+j.ID, actor.String()).
				Debit(ledger.Running, rest, tags).Credit(ledger.Stock(j.LotID), rest, tags)); err != nil {
				return err
			}
		}
		n, err := tx.Exec(`
			UPDATE jobs
			SET state = 'finished', good = $1, finished_by = $2, finished_at = $3
			WHERE id = $4 AND state = 'open'`, in.Good, actor.Principal(), tx.Now(), j.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrState
		}
		return catalog.Commission(tx, actor, lot)
	})
}

// Cancel ends a job on which nothing was issued and nothing has passed. A
// coordinator of the area or an administrator may. Returns ErrNotFound, ErrState.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, key, job string) (Job, error) {
	return s.work(ctx, actor, step{"cancel", key, job, job}, func(tx *db.Tx, j Job) error {
		if j.Cost() > 0 || len(j.HandIns) > 0 {
			return ErrState.With("Work or material has gone into this job: finish it with the good pieces it has. Nothing was changed.")
		}
		_, err := tx.Exec(`
			UPDATE jobs
			SET state = 'cancelled', finished_by = $1, finished_at = $2
			WHERE id = $3 AND state = 'open'`, actor.Principal(), tx.Now(), j.ID)
		return err
	})
}
