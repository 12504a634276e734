package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/search"
)

// The faults of collections.
var (
	ErrNoCollection     = fault.New(fault.NotFound, "catalog.no_collection", "There is no such collection here, or it is not its season.")
	ErrCollection       = fault.New(fault.Invalid, "catalog.collection", "This collection cannot be saved. Nothing was written.")
	ErrCollectionSlug   = fault.New(fault.Conflict, "catalog.collection_slug", "Another collection has this address. Nothing was saved; choose another.")
	ErrCollectionEdited = fault.New(fault.Conflict, "catalog.collection_edited", "Somebody else has changed this collection since you opened it. Nothing was saved; look at it again.")
)

// Collection is a page of pieces: chosen ones in their order, or what a saved search
// finds. It is shown from one day to another, both included; "" is no bound.
type Collection struct {
	ID        string
	Slug      string
	Title     Text
	About     Text
	Ask       *Ask     // nil shows the chosen pieces
	Chosen    []string // product ids
	Cover     string   // the piece whose picture it has; "" is its first
	From, To  string   // business dates
	Edition   int64
	CreatedBy string
	ChangedAt db.Time
	EndedAt   *db.Time
}

// Open reports whether the collection is shown on a business date.
func (c Collection) Open(date string) bool {
	return c.EndedAt == nil && (c.From == "" || c.From <= date) && (c.To == "" || date <= c.To)
}

// Seasonal reports whether it is shown on some days only.
func (c Collection) Seasonal() bool { return c.From != "" || c.To != "" }

// Ask is a search as the shop's address has it; values within a filter are
// alternatives, filters add up.
type Ask struct {
	Text        string   `json:"q,omitempty"`
	Crafts      []string `json:"craft,omitempty"`
	Techniques  []string `json:"technique,omitempty"`
	Garments    []string `json:"garment,omitempty"`
	Fabrics     []string `json:"fabric,omitempty"`
	Colours     []string `json:"colour,omitempty"`
	Sizes       []string `json:"size,omitempty"`
	Areas       []string `json:"area,omitempty"`
	Price       string   `json:"price,omitempty"` // a value of search.Bands
	InStock     bool     `json:"in_stock,omitempty"`
	OneOff      bool     `json:"one_off,omitempty"`
	MadeToOrder bool     `json:"made_to_order,omitempty"`
	Sort        string   `json:"sort,omitempty"`
}

func (a Ask) query() search.Query {
	q := search.Query{Text: a.Text, Crafts: a.Crafts, Techniques: a.Techniques, Garments: a.Garments, Fabrics: a.Fabrics, Colours: a.Colours, Sizes: a.Sizes,
		Areas: a.Areas, InStock: a.InStock, OneOff: a.OneOff, MadeToOrder: a.MadeToOrder, Sort: search.Sort(a.Sort)}
	for _, b := range search.Bands {
		if b.Value == a.Price {
			q.MinPrice, q.MaxPrice = b.From, b.To
		}
	}
	return q
}

// asksNothing reports whether it would find every piece.
func (a Ask) asksNothing() bool {
	return a.Text == "" && a.Price == "" && !a.InStock && !a.OneOff && !a.MadeToOrder &&
		len(slices.Concat(a.Crafts, a.Techniques, a.Garments, a.Fabrics, a.Colours, a.Sizes, a.Areas)) == 0
}

const (
	mostChosen = 200 // pieces of a collection
	mostAsked  = 60  // values of a saved search
)

// CollectionInput is a collection as it shall be. A piece is named by its id, by the
// last part of its address, or by an SKU.
type CollectionInput struct {
	ID      string // "" makes a new one
	Edition int64  // the one that was looked at
	Slug    string // "" is made of the English title
	Title   Text
	About   Text
	Ask     *Ask
	Pieces  []string
	Cover   string
	From    string
	To      string
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (in *CollectionInput) tidy() {
	for _, t := range []*Text{&in.Title, &in.About} {
		t.En, t.Hi, t.Ur = strings.TrimSpace(t.En), strings.TrimSpace(t.Hi), strings.TrimSpace(t.Ur)
	}
	if in.Slug == "" {
		in.Slug = strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(in.Title.En), "-"), "-")
	}
}

