package catalog

import (
	"context"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// ListingInput is a piece as a coordinator describes it on her phone: what it is
// and what it costs. An empty HSN is the usual one of its kind.
type ListingInput struct {
	Title   Text
	Area    string
	Craft   string
	Garment string
	Fabric  string
	Colour  string
	HSN     string
	OneOff  bool
	Tag     money.Paise // what the buyer pays, tax included
}

// List makes a draft with one variant and a price card on the reference card's
// heads, in one step. A coordinator of the area or an administrator may; who
// made it and how many there are is said later, before it is published. Faults:
// those of Create and SaveCard.
func (s *Service) List(ctx context.Context, actor auth.Actor, key string, in ListingInput) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	if in.HSN == "" {
		in.HSN = usualHSN(in.Garment)
	}
	p := ProductInput{Title: in.Title, Area: in.Area, Craft: in.Craft, Garment: in.Garment, Fabric: in.Fabric, Colour: in.Colour, HSN: in.HSN, OneOff: in.OneOff}
	switch {
	case p.check(false) != nil:
		return Product{}, p.check(false)
	case !actor.CoversArea(in.Area):
		return Product{}, auth.ErrForbidden
	case in.HSN == "":
		return Product{}, ErrProduct.At("hsn", "this kind has no usual HSN code; choose one")
	case in.Tag <= 0:
		return Product{}, ErrCard.At("price", "is missing")
	}
	if _, err := s.gst.Rate(in.HSN, 1, s.db.Clock.Now().Date()); err != nil {
		return Product{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.list", Key: key}, in,
		func(tx *db.Tx) (Product, error) {
			product := id.New("prd")
			if err := insertProduct(tx, actor, product, p, nil); err != nil {
				return Product{}, err
			}
			v := Variant{ID: id.New("var"), ProductID: product, SKU: "S-" + strings.ToUpper(product[len(product)-10:]), Size: "One", Grams: usualGrams}
			if err := insertVariant(tx, v); err != nil {
				return Product{}, err
			}
			card := CardInput{Variant: v.ID, List: Retail, Tag: in.Tag, Heads: DefaultReferenceCard().Heads}
			of, err := productOfVariant(tx, v.ID)
			if err != nil {
				return Product{}, err
			}
			if _, err := s.saveCard(tx, actor, of, card); err != nil {
				return Product{}, err
			}
			return s.one(tx, product)
		})
}

// usualHSN is the code under which pieces of a kind are usually filed, or "".
func usualHSN(garment string) string {
	rules := DefaultMapping().Garments
	i := slices.IndexFunc(rules, func(r GarmentRule) bool { return r.Garment == garment })
	if i < 0 {
		return ""
	}
	return rules[i].HSN
}
