package catalog

import (
	"regexp"
	"slices"
	"strings"

	"saebaan/artisans"
)

// ProductInput describes a piece or design to list.
type ProductInput struct {
	Title       Text
	Description Text
	Care        Text // how to wash and keep it
	Area        string
	Craft       string
	Garment     string
	Fabric      string
	Colour      string
	Techniques  []string
	HSN         string // chosen by the person who lists it
	OneOff      bool
	MadeToOrder bool  // made after it is ordered: no return but for a defect or the carrier's fault
	LeadDays    int64 // until such a piece is sent; 0 is not said
}

// tidy takes away what carries no meaning.
func (in *ProductInput) tidy() {
	for _, t := range []*Text{&in.Title, &in.Description, &in.Care} {
		t.En, t.Hi, t.Ur = strings.TrimSpace(t.En), strings.TrimSpace(t.Hi), strings.TrimSpace(t.Ur)
	}
	in.Techniques = slices.Compact(slices.Sorted(slices.Values(in.Techniques)))
}

// ImportCraft files an imported piece that is no craft of the trust's.
const ImportCraft = "other"

var wordForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// check names everything that cannot be said of a piece, field by field.
func (in ProductInput) check(imported bool) error {
	wrong := ErrProduct
	if strings.TrimSpace(in.Title.En) == "" || len(in.Title.En) > 300 || len(in.Title.Hi) > 900 || len(in.Title.Ur) > 900 {
		wrong = wrong.At("title", "is missing or longer than 300 characters")
	}
	if len(in.Description.En) > 20_000 || len(in.Description.Hi) > 20_000 || len(in.Description.Ur) > 20_000 {
		wrong = wrong.At("description", "is longer than 20,000 bytes")
	}
	if len(in.Care.En) > 3_000 || len(in.Care.Hi) > 3_000 || len(in.Care.Ur) > 3_000 {
		wrong = wrong.At("care", "is longer than 3,000 bytes")
	}
	if in.LeadDays < 0 || in.LeadDays > 365 || (in.LeadDays > 0 && !in.MadeToOrder) {
		wrong = wrong.At("lead_days", "0 to 365 days, of a piece that is made to order")
	}
	for _, w := range []struct{ field, word string }{{"garment", in.Garment}, {"fabric", in.Fabric}, {"colour", in.Colour}} {
		if !wordForm.MatchString(w.word) {
			wrong = wrong.At(w.field, "is a lower-case word such as kurta, cotton or white")
		}
	}
	if len(in.Techniques) > mostTechniques || slices.ContainsFunc(in.Techniques, func(w string) bool { return !wordForm.MatchString(w) }) {
		wrong = wrong.At("techniques", "are at most 20 lower-case words such as bakhiya")
	}
	switch {
	case len(wrong.Fields) > 0:
		return wrong
	case !slices.Contains(artisans.Areas, in.Area):
		return artisans.ErrArea
	case !slices.Contains(artisans.Crafts, in.Craft) && !(imported && in.Craft == ImportCraft):
		return artisans.ErrCraft
	}
	return nil
}

const mostTechniques = 20
