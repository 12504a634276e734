package orders

import (
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// saleEntry posts one allocation: what the buyer deposited for its pieces, under
// the heads of its line, to the makers of its lot, and to the State.
func saleEntry(actor auth.Actor, o Order, a Allocation, lot catalog.Lot) (*ledger.Entry, error) {
	line := o.Line(a.LineID)
	shares, err := catalog.Split(line.Heads, lot.Ownership(), 0, a.Pieces)
	if err != nil {
		return nil, err
	}
	tags := ledger.Tags{Order: o.ID, Line: a.LineID, Lot: a.LotID}
	e := ledger.New("sale", "sale:"+a.ID, actor.String()).Guard(ledger.Deposit(o.ID))
	part, err := line.times(a.Pieces)
	if err != nil {
		return nil, err
	}
	e.Debit(ledger.Deposit(o.ID), part.Tag, tags)
	for _, s := range shares {
		t := tags
		t.Artisan = s.Artisan
		if s.Artisan != "" {
			t.Nature = Nature(s)
		}
		e.Credit(account(s), s.Paise, t)
	}
	part.credit(e, o.Registration, tags)
	return e, nil
}

// materialEntry takes what the pieces of an allocation used of the trust's material
// out of its store and spends the head that promised it; nil when they used none.
func materialEntry(actor auth.Actor, o Order, a Allocation, lot catalog.Lot) (*ledger.Entry, error) {
	if lot.Kind != catalog.Consigned || !lot.TrustMaterial || lot.Material == 0 {
		return nil, nil
	}
	used, err := lot.Material.Times(a.Pieces)
	if err != nil {
		return nil, err
	}
	tags := ledger.Tags{Order: o.ID, Line: a.LineID, Lot: a.LotID}
	return ledger.New("material_used", "material_used:"+a.ID, actor.String()).
		Debit(ledger.Head("material"), used, tags).Credit(ledger.Material, used, tags), nil
}

// amounts are the figures of some pieces of a line.
type amounts struct {
	Tag, Taxable, CGST, SGST, IGST, Rounding money.Paise
}

// times is n pieces of the line: every figure is frozen per piece, so a part of
// a line is exactly its mirror.
func (l Line) times(n int64) (amounts, error) {
	var out amounts
	for to, unit := range map[*money.Paise]money.Paise{&out.Tag: l.Tag, &out.Taxable: l.Taxable, &out.CGST: l.CGST,
		&out.SGST: l.SGST, &out.IGST: l.IGST, &out.Rounding: l.Rounding} {
		p, err := unit.Times(n)
		if err != nil {
			return out, err
		}
		*to = p
	}
	return out, nil
}

// credit puts rounding and taxes on an entry; sign −1 by the caller's negation.
func (a amounts) credit(e *ledger.Entry, registration string, tags ledger.Tags) {
	e.Credit(ledger.Head("rounding"), a.Rounding, tags)
	e.Credit(ledger.GST(registration, "cgst"), a.CGST, tags)
	e.Credit(ledger.GST(registration, "sgst"), a.SGST, tags)
	e.Credit(ledger.GST(registration, "igst"), a.IGST, tags)
}

func (a amounts) negative() amounts {
	return amounts{-a.Tag, -a.Taxable, -a.CGST, -a.SGST, -a.IGST, -a.Rounding}
}

// Nature is what a share is to the woman who gets it, as its posting says.
func Nature(s catalog.Share) string {
	switch s.Kind {
	case catalog.Wage:
		return "wage:" + s.Head
	case catalog.Makers:
		return "balance:" + s.Head
	}
	return s.Head
}

// account is where a share is credited.
func account(s catalog.Share) ledger.Account {
	switch {
	case s.Artisan != "":
		return ledger.Held(s.Artisan)
	case s.Kind == catalog.StockHead:
		return ledger.Stock(s.Lot)
	case s.Kind == catalog.SubsidyHead:
		return ledger.Subsidy(s.Head)
	case s.Kind == catalog.Trust && s.Head == "running":
		return ledger.Running
	case s.Kind == catalog.Trust:
		return ledger.Fund
	}
	return ledger.Head(s.Head)
}
