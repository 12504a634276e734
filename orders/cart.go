package orders

import (
	"context"
	"errors"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// Cart is what a buyer has chosen, at today's prices; nothing is reserved yet.
type Cart struct {
	ID    string
	Lines []CartLine
	Total money.Paise // what she would pay, tax included
}

// CartLine is one variant in a cart.
type CartLine struct {
	Offer    catalog.Offer
	Quantity int64
	Sum      money.Paise
	Missing  bool // not for sale any more
}

// CreateCart opens a cart and returns its token, which is its only key.
func (s *Service) CreateCart(ctx context.Context) (cart, token string, err error) {
	cart, token = id.New("crt"), auth.Token(auth.CartPrefix)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			INSERT INTO carts (id, token_hash, created_at)
			VALUES ($1, $2, $3)`, cart, auth.Hash(token), tx.Now())
		return err
	})
	return cart, token, err
}

// SetLine puts a quantity of a variant into the cart; 0 takes it out. Whether
// there are that many is decided when the cart is ordered.
func (s *Service) SetLine(ctx context.Context, actor auth.Actor, key, cart string, line LineInput) (Cart, error) {
	if line.Quantity < 0 || line.Quantity > 100 {
		return Cart{}, ErrQuantity
	}
	input := []any{cart, line}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.cart_line", Key: key}, input,
		func(tx *db.Tx) (Cart, error) {
			if err := openCart(tx, actor, cart); err != nil {
				return Cart{}, err
			}
			if line.Quantity == 0 {
				if _, err := tx.Exec(`
					DELETE FROM cart_lines
					WHERE cart_id = $1 AND variant_id = $2`, cart, line.Variant); err != nil {
					return Cart{}, err
				}
				return readCart(tx, cart)
			}
			n, err := tx.Exec(`
				INSERT INTO cart_lines (cart_id, variant_id, quantity, added_at)
				SELECT CAST($1 AS TEXT), v.id, CAST($3 AS BIGINT), CAST($4 AS BIGINT)
				FROM variants v
				WHERE v.id = $2
				ON CONFLICT (cart_id, variant_id) DO UPDATE
				SET quantity = excluded.quantity`, cart, line.Variant, line.Quantity, tx.Now())
			if err == nil && n == 0 {
				err = catalog.ErrNotFound
			}
			if err != nil {
				return Cart{}, err
			}
			out, err := readCart(tx, cart)
			for _, l := range out.Lines {
				if l.Missing && l.Offer.VariantID == line.Variant {
					return Cart{}, catalog.ErrNotFound
				}
			}
			return out, err
		})
}

// LineInput is a variant and how many of it.
type LineInput struct {
	Variant  string
	Quantity int64
}

// Cart reads a cart with the token that opened it.
func (s *Service) Cart(ctx context.Context, actor auth.Actor, cart string) (Cart, error) {
	var out Cart
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if err := openCart(tx, actor, cart); err != nil && !errors.Is(err, ErrCartUsed) {
			return err
		}
		var err error
		out, err = readCart(tx, cart)
		return err
	})
	return out, err
}

// CartOf finds the open cart of a token, or ErrNoCart.
func (s *Service) CartOf(ctx context.Context, actor auth.Actor) (string, error) {
	var cart string
	err := s.db.Get(ctx, &cart, `
		SELECT id
		FROM carts
		WHERE token_hash = $1 AND ordered_at IS NULL`, actor.GuestHash)
	if errors.Is(err, db.ErrNone) {
		return "", ErrNoCart
	}
	return cart, err
}

// openCart returns ErrNoCart for an absent cart or another's, ErrCartUsed when
// it has been ordered.
func openCart(tx *db.Tx, actor auth.Actor, cart string) error {
	var row struct {
		Token     string   `db:"token_hash"`
		OrderedAt *db.Time `db:"ordered_at"`
	}
	err := tx.Get(&row, `
		SELECT token_hash, ordered_at
		FROM carts
		WHERE id = $1`, cart)
	if errors.Is(err, db.ErrNone) || (err == nil && row.Token != actor.GuestHash) {
		return ErrNoCart
	}
	if err == nil && row.OrderedAt != nil {
		return ErrCartUsed
	}
	return err
}

func cartLines(tx *db.Tx, cart string) ([]LineInput, error) {
	var rows []struct {
		Variant  string `db:"variant_id"`
		Quantity int64  `db:"quantity"`
	}
	err := tx.Select(&rows, `
		SELECT variant_id, quantity
		FROM cart_lines
		WHERE cart_id = $1
		ORDER BY added_at, variant_id`, cart)
	out := make([]LineInput, len(rows))
	for i, r := range rows {
		out[i] = LineInput{Variant: r.Variant, Quantity: r.Quantity}
	}
	return out, err
}

func readCart(tx *db.Tx, cart string) (Cart, error) {
	out := Cart{ID: cart, Lines: []CartLine{}}
	lines, err := cartLines(tx, cart)
	if err != nil {
		return out, err
	}
	variants := make([]string, len(lines))
	for i, l := range lines {
		variants[i] = l.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return out, err
	}
	for _, l := range lines {
		o, ok := offers[l.Variant]
		o.VariantID = l.Variant
		line := CartLine{Offer: o, Quantity: l.Quantity, Missing: !ok}
		if line.Sum, err = o.Card.Tag.Times(l.Quantity); err != nil {
			return out, err
		}
		if out.Total, err = money.Add(out.Total, line.Sum); err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}
