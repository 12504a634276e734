package paper

import (
	"bytes"
	"errors"
	"image/jpeg"
	"slices"
	"strconv"
	"strings"
	"time"

	"saebaan/internal/qr"
)

// Slip is one sheet of A5 for somebody who reads little: a name, a few sums in
// figures and in words, and pictures. No letter on it is smaller than 14 points.
// All texts are ready, in one language. What it says of sums always stands on
// the sheet; of the rows as many as there is room for.
type Slip struct {
	Language string // "en", "hi" or "ur"; "ur" is laid out right to left
	Title    string // what it is: "Statement"
	Name     string // whose it is, the largest letters
	Lines    []string
	Portrait []byte    // a JPEG beside the name, nil for none
	Made     time.Time // the PDF's own dates, so that they follow from the input
	Sums     []Sum
	Facts    []Fact // a line each, below the sums
	Heading  string // over the rows
	Rows     []Fact // newest first
	More     string // "and {n} more", for the rows that have no room
	Pictures []Picture
	QR       string // the text of a QR code, "" for none
	QRLabel  string // beside the code
	Foot     []string
}

// Sum is an amount with what it is, in figures and in words.
type Sum struct {
	Fact
	Words  []string // a paragraph each; only the first when the sheet is full
	Strong bool     // the one that matters most
}

// Picture is a JPEG with a few words under it.
type Picture struct {
	JPEG    []byte
	Caption string
}

const (
	leastSize   = 14.0 // of every letter on a slip
	mostPicture = 96.0 // side of a picture
	minPicture  = 42.0
	maxPictures = 4
	pictureGap  = 8.0
	slipTop     = 24.0
	slipLow     = 20.0
	hair        = 0.01 // what adding up may be out by
)

var (
	slipText = style{size: leastSize}
	slipSoft = style{size: leastSize, grey: soft}
	slipBold = style{size: leastSize, bold: true}
	slipName = style{size: 22, bold: true}
	slipSum  = style{size: 17, bold: true}
	slipMain = style{size: 23, bold: true}
)

// SlipPDF prints s on one page; slips printed at the same time wait for each
// other. It returns ErrInput for an unknown language, more than four pictures,
// one that is no JPEG, or names and sums that take more than the sheet, and
// qr.ErrTooLong when the QR text does not fit.
func SlipPDF(s Slip) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	press := shared()
	press.turn.Lock()
	defer press.turn.Unlock()
	var err error
	for _, whole := range []bool{true, false} {
		for _, s := range []Slip{s, s.shorter()} {
			var l *layout
			if l, err = s.lay(whole); err == nil {
				return write(l.Paper, l)
			}
			if !errors.Is(err, ErrInput) {
				return nil, err
			}
		}
	}
	return nil, err
}

func (s Slip) check() error {
	if s.Language != "en" && s.Language != "hi" && s.Language != "ur" {
		return ErrInput.At("/language", "en, hi or ur")
	}
	if len(s.Pictures) > maxPictures {
		return ErrInput.At("/pictures", "at most %d", maxPictures)
	}
	list := s.Pictures
	if s.Portrait != nil {
		list = append([]Picture{{JPEG: s.Portrait}}, list...)
	}
	for i, p := range list {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG)); err != nil || c.Width < 1 || c.Height < 1 {
			return ErrInput.At("/pictures", "number %d is no JPEG", i).Because(err)
		}
	}
	return nil
}

// shorter is the slip with the first paragraph alone of each sum's words.
func (s Slip) shorter() Slip {
	s.Sums = slices.Clone(s.Sums)
	for i := range s.Sums {
		s.Sums[i].Words = s.Sums[i].Words[:min(1, len(s.Sums[i].Words))]
	}
	return s
}

