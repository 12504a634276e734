package paper

// Lengths are in points (1/72 inch), from the top left corner of the sheet. Inside
// the layout x runs from the edge where reading starts; put turns it for Urdu.
// These are of A4, on which a Paper is printed.
const (
	pageWidth, pageHeight = 595.28, 841.89
	side                  = 48 // margin left and right
	top, foot             = 46, 34
	body                  = pageWidth - 2*side
	mm                    = 72 / 25.4
)

// A format is a size of sheet with its margin left and right.
type format struct{ wide, high, side float64 }

var (
	a4 = format{pageWidth, pageHeight, side}
	a5 = format{419.53, 595.28, 28}
)

func (f format) body() float64 { return f.wide - 2*f.side }

// Greys that a laser printer and a photocopier both keep legible.
const (
	black    = 0
	soft     = 0.34 // labels and small print
	hairline = 0.72
)

// A page is what is drawn on it, in the order of reading.
type page struct {
	marks    []mark
	boxes    []box
	pictures []picture
	said     []utterance
}

// A mark is one outline with its origin; y is the baseline.
type mark struct {
	id         outlineID
	x, y, size float64
	grey       float64
}

type box struct{ x, y, w, h, grey float64 }

type utterance struct {
	text              string
	x, y, width, size float64
}

// A layout fills pages from the top.
type layout struct {
	Paper
	format
	*shaper
	pages  []*page
	y      float64 // how far the page is filled
	bottom float64 // how far it may be
	footer []typeset
	onPage func() // what a new page begins with, beside its running head
}

func newLayout(p Paper) *layout {
	l := &layout{Paper: p, format: a4, shaper: newShaper(p.Language)}
	l.footer = l.wrap(p.Footer, style{size: 7.5, grey: soft}, body*0.78)
	l.bottom = pageHeight - foot - max(height(l.footer), 12) - 14
	l.pages, l.y = []*page{{}}, top
	return l
}

func (l *layout) page() *page { return l.pages[len(l.pages)-1] }

type align int

const (
	start  align = iota // the edge where reading begins
	finish              // the other
	right               // the right edge in every language: numbers
)

// A cell is lines in a column of the page.
type cell struct {
	x, w  float64
	align align
	lines []typeset
}

func height(lines []typeset) float64 {
	h := 0.0
	for _, t := range lines {
		h += t.up() + t.down()
	}
	return h
}

// A row is cells side by side whose first lines share a baseline.
type row struct {
	cells      []cell
	above, low float64 // space over and under the text
}

func (r row) ascent() float64 {
	up := 0.0
	for _, c := range r.cells {
		if len(c.lines) > 0 {
			up = max(up, c.lines[0].up())
		}
	}
	return up
}

func (r row) height() float64 {
	h, up := 0.0, r.ascent()
	for _, c := range r.cells {
		if len(c.lines) > 0 {
			h = max(h, up-c.lines[0].up()+height(c.lines))
		}
	}
	return r.above + h + r.low
}

// cut parts a row at height h, for a row that is higher than a page. The first
// part has at least one line of each cell, so that there is always progress.
func (r row) cut(h float64) (first, rest row) {
	first, rest = r, r
	first.cells, rest.cells = nil, nil
	up := r.ascent()
	for _, c := range r.cells {
		n, used := 0, r.above+r.low
		for n < len(c.lines) && (n == 0 || used+c.lines[n].up()+c.lines[n].down() <= h) {
			if n == 0 {
				used += up - c.lines[0].up()
			}
			used += c.lines[n].up() + c.lines[n].down()
			n++
		}
		one, two := c, c
		one.lines, two.lines = c.lines[:n], c.lines[n:]
		first.cells, rest.cells = append(first.cells, one), append(rest.cells, two)
	}
	return first, rest
}

func (r row) empty() bool {
	for _, c := range r.cells {
		if len(c.lines) > 0 {
			return false
		}
	}
	return true
}

// place draws a row, on a new page when this one has no room for all of it.
func (l *layout) place(r row) {
	if r.height() > l.bottom-l.y {
		l.newPage()
	}
	for r.height() > l.bottom-l.y && !r.empty() {
		var first row
		first, r = r.cut(l.bottom - l.y)
		l.draw(first)
		if r.empty() {
			return
		}
		l.newPage()
	}
	l.draw(r)
}

// need starts a new page unless h points are left, or no page has so many.
func (l *layout) need(h float64) {
	if h > l.bottom-l.y && h <= l.bottom-2*top {
		l.newPage()
	}
}

// draw puts a row where the page is filled to.
func (l *layout) draw(r row) {
	up := r.ascent()
	for _, c := range r.cells {
		y := l.y + r.above
		for i, t := range c.lines {
			if i == 0 {
				y += up - t.up()
			}
			l.put(t, c, y+t.up())
			y += t.up() + t.down()
		}
	}
	l.y += r.height()
}

// put draws a line with its baseline at y.
func (l *layout) put(t typeset, c cell, y float64) {
	x := l.left(c.x, c.w)
	if c.align == right || (c.align == finish) != l.rtl {
		x += c.w - t.wide()
	}
	p, scale := l.page(), t.size/unit
	for _, g := range t.glyphs {
		p.marks = append(p.marks, mark{g.id, x + g.x*scale, y - g.y*scale, t.size * scales[g.id.script], t.grey})
	}
	for _, w := range t.words {
		p.said = append(p.said, utterance{w.text, x + w.x*scale, y, w.width * scale, t.size})
	}
}

// left is the left edge on paper of a box w wide that begins x from the margin.
func (l *layout) left(x, w float64) float64 {
	if l.rtl {
		return l.format.wide - l.side - x - w
	}
	return l.side + x
}

// rule draws a line thick points high from x on.
func (l *layout) rule(x, w, thick, grey float64) {
	p := l.page()
	p.boxes = append(p.boxes, box{l.left(x, w), l.y, w, thick, grey})
	l.y += thick
}

// newPage begins a page with a running head, so that a loose sheet finds home.
func (l *layout) newPage() {
	l.pages, l.y = append(l.pages, &page{}), top-14
	st := style{size: 8, grey: soft}
	half := body/2 - 6
	l.draw(row{cells: []cell{
		{0, half, start, l.wrap(l.Title, st, half)},
		{body - half, half, finish, l.wrap(l.Number, st, half)},
	}})
	l.y += 10
	if l.onPage != nil {
		l.onPage()
	}
}

var pageWord = map[string]string{"en": "Page", "hi": "पृष्ठ", "ur": "صفحہ"}
