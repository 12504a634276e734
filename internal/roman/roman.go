package roman

import (
	"strings"
	"unicode/utf8"
)

// Name writes s in the bytes a bank's file takes: Latin letters without accents,
// Devanagari and Urdu by the table and the rules, every other sign left out. The
// result may be empty.
func Name(s string) string { return write(s).text }

// Lossy says that Name(s) leaves out something of s that could have meaning: a
// letter of another script, a symbol, a control character, a damaged byte, or
// all of it. Hyphens, brackets, apostrophes and invisible direction marks are
// none of these.
func Lossy(s string) bool { return write(s).lossy }

// Guessed says that a word of s in Urdu letters is not in the table, so that
// Name supplies short vowels which the writing does not have. A person who
// knows the name must confirm it before a bank compares it.
func Guessed(s string) bool { return write(s).guessed }

type written struct {
	text           string
	lossy, guessed bool
}

func write(s string) written {
	clean, lossy := clean(s)
	out := written{lossy: lossy}
	var b strings.Builder
	before := latin
	for clean != "" {
		first, size := utf8.DecodeRuneInString(clean)
		script := scriptOf(first)
		end := strings.IndexFunc(clean[size:], func(r rune) bool { return scriptOf(r) != script })
		if end < 0 {
			end = len(clean) - size
		}
		run := clean[:size+end]
		clean = clean[size+end:]
		if script == latin {
			if rest, cut := strings.CutPrefix(run, "0"); cut && before == devanagari && (rest == "" || rest[0] == ' ') {
				run = "." + rest // the ring of an abbreviation, typed as a zero: मो0
			}
			b.WriteString(run)
			before = script
			continue
		}
		before = script
		text, listed := spell(run, script)
		b.WriteString(text)
		out.guessed = out.guessed || script == urdu && !listed
	}
	out.text = tidy(b.String())
	out.lossy = out.lossy || out.text == "" && strings.TrimSpace(s) != ""
	return out
}

// spell writes a word of one script, by the table where it can.
func spell(run string, script script) (text string, listed bool) {
	if name, ok := names()[key(run)]; ok {
		return name, true
	}
	if script == devanagari {
		return fromDevanagari([]rune(run)), false
	}
	return fromUrdu([]rune(run)), false
}

// tidy gives words their capitals, also after a dot (S.K.), and leaves single
// spaces and dots.
func tidy(s string) string {
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		var b strings.Builder
		begins, dots := true, 0
		for i := range len(w) {
			c := w[i]
			if c == '.' {
				dots++
				begins = true
				continue
			}
			if dots > 0 && b.Len() > 0 {
				b.WriteByte('.')
			}
			dots = 0
			if begins && 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			begins = false
			b.WriteByte(c)
		}
		if dots > 0 && b.Len() > 0 {
			b.WriteByte('.')
		}
		if b.Len() > 0 {
			kept = append(kept, b.String())
		}
	}
	return strings.Join(kept, " ")
}
