package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/money"
)

func TestDisplay(t *testing.T) {
	for p, want := range map[money.Paise]string{
		0: "₹0.00", 5: "₹0.05", 12345678: "₹1,23,456.78", -500: "−₹5.00", 99999: "₹999.99",
		100000: "₹1,000.00", 1234567890123: "₹12,34,56,78,901.23", math.MinInt64: "−₹92,23,37,20,36,85,47,758.08",
	} {
		if got := p.String(); got != want {
			t.Errorf("%d: %s, want %s", int64(p), got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]money.Paise{"0": 0, "1": 100, "12.5": 1250, "1234.56": 123456} {
		if got, err := money.Parse(s); err != nil || got != want {
			t.Errorf("%q: %d %v", s, got, err)
		}
	}
	for _, s := range []string{"", "-1", "1.", ".5", "1.234", "1e3", "१२३", "1,000", " 1", "99999999999999", "+1", "0x1"} {
		if _, err := money.Parse(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestParseUndoesPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := money.Paise(rapid.Int64Range(0, int64(money.Max)).Draw(t, "p"))
		if got, err := money.Parse(p.Plain()); err != nil || got != p {
			t.Fatalf("%s: %d %v", p.Plain(), got, err)
		}
	})
}

func TestOverflowIsRefused(t *testing.T) {
	if _, err := money.Add(math.MaxInt64, 1); !errors.Is(err, money.ErrOverflow) {
		t.Error("Add", err)
	}
	if _, err := money.Add(math.MinInt64, -1); !errors.Is(err, money.ErrOverflow) {
		t.Error("Add below", err)
	}
	if _, err := money.Paise(math.MaxInt64).Times(2); !errors.Is(err, money.ErrOverflow) {
		t.Error("Times", err)
	}
	if _, err := money.Paise(math.MaxInt64).HalfUp(20_000); !errors.Is(err, money.ErrOverflow) {
		t.Error("HalfUp", err)
	}
}

func TestHalfUpIsExactAndMirrored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := money.Paise(rapid.Int64Range(0, int64(money.Max)).Draw(t, "p"))
		bp := money.BasisPoints(rapid.Int64Range(0, 10_000).Draw(t, "bp"))
		got, err := p.HalfUp(bp)
		if err != nil {
			t.Fatal(err)
		}
		want := new(big.Int).Mul(big.NewInt(int64(p)), big.NewInt(int64(bp)))
		want.Add(want, big.NewInt(5000)).Quo(want, big.NewInt(10_000))
		if want.Int64() != int64(got) {
			t.Fatalf("%d of %d: %d, want %s", bp, p, got, want)
		}
		if mirror, _ := (-p).HalfUp(bp); mirror != -got {
			t.Fatalf("−x gives %d, x gives %d", mirror, got)
		}
	})
}

func TestSplitIsWholeFairAndFavoursTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := money.Paise(rapid.Int64Range(-int64(money.Max), int64(money.Max)).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 12).Draw(t, "weights")
		var sum int64
		for _, w := range weights {
			sum += w
		}
		parts, err := money.Split(total, weights)
		if sum == 0 && total != 0 {
			if !errors.Is(err, money.ErrWeights) {
				t.Fatal(err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := money.Sum(parts...); got != total {
			t.Fatalf("parts make %d of %d", got, total)
		}
		for i, p := range parts {
			if sum == 0 {
				continue
			}
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(weights[i])), big.NewInt(sum))
			off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(p)), exact)
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d is %d, exactly %s", i, p, exact.FloatString(3))
			}
			for j := range i {
				if weights[j] == weights[i] && abs(parts[j]) < abs(p) {
					t.Fatalf("equal weights, but %d before %d", parts[j], p)
				}
			}
		}
		mirror, _ := money.Split(-total, weights)
		for i := range parts {
			if mirror[i] != -parts[i] {
				t.Fatalf("mirror of %d is %d", parts[i], mirror[i])
			}
		}
	})
}

func TestPiecesAddUpHoweverTheyAreTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := money.Paise(rapid.Int64Range(0, 10_000_000).Draw(t, "unit"))
		weights := rapid.SliceOfN(rapid.Int64Range(1, 100), 1, 6).Draw(t, "weights")
		n := rapid.Int64Range(1, 50).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		whole, err := money.SplitPieces(unit, weights, 0, n)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := money.SplitPieces(unit, weights, 0, k)
		b, _ := money.SplitPieces(unit, weights, k, n)
		for i := range whole {
			if a[i]+b[i] != whole[i] {
				t.Fatalf("party %d: %d + %d is not %d", i, a[i], b[i], whole[i])
			}
		}
	})
}

func TestThreeSharesOf645(t *testing.T) { // dokan 3324: shares summed to 6.44 of 6.45
	parts, err := money.Split(645, []int64{1, 1, 1})
	if err != nil || parts[0]+parts[1]+parts[2] != 645 {
		t.Fatal(parts, err)
	}
	parts, err = money.Split(100, []int64{1, 1, 1})
	if err != nil || parts[0] != 34 || parts[1] != 33 || parts[2] != 33 {
		t.Fatal("ties go to the first listed", parts, err)
	}
}

func abs(p money.Paise) money.Paise {
	if p < 0 {
		return -p
	}
	return p
}
