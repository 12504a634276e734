package payment

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saebaan/internal/money"
)

// callTimeout bounds one call to Stripe; stripe-go itself never tries again,
// because the caller does so with the same key. net/http does once, without a
// word, when a connection it kept open closes before any answer: it takes a POST
// with an Idempotency-Key for repeatable. Stripe may then see one call twice,
// which is harmless, because both bear the same key.
const callTimeout = 10 * time.Second

// StripeConfig is one account's keys. URL is empty for Stripe itself.
type StripeConfig struct {
	Key           string `json:"-"`
	WebhookSecret string `json:"-"`
	URL           string
}

// String hides the secrets from logs.
func (StripeConfig) String() string { return "stripe settings (hidden)" }

// GoString hides the secrets from logs.
func (c StripeConfig) GoString() string { return c.String() }

// Stripe is a Provider over API version 2023-10-16.
type Stripe struct {
	api    *client.API
	secret string
	live   bool
}

var _ Provider = (*Stripe)(nil)

// NewStripe makes a client of its own for this key, so that two keys never
// share settings. The key's prefix decides the mode. It returns ErrConfig.
func NewStripe(c StripeConfig) (*Stripe, error) {
	kind, mode, _ := strings.Cut(c.Key, "_")
	mode, rest, _ := strings.Cut(mode, "_")
	if (kind != "sk" && kind != "rk") || (mode != "live" && mode != "test") || rest == "" || c.WebhookSecret == "" {
		return nil, ErrConfig
	}
	config := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: callTimeout, Transport: marking{http.DefaultTransport}},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // it would quote answers, which hold client secrets
		MaxNetworkRetries: stripe.Int64(0),
		EnableTelemetry:   stripe.Bool(false),
	}
	if c.URL != "" {
		config.URL = stripe.String(c.URL)
	}
	b := stripe.GetBackendWithConfig(stripe.APIBackend, config)
	return &Stripe{
		api:    client.New(c.Key, &stripe.Backends{API: b, Connect: b, Uploads: b}),
		secret: c.WebhookSecret,
		live:   mode == "live",
	}, nil
}

// Name is "stripe".
func (s *Stripe) Name() string { return "stripe" }

// Create asks Stripe for an intent that takes the money when the buyer confirms.
func (s *Stripe) Create(ctx context.Context, in IntentInput) (Intent, error) {
	if err := in.check(); err != nil {
		return Intent{}, err
	}
	p := &stripe.PaymentIntentParams{
		Amount:                  stripe.Int64(int64(in.Amount)),
		Currency:                stripe.String(string(stripe.CurrencyINR)),
		CaptureMethod:           stripe.String(string(stripe.PaymentIntentCaptureMethodAutomatic)),
		AutomaticPaymentMethods: &stripe.PaymentIntentAutomaticPaymentMethodsParams{Enabled: stripe.Bool(true)},
		Metadata:                map[string]string{"order_id": in.OrderID, "payment_id": in.PaymentID},
	}
	if in.Description != "" {
		p.Description = stripe.String(in.Description)
	}
	if in.Email != "" {
		p.ReceiptEmail = stripe.String(in.Email)
	}
	p.Context = ctx
	p.SetIdempotencyKey(in.Key)
	pi, err := s.api.PaymentIntents.New(p)
	if err != nil {
		return Intent{}, createFault(err)
	}
	return s.intent(pi)
}

// Retrieve reads an intent and, when Stripe has booked it, its fee.
func (s *Stripe) Retrieve(ctx context.Context, providerID string) (Intent, error) {
	if !strings.HasPrefix(providerID, "pi_") {
		return Intent{}, ErrNotFound
	}
	p := &stripe.PaymentIntentParams{}
	p.AddExpand("latest_charge.balance_transaction")
	p.Context = ctx
	pi, err := s.api.PaymentIntents.Get(providerID, p)
	if err != nil {
		return Intent{}, retrieveFault(err)
	}
	return s.intent(pi)
}

// Event checks and reads a webhook of this account and mode.
func (s *Stripe) Event(payload []byte, signature string, now time.Time) (Event, error) {
	return readEvent(payload, signature, s.secret, s.live, now)
}

func (s *Stripe) intent(pi *stripe.PaymentIntent) (Intent, error) {
	if pi.Livemode != s.live {
		return Intent{}, ErrWrongMode
	}
	if pi.Currency != stripe.CurrencyINR {
		return Intent{}, ErrCurrency
	}
	out := Intent{ID: pi.ID, ClientSecret: pi.ClientSecret, Status: statusOf(pi), Amount: money.Paise(pi.Amount)}
	if pi.LatestCharge == nil || pi.LatestCharge.BalanceTransaction == nil {
		return out, nil
	}
	booked := pi.LatestCharge.BalanceTransaction
	if booked.Currency != stripe.CurrencyINR { // only an id, or settled in other money
		return out, nil
	}
	out.Fee, out.FeeGST = feeOf(booked)
	out.FeeKnown = true
	return out, nil
}

func statusOf(pi *stripe.PaymentIntent) Status {
	switch pi.Status {
	case stripe.PaymentIntentStatusSucceeded:
		return Succeeded
	case stripe.PaymentIntentStatusProcessing, stripe.PaymentIntentStatusRequiresCapture:
		return Processing
	case stripe.PaymentIntentStatusCanceled:
		return Cancelled
	default:
		if pi.LastPaymentError != nil && pi.Status == stripe.PaymentIntentStatusRequiresPaymentMethod {
			return Failed
		}
		return RequiresPayment
	}
}
