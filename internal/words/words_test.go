package words_test

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/money"
	"saebaan/internal/words"
)

var languages = []string{"hi", "ur", "en"}

// rows reads a table without its head; every row has the same number of cells.
func rows(t *testing.T, file string, least int) [][]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(raw)) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if len(out[len(out)-1]) != len(out[0]) {
			t.Fatalf("%s: %q", file, line)
		}
	}
	if len(out) <= least {
		t.Fatalf("%s: only %d rows", file, len(out)-1)
	}
	return out[1:]
}

func paise(t *testing.T, s string) money.Paise {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return money.Paise(n)
}

// golden.tsv is written by other people's libraries (testdata/golden.py), with
// these spellings put in place of theirs: पन्द्रह पंद्रह, तिरेसठ तिरसठ, and in 91–99
// -नबे -नवे (95: पंचानबे पचानवे); تریسٹھ ترسٹھ, نناوے ننانوے. Its own are the words
// rupee and paisa, minus (CLDR has ऋण, which is also a debt), and crores counted on
// where CLDR says अरब, खरब or trillion.
func TestGolden(t *testing.T) {
	seen := map[string]money.Paise{}
	for _, row := range rows(t, "testdata/golden.tsv", 500) {
		p := paise(t, row[0])
		for i, lang := range languages {
			got := words.Rupees(p, lang)
			if got != row[1+i] {
				t.Errorf("%v %s: %s, want %s", p, lang, got, row[1+i])
			}
			if other, taken := seen[lang+got]; taken {
				t.Errorf("%s: %v and %v are both %s", lang, p, other, got)
			}
			seen[lang+got] = p
		}
	}
}

// sources.tsv is what CLDR, to-words, n2words, indic-numtowords and num2words2
// say for 0–99. Our word is the one that most of the libraries of a language have;
// where none leads, it is that of CLDR (44, चौवालीस) or of to-words (23, تئیس).
func TestNumbersAreTheUsualOnes(t *testing.T) {
	for _, row := range rows(t, "testdata/sources.tsv", 99) {
		for lang, sources := range map[string][]string{"hi": row[1:6], "ur": row[6:9]} {
			said := map[string]int{}
			for _, w := range sources {
				said[w]++
			}
			most := sources[0] // stays where another has no more
			for _, w := range sources {
				if said[w] > said[most] {
					most = w
				}
			}
			if got := words.Phrase("n"+row[0], lang); got != most {
				t.Errorf("%s %s: %s, the libraries say %v", row[0], lang, got, said)
			}
		}
	}
}

func TestNoTwoTokensHaveOneText(t *testing.T) {
	for _, lang := range languages {
		seen := map[string]string{}
		for _, row := range rows(t, "words.tsv", 113) {
			text := words.Phrase(row[0], lang)
			if text == "" && row[0] == "and" && lang != "en" {
				continue
			}
			if other, taken := seen[text]; taken || text != strings.TrimSpace(text) || text == "" {
				t.Errorf("%s: %q is the text of %s, and of %s", lang, text, row[0], other)
			}
			seen[text] = row[0]
		}
	}
}

func TestTokens(t *testing.T) {
	for p, want := range map[money.Paise]string{
		0: "n0 rupees", 1: "n1 paisa_one", 100: "n1 rupee_one", -5: "minus n5 paise", -10200: "minus n1 hundred n2 rupees",
		12345678: "n1 lakh n23 thousand n4 hundred n56 rupees and n78 paise", money.Max: "n10 thousand crore rupees",
	} {
		if got := strings.Join(words.Tokens(p, "en"), " "); got != want {
			t.Errorf("%v: %s, want %s", p, got, want)
		}
		plain := strings.Replace(want, " and", "", 1)
		for _, lang := range []string{"hi", "ur"} {
			if got := strings.Join(words.Tokens(p, lang), " "); got != plain {
				t.Errorf("%v %s: %s, want %s", p, lang, got, plain)
			}
		}
	}
	if got := words.Rupees(150, "fr"); got != "one rupee and fifty paise" {
		t.Errorf("another language has %q, not English", got)
	}
	if words.Phrase("n100", "hi") != "" || words.Phrase(words.Owed, "hi") != "आपके बाकी हैं" {
		t.Error("the phrases")
	}
}

func TestWhatIsSaidIsTheFigure(t *testing.T) {
	check := func(t rapid.TB, p money.Paise, lang string) {
		tokens := words.Tokens(p, lang)
		if got, err := words.Value(tokens); err != nil || got != p {
			t.Fatalf("%d in %s is said as %d %v: %q", int64(p), lang, int64(got), err, tokens)
		}
		texts := []string{}
		for _, token := range tokens {
			texts = append(texts, words.Phrase(token, lang))
		}
		if text := strings.Join(texts, " "); text != words.Rupees(p, lang) || slices.Contains(texts, "") {
			t.Fatalf("%d is written %q, said %q", int64(p), words.Rupees(p, lang), text)
		}
	}
	for _, p := range []money.Paise{0, math.MaxInt64, math.MinInt64, money.Max, -money.Max, money.Max - 1} {
		for _, lang := range languages {
			check(t, p, lang)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]money.Paise{200, 20_000, 20_000_000, 2_000_000_000, money.Max}).Draw(t, "size")
		p := money.Paise(rapid.Int64Range(-int64(size), int64(size)).Draw(t, "p"))
		check(t, p, rapid.SampledFrom(languages).Draw(t, "lang"))
	})
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	for _, said := range []string{
		"", "rupees", "n5", "minus", "minus n0 rupees", "n1 rupees", "n2 rupee_one", "n01 rupee_one", "n100 rupees", "n-1 rupees", "n130 rupees",
		"5 rupees", "n20 n3 rupees", "n5 paise n5 rupees", "n0 rupees n5 paise", "n5 rupees n0 paise", "n5 and rupees", "n5 minus rupees",
		"and n5 rupees", "n5 rupees and", "n2 hundred thousand rupees", "n1 thousand n1 lakh rupees", "hundred rupees", "owed n5 rupees", "N5 rupees",
		"n92 crore crore crore rupees",
	} {
		if p, err := words.Value(strings.Fields(said)); err == nil {
			t.Errorf("%q was read as %v", said, p)
		}
	}
}
