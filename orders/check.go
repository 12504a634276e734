package orders

import (
	"slices"

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
// wait for, returns and documents that agree with the books, orphans. Every query
// takes time in proportion to the orders, never to their square: postings are
// found by entry, by account, or by order with order_id <> ”, which the partial
// index postings_order asks for in so many words.
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
var invariants = slices.Concat(priceInvariants, moneyInvariants, saleInvariants, goodsInvariants)

type invariant struct{ detail, query string }

// priceInvariants: what was frozen adds up.
var priceInvariants = []invariant{
	{"a line's price is not its heads, tax and rounding", `
		SELECT l.order_id, l.tag_paise - l.cgst_paise - l.sgst_paise - l.igst_paise - l.rounding_paise
			- CAST(COALESCE(SUM(h.paise), 0) AS BIGINT) AS paise
		FROM order_lines l
		LEFT JOIN order_line_heads h ON h.line_id = l.id
		GROUP BY l.id, l.order_id, l.tag_paise, l.cgst_paise, l.sgst_paise, l.igst_paise, l.rounding_paise, l.taxable_paise
		HAVING l.tag_paise - l.cgst_paise - l.sgst_paise - l.igst_paise - l.rounding_paise <> COALESCE(SUM(h.paise), 0)
			OR l.taxable_paise <> COALESCE(SUM(h.paise), 0)`},
	{"a cost or wage of a line is not its card's", `
		SELECT l.order_id, h.paise
		FROM order_line_heads h
		JOIN order_lines l ON l.id = h.line_id
		JOIN orders o ON o.id = l.order_id
		LEFT JOIN price_card_heads c ON c.card_id = l.card_id AND c.kind = h.kind AND c.head = h.head
		WHERE l.kind = 'goods' AND o.exchange_of = '' AND h.kind IN ('cost', 'wage') AND (c.paise IS NULL OR c.paise <> h.paise)`},
	{"a head of a line is below zero", `
		SELECT l.order_id, h.paise
		FROM order_line_heads h
		JOIN order_lines l ON l.id = h.line_id
		WHERE (h.kind = 'subsidy') <> (h.paise < 0)`},
	{"the order's total is not its lines", `
		SELECT o.id AS order_id, o.total_paise - CAST(COALESCE(SUM(l.tag_paise * l.quantity), 0) AS BIGINT) AS paise
		FROM orders o
		LEFT JOIN order_lines l ON l.order_id = o.id
		GROUP BY o.id, o.total_paise
		HAVING o.total_paise <> COALESCE(SUM(l.tag_paise * l.quantity), 0)`},
	{"a document is not the sum of its lines", `
		SELECT d.order_id, d.total_paise - CAST(COALESCE(SUM(l.total_paise), 0) AS BIGINT) AS paise
		FROM documents d
		LEFT JOIN document_lines l ON l.document_id = d.id
		WHERE d.kind <> 'refund_voucher'
		GROUP BY d.id, d.order_id, d.total_paise, d.taxable_paise, d.cgst_paise, d.sgst_paise, d.igst_paise, d.rounding_paise
		HAVING d.total_paise <> COALESCE(SUM(l.total_paise), 0)
			OR d.total_paise <> d.taxable_paise + d.cgst_paise + d.sgst_paise + d.igst_paise + d.rounding_paise`},
	{"a series of documents has a gap or is not in order of date", `
		SELECT d.order_id, d.no AS paise
		FROM documents d
		LEFT JOIN documents b ON b.series = d.series AND b.no = d.no - 1
		WHERE d.no > 1 AND (b.id IS NULL OR b.business_date > d.business_date)`},
	{"the last number of a series is not its newest document's", `
		SELECT s.id AS order_id, s.last AS paise
		FROM series s
		WHERE s.last <> COALESCE((SELECT MAX(d.no) FROM documents d WHERE d.series = s.id), 0)`},
}

// goodsInvariants: every piece is somewhere, once, and its makers' credit with it.
var goodsInvariants = []invariant{
	{"the line is not covered by its allocations", `
		SELECT l.order_id, l.quantity - l.cancelled - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
		FROM order_lines l
		JOIN orders o ON o.id = l.order_id AND o.state <> 'cancelled'
		LEFT JOIN allocations a ON a.line_id = l.id AND a.state <> 'cancelled'
		GROUP BY l.id, l.order_id, l.quantity, l.cancelled
		HAVING l.quantity - l.cancelled <> COALESCE(SUM(a.pieces), 0)`},
	{"a cancelled order holds pieces", `
		SELECT o.id AS order_id, a.pieces AS paise
		FROM orders o
		JOIN allocations a ON a.order_id = o.id AND a.state <> 'cancelled'
		WHERE o.state = 'cancelled'`},
	{"an allocation's returned pieces are not those of its returns", `
		SELECT a.order_id, a.returned - CAST(COALESCE(SUM(CASE WHEN r.state = 'received' THEN l.pieces ELSE 0 END), 0) AS BIGINT) AS paise
		FROM allocations a
		LEFT JOIN return_lines l ON l.allocation_id = a.id
		LEFT JOIN returns r ON r.id = l.return_id
		GROUP BY a.id, a.order_id, a.returned, a.pieces
		HAVING a.returned <> COALESCE(SUM(CASE WHEN r.state = 'received' THEN l.pieces ELSE 0 END), 0) OR a.returned > a.pieces`},
	{"the pieces sold of a lot are not those its orders sent off", `
		SELECT s.lot_id AS order_id, s.sold - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
		FROM stock s
		LEFT JOIN allocations a ON a.lot_id = s.lot_id AND a.dispatched_at IS NOT NULL
		WHERE s.place = 'store'
		GROUP BY s.lot_id, s.sold
		HAVING s.sold <> COALESCE(SUM(a.pieces), 0)`},
	{"the pieces reserved of a lot are not those its orders wait for", `
		SELECT s.lot_id AS order_id, s.reserved - CAST(COALESCE(SUM(a.pieces), 0) AS BIGINT) AS paise
		FROM stock s
		LEFT JOIN allocations a ON a.lot_id = s.lot_id AND a.state IN ('reserved', 'committed')
		WHERE s.place = 'store'
		GROUP BY s.lot_id, s.reserved
		HAVING s.reserved <> COALESCE(SUM(a.pieces), 0)`},
	{"a line, allocation, payment, refund or document has lost its order", `
		SELECT l.order_id, CAST(0 AS BIGINT) AS paise FROM order_lines l
		WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = l.order_id)
		UNION ALL
		SELECT a.order_id, CAST(0 AS BIGINT) AS paise FROM allocations a
		WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = a.order_id)
		UNION ALL
		SELECT p.order_id, CAST(0 AS BIGINT) AS paise FROM payments p
		WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id)
		UNION ALL
		SELECT r.order_id, CAST(0 AS BIGINT) AS paise FROM refunds r
		WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = r.order_id)
		UNION ALL
		SELECT d.order_id, CAST(0 AS BIGINT) AS paise FROM documents d
		WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = d.order_id)`},
}
