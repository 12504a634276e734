// Package id makes identifiers: a prefix that names the kind, an underscore,
// and 26 lower-case base-32 characters of a UUIDv7 (RFC 9562). They sort the
// same in Go, SQLite and PostgreSQL (C collation) and are not commit order.
//
// It imports nothing of ours.
package id
