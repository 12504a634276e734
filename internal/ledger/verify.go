package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"saebaan/internal/db"
)

// Problem is one thing that verification found wrong, at the row where it is.
type Problem struct {
	Code   string
	At     string
	Detail string
}

// Report is the result of verifying the book.
type Report struct {
	Entries  int64
	Blocks   int64
	Head     string
	Problems []Problem
}

// The queries and canonical forms of this file are written out on their own and
// share no code with posting and sealing, so that an error there shows here.

type rawEntry struct {
	ID           string `db:"id"`
	Reference    string `db:"reference"`
	Kind         string `db:"kind"`
	Reason       string `db:"reason"`
	BusinessDate string `db:"business_date"`
	PostedAt     int64  `db:"posted_at"`
	Actor        string `db:"actor"`
	Hash         string `db:"hash"`
	Block        int64  `db:"block"`
	SealPos      int64  `db:"seal_pos"`
}

type rawPosting struct {
	EntryID string `db:"entry_id"`
	Pos     int64  `db:"pos"`
	Account string `db:"account"`
	Paise   int64  `db:"paise"`
	Order   string `db:"order_id"`
	Line    string `db:"line_id"`
	Lot     string `db:"lot_id"`
	Artisan string `db:"artisan_id"`
	Nature  string `db:"nature"`
}

type verifier struct {
	tx       *db.Tx
	report   Report
	balances map[string]int64
	moved    map[string]int64 // by account, the last block that touched it
	earnings map[string]int64 // artisan, month and nature, with a space between
	heads    map[string]bool  // block hashes that were kept elsewhere and are not found yet
	progress func(done int64)
}

