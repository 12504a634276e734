package paper

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-text/typesetting/font/opentype"
)

// write makes the PDF of the pages.
func write(p Paper, l *layout) ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: fpdf.SizeType{Wd: l.format.wide, Ht: l.high}})
	made := p.Made.UTC()
	if made.IsZero() {
		made = time.Unix(0, 0).UTC() // the library takes the present for "none"
	}
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetCatalogSort(true)
	f.SetProducer("Saebaan", true)
	f.SetTitle(clean(p.Title+" "+p.Number), true)
	f.SetLang(p.Language)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes("text", "", read(textFont))
	pen := &pen{f: f, high: l.high, faces: l.faces, known: map[outlineID]string{}}
	for _, page := range l.pages {
		f.AddPage()
		pen.boxes(page.boxes)
		if err := pen.pictures(page.pictures); err != nil {
			return nil, err
		}
		pen.marks(page.marks)
		pen.said(page.said)
	}
	var out bytes.Buffer
	err := f.Output(&out)
	return out.Bytes(), err
}

// A pen writes drawing operators. It writes them raw and not with the library's
// path functions, which round to hundredths of a point and would give each
// repetition of a letter other numbers, so that nothing compresses.
type pen struct {
	f     *fpdf.Fpdf
	high  float64 // of the sheet: PDF counts from its foot
	faces map[bool]*faces
	known map[outlineID]string
}

func (p *pen) boxes(boxes []box) {
	var b strings.Builder
	for i, r := range boxes {
		if i == 0 || boxes[i-1].grey != r.grey {
			if i > 0 {
				b.WriteString("f\n")
			}
			b.WriteString(num(r.grey) + " g\n")
		}
		b.WriteString(num(r.x) + " " + num(p.high-r.y-r.h) + " " + num(r.w) + " " + num(r.h) + " re\n")
	}
	if len(boxes) > 0 {
		p.f.RawWriteStr(b.String() + "f")
	}
}

// marks fills the outlines, all of one letter together: each is then a copy of
// the one before to the compressor. Their order on the page does not matter,
// because none is covered by another of a different grey.
func (p *pen) marks(marks []mark) {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.grey, b.grey), cmp.Compare(a.id.script, b.id.script),
			cmp.Compare(weight(a.id), weight(b.id)), cmp.Compare(a.id.gid, b.id.gid))
	})
	var b strings.Builder
	for i, m := range marks {
		if i == 0 || marks[i-1].grey != m.grey {
			b.WriteString(num(m.grey) + " g " + num(m.grey) + " G\n")
		}
		scale := strconv.FormatFloat(m.size/unit, 'f', -1, 64)
		b.WriteString("q " + scale + " 0 0 " + scale + " " + num(m.x) + " " + num(p.high-m.y) + " cm " + p.outline(m.id) + " Q\n")
	}
	p.f.RawWriteStr(b.String())
}

func weight(id outlineID) int {
	if id.bold {
		return 1
	}
	return 0
}

// outline is the path of a glyph in font units, with the operator that paints
// it. Nastaliq has no bold of its own here: a rim of ink makes it heavier.
func (p *pen) outline(id outlineID) string {
	if path, ok := p.known[id]; ok {
		return path
	}
	var b strings.Builder
	if id.bold && id.script == nastaliq {
		b.WriteString("1 j 20 w ")
	}
	var at opentype.SegmentPoint
	outline, _ := p.faces[id.bold].of[id.script].GlyphDataOutline(id.gid)
	for i, s := range outline.Segments {
		a := s.Args
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				b.WriteString("h ")
			}
			at = a[0]
			points(&b, "m", at)
		case opentype.SegmentOpLineTo:
			at = a[0]
			points(&b, "l", at)
		case opentype.SegmentOpQuadTo: // PDF has cubic curves only
			points(&b, "c", third(at, a[0]), third(a[1], a[0]), a[1])
			at = a[1]
		case opentype.SegmentOpCubeTo:
			points(&b, "c", a[0], a[1], a[2])
			at = a[2]
		}
	}
	paint := "h f"
	if id.bold && id.script == nastaliq {
		paint = "h B"
	}
	p.known[id] = b.String() + paint
	return p.known[id]
}

// third is the control point of a cubic curve beside the end of a quadratic one.
func third(end, control opentype.SegmentPoint) opentype.SegmentPoint {
	return opentype.SegmentPoint{X: end.X + (control.X-end.X)*2/3, Y: end.Y + (control.Y-end.Y)*2/3}
}

// points writes whole font units: half of one is 1/2000 of the letter's size.
func points(b *strings.Builder, operator string, list ...opentype.SegmentPoint) {
	for _, p := range list {
		b.WriteString(strconv.Itoa(int(math.Round(float64(p.X)))) + " " + strconv.Itoa(int(math.Round(float64(p.Y)))) + " ")
	}
	b.WriteString(operator + " ")
}

// said writes the invisible layer: one font for all scripts, since nobody sees
// it, with each word stretched to lie over what is drawn.
func (p *pen) said(said []utterance) {
	p.f.RawWriteStr("3 Tr")
	for i, u := range said {
		if i == 0 || said[i-1].size != u.size {
			p.f.SetFont("text", "", u.size)
		}
		text := strings.Map(basic, u.text)
		if wide := p.f.GetStringWidth(text); wide > 0 && u.width > 0 {
			p.f.RawWriteStr(num(100*u.width/wide) + " Tz")
		}
		p.f.Text(u.x, u.y, text)
	}
}

// basic keeps what two bytes hold; the library writes nothing else.
func basic(r rune) rune {
	if r > 0xffff {
		return '\ufffd'
	}
	return r
}

// num writes hundredths, which no printer resolves.
func num(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
}
