package payouts

import (
	"saebaan/internal/money"
)

// Terms are what the trust has decided about payments to artisans (DESIGN §4.4).
type Terms struct {
	Minimum  money.Paise       // a smaller net is carried to the next run
	Recovery money.BasisPoints // of what is left after tax, at most for advances
	TakeHome money.BasisPoints // of what is left after tax, at least for her
	Bank     BankTerms
}

// DefaultTerms hold until the trust decides otherwise: ₹100, 25 % and 50 %.
func DefaultTerms() Terms { return Terms{Minimum: 10_000, Recovery: 2_500, TakeHome: 5_000} }

// The kinds of deductions, in the order in which they are taken.
const (
	KindTDS     = "tds"
	KindSavings = "savings" // to her group, under her consent
	KindLoan    = "loan"    // a repayment to her group, under her consent
	KindAdvance = "advance"
)

// Deduction is one thing that is taken from a payment, and for what.
type Deduction struct {
	ItemID string      `db:"item_id"`
	Pos    int64       `db:"pos"`
	Kind   string      `db:"kind"`
	Of     string      `db:"of_id"` // the advance, the consent, or the nature of the tax
	Year   string      `db:"year"`  // financial year of the tax
	Group  string      `db:"group_id"`
	Seen   money.Paise `db:"seen_paise"` // credits that the tax was reckoned for
	Paise  money.Paise `db:"paise"`
}

// Agreed is a deduction for her group that she has consented to, as far as it
// goes in this run.
type Agreed struct {
	Consent string
	Group   string
	Kind    string // KindSavings or KindLoan
	Rate    money.BasisPoints
	Most    money.Paise // per run
	Left    money.Paise // until the total she agreed to
}

// Outstanding is what is left of an advance.
type Outstanding struct {
	Advance string
	Left    money.Paise
}

// Owed is what a payment is reckoned from. Tax stands first and is taken in full
// as far as the money goes; groups and advances in their order.
type Owed struct {
	Available money.Paise
	Tax       []Deduction
	Agreed    []Agreed
	Advances  []Outstanding
}

// Reckoned is what becomes of what a woman is owed: gross = net + deductions. A
// Carried reason means that nothing is paid and nothing is deducted.
type Reckoned struct {
	Gross      money.Paise
	Net        money.Paise
	Deductions []Deduction
	Carried    string
}

// Reckon divides what is available: tax first, then what she agreed to give her
// group, then advances, each as far as her take-home allows. It is pure.
func (t Terms) Reckon(o Owed) Reckoned {
	out := Reckoned{Gross: max(0, o.Available)}
	if o.Available <= 0 {
		out.Carried = Negative
		return out
	}
	left := o.Available
	take := func(d Deduction, most money.Paise) {
		if d.Paise = max(0, min(d.Paise, most)); d.Paise == 0 && d.Seen == 0 {
			return
		}
		left -= d.Paise
		d.Pos = int64(len(out.Deductions) + 1)
		out.Deductions = append(out.Deductions, d)
	}
	for _, d := range o.Tax {
		take(d, left)
	}
	after := left
	floor := share(after, t.TakeHome, 9_999)
	for _, a := range o.Agreed {
		wanted := a.Most
		if a.Rate > 0 {
			wanted = min(wanted, share(after, a.Rate, 0))
		}
		take(Deduction{Kind: a.Kind, Of: a.Consent, Group: a.Group, Paise: wanted}, min(a.Left, left-floor))
	}
	recovery := share(after, t.Recovery, 0)
	for _, a := range o.Advances {
		before := left
		take(Deduction{Kind: KindAdvance, Of: a.Advance, Paise: a.Left}, min(recovery, left-floor))
		recovery -= before - left
	}
	if left < t.Minimum {
		return Reckoned{Gross: out.Gross, Carried: UnderMinimum}
	}
	out.Net = left
	return out
}

// share is a rate of an amount; up is 0 to round down and 9,999 to round up.
func share(of money.Paise, rate money.BasisPoints, up int64) money.Paise {
	whole, rest := int64(of)/10_000, int64(of)%10_000
	return money.Paise(whole*int64(rate) + (rest*int64(rate)+up)/10_000)
}
