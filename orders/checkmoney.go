package orders

// moneyInvariants: what was paid is where the books say it is.
var moneyInvariants = []invariant{
	{"the deposit is not what was paid and not yet sent off or back", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT o.id AS order_id, CAST(
				COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'), 0)
				- COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.order_id = o.id AND r.source = 'deposit'), 0)
				- COALESCE((SELECT SUM(a.pieces * l.tag_paise) FROM allocations a JOIN order_lines l ON l.id = a.line_id
					WHERE a.order_id = o.id AND a.dispatched_at IS NOT NULL), 0)
				- COALESCE(q.paise, 0)
				+ COALESCE((SELECT b.paise FROM balances b WHERE b.account = 'liability:deposit:' || o.id), 0) AS BIGINT) AS paise
			FROM orders o
			LEFT JOIN (
				SELECT s.order_id, SUM(s.paise) AS paise
				FROM entries e
				JOIN postings s ON s.entry_id = e.id AND s.order_id <> '' AND s.account = 'liability:deposit:' || s.order_id
				WHERE e.kind = 'dispute'
				GROUP BY s.order_id) q ON q.order_id = o.id) x
		WHERE x.paise <> 0`},
	{"what the books took in for an order is not its captured payments", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT o.id AS order_id, CAST(
				COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'), 0)
				+ COALESCE(q.paise, 0) AS BIGINT) AS paise
			FROM orders o
			LEFT JOIN (
				SELECT s.order_id, SUM(s.paise) AS paise
				FROM entries e
				JOIN postings s ON s.entry_id = e.id AND s.order_id <> '' AND s.account = 'liability:deposit:' || s.order_id
				WHERE e.kind IN ('payment', 'receipt_placed', 'exchange')
				GROUP BY s.order_id) q ON q.order_id = o.id) x
		WHERE x.paise <> 0`},
	{"what is owed to the buyer is not her open refunds", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT o.id AS order_id, CAST(
				COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.order_id = o.id AND r.state <> 'paid'), 0)
				+ COALESCE((SELECT b.paise FROM balances b WHERE b.account = 'liability:refund:' || o.id), 0) AS BIGINT) AS paise
			FROM orders o) x
		WHERE x.paise <> 0`},
	{"more is on its way back than was captured", `
		SELECT p.order_id, p.refunding_paise - p.captured_paise AS paise
		FROM payments p
		WHERE p.refunding_paise > p.captured_paise OR p.refunding_paise < 0
			OR p.refunding_paise < COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.payment_id = p.id), 0)`},
	{"an order is paid but its price was not captured, or the reverse", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT o.id AS order_id, o.payment_state, o.state, o.total_paise,
				CAST(COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'), 0) AS BIGINT) AS paise
			FROM orders o) x
		WHERE (x.payment_state IN ('paid', 'part_refunded', 'refunded') AND x.paise < x.total_paise)
			OR (x.payment_state IN ('open', 'pending', 'failed') AND x.paise > 0)
			OR (x.state IN ('confirmed', 'closed') AND x.payment_state NOT IN ('paid', 'part_refunded', 'refunded'))`},
	{"unidentified money is not in the books as such", `
		SELECT r.id AS order_id, r.amount_paise AS paise
		FROM receipts r
		LEFT JOIN balances b ON b.account = 'liability:unidentified:' || r.id
		WHERE (CASE WHEN r.state = 'unidentified' THEN r.amount_paise ELSE 0 END) + COALESCE(b.paise, 0) <> 0`},
	{"a dispute's money is not receivable while it is open, or is still so afterwards", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT o.id AS order_id, CAST(
				COALESCE((SELECT b.paise FROM balances b WHERE b.account = 'asset:receivable:' || o.id), 0)
				- COALESCE((SELECT SUM(d.amount_paise) FROM disputes d WHERE d.order_id = o.id AND d.state = 'open'), 0) AS BIGINT) AS paise
			FROM orders o
			WHERE o.dispute <> '') x
		WHERE x.paise <> 0`},
	{"unidentified money is in the books without a receipt", `
		SELECT SUBSTR(b.account, 24) AS order_id, b.paise
		FROM balances b
		WHERE b.account >= 'liability:unidentified:' AND b.account < 'liability:unidentified;' AND b.paise <> 0
			AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.id = SUBSTR(b.account, 24))`},
	{"the tax in the books is not that of the invoices less the credit notes", `
		SELECT d.order_id, CAST(d.paise + COALESCE(s.paise, 0) AS BIGINT) AS paise
		FROM (
			SELECT order_id, SUM(CASE
				WHEN kind = 'credit_note' THEN -(cgst_paise + sgst_paise + igst_paise)
				WHEN kind IN ('tax_invoice', 'invoice_cum_bill', 'bill_of_supply') THEN cgst_paise + sgst_paise + igst_paise
				ELSE 0 END) AS paise
			FROM documents
			GROUP BY order_id) d
		LEFT JOIN (
			SELECT order_id, SUM(paise) AS paise
			FROM postings
			WHERE account >= 'liability:gst:' AND account < 'liability:gst;' AND order_id <> ''
			GROUP BY order_id) s ON s.order_id = d.order_id
		WHERE d.paise + COALESCE(s.paise, 0) <> 0`},
}

// saleInvariants: every sale entry credits the makers of its lot what its line
// says, once, until it is released.
var saleInvariants = []invariant{
	{"a dispatched allocation has no sale entry, or one that was not dispatched has", `
		SELECT a.order_id, CAST(0 AS BIGINT) AS paise
		FROM allocations a
		LEFT JOIN entries e ON e.reference = 'sale:' || a.id
		WHERE (a.dispatched_at IS NULL) <> (e.id IS NULL)`},
	{"a sale entry has no dispatched allocation", `
		SELECT COALESCE((SELECT MIN(p.order_id) FROM postings p WHERE p.entry_id = e.id), '') AS order_id, CAST(0 AS BIGINT) AS paise
		FROM entries e
		WHERE e.kind = 'sale' AND NOT EXISTS (
			SELECT 1
			FROM allocations a
			WHERE a.id = SUBSTR(e.reference, 6) AND e.reference = 'sale:' || a.id AND a.dispatched_at IS NOT NULL)`},
	{"a sale does not credit a wage of its line to the stage's makers", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT a.order_id, CAST(h.paise * a.pieces + COALESCE((
				SELECT SUM(p.paise)
				FROM entries e
				JOIN postings p ON p.entry_id = e.id
				WHERE e.reference = 'sale:' || a.id AND p.nature = 'wage:' || h.head
					AND p.account = 'liability:artisan:' || p.artisan_id || ':held'), 0) AS BIGINT) AS paise
			FROM allocations a
			JOIN lots b ON b.id = a.lot_id AND b.kind = 'consigned'
			JOIN order_line_heads h ON h.line_id = a.line_id AND h.kind = 'wage'
			WHERE a.dispatched_at IS NOT NULL) x
		WHERE x.paise <> 0`},
	{"a sale does not credit the makers' balance of its line to them", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT a.order_id, CAST(m.paise * a.pieces + COALESCE((
				SELECT SUM(p.paise)
				FROM entries e
				JOIN postings p ON p.entry_id = e.id
				WHERE e.reference = 'sale:' || a.id AND p.account = 'liability:artisan:' || p.artisan_id || ':held'
					AND p.nature IN (SELECT 'balance:' || h.head FROM order_line_heads h WHERE h.line_id = a.line_id AND h.kind = 'wage')), 0)
				AS BIGINT) AS paise
			FROM allocations a
			JOIN lots b ON b.id = a.lot_id AND b.kind = 'consigned'
			JOIN order_line_heads m ON m.line_id = a.line_id AND m.kind = 'makers'
			WHERE a.dispatched_at IS NOT NULL) x
		WHERE x.paise <> 0`},
	{"the sale of a piece that came back credits an artisan again", `
		SELECT a.order_id, p.paise
		FROM allocations a
		JOIN lots b ON b.id = a.lot_id AND b.kind = 'returned'
		JOIN entries e ON e.reference = 'sale:' || a.id
		JOIN postings p ON p.entry_id = e.id AND p.artisan_id <> ''
		WHERE a.dispatched_at IS NOT NULL`},
	{"the sale of a commissioned piece pays its makers' wages again", `
		SELECT a.order_id, p.paise
		FROM allocations a
		JOIN lots b ON b.id = a.lot_id AND b.kind = 'commissioned'
		JOIN entries e ON e.reference = 'sale:' || a.id
		JOIN postings p ON p.entry_id = e.id AND p.artisan_id <> '' AND SUBSTR(p.nature, 1, 5) = 'wage:'
		WHERE a.dispatched_at IS NOT NULL`},
	{"the sale of the trust's own piece does not repay what it cost", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT a.order_id, CAST(b.cost_paise * a.pieces + COALESCE((
				SELECT SUM(p.paise)
				FROM entries e
				JOIN postings p ON p.entry_id = e.id
				WHERE e.reference = 'sale:' || a.id AND p.account = 'asset:stock:' || a.lot_id), 0) AS BIGINT) AS paise
			FROM allocations a
			JOIN lots b ON b.id = a.lot_id AND b.kind <> 'consigned'
			WHERE a.dispatched_at IS NOT NULL) x
		WHERE x.paise <> 0`},
	{"a sent piece did not spend what it took of the trust's material", `
		SELECT x.order_id, x.paise
		FROM (
			SELECT a.order_id, CAST(b.material_paise * a.pieces - COALESCE((
				SELECT SUM(p.paise)
				FROM entries e
				JOIN postings p ON p.entry_id = e.id
				WHERE e.reference = 'material_used:' || a.id AND p.account = 'head:material'), 0) AS BIGINT) AS paise
			FROM allocations a
			JOIN lots b ON b.id = a.lot_id AND b.kind = 'consigned'
			WHERE a.dispatched_at IS NOT NULL) x
		WHERE x.paise <> 0`},
	{"a released allocation holds an artisan's credits still", `
		SELECT a.order_id, CAST(COALESCE(SUM(p.paise), 0) AS BIGINT) AS paise
		FROM allocations a
		JOIN postings p ON p.order_id = a.order_id AND p.order_id <> '' AND p.line_id = a.line_id AND p.lot_id = a.lot_id
			AND p.artisan_id <> '' AND p.account = 'liability:artisan:' || p.artisan_id || ':held'
		WHERE a.released_at IS NOT NULL
		GROUP BY a.id, a.order_id, p.artisan_id
		HAVING COALESCE(SUM(p.paise), 0) <> 0`},
	{"a release entry has no released allocation", `
		SELECT a.order_id, CAST(0 AS BIGINT) AS paise
		FROM allocations a
		JOIN entries e ON e.reference = 'release:' || a.id
		WHERE a.released_at IS NULL`},
	{"a piece is credited to its makers twice", `
		SELECT b.from_lot AS order_id, CAST(SUM(p.n) AS BIGINT) AS paise
		FROM (
			SELECT lot_id, COUNT(*) AS n
			FROM postings
			WHERE artisan_id <> '' AND account = 'liability:artisan:' || artisan_id || ':held'
			GROUP BY lot_id) p
		JOIN lots b ON b.id = p.lot_id AND b.kind = 'returned'
		GROUP BY b.from_lot`},
}
