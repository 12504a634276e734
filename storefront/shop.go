package storefront

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/internal/search"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// newPieces is how many the first page shows.
const newPieces = 8

func (s *Site) home(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	ctx := c.UserContext()
	newest, err := s.Catalog.Search(ctx, search.Query{Sort: search.SortNew, Limit: newPieces, InStock: true})
	if err != nil {
		return nil, nil, err
	}
	front := views.Front{Newest: newest.Products}
	for _, craft := range artisans.Crafts {
		found, err := s.Catalog.Search(ctx, search.Query{Crafts: []string{craft}, Sort: search.SortNew, Limit: 2, InStock: true})
		if err != nil {
			return nil, nil, err
		}
		one := views.Craft{Name: craft}
		if len(found.Products) > 0 {
			one.Piece = found.Products[0]
		}
		if len(found.Products) > 1 && front.Hero.ID == "" {
			front.Hero = found.Products[1]
		}
		front.Crafts = append(front.Crafts, one)
	}
	if front.Shown, err = s.Catalog.ShownCollections(ctx); err != nil {
		return nil, nil, err
	}
	p = p.Titled(p.T("home.title"), p.T("home.mission_3"))
	return views.Home(p, front), nil, nil
}

func (s *Site) about(_ *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	return views.About(p.Titled(p.T("about.title"), p.T("site.vow"))), nil, nil
}

func (s *Site) list(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	asked, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return nil, nil, web.ErrMalformed
	}
	q := queryOf(asked)
	found, err := s.Catalog.Search(c.UserContext(), q)
	if err != nil {
		return nil, nil, err
	}
	title := p.T("shop.title")
	if len(q.Crafts) == 1 {
		title = p.Word("craft", q.Crafts[0])
	}
	p = p.Titled(title, p.T("shop.description"))
	if len(found.Products) > 0 && len(found.Products[0].Photos) > 0 {
		p.Image = shared(found.Products[0])
	}
	return views.List(p, views.Shop{Asked: asked, Query: q, Found: found, Crafts: artisans.Crafts}), nil, nil
}

// suggest is the part of a page that stands below the search box while words are typed.
func (s *Site) suggest(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	text := c.Query("q")
	if len(text) > 200 {
		text = ""
	}
	found, err := s.Catalog.Suggest(c.UserContext(), text)
	return views.Suggest(p, text, found), nil, err
}

// mostValues is how many values of one facet an address may ask for.
const mostValues = 20

// queryOf is the search that an address asks for.
func queryOf(v url.Values) search.Query {
	many := func(name string) []string {
		values := slices.DeleteFunc(slices.Clone(v[name]), func(s string) bool { return s == "" || len(s) > 60 })
		return values[:min(len(values), mostValues)]
	}
	q := search.Query{Text: v.Get("q"), Crafts: many(search.FacetCraft), Techniques: many(search.FacetTechnique),
		Garments: many(search.FacetGarment), Fabrics: many(search.FacetFabric), Colours: many(search.FacetColour),
		Sizes: many(search.FacetSize), Areas: many(search.FacetArea), InStock: v.Get(search.FacetInStock) == "true",
		OneOff: v.Get(search.FacetOneOff) == "true", MadeToOrder: v.Get(search.FacetMade) == "true", Sort: search.Sort(v.Get("sort")), Cursor: v.Get("after")}
	if len(q.Text) > 600 {
		q.Text = strings.ToValidUTF8(q.Text[:600], "")
	}
	for _, b := range search.Bands {
		if b.Value == v.Get("price") {
			q.MinPrice, q.MaxPrice = b.From, b.To
		}
	}
	return q
}

func (s *Site) product(c *fiber.Ctx, p views.Page) (templ.Component, []string, error) {
	one, err := s.Catalog.BySlug(c.UserContext(), c.Params("slug"))
	if err != nil {
		return nil, nil, err
	}
	p = p.Titled(p.In(one.Title), p.In(one.Description))
	p.Image = shared(one)
	alike, err := s.Catalog.Alike(c.UserContext(), one)
	if err != nil {
		return nil, nil, err
	}
	shown := []string{one.ID}
	for _, o := range alike {
		shown = append(shown, o.ID)
	}
	return views.Product(p, one, alike), shown, nil
}
