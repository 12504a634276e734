package orders

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
	"saebaan/internal/outbox"
)

// PlaceInput orders a cart. Prices, taxes and makers are never taken from it.
type PlaceInput struct {
	Cart     string
	Buyer    Buyer
	Address  Address
	Method   Method
	Language string
}

var (
	pinForm   = regexp.MustCompile(`^[1-9][0-9]{5}$`)
	phoneForm = regexp.MustCompile(`^[6-9][0-9]{9}$`)
)

// check normalises the input and names what is wrong with it.
func (in *PlaceInput) check() error {
	trim := func(s *string) { *s = strings.TrimSpace(*s) }
	for _, s := range []*string{&in.Buyer.Name, &in.Buyer.Phone, &in.Buyer.Email, &in.Address.House, &in.Address.Landmark, &in.Address.City, &in.Address.PIN} {
		trim(s)
	}
	phone := strings.ReplaceAll(in.Buyer.Phone, " ", "")
	for _, prefix := range []string{"+91", "0"} {
		phone = strings.TrimPrefix(phone, prefix)
	}
	if len(phone) == 12 {
		phone = strings.TrimPrefix(phone, "91")
	}
	in.Buyer.Phone = phone
	fault := ErrAddress
	if in.Buyer.Name == "" || len(in.Buyer.Name) > 200 {
		fault = fault.At("buyer.name", "a name is needed")
	}
	if !phoneForm.MatchString(in.Buyer.Phone) {
		fault = fault.At("buyer.phone", "an Indian mobile number has ten digits")
	}
	if in.Buyer.Email != "" {
		if a, err := mail.ParseAddress(in.Buyer.Email); err != nil || a.Address != in.Buyer.Email || len(in.Buyer.Email) > 200 {
			fault = fault.At("buyer.email", "this is not an e-mail address")
		}
	}
	if in.Address.House == "" || len(in.Address.House) > 300 || len(in.Address.Landmark) > 300 {
		fault = fault.At("address.house", "house and street are needed")
	}
	if in.Address.City == "" || len(in.Address.City) > 120 {
		fault = fault.At("address.city", "a town or village is needed")
	}
	if !pinForm.MatchString(in.Address.PIN) {
		fault = fault.At("address.pin", "a PIN has six digits and does not begin with 0")
	}
	if _, ok := gst.States[in.Address.State]; !ok {
		fault = fault.At("address.state", "this is not the code of an Indian State")
	}
	if len(fault.Fields) > 0 {
		return fault
	}
	if _, ok := Holds[in.Method]; !ok {
		return ErrMethod
	}
	if !slices.Contains([]string{"en", "hi", "ur"}, in.Language) {
		in.Language = "en"
	}
	return nil
}

// Place orders the cart: it reserves the pieces, freezes every figure and waits
// for the payment. Returns catalog.ErrSoldOut when a piece is gone, ErrCartUsed,
// ErrCartEmpty, ErrNotForSale, ErrAddress, ErrMethod.
func (s *Service) Place(ctx context.Context, actor auth.Actor, key string, in PlaceInput) (Order, error) {
	if actor.GuestHash == "" {
		return Order{}, ErrNoCart
	}
	if err := in.check(); err != nil {
		return Order{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.place", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			lines, err := s.takeCart(tx, actor, in.Cart)
			if err != nil {
				return Order{}, err
			}
			o := s.draft(tx, in)
			if err := s.freeze(tx, &o, lines); err != nil {
				return Order{}, err
			}
			if err := reserve(tx, &o); err != nil {
				return Order{}, err
			}
			if err := insertOrder(tx, &o, in.Cart, actor.GuestHash); err != nil {
				return Order{}, err
			}
			return o, outbox.Add(tx, outbox.OrderMail, outbox.Mail{Order: o.ID, Step: "placed"})
		})
}

// takeCart closes the cart for this order and returns its lines.
func (s *Service) takeCart(tx *db.Tx, actor auth.Actor, cart string) ([]LineInput, error) {
	if err := openCart(tx, actor, cart); err != nil {
		return nil, err
	}
	n, err := tx.Exec(`
		UPDATE carts
		SET ordered_at = $1
		WHERE id = $2 AND ordered_at IS NULL`, tx.Now(), cart)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrCartUsed
	}
	lines, err := cartLines(tx, cart)
	if err == nil && len(lines) == 0 {
		return nil, ErrCartEmpty
	}
	return lines, err
}

func (s *Service) draft(tx *db.Tx, in PlaceInput) Order {
	expires := tx.Now().Add(Holds[in.Method])
	return Order{ID: id.New("ord"), State: Placed, Payment: PaymentOpen, Method: in.Method, Buyer: in.Buyer,
		Address: in.Address, Language: in.Language, SellerState: catalog.SellerState,
		BusinessDate: tx.Now().Date(), PlacedAt: tx.Now(), ExpiresAt: &expires}
}

