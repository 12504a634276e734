package payouts

import (
	"slices"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// Became is what has become of what artisans were promised, in paise. Promised is
// the sum of all the others, which Rest checks.
type Became struct {
	Promised money.Paise `db:"promised_paise"`   // credited by sales and acceptances
	Reversed money.Paise `db:"reversed_paise"`   // taken back with returned pieces
	Paid     money.Paise `db:"paid_paise"`       // confirmed by the bank in the same financial year
	Later    money.Paise `db:"later_paise"`      // confirmed after it
	Tax      money.Paise `db:"tax_paise"`        // deducted at source
	Group    money.Paise `db:"group_paise"`      // given to her group
	Advance  money.Paise `db:"advance_paise"`    // worked off
	OnTheWay money.Paise `db:"on_the_way_paise"` // in a payment that is not confirmed
	Held     money.Paise `db:"held_paise"`       // until the time for returns, or a dispute, is over
	Payable  money.Paise `db:"payable_paise"`    // in no payment; below zero, what she was paid for pieces that came back
}

// Rest is Promised less all that has become of it: zero.
func (b Became) Rest() money.Paise {
	return b.Promised - b.Reversed - b.Paid - b.Later - b.Tax - b.Group - b.Advance - b.OnTheWay - b.Held - b.Payable
}

// Promise is what an artisan was promised in a financial year for one kind of
// work, and what has become of it.
type Promise struct {
	Artisan string `db:"artisan_id"`
	Year    string `db:"year"` // 2026-27
	Head    string `db:"head"` // nature of the work: wage:<stage>, balance:<stage>, material
	Became
}

// YearOf is the financial year of a business date, like 2026-27.
func YearOf(date string) string { return "20" + gst.FinancialYear(date) }

// Promises follows every credit of some artisans through the book as it was
// sealed up to a block, by the rule of Parts: what is taken back uses up the
// credit of the same piece, and a payment the oldest ones. A payment's deductions
// fall on the credits it used up in proportion. It asks nobody's permission:
// callers show sums over several women, never one of them.
func Promises(tx *db.Tx, artisans []string, block int64) ([]Promise, error) {
	var rows []touch
	if err := tx.Select(&rows, `
		SELECT p.artisan_id, p.account, p.line_id, e.id AS entry_id, e.reference, s.block, e.business_date, e.kind, e.reason,
			p.nature, p.order_id, p.lot_id, -p.paise AS paise
		FROM postings p
		JOIN entries e ON e.id = p.entry_id
		JOIN seals s ON s.entry_id = p.entry_id
		WHERE p.artisan_id IN (`+db.List(2, len(artisans))+`) AND s.block <= $1
		ORDER BY p.artisan_id, s.block, s.pos, p.pos`, db.Args(artisans, block)...); err != nil {
		return nil, err
	}
	var out []Promise
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(t touch) bool { return t.Artisan != rows[0].Artisan })
		if n < 0 {
			n = len(rows)
		}
		found, err := promisesOf(rows[:n])
		if err != nil {
			return nil, err
		}
		out, rows = append(out, found...), rows[n:]
	}
	return out, nil
}

// touch is a posting that names an artisan; its amount is what it credits.
type touch struct {
	Artisan string         `db:"artisan_id"`
	Account ledger.Account `db:"account"`
	Line    string         `db:"line_id"`
	Part
}

// piece is what is held of one kind of work until it is released.
type piece struct{ order, line, lot, nature string }

// origin is where a sum was promised.
type origin struct{ year, head string }

// span is an amount with its origin. Spans are used up from the front.
type span struct {
	from  origin
	paise money.Paise
}

// paying is what the book says of one payment, by the entries about it.
type paying struct {
	tax, group, advance money.Paise
	claimed             bool
	paidOn              string // "" while the bank has not confirmed it
	back                Credit // what a bank sent back
}

// promises follows the credits of one artisan.
type promises struct {
	artisan  string
	became   map[origin]*Became
	held     map[piece][]span
	credits  map[Credit][]span // what of each credit is not used up yet
	payments map[string]*paying
	order    []string // of the claims and holds
	moves    []Part   // of what is payable
}

