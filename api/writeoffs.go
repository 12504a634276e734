package api

import (
	"context"
	"time"

	"saebaan/catalog"
	"saebaan/internal/web"
)

type writeOff struct {
	ID         string     `json:"id"`
	LotID      string     `json:"lot_id"`
	Place      string     `json:"place" doc:"store or aside"`
	Pieces     int64      `json:"pieces"`
	Reason     string     `json:"reason"`
	Cost       amount     `json:"cost" doc:"Of one piece"`
	ProposedBy string     `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	ApprovedBy string     `json:"approved_by,omitempty"`
	ApprovedAt *time.Time `json:"approved_at,omitempty"`
}

func writeOffBody(w catalog.WriteOff) writeOff {
	return writeOff{w.ID, w.Lot, w.Place, w.Pieces, w.Reason, rupees(w.Cost), w.ProposedBy, when(w.ProposedAt), w.ApprovedBy, whenOrNil(w.ApprovedAt)}
}

func writtenOff(ctx context.Context) func(catalog.WriteOff, error) (*answer[writeOff], error) {
	return func(w catalog.WriteOff, err error) (*answer[writeOff], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, writeOffBody(w)), nil
	}
}

type proposeWriteOffInput struct {
	Idempotent
	Body struct {
		LotID  string `json:"lot_id" maxLength:"60" doc:"A lot of the trust's own; a consigned piece is its maker's"`
		Place  string `json:"place" enum:"store,aside"`
		Pieces int64  `json:"pieces" minimum:"1" maximum:"100000"`
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (s *Server) proposeWriteOff(ctx context.Context, in *proposeWriteOffInput) (*answer[writeOff], error) {
	return writtenOff(ctx)(s.Catalog.ProposeWriteOff(ctx, web.ActorOf(ctx), in.Key, catalog.WriteOffInput{Lot: in.Body.LotID, Place: in.Body.Place,
		Pieces: in.Body.Pieces, Reason: in.Body.Reason}))
}

func (s *Server) approveWriteOff(ctx context.Context, in *MoveInput) (*answer[writeOff], error) {
	return writtenOff(ctx)(s.Catalog.ApproveWriteOff(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

func (s *Server) listWriteOffs(ctx context.Context, _ *struct{}) (*whole[writeOff], error) {
	return wholeOf(writeOffBody)(s.Catalog.OpenWriteOffs(ctx, web.ActorOf(ctx)))
}
