package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/jmoiron/sqlx"
)

// Embedded is the engine inside the program: words in an SQLite FTS5 file,
// filters and counts over rows held in memory. Several processes may share the
// file: every write raises its revision, and a search first takes in the rows
// written since the last one.
type Embedded struct {
	db      *sqlx.DB
	writing sync.Mutex // one writer here; other processes wait by busy_timeout
	loading sync.Mutex // one taker-in of changed rows
	table   atomic.Pointer[table]
	wordsMu sync.Mutex
	words   *vocabulary
	found   foundCache
}

var _ Engine = (*Embedded)(nil)

// Layout is raised whenever the tables, the folding of words or the thesaurus
// change; a file of another layout is emptied, and the caller fills it from the
// database.
const Layout = 3

const schema = `
DROP TABLE IF EXISTS state;
DROP TABLE IF EXISTS docs;
DROP TABLE IF EXISTS gone;
DROP TABLE IF EXISTS words_seen;
DROP TABLE IF EXISTS words;
CREATE TABLE state (rev INTEGER NOT NULL);
INSERT INTO state (rev) VALUES (1);
CREATE TABLE docs (
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	id           TEXT NOT NULL UNIQUE,
	version      INTEGER NOT NULL,
	rev          INTEGER NOT NULL,
	price_paise  INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	in_stock     INTEGER NOT NULL,
	one_off      INTEGER NOT NULL,
	made_to_order INTEGER NOT NULL,
	chosen       TEXT NOT NULL
);
CREATE INDEX docs_rev ON docs (rev);
CREATE TABLE gone (n INTEGER PRIMARY KEY, rev INTEGER NOT NULL);
CREATE INDEX gone_rev ON gone (rev);
CREATE VIRTUAL TABLE words USING fts5(
	title, kind, body,
	content='', contentless_delete=1, prefix='1 2 3',
	tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
INSERT INTO words (words, rank) VALUES ('rank', 'bm25(8.0, 4.0, 1.0)');
CREATE VIRTUAL TABLE words_seen USING fts5vocab(words, 'row');
`

// OpenEmbedded takes over an open SQLite file, which Close closes, and lays out
// its tables when it is new or of another layout.
func OpenEmbedded(ctx context.Context, db *sqlx.DB) (*Embedded, error) {
	e := &Embedded{db: db}
	err := e.write(ctx, func(tx *sqlx.Conn) error {
		var have int
		if err := tx.GetContext(ctx, &have, "PRAGMA user_version"); err != nil || have == Layout {
			return err
		}
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", Layout))
		return err
	})
	if err != nil {
		return nil, err
	}
	e.table.Store(&table{names: newNames()})
	if _, err := e.current(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// Close closes the file.
func (e *Embedded) Close() error { return e.db.Close() }

// Count is the number of documents held.
func (e *Embedded) Count(ctx context.Context) (int64, error) {
	t, err := e.current(ctx)
	if err != nil {
		return 0, err
	}
	return int64(t.live), nil
}

// write runs fn in one transaction on one connection. The transaction is begun
// in words, so that it takes the write lock whatever the caller's DSN says.
func (e *Embedded) write(ctx context.Context, fn func(*sqlx.Conn) error) error {
	e.writing.Lock()
	defer e.writing.Unlock()
	conn, err := e.db.Connx(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return unavailable(err)
	}
	if err := fn(conn); err != nil {
		_, back := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return unavailable(errors.Join(err, back))
	}
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		_, back := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return unavailable(errors.Join(err, back))
	}
	return nil
}

func unavailable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrDocument) {
		return err
	}
	return ErrUnavailable.Because(err)
}

