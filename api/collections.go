package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/catalog"
	"saebaan/internal/web"
)

type collection struct {
	ID      string       `json:"id"`
	Slug    string       `json:"slug" doc:"Its page is /collections/{slug}"`
	Title   text         `json:"title"`
	About   text         `json:"about"`
	From    string       `json:"from,omitempty" doc:"First day on which it is shown"`
	To      string       `json:"to,omitempty" doc:"Last day on which it is shown"`
	Search  *savedSearch `json:"search,omitempty" doc:"What it finds; without it the pieces are chosen"`
	Pieces  []string     `json:"piece_ids" nullable:"false" doc:"Those chosen, in their order; only the published are shown"`
	Cover   string       `json:"cover_id,omitempty" doc:"The piece whose picture it has"`
	Edition int64        `json:"edition" doc:"How often it was changed, from 1"`
	EndedAt *time.Time   `json:"ended_at,omitempty"`
}

// savedSearch is a search as the shop's address has it.
type savedSearch struct {
	Text        string   `json:"q,omitempty" maxLength:"200"`
	Crafts      []string `json:"craft,omitempty" maxItems:"20" nullable:"false"`
	Techniques  []string `json:"technique,omitempty" maxItems:"20" nullable:"false"`
	Garments    []string `json:"garment,omitempty" maxItems:"20" nullable:"false"`
	Fabrics     []string `json:"fabric,omitempty" maxItems:"20" nullable:"false"`
	Colours     []string `json:"colour,omitempty" maxItems:"20" nullable:"false"`
	Sizes       []string `json:"size,omitempty" maxItems:"20" nullable:"false"`
	Areas       []string `json:"area,omitempty" maxItems:"20" nullable:"false"`
	Price       string   `json:"price,omitempty" enum:"0-1000,1000-2500,2500-5000,5000-10000,10000-" doc:"A band of rupees, tax included"`
	InStock     bool     `json:"in_stock,omitempty"`
	OneOff      bool     `json:"one_off,omitempty"`
	MadeToOrder bool     `json:"made_to_order,omitempty"`
	Sort        string   `json:"sort,omitempty" enum:"relevance,new,price_up,price_down"`
}

func collectionBody(c catalog.Collection) collection {
	out := collection{ID: c.ID, Slug: c.Slug, Title: textOf(c.Title), About: textOf(c.About), From: c.From, To: c.To, Pieces: append([]string{}, c.Chosen...),
		Cover: c.Cover, Edition: c.Edition, EndedAt: whenOrNil(c.EndedAt)}
	if c.Ask != nil {
		search := savedSearch(*c.Ask)
		out.Search = &search
	}
	return out
}

// shownBody is what anybody reads of a collection: of drafts chosen for it not even the ids.
func shownBody(c catalog.Collection) collection {
	out := collectionBody(c)
	out.Pieces, out.Cover = []string{}, ""
	return out
}

func (s *Server) gathering(a huma.API) {
	huma.Register(a, op(get, "/collections", "list-collections", "List the collections that are shown now, or all"), s.listCollections)
	huma.Register(a, op(get, "/collections/{id}", "get-collection", "Read a collection by id or slug, with its published pieces"), s.getCollection)
	huma.Register(a, made("/collections", "create-collection", "Gather pieces"), s.createCollection)
	huma.Register(a, op(post, "/collections/{id}/edit", "edit-collection", "Change a collection"), s.editCollection)
	huma.Register(a, op(post, "/collections/{id}/end", "end-collection", "Take a collection out of the shop for good"), s.endCollection)
}

type listCollectionsInput struct {
	All bool `query:"all" doc:"Also those of other seasons and those that have ended; for administrators"`
}

