package artisans

import (
	"context"

	"saebaan/internal/db"
	"saebaan/internal/vault"
)

// Reseal seals payment details, PANs, phone numbers and the tokens of cards anew
// under the newest key, one row at a time, while the program is in use, and returns how many it changed. It can be
// cut anywhere and run again.
func (s *Service) Reseal(ctx context.Context) (changed int, err error) {
	for _, table := range []string{"payees", "pans", "artisan_phones", "artisan_cards"} { // their sealed column, by row and version
		var rows []string
		if err := s.db.Select(ctx, &rows, `
			SELECT id
			FROM `+table+`
			ORDER BY id`); err != nil {
			return changed, err
		}
		for _, row := range rows {
			done, err := s.resealRow(ctx, table, row)
			if err != nil {
				return changed, err
			}
			if done {
				changed++
			}
		}
	}
	return changed, nil
}

func (s *Service) resealRow(ctx context.Context, table, row string) (done bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var r struct {
			Version int64  `db:"version"`
			Sealed  []byte `db:"sealed"`
		}
		if err := tx.Get(&r, `
			SELECT version, sealed
			FROM `+table+`
			WHERE id = $1`, row); err != nil {
			return err
		}
		fresh, ok, err := s.vault.Reseal(r.Sealed, vault.Place{Table: table, Column: "sealed", Row: row, Version: r.Version})
		if done = ok; err != nil || !ok {
			return err
		}
		_, err = tx.Exec(`
			UPDATE `+table+`
			SET sealed = $1
			WHERE id = $2`, fresh, row)
		return err
	})
	return done, err
}
