package draw

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// chikan is white thread on any cloth: fine vines, flowers with knotted hearts
// (phanda), rice knots (murri), net fillings (jaali) and shadow work.
type chikan struct {
	thread, veil, shade color.RGBA
	petals              int
	pale                bool // the cloth is as white as the thread
	shadowed            bool // petals filled from behind (bakhiya), else outlined
}

func newChikan(base rgb, r *rand.Rand) work {
	thread := white
	shade := base.darker(0.55)
	depth := 0.5
	if base.light() > 0.78 { // white on white is seen by its shadows
		shade, depth = base.darker(0.62), 0.62
	}
	return &chikan{
		thread: thread.alpha(0.97), veil: thread.alpha(0.62), shade: shade.alpha(depth), pale: base.light() > 0.78,
		petals: 5 + r.IntN(2), shadowed: r.IntN(3) == 0,
	}
}

// raised fills a shape that stands a little above the cloth.
func (c *chikan) raised(p *pen, shape []pt, col color.RGBA) {
	low := make([]pt, len(shape))
	for i, a := range shape {
		low[i] = a.add(pt{0.12, 0.2})
	}
	p.fill(low, c.shade)
	p.fill(shape, col)
}

// stem is a raised line.
func (c *chikan) stem(p *pen, line []pt, width float64) {
	if c.pale {
		p.stroke(beside(line, -width*0.7), width, c.shade)
	}
	p.stroke(line, width, c.thread)
}

func (c *chikan) knot(p *pen, a pt, r float64) { c.raised(p, circle(a, r, 8), c.thread) }

func (c *chikan) rice(p *pen, a pt, length, dir float64) {
	c.raised(p, leafShape(a, a.far(length, dir), 0.42), c.thread)
}

func (c *chikan) petal(p *pen, a, b pt, full float64) {
	shape := leafShape(a, b, full)
	if c.shadowed {
		p.fill(shape, c.veil)
		c.stem(p, append(closed(shape), shape[1]), 0.16)
		return
	}
	c.raised(p, shape, c.thread)
	p.stroke([]pt{a.to(b, 0.2), a.to(b, 0.8)}, 0.14, c.shade)
}

func (c *chikan) flower(p *pen, at pt, r, angle float64) {
	for i := range c.petals {
		dir := angle + 2*math.Pi*float64(i)/float64(c.petals)
		c.petal(p, at.far(r*0.22, dir), at.far(r, dir), 0.44)
	}
	p.dot(at, r*0.26, c.shade)
	for i := range 5 {
		c.knot(p, at.far(r*0.17, angle+float64(i)*1.257), r*0.1)
	}
}

func (c *chikan) buti(p *pen, at pt, size, angle float64) {
	up := angle - math.Pi/2
	foot := at.far(-size*0.75, up)
	head := at.far(size*0.3, up)
	stem := from(foot.x, foot.y).curve(at.x+size*0.22*math.Cos(angle), at.y+size*0.22*math.Sin(angle), head.x, head.y)
	c.stem(p, stem, 0.18)
	c.petal(p, at.far(-size*0.5, up), at.far(-size*0.1, up).far(size*0.5, angle), 0.26)
	c.petal(p, at.far(-size*0.35, up), at.far(0, up).far(-size*0.48, angle), 0.26)
	c.flower(p, head, size*0.46, angle)
	for i := -1; i <= 1; i++ {
		c.knot(p, head.far(size*0.66, up+float64(i)*0.5), size*0.065)
	}
}

func (c *chikan) vine(p *pen, line []pt, size float64) {
	stem := wavy(line, size*0.34, size*3)
	c.stem(p, stem, 0.24)
	for i, a := range evenly(stem, size*0.75) {
		side := 1.0
		if i%2 == 0 {
			side = -1
		}
		switch i % 6 {
		case 2, 5:
			c.flower(p, a.far(size*0.5, a.dir+side*1.4), size*0.4, a.dir)
		default:
			c.petal(p, a.pt, a.far(size*0.62, a.dir+side*0.85), 0.3)
			c.knot(p, a.far(size*0.36, a.dir-side*1.1), size*0.06)
		}
	}
}

func (c *chikan) trim(p *pen, line []pt, width float64) {
	p.dashes(line, 0.7, 0.2, c.thread)
	for _, a := range evenly(beside(line, width*0.6), width*0.75) {
		c.rice(p, a.pt, width*0.5, a.dir-0.9)
	}
}

func (c *chikan) border(p *pen, line []pt, width float64) {
	c.stem(p, beside(line, width*0.05), 0.26)
	p.dashes(beside(line, width*0.16), 0.8, 0.2, c.thread)
	c.vine(p, beside(line, width*0.52), width*0.5)
	for _, a := range evenly(beside(line, width*0.94), width*0.36) {
		c.rice(p, a.far(-width*0.08, a.dir-math.Pi/2), width*0.2, a.dir-math.Pi/2)
	}
	p.dots(beside(line, width*1.12), width*0.36, width*0.035, c.thread)
}

func (c *chikan) hero(p *pen, at pt, size, angle float64) {
	shape := placed(paisleyShape, at, size, angle)
	p.fill(shape, c.veil)
	c.net(p, at, size*0.62)
	c.stem(p, append(closed(shape), shape[1]), 0.32)
	p.dots(closed(placed(paisleyShape, at, size*0.86, angle)), size*0.13, size*0.038, c.thread)
	c.stem(p, closed(placed(paisleyShape, at, size*0.74, angle)), 0.2)
	c.flower(p, at.add(pt{0, size * 0.3}.turned(angle)), size*0.36, angle)
	c.flower(p, at.add(pt{0.06 * size, -size * 0.45}.turned(angle)), size*0.2, angle)
	for i, a := range evenly(closed(placed(paisleyShape, at, size*1.06, angle)), size*0.3) {
		out := a.sub(at).angle()
		if i%2 == 0 {
			c.petal(p, a.pt, a.far(size*0.26, out), 0.34)
		} else {
			c.knot(p, a.far(size*0.12, out), size*0.05)
		}
	}
}

// net is jaali: a fine grid of holes.
func (c *chikan) net(p *pen, at pt, r float64) {
	step := r / 5
	for y := -r; y <= r; y += step {
		half := math.Sqrt(max(r*r-y*y, 0))
		for x := -half; x <= half; x += step {
			p.dot(at.add(pt{x, y}), step*0.24, c.shade)
		}
	}
}

func closed(shape []pt) []pt { return append(append([]pt(nil), shape...), shape[0]) }
