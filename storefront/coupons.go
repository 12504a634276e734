package storefront

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/money"
	"saebaan/orders"
	"saebaan/storefront/views"
)

func (s *Site) coupons(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Orders.Coupons(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	return views.Coupons(p.Titled(p.T("nav.coupons"), ""), list), nil
}

// createCoupon makes a coupon. Its value is rupees or, of a percent one, percent
// with up to two decimals, which are basis points.
func (s *Site) createCoupon(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := orders.CouponInput{Code: strings.ToUpper(strings.TrimSpace(c.FormValue("code"))), Kind: c.FormValue("kind"),
		From: c.FormValue("from"), To: c.FormValue("to"), Subsidy: strings.TrimSpace(c.FormValue("subsidy"))}
	value, err := rupeesOf(c, "value")
	if err != nil {
		return nil, err
	}
	if in.Kind == orders.Percent {
		in.Rate = money.BasisPoints(value)
	} else {
		in.Paise = value
	}
	for name, to := range map[string]*money.Paise{"least": &in.Least, "most": &in.Most} {
		if *to, err = rupeesOf(c, name); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]*int64{"limit": &in.Limit, "per_phone": &in.PerPhone} {
		if text := strings.TrimSpace(c.FormValue(name)); text != "" {
			if *to, err = strconv.ParseInt(text, 10, 64); err != nil {
				return nil, orders.ErrCoupon.At(name, "a number")
			}
		}
	}
	if _, err := s.Orders.CreateCoupon(c.UserContext(), p.Actor, keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/coupons")
}

func (s *Site) endCoupon(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Orders.EndCoupon(c.UserContext(), p.Actor, keyOf(c), c.FormValue("code")); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/coupons")
}

func (s *Site) recordSubsidy(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	amount, err := rupeesOf(c, "amount")
	if err != nil {
		return nil, err
	}
	if _, err := s.Orders.RecordSubsidy(c.UserContext(), p.Actor, keyOf(c), orders.SubsidyInput{Name: strings.TrimSpace(c.FormValue("name")),
		Amount: amount, Reason: strings.TrimSpace(c.FormValue("reason"))}); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/coupons")
}
