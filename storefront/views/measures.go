package views

import (
	"slices"

	"saebaan/catalog"
)

// MeasuresEdit is the form of how large the sizes of a piece are.
type MeasuresEdit struct {
	catalog.Product
	Sizes []SizeForm
	Said  string
}

// SizeForm are the fields of one size.
type SizeForm struct {
	Variant catalog.Variant
	Fields  []MeasureField
}

// Unread reports whether something typed is no length.
func (s SizeForm) Unread() bool {
	return slices.ContainsFunc(s.Fields, func(f MeasureField) bool { return f.Wrong })
}

// MeasureField is one length in centimetres as it was typed.
type MeasureField struct {
	ID, Name, Text string
	Wrong          bool
}

// MeasuresForm is the form with what is kept; a set has no measures of its own.
func MeasuresForm(one catalog.Product) MeasuresEdit {
	out := MeasuresEdit{Product: one}
	for i, v := range one.Variants {
		if len(v.Parts) > 0 {
			continue
		}
		size, names := SizeForm{Variant: v}, catalog.MeasuresOf(one.Garment)
		for _, m := range v.Measures {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
		for _, name := range names {
			f := MeasureField{ID: "m" + itoa(int64(i)) + "_" + name, Name: name}
			for _, m := range v.Measures {
				if m.Name == name {
					f.Text = m.Centimetres()
				}
			}
			size.Fields = append(size.Fields, f)
		}
		out.Sizes = append(out.Sizes, size)
	}
	return out
}

// measureTable is how large the sizes of a piece are: a row for each measure.
type measureTable struct {
	sizes []string
	rows  []measureRow
}

type measureRow struct {
	name string
	of   []catalog.Measure // by size; one without a name is not known
}

func (p Page) measures(one catalog.Product) measureTable {
	var out measureTable
	var measured []catalog.Variant
	for _, v := range one.Variants {
		if len(v.Measures) > 0 {
			measured = append(measured, v)
			out.sizes = append(out.sizes, p.size(v.Size))
		}
	}
	for _, name := range catalog.Measures {
		row, known := measureRow{name: name}, false
		for _, v := range measured {
			i := slices.IndexFunc(v.Measures, func(m catalog.Measure) bool { return m.Name == name })
			if i < 0 {
				row.of = append(row.of, catalog.Measure{})
				continue
			}
			known = true
			row.of = append(row.of, v.Measures[i])
		}
		if known {
			out.rows = append(out.rows, row)
		}
	}
	return out
}

// lengthIn writes a measure in a unit; a dash for none.
func lengthIn(unit string, m catalog.Measure) string {
	switch {
	case m.Name == "":
		return "–"
	case unit == "in":
		return m.Inches()
	}
	return m.Centimetres()
}

// millimetres is a length of the history in centimetres; nothing for none.
func (p Page) millimetres(n int64) string {
	if n == 0 {
		return p.T("fact.none")
	}
	return p.T("measure.cm", "Length", catalog.Measure{Millimetres: n}.Centimetres())
}
