package catalog_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/internal/search"
	"saebaan/internal/testdb"
)

// gathered is a catalogue with three published kurtas, a draft, and its index.
type gathered struct {
	*catalog.Service
	follower *catalog.Follower
	changes  int // how often pages were told of a change
	pieces   []catalog.Product
}

func gather(t *testing.T, d *db.DB) *gathered {
	t.Helper()
	ctx := context.Background()
	file, err := db.OpenSearchFile(filepath.Join(t.TempDir(), "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := search.OpenEmbedded(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	g := &gathered{Service: catalog.NewService(d, gst.Default(), engine, nil)}
	g.follower = catalog.NewFollower(g.Service, engine, catalog.Mark{Asked: d.Clock.Now()}, func([]string) { g.changes++ })
	maker, err := artisans.NewService(d, nil).Create(ctx, importAdmin, "", artisans.Input{NameEn: "Maker", Area: "lucknow", Member: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, colour := range []string{"white", "red", "white", "white"} {
		g.pieces = append(g.pieces, g.kurta(t, colour, maker.ID, i < 3))
	}
	g.follow(t)
	return g
}

func (g *gathered) follow(t *testing.T) {
	t.Helper()
	if err := g.follower.Once(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (g *gathered) kurta(t *testing.T, colour, maker string, publish bool) catalog.Product {
	t.Helper()
	ctx := context.Background()
	v := pricedDraft(t, g.Service)
	p, err := g.Product(ctx, importAdmin, v.ProductID)
	if err != nil {
		t.Fatal(err)
	}
	facts := p.Facts()
	facts.Colour = colour
	wage := money.Paise(150_000)
	steps := []func() error{
		func() error {
			_, err := g.Edit(ctx, importAdmin, "", catalog.EditInput{Product: p.ID, Edition: 1, Facts: facts})
			return err
		},
		func() error {
			_, err := g.SaveCard(ctx, importAdmin, "", catalog.CardInput{Variant: v.ID, ListPrice: wage, Heads: []catalog.HeadInput{{Kind: catalog.Wage, Head: "embroidery", Paise: &wage}}})
			return err
		},
		func() error {
			_, err := g.ReceiveLot(ctx, importAdmin, "", catalog.LotInput{Variant: v.ID, Owner: maker, Pieces: 2, Makers: []catalog.MakerInput{{Stage: "embroidery", Artisan: maker, Weight: 1}}})
			return err
		},
		func() error { _, err := g.Submit(ctx, importAdmin, "", p.ID); return err },
		func() error { _, err := g.Publish(ctx, importAdmin, "", p.ID); return err },
	}
	if !publish {
		steps = steps[:3]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = g.Product(ctx, importAdmin, p.ID); err != nil {
		t.Fatal(err)
	}
	return p
}

func idsOf(list []catalog.Product) (out []string) {
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

func TestCollectionsShowPublishedPiecesInTheirSeason(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, g := context.Background(), gather(t, d)
		today := d.Clock.Now()
		day := func(n int) string { return today.Add(time.Duration(n) * 24 * time.Hour).Date() }
		chosen, err := g.SaveCollection(ctx, importAdmin, "", catalog.CollectionInput{Title: catalog.Text{En: "Eid 2027!", Hi: "ईद"}, About: catalog.Text{En: "For the day."},
			Pieces: []string{g.pieces[3].ID, g.pieces[2].Slug, g.pieces[0].Variants[0].SKU, g.pieces[2].ID}, Cover: g.pieces[1].ID, From: day(0), To: day(2)})
		if err != nil || chosen.Slug != "eid-2027" || !slices.Equal(chosen.Chosen, []string{g.pieces[3].ID, g.pieces[2].ID, g.pieces[0].ID}) {
			t.Fatalf("%+v %v", chosen, err)
		}
		asked, err := g.SaveCollection(ctx, importAdmin, "", catalog.CollectionInput{Slug: "white", Title: catalog.Text{En: "White"}, Ask: &catalog.Ask{Colours: []string{"white"}, Price: "1000-2500"}})
		if err != nil {
			t.Fatal(err)
		}
		later, err := g.SaveCollection(ctx, importAdmin, "", catalog.CollectionInput{Slug: "wedding", Title: catalog.Text{En: "Weddings"}, Pieces: []string{g.pieces[1].ID}, From: day(3)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.SaveCollection(ctx, importAdmin, "", catalog.CollectionInput{Slug: "empty", Title: catalog.Text{En: "Of drafts"}, Pieces: []string{g.pieces[3].ID}}); err != nil {
			t.Fatal(err)
		}
		g.follow(t)
		if g.changes == 0 {
			t.Error("pages were not told of new collections")
		}
		shown, err := g.ShownCollections(ctx)
		if err != nil || len(shown) != 2 || shown[0].Slug != "eid-2027" || shown[0].Count != 2 || shown[0].Cover.ID != g.pieces[1].ID ||
			shown[1].Slug != "white" || shown[1].Count != 2 || shown[1].Ask.Price != "1000-2500" {
			t.Fatalf("%+v %v", shown, err)
		}
		for _, c := range []struct {
			of   catalog.Collection
			want []string
		}{{chosen, []string{g.pieces[2].ID, g.pieces[0].ID}}, {asked, []string{g.pieces[2].ID, g.pieces[0].ID}}} {
			if got, err := g.Pieces(ctx, c.of, "", 24); err != nil || !slices.Equal(idsOf(got.Products), c.want) || got.Total != 2 {
				t.Errorf("%s shows %v, not %v, %v", c.of.Slug, idsOf(got.Products), c.want, err)
			}
		}
		page, err := g.Pieces(ctx, asked, "", 1)
		if err != nil || len(page.Products) != 1 || !page.HasMore {
			t.Fatalf("%+v %v", page, err)
		}
		if rest, err := g.Pieces(ctx, asked, page.NextCursor, 1); err != nil || len(rest.Products) != 1 || rest.Products[0].ID == page.Products[0].ID {
			t.Errorf("the next page %+v %v", rest, err)
		}
		if _, err := g.Pieces(ctx, chosen, "x", 1); !errors.Is(err, search.ErrCursor) {
			t.Errorf("a page of chosen pieces: %v", err)
		}
		if _, err := g.OpenCollection(ctx, later.Slug); !errors.Is(err, catalog.ErrNoCollection) {
			t.Errorf("before its season: %v", err)
		}
		if _, err := g.Archive(ctx, importAdmin, "", g.pieces[2].ID); err != nil {
			t.Fatal(err)
		}
		g.follow(t)
		if got, err := g.Pieces(ctx, chosen, "", 24); err != nil || !slices.Equal(idsOf(got.Products), []string{g.pieces[0].ID}) {
			t.Errorf("after one was archived %v %v", idsOf(got.Products), err)
		}
		told := g.changes
		if err := d.AdvanceClock(ctx, 3*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		g.follow(t)
		if g.changes == told {
			t.Error("pages were not told of a new day")
		}
		if _, err := g.OpenCollection(ctx, chosen.Slug); !errors.Is(err, catalog.ErrNoCollection) {
			t.Errorf("after its season: %v", err)
		}
		if got, err := g.OpenCollection(ctx, later.ID); err != nil || got.Slug != "wedding" {
			t.Errorf("in its season: %+v %v", got, err)
		}
		if _, err := g.AnyCollection(ctx, importAdmin, chosen.Slug); err != nil {
			t.Errorf("an administrator out of season: %v", err)
		}
		told = g.changes
		ended, err := g.EndCollection(ctx, importAdmin, "", later.ID)
		if err != nil || ended.EndedAt == nil {
			t.Fatalf("%+v %v", ended, err)
		}
		if again, err := g.EndCollection(ctx, importAdmin, "", later.ID); err != nil || again.Edition != ended.Edition {
			t.Errorf("ended again: %+v %v", again, err)
		}
		g.follow(t)
		if _, err := g.OpenCollection(ctx, later.ID); !errors.Is(err, catalog.ErrNoCollection) || g.changes == told {
			t.Errorf("ended and shown: %v, told %d", err, g.changes-told)
		}
	})
}

func TestWhatIsNoCollection(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, g := context.Background(), gather(t, d)
		good := catalog.CollectionInput{Slug: "diwali", Title: catalog.Text{En: "Diwali"}, Pieces: []string{g.pieces[0].ID}}
		first, err := g.SaveCollection(ctx, importAdmin, "", good)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			actor  auth.Actor
			change func(*catalog.CollectionInput)
			want   error
			field  string
		}{
			"a coordinator":           {importCoord, func(*catalog.CollectionInput) {}, auth.ErrForbidden, ""},
			"no title":                {importAdmin, func(c *catalog.CollectionInput) { c.Title.En = " " }, catalog.ErrCollection, "title"},
			"a long text":             {importAdmin, func(c *catalog.CollectionInput) { c.About.Ur = strings.Repeat("a", 6_001) }, catalog.ErrCollection, "about"},
			"an address in Hindi":     {importAdmin, func(c *catalog.CollectionInput) { c.Slug = "ईद" }, catalog.ErrCollection, "slug"},
			"the address of a form":   {importAdmin, func(c *catalog.CollectionInput) { c.Slug = "new" }, catalog.ErrCollection, "slug"},
			"no date":                 {importAdmin, func(c *catalog.CollectionInput) { c.From = "2027-02-30" }, catalog.ErrCollection, "from"},
			"ends before it begins":   {importAdmin, func(c *catalog.CollectionInput) { c.From, c.To = "2027-03-10", "2027-03-09" }, catalog.ErrCollection, "to"},
			"no piece":                {importAdmin, func(c *catalog.CollectionInput) { c.Pieces = nil }, catalog.ErrCollection, "pieces"},
			"a piece of nobody":       {importAdmin, func(c *catalog.CollectionInput) { c.Slug, c.Pieces = "other", []string{"prd_none"} }, catalog.ErrCollection, "pieces"},
			"a cover of nobody":       {importAdmin, func(c *catalog.CollectionInput) { c.Slug, c.Cover = "other", "none" }, catalog.ErrCollection, "cover"},
			"both":                    {importAdmin, func(c *catalog.CollectionInput) { c.Ask = &catalog.Ask{Text: "kurta"} }, catalog.ErrCollection, "ask"},
			"asks for everything":     {importAdmin, func(c *catalog.CollectionInput) { c.Pieces, c.Ask = nil, &catalog.Ask{Sort: "new"} }, catalog.ErrCollection, "ask"},
			"no such price":           {importAdmin, func(c *catalog.CollectionInput) { c.Pieces, c.Ask = nil, &catalog.Ask{Price: "1-2"} }, catalog.ErrCollection, "ask"},
			"no such order":           {importAdmin, func(c *catalog.CollectionInput) { c.Pieces, c.Ask = nil, &catalog.Ask{Text: "a", Sort: "x"} }, catalog.ErrCollection, "ask"},
			"an address twice":        {importAdmin, func(*catalog.CollectionInput) {}, catalog.ErrCollectionSlug, ""},
			"no such collection":      {importAdmin, func(c *catalog.CollectionInput) { c.ID, c.Slug = "col_none", "other" }, catalog.ErrNoCollection, ""},
			"an edition that is over": {importAdmin, func(c *catalog.CollectionInput) { c.ID = first.ID }, catalog.ErrCollectionEdited, ""},
		} {
			in := good
			c.change(&in)
			_, err := g.SaveCollection(ctx, c.actor, "", in)
			if !errors.Is(err, c.want) || (c.field != "" && !at(err, c.field)) {
				t.Errorf("%s: %v", name, err)
			}
		}
		in := good
		in.ID, in.Edition, in.Title.Hi = first.ID, 1, "दिवाली"
		if got, err := g.SaveCollection(ctx, importAdmin, "", in); err != nil || got.Edition != 2 || got.Title.Hi != "दिवाली" {
			t.Errorf("%+v %v", got, err)
		}
		second, err := g.SaveCollection(ctx, importAdmin, "", catalog.CollectionInput{Slug: "second", Title: catalog.Text{En: "Second"}, Pieces: []string{g.pieces[0].ID}})
		if err != nil {
			t.Fatal(err)
		}
		in.ID, in.Edition = second.ID, 1
		if _, err := g.SaveCollection(ctx, importAdmin, "", in); !errors.Is(err, catalog.ErrCollectionSlug) {
			t.Errorf("takes another's address: %v", err)
		}
		if _, err := g.EndCollection(ctx, importCoord, "", second.ID); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("a coordinator ends one: %v", err)
		}
		if _, err := g.Collections(ctx, importCoord); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("a coordinator reads all: %v", err)
		}
		if all, err := g.Collections(ctx, importAdmin); err != nil || len(all) != 2 || all[0].Slug != "second" {
			t.Errorf("%+v %v", all, err)
		}
		if _, err := g.OpenCollection(ctx, ""); !errors.Is(err, catalog.ErrNoCollection) {
			t.Errorf("one without a name: %v", err)
		}
	})
}

// at reports whether a fault names the field.
func at(err error, field string) bool {
	f := fault.Of(err)
	return f != nil && slices.ContainsFunc(f.Fields, func(one fault.Field) bool { return one.Location == field })
}
