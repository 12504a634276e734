package api

import (
	"bytes"
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/catalog"
	"saebaan/internal/gst"
	"saebaan/internal/media"
	"saebaan/internal/web"
)

type product struct {
	ID          string     `json:"id"`
	Slug        string     `json:"slug"`
	State       string     `json:"state"`
	Title       text       `json:"title"`
	Description text       `json:"description"`
	Area        string     `json:"area"`
	Craft       string     `json:"craft"`
	Garment     string     `json:"garment"`
	Fabric      string     `json:"fabric"`
	Colour      string     `json:"colour"`
	Techniques  []string   `json:"techniques" nullable:"false"`
	HSN         string     `json:"hsn"`
	OneOff      bool       `json:"one_off"`
	Care        text       `json:"care" doc:"How to wash and keep it"`
	MadeToOrder bool       `json:"made_to_order" doc:"Made after it is ordered: taken back only for a defect or a mistake of ours"`
	LeadDays    int64      `json:"lead_days" doc:"Until a piece that is made to order is sent; 0 is not said"`
	Edition     int64      `json:"edition" doc:"How often what is said of it was changed, from 1"`
	InStock     bool       `json:"in_stock"`
	Note        string     `json:"note,omitempty"`
	Version     int64      `json:"version"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	Photos      []photo    `json:"photos" nullable:"false"`
	Variants    []variant  `json:"variants" nullable:"false"`
}

type photo struct {
	Hash   string `json:"hash"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Colour string `json:"colour"`
	Widths string `json:"widths" doc:"Each is at /media/{hash}-{width}.jpg"`
	WebP   string `json:"webp" doc:"Those of them that are at /media/{hash}-{width}.webp too"`
}

func productBody(p catalog.Product) product {
	out := product{ID: p.ID, Slug: p.Slug, State: string(p.State), Title: textOf(p.Title), Description: textOf(p.Description),
		Area: p.Area, Craft: p.Craft, Garment: p.Garment, Fabric: p.Fabric, Colour: p.Colour, Techniques: p.Techniques,
		HSN: gst.Digits(p.HSN), OneOff: p.OneOff, MadeToOrder: p.MadeToOrder, InStock: p.InStock(), Note: p.Note, Version: p.Version,
		Care: textOf(p.Care), LeadDays: p.LeadDays, Edition: p.Edition, PublishedAt: whenOrNil(p.PublishedAt), Photos: []photo{}, Variants: []variant{}}
	for _, f := range p.Photos {
		out.Photos = append(out.Photos, photo(f))
	}
	for _, v := range p.Variants {
		out.Variants = append(out.Variants, variantBody(v))
	}
	return out
}

func textOf(t catalog.Text) text { return text{t.En, t.Hi, t.Ur} }

// productFacts are what a person says of a piece.
type productFacts struct {
	Title       text     `json:"title"`
	Description *text    `json:"description,omitempty"`
	Care        *text    `json:"care,omitempty" doc:"How to wash and keep it"`
	Area        string   `json:"area" maxLength:"40"`
	Craft       string   `json:"craft" maxLength:"40"`
	Garment     string   `json:"garment" maxLength:"40"`
	Fabric      string   `json:"fabric" maxLength:"40"`
	Colour      string   `json:"colour" maxLength:"40"`
	Techniques  []string `json:"techniques,omitempty" maxItems:"20" nullable:"false"`
	HSN         string   `json:"hsn" maxLength:"20" doc:"Chosen by the person who lists it"`
	OneOff      bool     `json:"one_off,omitempty"`
	MadeToOrder bool     `json:"made_to_order,omitempty" doc:"Made after it is ordered"`
	LeadDays    int64    `json:"lead_days,omitempty" minimum:"0" maximum:"365" doc:"Of a piece that is made to order"`
}

func (b productFacts) input() catalog.ProductInput {
	in := catalog.ProductInput{Title: catalog.Text(b.Title), Area: b.Area, Craft: b.Craft, Garment: b.Garment,
		Fabric: b.Fabric, Colour: b.Colour, Techniques: b.Techniques, HSN: b.HSN, OneOff: b.OneOff, MadeToOrder: b.MadeToOrder, LeadDays: b.LeadDays}
	if b.Description != nil {
		in.Description = catalog.Text(*b.Description)
	}
	if b.Care != nil {
		in.Care = catalog.Text(*b.Care)
	}
	return in
}

func factsOf(in catalog.ProductInput) productFacts {
	description, care := textOf(in.Description), textOf(in.Care)
	return productFacts{Title: textOf(in.Title), Description: &description, Care: &care, Area: in.Area, Craft: in.Craft, Garment: in.Garment, Fabric: in.Fabric,
		Colour: in.Colour, Techniques: in.Techniques, HSN: gst.Digits(in.HSN), OneOff: in.OneOff, MadeToOrder: in.MadeToOrder, LeadDays: in.LeadDays}
}

