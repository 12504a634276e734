// Package testkit starts the real programs that tests run against, and the proxy
// that spoils their connections, each on a free port and ended with its test.
//
// Invariants: a program that cannot be had fails the test under CI=true and
// skips it loudly elsewhere; nothing outlives the test; programs are built
// outside this module at a pinned version, but for toxiproxy, which is a library
// here and runs inside the test. It is imported by tests alone and imports
// nothing of ours.
package testkit
