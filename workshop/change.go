package workshop

import (
	"context"
	"slices"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// Change is a rate or weights that were agreed and are agreed anew, by two people.
type Change struct {
	ID         string      `db:"id"`
	JobID      string      `db:"job_id"` // "" for a consigned lot
	LotID      string      `db:"lot_id"`
	NewLotID   string      `db:"new_lot_id"` // of the pieces that were not sold
	Stage      string      `db:"stage"`
	OldRate    money.Paise `db:"old_rate"` // of a job only
	NewRate    money.Paise `db:"new_rate"`
	Reason     string      `db:"reason"`
	State      string      `db:"state"` // proposed, agreed or refused
	ProposedBy string      `db:"proposed_by"`
	ProposedAt db.Time     `db:"proposed_at"`
	DecidedBy  string      `db:"decided_by"`
	DecidedAt  *db.Time    `db:"decided_at"`
	Weights    []Weight
}

// Weight is one maker's part of a stage before and after; 0 is none.
type Weight struct {
	ChangeID string `db:"change_id"`
	Artisan  string `db:"artisan_id"`
	Old      int64  `db:"old_weight"`
	New      int64  `db:"new_weight"`
	NameEn   string `db:"name_en"`
	NameHi   string `db:"name_hi"`
}

// ChangeInput proposes another rate or other makers and weights for a stage: of an
// open job, from the next accepted piece on; or of the free pieces of a consigned
// lot, which has no rate of its own.
type ChangeInput struct {
	Job    string
	Lot    string
	Stage  string
	Rate   *money.Paise
	Makers []catalog.MakerInput // none keeps them
	Reason string
}

func (in *ChangeInput) check() error {
	in.Reason = strings.TrimSpace(in.Reason)
	switch {
	case (in.Job == "") == (in.Lot == ""):
		return ErrJob.At("job, lot", "a change is of one job or of one lot")
	case in.Lot != "" && (in.Rate != nil || len(in.Makers) == 0):
		return ErrJob.At("makers", "a lot's wages are its price card's; who made it and in which parts can be agreed anew")
	case in.Rate == nil && len(in.Makers) == 0:
		return ErrJob.At("rate, makers", "another rate, or other makers and weights")
	case in.Rate != nil && (*in.Rate < 0 || *in.Rate > money.Max):
		return ErrJob.At("rate", "an amount in paise, not below zero")
	case in.Reason == "" || len(in.Reason) > 500:
		return ErrJob.At("reason", "why, in at most 500 letters")
	case len(in.Makers) > 0:
		return checkMakers(in.Makers)
	}
	return nil
}

// agreed is what holds now for a stage of a job or lot.
type agreed struct {
	lot, area string
	rate      money.Paise
	makers    []catalog.Maker
}

// ProposeChange asks that something agreed be agreed anew. Nothing changes before
// a second person decides. A coordinator of the area or an administrator may.
// Returns ErrJob, ErrNotFound, ErrState, catalog.ErrWageFloor.
func (s *Service) ProposeChange(ctx context.Context, actor auth.Actor, key string, in ChangeInput) (Change, error) {
	if err := actor.Require(staff...); err != nil {
		return Change{}, err
	}
	if err := in.check(); err != nil {
		return Change{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "workshop.change", Key: key}, in,
		func(tx *db.Tx) (Change, error) {
			now, err := in.now(tx, actor)
			if err != nil {
				return Change{}, err
			}
			var who []string
			for _, m := range in.Makers {
				who = append(who, m.Artisan)
			}
			if err := known(tx, who); err != nil {
				return Change{}, err
			}
			if err := in.paysEnough(tx); err != nil {
				return Change{}, err
			}
			c := Change{ID: id.New("chg"), JobID: in.Job, LotID: now.lot, Stage: in.Stage, OldRate: now.rate, NewRate: now.rate, Reason: in.Reason}
			if in.Rate != nil {
				c.NewRate = *in.Rate
			}
			if _, err := tx.Exec(`
				INSERT INTO agreement_changes (id, job_id, lot_id, stage, old_rate, new_rate, reason, state, proposed_by, proposed_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)`,
				c.ID, c.JobID, c.LotID, c.Stage, c.OldRate, c.NewRate, c.Reason, actor.Principal(), tx.Now()); err != nil {
				return Change{}, err
			}
			if err := insertWeights(tx, c.ID, now.makers, in.Makers); err != nil {
				return Change{}, err
			}
			if err := auth.Audit(tx, actor, "agreement.propose", c.ID, ""); err != nil {
				return Change{}, err
			}
			return changeByID(tx, c.ID)
		})
}

// paysEnough returns catalog.ErrWageFloor when the new rate is below the minimum wage
// for the time that the price card gives the stage.
func (in ChangeInput) paysEnough(tx *db.Tx) error {
	if in.Rate == nil {
		return nil
	}
	var variant string
	if err := tx.Get(&variant, `
		SELECT variant_id
		FROM jobs
		WHERE id = $1`, in.Job); err != nil {
		return err
	}
	card, _, err := catalog.CardNow(tx, variant)
	if err != nil {
		return err
	}
	for _, h := range card.Heads {
		if h.Kind == catalog.Wage && h.Head == in.Stage {
			h.Paise = *in.Rate
			return catalog.UnderFloor([]catalog.Head{h}, tx.Now().Date())
		}
	}
	return nil
}

// now reads what holds for the stage, as far as the actor may change it.
func (in ChangeInput) now(tx *db.Tx, actor auth.Actor) (agreed, error) {
	if in.Job != "" {
		j, err := openJob(tx, actor, in.Job)
		if err != nil {
			return agreed{}, err
		}
		st := j.stage(in.Stage)
		if st == nil {
			return agreed{}, ErrJob.At("stage", "the job has no such stage")
		}
		return agreed{j.LotID, j.Area, st.Rate, st.Makers}, nil
	}
	l, area, err := catalog.LotNow(tx, in.Lot)
	if err != nil {
		return agreed{}, err
	}
	if !actor.CoversArea(area) {
		return agreed{}, catalog.ErrNotFound
	}
	out := agreed{lot: l.ID, area: area}
	for _, m := range l.Makers {
		if m.Stage == in.Stage {
			out.makers = append(out.makers, m)
		}
	}
	if len(out.makers) == 0 || l.Kind != catalog.Consigned {
		return agreed{}, ErrJob.At("stage", "only who made a stage of a consigned lot can be agreed anew")
	}
	return out, nil
}

// insertWeights keeps who had which part before and who has it after; without
// fresh makers the old ones stay.
func insertWeights(tx *db.Tx, change string, old []catalog.Maker, fresh []catalog.MakerInput) error {
	var rows []Weight
	for _, m := range old {
		w := Weight{Artisan: m.Artisan, Old: m.Weight}
		if len(fresh) == 0 {
			w.New = m.Weight
		}
		rows = append(rows, w)
	}
	for _, m := range fresh {
		i := slices.IndexFunc(rows, func(w Weight) bool { return w.Artisan == m.Artisan })
		if i < 0 {
			rows, i = append(rows, Weight{Artisan: m.Artisan}), len(rows)
		}
		rows[i].New = m.Weight
	}
	args := make([]any, 0, 5*len(rows))
	for i, w := range rows {
		args = append(args, change, w.Artisan, i+1, w.Old, w.New)
	}
	_, err := tx.Exec(`
		INSERT INTO agreement_weights (change_id, artisan_id, pos, old_weight, new_weight)
		VALUES `+db.Values(len(rows), 5), args...)
	return err
}

// DecideChange agrees to a change or refuses it. A coordinator of the area or an
// administrator may, signed in herself, never who proposed it. It is refused with
// ErrState when what it changes is not any more what it was. Returns ErrNotFound,
// ErrSamePerson, auth.ErrKeyApproves.
func (s *Service) DecideChange(ctx context.Context, actor auth.Actor, key, change string, yes bool) (Change, error) {
	if err := actor.Require(staff...); err != nil {
		return Change{}, err
	}
	if actor.Via != auth.ViaSession {
		return Change{}, auth.ErrKeyApproves
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "workshop.decide", Key: key}, []any{change, yes},
		func(tx *db.Tx) (Change, error) {
			c, err := changeByID(tx, change)
			if err != nil {
				return Change{}, err
			}
			now, err := ChangeInput{Job: c.JobID, Lot: c.lotOf(), Stage: c.Stage}.now(tx, actor)
			if err != nil {
				return Change{}, err
			}
			if c.ProposedBy == actor.Principal() {
				return Change{}, ErrSamePerson
			}
			state := "refused"
			if yes {
				state = "agreed"
				if err := c.apply(tx, actor, now); err != nil {
					return Change{}, err
				}
			}
			n, err := tx.Exec(`
				UPDATE agreement_changes
				SET state = $1, new_lot_id = $2, decided_by = $3, decided_at = $4
				WHERE id = $5 AND state = 'proposed' AND proposed_by <> $3`, state, c.NewLotID, actor.Principal(), tx.Now(), c.ID)
			if err != nil {
				return Change{}, err
			}
			if n == 0 {
				return Change{}, ErrState.With("This change has been decided already. Nothing was changed.")
			}
			if err := auth.Audit(tx, actor, "agreement."+state, c.ID, ""); err != nil {
				return Change{}, err
			}
			return changeByID(tx, c.ID)
		})
}

