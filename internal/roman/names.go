package roman

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed names.tsv
var namesTSV string

// names maps the key of each spelling in names.tsv (Latin form, tab, Hindi
// spellings, tab, Urdu spellings, each list with spaces between) to the Latin
// form. The first row of a spelling counts; the tests refuse a second.
var names = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	for row := range strings.Lines(namesTSV) {
		name, spellings, _ := strings.Cut(strings.TrimSpace(row), "\t")
		for s := range strings.FieldsSeq(spellings) {
			text, _ := clean(s)
			if k := key(text); found[k] == "" {
				found[k] = name
			}
		}
	}
	return found
})

// key is a cleaned word without what people leave out: nukta, the signs of
// Urdu's short vowels, hamza at the end; candrabindu counts as anusvara.
func key(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == devaNukta, r >= urduTanwin && r <= '\u0655', r == urduKhariAlif, r == 'ء':
			return -1
		case r == 'ँ':
			return 'ं'
		}
		return r
	}, word)
}
