package orders

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// The faults of refunds.
var (
	ErrRefund     = fault.New(fault.Conflict, "orders.refund", "This refund cannot be recorded. Nothing was changed.")
	ErrRefundRoom = fault.New(fault.Conflict, "orders.refund_room", "More would go back than was ever paid for this order. Nothing was changed.")
)

// RefundState is where money that goes back stands.
type RefundState string

// The states of a refund.
const (
	RefundDue     RefundState = "due"     // waits for the gateway's turn or for a person
	RefundSending RefundState = "sending" // asked for; the answer is not known
	RefundPending RefundState = "pending" // the gateway has taken it on
	RefundFailed  RefundState = "failed"  // a person must pay it another way
	RefundPaid    RefundState = "paid"
)

// Refund is money on its way back to a buyer, by the way it came.
type Refund struct {
	ID         string      `db:"id"`
	OrderID    string      `db:"order_id"`
	PaymentID  string      `db:"payment_id"`
	Source     string      `db:"source"` // deposit: nothing was sent for it; sale: it was
	Reason     string      `db:"reason"`
	Amount     money.Paise `db:"amount_paise"`
	State      RefundState `db:"state"`
	Provider   string      `db:"provider"`
	ProviderID *string     `db:"provider_id"`
	Reference  string      `db:"reference"` // of a transfer made by a person
	Tries      int64       `db:"tries"`
	CreatedAt  db.Time     `db:"created_at"`
	PaidAt     *db.Time    `db:"paid_at"`
}

const refundColumns = `id, order_id, payment_id, source, reason, amount_paise, state, provider, provider_id, reference, tries, created_at, paid_at`

// The sources of refunds.
const (
	fromDeposit = "deposit"
	fromSale    = "sale"
)

// debt is what must go back for an order, and why.
type debt struct {
	order  string
	amount money.Paise
	reason string
	first  string // the payment it goes back by, as far as that holds it; then the others
}

// owed takes an amount off the order's deposit and owes it to the buyer.
func owed(tx *db.Tx, actor auth.Actor, d debt) error {
	made, err := owe(tx, actor, d, fromDeposit)
	if err != nil {
		return err
	}
	for _, r := range made {
		tags := ledger.Tags{Order: d.order}
		if _, err := ledger.Post(tx, ledger.New("refund_due", "refund_due:"+r.ID, actor.String()).Because(d.reason).
			Debit(ledger.Deposit(d.order), r.Amount, tags).Credit(ledger.Refund(d.order), r.Amount, tags).
			Guard(ledger.Deposit(d.order))); err != nil {
			return err
		}
	}
	return mailStep(tx, d.order, "refund_due")
}

// owe makes the refunds of a debt, on the payments it came by, each bounded by
// what was captured and has not gone back (the WHERE decides). The books' side
// is the caller's. Returns ErrRefundRoom when the payments do not hold that much.
func owe(tx *db.Tx, actor auth.Actor, d debt, source string) ([]Refund, error) {
	var payments []PaymentRow
	if err := tx.Select(&payments, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE order_id = $1 AND state = 'captured' AND captured_paise > refunding_paise
		ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END, id DESC`, d.order, d.first); err != nil {
		return nil, err
	}
	var out []Refund
	left := d.amount
	for _, p := range payments {
		part := min(left, p.Captured-p.Refunding)
		if part == 0 {
			break
		}
		n, err := tx.Exec(`
			UPDATE payments
			SET refunding_paise = refunding_paise + $1
			WHERE id = $2 AND captured_paise - refunding_paise >= $1`, part, p.ID)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, ErrRefundRoom
		}
		r := Refund{ID: id.New("rfd"), OrderID: d.order, PaymentID: p.ID, Source: source, Reason: d.reason, Amount: part,
			State: RefundDue, Provider: p.Provider, CreatedAt: tx.Now()}
		var attempt *db.Time
		if p.ProviderID != nil { // by the gateway, should it be away now
			now := tx.Now()
			attempt = &now
		}
		if _, err := tx.Exec(`
			INSERT INTO refunds (id, order_id, payment_id, source, reason, amount_paise, state, provider, attempt_at, created_by, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			r.ID, r.OrderID, r.PaymentID, r.Source, r.Reason, r.Amount, r.State, r.Provider, attempt, actor.String(), r.CreatedAt); err != nil {
			return nil, err
		}
		out = append(out, r)
		left -= part
	}
	if left > 0 {
		return nil, ErrRefundRoom
	}
	return out, nil
}

