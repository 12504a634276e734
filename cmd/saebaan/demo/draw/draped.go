package draw

import "image/color"

// rod is the wooden rail that cloth hangs from.
func rod(s *studio, y float64) {
	s.ornament(2, func(p *pen) {
		wood := hex(0x9a6b43)
		p.stroke([]pt{{6, y}, {94, y}}, 2, wood.darker(0.3).solid())
		p.stroke([]pt{{6, y - 0.3}, {94, y - 0.3}}, 1.3, wood.solid())
		p.stroke([]pt{{7, y - 0.6}, {93, y - 0.6}}, 0.35, wood.lighter(0.45).solid())
		for _, x := range []float64{6, 94} {
			p.dot(pt{x, y}, 1.7, wood.darker(0.25).solid())
			p.dot(pt{x - 0.3, y - 0.4}, 1, wood.lighter(0.2).solid())
		}
	})
}

// fringe hangs threads below a line.
func fringe(s *studio, line []pt, length float64, c rgb) {
	s.ornament(0.8, func(p *pen) {
		for i, a := range evenly(line, 1.1) {
			sway := p.between(-0.25, 0.25)
			col := c
			if i%3 == 0 {
				col = c.darker(0.18)
			}
			p.stroke([]pt{a.pt, {a.x + sway*0.6, a.y + length*0.5}, {a.x + sway, a.y + length}}, 0.34, col.solid())
			if i%2 == 0 {
				p.dot(pt{a.x, a.y + length*0.3}, 0.42, c.darker(0.1).solid())
			}
		}
	})
}

func dupatta(s *studio, w work, base rgb) {
	behind := from(46, 17).bend(pt{47, 50}, pt{45, 80}, pt{49, 113}).curve(64, 116.5, 80, 112.5).bend(pt{77, 80}, pt{79, 50}, pt{76, 17})
	s.lay(cloth{outline: behind, base: base.darker(0.07), lift: 1.4, clear: 0.05, folds: folds{5, 0.12, 0.13, 0.94, 0}, work: func(p *pen) {
		w.border(p, path{{49, 112.5}, {64, 115}, {80, 112}}, 8)
		w.trim(p, path{{79.6, 112}, {78, 80}, {78.4, 50}, {75.8, 17}}, 1.8)
		sow(p, w, path{{48, 24}, {76, 24}, {77, 98}, {49, 98}}, 7.4, 2.6)
	}})
	fringe(s, path{{49, 112.6}, {64, 114.8}, {80, 112}}, 4, base.darker(0.05))
	rod(s, 16)
	front := from(21, 14.6).curve(20, 15.5, 20.5, 18).bend(pt{22, 45}, pt{19, 70}, pt{22, 98}).curve(38, 102.5, 57, 98.5)
	front = front.bend(pt{54, 70}, pt{57, 45}, pt{55, 18}).curve(55.4, 15.4, 54, 14.6).curve(38, 13.6, 21, 14.6)
	hem := path{{22, 97.6}, {30, 99.6}, {38, 100.4}, {48, 100}, {57, 98}}
	style := s.IntN(2)
	s.lay(cloth{outline: front, base: base, lift: 2.2, clear: 0.03, folds: folds{6, 0.1, 0.13, 0.95, 0}, work: func(p *pen) {
		w.border(p, hem, 9)
		w.trim(p, reversed(path{{22.2, 97}, {20.8, 70}, {21.8, 45}, {20.8, 18}}), 1.8)
		w.trim(p, path{{56.8, 97}, {54.8, 70}, {56, 45}, {55, 18}}, 1.8)
		if style == 0 {
			for i := range 3 {
				w.hero(p, pt{29.5 + 9.2*float64(i), 80}, 3.4, 0)
			}
			sow(p, w, path{{23, 20}, {53, 20}, {54, 73}, {23, 73}}, 7.2, 2.8)
			return
		}
		for i := range 3 {
			x := 29.5 + 9.2*float64(i)
			w.vine(p, []pt{{x, 86}, {x - 0.6, 24}}, 4)
		}
	}})
	fringe(s, hem, 4.4, base.darker(0.05))
}

