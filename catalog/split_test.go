package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"saebaan/catalog"
	"saebaan/internal/money"
)

func paise(p money.Paise) *money.Paise { return &p }

func bp(r money.BasisPoints) *money.BasisPoints { return &r }

// The worked example of a chikan kurta at ₹2,400.00 before tax.
func kurta() []catalog.HeadInput {
	wage := func(stage string, p money.Paise) catalog.HeadInput {
		return catalog.HeadInput{Kind: catalog.Wage, Head: stage, Paise: paise(p), Shares: true}
	}
	cost := func(head string, p money.Paise) catalog.HeadInput {
		return catalog.HeadInput{Kind: catalog.Cost, Head: head, Paise: paise(p)}
	}
	return []catalog.HeadInput{cost("material", 41200), wage("cutting", 3500), wage("block_printing", 4800), wage("embroidery", 121500),
		wage("washing", 4500), wage("tailoring", 11000), wage("finishing", 4000), cost("packing", 3400), cost("shipping", 9500), cost("fee", 5040),
		{Kind: catalog.Trust, Head: "running", Paise: paise(19560)}, {Kind: catalog.Trust, Head: "fund", BasisPoints: bp(500)},
		{Kind: catalog.Makers, Head: "makers"}}
}

func TestComputeTheWorkedExample(t *testing.T) {
	heads, err := catalog.Compute(240000, kurta())
	if err != nil {
		t.Fatal(err)
	}
	var sum money.Paise
	for _, h := range heads {
		sum += h.Paise
		if h.Kind == catalog.Makers && h.Paise != 0 {
			t.Errorf("makers' balance %s", h.Paise)
		}
		if h.Head == "fund" && h.Paise != 12000 {
			t.Errorf("fund %s", h.Paise)
		}
	}
	if sum != 240000 {
		t.Fatalf("heads sum to %s", sum)
	}
}

