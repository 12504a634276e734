package catalog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
)

func TestWhoSaidWhatOfAPiece(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), importService(d)
		facts := catalog.ProductInput{Title: catalog.Text{En: "Kurta"}, Area: "lucknow", Craft: "chikan", Garment: "kurta", Fabric: "cotton", Colour: "white",
			Techniques: []string{"murri", "bakhiya"}, HSN: "6206"}
		p, err := s.Create(ctx, importCoord, "", facts)
		if err != nil || p.Edition != 1 {
			t.Fatalf("edition %d, %v", p.Edition, err)
		}
		edit := func(actor auth.Actor, edition int64, change func(*catalog.ProductInput)) (catalog.Product, error) {
			in := catalog.EditInput{Product: p.ID, Edition: edition, Facts: facts}
			in.Facts.Techniques = slices.Clone(facts.Techniques)
			change(&in.Facts)
			return s.Edit(ctx, actor, "", in)
		}
		if same, err := edit(importCoord, 1, func(*catalog.ProductInput) {}); err != nil || same.Edition != 1 || same.Version != p.Version {
			t.Errorf("nothing changed: edition %d, %v", same.Edition, err)
		}
		second, err := edit(importCoord, 1, func(f *catalog.ProductInput) {
			f.Title.Hi, f.Care.En, f.MadeToOrder, f.LeadDays, f.Techniques = "कुर्ता", "Wash by hand.", true, 20, []string{"tepchi"}
		})
		if err != nil || second.Edition != 2 || second.Care.En != "Wash by hand." || second.LeadDays != 20 || !slices.Equal(second.Techniques, []string{"tepchi"}) || second.Version <= p.Version {
			t.Fatalf("%+v %v", second, err)
		}
		other := importCoord
		other.Grants = []auth.Grant{{Role: auth.Coordinator, Scope: "barabanki"}}
		for name, c := range map[string]struct {
			actor   auth.Actor
			edition int64
			change  func(*catalog.ProductInput)
			want    error
		}{
			"an edition that is over":    {importCoord, 1, func(f *catalog.ProductInput) { f.Colour = "red" }, catalog.ErrEdited},
			"another area's coordinator": {other, 2, func(f *catalog.ProductInput) { f.Colour = "red" }, catalog.ErrNotFound},
			"a shopper":                  {auth.Actor{Via: auth.ViaSession, ID: "usr_x"}, 2, func(f *catalog.ProductInput) { f.Colour = "red" }, auth.ErrForbidden},
			"another's area":             {importCoord, 2, func(f *catalog.ProductInput) { f.Area = "barabanki" }, auth.ErrForbidden},
			"no title":                   {importCoord, 2, func(f *catalog.ProductInput) { f.Title.En = " " }, catalog.ErrProduct},
			"days of what is in stock":   {importCoord, 2, func(f *catalog.ProductInput) { f.LeadDays = 3 }, catalog.ErrProduct},
			"long care":                  {importCoord, 2, func(f *catalog.ProductInput) { f.Care.En = strings.Repeat("a", 3001) }, catalog.ErrProduct},
		} {
			if _, err := edit(c.actor, c.edition, c.change); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		var wg sync.WaitGroup
		done := make(chan error, 8)
		for i := range 8 { // of several at once one is obeyed
			wg.Go(func() {
				_, err := edit(importAdmin, 2, func(f *catalog.ProductInput) { f.Title.En = "Kurta " + strings.Repeat("x", i+1) })
				done <- err
			})
		}
		wg.Wait()
		close(done)
		obeyed := 0
		for err := range done {
			if err == nil {
				obeyed++
			} else if !errors.Is(err, catalog.ErrEdited) {
				t.Errorf("at once: %v", err)
			}
		}
		all, err := s.Editions(ctx, importCoord, p.ID)
		if err != nil || obeyed != 1 || len(all) != 3 {
			t.Fatalf("%d obeyed, editions %+v, %v", obeyed, all, err)
		}
		if got := strings.Join(all[1].Changed, " "); got != "title care techniques made_to_order lead_days" || all[1].Actor != importCoord.String() || len(all[2].Changed) != 0 ||
			!slices.Equal(all[2].Facts.Techniques, []string{"bakhiya", "murri"}) {
			t.Errorf("the second edition changed %q: %+v", got, all)
		}
		if _, err := s.Editions(ctx, other, p.ID); !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("another area reads them: %v", err)
		}
		if _, err := s.Submit(ctx, importCoord, "", p.ID); err != nil {
			t.Fatal(err)
		}
		for _, note := range []string{" ", strings.Repeat("a", 3001)} {
			if _, err := s.SendBack(ctx, importAdmin, "", p.ID, note); !errors.Is(err, catalog.ErrNote) {
				t.Errorf("sent back with a note of %d: %v", len(note), err)
			}
		}
		if _, err := s.SendBack(ctx, importAdmin, "", p.ID, " A photo, please. "); err != nil {
			t.Fatal(err)
		}
		v, err := s.AddVariant(ctx, importCoord, "", catalog.VariantInput{Product: p.ID, SKU: "WHO-M", Size: "M"})
		if err != nil {
			t.Fatal(err)
		}
		wage := money.Paise(150_000)
		if _, err := s.SaveCard(ctx, importCoord, "", catalog.CardInput{Variant: v.ID, ListPrice: wage, Heads: []catalog.HeadInput{{Kind: catalog.Wage, Head: "embroidery", Paise: &wage}}}); err != nil {
			t.Fatal(err)
		}
		acts, err := s.Acts(ctx, importCoord, p.ID)
		if err != nil || len(acts) != 3 || acts[0].Action != "price" || acts[0].Tag != 157_500 || acts[0].SKU != "WHO-M" || acts[0].Actor != importCoord.String() ||
			acts[1].Action != "product.needs_correction" || acts[1].Note != "A photo, please." || acts[2].Action != "product.submitted" {
			t.Errorf("done with it: %+v, %v", acts, err)
		}
		if _, err := s.Acts(ctx, other, p.ID); !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("another area reads what was done: %v", err)
		}
	})
}

