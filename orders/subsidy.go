package orders

import (
	"context"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// subsidised refuses an order whose coupon draws on a subsidy that does not hold
// that much beside what other orders still wait for.
func subsidised(tx *db.Tx, o Order, c *Coupon) error {
	if c == nil || c.Subsidy == "" {
		return nil
	}
	var need, left money.Paise
	for _, l := range o.Lines {
		for _, h := range l.Heads {
			if h.Kind == catalog.SubsidyHead {
				need -= h.Paise * money.Paise(l.Quantity)
			}
		}
	}
	if need == 0 {
		return nil
	}
	if err := tx.Get(&left, `
		SELECT CAST(COALESCE((SELECT -SUM(p.paise) FROM postings p WHERE p.account = $1), 0) + COALESCE((
			SELECT SUM(h.paise * a.pieces)
			FROM order_line_heads h
			JOIN allocations a ON a.line_id = h.line_id AND a.state IN ('reserved', 'committed')
			WHERE h.kind = 'subsidy' AND h.head = $2), 0) AS BIGINT)`, ledger.Subsidy(c.Subsidy), c.Subsidy); err != nil {
		return err
	}
	if need > left {
		return ErrCouponShort.With("The subsidy behind this coupon has %s left and would have to give %s. Nothing was ordered; take the code out.", max(0, left), need)
	}
	return nil
}

// SubsidyInput sets money of the fund aside for coupons.
type SubsidyInput struct {
	Name   string
	Amount money.Paise
	Reason string
}

// RecordSubsidy moves money from the fund to a named subsidy, in the books. A
// finance approver may.
func (s *Service) RecordSubsidy(ctx context.Context, actor auth.Actor, key string, in SubsidyInput) (ledger.Entry, error) {
	if err := actor.Require(auth.Approver); err != nil {
		return ledger.Entry{}, err
	}
	if !subsidyForm.MatchString(in.Name) || in.Amount <= 0 || in.Amount > money.Max || strings.TrimSpace(in.Reason) == "" || len(in.Reason) > 300 {
		return ledger.Entry{}, ErrCoupon.At("name, amount, reason", "a subsidy has a name, an amount above zero and a reason")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.subsidy", Key: key}, in,
		func(tx *db.Tx) (ledger.Entry, error) {
			reference := id.New("sub")
			if err := auth.Audit(tx, actor, "subsidy.record", reference, in.Reason); err != nil {
				return ledger.Entry{}, err
			}
			return ledger.Post(tx, ledger.New("subsidy", "subsidy:"+reference, actor.String()).Because("coupon_subsidy").
				Debit(ledger.Fund, in.Amount, ledger.Tags{}).Credit(ledger.Subsidy(in.Name), in.Amount, ledger.Tags{}))
		})
}
