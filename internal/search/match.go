package search

import (
	"cmp"
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
	exact   []string // whole words
	also    []string // whole words that are further from what was typed
	starts  []string // beginnings
	sounds  []string // beginnings by sound, for when no word begins as typed
	raw     string   // what was typed, for the search for slips
	key     string
	meaning string // by the thesaurus, or ""
	slipped bool   // exact holds what was perhaps meant
}

// question is a text understood: every group must be met.
type question struct{ groups []group }

// understand splits text into groups. Fillers are dropped unless nothing else
// is there, and words like set when two others are; the last word is a beginning unless
// a space ends it.
func understand(text string) question {
	if len(text) > maxQueryBytes {
		text = strings.ToValidUTF8(text[:maxQueryBytes], "")
	}
	ws := wordsOf(text, maxQueryWords)
	open := text != "" && !strings.ContainsAny(text[len(text)-1:], " \t\n.,;:!?")
	thesaurus := theThesaurus()
	var all, meant, needed []group
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
			if n > 0 || !extras[ws[i].key] {
				needed = append(needed, g)
			}
		}
		i += max(n, 1)
	}
	switch {
	case len(needed) > 1:
		return question{needed}
	case len(meant) > 0:
		return question{meant}
	}
	return question{all}
}

// newGroup makes the group of one word or of one name of several words.
func newGroup(ws []word, meaning string) group {
	var g group
	if len(ws) == 1 {
		w := ws[0]
		g.raw, g.key = w.raw, w.key
		g.addExact(w.raw, w.key, bySound+w.key)
		if w.native && meaning == "" {
			g.addAlso(skeleton(w.key))
		}
	}
	g.meaning = meaning
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

func (g *group) addAlso(terms ...string) {
	for _, t := range terms {
		if t != "" && !slices.Contains(g.exact, t) && !slices.Contains(g.also, t) {
			g.also = append(g.also, t)
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
			g.addAlso(m)
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
	var near []slip
	for _, form := range typed {
		found := v.near(form, false)
		if len(found) == 0 && len(g.starts) > 0 {
			found = v.near(form, true)
		}
		near = append(near, found...)
	}
	slices.SortStableFunc(near, slip.compare)
	g.slipped = len(near) > 0
	thesaurus := theThesaurus()
	for _, s := range near {
		add := g.addAlso
		if s.compare(near[0]) == 0 {
			add = g.addExact
		}
		add(s.text, bySound+s.text, thesaurus.meaning[sound(s.text)])
	}
	g.addAlso(skeleton(g.key))
}

// expression writes the question for FTS5, each term quoted.
func (q question) expression() string {
	return q.written(func(g group) (words, starts []string) { return slices.Concat(g.exact, g.also), g.starts })
}

// closest is the question in the words that were typed or are next to them, without
// beginnings: what meets it comes first. It is "" when that is the whole question.
func (q question) closest() string {
	if !slices.ContainsFunc(q.groups, func(g group) bool { return len(g.also)+len(g.starts) > 0 }) {
		return ""
	}
	return q.written(func(g group) (words, starts []string) {
		if len(g.starts) > 0 && !g.slipped { // it may be the beginning of another word than the one it sounds like
			return []string{g.raw, cmp.Or(g.meaning, g.raw)}, nil
		}
		return g.exact, nil
	})
}

func (q question) written(terms func(group) (words, starts []string)) string {
	var b strings.Builder
	for i, g := range q.groups {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteByte('(')
		words, starts := terms(g)
		for j, t := range words {
			if j > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(quoted(t))
		}
		for _, t := range starts {
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
