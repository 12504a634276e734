package paper

import (
	"strings"

	"saebaan/internal/qr"
)

const (
	gutter    = 11 // between two columns
	narrowest = 36 // a column of words beside wide numbers
)

var (
	cellText  = style{size: 9}
	headText  = style{size: 8, bold: true}
	totalText = style{size: 9.5}
	grandText = style{size: 12, bold: true}
)

// table draws rows under a head that repeats on each page. The last row stays
// with what follows, tail points high, so that totals never stand alone.
func (l *layout) table(tail float64) {
	columns := l.columns()
	head := row{above: 5, low: 4, cells: l.cells(columns, headText, func(i int) string { return l.Columns[i].Title })}
	rows := make([]row, len(l.Rows))
	for i, texts := range l.Rows {
		rows[i] = row{above: 4.5, low: 4, cells: l.cells(columns, cellText, func(i int) string { return texts[i] })}
	}
	need := head.height() + 2
	if len(rows) > 0 {
		need += rows[0].height() // a head never ends a page
	}
	l.need(need)
	l.onPage = func() {
		l.rule(0, body, 0.8, black)
		l.draw(head)
		l.rule(0, body, 0.8, black)
	}
	l.onPage()
	for i, r := range rows {
		if i == len(rows)-1 {
			l.need(r.height() + 1 + tail)
		}
		l.place(r)
		if i < len(rows)-1 {
			l.rule(0, body, 0.4, hairline)
		}
	}
	l.rule(0, body, 0.8, black)
}

// cells wraps one text for each column.
func (l *layout) cells(columns []cell, st style, text func(int) string) []cell {
	out := make([]cell, len(columns))
	for i, c := range columns {
		c.lines = l.wrap(text(i), st, c.w)
		out[i] = c
	}
	return out
}

// columns gives each column its place. None is narrower than its longest word,
// and a code such as the HSN stays whole in a narrow column. A column of numbers is as wide as its
// longest number and stands at the end of its share, so that decimals stand
// under each other and the block still ends where the column does.
func (l *layout) columns() []cell {
	natural := make([]float64, len(l.Columns))
	for i, c := range l.Columns {
		natural[i] = l.longest(c.Title, headText)
		for _, texts := range l.Rows {
			if c.Right {
				natural[i] = max(natural[i], l.wide(texts[i], cellText))
			} else {
				natural[i] = max(natural[i], min(l.longest(texts[i], cellText), body/5))
			}
		}
	}
	out := make([]cell, len(l.Columns))
	x := 0.0
	for i, w := range shares(l.Columns, natural) {
		out[i] = cell{x: x, w: w}
		if n := l.headWidth(i, w, natural[i]); l.Columns[i].Right && n < w {
			out[i] = cell{x: x + w - n, w: n}
		}
		if l.Columns[i].Right {
			out[i].align = right
		}
		x += w + gutter
	}
	return out
}

// longest is the width of the longest word.
func (l *layout) longest(text string, st style) float64 {
	w := 0.0
	for _, word := range strings.Fields(text) {
		w = max(w, l.wide(word, st))
	}
	return w
}

// headWidth is how wide a column of numbers is with its title over it.
func (l *layout) headWidth(i int, share, natural float64) float64 {
	for _, t := range l.wrap(l.Columns[i].Title, headText, share) {
		natural = max(natural, t.wide())
	}
	return natural + 0.02
}

func (l *layout) wide(text string, st style) float64 {
	text = clean(text)
	return typeset{l.line(text, l.direction(text), st.bold), st}.wide()
}

