package api

import (
	"context"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/internal/web"
)

type variant struct {
	ID      string  `json:"id"`
	SKU     string  `json:"sku"`
	Size    string  `json:"size"`
	Weight  int64   `json:"weight_grams" doc:"Of one piece, packed"`
	InStock bool    `json:"in_stock"`
	Price   *card   `json:"price,omitempty" doc:"A set's is the sum of its parts'"`
	Parts   []part  `json:"parts" nullable:"false" doc:"Of a set, which has no lots of its own"`
	Makers  []maker `json:"makers" nullable:"false"`

	Measurements []measurement `json:"measurements" nullable:"false"`
}

// part is a variant in a set.
type part struct {
	VariantID string `json:"variant_id"`
	Pieces    int64  `json:"pieces" doc:"In one set"`
	SKU       string `json:"sku"`
	Title     text   `json:"title"`
	Size      string `json:"size"`
	InStock   bool   `json:"in_stock"`
}

type card struct {
	ID        string `json:"id"`
	VariantID string `json:"variant_id"`
	PriceList string `json:"price_list"`
	Version   int64  `json:"version"`
	From      string `json:"from"`
	ListPrice amount `json:"list_price" doc:"Before tax; the heads sum to it"`
	Tag       amount `json:"tag" doc:"What the buyer pays, tax included"`
	Heads     []head `json:"heads" nullable:"false"`
}

type head struct {
	Kind    string `json:"kind"`
	Head    string `json:"head"`
	Amount  amount `json:"amount"`
	Minutes int64  `json:"minutes,omitempty" doc:"Standard time of the stage"`
	Shares  bool   `json:"shares,omitempty" doc:"The stage shares the makers' balance"`
}

type maker struct {
	Stage     string `json:"stage"`
	ArtisanID string `json:"artisan_id,omitempty"`
	Name      *text  `json:"name,omitempty" doc:"Only with her consent"`
	Area      string `json:"area,omitempty"`
	Weight    int64  `json:"weight"`
}

func variantBody(v catalog.Variant) variant {
	out := variant{ID: v.ID, SKU: v.SKU, Size: v.Size, Weight: v.Grams, InStock: v.Free() > 0, Parts: []part{}, Makers: []maker{}, Measurements: []measurement{}}
	for _, m := range v.Measures {
		out.Measurements = append(out.Measurements, measurement(m))
	}
	if v.Card != nil {
		c := cardBody(*v.Card)
		out.Price = &c
	}
	for _, p := range v.Parts {
		out.Parts = append(out.Parts, part{p.VariantID, p.Pieces, p.SKU, textOf(p.Title()), p.Size, p.Free >= p.Pieces})
	}
	for _, m := range v.Makers() {
		out.Makers = append(out.Makers, makerBody(m))
	}
	return out
}

// makerBody shows a maker's id and name only with her consent to the name.
func makerBody(m catalog.Maker) maker {
	out := maker{Stage: m.Stage, Area: m.Area, Weight: m.Weight}
	if m.NameEn != "" {
		out.ArtisanID, out.Name = m.Artisan, &text{m.NameEn, m.NameHi, m.NameUr}
	}
	return out
}

func cardBody(c catalog.Card) card {
	return card{ID: c.ID, VariantID: c.VariantID, PriceList: c.List, Version: c.Version, From: c.From,
		ListPrice: rupees(c.ListPrice), Tag: rupees(c.Tag), Heads: headBodies(c.Heads)}
}

func headBodies(heads []catalog.Head) []head {
	out := make([]head, 0, len(heads))
	for _, h := range heads {
		out = append(out, head{h.Kind, h.Head, rupees(h.Paise), h.Minutes, h.Shares})
	}
	return out
}

type createVariantInput struct {
	MoveInput
	Body struct {
		SKU    string      `json:"sku" minLength:"1" maxLength:"40"`
		Size   string      `json:"size" minLength:"1" maxLength:"30"`
		Weight int64       `json:"weight_grams,omitempty" minimum:"1" maximum:"100000" doc:"Of one piece, packed; default 400"`
		Parts  []partInput `json:"parts,omitempty" minItems:"1" maxItems:"20" nullable:"false" doc:"Makes it a set of variants that have lots of their own"`
	}
}

type partInput struct {
	VariantID string `json:"variant_id" maxLength:"60"`
	Pieces    int64  `json:"pieces" minimum:"1" maximum:"100" doc:"In one set"`
}

func (s *Server) createVariant(ctx context.Context, in *createVariantInput) (*answer[variant], error) {
	input := catalog.VariantInput{Product: in.ID, SKU: in.Body.SKU, Size: in.Body.Size, Grams: in.Body.Weight}
	for _, p := range in.Body.Parts {
		input.Parts = append(input.Parts, catalog.PartInput{Variant: p.VariantID, Pieces: p.Pieces})
	}
	v, err := s.Catalog.AddVariant(ctx, web.ActorOf(ctx), in.Key, input)
	if err != nil {
		return nil, err
	}
	return reply(ctx, variantBody(v)), nil
}

type headInput struct {
	Kind        string  `json:"kind" enum:"cost,wage,trust,makers"`
	Head        string  `json:"head" minLength:"1" maxLength:"40" doc:"material, packing, shipping, fee; a stage; running, fund; makers"`
	Amount      *amount `json:"amount,omitempty"`
	BasisPoints *int64  `json:"basis_points,omitempty" minimum:"0" maximum:"10000" doc:"Of the list price, half up"`
	Minutes     int64   `json:"minutes,omitempty" minimum:"0" maximum:"1000000"`
	Shares      bool    `json:"shares,omitempty"`
}

type createCardInput struct {
	MoveInput
	Body struct {
		PriceList      string      `json:"price_list,omitempty" maxLength:"40" doc:"Default retail"`
		ListPrice      *amount     `json:"list_price,omitempty" doc:"Before tax; this or tag"`
		Tag            *amount     `json:"tag,omitempty" doc:"With tax; this or list_price"`
		From           string      `json:"from,omitempty" maxLength:"10" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"Default today"`
		Heads          []headInput `json:"heads" minItems:"1" maxItems:"40" nullable:"false"`
		OverrideReason string      `json:"override_reason,omitempty" maxLength:"300" doc:"An administrator's reason for a wage under the floor"`
	}
}

func (s *Server) createCard(ctx context.Context, in *createCardInput) (*answer[card], error) {
	input := catalog.CardInput{Variant: in.ID, List: in.Body.PriceList, From: in.Body.From, Override: in.Body.OverrideReason}
	if in.Body.ListPrice != nil {
		input.ListPrice = money.Paise(in.Body.ListPrice.Amount)
	}
	if in.Body.Tag != nil {
		input.Tag = money.Paise(in.Body.Tag.Amount)
	}
	for _, h := range in.Body.Heads {
		to := catalog.HeadInput{Kind: h.Kind, Head: h.Head, Minutes: h.Minutes, Shares: h.Shares, BasisPoints: (*money.BasisPoints)(h.BasisPoints)}
		if h.Amount != nil {
			to.Paise = (*money.Paise)(&h.Amount.Amount)
		}
		input.Heads = append(input.Heads, to)
	}
	c, err := s.Catalog.SaveCard(ctx, web.ActorOf(ctx), in.Key, input)
	if err != nil {
		return nil, err
	}
	return reply(ctx, cardBody(c)), nil
}
