package draw

import "math"

// pt is a point in units.
type pt struct{ x, y float64 }

func (a pt) add(b pt) pt                  { return pt{a.x + b.x, a.y + b.y} }
func (a pt) sub(b pt) pt                  { return pt{a.x - b.x, a.y - b.y} }
func (a pt) times(f float64) pt           { return pt{a.x * f, a.y * f} }
func (a pt) to(b pt, t float64) pt        { return a.add(b.sub(a).times(t)) }
func (a pt) length() float64              { return math.Hypot(a.x, a.y) }
func (a pt) angle() float64               { return math.Atan2(a.y, a.x) }
func polar(length, angle float64) pt      { return pt{length * math.Cos(angle), length * math.Sin(angle)} }
func (a pt) far(length, angle float64) pt { return a.add(polar(length, angle)) }

// unit is the direction of a, or zero.
func (a pt) unit() pt {
	if l := a.length(); l > 0 {
		return a.times(1 / l)
	}
	return pt{}
}

func (a pt) turned(angle float64) pt {
	s, c := math.Sincos(angle)
	return pt{a.x*c - a.y*s, a.x*s + a.y*c}
}

// placed turns, sizes and moves a shape drawn around the origin.
func placed(shape []pt, at pt, size, angle float64) []pt {
	out := make([]pt, len(shape))
	for i, p := range shape {
		out[i] = p.times(size).turned(angle).add(at)
	}
	return out
}

func mirrored(shape []pt) []pt {
	out := make([]pt, len(shape))
	for i, p := range shape {
		out[i] = pt{-p.x, p.y}
	}
	return out
}

// across mirrors a shape in the picture's middle line.
func across(shape []pt) []pt {
	out := make([]pt, len(shape))
	for i, p := range shape {
		out[i] = pt{100 - p.x, p.y}
	}
	return out
}

// reversed walks a line the other way.
func reversed(line []pt) []pt {
	out := make([]pt, len(line))
	for i, p := range line {
		out[len(line)-1-i] = p
	}
	return out
}

// path grows an outline of lines and curves.
type path []pt

func from(x, y float64) path { return path{{x, y}} }

func (p path) line(x, y float64) path { return append(p, pt{x, y}) }

// curve goes to c with one control point b.
func (p path) curve(bx, by, cx, cy float64) path {
	a, b, c := p[len(p)-1], pt{bx, by}, pt{cx, cy}
	const steps = 14
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		p = append(p, a.to(b, t).to(b.to(c, t), t))
	}
	return p
}

// bend goes to d with two control points, given as x, y pairs.
func (p path) bend(b, c, d pt) path {
	a := p[len(p)-1]
	const steps = 18
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		ab, bc, cd := a.to(b, t), b.to(c, t), c.to(d, t)
		p = append(p, ab.to(bc, t).to(bc.to(cd, t), t))
	}
	return p
}

// whole adds the mirror image of a left half walked from top to bottom.
func whole(left []pt) []pt { return append(append([]pt(nil), left...), reversed(across(left))...) }

func circle(at pt, r float64, steps int) []pt { return ellipse(at, r, r, steps) }

func ellipse(at pt, rx, ry float64, steps int) []pt {
	out := make([]pt, steps)
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(steps))
		out[i] = pt{at.x + rx*c, at.y + ry*s}
	}
	return out
}

// leafShape is a leaf from a to b, full times as wide as long to each side.
func leafShape(a, b pt, full float64) []pt {
	d := b.sub(a)
	n := pt{-d.y, d.x}.times(full)
	l, r := a.to(b, 0.42).add(n), a.to(b, 0.42).sub(n)
	const steps = 6
	out := make([]pt, 0, 2*steps)
	for i := range steps {
		t := float64(i) / steps
		out = append(out, a.to(l, t).to(l.to(b, t), t))
	}
	for i := range steps {
		t := float64(i) / steps
		out = append(out, b.to(r, t).to(r.to(a, t), t))
	}
	return out
}

// paisleyShape is the kairi: round below, its tip bent to the right above.
var paisleyShape = func() []pt {
	p := from(0, 1)
	p = p.bend(pt{0.72, 1}, pt{0.98, 0.32}, pt{0.72, -0.22})
	p = p.bend(pt{0.5, -0.7}, pt{0.38, -1.05}, pt{0.8, -1.42})
	p = p.bend(pt{0.2, -1.5}, pt{-0.4, -1.05}, pt{-0.7, -0.35})
	return p.bend(pt{-1.04, 0.32}, pt{-0.75, 1}, pt{0, 1})
}()

// at is a place on a line with its direction.
type at struct {
	pt
	dir float64
}

// along gives places every step units of a line, beginning at half a step.
func along(line []pt, step float64) []at {
	var out []at
	next := step / 2
	for i := 1; i < len(line); i++ {
		d := line[i].sub(line[i-1])
		l := d.length()
		for next <= l && l > 0 {
			out = append(out, at{line[i-1].to(line[i], next/l), d.angle()})
			next += step
		}
		next -= l
	}
	return out
}

// evenly gives places along a line about step apart that fill it exactly.
func evenly(line []pt, step float64) []at {
	l := lengthOf(line)
	n := math.Max(1, math.Round(l/step))
	return along(line, l/n*0.999999)
}

func lengthOf(line []pt) float64 {
	l := 0.0
	for i := 1; i < len(line); i++ {
		l += line[i].sub(line[i-1]).length()
	}
	return l
}

// beside is the line moved by d to its left (up for a line to the right).
func beside(line []pt, d float64) []pt {
	out := make([]pt, len(line))
	for i := range line {
		a, b := line[max(i-1, 0)], line[min(i+1, len(line)-1)]
		u := b.sub(a).unit()
		out[i] = line[i].add(pt{u.y, -u.x}.times(d))
	}
	return out
}

// wavy is the line swinging by height with the given wavelength.
func wavy(line []pt, height, wavelength float64) []pt {
	places := evenly(line, wavelength/10)
	if len(places) == 0 {
		return line
	}
	waves := math.Max(1, math.Round(lengthOf(line)/wavelength))
	out := make([]pt, len(places))
	for i, a := range places {
		phase := 2 * math.Pi * waves * (float64(i) + 0.5) / float64(len(places))
		out[i] = a.far(height*math.Sin(phase), a.dir-math.Pi/2)
	}
	return out
}
