package payment

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/stripe/stripe-go/v76"
)

// marking tells a request that never left from one whose answer was lost. The
// error alone does not: when net/http repeats a request by itself and cannot
// connect again, it returns the failed connection, although the first try went
// out and may have been obeyed.
type marking struct{ next http.RoundTripper }

// neverSent is the error of a request of which no byte was written.
type neverSent struct{ error }

// Unwrap returns what went wrong.
func (n neverSent) Unwrap() error { return n.error }

// RoundTrip marks the error of a request that was never sent.
func (m marking) RoundTrip(r *http.Request) (*http.Response, error) {
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }}
	res, err := m.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil && !written.Load() {
		return nil, neverSent{err}
	}
	return res, err
}

// unsent reports that nothing was asked of Stripe.
func unsent(err error) bool {
	var n neverSent
	return errors.As(err, &n)
}

// undecided reports that Stripe itself does not say whether it obeyed: its
// errors of 500 and above are indeterminate (docs: error handling, "treat as
// indeterminate"), and these codes mean that the same call is still at work.
func undecided(e *stripe.Error) bool {
	return e.HTTPStatusCode >= http.StatusInternalServerError || e.Code == stripe.ErrorCodeIdempotencyKeyInUse || e.Code == stripe.ErrorCodeLockTimeout
}

// shut reports that Stripe did not let us in: too many calls, or a bad key.
func shut(e *stripe.Error) bool {
	return e.HTTPStatusCode == http.StatusTooManyRequests || e.HTTPStatusCode == http.StatusUnauthorized || e.HTTPStatusCode == http.StatusForbidden
}

// createFault tells what is known to have happened.
func createFault(err error) error {
	var e *stripe.Error
	if !errors.As(err, &e) {
		if unsent(err) {
			return ErrUnavailable.Because(plain(err))
		}
		return ErrUnknownOutcome.Because(plain(err))
	}
	switch {
	case undecided(e):
		return ErrUnknownOutcome.Because(plain(err))
	case e.Type == stripe.ErrorTypeIdempotency:
		return ErrKeyReused.Because(plain(err))
	case e.Type == stripe.ErrorTypeCard:
		return ErrDeclined.Because(plain(err))
	case e.Code == stripe.ErrorCodeAmountTooSmall, e.Code == stripe.ErrorCodeAmountTooLarge:
		return ErrAmount.Because(plain(err))
	case shut(e):
		return ErrUnavailable.Because(plain(err))
	default:
		return ErrRefused.Because(plain(err))
	}
}

func retrieveFault(err error) error {
	var e *stripe.Error
	switch {
	case errors.As(err, &e) && e.HTTPStatusCode == http.StatusNotFound:
		return ErrNotFound
	case errors.As(err, &e) && e.HTTPStatusCode == http.StatusBadRequest:
		return ErrRefused.Because(plain(err))
	default:
		return ErrUnavailable.Because(plain(err))
	}
}

// refundFault tells what is known to have happened to a refund.
func refundFault(err error) error {
	var e *stripe.Error
	if !errors.As(err, &e) {
		if unsent(err) {
			return errRefundUnavailable.Because(plain(err))
		}
		return errRefundUnknown.Because(plain(err))
	}
	switch {
	case undecided(e):
		return errRefundUnknown.Because(plain(err))
	case e.Type == stripe.ErrorTypeIdempotency:
		return errRefundKeyReused.Because(plain(err))
	case e.Code == stripe.ErrorCodeChargeAlreadyRefunded, tooMuch(e):
		return ErrRefundTooMuch.Because(plain(err))
	case e.Code == stripe.ErrorCodeChargeDisputed, e.Code == stripe.ErrorCodeRefundDisputedPayment:
		return ErrDisputed.Because(plain(err))
	case e.HTTPStatusCode == http.StatusNotFound:
		return ErrNotFound
	case shut(e):
		return errRefundUnavailable.Because(plain(err))
	default:
		return errRefundRefused.Because(plain(err))
	}
}

// tooMuch knows Stripe's "Refund amount (…) is greater than unrefunded amount on
// charge (…)", which bears no code: the one text of Stripe's that is read, since
// nothing else tells it from another fault of the amount.
func tooMuch(e *stripe.Error) bool {
	return e.Code == stripe.ErrorCodeAmountTooLarge || e.Param == "amount" && strings.Contains(e.Msg, "is greater than")
}

// lookFault is why a refund could not be looked up. Whatever the reason, the
// earlier call may have been obeyed.
func lookFault(err error) error {
	var e *stripe.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.HTTPStatusCode == http.StatusNotFound:
		return ErrNotFound
	default:
		return errRefundUnknown.Because(plain(err))
	}
}

// plain is err for the log without Stripe's text, which may quote a client
// secret, an e-mail address or a part of a key.
func plain(err error) error {
	var e *stripe.Error
	if errors.As(err, &e) {
		return fmt.Errorf("stripe answered %d, type %q, code %q, param %q, request %q", e.HTTPStatusCode, e.Type, e.Code, e.Param, e.RequestID)
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return errors.New("stripe's answer could not be read")
}
