package storefront

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/db"
	"saebaan/internal/sheet"
	"saebaan/storefront/views"
)

// wanted is the kind of file that the page is asked for as, or "".
func wanted(c *fiber.Ctx) string {
	if kind := c.Query("as"); slices.Contains([]string{"csv", "xlsx"}, kind) {
		return kind
	}
	return ""
}

// keepSheet sends what a page shows as a file, which says when and by whom it
// was made, and tells the audit of it.
func (s *Site) keepSheet(c *fiber.Ctx, p views.Page, kind string, t sheet.Table) (templ.Component, error) {
	path, query, _ := strings.Cut(c.OriginalURL(), "?")
	at, err := s.Auth.Exported(c.UserContext(), p.Actor, path, query)
	if err != nil {
		return nil, err
	}
	t.Fact(p.T("sheet.made_at"), sheet.Text(at.Std().In(db.India).Format("2006-01-02 15:04:05 -0700")))
	t.Fact(p.T("sheet.made_by"), sheet.Text(p.Actor.Name))
	t.Fact(p.T("sheet.rows"), sheet.Count(int64(len(t.Rows))))
	file, err := t.As(kind)
	if err != nil {
		return nil, err
	}
	return nil, download(c, file.Name, file.Type, file.Body)
}
