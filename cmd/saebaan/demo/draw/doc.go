// Package draw draws pieces of handcraft for the demonstration shop: a garment
// or an ornament in its colour, worked in its craft, on a plain backdrop.
//
// The drawings stand in for photos that the women would take. They go through
// the same intake as any photo, and no person or real piece is shown in them.
//
// Invariants: the same Spec gives the same picture; a garment or craft that is
// not known is drawn as the nearest one that is, never refused; a drawing takes
// no file and no network. Lengths are in hundredths of the picture's width.
//
// It imports nothing of ours and is used by the demonstration only.
package draw
