package ledger

import (
	"context"
	"errors"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Balance is the present kept balance of an account in paise, debit +. Only
// accounts that one owner writes are kept; others need Accounts.
func Balance(tx *db.Tx, a Account) (money.Paise, error) {
	var p money.Paise
	err := tx.Get(&p, `
		SELECT paise
		FROM balances
		WHERE account = $1`, a)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return p, err
}

// Earnings gives, per artisan and nature of her work, what she was credited in
// the months from … to (YYYY-MM, both included), less what was reversed, in paise.
func Earnings(tx *db.Tx, artisans []string, from, to string) (map[string]map[string]money.Paise, error) {
	out := make(map[string]map[string]money.Paise, len(artisans))
	if len(artisans) == 0 {
		return out, nil
	}
	var rows []struct {
		Artisan string      `db:"artisan_id"`
		Nature  string      `db:"nature"`
		Paise   money.Paise `db:"paise"`
	}
	err := tx.Select(&rows, `
		SELECT artisan_id, nature, CAST(SUM(paise) AS BIGINT) AS paise
		FROM earnings
		WHERE month >= $1 AND month <= $2 AND artisan_id IN (`+db.List(3, len(artisans))+`)
		GROUP BY artisan_id, nature
		ORDER BY artisan_id, nature`, db.Args(artisans, from, to)...)
	for _, r := range rows {
		if out[r.Artisan] == nil {
			out[r.Artisan] = map[string]money.Paise{}
		}
		out[r.Artisan][r.Nature] = r.Paise
	}
	return out, err
}

// AccountBalance is an account with its balance in paise, debit +.
type AccountBalance struct {
	Account Account     `db:"account"`
	Paise   money.Paise `db:"paise"`
}

// Accounts lists up to limit accounts after the given one, in name order, with
// their balances at the newest block.
func Accounts(ctx context.Context, d *db.DB, after Account, limit int) ([]AccountBalance, error) {
	var out []AccountBalance
	err := d.Select(ctx, &out, `
		SELECT account, paise
		FROM account_heads
		WHERE account > $1
		ORDER BY account
		LIMIT $2`, after, limit)
	return out, err
}

// Place is where an entry stands in the book: block, then position.
type Place struct {
	Block int64 `db:"block"`
	Pos   int64 `db:"seal_pos"`
}

// Sealed is an entry with its place.
type Sealed struct {
	Entry
	Place
}

// EntryByReference finds the entry of a business fact, sealed or not, or ErrNoEntry.
func EntryByReference(tx *db.Tx, reference string) (Entry, error) {
	var e Entry
	err := tx.Get(&e, `
		SELECT id, reference, kind, reason, business_date, posted_at, actor, hash
		FROM entries
		WHERE reference = $1`, reference)
	if errors.Is(err, db.ErrNone) {
		return Entry{}, ErrNoEntry
	}
	if err != nil {
		return Entry{}, err
	}
	one := []Sealed{{Entry: e}}
	err = attachPostings(tx, one)
	return one[0].Entry, err
}

func attachPostings(tx *db.Tx, entries []Sealed) error {
	if len(entries) == 0 {
		return nil
	}
	at := make(map[string]int, len(entries))
	ids := make([]any, len(entries))
	for i := range entries {
		at[entries[i].ID], ids[i] = i, entries[i].ID
	}
	var rows []struct {
		EntryID string `db:"entry_id"`
		Posting
	}
	if err := tx.Select(&rows, `
		SELECT entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature
		FROM postings
		WHERE entry_id IN (`+db.List(1, len(ids))+`)
		ORDER BY entry_id, pos`, ids...); err != nil {
		return err
	}
	for _, r := range rows {
		e := &entries[at[r.EntryID]]
		e.Postings = append(e.Postings, r.Posting)
	}
	return nil
}

// Blocks lists up to limit blocks with numbers above after.
func Blocks(ctx context.Context, d *db.DB, after int64, limit int) ([]Block, error) {
	var out []Block
	err := d.Select(ctx, &out, `
		SELECT no, prev, count, root, hash, sealed_at
		FROM blocks
		WHERE no > $1
		ORDER BY no
		LIMIT $2`, after, limit)
	return out, err
}
