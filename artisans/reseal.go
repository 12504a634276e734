package artisans

import (
	"context"

	"saebaan/internal/db"
	"saebaan/internal/vault"
)

// Reseal seals payment details and PANs anew under the newest key, in small
// transactions, while the program is in use, and returns how many it changed. It
// can be cut anywhere and run again.
func (s *Service) Reseal(ctx context.Context) (changed int, err error) {
	for _, table := range []string{"payees", "pans"} { // their sealed column, by row and version
		n, err := s.resealTable(ctx, table)
		if changed += n; err != nil {
			return changed, err
		}
	}
	return changed, nil
}

func (s *Service) resealTable(ctx context.Context, table string) (changed int, err error) {
	for after := ""; ; {
		var rows []struct {
			ID      string `db:"id"`
			Version int64  `db:"version"`
			Sealed  []byte `db:"sealed"`
		}
		n := 0
		if err := s.db.Write(ctx, func(tx *db.Tx) error {
			rows, n = nil, 0
			if err := tx.Select(&rows, `
				SELECT id, version, sealed
				FROM `+table+`
				WHERE id > $1
				ORDER BY id
				LIMIT 200`, after); err != nil {
				return err
			}
			for _, r := range rows {
				fresh, ok, err := s.vault.Reseal(r.Sealed, vault.Place{Table: table, Column: "sealed", Row: r.ID, Version: r.Version})
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
				n++
				if _, err := tx.Exec(`
					UPDATE `+table+`
					SET sealed = $1
					WHERE id = $2`, fresh, r.ID); err != nil {
					return err
				}
			}
			return nil
		}); err != nil || len(rows) == 0 {
			return changed, err
		}
		changed += n
		after = rows[len(rows)-1].ID
	}
}
