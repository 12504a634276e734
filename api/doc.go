// Package api is Saebaan's REST interface: one file per resource, one map from
// fault to status, and an OpenAPI description that is true because it is made
// from the code.
//
// Invariants: a handler decodes, finds the actor, makes one call of a domain
// package and encodes; policy is never decided here; no text of an unknown
// error and no value that was sent reaches an answer. Only Fiber v2 is linked.
//
// It must not import storefront, a database driver, or another system's client
// (stripe-go only for the webhook file); no domain package imports it.
package api