// Verify recomputes the whole book from its raw rows on one snapshot: every
// hash, sum, seal, block, per-block total and kept balance. Progress, when not
// nil, is told how many entries are done. Heads are block hashes that were kept
// elsewhere (a bank file, a mail, a backup): each must be in the book, or its end
// was cut off.
func Verify(ctx context.Context, d *db.DB, progress func(done int64), heads ...string) (Report, error) {
	v := &verifier{balances: map[string]int64{}, moved: map[string]int64{}, earnings: map[string]int64{}, heads: map[string]bool{}, progress: progress}
	for _, h := range heads {
		v.heads[h] = true
	}
	err := d.Read(ctx, func(tx *db.Tx) error {
		v.tx = tx
		for _, step := range []func() error{v.blocks, v.newest, v.tail, v.orphans, v.kept, v.earned} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return v.report, err
}

func (v *verifier) bad(code, at, format string, args ...any) {
	v.report.Problems = append(v.report.Problems, Problem{code, at, fmt.Sprintf(format, args...)})
}

// blocks walks the chain; at each block the book must sum to zero.
func (v *verifier) blocks() error {
	prev, next := "", int64(1)
	for {
		var page []Block
		if err := v.tx.Select(&page, `
			SELECT no, prev, count, root, hash, sealed_at
			FROM blocks
			WHERE no >= $1
			ORDER BY no
			LIMIT 200`, next); err != nil {
			return err
		}
		for _, b := range page {
			if b.No != next {
				v.bad("block_missing", fmt.Sprint(next), "the next block found is %d", b.No)
			}
			if b.Prev != prev {
				v.bad("block_chain", fmt.Sprint(b.No), "does not continue block %d", b.No-1)
			}
			if err := v.block(b); err != nil {
				return err
			}
			delete(v.heads, b.Hash)
			prev, next = b.Hash, b.No+1
			v.report.Blocks, v.report.Head = b.No, b.Hash
		}
		if len(page) == 0 {
			for h := range v.heads {
				v.bad("head_missing", h, "is no block of this book: its end was cut off, or it is another book")
			}
			return nil
		}
	}
}

func (v *verifier) block(b Block) error {
	at := fmt.Sprint(b.No)
	sum := sha256.Sum256([]byte(fmt.Sprintf("saebaan block 1\n%d\n%s\n%d\n%s\n%d\n", b.No, b.Prev, b.Count, b.Root, int64(b.SealedAt))))
	if fmt.Sprintf("%x", sum) != b.Hash {
		v.bad("block_hash", at, "the hash does not fit the row")
	}
	var entries []rawEntry
	if err := v.tx.Select(&entries, `
		SELECT s.entry_id AS id, s.block, s.pos AS seal_pos,
			COALESCE(e.reference, '') AS reference, COALESCE(e.kind, '') AS kind,
			COALESCE(e.reason, '') AS reason, COALESCE(e.business_date, '') AS business_date,
			COALESCE(e.posted_at, 0) AS posted_at, COALESCE(e.actor, '') AS actor,
			COALESCE(e.hash, '') AS hash
		FROM seals s
		LEFT JOIN entries e ON e.id = s.entry_id
		WHERE s.block = $1
		ORDER BY s.pos`, b.No); err != nil {
		return err
	}
	if int64(len(entries)) != b.Count {
		v.bad("block_count", at, "says %d entries, has %d", b.Count, len(entries))
	}
	hashes := make([][]byte, len(entries))
	for i, e := range entries {
		if e.SealPos != int64(i+1) {
			v.bad("seal_position", e.ID, "stands at %d of block %d instead of %d", e.SealPos, b.No, i+1)
		}
		hashes[i] = leaf(e.Hash)
	}
	if len(entries) > 0 && fmt.Sprintf("%x", rootOf(hashes)) != b.Root {
		v.bad("block_root", at, "the root does not fit the entries")
	}
	touched, err := v.entries(entries)
	if err != nil {
		return err
	}
	if err := v.totals(b.No, touched); err != nil {
		return err
	}
	var whole int64
	for _, p := range v.balances {
		whole += p
	}
	if whole != 0 {
		v.bad("book_sum", at, "the book is off by %d paise at this block", whole)
	}
	return nil
}

// entries recomputes hash and sum of each and adds their postings to the balances.
func (v *verifier) entries(entries []rawEntry) (touched map[string]bool, err error) {
	touched = map[string]bool{}
	for start := 0; start < len(entries); start += 200 {
		page := entries[start:min(start+200, len(entries))]
		ids := make([]any, len(page))
		for i, e := range page {
			ids[i] = e.ID
		}
		var rows []rawPosting
		if err := v.tx.Select(&rows, `
			SELECT entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature
			FROM postings
			WHERE entry_id IN (`+db.List(1, len(ids))+`)
			ORDER BY entry_id, pos`, ids...); err != nil {
			return nil, err
		}
		byEntry := map[string][]rawPosting{}
		for _, r := range rows {
			byEntry[r.EntryID] = append(byEntry[r.EntryID], r)
			v.balances[r.Account] += r.Paise
			touched[r.Account] = true
		}
		for _, e := range page {
			v.entry(e, byEntry[e.ID])
		}
	}
	return touched, nil
}

func (v *verifier) entry(e rawEntry, postings []rawPosting) {
	v.report.Entries++
	if v.progress != nil {
		v.progress(v.report.Entries)
	}
	fields := []string{"saebaan entry 1", e.ID, e.Reference, e.Kind, e.Reason, e.BusinessDate,
		fmt.Sprint(e.PostedAt), e.Actor, fmt.Sprint(len(postings))}
	var sum int64
	for _, p := range postings {
		sum += p.Paise
		v.earn(e, p)
		fields = append(fields, fmt.Sprint(p.Pos), p.Account, fmt.Sprint(p.Paise), p.Order, p.Line, p.Lot, p.Artisan, p.Nature)
	}
	var text strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&text, "%d:%s", len(f), f)
	}
	if fmt.Sprintf("%x", sha256.Sum256([]byte(text.String()))) != e.Hash {
		v.bad("entry_hash", e.ID, "the hash does not fit the entry and its postings")
	}
	if sum != 0 {
		v.bad("entry_sum", e.ID, "the postings are off by %d paise", sum)
	}
	if len(postings) < 2 {
		v.bad("entry_postings", e.ID, "has %d postings", len(postings))
	}
}

