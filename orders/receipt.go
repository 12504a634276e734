package orders

import (
	"context"
	"errors"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// The faults of money that arrives without a gateway.
var (
	ErrReceipt     = fault.New(fault.Invalid, "orders.receipt", "This receipt cannot be recorded. Nothing was entered.")
	ErrReceiptSeen = fault.New(fault.Conflict, "orders.receipt_seen", "Money with this reference has been entered already. Nothing was entered twice.")
	ErrPlaced      = fault.New(fault.Conflict, "orders.receipt_placed", "This money has been placed already. Nothing was changed.")
)

// ReceiptState is where money that arrived stands.
type ReceiptState string

// The states of a receipt.
const (
	ReceiptMatched      ReceiptState = "matched"      // by reference and amount, to a payment
	ReceiptUnidentified ReceiptState = "unidentified" // waits for a person
	ReceiptPlaced       ReceiptState = "placed"       // a person gave it to an order
	ReceiptSettlement   ReceiptState = "settlement"   // the gateway's payout to the trust
	ReceiptSentBack     ReceiptState = "sent_back"
)

// Receipt is money that arrived on an account of the trust.
type Receipt struct {
	ID        string         `db:"id"`
	Account   ledger.Account `db:"account"`
	LineKey   string         `db:"line_key"` // the same line of a statement is one receipt
	Amount    money.Paise    `db:"amount_paise"`
	Date      string         `db:"business_date"`
	Reference string         `db:"reference"`
	Narration string         `db:"narration"`
	State     ReceiptState   `db:"state"`
	PaymentID string         `db:"payment_id"`
	DecidedBy string         `db:"decided_by"`
	DecidedAt *db.Time       `db:"decided_at"`
	CreatedAt db.Time        `db:"created_at"`
}

const receiptColumns = `id, account, line_key, amount_paise, business_date, reference, narration, state, payment_id, decided_by, decided_at, created_at`

// insertReceipt writes a receipt, or returns ErrReceiptSeen.
func insertReceipt(tx *db.Tx, actor auth.Actor, r Receipt) error {
	n, err := tx.Exec(`
		INSERT INTO receipts (id, account, line_key, amount_paise, business_date, reference, narration, state, payment_id, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (line_key) DO NOTHING`,
		r.ID, r.Account, r.LineKey, r.Amount, r.Date, r.Reference, r.Narration, r.State, r.PaymentID, actor.String(), tx.Now())
	if err == nil && n == 0 {
		err = ErrReceiptSeen
	}
	return err
}

// StatementRow is what came of one line of a bank statement.
type StatementRow struct {
	Row     int
	Amount  money.Paise
	Outcome string // matched, unidentified, seen (entered before), not_a_credit, unreadable or not_entered
	Order   string
	Receipt string
	Detail  string // for unreadable: what is wrong
}

// EnterStatement enters the credits of a bank statement: one whose narration
// bears the reference of a waiting payment of exactly its amount settles that
// order; any other is unidentified until a person places it. The same statement,
// or a part of it, any number of times changes nothing more; nor does money that
// a person has recorded by the bank's number. When the time of ctx runs out the
// rows left are not_entered. A preparer or approver may.
func (s *Service) EnterStatement(ctx context.Context, actor auth.Actor, lines []StatementLine) ([]StatementRow, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return nil, err
	}
	out := make([]StatementRow, len(lines))
	for i, l := range lines {
		row := StatementRow{Row: i + 1, Amount: l.Credit, Detail: l.Wrong}
		switch {
		case runningOut(ctx):
			row.Outcome = "not_entered"
		case l.Wrong != "":
			row.Outcome = "unreadable"
		case l.Credit == 0:
			row.Outcome = "not_a_credit"
		default:
			err := s.db.Write(ctx, func(tx *db.Tx) error {
				row.Order, row.Receipt, row.Outcome = "", "", ""
				return enterLine(tx, actor, l, &row)
			})
			if err != nil && !errors.Is(err, ErrReceiptSeen) {
				return out[:i], err
			}
			if err != nil {
				row.Outcome = "seen"
			}
		}
		out[i] = row
	}
	return out, nil
}

