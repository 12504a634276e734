// Package qr draws QR codes: payment links on the site and on paper, the
// number of an order on its label.
//
// Invariants: error correction level M (a crease or a drop of tea does not hurt
// it); a quiet zone of four modules on every side is always part of the
// result; the same text always gives the same picture; the SVG holds no style
// attribute and no script, so that a strict Content-Security-Policy lets it
// pass.
//
// It imports only internal/fault and the encoder.
package qr
