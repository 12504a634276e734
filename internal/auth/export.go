package auth

import (
	"context"

	"saebaan/internal/db"
)

// Exported tells the audit that a person took a page away as a file, with the
// state of the page in its address, and gives the time at which it did.
func (s *Service) Exported(ctx context.Context, actor Actor, page, state string) (at db.Time, err error) {
	if actor.ID == "" {
		return 0, ErrUnauthenticated
	}
	const most = 500
	return at, s.db.Write(ctx, func(tx *db.Tx) error {
		at = tx.Now()
		return Audit(tx, actor, "export", page[:min(len(page), most)], state[:min(len(state), most)])
	})
}
