package draw

import "math"

// inside reports whether a point lies in a shape (even-odd rule).
func inside(shape []pt, a pt) bool {
	in := false
	for i, j := 0, len(shape)-1; i < len(shape); j, i = i, i+1 {
		b, c := shape[i], shape[j]
		if (b.y > a.y) != (c.y > a.y) && a.x < (c.x-b.x)*(a.y-b.y)/(c.y-b.y)+b.x {
			in = !in
		}
	}
	return in
}

// sow sets butis in rows, each row half a step off, wherever they fit whole.
func sow(p *pen, w work, shape []pt, step, size float64) {
	lo, hi := shape[0], shape[0]
	for _, a := range shape {
		lo, hi = pt{min(lo.x, a.x), min(lo.y, a.y)}, pt{max(hi.x, a.x), max(hi.y, a.y)}
	}
	middle := (lo.x + hi.x) / 2
	rows := 0
	for y := lo.y + step*0.6; y < hi.y-size*0.4; y += step * 0.82 {
		shift := 0.0
		if rows%2 == 1 {
			shift = step / 2
		}
		rows++
		columns := int((hi.x-lo.x)/step/2) + 1
		for i := -columns; i <= columns; i++ {
			a := pt{middle + float64(i)*step + shift, y}
			if inside(shape, a.add(pt{-size * 0.8, size * 0.6})) && inside(shape, a.add(pt{size * 0.8, size * 0.6})) && inside(shape, a.add(pt{0, -size * 0.8})) {
				w.buti(p, a, size, p.between(-0.12, 0.12))
			}
		}
	}
}

// cut is the measures of an upper garment's left half.
type cut struct {
	neck, deep   float64 // half width and depth of the neckline
	top          float64 // where the shoulder begins
	waist, hem   float64 // half widths
	low          float64 // where the hem lies
	sleeve, cuff pt      // outer and inner corner of the cuff
	vNeck        bool
}

func (c cut) neckline() []pt {
	left := from(50-c.neck, c.top)
	if c.vNeck {
		left = left.curve(50-c.neck*0.75, c.top+c.deep*0.45, 50, c.top+c.deep)
	} else {
		left = left.bend(pt{50 - c.neck, c.top + c.deep*0.6}, pt{50 - c.neck*0.55, c.top + c.deep}, pt{50, c.top + c.deep})
	}
	return whole(left)
}

// body is the front, from the left end of the neckline around to it again.
func (c cut) body() []pt {
	left := from(50-c.neck, c.top).line(50-20, c.top+4.2)
	left = left.curve(50-16.5, c.top+12, 50-18, c.top+24)
	left = left.bend(pt{50 - c.waist, c.top + 34}, pt{50 - c.waist, c.top + 42}, pt{50 - c.waist - 0.4, c.top + 48})
	left = left.bend(pt{50 - c.waist - 1.5, c.top + 60}, pt{50 - c.hem + 1, c.low - 20}, pt{50 - c.hem, c.low})
	left = left.curve(50-c.hem*0.5, c.low+2.6, 50, c.low+2.8)
	return append(whole(left), reversed(c.neckline())...)
}

func (c cut) hemline() []pt {
	return whole(from(50-c.hem, c.low).curve(50-c.hem*0.5, c.low+2.6, 50, c.low+2.8))
}

func (c cut) leftSleeve() []pt {
	s := from(50-18, c.top+3.6).bend(pt{50 - 23, c.top + 5}, pt{c.sleeve.x + 6, c.top + 14}, c.sleeve)
	s = s.line(c.cuff.x, c.cuff.y)
	return s.bend(pt{c.cuff.x + 2, c.cuff.y - 12}, pt{50 - 19, c.top + 30}, pt{50 - 16, c.top + 24})
}

// upper lays a kurta, blouse or the like of that cut.
func upper(s *studio, w work, base rgb, c cut, work func(p *pen)) {
	back := append(whole(from(50-c.neck, c.top).curve(50-c.neck*0.5, c.top+2.2, 50, c.top+2.4)), reversed(c.neckline())...)
	s.lay(cloth{outline: back, base: base.darker(0.38), folds: folds{count: 2, fan: 1}})
	cuff := 3.4
	for _, mirror := range []bool{false, true} {
		sleeve, lower := c.leftSleeve(), []pt{c.sleeve, c.cuff}
		lean := 0.45
		if mirror {
			sleeve, lower, lean = across(sleeve), reversed(across(lower)), -0.45
		}
		s.lay(cloth{outline: sleeve, base: base.darker(0.03), lift: 1.3, folds: folds{3, 0.05, 0.08, 0.9, lean}, work: func(p *pen) {
			w.border(p, lower, cuff)
			if c.sleeve.y-c.top > 26 {
				sow(p, w, sleeve, 7.6, 2.4)
			}
		}})
	}
	s.lay(cloth{outline: c.body(), base: base, lift: 1.5, folds: folds{5, 0.02, 0.11, 0.62, 0}, work: work})
}

