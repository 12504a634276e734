package orders

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// ErrStatement refuses a file that is no bank statement we can read.
var ErrStatement = fault.New(fault.Invalid, "orders.statement", "This is not a bank statement that can be read. Nothing was entered; save it as CSV with its head of columns.")

// StatementLine is one line of a bank statement as a bank writes it.
type StatementLine struct {
	Date      string // business date
	Reference string
	Narration string
	Credit    money.Paise // 0 for a debit
	Balance   string      // as written, to tell equal lines apart
	Twin      int         // how many equal lines stand before it in the file
	Wrong     string      // why it cannot be read
}

// headings are the names banks give the columns (SBI, HDFC, ICICI, Baroda and
// others name them differently in their downloads).
var headings = map[string][]string{
	"date":      {"date", "txn date", "transaction date", "tran date", "value date", "post date"},
	"narration": {"narration", "description", "particulars", "remarks", "transaction remarks", "transaction particulars"},
	"reference": {"reference", "ref no./cheque no.", "chq./ref.no.", "ref no", "cheque number", "utr", "utr number", "transaction id", "chq no"},
	"credit":    {"credit", "deposit amt.", "deposit", "deposit amount (inr )", "deposit amount(inr)", "credit amount", "cr"},
	"balance":   {"balance", "closing balance", "balance (inr )", "balance(inr)", "available balance"},
}

// mostLines is how many lines one file may have: what can be entered within the
// time of a request.
const mostLines = 2_000

// runningOut says that ctx is done or leaves no time for another write.
func runningOut(ctx context.Context) bool {
	until, limited := ctx.Deadline()
	return ctx.Err() != nil || (limited && time.Until(until) < time.Second)
}

// ParseStatement reads a bank's CSV: rows before the head of columns and rows
// with neither date nor credit are skipped, a line that cannot be read says why.
// Returns ErrStatement for no such head, a broken quote, or above 2,000 lines.
func ParseStatement(file []byte) ([]StatementLine, error) {
	if !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0 {
		return nil, ErrStatement
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	var at map[string]int
	var out []StatementLine
	seen := map[string]int{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrStatement.Because(err)
		}
		if at == nil {
			at = columns(row)
			continue
		}
		l, ok := lineOf(row, at)
		if !ok || columns(row) != nil { // a foot, or the head again on the next page
			continue
		}
		if len(out) == mostLines {
			return nil, ErrStatement.With("This statement has more than 2,000 lines. Nothing was entered; download it in shorter periods.")
		}
		key := l.key()
		l.Twin = seen[key]
		seen[key]++
		out = append(out, l)
	}
	if at == nil {
		return nil, ErrStatement
	}
	return out, nil
}

// columns finds where the columns are, or nil when the row is not their head.
func columns(row []string) map[string]int {
	at := map[string]int{}
	for i, cell := range row {
		name := strings.ToLower(strings.Join(strings.Fields(cell), " "))
		for column, names := range headings {
			if _, have := at[column]; !have && slices.Contains(names, name) {
				at[column] = i
			}
		}
	}
	for _, needed := range []string{"date", "narration", "credit"} {
		if _, ok := at[needed]; !ok {
			return nil
		}
	}
	return at
}

// dateForms: a day or month of one digit stands for two digits as well.
var dateForms = []string{"2006-1-2", "2/1/2006", "2-1-2006", "2.1.2006", "2/1/06", "2-1-06", "2.1.06",
	"2 Jan 2006", "2-Jan-2006", "2/Jan/2006", "2 Jan 06", "2-Jan-06", "2/Jan/06", "2 January 2006"}

var timeOfDay = regexp.MustCompile(`[ ,T]+[0-9]{1,2}:[0-9]{2}.*$`)

