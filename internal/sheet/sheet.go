package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"saebaan/internal/money"
)

// Cell is a text, or a number that is written as one.
type Cell struct {
	text   string
	format int // of a number, as spreadsheets know it; 0 is a text
}

// Formats of cells that every spreadsheet knows by number (ECMA-376, 18.8.30).
const (
	formatWhole   = 1  // 0
	formatDecimal = 2  // 0.00
	formatText    = 49 // @
)

// Text is a cell that is never computed: names, references, account numbers.
func Text(s string) Cell { return Cell{text: s} }

// Amount is money: rupees with two decimals, made from paise.
func Amount(p money.Paise) Cell { return Cell{text: p.Plain(), format: formatDecimal} }

// Count is a whole number.
func Count(n int64) Cell { return Cell{text: strconv.FormatInt(n, 10), format: formatWhole} }

// Texts is a row of texts.
func Texts(all ...string) []Cell {
	out := make([]Cell, len(all))
	for i, s := range all {
		out[i] = Text(s)
	}
	return out
}

// String is the cell as it reads.
func (c Cell) String() string { return c.text }

// Table is what a file holds. Facts are rows above the table, such as the filter,
// the time and who made it; totals are rows below it.
type Table struct {
	Name    string // of the file, without its ending: small letters, digits and -
	Title   string
	Facts   [][]Cell
	Columns []string
	Rows    [][]Cell
	Totals  [][]Cell
}

// Fact is a row above the table.
func (t *Table) Fact(label string, value Cell) { t.Facts = append(t.Facts, []Cell{Text(label), value}) }

// Add is a row of the table.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Total is a row below the table.
func (t *Table) Total(cells ...Cell) { t.Totals = append(t.Totals, cells) }

// File is a file to be kept.
type File struct {
	Name, Type string
	Body       []byte
}

var nameForm = regexp.MustCompile(`[^a-z0-9.-]+`)

// As writes the table as "csv" or "xlsx".
func (t Table) As(kind string) (File, error) {
	name := strings.Trim(nameForm.ReplaceAllString(strings.ToLower(t.Name), "-"), "-") + "." + kind
	switch kind {
	case "csv":
		body, err := t.csv()
		return File{name, "text/csv; charset=utf-8", body}, err
	case "xlsx":
		body, err := t.xlsx()
		return File{name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body}, err
	}
	return File{}, fmt.Errorf("a table is not written as %q", kind)
}

// records are all rows of the file; head is the number of the columns' row.
func (t Table) records() (rows [][]Cell, head int) {
	rows = append(rows, []Cell{Text(t.Title)})
	rows = append(append(rows, t.Facts...), nil)
	head = len(rows)
	rows = append(append(rows, Texts(t.Columns...)), t.Rows...)
	return append(rows, t.Totals...), head
}

func (t Table) csv() ([]byte, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	rows, _ := t.records()
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = c.guarded()
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// guarded puts an apostrophe before a text that a spreadsheet would compute. A
// number is ours, digits and a sign, and is read as one.
func (c Cell) guarded() string {
	if c.format == 0 && c.text != "" && strings.ContainsRune("=+-@\t\r\n", rune(c.text[0])) {
		return "'" + c.text
	}
	return c.text
}

const page = "Sheet1"

func (t Table) xlsx() (body []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	styles := map[int]int{}
	for _, format := range []int{formatText, formatWhole, formatDecimal} {
		if styles[format], err = f.NewStyle(&excelize.Style{NumFmt: format}); err != nil {
			return nil, err
		}
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: formatText, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	rows, head := t.records()
	for i, r := range rows {
		for j, c := range r {
			set, style := f.SetCellStr, styles[formatText]
			if c.format != 0 { // the digits as they are: no float is made of them
				set, style = f.SetCellDefault, styles[c.format]
			} else if i == 0 || i == head {
				style = bold
			}
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return nil, err
			}
			if err := set(page, at, c.text); err != nil {
				return nil, err
			}
			if err := f.SetCellStyle(page, at, at, style); err != nil {
				return nil, err
			}
		}
	}
	if err := f.SetColWidth(page, "A", "T", 20); err != nil {
		return nil, err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Saebaan", LastModifiedBy: "Saebaan", Title: t.Title}); err != nil {
		return nil, err
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
