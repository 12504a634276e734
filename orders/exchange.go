package orders

import (
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
)

// exchange makes an order for another size out of what has come back: at the
// same figures, paid with the money that would have gone back. When the other
// size is gone, or its tax has changed since, it reports false and the money
// goes back instead.
func (s *Service) exchange(tx *db.Tx, actor auth.Actor, o Order, r Return, back taken) (bool, error) {
	var old Line
	var pieces int64
	for at, n := range back.pieces {
		if l := o.Line(at.line); l.Kind == Goods {
			old, pieces = l, pieces+n
		}
	}
	offers, err := catalog.Offers(tx, []string{r.ExchangeVariant})
	if err != nil {
		return false, err
	}
	offer, ok := offers[r.ExchangeVariant]
	if !ok {
		return false, nil
	}
	rate, err := s.gst.Rate(offer.HSN, old.Taxable, tx.Now().Date())
	if err != nil {
		return false, err
	}
	there, err := catalog.CanServe(tx, offer.VariantID, old.Heads, pieces)
	if err != nil || !there || rate != old.Rate {
		return false, err
	}
	n := o
	n.ID, n.State, n.Payment, n.Dispute, n.ExchangeOf = id.New("ord"), Placed, PaymentOpen, "", r.ID
	n.CouponID, n.BusinessDate, n.PlacedAt, n.ConfirmedAt, n.ClosedAt, n.Allocations, n.Shipments = "", tx.Now().Date(), tx.Now(), nil, nil, nil, nil
	expires := tx.Now().Add(s.settings.HoldCard)
	n.ExpiresAt = &expires
	line := old
	line.ID, line.VariantID, line.SKU, line.Size, line.CardID = id.New("lin"), offer.VariantID, offer.SKU, offer.Size, offer.Card.ID
	line.Quantity, line.Cancelled, line.HSN, line.SetVariant = pieces, 0, offer.HSN, ""
	n.Lines = []Line{line}
	current, err := registrationAt(tx, o.SellerState, n.BusinessDate)
	if err != nil {
		return false, err
	}
	n.Registration = current.ID
	if err := n.addUp(); err != nil {
		return false, err
	}
	if err := reserve(tx, &n); err != nil {
		return false, err
	}
	access, err := orderByID(tx, o.ID)
	if err != nil {
		return false, err
	}
	if err := insertOrder(tx, &n, "", access.AccessHash); err != nil {
		return false, err
	}
	if _, err := tx.Exec(`
		UPDATE returns
		SET exchange_order = $1
		WHERE id = $2`, n.ID, r.ID); err != nil {
		return false, err
	}
	return true, payByExchange(tx, actor, exchanged{o, n, r, back})
}

// exchanged is an order, what came back of it, and the order that replaces it.
type exchanged struct {
	old, new Order
	r        Return
	back     taken
}

// payByExchange moves the price of the new order from what is owed on the old
// one; what is over (its delivery, after a mistake of ours) goes back.
func payByExchange(tx *db.Tx, actor auth.Actor, x exchanged) error {
	made, err := owe(tx, actor, debt{order: x.old.ID, amount: x.new.Total, reason: "exchange"}, fromSale)
	if err != nil {
		return err
	}
	for _, r := range made {
		if _, err := tx.Exec(`
			UPDATE refunds
			SET state = 'paid', provider = 'exchange', reference = $1, paid_at = $2, attempt_at = NULL
			WHERE id = $3`, x.new.ID, tx.Now(), r.ID); err != nil {
			return err
		}
	}
	if err := moveRefunded(tx, x.old.ID); err != nil {
		return err
	}
	p, err := insertPayment(tx, x.new.ID, "exchange", x.new.Total)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`
		UPDATE payments
		SET state = 'captured', captured_paise = amount_paise, captured_at = $1, lookup_at = NULL
		WHERE id = $2`, tx.Now(), p.ID); err != nil {
		return err
	}
	if _, err := ledger.Post(tx, ledger.New("exchange", "exchange:"+x.r.ID, actor.String()).Because(string(x.r.Reason)).
		Debit(ledger.Refund(x.old.ID), x.new.Total, ledger.Tags{Order: x.old.ID}).
		Credit(ledger.Deposit(x.new.ID), x.new.Total, ledger.Tags{Order: x.new.ID}).
		Guard(ledger.Refund(x.old.ID))); err != nil {
		return err
	}
	if err := settle(tx, p, arrival{amount: x.new.Total, account: "", actor: actor}); err != nil {
		return err
	}
	if rest := x.back.amount - x.new.Total; rest > 0 {
		if _, err := owe(tx, actor, debt{order: x.old.ID, amount: rest, reason: "return_" + string(x.r.Reason)}, fromSale); err != nil {
			return err
		}
	}
	return mailStep(tx, x.old.ID, "exchanged")
}
