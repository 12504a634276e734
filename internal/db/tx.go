package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

const (
	retryBudget   = 3 * time.Second
	writeDeadline = 30 * time.Second
	patience      = 4 // lost tries, after which a write runs alone; sooner when half the budget is gone
)

// Tx is one transaction. Its methods use the context it was begun with.
type Tx struct {
	ctx context.Context
	tx  *sqlx.Tx
	now Time
}

// Now is the instant the transaction began; it does not move.
func (t *Tx) Now() Time { return t.now }

// Context is the context of the transaction: it is not cancelled by a client's leaving.
func (t *Tx) Context() context.Context { return t.ctx }

// SQL is the transaction below, for internal/outbox alone.
func (t *Tx) SQL() *sql.Tx { return t.tx.Tx }

// Get reads one row into dest, or returns ErrNone.
func (t *Tx) Get(dest any, query string, args ...any) error {
	return t.tx.GetContext(t.ctx, dest, query, args...)
}

// Select reads all rows into dest, a pointer to a slice.
func (t *Tx) Select(dest any, query string, args ...any) error {
	return t.tx.SelectContext(t.ctx, dest, query, args...)
}

// Exec runs a statement and returns the number of rows it touched.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Write runs fn in one serializable transaction and commits it. When the
// database reports a conflict the whole of fn runs again, so fn must be
// repeatable: it assigns results only from what it read, reaches no network and
// calls no other Write. Returns ErrUnavailable when the conflict outlasts the
// budget and a try alone, ErrUnknown when the commit's outcome is not known.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return d.retry(ctx, sql.LevelSerializable, fn)
}

// WriteSeries is Write at READ COMMITTED, for the one worker of a series
// (blocks, document numbers) whose rows a unique key guards.
func (d *DB) WriteSeries(ctx context.Context, fn func(*Tx) error) error {
	return d.retry(ctx, sql.LevelReadCommitted, fn)
}

// Read runs fn on one consistent snapshot that it cannot change.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if d.dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := d.read.BeginTxx(ctx, opts)
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&Tx{ctx: ctx, tx: tx, now: d.Clock.Now()})
}

func (d *DB) retry(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeDeadline)
	defer cancel()
	began, duplicates := time.Now(), 0
	for attempt := 0; ; attempt++ {
		alone := attempt >= patience || time.Since(began) > retryBudget/2
		err := d.inTurn(ctx, alone, func() error { return d.once(ctx, level, fn) })
		switch {
		case err == nil:
			return nil
		case isDuplicate(err) && duplicates < 2:
			duplicates++ // at SERIALIZABLE a lost race can look like a duplicate
		case !isConflict(err) && !isLost(err):
			return err
		}
		if attempt == 0 {
			d.countRetry()
		}
		if alone && time.Since(began) > retryBudget || ctx.Err() != nil {
			return ErrUnavailable.Because(err)
		}
		pause := time.Duration(1<<min(attempt, 7)) * time.Millisecond
		time.Sleep(pause/2 + rand.N(pause)) // #nosec G404 -- jitter, not a secret
	}
}

// inTurn runs a try while at most connections tries run. A write that has lost
// too often runs alone in this process, or the short ones would starve the long.
func (d *DB) inTurn(ctx context.Context, alone bool, try func() error) error {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return ErrUnavailable.Because(ctx.Err())
	}
	if alone {
		d.turn.Lock()
		defer d.turn.Unlock()
	} else {
		d.turn.RLock()
		defer d.turn.RUnlock()
	}
	return try()
}

func (d *DB) once(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) (err error) {
	var opts *sql.TxOptions
	if d.dialect == Postgres {
		opts = &sql.TxOptions{Isolation: level}
	}
	tx, err := d.write.BeginTxx(ctx, opts)
	if err != nil {
		if isConflict(err) || isLost(err) {
			return err
		}
		return ErrUnavailable.Because(err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic
			_ = tx.Rollback()
		}
	}()
	if err := fn(&Tx{ctx: ctx, tx: tx, now: d.Clock.Now()}); err != nil {
		return err
	}
	if fail := d.failCommit.Load(); fail != nil {
		if err := (*fail)(); err != nil {
			return err
		}
	}
	done = true
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback()
		if isConflict(err) {
			return err
		}
		return ErrUnknown.Because(err)
	}
	return nil
}

// FailCommits makes every transaction roll back at its very end when fail
// returns an error, so that tests see what a rollback leaves; nil ends it.
func (d *DB) FailCommits(fail func() error) {
	if fail == nil {
		d.failCommit.Store(nil)
		return
	}
	d.failCommit.Store(&fail)
}

func isConflict(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == 5 || code == 6 // SQLITE_BUSY, SQLITE_LOCKED
	}
	return false
}

// isLost reports that the connection broke before the commit was asked for, so
// that nothing of the transaction was done and it may run again: the server was
// stopped or restarted (class 57P of PostgreSQL), or the line was cut.
func isLost(err error) bool {
	if errors.Is(err, ErrUnknown) { // the commit itself: nobody knows
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "57P")
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func isDuplicate(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// countRetry files the write under the first caller outside this package.
func (d *DB) countRetry() {
	operation := "unknown"
	pcs := make([]uintptr, 12)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.Function, "saebaan/internal/db.") && !strings.Contains(f.Function, "saebaan/internal/idem.") {
			operation = strings.TrimPrefix(f.Function, "saebaan/")
			break
		}
		if !more {
			break
		}
	}
	n, _ := d.retries.LoadOrStore(operation, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

// Retries returns, per operation, how many writes had to be run again.
func (d *DB) Retries() map[string]int64 {
	out := map[string]int64{}
	d.retries.Range(func(k, v any) bool {
		out[fmt.Sprint(k)] = v.(*atomic.Int64).Load()
		return true
	})
	return out
}
