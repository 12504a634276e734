// Package sheet writes what a page shows as a file: one table, with the facts it
// was made from above it and its totals below, as CSV or XLSX.
//
// Invariants: a text is never computed by a spreadsheet nor taken for a number:
// in CSV an apostrophe stands before = + - @, in XLSX every text is a text cell;
// money is a number with two decimals, its digits made from paise without a
// float; a file's name holds no personal data. It imports internal/money only.
package sheet