// shares divides the body among the columns by weight, where none gets less
// than its natural width unless that leaves too little for the others.
func shares(columns []Column, natural []float64) []float64 {
	weight := func(i int) float64 {
		if columns[i].Weight == 0 {
			return 1
		}
		return columns[i].Weight
	}
	total := body - gutter*float64(len(columns)-1)
	out := make([]float64, len(columns))
	fixed := make([]bool, len(columns))
	for again := true; again; {
		again = false
		rest, weights, others := total, 0.0, 0.0
		for i := range columns {
			if fixed[i] {
				rest -= out[i]
			} else {
				weights, others = weights+weight(i), others+1
			}
		}
		if others < float64(len(columns)) && rest < narrowest*others {
			clear(fixed) // too many wide numbers: all go by weight, and numbers wrap
			clear(natural)
			again = true
			continue
		}
		if others == 0 { // numbers alone share what is left
			for i := range out {
				out[i] += rest / float64(len(out))
			}
		}
		for i := range columns {
			if fixed[i] {
				continue
			}
			if out[i] = rest * weight(i) / weights; natural[i] > out[i] {
				out[i], fixed[i], again = natural[i]+0.02, true, true
				break
			}
		}
	}
	return out
}

// An ending is totals with the QR code beside them, which one page holds.
type ending struct {
	totals []row
	code   [][]bool
	module float64 // points
	label  []typeset
	height float64 // of all
	below  float64 // what the code with its label takes
}

// ending prepares what stands below the table.
func (l *layout) ending() (ending, error) {
	e := ending{totals: l.totals()}
	sum := 0.0
	for _, r := range e.totals {
		sum += r.height() + 0.8
	}
	if l.QR != "" {
		code, err := qr.Modules(l.QR)
		if err != nil {
			return e, err
		}
		// The symbol itself is 28 mm wide, or as much more as leaves 0.4 mm a module,
		// which a phone reads off a cheap print.
		symbol := float64(len(code) - 2*qr.Quiet)
		e.code, e.module = code, max(28*mm/symbol, 0.4*mm)
		e.label = l.wrap(l.QRLabel, label, max(symbol*e.module, 120))
	}
	e.below = float64(len(e.code))*e.module + height(e.label)
	e.height = 14 + max(sum, e.below)
	return e, nil
}

func (l *layout) totals() []row {
	const block = body * 0.47
	x, widest := body-block, 0.0
	for i, f := range l.Totals {
		widest = max(widest, l.wide(f.Value, l.totalStyle(i)))
	}
	widest = min(widest+0.02, block*0.62)
	var rows []row
	for i, f := range l.Totals {
		st := l.totalStyle(i)
		name := st
		if !st.bold {
			name.grey = soft
		}
		r := row{above: 3, low: 2.5, cells: []cell{
			{x, block - widest - 10, start, l.wrap(f.Label, name, block-widest-10)},
			{body - widest, widest, right, l.wrap(f.Value, st, widest)},
		}}
		if st.bold {
			r.above, r.low = 7, 6
		}
		rows = append(rows, r)
	}
	return rows
}

func (l *layout) totalStyle(i int) style {
	if i == len(l.Totals)-1 {
		return grandText
	}
	return totalText
}

// end draws totals and code from one height on.
func (l *layout) end(e ending) {
	l.need(e.height)
	l.onPage = nil
	l.need(14 + e.below) // when no page holds all of it
	l.y += 14
	first, from := len(l.pages), l.y
	l.drawCode(e)
	low := l.y
	l.y = from
	for i, r := range e.totals {
		if last := i == len(e.totals)-1; last && i > 0 {
			l.y += 3
			l.rule(body*0.53, body*0.47, 0.8, black)
		}
		l.place(r)
	}
	if len(e.totals) > 0 {
		l.rule(body*0.53, body*0.47, 0.8, black)
	}
	if len(l.pages) == first {
		l.y = max(l.y, low)
	}
}

func (l *layout) drawCode(e ending) {
	if e.code == nil {
		return
	}
	// The quiet zone is white anyway: the symbol itself aligns with the margin.
	quiet := qr.Quiet * e.module
	wide := float64(len(e.code)) * e.module
	x, p := l.left(-quiet, wide), l.page()
	for i, modules := range e.code {
		for _, run := range qr.Runs(modules) {
			p.boxes = append(p.boxes, box{x + float64(run[0])*e.module, l.y - quiet + float64(i)*e.module,
				float64(run[1]) * e.module, e.module, black})
		}
	}
	l.y += wide - 2*quiet + 5
	l.draw(row{cells: []cell{{0, max(wide-2*quiet, 120), start, e.label}}})
}
