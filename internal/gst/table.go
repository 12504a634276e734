package gst

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// The faults of rates and tags.
var (
	ErrTable    = fault.New(fault.Invalid, "gst.table", "The table of tax rates cannot be used. The old one stays; correct the table and load it again.")
	ErrHSN      = fault.New(fault.Invalid, "gst.hsn", "An HSN code has 4, 6 or 8 digits. Nothing was done; correct the code.")
	ErrDate     = fault.New(fault.Invalid, "gst.date", "A date is written year-month-day, like 2026-04-01. Nothing was done; correct the date.")
	ErrNoRate   = fault.New(fault.Invalid, "gst.no_rate", "No tax rate is known for this HSN code on this date. Nothing was done; check the code or have the rate added.")
	ErrValue    = fault.New(fault.Invalid, "gst.value", "An amount to tax cannot be below zero. Nothing was done; correct the amount.")
	ErrDeadZone = fault.New(fault.Invalid, "gst.dead_zone", "No tax rate fits this price tag. Nothing was done; choose another tag.")
)

// A band holds for values over < v ≤ upto per piece, before tax.
type band struct {
	over, upto money.Paise
	rate       money.BasisPoints
}

// A period holds from its first to its last day; an empty last day is open.
type period struct {
	from, to string
	bands    []band
}

const (
	belowAll money.Paise = -1
	noLimit  money.Paise = math.MaxInt64
)

// Table is a checked set of dated rates. It never changes once loaded and may
// be shared.
type Table struct {
	periods map[string][]period // by HSN prefix, with its flag if it has one
}

//go:embed rates.csv
var ratesCSV string

// Default returns the table built into the program.
func Default() *Table { return defaultTable() }

var defaultTable = sync.OnceValue(func() *Table {
	t, err := Load(strings.NewReader(ratesCSV))
	if err != nil {
		panic(err) // the embedded table is checked by this package's tests
	}
	return t
})

const header = "hsn_prefix,over_paise,upto_paise,from,to,rate_bp,source"

// Load reads a table in the form of rates.csv and checks that the bands of
// each prefix and period cover every value once and that its periods follow
// one another day by day. It returns ErrTable, which names the line or prefix.
func Load(r io.Reader) (*Table, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = strings.Count(header, ",") + 1
	first, err := in.Read()
	if err != nil {
		return nil, ErrTable.Because(err)
	}
	if strings.Join(first, ",") != header {
		return nil, ErrTable.With("The table of tax rates must begin with the columns %s.", header)
	}
	t := &Table{periods: map[string][]period{}}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrTable.Because(err)
		}
		if err := t.add(record); err != nil {
			line, _ := in.FieldPos(0)
			return nil, ErrTable.With("Line %d of the tax rates: %s", line, err)
		}
	}
	if len(t.periods) == 0 {
		return nil, ErrTable.With("The table of tax rates is empty.")
	}
	for prefix, periods := range t.periods {
		if err := check(periods); err != nil {
			return nil, ErrTable.With("HSN prefix %s of the tax rates: %s", prefix, err)
		}
	}
	return t, nil
}

// add puts one line under its prefix and period; both are ordered by check.
func (t *Table) add(record []string) error {
	prefix, from, to, source := record[0], record[3], record[4], record[6]
	code, _, flagged := strings.Cut(prefix, "/")
	if !digits(code) || len(code) < 2 || len(code) > 8 || (flagged && strings.HasSuffix(prefix, "/")) {
		return errors.New("the prefix is not 2 to 8 digits, with an optional flag after a slash")
	}
	if !validDate(from) || (to != "" && (!validDate(to) || to < from)) {
		return errors.New("the dates are not a first and a last day")
	}
	over, overOK := limit(record[1], belowAll)
	upto, uptoOK := limit(record[2], noLimit)
	if !overOK || !uptoOK {
		return errors.New("a limit is not an amount in paise")
	}
	rate, err := strconv.ParseInt(record[5], 10, 64)
	if err != nil || rate < 0 || rate > 10_000 || rate%2 != 0 {
		return errors.New("the rate is not an even number of basis points, which halves into CGST and SGST")
	}
	if strings.TrimSpace(source) == "" {
		return errors.New("the source is missing")
	}
	b := band{over, upto, money.BasisPoints(rate)}
	periods := t.periods[prefix]
	for i := range periods {
		if periods[i].from == from && periods[i].to == to {
			periods[i].bands = append(periods[i].bands, b)
			return nil
		}
	}
	t.periods[prefix] = append(periods, period{from, to, []band{b}})
	return nil
}

