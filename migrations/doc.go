// Package migrations holds the schema: numbered SQL files, forward only, one
// text for SQLite and PostgreSQL. NAME.sqlite.sql and NAME.postgres.sql are for
// triggers, and for hash indexes, which only PostgreSQL has. Parents and children that are born together (order and lines,
// entry and postings) have no foreign key between them: at SERIALIZABLE it
// costs PostgreSQL hundreds of retries, and ledger verify looks for orphans instead.
package migrations

import "embed"

// Files are the migrations, in order of their number.
//
//go:embed *.sql
var Files embed.FS
