package api

import (
	"context"
	"time"

	"saebaan/catalog"
	"saebaan/internal/web"
)

type lot struct {
	ID            string    `json:"id"`
	VariantID     string    `json:"variant_id"`
	Code          string    `json:"code"`
	Kind          string    `json:"kind" doc:"consigned, or returned: the trust's, bought back with its makers' credits"`
	OwnerID       string    `json:"owner_id,omitempty" doc:"None for the trust's"`
	Cost          amount    `json:"cost" doc:"Of one piece, what the trust gave for it"`
	FromLot       string    `json:"from_lot,omitempty" doc:"Where a returned piece was sold from"`
	Received      int64     `json:"received"`
	OnHand        int64     `json:"on_hand"`
	Reserved      int64     `json:"reserved"`
	Sold          int64     `json:"sold"`
	TrustMaterial bool      `json:"trust_material"`
	Material      amount    `json:"material_cost" doc:"What one piece took of the material that the trust issued; 0 when it is not known"`
	Makers        []lotPart `json:"makers" nullable:"false"`
	CreatedAt     time.Time `json:"created_at"`
}

type lotPart struct {
	Stage     string `json:"stage" minLength:"1" maxLength:"40"`
	ArtisanID string `json:"artisan_id" maxLength:"60"`
	Weight    int64  `json:"weight" minimum:"1" maximum:"1000000" doc:"Pieces, hours or days; the stage's wage is shared by it"`
}

func lotBody(l catalog.Lot) lot {
	out := lot{ID: l.ID, VariantID: l.VariantID, Code: l.Code, Kind: l.Kind, OwnerID: l.OwnerID, Cost: rupees(l.Cost), FromLot: l.FromLot, Received: l.Received,
		OnHand: l.OnHand, Reserved: l.Reserved, Sold: l.Sold, TrustMaterial: l.TrustMaterial, Material: rupees(l.Material), CreatedAt: when(l.CreatedAt), Makers: []lotPart{}}
	for _, m := range l.Makers {
		out.Makers = append(out.Makers, lotPart{m.Stage, m.Artisan, m.Weight})
	}
	return out
}

type createLotInput struct {
	MoveInput
	Body struct {
		Code          string    `json:"code,omitempty" maxLength:"40" doc:"On the label; made when left out"`
		OwnerID       string    `json:"owner_id" maxLength:"60" doc:"The woman whose own work it is"`
		Pieces        int64     `json:"pieces" minimum:"1" maximum:"100000"`
		TrustMaterial bool      `json:"trust_material,omitempty" doc:"The trust issued the material"`
		Material      *amount   `json:"material_cost,omitempty" doc:"What one piece took of it, at cost: it leaves the trust's store when the piece is sent"`
		Makers        []lotPart `json:"makers" minItems:"1" maxItems:"100" nullable:"false"`
	}
}

func (s *Server) createLot(ctx context.Context, in *createLotInput) (*answer[lot], error) {
	input := catalog.LotInput{Variant: in.ID, Code: in.Body.Code, Owner: in.Body.OwnerID, Pieces: in.Body.Pieces, TrustMaterial: in.Body.TrustMaterial}
	if in.Body.Material != nil {
		input.Material = in.Body.Material.paise()
	}
	for _, m := range in.Body.Makers {
		input.Makers = append(input.Makers, catalog.MakerInput{Stage: m.Stage, Artisan: m.ArtisanID, Weight: m.Weight})
	}
	l, err := s.Catalog.ReceiveLot(ctx, web.ActorOf(ctx), in.Key, input)
	if err != nil {
		return nil, err
	}
	return reply(ctx, lotBody(l)), nil
}

func (s *Server) getLot(ctx context.Context, in *ByID) (*one[lot], error) {
	l, err := s.Catalog.Lot(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[lot]{lotBody(l)}, nil
}
