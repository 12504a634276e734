package catalog

import (
	"strings"

	"saebaan/internal/db"
)

// SmallPhotos gives, of each variant whose piece has a photo, the name of the
// first one in its smallest size, in which the media store has it. It asks
// nobody's permission: photos of pieces are public.
func SmallPhotos(tx *db.Tx, variants []string) (map[string]string, error) {
	out := map[string]string{}
	if len(variants) == 0 {
		return out, nil
	}
	var rows []struct {
		Variant string `db:"id"`
		Hash    string `db:"hash"`
		Widths  string `db:"widths"`
	}
	err := tx.Select(&rows, `
		SELECT v.id, f.hash, f.widths
		FROM variants v
		JOIN photos f ON f.product_id = v.product_id
		WHERE v.id IN (`+db.List(1, len(variants))+`)
			AND f.pos = (SELECT MIN(g.pos) FROM photos g WHERE g.product_id = v.product_id)
		ORDER BY v.id`, db.Args(variants)...)
	for _, r := range rows {
		width, _, _ := strings.Cut(r.Widths, ",")
		out[r.Variant] = r.Hash + "-" + width + ".jpg"
	}
	return out, err
}

// VariantsOfLots tells of which variant each lot is; absent ids are absent.
func VariantsOfLots(tx *db.Tx, lots []string) (map[string]string, error) {
	out := map[string]string{}
	if len(lots) == 0 {
		return out, nil
	}
	var rows []struct {
		Lot     string `db:"id"`
		Variant string `db:"variant_id"`
	}
	err := tx.Select(&rows, `
		SELECT id, variant_id
		FROM lots
		WHERE id IN (`+db.List(1, len(lots))+`)
		ORDER BY id`, db.Args(lots)...)
	for _, r := range rows {
		out[r.Lot] = r.Variant
	}
	return out, err
}
