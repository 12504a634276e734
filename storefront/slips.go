package storefront

import (
	"cmp"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/storefront/views"
)

// statementFile gives a statement out on one A5, in the language asked for or
// else that of the page.
func (s *Site) statementFile(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	sl, err := s.Slips.Slip(c.UserContext(), p.Actor, c.Params("id"), c.Query("from"), c.Query("to"))
	if err != nil {
		return nil, err
	}
	file, err := sl.PDF(cmp.Or(c.Query("language"), p.Lang.Code))
	if err != nil {
		return nil, err
	}
	return nil, download(c, sl.FileName(), "application/pdf", file)
}
