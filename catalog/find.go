package catalog

import (
	"context"
	"slices"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/search"
)

// Found is one page of search results with its counts. The products are shared
// between requests: they are read, never changed.
type Found struct {
	Products []Product
	search.Result
	Asked   search.Query // as it was understood: a price named in words is a bound
	Nearest bool         // nothing fits what was asked; these come nearest, on one page
}

// Search finds published pieces; its parameters and faults are the engine's. A
// piece hidden a moment ago is left out even when the index still has it.
func (s *Service) Search(ctx context.Context, q search.Query) (Found, error) {
	out, err := s.ask(ctx, q)
	if err != nil {
		return Found{}, err
	}
	have, err := s.published(ctx, out.IDs)
	if err != nil {
		return Found{}, err
	}
	for _, id := range out.IDs {
		if p := have[id]; p != nil {
			out.Products = append(out.Products, *p)
		}
	}
	return out, nil
}

// published are those of products that the shop shows, from the shelf where it has
// them.
func (s *Service) published(ctx context.Context, ids []string) (map[string]*Product, error) {
	have, missing, epoch := s.shelf.take(ids)
	if len(missing) > 0 {
		var read []Product
		if err := s.db.Read(ctx, func(tx *db.Tx) error {
			var err error
			read, err = load(tx, missing)
			return err
		}); err != nil {
			return nil, err
		}
		s.shelf.put(read, epoch)
		for i := range read {
			have[read[i].ID] = &read[i]
		}
	}
	for id, p := range have {
		if !p.public() {
			delete(have, id)
		}
	}
	return have, nil
}

// ask asks the engine, and when nothing fits, what comes nearest.
func (s *Service) ask(ctx context.Context, q search.Query) (Found, error) {
	out := Found{Asked: search.Understand(q)}
	var err error
	if out.Result, err = s.engine.Search(ctx, out.Asked); err != nil || out.Total > 0 || q.Cursor != "" {
		return out, err
	}
	for _, near := range search.Nearer(q) {
		r, err := s.engine.Search(ctx, near)
		if err != nil {
			return Found{}, err
		}
		if r.Total > 0 {
			r.HasMore, r.NextCursor = false, ""
			return Found{Result: r, Asked: near, Nearest: true}, nil
		}
	}
	return out, nil
}

// Suggestions are what may be meant by words that are still being typed: some pieces,
// and kinds of pieces that part of what fits belongs to.
type Suggestions struct {
	Products []Product
	Kinds    []Kind
}

// Kind is a value of a facet and how many fitting pieces have it.
type Kind struct {
	Facet, Value string
	Count        int64
}

const (
	suggestedPieces = 5
	suggestedKinds  = 2 // of each facet
)

// Suggest gives suggestions for the beginning of a question; none for none.
func (s *Service) Suggest(ctx context.Context, text string) (Suggestions, error) {
	if strings.TrimSpace(text) == "" {
		return Suggestions{}, nil
	}
	found, err := s.Search(ctx, search.Query{Text: text, Limit: suggestedPieces})
	if err != nil || found.Nearest {
		return Suggestions{}, err
	}
	out := Suggestions{Products: found.Products}
	for _, facet := range []string{search.FacetGarment, search.FacetCraft} {
		of := found.Facets[facet]
		for _, b := range of[:min(len(of), suggestedKinds)] {
			if len(of) > 1 && b.Value != "" {
				out.Kinds = append(out.Kinds, Kind{facet, b.Value, b.Count})
			}
		}
	}
	return out, nil
}

// mostAlike is how many pieces stand beside one.
const mostAlike = 4

// Alike are pieces in stock that resemble one: of its craft and garment, then of its
// craft, then of its garment, the newest first in each.
func (s *Service) Alike(ctx context.Context, p Product) ([]Product, error) {
	var out []Product
	for _, q := range []search.Query{
		{Crafts: []string{p.Craft}, Garments: []string{p.Garment}}, {Crafts: []string{p.Craft}}, {Garments: []string{p.Garment}},
	} {
		q.InStock, q.Sort, q.Limit = true, search.SortNew, 2*mostAlike+1
		found, err := s.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, o := range found.Products {
			if len(out) < mostAlike && o.ID != p.ID && !found.Nearest && !slices.ContainsFunc(out, func(had Product) bool { return had.ID == o.ID }) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// document is what the index holds of a published product.
func (p Product) document() search.Document {
	d := search.Document{
		ID: p.ID, Slug: p.Slug,
		Titles:       search.Text{En: p.Title.En, Hi: p.Title.Hi, Ur: p.Title.Ur},
		Descriptions: search.Text{En: p.Description.En, Hi: p.Description.Hi, Ur: p.Description.Ur},
		Craft:        p.Craft, Techniques: p.Techniques, Garment: p.Garment, Fabric: p.Fabric, Colour: p.Colour,
		Area: p.Area, Price: p.Price(), InStock: p.InStock(), OneOff: p.OneOff, MadeToOrder: p.MadeToOrder, Version: p.Version,
	}
	if p.PublishedAt != nil {
		d.PublishedAt = int64(*p.PublishedAt)
	}
	var sizes, makers []string
	for _, v := range p.Variants {
		sizes = append(sizes, v.Size)
		for _, m := range v.Makers() {
			for _, name := range []string{m.NameEn, m.NameHi, m.NameUr} {
				if name != "" {
					makers = append(makers, name)
				}
			}
		}
	}
	d.Sizes, d.Makers = unique(sizes), unique(makers)
	return d
}

// Price is the lowest tag among the variants in paise, 0 without a card.
func (p Product) Price() money.Paise {
	var low money.Paise
	for _, v := range p.Variants {
		if v.Card != nil && (low == 0 || v.Card.Tag < low) {
			low = v.Card.Tag
		}
	}
	return low
}
