// Package searchtest is the suite that every search engine passes, whatever
// runs behind it, and a maker of documents for measuring.
//
// Invariants: it knows only search.Engine; each part starts from an engine
// without documents. It imports internal/search and the testing package, and
// is imported by tests and measurements only.
package searchtest
