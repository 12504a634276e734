package api

import (
	"cmp"
	"context"
	"errors"
	"time"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type artisanCard struct {
	ID         string     `json:"id"`
	ArtisanID  string     `json:"artisan_id"`
	State      string     `json:"state" enum:"valid,lapsed,revoked"`
	ValidFrom  string     `json:"valid_from"`
	ValidUntil string     `json:"valid_until" doc:"Its last day"`
	IssuedAt   time.Time  `json:"issued_at"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`
	Reason     string     `json:"reason,omitempty" doc:"Why it was revoked"`
	URL        string     `json:"url,omitempty" doc:"What its code says, for who may print it; none once it is revoked"`
}

// artisanCardBody shows a card; site begins the address of its code.
func artisanCardBody(c artisans.Card, site string, now db.Time) artisanCard {
	out := artisanCard{ID: c.ID, ArtisanID: c.ArtisanID, State: string(c.State(now.Date())), ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
		IssuedAt: when(c.IssuedAt), RevokedAt: whenOrNil(c.RevokedAt), Reason: c.Reason}
	if c.Token != "" {
		out.URL = site + "/c/" + c.Token
	}
	return out
}

func (s *Server) artisanCardBody(c artisans.Card) artisanCard {
	return artisanCardBody(c, s.Orders.Settings().Site, s.DB.Clock.Now())
}

type issueCardInput struct {
	Idempotent
	ByID
	Body struct {
		Years  int    `json:"years" minimum:"1" maximum:"10" doc:"For how long it is valid"`
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"Why the card before ends; default replaced"`
	}
}

// issueCard gives her a card; the one she had ends at once.
func (s *Server) issueCard(ctx context.Context, in *issueCardInput) (*answer[artisanCard], error) {
	c, err := s.Artisans.IssueCard(ctx, web.ActorOf(ctx), in.Key, artisans.CardInput{Artisan: in.ID, Years: in.Body.Years, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	return reply(ctx, s.artisanCardBody(c)), nil
}

type revokeCardInput struct {
	Idempotent
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (s *Server) revokeCard(ctx context.Context, in *revokeCardInput) (*answer[artisanCard], error) {
	c, err := s.Artisans.RevokeCard(ctx, web.ActorOf(ctx), in.Key, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return reply(ctx, s.artisanCardBody(c)), nil
}

func (s *Server) getCard(ctx context.Context, in *ByID) (*one[artisanCard], error) {
	c, err := s.Artisans.Card(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[artisanCard]{s.artisanCardBody(c)}, nil
}

type openedCard struct {
	State       string       `json:"state" enum:"valid,lapsed,revoked"`
	ValidUntil  string       `json:"valid_until"`
	RevokedOn   string       `json:"revoked_on,omitempty"`
	Name        *text        `json:"name,omitempty" doc:"This and what follows only while the card is valid"`
	Owed        *signed      `json:"owed,omitempty" doc:"Now, wherever it stands"`
	LastPayment *cardPayment `json:"last_payment,omitempty"`
	Aloud       []string     `json:"aloud,omitempty" doc:"What is read to her"`
}

type cardPayment struct {
	Date   string `json:"date"`
	Amount amount `json:"amount"`
}

type openedCardInput struct {
	Token    string `path:"token" maxLength:"60"`
	Language string `query:"language" enum:"en,hi,ur" default:"hi" doc:"Of what is read to her"`
}

// openedCard tells whoever holds a card what she is owed.
func (s *Server) openedCard(ctx context.Context, in *openedCardInput) (*one[openedCard], error) {
	h, err := s.Payouts.Hers(ctx, in.Token)
	if errors.Is(err, artisans.ErrNoCard) {
		return nil, web.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &one[openedCard]{openedCardBody(h, in.Language)}, nil
}

func openedCardBody(h payouts.Hers, language string) openedCard {
	out := openedCard{State: string(h.State), ValidUntil: h.ValidUntil, RevokedOn: h.RevokedOn}
	if h.State != artisans.CardValid {
		return out
	}
	owed := signedOf(h.Owed)
	out.Name, out.Owed, out.Aloud = &text{h.NameEn, h.NameHi, h.NameUr}, &owed, h.Aloud(cmp.Or(language, "hi"))
	if h.PaidOn != "" {
		out.LastPayment = &cardPayment{h.PaidOn, rupees(h.Paid)}
	}
	return out
}
