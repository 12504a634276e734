// Package ledger is the double-entry book (DESIGN §4.5): entries of at least
// two postings that sum to zero, debit +, credit −, append-only, sealed in
// blocks. It imports internal/db, internal/money, internal/fault and internal/id,
// and internal/auth for the Reader, by which people look at the book.
//
// Invariants: there is no account for the unexplained and no default head; an
// entry's hash covers its own bytes and reads no other entry; the block number
// is the only commit order; a balance is kept only where one owner writes
// (artisan, order, lot, till, group), trust-wide balances are summed from the
// sealer's per-block totals plus the unsealed tail.
package ledger
