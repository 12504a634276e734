package paper

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"saebaan/internal/fault"
)

// ErrInput says that the document cannot be laid out as it was given: no
// columns, a row with another number of cells, an unknown language, or more
// text on every page than a page has room for.
var ErrInput = fault.New(fault.Invalid, "paper.input",
	"The document cannot be laid out: its table, language or footer is out of range. Nothing was printed.")

// Paper is a document as it is printed: all texts are ready, in one language.
// Control characters and line breaks in them become spaces.
type Paper struct {
	Language string     // "en", "hi" or "ur"; "ur" is laid out right to left
	Title    string     // "Tax invoice"
	Number   string     // "SBN/26-27/000001"; beside the title unless a fact has it, and on later pages
	Date     string     // as printed; where Number stands
	Made     time.Time  // the PDF's own dates, so that they follow from the input
	Facts    []Fact     // at the head: number, date, place of supply, order
	Parties  []Party    // side by side: supplier, recipient, delivery address
	Columns  []Column   // of the table; at least one
	Rows     [][]string // as many cells each as there are columns
	Totals   []Fact     // below the table; the last is the total, in bold
	Notes    []string   // below everything, a paragraph each
	QR       string     // the text of a QR code, "" for none
	QRLabel  string     // under the code
	Footer   string     // at the foot of each page, beside its number
}

// Fact is a label with its value.
type Fact struct{ Label, Value string }

// Party is somebody the document names: the first of Lines is the name.
type Party struct {
	Heading string
	Lines   []string
}

// Column is one column of the table. Weight is its share of the width, where
// zero counts as one; a column takes more when its longest word or, in a column
// of numbers (Right), its longest cell needs it.
type Column struct {
	Title  string
	Right  bool
	Weight float64
}

// PDF prints p; documents printed at the same time wait for each other. It
// returns ErrInput when rows and columns do not match or a text that repeats on
// each page would fill it, and qr.ErrTooLong when the QR text does not fit.
func PDF(p Paper) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	press := shared()
	press.turn.Lock()
	defer press.turn.Unlock()
	l := newLayout(p)
	l.head()
	end, err := l.ending()
	if err != nil {
		return nil, err
	}
	l.table(end.height)
	l.end(end)
	l.notes()
	l.feet()
	return write(p, l)
}

// What repeats on each page is bounded, so that rows always find room.
const maxColumns, maxColumnTitle, maxRepeated = 12, 60, 600

func (p Paper) check() error {
	if p.Language != "en" && p.Language != "hi" && p.Language != "ur" {
		return ErrInput.At("/language", "en, hi or ur")
	}
	if len(p.Columns) == 0 || len(p.Columns) > maxColumns {
		return ErrInput.At("/columns", "from 1 to %d", maxColumns)
	}
	for i, c := range p.Columns {
		if !(c.Weight >= 0 && c.Weight < 1e6) || utf8.RuneCountInString(c.Title) > maxColumnTitle {
			return ErrInput.At("/columns", "weight or title of column %d is out of range", i)
		}
	}
	for i, row := range p.Rows {
		if len(row) != len(p.Columns) {
			return ErrInput.At("/rows", "row %d has %d cells, the table %d columns", i, len(row), len(p.Columns))
		}
	}
	if n := utf8.RuneCountInString(p.Title + p.Number + p.Date + p.Footer); n > maxRepeated {
		return ErrInput.At("/footer", "title, number, date and footer have %d characters, at most %d", n, maxRepeated)
	}
	return nil
}

// clean makes a text that is one line of visible characters. Characters that
// steer the reading order are dropped: with them a name could turn the digits
// of an amount around.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, s)
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return strings.Trim(s, " ")
}
