package views

import (
	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/openbooks"
)

// sum is an amount of an open book.
func sum(m openbooks.BookMoney) string { return money.Paise(m.Amount).String() }

// openHead is the name of a head.
func (p Page) openHead(h openbooks.BookHead) string { return p.head(part{kind: h.Kind, head: h.Head}) }

// openWork is what a maker's share is for.
func (p Page) openWork(s openbooks.BookShare) string {
	switch s.Kind {
	case catalog.Wage:
		return p.Word("stage", s.Stage)
	case catalog.Makers:
		return p.Word("head", "makers") + " · " + p.Word("stage", s.Stage)
	}
	return p.Word("head", s.Stage)
}

// openText is a text in the page's language.
func (p Page) openText(t openbooks.BookText) string { return p.In(catalog.Text(t)) }
