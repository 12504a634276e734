package bankfile

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"saebaan/internal/fault"
)

// The faults of this package. Their fields name a payment's reference or a
// column and say what is wrong there; no account number is ever repeated.
var (
	ErrLayout = fault.New(fault.Invalid, "bankfile.layout", "There is no such bank file layout, or it cannot be used. Nothing was made.")
	ErrBatch  = fault.New(fault.Invalid, "bankfile.batch", "These payments cannot be put into the bank's file. Nothing was made; look at the payments named below.")
	ErrAnswer = fault.New(fault.Invalid, "bankfile.answer", "The bank's answer cannot be read. Nothing was entered; look at what is named below.")
)

// Layout describes one kind of bank file in one version.
type Layout struct {
	ID     string `toml:"id"` // with its version: hdfc_enet.1
	Name   Text   `toml:"name"`
	Source string `toml:"source"` // what the columns are known from, and how sure that is
	File   string `toml:"file"`   // pattern of the file's name

	// Kind is delimited or fixed for a bank's program, which is exact ASCII with
	// nothing quoted; or csv (UTF-8 with its mark, quoted where needed, a sign
	// before what a spreadsheet would compute) or xlsx for a person.
	Kind      string `toml:"kind"`
	Delimiter string `toml:"delimiter"` // of delimited
	Newline   string `toml:"newline"`   // crlf or lf, of delimited and fixed; csv has crlf
	Date      string `toml:"date"`      // like dd/MM/yyyy
	Amount    string `toml:"amount"`    // rupees (1234.50) or paise (123450)
	Control   string `toml:"control"`   // empty, accounts (their sum) or sha256 (of the rows)
	MaxRows   int    `toml:"max_rows"`
	MaxBytes  int    `toml:"max_bytes"` // 0 is any

	Rails   map[string]string `toml:"rails"` // NEFT, IMPS, UPI, INTERNAL, CASH: what each is called in the file
	Header  []Field           `toml:"header"`
	Row     []Field           `toml:"row"`
	Trailer []Field           `toml:"trailer"`
	Answers Mapping           `toml:"answers"` // how the answer to this file is read
}

// Text is a name in the languages of the office.
type Text struct {
	En string `toml:"en"`
	Hi string `toml:"hi"`
}

// Field is one column of a record. Its value is text with {names} in it, those
// of values.go. A value that does not fit is a fault, but {name}, {remarks} and
// {bank}, each alone in its field, lose what is not allowed and are cut.
type Field struct {
	Title    string `toml:"title"` // written in csv and xlsx; elsewhere it only says what it is
	Value    string `toml:"value"`
	Max      int    `toml:"max"`   // longest, in bytes; 0 is any
	Width    int    `toml:"width"` // of fixed: exactly so many bytes
	Pad      string `toml:"pad"`   // of fixed: one character, else a space
	Align    string `toml:"align"` // of fixed: left or right
	Allow    string `toml:"allow"` // characters, as between the brackets of a regular expression; empty is any
	Required bool   `toml:"required"`
	Number   bool   `toml:"number"` // of xlsx: a number with two decimals; all else is text
}

//go:embed layouts/*.toml
var layoutFiles embed.FS

//go:embed generic.toml
var genericTOML string

type data struct {
	layouts []Layout
	generic Mapping
}

var embedded = sync.OnceValue(func() data {
	d, err := load()
	if err != nil {
		panic(err) // the embedded files are checked by this package's tests
	}
	return d
})

func load() (d data, err error) {
	entries, err := layoutFiles.ReadDir("layouts")
	if err != nil {
		return d, err
	}
	for _, e := range entries {
		raw, err := layoutFiles.ReadFile(path.Join("layouts", e.Name()))
		if err != nil {
			return d, err
		}
		l, err := parseLayout(string(raw))
		if err != nil {
			return d, fmt.Errorf("%s: %w", e.Name(), err)
		}
		if l.ID+".toml" != e.Name() {
			return d, fmt.Errorf("%s holds the layout %s", e.Name(), l.ID)
		}
		d.layouts = append(d.layouts, l)
	}
	if err := strictly(genericTOML, &d.generic); err != nil {
		return d, err
	}
	return d, d.generic.check()
}

// Layouts returns the layouts in the order of their ids.
func Layouts() []Layout {
	var out []Layout
	for _, l := range embedded().layouts {
		out = append(out, l.clone())
	}
	return out
}

// ByID returns one layout, or ErrLayout.
func ByID(id string) (Layout, error) {
	for _, l := range embedded().layouts {
		if l.ID == id {
			return l.clone(), nil
		}
	}
	return Layout{}, ErrLayout.At("id", "is not known")
}

// Generic is the mapping of our own form of an answer: a CSV or XLSX with the
// columns reference, status, utr and reason, in any order.
func Generic() Mapping { return embedded().generic.clone() }

// clone lets a caller change what it got.
func (l Layout) clone() Layout {
	l.Rails = maps.Clone(l.Rails)
	l.Header, l.Row, l.Trailer = slices.Clone(l.Header), slices.Clone(l.Row), slices.Clone(l.Trailer)
	l.Answers = l.Answers.clone()
	return l
}

func (m Mapping) clone() Mapping {
	lists := func(of map[string][]string) map[string][]string {
		out := map[string][]string{}
		for key, list := range of {
			out[key] = slices.Clone(list)
		}
		return out
	}
	m.Columns, m.Words = lists(m.Columns), lists(m.Words)
	m.Optional, m.Ignore, m.Dates = slices.Clone(m.Optional), slices.Clone(m.Ignore), slices.Clone(m.Dates)
	return m
}

func parseLayout(text string) (l Layout, err error) {
	if err := strictly(text, &l); err != nil {
		return l, ErrLayout.Because(err)
	}
	if _, err := planOf(l); err != nil {
		return l, err
	}
	return l, l.Answers.check()
}

// strictly refuses what the type does not have: a key that is misspelled.
func strictly(text string, into any) error {
	meta, err := toml.Decode(text, into)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("%v is not known", meta.Undecoded())
	}
	return err
}

// goDate makes of dd/MM/yyyy the form that package time reads.
func goDate(form string) string {
	return strings.NewReplacer("yyyy", "2006", "yy", "06", "MMM", "Jan", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05").Replace(form)
}
