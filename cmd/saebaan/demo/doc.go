// Package demo opens a demonstration shop: artisans in the four areas, pieces of
// the four crafts with price cards, lots and drawn pictures, one user per role.
// Everything goes through the same domain methods as real work, each under a
// fixed idempotency key, so that a start that was cut off is simply run again.
//
// All names, wages and prices are invented. It imports domain packages and is
// imported by cmd/saebaan alone.
package demo
