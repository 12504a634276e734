package draw

import (
	"math"
	"math/rand/v2"
)

// zardozi is metal: coiled dabka wire, filled leaves, spangles, pearls and a
// few stones, dense along the edges.
type zardozi struct {
	stone  rgb
	pearls bool
}

func newZardozi(r *rand.Rand) work {
	stones := []rgb{ruby, emerald, hex(0x1d3f8a), hex(0xb3306f), hex(0x7a1f3d)}
	return &zardozi{stone: stones[r.IntN(len(stones))], pearls: r.IntN(2) == 0}
}

// coil lays a spiral wire along a line: dark below, a glint on every turn.
func (z *zardozi) coil(p *pen, line []pt, width float64) {
	low := make([]pt, len(line))
	for i, a := range line {
		low[i] = a.add(pt{0.1, 0.18})
	}
	p.stroke(low, width*1.25, goldDeep.darker(0.5).alpha(0.5))
	p.stroke(line, width, gold.to(goldDeep, 0.35).solid())
	for _, a := range evenly(line, max(width*0.85, 0.42)) {
		h := polar(width*0.46, a.dir-1.15)
		p.stroke([]pt{a.sub(h), a.add(h)}, width*0.42, goldPale.solid())
	}
}

// plate is a leaf of metal, one side in the light.
func (z *zardozi) plate(p *pen, a, b pt, full float64) {
	off := pt{0.12, 0.2}
	p.leaf(a.add(off), b.add(off), full*1.1, goldDeep.darker(0.5).alpha(0.5))
	p.leaf(a, b, full, gold.solid())
	n := pt{-(b.y - a.y), b.x - a.x}.times(full * 0.45)
	if n.y > 0 {
		n = n.times(-1)
	}
	p.leaf(a.to(b, 0.08).add(n.times(0.4)), b.to(a, 0.06).add(n.times(0.2)), full*0.45, goldPale.solid())
	p.stroke([]pt{a.to(b, 0.15), a.to(b, 0.85)}, 0.12, goldDeep.alpha(0.8))
}

func (z *zardozi) spangle(p *pen, a pt, r float64) {
	p.dot(a.add(pt{r * 0.2, r * 0.35}), r, goldDeep.darker(0.4).alpha(0.5))
	p.dot(a, r, gold.solid())
	p.dot(a.add(pt{-r * 0.2, -r * 0.25}), r*0.55, goldHot.solid())
	p.dot(a, r*0.2, goldDeep.solid())
}

func (z *zardozi) bead(p *pen, a pt, r float64) {
	if z.pearls {
		pearl(p, a, r)
		return
	}
	z.spangle(p, a, r)
}

func (z *zardozi) flower(p *pen, at pt, r, angle float64) {
	for i := range 8 {
		dir := angle + math.Pi/4*float64(i)
		z.plate(p, at.far(r*0.25, dir), at.far(r, dir), 0.34)
	}
	stone(p, at, r*0.3, r*0.3, z.stone)
	for i := range 8 {
		z.spangle(p, at.far(r*1.1, angle+math.Pi/8+math.Pi/4*float64(i)), r*0.1)
	}
}

func (z *zardozi) buti(p *pen, at pt, size, angle float64) {
	up := angle - math.Pi/2
	z.coil(p, []pt{at.far(-size*0.75, up), at}, size*0.09)
	z.plate(p, at.far(-size*0.55, up), at.far(-size*0.2, up).far(size*0.45, angle), 0.28)
	z.plate(p, at.far(-size*0.55, up), at.far(-size*0.2, up).far(-size*0.45, angle), 0.28)
	for i := -2; i <= 2; i++ {
		dir := up + float64(i)*0.62
		z.plate(p, at, at.far(size*(0.66-0.06*math.Abs(float64(i))), dir), 0.26)
	}
	stone(p, at, size*0.15, size*0.15, z.stone)
	z.bead(p, at.far(size*0.8, up), size*0.08)
}

