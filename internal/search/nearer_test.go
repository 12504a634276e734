package search_test

import (
	"fmt"
	"slices"
	"testing"

	"saebaan/internal/search"
)

func TestWhatIsNearest(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		"kurta":                     nil,
		"blue elephant":             {"blue 0", "elephant 0"},
		"blue velvet elephant":      {"blue velvet 0", "blue elephant 0", "velvet elephant 0", "blue 0", "velvet 0", "elephant 0"},
		"kurta under 5":             {"kurta 0"},
		"blue elephant under 2000":  {"blue elephant 0", "blue 200000", "elephant 200000"},
		"under 2000":                nil,
		"a b c d e f g h i j k l m": {"a b c d e f g h i j k l 0", "a b c d e f g h i j k m 0", "a b c d e f g h i j l m 0", "a 0", "b 0", "c 0"},
	} {
		var got []string
		for _, q := range search.Nearer(search.Query{Text: text, Colours: []string{"red"}}) {
			if !slices.Equal(q.Colours, []string{"red"}) {
				t.Errorf("%q gives up the chosen colour", text)
			}
			got = append(got, fmt.Sprint(q.Text, " ", int64(q.MaxPrice)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
