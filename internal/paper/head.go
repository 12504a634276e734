package paper

import "strconv"

// head draws what only the first page has: title, facts and parties.
func (l *layout) head() {
	title := row{cells: []cell{{0, body, start, l.wrap(l.Title, style{size: 22, bold: true}, body)}}, low: 6}
	if lines := l.ownLine(); len(lines) > 0 {
		w := body * 0.4
		title.cells[0].w = body - w - 12
		title.cells[0].lines = l.wrap(l.Title, style{size: 22, bold: true}, body-w-12)
		title.cells = append(title.cells, cell{body - w, w, finish, lines})
	}
	l.place(title)
	l.rule(0, body, 1.4, black)
	l.y += 14
	l.facts()
	l.parties()
}

// ownLine is number and date beside the title, without what a fact shows with
// its label anyway.
func (l *layout) ownLine() []typeset {
	shown := map[string]bool{}
	for _, f := range l.Facts {
		shown[f.Value] = true
	}
	var lines []typeset
	if !shown[l.Number] {
		lines = l.wrap(l.Number, style{size: 11, bold: true}, body*0.4)
	}
	if !shown[l.Date] {
		lines = append(lines, l.wrap(l.Date, style{size: 9, grey: soft}, body*0.4)...)
	}
	return lines
}

var label = style{size: 7.5, grey: soft}

func (l *layout) facts() {
	const across = 4
	n := float64(min(across, max(2, len(l.Facts))))
	for i := 0; i < len(l.Facts); i += across {
		var r row
		for j, f := range l.Facts[i:min(i+across, len(l.Facts))] {
			w := body/n - 12
			lines := l.wrap(f.Label, label, w)
			lines = append(lines, l.wrap(f.Value, style{size: 9.5}, w)...)
			r.cells = append(r.cells, cell{float64(j) * body / n, w, start, lines})
		}
		r.low = 9
		l.place(r)
	}
	if len(l.Facts) > 0 {
		l.y += 6
	}
}

func (l *layout) parties() {
	const across = 3
	n := float64(min(across, max(2, len(l.Parties))))
	for i := 0; i < len(l.Parties); i += across {
		var r row
		for j, p := range l.Parties[i:min(i+across, len(l.Parties))] {
			w := body/n - 18
			lines := l.wrap(p.Heading, label, w)
			for k, text := range p.Lines {
				st := style{size: 9}
				if k == 0 {
					st = style{size: 10.5, bold: true}
				}
				lines = append(lines, l.wrap(text, st, w)...)
			}
			r.cells = append(r.cells, cell{float64(j) * body / n, w, start, lines})
		}
		r.low = 14
		l.place(r)
	}
	l.y += 4
}

func (l *layout) notes() {
	l.onPage = nil
	if len(l.Notes) > 0 {
		l.y += 16
	}
	for _, note := range l.Notes {
		l.place(row{cells: []cell{{0, body, start, l.wrap(note, style{size: 8.5, grey: soft}, body*0.9)}}, low: 4})
	}
}

// feet draws the foot of every page, now that their number is known.
func (l *layout) feet() {
	all := l.pages
	for i := range all {
		l.pages = all[:i+1]
		l.y = l.bottom + 10
		l.rule(0, body, 0.4, hairline)
		number := pageWord[l.Language] + " " + strconv.Itoa(i+1) + " / " + strconv.Itoa(len(all))
		w := body * 0.2
		l.draw(row{cells: []cell{
			{0, body * 0.78, start, l.footer},
			{body - w, w, finish, l.wrap(number, style{size: 7.5, grey: soft}, w)},
		}, above: 4})
	}
}
