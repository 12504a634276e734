package api

import (
	"context"

	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/orders"
)

type cart struct {
	ID    string     `json:"id"`
	Token string     `json:"token,omitempty" doc:"The cart's only key: send it as a bearer token; shown once"`
	Lines []cartLine `json:"lines" nullable:"false"`
	Total amount     `json:"total"`
}

type cartLine struct {
	VariantID string `json:"variant_id"`
	SKU       string `json:"sku"`
	Title     text   `json:"title"`
	Size      string `json:"size"`
	Quantity  int64  `json:"quantity"`
	Tag       amount `json:"tag"`
	Sum       amount `json:"sum"`
	ForSale   bool   `json:"for_sale"`
}

func cartBody(c orders.Cart) cart {
	out := cart{ID: c.ID, Lines: []cartLine{}, Total: rupees(c.Total)}
	for _, l := range c.Lines {
		out.Lines = append(out.Lines, cartLine{l.Offer.VariantID, l.Offer.SKU, textOf(l.Offer.Title()), l.Offer.Size, l.Quantity,
			rupees(l.Offer.Card.Tag), rupees(l.Sum), !l.Missing})
	}
	return out
}

func (s *Server) createCart(ctx context.Context, _ *struct{}) (*one[cart], error) {
	id, token, err := s.Orders.CreateCart(ctx)
	if err != nil {
		return nil, err
	}
	return &one[cart]{cart{ID: id, Token: token, Lines: []cartLine{}, Total: rupees(0)}}, nil
}

func (s *Server) getCart(ctx context.Context, in *ByID) (*one[cart], error) {
	c, err := s.Orders.Cart(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[cart]{cartBody(c)}, nil
}

type setCartLineInput struct {
	MoveInput
	Body struct {
		VariantID string `json:"variant_id" maxLength:"60"`
		Quantity  int64  `json:"quantity" minimum:"0" maximum:"100" doc:"0 takes it out"`
	}
}

func (s *Server) setCartLine(ctx context.Context, in *setCartLineInput) (*answer[cart], error) {
	c, err := s.Orders.SetLine(ctx, web.ActorOf(ctx), in.Key, in.ID, orders.LineInput{Variant: in.Body.VariantID, Quantity: in.Body.Quantity})
	if err != nil {
		return nil, err
	}
	return reply(ctx, cartBody(c)), nil
}

type quoteInput struct {
	ByID
	Body struct {
		State  string `json:"state,omitempty" maxLength:"2" doc:"Of the delivery, two-digit GST code; default the shop's own"`
		PIN    string `json:"pin,omitempty" maxLength:"6"`
		Coupon string `json:"coupon,omitempty" maxLength:"40"`
	}
}

type quote struct {
	Lines         []LineFigures `json:"lines" nullable:"false" doc:"The delivery's with them"`
	Delivery      delivery      `json:"delivery"`
	Coupon        string        `json:"coupon,omitempty" doc:"The code that these figures are with"`
	Total         amount        `json:"total"`
	Taxable       amount        `json:"taxable"`
	Tax           tax           `json:"tax"`
	Rounding      signed        `json:"rounding"`
	TotalWithout  amount        `json:"total_without_coupon"`
	CrossesSlab   bool          `json:"crosses_slab" doc:"The coupon takes a piece into another rate of tax"`
	CouponRefused *refusal      `json:"coupon_refused,omitempty" doc:"Why the figures are without the coupon"`
}

type delivery struct {
	Zone   string `json:"zone"`
	Charge amount `json:"charge" doc:"Taxes included"`
	Waived amount `json:"waived" doc:"What it would have been, when it is free"`
	Days   int64  `json:"days"`
}

// refusal is a fault inside of an answer.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func refusalOf(err error) *refusal {
	if f := fault.Of(err); f != nil {
		return &refusal{f.Code, f.Message}
	}
	return nil
}

func quoteBody(q orders.Quote) quote {
	o, d := q.Order, q.Order.Delivery
	out := quote{Lines: []LineFigures{}, Delivery: delivery{d.Zone, rupees(d.Charge), rupees(d.Waived), d.Days}, Coupon: o.CouponCode,
		Total: rupees(o.Total), Taxable: rupees(o.Taxable), Tax: taxOf(o.Tax), Rounding: signedOf(o.Rounding), TotalWithout: rupees(q.Without),
		CrossesSlab: q.Crosses, CouponRefused: refusalOf(q.Refused)}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, figuresOf(l))
	}
	return out
}

// quoteCart needs no key: it changes nothing.
func (s *Server) quoteCart(ctx context.Context, in *quoteInput) (*one[quote], error) {
	q, err := s.Orders.Quote(ctx, web.ActorOf(ctx), orders.QuoteInput{Cart: in.ID, State: in.Body.State, PIN: in.Body.PIN, Coupon: in.Body.Coupon})
	if err != nil {
		return nil, err
	}
	return &one[quote]{quoteBody(q)}, nil
}
