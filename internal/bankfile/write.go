package bankfile

import (
	"bytes"
	"encoding/csv"
	"strings"
)

var newlines = map[string]string{"crlf": "\r\n", "lf": "\n"}

func (p plan) write(records []record) ([]byte, error) {
	switch p.Kind {
	case "xlsx":
		return writeBook(records)
	case "csv":
		return writeCSV(records)
	}
	var b bytes.Buffer
	for _, r := range records {
		if p.Kind == "delimited" {
			b.WriteString(strings.Join(r.cells, p.Delimiter))
		} else {
			for i, c := range r.columns {
				b.WriteString(c.pad(r.cells[i]))
			}
		}
		b.WriteString(newlines[p.Newline])
	}
	return b.Bytes(), nil
}

// pad makes a cell, which is not longer, as wide as its column.
func (c column) pad(cell string) string {
	with := c.Pad
	if with == "" {
		with = " "
	}
	fill := strings.Repeat(with, c.Width-len(cell))
	if c.Align == "right" {
		return fill + cell
	}
	return cell + fill
}

// writeCSV writes what a person opens in a spreadsheet.
func writeCSV(records []record) ([]byte, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	for _, r := range records {
		cells := make([]string, len(r.cells))
		for i, c := range r.cells {
			cells[i] = guarded(c)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// guarded puts an apostrophe before what a spreadsheet would compute.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
