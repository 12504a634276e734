package paper

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// unit is the size at which text is shaped: the fonts' own units, of which
// glyphs, words and lines below are multiples until a size scales them.
const unit = 1000

// A line is shaped text, ready to be drawn from its left end.
type line struct {
	glyphs          []glyph
	words           []word
	width           float64
	ascent, descent float64
}

// A glyph is an outline of a face at its place.
type glyph struct {
	id   outlineID
	x, y float64
}

type outlineID struct {
	bold   bool
	script script
	gid    font.GID
}

// A word is what the invisible layer says over the glyphs from x on, with the
// space after it: characters in the order in which they stand from left to
// right, which is what readers of PDF expect and turn around themselves.
type word struct {
	text     string
	x, width float64
	rtl      bool
}

// A shaper shapes the lines of one document and remembers them. It needs the
// press for itself.
type shaper struct {
	*press
	language language.Language
	rtl      bool
	split    shaping.Segmenter
	known    map[shapeKey]line
}

type shapeKey struct {
	text      string
	rtl, bold bool
}

func newShaper(lang string) *shaper {
	return &shaper{
		press: shared(), language: language.NewLanguage(lang), rtl: lang == "ur", known: map[shapeKey]line{},
	}
}

// direction is the reading order of a whole text: right to left in an Urdu
// document when it has Urdu in it; a bare number or address is left to right.
func (s *shaper) direction(text string) bool {
	return s.rtl && strings.ContainsFunc(text, func(r rune) bool { return strongRTL(class(r)) })
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

func strongRTL(c bidi.Class) bool { return c == bidi.R || c == bidi.AL }

// line shapes text, which must be clean, as one line.
func (s *shaper) line(text string, rtl, bold bool) line {
	key := shapeKey{text, rtl, bold}
	if l, ok := s.known[key]; ok {
		return l
	}
	var l line
	for _, part := range stretches([]rune(text), rtl) {
		for _, run := range s.runs(part, bold) {
			s.add(&l, run, part.text, bold)
		}
	}
	s.known[key] = l
	return l
}

// A stretch is part of a line in which at most one turn of direction nests:
// go-text reports directions without their levels, and with two levels they say
// the same.
type stretch struct {
	text []rune
	rtl  bool
}

// stretches cuts a line that reads left to right into what does and the foreign
// parts between, each from its first right-to-left letter to its last, with the
// numbers that follow (rules N1, W7 and I2 of UAX #9).
func stretches(text []rune, rtl bool) []stretch {
	if rtl {
		return []stretch{{isolateNumbers(text), true}}
	}
	var out []stretch
	done := 0
	for i := 0; i < len(text); i++ {
		if !strongRTL(class(text[i])) {
			continue
		}
		end := i + 1
	reach:
		for j := end; j < len(text); j++ {
			switch c := class(text[j]); {
			case c == bidi.L:
				break reach
			case strongRTL(c), c == bidi.EN, c == bidi.AN, j == end && (c == bidi.NSM || c == bidi.ET):
				end = j + 1
			}
		}
		if i > done {
			out = append(out, stretch{text[done:i], false})
		}
		out = append(out, stretch{isolateNumbers(text[i:end]), true})
		done, i = end, end-1
	}
	if done < len(text) {
		out = append(out, stretch{text[done:], false})
	}
	return out
}

// What must keep its order inside Urdu text: a telephone number with its plus
// and spaces, an amount with its sign, a date, a range, a code.
var number = regexp.MustCompile(`\+\d[\d -]*\d|[+−-]?(₹ ?)?[+−-]?\d([\p{Latin}\d,./:–-]*[\p{Latin}\d])?%?`)

const isolate, isolated = '\u2066', '\u2069'

// isolateNumbers puts each number of a right-to-left text between isolates,
// save where a Latin word leads it on: there rule W7 keeps both together.
func isolateNumbers(text []rune) []rune {
	s := string(text)
	var b strings.Builder
	done := 0
	for _, at := range number.FindAllStringIndex(s, -1) {
		b.WriteString(s[done:at[0]])
		if done = at[1]; ledByLatin(s[:at[0]]) {
			b.WriteString(s[at[0]:at[1]])
			continue
		}
		b.WriteString(string(isolate) + s[at[0]:at[1]] + string(isolated))
	}
	return []rune(b.String() + s[done:])
}

func ledByLatin(before string) bool {
	i := strings.LastIndexFunc(before, func(r rune) bool { c := class(r); return c == bidi.L || strongRTL(c) })
	if i < 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(before[i:])
	return class(r) == bidi.L
}

// runs shapes a stretch and gives its pieces from left to right.
func (s *shaper) runs(part stretch, bold bool) []shaping.Output {
	input := shaping.Input{
		Text: part.text, RunEnd: len(part.text), Size: fixed.I(unit), Language: s.language, Direction: di.DirectionLTR,
	}
	if part.rtl {
		input.Direction = di.DirectionRTL
	}
	var out []shaping.Output
	for _, in := range s.split.Split(input, s.faces[bold]) {
		if in.Face == nil { // nothing in it asks for a font
			in.Face = s.faces[bold].of[latin]
		}
		out = append(out, s.engine.Shape(in))
	}
	if !part.rtl {
		return out
	}
	reverse(out)
	for i := 0; i < len(out); i++ {
		first := i
		for i < len(out) && out[i].Direction == di.DirectionLTR {
			i++
		}
		reverse(out[first:i])
	}
	return out
}

func reverse[T any](list []T) {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
}

// add appends a shaped run to the right of l.
func (s *shaper) add(l *line, run shaping.Output, text []rune, bold bool) {
	at, rtl := s.faces[bold].script(run.Face), run.Direction == di.DirectionRTL
	units := func(v fixed.Int26_6) float64 { return float64(v) / 64 * scales[at] }
	edges := map[int]float64{} // where in reading order the cluster of a rune begins
	left, x := l.width, l.width
	for _, g := range run.Glyphs {
		if g.Width != 0 {
			id := outlineID{bold, at, g.GlyphID}
			l.glyphs = append(l.glyphs, glyph{id, x + units(g.XOffset), units(g.YOffset)})
		}
		if _, ok := edges[g.TextIndex()]; !ok && !rtl {
			edges[g.TextIndex()] = x
		}
		x += units(g.Advance)
		if at == nastaliq && text[g.TextIndex()] == ' ' && besideLatin(text, g.TextIndex()) {
			x += latinSpace
		}
		if rtl {
			edges[g.TextIndex()] = x
		}
	}
	l.width = x
	l.ascent = max(l.ascent, reach[at][0]*unit, units(run.GlyphBounds.Ascent))
	l.descent = max(l.descent, reach[at][1]*unit, -units(run.GlyphBounds.Descent))
	end := run.Runes.Offset + run.Runes.Count
	if edges[end] = x; rtl {
		edges[end] = left
	}
	l.say(words(text[:end], run.Runes.Offset, edges, rtl))
}

// latinSpace widens the space of Nastaliq, which is made for words that hang
// into each other, where a figure or a Latin word stands beside it.
const latinSpace = 0.11 * unit

func besideLatin(text []rune, i int) bool {
	foreign := func(j int) bool {
		return j >= 0 && j < len(text) && (text[j] == isolate || text[j] == isolated || class(text[j]) == bidi.L || class(text[j]) == bidi.EN)
	}
	return foreign(i-1) || foreign(i+1)
}

// say appends the words of a run. A word that goes on from the run before, as a
// full stop after Hindi does, joins it: a reader that finds two words there
// puts the vowel sign of the first behind the second.
func (l *line) say(list []word) {
	if len(list) > 1 && list[0].rtl {
		reverse(list)
	}
	if n := len(l.words); n > 0 && len(list) > 0 {
		last, next := &l.words[n-1], list[0]
		if last.rtl == next.rtl && !strings.HasSuffix(last.text, " ") && !strings.HasPrefix(next.text, " ") {
			last.text, last.width = last.text+next.text, next.x+next.width-last.x
			list = list[1:]
		}
	}
	l.words = append(l.words, list...)
}

// words cuts a run, which is text from rune i on, behind its spaces.
func words(text []rune, i int, edges map[int]float64, rtl bool) []word {
	var out []word
	from, known := edges[i], true
	for j := i + 1; j <= len(text); j++ {
		var to float64
		if to, known = edges[j]; !known || j < len(text) && text[j-1] != ' ' {
			continue
		}
		if said := said(text[i:j], rtl); said != "" {
			out = append(out, word{said, min(from, to), max(from, to) - min(from, to), rtl})
		}
		i, from = j, to
	}
	return out
}

func said(text []rune, rtl bool) string {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		if r != isolate && r != isolated {
			out = append(out, r)
		}
	}
	if rtl {
		reverse(out)
	}
	return string(out)
}
