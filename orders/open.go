package orders

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
)

// OpenToken is the token in the address of an order's open book, for its buyer
// and for staff, who may pass it on. An order from before there were open books
// gets one now. Another's order is ErrNotFound.
func (s *Service) OpenToken(ctx context.Context, actor auth.Actor, order string) (string, error) {
	o, err := s.Order(ctx, actor, order)
	if err != nil || o.OpenToken != "" {
		return o.OpenToken, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		o.OpenToken, err = openBook(tx, order)
		return err
	})
	return o.OpenToken, err
}

// openBook gives an order its token of 130 random bits, or finds the one it has.
func openBook(tx *db.Tx, order string) (string, error) {
	var token string
	err := tx.Get(&token, `
		INSERT INTO open_books (token, order_id, created_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (order_id) DO UPDATE
		SET token = open_books.token
		RETURNING token`, strings.ToLower(rand.Text()), order, tx.Now())
	return token, err
}

// ByOpenToken reads the order of an open book without a word about its buyer.
// Whoever has the token may. An unknown one is ErrNotFound.
func ByOpenToken(tx *db.Tx, token string) (Order, error) {
	var order string
	err := tx.Get(&order, `
		SELECT order_id
		FROM open_books
		WHERE token = $1`, token)
	if errors.Is(err, db.ErrNone) {
		return Order{}, ErrNotFound
	}
	if err != nil {
		return Order{}, err
	}
	o, err := loadOrder(tx, order)
	o.Buyer, o.Address, o.access = Buyer{}, Address{}, ""
	return o, err
}
