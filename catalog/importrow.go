package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

// planner turns the rows of a file into pieces to write; it touches no database.
type planner struct {
	gst    *gst.Table
	in     ImportInput
	date   string
	seen   map[string]int // SKU → row
	rows   []importRow
	report ImportReport

	id, name, price, description, colour int // columns, -1 when not mapped
}

// importRow is one piece to write; card is nil when it stays a draft.
type importRow struct {
	sku     string
	product ProductInput
	note    string
	card    *Card
}

// row plans one record, or reports what is wrong with it.
func (p *planner) row(row int, record []string) {
	m := p.in.Mapping
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return strings.TrimSpace(record[at])
	}
	r := importRow{sku: m.SKUPrefix + cell(p.id)}
	words := nameWords(cell(p.name))
	garment, hsn := m.file(words)
	r.product = ProductInput{
		Title: Text{En: cell(p.name)}, Description: Text{En: cell(p.description)}, Area: p.in.Area,
		Garment: garment, Fabric: fabricOf(words, m.Fabric), Colour: p.colourOf(row, cell(p.colour)), HSN: hsn,
	}
	r.product.Craft, r.product.Techniques = craftOf(cell(p.name))
	ok := p.identify(row, cell(p.id), r.sku)
	if err := r.product.check(true); err != nil {
		ok = false
		p.failFields(row, err)
	}
	tag, err := money.Parse(cell(p.price))
	if err != nil || tag == 0 {
		ok = false
		p.fail(row, m.Columns.Price, fmt.Sprintf("%q is not a price in rupees above zero", cell(p.price)))
	}
	if !ok {
		return
	}
	if runTogether(r.product.Description.En) {
		p.warn(row, m.Columns.Description, "words or sentences run together")
	}
	if p.priced(row, tag, &r) {
		p.rows = append(p.rows, r)
	}
}

// identify checks that a row has a usable SKU of its own.
func (p *planner) identify(row int, source, sku string) bool {
	column := p.in.Mapping.Columns.ID
	if source == "" {
		p.fail(row, column, "is missing")
		return false
	}
	if !skuForm.MatchString(sku) {
		p.fail(row, column, "does not make an SKU of up to 40 letters, digits and . _ / -")
		return false
	}
	if first, twice := p.seen[sku]; twice {
		p.fail(row, column, fmt.Sprintf("stands in row %d already", first))
		return false
	}
	p.seen[sku] = row
	return true
}

// failFields reports a fault of the product under the file's own columns.
func (p *planner) failFields(row int, err error) {
	f := fault.Of(err)
	if f == nil || len(f.Fields) == 0 {
		p.fail(row, "", err.Error())
		return
	}
	c := p.in.Mapping.Columns
	columns := map[string]string{"title": c.Name, "description": c.Description}
	for _, at := range f.Fields {
		p.fail(row, columns[at.Location], at.Message)
	}
}

// priced solves the tag and, with a reference card, divides it. A tag that no
// rate fits, or a card under the wage floor, leaves a draft with that reason.
func (p *planner) priced(row int, tag money.Paise, r *importRow) bool {
	column := p.in.Mapping.Columns.Price
	solved, err := p.gst.Solve(tag, r.product.HSN, p.date)
	if errors.Is(err, gst.ErrDeadZone) {
		r.note = fmt.Sprintf("Imported price tag %s: %s", tag, fault.Of(err).Message)
		p.warn(row, column, fault.Of(err).Message)
		return true
	}
	if err == nil && solved.Taxable <= 0 {
		err = ErrCard.With("The price is too low to be divided.")
	}
	if err != nil {
		p.fail(row, column, message(err))
		return false
	}
	if p.in.PublishWith == nil {
		r.note = fmt.Sprintf("Imported price tag: %s with tax.", tag)
		return true
	}
	c := Card{List: Retail, Version: 1, ListPrice: solved.Taxable, Tag: tag, From: p.date}
	if c.Heads, err = Compute(c.ListPrice, p.in.PublishWith.Heads); err != nil {
		p.fail(row, column, message(err))
		return false
	}
	if err := UnderFloor(c.Heads, p.date); err != nil {
		r.note = fmt.Sprintf("Imported price tag %s: %s", tag, message(err))
		p.warn(row, column, message(err))
		return true
	}
	r.card = &c
	return true
}

func message(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Message
	}
	return err.Error()
}

// colourOf files a colour under ours, or under multi with a warning.
func (p *planner) colourOf(row int, given string) string {
	colour := strings.ToLower(given)
	if ours, ok := p.in.Mapping.Colours[colour]; ok {
		return ours
	}
	if slices.Contains(Colours, colour) {
		return colour
	}
	if given == "" {
		p.warn(row, p.in.Mapping.Columns.Colour, "is missing; filed under multi")
	} else {
		p.warn(row, p.in.Mapping.Columns.Colour, fmt.Sprintf("%q is not a colour we file under; filed under multi", given))
	}
	return "multi"
}

// file gives garment and HSN code by the first rule that has a word of the name.
func (m Mapping) file(words map[string]bool) (garment, hsn string) {
	for _, g := range m.Garments {
		for _, w := range g.Words {
			if words[w] {
				if g.HSN == "" {
					return g.Garment, m.HSN
				}
				return g.Garment, g.HSN
			}
		}
	}
	return m.Garment, m.HSN
}

// nameWords are the lower-case words of a name, plurals also without their s.
func nameWords(name string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(plain(name), func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out[w] = true
		out[strings.TrimSuffix(w, "s")] = true
	}
	return out
}

// plain is the name in lower case with the accent of appliqué taken off.
func plain(name string) string {
	return strings.NewReplacer("é", "e", "e\u0301", "e").Replace(strings.ToLower(name))
}

func fabricOf(words map[string]bool, other string) string {
	for _, f := range Fabrics {
		if words[f] {
			return f
		}
	}
	return other
}

// craftOf files a piece under the craft its name claims; a piece that is merely
// called embroidered is none of ours, but findable by that technique.
func craftOf(name string) (craft string, techniques []string) {
	name = plain(name)
	craft = ImportCraft
	for _, c := range []struct{ word, craft string }{
		{"chikan", "chikan"}, {"zardozi", "zardozi"}, {"zardosi", "zardozi"}, {"kundan", "kundan"}, {"applique", "applique"},
	} {
		if strings.Contains(name, c.word) {
			craft = c.craft
			break
		}
	}
	if strings.Contains(name, "embroider") {
		techniques = []string{"embroidered"}
	}
	return craft, techniques
}

// runTogether reports a lower-case letter directly before an upper-case one, or
// a letter directly after a full stop.
func runTogether(text string) bool {
	var last rune
	for _, r := range text {
		if unicode.IsLower(last) && unicode.IsUpper(r) || last == '.' && unicode.IsLetter(r) {
			return true
		}
		last = r
	}
	return false
}
