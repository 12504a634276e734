package ledger

import (
	"slices"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// MonthTurnover is what entries of one kind moved on an account in a month
// (YYYY-MM, by business date), in paise, debit +.
type MonthTurnover struct {
	Account Account     `db:"account"`
	Kind    string      `db:"kind"`
	Month   string      `db:"month"`
	Paise   money.Paise `db:"paise"`
}

// HeadTurnovers sums, by account, kind of entry and month, what the blocks after
// one and up to another moved on the cost heads and the trust's own accounts.
func HeadTurnovers(tx *db.Tx, after, to int64) ([]MonthTurnover, error) {
	var out []MonthTurnover
	return out, tx.Select(&out, `
		SELECT p.account, e.kind, SUBSTR(e.business_date, 1, 7) AS month, CAST(SUM(p.paise) AS BIGINT) AS paise
		FROM seals s
		CROSS JOIN postings p
		CROSS JOIN entries e
		WHERE p.entry_id = s.entry_id AND e.id = s.entry_id AND s.block > $1 AND s.block <= $2
			AND ((p.account > 'head:' AND p.account < 'head;') OR (p.account > 'trust:' AND p.account < 'trust;'))
		GROUP BY p.account, e.kind, SUBSTR(e.business_date, 1, 7)
		ORDER BY p.account, e.kind, month`, after, to)
}

// ArtisansSince lists whose accounts a block after the given one has touched.
func ArtisansSince(tx *db.Tx, after int64) ([]string, error) {
	var accounts []string
	err := tx.Select(&accounts, `
		SELECT account
		FROM account_heads
		WHERE account > 'liability:artisan:' AND account < 'liability:artisan;' AND block > $1
		ORDER BY account`, after)
	out := make([]string, 0, len(accounts))
	for _, a := range accounts {
		if parts := strings.Split(a, ":"); len(parts) == 4 {
			out = append(out, parts[2])
		}
	}
	return slices.Compact(out), err
}