func (z *zardozi) vine(p *pen, line []pt, size float64) {
	stem := wavy(line, size*0.3, size*2.8)
	z.coil(p, stem, max(size*0.1, 0.3))
	for i, a := range evenly(stem, size*0.7) {
		side := 1.0
		if i%2 == 0 {
			side = -1
		}
		if i%5 == 2 {
			z.flower(p, a.far(size*0.5, a.dir+side*1.4), size*0.36, a.dir)
			continue
		}
		z.plate(p, a.pt, a.far(size*0.6, a.dir+side*0.9), 0.3)
		z.bead(p, a.far(size*0.4, a.dir-side*1.2), size*0.07)
	}
}

func (z *zardozi) trim(p *pen, line []pt, width float64) {
	z.coil(p, beside(line, width*0.2), width*0.3)
	for _, a := range evenly(beside(line, width*0.7), width*0.6) {
		z.bead(p, a.pt, width*0.2)
	}
}

func (z *zardozi) border(p *pen, line []pt, width float64) {
	z.coil(p, beside(line, width*0.06), width*0.09)
	z.coil(p, beside(line, width*0.18), width*0.06)
	z.coil(p, beside(line, width*0.84), width*0.07)
	mid := beside(line, width*0.5)
	step := width * 0.78
	for i, a := range evenly(mid, step) {
		turn := a.dir
		if i%2 == 1 {
			z.lozenge(p, a.pt, width*0.27, turn)
			continue
		}
		shape := paisleyShape
		if i%4 == 0 {
			shape = mirrored(shape)
		}
		z.kairi(p, placed(shape, a.pt, width*0.235, turn), a.pt)
	}
	for _, a := range evenly(beside(line, width*1.02), width*0.3) {
		z.plate(p, a.pt, a.far(width*0.2, a.dir-math.Pi/2), 0.4)
	}
	for _, a := range evenly(beside(line, width*1.3), width*0.3) {
		z.spangle(p, a.pt, width*0.045)
	}
}

func (z *zardozi) lozenge(p *pen, a pt, size, turn float64) {
	for i := range 4 {
		dir := turn + math.Pi/2*float64(i)
		z.plate(p, a.far(size*0.25, dir), a.far(size, dir), 0.4)
	}
	stone(p, a, size*0.3, size*0.3, z.stone)
}

// kairi is a small paisley filled with wire.
func (z *zardozi) kairi(p *pen, shape []pt, middle pt) {
	p.fill(shape, gold.to(goldDeep, 0.2).solid())
	inner := make([]pt, len(shape))
	for i, a := range shape {
		inner[i] = middle.to(a, 0.62)
	}
	z.coil(p, closed(shape), 0.34)
	p.fill(inner, z.stone.darker(0.1).solid())
	p.outline(inner, 0.22, goldPale.solid())
	z.spangle(p, middle, 0.34)
}

func (z *zardozi) hero(p *pen, at pt, size, angle float64) {
	p.fill(placed(paisleyShape, at, size*0.95, angle), goldDeep.alpha(0.55))
	for i, k := range []float64{1, 0.88, 0.7} {
		z.coil(p, closed(placed(paisleyShape, at, size*k, angle)), size*[]float64{0.1, 0.05, 0.06}[i])
	}
	for _, a := range evenly(closed(placed(paisleyShape, at, size*0.79, angle)), size*0.17) {
		z.spangle(p, a.pt, size*0.045)
	}
	z.flower(p, at.add(pt{0, size * 0.25}.turned(angle)), size*0.4, angle)
	z.plate(p, at.add(pt{0, -size * 0.2}.turned(angle)), at.add(pt{0.25 * size, -size * 0.85}.turned(angle)), 0.24)
	for i, a := range evenly(closed(placed(paisleyShape, at, size*1.1, angle)), size*0.26) {
		out := a.sub(at).angle()
		if i%2 == 0 {
			z.plate(p, a.pt, a.far(size*0.28, out), 0.34)
		} else {
			z.bead(p, a.far(size*0.08, out), size*0.06)
		}
	}
}
