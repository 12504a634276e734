package draw

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// studio is the picture being made and the layers pieces are worked on.
type studio struct {
	pen
	picture *image.RGBA
	mask    *image.Alpha
	masked  image.Rectangle // what of the mask may hold something
	soft    softMask
}

func newStudio(width, height int, r *rand.Rand) *studio {
	bounds := image.Rect(0, 0, width, height)
	scale := math.Min(float64(width)/100, float64(height)/125)
	s := &studio{picture: image.NewRGBA(bounds), mask: image.NewAlpha(bounds)}
	s.pen = pen{
		Rand: r, layer: image.NewRGBA(bounds), raster: vector.NewRasterizer(1, 1), source: image.NewUniform(color.Black), worked: new(image.Rectangle), scale: scale, tilt: 1,
		origin: pt{(float64(width) - 100*scale) / 2, (float64(height) - 125*scale) / 2},
	}
	return s
}

// backdrop is a plain wall in a pale tint that suits the piece, lit from the
// upper left and darker towards the corners.
func (s *studio) backdrop(base rgb) {
	tints := []rgb{hex(0xefe9e1), hex(0xe9e6e6), hex(0xe8e4da), hex(0xe4e7e4), hex(0xefe4df)}
	tint := tints[s.IntN(len(tints))].to(base.lighter(0.75), 0.25)
	if base.light() > 0.82 {
		tint = tint.darker(0.16) // a white piece needs something to stand against
	}
	w, h := s.picture.Bounds().Dx(), s.picture.Bounds().Dy()
	c := [3]uint32{uint32(tint.r * 255), uint32(tint.g * 255), uint32(tint.b * 255)}
	across := make([]int32, w)
	for x := range across {
		d := float64(x)/float64(w) - 0.42
		across[x] = int32(d * d * 0.42 * lit)
	}
	for y := range h {
		d := float64(y)/float64(h) - 0.36
		down := int32((1.035 - d*d*0.46) * lit)
		row := s.picture.Pix[y*s.picture.Stride:][:4*w]
		for x, side := range across {
			l := uint32(min(down-side, lit)) // above zero: at most 0.33 is taken away
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = uint8(c[0]*l/lit), uint8(c[1]*l/lit), uint8(c[2]*l/lit), 255
		}
	}
}

// lit is full light in whole numbers.
const lit = 1 << 16

// folds is how a cloth falls: waves across it, strong top and bottom, fanning
// out downwards from fan (1 hangs straight), leaning by lean units per unit.
type folds struct {
	count, top, bottom, fan, lean float64
}

// cloth is one layer of a piece.
type cloth struct {
	outline []pt
	base    rgb
	folds   folds
	lift    float64      // how far its shadow falls, in units
	clear   float64      // how much of what is behind shows through
	work    func(p *pen) // its embroidery, before the folds
}

// lay works a cloth and puts it on the picture.
func (s *studio) lay(c cloth) {
	b := s.trace(c.outline)
	if b.Empty() {
		return
	}
	s.unmask(b)
	s.raster.DrawOp = draw.Src
	s.raster.Draw(s.mask, b, image.Opaque, image.Point{})
	s.soft.make(s.mask, b)
	s.shadow(b, c.lift)
	s.source.C = c.base.solid()
	draw.Draw(s.layer, b, s.source, image.Point{}, draw.Src)
	*s.worked = s.worked.Union(b)
	if c.work != nil {
		c.work(&s.pen)
	}
	s.drape(b, c)
}

// closer draws what follows larger, about a point that moves to the middle,
// until the function it gives is called.
func (s *studio) closer(factor float64, middle pt) func() {
	scale, origin := s.scale, s.origin
	s.origin = origin.add(pt{50, 62.5}.times(scale)).sub(middle.times(scale * factor))
	s.scale = scale * factor
	return func() { s.scale, s.origin = scale, origin }
}

// ornament puts what work paints on the picture, with its shadow, without folds.
func (s *studio) ornament(lift float64, work func(p *pen)) {
	draw.Draw(s.layer, *s.worked, image.Transparent, image.Point{}, draw.Src)
	*s.worked = image.Rectangle{}
	work(&s.pen)
	b := *s.worked
	s.unmask(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		mask, layer := s.mask.Pix[s.mask.PixOffset(b.Min.X, y):], s.layer.Pix[s.layer.PixOffset(b.Min.X, y):]
		for i := range b.Dx() {
			mask[i] = layer[4*i+3]
		}
	}
	s.soft.make(s.mask, b)
	s.shadow(b, lift)
	draw.Draw(s.picture, b, s.layer, b.Min, draw.Over)
}

// unmask empties the mask of the piece before, for one that will fill box.
func (s *studio) unmask(box image.Rectangle) {
	for y := s.masked.Min.Y; y < s.masked.Max.Y; y++ {
		clear(s.mask.Pix[s.mask.PixOffset(s.masked.Min.X, y):][:s.masked.Dx()])
	}
	s.masked = box
}

// shadow darkens the picture beside the mask.
func (s *studio) shadow(b image.Rectangle, lift float64) {
	if lift <= 0 {
		return
	}
	dx, dy := int(lift*s.scale*0.55), int(lift*s.scale)
	reach := 6 * softStep
	b = image.Rect(b.Min.X-reach, b.Min.Y-reach, b.Max.X+reach+dx, b.Max.Y+reach+dy).Intersect(s.picture.Bounds())
	row := make([]float32, b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		s.soft.row(row, b.Min.X-dx, y-dy)
		pix := s.picture.Pix[s.picture.PixOffset(b.Min.X, y):]
		for i, v := range row {
			if v <= 0 {
				continue
			}
			k := 256 - uint32(v*86)
			pix[4*i] = uint8(uint32(pix[4*i]) * k >> 8)
			pix[4*i+1] = uint8(uint32(pix[4*i+1]) * k >> 8)
			pix[4*i+2] = uint8(uint32(pix[4*i+2]) * (k + (256-k)/8) >> 8)
		}
	}
}

