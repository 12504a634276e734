package api

import (
	"context"
	"time"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/workshop"
)

type job struct {
	ID         string     `json:"id"`
	VariantID  string     `json:"variant_id"`
	SKU        string     `json:"sku"`
	LotID      string     `json:"lot_id" doc:"The lot it becomes when finished"`
	Pieces     int64      `json:"pieces"`
	Good       int64      `json:"good,omitempty" doc:"When finished"`
	State      string     `json:"state" doc:"open, finished or cancelled"`
	Note       string     `json:"note,omitempty"`
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Cost       amount     `json:"cost" doc:"Wages and material so far; at one job only"`
	Stages     []jobStage `json:"stages,omitempty" doc:"At one job only"`
	HandIns    []handIn   `json:"hand_ins,omitempty"`
	Materials  []material `json:"materials,omitempty"`
}

type jobStage struct {
	Stage   string     `json:"stage"`
	Rate    amount     `json:"rate" doc:"For one piece"`
	Passed  int64      `json:"passed"`
	Waiting int64      `json:"waiting" doc:"Handed in, not looked at"`
	Makers  []jobMaker `json:"makers"`
}

type jobMaker struct {
	ArtisanID string `json:"artisan_id" maxLength:"60"`
	Weight    int64  `json:"weight" minimum:"1" maximum:"1000000" doc:"Pieces, hours or days"`
}

