package storefront

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/internal/paper"
	"saebaan/internal/qr"
	"saebaan/internal/web"
	"saebaan/payouts"
	"saebaan/storefront/views"
)

// registerCards puts the pages of cards on the app: hers, behind the code on her
// card, and those of who issues it.
func (s *Site) registerCards(app *fiber.App, office, post func(path string, do personPage)) {
	app.Get("/c/:token", s.Guesses.Misses, s.person(s.hers))
	app.Get("/c/:token/voice.wav", s.Guesses.Misses, s.person(s.hersVoice))
	office("/office/artisans/:id/card", s.card)
	office("/office/artisans/:id/card.pdf", s.cardFile)
	post("/office/artisans/:id/card", s.issueCard)
	post("/office/artisans/:id/card/revoke", s.revokeCard)
}

// openedCard reads what the card of the address opens; an unknown one is as any
// address that does not exist.
func (s *Site) openedCard(c *fiber.Ctx) (payouts.Hers, error) {
	c.Set("X-Robots-Tag", "noindex")
	h, err := s.Payouts.Hers(c.UserContext(), c.Params("token"))
	if errors.Is(err, artisans.ErrNoCard) {
		return h, web.ErrNotFound
	}
	return h, err
}

// hers shows whoever holds a card what she is owed.
func (s *Site) hers(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	h, err := s.openedCard(c)
	if err != nil {
		return nil, err
	}
	return views.Hers(p.Titled(p.T("hers.title"), ""), "/c/"+c.Params("token"), h), nil
}

// hersVoice says it, in Urdu when that is asked for and else in Hindi.
func (s *Site) hersVoice(c *fiber.Ctx, _ views.Page) (templ.Component, error) {
	h, err := s.openedCard(c)
	if err != nil {
		return nil, err
	}
	wav, err := h.Voice(c.Query("language"))
	if errors.Is(err, artisans.ErrNoCard) {
		return nil, web.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	c.Set(fiber.HeaderContentType, "audio/wav")
	return nil, c.Send(wav)
}

// printed reads an artisan's newest card with what is printed on it.
func (s *Site) printed(c *fiber.Ctx, p views.Page) (artisans.PrintedCard, error) {
	var out artisans.PrintedCard
	var err error
	ctx, id := c.UserContext(), c.Params("id")
	if out.Artisan, err = s.Artisans.Artisan(ctx, p.Actor, id); err != nil {
		return out, err
	}
	if out.Group, err = s.Artisans.GroupOf(ctx, p.Actor, id); err != nil && !errors.Is(err, artisans.ErrNoGroup) {
		return out, err
	}
	out.Card, err = s.Artisans.Card(ctx, p.Actor, id)
	if out.Token != "" {
		out.Address = cmp.Or(s.Orders.Settings().Site, p.Base) + "/c/" + out.Token
	}
	return out, err
}

func (s *Site) card(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.cardPage(c, p, nil)
}

// cardPage shows her card, and what was the matter with a form.
func (s *Site) cardPage(c *fiber.Ctx, p views.Page, wrong error) (templ.Component, error) {
	card, err := s.printed(c, p)
	v := views.CardView{PrintedCard: card, Today: s.Payouts.Today()}
	if err != nil && !errors.Is(err, artisans.ErrNoCard) {
		return nil, err
	}
	if v.Address != "" {
		if v.QR, err = qr.SVG(v.Address); err != nil {
			return nil, err
		}
	}
	if wrong != nil {
		f := web.Fault(c, wrong)
		v.Wrong = p.Lang.Fault(f)
		c.Status(web.Status(f))
	}
	p.Office = true
	return views.Card(p.Titled(p.T("card.title"), ""), v), nil
}

// cardFile prints a card that opens its page.
func (s *Site) cardFile(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	card, err := s.printed(c, p)
	if err != nil {
		return nil, err
	}
	if card.Token == "" {
		return nil, artisans.ErrNoCard
	}
	file, err := paper.SlipPDF(card.Paper(cmp.Or(c.Query("language"), p.Lang.Code)))
	if err != nil {
		return nil, err
	}
	return nil, download(c, card.Card.ID+".pdf", "application/pdf", file)
}

func (s *Site) issueCard(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	years, _ := strconv.Atoi(c.FormValue("years")) // what is no number is refused as 0
	_, err := s.Artisans.IssueCard(c.UserContext(), p.Actor, keyOf(c), artisans.CardInput{Artisan: c.Params("id"), Years: years, Reason: c.FormValue("reason")})
	return s.cardChanged(c, p, err)
}

func (s *Site) revokeCard(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Artisans.RevokeCard(c.UserContext(), p.Actor, keyOf(c), c.Params("id"), c.FormValue("reason"))
	return s.cardChanged(c, p, err)
}

func (s *Site) cardChanged(c *fiber.Ctx, p views.Page, err error) (templ.Component, error) {
	said := []error{artisans.ErrCard, artisans.ErrReason, artisans.ErrRevoked}
	if slices.ContainsFunc(said, func(known error) bool { return errors.Is(err, known) }) {
		return s.cardPage(c, p, err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/artisans/"+c.Params("id")+"/card")
}
