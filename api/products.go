package api

import (
	"context"
	"time"

	"saebaan/catalog"
	"saebaan/internal/gst"
	"saebaan/internal/money"
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
}

type variant struct {
	ID      string  `json:"id"`
	SKU     string  `json:"sku"`
	Size    string  `json:"size"`
	InStock bool    `json:"in_stock"`
	Price   *card   `json:"price,omitempty"`
	Makers  []maker `json:"makers" nullable:"false"`
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

func productBody(p catalog.Product) product {
	out := product{ID: p.ID, Slug: p.Slug, State: string(p.State), Title: textOf(p.Title), Description: textOf(p.Description),
		Area: p.Area, Craft: p.Craft, Garment: p.Garment, Fabric: p.Fabric, Colour: p.Colour, Techniques: p.Techniques,
		HSN: gst.Digits(p.HSN), OneOff: p.OneOff, InStock: p.InStock(), Note: p.Note, Version: p.Version,
		PublishedAt: whenOrNil(p.PublishedAt), Photos: []photo{}, Variants: []variant{}}
	for _, f := range p.Photos {
		out.Photos = append(out.Photos, photo(f))
	}
	for _, v := range p.Variants {
		out.Variants = append(out.Variants, variantBody(v))
	}
	return out
}

func textOf(t catalog.Text) text { return text{t.En, t.Hi, t.Ur} }

func variantBody(v catalog.Variant) variant {
	out := variant{ID: v.ID, SKU: v.SKU, Size: v.Size, InStock: v.Free() > 0, Makers: []maker{}}
	if v.Card != nil {
		c := cardBody(*v.Card)
		out.Price = &c
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

type createProductInput struct {
	Idempotent
	Body struct {
		Title       text     `json:"title"`
		Description *text    `json:"description,omitempty"`
		Area        string   `json:"area" maxLength:"40"`
		Craft       string   `json:"craft" maxLength:"40"`
		Garment     string   `json:"garment" maxLength:"40"`
		Fabric      string   `json:"fabric" maxLength:"40"`
		Colour      string   `json:"colour" maxLength:"40"`
		Techniques  []string `json:"techniques,omitempty" maxItems:"20" nullable:"false"`
		HSN         string   `json:"hsn" maxLength:"20" doc:"Chosen by the person who lists it"`
		OneOff      bool     `json:"one_off,omitempty"`
	}
}

func (s *Server) createProduct(ctx context.Context, in *createProductInput) (*answer[product], error) {
	b := in.Body
	input := catalog.ProductInput{Title: catalog.Text(b.Title), Area: b.Area, Craft: b.Craft, Garment: b.Garment,
		Fabric: b.Fabric, Colour: b.Colour, Techniques: b.Techniques, HSN: b.HSN, OneOff: b.OneOff}
	if b.Description != nil {
		input.Description = catalog.Text(*b.Description)
	}
	p, err := s.Catalog.Create(ctx, web.ActorOf(ctx), in.Key, input)
	if err != nil {
		return nil, err
	}
	return reply(ctx, productBody(p)), nil
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

func moved(ctx context.Context) func(catalog.Product, error) (*answer[product], error) {
	return func(p catalog.Product, err error) (*answer[product], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, productBody(p)), nil
	}
}

type createVariantInput struct {
	MoveInput
	Body struct {
		SKU  string `json:"sku" minLength:"1" maxLength:"40"`
		Size string `json:"size" minLength:"1" maxLength:"30"`
	}
}

func (s *Server) createVariant(ctx context.Context, in *createVariantInput) (*answer[variant], error) {
	v, err := s.Catalog.AddVariant(ctx, web.ActorOf(ctx), in.Key, catalog.VariantInput{Product: in.ID, SKU: in.Body.SKU, Size: in.Body.Size})
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

type lot struct {
	ID            string    `json:"id"`
	VariantID     string    `json:"variant_id"`
	Code          string    `json:"code"`
	Kind          string    `json:"kind"`
	OwnerID       string    `json:"owner_id"`
	Received      int64     `json:"received"`
	OnHand        int64     `json:"on_hand"`
	Reserved      int64     `json:"reserved"`
	Sold          int64     `json:"sold"`
	TrustMaterial bool      `json:"trust_material"`
	Makers        []lotPart `json:"makers" nullable:"false"`
	CreatedAt     time.Time `json:"created_at"`
}

type lotPart struct {
	Stage     string `json:"stage" minLength:"1" maxLength:"40"`
	ArtisanID string `json:"artisan_id" maxLength:"60"`
	Weight    int64  `json:"weight" minimum:"1" maximum:"1000000" doc:"Pieces, hours or days; the stage's wage is shared by it"`
}

func lotBody(l catalog.Lot) lot {
	out := lot{ID: l.ID, VariantID: l.VariantID, Code: l.Code, Kind: l.Kind, OwnerID: l.OwnerID, Received: l.Received,
		OnHand: l.OnHand, Reserved: l.Reserved, Sold: l.Sold, TrustMaterial: l.TrustMaterial, CreatedAt: when(l.CreatedAt), Makers: []lotPart{}}
	for _, m := range l.Makers {
		out.Makers = append(out.Makers, lotPart{m.Stage, m.Artisan, m.Weight})
	}
	return out
}

type createLotInput struct {
	MoveInput
	Body struct {
		Code          string    `json:"code,omitempty" maxLength:"40" doc:"On the label; made when left out"`
		OwnerID       string    `json:"owner_id" maxLength:"60" doc:"The woman whose own work it is"`
		Pieces        int64     `json:"pieces" minimum:"1" maximum:"100000"`
		TrustMaterial bool      `json:"trust_material,omitempty" doc:"The trust issued the material"`
		Makers        []lotPart `json:"makers" minItems:"1" maxItems:"100" nullable:"false"`
	}
}

func (s *Server) createLot(ctx context.Context, in *createLotInput) (*answer[lot], error) {
	input := catalog.LotInput{Variant: in.ID, Code: in.Body.Code, Owner: in.Body.OwnerID, Pieces: in.Body.Pieces, TrustMaterial: in.Body.TrustMaterial}
	for _, m := range in.Body.Makers {
		input.Makers = append(input.Makers, catalog.MakerInput{Stage: m.Stage, Artisan: m.ArtisanID, Weight: m.Weight})
	}
	l, err := s.Catalog.ReceiveLot(ctx, web.ActorOf(ctx), in.Key, input)
	if err != nil {
		return nil, err
	}
	return reply(ctx, lotBody(l)), nil
}

func (s *Server) getLot(ctx context.Context, in *ByID) (*one[lot], error) {
	l, err := s.Catalog.Lot(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[lot]{lotBody(l)}, nil
}