// SendRefunds asks the gateway for the refunds that are due, each in three
// steps: taken and committed, asked with the refund's own key, answer committed.
// What was asked before without an answer is looked up first, never sent under
// a new key, also while a dispute of the payment is open; what was not asked yet
// waits for its end. It returns how many it asked for.
func (s *Service) SendRefunds(ctx context.Context) (int, error) {
	if s.provider == nil {
		return 0, nil
	}
	var due []string
	if err := s.db.Select(ctx, &due, `
		SELECT id
		FROM refunds
		WHERE attempt_at <= $1 AND provider = $2
			AND (state <> 'due' OR NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = refunds.payment_id AND d.state = 'open'))
		ORDER BY attempt_at, id
		LIMIT 50`, s.db.Clock.Now(), s.provider.Name()); err != nil {
		return 0, err
	}
	return each(ctx, due, s.sendRefund)
}

func (s *Service) sendRefund(ctx context.Context, refund string) error {
	r, intent, err := s.takeRefund(ctx, refund)
	if err != nil || r.ID == "" {
		return err
	}
	again := r.Tries > 1
	answer, err := s.provider.Refund(ctx, payment.RefundInput{Key: r.ID, RefundID: r.ID, IntentID: intent, Amount: r.Amount, Again: again})
	switch {
	case errors.Is(err, payment.ErrUnknownOutcome), errors.Is(err, payment.ErrUnavailable):
		slog.Warn("refund's outcome not known yet", "refund", r.ID, "error", err)
		return nil // its time to be looked up is set already
	case errors.Is(err, payment.ErrDisputed) && again:
		return s.db.Write(ctx, func(tx *db.Tx) error { return notMade(tx, r) })
	case err != nil:
		return s.db.Write(ctx, func(tx *db.Tx) error { return failRefund(tx, r, string(fault.Of(err).Code), nil) })
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return refundAnswered(tx, r, answer) })
}

// notMade enters that a refund in doubt was never made, because a dispute came before
// it: it is due again when that has ended. Without such a dispute of ours a person
// looks at it.
func notMade(tx *db.Tx, r Refund) error {
	n, err := tx.Exec(`
		UPDATE refunds
		SET state = 'due', attempt_at = $1
		WHERE id = $2 AND state = 'sending'
			AND EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = refunds.payment_id AND d.state = 'open')`, tx.Now(), r.ID)
	if err != nil || n > 0 {
		return err
	}
	return failRefund(tx, r, payment.ErrDisputed.Code, nil)
}

// takeRefund is the first step: it makes this worker the only one that asks, and
// sets when the answer will be looked up should it be lost. An empty refund
// means that another worker was first.
func (s *Service) takeRefund(ctx context.Context, refund string) (Refund, string, error) {
	var r Refund
	var intent string
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		r = Refund{}
		err := tx.Get(&r, `
			UPDATE refunds
			SET state = CASE WHEN state = 'due' THEN 'sending' ELSE state END, tries = tries + 1, attempt_at = $1
			WHERE id = $2 AND state IN ('due', 'sending', 'pending') AND attempt_at <= $3
				AND (state <> 'due' OR NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = refunds.payment_id AND d.state = 'open'))
			RETURNING `+refundColumns, tx.Now().Add(lookupAfter), refund, tx.Now())
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Get(&intent, `
			SELECT COALESCE(provider_id, '')
			FROM payments
			WHERE id = $1`, r.PaymentID)
	})
	return r, intent, err
}

// refundAnswered enters what the gateway says about a refund of ours.
func refundAnswered(tx *db.Tx, r Refund, answer payment.Refund) error {
	if err := tx.Get(&r, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE id = $1`, r.ID); err != nil {
		return err
	}
	switch answer.Status {
	case payment.RefundSucceeded:
		return refundPaid(tx, r, paidBack{actor: gateway, account: ledger.Stripe, providerID: &answer.ID})
	case payment.RefundFailed:
		return failRefund(tx, r, answer.Reason, &answer.ID)
	}
	_, err := tx.Exec(`
		UPDATE refunds
		SET state = 'pending', provider_id = $1, attempt_at = $2
		WHERE id = $3 AND state IN ('sending', 'pending')`, answer.ID, tx.Now().Add(6*time.Hour), r.ID)
	return err
}

// refundReported is the same from a webhook. A refund that bears no id of ours
// was made by hand at the gateway: the reconciliation lists it.
func (s *Service) refundReported(tx *db.Tx, e payment.Event) error {
	var r Refund
	err := tx.Get(&r, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE id = $1 AND provider = $2`, e.RefundID, s.provider.Name())
	if errors.Is(err, db.ErrNone) {
		slog.Warn("event about a refund that is not ours", "event", e.ID)
		return nil
	}
	if err != nil {
		return err
	}
	return refundAnswered(tx, r, payment.Refund{ID: e.ProviderRefundID, Status: e.RefundStatus, Amount: e.Amount, Reason: e.Reason})
}

