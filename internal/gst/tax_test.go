package gst_test

import (
	"errors"
	"fmt"
	"testing"

	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

func TestTaxOn(t *testing.T) {
	for _, c := range []struct {
		taxable    money.Paise
		rate       money.BasisPoints
		interState bool
		want       gst.Tax
	}{
		{10_010, 500, false, gst.Tax{CGST: 250, SGST: 250}},
		{10_010, 500, true, gst.Tax{IGST: 501}},
		{240_000, 500, false, gst.Tax{CGST: 6_000, SGST: 6_000}},
		{240_000, 500, true, gst.Tax{IGST: 12_000}},
		{250_001, 1800, false, gst.Tax{CGST: 22_500, SGST: 22_500}},
		{6_251, 1800, false, gst.Tax{CGST: 563, SGST: 563}},
		{-10_010, 500, true, gst.Tax{IGST: -501}},
	} {
		got, err := gst.TaxOn(c.taxable, c.rate, c.interState)
		if err != nil || got != c.want {
			t.Errorf("tax on %d at %d: %+v, %v; want %+v", c.taxable, c.rate, got, err, c.want)
		}
	}
}

func TestSolveVectors(t *testing.T) {
	for _, c := range []struct {
		tag  money.Paise
		hsn  string
		date string
		want gst.Solved
	}{
		{120_000, "6206", now, gst.Solved{Taxable: 114_286, Rate: 500, Tax: gst.Tax{CGST: 2_857, SGST: 2_857}}},
		{120_300, "6206", now, gst.Solved{Taxable: 114_572, Rate: 500, Tax: gst.Tax{CGST: 2_864, SGST: 2_864}}},
		{252_000, "6206", now, gst.Solved{Taxable: 240_000, Rate: 500, Tax: gst.Tax{CGST: 6_000, SGST: 6_000}}},
		{262_500, "6206", now, gst.Solved{Taxable: 250_000, Rate: 500, Tax: gst.Tax{CGST: 6_250, SGST: 6_250}}},
		{295_001, "6206", now, gst.Solved{Taxable: 250_001, Rate: 1800, Tax: gst.Tax{CGST: 22_500, SGST: 22_500}}},
		{105_000, "6206", old, gst.Solved{Taxable: 100_000, Rate: 500, Tax: gst.Tax{CGST: 2_500, SGST: 2_500}}},
		{112_001, "6206", old, gst.Solved{Taxable: 100_001, Rate: 1200, Tax: gst.Tax{CGST: 6_000, SGST: 6_000}}},
		{270_000, "5208", now, gst.Solved{Taxable: 257_142, Rate: 500, Tax: gst.Tax{CGST: 6_429, SGST: 6_429}}},
		{0, "6206", now, gst.Solved{Rate: 500}},
	} {
		got, err := gst.Default().Solve(c.tag, c.hsn, c.date)
		if err != nil || got != c.want {
			t.Errorf("tag %d: %+v, %v; want %+v", c.tag, got, err, c.want)
		}
	}
}

func TestSolveRefuses(t *testing.T) {
	table := gst.Default()
	for _, c := range []struct {
		tag       money.Paise
		hsn, date string
		want      error
	}{
		{-1, "6206", now, gst.ErrValue},
		{money.Max + 1, "6206", now, money.ErrOverflow},
		{1, "9999", now, gst.ErrNoRate},
		{1, "6206", "today", gst.ErrDate},
		{262_501, "6206", now, gst.ErrDeadZone},
	} {
		if _, err := table.Solve(c.tag, c.hsn, c.date); !errors.Is(err, c.want) {
			t.Errorf("tag %d of %s: %v, want %v", c.tag, c.hsn, err, c.want)
		}
	}
	if got, err := table.Solve(money.Max, "6206", now); err != nil || got.Rounding < 0 || got.Rounding > 2 {
		t.Errorf("the largest tag: %+v, %v", got, err)
	}
}

// Every tag of both dead zones is refused with its two neighbours, and every
// other one is not.
func TestDeadZones(t *testing.T) {
	for _, c := range []struct {
		date         string
		below, above money.Paise
	}{
		{now, 262_500, 295_001},
		{old, 105_000, 112_001},
	} {
		want := []fault.Field{
			{Location: "below_paise", Message: fmt.Sprint(int64(c.below))},
			{Location: "above_paise", Message: fmt.Sprint(int64(c.above))},
		}
		for tag := c.below + 1; tag < c.above; tag++ {
			_, err := gst.Default().Solve(tag, "6206", c.date)
			f := fault.Of(err)
			if !errors.Is(err, gst.ErrDeadZone) || len(f.Fields) != 2 || f.Fields[0] != want[0] || f.Fields[1] != want[1] {
				t.Fatalf("tag %d: %v %+v", tag, err, f)
			}
		}
		for tag, nearest := range map[money.Paise][2]money.Paise{
			c.below: {c.below, c.below}, c.below + 1: {c.below, c.above},
			c.above - 1: {c.below, c.above}, c.above: {c.above, c.above},
		} {
			below, above, err := gst.Default().NearestTags(tag, "6206", c.date)
			if err != nil || [2]money.Paise{below, above} != nearest {
				t.Errorf("nearest to %d: %d, %d, %v; want %d", tag, below, above, err, nearest)
			}
		}
	}
}

// Where a rate falls with the value some tags fit twice: the larger taxable
// value is the one found, and no tag is refused.
func TestFallingRateHasNoDeadZone(t *testing.T) {
	table := load(t, "62,,1000,2025-01-01,,1200,s", "62,1000,,2025-01-01,,500,s")
	for tag := money.Paise(0); tag < 2_000; tag++ {
		s, err := table.Solve(tag, "6206", now)
		if err != nil {
			t.Fatal(err)
		}
		if tag == 1_060 && (s.Rate != 500 || s.Taxable <= 1_000) {
			t.Errorf("tag 1060: %+v", s)
		}
	}
}

// The sweep proves the bounds of rounding for each tag there can be up to
// ₹4,000: 0…2 paise at home, −2…+2 in another State.
func TestRoundingSweep(t *testing.T) {
	const tags = 400_000
	widest := map[bool][2]money.Paise{}
	for _, c := range []struct {
		hsn, date string
		refused   int
	}{
		{"6206", now, 295_000 - 262_500}, // 5 and 18 %
		{"6206", old, 112_000 - 105_000}, // 5 and 12 %
		{"5208", now, 0},                 // 5 %
		{"7117", now, 0},                 // 3 %
	} {
		hsn, refused := c.hsn, 0
		for tag := money.Paise(1); tag <= tags; tag++ {
			s, err := gst.Default().Solve(tag, hsn, c.date)
			if errors.Is(err, gst.ErrDeadZone) {
				refused++
				continue
			}
			if err != nil {
				t.Fatal(tag, err)
			}
			if rate, err := gst.Default().Rate(hsn, s.Taxable, c.date); err != nil || rate != s.Rate {
				t.Fatalf("tag %d: taxable %d has rate %d, solved with %d", tag, s.Taxable, rate, s.Rate)
			}
			if s.Taxable+s.Tax.Total()+s.Rounding != tag || s.Tax.CGST != s.Tax.SGST || s.Tax.IGST != 0 {
				t.Fatalf("tag %d does not add up: %+v", tag, s)
			}
			if next, _ := gst.TaxOn(s.Taxable+1, s.Rate, false); s.Taxable+1+next.Total() <= tag {
				t.Fatalf("tag %d: %d is not the largest taxable value", tag, s.Taxable)
			}
			for _, interState := range []bool{false, true} {
				tax, rounding, err := gst.PieceTax(tag, s.Taxable, s.Rate, interState)
				if err != nil || s.Taxable+tax.Total()+rounding != tag {
					t.Fatalf("tag %d, other State %t: %+v %d %v", tag, interState, tax, rounding, err)
				}
				w := widest[interState]
				widest[interState] = [2]money.Paise{min(w[0], rounding), max(w[1], rounding)}
			}
		}
		if refused != c.refused {
			t.Errorf("%s on %s: %d tags refused, want %d", hsn, c.date, refused, c.refused)
		}
	}
	t.Logf("rounding at home %v, elsewhere %v", widest[false], widest[true])
	if w := widest[false]; w[0] < 0 || w[1] > 2 {
		t.Errorf("rounding at home spans %v", w)
	}
	if w := widest[true]; w[0] < -2 || w[1] > 2 {
		t.Errorf("rounding in another State spans %v", w)
	}
}

// Every tag in paise from ₹2,400 to ₹3,000, at home and in another State, has
// exactly one consistent rate and rounds by 2 paise at most; only ₹2,625.01 to
// ₹2,950.00 are refused, and not before 22-09-2025, when the zone lay elsewhere.
func TestEveryTagAroundTheSlab(t *testing.T) {
	table := gst.Default()
	for _, c := range []struct {
		date     string
		high     money.BasisPoints
		from, to money.Paise
	}{{"2025-09-22", 1800, 262_501, 295_000}, {now, 1800, 262_501, 295_000}, {"2025-09-21", 1200, 1, 0}} {
		for tag := money.Paise(240_000); tag <= 300_000; tag++ {
			s, err := table.Solve(tag, "6206", c.date)
			refused := tag >= c.from && tag <= c.to
			if errors.Is(err, gst.ErrDeadZone) != refused || (err != nil) != refused {
				t.Fatalf("%s, tag %d: %v", c.date, tag, err)
			}
			if refused {
				continue
			}
			consistent := 0
			for _, rate := range []money.BasisPoints{500, c.high} {
				taxable, err := gst.Within(tag, rate)
				if err != nil {
					t.Fatal(err)
				}
				if own, err := table.Rate("6206", taxable, c.date); err == nil && own == rate {
					consistent++
				}
			}
			if consistent != 1 {
				t.Fatalf("%s, tag %d: %d consistent rates", c.date, tag, consistent)
			}
			for _, interState := range []bool{false, true} {
				tax, rounding, err := gst.PieceTax(tag, s.Taxable, s.Rate, interState)
				if err != nil || rounding < -2 || rounding > 2 || s.Taxable+tax.Total()+rounding != tag {
					t.Fatalf("%s, tag %d, inter-State %t: %+v, rounding %d, %v", c.date, tag, interState, s, rounding, err)
				}
			}
		}
	}
	for _, tag := range []money.Paise{50_000, 89_900, 260_000, 299_900, 749_900} {
		for _, hsn := range []string{"6206", "5208", "6304", "7117"} {
			if _, err := table.Solve(tag, hsn, now); err != nil {
				t.Errorf("%d of %s: %v", tag, hsn, err)
			}
		}
	}
}
