package paper_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/internal/paper"
)

func plainJPEG(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// slip has long words, four pictures and that many rows.
func slip(t *testing.T, language string, rows int) paper.Slip {
	s := paper.Slip{Language: language, Title: "Statement", Name: "Shabana Bano", Lines: []string{"01-10-2026 to 31-10-2026"},
		Made: time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC), Heading: "Last payments", More: "and {n} more", Foot: []string{"Ledger block 12345 · 0a1b2c3d4e5f"}}
	words := map[string]string{"en": "ninety-nine lakh ninety-nine thousand nine hundred ninety-nine rupees and ninety-nine paise",
		"hi": "निन्यानवे लाख निन्यानवे हज़ार नौ सौ निन्यानवे रुपये निन्यानवे पैसे", "ur": "ننانوے لاکھ ننانوے ہزار نو سو ننانوے روپے ننانوے پیسے"}[language]
	if language == "hi" {
		s.Title, s.Name = "हिसाब", "शबाना बानो"
	}
	if language == "ur" {
		s.Title, s.Name, s.Lines = "حساب", "شبانہ بانو", []string{"01-10-2026 سے 31-10-2026 تک"}
	}
	for i, label := range []string{"Earned", "Paid", "Owed"} {
		s.Sums = append(s.Sums, paper.Sum{Fact: paper.Fact{Label: label, Value: "₹99,99,999.99"}, Words: []string{words}, Strong: i == 2})
	}
	for i := range rows {
		s.Rows = append(s.Rows, paper.Fact{Label: fmt.Sprintf("%02d-10-2026 · bank", 28-i%28), Value: fmt.Sprintf("₹%d,234.50", i+1)})
	}
	for _, side := range [][2]int{{240, 300}, {240, 160}, {240, 240}, {60, 240}} {
		s.Pictures = append(s.Pictures, paper.Picture{JPEG: plainJPEG(t, side[0], side[1]), Caption: "₹4,123.50"})
	}
	return s
}

var (
	stream  = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	fontOp  = regexp.MustCompile(`/F\S+ ([\d.]+) Tf`)
	glyphOp = regexp.MustCompile(`q ([\d.]+) 0 0 ([\d.]+) [-\d.]+ [-\d.]+ cm [-\d ]+ m`)
)

// letterSizes are all sizes in points at which a document draws letters, with
// the sizes of its invisible text.
func letterSizes(t *testing.T, doc []byte) map[float64]int {
	t.Helper()
	out := map[float64]int{}
	for _, m := range stream.FindAllSubmatch(doc, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a picture
		}
		raw, _ := io.ReadAll(z)
		for _, f := range fontOp.FindAllSubmatch(raw, -1) {
			size, _ := strconv.ParseFloat(string(f[1]), 64)
			out[size]++
		}
		for _, g := range glyphOp.FindAllSubmatch(raw, -1) {
			size, _ := strconv.ParseFloat(string(g[1]), 64)
			out[size*1000]++
		}
	}
	return out
}

// One A5 sheet, whatever stands on it, and no letter below 14 points.
func TestASlipIsOneSheetOfLargeLetters(t *testing.T) {
	info := tool(t, "pdfinfo")
	for _, language := range []string{"en", "hi", "ur"} {
		for _, rows := range []int{0, 1, 2, 7, 300} {
			doc, err := paper.SlipPDF(slip(t, language, rows))
			if err != nil {
				t.Fatal(language, rows, err)
			}
			sizes := letterSizes(t, doc)
			for size := range sizes {
				if size < 14 {
					t.Errorf("%s with %d rows has letters of %v points", language, rows, size)
				}
			}
			if len(sizes) < 3 {
				t.Fatalf("only the sizes %v are found", sizes)
			}
			command := exec.Command(info, "-")
			command.Stdin = bytes.NewReader(doc)
			out, err := command.Output()
			if err != nil || !regexp.MustCompile(`Pages: +1\n`).Match(out) || !regexp.MustCompile(`Page size: +419\.53 x 595\.28 pts\n`).Match(out) {
				t.Errorf("%s with %d rows: %v\n%s", language, rows, err, out)
			}
		}
	}
	if sizes := letterSizes(t, pdf(t, english(1))); sizes[7.5] == 0 {
		t.Errorf("the small print of an invoice is not seen: %v", sizes)
	}
}

