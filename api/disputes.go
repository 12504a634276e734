package api

import (
	"context"
	"time"

	"saebaan/internal/web"
	"saebaan/orders"
)

type dispute struct {
	ID                string     `json:"id"`
	ProviderDisputeID string     `json:"provider_dispute_id"`
	OrderID           string     `json:"order_id"`
	PaymentID         string     `json:"payment_id"`
	Amount            amount     `json:"amount"`
	State             string     `json:"state" enum:"open,won,lost"`
	Fee               signed     `json:"fee" doc:"The gateway's for the dispute, less what came back"`
	FeeGST            signed     `json:"fee_gst"`
	OpenedAt          time.Time  `json:"opened_at"`
	ClosedAt          *time.Time `json:"closed_at,omitempty"`
}

func disputeBody(d orders.Dispute) dispute {
	return dispute{d.ID, d.ProviderID, d.OrderID, d.PaymentID, rupees(d.Amount), string(d.State), signedOf(d.Fee), signedOf(d.FeeGST),
		when(d.OpenedAt), whenOrNil(d.ClosedAt)}
}

func (s *Server) listDisputes(ctx context.Context, _ *struct{}) (*whole[dispute], error) {
	return wholeOf(disputeBody)(s.Orders.Disputes(ctx, web.ActorOf(ctx)))
}
