package orders

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
)

// RefundRecord is a refund that a person has paid.
type RefundRecord struct {
	Refund    string
	Method    Method // bank, upi or cash
	Reference string // the bank's or the voucher's number
}

var referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/_.-]{3,39}$`)

// RecordRefund records that a person has paid a refund which no gateway can pay.
// Finance may.
func (s *Service) RecordRefund(ctx context.Context, actor auth.Actor, key string, in RefundRecord) (Refund, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return Refund{}, err
	}
	if !slices.Contains([]Method{BankTransfer, UPI, Cash}, in.Method) {
		return Refund{}, ErrMethod
	}
	if !referenceForm.MatchString(in.Reference) {
		return Refund{}, ErrRefund.At("reference", "the bank's or the voucher's number, 4 to 40 letters and digits")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.refund_record", Key: key}, in,
		func(tx *db.Tx) (Refund, error) {
			r, err := refundByID(tx, in.Refund)
			if err != nil {
				return Refund{}, err
			}
			var disputed bool
			if err := tx.Get(&disputed, `
				SELECT EXISTS (SELECT 1 FROM disputes WHERE payment_id = $1 AND state = 'open')`, r.PaymentID); err != nil {
				return Refund{}, err
			}
			if disputed {
				return Refund{}, ErrDisputed
			}
			byGateway := s.provider != nil && r.Provider == s.provider.Name()
			if r.State != RefundFailed && (r.State != RefundDue || byGateway) {
				return Refund{}, ErrRefund.With("A refund that is %s is not a person's to pay. Nothing was changed.", r.State)
			}
			if err := refundPaid(tx, r, paidBack{actor: actor, account: accountOf(in.Method), reference: in.Reference}); err != nil {
				return Refund{}, err
			}
			if err := auth.Audit(tx, actor, "refund.record", r.ID, in.Reference); err != nil {
				return Refund{}, err
			}
			return refundByID(tx, r.ID)
		})
}

func refundByID(tx *db.Tx, refund string) (Refund, error) {
	var r Refund
	err := tx.Get(&r, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE id = $1`, refund)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNotFound
	}
	return r, err
}

// accountOf is the asset that money of a method passes through.
func accountOf(m Method) ledger.Account {
	if m == Cash {
		return ledger.Till("office")
	}
	return ledger.Bank("main")
}

// OpenRefunds lists up to 200 refunds that are not paid, oldest first, for staff.
func (s *Service) OpenRefunds(ctx context.Context, actor auth.Actor) ([]Refund, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	var out []Refund
	err := s.db.Select(ctx, &out, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE state <> 'paid'
		ORDER BY id
		LIMIT 200`)
	return out, err
}

// Refunds lists the refunds of an order that the actor may see.
func (s *Service) Refunds(ctx context.Context, actor auth.Actor, order string) ([]Refund, error) {
	var out []Refund
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := readOrder(tx, actor, order); err != nil {
			return err
		}
		return tx.Select(&out, `
			SELECT `+refundColumns+`
			FROM refunds
			WHERE order_id = $1
			ORDER BY id`, order)
	})
	return out, err
}