func promisesOf(rows []touch) ([]Promise, error) {
	p := promises{artisan: rows[0].Artisan, became: map[origin]*Became{}, held: map[piece][]span{}, credits: map[Credit][]span{}, payments: map[string]*paying{}}
	for _, t := range rows {
		p.enter(t)
	}
	open, claimed := follow(p.moves)
	for _, item := range p.order {
		if parts := claimed[item]; parts != nil {
			delete(claimed, item)
			if err := p.settle(p.payments[item], parts); err != nil {
				return nil, err
			}
		}
	}
	p.rest(open)
	out := make([]Promise, 0, len(p.became))
	for from, b := range p.became {
		if *b != (Became{}) {
			out = append(out, Promise{p.artisan, from.year, from.head, *b})
		}
	}
	slices.SortFunc(out, func(a, b Promise) int { return strings.Compare(a.Year+a.Head, b.Year+b.Head) })
	return out, nil
}

func (p *promises) of(from origin) *Became {
	if p.became[from] == nil {
		p.became[from] = &Became{}
	}
	return p.became[from]
}

// about is the payment, or the dispute, that an entry's reference names.
func (p *promises) about(reference string) *paying {
	_, item, _ := strings.Cut(reference, ":")
	item, _, _ = strings.Cut(item, ":")
	if p.payments[item] == nil {
		p.payments[item] = &paying{}
		p.order = append(p.order, item)
	}
	return p.payments[item]
}

// enter notes one posting: on what is held, on what is payable, or where a
// payment's money went.
func (p *promises) enter(t touch) {
	switch t.Account {
	case ledger.Held(p.artisan):
		p.hold(t)
		return
	case ledger.Payable(p.artisan):
		p.pay(t)
		return
	}
	kind, _, _ := strings.Cut(t.Reference, ":")
	if t.Nature != payoutNature || (kind != "claim" && kind != string(ItemPaid)) {
		return
	}
	pay := p.about(t.Reference)
	account := string(t.Account)
	switch {
	case kind == string(ItemPaid):
		pay.paidOn = t.BusinessDate
	case strings.HasPrefix(account, "liability:tds:"):
		pay.tax += t.Paise
	case strings.HasPrefix(account, "liability:group:"):
		pay.group += t.Paise
	case strings.HasPrefix(account, "asset:advance:"):
		pay.advance += t.Paise
	}
}

// hold credits what a sale promises, and takes back what a return reverses before
// its release. What a dispute holds is followed as a payment is.
func (p *promises) hold(t touch) {
	if t.Kind == "freeze" || t.Kind == "unfreeze" || t.Kind == "release" {
		return
	}
	at := piece{t.Order, t.Line, t.Lot, t.Nature}
	if t.Paise > 0 {
		from := origin{YearOf(t.BusinessDate), t.Nature}
		p.of(from).Promised += t.Paise
		p.held[at] = append(p.held[at], span{from, t.Paise})
		return
	}
	var gone []span
	gone, p.held[at] = cut(p.held[at], -t.Paise)
	for _, s := range gone {
		p.of(s.from).Reversed += s.paise
	}
}

// pay notes a movement of what is payable and, of a credit, where it was promised.
func (p *promises) pay(t touch) {
	p.moves = append(p.moves, t.Part)
	c := Credit{t.EntryID, t.Nature}
	switch {
	case t.Kind == "claim":
		p.about(t.Reference).claimed = true
	case t.Kind == "freeze":
		p.about(t.Reference)
	case t.Kind == "unclaim", t.Kind == "unfreeze", t.Paise <= 0:
	case t.Nature == payoutNature: // a bank sent it back
		p.about(t.Reference).back = c
	default:
		at := piece{t.Order, t.Line, t.Lot, t.Nature}
		released, still := cut(p.held[at], t.Paise)
		if t.Kind == "release" && sum(released) == t.Paise {
			p.held[at], p.credits[c] = still, append(p.credits[c], released...)
			return
		}
		from := origin{YearOf(t.BusinessDate), t.Nature}
		p.of(from).Promised += t.Paise
		p.credits[c] = append(p.credits[c], span{from, t.Paise})
	}
}

