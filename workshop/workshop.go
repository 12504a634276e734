package workshop

import (
	"context"
	"slices"
	"strings"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The faults of the workshop.
var (
	ErrNotFound   = fault.New(fault.NotFound, "workshop.not_found", "There is no such job here.")
	ErrJob        = fault.New(fault.Invalid, "workshop.job", "The job cannot be noted like this. Nothing was saved; see errors.")
	ErrState      = fault.New(fault.Conflict, "workshop.state", "This cannot be done in the job's present state. Nothing was changed.")
	ErrPieces     = fault.New(fault.Conflict, "workshop.pieces", "There are not that many pieces. Nothing was changed.")
	ErrSamePerson = fault.New(fault.Forbidden, "workshop.same_person", "Whoever hands in or proposes cannot decide. Nothing was changed; ask a second person.")
)

// The states of a job.
const (
	Open      = "open"
	Finished  = "finished"
	Cancelled = "cancelled"
)

// Job is a number of equal pieces that the trust has made for it. Sums are paise.
type Job struct {
	ID         string   `db:"id"`
	VariantID  string   `db:"variant_id"`
	LotID      string   `db:"lot_id"` // the lot it becomes
	Pieces     int64    `db:"pieces"`
	Good       int64    `db:"good"` // when finished
	State      string   `db:"state"`
	Note       string   `db:"note"`
	CreatedBy  string   `db:"created_by"`
	CreatedAt  db.Time  `db:"created_at"`
	FinishedBy string   `db:"finished_by"`
	FinishedAt *db.Time `db:"finished_at"`

	Area      string // of its product
	SKU       string `db:"sku"`
	Stages    []Stage
	HandIns   []HandIn
	Materials []Material
}

// Stage is one stage of a job: what is paid for one piece, and who makes it.
type Stage struct {
	JobID       string      `db:"job_id"`
	Stage       string      `db:"stage"`
	Rate        money.Paise `db:"rate_paise"`
	Passed      int64       `db:"passed"`
	SinceChange int64       `db:"since_change"` // that passed at the present rate and weights
	Waiting     int64       // handed in, not looked at
	Makers      []catalog.Maker
}

// HandIn is some pieces of a stage that one person handed in and another looks at.
type HandIn struct {
	ID        string      `db:"id"`
	JobID     string      `db:"job_id"`
	Stage     string      `db:"stage"`
	Pieces    int64       `db:"pieces"`
	Passed    int64       `db:"passed"`
	Paise     money.Paise `db:"paise"` // wages credited for those that passed
	Note      string      `db:"note"`
	HandedBy  string      `db:"handed_by"`
	HandedAt  db.Time     `db:"handed_at"`
	DecidedBy string      `db:"decided_by"`
	DecidedAt *db.Time    `db:"decided_at"`
}

// Material is cloth or thread that was issued to a job, at cost.
type Material struct {
	ID       string      `db:"id"`
	JobID    string      `db:"job_id"`
	What     string      `db:"what"`
	Paise    money.Paise `db:"paise"`
	IssuedBy string      `db:"issued_by"`
	IssuedAt db.Time     `db:"issued_at"`
}

// Cost is what the job has cost so far: wages and material.
func (j Job) Cost() (sum money.Paise) {
	for _, h := range j.HandIns {
		sum += h.Paise
	}
	for _, m := range j.Materials {
		sum += m.Paise
	}
	return sum
}

// Service is the door to the workshop.
type Service struct{ db *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{db: d} }

// staff are who works in the workshop, each in her area.
var staff = []auth.Role{auth.Coordinator, auth.Administrator}

// StageInput says who makes a stage and what is paid for one piece of it; a rate
// of nil is the price card's wage.
type StageInput struct {
	Stage  string
	Rate   *money.Paise
	Makers []catalog.MakerInput
}

// JobInput is a job to open.
type JobInput struct {
	Variant string
	Pieces  int64
	Note    string
	Stages  []StageInput
}

func (in *JobInput) check() error {
	in.Note = strings.TrimSpace(in.Note)
	if in.Pieces < 1 || in.Pieces > 100_000 {
		return ErrJob.At("pieces", "1 to 100,000 pieces")
	}
	if len(in.Note) > 500 {
		return ErrJob.At("note", "at most 500 letters")
	}
	if len(in.Stages) == 0 || len(in.Stages) > 30 {
		return ErrJob.At("stages", "1 to 30 stages")
	}
	for i, st := range in.Stages {
		if slices.ContainsFunc(in.Stages[:i], func(o StageInput) bool { return o.Stage == st.Stage }) {
			return ErrJob.At("stages", "%s stands there twice", st.Stage)
		}
		if err := checkMakers(st.Makers); err != nil {
			return err
		}
		if st.Rate != nil && (*st.Rate < 0 || *st.Rate > money.Max) {
			return ErrJob.At("rate", "an amount in paise, not below zero")
		}
	}
	return nil
}

func checkMakers(makers []catalog.MakerInput) error {
	if len(makers) == 0 || len(makers) > 100 {
		return ErrJob.At("makers", "a stage names 1 to 100 makers")
	}
	for i, m := range makers {
		if m.Weight < 1 || m.Weight > 1_000_000 || slices.ContainsFunc(makers[:i], func(o catalog.MakerInput) bool { return o.Artisan == m.Artisan }) {
			return ErrJob.At("makers", "each maker stands once in a stage, with a weight of 1 to 1,000,000")
		}
	}
	return nil
}

// OpenJob opens a job for a size of a piece: who makes which stage, and at what
// rate. A coordinator of the area or an administrator may. The stages are those of
// the price card in force, each with its makers; a rate below the minimum wage is
// refused. Returns ErrJob, catalog.ErrNotFound, catalog.ErrNotReady, catalog.ErrWageFloor.
func (s *Service) OpenJob(ctx context.Context, actor auth.Actor, key string, in JobInput) (Job, error) {
	if err := actor.Require(staff...); err != nil {
		return Job{}, err
	}
	if err := in.check(); err != nil {
		return Job{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "workshop.open", Key: key}, in,
		func(tx *db.Tx) (Job, error) {
			card, area, err := catalog.CardNow(tx, in.Variant)
			if err != nil {
				return Job{}, err
			}
			if !actor.CoversArea(area) {
				return Job{}, catalog.ErrNotFound
			}
			if err := in.fits(tx, card); err != nil {
				return Job{}, err
			}
			j := Job{ID: id.New("job"), LotID: id.New("lot")}
			if _, err := tx.Exec(`
				INSERT INTO jobs (id, variant_id, lot_id, pieces, state, note, created_by, created_at)
				VALUES ($1, $2, $3, $4, 'open', $5, $6, $7)`,
				j.ID, in.Variant, j.LotID, in.Pieces, in.Note, actor.String(), tx.Now()); err != nil {
				return Job{}, err
			}
			for i, st := range in.Stages {
				if _, err := tx.Exec(`
					INSERT INTO job_stages (job_id, pos, stage, rate_paise)
					VALUES ($1, $2, $3, $4)`, j.ID, i+1, st.Stage, *st.Rate); err != nil {
					return Job{}, err
				}
				if err := setMakers(tx, j.ID, st.Stage, st.Makers); err != nil {
					return Job{}, err
				}
			}
			if err := auth.Audit(tx, actor, "job.open", j.ID, ""); err != nil {
				return Job{}, err
			}
			return jobFor(tx, actor, j.ID)
		})
}

// fits checks the stages against the card, gives them its wages where no rate is
// named, and checks that everybody is known.
func (in *JobInput) fits(tx *db.Tx, card catalog.Card) error {
	var who []string
	heads := slices.Clone(card.Heads)
	wages := 0
	for k := range heads {
		if heads[k].Kind != catalog.Wage {
			continue
		}
		wages++
		i := slices.IndexFunc(in.Stages, func(s StageInput) bool { return s.Stage == heads[k].Head })
		if i < 0 {
			return ErrJob.At("stages", "nobody is named for %s", heads[k].Head)
		}
		if in.Stages[i].Rate == nil {
			wage := heads[k].Paise
			in.Stages[i].Rate = &wage
		}
		heads[k].Paise = *in.Stages[i].Rate
	}
	if wages != len(in.Stages) {
		return ErrJob.At("stages", "the stages are those of the price card")
	}
	for _, st := range in.Stages {
		for _, m := range st.Makers {
			who = append(who, m.Artisan)
		}
	}
	if err := known(tx, who); err != nil {
		return err
	}
	return catalog.UnderFloor(heads, tx.Now().Date())
}

func known(tx *db.Tx, who []string) error {
	slices.Sort(who)
	who = slices.Compact(who)
	found, err := artisans.Load(tx, who)
	if err == nil && len(found) != len(who) {
		return artisans.ErrNotFound
	}
	return err
}

func setMakers(tx *db.Tx, job, stage string, makers []catalog.MakerInput) error {
	if _, err := tx.Exec(`
		DELETE FROM job_makers
		WHERE job_id = $1 AND stage = $2`, job, stage); err != nil {
		return err
	}
	args := make([]any, 0, 5*len(makers))
	for i, m := range makers {
		args = append(args, job, stage, i+1, m.Artisan, m.Weight)
	}
	_, err := tx.Exec(`
		INSERT INTO job_makers (job_id, stage, pos, artisan_id, weight)
		VALUES `+db.Values(len(makers), 5), args...)
	return err
}
