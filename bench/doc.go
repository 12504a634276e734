// Package bench measures the program as a process over HTTP beside the limits of
// the machine it runs on, in the same run (DESIGN §8): a bare Fiber handler that
// sends the same bytes, the bare search query, the same checkout without HTTP.
// make bench prints the table; figures are reported and fail no build. In an
// ordinary test run it goes once over everything with little data, so that it
// keeps working.
package bench
