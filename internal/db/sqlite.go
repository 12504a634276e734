package db

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"runtime"

	"github.com/jmoiron/sqlx"

	"saebaan/internal/fault"
)

// The faults of backup and restore.
var (
	ErrPgDump = fault.New(fault.Invalid, "db.pg_dump", "This database is PostgreSQL. Use pg_dump and pg_restore; nothing was written.")
	ErrBackup = fault.New(fault.Invalid, "db.backup", "This file is no whole backup of Saebaan. Nothing was restored.")
	ErrExists = fault.New(fault.Conflict, "db.exists", "There is already a file at that place. Nothing was written; choose another name.")
)

// Backup writes a complete, consistent copy of a SQLite database to file while
// others read and write. Returns ErrPgDump on PostgreSQL, ErrExists when file is there.
func (d *DB) Backup(ctx context.Context, file string) error {
	if d.dialect == Postgres {
		return ErrPgDump
	}
	if _, err := os.Stat(file); err == nil {
		return ErrExists
	}
	own, err := sqlx.Open("sqlite", "file:"+(&url.URL{Path: d.path}).EscapedPath()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer func() { _ = own.Close() }() // a connection of its own: the writer goes on meanwhile
	if _, err := own.ExecContext(ctx, `VACUUM INTO $1`, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return os.Chmod(file, 0o600)
}

// CheckBackup returns ErrBackup unless file is a whole SQLite database that was
// once migrated by this program.
func CheckBackup(ctx context.Context, file string) error {
	own, err := sqlx.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { _ = own.Close() }()
	var state string
	if err := own.GetContext(ctx, &state, `PRAGMA integrity_check(1)`); err != nil {
		return ErrBackup.Because(err)
	}
	var version int64
	if err := own.GetContext(ctx, &version, `SELECT MAX(version_id) FROM goose_db_version`); err != nil || state != "ok" || version == 0 {
		return ErrBackup.Because(err)
	}
	return nil
}

// OpenSearchFile opens a SQLite file of its own for the embedded search engine.
// It can be rebuilt from the database, so it is not synced at every commit.
func OpenSearchFile(path string) (*sqlx.DB, error) {
	d, err := sqlx.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?_txlock=deferred&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-4000)")
	if err == nil {
		d.SetMaxOpenConns(max(4, runtime.NumCPU())) // each has a cache of its own
		d.SetMaxIdleConns(max(4, runtime.NumCPU()))
	}
	return d, err
}
