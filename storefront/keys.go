package storefront

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
)

// mostOrders is how many orders a browser can open again.
const mostOrders = 10

// ordersLife is how long, in seconds.
const ordersLife = 180 * 24 * 3600

// remember keeps the token of an order's cart, which is the order's key, and
// lets the cart's own cookie go, so that a new cart can begin.
func remember(c *fiber.Ctx, order, token string) {
	kept := []string{order + ":" + token}
	for _, one := range strings.Split(c.Cookies(ordersCookie), ".") {
		if one != "" && !strings.HasPrefix(one, order+":") && len(kept) < mostOrders {
			kept = append(kept, one)
		}
	}
	keep(c, ordersCookie, strings.Join(kept, "."), ordersLife)
	forget(c, cartCookie)
}

func lastOrder(c *fiber.Ctx) (order, token string) {
	newest, _, _ := strings.Cut(c.Cookies(ordersCookie), ".")
	order, token, _ = strings.Cut(newest, ":")
	return order, token
}

// buyerOfCart is who orders: the guest of the open cart, or of the last order
// when its form is sent a second time.
func (s *Site) buyerOfCart(c *fiber.Ctx, actor auth.Actor) (auth.Actor, string) {
	if token := c.Cookies(cartCookie); token != "" {
		return actor, token
	}
	_, token := lastOrder(c)
	return withToken(actor, token), token
}

// opener is the reader as she is if she may open a thing, else with that key of
// her browser which opens it. Staff who see it by their role do not hold its
// key, though they may have a cart of their own.
func opener(c *fiber.Ctx, actor auth.Actor, opens func(auth.Actor) error) auth.Actor {
	if opens(actor) == nil {
		if atWork(actor) {
			actor.GuestHash = ""
		}
		return actor
	}
	var tried []string
	for _, one := range strings.Split(c.Cookies(ordersCookie), ".") {
		_, token, _ := strings.Cut(one, ":")
		if token == "" || slices.Contains(tried, token) || len(tried) >= mostOrders {
			continue
		}
		tried = append(tried, token)
		if a := withToken(actor, token); opens(a) == nil {
			return a
		}
	}
	return actor
}

// buyerOf is the reader with the token that opens an order, if she has it. An
// order that replaces pieces of another has that one's token.
func (s *Site) buyerOf(c *fiber.Ctx, actor auth.Actor, order string) auth.Actor {
	for _, one := range strings.Split(c.Cookies(ordersCookie), ".") {
		if id, token, _ := strings.Cut(one, ":"); id == order {
			return withToken(actor, token)
		}
	}
	return opener(c, actor, func(a auth.Actor) error {
		_, err := s.Orders.Order(c.UserContext(), a, order)
		return err
	})
}
