package catalog

import (
	"context"
	"encoding/json"
	"time"

	"saebaan/internal/db"
)

// FeedLease is how long a process may write a shared index without saying that it
// still does.
const FeedLease = 40 * time.Second

// Feed is where the writing of a shared index stands.
type Feed struct {
	Mark     *Mark  // nil when the index was never built
	Compared string // last day on which it was compared with the shop
	Drift    int64  // documents that had to be mended, ever
}

// TakeFeed gives the right to write the shared index of that name to a holder,
// and where the last one stood; false when another has it. It counts by the
// machine's clock, which tests do not move.
func (s *Service) TakeFeed(ctx context.Context, name, holder string) (Feed, bool, error) {
	var out Feed
	taken := false
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		out, taken = Feed{}, false
		now := time.Now()
		n, err := tx.Exec(`
			INSERT INTO search_feeds (name, holder, held_until, mark, compared, drift)
			VALUES ($1, $2, $3, '', '', 0)
			ON CONFLICT (name) DO UPDATE SET holder = $2, held_until = $3
			WHERE search_feeds.holder = $2 OR search_feeds.held_until < $4`, name, holder, now.Add(FeedLease).UnixMicro(), now.UnixMicro())
		if err != nil || n == 0 {
			return err
		}
		var row struct {
			Mark     string `db:"mark"`
			Compared string `db:"compared"`
			Drift    int64  `db:"drift"`
		}
		if err := tx.Get(&row, `
			SELECT mark, compared, drift
			FROM search_feeds
			WHERE name = $1`, name); err != nil {
			return err
		}
		out, taken = Feed{Compared: row.Compared, Drift: row.Drift}, true
		if row.Mark == "" {
			return nil
		}
		out.Mark = &Mark{}
		return json.Unmarshal([]byte(row.Mark), out.Mark)
	})
	return out, taken, err
}

// KeepFeed says that a holder still writes, and where it stands; false when
// another has taken over.
func (s *Service) KeepFeed(ctx context.Context, name, holder string, f Feed) (bool, error) {
	mark := ""
	if f.Mark != nil {
		raw, err := json.Marshal(f.Mark)
		if err != nil {
			return false, err
		}
		mark = string(raw)
	}
	var n int64
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		n, err = tx.Exec(`
			UPDATE search_feeds
			SET held_until = $3, mark = $4, compared = $5, drift = $6
			WHERE name = $1 AND holder = $2`, name, holder, time.Now().Add(FeedLease).UnixMicro(), mark, f.Compared, f.Drift)
		return err
	})
	return n > 0, err
}

// LeaveFeed lets another process write at once.
func (s *Service) LeaveFeed(ctx context.Context, name, holder string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			UPDATE search_feeds
			SET held_until = 0
			WHERE name = $1 AND holder = $2`, name, holder)
		return err
	})
}