func kurta(s *studio, w work, base rgb) {
	c := cut{
		neck: s.between(6.4, 8), deep: s.between(8.5, 11), top: 12, waist: s.between(17, 18.2), hem: s.between(22.5, 26), low: 111,
		sleeve: pt{16.5, 55}, cuff: pt{24.6, 57.6}, vNeck: s.IntN(3) == 0,
	}
	if s.IntN(4) == 0 {
		c.sleeve, c.cuff = pt{21, 34}, pt{29.5, 37.2}
	}
	style := s.IntN(3)
	upper(s, w, base, c, func(p *pen) {
		yoke := c.top + c.deep
		slit := yoke + p.between(13, 18)
		w.border(p, c.hemline(), p.between(5.5, 7.5))
		w.border(p, reversed(c.neckline()), 3.2)
		for _, x := range []float64{-1.1, 1.1} {
			p.stroke([]pt{{50 + x, yoke + 0.6}, {50 + x, slit}}, 0.2, base.darker(0.4).alpha(0.5))
		}
		for y := yoke + 3; y < slit-1; y += 3.4 {
			pearl(p, pt{50, y}, 0.55)
		}
		field := path{{50 - c.waist + 1, slit + 2}, {50 + c.waist - 1, slit + 2}, {50 + c.hem - 3, c.low - 9}, {50 - c.hem + 3, c.low - 9}}
		switch style {
		case 0: // butis all over, two vines beside the slit
			sow(p, w, field, p.between(7.4, 8.6), 3)
			climb(p, w, []pt{{50 - 5, slit + 1}, {50 - 5, yoke - 2}}, 3)
		case 1: // three climbing vines and a yoke
			for _, x := range []float64{-11, 0, 11} {
				w.vine(p, []pt{{50 + x*1.25, c.low - 10}, {50 + x, slit + 4}}, 5)
			}
			climb(p, w, []pt{{50 - 6, slit + 1}, {50 - 6, yoke - 3}}, 3.4)
		default: // large paisleys above the hem, small butis above them
			for i := -1.0; i <= 1; i++ {
				w.hero(p, pt{50 + i*15, c.low - 17 + math.Abs(i)*-1}, 4.6, i*0.1)
			}
			sow(p, w, path{{50 - c.waist + 1, slit + 2}, {50 + c.waist - 1, slit + 2}, {50 + c.hem - 5, c.low - 24}, {50 - c.hem + 5, c.low - 24}}, 8.4, 2.7)
			climb(p, w, []pt{{50 - 5.4, slit + 1}, {50 - 5.4, yoke - 2}}, 3.2)
		}
	})
}

// climb works a vine along a line and its mirror image.
func climb(p *pen, w work, line []pt, size float64) {
	w.vine(p, line, size)
	w.vine(p, across(line), size)
}

func blouse(s *studio, w work, base rgb) {
	defer s.closer(1.32, pt{50, 57})()
	c := cut{neck: 9, deep: s.between(14, 18), top: 30, waist: 16.8, hem: 17.5, low: 84, sleeve: pt{19.5, 58}, cuff: pt{29.5, 61}, vNeck: s.IntN(2) == 0}
	upper(s, w, base, c, func(p *pen) {
		w.border(p, c.hemline(), 5)
		w.border(p, reversed(c.neckline()), 4)
		sow(p, w, path{{33.5, c.top + 22}, {66.5, c.top + 22}, {67, c.low - 8}, {33, c.low - 8}}, 7, 2.5)
		p.stroke([]pt{{50, c.top + c.deep}, {50, c.low + 2.8}}, 0.22, base.darker(0.45).alpha(0.6))
	})
}

