package qr

import (
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"saebaan/internal/fault"
)

// Quiet is the width in modules of the white border that ISO/IEC 18004 §6.3.8
// asks for on each side.
const Quiet = 4

// ErrTooLong says that the text needs more than the largest symbol (version 40)
// holds at level M: 2,331 bytes.
var ErrTooLong = fault.New(fault.Invalid, "qr.too_long",
	"The text is too long for a QR code. No code was made; shorten the text.")

// Modules returns the symbol for text as rows of modules, true for dark, with
// the quiet zone included. It returns ErrTooLong when the text does not fit.
func Modules(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, ErrTooLong.Because(err)
	}
	side := code.Bounds().Dx()
	rows := make([][]bool, side+2*Quiet)
	for y := range rows {
		rows[y] = make([]bool, side+2*Quiet)
	}
	for y := range side {
		for x := range side {
			grey := color.GrayModel.Convert(code.At(x, y)).(color.Gray)
			rows[y+Quiet][x+Quiet] = grey.Y < 128
		}
	}
	return rows, nil
}

// SVG returns the symbol for text as one <svg> element with a viewBox in
// modules and no size of its own: the page decides how large it is. It returns
// ErrTooLong when the text does not fit.
func SVG(text string) (string, error) {
	rows, err := Modules(text)
	if err != nil {
		return "", err
	}
	side := strconv.Itoa(len(rows))
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side +
		`" shape-rendering="crispEdges"><rect width="` + side + `" height="` + side + `" fill="#fff"/><path fill="#000" d="`)
	for y, row := range rows {
		for _, run := range Runs(row) {
			width := strconv.Itoa(run[1])
			b.WriteString("M" + strconv.Itoa(run[0]) + " " + strconv.Itoa(y) + "h" + width + "v1h-" + width + "z")
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

// Runs returns the dark stretches of one row of modules as pairs of start and
// length, so that a drawing has one rectangle a stretch and no seams inside it.
func Runs(row []bool) [][2]int {
	var runs [][2]int
	for x, dark := range row {
		switch {
		case !dark:
		case x > 0 && row[x-1]:
			runs[len(runs)-1][1]++
		default:
			runs = append(runs, [2]int{x, 1})
		}
	}
	return runs
}
