package paper

import (
	"strings"

	"github.com/go-text/typesetting/segmenter"
)

// A style is how a text is set: size in points, weight, and grey from 0 (black)
// to 1 (white).
type style struct {
	size float64
	bold bool
	grey float64
}

// A typeset is a line with its style.
type typeset struct {
	line
	style
}

func (t typeset) wide() float64 { return t.width * t.size / unit }
func (t typeset) up() float64   { return t.ascent * t.size / unit }
func (t typeset) down() float64 { return t.descent * t.size / unit }

// wrap sets text in lines no wider than width points. It breaks where UAX #14
// allows, and inside a word only when the word alone is too wide. An empty text
// has no line.
func (s *shaper) wrap(text string, st style, width float64) []typeset {
	text = clean(text)
	if text == "" {
		return nil
	}
	rtl := s.direction(text)
	fits := func(part string) (typeset, bool) {
		t := typeset{s.line(strings.TrimRight(part, " "), rtl, st.bold), st}
		return t, t.wide() <= width+0.01
	}
	if whole, ok := fits(text); ok {
		return []typeset{whole}
	}
	var out []typeset
	var last typeset // of the text in line
	now := ""
	for _, part := range breaks(text, fits) {
		if t, ok := fits(now + part); ok || now == "" {
			now, last = now+part, t
			continue
		}
		out = append(out, last)
		now = part
		last, _ = fits(now)
	}
	return append(out, last)
}

// breaks cuts text where a line may end, and words that do not fit a line
// between their letters.
func breaks(text string, fits func(string) (typeset, bool)) []string {
	var out []string
	var seg segmenter.Segmenter
	seg.Init([]rune(text))
	for lines := seg.LineIterator(); lines.Next(); {
		part := string(lines.Line().Text)
		if _, ok := fits(part); ok {
			out = append(out, part)
			continue
		}
		out = append(out, pieces(part, fits)...)
	}
	return out
}

func pieces(text string, fits func(string) (typeset, bool)) []string {
	var out []string
	var seg segmenter.Segmenter
	seg.Init([]rune(text))
	now := ""
	for letters := seg.GraphemeIterator(); letters.Next(); {
		letter := string(letters.Grapheme().Text)
		if _, ok := fits(now + letter); !ok && now != "" {
			out = append(out, now)
			now = ""
		}
		now += letter
	}
	return append(out, now)
}
