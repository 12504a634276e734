package ledger

import (
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// MovementPlace is where a posting stands in the book.
type MovementPlace struct {
	Block int64 `db:"block"`
	Pos   int64 `db:"seal_pos"`
	Row   int64 `db:"pos"`
}

// Movement is a posting on an account, with the account's balance after it.
type Movement struct {
	MovementPlace
	EntryID      string      `db:"entry_id"`
	Reference    string      `db:"reference"`
	Kind         string      `db:"kind"`
	Reason       string      `db:"reason"`
	BusinessDate string      `db:"business_date"`
	PostedAt     db.Time     `db:"posted_at"`
	Paise        money.Paise `db:"paise"`
	Balance      money.Paise // of the period's movements so far, on its opening balance
	Tags
}

// AccountQuery asks for an account's movements in a period of business dates,
// both inclusive; limit is at most 1,000.
type AccountQuery struct {
	Account  Account
	From, To string
	After    MovementPlace
	Limit    int
}

// AccountPage is a page of an account's movements. Opening and what was moved is
// Closing; the page begins with Brought. All are paise, debit +.
type AccountPage struct {
	AccountQuery
	Opening, Debit, Credit, Closing money.Paise
	Count                           int64 // movements in the period
	Brought                         money.Paise
	Movements                       []Movement
}

// accountPage reads a page of an account, from the sealed book. It reads the blocks
// that touch the account since the first one that reaches into the period.
// Returns ErrNoAccount.
func accountPage(tx *db.Tx, q AccountQuery) (AccountPage, error) {
	out := AccountPage{AccountQuery: q}
	var touched int64
	if err := tx.Get(&touched, `
		SELECT COUNT(1)
		FROM account_heads
		WHERE account = $1`, q.Account); err != nil {
		return out, err
	}
	if touched == 0 {
		return out, ErrNoAccount
	}
	head, err := HeadBlock(tx)
	if err != nil {
		return out, err
	}
	before, err := blocksBefore(tx, q.From, head.No)
	if err != nil {
		return out, err
	}
	base, err := BalancesAt(tx, before, []Account{q.Account})
	if err != nil {
		return out, err
	}
	if err := out.sum(tx, before, base[q.Account]); err != nil {
		return out, err
	}
	return out, out.read(tx, before)
}

// The joins below are written as cross joins, which SQLite takes in this order:
// from the blocks that touch the account, never from all entries up to a day.

// sum adds up what was moved before the period, in it, and before the page.
func (a *AccountPage) sum(tx *db.Tx, before int64, base money.Paise) error {
	var s struct {
		Early   money.Paise `db:"early"`
		Debit   money.Paise `db:"debit"`
		Credit  money.Paise `db:"credit"`
		Count   int64       `db:"count"`
		Brought money.Paise `db:"brought"`
	}
	if err := tx.Get(&s, `
		SELECT CAST(COALESCE(SUM(CASE WHEN e.business_date < $3 THEN p.paise ELSE 0 END), 0) AS BIGINT) AS early,
			CAST(COALESCE(SUM(CASE WHEN e.business_date >= $3 AND p.paise > 0 THEN p.paise ELSE 0 END), 0) AS BIGINT) AS debit,
			CAST(COALESCE(SUM(CASE WHEN e.business_date >= $3 AND p.paise < 0 THEN -p.paise ELSE 0 END), 0) AS BIGINT) AS credit,
			CAST(COALESCE(SUM(CASE WHEN e.business_date >= $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS count,
			CAST(COALESCE(SUM(CASE WHEN e.business_date >= $3
				AND (s.block < $5 OR (s.block = $5 AND (s.pos < $6 OR (s.pos = $6 AND p.pos <= $7)))) THEN p.paise ELSE 0 END), 0) AS BIGINT) AS brought
		FROM account_blocks a
		CROSS JOIN seals s
		CROSS JOIN postings p
		CROSS JOIN entries e
		WHERE s.block = a.block AND p.entry_id = s.entry_id AND p.account = a.account AND e.id = p.entry_id
			AND a.account = $1 AND a.block > $2 AND e.business_date <= $4`,
		a.Account, before, a.From, a.To, a.After.Block, a.After.Pos, a.After.Row); err != nil {
		return err
	}
	a.Debit, a.Credit, a.Count = s.Debit, s.Credit, s.Count
	var err error
	if a.Opening, err = money.Add(base, s.Early); err != nil {
		return err
	}
	if a.Brought, err = money.Add(a.Opening, s.Brought); err != nil {
		return err
	}
	a.Closing, err = money.Sum(a.Opening, s.Debit, -s.Credit)
	return err
}

// read reads the movements of the page, with the balance after each.
func (a *AccountPage) read(tx *db.Tx, before int64) error {
	if err := tx.Select(&a.Movements, `
		SELECT e.id AS entry_id, e.reference, e.kind, e.reason, e.business_date, e.posted_at, s.block, s.pos AS seal_pos,
			p.pos, p.paise, p.order_id, p.line_id, p.lot_id, p.artisan_id, p.nature
		FROM account_blocks a
		CROSS JOIN seals s
		CROSS JOIN postings p
		CROSS JOIN entries e
		WHERE s.block = a.block AND p.entry_id = s.entry_id AND p.account = a.account AND e.id = p.entry_id
			AND a.account = $1 AND a.block > $2 AND e.business_date >= $3 AND e.business_date <= $4
			AND (s.block > $5 OR (s.block = $5 AND (s.pos > $6 OR (s.pos = $6 AND p.pos > $7))))
		ORDER BY s.block, s.pos, p.pos
		LIMIT $8`, a.Account, max(before, a.After.Block-1), a.From, a.To, a.After.Block, a.After.Pos, a.After.Row, a.Limit); err != nil {
		return err
	}
	balance := a.Brought
	var err error
	for i := range a.Movements {
		if balance, err = money.Add(balance, a.Movements[i].Paise); err != nil {
			return err
		}
		a.Movements[i].Balance = balance
	}
	return nil
}
