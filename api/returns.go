package api

import (
	"context"
	"time"

	"saebaan/internal/web"
	"saebaan/orders"
)

type returned struct {
	ID              string       `json:"id"`
	OrderID         string       `json:"order_id"`
	State           string       `json:"state" doc:"requested, received, refused or withdrawn"`
	Reason          string       `json:"reason"`
	Note            string       `json:"note,omitempty"`
	Answer          string       `json:"answer,omitempty" doc:"The words of the shop, when it refuses"`
	ExchangeVariant string       `json:"exchange_variant_id,omitempty" doc:"Wanted instead"`
	ExchangeOrder   string       `json:"exchange_order_id,omitempty" doc:"The order that replaces the pieces"`
	Refund          amount       `json:"refund" doc:"Price of what came back, once received"`
	Lines           []returnLine `json:"lines" nullable:"false"`
	RequestedAt     time.Time    `json:"requested_at"`
	DecidedAt       *time.Time   `json:"decided_at,omitempty"`
}

type returnLine struct {
	AllocationID string `json:"allocation_id"`
	LineID       string `json:"line_id"`
	Pieces       int64  `json:"pieces"`
	Outcome      string `json:"outcome,omitempty" doc:"restock, to_maker or spoiled"`
}

func returnBody(r orders.Return) returned {
	out := returned{ID: r.ID, OrderID: r.OrderID, State: string(r.State), Reason: string(r.Reason), Note: r.Note, Answer: r.Answer, ExchangeVariant: r.ExchangeVariant,
		ExchangeOrder: r.ExchangeOrder, Refund: rupees(r.Refund), Lines: []returnLine{}, RequestedAt: when(r.RequestedAt), DecidedAt: whenOrNil(r.DecidedAt)}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, returnLine{l.Allocation, l.LineID, l.Pieces, string(l.Outcome)})
	}
	return out
}

func cameBack(ctx context.Context) func(orders.Return, error) (*answer[returned], error) {
	return func(r orders.Return, err error) (*answer[returned], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, returnBody(r)), nil
	}
}

type createReturnInput struct {
	MoveInput
	Body struct {
		LineID   string `json:"line_id" minLength:"1" maxLength:"60"`
		Pieces   int64  `json:"pieces" minimum:"1" maximum:"100000"`
		Reason   string `json:"reason" enum:"size,defect,wrong_piece,courier,changed_mind"`
		Note     string `json:"note,omitempty" maxLength:"1000"`
		Exchange string `json:"exchange_variant_id,omitempty" maxLength:"60" doc:"Another size of the same piece at the same price, wanted instead"`
	}
}

func (s *Server) createReturn(ctx context.Context, in *createReturnInput) (*answer[returned], error) {
	b := in.Body
	return cameBack(ctx)(s.Orders.RequestReturn(ctx, web.ActorOf(ctx), in.Key, orders.ReturnInput{Order: in.ID, Line: b.LineID, Pieces: b.Pieces,
		Reason: orders.Reason(b.Reason), Note: b.Note, Exchange: b.Exchange}))
}

func (s *Server) listOrderReturns(ctx context.Context, in *ByID) (*whole[returned], error) {
	return wholeOf(returnBody)(s.Orders.Returns(ctx, web.ActorOf(ctx), in.ID))
}

func (s *Server) listReturns(ctx context.Context, _ *struct{}) (*whole[returned], error) {
	return wholeOf(returnBody)(s.Orders.Returns(ctx, web.ActorOf(ctx), ""))
}

func (s *Server) getReturn(ctx context.Context, in *ByID) (*answer[returned], error) {
	return cameBack(ctx)(s.Orders.Return(ctx, web.ActorOf(ctx), in.ID))
}

type receiveReturnInput struct {
	MoveInput
	Body struct {
		Outcome string `json:"outcome" enum:"restock,to_maker,spoiled" doc:"What becomes of the pieces; spoiled ones wait for two people to write them off"`
		AtFault string `json:"at_fault,omitempty" maxLength:"60" doc:"The maker who has accepted the defect"`
		Reason  string `json:"reason,omitempty" enum:"size,defect,wrong_piece,courier,changed_mind" doc:"What it was when seen; default as asked"`
	}
}

func (s *Server) receiveReturn(ctx context.Context, in *receiveReturnInput) (*answer[returned], error) {
	return cameBack(ctx)(s.Orders.ReceiveReturn(ctx, web.ActorOf(ctx), in.Key, orders.ReceiveInput{Return: in.ID,
		Outcome: orders.Outcome(in.Body.Outcome), AtFault: in.Body.AtFault, Reason: orders.Reason(in.Body.Reason)}))
}

type endReturnInput struct {
	MoveInput
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"1000" doc:"Needed of an administrator, who refuses; a buyer withdraws"`
	}
}

func (s *Server) endReturn(ctx context.Context, in *endReturnInput) (*answer[returned], error) {
	return cameBack(ctx)(s.Orders.EndReturn(ctx, web.ActorOf(ctx), in.Key, orders.ReturnEnd{Return: in.ID, Note: given(in.Body).Note}))
}
