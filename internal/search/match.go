package search

import (
	"slices"
	"strings"
)

const (
	maxQueryBytes = 256
	maxQueryWords = 12
	maxStarts     = 8
)

// group is one idea of the question: any of its terms will do.
type group struct {
	exact  []string // whole words
	starts []string // beginnings
	sounds []string // beginnings by sound, for when no word begins as typed
	raw    string   // what was typed, for the search for slips
	key    string
}

// question is a text understood: every group must be met.
type question struct{ groups []group }

// understand splits text into groups. Fillers are dropped unless nothing else
// is there; the last word is a beginning unless a space ends it.
func understand(text string) question {
	if len(text) > maxQueryBytes {
		text = strings.ToValidUTF8(text[:maxQueryBytes], "")
	}
	ws := wordsOf(text, maxQueryWords)
	open := text != "" && !strings.ContainsAny(text[len(text)-1:], " \t\n.,;:!?")
	thesaurus := theThesaurus()
	var all, meant []group
	for i := 0; i < len(ws); {
		meaning, n := thesaurus.longest(ws[i:])
		g := newGroup(ws[i:i+max(n, 1)], meaning)
		last := i+max(n, 1) == len(ws)
		if last && open && n <= 1 {
			g.open(ws[i], thesaurus)
		}
		all = append(all, g)
		if n > 0 || !fillers[ws[i].key] {
			meant = append(meant, g)
		}
		i += max(n, 1)
	}
	if len(meant) == 0 {
		meant = all
	}
	return question{meant}
}

// newGroup makes the group of one word or of one name of several words.
func newGroup(ws []word, meaning string) group {
	var g group
	if len(ws) == 1 {
		w := ws[0]
		g.raw, g.key = w.raw, w.key
		g.addExact(w.raw, w.key, bySound+w.key)
		if w.native && meaning == "" {
			g.addExact(skeleton(w.key))
		}
	}
	g.addExact(meaning)
	return g
}

func (g *group) addExact(terms ...string) {
	for _, t := range terms {
		if t != "" && !slices.Contains(g.exact, t) {
			g.exact = append(g.exact, t)
		}
	}
}

// open lets the group's word be the beginning of a longer one.
func (g *group) open(w word, t *thesaurus) {
	g.starts = []string{w.raw}
	g.sounds = []string{w.key, bySound + w.key}
	if len(w.key) >= 3 {
		for i, m := range t.starting(w.key) {
			if i == maxStarts {
				break
			}
			g.addExact(m)
		}
	}
}

// known reports whether the vocabulary has a term of the group.
func (g group) known(v *vocabulary) bool {
	for _, t := range g.exact {
		if _, ok := v.have[t]; ok {
			return true
		}
	}
	return slices.ContainsFunc(g.starts, v.starts)
}

// forgive adds the words that were perhaps meant, and the consonants alone.
func (g *group) forgive(v *vocabulary) {
	if slices.ContainsFunc(g.sounds, v.starts) {
		g.starts, g.sounds = append(g.starts, g.sounds...), nil
		return
	}
	typed := []string{g.raw}
	if g.key != g.raw {
		typed = append(typed, g.key)
	}
	thesaurus := theThesaurus()
	for _, form := range typed {
		near := v.near(form, false)
		if len(near) == 0 && len(g.starts) > 0 {
			near = v.near(form, true)
		}
		for _, term := range near {
			g.addExact(term, bySound+term, thesaurus.meaning[sound(term)])
		}
	}
	g.addExact(skeleton(g.key))
}

// expression writes the question for FTS5, each term quoted.
func (q question) expression() string {
	var b strings.Builder
	for i, g := range q.groups {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteByte('(')
		for j, t := range g.exact {
			if j > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(quoted(t))
		}
		for _, t := range g.starts {
			b.WriteString(" OR " + quoted(t) + " *")
		}
		b.WriteByte(')')
	}
	return b.String()
}

func quoted(term string) string { return `"` + strings.ReplaceAll(term, `"`, `""`) + `"` }

const maxTextWords = 2_000

// indexed writes texts as the words the index holds: each as typed, by sound,
// by its consonants and by its meaning.
func indexed(texts ...string) string {
	var b strings.Builder
	thesaurus := theThesaurus()
	put := func(term string) {
		if term != "" {
			b.WriteString(term)
			b.WriteByte(' ')
		}
	}
	for _, text := range texts {
		ws := wordsOf(text, maxTextWords)
		for i, w := range ws {
			put(w.raw)
			if w.key != w.raw {
				put(bySound + w.key)
			}
			put(skeleton(w.key))
			if meaning, _ := thesaurus.longest(ws[i:]); meaning != "" && meaning != w.raw {
				put(meaning)
			}
		}
	}
	return b.String()
}
