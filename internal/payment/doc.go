// Package payment asks a gateway for a buyer's money, gives it back, and reads
// what the gateway says about payments, refunds, disputes and its own books:
// Stripe, or a simulator of ours that behaves like it, is stored in the database
// and can be told to fail.
//
// Invariants: rupees only; every request that creates carries an idempotency
// key of ours; nothing is called inside a database transaction; an answer that
// was lost is ErrUnknownOutcome, never a failure; a refund whose outcome is not
// known is looked up before it is asked for again; an event is believed only with
// a good signature, a time within five minutes of ours, the API version this
// program speaks and the mode of its key; no secret, client secret or gateway
// text reaches an error or a log.
//
// The only package but the webhook file that imports stripe-go. It imports
// internal/db, fault, id and money, and no domain package.
package payment
