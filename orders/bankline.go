package orders

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"saebaan/internal/fault"
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

// ParseStatement reads a bank's CSV: lines before the head of columns and after
// the last dated line are skipped, a line that cannot be read says why. Returns
// ErrStatement for no such head, or above 5,000 lines.
func ParseStatement(file []byte) ([]StatementLine, error) {
	if !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0 {
		return nil, ErrStatement
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var at map[string]int
	var out []StatementLine
	seen := map[string]int{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(out) >= 5_000 {
			return nil, ErrStatement.Because(err)
		}
		if at == nil {
			at = columns(row)
			continue
		}
		l, dated := lineOf(row, at)
		if !dated {
			continue
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

var dateForms = []string{time.DateOnly, "02/01/2006", "02-01-2006", "02/01/06", "02-01-06", "2 Jan 2006", "02-Jan-2006", "02-Jan-06", "02.01.2006"}

func lineOf(row []string, at map[string]int) (l StatementLine, dated bool) {
	cell := func(column string) string {
		i, ok := at[column]
		if !ok || i >= len(row) {
			return ""
		}
		return harmless(row[i])
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, cell("date")); err == nil {
			l.Date = t.Format(time.DateOnly)
			break
		}
	}
	if l.Date == "" {
		return l, false
	}
	l.Narration, l.Reference, l.Balance = cell("narration"), cell("reference"), cell("balance")
	text := strings.TrimSuffix(strings.ReplaceAll(cell("credit"), ",", ""), " Cr")
	if text == "" || text == "-" {
		return l, true
	}
	p, err := money.Parse(text)
	if err != nil || p < 0 {
		l.Wrong = "the credit is not an amount in rupees"
		return l, true
	}
	l.Credit = p
	return l, true
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
