// Package web is what api and storefront share of HTTP: the Fiber app with its
// limits and headers, who acts, the map from fault to status, the proof of
// origin, metrics by route pattern.
//
// Invariants: a body in any content encoding is refused before it is read; every
// answer carries the security headers, also errors; no personal data and no raw
// path reaches logs or metrics. No domain package imports it.
package web
