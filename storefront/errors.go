package storefront

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/storefront/locale"
	"saebaan/storefront/views"
)

// ErrorHandler renders any error as a page that says what happened, what was
// not done and what to do next, in the reader's language, with the id under
// which the log has it.
func ErrorHandler(c *fiber.Ctx, err error) error {
	f := web.Fault(c, err)
	c.SetUserContext(context.WithoutCancel(c.UserContext())) // its time may be over
	p := pageOf(c)
	p.Private = true
	kind := locale.Kind(f)
	p = p.Titled(p.T("error."+kind+".title"), "")
	if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, "2")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(web.Status(f))
	failed := views.Failed{Kind: kind, Said: p.Lang.Fault(f), Request: web.RequestID(c.UserContext()), Fields: fieldsOf(p, f)}
	if show(c, views.Failure(p, failed)) != nil {
		return c.Status(http.StatusInternalServerError).SendString(web.ErrInternal.Message)
	}
	return nil
}

// fieldsOf says what is the matter with each field: in words of the language
// where there are any, in English as the fault has it.
func fieldsOf(p views.Page, f *fault.Error) []string {
	var out []string
	for _, one := range f.Fields {
		switch {
		case p.Lang.Has("wrong." + one.Location):
			out = append(out, p.T("wrong."+one.Location))
		case p.Lang.Code == "en":
			out = append(out, one.Location+": "+one.Message)
		}
	}
	return out
}

func escaped(s string) string { return url.QueryEscape(s) }