func suit(s *studio, w work, base rgb) {
	tone := base.lighter(0.35)
	if base.light() > 0.72 {
		tone = base.darker(0.22)
	}
	for _, leg := range [][]pt{
		from(33, 82).bend(pt{31, 96}, pt{32, 108}, pt{36, 119}).line(46, 119).bend(pt{49, 106}, pt{50, 96}, pt{50.5, 82}),
		across(from(33, 82).bend(pt{31, 96}, pt{32, 108}, pt{36, 119}).line(46, 119).bend(pt{49, 106}, pt{50, 96}, pt{50.5, 82})),
	} {
		lo := leg[len(leg)/2]
		s.lay(cloth{outline: leg, base: tone, lift: 1.2, folds: folds{3, 0.1, 0.1, 1, 0}, work: func(p *pen) {
			x := 36.0
			if lo.x > 50 {
				x = 54
			}
			w.trim(p, []pt{{x, 118}, {x + 10, 118}}, 1.8)
		}})
	}
	c := cut{neck: 7, deep: 9, top: 9, waist: 17.4, hem: 23.5, low: 94, sleeve: pt{17, 52}, cuff: pt{25, 54.6}, vNeck: s.IntN(2) == 0}
	upper(s, w, base, c, func(p *pen) {
		w.border(p, c.hemline(), 6)
		w.border(p, reversed(c.neckline()), 3.2)
		climb(p, w, []pt{{45, 36}, {45, 18}}, 3.2)
		sow(p, w, path{{33.5, 39}, {66.5, 39}, {70, c.low - 8}, {30, c.low - 8}}, 7.6, 2.8)
	})
	veil := from(60.5, 8.6).bend(pt{66, 10}, pt{71, 11}, pt{74, 14}).bend(pt{79, 40}, pt{78, 80}, pt{80, 112})
	veil = veil.curve(72, 115, 64, 112.5).bend(pt{63, 80}, pt{64, 40}, pt{60.5, 8.6})
	s.lay(cloth{outline: veil, base: tone, lift: 1.6, clear: 0.08, folds: folds{4, 0.12, 0.12, 0.7, -0.03}, work: func(p *pen) {
		w.border(p, path{{64, 112}, {72, 113.6}, {80, 111.5}}, 7)
		sow(p, w, path{{62, 16}, {75, 16}, {79, 100}, {64, 100}}, 6.6, 2.1)
		w.trim(p, path{{64, 112}, {63.4, 70}, {63.2, 40}, {60.6, 10}}, 1.4)
	}})
}

func lehenga(s *studio, w work, base rgb) {
	skirt := from(38, 40).bend(pt{34, 62}, pt{20, 92}, pt{8, 112})
	skirt = skirt.bend(pt{18, 118}, pt{36, 119.5}, pt{50, 119.5})
	hem := whole(from(8, 112).bend(pt{18, 118}, pt{36, 119.5}, pt{50, 119.5}))
	s.lay(cloth{outline: whole(skirt), base: base, lift: 1.8, folds: folds{6, 0.06, 0.15, 0.3, 0}, work: func(p *pen) {
		w.border(p, hem, 8.5)
		for i := -3.0; i <= 3; i++ {
			top, low := pt{50 + i*3.2, 50}, pt{50 + i*11, 100 - i*i*0.35}
			if math.Mod(math.Abs(i), 2) == 1 {
				w.vine(p, []pt{top.to(low, 0.86), top.to(low, 0.12)}, 3.8)
				continue
			}
			w.hero(p, top.to(low, 0.82), 4.3, -i*0.1)
			w.buti(p, top.to(low, 0.5), 3.3, -i*0.12)
			w.buti(p, top.to(low, 0.26), 2.5, -i*0.1)
		}
	}})
	s.lay(cloth{outline: path{{37.5, 38.5}, {62.5, 38.5}, {62.8, 43.2}, {37.2, 43.2}}, base: base.darker(0.12), lift: 0.8, folds: folds{3, 0.04, 0.04, 1, 0}, work: func(p *pen) {
		w.trim(p, []pt{{37.2, 42.6}, {62.8, 42.6}}, 2.6)
	}})
	c := cut{neck: 6.6, deep: 8.5, top: 4, waist: 14, hem: 13, low: 35, sleeve: pt{24.5, 24}, cuff: pt{32.5, 26.4}}
	left := from(50-c.neck, c.top).line(31.5, c.top+3.2).curve(33.6, c.top+12, 32.6, c.top+23).curve(34.6, c.top+27, 37.2, c.low).curve(44, c.low+1.6, 50, c.low+1.7)
	for _, sleeve := range [][]pt{c.leftSleeve(), across(c.leftSleeve())} {
		s.lay(cloth{outline: sleeve, base: base.darker(0.03), lift: 1, folds: folds{2, 0.05, 0.06, 1, 0.3}})
	}
	s.lay(cloth{outline: append(whole(left), reversed(c.neckline())...), base: base, lift: 1.1, folds: folds{3, 0.03, 0.06, 0.9, 0}, work: func(p *pen) {
		w.border(p, reversed(c.neckline()), 2.8)
		w.trim(p, []pt{{37.4, 35.2}, {50, 36.8}, {62.6, 35.2}}, 2)
		sow(p, w, path{{38, 16}, {62, 16}, {61, 33}, {39, 33}}, 6.6, 1.7)
	}})
}
