package bankfile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"saebaan/internal/money"
)

// Mapping says how a bank's answer, CSV or XLSX, is read. Titles and words are
// compared without regard to case and to how many spaces there are.
type Mapping struct {
	Delimiter string `toml:"delimiter" json:"delimiter,omitempty"` // of CSV; empty is a comma
	Encoding  string `toml:"encoding" json:"encoding,omitempty"`   // of CSV: utf-8, also if empty, or windows-1252
	Sheet     string `toml:"sheet" json:"sheet,omitempty"`         // of XLSX; empty where there is only one
	Skip      int    `toml:"skip" json:"skip,omitempty"`           // rows before the titles, blank ones not counted
	Untitled  bool   `toml:"untitled" json:"untitled,omitempty"`   // there are no titles: a column is given by its number, from 1

	// Columns are the titles that reference, status, utr, reason, amount and date
	// may have. One that is given must be there unless it is Optional.
	Columns  map[string][]string `toml:"columns" json:"columns"`
	Optional []string            `toml:"optional" json:"optional,omitempty"`
	Words    map[string][]string `toml:"words" json:"words"`             // of the status, for paid, failed, returned and waiting
	Ignore   []string            `toml:"ignore" json:"ignore,omitempty"` // first cells of rows that are no payments: TOTAL
	Dates    []string            `toml:"dates" json:"dates,omitempty"`   // forms of a date, like dd/MM/yyyy
}

var (
	columnNames = []string{"reference", "status", "utr", "reason", "amount", "date"}
	states      = []string{"paid", "failed", "returned", "waiting"}
)

// check returns ErrLayout for a mapping that could not be followed without guessing.
func (m Mapping) check() error {
	bad := func(at, why string) error { return ErrLayout.At(at, "%s", why) }
	switch {
	case m.Delimiter != "" && (len(m.Delimiter) != 1 || !strings.Contains(",;|#~\t", m.Delimiter)):
		return bad("delimiter", "is one of , ; | # ~ and the tab")
	case !slices.Contains([]string{"", "utf-8", "windows-1252"}, m.Encoding):
		return bad("encoding", "is utf-8 or windows-1252")
	case m.Skip < 0 || m.Skip > 100:
		return bad("skip", "is 0 to 100 rows")
	case len(m.Columns["reference"]) == 0 || len(m.Columns["status"]) == 0 || len(m.Words["paid"]) == 0:
		return bad("columns", "reference and status are needed, and the words for paid")
	case len(m.Columns["date"]) > 0 && len(m.Dates) == 0:
		return bad("dates", "are needed to read the date")
	}
	for _, d := range m.Dates {
		if _, err := time.Parse(goDate(d), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).Format(goDate(d))); err != nil || !strings.Contains(d, "yy") || !strings.Contains(d, "MM") || !strings.Contains(d, "dd") {
			return bad("dates", "have dd, MM and yyyy")
		}
	}
	if at := twice(m.Columns, columnNames); at != "" {
		return bad("columns", "there is no such column, or a title stands for two: "+at)
	}
	if at := twice(m.Words, states); at != "" {
		return bad("words", "there is no such status, or a word stands for two: "+at)
	}
	return m.checkNumbers()
}

func (m Mapping) checkNumbers() error {
	for _, titles := range m.Columns {
		for _, t := range titles {
			if n, err := strconv.Atoi(t); m.Untitled && (err != nil || n < 1 || n > maxColumns) {
				return ErrLayout.At("columns", "without titles, a column is given by its number")
			}
		}
	}
	return nil
}

// twice finds a key that is not among the names, or a word that stands under two of them.
func twice(lists map[string][]string, names []string) string {
	seen := map[string]bool{}
	for key, list := range lists {
		if !slices.Contains(names, key) {
			return key
		}
		for _, word := range list {
			if w := folded(word); w == "" || seen[w] {
				return key
			}
			seen[folded(word)] = true
		}
	}
	return ""
}

func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// find says in which column each thing stands.
func (m Mapping) find(titles []string) (map[string]int, error) {
	at := map[string]int{}
	for _, name := range columnNames {
		accepted := m.Columns[name]
		if m.Untitled {
			if len(accepted) > 0 {
				at[name], _ = strconv.Atoi(accepted[0]) // checked before
				at[name]--
			}
			continue
		}
		for i, title := range titles {
			if !slices.ContainsFunc(accepted, func(a string) bool { return folded(a) == folded(title) }) {
				continue
			}
			if _, taken := at[name]; taken {
				return nil, ErrAnswer.At(name, "two columns could be this one")
			}
			at[name] = i
		}
		if _, found := at[name]; !found && len(accepted) > 0 && !slices.Contains(m.Optional, name) {
			return nil, ErrAnswer.At(name, "the column is missing")
		}
	}
	return at, nil
}

// status is paid, failed, returned or waiting, or nothing for a word that is not known.
func (m Mapping) status(word string) string {
	for _, s := range states {
		if slices.ContainsFunc(m.Words[s], func(w string) bool { return folded(w) == folded(word) }) {
			return s
		}
	}
	return ""
}

// text is the file in UTF-8.
func (m Mapping) text(file []byte) ([]byte, bool) {
	if m.Encoding != "windows-1252" {
		return file, utf8.Valid(file)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(file)
	return out, err == nil
}

var (
	grouped  = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?$`)
	decimals = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]{1,2})0*)?$`)
)

// amount reads what a bank writes: 1234.5, 1,23,456.78, 1234.5000. A sign, a
// third decimal or a currency is not understood.
func amount(s string) (money.Paise, bool) {
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	d := decimals.FindStringSubmatch(s)
	if d == nil {
		return 0, false
	}
	plain := d[1]
	if d[2] != "" {
		plain += "." + d[2]
	}
	a, err := money.Parse(plain)
	return a, err == nil
}

// date reads a date in one of the mapping's forms, as year-month-day.
func (m Mapping) date(s string) (string, bool) {
	for _, form := range m.Dates {
		if t, err := time.Parse(goDate(form), s); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
