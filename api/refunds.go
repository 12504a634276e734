package api

import (
	"context"
	"time"

	"saebaan/internal/web"
	"saebaan/orders"
)

type refund struct {
	ID               string     `json:"id"`
	OrderID          string     `json:"order_id"`
	PaymentID        string     `json:"payment_id" doc:"The payment it goes back by"`
	Source           string     `json:"source" doc:"deposit: nothing was sent for it; sale: it was"`
	Reason           string     `json:"reason"`
	Amount           amount     `json:"amount"`
	State            string     `json:"state" doc:"due, sending, pending, failed (a person must pay it) or paid"`
	Provider         string     `json:"provider" doc:"The gateway, or upi, bank, cash, exchange"`
	ProviderRefundID string     `json:"provider_refund_id,omitempty"`
	Reference        string     `json:"reference,omitempty" doc:"Of a transfer that a person made"`
	CreatedAt        time.Time  `json:"created_at"`
	PaidAt           *time.Time `json:"paid_at,omitempty"`
}

func refundBody(r orders.Refund) refund {
	return refund{ID: r.ID, OrderID: r.OrderID, PaymentID: r.PaymentID, Source: r.Source, Reason: r.Reason, Amount: rupees(r.Amount),
		State: string(r.State), Provider: r.Provider, ProviderRefundID: given(r.ProviderID), Reference: r.Reference,
		CreatedAt: when(r.CreatedAt), PaidAt: whenOrNil(r.PaidAt)}
}

func (s *Server) listOrderRefunds(ctx context.Context, in *ByID) (*whole[refund], error) {
	return wholeOf(refundBody)(s.Orders.Refunds(ctx, web.ActorOf(ctx), in.ID))
}

func (s *Server) listRefunds(ctx context.Context, _ *struct{}) (*whole[refund], error) {
	return wholeOf(refundBody)(s.Orders.OpenRefunds(ctx, web.ActorOf(ctx)))
}

type recordRefundInput struct {
	MoveInput
	Body struct {
		Method    string `json:"method" enum:"upi,bank,cash"`
		Reference string `json:"reference" minLength:"4" maxLength:"40" doc:"The bank's or the voucher's number"`
	}
}

func (s *Server) recordRefund(ctx context.Context, in *recordRefundInput) (*answer[refund], error) {
	r, err := s.Orders.RecordRefund(ctx, web.ActorOf(ctx), in.Key, orders.RefundRecord{Refund: in.ID, Method: orders.Method(in.Body.Method),
		Reference: in.Body.Reference})
	if err != nil {
		return nil, err
	}
	return reply(ctx, refundBody(r)), nil
}
