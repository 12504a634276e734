package roman

import "strings"

// Rows calls f for each spelling of names.tsv with the key it is found by.
func Rows(f func(name, spelling, key string)) {
	for row := range strings.Lines(namesTSV) {
		name, spellings, _ := strings.Cut(strings.TrimSpace(row), "\t")
		for s := range strings.FieldsSeq(spellings) {
			text, _ := clean(s)
			f(name, s, key(text))
		}
	}
}