// take uses up an amount of a credit.
func (p *promises) take(part Part) []span {
	c := Credit{part.EntryID, part.Nature}
	var taken []span
	taken, p.credits[c] = cut(p.credits[c], part.Paise)
	return taken
}

// settle says what became of the parts that a payment, or a dispute's hold, used up.
func (p *promises) settle(pay *paying, parts []Part) error {
	var spans []span
	for _, part := range parts {
		spans = append(spans, p.take(part)...)
	}
	for _, d := range []struct {
		sum money.Paise
		to  func(*Became) *money.Paise
	}{{pay.tax, func(b *Became) *money.Paise { return &b.Tax }}, {pay.group, func(b *Became) *money.Paise { return &b.Group }},
		{pay.advance, func(b *Became) *money.Paise { return &b.Advance }}} {
		if err := p.deducted(spans, d.sum, d.to); err != nil {
			return err
		}
	}
	for _, s := range spans {
		b := p.of(s.from)
		switch {
		case !pay.claimed:
			b.Held += s.paise
		case pay.back != Credit{}:
			p.credits[pay.back] = append(p.credits[pay.back], s)
		case pay.paidOn == "":
			b.OnTheWay += s.paise
		case YearOf(pay.paidOn) == s.from.year:
			b.Paid += s.paise
		default:
			b.Later += s.paise
		}
	}
	return nil
}

// deducted takes a deduction from the spans of a payment in proportion.
func (p *promises) deducted(spans []span, amount money.Paise, to func(*Became) *money.Paise) error {
	weights := make([]int64, len(spans))
	for i, s := range spans {
		weights[i] = int64(s.paise)
	}
	shares, err := money.Split(amount, weights)
	if err != nil {
		return err
	}
	for i, share := range shares {
		spans[i].paise -= share
		*to(p.of(spans[i].from)) += share
	}
	return nil
}

// rest is what no payment has used up: open is payable, or owed by her; what else
// there was of a credit has been taken back.
func (p *promises) rest(open []Part) {
	for _, part := range open {
		if part.Paise < 0 {
			b := p.of(origin{YearOf(part.BusinessDate), part.Nature})
			b.Payable += part.Paise
			b.Reversed -= part.Paise
			continue
		}
		for _, s := range p.take(part) {
			p.of(s.from).Payable += s.paise
		}
	}
	for _, spans := range p.credits {
		for _, s := range spans {
			p.of(s.from).Reversed += s.paise
		}
	}
	for _, spans := range p.held {
		for _, s := range spans {
			p.of(s.from).Held += s.paise
		}
	}
}

// cut takes an amount from the front of spans.
func cut(spans []span, amount money.Paise) (taken, left []span) {
	for i, s := range spans {
		n := min(s.paise, amount)
		if amount -= n; n > 0 {
			taken = append(taken, span{s.from, n})
		}
		if n < s.paise {
			return taken, append([]span{{s.from, s.paise - n}}, spans[i+1:]...)
		}
	}
	return taken, nil
}

func sum(spans []span) (total money.Paise) {
	for _, s := range spans {
		total += s.paise
	}
	return total
}

// Plus adds two up.
func (b Became) Plus(o Became) Became {
	return Became{b.Promised + o.Promised, b.Reversed + o.Reversed, b.Paid + o.Paid, b.Later + o.Later, b.Tax + o.Tax,
		b.Group + o.Group, b.Advance + o.Advance, b.OnTheWay + o.OnTheWay, b.Held + o.Held, b.Payable + o.Payable}
}

// YearSpan is the first and last day of a financial year, written 2026-27; ok is
// whether it is one.
func YearSpan(year string) (from, to string, ok bool) {
	first, err := quarterOf(year, 1)
	last, err2 := quarterOf(year, 4)
	return first.From, last.To, err == nil && err2 == nil
}
