package openbooks

import "strconv"

// Cell, AreaCount and Fold let the tests look at the folding alone.
type (
	Cell      = yearCell
	AreaCount = yearArea
	Crowd     = crowd
)

// NewCell and NewArea make what is folded.
func NewCell(area, head string, c Crowd) Cell {
	return Cell{Year: "2026-27", Area: area, Head: head, crowd: c}
}

// NewArea counts the women of an area.
func NewArea(area string, c Crowd) AreaCount { return AreaCount{"2026-27", area, c} }

// Fold is fold.
var Fold = fold

// Shelve puts books of so many bytes on a new shelf and says how many stay, with
// how many bytes in all, and whether the first and the last are there.
func Shelve(sizes []int) (books, bytes int, first, last bool) {
	s := newShelf()
	for i, n := range sizes {
		s.put(kept{token: strconv.Itoa(i), signed: Signed{Bytes: make([]byte, n)}})
	}
	_, first = s.find("0")
	_, last = s.find(strconv.Itoa(len(sizes) - 1))
	return len(s.byToken), s.bytes, first, last
}
