package storefront

import (
	"errors"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// cartLife is how long a cart is remembered, in seconds.
const cartLife = 30 * 24 * 3600

func (s *Site) cart(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	cart, err := s.openCart(c, p.Actor)
	if err != nil && !errors.Is(err, orders.ErrNoCart) {
		return nil, err
	}
	return views.Cart(p.Titled(p.T("cart.title"), ""), cart, ""), nil
}

// openCart reads the cart that the reader is filling, or gives ErrNoCart.
func (s *Site) openCart(c *fiber.Ctx, actor auth.Actor) (orders.Cart, error) {
	if actor.GuestHash == "" {
		return orders.Cart{}, orders.ErrNoCart
	}
	id, err := s.Orders.CartOf(c.UserContext(), actor)
	if err != nil {
		return orders.Cart{}, err
	}
	return s.Orders.Cart(c.UserContext(), actor, id)
}

// setLine puts a quantity of a variant into the cart. It says how many there
// shall be, so a double click does no harm and needs no key.
func (s *Site) setLine(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	quantity, err := strconv.ParseInt(c.FormValue("quantity"), 10, 64)
	if err != nil {
		return nil, orders.ErrQuantity
	}
	actor := p.Actor
	cart, err := s.Orders.CartOf(c.UserContext(), actor)
	if errors.Is(err, orders.ErrNoCart) {
		var token string
		cart, token, err = s.Orders.CreateCart(c.UserContext())
		keep(c, cartCookie, token, cartLife)
		actor = withToken(actor, token)
	}
	if err != nil {
		return nil, err
	}
	if _, err := s.Orders.SetLine(c.UserContext(), actor, "", cart, orders.LineInput{Variant: c.FormValue("variant"), Quantity: quantity}); err != nil {
		return nil, err
	}
	return seeOther(c, "/cart")
}
