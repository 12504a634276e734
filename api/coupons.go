package api

import (
	"context"
	"time"

	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/orders"
)

type coupon struct {
	ID          string     `json:"id"`
	Code        string     `json:"code"`
	Kind        string     `json:"kind" enum:"fixed,percent"`
	Amount      amount     `json:"amount" doc:"Of a fixed one, off the whole cart before tax"`
	BasisPoints int64      `json:"basis_points" doc:"Of a percent one"`
	Least       amount     `json:"least" doc:"The cart before tax must come to this; zero is any"`
	Most        amount     `json:"most" doc:"A percent one takes off no more; zero is no bound"`
	From        string     `json:"from"`
	To          string     `json:"to"`
	UsesLimit   int64      `json:"uses_limit" doc:"Zero is any number"`
	Used        int64      `json:"used" doc:"Counted when there is a limit"`
	PerPhone    int64      `json:"per_phone" doc:"Zero is any number"`
	Subsidy     string     `json:"subsidy,omitempty" doc:"Of the fund, that bears what costs and wages would have to give"`
	EndedAt     *time.Time `json:"ended_at,omitempty"`
}

func couponBody(c orders.Coupon) coupon {
	return coupon{c.ID, c.Code, c.Kind, rupees(c.Paise), int64(c.Rate), rupees(c.Least), rupees(c.Most), c.From, c.To, c.Limit, c.Used, c.PerPhone,
		c.Subsidy, whenOrNil(c.EndedAt)}
}

type createCouponInput struct {
	Idempotent
	Body struct {
		Code        string  `json:"code" minLength:"3" maxLength:"24" doc:"Capital letters, digits and -"`
		Kind        string  `json:"kind" enum:"fixed,percent"`
		Amount      *amount `json:"amount,omitempty" doc:"Of a fixed one"`
		BasisPoints int64   `json:"basis_points,omitempty" minimum:"1" maximum:"10000" doc:"Of a percent one"`
		Least       *amount `json:"least,omitempty"`
		Most        *amount `json:"most,omitempty" doc:"Of a percent one"`
		From        string  `json:"from" maxLength:"10" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
		To          string  `json:"to" maxLength:"10" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
		UsesLimit   int64   `json:"uses_limit,omitempty" minimum:"0" maximum:"1000000"`
		PerPhone    int64   `json:"per_phone,omitempty" minimum:"0" maximum:"1000"`
		Subsidy     string  `json:"subsidy,omitempty" maxLength:"30" doc:"Finance alone may draw on one"`
	}
}

func (s *Server) createCoupon(ctx context.Context, in *createCouponInput) (*answer[coupon], error) {
	b := in.Body
	c, err := s.Orders.CreateCoupon(ctx, web.ActorOf(ctx), in.Key, orders.CouponInput{Code: b.Code, Kind: b.Kind, Paise: given(b.Amount).paise(),
		Rate: money.BasisPoints(b.BasisPoints), Least: given(b.Least).paise(), Most: given(b.Most).paise(), From: b.From, To: b.To,
		Limit: b.UsesLimit, PerPhone: b.PerPhone, Subsidy: b.Subsidy})
	if err != nil {
		return nil, err
	}
	return reply(ctx, couponBody(c)), nil
}

func (s *Server) listCoupons(ctx context.Context, _ *struct{}) (*whole[coupon], error) {
	return wholeOf(couponBody)(s.Orders.Coupons(ctx, web.ActorOf(ctx)))
}

type endCouponInput struct {
	Idempotent
	Code string `path:"code" maxLength:"24"`
}

func (s *Server) endCoupon(ctx context.Context, in *endCouponInput) (*answer[coupon], error) {
	c, err := s.Orders.EndCoupon(ctx, web.ActorOf(ctx), in.Key, in.Code)
	if err != nil {
		return nil, err
	}
	return reply(ctx, couponBody(c)), nil
}

type createSubsidyInput struct {
	Idempotent
	Body struct {
		Name   string `json:"name" minLength:"3" maxLength:"30" doc:"Small letters, digits and _"`
		Amount amount `json:"amount" doc:"Moved from the fund in the books"`
		Reason string `json:"reason" minLength:"1" maxLength:"300"`
	}
}

// postedEntry is an entry that has been posted and not been sealed yet.
type postedEntry struct {
	ID           string    `json:"id"`
	Reference    string    `json:"reference"`
	BusinessDate string    `json:"business_date"`
	PostedAt     time.Time `json:"posted_at"`
	Postings     []posting `json:"postings" nullable:"false"`
}

func postedBody(e ledger.Entry) postedEntry {
	return postedEntry{e.ID, e.Reference, e.BusinessDate, when(e.PostedAt), postingBodies(e.Postings)}
}

func (s *Server) createSubsidy(ctx context.Context, in *createSubsidyInput) (*answer[postedEntry], error) {
	e, err := s.Orders.RecordSubsidy(ctx, web.ActorOf(ctx), in.Key, orders.SubsidyInput{Name: in.Body.Name, Amount: in.Body.Amount.paise(), Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	return reply(ctx, postedBody(e)), nil
}
