package catalog

import (
	"slices"
	"strconv"
	"strings"
)

// Fact is one thing that is said of a piece, as text: yes and no are "true" and "".
type Fact struct{ Name, Value string }

// List is what is said of a piece, one thing after another; a text in three
// languages is three, such as title_hi.
func (in ProductInput) List() []Fact {
	var out []Fact
	for _, t := range []struct {
		name string
		Text
	}{{"title", in.Title}, {"description", in.Description}, {"care", in.Care}} {
		out = append(out, Fact{t.name + "_en", t.En}, Fact{t.name + "_hi", t.Hi}, Fact{t.name + "_ur", t.Ur})
	}
	yes := func(b bool) string {
		if b {
			return "true"
		}
		return ""
	}
	days := ""
	if in.LeadDays > 0 {
		days = strconv.FormatInt(in.LeadDays, 10)
	}
	return append(out, Fact{"craft", in.Craft}, Fact{"techniques", strings.Join(slices.Sorted(slices.Values(in.Techniques)), " ")}, Fact{"garment", in.Garment},
		Fact{"fabric", in.Fabric}, Fact{"colour", in.Colour}, Fact{"area", in.Area}, Fact{"hsn", in.HSN}, Fact{"one_off", yes(in.OneOff)},
		Fact{"made_to_order", yes(in.MadeToOrder)}, Fact{"lead_days", days})
}

// Merge joins two people's changes of the same edition: what only one of them
// changed is as she made it; what both changed stays hers and is named.
func Merge(base, hers, theirs ProductInput) (ProductInput, []string) {
	out := hers
	var both []string
	for _, t := range []struct {
		name         string
		base, theirs Text
		out          *Text
	}{{"title", base.Title, theirs.Title, &out.Title}, {"description", base.Description, theirs.Description, &out.Description}, {"care", base.Care, theirs.Care, &out.Care}} {
		both = settle(both, t.name+"_en", [2]string{t.base.En, t.theirs.En}, &t.out.En)
		both = settle(both, t.name+"_hi", [2]string{t.base.Hi, t.theirs.Hi}, &t.out.Hi)
		both = settle(both, t.name+"_ur", [2]string{t.base.Ur, t.theirs.Ur}, &t.out.Ur)
	}
	both = settle(both, "craft", [2]string{base.Craft, theirs.Craft}, &out.Craft)
	joined := func(in ProductInput) string { return strings.Join(slices.Sorted(slices.Values(in.Techniques)), " ") }
	works := joined(hers)
	both = settle(both, "techniques", [2]string{joined(base), joined(theirs)}, &works)
	out.Techniques = strings.Fields(works)
	both = settle(both, "garment", [2]string{base.Garment, theirs.Garment}, &out.Garment)
	both = settle(both, "fabric", [2]string{base.Fabric, theirs.Fabric}, &out.Fabric)
	both = settle(both, "colour", [2]string{base.Colour, theirs.Colour}, &out.Colour)
	both = settle(both, "area", [2]string{base.Area, theirs.Area}, &out.Area)
	both = settle(both, "hsn", [2]string{base.HSN, theirs.HSN}, &out.HSN)
	both = settle(both, "one_off", [2]bool{base.OneOff, theirs.OneOff}, &out.OneOff)
	both = settle(both, "made_to_order", [2]bool{base.MadeToOrder, theirs.MadeToOrder}, &out.MadeToOrder)
	return out, settle(both, "lead_days", [2]int64{base.LeadDays, theirs.LeadDays}, &out.LeadDays)
}

// settle takes one thing from whoever changed it, of was and theirs and hers in out.
func settle[T comparable](both []string, name string, was [2]T, out *T) []string {
	base, theirs := was[0], was[1]
	switch {
	case *out == theirs, theirs == base:
	case *out == base:
		*out = theirs
	default:
		both = append(both, name)
	}
	return both
}
