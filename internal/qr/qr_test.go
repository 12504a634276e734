package qr_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"saebaan/internal/qr"
)

const link = "upi://pay?pa=saebaan@upi&pn=Saebaan&am=1249.50&cu=INR&tn=SBN-26-27-000001"

func modules(t *testing.T, text string) [][]bool {
	t.Helper()
	rows, err := qr.Modules(text)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSizeAndQuietZone(t *testing.T) {
	for _, text := range []string{"1", link, strings.Repeat("लखनऊ ", 60)} {
		rows := modules(t, text)
		side := len(rows) - 2*qr.Quiet
		if side < 21 || side > 177 || (side-17)%4 != 0 {
			t.Errorf("%.10s: %d modules is no QR size", text, side)
		}
		for y, row := range rows {
			if len(row) != len(rows) {
				t.Fatalf("row %d has %d modules of %d", y, len(row), len(rows))
			}
			for x, dark := range row {
				inside := x >= 4 && y >= 4 && x < len(rows)-4 && y < len(rows)-4
				if dark && !inside {
					t.Errorf("%.10s: dark module in the quiet zone at %d,%d", text, x, y)
				}
			}
		}
	}
}

func TestFinderPatternsInThreeCorners(t *testing.T) {
	rows := modules(t, link)
	far := len(rows) - qr.Quiet - 7
	for _, corner := range [][2]int{{4, 4}, {far, 4}, {4, far}} {
		for y := range 7 {
			for x := range 7 {
				ring := max(abs(x-3), abs(y-3)) // 3 dark, 2 light, 1 and 0 dark
				if got := rows[corner[1]+y][corner[0]+x]; got != (ring != 2) {
					t.Errorf("finder at %v: module %d,%d is %v", corner, x, y, got)
				}
			}
		}
	}
	if side := len(rows) - 4; !rows[side-8][12] {
		t.Error("the dark module beside the lower finder is missing")
	}
}

// The two bits of format information at (8,0) and (8,1), unmasked, name the
// error correction level; 00 is M (ISO/IEC 18004 table 12).
func TestLevelIsM(t *testing.T) {
	rows := modules(t, link)
	bit := func(x int) bool { return rows[qr.Quiet+8][qr.Quiet+x] }
	if !bit(0) || bit(1) { // 00 under the mask 10
		t.Errorf("level bits are drawn %v %v, want true false (M)", bit(0), bit(1))
	}
}

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

func TestSVGAgreesWithModules(t *testing.T) {
	rows := modules(t, link)
	svg, err := qr.SVG(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
		t.Fatal("not well-formed:", err)
	}
	drawn := make([][]bool, len(rows))
	for y := range drawn {
		drawn[y] = make([]bool, len(rows))
	}
	for _, m := range run.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		width, _ := strconv.Atoi(m[3])
		if m[3] != m[4] {
			t.Fatal("open rectangle", m[0])
		}
		for i := range width {
			drawn[y][x+i] = true
		}
	}
	if !reflect.DeepEqual(drawn, rows) {
		t.Error("the picture differs from the modules")
	}
	if !strings.HasPrefix(svg, fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, len(rows), len(rows))) {
		t.Error(svg[:120])
	}
	if strings.Count(svg, "<path") != 1 || strings.Count(svg, "<svg") != 1 || strings.Contains(svg, "style") {
		t.Error("want one path, one svg and no style")
	}
}

func TestSameTextSameCodeOtherTextOtherCode(t *testing.T) {
	first, _ := qr.SVG(link)
	second, _ := qr.SVG(link)
	other, _ := qr.SVG(link + "1")
	if first != second || first == other {
		t.Error("the code does not follow from the text")
	}
}

func TestTooLong(t *testing.T) {
	if _, err := qr.Modules(strings.Repeat("é", 1165)); err != nil { // 2,330 bytes
		t.Error("what fits was refused:", err)
	}
	long := strings.Repeat("é", 1166)
	if _, err := qr.Modules(long); !errors.Is(err, qr.ErrTooLong) {
		t.Error(err)
	}
	if svg, err := qr.SVG(long); svg != "" || !errors.Is(err, qr.ErrTooLong) {
		t.Error(err)
	}
}

func abs(n int) int { return max(n, -n) }
