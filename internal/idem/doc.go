// Package idem makes a repeated request have one effect: the answer is stored
// under (principal, operation, key) in the transaction of the effect itself.
//
// Invariants: the same key with the same body gives the first answer and no
// second effect; with another body it is refused; a twin that runs at the same
// time waits for the first and gets its answer; keys of others never meet.
// It imports internal/db and internal/fault.
package idem
