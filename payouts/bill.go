package payouts

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// The faults of bills.
var (
	ErrBill      = fault.New(fault.Invalid, "payouts.bill", "The bill cannot be entered like this. Nothing was saved; see errors.")
	ErrNoBill    = fault.New(fault.NotFound, "payouts.no_bill", "There is no such bill.")
	ErrBillKnown = fault.New(fault.Conflict, "payouts.bill_known", "This supplier's bill with this number has been entered already. Nothing was entered twice.")
	ErrBillState = fault.New(fault.Conflict, "payouts.bill_state", "This bill is paid already. Nothing was changed.")
)

// How a bill is paid.
const (
	PaidBank = "bank"
	PaidTill = "till"
	PaidOwed = "owed" // later: until then it is owed to the supplier
)

// BillAccounts are what a bill may be for: the cost heads that others are paid
// for, and material that the trust keeps.
var BillAccounts = []ledger.Account{ledger.Head("material"), ledger.Head("packing"), ledger.Head("shipping"), ledger.Head("fee"), ledger.Material}

// Bill is what a supplier asked for goods or work. Amounts are paise.
type Bill struct {
	ID         string         `db:"id"`
	Account    ledger.Account `db:"account"`
	SupplierID string         `db:"supplier_id"`
	Supplier   string         `db:"supplier"`
	Number     string         `db:"number"`
	Date       string         `db:"bill_date"`
	Amount     money.Paise    `db:"amount_paise"`
	PaidFrom   string         `db:"paid_from"`
	PaidAt     *db.Time       `db:"paid_at"` // of one that was owed
	PaidBy     string         `db:"paid_by"`
	PaidLater  string         `db:"paid_later"`
	Reference  string         `db:"reference"`
	RecordedBy string         `db:"recorded_by"`
	RecordedAt db.Time        `db:"recorded_at"`
}

// Owed reports whether the supplier still waits for the money.
func (b Bill) Owed() bool { return b.PaidFrom == PaidOwed && b.PaidAt == nil }

// BillInput enters a bill.
type BillInput struct {
	Account  ledger.Account
	Supplier string // its name; one that is written alike is the same
	Number   string
	Date     string
	Amount   money.Paise
	PaidFrom string
}

