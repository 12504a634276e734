package ifsc

import "strconv"

// Unpack decodes a whole file into codes, for the tests.
func Unpack(packed []byte) ([]string, error) {
	l, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	var codes []string
	for i, bank := range l.banks {
		for _, b := range l.branches[l.first[i]:l.first[i+1]] {
			codes = append(codes, bank+"0"+text(b))
		}
	}
	return codes, nil
}

func text(branch uint32) string {
	digits := []byte(strconv.FormatUint(uint64(branch)+numbers, 36)) // a 1 before six digits
	for i, c := range digits {
		if c >= 'a' {
			digits[i] = c - 'a' + 'A'
		}
	}
	return string(digits[1:])
}

// Packed is the embedded file.
func Packed() []byte { return packed }

// BankNames is the embedded table.
func BankNames() string { return bankNames }

// Size unpacks anew and tells how many bytes stay.
func Size() int {
	l, err := unpack(packed)
	if err != nil {
		panic(err)
	}
	return 4*cap(l.branches) + 8*cap(l.first) + (16+4)*cap(l.banks)
}
