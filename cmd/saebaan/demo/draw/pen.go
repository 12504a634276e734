package draw

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// pen paints shapes given in units onto a layer.
type pen struct {
	*rand.Rand
	layer  *image.RGBA
	raster *vector.Rasterizer
	source *image.Uniform
	worked *image.Rectangle // what of the layer has been painted on
	scale  float64          // pixels in a unit
	origin pt               // in pixels
	level  float64          // the height that stays where it is when lying flat
	tilt   float64          // how much of its depth a lying surface shows
}

// flatten lets what follows lie on a level surface seen from the side; a tilt
// of 1 stands it up again.
func (p *pen) flatten(level, tilt float64) { p.level, p.tilt = level, tilt }

func (p *pen) pixel(a pt) (float32, float32) {
	y := p.level + (a.y-p.level)*p.tilt
	return float32(a.x*p.scale + p.origin.x), float32(y*p.scale + p.origin.y)
}

// box is the whole pixels a shape touches, within the layer.
func (p *pen) box(shape []pt) image.Rectangle {
	lo, hi := shape[0], shape[0]
	for _, a := range shape {
		lo, hi = pt{math.Min(lo.x, a.x), math.Min(lo.y, a.y)}, pt{math.Max(hi.x, a.x), math.Max(hi.y, a.y)}
	}
	x0, y0 := p.pixel(lo)
	x1, y1 := p.pixel(hi)
	return image.Rect(int(x0)-1, int(y0)-1, int(x1)+2, int(y1)+2).Intersect(p.layer.Bounds())
}

// trace loads a shape into the rasteriser and gives the box it fills.
func (p *pen) trace(shape []pt) image.Rectangle {
	if len(shape) < 3 {
		return image.Rectangle{}
	}
	b := p.box(shape)
	if b.Empty() {
		return b
	}
	p.raster.Reset(b.Dx(), b.Dy())
	dx, dy := float32(b.Min.X), float32(b.Min.Y)
	for i, a := range shape {
		x, y := p.pixel(a)
		if i == 0 {
			p.raster.MoveTo(x-dx, y-dy)
		} else {
			p.raster.LineTo(x-dx, y-dy)
		}
	}
	p.raster.ClosePath()
	return b
}

// fill paints the inside of a shape.
func (p *pen) fill(shape []pt, c color.RGBA) {
	b := p.trace(shape)
	if b.Empty() {
		return
	}
	*p.worked = p.worked.Union(b)
	p.source.C = c
	p.raster.DrawOp = draw.Over
	p.raster.Draw(p.layer, b, p.source, image.Point{})
}

// stroke paints a line of some width.
func (p *pen) stroke(line []pt, width float64, c color.RGBA) {
	if len(line) < 2 {
		return
	}
	p.fill(append(beside(line, width/2), reversed(beside(line, -width/2))...), c)
}

// outline strokes a closed shape.
func (p *pen) outline(shape []pt, width float64, c color.RGBA) {
	closed := append(append([]pt(nil), shape...), shape[0], shape[1])
	p.stroke(closed, width, c)
}

// dashes strokes a line with gaps as long as the stitches.
func (p *pen) dashes(line []pt, stitch, width float64, c color.RGBA) {
	for _, a := range evenly(line, stitch*1.8) {
		h := polar(stitch/2, a.dir)
		p.stroke([]pt{a.sub(h), a.add(h)}, width, c)
	}
}

// dot paints a disc.
func (p *pen) dot(a pt, r float64, c color.RGBA) {
	steps := 8
	if r*p.scale > 6 {
		steps = 24
	}
	p.fill(circle(a, r, steps), c)
}

// dots paints a row of discs along a line.
func (p *pen) dots(line []pt, step, r float64, c color.RGBA) {
	for _, a := range evenly(line, step) {
		p.dot(a.pt, r, c)
	}
}

// leaf paints a leaf.
func (p *pen) leaf(a, b pt, full float64, c color.RGBA) { p.fill(leafShape(a, b, full), c) }

// between is a number from lo to hi.
func (p *pen) between(lo, hi float64) float64 { return lo + (hi-lo)*p.Float64() }
