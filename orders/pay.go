package orders

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// lookupAfter is how long the answer to a payment request may be missing before
// a worker asks again with the same key.
const lookupAfter = time.Minute

// watchAfter is when a begun card payment of which no event has come is asked
// about: before its pieces go back.
const watchAfter = 10 * time.Minute

// PaymentRow is one attempt to collect an order's money.
type PaymentRow struct {
	ID         string       `db:"id"`
	OrderID    string       `db:"order_id"`
	Provider   string       `db:"provider"` // the gateway, or upi, bank, cash, exchange
	State      string       `db:"state"`    // created, pending, failed, unidentified, captured
	Amount     money.Paise  `db:"amount_paise"`
	Key        string       `db:"provider_key"`
	ProviderID *string      `db:"provider_id"`
	Reference  *string      `db:"reference"` // what a transfer must bear, unique per attempt
	Captured   money.Paise  `db:"captured_paise"`
	Refunding  money.Paise  `db:"refunding_paise"` // of Captured, on its way back or gone
	Fee        *money.Paise `db:"fee_paise"`
	Reason     string       `db:"reason"`
	CreatedAt  db.Time      `db:"created_at"`
	ClaimedAt  *db.Time     `db:"claimed_at"` // the buyer said that she has paid
	CapturedAt *db.Time     `db:"captured_at"`
}

const paymentColumns = `id, order_id, provider, state, amount_paise, provider_key, provider_id, reference, captured_paise, refunding_paise,
			fee_paise, reason, created_at, claimed_at, captured_at`

// Payable is what the buyer's page needs to pay: of a card the gateway's intent
// and its client secret, which is never stored; of a transfer the reference it
// must bear.
type Payable struct {
	PaymentID    string
	Method       Method
	Provider     string
	Amount       money.Paise
	IntentID     string
	ClientSecret string
	Reference    string
	Link         string // upi://pay
	Bank         BankAccount
}

// Pay begins the payment of an order by a method ("" is the order's own), or
// finds the one that has begun. A card's goes in three steps: intent and key
// committed, gateway called, answer committed. Returns ErrExpired,
// ErrAlreadyPaid, ErrMethod, payment.ErrUnknownOutcome (try again: the same key
// is used) or another fault of payment.
func (s *Service) Pay(ctx context.Context, actor auth.Actor, order string, method Method) (Payable, error) {
	p, err := s.beginPayment(ctx, actor, order, method)
	if err != nil {
		return Payable{}, err
	}
	if p.Reference == nil {
		return s.askGateway(ctx, p)
	}
	return s.transfer(p), nil
}

// transfer is how to pay what no gateway collects.
func (s *Service) transfer(p PaymentRow) Payable {
	out := Payable{PaymentID: p.ID, Method: Method(p.Provider), Provider: p.Provider, Amount: p.Amount, Reference: *p.Reference}
	switch out.Method {
	case UPI:
		out.Link = s.settings.UPI.Link(p.Amount, *p.Reference)
	case BankTransfer:
		out.Bank = s.settings.Bank
	}
	return out
}

// Link is the upi://pay address of an amount and reference (NPCI UPI linking
// specification): the buyer's return from her app proves nothing.
func (u UPIAccount) Link(amount money.Paise, reference string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "upi://pay?pa=" + strings.ReplaceAll(url.QueryEscape(u.ID), "%40", "@") + "&pn=" + escape(u.Name) + "&am=" + amount.Plain() +
		"&cu=INR&tr=" + reference + "&tn=" + escape("Saebaan "+reference)
}

func (s *Service) beginPayment(ctx context.Context, actor auth.Actor, order string, method Method) (PaymentRow, error) {
	var p PaymentRow
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		p = PaymentRow{}
		row, err := rowFor(tx, actor, order)
		if err != nil {
			return err
		}
		o, method := row.order(), method
		if method == "" {
			method = o.Method
		}
		if err := s.payable(o, method, tx.Now()); err != nil {
			return err
		}
		settled, err := settledFor(tx, order)
		if err != nil {
			return err
		}
		provider := string(method)
		if method == Card {
			provider = s.provider.Name()
		}
		err = tx.Get(&p, `
			SELECT `+paymentColumns+`
			FROM payments
			WHERE order_id = $1 AND provider = $2 AND amount_paise = $3 AND state <> 'captured' AND state <> 'unidentified'
			ORDER BY id
			LIMIT 1`, order, provider, o.Total-settled)
		if errors.Is(err, db.ErrNone) {
			p, err = insertPayment(tx, order, provider, o.Total-settled)
		}
		if err != nil {
			return err
		}
		return s.await(tx, o, method)
	})
	return p, err
}

