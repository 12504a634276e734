// Package outbox delivers what must leave the process: a transaction adds one
// light row, a relay moves rows in batches into River, and River calls the
// handlers at least once, retries and buries.
//
// Invariants: no delivery without a committed fact and none lost; a handler may
// be called twice with the same delivery and must not mind. River, its drivers
// and the raw *sql.Tx appear only here. It imports internal/db and internal/id.
package outbox
