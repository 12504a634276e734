package search

import (
	"slices"
	"strings"
)

// Forms are the words of a text as an engine beside Embedded holds them, each
// kind separated by spaces: lower case Latin letters, digits and what other
// scripts are left, so that no engine need cut, fold or romanise them again.
type Forms struct {
	Plain  string // as typed, each followed by what it means when that is another word
	Sounds string // by sound, with the meanings
	Bones  string // the consonants, with the meanings
	Names  string // every other name of the meanings
}

// FormsOf gives the forms of texts.
func FormsOf(texts ...string) Forms {
	var plain, sounds, bones, names []string
	thesaurus := theThesaurus()
	for _, text := range texts {
		ws := wordsOf(text, maxTextWords)
		for i, w := range ws {
			plain, sounds = append(plain, w.raw), append(sounds, w.key)
			if s := skeleton(w.key); s != "" {
				bones = append(bones, s)
			}
			meaning, _ := thesaurus.longest(ws[i:])
			if meaning == "" {
				continue
			}
			if meaning != w.raw {
				plain = append(plain, meaning)
			}
			sounds, bones = append(sounds, meaning), append(bones, meaning)
			if !slices.Contains(names, meaning) {
				names = append(append(names, meaning), thesaurus.names[meaning]...)
			}
		}
	}
	join := func(words []string) string { return strings.Join(words, " ") }
	return Forms{join(plain), join(sounds), join(bones), join(names)}
}

// Word is one idea of a question in the same forms.
type Word struct {
	Plain   string // "" for a name of several words
	Sound   string
	Bones   string // "" when its consonants say too little
	Meaning string // "" when the thesaurus does not know it
	Open    bool   // it may be the beginning of a longer word
}

// Asked cuts what a person typed into its words. It is empty for signs alone.
func Asked(text string) []Word {
	var out []Word
	for _, g := range understand(text).groups {
		out = append(out, Word{Plain: g.raw, Sound: g.key, Bones: skeleton(g.key), Meaning: g.meaning, Open: len(g.starts) > 0})
	}
	return out
}
