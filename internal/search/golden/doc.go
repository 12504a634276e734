// Package golden is a set of questions as people type them and, for each, a rule
// that says of any piece whether it answers. Tests ask them of every engine over
// the pieces they have, and measure how many of the first ten are answers.
//
// Invariants: a rule reads what a piece says of itself (title, description, colour,
// tag) and nothing that a search engine has made of it; every question has an answer
// in the shop it is asked of, or is not counted.
//
// It imports internal/money only, and is imported by tests and measurements.
package golden
