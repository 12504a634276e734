// Package bankfile makes the files that a trust gives to its bank so that many
// people are paid, and reads what the bank answers. What a file looks like is
// data: layouts/*.toml, one file for each layout and version. A layout that was
// used is never edited; a change is a new version beside it, so that a file can
// be made again, byte for byte, for as long as anybody asks.
//
// Invariants: the same layout and batch give the same bytes, also for XLSX;
// totals are those of the rows written; an amount has exactly two decimals and
// is never a float; nothing but a name or a remark is ever cut, and a payment
// that a layout cannot carry is a fault that names its reference, never its
// account; of an answer nothing is guessed: a row that is not understood has a
// problem and no status. A bank's own layout is exact ASCII; what a person opens
// in a spreadsheet holds no formula.
//
// What the banks' columns are known from stands in each layout as its source.
// None was tried against a bank: the bank's own description comes first.
//
// Pure but for the embedded files: no database, no clock, no network. Of ours it
// imports fault, money, roman and ifsc.
package bankfile
