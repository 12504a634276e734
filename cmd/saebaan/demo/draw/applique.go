package draw

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// applique is cut cloth: leaves and petals in other tints of the ground, laid
// over one another and hemmed with small stitches.
type applique struct {
	tints  []rgb
	leaves []rgb
	stitch color.RGBA
}

func newApplique(base rgb, r *rand.Rand) work {
	a := &applique{stitch: base.darker(0.25).alpha(0.6)}
	switch {
	case base.light() > 0.75:
		pairs := [][2]uint32{{0xd9748a, 0xf0b3bd}, {0xe0944a, 0xf3c98f}, {0x6a8fc0, 0xaac6e6}, {0x9a6fb0, 0xcfb2dd}}
		c := pairs[r.IntN(len(pairs))]
		a.tints = []rgb{hex(c[0]), hex(c[1]), hex(c[1]).lighter(0.45)}
		a.leaves = []rgb{hex(0x7f9f6b), hex(0xa9bf8f)}
	default:
		a.tints = []rgb{base.lighter(0.45), base.lighter(0.68), ivory}
		a.leaves = []rgb{ivory.to(base, 0.12), base.lighter(0.56)}
	}
	return a
}

// patch is one cut piece: its shadow, its cloth, its hem.
func (a *applique) patch(p *pen, shape []pt, c rgb) {
	low := make([]pt, len(shape))
	middle := pt{}
	for i, q := range shape {
		low[i] = q.add(pt{0.22, 0.36})
		middle = middle.add(q.times(1 / float64(len(shape))))
	}
	p.fill(low, rgb{0.08, 0.05, 0.06}.alpha(0.26))
	p.fill(shape, c.solid())
	if shape[0].sub(shape[len(shape)/2]).length() < 2.2 {
		p.outline(shape, 0.1, a.stitch) // too small to show single stitches
		return
	}
	inner := make([]pt, len(shape))
	for i, q := range shape {
		inner[i] = q.to(middle, 0.13)
	}
	p.dashes(closed(inner), 0.42, 0.13, a.stitch)
}

func (a *applique) petal(p *pen, from, to pt, full float64, c rgb) {
	a.patch(p, leafShape(from, to, full), c)
	p.stroke([]pt{from.to(to, 0.15), from.to(to, 0.62)}, 0.14, c.darker(0.25).alpha(0.7))
}

func (a *applique) flower(p *pen, at pt, r, angle float64) {
	for ring, k := range []float64{1, 0.66} {
		n := 7 - ring
		for i := range n {
			dir := angle + float64(ring)*0.4 + 2*math.Pi*float64(i)/float64(n)
			a.petal(p, at.far(r*0.1, dir), at.far(r*k, dir), 0.52, a.tints[ring%len(a.tints)])
		}
	}
	a.patch(p, circle(at, r*0.24, 14), a.tints[2])
	for i := range 6 {
		p.dot(at.far(r*0.11, float64(i)*1.047), r*0.035, a.stitch)
	}
}

func (a *applique) buti(p *pen, at pt, size, angle float64) {
	up := angle - math.Pi/2
	p.stroke([]pt{at.far(-size*0.9, up), at}, 0.28, a.leaves[0].solid())
	a.petal(p, at.far(-size*0.75, up), at.far(-size*0.3, up).far(size*0.55, angle), 0.34, a.leaves[0])
	a.petal(p, at.far(-size*0.75, up), at.far(-size*0.3, up).far(-size*0.55, angle), 0.34, a.leaves[1])
	for i, turn := range []float64{-0.95, 0.95, -0.48, 0.48, 0} {
		a.petal(p, at.far(-size*0.1, up), at.far(size*0.72, up+turn), 0.36, a.tints[i%3])
	}
}

func (a *applique) vine(p *pen, line []pt, size float64) {
	stem := wavy(line, size*0.3, size*3)
	p.stroke(stem, 0.5, a.leaves[0].solid())
	p.dashes(stem, 0.5, 0.12, a.stitch)
	for i, q := range evenly(stem, size*0.85) {
		side := 1.0
		if i%2 == 0 {
			side = -1
		}
		if i%4 == 1 {
			a.flower(p, q.far(size*0.45, q.dir+side*1.45), size*0.46, q.dir)
			continue
		}
		a.petal(p, q.pt, q.far(size*0.78, q.dir+side*0.85), 0.36, a.leaves[i%2])
	}
}

func (a *applique) trim(p *pen, line []pt, width float64) {
	a.patch(p, append(beside(line, width), reversed(line)...), a.tints[1])
}

func (a *applique) border(p *pen, line []pt, width float64) {
	p.fill(append(beside(line, width*0.3), reversed(line)...), a.tints[1].solid())
	p.dashes(beside(line, width*0.06), 0.6, 0.16, a.stitch)
	for i, q := range evenly(beside(line, width*0.3), width*0.5) {
		up := q.dir - math.Pi/2
		a.petal(p, q.far(-width*0.1, up).far(-width*0.1, q.dir), q.far(width*0.62, up-0.45), 0.34, a.leaves[i%2])
		a.petal(p, q.far(-width*0.1, up).far(width*0.1, q.dir), q.far(width*0.62, up+0.45), 0.34, a.tints[i%2])
	}
	for i, q := range evenly(beside(line, width*0.26), width*0.5) {
		a.patch(p, circle(q.pt, width*0.17, 14), a.tints[(i+2)%3])
	}
	p.dashes(beside(line, width*0.14), 0.6, 0.16, a.stitch)
}

func (a *applique) hero(p *pen, at pt, size, angle float64) {
	up := angle - math.Pi/2
	for i := range 8 {
		dir := angle + 0.39 + math.Pi/4*float64(i)
		a.petal(p, at.far(size*0.3, dir), at.far(size*1.35, dir), 0.26, a.leaves[i%2])
	}
	a.flower(p, at, size, up)
	for i := range 8 {
		dir := angle + math.Pi/4*float64(i)
		a.patch(p, circle(at.far(size*1.22, dir), size*0.12, 12), a.tints[i%2])
	}
}