// paidBack is how a refund was paid.
type paidBack struct {
	actor      auth.Actor
	account    ledger.Account
	providerID *string
	reference  string
}

// refundPaid enters a refund that has been paid, once.
func refundPaid(tx *db.Tx, r Refund, how paidBack) error {
	if r.State == RefundFailed && how.providerID != nil { // an old event after the failure
		return nil
	}
	n, err := tx.Exec(`
		UPDATE refunds
		SET state = 'paid', paid_at = $1, provider_id = COALESCE($2, provider_id), reference = $3, attempt_at = NULL
		WHERE id = $4 AND state <> 'paid'`, tx.Now(), how.providerID, how.reference, r.ID)
	if err != nil || n == 0 {
		return err
	}
	tags := ledger.Tags{Order: r.OrderID}
	reference := "refund:" + r.ID
	if r.State == RefundFailed { // it was paid once, came back, and is paid by a person now
		reference += ":again"
	}
	if _, err := ledger.Post(tx, ledger.New("refund", reference, how.actor.String()).Because(r.Reason).
		Debit(ledger.Refund(r.OrderID), r.Amount, tags).Credit(how.account, r.Amount, tags).
		Guard(ledger.Refund(r.OrderID))); err != nil {
		return err
	}
	if err := moveRefunded(tx, r.OrderID); err != nil {
		return err
	}
	if r.Reason == "cancelled" && r.Source == fromDeposit && r.PaidAt == nil { // not for money that was never the order's; one that bounced has its voucher
		if err := refundVoucher(tx, r); err != nil {
			return err
		}
	}
	return mailStep(tx, r.OrderID, "refunded")
}

// failRefund leaves a refund to a person; one that had been paid is owed again.
func failRefund(tx *db.Tx, r Refund, reason string, providerID *string) error {
	n, err := tx.Exec(`
		UPDATE refunds
		SET state = 'failed', attempt_at = NULL, provider_id = COALESCE($1, provider_id)
		WHERE id = $2 AND state <> 'failed' AND reference = ''`, providerID, r.ID)
	if err != nil || n == 0 {
		return err
	}
	slog.Warn("refund failed and waits for a person", "refund", r.ID, "reason", reason)
	if r.State != RefundPaid {
		return nil
	}
	tags := ledger.Tags{Order: r.OrderID}
	if _, err := ledger.Post(tx, ledger.New("refund_failed", "refund_failed:"+r.ID, gateway.String()).Because("refund_failed").
		Debit(ledger.Stripe, r.Amount, tags).Credit(ledger.Refund(r.OrderID), r.Amount, tags)); err != nil {
		return err
	}
	return moveRefunded(tx, r.OrderID)
}

// moveRefunded sets an order's payment state by how much of its money has gone back.
func moveRefunded(tx *db.Tx, order string) error {
	var is struct {
		State    PaymentState `db:"payment_state"`
		Captured money.Paise  `db:"captured"`
		Back     money.Paise  `db:"back"`
	}
	if err := tx.Get(&is, `
		SELECT o.payment_state,
			CAST(COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'), 0) AS BIGINT) AS captured,
			CAST(COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.order_id = o.id AND r.state = 'paid'), 0) AS BIGINT) AS back
		FROM orders o
		WHERE o.id = $1`, order); err != nil {
		return err
	}
	to := PaymentPartRefunded
	switch {
	case is.Back == 0:
		to = PaymentPaid
	case is.Back >= is.Captured:
		to = PaymentRefunded
	}
	if is.State == PaymentExpired || is.State == PaymentPartPaid { // what was paid in part has gone back
		to = is.State
	}
	return movePayment(tx, order, is.State, to)
}
