package openbooks

import (
	"cmp"
	"maps"
	"slices"

	"saebaan/payouts"
)

// FewestMakers is how many women a published sum is of, and how many of them were
// paid when anybody was: with fewer, it would tell what one of them earns.
const FewestMakers = 3

// crowd is how many women a sum is of, and how many of them were paid.
type crowd struct {
	Women int64 `db:"women"`
	Paid  int64 `db:"paid_women"`
}

// hides reports whether nobody can be told out of so many.
func (c crowd) hides() bool {
	return c.Women >= FewestMakers && (c.Paid == 0 || c.Paid >= FewestMakers)
}

func (c crowd) plus(o crowd) crowd { return crowd{c.Women + o.Women, c.Paid + o.Paid} }

// yearCell is what the women of an area were promised in a year for one kind of
// work. An empty area is several together, an empty head several kinds of work.
type yearCell struct {
	Year string `db:"year"`
	Area string `db:"area"`
	Head string `db:"head"`
	crowd
	payouts.Became
}

// yearArea counts the women of an area in a year, each once.
type yearArea struct {
	Year string `db:"year"`
	Area string `db:"area"`
	crowd
}

// fold leaves of a year's cells only what tells of no woman by herself: areas with
// too few of them become one, with the next smallest ones until it is of enough;
// and in each area so do kinds of work. A year with too few women in all has none.
func fold(areas []yearArea, cells []yearCell) []yearCell {
	counts := map[string]crowd{}
	for _, a := range areas {
		counts[a.Area] = a.crowd
	}
	small, together := few(counts, crowd.plus)
	if !together.hides() && len(small) > 0 {
		return nil
	}
	byArea := map[string][]yearCell{}
	for _, c := range cells {
		if slices.Contains(small, c.Area) {
			c.Area = ""
		}
		byArea[c.Area] = append(byArea[c.Area], c)
	}
	var out []yearCell
	for _, area := range slices.Sorted(maps.Keys(byArea)) {
		all := counts[area]
		if area == "" {
			all = together
		}
		out = append(out, foldWork(all, byArea[area])...)
	}
	return out
}

// foldWork folds the kinds of work of one area, whose women are counted in all.
// One woman does several kinds, so that kinds together are of no more women, for
// certain, than the largest of them.
func foldWork(all crowd, cells []yearCell) []yearCell {
	sums := map[string]yearCell{}
	for _, c := range cells {
		sum := sums[c.Head]
		sum.Year, sum.Area, sum.Head, sum.crowd, sum.Became = c.Year, c.Area, c.Head, sum.plus(c.crowd), sum.Plus(c.Became)
		sums[c.Head] = sum
	}
	counts := map[string]crowd{}
	for head, s := range sums {
		counts[head] = s.crowd
	}
	small, _ := few(counts, func(a, b crowd) crowd { return crowd{max(a.Women, b.Women), max(a.Paid, b.Paid)} })
	for _, head := range small {
		s, other := sums[head], sums[""]
		delete(sums, head)
		s.Head, s.Became = "", s.Plus(other.Became)
		sums[""] = s
	}
	out := make([]yearCell, 0, len(sums))
	for _, head := range slices.Sorted(maps.Keys(sums)) {
		s := sums[head]
		s.crowd = all
		out = append(out, s)
	}
	return out
}

// few names those groups that must be one: each that is too small by itself and,
// until they hide everybody together, the next smallest.
func few(groups map[string]crowd, together func(a, b crowd) crowd) (names []string, sum crowd) {
	var large []string
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if groups[name].hides() {
			large = append(large, name)
			continue
		}
		names, sum = append(names, name), together(sum, groups[name])
	}
	slices.SortStableFunc(large, func(a, b string) int { return cmp.Compare(groups[a].Women, groups[b].Women) })
	for _, name := range large {
		if len(names) == 0 || sum.hides() {
			break
		}
		names, sum = append(names, name), together(sum, groups[name])
	}
	return names, sum
}