// totals compares the sealer's balances at a block with the derived ones.
func (v *verifier) totals(block int64, touched map[string]bool) error {
	var rows []AccountBalance
	if err := v.tx.Select(&rows, `
		SELECT account, paise
		FROM account_blocks
		WHERE block = $1
		ORDER BY account`, block); err != nil {
		return err
	}
	at := fmt.Sprint(block)
	for _, r := range rows {
		if v.balances[string(r.Account)] != int64(r.Paise) {
			v.bad("block_total", at, "%s says %d paise, the postings say %d", r.Account, r.Paise, v.balances[string(r.Account)])
		}
		delete(touched, string(r.Account))
		v.moved[string(r.Account)] = block
	}
	for account := range touched {
		v.bad("block_total", at, "%s has no total", account)
	}
	return nil
}

// tail verifies the entries that no block holds yet, and their age.
func (v *verifier) tail() error {
	after := ""
	for {
		var page []rawEntry
		if err := v.tx.Select(&page, `
			SELECT e.id, e.reference, e.kind, e.reason, e.business_date, e.posted_at, e.actor, e.hash,
				CAST(0 AS BIGINT) AS block, CAST(0 AS BIGINT) AS seal_pos
			FROM entries e
			WHERE e.id > $1
				AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.entry_id = e.id)
			ORDER BY e.id
			LIMIT 500`, after); err != nil || len(page) == 0 {
			return err
		}
		if _, err := v.entries(page); err != nil {
			return err
		}
		after = page[len(page)-1].ID
		for _, e := range page {
			if age := time.Duration(int64(v.tx.Now())-e.PostedAt) * time.Microsecond; age > time.Minute {
				v.bad("unsealed", e.ID, "has been without a seal for %s", age.Round(time.Second))
			}
		}
	}
}

// orphans finds postings without their entry, seals without their block, and
// entries the sealer would never see.
func (v *verifier) orphans() error {
	var ids []string
	if err := v.tx.Select(&ids, `
		SELECT p.entry_id
		FROM postings p
		WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = p.entry_id)
		GROUP BY p.entry_id
		ORDER BY p.entry_id
		LIMIT 100`); err != nil {
		return err
	}
	for _, e := range ids {
		v.bad("posting_orphan", e, "has postings and no entry")
	}
	var blocks []int64
	if err := v.tx.Select(&blocks, `
		SELECT s.block
		FROM seals s
		WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE b.no = s.block)
		GROUP BY s.block
		ORDER BY s.block
		LIMIT 100`); err != nil {
		return err
	}
	for _, b := range blocks {
		v.bad("seal_orphan", fmt.Sprint(b), "has seals and is no block")
	}
	ids = nil
	err := v.tx.Select(&ids, `
		SELECT e.id
		FROM entries e
		WHERE NOT EXISTS (SELECT 1 FROM seals s WHERE s.entry_id = e.id)
			AND NOT EXISTS (SELECT 1 FROM unsealed u WHERE u.entry_id = e.id)
		ORDER BY e.id
		LIMIT 100`)
	for _, e := range ids {
		v.bad("entry_lost", e, "is in no block and does not wait for one")
	}
	return err
}

func leaf(hash string) []byte {
	s := sha256.Sum256([]byte("\x00" + hash))
	return s[:]
}

// rootOf folds the leaves level by level, which gives the same tree as RFC 9162's
// recursion: a level's odd last node goes up unchanged.
func rootOf(level [][]byte) []byte {
	for len(level) > 1 {
		up := level[:0:0]
		for i := 0; i < len(level); i += 2 {
			if i+1 == len(level) {
				up = append(up, level[i])
				continue
			}
			s := sha256.Sum256([]byte("\x01" + string(level[i]) + string(level[i+1])))
			up = append(up, s[:])
		}
		level = up
	}
	return level[0]
}
