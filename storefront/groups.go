package storefront

import (
	"errors"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/internal/fault"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/payouts"
	"saebaan/storefront/views"
)

// groups lists the self-help groups that the reader may see.
func (s *Site) groups(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Artisans.Groups(c.UserContext(), p.Actor, "", 200)
	if err != nil {
		return nil, err
	}
	return views.Groups(p.Titled(p.T("nav.groups"), ""), list), nil
}

func (s *Site) createGroup(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	g, err := s.Artisans.CreateGroup(c.UserContext(), p.Actor, keyOf(c), artisans.GroupInput{NameEn: c.FormValue("name_en"), NameHi: c.FormValue("name_hi"),
		Area: c.FormValue("area"), Bylaws: c.FormValue("bylaws")})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/groups/"+g.ID)
}

// group is one group with its members, and who may join it.
func (s *Site) group(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	g, err := s.Artisans.Group(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := views.GroupView{Group: g, Today: s.Payouts.Today()}
	if v.People, err = s.Artisans.List(c.UserContext(), p.Actor, "", 1000); err != nil {
		return nil, err
	}
	return views.OneGroup(p.Titled(p.T("nav.groups"), ""), v), nil
}

func (s *Site) setMember(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := artisans.MemberInput{Group: c.Params("id"), Artisan: c.FormValue("artisan"), Date: c.FormValue("date"),
		Leader: c.FormValue("role") == "leader", Leaves: c.FormValue("role") == "none"}
	if _, err := s.Artisans.SetMember(c.UserContext(), p.Actor, keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/groups/"+in.Group)
}

// consents are what one artisan has agreed to give her group.
func (s *Site) consents(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.consentsWith(c, p, nil)
}

func (s *Site) consentsWith(c *fiber.Ctx, p views.Page, wrong error) (templ.Component, error) {
	a, err := s.Artisans.Artisan(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := views.ConsentsView{Artisan: a, Today: s.Payouts.Today()}
	if v.List, err = s.Payouts.Consents(c.UserContext(), p.Actor, a.ID); err != nil {
		return nil, err
	}
	if v.Group, err = s.Artisans.GroupOf(c.UserContext(), p.Actor, a.ID); err != nil && !errors.Is(err, artisans.ErrNoGroup) {
		return nil, err
	}
	if wrong != nil {
		f := fault.Of(wrong)
		v.Wrong, p.Office = p.Lang.Fault(f), true
		c.Status(web.Status(f))
	}
	return views.Consents(p.Titled(p.T("consent.title"), ""), v), nil
}

func (s *Site) agree(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := payouts.ConsentInput{Artisan: c.Params("id"), Group: c.FormValue("group"), Kind: c.FormValue("kind"), From: c.FormValue("from"),
		Notice: c.FormValue("notice"), Language: c.FormValue("language"), Confirmed: c.FormValue("confirmed")}
	most, err1 := money.Parse(c.FormValue("most", "0"))
	total, err2 := money.Parse(c.FormValue("total", "0"))
	if err1 != nil || err2 != nil {
		return s.consentsWith(c, p, payouts.ErrConsent)
	}
	in.Most, in.Total = most, total
	if _, err := s.Payouts.Agree(c.UserContext(), p.Actor, keyOf(c), in); errors.Is(err, payouts.ErrConsent) {
		return s.consentsWith(c, p, err)
	} else if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/artisans/"+in.Artisan+"/consents")
}

func (s *Site) revoke(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	consent, err := s.Payouts.Revoke(c.UserContext(), p.Actor, keyOf(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/artisans/"+consent.ArtisanID+"/consents")
}

// groupPayee is how a group is paid.
func (s *Site) groupPayee(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.payeeWith(c, p, artisans.PayeeInput{Group: c.Params("id")}, nil)
}

func (s *Site) setGroupPayee(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.savePayee(c, p, artisans.PayeeInput{Group: c.Params("id")})
}

// payee is how an artisan is paid.
func (s *Site) payee(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.payeeWith(c, p, artisans.PayeeInput{Artisan: c.Params("id")}, nil)
}

func (s *Site) setPayee(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.savePayee(c, p, artisans.PayeeInput{Artisan: c.Params("id")})
}

func (s *Site) savePayee(c *fiber.Ctx, p views.Page, in artisans.PayeeInput) (templ.Component, error) {
	in.Kind, in.Holder, in.Account, in.IFSC, in.UPI = c.FormValue("kind"), c.FormValue("holder"), c.FormValue("account"), c.FormValue("ifsc"), c.FormValue("upi")
	in.Confirmed, in.IFSCNote = c.FormValue("confirmed"), c.FormValue("ifsc_note")
	_, err := s.Artisans.SetPayee(c.UserContext(), p.Actor, keyOf(c), in)
	if errors.Is(err, artisans.ErrPayee) || errors.Is(err, artisans.ErrConfirm) {
		return s.payeeWith(c, p, in, err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, c.Path())
}

// payeeWith shows the payment details of an artisan or a group, and what was the
// matter with the form.
func (s *Site) payeeWith(c *fiber.Ctx, p views.Page, in artisans.PayeeInput, wrong error) (templ.Component, error) {
	var v views.PayeeView
	var err error
	if in.Group != "" {
		v.Group, err = s.Artisans.Group(c.UserContext(), p.Actor, in.Group)
		v.Now = v.Group.Payee
	} else {
		v.Artisan, err = s.Artisans.Artisan(c.UserContext(), p.Actor, in.Artisan)
		v.Now = v.Artisan.Payee
	}
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		f := fault.Of(wrong)
		v.Wrong, p.Office = p.Lang.Fault(f), true
		if len(f.Fields) > 0 && slices.Contains([]string{"holder", "account", "ifsc", "upi", "kind"}, f.Fields[0].Location) {
			v.Field = f.Fields[0].Location
		}
		c.Status(web.Status(f))
	}
	return views.Payee(p.Titled(p.T("payee.title"), ""), v), nil
}

func (s *Site) setPAN(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Artisans.SetPAN(c.UserContext(), p.Actor, keyOf(c), artisans.PANInput{Artisan: c.Params("id"), PAN: c.FormValue("pan")}); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/artisans/"+c.Params("id")+"/payee")
}
