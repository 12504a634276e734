package storefront

import (
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/search"
	"saebaan/storefront/views"
)

func (s *Site) collections(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	shown, err := s.Catalog.ShownCollections(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	return views.Collections(p.Titled(p.T("collection.all"), p.T("shop.description")), shown), nil, nil
}

// collection is a page of one in its season; it goes with any change, as lists do.
func (s *Site) collection(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	one, err := s.Catalog.OpenCollection(c.UserContext(), c.Params("slug"))
	if err != nil {
		return nil, nil, err
	}
	found, err := s.Catalog.Pieces(c.UserContext(), one, c.Query("after"), search.DefaultLimit)
	if err != nil {
		return nil, nil, err
	}
	if one.Slug != c.Params("slug") {
		return nil, nil, catalog.ErrNoCollection // its id is no second address
	}
	p = p.Titled(p.In(one.Title), p.In(one.About))
	if len(found.Products) > 0 && len(found.Products[0].Photos) > 0 {
		p.Image = shared(found.Products[0])
	}
	return views.CollectionPage(p, one, found), nil, nil
}

// askOf is the saved search of an address of the shop.
func askOf(v url.Values) catalog.Ask {
	q := queryOf(v)
	a := catalog.Ask{Text: q.Text, Crafts: q.Crafts, Techniques: q.Techniques, Garments: q.Garments, Fabrics: q.Fabrics, Colours: q.Colours, Sizes: q.Sizes,
		Areas: q.Areas, Price: v.Get("price"), InStock: q.InStock, OneOff: q.OneOff, MadeToOrder: q.MadeToOrder, Sort: string(q.Sort)}
	return a
}

// addressOf is the address in the shop of a saved search.
func addressOf(a *catalog.Ask) string {
	if a == nil {
		return ""
	}
	v := url.Values{}
	for name, values := range map[string][]string{search.FacetCraft: a.Crafts, search.FacetTechnique: a.Techniques, search.FacetGarment: a.Garments,
		search.FacetFabric: a.Fabrics, search.FacetColour: a.Colours, search.FacetSize: a.Sizes, search.FacetArea: a.Areas} {
		if len(values) > 0 {
			v[name] = values
		}
	}
	for name, value := range map[string]string{"q": a.Text, "price": a.Price, "sort": a.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, on := range map[string]bool{search.FacetInStock: a.InStock, search.FacetOneOff: a.OneOff, search.FacetMade: a.MadeToOrder} {
		if on {
			v.Set(name, "true")
		}
	}
	return "/shop?" + v.Encode()
}
