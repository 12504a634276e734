// Package testkit starts the real programs that tests run against, each on a
// free port and ended with its test.
//
// Invariants: a program that cannot be had fails the test under CI=true and
// skips it loudly elsewhere; nothing outlives the test; programs are built
// outside this module at a pinned version. It is imported by tests alone and
// imports nothing of ours.
package testkit