// What has no room is counted: rows on the sheet and rows that are named as more
// are all rows there are.
func TestASlipCountsWhatHasNoRoom(t *testing.T) {
	for i, language := range []string{"en", "hi", "ur", "en", "hi", "ur", "ur", "hi", "ur"} {
		rows := []int{1, 1, 1, 40, 40, 2, 3, 8, 9}[i]
		got := strings.Join(text(t, must(paper.SlipPDF(slip(t, language, rows)))), "")
		shown := strings.Count(got, ",234.50")
		more := 0
		if m := regexp.MustCompile(`and (\d+) more`).FindStringSubmatch(got); m != nil {
			more, _ = strconv.Atoi(m[1])
		}
		if shown+more != rows || shown == 0 || !strings.Contains(got, "₹1,234.50") {
			t.Errorf("%s, %d rows: %d shown, %d more\n%s", language, rows, shown, more, got)
		}
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// Sums and foot come first: what is long takes the room of pictures and rows,
// and when there is none left nothing is printed.
func TestASlipKeepsItsSums(t *testing.T) {
	s := slip(t, "hi", 9)
	s.Name = strings.Repeat("शबाना बानो ", 24)
	got := strings.Join(text(t, must(paper.SlipPDF(s))), "")
	if strings.Count(got, "₹99,99,999.99") != 3 || !strings.Contains(got, "0a1b2c3d4e5f") || strings.Contains(got, "₹4,123.50") {
		t.Error(got)
	}
	s.Name = strings.Repeat("शबाना बानो ", 80)
	if b, err := paper.SlipPDF(s); b != nil || !errors.Is(err, paper.ErrInput) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	for name, spoil := range map[string]func(*paper.Slip){
		"language": func(s *paper.Slip) { s.Language = "fr" }, "five pictures": func(s *paper.Slip) { s.Pictures = append(s.Pictures, s.Pictures[0]) },
		"no JPEG": func(s *paper.Slip) { s.Pictures[1].JPEG = []byte("GIF89a") }, "no portrait": func(s *paper.Slip) { s.Portrait = []byte{0xff} },
	} {
		s := slip(t, "en", 1)
		spoil(&s)
		if b, err := paper.SlipPDF(s); b != nil || !errors.Is(err, paper.ErrInput) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
}

func TestSameSlipSameBytes(t *testing.T) {
	for _, language := range []string{"en", "hi", "ur"} {
		s := slip(t, language, 5)
		s.Sums, s.QR, s.QRLabel, s.Portrait = s.Sums[2:], "https://saebaan.example/c/abc", "Scan", plainJPEG(t, 240, 241)
		for i := range s.Pictures { // pictures of one width, which the library leaves in any order
			s.Pictures[i].JPEG = plainJPEG(t, 240, 300+i)
		}
		want := must(paper.SlipPDF(s))
		if n := bytes.Count(want, []byte("/DCTDecode")); n != 5 {
			t.Errorf("%s: %d pictures", language, n)
		}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if got, err := paper.SlipPDF(s); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: other bytes the second time, %v", language, err)
				}
			})
		}
		all.Wait()
	}
}

// With PAPER_LOOK naming a folder the slips are left there to be looked at.
func TestSlipsOpen(t *testing.T) {
	folder := os.Getenv("PAPER_LOOK")
	if folder == "" {
		folder = t.TempDir()
	}
	render := tool(t, "pdftoppm")
	for _, language := range []string{"en", "hi", "ur"} {
		file := filepath.Join(folder, "slip-"+language+".pdf")
		if err := os.WriteFile(file, must(paper.SlipPDF(slip(t, language, 9))), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(render, "-r", "90", "-png", file, filepath.Join(folder, "slip-"+language)).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v %s", language, err, out)
		}
	}
}
