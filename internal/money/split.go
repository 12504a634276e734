package money

import (
	"math/big"
	"sort"
)

// Split shares total by weights with the largest remainder: each share is
// floored, then one paisa each goes to the largest remainders, ties to the
// party listed first. The shares sum to total; a negative total gives the
// mirror of its magnitude. All-zero weights are ErrWeights unless total is 0.
func Split(total Paise, weights []int64) ([]Paise, error) {
	if total < 0 {
		parts, err := Split(-total, weights)
		for i := range parts {
			parts[i] = -parts[i]
		}
		return parts, err
	}
	sum := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			return nil, ErrWeights.With("A weight below zero cannot have a share.")
		}
		sum.Add(sum, big.NewInt(w))
	}
	parts := make([]Paise, len(weights))
	if total == 0 {
		return parts, nil
	}
	if sum.Sign() == 0 {
		return nil, ErrWeights
	}
	remainders := make([]*big.Int, len(weights))
	left := total
	for i, w := range weights {
		share, rest := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(w)), sum, new(big.Int))
		parts[i], remainders[i] = Paise(share.Int64()), rest
		left -= parts[i]
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		return remainders[order[a]].Cmp(remainders[order[b]]) > 0
	})
	for i := Paise(0); i < left; i++ {
		parts[order[i]]++
	}
	return parts, nil
}

// SplitPieces shares the pieces from+1 … to of equal pieces worth unit each,
// as a cumulative function: what it returns for (0,k) and (k,n) sums to (0,n),
// so a return of some pieces undoes exactly what they were credited.
func SplitPieces(unit Paise, weights []int64, from, to int64) ([]Paise, error) {
	before, err := splitTimes(unit, from, weights)
	if err != nil {
		return nil, err
	}
	after, err := splitTimes(unit, to, weights)
	if err != nil {
		return nil, err
	}
	for i := range after {
		after[i] -= before[i]
	}
	return after, nil
}

func splitTimes(unit Paise, pieces int64, weights []int64) ([]Paise, error) {
	total, err := unit.Times(pieces)
	if err != nil {
		return nil, err
	}
	return Split(total, weights)
}
