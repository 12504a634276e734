package storefront

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/storefront/views"
)

func (s *Site) setPhone(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Artisans.SetPhone(c.UserContext(), p.Actor, keyOf(c), artisans.PhoneInput{Artisan: c.Params("id"), Phone: c.FormValue("phone")}); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/artisans/"+c.Params("id")+"/payee")
}

// notices are what women are to be told of changes, in the reader's areas.
func (s *Site) notices(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Artisans.NoticesDue(c.UserContext(), p.Actor, c.Query("after"), perPage+1)
	if err != nil {
		return nil, err
	}
	after := ""
	if len(list) > perPage {
		list = list[:perPage]
		after = list[perPage-1].ID
	}
	people, err := s.people(c.UserContext())
	if err != nil {
		return nil, err
	}
	return views.Notices(p.Titled(p.T("nav.notices"), ""), list, people, after), nil
}

func (s *Site) told(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := artisans.ToldInput{Notice: c.Params("id"), How: c.FormValue("how"), Reason: c.FormValue("reason")}
	if _, err := s.Artisans.Told(c.UserContext(), p.Actor, keyOf(c), in); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/notices")
}