// check names everything that cannot be saved, field by field.
func (in CollectionInput) check() error {
	wrong := ErrCollection
	if in.Title.En == "" || len(in.Title.En) > 300 || len(in.Title.Hi) > 900 || len(in.Title.Ur) > 900 {
		wrong = wrong.At("title", "is missing or longer than 300 characters")
	}
	if len(in.About.En) > 6_000 || len(in.About.Hi) > 6_000 || len(in.About.Ur) > 6_000 {
		wrong = wrong.At("about", "is longer than 6,000 bytes")
	}
	if len(in.Slug) > 60 || !slugForm.MatchString(in.Slug) || in.Slug == "new" {
		wrong = wrong.At("slug", "is lower-case letters and digits with - between, at most 60, such as eid-2027")
	}
	for _, d := range []struct{ field, date string }{{"from", in.From}, {"to", in.To}} {
		if _, err := time.Parse(time.DateOnly, d.date); d.date != "" && err != nil {
			wrong = wrong.At(d.field, "is a date such as 2027-03-10")
		}
	}
	if in.From != "" && in.To != "" && in.To < in.From {
		wrong = wrong.At("to", "is before the first day")
	}
	switch {
	case in.Ask == nil && (len(in.Pieces) == 0 || len(in.Pieces) > mostChosen):
		wrong = wrong.At("pieces", "1 to 200 chosen pieces, or a search")
	case in.Ask != nil && len(in.Pieces) > 0:
		wrong = wrong.At("ask", "chosen pieces or a search, one of the two")
	case in.Ask != nil && !in.Ask.fits():
		wrong = wrong.At("ask", "asks for something the shop can find, with at most 60 values")
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

func (a Ask) fits() bool {
	values := slices.Concat(a.Crafts, a.Techniques, a.Garments, a.Fabrics, a.Colours, a.Sizes, a.Areas)
	band := a.Price == "" || slices.ContainsFunc(search.Bands[:], func(b search.Band) bool { return b.Value == a.Price })
	sorts := []string{"", string(search.SortRelevance), string(search.SortNew), string(search.SortPriceUp), string(search.SortPriceDown)}
	return !a.asksNothing() && len(values) <= mostAsked && len(a.Text) <= 600 && band && slices.Contains(sorts, a.Sort) &&
		!slices.ContainsFunc(values, func(v string) bool { return v == "" || len(v) > 60 })
}

// SaveCollection makes a collection or replaces one. Only an administrator may.
// Returns ErrCollection, ErrCollectionSlug, ErrCollectionEdited, ErrNoCollection.
func (s *Service) SaveCollection(ctx context.Context, actor auth.Actor, key string, in CollectionInput) (Collection, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Collection{}, err
	}
	in.tidy()
	if err := in.check(); err != nil {
		return Collection{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.collection", Key: key}, in,
		func(tx *db.Tx) (Collection, error) {
			pieces, err := named(tx, "pieces", in.Pieces)
			if err != nil {
				return Collection{}, err
			}
			cover, err := named(tx, "cover", strings.Fields(in.Cover))
			if err != nil {
				return Collection{}, err
			}
			c := Collection{ID: in.ID, Slug: in.Slug, Title: in.Title, About: in.About, Ask: in.Ask, Chosen: pieces, From: in.From, To: in.To, Edition: in.Edition}
			if len(cover) > 0 {
				c.Cover = cover[0]
			}
			if c.ID == "" {
				c.ID = id.New("col")
				err = insertCollection(tx, actor, c)
			} else {
				err = updateCollection(tx, c)
			}
			if err != nil {
				return Collection{}, err
			}
			if err := setPieces(tx, c); err != nil {
				return Collection{}, err
			}
			if err := auth.Audit(tx, actor, "collection.save", c.ID, c.Slug); err != nil {
				return Collection{}, err
			}
			return collection(tx, c.ID)
		})
}

// EndCollection takes a collection out of the shop for good. Only an administrator
// may. One that has ended is no fault.
func (s *Service) EndCollection(ctx context.Context, actor auth.Actor, key, collectionID string) (Collection, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Collection{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.collection_end", Key: key}, collectionID,
		func(tx *db.Tx) (Collection, error) {
			c, err := collection(tx, collectionID)
			if err != nil || c.EndedAt != nil {
				return c, err
			}
			if _, err := tx.Exec(`
				UPDATE collections
				SET ended_at = $1, changed_at = $1, edition = edition + 1
				WHERE id = $2 AND ended_at IS NULL`, tx.Now(), c.ID); err != nil {
				return Collection{}, err
			}
			if err := auth.Audit(tx, actor, "collection.end", c.ID, c.Slug); err != nil {
				return Collection{}, err
			}
			return collection(tx, c.ID)
		})
}

func asksText(a *Ask) (string, error) {
	if a == nil {
		return "", nil
	}
	text, err := json.Marshal(a)
	return string(text), err
}

func insertCollection(tx *db.Tx, actor auth.Actor, c Collection) error {
	asks, err := asksText(c.Ask)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`
		INSERT INTO collections (id, slug, title_en, title_hi, title_ur, about_en, about_hi, about_ur, asks, cover_id, from_date, to_date,
			created_by, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
		ON CONFLICT (slug) DO NOTHING`, c.ID, c.Slug, c.Title.En, c.Title.Hi, c.Title.Ur, c.About.En, c.About.Hi, c.About.Ur, asks, c.coverID(), c.From, c.To,
		actor.String(), tx.Now())
	if err == nil && n == 0 {
		return ErrCollectionSlug
	}
	return err
}

func (c Collection) coverID() *string {
	if c.Cover == "" {
		return nil
	}
	return &c.Cover
}

func updateCollection(tx *db.Tx, c Collection) error {
	was, err := collection(tx, c.ID)
	switch {
	case err != nil:
		return err
	case was.EndedAt != nil:
		return ErrNoCollection
	}
	var other string
	err = tx.Get(&other, `
		SELECT id
		FROM collections
		WHERE slug = $1 AND id <> $2`, c.Slug, c.ID)
	if err == nil {
		return ErrCollectionSlug
	}
	if !errors.Is(err, db.ErrNone) {
		return err
	}
	asks, err := asksText(c.Ask)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`
		UPDATE collections
		SET slug = $1, title_en = $2, title_hi = $3, title_ur = $4, about_en = $5, about_hi = $6, about_ur = $7, asks = $8, cover_id = $9,
			from_date = $10, to_date = $11, changed_at = $12, edition = edition + 1
		WHERE id = $13 AND edition = $14`, c.Slug, c.Title.En, c.Title.Hi, c.Title.Ur, c.About.En, c.About.Hi, c.About.Ur, asks, c.coverID(),
		c.From, c.To, tx.Now(), c.ID, c.Edition)
	if err == nil && n == 0 {
		return ErrCollectionEdited
	}
	return err
}

