// Package db is the one way to the database: SQLite (embedded) or PostgreSQL,
// one SQL text for both.
//
// Invariants: every write is one serializable transaction through Write,
// retried as a whole with jitter when the database asks for it; Tx.Now is fixed
// at its start; no network inside. Only this package imports drivers and knows
// which database it is. It imports only internal/fault, and no domain package.
package db