// Put adds or replaces documents in one transaction.
func (e *Embedded) Put(ctx context.Context, docs []Document) error {
	if len(docs) == 0 {
		return nil
	}
	var rev int64
	var told []string
	err := e.write(ctx, func(tx *sqlx.Conn) error {
		var err error
		if rev, err = raise(ctx, tx); err != nil {
			return err
		}
		p, err := newPutter(ctx, tx, rev)
		if err != nil {
			return err
		}
		defer p.close()
		for _, d := range docs {
			texts, err := p.put(ctx, d)
			if err != nil {
				return err
			}
			told = append(told, texts...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.learn(rev, told)
	return nil
}

// raise gives the file its next revision.
func raise(ctx context.Context, tx *sqlx.Conn) (int64, error) {
	var rev int64
	err := tx.GetContext(ctx, &rev, "UPDATE state SET rev = rev + 1 RETURNING rev")
	return rev, err
}

// putter holds the statements of one Put.
type putter struct {
	rev                 int64
	doc, forget, remind *sql.Stmt
}

func newPutter(ctx context.Context, tx *sqlx.Conn, rev int64) (*putter, error) {
	p := &putter{rev: rev}
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&p.doc, `
INSERT INTO docs (id, version, rev, price_paise, published_at, in_stock, one_off, made_to_order, chosen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET
	version = excluded.version, rev = excluded.rev, price_paise = excluded.price_paise,
	published_at = excluded.published_at, in_stock = excluded.in_stock, one_off = excluded.one_off,
	made_to_order = excluded.made_to_order, chosen = excluded.chosen
WHERE docs.version <= excluded.version
RETURNING n`},
		{&p.forget, "DELETE FROM words WHERE rowid = $1"},
		{&p.remind, "INSERT INTO words (rowid, title, kind, body) VALUES ($1, $2, $3, $4)"},
	} {
		var err error
		if *s.into, err = tx.PrepareContext(ctx, s.text); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *putter) close() {
	for _, s := range []*sql.Stmt{p.doc, p.forget, p.remind} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// put writes one document and gives the texts it is found by.
func (p *putter) put(ctx context.Context, d Document) ([]string, error) {
	if d.ID == "" || len(d.ID) > 128 {
		return nil, ErrDocument
	}
	var n int64
	err := p.doc.QueryRowContext(ctx, d.ID, d.Version, p.rev, int64(d.Price), d.PublishedAt, d.InStock, d.OneOff, d.MadeToOrder, chosen(d)).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // a newer version is held
	}
	if err != nil {
		return nil, err
	}
	if _, err := p.forget.ExecContext(ctx, n); err != nil {
		return nil, err
	}
	title := indexed(d.Titles.En, d.Titles.Hi, d.Titles.Ur)
	kind := indexed(d.Craft, strings.Join(d.Techniques, ", "), d.Garment, d.Fabric, d.Colour, d.Area, strings.Join(d.Makers, ", "))
	body := indexed(d.Descriptions.En, d.Descriptions.Hi, d.Descriptions.Ur, strings.Join(d.Sizes, " "), d.Slug)
	_, err = p.remind.ExecContext(ctx, n, title, kind, body)
	return []string{title, kind, body}, err
}

const (
	betweenFields = "\x1e"
	betweenValues = "\x1f"
)

// chosen writes the values that filters know, for filling rows.
func chosen(d Document) string {
	var b strings.Builder
	for i, values := range [nFields][]string{{d.Craft}, d.Techniques, {d.Garment}, {d.Fabric}, {d.Colour}, d.Sizes, {d.Area}} {
		if i > 0 {
			b.WriteString(betweenFields)
		}
		for j, v := range values {
			if j > 0 {
				b.WriteString(betweenValues)
			}
			b.WriteString(strings.Map(printable, v))
		}
	}
	return b.String()
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// Delete removes documents in one transaction.
func (e *Embedded) Delete(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return e.write(ctx, func(tx *sqlx.Conn) error {
		rev, err := raise(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			var n int64
			err := tx.GetContext(ctx, &n, "DELETE FROM docs WHERE id = $1 RETURNING n", id)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM words WHERE rowid = $1", n); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO gone (n, rev) VALUES ($1, $2)", n, rev); err != nil {
				return err
			}
		}
		return nil
	})
}

// Held gives ids and versions of at most limit documents after one, by id.
func (e *Embedded) Held(ctx context.Context, after string, limit int) ([]Held, error) {
	out := []Held{}
	if err := e.db.SelectContext(ctx, &out, `
SELECT id, version
FROM docs
WHERE id > $1
ORDER BY id
LIMIT $2`, after, limit); err != nil {
		return nil, unavailable(err)
	}
	return out, nil
}