func enterLine(tx *db.Tx, actor auth.Actor, l StatementLine, row *StatementRow) error {
	r := Receipt{ID: id.New("rcp"), Account: ledger.Bank("main"), LineKey: l.key(), Amount: l.Credit, Date: l.Date,
		Reference: strings.ToUpper(l.Reference), Narration: l.Narration, State: ReceiptUnidentified}
	if err := enteredBefore(tx, r); err != nil {
		return err
	}
	p, err := waiting(tx, l)
	if err == nil {
		r.State, r.PaymentID, row.Order = ReceiptMatched, p.ID, p.OrderID
	} else if !errors.Is(err, db.ErrNone) {
		return err
	}
	if err := insertReceipt(tx, actor, r); err != nil {
		return err
	}
	row.Outcome, row.Receipt = string(r.State), r.ID
	if r.State == ReceiptMatched {
		return captured(tx, p, arrival{amount: l.Credit, account: r.Account, actor: actor})
	}
	_, err = ledger.Post(tx, ledger.New("receipt", "receipt:"+r.ID, actor.String()).Because("unidentified").
		Debit(r.Account, r.Amount, ledger.Tags{}).Credit(ledger.Unidentified(r.ID), r.Amount, ledger.Tags{}))
	return err
}

// MoneyInput is money that a person has taken or seen: cash at the desk, or a
// transfer on the bank's page.
type MoneyInput struct {
	Order     string
	Method    Method // cash, bank or upi
	Amount    money.Paise
	Reference string // the voucher's or the bank's number, unique
}

// RecordMoney enters money received for an order by a recorded reference. A
// preparer or approver may. Another amount than the order still needs is
// unidentified until a person places it.
func (s *Service) RecordMoney(ctx context.Context, actor auth.Actor, key string, in MoneyInput) (Order, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return Order{}, err
	}
	if in.Method != Cash && in.Method != BankTransfer && in.Method != UPI {
		return Order{}, ErrMethod
	}
	if in.Amount <= 0 || in.Amount > money.Max || !referenceForm.MatchString(in.Reference) {
		return Order{}, ErrReceipt.At("amount, reference", "an amount above zero and the voucher's or bank's number, 4 to 40 letters and digits")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.money", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			o, err := loadOrder(tx, in.Order)
			if err != nil {
				return Order{}, err
			}
			if o.Payment.Settled() {
				return Order{}, ErrAlreadyPaid
			}
			settled, err := settledFor(tx, o.ID)
			if err != nil {
				return Order{}, err
			}
			account := accountOf(in.Method)
			reference := strings.ToUpper(in.Reference)
			r := Receipt{ID: id.New("rcp"), Account: account, LineKey: handKey(account, reference), Amount: in.Amount,
				Date: tx.Now().Date(), Reference: reference, State: ReceiptUnidentified}
			if err := enteredBefore(tx, r); err != nil {
				return Order{}, err
			}
			if in.Amount == o.Total-settled {
				r.State = ReceiptMatched
			}
			if err := enterMoney(tx, actor, o, r, in.Method); err != nil {
				return Order{}, err
			}
			if err := auth.Audit(tx, actor, "money.record", o.ID, in.Reference); err != nil {
				return Order{}, err
			}
			return loadOrder(tx, o.ID)
		})
}

func enterMoney(tx *db.Tx, actor auth.Actor, o Order, r Receipt, method Method) error {
	if r.State != ReceiptMatched {
		if err := insertReceipt(tx, actor, r); err != nil {
			return err
		}
		_, err := ledger.Post(tx, ledger.New("receipt", "receipt:"+r.ID, actor.String()).Because("amount_differs").
			Debit(r.Account, r.Amount, ledger.Tags{Order: o.ID}).Credit(ledger.Unidentified(r.ID), r.Amount, ledger.Tags{Order: o.ID}))
		return err
	}
	p, err := attemptFor(tx, o.ID, string(method), r.Amount)
	if err != nil {
		return err
	}
	r.PaymentID = p.ID
	if err := insertReceipt(tx, actor, r); err != nil {
		return err
	}
	return captured(tx, p, arrival{amount: r.Amount, account: r.Account, actor: actor})
}

