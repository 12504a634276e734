package orders_test

import (
	"errors"
	"slices"
	"testing"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
)

// issued gives a variant pieces whose material the trust issued, at a cost each.
func (w *world) issued(variant string, pieces int64, cost money.Paise) error {
	_, err := w.catalog.ReceiveLot(ctx, admin, "", catalog.LotInput{Variant: variant, Owner: w.makers[0], Pieces: pieces, TrustMaterial: true, Material: cost, Makers: []catalog.MakerInput{
		{Stage: "embroidery", Artisan: w.makers[0], Weight: 2}, {Stage: "embroidery", Artisan: w.makers[1], Weight: 1},
		{Stage: "washing", Artisan: w.makers[1], Weight: 1}}})
	return err
}

// What a sent piece took of the trust's material leaves the store and is spent of
// the head that promised it; her own material is as before, and nothing is spent
// before the piece is sent.
func TestIssuedMaterialIsSpentWhenThePieceIsSent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		variant := w.piece("MAT-1", 1, 252_000)
		w.sent(variant, 1, "09") // of her own material
		if got := w.books()["asset:material"]; got != 0 {
			t.Fatalf("her own material took %d of the trust's", got)
		}
		before := -w.books()["head:material"]
		for _, bad := range []money.Paise{-1, money.Max + 1} {
			if err := w.issued(variant, 1, bad); !errors.Is(err, catalog.ErrLot) {
				t.Errorf("%d: %v", bad, err)
			}
		}
		w.ok(w.issued(variant, 3, 30_001))
		w.paid(variant, 1, "09")
		if got := w.books()["asset:material"]; got != 0 {
			t.Errorf("%d was spent before the piece was sent", got)
		}
		o, _ := w.sent(variant, 2, "09")
		books := w.books()
		promised := -books["head:material"] + 2*30_001 - before
		if books["asset:material"] != -2*30_001 || promised <= 0 || promised%2 != 0 {
			t.Errorf("store %d, promised %d by two pieces", books["asset:material"], promised)
		}
		w.check()
		_, err := d.Pool().ExecContext(ctx, `UPDATE lots SET material_paise = 7 WHERE material_paise > 0`)
		w.ok(err)
		if found := w.found(o.ID); !slices.Contains(found, "a sent piece did not spend what it took of the trust's material") {
			t.Errorf("the check sees %v", found)
		}
		_, err = d.Pool().ExecContext(ctx, `UPDATE lots SET material_paise = 30001 WHERE material_paise > 0`)
		w.ok(err)
		w.check()
	})
}
