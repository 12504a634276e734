package gst

import "saebaan/internal/money"

// Tax is the tax on one value in paise: CGST and SGST within the seller's
// State, IGST elsewhere.
type Tax struct {
	CGST money.Paise
	SGST money.Paise
	IGST money.Paise
}

// Total is the sum of the three, in paise.
func (t Tax) Total() money.Paise { return t.CGST + t.SGST + t.IGST }

// TaxOn computes the tax on a taxable value. Each tax is rounded half up on its
// own, so the same value may pay a paisa more or less in another State; a
// negative value mirrors its magnitude. It returns money.ErrOverflow.
func TaxOn(taxable money.Paise, rate money.BasisPoints, interState bool) (Tax, error) {
	if interState {
		igst, err := taxable.HalfUp(rate)
		return Tax{IGST: igst}, err
	}
	half, err := taxable.HalfUp(rate / 2)
	return Tax{CGST: half, SGST: half}, err
}

// Solved is an inclusive tag taken apart for the seller's State:
// tag = Taxable + Tax + Rounding, Rounding 0…2 paise.
type Solved struct {
	Taxable  money.Paise
	Rate     money.BasisPoints
	Tax      Tax
	Rounding money.Paise
}

// Solve finds the largest taxable value whose total with CGST and SGST does not
// exceed the inclusive tag of one piece and whose own band has the rate used.
// It returns ErrDeadZone with the two nearest legal tags as fields
// "below_paise" and "above_paise", or the errors of Rate.
func (t *Table) Solve(tag money.Paise, hsn, date string) (Solved, error) {
	bands, err := t.tagBands(tag, hsn, date)
	if err != nil {
		return Solved{}, err
	}
	// From the highest band down, so that the largest taxable value wins.
	for i := len(bands) - 1; i >= 0; i-- {
		b := bands[i]
		taxable, err := largestWithin(tag, b.rate)
		if err != nil {
			return Solved{}, err
		}
		if taxable <= b.over || taxable > b.upto {
			continue
		}
		tax, rounding, err := PieceTax(tag, taxable, b.rate, false)
		return Solved{taxable, b.rate, tax, rounding}, err
	}
	below, above, err := nearest(tag, bands)
	if err != nil {
		return Solved{}, err
	}
	return Solved{}, ErrDeadZone.
		With("No tax rate fits this price tag. Nothing was done; the nearest tags that work are %s and %s.", below, above).
		At("below_paise", "%d", below).At("above_paise", "%d", above)
}

// NearestTags returns the largest legal tag not above and the smallest not
// below the given one: the same tag twice when it is legal itself.
func (t *Table) NearestTags(tag money.Paise, hsn, date string) (below, above money.Paise, err error) {
	bands, err := t.tagBands(tag, hsn, date)
	if err != nil {
		return 0, 0, err
	}
	return nearest(tag, bands)
}

// PieceTax computes the tax of one piece and what is left of its tag. For
// another State the tag and taxable value are those solved for the seller's
// State, and the rounding lies within −2…+2 paise. It returns money.ErrOverflow.
func PieceTax(tag, taxable money.Paise, rate money.BasisPoints, interState bool) (Tax, money.Paise, error) {
	tax, err := TaxOn(taxable, rate, interState)
	if err != nil {
		return Tax{}, 0, err
	}
	return tax, tag - taxable - tax.Total(), nil
}

func (t *Table) tagBands(tag money.Paise, hsn, date string) ([]band, error) {
	bands, err := t.bands(hsn, date)
	if err != nil {
		return nil, err
	}
	if tag < 0 {
		return nil, ErrValue
	}
	if tag > money.Max {
		return nil, money.ErrOverflow
	}
	return bands, nil
}

// nearest uses that the tags solved at one rate rise with the taxable value:
// a band's legal tags run from the total of its first value to one paisa
// before the total of the value after its last.
func nearest(tag money.Paise, bands []band) (below, above money.Paise, err error) {
	below, above = -1, -1
	for _, b := range bands {
		first, err := totalOf(b.over+1, b.rate)
		if err != nil {
			return 0, 0, err
		}
		last := money.Max
		if b.upto != noLimit {
			next, err := totalOf(b.upto+1, b.rate)
			if err != nil {
				return 0, 0, err
			}
			last = next - 1
		}
		if first <= tag {
			below = max(below, min(tag, last))
		}
		if tag <= last && (above < 0 || max(tag, first) < above) {
			above = max(tag, first)
		}
	}
	return below, above, nil
}

func totalOf(taxable money.Paise, rate money.BasisPoints) (money.Paise, error) {
	tax, err := TaxOn(taxable, rate, false)
	return taxable + tax.Total(), err
}

// Within is the largest taxable value whose total at home, with CGST and SGST at
// that rate, does not exceed an inclusive amount: how a charge that follows the
// goods' rate is taken apart.
func Within(amount money.Paise, rate money.BasisPoints) (money.Paise, error) {
	if amount < 0 || rate < 0 || rate > 10_000 {
		return 0, ErrValue
	}
	if amount > money.Max {
		return 0, money.ErrOverflow
	}
	return largestWithin(amount, rate)
}

// largestWithin divides, then corrects the few paise by which rounding moves
// the answer.
func largestWithin(tag money.Paise, rate money.BasisPoints) (money.Paise, error) {
	taxable := tag * 10_000 / (10_000 + money.Paise(rate))
	for {
		total, err := totalOf(taxable, rate)
		if err != nil {
			return 0, err
		}
		if total <= tag {
			break
		}
		taxable--
	}
	for {
		total, err := totalOf(taxable+1, rate)
		if err != nil {
			return 0, err
		}
		if total > tag {
			return taxable, nil
		}
		taxable++
	}
}