// lotOf is the lot of a change that is not a job's.
func (c Change) lotOf() string {
	if c.JobID != "" {
		return ""
	}
	return c.LotID
}

// apply makes the change true, unless something else was agreed meanwhile.
func (c *Change) apply(tx *db.Tx, actor auth.Actor, now agreed) error {
	same := c.OldRate == now.rate
	var makers []catalog.MakerInput
	had := 0
	for _, w := range c.Weights {
		if w.Old > 0 {
			had++
			same = same && slices.ContainsFunc(now.makers, func(m catalog.Maker) bool { return m.Artisan == w.Artisan && m.Weight == w.Old })
		}
		if w.New > 0 {
			makers = append(makers, catalog.MakerInput{Stage: c.Stage, Artisan: w.Artisan, Weight: w.New})
		}
	}
	if !same || had != len(now.makers) {
		return ErrState.With("Something else was agreed meanwhile. Nothing was changed; refuse this and propose anew.")
	}
	if c.JobID == "" {
		var err error
		c.NewLotID, err = catalog.Reagree(tx, actor, c.LotID, c.Stage, makers)
		return err
	}
	if _, err := tx.Exec(`
		UPDATE job_stages
		SET rate_paise = $1, since_change = 0
		WHERE job_id = $2 AND stage = $3`, c.NewRate, c.JobID, c.Stage); err != nil {
		return err
	}
	return setMakers(tx, c.JobID, c.Stage, makers)
}
