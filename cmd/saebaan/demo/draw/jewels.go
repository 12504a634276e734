package draw

import "math"

// jeweller gives the stones of a craft's work; ornaments are kundan unless the
// craft is another, whose gold they then take plain.
func jeweller(w work, base rgb) *kundan {
	k, ok := w.(*kundan)
	if !ok {
		k = &kundan{stone: base, other: polki}
	}
	if l := base.light(); l > 0.15 && l < 0.8 {
		return &kundan{stone: base, other: k.other}
	}
	return k
}

func earrings(s *studio, w work, base rgb) {
	k := jeweller(w, base)
	style, turn := s.IntN(2), s.between(0, 0.5)
	defer s.closer(s.between(1.14, 1.2), pt{50, 53})()
	s.ornament(2.2, func(p *pen) {
		for _, x := range []float64{29, 71} {
			k.flower(p, pt{x, 27}, 7.6, turn)
			for i := range 12 {
				pearl(p, pt{x, 27}.far(8.9, math.Pi/6*float64(i)), 0.85)
			}
			link(p, pt{x, 36}, pt{x, 41})
			if style == 0 {
				k.moon(p, pt{x, 62})
			} else {
				k.dome(p, pt{x, 60})
			}
		}
	})
}

func link(p *pen, a, b pt) {
	for _, q := range evenly([]pt{a, b}, 1.5) {
		p.outline(circle(q.pt, 0.75, 12), 0.42, gold.to(goldDeep, 0.3).solid())
		p.dot(q.add(pt{-0.35, -0.4}), 0.22, goldHot.solid())
	}
}

// moon is a chandbali: a crescent of stones with pearls below.
func (k *kundan) moon(p *pen, a pt) {
	const r = 15.5
	var outer, inner []pt
	for i := range 41 {
		t := -0.36 + (math.Pi+0.72)*float64(i)/40
		outer = append(outer, a.far(r, t))
		inner = append(inner, a.add(pt{0, -3.4}).far(r*0.66, -0.62+(math.Pi+1.24)*float64(i)/40))
	}
	crescent := append(append([]pt(nil), outer...), reversed(inner)...)
	p.fill(crescent, gold.to(goldDeep, 0.15).solid())
	(&zardozi{}).coil(p, outer, 0.9)
	(&zardozi{}).coil(p, inner, 0.7)
	for i := range 13 {
		t := -0.3 + (math.Pi+0.6)*float64(i)/12
		wide := math.Sin(math.Pi * float64(i) / 12)
		size := 0.75 + 1.35*wide
		c := k.stone
		if i%2 == 1 {
			c = k.other
		}
		stone(p, a.add(pt{0, -1.4}).far(r*0.85, t), size, size, c)
	}
	for i := range 11 {
		t := -0.12 + (math.Pi+0.24)*float64(i)/10
		q := a.far(r+0.6, t)
		long := 3 + 3.4*math.Sin(math.Pi*float64(i)/10)
		p.stroke([]pt{q, q.add(pt{0, long})}, 0.3, gold.solid())
		pearl(p, q.add(pt{0, long * 0.45}), 0.7)
		drop(p, q.add(pt{0, long * 0.7}), 3.6, math.Pi/2, k.stone)
	}
	k.flower(p, a.add(pt{0, -1.5}), 5, 0)
	link(p, a.add(pt{0, -20}), a.add(pt{0, -8}))
	drop(p, a.add(pt{0, 4}), 5.4, math.Pi/2, k.other)
}