const waveSteps = 2048

// waves is one width of folds: soft hills with narrower valleys.
func (s *studio) waves(count float64) []float32 {
	out := make([]float32, waveSteps)
	a, b, c := s.between(0, 6.28), s.between(0, 6.28), s.between(0, 6.28)
	for i := range out {
		t := 2 * math.Pi * float64(i) / waveSteps
		v := math.Sin(count*t+a+0.9*math.Sin(t*2+b)) + 0.45*math.Sin(count*1.7*t+c) + 0.25*math.Sin(count*3.1*t+b)
		out[i] = float32(v / 1.7)
	}
	return out
}

// drape puts the worked layer on the picture through the mask, lit by its folds
// and darker towards its edges.
func (s *studio) drape(b image.Rectangle, c cloth) {
	wave := s.waves(c.folds.count)
	edge := make([]float32, b.Dx())
	middle, wide := float64(b.Min.X+b.Max.X)/2, float64(b.Dx())
	through := uint32(256 * (1 - c.clear))
	for y := b.Min.Y; y < b.Max.Y; y++ {
		t := float64(y-b.Min.Y) / float64(b.Dy())
		depth := float32(c.folds.top + (c.folds.bottom-c.folds.top)*t)
		step := 1 / (wide * (c.folds.fan + (1-c.folds.fan)*t))
		u := 0.5 + (float64(b.Min.X)-middle+c.folds.lean*float64(y-b.Min.Y))*step
		s.soft.row(edge, b.Min.X, y)
		from, fromStep := int(u*waveSteps*256)+waveSteps<<16, int(step*waveSteps*256)
		mask := s.mask.Pix[s.mask.PixOffset(b.Min.X, y):][:b.Dx()]
		src := s.layer.Pix[s.layer.PixOffset(b.Min.X, y):]
		dst := s.picture.Pix[s.picture.PixOffset(b.Min.X, y):]
		for i, m := range mask {
			if m == 0 {
				continue
			}
			w := wave[(from+i*fromStep)>>8&(waveSteps-1)]
			e := min(max(edge[i]*2-1, 0), 1)
			light := 0.80 + 0.22*e*(2-e) + depth*w + float32((i*7+y*13)&7)*0.003
			k := uint32(max(light, 0.2) * 256)
			a := uint32(m) * through >> 8
			for j := 4 * i; j < 4*i+3; j++ {
				v := min(uint32(src[j])*k>>8, 255)
				dst[j] = uint8((v*a + uint32(dst[j])*(255-a)) / 255)
			}
		}
	}
}

const softStep = 8

// softMask is a mask blurred at an eighth of its size.
type softMask struct {
	w, h      int
	v, spread []float32
}

func (m *softMask) make(mask *image.Alpha, b image.Rectangle) {
	m.w, m.h = mask.Bounds().Dx()/softStep+2, mask.Bounds().Dy()/softStep+2
	m.v, m.spread = resized(m.v, m.w*m.h), resized(m.spread, m.w*m.h)
	for cy := b.Min.Y / softStep; cy*softStep < b.Max.Y; cy++ {
		for cx := b.Min.X / softStep; cx*softStep < b.Max.X; cx++ {
			sum, n := 0, 0
			for y := cy*softStep + 1; y < min((cy+1)*softStep, mask.Rect.Max.Y); y += 2 {
				for x := cx*softStep + 1; x < min((cx+1)*softStep, mask.Rect.Max.X); x += 2 {
					sum, n = sum+int(mask.Pix[y*mask.Stride+x]), n+1
				}
			}
			if n > 0 {
				m.v[cy*m.w+cx] = float32(sum) / float32(255*n)
			}
		}
	}
	for range 2 {
		blur(m.spread, m.v, m.w, m.h)
		blur(m.v, m.spread, m.h, m.w)
	}
}

func resized(v []float32, n int) []float32 {
	if len(v) != n {
		return make([]float32, n)
	}
	clear(v)
	return v
}

// blur takes means of three along each row of src and writes them turned.
func blur(dst, src []float32, w, h int) {
	for y := range h {
		row := src[y*w:][:w]
		for x := range w {
			dst[x*h+y] = (row[max(x-1, 0)] + row[x] + row[min(x+1, w-1)]) / 3
		}
	}
}

// row fills out with the blurred mask from (x, y) rightwards.
func (m *softMask) row(out []float32, x, y int) {
	fy := (float32(y) - softStep/2) / softStep
	iy := int(math.Floor(float64(fy)))
	ty := fy - float32(iy)
	top, low := m.v[min(max(iy, 0), m.h-1)*m.w:][:m.w], m.v[min(max(iy+1, 0), m.h-1)*m.w:][:m.w]
	at := x - softStep/2 + 64*softStep // never below zero
	for i := 0; i < len(out); {
		cell, in := at/softStep-64, at%softStep
		l, r := min(max(cell, 0), m.w-1), min(max(cell+1, 0), m.w-1)
		v := top[l] + (low[l]-top[l])*ty
		step := (top[r] + (low[r]-top[r])*ty - v) / softStep
		v += step * float32(in)
		for ; in < softStep && i < len(out); in++ {
			out[i] = v
			v += step
			i++
			at++
		}
	}
}
