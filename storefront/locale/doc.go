// Package locale is the shop's languages: the message files, which of them a
// reader gets, and how dates, amounts and words of the trade are written in it.
//
// Invariants: every message file has the same ids; a word of the trade that has
// no message is shown as it is; a message is text, never markup. It imports
// internal packages for dates, amounts and faults only.
package locale
