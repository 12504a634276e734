package openbooks_test

import (
	"slices"
	"testing"

	"saebaan/openbooks"
)

// However many books are asked for, few stay in memory, the newest of them; one
// that is very long never does.
func TestTheShelfIsBounded(t *testing.T) {
	books, bytes, first, last := openbooks.Shelve(slices.Repeat([]int{100_000}, 1000))
	if books != 83 || bytes != 8_300_000 || first || !last {
		t.Errorf("%d books of %d bytes; the first %v, the last %v", books, bytes, first, last)
	}
	if books, bytes, _, last := openbooks.Shelve([]int{10, 2_000_000}); books != 1 || bytes != 10 || last {
		t.Errorf("%d books of %d bytes; the long one %v", books, bytes, last)
	}
}
