package payouts

import (
	"context"
	"regexp"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// Statement is what an artisan earned and was paid in a period, from the sealed
// book, and where her money stands now. All sums are paise owed to her.
type Statement struct {
	Artisan   artisans.Artisan
	From, To  string
	Earned    money.Paise // credited in the period
	PaidOut   money.Paise // left the bank in the period, less what came back
	Held      money.Paise // now
	Payable   money.Paise
	Claimed   money.Paise
	InTransit money.Paise
	Paid      money.Paise // ever
	Lines     []StatementLine
}

// StatementLine is one movement of her money.
type StatementLine struct {
	EntryID      string      `db:"entry_id"`
	Block        int64       `db:"block"`
	BusinessDate string      `db:"business_date"`
	Kind         string      `db:"kind"`
	Reason       string      `db:"reason"`
	Account      string      `db:"account"`
	Nature       string      `db:"nature"`
	Order        string      `db:"order_id"`
	Lot          string      `db:"lot_id"`
	Paise        money.Paise `db:"paise"` // debit +, credit −, as posted
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

// Statement reads an artisan's statement for a period of business dates. Finance,
// administrators and the coordinator of her area may.
func (s *Service) Statement(ctx context.Context, actor auth.Actor, artisan, from, to string) (Statement, error) {
	a, err := s.artisans.Artisan(ctx, actor, artisan)
	if err != nil {
		return Statement{}, err
	}
	if from == "" {
		from = "2000-01-01"
	}
	if to == "" {
		to = s.db.Clock.Now().Date()
	}
	if !dateForm.MatchString(from) || !dateForm.MatchString(to) || from > to {
		return Statement{}, ErrPeriod
	}
	out := Statement{Artisan: a, From: from, To: to}
	if _, err := ledger.Seal(ctx, s.db); err != nil {
		return out, err
	}
	return out, s.db.Read(ctx, func(tx *db.Tx) error {
		var lines []StatementLine
		if err := tx.Select(&lines, `
			SELECT e.id AS entry_id, s.block, e.business_date, e.kind, e.reason, p.account, p.nature, p.order_id, p.lot_id, p.paise
			FROM postings p
			JOIN entries e ON e.id = p.entry_id
			JOIN seals s ON s.entry_id = p.entry_id
			WHERE p.artisan_id = $1
			ORDER BY s.block, s.pos, p.pos`, artisan); err != nil {
			return err
		}
		out.add(lines)
		return nil
	})
}

func (st *Statement) add(lines []StatementLine) {
	standing := map[ledger.Account]*money.Paise{
		ledger.Held(st.Artisan.ID): &st.Held, ledger.Payable(st.Artisan.ID): &st.Payable,
		ledger.Claimed(st.Artisan.ID): &st.Claimed, ledger.InTransit(st.Artisan.ID): &st.InTransit,
	}
	for _, l := range lines {
		in := l.BusinessDate >= st.From && l.BusinessDate <= st.To
		if in {
			st.Lines = append(st.Lines, l)
		}
		account := ledger.Account(l.Account)
		if sum, ok := standing[account]; ok {
			*sum -= l.Paise
			if in && l.Kind == "sale" {
				st.Earned -= l.Paise
			}
		}
		if account == ledger.Bank(MainBank) {
			st.Paid -= l.Paise
			if in {
				st.PaidOut -= l.Paise
			}
		}
	}
}

// Problem is a run or artisan whose books do not agree.
type Problem struct {
	At     string `db:"at"`
	Detail string
	Paise  money.Paise `db:"paise"`
}

// Check finds what breaks the invariants of payouts: an artisan's account in
// debit, items that do not agree with the claimed and in-transit accounts, paid
// items without an entry, approvals by the preparer, an approval of other content.
func Check(tx *db.Tx) ([]Problem, error) {
	checks := []struct{ detail, query string }{
		{"an artisan's account is overdrawn", `
			SELECT account AS at, paise
			FROM balances
			WHERE paise > 0 AND account >= 'liability:artisan:' AND account < 'liability:artisan;'
			ORDER BY account`},
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
		{"an item is paid to another artisan's account", `
			SELECT i.id AS at, i.amount_paise AS paise
			FROM payout_items i
			JOIN payees p ON p.id = i.payee_id
			WHERE p.artisan_id <> i.artisan_id
			ORDER BY i.id`},
		{"the preparer approved her own run, or other content was approved", `
			SELECT r.id AS at, CAST(0 AS BIGINT) AS paise
			FROM payout_runs r
			JOIN payout_approvals a ON a.run_id = r.id
			WHERE a.actor = r.prepared_by OR a.actor = r.submitted_by OR a.content_hash <> r.content_hash
			ORDER BY r.id`},
		{"a run went on without approval", `
			SELECT r.id AS at, CAST(0 AS BIGINT) AS paise
			FROM payout_runs r
			WHERE r.state IN ('approved', 'sent', 'settled')
				AND NOT EXISTS (SELECT 1 FROM payout_approvals a WHERE a.run_id = r.id)
			ORDER BY r.id`},
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
	return checkContent(tx, out)
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
