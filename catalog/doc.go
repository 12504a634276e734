// Package catalog holds what is sold and how its price divides: products,
// variants, price cards with their heads, lots with their makers, stock, and
// the search over what is published.
//
// Invariants: the heads of a card sum to its list price and none is a margin;
// every wage stage of a card has a maker in every lot sold on it; per lot and
// place received = on hand + sold + written off + missing and
// 0 ≤ reserved ≤ on hand; a draft, or a name without consent, is shown to nobody
// outside. It must not import workshop, orders, payouts or anything of HTTP.
package catalog