// freeze fixes price, tax, rounding and heads of every line, per piece.
func (s *Service) freeze(tx *db.Tx, o *Order, lines []LineInput) error {
	variants := make([]string, len(lines))
	for i, l := range lines {
		variants[i] = l.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return err
	}
	interState := o.Address.State != o.SellerState
	for _, in := range lines {
		offer, ok := offers[in.Variant]
		if !ok {
			return ErrNotForSale
		}
		rate, err := s.gst.Rate(offer.HSN, offer.Card.ListPrice, o.BusinessDate)
		if err != nil {
			return err
		}
		tax, rounding, err := gst.PieceTax(offer.Card.Tag, offer.Card.ListPrice, rate, interState)
		if err != nil {
			return err
		}
		if rounding < -2 || rounding > 2 {
			return ErrStalePrice
		}
		o.Lines = append(o.Lines, Line{ID: id.New("lin"), ProductID: offer.ProductID, VariantID: in.Variant,
			CardID: offer.Card.ID, SKU: offer.SKU, Size: offer.Size,
			TitleEn: offer.TitleEn, TitleHi: offer.TitleHi, TitleUr: offer.TitleUr, Quantity: in.Quantity,
			HSN: offer.HSN, Rate: rate, Tag: offer.Card.Tag, Taxable: offer.Card.ListPrice,
			CGST: tax.CGST, SGST: tax.SGST, IGST: tax.IGST, Rounding: rounding, Heads: offer.Card.Heads})
	}
	return o.addUp()
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

// reserve binds every line to lots, variants in sorted order.
func reserve(tx *db.Tx, o *Order) error {
	sorted := make([]int, len(o.Lines))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortFunc(sorted, func(a, b int) int { return strings.Compare(o.Lines[a].VariantID, o.Lines[b].VariantID) })
	for _, i := range sorted {
		l := o.Lines[i]
		taken, err := catalog.Reserve(tx, l.VariantID, l.Quantity)
		if err != nil {
			return err
		}
		for _, t := range taken {
			o.Allocations = append(o.Allocations, Allocation{ID: id.New("alc"), OrderID: o.ID, LineID: l.ID,
				LotID: t.Lot, Pieces: t.Pieces, State: Reserved})
		}
	}
	return nil
}

func insertOrder(tx *db.Tx, o *Order, cart, access string) error {
	if _, err := tx.Exec(`
		INSERT INTO orders (id, channel, state, payment_state, method, cart_id, access_hash, buyer_name, buyer_phone, buyer_email,
			house, landmark, city, state_code, pin, language, seller_state, total_paise, taxable_paise, cgst_paise, sgst_paise,
			igst_paise, rounding_paise, business_date, placed_at, expires_at)
		VALUES ($1, 'retail', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
		o.ID, o.State, o.Payment, o.Method, cart, access, o.Buyer.Name, o.Buyer.Phone, o.Buyer.Email,
		o.Address.House, o.Address.Landmark, o.Address.City, o.Address.State, o.Address.PIN, o.Language, o.SellerState,
		o.Total, o.Taxable, o.Tax.CGST, o.Tax.SGST, o.Tax.IGST, o.Rounding, o.BusinessDate, o.PlacedAt, o.ExpiresAt); err != nil {
		return err
	}
	var lines, heads []any
	n := 0
	for i, l := range o.Lines {
		lines = append(lines, l.ID, o.ID, i+1, l.ProductID, l.VariantID, l.CardID, l.SKU, l.Size, l.TitleEn, l.TitleHi, l.TitleUr,
			l.Quantity, l.HSN, l.Rate, l.Tag, l.Taxable, l.CGST, l.SGST, l.IGST, l.Rounding)
		for pos, h := range l.Heads {
			heads = append(heads, l.ID, pos+1, h.Kind, h.Head, h.Paise, h.Minutes, h.Shares)
			n++
		}
	}
	if _, err := tx.Exec(`
		INSERT INTO order_lines (id, order_id, pos, product_id, variant_id, card_id, sku, size, title_en, title_hi, title_ur,
			quantity, hsn, rate_bp, tag_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise)
		VALUES `+db.Values(len(o.Lines), 20), lines...); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO order_line_heads (line_id, pos, kind, head, paise, minutes, shares)
		VALUES `+db.Values(n, 7), heads...); err != nil {
		return err
	}
	return insertAllocations(tx, o.Allocations)
}

func insertAllocations(tx *db.Tx, allocations []Allocation) error {
	args := make([]any, 0, 6*len(allocations))
	for _, a := range allocations {
		args = append(args, a.ID, a.OrderID, a.LineID, a.LotID, a.Pieces, a.State)
	}
	_, err := tx.Exec(`
		INSERT INTO allocations (id, order_id, line_id, lot_id, pieces, state)
		VALUES `+db.Values(len(allocations), 6), args...)
	return err
}
