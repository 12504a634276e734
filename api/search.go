package api

import (
	"context"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/internal/search"
)

type searchInput struct {
	Page
	Q          string   `query:"q" maxLength:"200" doc:"Words in any of the three languages"`
	Crafts     []string `query:"craft,explode" maxItems:"20"`
	Techniques []string `query:"technique,explode" maxItems:"20"`
	Garments   []string `query:"garment,explode" maxItems:"20"`
	Fabrics    []string `query:"fabric,explode" maxItems:"20"`
	Colours    []string `query:"colour,explode" maxItems:"20"`
	Sizes      []string `query:"size,explode" maxItems:"20"`
	Areas      []string `query:"area,explode" maxItems:"20"`
	MinPrice   int64    `query:"min_price" minimum:"0" maximum:"10000000000000" doc:"In paise, tax included"`
	MaxPrice   int64    `query:"max_price" minimum:"0" maximum:"10000000000000"`
	InStock    bool     `query:"in_stock"`
	OneOff     bool     `query:"one_off"`
	Made       bool     `query:"made_to_order"`
	Sort       string   `query:"sort" enum:"relevance,new,price_up,price_down" default:"relevance"`
}

// foundProduct is a product in a list: enough to show and to put into a cart.
// Price heads and makers are at /v1/products/{id}.
type foundProduct struct {
	ID       string         `json:"id"`
	Slug     string         `json:"slug"`
	Title    text           `json:"title"`
	Area     string         `json:"area"`
	Craft    string         `json:"craft"`
	Garment  string         `json:"garment"`
	Fabric   string         `json:"fabric"`
	Colour   string         `json:"colour"`
	OneOff   bool           `json:"one_off"`
	InStock  bool           `json:"in_stock"`
	Photo    *photo         `json:"photo,omitempty"`
	Variants []foundVariant `json:"variants" nullable:"false"`
}

type foundVariant struct {
	ID      string  `json:"id"`
	SKU     string  `json:"sku"`
	Size    string  `json:"size"`
	Tag     *amount `json:"tag,omitempty" doc:"What the buyer pays, tax included"`
	InStock bool    `json:"in_stock"`
}

func foundBody(p catalog.Product) foundProduct {
	out := foundProduct{ID: p.ID, Slug: p.Slug, Title: textOf(p.Title), Area: p.Area, Craft: p.Craft, Garment: p.Garment,
		Fabric: p.Fabric, Colour: p.Colour, OneOff: p.OneOff, InStock: p.InStock(), Variants: make([]foundVariant, 0, len(p.Variants))}
	if len(p.Photos) > 0 {
		f := photo(p.Photos[0])
		out.Photo = &f
	}
	for _, v := range p.Variants {
		fv := foundVariant{ID: v.ID, SKU: v.SKU, Size: v.Size, InStock: v.Free() > 0}
		if v.Card != nil {
			tag := rupees(v.Card.Tag)
			fv.Tag = &tag
		}
		out.Variants = append(out.Variants, fv)
	}
	return out
}

type searchOutput struct {
	Body struct {
		Data       []foundProduct      `json:"data" nullable:"false"`
		Total      int64               `json:"total"`
		Facets     map[string][]bucket `json:"facets"`
		HasMore    bool                `json:"has_more"`
		NextCursor *string             `json:"next_cursor"`
		Asked      asked               `json:"asked"`
	}
}

// asked is the question as it was understood.
type asked struct {
	Q        string `json:"q" doc:"The words that were looked for"`
	MinPrice int64  `json:"min_price" doc:"In paise; 0 is no bound. A price named in words (under 2000) is a bound"`
	MaxPrice int64  `json:"max_price"`
	Nearest  bool   `json:"nearest" doc:"Nothing fits all that was asked: some of it was given up, and these come nearest, on one page"`
}

type bucket struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

func (s *Server) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	found, err := s.Catalog.Search(ctx, search.Query{Text: in.Q, Crafts: in.Crafts, Techniques: in.Techniques, Garments: in.Garments,
		Fabrics: in.Fabrics, Colours: in.Colours, Sizes: in.Sizes, Areas: in.Areas, MinPrice: money.Paise(in.MinPrice),
		MaxPrice: money.Paise(in.MaxPrice), InStock: in.InStock, OneOff: in.OneOff, MadeToOrder: in.Made, Sort: search.Sort(in.Sort), Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	out := &searchOutput{}
	out.Body.Data, out.Body.Total, out.Body.HasMore = make([]foundProduct, 0, len(found.Products)), found.Total, found.HasMore
	for _, p := range found.Products {
		out.Body.Data = append(out.Body.Data, foundBody(p))
	}
	if found.HasMore {
		out.Body.NextCursor = &found.NextCursor
	}
	out.Body.Asked = asked{found.Asked.Text, int64(found.Asked.MinPrice), int64(found.Asked.MaxPrice), found.Nearest}
	out.Body.Facets = map[string][]bucket{}
	for name, buckets := range found.Facets {
		for _, b := range buckets {
			out.Body.Facets[name] = append(out.Body.Facets[name], bucket(b))
		}
	}
	return out, nil
}

type suggestInput struct {
	Q string `query:"q" maxLength:"200" doc:"What was typed so far"`
}

type suggestOutput struct {
	Body struct {
		Data  []foundProduct  `json:"data" nullable:"false" doc:"Some pieces that may be meant"`
		Kinds []suggestedKind `json:"kinds" nullable:"false" doc:"Kinds of pieces that part of what fits belongs to: a filter of the search"`
	}
}

type suggestedKind struct {
	Facet string `json:"facet"`
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// suggest is for while one types.
func (s *Server) suggest(ctx context.Context, in *suggestInput) (*suggestOutput, error) {
	found, err := s.Catalog.Suggest(ctx, in.Q)
	if err != nil {
		return nil, err
	}
	out := &suggestOutput{}
	out.Body.Data, out.Body.Kinds = []foundProduct{}, []suggestedKind{}
	for _, p := range found.Products {
		out.Body.Data = append(out.Body.Data, foundBody(p))
	}
	for _, k := range found.Kinds {
		out.Body.Kinds = append(out.Body.Kinds, suggestedKind(k))
	}
	return out, nil
}
