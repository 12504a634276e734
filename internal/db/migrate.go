package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema to the newest version found in files, and on
// PostgreSQL gives the program's own login (when it is another than the one
// migrating) its rights. It refuses a PostgreSQL database whose collation is
// not C with ErrCollation.
func (d *DB) Migrate(ctx context.Context, files fs.FS, login string) error {
	if err := d.CheckCollation(ctx); err != nil {
		return err
	}
	p, err := d.provider(files)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if d.dialect == Postgres && login != "" {
		return d.grant(ctx, login)
	}
	return nil
}

// Current returns ErrSchema unless every migration in files has been applied.
func (d *DB) Current(ctx context.Context, files fs.FS) error {
	if begun, err := d.everMigrated(ctx); err != nil || !begun { // goose would try to make its table
		return ErrSchema.Because(err)
	}
	p, err := d.provider(files)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return ErrSchema.Because(err)
	}
	if pending {
		return ErrSchema
	}
	return nil
}

func (d *DB) provider(files fs.FS) (*goose.Provider, error) {
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.write.DB, dialectFS{files, d.dialect}, opts...)
}

// CheckCollation returns ErrCollation for a PostgreSQL database that does not
// sort text by its bytes, as SQLite and Go do.
func (d *DB) CheckCollation(ctx context.Context) error {
	if d.dialect == SQLite {
		return nil
	}
	var is struct {
		Collation  string `db:"datcollate"`
		Linguistic bool   `db:"linguistic"`
	}
	err := d.read.GetContext(ctx, &is, `
		SELECT datcollate, 'a' < 'B' AS linguistic
		FROM pg_database
		WHERE datname = current_database()`)
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	if is.Collation != "C" || is.Linguistic { // ICU sorts its own way whatever datcollate says
		return ErrCollation
	}
	return nil
}

// dialectFS shows the migrations of one database: NAME.sql for both,
// NAME.sqlite.sql and NAME.postgres.sql for one.
type dialectFS struct {
	fs.FS
	dialect Dialect
}

// ReadDir leaves out the files of the other database.
func (f dialectFS) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	kept := all[:0:0]
	for _, e := range all {
		stem := strings.TrimSuffix(e.Name(), ".sql")
		if _, only, special := strings.Cut(stem, "."); !special || only == string(f.dialect) {
			kept = append(kept, e)
		}
	}
	return kept, err
}

// LoadClock sets the clock as far ahead as the test clock was last moved.
func (d *DB) LoadClock(ctx context.Context) error {
	var µs int64
	err := d.read.GetContext(ctx, &µs, `
		SELECT offset_us
		FROM test_clock
		WHERE id = 1`)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	d.Clock.SetOffset(µs)
	return nil
}

// AdvanceClock moves the test clock forward by by and remembers it, so that a
// restarted program and a worker of its own do not fall back.
func (d *DB) AdvanceClock(ctx context.Context, by time.Duration) error {
	var µs int64
	err := d.Write(ctx, func(tx *Tx) error {
		return tx.Get(&µs, `
			INSERT INTO test_clock (id, offset_us)
			VALUES (1, $1)
			ON CONFLICT (id) DO UPDATE
			SET offset_us = test_clock.offset_us + excluded.offset_us
			RETURNING offset_us`, by.Microseconds())
	})
	if err == nil {
		d.Clock.SetOffset(µs)
	}
	return err
}
