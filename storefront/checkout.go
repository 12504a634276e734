package storefront

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/idem"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/storefront/views"
)

func (s *Site) checkout(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.checkoutForm(c, p, views.Checkout{})
}

// price shows the order form again with what it costs at the address and with
// the coupon typed so far. Nothing is ordered by it.
func (s *Site) price(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	out := views.Checkout{Form: formOf(c), Sure: c.FormValue("sure"), Wrong: map[string]string{}}
	wrong, _ := filled(&out.Form, p.Lang.Code, out.Sure)
	if out.Form.PIN != "" && wrong["pin"] != "" {
		out.Wrong["pin"] = p.T(wrong["pin"])
	}
	p.Key, p.Path = keyOf(c), "/checkout"
	return s.checkoutForm(c, p, out)
}

// checkoutForm shows the form with the cart as it is priced now, or the cart
// when it cannot be ordered.
func (s *Site) checkoutForm(c *fiber.Ctx, p views.Page, out views.Checkout) (templ.Component, error) {
	cart, err := s.openCart(c, p.Actor)
	if errors.Is(err, orders.ErrNoCart) || (err == nil && len(cart.Lines) == 0) {
		return seeOther(c, "/cart")
	}
	if err != nil {
		return nil, err
	}
	out.Cart, out.Settings = cart, s.Orders.Settings()
	err = s.priced(c.UserContext(), p.Actor, &out)
	if errors.Is(err, orders.ErrNotForSale) && out.Said == "" {
		return seeOther(c, "/cart")
	}
	if err != nil && !errors.Is(err, orders.ErrNotForSale) {
		return nil, err
	}
	if f := fault.Of(out.Quote.Refused); f != nil {
		if out.Wrong == nil {
			out.Wrong = map[string]string{}
		}
		out.Wrong["coupon"] = p.Lang.Fault(f)
	}
	return views.CheckoutForm(p.Titled(p.T("checkout.title"), ""), out), nil
}

// priced asks what the cart costs for what she has typed; where the discount
// crosses into another rate of tax it keeps the other bill too.
func (s *Site) priced(ctx context.Context, actor auth.Actor, out *views.Checkout) error {
	in := orders.QuoteInput{Cart: out.Cart.ID, State: out.Form.State, PIN: out.Form.PIN, Coupon: out.Form.Coupon}
	if !pinForm.MatchString(in.PIN) {
		in.PIN = ""
	}
	if _, known := gst.States[in.State]; !known {
		in.State = ""
	}
	var err error
	if out.Quote, err = s.Orders.Quote(ctx, actor, in); err != nil || !out.Quote.Crosses {
		return err
	}
	in.Coupon = ""
	plain, err := s.Orders.Quote(ctx, actor, in)
	out.Plain = &plain.Order
	return err
}

// placeOrder orders the cart once per key, at the total that she saw. What is
// wrong is said beside the fields, all at once, with everything she typed kept.
func (s *Site) placeOrder(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	out := views.Checkout{Form: formOf(c)}
	out.Wrong, out.Sure = filled(&out.Form, p.Lang.Code, c.FormValue("sure"))
	for name, id := range out.Wrong {
		out.Wrong[name] = p.T(id)
	}
	form := out.Form
	in := orders.PlaceInput{Cart: c.FormValue("cart"), Buyer: orders.Buyer{Name: form.Name, Phone: form.Phone, GSTIN: form.GSTIN},
		Address: orders.Address{House: form.House, Landmark: form.Landmark, City: form.City, State: form.State, PIN: form.PIN},
		Method:  orders.Method(form.Method), Coupon: form.Coupon, Language: p.Lang.Code}
	if in.Method == "" {
		in.Method = s.Orders.Settings().Methods()[0]
	}
	if seen, err := strconv.ParseInt(c.FormValue("seen"), 10, 64); err == nil && seen > 0 {
		in.Expected = money.Paise(seen)
	}
	actor, token := s.buyerOfCart(c, p.Actor)
	if len(out.Wrong) == 0 {
		out.Changed = s.changed(c, p.As(actor), &out)
	}
	if len(out.Wrong) > 0 || out.Changed != "" {
		in.Address.State = "" // so that nothing is placed and the rest is checked
	}
	o, err := s.Orders.Place(c.UserContext(), actor, keyOf(c), in)
	if err != nil {
		return s.notPlaced(c, p, out, err)
	}
	remember(c, o.ID, token)
	return seeOther(c, "/orders/"+o.ID)
}

// changed says why the order would not cost what the form showed her, or "".
// A cart that was ordered before is left to Place, which answers as it did then.
func (s *Site) changed(c *fiber.Ctx, p views.Page, out *views.Checkout) string {
	now := views.Checkout{Form: out.Form, Cart: orders.Cart{ID: c.FormValue("cart")}}
	if err := s.priced(c.UserContext(), p.Actor, &now); err != nil {
		return ""
	}
	if f := fault.Of(now.Quote.Refused); f != nil {
		out.Wrong["coupon"] = p.Lang.Fault(f)
		return ""
	}
	if c.FormValue("seen") == strconv.FormatInt(int64(now.Quote.Order.Total), 10) {
		return ""
	}
	return views.Changed(p, now.Quote, c.FormValue("seen"), c.FormValue("seen_delivery"))
}

// besideField are the faults of Place that belong to one field.
var besideField = map[string]string{"orders.no_coupon": "coupon", "orders.coupon_used": "coupon", "orders.coupon_least": "coupon",
	"orders.coupon_short": "coupon", "gst.gstin_form": "gstin", "gst.gstin_state": "gstin", "gst.gstin_check": "gstin"}

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
	ours := len(out.Wrong) > 0 || out.Changed != ""
	for _, one := range f.Fields {
		_, name, _ := strings.Cut(one.Location, ".")
		place := name == "city" || name == "state"
		if out.Wrong[name] == "" && !(ours && place) {
			out.Wrong[name] = p.T("wrong." + one.Location)
		}
	}
	if name := besideField[f.Code]; name != "" {
		out.Wrong[name] = p.Lang.Fault(f)
	}
	c.Status(web.Status(f))
	if len(out.Wrong) > 0 || out.Changed == "" {
		out.Said = p.Lang.Fault(f)
	} else {
		c.Status(fiber.StatusConflict)
	}
	p.Key = keyOf(c) // the same, so that nothing is ordered twice by trying again
	return s.checkoutForm(c, p, out)
}

func formOf(c *fiber.Ctx) views.Form {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.Form{Phone: value("phone"), Name: value("name"), PIN: strings.ReplaceAll(value("pin"), " ", ""), House: value("house"),
		Landmark: value("landmark"), City: value("city"), State: value("state"), Coupon: strings.ToUpper(value("coupon")),
		GSTIN: strings.ToUpper(strings.ReplaceAll(value("gstin"), " ", "")), Method: value("method")}
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
