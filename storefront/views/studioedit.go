package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
)

// PieceEdit is the form of what is said of a piece, as it was typed.
type PieceEdit struct {
	catalog.Product // as it is kept
	Facts           catalog.ProductInput
	Days            string            // as typed, where it is no number of days
	Edition         int64             // that the form is about
	Wrong           map[string]string // what is the matter, by field
	Said            string

	// When somebody else saved in between: who, what it changed, and what both changed,
	// with what is saved now.
	By     string
	People People
	At     db.Time
	Other  []Difference
	Both   map[string]string
}

// days are the days until it is sent, as the form shows them.
func (v PieceEdit) days() string {
	if v.Days != "" || v.Facts.LeadDays <= 0 {
		return v.Days
	}
	return itoa(v.Facts.LeadDays)
}

// text is one of the texts of the form in three languages.
func (v PieceEdit) text(name string) catalog.Text {
	switch name {
	case "title":
		return v.Facts.Title
	case "description":
		return v.Facts.Description
	}
	return v.Facts.Care
}

// works are techniques by craft, and what else the piece is said to have.
type works struct {
	craft string
	list  []string
	open  bool
}

func (v PieceEdit) works() []works {
	var out []works
	other := slices.Clone(v.Facts.Techniques)
	for _, craft := range artisans.Crafts {
		w := works{craft: craft, list: catalog.TechniquesOf(craft), open: craft == v.Facts.Craft}
		for _, one := range w.list {
			w.open = w.open || slices.Contains(v.Facts.Techniques, one)
			other = slices.DeleteFunc(other, func(o string) bool { return o == one })
		}
		out = append(out, w)
	}
	if len(other) > 0 {
		out = append(out, works{craft: catalog.ImportCraft, list: other, open: true})
	}
	return out
}

// withOwn are the words to choose from, and the piece's own where it is none of them.
func withOwn(words []string, own string) []string {
	if own == "" || slices.Contains(words, own) {
		return words
	}
	return append(slices.Clone(words), own)
}

// Difference is one thing that is said otherwise than before.
type Difference struct{ Name, Before, After string }

// Differences are what differs in two descriptions of a piece.
func Differences(before, after catalog.ProductInput) []Difference {
	var out []Difference
	now := after.List()
	for i, was := range before.List() {
		if was.Value != now[i].Value {
			out = append(out, Difference{was.Name, was.Value, now[i].Value})
		}
	}
	return out
}

// textNames are the parts of a fact's name that is a text in a language.
func textNames(fact string) (name, language string, ok bool) {
	for _, code := range []string{"en", "hi", "ur"} {
		if name, ok := strings.CutSuffix(fact, "_"+code); ok {
			return name, code, true
		}
	}
	return fact, "", false
}

// factName is how a fact is called.
func (p Page) factName(fact string) string {
	if name, language, ok := textNames(fact); ok {
		return p.T("fact."+name) + ", " + p.T("language."+language)
	}
	if facet, ok := map[string]string{"techniques": "technique"}[fact]; ok {
		fact = facet
	}
	if p.Lang.Has("facet." + fact) {
		return p.T("facet." + fact)
	}
	return p.T("fact." + fact)
}

// factValue is how what is said reads; a text reads as it was written.
func (p Page) factValue(fact, value string) string {
	switch fact {
	case "craft", "garment", "fabric", "colour", "area":
		return p.Word(fact, value)
	case "techniques":
		var out []string
		for _, w := range strings.Fields(value) {
			out = append(out, p.Word("technique", w))
		}
		return p.Lang.List(out)
	case "one_off", "made_to_order":
		if value == "" {
			return p.T("fact.no")
		}
		return p.T("fact.yes")
	}
	return value
}

// foreign is the language of a text that may be another than the page's.
func foreign(fact string) string {
	if _, language, ok := textNames(fact); ok {
		return language
	}
	return ""
}

// PieceHistory is who said and did what with a piece.
type PieceHistory struct {
	catalog.Product
	Editions []catalog.Edition
	Acts     []catalog.Act
	People   People
}

// happened is one thing of a piece's history: what was said, or what was done.
type happened struct {
	At      db.Time
	By      string
	Edition int64 // 0 of what was done
	Changed []Difference
	Act     catalog.Act
}

// events are the history with the newest first.
func (v PieceHistory) events() []happened {
	var out []happened
	for i, e := range v.Editions {
		one := happened{At: e.At, By: e.Actor, Edition: e.No}
		if i+1 < len(v.Editions) {
			one.Changed = Differences(v.Editions[i+1].Facts, e.Facts)
		}
		out = append(out, one)
	}
	for _, a := range v.Acts {
		out = append(out, happened{At: a.At, By: a.Actor, Act: a})
	}
	slices.SortStableFunc(out, func(a, b happened) int { return int(b.At - a.At) })
	return out
}

// did is what was done, in words.
func (p Page) did(a catalog.Act) string {
	if a.Action == "price" {
		return p.T("did.price", "Tag", rupees(a.Tag))
	}
	return p.T("did." + strings.ReplaceAll(a.Action, ".", "_"))
}

// factWord is the word chosen of a kind.
func (v PieceEdit) factWord(kind string) string {
	switch kind {
	case "craft":
		return v.Facts.Craft
	case "garment":
		return v.Facts.Garment
	case "fabric":
		return v.Facts.Fabric
	}
	return v.Facts.Area
}

// invalid marks a field that something is the matter with.
func invalid(wrong map[string]string, field string) templ.Attributes {
	if wrong[field] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": field + "-wrong"}
}

// mostLetters is how long a text may become.
func mostLetters(name string) string {
	if name == "care" {
		return "3000"
	}
	return "20000"
}

// mayEdit reports whether the reader may change what is said of the piece.
func (v PieceView) mayEdit(p Page) bool {
	return v.open() || (v.State != catalog.Archived && p.Actor.Has(auth.Administrator))
}
