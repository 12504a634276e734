package orders

import (
	"context"
	"errors"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// Dispute is a buyer's complaint at her bank about a card payment.
type Dispute struct {
	ID         string       `db:"id"`
	ProviderID string       `db:"provider_id"`
	OrderID    string       `db:"order_id"`
	PaymentID  string       `db:"payment_id"`
	Amount     money.Paise  `db:"amount_paise"`
	State      DisputeState `db:"state"`
	Fee        money.Paise  `db:"fee_paise"`
	FeeGST     money.Paise  `db:"fee_gst_paise"`
	OpenedAt   db.Time      `db:"opened_at"`
	ClosedAt   *db.Time     `db:"closed_at"`
}

const disputeColumns = `id, provider_id, order_id, payment_id, amount_paise, state, fee_paise, fee_gst_paise, opened_at, closed_at`

// disputed enters what the gateway says about a dispute. Opened: the gateway has
// taken the money, and the makers' shares of the order are held. Won: both come
// back. Lost: the risk fund bears it, the makers keep what they earned
// (DESIGN §4.3). The events may come in any order and any number of times.
func (s *Service) disputed(tx *db.Tx, p PaymentRow, e payment.Event) error {
	// Only what was paid is disputed: when the dispute comes first, it tells both.
	if err := captured(tx, p, arrival{amount: p.Amount, account: ledger.Stripe, actor: gateway, providerID: &e.IntentID}); err != nil {
		return err
	}
	d, err := s.openDispute(tx, p, e)
	if err != nil {
		return err
	}
	to := DisputeState(e.Dispute)
	if err := disputeFee(tx, d, e); err != nil {
		return err
	}
	if d.State != DisputeOpen || !can(DisputeMoves, d.State, to) {
		return nil
	}
	if _, err := tx.Exec(`
		UPDATE disputes
		SET state = $1, closed_at = $2
		WHERE id = $3 AND state = 'open'`, to, tx.Now(), d.ID); err != nil {
		return err
	}
	if err := closeDispute(tx, d, to); err != nil {
		return err
	}
	return markDisputed(tx, d.OrderID)
}

// markDisputed writes how disputes stand on an order and on those that replaced
// its pieces in an exchange: open while any is, else lost if any was. When none
// is open, what they had frozen is payable again.
func markDisputed(tx *db.Tx, order string) error {
	chain, err := replacedBy(tx, order)
	if err != nil {
		return err
	}
	var all []Dispute
	if err := tx.Select(&all, `
		SELECT `+disputeColumns+`
		FROM disputes
		WHERE order_id = $1
		ORDER BY id`, order); err != nil {
		return err
	}
	stands := DisputeWon
	for _, d := range all {
		if d.State == DisputeOpen || (d.State == DisputeLost && stands == DisputeWon) {
			stands = d.State
		}
	}
	for _, one := range chain {
		if _, err := tx.Exec(`
			UPDATE orders
			SET dispute = $1
			WHERE id = $2`, stands, one); err != nil {
			return err
		}
	}
	if stands == DisputeOpen {
		return nil
	}
	for _, d := range all {
		if err := unfreeze(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// replacedBy is the order and the chain of orders that exchanges made of it.
func replacedBy(tx *db.Tx, order string) ([]string, error) {
	chain := []string{order}
	for i := 0; i < len(chain) && len(chain) < 100; i++ {
		var next []string
		if err := tx.Select(&next, `
			SELECT exchange_order
			FROM returns
			WHERE order_id = $1 AND exchange_order <> ''
			ORDER BY id`, chain[i]); err != nil {
			return nil, err
		}
		chain = append(chain, next...)
	}
	return chain, nil
}

// openDispute finds the dispute or, when this is its first event, opens it.
func (s *Service) openDispute(tx *db.Tx, p PaymentRow, e payment.Event) (Dispute, error) {
	var d Dispute
	err := tx.Get(&d, `
		SELECT `+disputeColumns+`
		FROM disputes
		WHERE provider = $1 AND provider_id = $2`, s.provider.Name(), e.DisputeID)
	if err == nil || !errors.Is(err, db.ErrNone) {
		return d, err
	}
	d = Dispute{ID: id.New("dsp"), ProviderID: e.DisputeID, OrderID: p.OrderID, PaymentID: p.ID, Amount: e.Amount, State: DisputeOpen, OpenedAt: tx.Now()}
	if _, err := tx.Exec(`
		INSERT INTO disputes (id, provider, provider_id, order_id, payment_id, amount_paise, state, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.ID, s.provider.Name(), d.ProviderID, d.OrderID, d.PaymentID, d.Amount, d.State, d.OpenedAt); err != nil {
		return d, err
	}
	if err := markDisputed(tx, d.OrderID); err != nil {
		return d, err
	}
	tags := ledger.Tags{Order: d.OrderID}
	if _, err := ledger.Post(tx, ledger.New("dispute", "dispute:"+d.ID+":open", gateway.String()).Because("dispute_opened").
		Debit(ledger.Receivable(d.OrderID), d.Amount, tags).Credit(ledger.Stripe, d.Amount, tags)); err != nil {
		return d, err
	}
	return d, freeze(tx, d)
}

// freeze moves what is payable of the order's released credits back to held, as
// far as it is still there; what is claimed or paid is the fund's risk.
func freeze(tx *db.Tx, d Dispute) error {
	credits, err := payableCredits(tx, d.OrderID)
	if err != nil {
		return err
	}
	e := ledger.New("freeze", "dispute:"+d.ID+":freeze", gateway.String()).Because("dispute_opened")
	for _, c := range credits {
		balance, err := ledger.Balance(tx, ledger.Payable(c.Artisan))
		if err != nil {
			return err
		}
		amount := min(c.Paise, max(0, -balance))
		tags := ledger.Tags{Order: d.OrderID, Artisan: c.Artisan}
		e.Debit(ledger.Payable(c.Artisan), amount, tags).Credit(ledger.Held(c.Artisan), amount, tags)
	}
	if len(e.Postings) == 0 {
		return nil
	}
	_, err = ledger.Post(tx, e)
	return err
}

// artisanSum is an amount of one artisan.
type artisanSum struct {
	Artisan string      `db:"artisan_id"`
	Paise   money.Paise `db:"paise"`
}

// payableCredits is what each artisan has had made payable of an order since her
// last payout claimed all that was payable: what is claimed or paid is gone.
func payableCredits(tx *db.Tx, order string) ([]artisanSum, error) {
	var out []artisanSum
	err := tx.Select(&out, `
		SELECT p.artisan_id, CAST(-SUM(p.paise) AS BIGINT) AS paise
		FROM postings p
		JOIN entries e ON e.id = p.entry_id
		WHERE p.order_id = $1 AND p.order_id <> '' AND p.artisan_id <> '' AND p.account = 'liability:artisan:' || p.artisan_id || ':payable'
			AND e.posted_at > COALESCE((
				SELECT MAX(c.posted_at)
				FROM postings q
				JOIN entries c ON c.id = q.entry_id AND c.kind = 'claim'
				WHERE q.account = p.account), 0)
		GROUP BY p.artisan_id
		HAVING SUM(p.paise) < 0
		ORDER BY p.artisan_id`, order)
	return out, err
}

// unfreeze makes payable again what the dispute had frozen.
func unfreeze(tx *db.Tx, d Dispute) error {
	frozen, err := ledger.EntryByReference(tx, "dispute:"+d.ID+":freeze")
	if errors.Is(err, ledger.ErrNoEntry) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := ledger.EntryByReference(tx, "dispute:"+d.ID+":unfreeze"); !errors.Is(err, ledger.ErrNoEntry) {
		return err // it was unfrozen with another dispute of the order
	}
	e := ledger.New("unfreeze", "dispute:"+d.ID+":unfreeze", gateway.String()).Because("dispute_closed")
	for _, p := range frozen.Postings {
		e.Debit(p.Account, -p.Paise, p.Tags)
	}
	_, err = ledger.Post(tx, e)
	return err
}

// closeDispute enters who bears the amount: nobody when it was won. Lost, what was
// on its way back to the buyer anyway comes first, then the deposit, as far as
// nothing was sent for it, of this order and of those it was exchanged into; the
// rest is the risk fund's. An order of which nothing was sent ends with it.
func closeDispute(tx *db.Tx, d Dispute, to DisputeState) error {
	tags := ledger.Tags{Order: d.OrderID}
	e := ledger.New("dispute", "dispute:"+d.ID+":"+string(to), gateway.String()).Because("dispute_"+string(to)).
		Credit(ledger.Receivable(d.OrderID), d.Amount, tags)
	if to == DisputeWon {
		_, err := ledger.Post(tx, e.Debit(ledger.Stripe, d.Amount, tags))
		return err
	}
	left := d.Amount
	refunds, err := takenByDispute(tx, d)
	if err != nil {
		return err
	}
	for _, r := range refunds {
		e.Debit(ledger.Refund(r.OrderID), r.Amount, ledger.Tags{Order: r.OrderID})
		left -= r.Amount
	}
	if _, err := tx.Exec(`
		UPDATE payments
		SET refunding_paise = CASE WHEN refunding_paise + $1 > captured_paise THEN captured_paise ELSE refunding_paise + $1 END
		WHERE id = $2`, left, d.PaymentID); err != nil { // so much less is left to refund
		return err
	}
	chain, err := replacedBy(tx, d.OrderID)
	if err != nil {
		return err
	}
	for _, one := range chain {
		deposit, err := ledger.Balance(tx, ledger.Deposit(one))
		if err != nil {
			return err
		}
		own := min(left, max(0, -deposit))
		e.Debit(ledger.Deposit(one), own, ledger.Tags{Order: one})
		left -= own
	}
	if _, err := ledger.Post(tx, e.Debit(ledger.Fund, left, tags)); err != nil {
		return err
	}
	for _, one := range chain {
		if err := endUnsent(tx, one); err != nil {
			return err
		}
	}
	return nil
}

// takenByDispute settles the refunds of the disputed payment that were not paid
// yet: the buyer's bank has given her that money.
func takenByDispute(tx *db.Tx, d Dispute) ([]Refund, error) {
	var open, out []Refund
	if err := tx.Select(&open, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE payment_id = $1 AND state IN ('due', 'failed')
		ORDER BY id`, d.PaymentID); err != nil {
		return nil, err
	}
	left := d.Amount
	for _, r := range open {
		if r.Amount > left {
			continue
		}
		left -= r.Amount
		if _, err := tx.Exec(`
			UPDATE refunds
			SET state = 'paid', provider = 'dispute', reference = $1, paid_at = $2, attempt_at = NULL
			WHERE id = $3`, d.ID, tx.Now(), r.ID); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, moveRefunded(tx, d.OrderID)
}

// endUnsent ends an order whose payment was taken back before anything was sent;
// what is left of its deposit goes back.
func endUnsent(tx *db.Tx, order string) error {
	o, err := loadOrder(tx, order)
	if err != nil || o.sent() || o.State == Cancelled || o.State == Closed {
		return err
	}
	deposit, err := ledger.Balance(tx, ledger.Deposit(order))
	if err != nil {
		return err
	}
	if deposit < 0 {
		if err := owed(tx, gateway, debt{order: o.ID, amount: -deposit, reason: "cancelled"}); err != nil {
			return err
		}
	}
	return end(tx, o, EndedDispute)
}

// disputeFee enters what the gateway asks for the dispute itself, as far as it
// differs from what is entered: the fund bears it, and gets back what comes back.
// While it is open the highest figure holds and, won, the lowest, so that the
// order of the events does not matter; an open one that comes late is old.
func disputeFee(tx *db.Tx, d Dispute, e payment.Event) error {
	more, moreGST := e.Fee-d.Fee, e.FeeGST-d.FeeGST
	to := DisputeState(e.Dispute)
	switch {
	case more == 0 && moreGST == 0,
		d.State != DisputeOpen && to != d.State,
		to != DisputeWon && more < 0,
		to == DisputeWon && d.State == DisputeWon && more > 0:
		return nil
	}
	n, err := tx.Exec(`
		UPDATE disputes
		SET fee_paise = $1, fee_gst_paise = $2
		WHERE id = $3 AND fee_paise = $4 AND fee_gst_paise = $5`, e.Fee, e.FeeGST, d.ID, d.Fee, d.FeeGST)
	if err != nil || n == 0 {
		return err
	}
	row, err := orderByID(tx, d.OrderID)
	if err != nil {
		return err
	}
	tags := ledger.Tags{Order: d.OrderID}
	_, err = ledger.Post(tx, ledger.New("dispute_fee", "dispute:"+d.ID+":fee:"+e.ID, gateway.String()).Because("dispute_fee").
		Debit(ledger.Fund, more, tags).Debit(ledger.GSTCredit(row.Registration, "igst"), moreGST, tags).
		Credit(ledger.Stripe, more+moreGST, tags))
	return err
}

// Disputes lists the newest 200 disputes, open ones first, for staff.
func (s *Service) Disputes(ctx context.Context, actor auth.Actor) ([]Dispute, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	var out []Dispute
	err := s.db.Select(ctx, &out, `
		SELECT `+disputeColumns+`
		FROM disputes
		ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id DESC
		LIMIT 200`)
	return out, err
}
