// Package fault is the one error type of Saebaan: a kind that decides the
// status, a stable code that programs compare, and a message that is safe to
// show to the person who caused it.
//
// Invariants: a code is "package.reason" and never changes meaning; a message
// never repeats what was sent; the cause is for the log only. It imports
// nothing of ours.
package fault
