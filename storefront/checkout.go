package storefront

import (
	"errors"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/idem"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/views"
)

func (s *Site) checkout(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	cart, err := s.openCart(c, p.Actor)
	if errors.Is(err, orders.ErrNoCart) || (err == nil && len(cart.Lines) == 0) {
		return seeOther(c, "/cart")
	}
	if err != nil {
		return nil, err
	}
	return views.CheckoutForm(p.Titled(p.T("checkout.title"), ""), views.Checkout{Cart: cart}), nil
}

// placeOrder orders the cart once per key. What is wrong is said beside the
// fields, all at once, with everything she typed kept.
func (s *Site) placeOrder(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	out := views.Checkout{Form: formOf(c)}
	out.Wrong, out.Sure = filled(&out.Form, p.Lang.Code, c.FormValue("sure"))
	form := out.Form
	in := orders.PlaceInput{Cart: c.FormValue("cart"), Buyer: orders.Buyer{Name: form.Name, Phone: form.Phone},
		Address: orders.Address{House: form.House, Landmark: form.Landmark, City: form.City, State: form.State, PIN: form.PIN},
		Method:  orders.Card, Language: p.Lang.Code}
	if len(out.Wrong) > 0 {
		in.Address.State = "" // so that nothing is placed and the rest is checked
	}
	actor, token := s.buyerOfCart(c, p.Actor)
	o, err := s.Orders.Place(c.UserContext(), actor, keyOf(c), in)
	if err != nil {
		return s.notPlaced(c, p, out, err)
	}
	remember(c, o.ID, token)
	return seeOther(c, "/orders/"+o.ID)
}

// notPlaced shows the form again with what is the matter, or the order that the
// cart became before.
func (s *Site) notPlaced(c *fiber.Ctx, p views.Page, out views.Checkout, err error) (templ.Component, error) {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return nil, err // when it is not known what was done, the same form is sent again
	}
	ordered := errors.Is(err, orders.ErrCartUsed) || errors.Is(err, orders.ErrNoCart) || errors.Is(err, idem.ErrReused)
	if id, _ := lastOrder(c); id != "" && ordered {
		return seeOther(c, "/orders/"+id)
	}
	ours := len(out.Wrong) > 0
	for _, one := range f.Fields {
		_, name, _ := strings.Cut(one.Location, ".")
		place := name == "city" || name == "state"
		if out.Wrong[name] == "" && !(ours && place) {
			out.Wrong[name] = "wrong." + one.Location
		}
	}
	for name, id := range out.Wrong {
		out.Wrong[name] = p.T(id)
	}
	out.Said = p.Lang.Fault(f)
	return s.checkoutAgain(c, p, out, web.Status(f))
}

// checkoutAgain shows the form with all that was typed, under the same key, so
// that nothing can be ordered twice by trying again.
func (s *Site) checkoutAgain(c *fiber.Ctx, p views.Page, out views.Checkout, status int) (templ.Component, error) {
	cart, err := s.openCart(c, p.Actor)
	if errors.Is(err, orders.ErrNoCart) {
		return seeOther(c, "/cart")
	}
	if err != nil {
		return nil, err
	}
	out.Cart, p.Key = cart, keyOf(c)
	c.Status(status)
	return views.CheckoutForm(p.Titled(p.T("checkout.title"), ""), out), nil
}

func formOf(c *fiber.Ctx) views.Form {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.Form{Phone: value("phone"), Name: value("name"), PIN: strings.ReplaceAll(value("pin"), " ", ""), House: value("house"),
		Landmark: value("landmark"), City: value("city"), State: value("state")}
}

// filled takes town and State from the PIN where she left them open and the PIN
// tells them. It returns the message ids of fields that are wrong. A State that
// contradicts the PIN is not changed: it is asked about once, and stands when
// sure holds the same two again.
func filled(f *views.Form, language, sure string) (wrong map[string]string, ask string) {
	wrong = map[string]string{}
	states := statesOf(f.PIN)
	if f.City == "" {
		f.City = cityOf(f.PIN, language)
	}
	if f.State == "" && len(states) == 1 {
		f.State = states[0]
	}
	if !pinForm.MatchString(f.PIN) {
		wrong["pin"] = "wrong.address.pin"
		return wrong, ""
	}
	if f.City == "" {
		wrong["city"] = "wrong.address.city"
	}
	if f.State == "" {
		wrong["state"] = "wrong.address.state"
	}
	both := f.PIN + "+" + f.State
	if f.State != "" && len(states) > 0 && !slices.Contains(states, f.State) && sure != both {
		wrong["state"] = "wrong.contradiction"
		return wrong, both
	}
	return wrong, sure
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

// buyerOf is the reader with the token that opens an order, if she has it.
func buyerOf(c *fiber.Ctx, actor auth.Actor, order string) auth.Actor {
	for _, one := range strings.Split(c.Cookies(ordersCookie), ".") {
		if id, token, _ := strings.Cut(one, ":"); id == order {
			return withToken(actor, token)
		}
	}
	return actor
}
