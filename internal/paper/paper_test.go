package paper_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/paper"
	"saebaan/internal/qr"
)

func pdf(t *testing.T, p paper.Paper) []byte {
	t.Helper()
	b, err := paper.PDF(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tool finds a program of another package, and skips loudly without it; in CI
// it must be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is missing, and CI must have it", name)
	}
	if err != nil {
		t.Skipf("NOT CHECKED: %s is missing", name)
	}
	return path
}

// text is what a reader copies out of the document, page by page.
func text(t *testing.T, doc []byte, flags ...string) []string {
	t.Helper()
	command := exec.Command(tool(t, "pdftotext"), append(flags, "-", "-")...)
	command.Stdin = bytes.NewReader(doc)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

func TestSamePaperSameBytes(t *testing.T) {
	for _, p := range []paper.Paper{hindi(6), urdu(6), english(30), {Language: "en", Columns: make([]paper.Column, 2)}} {
		want := pdf(t, p)
		var all sync.WaitGroup
		for range 3 { // at once, because the fonts are shared
			all.Go(func() {
				if got, err := paper.PDF(p); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s %q: other bytes the second time, %v", p.Language, p.Title, err)
				}
			})
		}
		all.Wait()
		if !bytes.HasPrefix(want, []byte("%PDF-1.")) {
			t.Error(p.Title, "is no PDF")
		}
	}
}

func TestOnePageIsSmall(t *testing.T) {
	for _, p := range []paper.Paper{hindi(6), urdu(6), english(6)} {
		if n := len(pdf(t, p)); n > 200_000 {
			t.Errorf("%s takes %d bytes", p.Language, n)
		}
	}
}

func TestSixtyRowsRepeatTheHeadAndSplitNoRow(t *testing.T) {
	pages := text(t, pdf(t, english(60)))
	if len(pages) < 3 {
		t.Fatal(len(pages), "pages")
	}
	seen := 0
	for n, page := range pages {
		for _, want := range []string{"Description", "Amount ₹", "SBN/26-27/000042", "Saebaan · saebaan.in",
			"Page " + strconv.Itoa(n+1) + " / " + strconv.Itoa(len(pages))} {
			if !strings.Contains(page, want) {
				t.Errorf("page %d lacks %q", n+1, want)
			}
		}
		for _, m := range regexp.MustCompile(`begin(\d+)`).FindAllStringSubmatch(page, -1) {
			seen++
			if !regexp.MustCompile(`end` + m[1] + `\b`).MatchString(page) {
				t.Errorf("row %s is split over page %d", m[1], n+1)
			}
		}
	}
	if seen != 60 {
		t.Errorf("%d rows of 60", seen)
	}
}

// Whatever the number of rows: totals, code and the last row on one page.
func TestTotalsStayTogetherWithTheLastRow(t *testing.T) {
	for rows := 1; rows <= 24; rows++ {
		pages := text(t, pdf(t, english(rows)))
		found := 0
		for _, page := range pages {
			if strings.Contains(page, "Taxable value") {
				found++
				for _, want := range []string{"₹ 12,245.00", "Total payable", "Scan to pay", "begin" + strconv.Itoa(rows-1), "Description"} {
					if !strings.Contains(page, want) {
						t.Errorf("%d rows: %q is not with the totals", rows, want)
					}
				}
			}
		}
		if found != 1 {
			t.Errorf("%d rows: totals on %d pages", rows, found)
		}
	}
}

func TestTextCanBeSearched(t *testing.T) {
	for _, c := range []struct {
		p    paper.Paper
		want []string
	}{
		{english(2), []string{"Tax invoice", "SBN/26-27/000042", "62114290", "₹ 12,245.00", "श्रीमती क्षत्रिय वर्मा"}},
		{hindi(4), []string{"कर बीजक (Tax invoice)", "चिकनकारी कुर्ता, सूती, हल्का नीला, साइज़ M", "शब्दों में:", "उसकी पहचान हैं।", "SBN/26-27/000042", "−₹ 250.00"}},
		{urdu(4), []string{"ٹیکس انوائس", "SBN/26-27/000042", "چکن کاری کرتا", "کشیدہ کار کوآپریٹو", "+91 98390 12345", "₹ 12,245.00"}},
	} {
		got := strings.Join(text(t, pdf(t, c.p)), "\n")
		got = regexp.MustCompile(`[\x{200e}\x{200f}\x{202a}-\x{202e}]`).ReplaceAllString(got, "") // the marks pdftotext adds
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not found in\n%s", c.p.Language, want, got)
			}
		}
	}
}

func TestReadingOrder(t *testing.T) {
	for _, c := range []struct{ language, text, visual string }{
		{"ur", "فون +91 98390 12345", "+91 98390 12345 نوف"},
		{"ur", "رقم −₹ 250.00 باقی", "یقاب −₹ 250.00 مقر"},
		{"ur", "لاٹ 3 12 باقی", "یقاب 12 3 ٹال"},
		{"ur", "بل SBN/26-27/000042 دیکھیں", "ںیھکید SBN/26-27/000042 لب"},
		{"ur", "نمبر GSTIN 09ABCDE1234F1Z5 ہے", "ےہ GSTIN 09ABCDE1234F1Z5 ربمن"},
		{"ur", "+91 98390 12345", "+91 98390 12345"},
		{"ur", "SBN/26-27/000042 (copy)", "SBN/26-27/000042 (copy)"},
		{"en", "Shop سائبان 12 لاٹ in Lucknow 226001", "Shop ٹال 12 نابئاس in Lucknow 226001"},
		{"hi", "सायबान سائبان 12, लखनऊ", "सायबान 12 نابئاس, लखनऊ"},
		{"en", "left\u202e 1,250.00\u2066\nright\x00", "left 1,250.00 right"},
	} {
		got, missing := paper.Visual(c.language, c.text)
		if got != c.visual || missing != 0 {
			t.Errorf("%s %q reads %q from left to right (%d boxes), want %q", c.language, c.text, got, missing, c.visual)
		}
	}
}

