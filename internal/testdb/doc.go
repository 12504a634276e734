// Package testdb runs a test body on SQLite and on PostgreSQL, each with a
// fresh, migrated database. PostgreSQL is a private cluster of the installed
// server programs on a free port; a missing one fails under CI=true and skips
// loudly elsewhere. On PostgreSQL the body works with the program's own login,
// which owns nothing.
package testdb