// dome is a jhumka: a bell of stones with a fringe of pearls.
func (k *kundan) dome(p *pen, a pt) {
	link(p, a.add(pt{0, -20}), a.add(pt{0, -12}))
	stone(p, a.add(pt{0, -10.5}), 2, 2, k.other)
	bell := whole(from(50-2.5, 0).bend(pt{50 - 10, 1}, pt{50 - 14.4, 8}, pt{50 - 15, 17}).curve(50-8, 20.4, 50, 20.6))
	for i := range bell {
		bell[i] = bell[i].add(pt{a.x - 50, a.y - 8})
	}
	p.fill(bell, gold.to(goldDeep, 0.35).solid())
	p.fill(placed(bell, pt{a.x - a.x*0.94, a.y - a.y*0.94 + 0.2}, 0.94, 0), gold.solid())
	for row, spec := range []struct {
		y, half, size float64
		n             int
	}{{-4.6, 5.6, 1, 5}, {-0.4, 9.4, 1.25, 7}, {4.8, 11.9, 1.5, 8}} {
		for i := range spec.n {
			t := float64(i)/float64(spec.n-1)*2 - 1
			turn := math.Sin(t * 1.25)
			c := k.stone
			if (i+row)%2 == 1 {
				c = k.other
			}
			stone(p, a.add(pt{spec.half * turn, spec.y + 1.6*(1-t*t)}), spec.size*(1-0.35*t*t), spec.size, c)
		}
	}
	rim := path{{a.x - 15, a.y + 9}}.curve(a.x, a.y+16, a.x+15, a.y+9)
	(&zardozi{}).coil(p, rim, 1.3)
	for _, q := range evenly(rim, 2.1) {
		p.stroke([]pt{q.pt, q.add(pt{0, 5})}, 0.26, gold.solid())
		pearl(p, q.add(pt{0, 2.2}), 0.75)
		pearl(p, q.add(pt{0, 4.4}), 1.05)
	}
	drop(p, a.add(pt{0, 13.5}), 7, math.Pi/2, k.stone)
}

func necklace(s *studio, w work, base rgb) {
	k := jeweller(w, base)
	rows, turn := 1+s.IntN(2), s.between(0, 0.5)
	defer s.closer(s.between(1, 1.05), pt{50, 58})()
	s.ornament(2.4, func(p *pen) {
		line := path{{15, 13}}.bend(pt{17, 52}, pt{34, 73}, pt{50, 73}).bend(pt{66, 73}, pt{83, 52}, pt{85, 13})
		for row := range rows {
			inner := beside(line, 5.4*float64(row)+5.6)
			p.stroke(inner, 0.3, goldDeep.solid())
			for _, q := range evenly(inner, 1.9) {
				pearl(p, q.pt, 0.85)
			}
		}
		(&zardozi{}).coil(p, beside(line, 3.1), 0.7)
		places := evenly(line, 5.6)
		for i, q := range places {
			t := math.Sin(math.Pi * (float64(i) + 0.5) / float64(len(places)))
			out := q.dir + math.Pi/2
			if i%2 == 0 {
				k.flower(p, q.pt, 2.5+1.5*t, q.dir)
			} else {
				stone(p, q.pt, 1.5+0.5*t, 1.5+0.5*t, k.stone)
			}
			if t < 0.3 {
				continue
			}
			foot := q.far(2.6+1.8*t, out)
			pearl(p, foot, 0.8)
			drop(p, foot.far(0.7, out), 2.6+2.6*t, out, []rgb{k.stone, k.other}[i%2])
		}
		k.pendant(p, pt{50, 84}, turn)
	})
}

// pendant hangs in the middle of a necklace.
func (k *kundan) pendant(p *pen, a pt, turn float64) {
	for i := range 16 {
		dir := math.Pi / 8 * float64(i)
		p.leaf(a.far(6, dir), a.far(11.6, dir), 0.3, gold.to(goldDeep, 0.2).solid())
		stone(p, a.far(9, dir), 0.75, 0.75, k.other)
		pearl(p, a.far(12.2, dir), 0.8)
	}
	k.flower(p, a, 8, turn)
	for i := -2.0; i <= 2; i++ {
		q := a.add(pt{i * 4.4, 12.4 - i*i*0.9})
		pearl(p, q, 1)
		drop(p, q.add(pt{0, 1}), 7-math.Abs(i)*1.1, math.Pi/2, k.stone)
	}
}
