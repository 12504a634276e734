package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/idem"
)

// Measures are all that a piece may be measured by; each has a translation.
var Measures = []string{"chest", "waist", "hip", "shoulder", "sleeve", "length", "width", "height", "blouse_piece", "inner_width"}

var measuresOf = map[string][]string{
	"kurta": {"chest", "waist", "hip", "shoulder", "sleeve", "length"}, "suit": {"chest", "waist", "hip", "shoulder", "sleeve", "length"},
	"shirt": {"chest", "shoulder", "sleeve", "length"}, "blouse": {"chest", "waist", "shoulder", "sleeve", "length"}, "lehenga": {"waist", "hip", "length"},
	"saree": {"length", "width", "blouse_piece"}, "potli": {"height", "width"}, "bangles": {"inner_width", "width"}, "necklace": {"length"},
}

// MeasuresOf are what pieces of a kind are usually measured by.
func MeasuresOf(garment string) []string {
	if list := measuresOf[garment]; list != nil {
		return slices.Clone(list)
	}
	return []string{"length", "width"}
}

// longest is the most that anything measures: twenty metres.
const longest = 20_000

// Measure is one length of a size.
type Measure struct {
	Name        string `db:"measure"`
	Millimetres int64  `db:"millimetres"`
}

// Centimetres writes it with one decimal where it has one: "101.5".
func (m Measure) Centimetres() string { return tenths(m.Millimetres) }

// Inches writes it in inches of 25.4 mm, to the nearest tenth: "40.0" is "40".
func (m Measure) Inches() string { return tenths((m.Millimetres*100 + 127) / 254) }

func tenths(n int64) string { return strings.TrimSuffix(fmt.Sprintf("%d.%d", n/10, n%10), ".0") }

// ParseCentimetres reads what a person measured, such as "102" or "101.5", as millimetres.
func ParseCentimetres(text string) (int64, bool) {
	whole, part, dot := strings.Cut(strings.TrimSpace(text), ".")
	if len(whole) == 0 || len(whole) > 4 || (dot && len(part) != 1) || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "0")[:1], 10, 64)
	return n, err == nil && n > 0 && n <= longest
}

// SizeMeasures are all measures of one variant.
type SizeMeasures struct {
	Variant  string
	Measures []Measure
}

// MeasuresInput replaces the measures of some variants of a piece.
type MeasuresInput struct {
	Product string
	Sizes   []SizeMeasures
}

// MeasureChange is a measure of a size before and after; 0 is none.
type MeasureChange struct {
	SKU           string
	Name          string
	Before, After int64 // millimetres
}

func (in MeasuresInput) check(p Product) error {
	seen := map[string]bool{}
	for _, size := range in.Sizes {
		if seen[size.Variant] || !slices.ContainsFunc(p.Variants, func(v Variant) bool { return v.ID == size.Variant && len(v.Parts) == 0 }) {
			return ErrProduct.At("sizes", "each is a variant of the piece, once; a set is measured by its parts")
		}
		seen[size.Variant] = true
		for _, m := range size.Measures {
			if key := size.Variant + " " + m.Name; seen[key] || !slices.Contains(Measures, m.Name) || m.Millimetres < 1 || m.Millimetres > longest {
				return ErrProduct.At("measurements", "each is one of %s, once, of 1 to 20,000 millimetres", strings.Join(Measures, ", "))
			}
			seen[size.Variant+" "+m.Name] = true
		}
	}
	return nil
}

// Measure says how large sizes of a piece are. A coordinator of the area may while it
// is a draft or needs correction, an administrator until it is archived. Returns
// ErrProduct, ErrNotFound, ErrState.
func (s *Service) Measure(ctx context.Context, actor auth.Actor, key string, in MeasuresInput) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.measure", Key: key}, in,
		func(tx *db.Tx) (Product, error) {
			p, err := s.one(tx, in.Product)
			if err != nil {
				return Product{}, err
			}
			if err := editable(actor, p); err != nil {
				return Product{}, err
			}
			if err := in.check(p); err != nil {
				return Product{}, err
			}
			changes := in.changes(p)
			if len(changes) == 0 {
				return p, nil
			}
			if err := setMeasures(tx, in); err != nil {
				return Product{}, err
			}
			told, err := json.Marshal(changes)
			if err != nil {
				return Product{}, err
			}
			if err := auth.Audit(tx, actor, measured, p.ID, string(told)); err != nil {
				return Product{}, err
			}
			if err := touch(tx, p.ID); err != nil {
				return Product{}, err
			}
			return s.one(tx, p.ID)
		})
}

// measured is the action of a change of measures; its detail is JSON of MeasureChange.
const measured = "product.measured"

func (in MeasuresInput) changes(p Product) []MeasureChange {
	var out []MeasureChange
	of := func(list []Measure, name string) int64 {
		for _, m := range list {
			if m.Name == name {
				return m.Millimetres
			}
		}
		return 0
	}
	for _, size := range in.Sizes {
		for _, v := range p.Variants {
			for _, name := range Measures {
				if before, after := of(v.Measures, name), of(size.Measures, name); v.ID == size.Variant && before != after {
					out = append(out, MeasureChange{v.SKU, name, before, after})
				}
			}
		}
	}
	return out
}

func setMeasures(tx *db.Tx, in MeasuresInput) error {
	for _, size := range in.Sizes {
		if _, err := tx.Exec(`
			DELETE FROM variant_measures
			WHERE variant_id = $1`, size.Variant); err != nil {
			return err
		}
		if len(size.Measures) == 0 {
			continue
		}
		args := make([]any, 0, 3*len(size.Measures))
		for _, m := range size.Measures {
			args = append(args, size.Variant, m.Name, m.Millimetres)
		}
		if _, err := tx.Exec(`
			INSERT INTO variant_measures (variant_id, measure, millimetres)
			VALUES `+db.Values(len(size.Measures), 3), args...); err != nil {
			return err
		}
	}
	return nil
}

// loadMeasures reads the measures of variants, in the order of Measures.
func loadMeasures(tx *db.Tx, variants []string) (map[string][]Measure, error) {
	var rows []struct {
		Variant string `db:"variant_id"`
		Measure
	}
	if err := tx.Select(&rows, `
		SELECT variant_id, measure, millimetres
		FROM variant_measures
		WHERE variant_id IN (`+db.List(1, len(variants))+`)
		ORDER BY variant_id, measure`, db.Args(variants)...); err != nil {
		return nil, err
	}
	out := map[string][]Measure{}
	for _, r := range rows {
		out[r.Variant] = append(out[r.Variant], r.Measure)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Measure) int { return slices.Index(Measures, a.Name) - slices.Index(Measures, b.Name) })
	}
	return out, nil
}