type handIn struct {
	ID        string     `json:"id"`
	Stage     string     `json:"stage"`
	Pieces    int64      `json:"pieces"`
	Passed    int64      `json:"passed"`
	Wages     amount     `json:"wages" doc:"Credited for those that passed"`
	Note      string     `json:"note,omitempty"`
	HandedBy  string     `json:"handed_by"`
	HandedAt  time.Time  `json:"handed_at"`
	DecidedBy string     `json:"decided_by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
}

type material struct {
	ID       string    `json:"id"`
	What     string    `json:"what"`
	Cost     amount    `json:"cost"`
	IssuedBy string    `json:"issued_by"`
	IssuedAt time.Time `json:"issued_at"`
}

func jobBody(j workshop.Job) job {
	out := job{ID: j.ID, VariantID: j.VariantID, SKU: j.SKU, LotID: j.LotID, Pieces: j.Pieces, Good: j.Good, State: j.State, Note: j.Note,
		CreatedBy: j.CreatedBy, CreatedAt: when(j.CreatedAt), FinishedAt: whenOrNil(j.FinishedAt), Cost: rupees(j.Cost())}
	for _, s := range j.Stages {
		st := jobStage{Stage: s.Stage, Rate: rupees(s.Rate), Passed: s.Passed, Waiting: s.Waiting}
		for _, m := range s.Makers {
			st.Makers = append(st.Makers, jobMaker{m.Artisan, m.Weight})
		}
		out.Stages = append(out.Stages, st)
	}
	for _, h := range j.HandIns {
		out.HandIns = append(out.HandIns, handIn{h.ID, h.Stage, h.Pieces, h.Passed, rupees(h.Paise), h.Note, h.HandedBy, when(h.HandedAt), h.DecidedBy, whenOrNil(h.DecidedAt)})
	}
	for _, m := range j.Materials {
		out.Materials = append(out.Materials, material{m.ID, m.What, rupees(m.Paise), m.IssuedBy, when(m.IssuedAt)})
	}
	return out
}

func worked(ctx context.Context) func(workshop.Job, error) (*answer[job], error) {
	return func(j workshop.Job, err error) (*answer[job], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, jobBody(j)), nil
	}
}

type stageInput struct {
	Stage  string     `json:"stage" maxLength:"40"`
	Rate   *amount    `json:"rate,omitempty" doc:"For one piece; default the price card's wage"`
	Makers []jobMaker `json:"makers" minItems:"1" maxItems:"100"`
}

func makersOf(stage string, in []jobMaker) (out []catalog.MakerInput) {
	for _, m := range in {
		out = append(out, catalog.MakerInput{Stage: stage, Artisan: m.ArtisanID, Weight: m.Weight})
	}
	return out
}

func rateOf(in *amount) *money.Paise {
	if in == nil {
		return nil
	}
	p := in.paise()
	return &p
}

type openJobInput struct {
	Idempotent
	Body struct {
		VariantID string       `json:"variant_id" maxLength:"60"`
		Pieces    int64        `json:"pieces" minimum:"1" maximum:"100000"`
		Note      string       `json:"note,omitempty" maxLength:"500"`
		Stages    []stageInput `json:"stages" minItems:"1" maxItems:"30" doc:"Those of the price card"`
	}
}

func (s *Server) openJob(ctx context.Context, in *openJobInput) (*answer[job], error) {
	j := workshop.JobInput{Variant: in.Body.VariantID, Pieces: in.Body.Pieces, Note: in.Body.Note}
	for _, st := range in.Body.Stages {
		j.Stages = append(j.Stages, workshop.StageInput{Stage: st.Stage, Rate: rateOf(st.Rate), Makers: makersOf(st.Stage, st.Makers)})
	}
	return worked(ctx)(s.Workshop.OpenJob(ctx, web.ActorOf(ctx), in.Key, j))
}

func (s *Server) listJobs(ctx context.Context, in *Page) (*list[job], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Workshop.Jobs(ctx, web.ActorOf(ctx), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, jobBody, func(j workshop.Job) string { return j.ID }), nil
}

func (s *Server) getJob(ctx context.Context, in *ByID) (*answer[job], error) {
	return worked(ctx)(s.Workshop.Job(ctx, web.ActorOf(ctx), in.ID))
}

type handInInput struct {
	MoveInput
	Body struct {
		Stage  string `json:"stage" maxLength:"40"`
		Pieces int64  `json:"pieces" minimum:"1" maximum:"100000"`
	}
}

func (s *Server) handIn(ctx context.Context, in *handInInput) (*answer[job], error) {
	return worked(ctx)(s.Workshop.HandIn(ctx, web.ActorOf(ctx), in.Key, workshop.HandInInput{Job: in.ID, Stage: in.Body.Stage, Pieces: in.Body.Pieces}))
}

type acceptInput struct {
	MoveInput
	Body struct {
		Passed int64  `json:"passed" minimum:"0" maximum:"100000"`
		Note   string `json:"note,omitempty" maxLength:"500" doc:"What was the matter with those that did not pass"`
	}
}

func (s *Server) acceptHandIn(ctx context.Context, in *acceptInput) (*answer[job], error) {
	return worked(ctx)(s.Workshop.AcceptStage(ctx, web.ActorOf(ctx), in.Key, workshop.AcceptInput{HandIn: in.ID, Passed: in.Body.Passed, Note: in.Body.Note}))
}

type issueMaterialInput struct {
	MoveInput
	Body struct {
		What string `json:"what" minLength:"1" maxLength:"200"`
		Cost amount `json:"cost"`
	}
}

func (s *Server) issueMaterial(ctx context.Context, in *issueMaterialInput) (*answer[job], error) {
	return worked(ctx)(s.Workshop.IssueMaterial(ctx, web.ActorOf(ctx), in.Key, workshop.MaterialInput{Job: in.ID, What: in.Body.What, Amount: in.Body.Cost.paise()}))
}

type finishJobInput struct {
	MoveInput
	Body struct {
		Good int64 `json:"good" minimum:"0" maximum:"100000" doc:"The others are spoiled, and wait for a write-off"`
	}
}

func (s *Server) finishJob(ctx context.Context, in *finishJobInput) (*answer[job], error) {
	return worked(ctx)(s.Workshop.Finish(ctx, web.ActorOf(ctx), in.Key, workshop.FinishInput{Job: in.ID, Good: in.Body.Good}))
}

func (s *Server) cancelJob(ctx context.Context, in *MoveInput) (*answer[job], error) {
	return worked(ctx)(s.Workshop.Cancel(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

type agreementChange struct {
	ID         string       `json:"id"`
	JobID      string       `json:"job_id,omitempty"`
	LotID      string       `json:"lot_id"`
	NewLotID   string       `json:"new_lot_id,omitempty" doc:"Of the pieces of a consigned lot that were free"`
	Stage      string       `json:"stage"`
	OldRate    *amount      `json:"old_rate,omitempty"`
	NewRate    *amount      `json:"new_rate,omitempty"`
	Weights    []weightThen `json:"weights"`
	Reason     string       `json:"reason"`
	State      string       `json:"state" doc:"proposed, agreed or refused"`
	ProposedBy string       `json:"proposed_by"`
	ProposedAt time.Time    `json:"proposed_at"`
	DecidedBy  string       `json:"decided_by,omitempty"`
	DecidedAt  *time.Time   `json:"decided_at,omitempty"`
}

type weightThen struct {
	ArtisanID string `json:"artisan_id"`
	Old       int64  `json:"old" doc:"0: she was not there"`
	New       int64  `json:"new" doc:"0: she is not there any more"`
}

func changeBody(c workshop.Change) agreementChange {
	out := agreementChange{ID: c.ID, JobID: c.JobID, LotID: c.LotID, NewLotID: c.NewLotID, Stage: c.Stage, Weights: []weightThen{}, Reason: c.Reason, State: c.State,
		ProposedBy: c.ProposedBy, ProposedAt: when(c.ProposedAt), DecidedBy: c.DecidedBy, DecidedAt: whenOrNil(c.DecidedAt)}
	if c.JobID != "" {
		before, after := rupees(c.OldRate), rupees(c.NewRate)
		out.OldRate, out.NewRate = &before, &after
	}
	for _, w := range c.Weights {
		out.Weights = append(out.Weights, weightThen{w.Artisan, w.Old, w.New})
	}
	return out
}

func changed(ctx context.Context) func(workshop.Change, error) (*answer[agreementChange], error) {
	return func(c workshop.Change, err error) (*answer[agreementChange], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, changeBody(c)), nil
	}
}

type proposeChangeInput struct {
	Idempotent
	Body struct {
		JobID  string     `json:"job_id,omitempty" maxLength:"60"`
		LotID  string     `json:"lot_id,omitempty" maxLength:"60" doc:"A consigned lot: its free pieces become a lot of their own"`
		Stage  string     `json:"stage" maxLength:"40"`
		Rate   *amount    `json:"rate,omitempty" doc:"Of a job, for one piece"`
		Makers []jobMaker `json:"makers,omitempty" maxItems:"100"`
		Reason string     `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (s *Server) proposeChange(ctx context.Context, in *proposeChangeInput) (*answer[agreementChange], error) {
	b := in.Body
	return changed(ctx)(s.Workshop.ProposeChange(ctx, web.ActorOf(ctx), in.Key, workshop.ChangeInput{Job: b.JobID, Lot: b.LotID, Stage: b.Stage,
		Rate: rateOf(b.Rate), Makers: makersOf(b.Stage, b.Makers), Reason: b.Reason}))
}

type decideChangeInput struct {
	MoveInput
	Body struct {
		Decision string `json:"decision" enum:"yes,no"`
	}
}

func (s *Server) decideChange(ctx context.Context, in *decideChangeInput) (*answer[agreementChange], error) {
	return changed(ctx)(s.Workshop.DecideChange(ctx, web.ActorOf(ctx), in.Key, in.ID, in.Body.Decision == "yes"))
}

type listChangesInput struct {
	JobID string `query:"job_id" maxLength:"60"`
	LotID string `query:"lot_id" maxLength:"60"`
}

func (s *Server) listChanges(ctx context.Context, in *listChangesInput) (*whole[agreementChange], error) {
	return wholeOf(changeBody)(s.Workshop.ChangesOf(ctx, web.ActorOf(ctx), in.JobID, in.LotID))
}
