package catalog_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
)

func TestHowLargeASizeIs(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), importService(d)
		v := pricedDraft(t, s)
		set := func(actor auth.Actor, sizes ...catalog.SizeMeasures) (catalog.Product, error) {
			return s.Measure(ctx, actor, "", catalog.MeasuresInput{Product: v.ProductID, Sizes: sizes})
		}
		first, err := set(importCoord, catalog.SizeMeasures{Variant: v.ID, Measures: []catalog.Measure{{Name: "length", Millimetres: 1100}, {Name: "chest", Millimetres: 1015}}})
		if err != nil || !slices.Equal(first.Variants[0].Measures, []catalog.Measure{{Name: "chest", Millimetres: 1015}, {Name: "length", Millimetres: 1100}}) {
			t.Fatalf("%+v %v", first.Variants, err)
		}
		same, err := set(importCoord, catalog.SizeMeasures{Variant: v.ID, Measures: first.Variants[0].Measures})
		if err != nil || same.Version != first.Version {
			t.Errorf("nothing changed: version %d after %d, %v", same.Version, first.Version, err)
		}
		second, err := set(importCoord, catalog.SizeMeasures{Variant: v.ID, Measures: []catalog.Measure{{Name: "chest", Millimetres: 1020}}})
		if err != nil || second.Version <= first.Version || len(second.Variants[0].Measures) != 1 {
			t.Fatalf("%+v %v", second.Variants, err)
		}
		acts, err := s.Acts(ctx, importCoord, v.ProductID)
		if err != nil || len(acts) != 2 || !slices.Equal(acts[0].Measured, []catalog.MeasureChange{{SKU: v.SKU, Name: "chest", Before: 1015, After: 1020}, {SKU: v.SKU, Name: "length", Before: 1100}}) {
			t.Errorf("%+v %v", acts, err)
		}
		other := importCoord
		other.Grants = []auth.Grant{{Role: auth.Coordinator, Scope: "barabanki"}}
		one := func(name string, mm int64) catalog.SizeMeasures {
			return catalog.SizeMeasures{Variant: v.ID, Measures: []catalog.Measure{{Name: name, Millimetres: mm}}}
		}
		for name, c := range map[string]struct {
			actor auth.Actor
			sizes []catalog.SizeMeasures
			want  error
		}{
			"another area":    {other, []catalog.SizeMeasures{one("chest", 1)}, catalog.ErrNotFound},
			"a shopper":       {auth.Actor{Via: auth.ViaSession, ID: "usr_x"}, []catalog.SizeMeasures{one("chest", 1)}, auth.ErrForbidden},
			"no such measure": {importAdmin, []catalog.SizeMeasures{one("soul", 1)}, catalog.ErrProduct},
			"nothing long":    {importAdmin, []catalog.SizeMeasures{one("chest", 0)}, catalog.ErrProduct},
			"too long":        {importAdmin, []catalog.SizeMeasures{one("chest", 20_001)}, catalog.ErrProduct},
			"twice":           {importAdmin, []catalog.SizeMeasures{one("chest", 1), one("chest", 2)}, catalog.ErrProduct},
			"a size of none":  {importAdmin, []catalog.SizeMeasures{{Variant: "var_none"}}, catalog.ErrProduct},
		} {
			if _, err := set(c.actor, c.sizes...); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Submit(ctx, importCoord, "", v.ProductID); err != nil {
			t.Fatal(err)
		}
		if _, err := set(importCoord, one("chest", 1000)); !errors.Is(err, catalog.ErrState) {
			t.Errorf("a coordinator measures what she has handed in: %v", err)
		}
		if _, err := set(importAdmin, one("chest", 1000)); err != nil {
			t.Errorf("an administrator: %v", err)
		}
	})
}

func TestLengthsAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]int64{"102": 1020, "101.5": 1015, " 7 ": 70, "0.1": 1, "2000": 20_000} {
		if got, ok := catalog.ParseCentimetres(text); !ok || got != want {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "0", "0.0", "-1", "1e3", "101.55", "2000.1", "1,5", "१०", ".5", "5."} {
		if got, ok := catalog.ParseCentimetres(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	// 1 inch = 25.4 mm exactly.
	for mm, want := range map[int64][2]string{1020: {"102", "40.2"}, 1015: {"101.5", "40"}, 1016: {"101.6", "40"}, 254: {"25.4", "10"}, 5_500: {"550", "216.5"}, 1: {"0.1", "0"}} {
		m := catalog.Measure{Millimetres: mm}
		if got := [2]string{m.Centimetres(), m.Inches()}; got != want {
			t.Errorf("%d mm are %v, not %v", mm, got, want)
		}
	}
	for _, garment := range append([]string{"", "mask"}, catalog.Garments...) {
		for _, m := range catalog.MeasuresOf(garment) {
			if !slices.Contains(catalog.Measures, m) {
				t.Errorf("%s is measured by %s", garment, m)
			}
		}
	}
}
