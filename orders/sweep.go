package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

const sweepBatch = 200

// ReleaseDue makes payable what the makers earned on allocations whose date has
// come: delivered and the return window over, or long dispatched without news.
// It returns how many allocations it released.
func (s *Service) ReleaseDue(ctx context.Context) (int, error) {
	var due []string
	if err := s.db.Select(ctx, &due, `
		SELECT id
		FROM allocations
		WHERE release_at <= $1
			AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = allocations.order_id AND o.dispute = 'open')
		ORDER BY release_at, id
		LIMIT $2`, s.db.Clock.Now(), sweepBatch); err != nil {
		return 0, err
	}
	return each(ctx, due, s.release)
}

// each does one task after another; one that fails stops none of the others. It
// returns how many were done and what went wrong.
func each(ctx context.Context, ids []string, task func(context.Context, string) error) (done int, err error) {
	var failed []error
	for _, id := range ids {
		if err := task(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", id, err))
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

func (s *Service) release(ctx context.Context, allocation string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var a Allocation
		err := tx.Get(&a, `
			UPDATE allocations
			SET released_at = $1, release_at = NULL
			WHERE id = $2 AND release_at <= $1 AND released_at IS NULL
				AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = allocations.order_id AND o.dispute = 'open')
			RETURNING `+allocationColumns, tx.Now(), allocation)
		if errors.Is(err, db.ErrNone) {
			return nil // another worker was first, or a dispute holds it
		}
		if err != nil {
			return err
		}
		reason := "window_over"
		if a.DeliveredAt == nil {
			reason = "no_news"
		}
		if err := releaseCredits(tx, a, reason); err != nil {
			return err
		}
		return closeIfDone(tx, a.OrderID)
	})
}

// releaseCredits moves from held to payable what each maker still has of an
// allocation: her credits of the sale less what a return has reversed.
func releaseCredits(tx *db.Tx, a Allocation, reason string) error {
	var held []struct {
		Artisan string      `db:"artisan_id"`
		Nature  string      `db:"nature"`
		Paise   money.Paise `db:"paise"`
	}
	if err := tx.Select(&held, `
		SELECT artisan_id, nature, CAST(-SUM(paise) AS BIGINT) AS paise
		FROM postings
		WHERE order_id = $1 AND order_id <> '' AND line_id = $2 AND lot_id = $3 AND artisan_id <> ''
			AND account = 'liability:artisan:' || artisan_id || ':held'
		GROUP BY artisan_id, nature
		HAVING SUM(paise) <> 0
		ORDER BY artisan_id, nature`, a.OrderID, a.LineID, a.LotID); err != nil {
		return err
	}
	e := ledger.New("release", "release:"+a.ID, auth.System("release").String()).Because(reason)
	for _, h := range held {
		tags := ledger.Tags{Order: a.OrderID, Line: a.LineID, Lot: a.LotID, Artisan: h.Artisan, Nature: h.Nature}
		e.Debit(ledger.Held(h.Artisan), h.Paise, tags).Credit(ledger.Payable(h.Artisan), h.Paise, tags).Guard(ledger.Held(h.Artisan))
	}
	if len(e.Postings) == 0 {
		return nil
	}
	_, err := ledger.Post(tx, e)
	return err
}

// days is so many days as a duration.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// closeIfDone closes an order of which nothing waits to be sent or released.
func closeIfDone(tx *db.Tx, order string) error {
	_, err := tx.Exec(`
		UPDATE orders
		SET state = 'closed', closed_at = $1
		WHERE id = $2 AND state = 'confirmed'
			AND NOT EXISTS (
				SELECT 1
				FROM allocations a
				WHERE a.order_id = $2 AND a.state <> 'cancelled' AND a.released_at IS NULL)`, tx.Now(), order)
	return err
}