func stole(s *studio, w work, base rgb) {
	under := from(37, 14).bend(pt{36, 50}, pt{39, 80}, pt{40, 108}).curve(56, 111, 73, 108).bend(pt{72, 80}, pt{71, 50}, pt{72, 14})
	s.lay(cloth{outline: under, base: base.darker(0.1), lift: 1.3, folds: folds{3, 0.08, 0.1, 1, 0.02}, work: func(p *pen) {
		w.border(p, path{{40, 107.4}, {56, 109.4}, {73, 107.4}}, 7)
	}})
	fringe(s, path{{40, 107.8}, {56, 109.8}, {73, 107.8}}, 5, base.darker(0.15))
	over := from(27, 11).bend(pt{27.6, 40}, pt{26, 70}, pt{28, 98}).curve(44, 101, 62, 98).bend(pt{61, 70}, pt{62, 40}, pt{61.6, 11}).curve(44, 9.4, 27, 11)
	hem := path{{28, 97.4}, {36, 98.8}, {45, 99.3}, {54, 98.8}, {62, 97.4}}
	s.lay(cloth{outline: over, base: base, lift: 2, folds: folds{4, 0.07, 0.1, 1, 0}, work: func(p *pen) {
		w.border(p, hem, 8)
		for i := -1.0; i <= 1; i++ {
			w.hero(p, pt{45 + i*10.4, 80.5}, 3.9, i*0.08)
		}
		sow(p, w, path{{28.5, 14}, {60.5, 14}, {60, 72}, {28.5, 72}}, 7.6, 2.8)
		w.trim(p, reversed(path{{28, 97}, {26.9, 70}, {27.5, 40}, {27.2, 12}}), 1.5)
		w.trim(p, path{{61.8, 97}, {61.2, 70}, {61.8, 40}, {61.4, 12}}, 1.5)
	}})
	fringe(s, hem, 5.4, base.darker(0.06))
}

// saree is worn without a wearer: blouse, pleated skirt, pallu over the shoulder.
func saree(s *studio, w work, base rgb) {
	tone := base.darker(0.3)
	if base.light() > 0.8 {
		tone = hex(0xb7a07a).to(base, 0.25)
	}
	c := cut{neck: 7, deep: 11, top: 12, waist: 15.5, hem: 14.5, low: 46, sleeve: pt{22.5, 33}, cuff: pt{31, 35.5}}
	upper(s, w, tone, c, func(p *pen) { w.trim(p, reversed(c.neckline()), 2.4) })
	skirt := from(35.5, 45).bend(pt{31.5, 66}, pt{28, 92}, pt{23, 116}).bend(pt{36, 120.5}, pt{62, 120.5}, pt{77, 116}).bend(pt{72, 92}, pt{68.5, 66}, pt{64.5, 45}).curve(50, 43.5, 35.5, 45)
	hem := path{{23, 116}}.bend(pt{36, 120.5}, pt{62, 120.5}, pt{77, 116})
	s.lay(cloth{outline: skirt, base: base, lift: 1.7, folds: folds{4, 0.05, 0.08, 0.6, 0}, work: func(p *pen) {
		w.border(p, hem, 7)
		sow(p, w, path{{35, 56}, {66, 56}, {73, 107}, {27, 107}}, 7.6, 2.7)
	}})
	pleats := from(45, 51).bend(pt{43, 70}, pt{41, 96}, pt{38, 118.8}).curve(49, 121.5, 61, 119.2).bend(pt{58, 96}, pt{56, 70}, pt{54.5, 51})
	s.lay(cloth{outline: pleats, base: base.lighter(0.03), lift: 0.9, folds: folds{4, 0.16, 0.2, 0.45, 0}, work: func(p *pen) {
		w.border(p, path{{38, 118.8}}.curve(49, 121.5, 61, 119.2), 7)
	}})
	pallu(s, w, base)
}

// pallu is the end of the saree: across the front, over the shoulder, down.
func pallu(s *studio, w work, base rgb) {
	fall := from(33, 13).bend(pt{25, 16}, pt{15, 40}, pt{11, 98}).curve(21, 102, 32.5, 99.5).bend(pt{34, 70}, pt{37, 40}, pt{43, 14})
	end := path{{11, 97.4}, {18, 99.6}, {26, 99.9}, {32.5, 98.8}}
	s.lay(cloth{outline: fall, base: base.darker(0.03), lift: 1.8, folds: folds{4, 0.12, 0.13, 0.55, 0.16}, work: func(p *pen) {
		w.border(p, end, 8.5)
		for i := range 2 {
			w.hero(p, pt{17.4 + 9.2*float64(i), 82.5}, 3.7, 0.06)
		}
		sow(p, w, path{{26, 26}, {38, 26}, {33, 74}, {15, 74}}, 6.8, 2.3)
	}})
	fringe(s, end, 3.6, base.darker(0.1))
	front := from(33, 13).curve(38, 9.6, 43, 14).bend(pt{52, 26}, pt{64, 40}, pt{67.5, 54}).curve(60, 60, 45, 57).bend(pt{42, 44}, pt{36, 28}, pt{33, 13})
	lower := path{{66.8, 54}}.bend(pt{63.4, 40}, pt{51.6, 26}, pt{42.4, 14})
	s.lay(cloth{outline: front, base: base, lift: 1.5, folds: folds{4, 0.1, 0.13, 0.7, -0.75}, work: func(p *pen) {
		sow(p, w, front, 7.6, 2.1)
		edge(p, w, lower)
	}})
}

// edge works the border of the pallu across the front, inwards from its edge.
func edge(p *pen, w work, line []pt) {
	p.stroke(beside(line, 2), 4, color.RGBA{0, 0, 0, 14})
	w.border(p, line, 4.2)
}
