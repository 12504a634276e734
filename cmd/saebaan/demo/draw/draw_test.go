package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	xdraw "golang.org/x/image/draw"

	"saebaan/cmd/saebaan/demo/draw"
)

var (
	crafts   = []string{"chikan", "zardozi", "applique", "kundan"}
	garments = []string{"kurta", "suit", "saree", "dupatta", "stole", "blouse", "lehenga", "cushion", "potli", "tablecloth", "earrings", "necklace"}
	colours  = []string{"#f7f4ee", "#a3213d", "#2f5d8a", "#e8b4b8", "#1f6b4f", "#d9a441", "#5b2a6b", "#9fc3b5", "#23263a", "#e9dcc3", "#c8553d", "#b7c4d9"}
)

func pixels(t *testing.T, s draw.Spec) []byte {
	t.Helper()
	m, ok := draw.Piece(s).(*image.RGBA)
	if !ok {
		t.Fatal("no RGBA picture")
	}
	return m.Pix
}

func TestSameSpecSamePicture(t *testing.T) {
	for i, g := range garments {
		s := draw.Spec{Craft: crafts[i%len(crafts)], Garment: g, Colour: colours[i], Seed: uint64(i), Width: 240, Height: 300}
		a, b := pixels(t, s), pixels(t, s)
		if !bytes.Equal(a, b) {
			t.Errorf("%+v gave two pictures", s)
		}
		s.Seed++
		if bytes.Equal(a, pixels(t, s)) {
			t.Errorf("%+v looks like its neighbour", s)
		}
	}
}

func TestAnythingIsDrawn(t *testing.T) {
	for _, s := range []draw.Spec{
		{}, {Craft: "weaving", Garment: "tent", Colour: "red"}, {Garment: "kurti", Colour: "#12"}, {Garment: "KURTA ", Width: 33, Height: 900},
		{Garment: "necklace", Width: 900, Height: 20}, {Garment: "saree", Width: 1, Height: 1}, {Garment: "tablecloth", Craft: "appliqué", Width: 64, Height: 64, Seed: 1 << 63},
	} {
		want := image.Rect(0, 0, s.Width, s.Height)
		if s.Width == 0 {
			want = image.Rect(0, 0, 800, 1000)
		}
		m := draw.Piece(s)
		if m.Bounds() != want {
			t.Errorf("%+v: %v", s, m.Bounds())
		}
		if _, _, _, a := m.At(0, 0).RGBA(); a != 0xffff {
			t.Errorf("%+v is not opaque", s)
		}
	}
}

// The colour asked for is the colour seen, at the middle of a plain cushion's edge.
func TestColourIsKept(t *testing.T) {
	m := draw.Piece(draw.Spec{Craft: "chikan", Garment: "cushion", Colour: "#a3213d", Seed: 4})
	c := color.RGBAModel.Convert(m.At(120, 500)).(color.RGBA)
	if c.R < 100 || c.G > 90 || c.B > 110 {
		t.Errorf("a crimson cushion is %v", c)
	}
}

// TestContactSheet writes all garments in all crafts to the file that
// DRAW_CONTACT_SHEET names, to be looked at.
func TestContactSheet(t *testing.T) {
	file := os.Getenv("DRAW_CONTACT_SHEET")
	if file == "" {
		t.Skip("DRAW_CONTACT_SHEET is not set: no sheet was asked for")
	}
	const w, h = 320, 400
	sheet := image.NewRGBA(image.Rect(0, 0, w*6, h*8))
	i := 0
	for c, craft := range crafts {
		for g, garment := range garments {
			m := draw.Piece(draw.Spec{Craft: craft, Garment: garment, Colour: colours[(g+c*5)%len(colours)], Seed: uint64(10*c + g)})
			at := image.Pt(i%6*w, i/6*h)
			xdraw.ApproxBiLinear.Scale(sheet, image.Rect(0, 0, w, h).Add(at), m, m.Bounds(), xdraw.Src, nil)
			i++
		}
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, sheet); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkPiece(b *testing.B) {
	for _, craft := range crafts {
		b.Run(craft, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				draw.Piece(draw.Spec{Craft: craft, Garment: garments[i%len(garments)], Colour: colours[i%len(colours)], Seed: uint64(i)})
			}
		})
	}
}
