package api

import (
	"context"
	"encoding/json"
	"time"

	"saebaan/artisans"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type advance struct {
	ID         string     `json:"id"`
	ArtisanID  string     `json:"artisan_id"`
	Kind       string     `json:"kind" doc:"cash, bank or material"`
	State      string     `json:"state" doc:"proposed, given, refused or closed"`
	Amount     amount     `json:"amount"`
	Recovered  amount     `json:"recovered"`
	WrittenOff amount     `json:"written_off"`
	Left       amount     `json:"left" doc:"Still to be recovered"`
	Reason     string     `json:"reason"`
	Reference  string     `json:"reference,omitempty"`
	Paused     string     `json:"paused,omitempty" doc:"Why nothing is recovered at present"`
	WriteOff   string     `json:"write_off_reason,omitempty" doc:"Why the rest should be written off; waits for a second person while something is left"`
	ProposedBy string     `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	DecidedBy  string     `json:"decided_by,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	Content    string     `json:"content_hash" doc:"Of what is decided about it"`
}

func advanceBody(a payouts.Advance) advance {
	return advance{a.ID, a.ArtisanID, a.Kind, string(a.State), rupees(a.Amount), rupees(a.Recovered), rupees(a.Written), rupees(a.Left()),
		a.Reason, a.Reference, a.Paused, a.WriteOff, a.ProposedBy, when(a.ProposedAt), a.DecidedBy, whenOrNil(a.DecidedAt), a.ContentHash()}
}

func advanced(ctx context.Context) func(payouts.Advance, error) (*answer[advance], error) {
	return func(a payouts.Advance, err error) (*answer[advance], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, advanceBody(a)), nil
	}
}

type listAdvancesInput struct {
	Page
	ArtisanID string `query:"artisan_id" maxLength:"60" doc:"Of one artisan; default those that wait or are not worked off"`
}

func (s *Server) listAdvances(ctx context.Context, in *listAdvancesInput) (*list[advance], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Payouts.Advances(ctx, web.ActorOf(ctx), in.ArtisanID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, advanceBody, func(a payouts.Advance) string { return a.ID }), nil
}

type proposeAdvanceInput struct {
	Idempotent
	Body struct {
		ArtisanID string `json:"artisan_id" maxLength:"60"`
		Kind      string `json:"kind" enum:"cash,bank,material"`
		Amount    amount `json:"amount"`
		Reason    string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (s *Server) proposeAdvance(ctx context.Context, in *proposeAdvanceInput) (*answer[advance], error) {
	return advanced(ctx)(s.Payouts.ProposeAdvance(ctx, web.ActorOf(ctx), in.Key, payouts.AdvanceInput{Artisan: in.Body.ArtisanID, Kind: in.Body.Kind,
		Amount: in.Body.Amount.paise(), Reason: in.Body.Reason}))
}

type decideAdvanceInput struct {
	MoveInput
	Body struct {
		Decision  string          `json:"decision" enum:"yes,no"`
		Reference string          `json:"reference,omitempty" maxLength:"40" doc:"Of the voucher or transfer, when it is given"`
		Content   string          `json:"content_hash,omitempty" minLength:"64" maxLength:"64" doc:"Of the advance you looked at; with a passkey it must be there"`
		Password  string          `json:"password,omitempty" minLength:"1" maxLength:"128" doc:"Your own, typed again; or else passkey"`
		Passkey   json.RawMessage `json:"passkey,omitempty" doc:"The answer to a challenge for this act, decision, reference and content, as PublicKeyCredential.toJSON gives it; or else password"`
	}
}

func (in *decideAdvanceInput) decision() payouts.AdvanceDecision {
	return payouts.AdvanceDecision{Advance: in.ID, Yes: in.Body.Decision == "yes", Reference: in.Body.Reference, Seen: in.Body.Content,
		Password: in.Body.Password, Passkey: in.Body.Passkey}
}

type challengeAdvanceInput struct {
	ByID
	Body struct {
		Act       string `json:"act" enum:"decide,write_off" doc:"To decide about the advance, or about writing off what is left"`
		Decision  string `json:"decision" enum:"yes,no"`
		Reference string `json:"reference,omitempty" maxLength:"40" doc:"As it will be sent with the decision"`
		Content   string `json:"content_hash" minLength:"64" maxLength:"64" doc:"Of the advance you looked at"`
	}
}

// challengeAdvance begins to decide about an advance by passkey: the answer counts
// for this act, decision, reference and content alone.
func (s *Server) challengeAdvance(ctx context.Context, in *challengeAdvanceInput) (*one[challenge], error) {
	d := payouts.AdvanceDecision{Advance: in.ID, Yes: in.Body.Decision == "yes", Reference: in.Body.Reference, Seen: in.Body.Content}
	act := d.GiveAct()
	if in.Body.Act == "write_off" {
		act = d.WriteOffAct()
	}
	return challenged(s.Auth.BeginProof(ctx, web.ActorOf(ctx), act))
}

// decideAdvance needs no key: an advance is decided once, and again is a conflict.
func (s *Server) decideAdvance(ctx context.Context, in *decideAdvanceInput) (*answer[advance], error) {
	return advanced(ctx)(s.Payouts.DecideAdvance(ctx, web.ActorOf(ctx), in.decision()))
}

type reasonInput struct {
	MoveInput
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"Of a pause: empty takes the recovery up again"`
	}
}

func (s *Server) pauseAdvance(ctx context.Context, in *reasonInput) (*answer[advance], error) {
	return advanced(ctx)(s.Payouts.PauseAdvance(ctx, web.ActorOf(ctx), in.Key, in.ID, in.Body.Reason))
}

func (s *Server) proposeAdvanceWriteOff(ctx context.Context, in *reasonInput) (*answer[advance], error) {
	return advanced(ctx)(s.Payouts.ProposeWriteOff(ctx, web.ActorOf(ctx), in.Key, in.ID, in.Body.Reason))
}

// decideAdvanceWriteOff needs no key: what is written off is off.
func (s *Server) decideAdvanceWriteOff(ctx context.Context, in *decideAdvanceInput) (*answer[advance], error) {
	return advanced(ctx)(s.Payouts.WriteOffAdvance(ctx, web.ActorOf(ctx), in.decision()))
}

type setPANInput struct {
	Idempotent
	ByID
	Body struct {
		PAN string `json:"pan" minLength:"10" maxLength:"14"`
	}
}

type maskedPAN struct {
	PAN string `json:"pan" doc:"Masked"`
}

func (s *Server) setPAN(ctx context.Context, in *setPANInput) (*answer[maskedPAN], error) {
	masked, err := s.Artisans.SetPAN(ctx, web.ActorOf(ctx), in.Key, artisans.PANInput{Artisan: in.ID, PAN: in.Body.PAN})
	if err != nil {
		return nil, err
	}
	return reply(ctx, maskedPAN{masked}), nil
}