// lay puts everything on the sheet: from the top what must stand there, at the
// foot the foot with the pictures over it, and between them the rows. A whole
// slip has room for a row, where there are any.
func (s Slip) lay(whole bool) (*layout, error) {
	l := &layout{Paper: Paper{Language: s.Language, Title: s.Title, Number: s.Name, Made: s.Made}, format: a5, shaper: newShaper(s.Language)}
	l.pages, l.y, l.bottom = []*page{{}}, slipTop, l.high-slipLow
	l.slipHead(s)
	for _, sum := range s.Sums {
		l.slipSum(sum)
	}
	for _, f := range s.Facts {
		l.draw(l.pair(f, slipSoft, slipBold))
	}
	if err := l.slipCode(s); err != nil {
		return nil, err
	}
	foot := row{above: 5, cells: []cell{{0, l.body(), start, nil}}}
	for _, text := range s.Foot {
		foot.cells[0].lines = append(foot.cells[0].lines, l.wrap(text, slipSoft, l.body())...)
	}
	end := l.bottom - foot.height()
	room := end - l.y
	if len(s.Rows) > 0 { // how many there are stands there in any case
		room -= l.more(s, len(s.Rows)).height()
		if whole {
			room -= l.heading(s).height() + l.pair(s.Rows[0], slipText, slipText).height()
		}
	}
	if room < -hair {
		return nil, ErrInput.At("/sums", "takes %.0f points more than the sheet has", -room)
	}
	side := l.pictureSide(s, end-l.y)
	if side > 0 {
		end -= l.pictureHeight(s, side)
	}
	l.slipRows(s, end)
	if side > 0 {
		l.y = end
		l.slipPictures(s, side)
	}
	l.y = l.bottom - foot.height()
	l.rule(0, l.body(), 0.6, hairline)
	l.draw(foot)
	return l, nil
}

func (l *layout) slipHead(s Slip) {
	const portrait = 92.0
	w := l.body()
	from := l.y
	if s.Portrait != nil {
		l.fit(s.Portrait, w-portrait, portrait)
		w -= portrait + pictureGap
	}
	title := l.wrap(s.Title, slipSoft, w/2)
	taken := 0.02
	for _, t := range title {
		taken = max(taken, t.wide()+0.02)
	}
	l.draw(row{cells: []cell{{0, w - taken - 8, start, l.wrap(s.Name, slipName, w-taken-8)}, {w - taken, taken, finish, title}}})
	for _, text := range s.Lines {
		l.draw(row{cells: []cell{{0, w, start, l.wrap(text, slipText, w)}}})
	}
	if s.Portrait != nil {
		l.y = max(l.y, from+portrait)
	}
	l.y += 5
	l.rule(0, l.body(), 1.4, black)
	l.y += 4
}

// pair is a label with its value at the other edge, or below it when one line
// has no room for both.
func (l *layout) pair(f Fact, name, value style) row {
	v := l.wrap(f.Value, value, l.body()*0.62)
	taken := 0.0
	for _, t := range v {
		taken = max(taken, t.wide())
	}
	w := l.body() - taken - 8
	return row{cells: []cell{
		{0, w, start, l.wrap(f.Label, name, w)},
		{l.body() - taken - 0.02, taken + 0.02, finish, v},
	}}
}

func (l *layout) slipSum(s Sum) {
	value, name := slipSum, slipText
	switch {
	case len(s.Words) == 0:
		value = slipBold
	case s.Strong:
		value, name = slipMain, slipBold
	}
	l.draw(l.pair(s.Fact, name, value))
	for _, text := range s.Words {
		l.draw(row{cells: []cell{{0, l.body(), start, l.wrap(text, slipSoft, l.body())}}})
	}
	l.y += 2
	l.rule(0, l.body(), 0.4, hairline)
	l.y += 2
}

