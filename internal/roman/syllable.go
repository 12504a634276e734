package roman

import "strings"

// syllable is a consonant (or none) with its vowel. schwa marks the short a that
// both scripts leave unwritten; it is spoken or not by its neighbours.
type syllable struct {
	cons, vowel string
	schwa       bool
}

func (s syllable) spoken() bool { return s.vowel != "" || s.schwa }

// dropSchwas removes the a that is not spoken: the last one, unless keepLast, and
// from left to right each that stands after a spoken vowel and before a consonant
// with a vowel: ru-kha-sa-na is Rukhsana, sha-ba-na-ma Shabnam. The a of a word's
// first consonant is always spoken.
func dropSchwas(word []syllable, keepLast bool) {
	last := len(word) - 1
	if last > 0 && !keepLast {
		word[last].schwa = false
	}
	for i := 1; i < last; i++ {
		if word[i].schwa && word[i-1].spoken() && word[i+1].cons != "" && word[i+1].spoken() {
			word[i].schwa = false
		}
	}
}

// join spells the syllables; a doubled aspirate is written once (chchh is chh).
func join(word []syllable) string {
	var b strings.Builder
	for i, s := range word {
		cons := s.cons
		if i+1 < len(word) && !s.spoken() && len(cons) > 1 && cons[1] == 'h' && strings.HasPrefix(word[i+1].cons, cons) {
			cons = cons[:1]
			if word[i+1].cons[0] == 'c' {
				cons = ""
			}
		}
		b.WriteString(cons)
		if s.schwa {
			b.WriteByte('a')
		}
		b.WriteString(s.vowel)
	}
	return b.String()
}
