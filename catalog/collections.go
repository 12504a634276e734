package catalog

import (
	"context"
	"encoding/json"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/search"
)

type collectionRow struct {
	ID        string   `db:"id"`
	Slug      string   `db:"slug"`
	TitleEn   string   `db:"title_en"`
	TitleHi   string   `db:"title_hi"`
	TitleUr   string   `db:"title_ur"`
	AboutEn   string   `db:"about_en"`
	AboutHi   string   `db:"about_hi"`
	AboutUr   string   `db:"about_ur"`
	Asks      string   `db:"asks"`
	Cover     string   `db:"cover_id"`
	From      string   `db:"from_date"`
	To        string   `db:"to_date"`
	Edition   int64    `db:"edition"`
	CreatedBy string   `db:"created_by"`
	ChangedAt db.Time  `db:"changed_at"`
	EndedAt   *db.Time `db:"ended_at"`
}

func (r collectionRow) collection() (Collection, error) {
	c := Collection{ID: r.ID, Slug: r.Slug, Title: Text{r.TitleEn, r.TitleHi, r.TitleUr}, About: Text{r.AboutEn, r.AboutHi, r.AboutUr}, Cover: r.Cover,
		From: r.From, To: r.To, Edition: r.Edition, CreatedBy: r.CreatedBy, ChangedAt: r.ChangedAt, EndedAt: r.EndedAt}
	if r.Asks == "" {
		return c, nil
	}
	c.Ask = &Ask{}
	return c, json.Unmarshal([]byte(r.Asks), c.Ask)
}

// mostCollections is how many are read at once.
const mostCollections = 500

// collections reads all, the newest first, or with an id or a slug that one.
func collections(tx *db.Tx, one string) ([]Collection, error) {
	var rows []collectionRow
	if err := tx.Select(&rows, `
		SELECT id, slug, title_en, title_hi, title_ur, about_en, about_hi, about_ur, asks, COALESCE(cover_id, '') AS cover_id, from_date, to_date,
			edition, created_by, changed_at, ended_at
		FROM collections
		WHERE $1 = '' OR id = $1 OR slug = $1
		ORDER BY id DESC
		LIMIT $2`, one, mostCollections); err != nil {
		return nil, err
	}
	var pieces []struct {
		Collection string `db:"collection_id"`
		Product    string `db:"product_id"`
	}
	if err := tx.Select(&pieces, `
		SELECT s.collection_id, s.product_id
		FROM collection_pieces s
		JOIN collections c ON c.id = s.collection_id
		WHERE $1 = '' OR c.id = $1 OR c.slug = $1
		ORDER BY s.collection_id, s.pos`, one); err != nil {
		return nil, err
	}
	out, at := make([]Collection, len(rows)), make(map[string]int, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.collection(); err != nil {
			return nil, err
		}
		at[r.ID] = i
	}
	for _, p := range pieces {
		if i, ok := at[p.Collection]; ok {
			out[i].Chosen = append(out[i].Chosen, p.Product)
		}
	}
	return out, nil
}

func collection(tx *db.Tx, one string) (Collection, error) {
	if one == "" {
		return Collection{}, ErrNoCollection
	}
	found, err := collections(tx, one)
	if err != nil {
		return Collection{}, err
	}
	if len(found) == 0 {
		return Collection{}, ErrNoCollection
	}
	return found[0], nil
}

func (s *Service) readCollections(ctx context.Context, one string) ([]Collection, error) {
	var out []Collection
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		out, err = collections(tx, one)
		return err
	})
	return out, err
}

// Collections are all that ever were, the newest first. Only an administrator may.
func (s *Service) Collections(ctx context.Context, actor auth.Actor) ([]Collection, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return nil, err
	}
	return s.readCollections(ctx, "")
}

// AnyCollection reads one by id or slug, in its season or not. Only an administrator
// may. Returns ErrNoCollection.
func (s *Service) AnyCollection(ctx context.Context, actor auth.Actor, one string) (Collection, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Collection{}, err
	}
	return s.oneCollection(ctx, one)
}

func (s *Service) oneCollection(ctx context.Context, one string) (Collection, error) {
	var c Collection
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		c, err = collection(tx, one)
		return err
	})
	return c, err
}

