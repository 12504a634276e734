// Package workshop is about pieces that the trust has made for it (DESIGN §4.2):
// a job is a number of equal pieces with an agreed rate and makers per stage.
// Whoever hands pieces in is not who looks at them; what passes is owed to its
// makers at once, sold or not, and together with the material that was issued it
// is what the pieces have cost. A finished job is a commissioned lot. What was
// agreed on a job or on a consigned lot is changed by two people only.
package workshop
