// Package artisans keeps the women who make the pieces: their names in three
// scripts, area and crafts, identity card, how they are paid, and what they
// agreed to show.
//
// Invariants: payee details are sealed and leave the package only masked, or
// opened for a bank file; a changed payee waits 48 hours; consents are only
// ever added, the last one counts; another area's artisan is not found.
// It must not import catalog, orders, payouts or anything of HTTP.
package artisans
