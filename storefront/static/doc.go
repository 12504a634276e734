// Package static is what pages load beside photos: the style sheet, two small
// scripts, patterns and the Devanagari font, all embedded.
//
// Invariants: the address of a file carries the hash of its content, so it may
// be kept for ever; text files are compressed once, when first asked for. It
// imports nothing of ours.
package static
