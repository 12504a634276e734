// Package views are the pages' templates and what they compute for showing:
// the parts of a price, the steps of an order, the facets of a list.
//
// Invariants: everything shown passes through templ's escaping; no template
// asks a service; no style or script stands inside a page, so that the content
// policy forbids both. It imports domain packages for their types, never Fiber
// and never storefront.
package views
