package orders

import (
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Problem is an order whose books do not agree with it.
type Problem struct {
	Order  string `db:"order_id"`
	Detail string
	Paise  money.Paise `db:"paise"`
}

// Check finds what breaks the invariants of orders (DESIGN §4.5, 2 and 3): per
// line price = heads + tax + rounding, per order totals and money, one sale and
// one release per allocation, per lot exactly the pieces its orders sent off or
// wait for (so no piece is credited twice), orphans.
func Check(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, c := range invariants {
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

// invariants are queries that find nothing in sound books.
var invariants = []struct{ detail, query string }{
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
		WHERE (a.released_at IS NULL AND e.id IS NOT NULL)
			OR (a.released_at IS NOT NULL AND e.id IS NULL AND EXISTS (
				SELECT 1
				FROM entries sale
				JOIN postings p ON p.entry_id = sale.id
				WHERE sale.reference = 'sale:' || a.id AND p.artisan_id <> ''))`},
	{"the pieces sold of a lot are not those its orders sent off", `
		SELECT s.lot_id AS order_id, s.sold - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
		FROM stock s
		LEFT JOIN allocations a ON a.lot_id = s.lot_id AND a.dispatched_at IS NOT NULL
		GROUP BY s.lot_id, s.sold
		HAVING s.sold <> COALESCE(SUM(a.pieces), 0)`},
	{"the pieces reserved of a lot are not those its orders wait for", `
		SELECT s.lot_id AS order_id, s.reserved - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
		FROM stock s
		LEFT JOIN allocations a ON a.lot_id = s.lot_id AND a.state IN ('reserved', 'committed')
		GROUP BY s.lot_id, s.reserved
		HAVING s.reserved <> COALESCE(SUM(a.pieces), 0)`},
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
		WHERE p.captured_paise <> COALESCE((
			SELECT SUM(s.paise)
			FROM entries e
			JOIN postings s ON s.entry_id = e.id AND s.account = 'asset:stripe'
			WHERE e.reference = 'payment:' || p.id), 0)`},
}
