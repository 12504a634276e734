// Package orders takes a buyer from cart to delivery: reservation, payment,
// dispatch, delivery, and the release of what the makers earned.
//
// Invariants: an order line freezes every figure it was sold at and nothing is
// recomputed later; price = heads + rounding + tax per piece; stock is never
// oversold; a fact about a payment has one effect however often it is told; the
// credits of an allocation are posted in the transaction that dispatches it.
// It may import catalog, artisans and internal packages; never payouts, api,
// storefront or a gateway's client.
package orders