// payable refuses a payment that cannot begin.
func (s *Service) payable(o Order, method Method, now db.Time) error {
	switch {
	case o.Payment.Settled():
		return ErrAlreadyPaid
	case o.State == Cancelled, o.ExpiresAt != nil && *o.ExpiresAt <= now:
		return ErrExpired
	case o.State != Placed:
		return ErrState
	case !slices.Contains(s.settings.Methods(), method):
		return ErrMethod
	}
	return nil
}

// insertPayment begins an attempt. A transfer gets the reference it must bear.
func insertPayment(tx *db.Tx, order, provider string, amount money.Paise) (PaymentRow, error) {
	p := PaymentRow{ID: id.New("pmt"), OrderID: order, Provider: provider, State: "created", Amount: amount, CreatedAt: tx.Now()}
	p.Key = p.ID
	var lookup *db.Time
	if slices.Contains([]string{string(UPI), string(BankTransfer), string(Cash)}, provider) {
		reference := "SBN" + strings.ToUpper(p.ID[len(p.ID)-13:])
		p.Reference, p.State = &reference, "pending"
	} else {
		at := tx.Now().Add(lookupAfter)
		lookup = &at
	}
	_, err := tx.Exec(`
		INSERT INTO payments (id, order_id, provider, state, amount_paise, provider_key, reference, created_at, lookup_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.OrderID, p.Provider, p.State, p.Amount, p.Key, p.Reference, p.CreatedAt, lookup)
	return p, err
}

// await notes how the buyer pays now, and keeps her pieces for as long as that
// method needs from the time of the order, so that changing to and fro keeps
// nothing longer; never shorter than before.
func (s *Service) await(tx *db.Tx, o Order, method Method) error {
	until := s.settings.hold(method, o.PlacedAt)
	if o.ExpiresAt != nil && *o.ExpiresAt > until {
		until = *o.ExpiresAt
	}
	to := PaymentPending
	if o.Payment == PaymentPartPaid {
		to = o.Payment
	}
	if o.Payment != to && !can(PaymentMoves, o.Payment, to) {
		return ErrState
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET method = $1, expires_at = $2, payment_state = $3
		WHERE id = $4 AND state = 'placed' AND payment_state = $5`, method, until, to, o.ID, o.Payment)
	if err == nil && n == 0 {
		err = ErrState
	}
	return err
}

// Claim records that the buyer says she has paid by UPI or transfer: her pieces
// are kept for a day more, once. Nothing is confirmed by it.
func (s *Service) Claim(ctx context.Context, actor auth.Actor, order string) (Order, error) {
	var o Order
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		if o, err = readOrder(tx, actor, order); err != nil {
			return err
		}
		if !o.ownedBy(actor) && !actor.Has(auth.Administrator) {
			return auth.ErrForbidden
		}
		if err := s.payable(o, o.Method, tx.Now()); err != nil {
			return err
		}
		n, err := tx.Exec(`
			UPDATE payments
			SET claimed_at = $1
			WHERE order_id = $2 AND provider = $3 AND state = 'pending' AND reference IS NOT NULL AND claimed_at IS NULL`,
			tx.Now(), order, o.Method)
		if err != nil || n == 0 {
			return err
		}
		until := tx.Now().Add(s.settings.HoldClaimed)
		if *o.ExpiresAt > until {
			return nil
		}
		o.ExpiresAt = &until
		_, err = tx.Exec(`
			UPDATE orders
			SET expires_at = $1
			WHERE id = $2 AND state = 'placed'`, until, order)
		return err
	})
	return o, err
}

// settledFor is what has been captured for an order and is not on its way back
// out of the deposit.
func settledFor(tx *db.Tx, order string) (money.Paise, error) {
	var p money.Paise
	err := tx.Get(&p, `
		SELECT CAST(COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = $1 AND p.state = 'captured'), 0)
			- COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.order_id = $1 AND r.source = 'deposit'), 0) AS BIGINT)`, order)
	return p, err
}