var billNumber = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 ./_-]{0,39}$`)

// spaced is a name with single spaces.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// checked is the input as it is kept, or ErrBill.
func (in BillInput) checked(today string) (BillInput, error) {
	in.Supplier, in.Number = spaced(in.Supplier), strings.ToUpper(spaced(in.Number))
	switch {
	case !slices.Contains(BillAccounts, in.Account):
		return in, ErrBill.At("account", "a cost head that bills are for, or the trust's material")
	case in.Supplier == "" || len(in.Supplier) > 200:
		return in, ErrBill.At("supplier", "who asks for the money, at most 200 letters")
	case !billNumber.MatchString(in.Number):
		return in, ErrBill.At("number", "as it stands on the bill: letters, digits and . / _ - , at most 40")
	case !dateForm.MatchString(in.Date) || in.Date > today || in.Date < "2000":
		return in, ErrBill.At("date", "the bill's day, year-month-day, not after today")
	case in.Amount <= 0 || in.Amount > money.Max:
		return in, ErrBill.At("amount", "an amount above zero")
	case in.PaidFrom != PaidBank && in.PaidFrom != PaidTill && in.PaidFrom != PaidOwed:
		return in, ErrBill.At("paid_from", "is bank, till or owed")
	}
	return in, nil
}

// RecordBill enters a bill against the head it is for. A finance preparer may.
// Returns ErrBill, ErrBillKnown.
func (s *Service) RecordBill(ctx context.Context, actor auth.Actor, key string, in BillInput) (Bill, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Bill{}, err
	}
	in, err := in.checked(s.Today())
	if err != nil {
		return Bill{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.bill", Key: key}, in, func(tx *db.Tx) (Bill, error) {
		supplier, err := supplierOf(tx, actor, in.Supplier)
		if err != nil {
			return Bill{}, err
		}
		bill := id.New("bil")
		n, err := tx.Exec(`
			INSERT INTO bills (id, account, supplier_id, number, bill_date, amount_paise, paid_from, recorded_by, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (supplier_id, number) DO NOTHING`,
			bill, in.Account, supplier, in.Number, in.Date, in.Amount, in.PaidFrom, actor.Principal(), tx.Now())
		if err != nil {
			return Bill{}, err
		}
		if n == 0 {
			return Bill{}, ErrBillKnown
		}
		from := paidFrom(in.PaidFrom == PaidTill)
		if in.PaidFrom == PaidOwed {
			from = ledger.Supplier(supplier)
		}
		if _, err := ledger.Post(tx, ledger.New(billKind, "bill:"+bill, actor.String()).
			Debit(in.Account, in.Amount, billTags).Credit(from, in.Amount, billTags)); err != nil {
			return Bill{}, err
		}
		if err := auth.Audit(tx, actor, "bill.record", bill, in.Number); err != nil {
			return Bill{}, err
		}
		return readBill(tx, bill)
	})
}

// billKind is the kind of the entries that bills make.
const billKind = "bill"

var billTags = ledger.Tags{Nature: "bill"}

// supplierOf finds the supplier of a name, or makes one.
func supplierOf(tx *db.Tx, actor auth.Actor, name string) (supplier string, err error) {
	return supplier, tx.Get(&supplier, `
		INSERT INTO suppliers (id, name, name_key, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name_key) DO UPDATE
		SET name_key = excluded.name_key
		RETURNING id`, id.New("sup"), name, strings.ToLower(name), actor.Principal(), tx.Now())
}

// PayBillInput says how an owed bill was paid.
type PayBillInput struct {
	Bill      string
	From      string // bank or till
	Reference string // of the transfer or voucher
}

// PayBill records that an owed bill was paid. A finance preparer may. Returns
// ErrBill, ErrNoBill, ErrBillState.
func (s *Service) PayBill(ctx context.Context, actor auth.Actor, key string, in PayBillInput) (Bill, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Bill{}, err
	}
	switch {
	case in.From != PaidBank && in.From != PaidTill:
		return Bill{}, ErrBill.At("paid_from", "is bank or till")
	case !voucherForm.MatchString(in.Reference):
		return Bill{}, ErrBill.At("reference", "the voucher's or transfer's number, 3 to 40 letters and digits")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.pay_bill", Key: key}, in, func(tx *db.Tx) (Bill, error) {
		b, err := readBill(tx, in.Bill)
		if err != nil {
			return b, err
		}
		n, err := tx.Exec(`
			UPDATE bills
			SET paid_at = $1, paid_by = $2, paid_later = $3, reference = $4
			WHERE id = $5 AND paid_from = 'owed' AND paid_at IS NULL`, tx.Now(), actor.Principal(), in.From, in.Reference, b.ID)
		if err != nil {
			return b, err
		}
		if n == 0 {
			return b, ErrBillState
		}
		if _, err := ledger.Post(tx, ledger.New("bill_paid", "bill_paid:"+b.ID, actor.String()).
			Debit(ledger.Supplier(b.SupplierID), b.Amount, billTags).Credit(paidFrom(in.From == PaidTill), b.Amount, billTags)); err != nil {
			return b, err
		}
		if err := auth.Audit(tx, actor, "bill.pay", b.ID, in.Reference); err != nil {
			return b, err
		}
		return readBill(tx, b.ID)
	})
}

const billQuery = `
		SELECT b.id, b.account, b.supplier_id, s.name AS supplier, b.number, b.bill_date, b.amount_paise, b.paid_from,
			b.paid_at, b.paid_by, b.paid_later, b.reference, b.recorded_by, b.recorded_at
		FROM bills b
		JOIN suppliers s ON s.id = b.supplier_id`

func readBill(tx *db.Tx, bill string) (Bill, error) {
	var b Bill
	err := tx.Get(&b, billQuery+`
		WHERE b.id = $1`, bill)
	if errors.Is(err, db.ErrNone) {
		return b, ErrNoBill
	}
	return b, err
}

// Bills lists up to limit bills before an id, newest first, or only those that
// are owed. Finance and administrators may.
func (s *Service) Bills(ctx context.Context, actor auth.Actor, owed bool, before string, limit int) ([]Bill, error) {
	if err := actor.Require(finance...); err != nil {
		return nil, err
	}
	query := billQuery + `
		WHERE ($1 = '' OR b.id < $1)`
	if owed {
		query += ` AND b.paid_from = 'owed' AND b.paid_at IS NULL`
	}
	var out []Bill
	return out, s.db.Select(ctx, &out, query+`
		ORDER BY b.id DESC
		LIMIT $2`, before, limit)
}
