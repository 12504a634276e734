package orders

import (
	"context"
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
)

// PlaceInput orders a cart. Prices, taxes and makers are never taken from it.
type PlaceInput struct {
	Cart     string
	Buyer    Buyer
	Address  Address
	Method   Method
	Language string
	Coupon   string      // a code, or ""
	Expected money.Paise // the total the buyer has seen; 0 is any
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
		if !isEmail(in.Buyer.Email) {
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
	if in.Buyer.GSTIN = gst.NormalGSTIN(in.Buyer.GSTIN); in.Buyer.GSTIN != "" {
		if err := gst.ValidGSTIN(in.Buyer.GSTIN); err != nil {
			return err
		}
		if in.Buyer.GSTIN[:2] != in.Address.State {
			fault = fault.At("buyer.gstin", "the number belongs to another State than the address")
		}
	}
	if len(fault.Fields) > 0 {
		return fault
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
	if !slices.Contains(s.settings.Methods(), in.Method) {
		return Order{}, ErrMethod
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.place", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			lines, err := takeCart(tx, actor, in.Cart)
			if err != nil {
				return Order{}, err
			}
			coupon, err := takeCoupon(tx, in.Coupon, in.Buyer.Phone)
			if err != nil {
				return Order{}, err
			}
			o, err := s.draft(tx, in, coupon)
			if err != nil {
				return Order{}, err
			}
			if err := s.freeze(tx, &o, lines, coupon); err != nil {
				return Order{}, err
			}
			if in.Expected != 0 && in.Expected != o.Total {
				return Order{}, ErrTotal.With("The price has changed since you saw it: the total is %s now. Nothing was ordered; look at it and order again.", o.Total)
			}
			if err := subsidised(tx, o, coupon); err != nil {
				return Order{}, err
			}
			if err := reserve(tx, &o); err != nil {
				return Order{}, err
			}
			if err := insertOrder(tx, &o, in.Cart, actor.GuestHash); err != nil {
				return Order{}, err
			}
			return o, mailStep(tx, o.ID, "placed")
		})
}

// takeCart closes the cart for this order and returns its lines.
func takeCart(tx *db.Tx, actor auth.Actor, cart string) ([]LineInput, error) {
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

func (s *Service) draft(tx *db.Tx, in PlaceInput, coupon *Coupon) (Order, error) {
	r, err := registrationAt(tx, catalog.SellerState, tx.Now().Date())
	if err != nil {
		return Order{}, err
	}
	expires := s.settings.hold(in.Method, tx.Now())
	o := Order{ID: id.New("ord"), State: Placed, Payment: PaymentOpen, Method: in.Method, Buyer: in.Buyer,
		Address: in.Address, Language: in.Language, SellerState: r.State, Registration: r.ID,
		BusinessDate: tx.Now().Date(), PlacedAt: tx.Now(), ExpiresAt: &expires}
	if coupon != nil {
		o.CouponID, o.CouponCode = coupon.ID, coupon.Code
	}
	return o, nil
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
		if l.Kind == Shipping {
			o.Allocations = append(o.Allocations, Allocation{ID: id.New("alc"), OrderID: o.ID, LineID: l.ID, Pieces: 1, State: Reserved})
			continue
		}
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
			igst_paise, rounding_paise, business_date, placed_at, expires_at, registration, buyer_gstin, coupon_id, coupon_code, exchange_of)
		VALUES ($1, 'retail', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
			$26, $27, $28, $29, $30)`,
		o.ID, o.State, o.Payment, o.Method, cart, access, o.Buyer.Name, o.Buyer.Phone, o.Buyer.Email,
		o.Address.House, o.Address.Landmark, o.Address.City, o.Address.State, o.Address.PIN, o.Language, o.SellerState,
		o.Total, o.Taxable, o.Tax.CGST, o.Tax.SGST, o.Tax.IGST, o.Rounding, o.BusinessDate, o.PlacedAt, o.ExpiresAt,
		o.Registration, o.Buyer.GSTIN, o.CouponID, o.CouponCode, o.ExchangeOf); err != nil {
		return err
	}
	var lines, heads []any
	n := 0
	for i, l := range o.Lines {
		lines = append(lines, l.ID, o.ID, i+1, l.ProductID, l.VariantID, l.CardID, l.SKU, l.Size, l.TitleEn, l.TitleHi, l.TitleUr,
			l.Quantity, l.HSN, l.Rate, l.Tag, l.Taxable, l.CGST, l.SGST, l.IGST, l.Rounding,
			l.Kind, l.ListPrice, l.FullTag, l.SetVariant, l.MadeToOrder)
		for pos, h := range l.Heads {
			heads = append(heads, l.ID, pos+1, h.Kind, h.Head, h.Paise, h.Minutes, h.Shares)
			n++
		}
	}
	if _, err := tx.Exec(`
		INSERT INTO order_lines (id, order_id, pos, product_id, variant_id, card_id, sku, size, title_en, title_hi, title_ur,
			quantity, hsn, rate_bp, tag_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise,
			kind, list_paise, full_tag_paise, set_variant, made_to_order)
		VALUES `+db.Values(len(o.Lines), 25), lines...); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO order_line_heads (line_id, pos, kind, head, paise, minutes, shares)
		VALUES `+db.Values(n, 7), heads...); err != nil {
		return err
	}
	var err error
	if o.OpenToken, err = openBook(tx, o.ID); err != nil {
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
