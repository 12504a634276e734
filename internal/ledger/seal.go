package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Block seals a run of entries; its number is the commit order of the book.
type Block struct {
	No       int64   `db:"no"`
	Prev     string  `db:"prev"`
	Count    int64   `db:"count"`
	Root     string  `db:"root"`
	Hash     string  `db:"hash"`
	SealedAt db.Time `db:"sealed_at"`
}

// blockSize is the most entries of one block, so that a transaction stays short.
const blockSize = 500

// Seal puts every committed entry that has no seal into blocks, in id order,
// and returns the head. Only one sealer wins a block number; the other starts again.
func Seal(ctx context.Context, d *db.DB) (Block, error) {
	for {
		var head Block
		full := false
		err := d.WriteSeries(ctx, func(tx *db.Tx) error {
			var err error
			head, full, err = sealOne(tx)
			return err
		})
		if err != nil || !full {
			return head, err
		}
	}
}

// HeadBlock is the newest block; before the first it is the zero Block.
func HeadBlock(tx *db.Tx) (Block, error) {
	var b Block
	err := tx.Get(&b, `
		SELECT no, prev, count, root, hash, sealed_at
		FROM blocks
		ORDER BY no DESC
		LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return Block{}, nil
	}
	return b, err
}

func sealOne(tx *db.Tx) (head Block, full bool, err error) {
	if head, err = HeadBlock(tx); err != nil {
		return head, false, err
	}
	var entries []struct {
		ID   string `db:"id"`
		Hash string `db:"hash"`
	}
	if err := tx.Select(&entries, `
		SELECT e.id, e.hash
		FROM unsealed u
		JOIN entries e ON e.id = u.entry_id
		ORDER BY u.entry_id
		LIMIT $1`, blockSize); err != nil || len(entries) == 0 {
		return head, false, err
	}
	b := Block{No: head.No + 1, Prev: head.Hash, Count: int64(len(entries)), SealedAt: tx.Now()}
	leaves := make([]string, len(entries))
	ids := make([]any, len(entries))
	seals := make([]any, 0, 3*len(entries))
	for i, e := range entries {
		leaves[i], ids[i] = e.Hash, e.ID
		seals = append(seals, e.ID, b.No, i+1)
	}
	b.Root = merkleRoot(leaves)
	b.Hash = b.digest()
	if _, err := tx.Exec(`
		INSERT INTO blocks (no, prev, count, root, hash, sealed_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, b.No, b.Prev, b.Count, b.Root, b.Hash, b.SealedAt); err != nil {
		return head, false, err
	}
	if _, err := tx.Exec(`
		INSERT INTO seals (entry_id, block, pos)
		VALUES `+db.Values(len(entries), 3), seals...); err != nil {
		return head, false, err
	}
	if err := addTotals(tx, b.No, ids); err != nil {
		return head, false, err
	}
	_, err = tx.Exec(`
		DELETE FROM unsealed
		WHERE entry_id IN (`+db.List(1, len(ids))+`)`, ids...)
	return b, len(entries) == blockSize, err
}

type accountSum struct {
	Account Account     `db:"account"`
	Paise   money.Paise `db:"paise"`
}

// addTotals writes, for each account the block touches, its balance at the block.
func addTotals(tx *db.Tx, block int64, entries []any) error {
	var sums []accountSum
	if err := tx.Select(&sums, `
		SELECT account, CAST(SUM(paise) AS BIGINT) AS paise
		FROM postings
		WHERE entry_id IN (`+db.List(1, len(entries))+`)
		GROUP BY account
		ORDER BY account`, entries...); err != nil {
		return err
	}
	const most = 300
	for len(sums) > 0 {
		batch := sums[:min(most, len(sums))]
		sums = sums[len(batch):]
		accounts := make([]Account, len(batch))
		for i, s := range batch {
			accounts[i] = s.Account
		}
		before, err := BalancesAt(tx, block-1, accounts)
		if err != nil {
			return err
		}
		args := make([]any, 0, 3*len(batch))
		for _, s := range batch {
			now, err := money.Add(before[s.Account], s.Paise)
			if err != nil {
				return err
			}
			args = append(args, s.Account, block, now)
		}
		if _, err := tx.Exec(`
			INSERT INTO account_blocks (account, block, paise)
			VALUES `+db.Values(len(batch), 3), args...); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO account_heads (account, block, paise)
			VALUES `+db.Values(len(batch), 3)+`
			ON CONFLICT (account) DO UPDATE
			SET block = excluded.block, paise = excluded.paise`, args...); err != nil {
			return err
		}
	}
	return nil
}

// BalancesAt gives each account's balance in paise, debit +, when that block
// was sealed. An account not touched by then is absent. It takes a step or two
// down an index for each account, however many blocks have touched it.
func BalancesAt(tx *db.Tx, block int64, accounts []Account) (map[Account]money.Paise, error) {
	out := make(map[Account]money.Paise, len(accounts))
	if len(accounts) == 0 {
		return out, nil
	}
	var rows []struct {
		Account Account      `db:"account"`
		Paise   *money.Paise `db:"paise"`
	}
	err := tx.Select(&rows, `
		SELECT h.account, CASE WHEN h.block <= $1 THEN h.paise ELSE (
			SELECT a.paise
			FROM account_blocks a
			WHERE a.account = h.account AND a.block <= $1
			ORDER BY a.block DESC
			LIMIT 1) END AS paise
		FROM account_heads h
		WHERE h.account IN (`+db.List(2, len(accounts))+`)
		ORDER BY h.account`, db.Args(accounts, block)...)
	for _, r := range rows {
		if r.Paise != nil {
			out[r.Account] = *r.Paise
		}
	}
	return out, err
}

// merkleRoot is the root of the leaves after RFC 9162 §2.1: SHA-256 with a zero
// byte before a leaf and a one byte before an inner node.
func merkleRoot(leaves []string) string { return hex.EncodeToString(merkle(leaves)) }

func merkle(leaves []string) []byte {
	if len(leaves) == 1 {
		h := sha256.Sum256(append([]byte{0}, leaves[0]...))
		return h[:]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	h := sha256.Sum256(append(append([]byte{1}, merkle(leaves[:k])...), merkle(leaves[k:])...))
	return h[:]
}

func (b *Block) digest() string {
	h := sha256.Sum256([]byte("saebaan block 1\n" + strconv.FormatInt(b.No, 10) + "\n" + b.Prev + "\n" +
		strconv.FormatInt(b.Count, 10) + "\n" + b.Root + "\n" + strconv.FormatInt(int64(b.SealedAt), 10) + "\n"))
	return hex.EncodeToString(h[:])
}
