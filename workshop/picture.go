package workshop

import (
	"saebaan/catalog"
	"saebaan/internal/db"
)

// Pictures gives the small photo of the piece of each lot, by lot, also of a lot
// that a job is still working on; one without a photo is absent.
func Pictures(tx *db.Tx, lots []string) (map[string]string, error) {
	of, err := catalog.VariantsOfLots(tx, lots)
	if err != nil || len(lots) == 0 {
		return nil, err
	}
	var rows []struct {
		Lot     string `db:"lot_id"`
		Variant string `db:"variant_id"`
	}
	if err := tx.Select(&rows, `
		SELECT lot_id, variant_id
		FROM jobs
		WHERE lot_id IN (`+db.List(1, len(lots))+`)
		ORDER BY lot_id`, db.Args(lots)...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		of[r.Lot] = r.Variant
	}
	variants := make([]string, 0, len(of))
	for _, v := range of {
		variants = append(variants, v)
	}
	photos, err := catalog.SmallPhotos(tx, variants)
	out := make(map[string]string, len(of))
	for lot, v := range of {
		if name, ok := photos[v]; ok {
			out[lot] = name
		}
	}
	return out, err
}
