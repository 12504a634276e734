package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // driver "sqlite"

	"saebaan/internal/fault"
)

// The faults of this package.
var (
	ErrUnavailable = fault.New(fault.Unavailable, "db.unavailable", "The books are busy. Nothing was written; please try again in a moment.")
	ErrUnknown     = fault.New(fault.Unavailable, "db.commit_unknown", "The connection broke while writing. Send the same request again with the same key to learn what happened.")
	ErrSchema      = fault.New(fault.Unavailable, "db.schema", "The database is not at this program's version. Run saebaan migrate first.")
	ErrCollation   = fault.New(fault.Invalid, "db.collation", "The PostgreSQL database must have the collation C. Create it with: CREATE DATABASE saebaan TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'.")
)

// ErrNone is returned by Get when no row answers.
var ErrNone = sql.ErrNoRows

// Dialect names the database in use.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database with its clock.
type DB struct {
	Clock   *Clock
	dialect Dialect
	write   *sqlx.DB
	read    *sqlx.DB
	path    string
	retries sync.Map // operation → *atomic.Int64

	slots chan struct{} // as many writes as there are connections for them
	turn  sync.RWMutex  // held for writing by a write that runs alone

	failCommit atomic.Pointer[func() error] // tests only: see FailCommits
}

// Open opens the database at address: "postgres://…" for PostgreSQL, otherwise
// the path of a SQLite file, which is created with its folder when absent.
func Open(ctx context.Context, address string) (*DB, error) {
	d := &DB{Clock: &Clock{}}
	var err error
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		d.dialect = Postgres
		err = d.openPostgres(address)
	} else {
		d.dialect, d.path = SQLite, address
		err = d.openSQLite(address)
	}
	if err != nil {
		return nil, err
	}
	if err := d.write.PingContext(ctx); err != nil {
		_ = d.Close()
		return nil, ErrUnavailable.With("The database does not answer. Nothing was started; check its address.").Because(err)
	}
	return d, nil
}

func (d *DB) openSQLite(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)"
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	var err error
	if d.write, err = sqlx.Open("sqlite", file+"?_txlock=immediate&"+pragmas); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	d.slots = make(chan struct{}, 1)
	if d.read, err = sqlx.Open("sqlite", file+"?_txlock=deferred&_pragma=query_only(1)&_pragma=cache_size(-4000)&"+pragmas); err != nil {
		return err
	}
	readers := max(4, runtime.NumCPU())
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	return nil
}

// Dialect says which database it is. Only internal/db, internal/outbox and the
// command line may ask.
func (d *DB) Dialect() Dialect { return d.dialect }

// Path is the SQLite file, or "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Pool is the writer pool, for the migrator and internal/outbox alone.
func (d *DB) Pool() *sql.DB { return d.write.DB }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Close closes all connections.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != nil {
		if e := d.read.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Get reads one row into dest outside a transaction, or returns ErrNone.
func (d *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	return d.read.GetContext(ctx, dest, query, args...)
}

// Select reads all rows into dest, a pointer to a slice, outside a transaction.
func (d *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	return d.read.SelectContext(ctx, dest, query, args...)
}
