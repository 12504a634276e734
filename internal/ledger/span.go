package ledger

import (
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Mark is how far something looked at the book: entries up to a block whose
// business date is up to a day. The zero Mark is before all.
type Mark struct {
	Block int64
	Day   string
}

// Turnover is what entries of one kind moved on an account, in paise, debit +.
type Turnover struct {
	Account Account     `db:"account"`
	Kind    string      `db:"kind"`
	Paise   money.Paise `db:"paise"`
}

// Turnovers sums, by account and kind of entry, what is within to and was not
// within from. It reads the blocks that touch the accounts since from; SQLite
// takes cross joins in their order.
func Turnovers(tx *db.Tx, accounts []Account, from, to Mark) ([]Turnover, error) {
	whole, err := blocksBefore(tx, from.Day+"~", from.Block)
	if err != nil {
		return nil, err
	}
	var out []Turnover
	return out, tx.Select(&out, `
		SELECT p.account, e.kind, CAST(SUM(p.paise) AS BIGINT) AS paise
		FROM account_blocks a
		CROSS JOIN seals s
		CROSS JOIN postings p
		CROSS JOIN entries e
		WHERE s.block = a.block AND p.entry_id = s.entry_id AND p.account = a.account AND e.id = p.entry_id
			AND a.block > $1 AND a.block <= $2 AND e.business_date <= $3
			AND (a.block > $4 OR e.business_date > $5)
			AND a.account IN (`+db.List(6, len(accounts))+`)
		GROUP BY p.account, e.kind
		ORDER BY p.account, e.kind`, db.Args(accounts, whole, to.Block, to.Day, from.Block, from.Day)...)
}
