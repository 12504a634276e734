package api

import (
	"context"

	"saebaan/internal/web"
	"saebaan/orders"
)

type cancelOrderInput struct {
	MoveInput
	Body *struct {
		LineID string `json:"line_id,omitempty" maxLength:"60" doc:"Only pieces of this line; default the whole order"`
		Pieces int64  `json:"pieces,omitempty" minimum:"1" maximum:"100000" doc:"Of that line; default all that have not been sent"`
	}
}

func (s *Server) cancelOrder(ctx context.Context, in *cancelOrderInput) (*answer[order], error) {
	what := given(in.Body)
	return ordered(ctx)(s.Orders.Cancel(ctx, web.ActorOf(ctx), in.Key, orders.CancelInput{Order: in.ID, Line: what.LineID, Pieces: what.Pieces}))
}

type mailOrderInput struct {
	MoveInput
	Body struct {
		Email string `json:"email" maxLength:"200" doc:"Where the mails about the order go from now on; empty ends them"`
	}
}

func (s *Server) mailOrder(ctx context.Context, in *mailOrderInput) (*answer[order], error) {
	return ordered(ctx)(s.Orders.MailTo(ctx, web.ActorOf(ctx), in.Key, orders.MailInput{Order: in.ID, Email: in.Body.Email}))
}

type dispatchOrderInput struct {
	MoveInput
	Body *struct {
		Carrier  string `json:"carrier,omitempty" enum:"india_post,delhivery,bluedart,dtdc,by_hand" doc:"Default by_hand"`
		Tracking string `json:"tracking_number,omitempty" maxLength:"40"`
	}
}

func (s *Server) dispatchOrder(ctx context.Context, in *dispatchOrderInput) (*answer[order], error) {
	how := given(in.Body)
	return ordered(ctx)(s.Orders.Dispatch(ctx, web.ActorOf(ctx), in.Key, orders.DispatchInput{Order: in.ID, Carrier: how.Carrier, Tracking: how.Tracking}))
}

func (s *Server) deliverOrder(ctx context.Context, in *MoveInput) (*answer[order], error) {
	return ordered(ctx)(s.Orders.Deliver(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

type deliveriesInput struct {
	RawBody []byte `contentType:"text/csv" doc:"A carrier's report: columns tracking_number (or awb, waybill) and status, of which delivered counts"`
}

type deliveryRow struct {
	Row      int    `json:"row"`
	Tracking string `json:"tracking_number"`
	Outcome  string `json:"outcome" doc:"delivered, known (recorded before), unknown, ambiguous, not_delivered or not_entered (time ran out: send it again)"`
	OrderID  string `json:"order_id,omitempty"`
}

// enterDeliveries needs no key: the same report any number of times changes
// nothing more.
func (s *Server) enterDeliveries(ctx context.Context, in *deliveriesInput) (*whole[deliveryRow], error) {
	lines, err := orders.ParseDeliveries(in.RawBody)
	if err != nil {
		return nil, err
	}
	return wholeOf(func(r orders.DeliveryRow) deliveryRow { return deliveryRow{r.Row, r.Tracking, r.Outcome, r.Order} })(s.Orders.EnterDeliveries(ctx, web.ActorOf(ctx), lines))
}
