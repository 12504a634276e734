// Package paper prints a business document (tax invoice, bill of supply, credit
// note, voucher) as a PDF on A4, and a slip (statement, card) for somebody who
// reads little on one A5, in English, Hindi or Urdu. Both are laid out and drawn
// by the same hand; they differ in sheet, sizes and what stands on them.
//
// Letters are shaped with go-text and drawn as filled outlines, because the PDF
// library knows neither conjuncts nor Nastaliq; an invisible layer of code
// points over them keeps the text searchable and copyable.
//
// Invariants: the same Paper gives the same bytes, on every machine and in every
// run; a character no font has is drawn as a box, never left out; text in an
// input cannot turn the reading order of what stands beside it; numbers read
// left to right in every language; a row of the table stands on one page and
// the table's head stands above the rows of each; a slip is one sheet, and no
// letter on it is smaller than 14 points.
//
// It computes nothing: amounts, dates and labels come ready and in the language
// of the document. It imports only internal/fault and internal/qr of ours.
package paper