type createProductInput struct {
	Idempotent
	Body productFacts
}

func (s *Server) createProduct(ctx context.Context, in *createProductInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.Create(ctx, web.ActorOf(ctx), in.Key, in.Body.input()))
}

type editProductInput struct {
	Idempotent
	ByID
	Body struct {
		Facts   productFacts `json:"facts"`
		Edition int64        `json:"edition" minimum:"1" doc:"That of the piece as it was read; when it has changed since, nothing is saved"`
	}
}

func (s *Server) editProduct(ctx context.Context, in *editProductInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.Edit(ctx, web.ActorOf(ctx), in.Key, catalog.EditInput{Product: in.ID, Edition: in.Body.Edition, Facts: in.Body.Facts.input()}))
}

type edition struct {
	No      int64        `json:"no"`
	Facts   productFacts `json:"facts"`
	Actor   string       `json:"actor"`
	At      time.Time    `json:"at"`
	Changed []string     `json:"changed" nullable:"false" doc:"What differs from the edition before"`
}

type editionsOutput struct {
	Body struct {
		Data []edition `json:"data" nullable:"false"`
	}
}

func (s *Server) listEditions(ctx context.Context, in *ByID) (*editionsOutput, error) {
	all, err := s.Catalog.Editions(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := &editionsOutput{}
	out.Body.Data = []edition{}
	for _, e := range all {
		out.Body.Data = append(out.Body.Data, edition{e.No, factsOf(e.Facts), e.Actor, e.At.Std(), append([]string{}, e.Changed...)})
	}
	return out, nil
}

type listProductsInput struct {
	Page
	State string `query:"state" enum:"draft,submitted,needs_correction,published,archived" default:"published"`
}

func (s *Server) listProducts(ctx context.Context, in *listProductsInput) (*list[product], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Catalog.Products(ctx, web.ActorOf(ctx), catalog.State(in.State), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, productBody, func(p catalog.Product) string { return p.ID }), nil
}

func (s *Server) getProduct(ctx context.Context, in *ByID) (*one[product], error) {
	p, err := s.Catalog.Product(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[product]{productBody(p)}, nil
}

// MoveInput is embedded by POSTs on one thing.
type MoveInput struct {
	Idempotent
	ByID
}

func (s *Server) submitProduct(ctx context.Context, in *MoveInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.Submit(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

func (s *Server) publishProduct(ctx context.Context, in *MoveInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.Publish(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

func (s *Server) archiveProduct(ctx context.Context, in *MoveInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.Archive(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

type sendBackInput struct {
	MoveInput
	Body struct {
		Note string `json:"note" minLength:"1" maxLength:"1000"`
	}
}

func (s *Server) sendBackProduct(ctx context.Context, in *sendBackInput) (*answer[product], error) {
	return moved(ctx)(s.Catalog.SendBack(ctx, web.ActorOf(ctx), in.Key, in.ID, in.Body.Note))
}

// photoInput carries the picture as it is: what it is shows in its bytes.
type photoInput struct {
	ByID
	Shows   string `query:"shows" maxLength:"40" doc:"The artisan who is seen in it: she must have consented, and it goes when she consents no more"`
	RawBody []byte `contentType:"image/jpeg" doc:"A JPEG, PNG or WebP picture of at most 15 MB. A WebP may be followed, in the same body, by smaller ones of itself"`
}

// photoOperation takes more than other operations, from those who may send it.
func photoOperation() huma.Operation {
	o := op(post, "/products/{id}/photos", "add-photo", "Show a photo of a piece")
	o.MaxBodyBytes = media.MaxBytes + 1
	return o
}

// addPhoto needs no key: the same picture any number of times is one photo.
func (s *Server) addPhoto(ctx context.Context, in *photoInput) (*one[product], error) {
	p, err := s.Catalog.AddPhoto(ctx, web.ActorOf(ctx), catalog.PhotoInput{Product: in.ID, Shows: in.Shows}, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	return &one[product]{productBody(p)}, nil
}

type removePhotoInput struct {
	ByID
	Hash string `path:"hash" maxLength:"64"`
}

func (s *Server) removePhoto(ctx context.Context, in *removePhotoInput) (*one[product], error) {
	p, err := s.Catalog.RemovePhoto(ctx, web.ActorOf(ctx), in.ID, in.Hash)
	if err != nil {
		return nil, err
	}
	return &one[product]{productBody(p)}, nil
}

func moved(ctx context.Context) func(catalog.Product, error) (*answer[product], error) {
	return func(p catalog.Product, err error) (*answer[product], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, productBody(p)), nil
	}
}
