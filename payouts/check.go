package payouts

import (
	"slices"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Problem is a run or artisan whose books do not agree.
type Problem struct {
	At     string `db:"at"`
	Detail string
	Paise  money.Paise `db:"paise"`
}

// Check finds what breaks the invariants of payouts: an artisan's account in
// debit, items that do not agree with the claimed and in-transit accounts, paid
// items without an entry, approvals by the preparer, an approval of other content,
// bills and closings that are not in the book as they say.
func Check(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, c := range slices.Concat(runChecks(), deductionChecks(), groupChecks(), billChecks()) {
		var found []Problem
		if err := tx.Select(&found, c.query); err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Detail = c.detail
			out = append(out, f)
		}
	}
	return checkContent(tx, out)
}

// check is a query that finds rows which break an invariant.
type check struct{ detail, query string }

func runChecks() []check {
	return []check{
		{"an artisan's account is overdrawn", `
			SELECT account AS at, paise
			FROM balances
			WHERE paise > 0 AND account >= 'liability:artisan:' AND account < 'liability:artisan;' AND payable_to IS NULL
			ORDER BY account`},
		{"more was paid out than was earned", `
			SELECT b.account AS at, b.paise
			FROM balances b
			WHERE b.payable_to IS NOT NULL AND b.paise > (
				SELECT COALESCE(SUM(p.paise), 0)
				FROM postings p
				JOIN entries e ON e.id = p.entry_id
				WHERE p.artisan_id = b.payable_to AND p.account = b.account AND p.paise > 0 AND e.kind <> 'claim')
				AND b.paise > 0
			ORDER BY b.account`},
		{"what is claimed is not what submitted runs hold", claimQuery("claimed")},
		{"what is in transit is not what sent runs hold", claimQuery("in_transit")},
		{"an item's state and its entry differ", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			LEFT JOIN entries e ON e.reference = 'paid:' || i.id
			WHERE (i.state = 'paid' AND e.id IS NULL)
				OR (i.state IN ('draft', 'claimed', 'in_transit', 'failed', 'withdrawn') AND e.id IS NOT NULL)
			ORDER BY i.id`},
		{"an item that came back has no entry that makes it payable again", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			LEFT JOIN entries e ON e.reference = i.state || ':' || i.id
			WHERE i.state IN ('failed', 'returned') AND e.id IS NULL
			ORDER BY i.id`},
		{"an item is paid to another's account", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			JOIN payees p ON p.id = i.payee_id
			WHERE p.owner_id <> COALESCE(NULLIF(i.group_id, ''), i.artisan_id)
			ORDER BY i.id`},
		{"the preparer approved her own run, or other content was approved", `
			SELECT r.id AS at, CAST(0 AS BIGINT) AS paise
			FROM payout_runs r
			JOIN payout_approvals a ON a.run_id = r.id
			WHERE a.actor = r.prepared_by OR a.actor = r.submitted_by OR a.content_hash <> r.content_hash
			ORDER BY r.id`},
		{"a run was prepared at a block that is not in the book", `
			SELECT r.id AS at, CAST(0 AS BIGINT) AS paise
			FROM payout_runs r
			WHERE r.block > 0 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.no = r.block AND b.hash = r.head)
			ORDER BY r.id`},
		{"a run went on without approval", `
			SELECT r.id AS at, CAST(0 AS BIGINT) AS paise
			FROM payout_runs r
			WHERE r.state IN ('approved', 'sent', 'settled')
				AND NOT EXISTS (SELECT 1 FROM payout_approvals a WHERE a.run_id = r.id)
			ORDER BY r.id`},
	}
}

func deductionChecks() []check {
	return []check{
		{"gross is not net and deductions", `
			SELECT i.id AS at, i.gross_paise - i.amount_paise - CAST(COALESCE(SUM(d.paise), 0) AS BIGINT) AS paise
			FROM payout_items i
			LEFT JOIN payout_deductions d ON d.item_id = i.id
			GROUP BY i.id, i.gross_paise, i.amount_paise
			HAVING i.gross_paise - i.amount_paise <> COALESCE(SUM(d.paise), 0)
			ORDER BY i.id`},
		{"an advance is not recovered as its payments say", `
			SELECT a.id AS at, a.recovered_paise - CAST(COALESCE(SUM(d.paise), 0) AS BIGINT) AS paise
			FROM advances a
			LEFT JOIN (` + takenOf("advance") + `) d ON d.of_id = a.id
			GROUP BY a.id, a.recovered_paise
			HAVING a.recovered_paise <> COALESCE(SUM(d.paise), 0)
			ORDER BY a.id`},
		{"what was taken for a group is not what its consents say", `
			SELECT c.id AS at, c.taken_paise - CAST(COALESCE(SUM(d.paise), 0) AS BIGINT) AS paise
			FROM deduction_consents c
			LEFT JOIN (` + takenOf("savings") + ` UNION ALL ` + takenOf("loan") + `) d ON d.of_id = c.id
			GROUP BY c.id, c.taken_paise, c.total_paise
			HAVING c.taken_paise <> COALESCE(SUM(d.paise), 0) OR (c.total_paise > 0 AND c.taken_paise > c.total_paise)
			ORDER BY c.id`},
		{"something was taken for a group without her consent", `
			SELECT d.item_id AS at, d.paise
			FROM payout_deductions d
			JOIN payout_items i ON i.id = d.item_id
			JOIN payout_runs r ON r.id = i.run_id
			LEFT JOIN deduction_consents c ON c.id = d.of_id AND c.artisan_id = i.artisan_id AND c.group_id = d.group_id AND c.kind = d.kind
			WHERE d.kind IN ('savings', 'loan')
				AND (c.id IS NULL OR c.from_date > r.business_date OR c.revoked_at < r.prepared_at OR d.paise > c.most_paise)
			ORDER BY d.item_id`},
		{"what is left of advances is not what the book says", `
			SELECT a.artisan_id AS at, CAST(COALESCE(MAX(b.paise), 0) - SUM(a.amount_paise - a.recovered_paise - a.written_paise) AS BIGINT) AS paise
			FROM advances a
			LEFT JOIN balances b ON b.account = 'asset:advance:' || a.artisan_id
			WHERE a.state IN ('given', 'closed')
			GROUP BY a.artisan_id
			HAVING COALESCE(MAX(b.paise), 0) <> SUM(a.amount_paise - a.recovered_paise - a.written_paise)
			ORDER BY a.artisan_id`},
		{"an advance was decided by who asked for it", `
			SELECT a.id AS at, a.amount_paise AS paise
			FROM advances a
			WHERE a.decided_by = a.proposed_by OR (a.state <> 'proposed' AND a.decided_by = '')
			ORDER BY a.id`},
		{"the year's tax is not what its payments say", `
			SELECT t.artisan_id || ' ' || t.year AS at, t.tax_paise - CAST(COALESCE(SUM(d.paise), 0) AS BIGINT) AS paise
			FROM tds_years t
			LEFT JOIN (` + takenOf("tds") + `) d ON d.artisan_id = t.artisan_id AND d.year = t.year AND d.of_id = t.nature
			GROUP BY t.artisan_id, t.year, t.nature, t.tax_paise, t.seen_paise
			HAVING t.tax_paise <> COALESCE(SUM(d.paise), 0) OR t.seen_paise <> COALESCE(SUM(d.seen_paise), 0)
			ORDER BY t.artisan_id, t.year`},
	}
}

func groupChecks() []check {
	return []check{
		{"what is set aside for a group is not what its transfers hold", `
			SELECT g.id AS at, CAST(COALESCE(SUM(t.savings_paise + t.loan_paise), 0) AS BIGINT) + COALESCE(b.paise, 0) AS paise
			FROM self_help_groups g
			LEFT JOIN payout_transfers t ON t.group_id = g.id AND t.state IN ('claimed', 'in_transit')
			LEFT JOIN balances b ON b.account = 'liability:group:' || g.id || ':in_transit'
			GROUP BY g.id, b.paise
			HAVING COALESCE(SUM(t.savings_paise + t.loan_paise), 0) + COALESCE(b.paise, 0) <> 0
			ORDER BY g.id`},
		{"a group's account is overdrawn", `
			SELECT account AS at, paise
			FROM balances
			WHERE paise > 0 AND account >= 'liability:group:' AND account < 'liability:group;'
			ORDER BY account`},
		{"a transfer and who is paid through it stand apart", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			LEFT JOIN payout_transfers t ON t.run_id = i.run_id AND t.group_id = i.group_id
			WHERE i.group_id <> '' AND i.state IN ('paid', 'failed', 'returned')
				AND (t.id IS NULL OR t.state <> i.state)
			ORDER BY i.id`},
		{"a transfer goes to another's account", `
			SELECT t.id AS at, t.savings_paise + t.loan_paise AS paise
			FROM payout_transfers t
			LEFT JOIN payees p ON p.id = t.payee_id
			WHERE p.id IS NULL OR p.owner_id <> t.group_id
			ORDER BY t.id`},
		{"she was paid through her group's account without her consent", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			JOIN payout_runs r ON r.id = i.run_id
			WHERE i.group_id <> ''
				AND NOT EXISTS (SELECT 1 FROM deduction_consents c WHERE c.artisan_id = i.artisan_id AND c.group_id = i.group_id AND c.kind = 'account'
					AND c.from_date <= r.business_date AND (c.revoked_at IS NULL OR c.revoked_at >= r.prepared_at))
			ORDER BY i.id`},
	}
}

// checkContent computes again what every approved run says, and compares it with
// what was approved.
func checkContent(tx *db.Tx, out []Problem) ([]Problem, error) {
	var approved []struct {
		Run  string `db:"run_id"`
		Hash string `db:"content_hash"`
	}
	if err := tx.Select(&approved, `
		SELECT a.run_id, a.content_hash
		FROM payout_approvals a
		JOIN payout_runs r ON r.id = a.run_id AND r.state <> 'withdrawn'
		ORDER BY a.run_id`); err != nil {
		return nil, err
	}
	for _, a := range approved {
		now, err := contentHash(tx, a.Run)
		if err != nil {
			return nil, err
		}
		if now != a.Hash {
			out = append(out, Problem{At: a.Run, Detail: "the run's content is not what was approved"})
		}
	}
	return out, nil
}

// claimQuery compares, per artisan, the items in a state with the account of
// that name; state is a constant of this file.
func claimQuery(state string) string {
	return `
			SELECT a.id AS at, CAST(COALESCE(SUM(i.amount_paise), 0) AS BIGINT) + COALESCE(b.paise, 0) AS paise
			FROM artisans a
			LEFT JOIN payout_items i ON i.artisan_id = a.id AND i.state = '` + state + `'
			LEFT JOIN balances b ON b.account = 'liability:artisan:' || a.id || ':` + state + `'
			GROUP BY a.id, b.paise
			HAVING COALESCE(SUM(i.amount_paise), 0) + COALESCE(b.paise, 0) <> 0
			ORDER BY a.id`
}

// takenOf reads the deductions of one kind that were taken and not given back.
func takenOf(kind string) string {
	return `
				SELECT d.of_id, d.year, d.paise, d.seen_paise, i.artisan_id
				FROM payout_deductions d
				JOIN payout_items i ON i.id = d.item_id AND i.state IN ('claimed', 'in_transit', 'paid', 'failed', 'returned')
				WHERE d.kind = '` + kind + `'
			`
}
