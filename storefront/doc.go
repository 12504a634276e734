// Package storefront serves the shop and the office as pages made on the server:
// every page works without JavaScript, in English and in Hindi.
//
// Invariants: a state-changing route refuses a request that does not prove its
// origin; a handler decodes, makes one domain call and renders; a public page is
// the same bytes for everybody and is kept, a person's page is never kept. It
// must not import api.
package storefront
