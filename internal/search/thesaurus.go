package search

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
)

//go:embed thesaurus.csv
var thesaurusCSV string

// thesaurus knows which names mean one thing. Names are kept by sound, so that
// a row need not list every spelling.
type thesaurus struct {
	meaning map[string]string   // keys of a name joined by spaces → its meaning, one word
	single  []string            // the names of one word, sorted
	names   map[string][]string // meaning → its names of one word, as written and by sound
}

const maxNameWords = 3

var theThesaurus = sync.OnceValue(readThesaurus)

func readThesaurus() *thesaurus {
	r := csv.NewReader(strings.NewReader(thesaurusCSV))
	r.FieldsPerRecord, r.Comment = -1, '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic("search: thesaurus.csv: " + err.Error()) // embedded, so a defect of the build
	}
	t := &thesaurus{meaning: map[string]string{}, names: map[string][]string{}}
	for _, row := range rows {
		meaning := strings.ReplaceAll(row[0], " ", "")
		for _, name := range row {
			words := wordsOf(name, maxNameWords)
			k := keys(words)
			joined := strings.Join(k, " ")
			if _, taken := t.meaning[joined]; taken || joined == "" {
				continue
			}
			t.meaning[joined] = meaning
			if len(k) == 1 {
				t.single = append(t.single, joined)
				t.names[meaning] = append(t.names[meaning], words[0].raw, joined)
			}
		}
	}
	slices.Sort(t.single)
	return t
}

func keys(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.key
	}
	return out
}

// longest finds the name that begins ws and has most words: its meaning and its
// number of words, or "" and 0.
func (t *thesaurus) longest(ws []word) (string, int) {
	for n := min(maxNameWords, len(ws)); n > 0; n-- {
		name := ws[0].key
		for _, w := range ws[1:n] {
			name += " " + w.key
		}
		if m, ok := t.meaning[name]; ok {
			return m, n
		}
	}
	return "", 0
}

// starting gives the meanings of the one-word names that begin with prefix.
func (t *thesaurus) starting(prefix string) []string {
	var out []string
	i, _ := slices.BinarySearch(t.single, prefix)
	for ; i < len(t.single) && strings.HasPrefix(t.single[i], prefix); i++ {
		if m := t.meaning[t.single[i]]; !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// fillers carry no meaning of their own in a question.
var fillers = keySet("a an the of for with in on and or to by from work kaam kam kari ka ki ke ko se mein me aur wala wali vala vali " +
	"price rate rs inr rupees daam kimat buy shop online show want best latest cheap sasta sasti chahiye dikhao dikhaye liye " +
	"का की के को से में और काम कारी वाला वाली वाले दाम कीमत क़ीमत रुपये सस्ता सस्ती चाहिए दिखाओ दिखाइए लिए " +
	"کا کی کے کو سے میں اور کام کاری والا والی والے قیمت روپے سستا سستی چاہیے لیے")

// extras say little beside two words that say more: a kurta with palazzos is a set.
var extras = keySet("set sets pair pack combo piece pieces design designer style type new सेट जोड़ा जोड़ी डिज़ाइन नया नई سیٹ جوڑا ڈیزائن نیا نئی")

func keySet(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range wordsOf(text, 200) {
		m[w.key] = true
	}
	return m
}
