package bankfile

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"saebaan/internal/money"
)

// Answer is one row of what the bank says.
type Answer struct {
	Row       int // from 1, titles and blank rows not counted
	Reference string
	Status    string // paid, failed, returned or waiting; empty when there is a problem
	UTR       string
	Reason    string      // one line of at most 80 harmless characters
	Amount    money.Paise // 0 when the bank does not say
	Date      string      // year-month-day; empty when the bank does not say
	Problem   string      // why nothing may be entered from this row
}

var utrForm = regexp.MustCompile(`^[A-Z0-9]{6,35}$`)

// Answers reads a bank's answer. Sent are the amounts by reference, to find one
// that differs; a reference that is not in it is for the caller to refuse. A row
// that is not understood has a problem; a file that is not is ErrAnswer, and a
// mapping that cannot be followed ErrLayout.
func Answers(m Mapping, file []byte, sent map[string]money.Paise) ([]Answer, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	t, err := m.table(file)
	if err != nil {
		return nil, err
	}
	rows := t.rows[min(m.Skip, len(t.rows)):]
	var titles []string
	if !m.Untitled {
		if len(rows) == 0 {
			return nil, ErrAnswer.At("file", "has no row of titles")
		}
		titles, rows = rows[0], rows[1:]
	}
	at, err := m.find(titles)
	if err != nil {
		return nil, err
	}
	var out []Answer
	for i, row := range rows {
		if slices.ContainsFunc(m.Ignore, func(w string) bool { return folded(w) == folded(row[0]) }) {
			continue
		}
		if len(out) == maxRows {
			return nil, ErrAnswer.At("file", "has more than %d rows", maxRows)
		}
		a := m.answer(t, at, row, sent)
		a.Row = i + 1
		out = append(out, a)
	}
	return out, nil
}

func (m Mapping) answer(t table, at map[string]int, row []string, sent map[string]money.Paise) Answer {
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(row) {
			return row[i]
		}
		return ""
	}
	a := Answer{Reference: cell("reference"), Status: m.status(cell("status")), UTR: strings.ToUpper(cell("utr")), Reason: Plain(cell("reason"))}
	var bad []string
	if !referenceForm.MatchString(a.Reference) {
		a.Reference = Plain(a.Reference)
		bad = append(bad, "the row has no reference of ours")
	}
	if a.Status == "" {
		bad = append(bad, strings.TrimSpace("the status is not a word that is known: "+Plain(cell("status"))))
	}
	if !utrForm.MatchString(a.UTR) {
		if a.Status == "paid" {
			bad = append(bad, "a paid row needs the bank's reference (UTR), 6 to 35 letters and digits")
		}
		a.UTR = ""
	}
	if text := cell("amount"); text != "" {
		var ok bool
		if a.Amount, ok = t.amount(text); !ok {
			bad = append(bad, "the amount cannot be read")
		} else if due, known := sent[a.Reference]; known && due != a.Amount {
			bad = append(bad, "the amount is "+a.Amount.String()+", and "+due.String()+" was sent")
		}
	}
	if text := cell("date"); text != "" {
		var ok bool
		if a.Date, ok = t.date(m, text); !ok {
			bad = append(bad, "the date cannot be read")
		}
	}
	if len(bad) > 0 {
		a.Status, a.Problem = "", strings.Join(bad, "; ")
	}
	return a
}

var bookNumber = regexp.MustCompile(`^[0-9]{1,13}\.[0-9]{3,17}$`)

// amount also takes 1234.0999999999999, which is how a spreadsheet keeps
// 1234.10: within a thousandth of a paisa it is that paisa.
func (t table) amount(text string) (money.Paise, bool) {
	if a, ok := amount(text); ok || !t.book || !bookNumber.MatchString(text) {
		return a, ok
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, false
	}
	exact.Mul(exact, big.NewRat(100, 1))
	nearest, err := strconv.ParseInt(exact.FloatString(0), 10, 64)
	if err != nil || nearest > int64(money.Max) {
		return 0, false
	}
	off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(nearest))
	if off.Abs(off).Cmp(big.NewRat(1, 1000)) > 0 {
		return 0, false
	}
	return money.Paise(nearest), true
}

var bookDays = regexp.MustCompile(`^([0-9]{5})(\.[0-9]+)?$`)

// date also takes the days since 1900 by which a spreadsheet keeps a date.
func (t table) date(m Mapping, text string) (string, bool) {
	if d, ok := m.date(text); ok {
		return d, true
	}
	days := bookDays.FindStringSubmatch(text)
	if !t.book || days == nil {
		return "", false
	}
	n, err := strconv.ParseInt(days[1], 10, 64)
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n+t.epoch)).Format(time.DateOnly), err == nil
}

var longNumber = regexp.MustCompile(`[0-9]{5,}`)

// Plain keeps of a bank's words one line of at most 80 harmless characters, with
// long numbers hidden, since they may be an account's.
func Plain(words string) string {
	var b strings.Builder
	for _, r := range longNumber.ReplaceAllString(words, "***") {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', strings.ContainsRune(" .,_-*", r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
		if b.Len() == 80 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}
