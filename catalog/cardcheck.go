package catalog

import (
	"context"
	"errors"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

// CardCheck is what a card would be, as far as it is written; nothing of it is saved.
type CardCheck struct {
	NoPrice   bool        // none is written yet
	ListPrice money.Paise // taxable, 0 until there is a price
	Tag       money.Paise
	Slab      gst.Slab // that the list price lies in
	Tax       money.Paise
	Rounding  money.Paise    // of the tag, that no rate takes up
	Nearest   [2]money.Paise // tags that work, when the one given does not

	Heads   []Head      // in paise
	Sum     money.Paise // of the heads, without a balance
	Rest    money.Paise // of the list price that the heads leave; below zero they are too much
	Balance bool        // the rest is the makers'
	Wages   []WageCheck
	Wrong   []*fault.Error // all that stands against saving it
}

// CheckCard reckons a card as SaveCard would and saves nothing; whoever may save it
// may ask. What stands against saving is in the answer; a fault is returned only when
// there is no such variant or the actor may not.
func (s *Service) CheckCard(ctx context.Context, actor auth.Actor, in CardInput) (CardCheck, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return CardCheck{}, err
	}
	var out CardCheck
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		p, err := productOfVariant(tx, in.Variant)
		if err != nil {
			return err
		}
		if !actor.CoversArea(p.Area) {
			return ErrNotFound
		}
		if in.From == "" {
			in.From = tx.Now().Date()
		}
		out = s.checkCard(p.HSN, in)
		if in.From < tx.Now().Date() {
			out.against(ErrCard.At("from", "a card begins today or later"))
		}
		if len(out.Heads) > 0 {
			return out.notInternal(coversLots(tx, Card{VariantID: in.Variant, Heads: out.Heads}))
		}
		return nil
	})
	return out, err
}

// checkCard reckons what needs no database.
func (s *Service) checkCard(hsn string, in CardInput) CardCheck {
	var out CardCheck
	if in.ListPrice <= 0 && in.Tag <= 0 {
		out.NoPrice = true
	} else if in.ListPrice > 0 && in.Tag > 0 {
		out.against(errOnePrice())
	} else if list, tag, err := s.priceOf(hsn, in); err != nil {
		out.against(err)
		if errors.Is(err, gst.ErrDeadZone) {
			out.Nearest[0], out.Nearest[1], err = s.gst.NearestTags(in.Tag, hsn, in.From)
			out.against(err)
		}
	} else {
		out.ListPrice, out.Tag = list, tag
		out.against(out.tax(s.gst, hsn, in.From))
	}
	if len(in.Heads) == 0 || len(in.Heads) > mostHeads {
		out.against(ErrCard.At("heads", "a card has 1 to 40 heads"))
		return out
	}
	r, err := reckon(out.ListPrice, in.Heads)
	if err != nil {
		out.against(err)
		return out
	}
	out.Sum, out.Rest, out.Balance = r.sum, out.ListPrice-r.sum, r.balance >= 0
	if out.ListPrice > 0 {
		out.against(r.close(out.ListPrice))
	}
	out.Heads, out.Wages = r.heads, checkWages(r.heads, in.From)
	if in.Override == "" {
		out.against(UnderFloor(r.heads, in.From))
	}
	return out
}

func (c *CardCheck) tax(table *gst.Table, hsn, date string) error {
	var err error
	if c.Slab, err = table.Slab(hsn, c.ListPrice, date); err != nil {
		return err
	}
	tax, rounding, err := gst.PieceTax(c.Tag, c.ListPrice, c.Slab.Rate, false)
	c.Tax, c.Rounding = tax.Total(), rounding
	return err
}

// against notes a fault; nil and what is none is left out.
func (c *CardCheck) against(err error) {
	if f := fault.Of(err); f != nil {
		c.Wrong = append(c.Wrong, f)
	}
}

// notInternal notes a fault of the card and returns any other.
func (c *CardCheck) notInternal(err error) error {
	if f := fault.Of(err); f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	c.against(err)
	return nil
}