// OpenCollection reads one by id or slug that is shown today, for anybody. Returns
// ErrNoCollection.
func (s *Service) OpenCollection(ctx context.Context, one string) (Collection, error) {
	c, err := s.oneCollection(ctx, one)
	if err == nil && !c.Open(s.db.Clock.Now().Date()) {
		return Collection{}, ErrNoCollection
	}
	return c, err
}

// ShownCollection is a collection with how many pieces it shows and the one whose
// picture stands for it.
type ShownCollection struct {
	Collection
	Count int64
	Cover Product
}

// ShownCollections are those that are shown today and have a published piece: the
// seasonal first, then the newest. They are for anybody.
func (s *Service) ShownCollections(ctx context.Context) ([]ShownCollection, error) {
	all, err := s.readCollections(ctx, "")
	if err != nil {
		return nil, err
	}
	today := s.db.Clock.Now().Date()
	var open []Collection
	for _, seasonal := range []bool{true, false} {
		for _, c := range all {
			if c.Open(today) && c.Seasonal() == seasonal {
				open = append(open, c)
			}
		}
	}
	return s.shown(ctx, open)
}

func (s *Service) shown(ctx context.Context, list []Collection) ([]ShownCollection, error) {
	var wanted []string
	for _, c := range list {
		wanted = append(append(wanted, c.Chosen...), c.Cover)
	}
	have, err := s.published(ctx, unique(wanted))
	if err != nil {
		return nil, err
	}
	var out []ShownCollection
	for _, c := range list {
		one := ShownCollection{Collection: c}
		if c.Ask != nil {
			if one, err = s.asked(ctx, one); err != nil {
				return nil, err
			}
		}
		for _, p := range c.Chosen {
			if have[p] == nil {
				continue
			}
			if one.Count++; one.Count == 1 {
				one.Cover = *have[p]
			}
		}
		if have[c.Cover] != nil {
			one.Cover = *have[c.Cover]
		}
		if one.Count > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// asked counts what a saved search finds.
func (s *Service) asked(ctx context.Context, c ShownCollection) (ShownCollection, error) {
	q := c.Ask.query()
	q.Limit = 1
	found, err := s.Search(ctx, q)
	if err != nil || found.Nearest || len(found.Products) == 0 {
		return c, err
	}
	c.Count, c.Cover = found.Total, found.Products[0]
	return c, nil
}

// Pieces are the published pieces of a collection: a page of what its search finds
// now, or all the chosen in their order.
func (s *Service) Pieces(ctx context.Context, c Collection, cursor string, limit int) (Found, error) {
	if c.Ask != nil {
		q := c.Ask.query()
		q.Cursor, q.Limit = cursor, limit
		found, err := s.Search(ctx, q)
		if found.Nearest {
			return Found{}, err
		}
		return found, err
	}
	if cursor != "" {
		return Found{}, search.ErrCursor
	}
	have, err := s.published(ctx, c.Chosen)
	if err != nil {
		return Found{}, err
	}
	var out Found
	for _, p := range c.Chosen {
		if have[p] != nil {
			out.Products = append(out.Products, *have[p])
			out.Total++
		}
	}
	return out, nil
}

// collections tells of collections that have changed, and of a new day, on which
// seasons begin and end.
func (f *Follower) collections(ctx context.Context, since db.Time, today string) error {
	var rows []struct {
		ID      string `db:"id"`
		Edition int64  `db:"edition"`
	}
	if err := f.catalog.db.Select(ctx, &rows, `
		SELECT id, edition
		FROM collections
		WHERE changed_at > $1
		ORDER BY id`, since); err != nil {
		return err
	}
	changed := f.season != "" && f.season != today
	f.season = today
	for _, r := range rows {
		changed = changed || f.editions[r.ID] != r.Edition
		f.editions[r.ID] = r.Edition
	}
	if changed && f.changed != nil {
		f.changed(nil)
	}
	return nil
}

// ChosenPieces are the pieces chosen for a collection in their order, in whatever
// state they are. Only an administrator may.
func (s *Service) ChosenPieces(ctx context.Context, actor auth.Actor, c Collection) ([]Product, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return nil, err
	}
	var out []Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		out, err = load(tx, c.Chosen)
		return err
	})
	return out, err
}
