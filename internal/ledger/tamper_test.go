package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
)

// tampered is a sealed book whose rows a test changes behind its back, on a
// connection that knows no triggers, keys or checks.
type tampered struct {
	t    *testing.T
	db   *db.DB
	raw  *sql.Conn
	head []string // the hash of each block, from 1

	tries int
}

// bookToTamper has 14 entries in 4 blocks.
func bookToTamper(t *testing.T) *tampered {
	d := testdb.SQLite(t)
	ctx := context.Background()
	b := &tampered{t: t, db: d}
	for i := range 14 {
		if err := post(t, d, sale(fmt.Sprint("s", i), fmt.Sprint("art_", i%3), money.Paise(100+i))); err != nil {
			t.Fatal(err)
		}
		if i%4 == 3 || i == 13 {
			head, err := ledger.Seal(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			b.head = append(b.head, head.Hash)
		}
	}
	triggers := []string{}
	if err := d.Select(ctx, &triggers, `SELECT name FROM sqlite_master WHERE type = 'trigger'`); err != nil {
		t.Fatal(err)
	}
	for _, name := range triggers {
		if _, err := d.Pool().ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if b.raw, err = d.Pool().Conn(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.raw.Close() })
	b.exec(`PRAGMA ignore_check_constraints = ON`)
	b.exec(`PRAGMA foreign_keys = OFF`)
	b.exec(`PRAGMA synchronous = OFF`)
	if found := b.problems(); len(found) != 0 {
		t.Fatalf("before: %v", found)
	}
	return b
}

func (b *tampered) exec(query string, args ...any) {
	b.t.Helper()
	if _, err := b.raw.ExecContext(context.Background(), query, args...); err != nil {
		b.t.Fatalf("%s %v: %v", query, args, err)
	}
}

func (b *tampered) problems(heads ...string) []ledger.Problem {
	b.t.Helper()
	r, err := ledger.Verify(context.Background(), b.db, nil, heads...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r.Problems
}

// row is a row of a table: its columns and what is in them.
type row struct {
	table   string
	id      int64
	columns []string
	cells   []any
}

func (b *tampered) rows(table string) (out []row) {
	b.t.Helper()
	found, err := b.raw.QueryContext(context.Background(), `SELECT rowid, * FROM `+table+` ORDER BY rowid`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		b.t.Fatal(err)
	}
	for found.Next() {
		r := row{table: table, columns: columns[1:], cells: make([]any, len(columns)-1)}
		into := []any{&r.id}
		for i := range r.cells {
			into = append(into, &r.cells[i])
		}
		if err := found.Scan(into...); err != nil {
			b.t.Fatal(err)
		}
		out = append(out, r)
	}
	if err := found.Err(); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (r row) cell(column string) any { return r.cells[slices.Index(r.columns, column)] }

// places are where a problem with the row may be said to be: what the row is
// about, before or after it was changed.
func (r row) places(changed any) []string {
	out := []string{fmt.Sprint(changed)}
	for _, key := range []string{"id", "entry_id", "no", "block", "account"} {
		if i := slices.Index(r.columns, key); i >= 0 {
			out = append(out, fmt.Sprint(r.cells[i]))
		}
	}
	if i := slices.Index(r.columns, "no"); i >= 0 { // the next does not continue it
		out = append(out, fmt.Sprint(r.cells[i].(int64)+1))
	}
	if n, ok := changed.(int64); ok {
		out = append(out, fmt.Sprint(n+1))
	}
	return out
}

// flipped are the values of a cell with one bit of one byte changed, a value for
// each byte. The eighth bit of text is left alone: its columns hold ASCII.
func flipped(cell any) (out []any) {
	switch v := cell.(type) {
	case int64:
		for i := range 8 {
			out = append(out, v^int64(1<<(8*i+rand.IntN(8))))
		}
	case string:
		for i := range len(v) {
			bytes := []byte(v)
			bytes[i] ^= 1 << rand.IntN(7)
			out = append(out, string(bytes))
		}
	}
	return out
}

// Each byte of fifty rows that the book stands on is changed, one after the other:
// each change is found, at the row. An ordinary run changes one byte in eight.
func TestEveryByteOfFiftyRows(t *testing.T) {
	b := bookToTamper(t)
	flips, refused := 0, 0
	rows := slices.Concat(b.rows("entries")[2:14], b.rows("postings")[3:19], b.rows("seals")[1:11], b.rows("blocks"), b.rows("account_blocks")[:4], b.rows("account_heads")[:2], b.rows("balances")[:2])
	if len(rows) != 50 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		for i, column := range r.columns {
			if column == "payable_to" { // an index into balances, none of the book's figures
				continue
			}
			for _, now := range flipped(r.cells[i]) {
				if flips++; testing.Short() && rand.IntN(8) > 0 {
					continue
				}
				set := `UPDATE ` + r.table + ` SET ` + column + ` = $1 WHERE rowid = $2`
				if column == "no" { // the rowid itself
					set = `UPDATE blocks SET no = $1 WHERE no = $2`
				}
				if _, err := b.raw.ExecContext(context.Background(), set, now, r.id); err != nil {
					if !strings.Contains(err.Error(), "UNIQUE") {
						t.Fatal(err)
					}
					refused++ // two rows with one key, which the index under them refuses
					continue
				}
				b.found(r, column, now)
				back := r.id
				if column == "no" {
					back = now.(int64)
				}
				b.exec(set, r.cells[i], back)
			}
		}
	}
	if found := b.problems(); len(found) != 0 {
		t.Errorf("afterwards: %v", found)
	}
	if refused*50 > flips {
		t.Errorf("%d of %d changes were refused by the database", refused, flips)
	}
	t.Logf("%d bytes of %d rows, %d refused by a key", flips, len(rows), refused)
}

// found wants a problem at the row.
func (b *tampered) found(r row, what string, now any) {
	b.t.Helper()
	b.tries++
	problems := b.problems()
	at := r.places(now)
	if !slices.ContainsFunc(problems, func(p ledger.Problem) bool { return slices.Contains(at, p.At) }) {
		b.t.Errorf("%s %d, %s = %q: found %v, wanted at %v", r.table, r.id, what, now, problems, at)
	}
}

// Rows that are deleted, entered by the way or exchanged are found at their place.
func TestRowsDeletedInsertedAndSwapped(t *testing.T) {
	b := bookToTamper(t)
	restore := func(table string) func() {
		b.exec(`CREATE TEMP TABLE kept AS SELECT * FROM ` + table)
		return func() {
			b.exec(`DELETE FROM ` + table)
			b.exec(`INSERT INTO ` + table + ` SELECT * FROM kept`)
			b.exec(`DROP TABLE kept`)
		}
	}
	tables := map[string][]string{ // and the columns that make a row another one
		"entries": {"reference", "hash"}, "postings": {"account", "paise"}, "seals": {"entry_id"}, "blocks": {"root", "hash", "prev"},
		"account_blocks": {"paise"}, "account_heads": {"paise", "block"}, "balances": {"paise"},
	}
	for table, columns := range tables {
		rows := b.rows(table)
		for i, r := range rows {
			back := restore(table)
			b.exec(`DELETE FROM `+table+` WHERE rowid = $1`, r.id)
			b.found(r, "deleted", "")
			back()
			other := rows[(i+1)%len(rows)]
			for _, c := range columns {
				if r.cell(c) == other.cell(c) {
					continue
				}
				back := restore(table)
				if c == "entry_id" || c == "reference" { // by a third value: it is unique
					b.exec(`UPDATE `+table+` SET `+c+` = 0 WHERE rowid = $1`, r.id)
				}
				b.exec(`UPDATE `+table+` SET `+c+` = $1 WHERE rowid = $2`, r.cell(c), other.id)
				b.exec(`UPDATE `+table+` SET `+c+` = $1 WHERE rowid = $2`, other.cell(c), r.id)
				b.found(r, c+" exchanged", other.cell(c))
				b.found(other, c+" exchanged", r.cell(c))
				back()
			}
		}
	}
	back := restore("postings")
	b.exec(`INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature) SELECT entry_id, 9, account, 0, '', '', '', '', '' FROM postings WHERE rowid = 3`)
	b.found(b.rows("postings")[2], "a posting of nothing", "")
	back()
	if found := b.problems(); len(found) != 0 {
		t.Errorf("afterwards: %v", found)
	}
	t.Logf("%d changes found", b.tries)
}

// A tail that is cut off with everything that hangs on it leaves a sound, shorter
// book: only a head that was kept elsewhere tells.
func TestACutTailIsFoundByAHeadKeptElsewhere(t *testing.T) {
	for cut := range 4 {
		b := bookToTamper(t)
		if found := b.problems(b.head...); len(found) != 0 {
			t.Fatalf("before: %v", found)
		}
		last := len(b.head) - cut // the last block that is left
		b.exec(`DELETE FROM postings WHERE entry_id IN (SELECT entry_id FROM seals WHERE block > $1)`, last)
		b.exec(`DELETE FROM entries WHERE id IN (SELECT entry_id FROM seals WHERE block > $1)`, last)
		for _, table := range []string{"seals", "account_blocks"} {
			b.exec(`DELETE FROM `+table+` WHERE block > $1`, last)
		}
		b.exec(`DELETE FROM blocks WHERE no > $1`, last)
		b.exec(`UPDATE account_heads SET (block, paise) = (SELECT a.block, a.paise FROM account_blocks a WHERE a.account = account_heads.account ORDER BY a.block DESC LIMIT 1)`)
		b.exec(`UPDATE balances SET paise = (SELECT h.paise FROM account_heads h WHERE h.account = balances.account)`)
		b.exec(`DELETE FROM earnings`)
		b.exec(`INSERT INTO earnings (artisan_id, month, nature, paise)
			SELECT p.artisan_id, SUBSTR(e.business_date, 1, 7), 'wage', -SUM(p.paise) FROM postings p JOIN entries e ON e.id = p.entry_id WHERE p.artisan_id <> '' GROUP BY 1, 2`)
		if found := b.problems(b.head[:last]...); len(found) != 0 {
			t.Fatalf("a shorter book: %v", found)
		}
		for k, h := range b.head {
			found := b.problems(h)
			if k < last && len(found) != 0 || k >= last && (len(found) != 1 || found[0].Code != "head_missing" || found[0].At != h) {
				t.Errorf("%d blocks cut, head %d: %v", cut, k+1, found)
			}
		}
	}
}
