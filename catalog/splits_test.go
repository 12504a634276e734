package catalog_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/money"
)

// anyLot is a card that sums to its list price, and a lot of one of the three
// kinds with its makers.
func anyLot(r *rand.Rand) (list money.Paise, heads []catalog.Head, lot catalog.Ownership) {
	list = money.Paise(r.Int64N(5_000_000) + 1)
	left := int64(list)
	take := func() money.Paise {
		p := r.Int64N(left + 1)
		left -= p
		return money.Paise(p)
	}
	heads = []catalog.Head{{Kind: catalog.Cost, Head: "material", Paise: take()}}
	lot = catalog.Ownership{Owner: "art_owner", TrustMaterial: r.IntN(2) == 0}
	for i, stage := range []string{"cutting", "embroidery", "washing", "finishing", "tailoring"}[:1+r.IntN(5)] {
		heads = append(heads, catalog.Head{Kind: catalog.Wage, Head: stage, Paise: take(), Minutes: r.Int64N(500), Shares: i == 0 || r.IntN(2) == 0})
		for range 1 + r.IntN(4) {
			lot.Makers = append(lot.Makers, catalog.Maker{Stage: stage, Artisan: "art_" + stage + strconv.Itoa(len(lot.Makers)), Weight: 1 + r.Int64N(30)})
		}
	}
	heads = append(heads, catalog.Head{Kind: catalog.Trust, Head: "running", Paise: take()}, catalog.Head{Kind: catalog.Trust, Head: "fund", Paise: take()},
		catalog.Head{Kind: catalog.Makers, Head: "makers", Paise: money.Paise(left)})
	switch r.IntN(4) {
	case 0:
		lot.Lot, lot.Cost = "lot_back", money.Paise(r.Int64N(2*int64(list)))
	case 1:
		lot.Lot, lot.Commissioned, lot.Owner, lot.TrustMaterial, lot.Cost = "lot_made", true, "", true, money.Paise(r.Int64N(2*int64(list)))
	}
	return list, heads, lot
}

// shareOf is what a share is for, without its amount.
func shareOf(s catalog.Share) catalog.Share {
	s.Paise = 0
	return s
}

// moneyOf sums shares by what they are for; nothing is left out but what is zero.
func moneyOf(lists ...[]catalog.Share) map[catalog.Share]money.Paise {
	out := map[catalog.Share]money.Paise{}
	for _, shares := range lists {
		for _, s := range shares {
			out[shareOf(s)] += s.Paise
		}
	}
	maps.DeleteFunc(out, func(_ catalog.Share, p money.Paise) bool { return p == 0 })
	return out
}

// A hundred thousand splits in each run, SAEBAAN_SPLITS in make soak: the shares are
// the pool; pieces taken one way or another come to the same money, so that two
// refunds of one are one refund of two and the last brings every share back to
// nothing; in whatever order the stages are named.
func TestSharesAreThePool(t *testing.T) {
	n := 100_000
	if text := os.Getenv("SAEBAAN_SPLITS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		list, heads, lot := anyLot(r)
		pieces := 1 + r.Int64N(30)
		split := func(from, to int64) []catalog.Share {
			s, err := catalog.Split(heads, lot, from, to)
			if err != nil {
				t.Fatalf("seed %d, %d: %v", seed, i, err)
			}
			return s
		}
		whole := split(0, pieces)
		var sum money.Paise
		for _, s := range whole {
			sum += s.Paise
			if s.Artisan != "" && s.Paise < 0 || s.Kind == catalog.Wage && s.Artisan == "" {
				t.Fatalf("seed %d, %d: %+v", seed, i, s)
			}
		}
		if sum != list*money.Paise(pieces) {
			t.Fatalf("seed %d, %d: %d pieces of %d come to %d", seed, i, pieces, list, sum)
		}
		a, b := r.Int64N(pieces+1), r.Int64N(pieces+1)
		a, b = min(a, b), max(a, b)
		if got := moneyOf(split(0, a), split(a, b), split(b, pieces)); !maps.Equal(got, moneyOf(whole)) {
			t.Fatalf("seed %d, %d: at %d and %d of %d another sum", seed, i, a, b, pieces)
		}
		if i%10 == 0 {
			at := r.IntN(len(lot.Makers))
			stage := lot.Makers[at].Stage
			slices.SortStableFunc(lot.Makers, func(a, b catalog.Maker) int { // one stage goes first, its makers in their order
				return map[bool]int{true: 0, false: 1}[a.Stage == stage] - map[bool]int{true: 0, false: 1}[b.Stage == stage]
			})
			if got := moneyOf(split(0, pieces)); !maps.Equal(got, moneyOf(whole)) {
				t.Fatalf("seed %d, %d: another sum when %s is named first", seed, i, stage)
			}
		}
	}
}
