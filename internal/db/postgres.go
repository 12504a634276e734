package db

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/jmoiron/sqlx"
)

// connections is how many PostgreSQL connections a process keeps for writes, and
// as many again for reads.
const connections = 16

// The planner of both pools compiles nothing, since our statements are short.
// That of the writes joins through indexes only: a scan of a whole table locks it
// whole for a serializable transaction, and every other write then conflicts
// (PostgreSQL manual, §13.2.3). Without statistics, as after an import, the
// planner would scan.
const (
	planReads  = `SET jit = off`
	planWrites = planReads + `; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off`
)

func (d *DB) openPostgres(address string) error {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return err
	}
	open := func(plan string) *sqlx.DB {
		pool := sqlx.NewDb(stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, plan)
			return err
		})), "pgx")
		pool.SetMaxOpenConns(connections)
		pool.SetMaxIdleConns(connections)
		pool.SetConnMaxLifetime(30 * time.Minute)
		return pool
	}
	d.write, d.read = open(planWrites), open(planReads)
	d.slots = make(chan struct{}, connections)
	return nil
}

// appendOnly are the tables that nobody changes or empties once a row is in.
// The triggers of migrations/0003, 0006 and 0019 refuse it on both databases; on PostgreSQL the
// program's own login has not even the right to try.
var appendOnly = []string{
	"entries", "postings", "seals", "blocks", "account_blocks",
	"audit", "consents", "payout_approvals", "payment_events", "document_lines", "statements", "statement_pictures",
}

// AppendOnly lists the tables whose rows are never changed or deleted.
func AppendOnly() []string { return append([]string(nil), appendOnly...) }

var loginForm = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// grant gives login what the program needs and takes away what it must never do.
func (d *DB) grant(ctx context.Context, login string) error {
	if !loginForm.MatchString(login) {
		return ErrUnavailable.With("The program's login name may hold only small letters, digits and _.")
	}
	statements := []string{
		fmt.Sprintf(`GRANT USAGE ON SCHEMA public TO %s`, login),
		fmt.Sprintf(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %s`, login),
		fmt.Sprintf(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %s`, login),
	}
	for _, table := range appendOnly {
		statements = append(statements, fmt.Sprintf(`REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %s FROM %s`, table, login))
	}
	for _, s := range statements {
		if _, err := d.write.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("grant: %w", err)
		}
	}
	return nil
}

// everMigrated reports whether migrate has ever run on a PostgreSQL database; a
// SQLite one is migrated whenever it is opened.
func (d *DB) everMigrated(ctx context.Context) (bool, error) {
	if d.dialect == SQLite {
		return true, nil
	}
	var tables int
	err := d.read.GetContext(ctx, &tables, `
		SELECT COUNT(*)
		FROM pg_tables
		WHERE schemaname = current_schema() AND tablename = 'goose_db_version'`)
	return tables > 0, err
}

// OwnsLedger reports whether the login in use could drop the guards of the
// ledger: true on PostgreSQL when it owns the tables, always false on SQLite,
// where there are no logins.
func (d *DB) OwnsLedger(ctx context.Context) (bool, error) {
	if d.dialect == SQLite {
		return false, nil
	}
	var owns bool
	err := d.read.GetContext(ctx, &owns, `
		SELECT pg_has_role(current_user, tableowner, 'USAGE')
		FROM pg_tables
		WHERE tablename = 'entries'`)
	return owns, err
}
