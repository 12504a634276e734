package api

import (
	"context"
	"time"

	"saebaan/internal/fault"
	"saebaan/internal/payment"
)

// ErrAdvance refuses a move of the test clock that is no duration or goes back.
var ErrAdvance = fault.New(fault.Invalid, "api.advance", "The test clock moves forward by a duration such as 15m or 168h, at most 8784h. Nothing was moved.")

type advanceInput struct {
	Body struct {
		Advance string `json:"advance" maxLength:"20" example:"168h"`
	}
}

type clock struct {
	Now time.Time `json:"now"`
}

// advanceClock moves the program's time and runs what has become due, so that
// the answer comes when releases and expiries are done. Test mode only.
func (s *Server) advanceClock(ctx context.Context, in *advanceInput) (*one[clock], error) {
	by, err := time.ParseDuration(in.Body.Advance)
	if err != nil || by <= 0 || by > 8784*time.Hour {
		return nil, ErrAdvance
	}
	if err := s.DB.AdvanceClock(ctx, by); err != nil {
		return nil, err
	}
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	return &one[clock]{clock{when(s.DB.Clock.Now())}}, nil
}

type confirmInput struct {
	Intent string `path:"intent" maxLength:"100"`
	Body   struct {
		Outcome string `json:"outcome" enum:"succeeded,failed,processing" default:"succeeded"`
		Deliver *bool  `json:"deliver,omitempty" doc:"false: only make the signed event, to be sent to /v1/webhooks/stripe by the tester; default true"`
	}
}

type confirmed struct {
	Payload   string `json:"payload" doc:"The event's bytes"`
	Signature string `json:"signature" doc:"To be sent as Stripe-Signature"`
	Delivered bool   `json:"delivered"`
}

// confirmPayment is the buyer at the simulator's card form. Test mode only.
func (s *Server) confirmPayment(ctx context.Context, in *confirmInput) (*one[confirmed], error) {
	payload, signature, err := s.Simulator.Confirm(ctx, in.Intent, payment.Status(in.Body.Outcome))
	if err != nil {
		return nil, err
	}
	return s.tell(ctx, in.Body.Deliver, payload, signature)
}

// tell sends the simulator's event on, unless the tester wants to do so herself.
func (s *Server) tell(ctx context.Context, deliver *bool, payload []byte, signature string) (*one[confirmed], error) {
	out := confirmed{Payload: string(payload), Signature: signature}
	if deliver == nil || *deliver {
		if err := s.Orders.PaymentEvent(ctx, payload, signature); err != nil {
			return nil, err
		}
		out.Delivered = true
	}
	return &one[confirmed]{out}, nil
}

type settleRefundInput struct {
	Refund string `path:"provider_refund" maxLength:"100"`
	Body   struct {
		Outcome string `json:"outcome" enum:"succeeded,failed"`
		Deliver *bool  `json:"deliver,omitempty" doc:"false: only make the signed event; default true"`
	}
}

// settleRefund is the buyer's bank, which takes a refund or sends it back. Test
// mode only.
func (s *Server) settleRefund(ctx context.Context, in *settleRefundInput) (*one[confirmed], error) {
	payload, signature, err := s.Simulator.SettleRefund(ctx, in.Refund, payment.RefundStatus(in.Body.Outcome))
	if err != nil {
		return nil, err
	}
	return s.tell(ctx, in.Body.Deliver, payload, signature)
}

type disputePaymentInput struct {
	Intent string `path:"intent" maxLength:"100"`
	Body   struct {
		State   string  `json:"state" enum:"open,won,lost"`
		Amount  *amount `json:"amount,omitempty" doc:"Needed to open one"`
		Deliver *bool   `json:"deliver,omitempty" doc:"false: only make the signed event; default true"`
	}
}

// disputePayment is the buyer's bank, which disputes a payment and decides. Test
// mode only.
func (s *Server) disputePayment(ctx context.Context, in *disputePaymentInput) (*one[confirmed], error) {
	payload, signature, err := s.Simulator.Dispute(ctx, in.Intent, given(in.Body.Amount).paise(), payment.DisputeState(in.Body.State))
	if err != nil {
		return nil, err
	}
	return s.tell(ctx, in.Body.Deliver, payload, signature)
}
