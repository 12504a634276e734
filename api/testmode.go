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
	out := confirmed{Payload: string(payload), Signature: signature}
	if in.Body.Deliver == nil || *in.Body.Deliver {
		if err := s.Orders.PaymentEvent(ctx, payload, signature); err != nil {
			return nil, err
		}
		out.Delivered = true
	}
	return &one[confirmed]{out}, nil
}