func setPieces(tx *db.Tx, c Collection) error {
	if _, err := tx.Exec(`
		DELETE FROM collection_pieces
		WHERE collection_id = $1`, c.ID); err != nil || len(c.Chosen) == 0 {
		return err
	}
	for part, at := c.Chosen, 0; len(part) > 0; {
		n := min(len(part), maxArgs/3)
		args := make([]any, 0, 3*n)
		for i, p := range part[:n] {
			args = append(args, c.ID, at+i+1, p)
		}
		if _, err := tx.Exec(`
			INSERT INTO collection_pieces (collection_id, pos, product_id)
			VALUES `+db.Values(n, 3), args...); err != nil {
			return err
		}
		part, at = part[n:], at+n
	}
	return nil
}

// named finds the products that a person has named, in her order and each once.
func named(tx *db.Tx, field string, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var rows []struct {
		Name    string `db:"name"`
		Product string `db:"product_id"`
	}
	in := db.List(1, len(names))
	if err := tx.Select(&rows, `
		SELECT p.id AS name, p.id AS product_id
		FROM products p
		WHERE p.id IN (`+in+`)
		UNION
		SELECT p.slug, p.id
		FROM products p
		WHERE p.slug IN (`+in+`)
		UNION
		SELECT v.sku, v.product_id
		FROM variants v
		WHERE v.sku IN (`+in+`)`, db.Args(names)...); err != nil {
		return nil, err
	}
	is := make(map[string]string, len(rows))
	for _, r := range rows {
		is[r.Name] = r.Product
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if is[n] == "" {
			return nil, ErrCollection.At(field, "%s is no piece", n)
		}
		out = append(out, is[n])
	}
	return unique(out), nil
}