func TestWhatNoFontHasIsABox(t *testing.T) {
	for text, want := range map[string]int{"அம்": 2, "ছ": 1, "😀": 1, "₹ é क ک": 0, "a\u200db": 0} {
		if _, got := paper.Visual("en", text); got < want || want == 0 && got > 0 {
			t.Errorf("%q has %d boxes, want %d", text, got, want)
		}
	}
	if got := strings.Join(text(t, pdf(t, paper.Paper{Language: "en", Title: "a😀b", Columns: make([]paper.Column, 1)})), ""); !strings.Contains(got, "a\ufffdb") {
		t.Errorf("the text layer lost a character: %q", got)
	}
}

var bounds = regexp.MustCompile(`<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>`)

func TestNothingLeavesThePage(t *testing.T) {
	long := strings.Repeat("अनन्तशब्द", 40) + " " + strings.Repeat("x", 300)
	p := english(3)
	p.Title, p.Notes, p.QRLabel = strings.Repeat("Wide", 30), []string{long, strings.Repeat("many words ", 2000)}, long
	p.Parties[0].Lines = append(p.Parties[0].Lines, long)
	p.Rows[1][1], p.Rows[2][5] = strings.Repeat("taller than a page ", 900), long
	p.Totals[1].Value, p.Facts = long, []paper.Fact{{long, long}}
	doc := pdf(t, p)
	count := strings.Count(strings.Join(text(t, doc), ""), "taller")
	if count != 900 {
		t.Errorf("%d of 900 repetitions are printed", count)
	}
	for _, m := range bounds.FindAllStringSubmatch(text(t, doc, "-bbox")[0], -1) {
		left, _ := strconv.ParseFloat(m[1], 64)
		edge, _ := strconv.ParseFloat(m[2], 64)
		low, _ := strconv.ParseFloat(m[3], 64)
		if left < 47 || edge > 548.5 || low > 842 {
			t.Errorf("%.20s stands at %v to %v, down to %v", m[4], left, edge, low)
		}
	}
}

func TestAmountsEndUnderEachOther(t *testing.T) {
	for _, p := range []paper.Paper{english(9), urdu(9)} {
		edges := map[int]int{}
		for _, m := range bounds.FindAllStringSubmatch(text(t, pdf(t, p), "-bbox")[0], -1) {
			if amount := regexp.MustCompile(`^[\d,]+\.00$`); amount.MatchString(m[4]) && m[4] != "1,700.00" {
				edge, _ := strconv.ParseFloat(m[2], 64)
				edges[int(math.Round(edge))]++
			}
		}
		for edge, n := range edges {
			if n >= 9 {
				return
			}
			t.Logf("%d amounts end at %d", n, edge)
		}
		t.Errorf("%s: no edge has all nine amounts", p.Language)
	}
}

func TestCodeIsLargeEnoughToScan(t *testing.T) {
	for _, n := range []int{1, 70, 600, 2000} {
		p := english(1)
		p.QR = strings.Repeat("u", n)
		rows, _ := qr.Modules(p.QR)
		side, err := paper.CodeSide(p)
		if err != nil || side < 25 || side/float64(len(rows)-8) < 0.399 {
			t.Errorf("%d characters: %v mm for %d modules, %v", n, side, len(rows), err)
		}
		pdf(t, p)
	}
}

func TestInputThatCannotBeLaidOut(t *testing.T) {
	for name, spoil := range map[string]func(*paper.Paper){
		"no columns":      func(p *paper.Paper) { p.Columns = nil },
		"thirteen":        func(p *paper.Paper) { p.Columns, p.Rows = make([]paper.Column, 13), nil },
		"short row":       func(p *paper.Paper) { p.Rows[1] = p.Rows[1][:6] },
		"negative weight": func(p *paper.Paper) { p.Columns[0].Weight = -1 },
		"no number":       func(p *paper.Paper) { p.Columns[0].Weight = math.NaN() },
		"language":        func(p *paper.Paper) { p.Language = "fr) /X (" },
		"footer":          func(p *paper.Paper) { p.Footer = strings.Repeat("foot ", 200) },
	} {
		p := english(3)
		spoil(&p)
		if b, err := paper.PDF(p); b != nil || !errors.Is(err, paper.ErrInput) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	p := english(1)
	p.QR = strings.Repeat("é", 2000)
	if _, err := paper.PDF(p); !errors.Is(err, qr.ErrTooLong) {
		t.Error(err)
	}
}

// With PAPER_LOOK naming a folder the documents are left there to be looked at.
func TestDocumentsOpen(t *testing.T) {
	folder := os.Getenv("PAPER_LOOK")
	if folder == "" {
		folder = t.TempDir()
	}
	render := tool(t, "pdftoppm")
	for name, p := range map[string]paper.Paper{"hi": hindi(6), "ur": urdu(6), "en": english(30)} {
		file := filepath.Join(folder, name+".pdf")
		if err := os.WriteFile(file, pdf(t, p), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(render, "-r", "100", "-png", file, filepath.Join(folder, name)).CombinedOutput()
		if err != nil || len(out) > 0 { // poppler names each thing it finds wrong in a file
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
}
