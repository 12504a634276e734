package roman

import "strings"

var urduConsonants = map[rune]string{
	'ب': "b", 'پ': "p", 'ت': "t", 'ٹ': "t", 'ث': "s", 'ج': "j", 'چ': "ch", 'ح': "h", 'خ': "kh",
	'د': "d", 'ڈ': "d", 'ذ': "z", 'ر': "r", 'ڑ': "r", 'ز': "z", 'ژ': "zh", 'س': "s", 'ش': "sh", 'ص': "s",
	'ض': "z", 'ط': "t", 'ظ': "z", 'غ': "gh", 'ف': "f", 'ق': "q", 'ک': "k", 'گ': "g",
	'ل': "l", 'م': "m", 'ن': "n", 'ہ': "h",
}

// The vowel signs of a schoolbook; most people write none.
const (
	urduZabar     = '\u064e'
	urduZer       = '\u0650'
	urduPesh      = '\u064f'
	urduTashdid   = '\u0651'
	urduJazm      = '\u0652'
	urduTanwin    = '\u064b'
	urduKhariAlif = '\u0670'
)

var urduSigns = map[rune]bool{
	'ا': true, 'آ': true, 'ع': true, 'و': true, 'ؤ': true, 'ی': true, 'ئ': true, 'ے': true, 'ھ': true, 'ں': true, 'ء': true,
	urduZabar: true, urduZer: true, urduPesh: true, urduTashdid: true, urduJazm: true, urduTanwin: true, urduKhariAlif: true,
	'\u0653': true, '\u0654': true, '\u0655': true, // madda and hamza that joined no letter
}

// The ends of joined Arabic names, where the article is spoken with what is
// before it.
var urduEnds = []struct{ written, spoken string }{
	{"الدین", "uddin"}, {"النساء", "unnisa"}, {"النسا", "unnisa"}, {"اللہ", "ullah"}, {"الرحمن", "urrahman"}, {"الحق", "ulhaq"}, {"الحسن", "ulhasan"},
}

func fromUrdu(run []rune) string {
	word := string(run)
	for _, end := range urduEnds {
		if first, ok := strings.CutSuffix(word, end.written); ok {
			if name, listed := names()[key(first)]; listed {
				return strings.ToLower(name) + end.spoken
			}
			return spellUrdu([]rune(first)) + end.spoken
		}
	}
	return spellUrdu(run)
}

func spellUrdu(run []rune) string {
	u := urduWord{run: run}
	for u.at < len(run) {
		u.step()
		u.at++
	}
	dropSchwas(u.word, false)
	return join(u.word)
}

// urduWord is a word being read; step reads the letter at.
type urduWord struct {
	run  []rune
	at   int
	word []syllable
}

func (u *urduWord) look(by int) rune {
	if i := u.at + by; i >= 0 && i < len(u.run) {
		return u.run[i]
	}
	return 0
}

// before is the sign before the letter at; a doubling between does not count.
func (u *urduWord) before() rune {
	if r := u.look(-1); r != urduTashdid {
		return r
	}
	return u.look(-2)
}

// pending says that the last consonant has no vowel yet.
func (u *urduWord) pending() bool { return len(u.word) > 0 && u.word[len(u.word)-1].schwa }

func (u *urduWord) vowel(v string) {
	if u.pending() {
		last := &u.word[len(u.word)-1]
		last.vowel, last.schwa = v, false
		return
	}
	u.word = append(u.word, syllable{vowel: v})
}

func (u *urduWord) consonant(c string) { u.word = append(u.word, syllable{cons: c, schwa: true}) }

func long(r rune) bool { return r != 0 && strings.ContainsRune("اآویے", r) }

func (u *urduWord) step() {
	r, next := u.run[u.at], u.look(1)
	first, final := len(u.word) == 0, u.at == len(u.run)-1
	switch r {
	case 'ا':
		if u.at > 0 && u.look(-1) == urduZabar || first && (next == 'و' || next == 'ی') && !long(u.look(2)) {
			return // it only carries the vowel beside it
		}
		u.vowel("a")
	case 'آ':
		u.vowel("a")
	case 'ع':
		if u.pending() || first && !long(next) {
			u.vowel("a")
		}
	case 'و':
		u.waw(next, final)
	case 'ی':
		u.ye(next)
	case 'ؤ':
		u.vowel("o")
	case 'ے':
		u.vowel("e")
	case 'ئ':
		if !long(next) {
			u.vowel("i")
		}
	case 'ہ':
		if before := u.look(-1); final && !first && before != 'ا' && before != 'آ' && before != 'و' {
			u.vowel("a")
			return
		}
		u.consonant("h")
	case 'ں':
		u.word = append(u.word, syllable{cons: "n"})
	case 'ھ':
		if !u.pending() {
			u.consonant("h")
		} else if last := &u.word[len(u.word)-1]; last.cons == "ch" || !strings.HasSuffix(last.cons, "h") {
			last.cons += "h"
		}
	default:
		if c := urduConsonants[r]; c != "" {
			u.consonant(c)
			return
		}
		u.sign(r)
	}
}

// waw is w where it begins a syllable, else a vowel: o at the end (Bano), u
// within (Mahmud), au or u after a sign that says so.
func (u *urduWord) waw(next rune, final bool) {
	switch before := u.before(); {
	case before == urduZabar && len(u.word) > 0 && !long(next):
		u.word[len(u.word)-1].vowel = "au"
	case before == urduPesh:
		// long, already written u
	case u.at == 0 || long(next) || before != 'ع' && !u.pending() && len(u.word) > 0:
		u.consonant("w")
	case final:
		u.vowel("o")
	default:
		u.vowel("u")
	}
}

// ye is y where it begins a syllable, else i; with an alif above it is a (Isa).
func (u *urduWord) ye(next rune) {
	switch before := u.before(); {
	case next == urduKhariAlif:
		u.vowel("a")
		u.at++
	case before == urduZabar && len(u.word) > 0 && !long(next):
		u.word[len(u.word)-1].vowel = "ai"
	case before == urduZer && next != 'ا' && next != 'آ':
		// long, already written i
	case u.at == 0 || next == 'ا' || next == 'آ' || next == 'و' && !long(u.look(2)):
		u.consonant("y")
	case before != 'ئ' && before != 'ع' && !u.pending() && len(u.word) > 0 && next != 0:
		u.consonant("y")
	default:
		u.vowel("i")
	}
}

// sign writes a short vowel that is there after all.
func (u *urduWord) sign(r rune) {
	if len(u.word) == 0 && r != urduZer && r != urduPesh {
		return
	}
	switch r {
	case urduZabar, urduKhariAlif:
		if u.pending() {
			u.vowel("a")
		}
	case urduZer, urduPesh:
		short := map[rune]string{urduZer: "i", urduPesh: "u"}[r]
		if last := len(u.word) - 1; last >= 0 && u.look(-1) == 'ا' {
			u.word[last].vowel = short
		} else {
			u.vowel(short)
		}
	case urduTanwin:
		if u.pending() {
			u.vowel("a")
		}
		u.word = append(u.word, syllable{cons: "n"})
	case urduJazm:
		u.word[len(u.word)-1].schwa = false
	case urduTashdid:
		if last := &u.word[len(u.word)-1]; len(last.cons) == 1 {
			last.cons += last.cons
		}
	}
}
