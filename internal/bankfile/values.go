package bankfile

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"saebaan/internal/ifsc"
	"saebaan/internal/money"
	"saebaan/internal/roman"
	"saebaan/internal/words"
)

// The names that a layout may use: of the batch in every record and in the
// file's name, of a payment in its row alone.
var (
	batchNames = []string{"batch", "date", "ddmm", "yyyymmdd", "client", "serial", "serial3", "debit_name", "debit_account", "debit_ifsc",
		"debit_email", "block", "head", "count", "total", "control"}
	paymentNames = []string{"position", "reference", "rail", "name", "name_written", "account", "ifsc", "bank", "upi", "amount", "amount_words", "remarks", "link"}
)

// values are what the names stand for.
type values map[string]string

func (p plan) batchValues(b Batch, t Totals) values {
	day, _ := time.Parse(time.DateOnly, b.Date) // checked before
	v := values{
		"batch": b.ID, "date": day.Format(goDate(p.Date)), "ddmm": day.Format("0201"), "yyyymmdd": day.Format("20060102"), "client": b.Client,
		"debit_name": roman.Name(b.Debit.Name), "debit_account": b.Debit.Account, "debit_ifsc": b.Debit.IFSC, "debit_email": b.Debit.Email,
		"block": strconv.FormatInt(b.Block, 10), "head": b.Head, "count": strconv.Itoa(t.Count), "total": p.amount(t.Sum), "control": t.Control,
	}
	if b.Serial > 0 {
		v["serial"] = strconv.Itoa(b.Serial)
	}
	if b.Serial > 0 && b.Serial <= 999 {
		v["serial3"] = fmt.Sprintf("%03d", b.Serial)
	}
	return v
}

func (p plan) paymentValues(i int, pay Payment) values {
	return values{
		"position": strconv.Itoa(i + 1), "reference": pay.Reference, "rail": p.Rails[pay.Rail], "name": roman.Name(pay.Name), "name_written": shown(pay.Name),
		"account": pay.Account, "ifsc": pay.IFSC, "bank": ifsc.Bank(pay.IFSC), "upi": pay.UPI, "amount": p.amount(pay.Amount), "amount_words": words.Rupees(pay.Amount, "en"),
		"remarks": latin(pay.Remarks), "link": link(pay),
	}
}

func (p plan) amount(a money.Paise) string {
	if p.Amount == "paise" {
		return strconv.FormatInt(int64(a), 10)
	}
	return a.Plain()
}

// latin is text in Latin letters: as it is if it is ASCII already.
func latin(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
		return roman.Name(s)
	}
	return s
}

// shown is text as a person wrote it, on one line and without what hides or
// turns letters. The joiners stay: Hindi and Urdu are written with them.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case unicode.Is(unicode.Cf, r) || r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// maxNote is the longest note that a UPI app shows.
const maxNote = 80

// link is the upi://pay address of a payment (NPCI UPI linking specification),
// empty for one that goes another way.
func link(pay Payment) string {
	if pay.UPI == "" {
		return ""
	}
	escape := func(s string) string {
		return strings.ReplaceAll(url.QueryEscape(strings.Join(strings.Fields(s), " ")), "+", "%20")
	}
	s := "upi://pay?pa=" + strings.ReplaceAll(escape(pay.UPI), "%40", "@") + "&pn=" + escape(roman.Name(pay.Name)) + "&am=" + pay.Amount.Plain() + "&cu=INR"
	if note := strings.TrimSpace(latin(pay.Remarks)); note != "" {
		s += "&tn=" + escape(note[:min(len(note), maxNote)])
	}
	return s + "&tr=" + escape(pay.Reference)
}
