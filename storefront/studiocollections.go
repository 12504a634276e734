package storefront

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/search"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// registerCollections puts the pages on which administrators gather pieces on the app.
func (s *Site) registerCollections(office, post func(path string, do personPage)) {
	office("/studio/collections", s.studioCollections)
	post("/studio/collections", s.saveCollection)
	office("/studio/collections/:id", s.editCollection)
	post("/studio/collections/:id", s.saveCollection)
	post("/studio/collections/:id/end", s.endCollection)
}

func (s *Site) studioCollections(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	all, err := s.Catalog.Collections(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	return views.StudioCollections(p.Titled(p.T("collection.all"), ""), all, s.Payouts.Today()), nil
}

// editCollection is the form of one, or under the name "new" of none yet.
func (s *Site) editCollection(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v := views.CollectionForm{}
	if c.Params("id") == "new" {
		if err := p.Actor.Require(auth.Administrator); err != nil {
			return nil, err
		}
		return views.StudioCollection(p.Titled(p.T("collection.new"), ""), v), nil
	}
	one, err := s.Catalog.AnyCollection(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v = views.CollectionForm{Collection: one, Slug: one.Slug, Title: one.Title, About: one.About, BySearch: one.Ask != nil, Address: addressOf(one.Ask), From: one.From, To: one.To}
	if v.Preview, err = s.preview(c.UserContext(), p, one); err != nil {
		return nil, err
	}
	for _, piece := range v.Preview.Products {
		if one.Ask == nil {
			v.Pieces += "/p/" + piece.Slug + "\n"
		}
	}
	if one.Cover != "" {
		cover, err := s.Catalog.Product(c.UserContext(), p.Actor, one.Cover)
		if err != nil {
			return nil, err
		}
		v.Cover = "/p/" + cover.Slug
	}
	return views.StudioCollection(p.Titled(p.In(one.Title), ""), v), nil
}

// preview is what a collection holds: the chosen pieces in whatever state, or what its
// search finds now.
func (s *Site) preview(ctx context.Context, p views.Page, one catalog.Collection) (catalog.Found, error) {
	if one.Ask != nil {
		return s.Catalog.Pieces(ctx, one, "", search.DefaultLimit)
	}
	list, err := s.Catalog.ChosenPieces(ctx, p.Actor, one)
	return catalog.Found{Products: list, Result: search.Result{Total: int64(len(list))}}, err
}

// saveCollection makes one or replaces it; when it cannot be, the page comes back with
// what was typed and what is the matter beside its fields.
func (s *Site) saveCollection(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v := views.CollectionForm{Slug: strings.TrimSpace(c.FormValue("slug")), BySearch: c.FormValue("by") == "search", Pieces: c.FormValue("pieces"),
		Address: strings.TrimSpace(c.FormValue("address")), From: c.FormValue("from"), To: c.FormValue("to"), Cover: strings.TrimSpace(c.FormValue("cover"))}
	text := func(name string) catalog.Text {
		return catalog.Text{En: c.FormValue(name + "_en"), Hi: c.FormValue(name + "_hi"), Ur: c.FormValue(name + "_ur")}
	}
	v.Title, v.About, v.ID = text("title"), text("about"), c.Params("id")
	v.Edition, _ = strconv.ParseInt(c.FormValue("edition"), 10, 64) // 0 is no edition
	in := catalog.CollectionInput{ID: v.ID, Edition: v.Edition, Slug: v.Slug, Title: v.Title, About: v.About, Cover: pieceName(v.Cover), From: v.From, To: v.To}
	if v.BySearch {
		_, query, _ := strings.Cut(v.Address, "?")
		asked, _ := url.ParseQuery(query) // what cannot be read asks for less
		ask := askOf(asked)
		in.Ask = &ask
	} else {
		for _, line := range strings.Fields(v.Pieces) {
			in.Pieces = append(in.Pieces, pieceName(line))
		}
	}
	one, err := s.Catalog.SaveCollection(c.UserContext(), p.Actor, keyOf(c), in)
	if err == nil {
		return seeOther(c, "/studio/collections/"+one.ID)
	}
	f := fault.Of(err)
	if f == nil || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		return nil, err
	}
	v.Said, v.Wrong = p.Lang.Fault(f), map[string]string{}
	for _, field := range f.Fields {
		v.Wrong[field.Location] = p.T("collection.wrong_" + field.Location)
		if name, unknown := strings.CutSuffix(field.Message, " is no piece"); unknown {
			v.Unknown = name
		}
	}
	title, path := p.T("collection.new"), "new"
	if v.ID != "" {
		title, path = p.In(v.Title), v.ID
	}
	c.Status(web.Status(f))
	return views.StudioCollection(inOffice(p, "/studio/collections/"+path).Titled(title, ""), v), nil
}

// pieceName is what names a piece in an address of the shop, or what was typed.
func pieceName(text string) string {
	if _, rest, ok := strings.Cut(text, "/p/"); ok {
		text = rest
		if i := strings.IndexAny(text, "?#/"); i >= 0 {
			text = text[:i]
		}
	}
	return text
}

func (s *Site) endCollection(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Catalog.EndCollection(c.UserContext(), p.Actor, keyOf(c), c.Params("id")); err != nil {
		return nil, err
	}
	return seeOther(c, "/studio/collections")
}
