package payouts

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"saebaan/internal/money"
	"saebaan/internal/paper"
	"saebaan/internal/words"
)

// PDF prints the slip on one A5 sheet in en, hi or ur, any other language in
// Hindi; no letter is smaller than 14 points.
func (sl Slip) PDF(language string) ([]byte, error) { return paper.SlipPDF(sl.Paper(language)) }

// FileName names its file, with nothing that tells who she is but her id.
func (sl Slip) FileName() string {
	return strings.Join([]string{sl.Artisan, sl.From, sl.To}, "_") + ".pdf"
}

// Name is the artisan's name in a language, or in the one there is.
func (sl Slip) Name(language string) string {
	switch {
	case language == "ur" && sl.NameUr != "":
		return sl.NameUr
	case language != "en" && sl.NameHi != "":
		return sl.NameHi
	}
	return sl.NameEn
}

// Paper is the slip as it is printed in a language.
func (sl Slip) Paper(language string) paper.Slip {
	w, ok := slipWords[language]
	if !ok {
		language, w = "hi", slipWords["hi"]
	}
	out := paper.Slip{Language: language, Title: w.title, Name: sl.Name(language), Lines: []string{sl.periodText(w)}, Made: sl.MadeAt.Std(),
		Heading: w.payments, More: w.more}
	plain := func(label string, p money.Paise) {
		if p != 0 {
			out.Sums = append(out.Sums, paper.Sum{Fact: paper.Fact{Label: label, Value: p.String()}})
		}
	}
	spoken := func(phrase string, p money.Paise) {
		out.Sums = append(out.Sums, paper.Sum{Fact: paper.Fact{Label: upper(words.Phrase(phrase, language)), Value: p.String()},
			Words: []string{words.Rupees(p, language)}})
	}
	plain(w.opening, sl.Opening)
	spoken(words.Earned, sl.Earned)
	plain(w.late, sl.Late)
	plain(w.other, sl.Other)
	spoken(words.Paid, sl.Paid)
	spoken(words.Owed, sl.Owed)
	last := &out.Sums[len(out.Sums)-1]
	if last.Strong = true; language != "en" {
		last.Words = append(last.Words, words.Rupees(sl.Owed, "en"))
	}
	for _, p := range sl.Payments {
		out.Rows = append(out.Rows, paper.Fact{Label: slipDate(p.Date) + " · " + w.way(p), Value: p.Paise.String()})
	}
	for _, p := range sl.Pieces {
		out.Pictures = append(out.Pictures, paper.Picture{JPEG: sl.pictures[p.Picture], Caption: p.Paise.String()})
	}
	out.Foot = []string{w.block + " " + strconv.FormatInt(sl.Block, 10) + " · " + sl.Head[:min(12, len(sl.Head))]}
	return out
}

func (sl Slip) periodText(w slipText) string {
	text := w.period
	switch {
	case sl.Over() && sl.From == beginning:
		text = w.upTo
	case !sl.Over() && sl.From == beginning:
		text = w.now
	case !sl.Over():
		text = w.since
	}
	return strings.NewReplacer("{from}", slipDate(sl.From), "{to}", slipDate(sl.To), "{day}", slipDate(sl.MadeAt.Date())).Replace(text)
}

func (w slipText) way(p SlipPayment) string {
	way := w.ways[p.Rail]
	if p.Group {
		way = w.group
	}
	if p.Paise < 0 {
		way += ", " + w.back
	}
	return way
}

func slipDate(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("02-01-2006")
}

// upper begins a phrase with a capital, in a script that has them.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
