// Package money counts Indian rupees in whole paise and never loses one.
//
// Invariants: amounts are int64 paise, rates are integer basis points, no
// float is ever used; overflow is an error; the parts of a split sum to the
// whole and each part is within one paisa of exact; −x rounds as x.
//
// It imports only internal/fault.
package money
