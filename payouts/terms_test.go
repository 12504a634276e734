package payouts_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/money"
	"saebaan/payouts"
)

func TestReckoningByHand(t *testing.T) {
	terms := payouts.DefaultTerms()
	tax := []payouts.Deduction{{Kind: payouts.KindTDS, Of: "contract", Year: "26-27", Seen: 100_000, Paise: 1_000}}
	savings := payouts.Agreed{Consent: "dcn_1", Group: "grp_1", Kind: payouts.KindSavings, Rate: 500, Most: 10_000, Left: money.Max}
	for _, c := range []struct {
		name    string
		owed    payouts.Owed
		net     money.Paise
		taken   string
		carried string
	}{
		{"all of it", payouts.Owed{Available: 100_000}, 100_000, "", ""},
		{"tax first, then a rate of the rest", payouts.Owed{Available: 100_000, Tax: tax, Agreed: []payouts.Agreed{savings}}, 94_050, "tds 1000 savings 4950", ""},
		{"no more than she agreed in a run", payouts.Owed{Available: 1_000_000, Agreed: []payouts.Agreed{savings}}, 990_000, "savings 10000", ""},
		{"no more than she agreed in all", payouts.Owed{Available: 100_000, Agreed: []payouts.Agreed{{Consent: "d", Group: "g", Kind: payouts.KindLoan, Most: 5_000, Left: 700}}}, 99_300, "loan 700", ""},
		{"a quarter for advances, oldest first", payouts.Owed{Available: 100_000, Advances: []payouts.Outstanding{{"adv_1", 20_000}, {"adv_2", 20_000}}}, 75_000, "advance 20000 advance 5000", ""},
		{"what is left of an advance", payouts.Owed{Available: 100_000, Advances: []payouts.Outstanding{{"adv_1", 300}}}, 99_700, "advance 300", ""},
		{"half of it is hers", payouts.Owed{Available: 100_001, Agreed: []payouts.Agreed{{Consent: "d", Group: "g", Kind: payouts.KindLoan, Most: 90_000, Left: 90_000}}, Advances: []payouts.Outstanding{{"adv_1", 90_000}}},
			50_001, "loan 50000", ""},
		{"a net under the minimum takes nothing", payouts.Owed{Available: 10_500, Tax: tax}, 0, "", payouts.UnderMinimum},
		{"exactly the minimum", payouts.Owed{Available: 11_000, Tax: tax}, 10_000, "tds 1000", ""},
		{"a debt", payouts.Owed{Available: -5, Advances: []payouts.Outstanding{{"adv_1", 300}}}, 0, "", payouts.Negative},
		{"no tax, but credits that it was reckoned for", payouts.Owed{Available: 20_000, Tax: []payouts.Deduction{{Kind: payouts.KindTDS, Of: "contract", Seen: 20_000}}}, 20_000, "tds 0", ""},
	} {
		got := terms.Reckon(c.owed)
		taken := ""
		for _, d := range got.Deductions {
			taken += fmt.Sprintf("%s %d ", d.Kind, int64(d.Paise))
		}
		if got.Net != c.net || taken != c.taken+map[bool]string{true: " "}[c.taken != ""] || got.Carried != c.carried {
			t.Errorf("%s: net %d, %q, %q", c.name, int64(got.Net), taken, got.Carried)
		}
	}
}

// Whatever is owed: gross = net + deductions, her take-home is kept, no more is
// recovered than was advanced or agreed, and what is carried has no deductions.
func TestReckoningKeepsHerShare(t *testing.T) {
	paise := func(most int64) *rapid.Generator[money.Paise] {
		return rapid.Map(rapid.OneOf(rapid.Int64Range(0, 30_000), rapid.Int64Range(0, most)), func(n int64) money.Paise { return money.Paise(n) })
	}
	rapid.Check(t, func(t *rapid.T) {
		terms := payouts.Terms{Minimum: paise(50_000).Draw(t, "minimum"), Recovery: money.BasisPoints(rapid.Int64Range(0, 10_000).Draw(t, "recovery")),
			TakeHome: money.BasisPoints(rapid.Int64Range(0, 10_000).Draw(t, "take home"))}
		owed := payouts.Owed{Available: paise(int64(money.Max)).Draw(t, "available") - paise(100).Draw(t, "debt")}
		if rapid.Bool().Draw(t, "taxed") {
			owed.Tax = []payouts.Deduction{{Kind: payouts.KindTDS, Of: "contract", Paise: paise(1_000_000).Draw(t, "tax")}}
		}
		limits := map[string]money.Paise{}
		for i := range rapid.IntRange(0, 3).Draw(t, "consents") {
			a := payouts.Agreed{Consent: fmt.Sprint("dcn_", i), Group: "grp_1", Kind: rapid.SampledFrom([]string{payouts.KindSavings, payouts.KindLoan}).Draw(t, "kind"),
				Rate: money.BasisPoints(rapid.Int64Range(0, 10_000).Draw(t, "rate")), Most: paise(1_000_000).Draw(t, "most"), Left: paise(1_000_000).Draw(t, "left")}
			owed.Agreed = append(owed.Agreed, a)
			limits[a.Consent] = min(a.Most, a.Left)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "advances") {
			a := payouts.Outstanding{Advance: fmt.Sprint("adv_", i), Left: paise(1_000_000).Draw(t, "advanced")}
			owed.Advances = append(owed.Advances, a)
			limits[a.Advance] = a.Left
		}
		got := terms.Reckon(owed)
		if got.Carried != "" {
			if got.Net != 0 || len(got.Deductions) != 0 {
				t.Fatalf("carried, and yet %+v", got)
			}
			return
		}
		sum, recovered, tax := got.Net, money.Paise(0), money.Paise(0)
		for _, d := range got.Deductions {
			sum += d.Paise
			switch {
			case d.Kind == payouts.KindTDS:
				tax += d.Paise
			case d.Paise > limits[d.Of]:
				t.Fatalf("%+v, agreed or advanced were %s", d, limits[d.Of])
			}
			if d.Paise < 0 || d.Kind != payouts.KindTDS && d.Paise == 0 {
				t.Fatalf("an empty deduction: %+v", d)
			}
			if d.Kind == payouts.KindAdvance {
				recovered += d.Paise
			}
		}
		after := owed.Available - tax
		rate := func(of money.Paise, bp money.BasisPoints) (whole, rest int64) { // of = whole·10,000/bp, exactly
			return int64(of) / 10_000 * int64(bp), int64(of) % 10_000 * int64(bp)
		}
		whole, rest := rate(after, terms.Recovery)
		if sum != owed.Available || got.Gross != owed.Available || int64(recovered) > whole+rest/10_000 || got.Net < terms.Minimum {
			t.Fatalf("%+v of %+v by %+v", got, owed, terms)
		}
		whole, rest = rate(after, terms.TakeHome)
		if hers := int64(got.Net) - whole; hers < rest/10_000 || hers == rest/10_000 && rest%10_000 > 0 {
			t.Fatalf("she takes home %s of %s at %d basis points", got.Net, after, terms.TakeHome)
		}
	})
}