// attemptFor finds the waiting attempt of a method and amount, or begins one.
func attemptFor(tx *db.Tx, order, provider string, amount money.Paise) (PaymentRow, error) {
	var p PaymentRow
	err := tx.Get(&p, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE order_id = $1 AND provider = $2 AND amount_paise = $3 AND state IN ('pending', 'failed')
		ORDER BY id
		LIMIT 1`, order, provider, amount)
	if errors.Is(err, db.ErrNone) {
		return insertPayment(tx, order, provider, amount)
	}
	return p, err
}

// Placement is a person's decision about money not yet understood.
type Placement struct {
	Receipt   string
	Decision  ReceiptState // placed, settlement or sent_back
	Order     string       // for placed
	Reference string       // for sent_back: the bank's number
}

// PlaceReceipt carries out a person's decision about unidentified money: it is
// an order's (what is over goes back to the buyer), the gateway's payout to the
// trust, or has been sent back to its sender. A preparer or approver may.
func (s *Service) PlaceReceipt(ctx context.Context, actor auth.Actor, key string, in Placement) (Receipt, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return Receipt{}, err
	}
	switch {
	case in.Decision != ReceiptPlaced && in.Decision != ReceiptSettlement && in.Decision != ReceiptSentBack:
		return Receipt{}, ErrReceipt.At("decision", "placed, settlement or sent_back")
	case in.Decision == ReceiptSentBack && !referenceForm.MatchString(in.Reference):
		return Receipt{}, ErrReceipt.At("reference", "the bank's number, 4 to 40 letters and digits")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.receipt_place", Key: key}, in,
		func(tx *db.Tx) (Receipt, error) {
			r, err := receiptByID(tx, in.Receipt)
			if err != nil {
				return Receipt{}, err
			}
			n, err := tx.Exec(`
				UPDATE receipts
				SET state = $1, decided_by = $2, decided_at = $3
				WHERE id = $4 AND state = 'unidentified'`, in.Decision, actor.String(), tx.Now(), r.ID)
			if err == nil && n == 0 {
				err = ErrPlaced
			}
			if err != nil {
				return Receipt{}, err
			}
			if err := placeReceipt(tx, actor, r, in); err != nil {
				return Receipt{}, err
			}
			if err := auth.Audit(tx, actor, "receipt."+string(in.Decision), r.ID, in.Order+in.Reference); err != nil {
				return Receipt{}, err
			}
			return receiptByID(tx, r.ID)
		})
}

func placeReceipt(tx *db.Tx, actor auth.Actor, r Receipt, in Placement) error {
	from := ledger.Unidentified(r.ID)
	e := ledger.New("receipt_placed", "receipt_placed:"+r.ID, actor.String()).Because(string(in.Decision)).
		Debit(from, r.Amount, ledger.Tags{Order: in.Order}).Guard(from)
	switch in.Decision {
	case ReceiptSettlement:
		if r.Account != ledger.Bank("main") {
			return ErrReceipt.With("The gateway pays out to the bank: money in the till or at the gateway is not its payout. Nothing was changed.")
		}
		_, err := ledger.Post(tx, e.Credit(ledger.Stripe, r.Amount, ledger.Tags{}))
		return err
	case ReceiptSentBack:
		_, err := ledger.Post(tx, e.Credit(r.Account, r.Amount, ledger.Tags{}))
		return err
	}
	o, err := loadOrder(tx, in.Order)
	if err != nil {
		return err
	}
	p, err := paymentFor(tx, o, r)
	if err != nil {
		return err
	}
	if _, err := ledger.Post(tx, e.Credit(ledger.Deposit(o.ID), r.Amount, ledger.Tags{Order: o.ID})); err != nil {
		return err
	}
	return settle(tx, p, arrival{amount: r.Amount, account: r.Account, actor: actor})
}

// paymentFor makes a receipt a captured payment of an order: the attempt that
// brought it, or one of its own.
func paymentFor(tx *db.Tx, o Order, r Receipt) (PaymentRow, error) {
	p := PaymentRow{ID: r.PaymentID}
	if r.PaymentID == "" {
		method := BankTransfer
		if r.Account == accountOf(Cash) {
			method = Cash
		}
		var err error
		if p, err = insertPayment(tx, o.ID, string(method), r.Amount); err != nil {
			return p, err
		}
	}
	n, err := tx.Exec(`
		UPDATE payments
		SET state = 'captured', captured_paise = $1, captured_at = COALESCE(captured_at, $2)
		WHERE id = $3 AND order_id = $4 AND state <> 'captured'`, r.Amount, tx.Now(), p.ID, o.ID)
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, ErrReceipt.With("This money came for another order. Nothing was changed; send it back, or place it there.")
	}
	if _, err := tx.Exec(`
		UPDATE receipts
		SET payment_id = $1
		WHERE id = $2`, p.ID, r.ID); err != nil {
		return p, err
	}
	err = tx.Get(&p, `
		SELECT `+paymentColumns+`
		FROM payments
		WHERE id = $1`, p.ID)
	return p, err
}

func receiptByID(tx *db.Tx, receipt string) (Receipt, error) {
	var r Receipt
	err := tx.Get(&r, `
		SELECT `+receiptColumns+`
		FROM receipts
		WHERE id = $1`, receipt)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNotFound
	}
	return r, err
}

// OpenReceipts lists up to 200 receipts that wait for a person, oldest first.
// Finance may.
func (s *Service) OpenReceipts(ctx context.Context, actor auth.Actor) ([]Receipt, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return nil, err
	}
	var out []Receipt
	err := s.db.Select(ctx, &out, `
		SELECT `+receiptColumns+`
		FROM receipts
		WHERE state = 'unidentified'
		ORDER BY id
		LIMIT 200`)
	return out, err
}
