package bankfile

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"saebaan/internal/fault"
	"saebaan/internal/ifsc"
	"saebaan/internal/money"
)

// Batch is what one file carries: one run, or one part of it.
type Batch struct {
	ID       string
	Date     string // business date, year-month-day
	Client   string // the trust's code at its bank, where the layout wants one
	Serial   int    // of the day's file, from 1, where the layout wants one
	Debit    Debit
	Block    int64  // the ledger block the payments were reckoned at
	Head     string // its hash
	Payments []Payment
}

// Debit is the trust's own account, which the money leaves.
type Debit struct{ Name, Account, IFSC, Email string }

// Payment is one row. Rail is NEFT, IMPS, INTERNAL (within the trust's bank),
// with Account and IFSC; or UPI, with UPI alone; or CASH, with neither.
type Payment struct {
	Reference string // ours, once in a batch
	Rail      string
	Name      string // as written by a person, in any script
	Account   string
	IFSC      string
	UPI       string
	Amount    money.Paise
	Remarks   string
}

// Totals are those of the rows of a file. Control is the bank's own control
// total, empty where the layout has none.
type Totals struct {
	Count   int
	Sum     money.Paise
	Control string
}

// maxRows is the most payments in a file, and rows in an answer.
const maxRows = 20_000

var (
	referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,34}$`)
	accountForm   = regexp.MustCompile(`^[0-9]{9,18}$`)
	upiForm       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,254}@[a-z][a-z0-9]{1,63}$`)
	idForm        = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$`)
)

// problems collects what is wrong, to be told at once.
type problems []fault.Field

func (p *problems) add(at, why string, args ...any) {
	*p = append(*p, fault.Field{Location: at, Message: fmt.Sprintf(why, args...)})
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	e := *ErrBatch
	e.Fields = p
	return &e
}

// check finds what no layout, or not this one, can carry, but for the fit of
// single fields, and counts the rest.
func (p plan) check(b Batch) (t Totals, bad problems) {
	if !idForm.MatchString(b.ID) {
		bad.add("id", "is not one")
	}
	if _, err := time.Parse(time.DateOnly, b.Date); err != nil {
		bad.add("date", "is not year-month-day")
	}
	if n := len(b.Payments); n == 0 || n > p.MaxRows {
		bad.add("payments", "are %d; this file takes 1 to %d", n, p.MaxRows)
	}
	seen := map[string]bool{}
	accounts := new(big.Int)
	for i, pay := range b.Payments {
		at := nameOf(i, pay)
		switch {
		case !referenceForm.MatchString(pay.Reference):
			bad.add(at, "the reference is not 1 to 35 letters, digits and hyphens")
		case seen[pay.Reference]:
			bad.add(at, "is in the batch twice")
		}
		seen[pay.Reference] = true
		for _, why := range append(p.wayProblems(b, pay), p.amountProblems(b, pay)...) {
			bad.add(at, "%s", why)
		}
		sum, err := money.Add(t.Sum, pay.Amount)
		if err != nil || sum > money.Max {
			bad.add(at, "the sum is too large to count")
			return t, bad
		}
		t.Sum = sum
		if n, ok := new(big.Int).SetString(pay.Account, 10); ok {
			accounts.Add(accounts, n)
		}
	}
	t.Count = len(b.Payments)
	if p.Control == "accounts" {
		t.Control = accounts.String()
	}
	return t, bad
}

// nameOf is how a fault names a payment.
func nameOf(i int, pay Payment) string {
	if referenceForm.MatchString(pay.Reference) {
		return pay.Reference
	}
	return fmt.Sprintf("payment %d", i+1)
}

func (p plan) wayProblems(b Batch, pay Payment) (why []string) {
	_, carried := p.Rails[pay.Rail]
	switch {
	case !carried:
		return []string{"this file does not carry this way of paying"}
	case pay.Rail == "UPI" && (pay.Account != "" || pay.IFSC != ""), pay.Rail != "UPI" && pay.UPI != "":
		return []string{"has both a bank account and a UPI id, or the wrong one"}
	case pay.Rail == "UPI" && !upiForm.MatchString(pay.UPI):
		return []string{"the UPI id does not look like name@bank"}
	case pay.Rail == "CASH" && (pay.Account != "" || pay.IFSC != ""):
		return []string{"is paid in cash and has a bank account"}
	case pay.Rail == "UPI", pay.Rail == "CASH":
		return nil
	}
	if !accountForm.MatchString(pay.Account) {
		why = append(why, "the account number does not have 9 to 18 digits")
	}
	if !ifsc.WellFormed(pay.IFSC) {
		why = append(why, "the IFSC does not have four letters, a zero and six letters or digits")
	} else if pay.Rail == "INTERNAL" && (!ifsc.WellFormed(b.Debit.IFSC) || !strings.HasPrefix(b.Debit.IFSC, pay.IFSC[:4])) {
		why = append(why, "is not an account at the trust's own bank")
	}
	return why
}

func (p plan) amountProblems(b Batch, pay Payment) []string {
	if pay.Amount <= 0 || pay.Amount > money.Max {
		return []string{"the amount cannot be paid"}
	}
	l, known := limitOn(pay.Rail, b.Date)
	switch {
	case !known:
		return []string{"no limit is known for this way of paying on this date"}
	case pay.Amount < l.least:
		return []string{"the amount is below the least that goes this way, " + l.least.String()}
	case l.most > 0 && pay.Amount > l.most:
		return []string{"the amount is above the most that goes this way, " + l.most.String()}
	}
	return nil
}
