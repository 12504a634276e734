// Package mail sends plain-text mail, to a server or to a file.
//
// Invariants: one recipient per message and no line break in a header; beyond
// this machine only TLS; the text of a mail never reaches a log. go-mail appears
// only here. It imports internal/fault and internal/id, and no domain package.
package mail
