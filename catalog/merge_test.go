package catalog_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/catalog"
)

// What one of two people changed is kept; what both changed stays hers and is named.
func TestTwoPeoplesChangesAreJoined(t *testing.T) {
	base := catalog.ProductInput{Title: catalog.Text{En: "Kurta", Hi: "कुर्ता"}, Craft: "chikan", Garment: "kurta", Fabric: "cotton", Colour: "white", Techniques: []string{"murri"}, LeadDays: 5, MadeToOrder: true}
	hers, theirs := base, base
	hers.Title.En, hers.Colour, hers.LeadDays = "White kurta", "ivory", 7
	theirs.Title.Hi, theirs.Colour, theirs.Techniques, theirs.LeadDays = "सफ़ेद कुर्ता", "cream", []string{"phanda", "murri"}, 7
	got, both := catalog.Merge(base, hers, theirs)
	if got.Title.En != "White kurta" || got.Title.Hi != "सफ़ेद कुर्ता" || got.Colour != "ivory" || got.LeadDays != 7 ||
		!slices.Equal(got.Techniques, []string{"murri", "phanda"}) || !slices.Equal(both, []string{"colour"}) {
		t.Errorf("%+v, both changed %v", got, both)
	}
}

// Of any three descriptions: each thing is hers or theirs, what is named differs in
// all three, and who changed nothing takes all of the other's.
func TestJoinedChangesLoseNothing(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "a", "b", "c"})
	some := rapid.Custom(func(t *rapid.T) catalog.ProductInput {
		return catalog.ProductInput{Title: catalog.Text{En: word.Draw(t, "en"), Ur: word.Draw(t, "ur")}, Care: catalog.Text{Hi: word.Draw(t, "care")}, Craft: word.Draw(t, "craft"),
			Techniques: rapid.SampledFrom([][]string{{}, {"x"}, {"x", "y"}}).Draw(t, "techniques"), HSN: word.Draw(t, "hsn"), OneOff: rapid.Bool().Draw(t, "one off"),
			MadeToOrder: rapid.Bool().Draw(t, "made"), LeadDays: rapid.Int64Range(0, 3).Draw(t, "days")}
	})
	rapid.Check(t, func(t *rapid.T) {
		base, hers, theirs := some.Draw(t, "base"), some.Draw(t, "hers"), some.Draw(t, "theirs")
		got, both := catalog.Merge(base, hers, theirs)
		b, h, o, g := base.List(), hers.List(), theirs.List(), got.List()
		for i := range g {
			want := h[i].Value
			if h[i].Value == b[i].Value {
				want = o[i].Value
			}
			named := slices.Contains(both, g[i].Name)
			if g[i].Value != want || named != (h[i].Value != b[i].Value && o[i].Value != b[i].Value && h[i].Value != o[i].Value) {
				t.Fatalf("%s of %q, %q and %q is %q, named %v", g[i].Name, b[i].Value, h[i].Value, o[i].Value, g[i].Value, named)
			}
		}
	})
}

func TestEveryCraftHasItsTechniques(t *testing.T) {
	seen := map[string]string{}
	for _, craft := range artisans.Crafts {
		list := catalog.TechniquesOf(craft)
		if len(list) < 2 {
			t.Errorf("%s has %d techniques", craft, len(list))
		}
		for _, one := range list {
			if seen[one] != "" {
				t.Errorf("%s belongs to %s and %s", one, seen[one], craft)
			}
			seen[one] = craft
		}
	}
}
