package payouts

// billChecks find bills and closings that do not agree with the book.
func billChecks() []check {
	return []check{
		{"a bill is not in the book as it says", `
			SELECT b.id AS at, b.amount_paise - CAST(COALESCE(SUM(p.paise), 0) AS BIGINT) AS paise
			FROM bills b
			LEFT JOIN entries e ON e.reference = 'bill:' || b.id
			LEFT JOIN postings p ON p.entry_id = e.id AND p.account = b.account
			GROUP BY b.id, b.amount_paise
			HAVING b.amount_paise <> COALESCE(SUM(p.paise), 0)
			ORDER BY b.id`},
		{"what a supplier is owed is not what the book says", `
			SELECT s.id AS at, CAST(COALESCE(o.paise, 0) + COALESCE(b.paise, 0) AS BIGINT) AS paise
			FROM suppliers s
			LEFT JOIN (
				SELECT supplier_id, SUM(amount_paise) AS paise
				FROM bills
				WHERE paid_from = 'owed' AND paid_at IS NULL
				GROUP BY supplier_id) o ON o.supplier_id = s.id
			LEFT JOIN (
				SELECT account, SUM(paise) AS paise
				FROM postings
				WHERE account >= 'liability:supplier:' AND account < 'liability:supplier;'
				GROUP BY account) b ON b.account = 'liability:supplier:' || s.id
			WHERE COALESCE(o.paise, 0) + COALESCE(b.paise, 0) <> 0
			ORDER BY s.id`},
		{"a closing's entry is not what its rows say", `
			SELECT c.id AS at, r.promised_paise - r.billed_paise - CAST(COALESCE(SUM(p.paise), 0) AS BIGINT) AS paise
			FROM closings c
			JOIN closing_rows r ON r.closing_id = c.id
			LEFT JOIN entries e ON e.reference = 'closing:' || c.id
			LEFT JOIN postings p ON p.entry_id = e.id AND p.account = r.account
			WHERE c.state = 'closed'
			GROUP BY c.id, r.account, r.promised_paise, r.billed_paise
			HAVING r.promised_paise - r.billed_paise <> COALESCE(SUM(p.paise), 0)
			ORDER BY c.id, r.account`},
		{"a closing's entry moves what no row says", `
			SELECT e.id AS at, p.paise
			FROM entries e
			JOIN postings p ON p.entry_id = e.id AND p.account <> 'trust:fund'
			LEFT JOIN closings c ON 'closing:' || c.id = e.reference AND c.state = 'closed'
			LEFT JOIN closing_rows r ON r.closing_id = c.id AND r.account = p.account
			WHERE e.kind = 'closing' AND r.account IS NULL
			ORDER BY e.id, p.pos`},
		{"a closing was decided by who proposed it, or by nobody", `
			SELECT c.id AS at, CAST(0 AS BIGINT) AS paise
			FROM closings c
			WHERE c.decided_by = c.proposed_by OR (c.state <> 'proposed' AND c.decided_by = '')
			ORDER BY c.id`},
	}
}
