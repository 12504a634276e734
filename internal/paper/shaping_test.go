package paper_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"saebaan/internal/paper"
)

const (
	hindiWords = "क्षत्रिय श्रीमती हिन्दी लखनऊ चिकनकारी"
	urduWords  = "سائبان لکھنؤ چکن کاری"
	near       = 2    // pixels that outlines and rasters may differ by, at 120 pixels of height
	alike      = 0.98 // of a word's ink
)

// The browser is the judge: both shape with the same rules and font, by other
// programs. Words are compared one by one, because a browser rounds the spaces
// between them. Letters set one after another show that the judge can say no:
// only what has neither conjunct nor sign nor joint, as लखनऊ, may look alike.
func TestLettersAreShapedAsABrowserDoes(t *testing.T) {
	for _, c := range []struct{ language, text, font string }{
		{"hi", hindiWords, "NotoSansDevanagari-Regular.ttf"},
		{"ur", urduWords, "NotoNastaliqUrdu-Regular.ttf"},
	} {
		words := strings.Fields(c.text)
		want := browser(t, c.language, words, c.font)
		refused := 0
		for i, word := range words {
			theirs := picture(t, want, i+1)
			right := overlap(theirs, picture(t, printed(t, c.language, word, true), 1))
			wrong := overlap(theirs, picture(t, printed(t, c.language, word, false), 1))
			t.Logf("%s: %.4f shaped, %.4f unshaped", word, right, wrong)
			if right < alike {
				t.Errorf("%s: %.3f of the ink agrees with the browser, want %.2f", word, right, alike)
			}
			if wrong < alike-0.15 {
				refused++
			}
		}
		if refused < len(words)-1 {
			t.Errorf("%s: unshaped letters are refused in %d of %d words: this test cannot tell", c.language, refused, len(words))
		}
	}
}

func printed(t *testing.T, lang, word string, shaped bool) []byte {
	t.Helper()
	doc, err := paper.Word(lang, word, shaped)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// browser prints each word on a page of its own.
func browser(t *testing.T, lang string, words []string, font string) []byte {
	t.Helper()
	chromium, folder := tool(t, "chromium"), t.TempDir()
	fontFile, err := filepath.Abs(filepath.Join("fonts", font))
	if err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprintf(`<!doctype html><html lang="%s"><meta charset="utf-8"><style>
@font-face{font-family:F;src:url("file://%s")} p{font:32pt/3 F;white-space:nowrap;margin:0;break-after:page;text-rendering:geometricPrecision}
</style><p>%s</p>`, lang, fontFile, strings.Join(words, "</p><p>"))
	if err := os.WriteFile(filepath.Join(folder, "words.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "words.pdf")
	out, err := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
		"--user-data-dir="+filepath.Join(folder, "profile"), "--print-to-pdf="+file, filepath.Join(folder, "words.html")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// picture draws a page, cut to its ink and scaled to one height.
func picture(t *testing.T, doc []byte, page int) *image.Gray {
	t.Helper()
	command := exec.Command(tool(t, "pdftoppm"), "-r", "300", "-gray", "-f", strconv.Itoa(page), "-l", strconv.Itoa(page), "-")
	command.Stdin = bytes.NewReader(doc)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var wide, high, most int
	if _, err := fmt.Sscanf(string(out[:40]), "P5\n%d %d\n%d\n", &wide, &high, &most); err != nil {
		t.Fatal(err)
	}
	full := &image.Gray{Pix: out[len(out)-wide*high:], Stride: wide, Rect: image.Rect(0, 0, wide, high)}
	ink := image.Rectangle{}
	for y := range high {
		for x := range wide {
			if full.GrayAt(x, y).Y < 128 {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	const height = 120
	if ink.Empty() {
		t.Fatal("an empty page")
	}
	cut := image.NewGray(image.Rect(0, 0, ink.Dx()*height/ink.Dy(), height))
	draw.CatmullRom.Scale(cut, cut.Rect, full, ink, draw.Src, nil)
	return cut
}

// overlap is the share of ink of each that has ink of the other near; the
// smaller of the two, so that neither a missing nor an added letter passes.
func overlap(a, b *image.Gray) float64 { return min(covered(a, b), covered(b, a)) }

func covered(a, b *image.Gray) float64 {
	dark := func(g *image.Gray, x, y int) bool {
		return image.Pt(x, y).In(g.Rect) && g.At(x, y).(color.Gray).Y < 128
	}
	ink, met := 0, 0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if !dark(a, x, y) {
				continue
			}
			ink++
			found := false
			for dy := -near; dy <= near && !found; dy++ {
				for dx := -near; dx <= near && !found; dx++ {
					found = dark(b, x+dx, y+dy)
				}
			}
			if found {
				met++
			}
		}
	}
	return float64(met) / float64(max(ink, 1))
}
