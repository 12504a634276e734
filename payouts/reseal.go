package payouts

import (
	"context"

	"saebaan/internal/db"
)

// Reseal seals the kept files of runs anew under the newest key, one at a time,
// and returns how many it changed. It can be cut anywhere and run again.
func (s *Service) Reseal(ctx context.Context) (changed int, err error) {
	var files []File
	if err := s.db.Select(ctx, &files, `
		SELECT run_id, rail
		FROM payout_files
		ORDER BY run_id, rail`); err != nil {
		return 0, err
	}
	for _, f := range files {
		done := false
		if err := s.db.Write(ctx, func(tx *db.Tx) error {
			var sealed []byte
			if err := tx.Get(&sealed, `
				SELECT sealed
				FROM payout_files
				WHERE run_id = $1 AND rail = $2`, f.RunID, f.Rail); err != nil {
				return err
			}
			fresh, ok, err := s.vault.Reseal(sealed, filePlace(f))
			if done = ok; err != nil || !ok {
				return err
			}
			_, err = tx.Exec(`
				UPDATE payout_files
				SET sealed = $1
				WHERE run_id = $2 AND rail = $3`, fresh, f.RunID, f.Rail)
			return err
		}); err != nil {
			return changed, err
		}
		if done {
			changed++
		}
	}
	return changed, nil
}