// askGateway makes the intent with the payment's own key, or reads it when it
// is known, and commits its id.
func (s *Service) askGateway(ctx context.Context, p PaymentRow) (Payable, error) {
	var intent payment.Intent
	var err error
	if p.ProviderID != nil {
		intent, err = s.provider.Retrieve(ctx, *p.ProviderID)
	} else {
		intent, err = s.provider.Create(ctx, payment.IntentInput{Key: p.Key, OrderID: p.OrderID, PaymentID: p.ID,
			Amount: p.Amount, Description: "Saebaan " + p.OrderID})
	}
	if err != nil {
		return Payable{}, err
	}
	out := Payable{PaymentID: p.ID, Method: Card, IntentID: intent.ID, Provider: p.Provider, ClientSecret: intent.ClientSecret, Amount: p.Amount}
	if p.ProviderID != nil && intent.Status != payment.Succeeded {
		return out, nil
	}
	return out, s.db.Write(ctx, func(tx *db.Tx) error {
		if intent.Status == payment.Succeeded { // its event may have been lost
			return captured(tx, p, arrival{amount: intent.Amount, account: ledger.Stripe, actor: gateway, providerID: &intent.ID})
		}
		_, err := tx.Exec(`
			UPDATE payments
			SET provider_id = $1, lookup_at = $2,
				state = CASE WHEN state = 'created' THEN 'pending' ELSE state END
			WHERE id = $3 AND provider_id IS NULL`, intent.ID, tx.Now().Add(watchAfter), p.ID)
		return err
	})
}

// LookUpPayments asks the gateway again about payments whose answer was cut
// off, with the same key, and about begun ones of which no event has come, before
// their pieces go back to the shop and for a day after. A gateway forgets a key after a day: then nobody has
// the intent's secret, it can never be paid, and asking would only make another.
// It returns how many it asked about.
func (s *Service) LookUpPayments(ctx context.Context) (int, error) {
	if s.provider == nil {
		return 0, nil
	}
	var due []PaymentRow
	if err := s.db.Select(ctx, &due, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE lookup_at <= $1 AND provider = $2
		ORDER BY lookup_at, id
		LIMIT 50`, s.db.Clock.Now(), s.provider.Name()); err != nil {
		return 0, err
	}
	for _, p := range due {
		if p.CreatedAt.Add(payment.KeyLife) < s.db.Clock.Now() {
			if err := s.giveUpLookup(ctx, p.ID); err != nil {
				return 0, err
			}
			continue
		}
		_, err := s.askGateway(ctx, p)
		if err != nil {
			slog.Warn("payment outcome still unknown", "payment", p.ID, "error", err)
		}
		if err != nil || p.ProviderID != nil {
			if err := s.postponeLookup(ctx, p); err != nil {
				return 0, err
			}
		}
	}
	return len(due), nil
}

// postponeLookup asks about a payment later, the later the older it is.
func (s *Service) postponeLookup(ctx context.Context, p PaymentRow) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		wait := max(5*lookupAfter, tx.Now().Std().Sub(p.CreatedAt.Std())/2)
		_, err := tx.Exec(`
			UPDATE payments
			SET lookup_at = $1
			WHERE id = $2 AND lookup_at IS NOT NULL`, tx.Now().Add(wait), p.ID)
		return err
	})
}

func (s *Service) giveUpLookup(ctx context.Context, paymentID string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			UPDATE payments
			SET lookup_at = NULL,
				state = CASE WHEN provider_id IS NULL THEN 'failed' ELSE state END,
				reason = CASE WHEN provider_id IS NULL THEN 'never_begun' ELSE reason END
			WHERE id = $1`, paymentID)
		return err
	})
}

// movePayment moves an order's payment state, which the WHERE guards.
func movePayment(tx *db.Tx, order string, from, to PaymentState) error {
	if from == to {
		return nil
	}
	if !can(PaymentMoves, from, to) {
		return ErrState
	}
	n, err := tx.Exec(`
		UPDATE orders
		SET payment_state = $1
		WHERE id = $2 AND payment_state = $3`, to, order, from)
	if err == nil && n == 0 {
		return ErrState
	}
	return err
}
