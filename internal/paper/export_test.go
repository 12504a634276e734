package paper

// Word prints one line and nothing else; unshaped, it sets each code point by
// itself as a program without a shaper does.
func Word(lang, text string, shaped bool) ([]byte, error) {
	p := Paper{Language: lang}
	l := newLayout(p)
	parts := []string{text}
	if !shaped {
		parts = nil
		for _, r := range text {
			parts = append(parts, string(r))
		}
	}
	x := 0.0
	for _, part := range parts {
		t := typeset{l.line(part, l.direction(text), false), style{size: 24}}
		l.put(t, cell{x: x, w: t.wide()}, 200)
		x += t.wide()
	}
	return write(p, l)
}

// Visual gives the characters of a line from left to right, and how many of its
// glyphs are the box for "no font has this".
func Visual(lang, text string) (visual string, missing int) {
	s := newShaper(lang)
	text = clean(text)
	l := s.line(text, s.direction(text), false)
	for _, w := range l.words {
		visual += w.text
	}
	for _, g := range l.glyphs {
		if g.id.gid == 0 {
			missing++
		}
	}
	return visual, missing
}

// CodeSide is the printed side of p's QR symbol in millimetres, without the quiet zone.
func CodeSide(p Paper) (float64, error) {
	e, err := newLayout(p).ending()
	return float64(len(e.code)-8) * e.module / mm, err
}
