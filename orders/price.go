package orders

import (
	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/freight"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// The kinds of order lines.
const (
	Goods    = "goods"
	Shipping = "shipping" // a line whose only head is shipping; it has no lot
)

// piece is a number of equal pieces on their way to become lines.
type piece struct {
	offer    catalog.Offer
	set      string // the set they were chosen in
	quantity int64
	coupon   money.Paise // what a coupon takes off each, before tax
	gone     int         // index of the cart line, for faults
}

// pricing is what decides an order's figures, beside the cart itself.
type pricing struct {
	date       string
	interState bool
	address    Address
	coupon     *Coupon
}

// freeze fixes price, coupon, tax, rounding and heads of every line, per piece,
// and adds the delivery charge. Nothing is computed again afterwards.
func (s *Service) freeze(tx *db.Tx, o *Order, lines []LineInput, coupon *Coupon) error {
	variants := make([]string, len(lines))
	for i, l := range lines {
		variants[i] = l.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return err
	}
	var pieces []piece
	for i, in := range lines {
		offer, ok := offers[in.Variant]
		if !ok {
			return ErrNotForSale
		}
		if len(offer.Parts) == 0 {
			pieces = append(pieces, piece{offer: offer, quantity: in.Quantity, gone: i})
		}
		for _, p := range offer.Parts {
			pieces = append(pieces, piece{offer: p.Offer, set: in.Variant, quantity: in.Quantity * p.Pieces, gone: i})
		}
	}
	how := pricing{date: o.BusinessDate, interState: o.Address.State != o.SellerState, address: o.Address, coupon: coupon}
	if coupon != nil {
		if pieces, err = coupon.spread(pieces); err != nil {
			return err
		}
	}
	for _, p := range pieces {
		l, err := s.line(p, how)
		if err != nil {
			return err
		}
		o.Lines = append(o.Lines, l)
	}
	if err := s.addShipping(o, pieces, how); err != nil {
		return err
	}
	return o.addUp()
}

// line is one frozen line of goods. The rate is that of the value after the
// coupon: a discount may cross into a lower slab (CBIC FAQ 33 of 27-07-2017).
func (s *Service) line(p piece, how pricing) (Line, error) {
	card := p.offer.Card
	l := Line{ID: id.New("lin"), Kind: Goods, ProductID: p.offer.ProductID, VariantID: p.offer.VariantID, SetVariant: p.set,
		CardID: card.ID, SKU: p.offer.SKU, Size: p.offer.Size, MadeToOrder: p.offer.MadeToOrder,
		TitleEn: p.offer.TitleEn, TitleHi: p.offer.TitleHi, TitleUr: p.offer.TitleUr, Quantity: p.quantity,
		HSN: p.offer.HSN, ListPrice: card.ListPrice, FullTag: card.Tag, Tag: card.Tag, Taxable: card.ListPrice, Heads: card.Heads}
	var err error
	if p.coupon > 0 {
		l.Taxable -= p.coupon
		if l.Heads, err = lessCoupon(card.Heads, p.coupon, how.coupon.Subsidy); err != nil {
			return l, err
		}
	}
	if l.Rate, err = s.gst.Rate(p.offer.HSN, l.Taxable, how.date); err != nil {
		return l, err
	}
	if p.coupon > 0 { // the tag follows the price before tax, as at home
		tax, err := gst.TaxOn(l.Taxable, l.Rate, false)
		if err != nil {
			return l, err
		}
		l.Tag = l.Taxable + tax.Total()
	}
	tax, rounding, err := gst.PieceTax(l.Tag, l.Taxable, l.Rate, how.interState)
	if err != nil {
		return l, err
	}
	if rounding < -2 || rounding > 2 {
		return l, ErrStalePrice
	}
	l.CGST, l.SGST, l.IGST, l.Rounding = tax.CGST, tax.SGST, tax.IGST, rounding
	return l, nil
}

// addShipping charges the carriage of goods whose cards do not hold it, at the
// goods' own rates, spread over them by value (s.2(30) and s.15(2)(c) CGST Act).
func (s *Service) addShipping(o *Order, pieces []piece, how pricing) error {
	parcel := freight.Parcel{State: how.address.State, PIN: how.address.PIN, Date: how.date}
	for i, p := range pieces {
		value, err := o.Lines[i].Tag.Times(p.quantity)
		if err != nil {
			return err
		}
		if parcel.Value, err = money.Add(parcel.Value, value); err != nil {
			return err
		}
		if !carried(p.offer.Card.Heads) {
			parcel.Grams += p.offer.Grams * p.quantity
		}
	}
	quote, err := s.settings.Freight.Quote(parcel)
	if err != nil {
		return err
	}
	o.Delivery = quote
	if quote.Charge == 0 {
		return nil
	}
	groups, err := byRate(o.Lines)
	if err != nil {
		return err
	}
	weights := make([]int64, len(groups))
	for i, g := range groups {
		weights[i] = int64(g.value)
	}
	parts, err := money.Split(quote.Charge, weights)
	if err != nil {
		return err
	}
	for i, g := range groups {
		if parts[i] == 0 {
			continue
		}
		l, err := shippingLine(parts[i], g, how.interState)
		if err != nil {
			return err
		}
		o.Lines = append(o.Lines, l)
	}
	return nil
}

// carried reports whether a card's price includes its carriage.
func carried(heads []catalog.Head) bool {
	for _, h := range heads {
		if h.Kind == catalog.Cost && h.Head == "shipping" {
			return true
		}
	}
	return false
}

// rateGroup is the goods of one rate and their taxable value; the heading of the
// dearest of them stands for the charge that follows them.
type rateGroup struct {
	rate    money.BasisPoints
	hsn     string
	value   money.Paise
	dearest money.Paise
}

func byRate(lines []Line) ([]rateGroup, error) {
	var out []rateGroup
	for _, l := range lines {
		at := -1
		for i := range out {
			if out[i].rate == l.Rate {
				at = i
			}
		}
		if at < 0 {
			out, at = append(out, rateGroup{rate: l.Rate}), len(out)
		}
		value, err := l.Taxable.Times(l.Quantity)
		if err != nil {
			return nil, err
		}
		if out[at].value, err = money.Add(out[at].value, value); err != nil {
			return nil, err
		}
		if value > out[at].dearest {
			out[at].dearest, out[at].hsn = value, l.HSN
		}
	}
	return out, nil
}

// shippingLine is a charge, tax included, solved at the rate of the goods it follows.
func shippingLine(charge money.Paise, g rateGroup, interState bool) (Line, error) {
	taxable, err := gst.Within(charge, g.rate)
	if err != nil {
		return Line{}, err
	}
	tax, rounding, err := gst.PieceTax(charge, taxable, g.rate, interState)
	if err != nil {
		return Line{}, err
	}
	return Line{ID: id.New("lin"), Kind: Shipping, SKU: "DELIVERY", TitleEn: "Delivery", TitleHi: "डिलीवरी", TitleUr: "ترسیل",
		Quantity: 1, HSN: g.hsn, Rate: g.rate, ListPrice: taxable, FullTag: charge, Tag: charge, Taxable: taxable,
		CGST: tax.CGST, SGST: tax.SGST, IGST: tax.IGST, Rounding: rounding,
		Heads: []catalog.Head{{Kind: catalog.Cost, Head: "shipping", Paise: taxable}}}, nil
}

// addUp sums the lines into the order's totals.
func (o *Order) addUp() error {
	add := func(to *money.Paise, unit money.Paise, n int64) error {
		sum, err := unit.Times(n)
		if err == nil {
			*to, err = money.Add(*to, sum)
		}
		return err
	}
	o.Total, o.Taxable, o.Tax, o.Rounding = 0, 0, gst.Tax{}, 0
	for _, l := range o.Lines {
		for to, unit := range map[*money.Paise]money.Paise{&o.Total: l.Tag, &o.Taxable: l.Taxable, &o.Tax.CGST: l.CGST,
			&o.Tax.SGST: l.SGST, &o.Tax.IGST: l.IGST, &o.Rounding: l.Rounding} {
			if err := add(to, unit, l.Quantity); err != nil {
				return err
			}
		}
	}
	if o.Total > money.Max {
		return money.ErrOverflow
	}
	return nil
}