// dateOf reads a date as banks write it, or gives "".
func dateOf(text string) string {
	text = timeOfDay.ReplaceAllString(text, "")
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// lineOf reads a row, or says that it is no line: it has neither date nor credit.
func lineOf(row []string, at map[string]int) (l StatementLine, ok bool) {
	cell := func(column string) string {
		i, ok := at[column]
		if !ok || i >= len(row) {
			return ""
		}
		return harmless(row[i])
	}
	credit := cell("credit")
	if credit == "-" {
		credit = ""
	}
	l = StatementLine{Date: dateOf(cell("date")), Narration: cell("narration"), Reference: cell("reference"), Balance: cell("balance")}
	switch {
	case l.Date == "" && credit == "":
		return l, false
	case l.Date == "":
		l.Wrong = "the date cannot be read"
	case credit != "":
		p, err := creditOf(credit)
		if err != nil {
			l.Wrong = "the credit is not an amount in rupees"
		}
		l.Credit = p
	}
	return l, true
}

// creditOf reads a credit: "2,000.00", "100.00 CR", "₹ 100.00", "Rs. 100".
func creditOf(text string) (money.Paise, error) {
	text = strings.ToUpper(strings.NewReplacer(",", "", " ", "").Replace(text))
	for _, sign := range []string{"₹", "INR", "RS.", "RS"} {
		if rest, signed := strings.CutPrefix(text, sign); signed {
			text = rest
			break
		}
	}
	return money.Parse(strings.TrimSuffix(text, "CR"))
}

// harmless keeps one line of at most 200 printable characters of a bank's words.
func harmless(words string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(words), " ") {
		if n++; n > 200 {
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// key names a line of a statement: by the bank's own number with amount and
// date, or by all of it and how often the same line came before in the file.
func (l StatementLine) key() string {
	text := strings.Join([]string{l.Date, strings.ToUpper(l.Reference), l.Credit.Plain()}, "\x00")
	if !bankNumber(l.Reference) {
		balance := l.Balance
		if p, err := creditOf(balance); err == nil { // written now with commas and now without
			balance = p.Plain()
		}
		text = strings.Join([]string{text, l.Narration, balance, strconv.Itoa(l.Twin)}, "\x00")
	}
	sum := sha256.Sum256([]byte(text))
	return "bank:main:" + hex.EncodeToString(sum[:16])
}

// bankNumber says that a reference tells one transfer from others: banks fill
// the column of those that have none with zeros or a word.
func bankNumber(reference string) bool {
	return len(reference) >= 4 && strings.ContainsAny(reference, "123456789")
}

// handKey is the line key of money that a person recorded.
func handKey(account ledger.Account, reference string) string {
	return string(account) + ":" + reference
}

func (r Receipt) byHand() bool { return r.LineKey == handKey(r.Account, r.Reference) }

// words are what a bank's number may be in a receipt's reference and narration,
// in capitals: each run of letters and digits, and each without blanks, of at least 4 characters.
func (r Receipt) words() []string {
	text := strings.ToUpper(r.Reference + " " + r.Narration)
	mark := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	out := strings.FieldsFunc(text, mark)
	for _, word := range strings.Fields(text) {
		out = append(out, word, strings.TrimFunc(word, mark))
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(word string) bool { return len(word) < 4 })
}

// same says that two receipts of one account and amount are the same money: the
// number of one stands in the other. Two lines of statements must be of one day
// too, for numbers of cheques come again.
func (r Receipt) same(o Receipt) bool {
	hand := r.byHand() || o.byHand()
	names := func(reference string, other Receipt) bool {
		return (hand || bankNumber(reference)) && slices.Contains(other.words(), reference)
	}
	return (hand || r.Date == o.Date) && (names(r.Reference, o) || names(o.Reference, r))
}

// enteredBefore returns ErrReceiptSeen for money that stands in the books under
// the same number, whether a person recorded it or a statement brought it.
func enteredBefore(tx *db.Tx, r Receipt) error {
	var found, told []Receipt
	if words := r.words(); len(words) > 0 {
		args := []any{r.Account, r.Amount}
		for _, word := range words {
			args = append(args, word)
		}
		if err := tx.Select(&found, `
			SELECT `+receiptColumns+`
			FROM receipts
			WHERE account = $1 AND amount_paise = $2 AND reference IN (`+db.List(3, len(words))+`)
			ORDER BY id`, args...); err != nil {
			return err
		}
	}
	day := r.Date
	if r.byHand() {
		day = "" // a person records it when she hears of it
	}
	if err := tx.Select(&told, `
		SELECT `+receiptColumns+`
		FROM receipts
		WHERE account = $1 AND amount_paise = $2 AND narration <> '' AND (business_date = $3 OR $3 = '')
		ORDER BY id`, r.Account, r.Amount, day); err != nil {
		return err
	}
	if slices.ContainsFunc(append(found, told...), r.same) {
		return ErrReceiptSeen
	}
	return nil
}

// ourReference is the reference of a payment of ours in a bank's narration.
var ourReference = regexp.MustCompile(`^SBN[A-Z0-9]{13}`)

// waiting finds the payment that a line's reference names, if its amount is the
// one that was asked for. The letters may stand in another word before.
func waiting(tx *db.Tx, l StatementLine) (PaymentRow, error) {
	var p PaymentRow
	text := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "/", "").Replace(l.Reference + " " + l.Narration))
	for at := strings.Index(text, "SBN"); at >= 0; at = strings.Index(text, "SBN") {
		reference := ourReference.FindString(text[at:])
		text = text[at+1:]
		if reference == "" {
			continue
		}
		err := tx.Get(&p, `
			SELECT `+paymentColumns+`
			FROM payments
			WHERE reference = $1 AND state IN ('pending', 'failed') AND amount_paise = $2`, reference, l.Credit)
		if !errors.Is(err, db.ErrNone) {
			return p, err
		}
	}
	return p, db.ErrNone
}
