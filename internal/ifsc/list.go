package ifsc

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
)

var errDamaged = errors.New("damaged")

// list holds the branches of banks[i] at branches[first[i]:first[i+1]], each
// run rising.
type list struct {
	banks    []string
	first    []int
	branches []uint32
}

// unpack reads what gen writes: gzip of the number of codes, then for each bank
// its four letters, its number of branches and each branch's distance from the
// one before (the first: from −1), all numbers as uvarints; then nothing.
func unpack(packed []byte) (*list, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(zip)
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(raw)
	total, err := binary.ReadUvarint(in)
	if err != nil || total > uint64(len(raw)) {
		return nil, errDamaged
	}
	l := &list{first: []int{0}, branches: make([]uint32, 0, total)}
	for in.Len() > 0 {
		if err := l.readBank(in); err != nil {
			return nil, err
		}
	}
	if uint64(len(l.branches)) != total {
		return nil, errDamaged
	}
	return l, nil
}

func (l *list) readBank(in *bytes.Reader) error {
	var letters [bankLen]byte
	if _, err := io.ReadFull(in, letters[:]); err != nil {
		return errDamaged
	}
	bank := string(letters[:])
	if n := len(l.banks); n > 0 && l.banks[n-1] >= bank {
		return errDamaged
	}
	count, err := binary.ReadUvarint(in)
	if err != nil || count == 0 || count > uint64(in.Len()) {
		return errDamaged
	}
	next := uint64(0) // the least the next branch may be
	for range count {
		gap, err := binary.ReadUvarint(in)
		if err != nil || gap == 0 || gap > numbers {
			return errDamaged
		}
		branch := next + gap - 1
		if branch >= numbers {
			return errDamaged
		}
		l.branches = append(l.branches, uint32(branch))
		next = branch + 1
	}
	l.banks = append(l.banks, bank)
	l.first = append(l.first, len(l.branches))
	return nil
}

const numbers = 36 * 36 * 36 * 36 * 36 * 36 // branches a bank can have; fits in 32 bits

// number reads the six letters and digits of a branch to base 36, so that numbers
// and codes have one order.
func number(branch string) uint32 {
	n := uint32(0)
	for i := range len(branch) {
		digit := uint32(branch[i] - '0')
		if branch[i] >= 'A' {
			digit = uint32(branch[i]-'A') + 10
		}
		n = n*36 + digit
	}
	return n
}
