package views

import (
	"saebaan/catalog"
)

// CollectionForm is a collection as it was typed; a new one has no id.
type CollectionForm struct {
	catalog.Collection
	Slug         string
	Title, About catalog.Text
	BySearch     bool
	Pieces       string // one to a line
	Address      string // of a list in the shop
	From, To     string
	Cover        string

	Wrong   map[string]string // what is the matter, by field
	Unknown string            // the name of no piece
	Said    string
	Preview catalog.Found
}

// season says on which days a collection is shown.
func (p Page) season(c catalog.Collection) string {
	switch {
	case c.From != "" && c.To != "":
		return p.T("collection.from_to", "From", p.Lang.Day(c.From), "To", p.Lang.Day(c.To))
	case c.From != "":
		return p.T("collection.from_day", "From", p.Lang.Day(c.From))
	case c.To != "":
		return p.T("collection.to_day", "To", p.Lang.Day(c.To))
	}
	return p.T("collection.always")
}

// standsOn is where a collection stands on a day.
func standsOn(c catalog.Collection, today string) string {
	switch {
	case c.EndedAt != nil:
		return "ended"
	case c.Open(today):
		return "open"
	case c.From > today:
		return "later"
	}
	return "over"
}

// action is where the form is sent.
func (v CollectionForm) action() string {
	if v.ID == "" {
		return "/studio/collections"
	}
	return "/studio/collections/" + v.ID
}

// nextOf is the address of the next page of a collection.
func nextOf(c catalog.Collection, cursor string) string {
	return "/collections/" + c.Slug + "?after=" + cursor
}
