package search

import (
	"strings"
	"unicode"
)

var devaConsonants = map[rune]string{
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'ङ': "n", 'च': "ch", 'छ': "chh", 'ज': "j", 'झ': "jh", 'ञ': "n",
	'ट': "t", 'ठ': "th", 'ड': "d", 'ढ': "dh", 'ण': "n", 'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n",
	'प': "p", 'फ': "ph", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y", 'र': "r", 'ल': "l", 'ळ': "l", 'व': "v",
	'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h",
}

// devaNukta is what a dot below makes of a consonant.
var devaNukta = map[rune]string{'क': "q", 'ख': "kh", 'ग': "g", 'ज': "z", 'ड': "r", 'ढ': "rh", 'फ': "f", 'य': "y", 'न': "n", 'र': "r", 'ळ': "l"}

var devaVowels = map[rune]string{
	'अ': "a", 'आ': "a", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ऋ': "ri", 'ए': "e", 'ऐ': "ai", 'ओ': "o", 'औ': "au", 'ऑ': "o", 'ऍ': "e",
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'ृ': "ri", 'े': "e", 'ै': "ai", 'ो': "o", 'ौ': "au", 'ॉ': "o", 'ॅ': "e",
}

const (
	devaSignNukta  = '\u093c'
	devaSignVirama = '\u094d'
)

// syllable is a consonant (or nothing) with its vowel; schwa marks the a that
// is spoken but not written.
type syllable struct {
	cons, vowel string
	schwa       bool
}

// fromDevanagari spells a word in Latin letters as Hindi is spoken: the unwritten
// a falls at the end of a word, and between a vowel and a consonant with a vowel.
func fromDevanagari(run []rune) string {
	syllables := devaSyllables(run)
	last := len(syllables) - 1
	if last > 0 && syllables[last].schwa || last == 0 && syllables[0].schwa {
		syllables[last].schwa = false
	}
	for i := last - 1; i > 0; i-- {
		before := syllables[i-1].vowel != "" || syllables[i-1].schwa
		after := syllables[i+1].cons != "" && (syllables[i+1].vowel != "" && isVowel(syllables[i+1].vowel) || syllables[i+1].schwa)
		if syllables[i].schwa && before && after {
			syllables[i].schwa = false
		}
	}
	var b strings.Builder
	for _, s := range syllables {
		b.WriteString(s.cons)
		if s.schwa {
			b.WriteByte('a')
		}
		b.WriteString(s.vowel)
	}
	return b.String()
}

func isVowel(s string) bool { return strings.IndexByte("aeiou", s[0]) >= 0 }

func devaSyllables(run []rune) []syllable {
	var out []syllable
	for i := 0; i < len(run); i++ {
		r := run[i]
		if c, ok := devaConsonants[r]; ok {
			if i+1 < len(run) && run[i+1] == devaSignNukta {
				if dotted, ok := devaNukta[r]; ok {
					c = dotted
				}
				i++
			}
			out = append(out, syllable{cons: c, schwa: true})
			continue
		}
		last := len(out) - 1
		v, vowel := devaVowels[r]
		switch {
		case vowel && unicode.Is(unicode.L, r):
			out = append(out, syllable{vowel: v})
		case vowel && last >= 0:
			out[last].vowel, out[last].schwa = out[last].vowel+v, false
		case r == devaSignVirama && last >= 0:
			out[last].schwa = false
		case r == 'ं' || r == 'ँ':
			out = append(out, syllable{cons: "n"})
		case r >= '०' && r <= '९':
			out = append(out, syllable{cons: string('0' + r - '०')})
		case unicode.In(r, unicode.L, unicode.N) && !unicode.Is(unicode.Devanagari, r):
			out = append(out, syllable{cons: string(r)})
		}
	}
	return out
}

var urduLetters = map[rune]string{
	'ا': "a", 'ب': "b", 'پ': "p", 'ت': "t", 'ٹ': "t", 'ث': "s", 'ج': "j", 'چ': "ch", 'ح': "h", 'خ': "kh",
	'د': "d", 'ڈ': "d", 'ذ': "z", 'ر': "r", 'ڑ': "r", 'ز': "z", 'ژ': "zh", 'س': "s", 'ش': "sh", 'ص': "s",
	'ض': "z", 'ط': "t", 'ظ': "z", 'ع': "a", 'غ': "gh", 'ف': "f", 'ق': "q", 'ک': "k", 'ك': "k", 'گ': "g",
	'ل': "l", 'م': "m", 'ن': "n", 'ں': "n", 'و': "o", 'ہ': "h", 'ه': "h", 'ۂ': "h", 'ۃ': "h", 'ة': "h", 'ھ': "h",
	'ی': "i", 'ي': "i", 'ى': "i", 'ے': "e", 'ە': "h",
}

// fromUrdu spells the letters of a word; its short vowels are not written and
// so stay out.
func fromUrdu(run []rune) string {
	var b strings.Builder
	for _, r := range run {
		switch l, ok := urduLetters[r]; {
		case ok:
			b.WriteString(l)
		case r >= '۰' && r <= '۹':
			b.WriteRune('0' + r - '۰')
		case r >= '٠' && r <= '٩':
			b.WriteRune('0' + r - '٠')
		case unicode.In(r, unicode.L, unicode.N) && !unicode.Is(unicode.Arabic, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