// slipCode draws the QR code with its label beside it.
func (l *layout) slipCode(s Slip) error {
	if s.QR == "" {
		return nil
	}
	code, err := qr.Modules(s.QR)
	if err != nil {
		return err
	}
	symbol := float64(len(code) - 2*qr.Quiet)
	wide := 34 * mm
	if len(s.Sums) == 0 { // a card, of which the code is the main thing
		wide = 64 * mm
	}
	module := max(wide/symbol, 0.4*mm)
	side := symbol * module
	l.y += qr.Quiet * module
	x, p := l.left(0, side), l.page()
	for i, modules := range code[qr.Quiet : len(code)-qr.Quiet] {
		for _, run := range qr.Runs(modules[qr.Quiet : len(modules)-qr.Quiet]) {
			p.boxes = append(p.boxes, box{x + float64(run[0])*module, l.y + float64(i)*module, float64(run[1]) * module, module, black})
		}
	}
	from, gap := l.y, qr.Quiet*module
	w := l.body() - side - gap
	l.draw(row{cells: []cell{{side + gap, w, start, l.wrap(s.QRLabel, slipText, w)}}})
	l.y = max(l.y, from+side) + gap
	return nil
}

// pictureSide is how large the pictures are in what room the sums leave, with
// one row beside them; 0 when they are left out.
func (l *layout) pictureSide(s Slip, room float64) float64 {
	if len(s.Pictures) == 0 {
		return 0
	}
	if len(s.Rows) > 0 {
		room -= l.heading(s).height() + l.pair(s.Rows[0], slipText, slipText).height()
		if len(s.Rows) > 1 {
			room -= l.more(s, len(s.Rows)-1).height()
		}
	}
	side := min(mostPicture, (l.body()-(maxPictures-1)*pictureGap)/maxPictures, room-l.pictureHeight(s, 0))
	if side < minPicture {
		return 0
	}
	return side
}

func (l *layout) pictureHeight(s Slip, side float64) float64 {
	return side + l.captions(s).height() + 8
}

func (l *layout) captions(s Slip) row {
	w := (l.body() - (maxPictures-1)*pictureGap) / maxPictures
	r := row{above: 1}
	for i, p := range s.Pictures {
		r.cells = append(r.cells, cell{float64(i) * (w + pictureGap), w, start, l.wrap(p.Caption, slipText, w)})
	}
	return r
}

func (l *layout) slipPictures(s Slip, side float64) {
	l.y += 4
	captions := l.captions(s)
	for i, p := range s.Pictures {
		l.fit(p.JPEG, captions.cells[i].x, side)
	}
	l.y += side
	l.draw(captions)
}

// fit sets a JPEG into a square at x from the margin, whole, at the edge where
// reading begins.
func (l *layout) fit(raw []byte, x, side float64) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return // check has refused it
	}
	w, h := side, side
	if c.Width > c.Height {
		h = side * float64(c.Height) / float64(c.Width)
	} else {
		w = side * float64(c.Width) / float64(c.Height)
	}
	p := l.page()
	p.pictures = append(p.pictures, picture{raw, l.left(x, w), l.y + side - h, w, h})
}

func (l *layout) heading(s Slip) row {
	return row{above: 2, cells: []cell{{0, l.body(), start, l.wrap(s.Heading, slipBold, l.body())}}}
}

func (l *layout) more(s Slip, n int) row {
	text := strings.ReplaceAll(s.More, "{n}", strconv.Itoa(n))
	return row{cells: []cell{{0, l.body(), start, l.wrap(text, slipSoft, l.body())}}}
}

// slipRows draws as many rows as end before end, and how many more there are.
func (l *layout) slipRows(s Slip, end float64) {
	if len(s.Rows) == 0 {
		return
	}
	rows := make([]row, len(s.Rows))
	for i, f := range s.Rows {
		rows[i] = l.pair(f, slipText, slipText)
	}
	room := end - l.y - l.heading(s).height()
	n := fitting(rows, room)
	if n < len(rows) {
		n = fitting(rows, room-l.more(s, len(rows)).height())
	}
	if n > 0 {
		l.draw(l.heading(s))
	}
	for _, r := range rows[:n] {
		l.draw(r)
	}
	if more := l.more(s, len(rows)-n); n < len(rows) && l.y+more.height() <= end+hair {
		l.draw(more)
	}
}

// fitting counts the rows that room points hold.
func fitting(rows []row, room float64) int {
	for i, r := range rows {
		if room -= r.height(); room < -hair {
			return i
		}
	}
	return len(rows)
}
