package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is one word in the forms it is indexed and looked up under.
type word struct {
	raw    string // lower case Latin letters and digits, romanised where needed
	key    string // raw by sound: zardozi and jardoji are one
	native bool   // it was written in Devanagari or Urdu letters
}

const maxWordBytes = 32

// The marks before a word's other forms, so that what a person types as the
// beginning of a word does not begin them: kurta is not the start of curtain,
// which sounds kurtain. No word of letters begins with a digit.
const (
	byConsonants = "0"
	bySound      = "2"
)

// wordsOf cuts s into at most limit words. What is no letter, digit or mark
// separates, so that no sign of any query language survives.
func wordsOf(s string, limit int) []word {
	if !ascii(s) {
		s = norm.NFKD.String(s)
	}
	var out []word
	var run []rune
	flush := func() {
		if len(run) > 0 && len(out) < limit {
			if w := newWord(run); w.raw != "" {
				out = append(out, w)
			}
		}
		run = run[:0]
	}
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			flush()
		case unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Mc):
			run = append(run, unicode.ToLower(r))
		case r == '\'' || r == '’' || unicode.Is(unicode.Cf, r):
			// women's is womens; joiners change the shape of a word, not the word
		default:
			flush()
			if len(out) == limit {
				return out
			}
		}
	}
	flush()
	return out
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func newWord(run []rune) word {
	var w word
	switch {
	case inAny(run, 0x0900, 0x097f):
		w.raw, w.native = fromDevanagari(run), true
	case inAny(run, 0x0600, 0x06ff):
		w.raw, w.native = fromUrdu(run), true
	default:
		w.raw = fromOther(run)
	}
	if len(w.raw) > maxWordBytes {
		w.raw = strings.ToValidUTF8(w.raw[:maxWordBytes], "")
	}
	w.key = w.raw
	if letters(w.raw) {
		one := w.raw
		if !w.native {
			one = singular(one)
		}
		w.key = sound(one)
	}
	return w
}

func inAny(run []rune, lo, hi rune) bool {
	for _, r := range run {
		if r >= lo && r <= hi {
			return true
		}
	}
	return false
}

// fromOther drops the marks of Latin letters (é is e) and keeps other scripts.
func fromOther(run []rune) string {
	var b strings.Builder
	latin := false
	for _, r := range run {
		if unicode.Is(unicode.Mn, r) && (latin || b.Len() == 0) {
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			latin = unicode.Is(unicode.Latin, r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func letters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

// singular takes an English plural's ending off.
func singular(s string) string {
	switch {
	case len(s) < 4 || !strings.HasSuffix(s, "s"):
		return s
	case strings.HasSuffix(s, "ss"), strings.HasSuffix(s, "us"), strings.HasSuffix(s, "is"):
		return s
	case strings.HasSuffix(s, "ies"):
		return s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "sses"), strings.HasSuffix(s, "shes"), strings.HasSuffix(s, "ches"), strings.HasSuffix(s, "xes"):
		return s[:len(s)-2]
	}
	return s[:len(s)-1]
}

// sound spells s as it is heard, so that the ways of writing an Indian word in
// Latin letters meet: z is j, w is v, ph is f, aspiration and doubling go. It
// works letter by letter from the left, so that it keeps most prefixes.
func sound(s string) string {
	out := make([]byte, 0, len(s))
	put := func(c byte) {
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	for i := 0; i < len(s); i++ {
		c, next := s[i], byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch {
		case c == 'c' && next == 'h':
			put('c')
			out = append(out, 'h')
			for i+1 < len(s) && s[i+1] == 'h' {
				i++
			}
		case c == 'c' || c == 'q':
			put('k')
		case c == 'x':
			put('k')
			put('s')
		case c == 'w':
			put('v')
		case c == 'z':
			put('j')
			i += skipH(next)
		case c == 'p' && next == 'h':
			put('f')
			i++
		case strings.IndexByte("kgtdbj", c) >= 0:
			put(c)
			i += skipH(next)
		case c == 'e' && next == 'e':
			put('i')
			i++
		case c == 'o' && next == 'o':
			put('u')
			i++
		case c == 'y' && next == 0 && i > 0:
			put('i')
		default:
			put(c)
		}
	}
	return string(out)
}

func skipH(next byte) int {
	if next == 'h' {
		return 1
	}
	return 0
}

// skeleton is the consonants of a key behind their mark: Urdu does not write its short vowels, and و and ی are vowel or
// consonant. Fewer than three consonants say too little and give "".
func skeleton(key string) string {
	if !letters(key) {
		return ""
	}
	out := []byte(byConsonants)
	for i := range len(key) {
		c := key[i]
		if strings.IndexByte("aeiouhvy", c) < 0 && c != out[len(out)-1] {
			out = append(out, c)
		}
	}
	if len(out) < 4 {
		return ""
	}
	return string(out)
}
