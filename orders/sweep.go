package orders

import (
	"context"
	"errors"

	"saebaan/catalog"
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
		ORDER BY release_at, id
		LIMIT $2`, s.db.Clock.Now(), sweepBatch); err != nil {
		return 0, err
	}
	for _, allocation := range due {
		if err := s.release(ctx, allocation); err != nil {
			return 0, err
		}
	}
	return len(due), nil
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
	for _, order := range due {
		if err := s.expire(ctx, order); err != nil {
			return 0, err
		}
	}
	return len(due), nil
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

// Problem is an order whose books do not agree with it.
type Problem struct {
	Order  string `db:"order_id"`
	Detail string
	Paise  money.Paise `db:"paise"`
}

// Check finds what breaks the invariants of orders (DESIGN §4.5, 2 and 3): per
// line price = heads + tax + rounding, per order totals and money, per piece at
// most one live credit per stage, reservations that nobody holds, orphans.
func Check(tx *db.Tx) ([]Problem, error) {
	checks := []struct{ detail, query string }{
		{"a line's price is not its heads, tax and rounding", `
			SELECT l.order_id, l.tag_paise - l.cgst_paise - l.sgst_paise - l.igst_paise - l.rounding_paise
				- CAST(COALESCE(SUM(h.paise), 0) AS BIGINT) AS paise
			FROM order_lines l
			LEFT JOIN order_line_heads h ON h.line_id = l.id
			GROUP BY l.id, l.order_id, l.tag_paise, l.cgst_paise, l.sgst_paise, l.igst_paise, l.rounding_paise, l.taxable_paise
			HAVING l.tag_paise - l.cgst_paise - l.sgst_paise - l.igst_paise - l.rounding_paise <> COALESCE(SUM(h.paise), 0)
				OR l.taxable_paise <> COALESCE(SUM(h.paise), 0)`},
		{"the order's total is not its lines", `
			SELECT o.id AS order_id, o.total_paise - CAST(COALESCE(SUM(l.tag_paise * l.quantity), 0) AS BIGINT) AS paise
			FROM orders o
			LEFT JOIN order_lines l ON l.order_id = o.id
			GROUP BY o.id, o.total_paise
			HAVING o.total_paise <> COALESCE(SUM(l.tag_paise * l.quantity), 0)`},
		{"the line is not covered by its allocations", `
			SELECT l.order_id, l.quantity - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
			FROM order_lines l
			JOIN orders o ON o.id = l.order_id AND o.state <> 'cancelled'
			LEFT JOIN allocations a ON a.line_id = l.id AND a.state <> 'cancelled'
			GROUP BY l.id, l.order_id, l.quantity
			HAVING l.quantity <> COALESCE(SUM(a.pieces), 0)`},
		{"the deposit is not what was paid and not yet dispatched", `
			SELECT o.id AS order_id, CAST(COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.captured_paise = p.amount_paise), 0)
				- COALESCE((SELECT SUM(p.refund_due_paise) FROM payments p WHERE p.order_id = o.id), 0)
				- COALESCE((SELECT SUM(a.pieces * l.tag_paise) FROM allocations a JOIN order_lines l ON l.id = a.line_id
					WHERE a.order_id = o.id AND a.dispatched_at IS NOT NULL), 0)
				+ COALESCE((SELECT b.paise FROM balances b WHERE b.account = 'liability:deposit:' || o.id), 0) AS BIGINT) AS paise
			FROM orders o
			WHERE COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.captured_paise = p.amount_paise), 0)
				- COALESCE((SELECT SUM(p.refund_due_paise) FROM payments p WHERE p.order_id = o.id), 0)
				- COALESCE((SELECT SUM(a.pieces * l.tag_paise) FROM allocations a JOIN order_lines l ON l.id = a.line_id
					WHERE a.order_id = o.id AND a.dispatched_at IS NOT NULL), 0)
				+ COALESCE((SELECT b.paise FROM balances b WHERE b.account = 'liability:deposit:' || o.id), 0) <> 0`},
		{"a dispatched allocation has no sale entry, or an entry no allocation", `
			SELECT a.order_id, CAST(0 AS BIGINT) AS paise
			FROM allocations a
			LEFT JOIN entries e ON e.reference = 'sale:' || a.id
			WHERE (a.dispatched_at IS NULL) <> (e.id IS NULL)`},
		{"a released allocation has no release entry, or an entry is not released", `
			SELECT a.order_id, CAST(0 AS BIGINT) AS paise
			FROM allocations a
			LEFT JOIN entries e ON e.reference = 'release:' || a.id
			WHERE a.released_at IS NULL AND e.id IS NOT NULL`},
		{"more pieces of a lot are reserved or sold than its orders hold", `
			SELECT s.lot_id AS order_id, s.reserved + s.sold - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
			FROM stock s
			LEFT JOIN allocations a ON a.lot_id = s.lot_id AND a.state <> 'cancelled'
			GROUP BY s.lot_id, s.reserved, s.sold
			HAVING s.reserved + s.sold <> COALESCE(SUM(a.pieces), 0)`},
		{"a line, allocation or payment has lost its order", `
			SELECT l.order_id, CAST(0 AS BIGINT) AS paise FROM order_lines l
			WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = l.order_id)
			UNION ALL
			SELECT a.order_id, CAST(0 AS BIGINT) AS paise FROM allocations a
			WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = a.order_id)
			UNION ALL
			SELECT p.order_id, CAST(0 AS BIGINT) AS paise FROM payments p
			WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id)`},
		{"the payments table and the books differ", `
			SELECT p.order_id, p.captured_paise AS paise
			FROM payments p
			LEFT JOIN entries e ON e.reference = 'payment:' || p.id
			WHERE (p.state = 'captured') <> (e.id IS NOT NULL)`},
	}
	var out []Problem
	for _, c := range checks {
		var found []Problem
		if err := tx.Select(&found, c.query); err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Detail = c.detail
			out = append(out, f)
		}
	}
	return out, nil
}
