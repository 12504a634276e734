package roman

import "strings"

var devaConsonants = map[rune]string{
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'ङ': "n", 'च': "ch", 'छ': "chh", 'ज': "j", 'झ': "jh", 'ञ': "n",
	'ट': "t", 'ठ': "th", 'ड': "d", 'ढ': "dh", 'ण': "n", 'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n",
	'प': "p", 'फ': "f", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y", 'र': "r", 'ल': "l", 'ळ': "l", 'व': "w",
	'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h",
}

// What a dot below makes of a consonant. The dot is often left out, so फ is f
// in any case and the table is read without dots.
var devaDotted = map[rune]string{'क': "q", 'ख': "kh", 'ग': "gh", 'ज': "z", 'ड': "r", 'ढ': "rh", 'फ': "f"}

var devaVowels = map[rune]string{
	'अ': "a", 'आ': "a", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ऋ': "ri", 'ए': "e", 'ऐ': "ai", 'ओ': "o", 'औ': "au", 'ऑ': "o", 'ऍ': "e",
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'ृ': "ri", 'े': "e", 'ै': "ai", 'ो': "o", 'ौ': "au", 'ॉ': "o", 'ॅ': "e", 'ॐ': "om",
}

const (
	devaNukta  = '\u093c'
	devaHalant = '\u094d'
)

var devaSigns = map[rune]bool{devaNukta: true, devaHalant: true, 'ं': true, 'ँ': true, 'ः': true}

// The second words of joined names, whose first letter keeps its a: Kala-wati,
// Madan-lal. The first words are names too.
var devaSecond = []string{
	"वती", "मती", "कला", "लता", "नाथ", "लाल", "जीत", "पाल", "दास", "राज", "राम", "देव", "दीप",
	"बानो", "जहां", "जहाँ", "मोहन", "प्रसाद", "प्रकाश", "प्यारी", "स्वरूप", "कुमार", "कुमारी", "शंकर", "श्याम", "शरण", "चरण", "चरन", "किशोर", "दुलारी",
}

// fromDevanagari spells a word as Hindi is spoken.
func fromDevanagari(run []rune) string {
	word := string(run)
	for _, second := range devaSecond {
		first, ok := strings.CutSuffix(word, second)
		if ok && first != "" && !strings.HasSuffix(first, string(devaHalant)) {
			return spellDevanagari([]rune(first)) + spellDevanagari([]rune(second))
		}
	}
	return spellDevanagari(run)
}

func spellDevanagari(run []rune) string {
	word := devaSyllables(run)
	last := len(word) - 1
	dropSchwas(word, last > 0 && endsSpoken(word[last-1], word[last]))
	for i, s := range word {
		if s.cons == "w" && (front(s.vowel) || i == last && !s.spoken() || i > 0 && front(word[i-1].vowel) && s.vowel == "") {
			word[i].cons = "v" // Devi, Savitri, Shiv, Devki, but Anwar and Diwali
		}
	}
	return join(word)
}

func front(vowel string) bool { return vowel == "i" || vowel == "e" || vowel == "ai" }

// endsSpoken says that a word's last a is spoken, as after two consonants that
// are hard to end on: Mahendra, Satya, Ratna.
func endsSpoken(before, last syllable) bool {
	return last.schwa && before.cons != "" && !before.spoken() && !strings.Contains("m n r l y w f q z", before.cons) && before.cons != "kh" &&
		strings.Contains("r y w n m", last.cons)
}

func devaSyllables(run []rune) []syllable {
	var word []syllable
	for i, r := range run {
		last := len(word) - 1
		next := rune(0)
		if i+1 < len(run) {
			next = run[i+1]
		}
		c, consonant := devaConsonants[r]
		v, vowel := devaVowels[r]
		switch {
		case consonant:
			word = append(word, syllable{cons: c, schwa: true})
		case r == devaNukta && last >= 0 && i > 0 && devaDotted[run[i-1]] != "":
			word[last].cons = devaDotted[run[i-1]]
			if i > 2 && run[i-2] == devaHalant && run[i-3] == run[i-1] {
				word[last-1].cons = word[last].cons // जज़ doubled is zz, however its half is written
			}
		case vowel && r >= 'ा' && r != 'ॐ' && last >= 0 && word[last].schwa:
			word[last].vowel, word[last].schwa = v, false
		case vowel:
			word = append(word, syllable{vowel: v})
		case r == devaHalant && last >= 0:
			word[last].schwa = false
			if word[last].cons == "j" && next == 'ञ' { // gyan, pragya
				word[last].cons = "g"
			}
		case r == 'ं' || r == 'ँ':
			word = append(word, syllable{cons: nasal(r, next)})
		case r == 'ः':
			word = append(word, syllable{cons: "h"})
		}
		if r == 'ञ' && i > 1 && run[i-1] == devaHalant && run[i-2] == 'ज' {
			word[len(word)-1].cons = "y"
		}
	}
	return word
}

// nasal is m before a lip's consonant (Champa, Ambika), n elsewhere.
func nasal(sign, next rune) string {
	if sign == 'ं' && strings.ContainsRune("पफबभम", next) {
		return "m"
	}
	return "n"
}
