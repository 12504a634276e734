// Package meili is the search.Engine on a Meilisearch server.
//
// The words are folded, romanised and understood by package search before they
// reach the server, on the way in and on the way out, so that both engines find
// the same pieces: a document holds its words as typed, by sound, by their
// consonants and with every other name of what they mean, each in an attribute of
// its own. A question is asked of the words as typed first, and of the others, and
// with slips forgiven, only when nothing is called that.
//
// Invariants: an index of one name has one set of settings (the name carries their
// version, so that two versions of the program serve side by side); an index is
// searched only when it was filled whole, because it is built under another name
// and put in place at once; one process at a time writes (the caller sees to it),
// and it writes only after what it wrote before has been carried out or refused,
// so that an older document never replaces a newer one; every fault of the server
// is search.ErrUnavailable, within a bounded time.
//
// Pages by price or time go on from the key of the last piece. By relevance the
// server knows places only by number: a page goes on after the last piece seen,
// wherever it now stands near that number.
package meili
