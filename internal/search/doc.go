// Package search finds pieces by what people type: misspelt, half typed, in
// English, Hindi or Urdu letters, with filters and the counts beside them.
//
// Engine is the one interface; Embedded answers it from an SQLite FTS5 file of
// its own beside whatever the main database is. Every engine passes the suite
// in searchtest.
//
// Invariants: the index can always be rebuilt from the database and holds
// nothing that is not public; a document of an older version never replaces a
// newer one; text from a person never reaches the query syntax unquoted; a
// cursor is a key in the order, never an offset; the counts of a facet obey
// every filter but its own.
//
// It imports internal/fault and internal/money only, and never a driver: the
// caller opens the file.
package search
