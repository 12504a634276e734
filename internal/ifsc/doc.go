// Package ifsc says whether an IFSC is well formed and whether the branch is in
// the list of branches (FACTS §3).
//
// The list is the npm package ifsc 2.0.50 of razorpay/ifsc (its data set is in
// the public domain), drawn from the lists of the Reserve Bank and of NPCI and
// released on 2025-11-14 (DataDate). It is the newest of that package, but not
// the newest data: 2.0.59 of the same source, of 27-05-2026, is not published
// there and holds some 5,400 codes more. So an unknown code may be a branch
// opened since, and a known one may have died since: ask a person, never refuse
// for good, and look again at each payout run.
//
// Invariants: codes.bin.gz holds each code once, in order; gzip's checksum and
// the count at its end make a damaged file a panic at first use and a failed
// test before that, never a wrong answer. Codes are four bytes each in memory.
//
// Pure but for the embedded files. It imports nothing of ours.
package ifsc

// IFSC_SOURCE is the folder src of the unpacked npm package ifsc; change DataDate,
// the lines above and the counts in list_test.go with it.
//
//go:generate go run ./gen $IFSC_SOURCE .
