// Package s3store keeps photos in a bucket that speaks S3, and takes in what a
// browser sends there past the program.
//
// Invariants: photos lie under photos/ with the name that internal/media gives
// them, what browsers send under staging/; only the program's own key reads or
// lists; a browser may PUT one file of a size it named before, at an address
// that ends after a quarter of an hour; every call has a deadline, so that a
// server that does not answer holds nobody up; the secret is in no log.
//
// It imports internal/media only, and is alone in knowing the AWS library.
package s3store