// limit reads an amount of whole paise; empty means the open end.
func limit(text string, open money.Paise) (money.Paise, bool) {
	if text == "" {
		return open, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return money.Paise(n), err == nil && n >= 0 && money.Paise(n) <= money.Max
}

// check sorts periods and bands and refuses every gap and overlap.
func check(periods []period) error {
	sort.Slice(periods, func(a, b int) bool { return periods[a].from < periods[b].from })
	for i, p := range periods {
		if i > 0 && nextDay(periods[i-1].to) != p.from {
			return errors.New("the period from " + p.from + " does not begin the day after the one before it ends")
		}
		sort.Slice(p.bands, func(a, b int) bool { return p.bands[a].over < p.bands[b].over })
		reached := belowAll
		for _, b := range p.bands {
			if b.over != reached || b.upto <= b.over {
				return errors.New("the bands from " + p.from + " leave a gap or overlap")
			}
			reached = b.upto
		}
		if reached != noLimit {
			return errors.New("the bands from " + p.from + " end before the highest value")
		}
	}
	return nil
}

// Rate returns the rate for one piece of that transaction value (after
// discount, before tax: CBIC FAQ 33 of 27-07-2017) on a business date. The
// longest prefix with a rate on that date wins. It returns ErrHSN, ErrDate,
// ErrValue or ErrNoRate.
func (t *Table) Rate(hsn string, value money.Paise, date string) (money.BasisPoints, error) {
	s, err := t.Slab(hsn, value, date)
	return s.Rate, err
}

// Slab is a rate and the taxable values of one piece that it holds for, both ends
// included; UpTo 0 is no bound.
type Slab struct {
	Rate       money.BasisPoints
	From, UpTo money.Paise
}

// Slab returns the slab that a transaction value lies in, with the errors of Rate.
func (t *Table) Slab(hsn string, value money.Paise, date string) (Slab, error) {
	bands, err := t.bands(hsn, date)
	if err != nil {
		return Slab{}, err
	}
	if value < 0 {
		return Slab{}, ErrValue
	}
	for _, b := range bands {
		if value > b.upto {
			continue
		}
		s := Slab{Rate: b.rate, From: b.over + 1, UpTo: b.upto}
		if b.upto == noLimit {
			s.UpTo = 0
		}
		return s, nil
	}
	return Slab{}, ErrNoRate
}

// Digits is the HSN code as a document prints it, without the table's flag.
func Digits(hsn string) string {
	code, _, _ := strings.Cut(hsn, "/")
	return code
}

func (t *Table) bands(hsn, date string) ([]band, error) {
	code := Digits(hsn)
	flag := hsn[len(code):]
	if !digits(code) || (len(code) != 4 && len(code) != 6 && len(code) != 8) {
		return nil, ErrHSN
	}
	if !validDate(date) {
		return nil, ErrDate
	}
	for n := len(code); n > 0; n-- {
		for _, p := range t.periods[code[:n]+flag] {
			if p.from <= date && (p.to == "" || date <= p.to) {
				return p.bands, nil
			}
		}
	}
	return nil, ErrNoRate
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func validDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func nextDay(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "" // an open period has no day after it
	}
	return d.AddDate(0, 0, 1).Format(time.DateOnly)
}
