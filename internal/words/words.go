package words

import (
	_ "embed"
	"strconv"
	"strings"

	"saebaan/internal/money"
)

// The phrases of a statement, each a token of its own that stands before an amount.
const (
	Owed   = "owed"
	Paid   = "paid"
	Earned = "earned" // in the period of the statement
	Total  = "total"
)

//go:embed words.tsv
var table string

// texts holds the text of each token by language: en, hi, ur.
var texts = columns(table)

func columns(table string) map[string]map[string]string {
	en, hi, ur := map[string]string{}, map[string]string{}, map[string]string{}
	for line := range strings.Lines(table) {
		if f := strings.Split(line, "\t"); len(f) > 3 {
			en[f[0]], hi[f[0]], ur[f[0]] = f[1], f[2], f[3]
		}
	}
	return map[string]map[string]string{"en": en, "hi": hi, "ur": ur}
}

// Rupees is the amount in words in the Indian system: "one lakh rupees and
// fifty paise". It is the texts of Tokens(p, lang), joined with spaces.
func Rupees(p money.Paise, lang string) string {
	tokens := Tokens(p, lang)
	for i, t := range tokens {
		tokens[i] = Phrase(t, lang)
	}
	return strings.Join(tokens, " ")
}

// Phrase is the text of one token in "en", "hi" or "ur", and in English for any
// other language; empty when there is no such token.
func Phrase(token, lang string) string {
	if in, ok := texts[lang]; ok {
		return in[token]
	}
	return texts["en"][token]
}

// Tokens is the amount as the names of its words, which are also the names of
// the clips: "n0" … "n99", "hundred", "thousand", "lakh", "crore", "rupee_one",
// "rupees", "paisa_one", "paise", "minus", and in English "and" before paise.
// Every amount of int64 has its tokens; above 99 crore the crores are counted
// in the same words (ten thousand crore).
func Tokens(p money.Paise, lang string) []string {
	u := uint64(p)
	var out []string
	if p < 0 {
		u, out = -u, append(out, "minus")
	}
	rupees, paise := u/100, u%100
	if rupees > 0 || paise == 0 {
		out = append(count(out, rupees), unit(rupees, "rupee_one", "rupees"))
	}
	if rupees > 0 && paise > 0 && lang != "hi" && lang != "ur" {
		out = append(out, "and")
	}
	if paise > 0 {
		out = append(count(out, paise), unit(paise, "paisa_one", "paise"))
	}
	return out
}

func unit(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// scales are the words that stand after a count of themselves, largest first.
var scales = []struct {
	token string
	size  uint64
}{{"crore", 10_000_000}, {"lakh", 100_000}, {"thousand", 1_000}, {"hundred", 100}}

// count appends n in words; zero is said only when nothing else is.
func count(out []string, n uint64) []string {
	if n < 100 {
		return append(out, "n"+strconv.FormatUint(n, 10))
	}
	for _, s := range scales {
		if n >= s.size {
			out = append(count(out, n/s.size), s.token)
			n %= s.size
		}
	}
	if n > 0 {
		out = count(out, n)
	}
	return out
}
