package orders

import (
	"context"
	"errors"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// QuoteInput asks what a cart would cost.
type QuoteInput struct {
	Cart   string
	State  string // of the delivery; "" is the seller's own
	PIN    string // may be empty
	Coupon string
}

// Quote is what a cart costs now, with delivery, and with a coupon both bills.
// Nothing is reserved and no use of the coupon is counted.
type Quote struct {
	Order   Order       // its lines and totals as they would be placed
	Without money.Paise // the total without the coupon
	Crosses bool        // the coupon takes a piece into another rate of tax
	Refused error       // why the coupon does not apply, or nil
}

// Quote prices a cart for an address and a coupon. A coupon that does not apply
// is named in Refused and left out, so that the page can still show a price.
func (s *Service) Quote(ctx context.Context, actor auth.Actor, in QuoteInput) (Quote, error) {
	if in.State == "" {
		in.State = catalog.SellerState
	}
	if _, known := gst.States[in.State]; !known {
		return Quote{}, ErrAddress.At("address.state", "this is not the code of an Indian State")
	}
	if in.PIN != "" && !pinForm.MatchString(in.PIN) {
		return Quote{}, ErrAddress.At("address.pin", "a PIN has six digits and does not begin with 0")
	}
	var q Quote
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if err := openCart(tx, actor, in.Cart); err != nil {
			return err
		}
		lines, err := cartLines(tx, in.Cart)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return ErrCartEmpty
		}
		plain, err := s.quoted(tx, in, lines, nil)
		if err != nil {
			return err
		}
		q.Order, q.Without = plain, plain.Total
		coupon, err := openCoupon(tx, in.Coupon)
		if err == nil && coupon != nil {
			var with Order
			if with, err = s.quoted(tx, in, lines, coupon); err == nil {
				q.Order, q.Crosses = with, crosses(plain, with)
			}
		}
		if fault.Of(err) != nil && !errors.Is(err, db.ErrUnavailable) {
			q.Refused, err = err, nil
		}
		return err
	})
	return q, err
}

func (s *Service) quoted(tx *db.Tx, in QuoteInput, lines []LineInput, coupon *Coupon) (Order, error) {
	o := Order{ID: id.New("ord"), SellerState: catalog.SellerState, Address: Address{State: in.State, PIN: in.PIN}, BusinessDate: tx.Now().Date()}
	if coupon != nil {
		o.CouponID, o.CouponCode = coupon.ID, coupon.Code
	}
	return o, s.freeze(tx, &o, lines, coupon)
}

// crosses reports whether a piece is taxed at another rate with the coupon.
func crosses(plain, with Order) bool {
	rates := map[string]money.BasisPoints{}
	for _, l := range plain.Lines {
		if l.Kind == Goods {
			rates[l.VariantID] = l.Rate
		}
	}
	for _, l := range with.Lines {
		if l.Kind == Goods && rates[l.VariantID] != l.Rate {
			return true
		}
	}
	return false
}
