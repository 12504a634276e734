package draw

import "math"

func cushion(s *studio, w work, base rgb) {
	side := from(13, 27).bend(pt{32, 21.5}, pt{68, 21.5}, pt{87, 27})
	side = side.bend(pt{92.5, 46}, pt{92.5, 82}, pt{87, 101}).bend(pt{68, 106.5}, pt{32, 106.5}, pt{13, 101}).bend(pt{7.5, 82}, pt{7.5, 46}, pt{13, 27})
	frame := path{{22, 36}, {78, 36}, {78, 92}, {22, 92}, {22, 36}}
	style := s.IntN(2)
	defer s.closer(s.between(0.96, 1.02), pt{50, 64})()
	s.lay(cloth{outline: side, base: base, lift: 3.6, folds: folds{2, 0.03, 0.05, 1, 0.1}, work: func(p *pen) {
		for i := range 4 {
			a, b := frame[i+1], frame[i]
			w.border(p, []pt{a, b}, 4.6)
		}
		medallion(p, w, pt{50, 64}, 8.6, style)
		for _, corner := range []pt{{29.5, 43.5}, {70.5, 43.5}, {29.5, 84.5}, {70.5, 84.5}} {
			w.buti(p, corner, 4.4, pt{50, 64}.sub(corner).angle()+math.Pi/2)
		}
		p.outline(placed(side, pt{50 - 50*0.985, 64 - 64*0.985}, 0.985, 0), 0.8, base.darker(0.22).alpha(0.8))
	}})
}

// medallion is a hero in a ring of small motifs.
func medallion(p *pen, w work, middle pt, size float64, style int) {
	if style == 0 {
		for i := range 4 {
			dir := math.Pi/4 + math.Pi/2*float64(i)
			w.hero(p, middle.far(size*1.12, dir), size*0.52, dir+math.Pi/2)
		}
		w.buti(p, middle, size*0.55, 0)
	} else {
		w.hero(p, middle, size*0.86, 0)
	}
	for i := range 8 {
		dir := math.Pi / 4 * float64(i)
		w.buti(p, middle.far(size*2.05, dir), size*0.32, dir+math.Pi/2)
	}
}

// tablecloth hangs from a round table.
func tablecloth(s *studio, w work, base rgb) {
	const middle, rx, ry = 45.0, 39.0, 14.0
	skirt := path{{50 - rx, middle}}.bend(pt{9, 62}, pt{8, 84}, pt{5, 102})
	hem := path{{5, 102}}
	for i := range 6 {
		x := 5 + 15*float64(i)
		sag := 3.2 + 3*math.Sin(math.Pi*(x+7.5)/100)
		hem = hem.curve(x+7.5, 102+2*sag+6*math.Sin(math.Pi*(x+7.5)/100), x+15, 102+6*math.Sin(math.Pi*(x+15)/100))
	}
	skirt = append(skirt, hem...)
	skirt = skirt.bend(pt{92, 84}, pt{91, 62}, pt{50 + rx, middle})
	s.lay(cloth{outline: skirt, base: base.darker(0.07), lift: 2.4, folds: folds{7, 0.04, 0.17, 0.86, 0}, work: func(p *pen) {
		w.border(p, hem, 7.5)
		for i := -2.0; i <= 2; i++ {
			w.hero(p, pt{50 + i*16.4, 82 - i*i*0.7}, 4, 0)
		}
		sow(p, w, path{{11, 62}, {89, 62}, {90, 74}, {10, 74}}, 7.4, 2.6)
	}})
	top := ellipse(pt{50, middle}, rx, ry, 60)
	s.lay(cloth{outline: top, base: base.lighter(0.06), lift: 0.5, folds: folds{2, 0.01, 0.01, 1, 0}, work: func(p *pen) {
		p.flatten(middle, ry/rx)
		ring := closed(circle(pt{50, middle}, rx*0.93, 64))
		w.border(p, reversed(ring), 5)
		medallion(p, w, pt{50, middle}, 9.2, 1)
		p.flatten(0, 1)
	}})
}

// potli is a drawstring pouch.
func potli(s *studio, w work, base rgb) {
	cord := gold.to(base, 0.2)
	s.ornament(1.4, func(p *pen) {
		for _, x := range []float64{-1, 1} {
			loop := from(50+x*7, 47).bend(pt{50 + x*26, 36}, pt{50 + x*22, 6}, pt{50 - x*0.4, 8})
			p.stroke(loop, 0.9, cord.darker(0.35).solid())
			p.stroke(beside(loop, 0.12), 0.5, cord.lighter(0.2).solid())
		}
	})
	ruffle := from(41, 47).bend(pt{38, 40}, pt{33, 35}, pt{29, 31})
	for i := range 6 {
		x := 29 + 7*float64(i)
		ruffle = ruffle.curve(x+3.5, 26.4-math.Abs(float64(i)-2.5)*-0.8, x+7, 31)
	}
	ruffle = ruffle.bend(pt{67, 35}, pt{62, 40}, pt{59, 47})
	s.lay(cloth{outline: ruffle, base: base.darker(0.06), lift: 1.2, folds: folds{7, 0.16, 0.22, 1.7, 0}, work: func(p *pen) {
		w.trim(p, path{{30, 33.4}, {40, 31.6}, {50, 31}, {60, 31.6}, {70, 33.4}}, 0.9)
	}})
	body := from(41, 47).bend(pt{33, 54}, pt{17, 66}, pt{17.5, 86}).bend(pt{18, 102}, pt{34, 109}, pt{50, 109})
	low := path{{20, 93}}.bend(pt{24, 106}, pt{76, 106}, pt{80, 93})
	s.lay(cloth{outline: whole(body), base: base, lift: 2.8, folds: folds{7, 0.15, 0.03, 0.35, 0}, work: func(p *pen) {
		w.border(p, low, 5.4)
		w.hero(p, pt{50, 77}, 8.4, 0)
		for _, x := range []float64{-1, 1} {
			w.buti(p, pt{50 + x*18.5, 80}, 4.6, x*0.3)
			w.buti(p, pt{50 + x*11.5, 62}, 3.4, x*0.2)
		}
	}})
	s.ornament(1, func(p *pen) {
		band := path{{40, 46.4}}.curve(50, 48.6, 60, 46.4)
		(&zardozi{stone: ruby, pearls: true}).coil(p, band, 1.7)
		for _, x := range []float64{-1, 1} {
			tassel(p, pt{50 + x*8.4, 48.6}, 15+x*2, cord)
		}
	})
}

// tassel hangs from a on a cord.
func tassel(p *pen, a pt, length float64, c rgb) {
	b := a.add(pt{0.8, length * 0.5})
	p.stroke([]pt{a, b}, 0.6, c.darker(0.3).solid())
	pearl(p, b, 1.1)
	for i := -3.0; i <= 3; i++ {
		p.stroke([]pt{b.add(pt{i * 0.25, 1}), b.add(pt{i * 0.55, length * 0.5})}, 0.42, c.to(goldDeep, math.Abs(i)*0.16).solid())
	}
	p.stroke([]pt{b.add(pt{-1, 1.6}), b.add(pt{1, 1.6})}, 0.8, goldPale.solid())
}
