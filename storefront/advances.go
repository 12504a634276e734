package storefront

import (
	"context"
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/payouts"
	"saebaan/storefront/views"
)

// advances lists what waits for a decision or is not worked off, or all that one
// artisan was given.
func (s *Site) advances(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.advancesWith(c, p, "", nil)
}

// advancesWith is the page again, with what was wrong beside the advance it was
// about; "" is the proposal.
func (s *Site) advancesWith(c *fiber.Ctx, p views.Page, about string, wrong error) (templ.Component, error) {
	v := views.AdvancesView{About: about}
	artisan := c.Query("artisan", c.FormValue("artisan"))
	if artisan != "" {
		a, err := s.Artisans.Artisan(c.UserContext(), p.Actor, artisan)
		if err != nil {
			return nil, err
		}
		v.Artisan = &a
	}
	var err error
	if v.List, err = s.Payouts.Advances(c.UserContext(), p.Actor, artisan, "", 200); err != nil {
		return nil, err
	}
	if v.People, err = s.people(c.UserContext()); err != nil {
		return nil, err
	}
	if v.Passkey, err = s.hasPasskey(c, p); err != nil {
		return nil, err
	}
	if wrong != nil {
		f := fault.Of(wrong)
		v.Wrong, p.Office = p.Lang.Fault(f), true
		c.Status(web.Status(f))
	}
	return views.Advances(p.Titled(p.T("nav.advances"), ""), v), nil
}

func (s *Site) proposeAdvance(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	amount, err := money.Parse(c.FormValue("amount"))
	if err != nil {
		return s.advancesWith(c, p, "", payouts.ErrAdvance)
	}
	_, err = s.Payouts.ProposeAdvance(c.UserContext(), p.Actor, keyOf(c), payouts.AdvanceInput{Artisan: c.FormValue("artisan"), Kind: c.FormValue("kind"),
		Amount: amount, Reason: c.FormValue("reason")})
	if errors.Is(err, payouts.ErrAdvance) {
		return s.advancesWith(c, p, "", err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/advances?artisan="+c.FormValue("artisan"))
}

// decideAdvance gives or refuses an advance, or decides a write-off of it.
func (s *Site) decideAdvance(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.decided(c, p, s.Payouts.DecideAdvance)
}

func (s *Site) decideAdvanceWriteOff(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.decided(c, p, s.Payouts.WriteOffAdvance)
}

// decided carries a decision out; what is wrong with it is said beside the advance.
func (s *Site) decided(c *fiber.Ctx, p views.Page, decide func(context.Context, auth.Actor, payouts.AdvanceDecision) (payouts.Advance, error)) (templ.Component, error) {
	in := advanceDecision(c)
	in.Password, in.Passkey = c.FormValue("password"), []byte(c.FormValue("answer"))
	if _, err := decide(c.UserContext(), p.Actor, in); unproven(err) || errors.Is(err, payouts.ErrAdvance) || errors.Is(err, payouts.ErrAdvanceSeen) {
		return s.advancesWith(c, p, in.Advance, err)
	} else if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/advances")
}

// advanceDecision is what a form says of an advance, without the proof.
func advanceDecision(c *fiber.Ctx) payouts.AdvanceDecision {
	return payouts.AdvanceDecision{Advance: c.Params("id"), Yes: c.FormValue("decision") == "yes", Reference: c.FormValue("reference"), Seen: c.FormValue("hash")}
}

// challengeAdvance and challengeAdvanceWriteOff give passkey.js what it asks the
// browser with.
func (s *Site) challengeAdvance(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	options, err := s.Auth.BeginProof(c.UserContext(), p.Actor, advanceDecision(c).GiveAct())
	return challenged(c, p, options, err)
}

func (s *Site) challengeAdvanceWriteOff(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	options, err := s.Auth.BeginProof(c.UserContext(), p.Actor, advanceDecision(c).WriteOffAct())
	return challenged(c, p, options, err)
}

func (s *Site) pauseAdvance(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Payouts.PauseAdvance(c.UserContext(), p.Actor, keyOf(c), c.Params("id"), c.FormValue("reason")); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/advances")
}

func (s *Site) proposeAdvanceWriteOff(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Payouts.ProposeWriteOff(c.UserContext(), p.Actor, keyOf(c), c.Params("id"), c.FormValue("reason"))
	if errors.Is(err, payouts.ErrAdvance) {
		return s.advancesWith(c, p, c.Params("id"), err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/advances")
}