func TestCardFaults(t *testing.T) {
	less := kurta()[:len(kurta())-1]
	less[0].Paise = paise(41100)
	more := kurta()
	more[0].Paise = paise(41201)
	named := append(kurta()[:len(kurta())-1], catalog.HeadInput{Kind: catalog.Makers, Head: "makers", Paise: paise(5)})
	unshared := []catalog.HeadInput{{Kind: catalog.Wage, Head: "embroidery", Paise: paise(100)}, {Kind: catalog.Makers, Head: "makers"}}
	for name, c := range map[string]struct {
		in   []catalog.HeadInput
		want error
		says string
	}{
		"less than the price":       {less, catalog.ErrCardSum, "₹1.00 less"},
		"a paisa more":              {more, catalog.ErrCardSum, "₹0.01 more"},
		"a balance that is not it":  {named, catalog.ErrCardSum, "₹0.05 more"},
		"no stage shares":           {unshared, catalog.ErrCard, "no stage shares"},
		"margin":                    {[]catalog.HeadInput{{Kind: catalog.Trust, Head: "margin", Paise: paise(240000)}}, catalog.ErrCard, ""},
		"another kind":              {[]catalog.HeadInput{{Kind: "commission", Head: "running", Paise: paise(240000)}}, catalog.ErrCard, ""},
		"twice":                     {[]catalog.HeadInput{{Kind: catalog.Cost, Head: "fee", Paise: paise(1)}, {Kind: catalog.Cost, Head: "fee", Paise: paise(239999)}}, catalog.ErrCard, ""},
		"amount and basis points":   {[]catalog.HeadInput{{Kind: catalog.Cost, Head: "fee", Paise: paise(1), BasisPoints: bp(1)}}, catalog.ErrCard, ""},
		"negative":                  {[]catalog.HeadInput{{Kind: catalog.Cost, Head: "fee", Paise: paise(-1)}}, catalog.ErrCard, ""},
		"more than all":             {[]catalog.HeadInput{{Kind: catalog.Trust, Head: "fund", BasisPoints: bp(10_001)}}, catalog.ErrCard, ""},
		"neither amount nor points": {[]catalog.HeadInput{{Kind: catalog.Cost, Head: "fee"}}, catalog.ErrCard, ""},
	} {
		_, err := catalog.Compute(240000, c.in)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// drawCard draws heads that sum and a lot whose makers cover them.
func drawCard(t *rapid.T) (money.Paise, []catalog.Head, catalog.Ownership) {
	list := money.Paise(rapid.Int64Range(1, 5_000_000).Draw(t, "list"))
	stages := []string{"cutting", "embroidery", "washing", "finishing", "tailoring"}[:rapid.IntRange(1, 5).Draw(t, "stages")]
	left := int64(list)
	var in []catalog.HeadInput
	take := func(name string) *money.Paise {
		p := rapid.Int64Range(0, left).Draw(t, name)
		left -= p
		return paise(money.Paise(p))
	}
	in = append(in, catalog.HeadInput{Kind: catalog.Cost, Head: "material", Paise: take("material")})
	lot := catalog.Ownership{Owner: "art_owner", TrustMaterial: rapid.Bool().Draw(t, "trust material")}
	for i, s := range stages {
		in = append(in, catalog.HeadInput{Kind: catalog.Wage, Head: s, Paise: take(s), Minutes: rapid.Int64Range(0, 500).Draw(t, "minutes"), Shares: i == 0 || rapid.Bool().Draw(t, "shares")})
		for m := range rapid.IntRange(1, 4).Draw(t, "makers") {
			lot.Makers = append(lot.Makers, catalog.Maker{Stage: s, Artisan: "art_" + s + string(rune('a'+m)), Weight: rapid.Int64Range(1, 30).Draw(t, "weight")})
		}
	}
	in = append(in, catalog.HeadInput{Kind: catalog.Trust, Head: "fund", Paise: take("fund")}, catalog.HeadInput{Kind: catalog.Makers, Head: "makers"})
	heads, err := catalog.Compute(list, in)
	if err != nil {
		t.Fatal(err)
	}
	return list, heads, lot
}

func TestSplitIsWholeAndCumulative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, heads, lot := drawCard(t)
		n := rapid.Int64Range(1, 30).Draw(t, "pieces")
		whole, err := catalog.Split(heads, lot, 0, n)
		if err != nil {
			t.Fatal(err)
		}
		var sum money.Paise
		byHead := map[string]money.Paise{}
		for _, s := range whole {
			sum += s.Paise
			byHead[s.Kind+s.Head] += s.Paise
			if s.Paise < 0 {
				t.Fatalf("a share below zero: %+v", s)
			}
			if s.Kind == catalog.Wage && s.Artisan == "" {
				t.Fatalf("a wage without a woman: %+v", s)
			}
		}
		if sum != list*money.Paise(n) {
			t.Fatalf("%d pieces of %d come to %d", n, list, sum)
		}
		for _, h := range heads {
			if h.Kind != catalog.Makers && byHead[h.Kind+h.Head] != h.Paise*money.Paise(n) {
				t.Fatalf("%s %s: %d, want %d", h.Kind, h.Head, byHead[h.Kind+h.Head], h.Paise*money.Paise(n))
			}
		}
		k := rapid.Int64Range(0, n).Draw(t, "k")
		first, _ := catalog.Split(heads, lot, 0, k)
		rest, _ := catalog.Split(heads, lot, k, n)
		for i := range whole {
			if first[i].Paise+rest[i].Paise != whole[i].Paise || first[i].Artisan != whole[i].Artisan {
				t.Fatalf("pieces taken apart come to another sum for %+v", whole[i])
			}
		}
	})
}

