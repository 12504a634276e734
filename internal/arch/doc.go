// Package arch holds the machine that keeps the architecture: its tests read
// the tree and fail when an import runs upwards, a file, function, interface or
// parameter list outgrows its budget, a package or exported name has no comment,
// or SQL uses what only one of the two databases understands. It has no code.
package arch
