package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
)

// The parts of the published pieces are the whole, each piece once and in order.
func TestPublishedInParts(t *testing.T) {
	var list bytes.Buffer
	list.WriteString("ProductID,ProductName,Price (INR),Description,PrimaryColor\n")
	for i := range 30 {
		fmt.Fprintf(&list, "%d,White kurta %d,%d,Of cotton,White\n", 1000+i, i, 900+i)
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), importService(d)
		card := catalog.DefaultReferenceCard()
		report, err := s.Import(ctx, importAdmin, importInput(list.Bytes(), &card))
		if err != nil {
			t.Fatal(err)
		}
		ids := func(after, to string) (out []string) {
			if err := s.EachPublished(ctx, after, to, func(page []catalog.Product) error {
				for _, p := range page {
					out = append(out, p.ID)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		whole := ids("", "")
		if len(whole) != 30 || report.Published != 30 || !slices.IsSorted(whole) {
			t.Fatalf("%d of %d, sorted %v", len(whole), report.Published, slices.IsSorted(whole))
		}
		cuts, err := s.PublishedEvery(ctx, 7)
		if err != nil || len(cuts) != len(whole)/7 {
			t.Fatalf("%d cuts of %d, %v", len(cuts), len(whole), err)
		}
		var parts []string
		after := ""
		for _, to := range append(cuts, "") {
			part := ids(after, to)
			if to != "" && len(part) != 7 {
				t.Errorf("a part of %d", len(part))
			}
			parts, after = append(parts, part...), to
		}
		if !slices.Equal(parts, whole) {
			t.Errorf("the parts are %d pieces, the whole %d", len(parts), len(whole))
		}
		stop := errors.New("stop")
		if err := s.EachPublished(ctx, "", "", func([]catalog.Product) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("ended with %v", err)
		}
	})
}
