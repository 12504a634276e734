package ifsc

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// DataDate is the day version 2.0.50 of the source was released. The npm package
// bears no date of its own: it is that of the same version for Ruby.
const DataDate = "2025-11-14"

const (
	bankLen = 4
	codeLen = 11
)

//go:embed codes.bin.gz
var packed []byte

//go:embed banks.tsv
var bankNames string

var branches = sync.OnceValue(func() *list {
	l, err := unpack(packed)
	if err != nil {
		panic("ifsc: codes.bin.gz: " + err.Error()) // decoded whole by this package's tests
	}
	return l
})

// Normal trims white space and makes the letters a–z upper-case: the form to
// check and to store. Letters of other alphabets stay and are refused later.
func Normal(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, strings.TrimSpace(text))
}

// WellFormed says whether code, in normal form, has four letters, a zero and six
// letters or digits: ^[A-Z]{4}0[A-Z0-9]{6}$ (RBI's form of an IFSC). Most codes
// of that form belong to no branch.
func WellFormed(code string) bool {
	if len(code) != codeLen || code[bankLen] != '0' {
		return false
	}
	for i := range codeLen {
		c := code[i]
		letter := 'A' <= c && c <= 'Z'
		digit := '0' <= c && c <= '9'
		if !letter && (i < bankLen || !digit) {
			return false
		}
	}
	return true
}

// Known says whether code, in normal form, is in the list of DataDate. The first
// call unpacks the list.
func Known(code string) bool {
	if !WellFormed(code) {
		return false
	}
	l := branches()
	at, ok := slices.BinarySearch(l.banks, code[:bankLen])
	if !ok {
		return false
	}
	_, ok = slices.BinarySearch(l.branches[l.first[at]:l.first[at+1]], number(code[bankLen+1:]))
	return ok
}

// Bank is the name, as in the source, of the bank whose four letters begin code
// (which is in normal form), or "" for letters without a name. Banks that have
// since merged keep theirs; a code held for a smaller bank bears the name of the
// bank that holds it.
func Bank(code string) string {
	if !WellFormed(code) {
		return ""
	}
	_, after, found := strings.Cut(bankNames, "\n"+code[:bankLen]+"\t")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(after, "\n")
	return name
}
