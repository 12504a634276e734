package api

import (
	"context"

	"saebaan/internal/web"
	"saebaan/orders"
)

type registration struct {
	ID        string `json:"id" minLength:"2" maxLength:"8" doc:"Its name in accounts: small letters and digits"`
	Prefix    string `json:"prefix" minLength:"2" maxLength:"2" doc:"Two capital letters that begin its series"`
	GSTIN     string `json:"gstin" maxLength:"20" doc:"Empty in an answer until it is entered; documents wait for it"`
	State     string `json:"state" minLength:"2" maxLength:"2"`
	Kind      string `json:"kind" enum:"regular,casual,composition"`
	LegalName string `json:"legal_name" maxLength:"200"`
	Address   string `json:"address" maxLength:"500"`
	From      string `json:"from" maxLength:"10"`
	To        string `json:"to,omitempty" maxLength:"10" doc:"Its last day; none is open"`
}

type saveRegistrationInput struct {
	Idempotent
	Body registration
}

// saveRegistration enters a registration, or completes one that has no number yet.
func (s *Server) saveRegistration(ctx context.Context, in *saveRegistrationInput) (*answer[registration], error) {
	r, err := s.Orders.SaveRegistration(ctx, web.ActorOf(ctx), in.Key, orders.Registration(in.Body))
	if err != nil {
		return nil, err
	}
	return reply(ctx, registration(r)), nil
}

func (s *Server) listRegistrations(ctx context.Context, _ *struct{}) (*whole[registration], error) {
	return wholeOf(func(r orders.Registration) registration { return registration(r) })(s.Orders.Registrations(ctx, web.ActorOf(ctx)))
}
