package paper

import (
	"bytes"
	"embed"
	"math"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// The Noto fonts, under the SIL Open Font License 1.1 (the OFL files beside them).
//
//go:embed fonts
var files embed.FS

const textFont = "fonts/NotoSans-Regular.ttf"

// A script is written with one of three fonts.
type script int

const (
	latin script = iota
	devanagari
	nastaliq
)

// How large each script is drawn at size 1: Nastaliq letters are small for
// their size and would look like small print beside the digits.
var scales = [...]float64{latin: 1, devanagari: 1, nastaliq: 1.18}

// How far above and below the baseline a line of each script reaches at size
// 1. Nastaliq slopes: a long word goes further, and its line then grows.
var reach = [...][2]float64{latin: {1.0, 0.30}, devanagari: {1.04, 0.40}, nastaliq: {1.2, 0.7}}

// A press holds what all documents share: parsed fonts and the shaper that
// knows them. Neither may be used by two at once, hence turn.
type press struct {
	turn   sync.Mutex
	faces  map[bool]*faces // by bold
	engine shaping.HarfbuzzShaper
}

var shared = sync.OnceValue(func() *press {
	p := &press{}
	urdu := parse("fonts/NotoNastaliqUrdu-Regular.ttf") // has no bold here, see pen.outline
	p.faces = map[bool]*faces{
		false: {of: [3]*font.Face{parse(textFont), parse("fonts/NotoSansDevanagari-Regular.ttf"), urdu}},
		true:  {of: [3]*font.Face{parse("fonts/NotoSans-Bold.ttf"), parse("fonts/NotoSansDevanagari-Bold.ttf"), urdu}},
	}
	for _, weight := range p.faces {
		for _, face := range weight.of {
			p.prepare(face)
		}
	}
	return p
})

// prepare makes the shaper build its index of a font's rules while the first
// range of each coverage table reaches over all glyphs. go-text up to v0.3.5
// leaves glyphs out of that index once one of its three filters is full (its
// issue 278) and then skips their rules without a word: Nastaliq letters fall
// out of their slope. A range over everything fills all three, and the tables
// themselves then decide. Without the bug this costs nothing but time.
func (p *press) prepare(face *font.Face) {
	var first []*tables.RangeRecord
	widen := func(c tables.Coverage) {
		if c, ok := c.(tables.Coverage2); ok && len(c.Ranges) > 0 {
			first = append(first, &c.Ranges[0])
		}
	}
	for _, lookup := range face.GSUB.Lookups {
		for _, rules := range lookup.Subtables {
			widen(rules.Cov())
		}
	}
	for _, lookup := range face.GPOS.Lookups {
		for _, rules := range lookup.Subtables {
			widen(rules.Cov())
		}
	}
	kept := make([]tables.RangeRecord, len(first))
	for i, r := range first {
		kept[i] = *r
		r.StartGlyphID, r.EndGlyphID = 0, math.MaxUint16
	}
	p.engine.Shape(shaping.Input{Face: face, Size: fixed.I(unit), Direction: di.DirectionLTR}) // no text: only the index
	for i, r := range first {
		*r = kept[i]
	}
}

func parse(name string) *font.Face {
	face, err := font.ParseTTF(bytes.NewReader(read(name)))
	if err != nil {
		panic("paper: " + name + ": " + err.Error())
	}
	return face
}

func read(name string) []byte {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic("paper: " + err.Error())
	}
	return raw
}

// faces are the fonts of one weight, and choose among themselves.
type faces struct {
	of  [3]*font.Face
	now language.Script
}

// SetScript takes the script of the stretch that is being split, for the
// characters that belong to no script or to the letter before them.
func (f *faces) SetScript(s language.Script) { f.now = s }

// ResolveFace gives the font for r. Digits, signs and punctuation come from the
// Latin font in every language, so that figures look alike all over the page.
func (f *faces) ResolveFace(r rune) *font.Face {
	own := f.of[scriptOf(f.now)]
	if s := language.LookupScript(r); s.Strong() {
		own = f.of[scriptOf(s)]
	} else if !unicode.IsMark(r) && has(f.of[latin], r) {
		return f.of[latin]
	}
	if has(own, r) {
		return own
	}
	for _, face := range f.of {
		if has(face, r) {
			return face
		}
	}
	return f.of[latin] // whose .notdef is drawn
}

func (f *faces) script(face *font.Face) script {
	for i, other := range f.of {
		if face == other {
			return script(i)
		}
	}
	return latin
}

func has(face *font.Face, r rune) bool {
	_, ok := face.NominalGlyph(r)
	return ok
}

func scriptOf(s language.Script) script {
	switch s {
	case language.Devanagari:
		return devanagari
	case language.Arabic:
		return nastaliq
	}
	return latin
}
