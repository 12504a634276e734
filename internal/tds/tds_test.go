package tds_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/money"
	"saebaan/internal/tds"
)

func contract(t testing.TB, date string) tds.Rule {
	t.Helper()
	for _, r := range tds.At(date) {
		if r.Nature == "contract" {
			return r
		}
	}
	t.Fatalf("no rule on %s", date)
	return tds.Rule{}
}

func TestTheActOf2025IsInForceFromApril2026(t *testing.T) {
	if len(tds.At("2017-06-30")) != 0 {
		t.Error("a rule before any")
	}
	for date, section := range map[string]string{"2017-07-01": "194C", "2026-03-31": "194C", "2026-04-01": "393(1)", "2030-01-01": "393(1)"} {
		if got := contract(t, date); got.Section != section || len(tds.At(date)) != 1 || got.Source == "" {
			t.Errorf("%s: %s of %d", date, got.Section, len(tds.At(date)))
		}
	}
	r := contract(t, "2026-11-22")
	if sum, err := r.Credited(map[string]money.Paise{"wage": 1, "balance": 20, "job": 300, "material": 4000}); err != nil || sum != 321 {
		t.Errorf("credited %d, %v: her own material is no work", sum, err)
	}
	for _, bad := range []string{"", "a,b\n1,2\n", "nature,from,section,code,credits,rate_bp,rate_no_pan_bp,single_paise,yearly_paise,round_paise,source\nx,2026-04-01,s,c,wage,1e2,0,0,0,1,s\n",
		"nature,from,section,code,credits,rate_bp,rate_no_pan_bp,single_paise,yearly_paise,round_paise,source\nx,2026-04-01,s,c,wage,1,0,0,0,0,s\n"} {
		if _, err := tds.Parse(bad); err == nil {
			t.Errorf("read %q", bad)
		}
	}
}

func TestThresholdsAndRates(t *testing.T) {
	r := contract(t, "2026-11-22")
	for _, c := range []struct {
		name    string
		year    tds.Year
		payment money.Paise
		pan     bool
		tax     money.Paise
	}{
		{"under both", tds.Year{Gross: 99_000_00}, 30_000_00, true, 0},
		{"exactly the year", tds.Year{Gross: 1_00_000_00}, 1000, true, 0},
		{"a paisa above the year: all of it", tds.Year{Gross: 1_00_000_01}, 1000, true, 1000_00},
		{"the same without a PAN", tds.Year{Gross: 1_00_000_01}, 1000, false, 20_000_00},
		{"exactly a payment", tds.Year{Gross: 50_000_00}, 30_000_00, true, 0},
		{"a payment above: it alone", tds.Year{Gross: 50_000_00}, 30_000_01, true, 300_00},
		{"that payment came back and goes out again", tds.Year{Gross: 50_000_00, Seen: 50_000_00, Tax: 300_00}, 30_000_01, true, 0},
		{"it goes out again with a little that is new", tds.Year{Gross: 60_000_00, Seen: 45_000_00, Tax: 300_00}, 45_000_00, true, 0},
		{"later the year is crossed: less what was deducted", tds.Year{Gross: 1_20_000_00, Seen: 30_000_01, Tax: 300_00}, 100, true, 900_00},
		{"a PAN given later gives nothing back", tds.Year{Gross: 1_20_000_00, Seen: 1_10_000_00, Tax: 22_000_00}, 10_000_00, true, 0},
		{"half a rupee rounds up", tds.Year{Gross: 1_00_050_00}, 1, true, 1001_00},
		{"credits were reversed under what was taxed", tds.Year{Gross: 20_000_00, Seen: 40_000_00, Tax: 400_00}, 35_000_00, true, 0},
	} {
		tax, after, err := r.Due(c.year, c.payment, c.pan)
		if err != nil || tax != c.tax || after.Tax != c.year.Tax+tax || after.Gross != c.year.Gross {
			t.Errorf("%s: %s, %+v, %v", c.name, tax, after, err)
		}
		if again, _, _ := r.Due(after, c.payment, c.pan); again != 0 {
			t.Errorf("%s: asked again it is %s more", c.name, again)
		}
	}
}

// However a year's credits are cut into payments, once the year is crossed its
// tax is that of the whole, and no payment is taxed twice.
func TestTheYearsTaxDoesNotDependOnThePayments(t *testing.T) {
	r := contract(t, "2026-11-22")
	rapid.Check(t, func(t *rapid.T) {
		pan := rapid.Bool().Draw(t, "pan")
		credits := rapid.SliceOfN(rapid.Int64Range(1, 40_000_00), 1, 30).Draw(t, "credits")
		var y tds.Year
		var payable, taxed money.Paise
		for _, c := range credits {
			y.Gross += money.Paise(c)
			payable += money.Paise(c)
			if rapid.Bool().Draw(t, "not paid yet") {
				continue
			}
			tax, after, err := r.Due(y, payable, pan)
			if err != nil || tax < 0 || after.Seen > after.Gross {
				t.Fatalf("%s, %+v, %v", tax, after, err)
			}
			y, taxed = after, taxed+tax
			if !rapid.Bool().Draw(t, "the bank sends it back") {
				payable = 0
			}
		}
		if y.Tax != taxed {
			t.Fatalf("kept %s, deducted %s", y.Tax, taxed)
		}
		tax, after, err := r.Due(y, 1, pan)
		if err != nil {
			t.Fatal(err)
		}
		if y.Gross <= r.Yearly {
			if tax != 0 {
				t.Fatalf("%s for a paisa under the threshold", tax)
			}
			return
		}
		rate := r.Rate
		if !pan {
			rate = r.RateNoPAN
		}
		whole, _ := y.Gross.HalfUp(rate)
		whole = (whole + 50) / 100 * 100
		slack := money.Paise(50 * len(credits)) // each single payment was rounded on its own
		if after.Tax < whole || after.Tax > whole+slack {
			t.Fatalf("%s for the year, the whole is %s", after.Tax, whole)
		}
	})
}

func TestNearItsThresholdAPANIsAskedFor(t *testing.T) {
	r := contract(t, "2026-11-22")
	var near []bool
	for _, gross := range []money.Paise{79_999_00, 80_000_00, 80_000_01, 1_50_000_00} {
		near = append(near, r.Near(tds.Year{Gross: gross}))
	}
	if !slices.Equal(near, []bool{false, false, true, true}) {
		t.Error(near)
	}
}
