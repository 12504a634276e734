// Package openbooks publishes, per order, where a buyer's money went: heads,
// stages and shares, and when each share was paid, signed and with the proof that
// the entries stand in the sealed ledger (DESIGN §4.5). It stands above orders and
// payouts, which know nothing of each other and meet in the ledger.
//
// Invariants: nothing about the buyer, no id of an order, artisan or lot, and a
// maker's name only while she consents; only sealed entries count; a share is
// paid when the bank has confirmed the payment that used it up, and not before;
// reading writes nothing, and only KeepYears writes, its own tables alone, which the
// ledger makes anew. The yearly book tells no sum of fewer than three women, and
// every one of its sums is the ledger's. It must not import api, storefront or anything of HTTP.
package openbooks