func (s *Server) listCollections(ctx context.Context, in *listCollectionsInput) (*whole[collection], error) {
	out := &whole[collection]{}
	out.Body.Data = []collection{}
	if in.All {
		all, err := s.Catalog.Collections(ctx, web.ActorOf(ctx))
		for _, c := range all {
			out.Body.Data = append(out.Body.Data, collectionBody(c))
		}
		return out, err
	}
	shown, err := s.Catalog.ShownCollections(ctx)
	for _, c := range shown {
		out.Body.Data = append(out.Body.Data, shownBody(c.Collection))
	}
	return out, err
}

type getCollectionInput struct {
	ByID
	Page
}

type collectionOutput struct {
	Body struct {
		Collection collection     `json:"collection"`
		Data       []foundProduct `json:"data" nullable:"false"`
		Total      int64          `json:"total"`
		HasMore    bool           `json:"has_more"`
		NextCursor *string        `json:"next_cursor"`
	}
}

func (s *Server) getCollection(ctx context.Context, in *getCollectionInput) (*collectionOutput, error) {
	c, err := s.Catalog.OpenCollection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.Catalog.Pieces(ctx, c, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &collectionOutput{}
	out.Body.Collection, out.Body.Data, out.Body.Total = shownBody(c), make([]foundProduct, 0, len(found.Products)), found.Total
	for _, p := range found.Products {
		out.Body.Data = append(out.Body.Data, foundBody(p))
	}
	if found.HasMore {
		out.Body.HasMore, out.Body.NextCursor = true, &found.NextCursor
	}
	return out, nil
}

// collectionFacts are a collection as a person gathers it.
type collectionFacts struct {
	Slug   string       `json:"slug,omitempty" maxLength:"60" doc:"Left out, it is made of the English title"`
	Title  text         `json:"title"`
	About  *text        `json:"about,omitempty"`
	From   string       `json:"from,omitempty" maxLength:"10" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	To     string       `json:"to,omitempty" maxLength:"10" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	Pieces []string     `json:"pieces,omitempty" maxItems:"200" nullable:"false" doc:"Ids, slugs or SKUs in order; these or search"`
	Search *savedSearch `json:"search,omitempty"`
	Cover  string       `json:"cover,omitempty" maxLength:"100" doc:"Id, slug or SKU of the piece whose picture it has"`
}

func (b collectionFacts) input() catalog.CollectionInput {
	in := catalog.CollectionInput{Slug: b.Slug, Title: catalog.Text(b.Title), From: b.From, To: b.To, Pieces: b.Pieces, Cover: b.Cover}
	if b.About != nil {
		in.About = catalog.Text(*b.About)
	}
	if b.Search != nil {
		ask := catalog.Ask(*b.Search)
		in.Ask = &ask
	}
	return in
}

type createCollectionInput struct {
	Idempotent
	Body collectionFacts
}

func (s *Server) createCollection(ctx context.Context, in *createCollectionInput) (*answer[collection], error) {
	return gathered(ctx)(s.Catalog.SaveCollection(ctx, web.ActorOf(ctx), in.Key, in.Body.input()))
}

type editCollectionInput struct {
	MoveInput
	Body struct {
		Facts   collectionFacts `json:"facts"`
		Edition int64           `json:"edition" minimum:"1" doc:"That of the collection as it was read; when it has changed since, nothing is saved"`
	}
}

func (s *Server) editCollection(ctx context.Context, in *editCollectionInput) (*answer[collection], error) {
	to := in.Body.Facts.input()
	to.ID, to.Edition = in.ID, in.Body.Edition
	return gathered(ctx)(s.Catalog.SaveCollection(ctx, web.ActorOf(ctx), in.Key, to))
}

func (s *Server) endCollection(ctx context.Context, in *MoveInput) (*answer[collection], error) {
	return gathered(ctx)(s.Catalog.EndCollection(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

func gathered(ctx context.Context) func(catalog.Collection, error) (*answer[collection], error) {
	return func(c catalog.Collection, err error) (*answer[collection], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, collectionBody(c)), nil
	}
}