func TestSplitByWeights(t *testing.T) {
	heads := []catalog.Head{{Kind: catalog.Wage, Head: "embroidery", Paise: 100, Shares: true}, {Kind: catalog.Cost, Head: "material", Paise: 50}, {Kind: catalog.Makers, Head: "makers", Paise: 7}}
	lot := catalog.Ownership{Owner: "owner", Makers: []catalog.Maker{{Stage: "embroidery", Artisan: "a", Weight: 2}, {Stage: "embroidery", Artisan: "b", Weight: 1}}}
	got, err := catalog.Split(heads, lot, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Share{{Kind: catalog.Wage, Head: "embroidery", Artisan: "a", Paise: 67}, {Kind: catalog.Wage, Head: "embroidery", Artisan: "b", Paise: 33},
		{Kind: catalog.Cost, Head: "material", Artisan: "owner", Paise: 50},
		{Kind: catalog.Makers, Head: "embroidery", Artisan: "a", Paise: 5}, {Kind: catalog.Makers, Head: "embroidery", Artisan: "b", Paise: 2}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("share %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if _, err := catalog.Split(heads, catalog.Ownership{Owner: "owner"}, 0, 1); !errors.Is(err, catalog.ErrLot) {
		t.Errorf("a wage nobody earns: %v", err)
	}
}

// A returned lot is repaid its cost by every sale, whatever the card holds now;
// nobody is credited again, and the shares still sum to the price.
func TestSplitOfAReturnedLot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, heads, lot := drawCard(t)
		lot.Lot, lot.Cost = "lot_back", money.Paise(rapid.Int64Range(0, 2*int64(list)).Draw(t, "cost"))
		n := rapid.Int64Range(1, 30).Draw(t, "pieces")
		shares, err := catalog.Split(heads, lot, 0, n)
		if err != nil {
			t.Fatal(err)
		}
		var sum, repaid money.Paise
		for _, s := range shares {
			sum += s.Paise
			if s.Kind == catalog.StockHead {
				repaid += s.Paise
			}
			if s.Artisan != "" {
				t.Errorf("%s is credited again: %+v", s.Artisan, s)
			}
			if s.Head == "running" && s.Paise < 0 {
				t.Errorf("the running cost bears more than it has: %+v", s)
			}
		}
		if sum != list*money.Paise(n) || repaid != lot.Cost*money.Paise(n) {
			t.Errorf("shares sum to %d of %d, %d of %d is repaid", sum, list*money.Paise(n), repaid, lot.Cost*money.Paise(n))
		}
	})
}

// A commissioned piece repays what it cost first; its makers have had their wages
// and share the balance, with what the cost left over or less what it lacked.
func TestSplitOfACommissionedLot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, heads, lot := drawCard(t)
		lot.Lot, lot.Commissioned, lot.Owner, lot.TrustMaterial = "lot_made", true, "", true
		lot.Cost = money.Paise(rapid.Int64Range(0, 2*int64(list)).Draw(t, "cost"))
		n := rapid.Int64Range(1, 30).Draw(t, "pieces")
		var work, running, balance money.Paise
		for _, h := range heads {
			switch {
			case h.Kind == catalog.Wage, h.Kind == catalog.Cost && h.Head == "material":
				work += h.Paise
			case h.Kind == catalog.Makers:
				balance += h.Paise
			case h.Head == "running":
				running += h.Paise
			}
		}
		lacking := lot.Cost - work
		wantRunning, wantMakers := running-max(0, min(lacking, running)), balance
		if lacking < 0 {
			wantMakers += -lacking
		} else {
			wantMakers -= max(0, min(lacking-(running-wantRunning), balance))
		}
		total := map[string]money.Paise{}
		for k := range n { // one by one, as they are sold
			shares, err := catalog.Split(heads, lot, k, k+1)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range shares {
				total["all"] += s.Paise
				switch {
				case s.Artisan != "" && (s.Kind != catalog.Makers || s.Paise < -1): // largest remainders may take a paisa back
					t.Errorf("%+v", s)
				case s.Artisan != "":
					total["makers"] += s.Paise
				case s.Kind == catalog.StockHead:
					total["stock"] += s.Paise
				case s.Head == "running":
					total["running"] += s.Paise
				}
			}
		}
		pieces := money.Paise(n)
		for what, want := range map[string]money.Paise{"all": list, "stock": lot.Cost, "running": wantRunning, "makers": wantMakers} {
			if total[what] != want*pieces {
				t.Errorf("%s: %d, not %d × %d", what, total[what], want, n)
			}
		}
	})
}
