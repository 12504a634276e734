package draw

import (
	"math"
	"math/rand/v2"
)

// kundan is stones in gold: each in its rim, flowers of them, pearls below.
type kundan struct {
	stone, other rgb
}

func newKundan(r *rand.Rand) work {
	pairs := [][2]rgb{{ruby, polki}, {emerald, polki}, {polki, ruby}, {polki, emerald}, {hex(0x1f4b99), polki}, {hex(0xc2397a), polki}}
	c := pairs[r.IntN(len(pairs))]
	return &kundan{c[0], c[1]}
}

// stone sets one oval stone: gold rim, dark girdle, a lit facet and a spark.
func stone(p *pen, a pt, rx, ry float64, c rgb) {
	steps := 12
	if max(rx, ry)*p.scale > 8 {
		steps = 26
	}
	p.fill(ellipse(a.add(pt{rx * 0.14, ry * 0.22}), rx*1.34, ry*1.34, steps), goldDeep.darker(0.5).alpha(0.55))
	p.fill(ellipse(a, rx*1.34, ry*1.34, steps), gold.to(goldDeep, 0.25).solid())
	p.fill(ellipse(a.add(pt{-rx * 0.07, -ry * 0.09}), rx*1.22, ry*1.22, steps), goldPale.solid())
	p.fill(ellipse(a, rx*1.06, ry*1.06, steps), goldDeep.solid())
	p.fill(ellipse(a, rx, ry, steps), c.darker(0.35).solid())
	p.fill(ellipse(a.add(pt{rx * 0.08, ry * 0.1}), rx*0.8, ry*0.8, steps), c.solid())
	p.fill(ellipse(a.add(pt{rx * 0.2, ry * 0.26}), rx*0.5, ry*0.46, steps), c.lighter(0.28).alpha(0.8))
	p.fill([]pt{a.add(pt{-rx * 0.62, -ry * 0.1}), a.add(pt{-rx * 0.1, -ry * 0.68}), a.add(pt{rx * 0.25, -ry * 0.5}), a.add(pt{-rx * 0.35, ry * 0.05})}, white.alpha(0.5))
	p.dot(a.add(pt{-rx * 0.32, -ry * 0.38}), min(rx, ry)*0.15, white.alpha(0.95))
}

// pearl is one round pearl.
func pearl(p *pen, a pt, r float64) {
	p.dot(a.add(pt{r * 0.2, r * 0.35}), r, rgb{0.1, 0.07, 0.06}.alpha(0.4))
	p.dot(a, r, hex(0xb5a48f).solid())
	p.dot(a.add(pt{-r * 0.06, -r * 0.08}), r*0.88, pearlish.solid())
	p.dot(a.add(pt{-r * 0.18, -r * 0.2}), r*0.55, white.solid())
}

// drop is a stone or pearl shaped like a tear, its tip at a, hanging down dir.
func drop(p *pen, a pt, length, dir float64, c rgb) {
	tear := from(0, 0).bend(pt{0.2, 0.3}, pt{0.36, 0.5}, pt{0.34, 0.72}).bend(pt{0.3, 1.08}, pt{-0.3, 1.08}, pt{-0.34, 0.72}).bend(pt{-0.36, 0.5}, pt{-0.2, 0.3}, pt{0, 0})
	turn := dir - math.Pi/2
	for _, l := range []struct {
		size float64
		c    rgb
	}{{1, goldDeep}, {0.97, gold}, {0.82, c.darker(0.3)}, {0.68, c}} {
		p.fill(placed(tear, a.far(length*(1-l.size)*0.62, dir), length*l.size, turn), l.c.solid())
	}
	p.fill(ellipse(a.far(length*0.62, dir).add(pt{-length * 0.1, -length * 0.06}), length*0.09, length*0.13, 12), white.alpha(0.75))
}

func (k *kundan) flower(p *pen, at pt, r, angle float64) {
	for i := range 8 {
		dir := angle + math.Pi/4*float64(i)
		tip, root := at.far(r, dir), at.far(r*0.26, dir)
		p.leaf(root.add(pt{0.1, 0.16}), tip.far(r*0.06, dir).add(pt{0.1, 0.16}), 0.62, goldDeep.solid())
		p.leaf(root, tip, 0.64, gold.solid())
		p.leaf(root, tip.to(root, 0.03), 0.56, goldPale.solid())
		p.leaf(root.to(tip, 0.14), root.to(tip, 0.86), 0.54, k.other.darker(0.3).solid())
		p.leaf(root.to(tip, 0.2), root.to(tip, 0.8), 0.46, k.other.solid())
		p.dot(root.to(tip, 0.42).add(pt{-r * 0.06, -r * 0.07}), r*0.06, white.alpha(0.9))
	}
	stone(p, at, r*0.34, r*0.34, k.stone)
}

func (k *kundan) buti(p *pen, at pt, size, angle float64) {
	k.flower(p, at.far(size*0.15, angle-math.Pi/2), size*0.55, angle)
	pearl(p, at.far(size*0.6, angle+math.Pi/2), size*0.13)
}

func (k *kundan) vine(p *pen, line []pt, size float64) {
	z := &zardozi{stone: k.stone, pearls: true}
	stem := wavy(line, size*0.28, size*3)
	z.coil(p, stem, 0.34)
	for i, a := range evenly(stem, size*0.8) {
		side := 1.0
		if i%2 == 0 {
			side = -1
		}
		if i%3 == 1 {
			k.flower(p, a.far(size*0.42, a.dir+side*1.4), size*0.4, a.dir)
			continue
		}
		z.plate(p, a.pt, a.far(size*0.55, a.dir+side*0.9), 0.32)
		pearl(p, a.far(size*0.36, a.dir-side*1.1), size*0.08)
	}
}

func (k *kundan) trim(p *pen, line []pt, width float64) {
	for i, a := range evenly(beside(line, width*0.5), width*0.95) {
		if i%2 == 0 {
			stone(p, a.pt, width*0.28, width*0.28, k.stone)
		} else {
			pearl(p, a.pt, width*0.22)
		}
	}
}

func (k *kundan) border(p *pen, line []pt, width float64) {
	z := &zardozi{stone: k.stone, pearls: true}
	z.coil(p, beside(line, width*0.08), width*0.09)
	z.coil(p, beside(line, width*0.92), width*0.09)
	for i, a := range evenly(beside(line, width*0.5), width*0.72) {
		if i%2 == 0 {
			k.flower(p, a.pt, width*0.34, a.dir)
		} else {
			stone(p, a.pt, width*0.13, width*0.2, k.stone)
		}
	}
	for _, a := range evenly(beside(line, width*1.08), width*0.34) {
		pearl(p, a.pt, width*0.07)
	}
}

func (k *kundan) hero(p *pen, at pt, size, angle float64) {
	for i := range 12 {
		dir := angle + math.Pi/6*float64(i)
		drop(p, at.far(size*1.34, dir), size*0.42, dir+math.Pi, k.other)
		pearl(p, at.far(size*1.42, dir+math.Pi/12), size*0.08)
	}
	k.flower(p, at, size*0.95, angle)
}
