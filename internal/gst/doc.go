// Package gst finds the rate of Goods and Services Tax for one piece, computes
// the tax, takes it out of an inclusive price tag, and checks GSTINs.
//
// Rates are dated data (rates.csv): HSN prefix, band of value per piece after
// discount and before tax, first and last day, rate in basis points. Which HSN
// an article has is decided by a named person; nothing here infers it. Some
// headings hold articles of two rates: those carry a flag after a slash,
// "6214/shawl", which is part of the decision and never printed.
//
// Invariants: for each HSN prefix and day the bands cover every value exactly
// once; CGST and SGST are each half of the rate, rounded half up on their own;
// tag = taxable + tax + rounding, with rounding 0…2 paise in the seller's
// State and −2…+2 elsewhere; a tag no rate fits is refused, never bent.
//
// Pure but for the embedded table: no clock, no database, no network. It
// imports only internal/fault and internal/money.
package gst
