package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// vocabulary is every word of the index, kept to find what a mistyped word may
// have meant. It belongs to its holder's lock.
type vocabulary struct {
	rev     int64                  // the index revision it stands for
	have    map[string]struct{}    // words
	byBytes [maxWordBytes + 1][]lw // words of ASCII letters by length
}

// lw is a word with the set of its letters, which rules most words out at once.
type lw struct {
	mask    uint32
	sounded bool // held by sound only
	text    string
}

func newVocabulary(rev int64) *vocabulary {
	v := &vocabulary{rev: rev, have: map[string]struct{}{}}
	for _, name := range theThesaurus().single {
		v.add(name)
	}
	return v
}

func (v *vocabulary) add(term string) {
	if _, known := v.have[term]; known || len(term) > maxWordBytes {
		return
	}
	v.have[term] = struct{}{}
	text, sounded := strings.CutPrefix(term, bySound)
	if letters(text) {
		v.byBytes[len(text)] = append(v.byBytes[len(text)], lw{maskOf(text), sounded, text})
	}
}

func maskOf(s string) uint32 {
	var m uint32
	for i := range len(s) {
		m |= 1 << (s[i] - 'a')
	}
	return m
}

// starts reports whether a word begins with prefix.
func (v *vocabulary) starts(prefix string) bool {
	if _, known := v.have[prefix]; known {
		return true
	}
	text, sounded := strings.CutPrefix(prefix, bySound)
	if !letters(text) {
		for term := range v.have {
			if strings.HasPrefix(term, prefix) {
				return true
			}
		}
		return false
	}
	for n := len(text); n <= maxWordBytes; n++ {
		for _, w := range v.byBytes[n] {
			if w.sounded == sounded && strings.HasPrefix(w.text, text) {
				return true
			}
		}
	}
	return false
}

const maxNear = 10

// slip is a word that a mistyped one may stand for.
type slip struct {
	text     string
	distance int
	longer   int // by how many letters it is longer or shorter
}

// compare orders slips: fewer first, then those that kept the number of letters.
func (s slip) compare(o slip) int {
	return cmp.Or(cmp.Compare(s.distance, o.distance), cmp.Compare(s.longer, o.longer))
}

// near gives the words at the least distance from typed that is in bounds: one
// slip from four letters, two from eight, nearest first. With open, typed may
// be the beginning of a word.
func (v *vocabulary) near(typed string, open bool) []slip {
	bound := slips(typed)
	if bound == 0 || !letters(typed) {
		return nil
	}
	var hits []slip
	mask, longest := maskOf(typed), len(typed)+bound
	if open {
		longest = maxWordBytes
	}
	for n := max(2, len(typed)-bound); n <= min(longest, maxWordBytes); n++ {
		longer := 0
		if !open {
			longer = max(n-len(typed), len(typed)-n)
		}
		for _, w := range v.byBytes[n] {
			if bits.OnesCount32(mask&^w.mask) > bound {
				continue
			}
			if d := distance(typed, w.text, bound, open); d <= bound && w.text != typed {
				hits = append(hits, slip{w.text, d, longer})
			}
		}
	}
	slices.SortFunc(hits, func(a, b slip) int {
		return cmp.Or(a.compare(b), cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.text, b.text))
	})
	for i, h := range hits {
		if h.distance > hits[0].distance || i == maxNear {
			return hits[:i]
		}
	}
	return hits
}

func slips(typed string) int {
	switch {
	case len(typed) >= 8:
		return 2
	case len(typed) >= 4:
		return 1
	}
	return 0
}

// distance counts insertions, deletions, changes and swaps of neighbours from a
// to b, or with open to the nearest beginning of b; above bound it only says so.
func distance(a, b string, bound int, open bool) int {
	var rows [3][maxWordBytes + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > bound {
			return bound + 1
		}
		before, above, row = above, row, before
	}
	if open {
		return slices.Min(above[:len(b)+1])
	}
	return above[len(b)]
}
