// Package tds reckons tax deducted at source from what artisans are credited:
// rules as dated data (tds.csv), cumulative over the financial year. It is pure
// and imports only internal/money.
//
// Invariants: tax is never deducted twice for one credit, however often a payment
// comes back; nothing is ever given back by a negative deduction; a rule that is
// not in force on a date does nothing.
package tds
