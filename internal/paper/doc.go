// Package paper prints a business document (tax invoice, bill of supply, credit
// note, voucher) as a PDF on A4, in English, Hindi or Urdu.
//
// Letters are shaped with go-text and drawn as filled outlines, because the PDF
// library knows neither conjuncts nor Nastaliq; an invisible layer of code
// points over them keeps the text searchable and copyable.
//
// Invariants: the same Paper gives the same bytes, on every machine and in every
// run; a character no font has is drawn as a box, never left out; text in an
// input cannot turn the reading order of what stands beside it; numbers read
// left to right in every language; a row of the table stands on one page and
// the table's head stands above the rows of each.
//
// It computes nothing: amounts, dates and labels come ready and in the language
// of the document. It imports only internal/fault and internal/qr of ours.
package paper
