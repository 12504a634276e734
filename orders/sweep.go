package orders

import (
	"context"
	"errors"
	"fmt"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
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
			RETURNING `+allocationColumns, tx.Now(), allocation)
		if errors.Is(err, db.ErrNone) {
			return nil // another worker was first
		}
		if err != nil {
			return err
		}
		reason := "window_over"
		if a.State != Delivered {
			reason = "no_news"
		}
		sale, err := ledger.EntryByReference(tx, "sale:"+a.ID)
		if err != nil {
			return err
		}
		if err := releaseCredits(tx, sale, a, reason); err != nil {
			return err
		}
		return closeIfDone(tx, a.OrderID)
	})
}

// releaseCredits moves each maker's credits of a sale from held to payable.
func releaseCredits(tx *db.Tx, sale ledger.Entry, a Allocation, reason string) error {
	e := ledger.New("release", "release:"+a.ID, auth.System("release").String()).Because(reason)
	for _, p := range sale.Postings {
		if p.Artisan == "" || p.Account != ledger.Held(p.Artisan) {
			continue
		}
		e.Debit(ledger.Held(p.Artisan), -p.Paise, p.Tags).Credit(ledger.Payable(p.Artisan), -p.Paise, p.Tags).
			Guard(ledger.Held(p.Artisan))
	}
	if len(e.Postings) == 0 {
		return nil
	}
	_, err := ledger.Post(tx, e)
	return err
}

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

// ExpireDue cancels orders whose payment did not come in time and gives their
// pieces back. It returns how many orders it cancelled.
func (s *Service) ExpireDue(ctx context.Context) (int, error) {
	var due []string
	if err := s.db.Select(ctx, &due, `
		SELECT id
		FROM orders
		WHERE expires_at <= $1
		ORDER BY expires_at, id
		LIMIT $2`, s.db.Clock.Now(), sweepBatch); err != nil {
		return 0, err
	}
	return each(ctx, due, s.expire)
}

func (s *Service) expire(ctx context.Context, order string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			UPDATE orders
			SET state = 'cancelled', payment_state = 'expired', expires_at = NULL
			WHERE id = $1 AND state = 'placed' AND expires_at <= $2`, order, tx.Now())
		if err != nil || n == 0 {
			return err
		}
		var held []Allocation
		if err := tx.Select(&held, `
			SELECT `+allocationColumns+`
			FROM allocations
			WHERE order_id = $1 AND state = 'reserved'
			ORDER BY lot_id, id`, order); err != nil {
			return err
		}
		for _, a := range held {
			if err := catalog.Unreserve(tx, a.LotID, a.Pieces); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`
			UPDATE allocations
			SET state = 'cancelled'
			WHERE order_id = $1 AND state = 'reserved'`, order)
		return err
	})
}
