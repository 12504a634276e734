package api

import (
	"context"
	"time"

	"saebaan/artisans"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type group struct {
	ID        string       `json:"id"`
	Name      text         `json:"name"`
	Area      string       `json:"area"`
	Bylaws    string       `json:"bylaws,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
	Members   []membership `json:"members,omitempty" doc:"Present and former ones; at one group only"`
	Payee     *payee       `json:"payee,omitempty" doc:"Its account, masked; at one group only"`
}

type membership struct {
	ArtisanID string `json:"artisan_id"`
	Name      text   `json:"name"`
	Leader    bool   `json:"leader"`
	From      string `json:"from"`
	Until     string `json:"until,omitempty" doc:"The first day on which it is over"`
}

func groupBody(g artisans.Group) group {
	out := group{ID: g.ID, Name: text{g.NameEn, g.NameHi, g.NameUr}, Area: g.Area, Bylaws: g.Bylaws, CreatedAt: when(g.CreatedAt)}
	if g.Payee != nil {
		p := payeeBody(*g.Payee)
		out.Payee = &p
	}
	for _, m := range g.Members {
		out.Members = append(out.Members, membership{m.ArtisanID, text{En: m.NameEn, Hi: m.NameHi}, m.Leader, m.From, m.Until})
	}
	return out
}

func grouped(ctx context.Context) func(artisans.Group, error) (*answer[group], error) {
	return func(g artisans.Group, err error) (*answer[group], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, groupBody(g)), nil
	}
}

type createGroupInput struct {
	Idempotent
	Body struct {
		Name   text   `json:"name"`
		Area   string `json:"area" maxLength:"40"`
		Bylaws string `json:"bylaws,omitempty" maxLength:"4000" doc:"What the members have agreed on, and where it is kept"`
	}
}

func (s *Server) createGroup(ctx context.Context, in *createGroupInput) (*answer[group], error) {
	return grouped(ctx)(s.Artisans.CreateGroup(ctx, web.ActorOf(ctx), in.Key, artisans.GroupInput{NameEn: in.Body.Name.En, NameHi: in.Body.Name.Hi,
		NameUr: in.Body.Name.Ur, Area: in.Body.Area, Bylaws: in.Body.Bylaws}))
}

func (s *Server) listGroups(ctx context.Context, in *Page) (*list[group], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Artisans.Groups(ctx, web.ActorOf(ctx), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, groupBody, func(g artisans.Group) string { return g.ID }), nil
}

func (s *Server) getGroup(ctx context.Context, in *ByID) (*answer[group], error) {
	return grouped(ctx)(s.Artisans.Group(ctx, web.ActorOf(ctx), in.ID))
}

type setMemberInput struct {
	MoveInput
	Body struct {
		ArtisanID string `json:"artisan_id" maxLength:"60"`
		Date      string `json:"date" format:"date"`
		Role      string `json:"role" enum:"member,leader,none" doc:"What she is from that day on"`
	}
}

func (s *Server) setMember(ctx context.Context, in *setMemberInput) (*answer[group], error) {
	return grouped(ctx)(s.Artisans.SetMember(ctx, web.ActorOf(ctx), in.Key, artisans.MemberInput{Group: in.ID, Artisan: in.Body.ArtisanID,
		Date: in.Body.Date, Leader: in.Body.Role == "leader", Leaves: in.Body.Role == "none"}))
}

type deductionConsent struct {
	ID        string     `json:"id"`
	ArtisanID string     `json:"artisan_id"`
	GroupID   string     `json:"group_id"`
	Kind      string     `json:"kind" doc:"savings, loan or account"`
	Rate      int64      `json:"rate_basis_points" doc:"Of what is left after tax; 0 takes most"`
	Most      amount     `json:"most" doc:"From one payment"`
	Total     *amount    `json:"total,omitempty" doc:"In all; absent when there is no end"`
	Taken     amount     `json:"taken"`
	From      string     `json:"from"`
	RevokedAt *time.Time `json:"revoked_at,omitempty" doc:"Runs prepared from then on take nothing"`
	Notice    string     `json:"notice"`
	Language  string     `json:"language"`
	Confirmed string     `json:"confirmed"`
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
}

func deductionConsentBody(c payouts.Consent) deductionConsent {
	out := deductionConsent{ID: c.ID, ArtisanID: c.ArtisanID, GroupID: c.GroupID, Kind: c.Kind, Rate: int64(c.Rate), Most: rupees(c.Most), Taken: rupees(c.Taken),
		From: c.From, RevokedAt: whenOrNil(c.RevokedAt), Notice: c.Notice, Language: c.Language, Confirmed: c.Confirmed, CreatedBy: c.CreatedBy, CreatedAt: when(c.CreatedAt)}
	if c.Total > 0 {
		total := rupees(c.Total)
		out.Total = &total
	}
	return out
}

func consented(ctx context.Context) func(payouts.Consent, error) (*answer[deductionConsent], error) {
	return func(c payouts.Consent, err error) (*answer[deductionConsent], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, deductionConsentBody(c)), nil
	}
}

type agreeInput struct {
	MoveInput
	Body struct {
		GroupID   string  `json:"group_id" maxLength:"60"`
		Kind      string  `json:"kind" enum:"savings,loan,account" doc:"account: her payments go to the group's account"`
		Rate      int64   `json:"rate_basis_points,omitempty" minimum:"0" maximum:"10000"`
		Most      *amount `json:"most,omitempty" doc:"From one payment; none for account"`
		Total     *amount `json:"total,omitempty" doc:"Needed for a loan"`
		From      string  `json:"from" format:"date"`
		Notice    string  `json:"notice" minLength:"1" maxLength:"60" doc:"Version of the notice she was read"`
		Language  string  `json:"language" enum:"en,hi,ur"`
		Confirmed string  `json:"confirmed" minLength:"1" maxLength:"500" doc:"How she said yes, and before whom"`
	}
}

func (s *Server) agreeDeduction(ctx context.Context, in *agreeInput) (*answer[deductionConsent], error) {
	b := in.Body
	return consented(ctx)(s.Payouts.Agree(ctx, web.ActorOf(ctx), in.Key, payouts.ConsentInput{Artisan: in.ID, Group: b.GroupID, Kind: b.Kind,
		Rate: money.BasisPoints(b.Rate), Most: given(b.Most).paise(), Total: given(b.Total).paise(), From: b.From, Notice: b.Notice, Language: b.Language, Confirmed: b.Confirmed}))
}

func (s *Server) listDeductionConsents(ctx context.Context, in *ByID) (*whole[deductionConsent], error) {
	return wholeOf(deductionConsentBody)(s.Payouts.Consents(ctx, web.ActorOf(ctx), in.ID))
}

func (s *Server) revokeDeduction(ctx context.Context, in *MoveInput) (*answer[deductionConsent], error) {
	return consented(ctx)(s.Payouts.Revoke(ctx, web.ActorOf(ctx), in.Key, in.ID))
}
