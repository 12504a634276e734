// Package roman writes a name in Devanagari or Urdu letters in Latin ones, as
// names are usually written in Uttar Pradesh, for bank files: banks take A–Z,
// 0–9, space and dot (FACTS §4.2). The name as the person writes it is kept
// beside it; this one is only sent.
//
// Each word is looked up in names.tsv (spelling without nukta, vowel signs of
// Urdu or joiners) and spelled by rule if it is not there. Urdu writes no short
// vowels, so a rule can only guess: Guessed says so.
//
// Invariants: what comes out has only [A-Za-z0-9 .], single spaces, words that
// begin with a capital, and at most four bytes for each rune that went in; to
// write it again changes nothing. What has no Latin form is dropped, and Lossy
// says so, so that a person can be asked.
//
// Pure but for the embedded table. It imports nothing of ours.
package roman