// What was said stays where money was reckoned with it, and what is published is
// the administrator's to change.
func TestWhatCannotBeEdited(t *testing.T) {
	d := testdb.SQLite(t)
	ctx, s := context.Background(), importService(d)
	facts := catalog.ProductInput{Title: catalog.Text{En: "Shawl"}, Area: "lucknow", Craft: "chikan", Garment: "stole", Fabric: "wool", Colour: "white", HSN: "6214/shawl"}
	p, err := s.Create(ctx, importAdmin, "", facts)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.AddVariant(ctx, importAdmin, "", catalog.VariantInput{Product: p.ID, SKU: "SH", Size: "One"})
	if err != nil {
		t.Fatal(err)
	}
	wage := money.Paise(150_000)
	if _, err := s.SaveCard(ctx, importAdmin, "", catalog.CardInput{Variant: v.ID, List: catalog.Retail, ListPrice: wage, From: d.Clock.Now().Date(),
		Heads: []catalog.HeadInput{{Kind: catalog.Wage, Head: "embroidery", Paise: &wage}}}); err != nil {
		t.Fatal(err)
	}
	changed := facts
	changed.HSN = "6206"
	if _, err := s.Edit(ctx, importAdmin, "", catalog.EditInput{Product: p.ID, Edition: 1, Facts: changed}); !errors.Is(err, catalog.ErrProduct) {
		t.Errorf("another code under a card: %v", err)
	}
	changed.HSN, changed.Colour = "6214", "red" // as it was told
	kept, err := s.Edit(ctx, importAdmin, "", catalog.EditInput{Product: p.ID, Edition: 1, Facts: changed})
	if err != nil || kept.HSN != "6214/shawl" || kept.Colour != "red" {
		t.Errorf("%s %s %v", kept.HSN, kept.Colour, err)
	}
	if _, err := s.Submit(ctx, importCoord, "", p.ID); err != nil {
		t.Fatal(err)
	}
	changed.Colour = "blue"
	if _, err := s.Edit(ctx, importCoord, "", catalog.EditInput{Product: p.ID, Edition: 2, Facts: changed}); !errors.Is(err, catalog.ErrState) {
		t.Errorf("a coordinator changes what she has handed in: %v", err)
	}
	if _, err := s.Archive(ctx, importAdmin, "", p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Edit(ctx, importAdmin, "", catalog.EditInput{Product: p.ID, Edition: 2, Facts: changed}); !errors.Is(err, catalog.ErrState) {
		t.Errorf("an archived piece: %v", err)
	}
}
