package bankfile

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// record is one line of a file, or its titles.
type record struct {
	cells   []string
	columns []column // nil for titles
}

var fileForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// Render makes the file of a batch and the name it is to have. The same input
// gives the same bytes. Returns ErrLayout, or ErrBatch that names each payment
// which the layout cannot carry.
func Render(l Layout, b Batch) (name string, file []byte, t Totals, err error) {
	p, err := planOf(l)
	if err != nil {
		return "", nil, Totals{}, err
	}
	if name, file, t, err = p.render(b); err != nil {
		return "", nil, Totals{}, err
	}
	return name, file, t, nil
}

func (p plan) render(b Batch) (name string, file []byte, t Totals, err error) {
	t, bad := p.check(b)
	if err := bad.err(); err != nil {
		return "", nil, t, err
	}
	records, t, err := p.records(b, t)
	if err != nil {
		return "", nil, t, err
	}
	if name, err = p.fileName(p.batchValues(b, t)); err != nil {
		return "", nil, t, err
	}
	if file, err = p.write(records); err != nil {
		return "", nil, t, err
	}
	if p.MaxBytes > 0 && len(file) > p.MaxBytes {
		bad.add("payments", "the file has %d bytes, and this bank takes %d; make two batches", len(file), p.MaxBytes)
	}
	return name, file, t, bad.err()
}

// records fills in all fields, the rows first: a hash of them may be a total.
func (p plan) records(b Batch, t Totals) ([]record, Totals, error) {
	var bad problems
	var rows []record
	ofBatch := p.batchValues(b, t)
	for i, pay := range b.Payments {
		v := p.paymentValues(i, pay)
		rows = append(rows, p.record(p.row, []values{v, ofBatch}, func(c column, why string) {
			bad.add(nameOf(i, pay), "%s: %s", c.Title, why)
		}))
	}
	if p.Control == "sha256" {
		t.Control = hashOf(rows)
		ofBatch = p.batchValues(b, t)
	}
	var out []record
	inBatch := func(c column, why string) { bad.add(c.Title, "%s", why) }
	if len(p.header) > 0 {
		out = append(out, p.record(p.header, []values{ofBatch}, inBatch))
	}
	if p.Kind == "csv" || p.Kind == "xlsx" {
		out = append(out, titles(p.row))
	}
	out = append(out, rows...)
	if len(p.trailer) > 0 {
		out = append(out, p.record(p.trailer, []values{ofBatch}, inBatch))
	}
	return out, t, bad.err()
}

func titles(columns []column) record {
	var r record
	for _, c := range columns {
		r.cells = append(r.cells, c.Title)
	}
	return r
}

func (p plan) record(columns []column, from []values, bad func(column, string)) record {
	r := record{columns: columns}
	for _, c := range columns {
		cell := fill(c.parts, from)
		if c.words {
			cell = c.cut(cell)
		}
		if why := p.misfit(c, cell); why != "" {
			bad(c, why)
		}
		r.cells = append(r.cells, cell)
	}
	return r
}

func fill(parts []part, from []values) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
		for _, v := range from {
			b.WriteString(v[p.name])
		}
	}
	return b.String()
}

// cut leaves of a name or remark what is allowed, and of that what fits.
func (c column) cut(s string) string {
	if c.not != nil {
		s = c.not.ReplaceAllString(s, " ")
	}
	s = strings.Join(strings.Fields(s), " ")
	if c.Max > 0 && len(s) > c.Max {
		s = s[:c.Max]
	}
	return strings.TrimSpace(s)
}

// misfit says why a field cannot hold a value, or nothing.
func (p plan) misfit(c column, cell string) string {
	bank := p.Kind == "delimited" || p.Kind == "fixed"
	switch {
	case cell == "" && c.Required && c.words:
		return "nothing is left of it that the bank takes"
	case cell == "" && c.Required:
		return "is missing"
	case c.Max > 0 && len(cell) > c.Max:
		return "is longer than the bank takes"
	case c.fits != nil && !c.fits.MatchString(cell),
		bank && strings.IndexFunc(cell, func(r rune) bool { return r < ' ' || r > '~' }) >= 0,
		p.Kind == "delimited" && strings.ContainsAny(cell, `"`+p.Delimiter):
		return "has a character that the bank does not take"
	}
	return ""
}

func hashOf(rows []record) string {
	h := sha256.New()
	for _, r := range rows {
		h.Write([]byte(strings.Join(r.cells, ",") + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fileName fills in the pattern; each of its names must have a value.
func (p plan) fileName(v values) (string, error) {
	var bad problems
	for _, part := range p.file {
		if part.name != "" && v[part.name] == "" {
			bad.add(part.name, "is missing, and the file's name needs it")
		}
	}
	name := fill(p.file, []values{v})
	if len(bad) == 0 && !fileForm.MatchString(name) {
		bad.add("file", "the file's name would have a character that the bank does not take")
	}
	return name, bad.err()
}
