package storefront

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/fault"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// mostRows is how many heads the form of a card has.
const mostRows = 40

// ofVariant is a variant that the reader may work on, with its piece.
func (s *Site) ofVariant(c *fiber.Ctx, p views.Page) (views.PriceEdit, error) {
	one, err := s.Catalog.OfVariant(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return views.PriceEdit{}, err
	}
	i := slices.IndexFunc(one.Variants, func(v catalog.Variant) bool { return v.ID == c.Params("id") })
	if i < 0 {
		return views.PriceEdit{}, catalog.ErrNotFound
	}
	return views.PriceEdit{Product: one, Variant: one.Variants[i]}, nil
}

// editPrice shows the card in force, or the reference card, to be changed.
func (s *Site) editPrice(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v, err := s.ofVariant(c, p)
	if err != nil {
		return nil, err
	}
	v.Form = views.CardForm(v.Variant.Card)
	if v.Check, err = s.Catalog.CheckCard(c.UserContext(), p.Actor, cardOf(&v.Form, v.Variant.ID)); err != nil {
		return nil, err
	}
	return views.StudioPrice(inOffice(p, "/studio/variants/"+v.Variant.ID+"/price").Titled(p.T("pricing.title"), ""), v), nil
}

// checkPrice shows what the card would be. It saves nothing.
func (s *Site) checkPrice(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v, err := s.ofVariant(c, p)
	if err != nil {
		return nil, err
	}
	v.Form = typedCard(c)
	if v.Check, err = s.Catalog.CheckCard(c.UserContext(), p.Actor, cardOf(&v.Form, v.Variant.ID)); err != nil {
		return nil, err
	}
	return views.StudioPrice(inOffice(p, "/studio/variants/"+v.Variant.ID+"/price").Titled(p.T("pricing.title"), ""), v), nil
}

// savePrice saves the card; when it cannot be, the page comes back as it was sent.
func (s *Site) savePrice(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	form := typedCard(c)
	in := cardOf(&form, c.Params("id"))
	err := error(catalog.ErrCard)
	if !form.Unread() {
		_, err = s.Catalog.SaveCard(c.UserContext(), p.Actor, keyOf(c), in)
	}
	f := fault.Of(err)
	if err != nil && (f == nil || (f.Kind != fault.Invalid && f.Kind != fault.Conflict)) {
		return nil, err
	}
	v, readErr := s.ofVariant(c, p)
	if readErr != nil {
		return nil, readErr
	}
	if err == nil {
		return seeOther(c, "/studio/pieces/"+v.ID)
	}
	v.Form, v.Said = form, p.Lang.Fault(f)
	if v.Check, err = s.Catalog.CheckCard(c.UserContext(), p.Actor, in); err != nil {
		return nil, err
	}
	c.Status(web.Status(f))
	return views.StudioPrice(inOffice(p, "/studio/variants/"+v.Variant.ID+"/price").Titled(p.T("pricing.title"), ""), v), nil
}

// typedCard is the form as it was sent.
func typedCard(c *fiber.Ctx) views.PriceForm {
	f := views.PriceForm{By: c.FormValue("by"), Price: strings.TrimSpace(c.FormValue("price")), From: c.FormValue("from"), Override: strings.TrimSpace(c.FormValue("override"))}
	for i := range mostRows {
		n := "_" + strconv.Itoa(i)
		r := views.HeadRow{Kind: c.FormValue("kind" + n), Head: c.FormValue("head" + n), Amount: strings.TrimSpace(c.FormValue("amount" + n)),
			Minutes: strings.TrimSpace(c.FormValue("minutes" + n)), Shares: c.FormValue("shares"+n) != ""}
		if r.Kind != "" {
			f.Rows = append(f.Rows, r)
		}
	}
	return f
}

// cardOf reads the form; a field that cannot be read is marked in it and left out.
func cardOf(f *views.PriceForm, variant string) catalog.CardInput {
	in := catalog.CardInput{Variant: variant, From: f.From, Override: f.Override}
	price, err := money.Parse(plain(f.Price))
	f.WrongPrice = err != nil && f.Price != ""
	if f.By == views.ByList {
		in.ListPrice = price
	} else {
		in.Tag = price
	}
	for i := range f.Rows {
		r := &f.Rows[i]
		h := catalog.HeadInput{Kind: r.Kind, Head: r.Head, Shares: r.Shares}
		if !r.Used() {
			continue
		}
		r.Wrong = !readAmount(r.Amount, &h)
		if r.Minutes != "" {
			h.Minutes, err = strconv.ParseInt(plain(r.Minutes), 10, 64)
			r.Wrong = r.Wrong || err != nil || h.Minutes < 0
		}
		if !r.Wrong {
			in.Heads = append(in.Heads, h)
		}
	}
	return in
}

// readAmount reads rupees, or percent of the price before tax; the makers' balance
// may be left empty.
func readAmount(text string, h *catalog.HeadInput) bool {
	if text == "" {
		return h.Kind == catalog.Makers
	}
	percent, isPercent := strings.CutSuffix(plain(text), "%")
	amount, err := money.Parse(percent)
	if isPercent {
		points := money.BasisPoints(amount) // hundredths of a percent
		h.BasisPoints = &points
	} else {
		h.Paise = &amount
	}
	return err == nil
}

// plain is a number without the signs that people write it with.
func plain(text string) string { return strings.NewReplacer("₹", "", ",", "", " ", "").Replace(text) }

// addSize adds a size to a piece and goes on to its price. Without an SKU it has one
// that is made of the piece's and the size.
func (s *Site) addSize(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := catalog.VariantInput{Product: c.Params("id"), Size: strings.TrimSpace(c.FormValue("size")), SKU: strings.TrimSpace(c.FormValue("sku"))}
	if in.SKU == "" {
		in.SKU = strings.ToUpper("S-" + in.Product[max(len(in.Product)-10, 0):] + "-" + strings.NewReplacer(" ", "", "×", "X", "/", "").Replace(in.Size))
	}
	v, err := s.Catalog.AddVariant(c.UserContext(), p.Actor, keyOf(c), in)
	if err != nil {
		return s.refusedMove(c, p, err)
	}
	return seeOther(c, "/studio/variants/"+v.ID+"/price")
}
