package catalog_test

import (
	"regexp"
	"testing"

	"saebaan/catalog"
)

// Each colour has one word, a name in each script, and a look of one or two colours;
// no two look or are called the same.
func TestThePalette(t *testing.T) {
	scripts := []struct {
		language string
		form     *regexp.Regexp
		name     func(catalog.Colour) string
	}{
		{"en", regexp.MustCompile(`^[A-Z][a-z]+( [a-z]+)?$`), func(c catalog.Colour) string { return c.Name.En }},
		{"hi", regexp.MustCompile(`^[\p{Devanagari} -]+$`), func(c catalog.Colour) string { return c.Name.Hi }},
		{"ur", regexp.MustCompile(`^[\p{Arabic} ]+$`), func(c catalog.Colour) string { return c.Name.Ur }},
	}
	swatch, seen := regexp.MustCompile(`^#[0-9a-f]{6}$`), map[string]string{}
	once := func(what, word string) {
		if seen[what] != "" {
			t.Errorf("%s and %s share %s", seen[what], word, what)
		}
		seen[what] = word
	}
	for _, c := range catalog.Palette() {
		once("word "+c.Word, c.Word)
		looks := ""
		for _, s := range c.Swatch {
			if !swatch.MatchString(s) {
				t.Errorf("%s looks like %q", c.Word, s)
			}
			looks += s
		}
		if len(c.Swatch) < 1 || len(c.Swatch) > 2 {
			t.Errorf("%s has %d looks", c.Word, len(c.Swatch))
		}
		once("look "+looks, c.Word)
		for _, s := range scripts {
			if name := s.name(c); !s.form.MatchString(name) {
				t.Errorf("%s is called %q in %s", c.Word, name, s.language)
			} else {
				once(s.language+" "+name, c.Word)
			}
		}
		if got, ok := catalog.ColourOf(c.Word); !ok || got.Name != c.Name {
			t.Errorf("%s is not found", c.Word)
		}
	}
	if len(catalog.Palette()) < 20 || len(catalog.Colours) != len(catalog.Palette()) {
		t.Errorf("%d colours, %d words", len(catalog.Palette()), len(catalog.Colours))
	}
	if _, ok := catalog.ColourOf("other"); ok {
		t.Error("other is a colour")
	}
}
