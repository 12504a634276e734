package views

import (
	"saebaan/artisans"
	"saebaan/internal/words"
	"saebaan/payouts"
)

// owedWords is what she is owed in words.
func owedWords(p Page, h payouts.Hers) string { return words.Rupees(h.Owed, p.Lang.Code) }

// CardView is an artisan's newest card for who issues it.
type CardView struct {
	artisans.PrintedCard        // without a card when it has no id
	Today                string // business date
	QR                   string // of a card that may be printed, as SVG
	Wrong                string // what was the matter with the form
}

// state is where the card stands, "" when there is none.
func (v CardView) state() artisans.CardState {
	if v.Card.ID == "" {
		return ""
	}
	return v.Card.State(v.Today)
}

// cardYears are the spans that a card is issued for.
var cardYears = []int64{1, 2, 3, 5, 10}
