package storefront

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/storefront/locale"
	"saebaan/storefront/views"
)

func (s *Site) signInForm(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	next := within(c.Query("next"))
	if p.Actor.Via == auth.ViaSession {
		return seeOther(c, landing(p.Actor, next))
	}
	form := views.SignInForm{Next: next}
	if as := c.Query("as"); s.practice() && as != "" {
		form.Login, form.Password = as, s.DemoPassword
	}
	return s.signInPage(c, p, form)
}

// practice reports whether the demonstration's users may be shown.
func (s *Site) practice() bool { return s.Demo && !s.Production }

func (s *Site) signInPage(c *fiber.Ctx, p views.Page, form views.SignInForm) (templ.Component, error) {
	if s.practice() {
		people, err := s.Auth.People(c.UserContext())
		if err != nil {
			return nil, err
		}
		form.People, form.DemoPassword = people, s.DemoPassword
	}
	return views.SignIn(p.Titled(p.T("sign_in.title"), ""), form), nil
}

// signIn opens a session under a new token; one that was open before ends. A
// name that is not known and a wrong password are answered alike.
func (s *Site) signIn(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	next := within(c.FormValue("next"))
	session, err := s.Auth.SignIn(c.UserContext(), strings.TrimSpace(c.FormValue("login")), c.FormValue("password"))
	if f := fault.Of(err); f != nil && (f.Kind == fault.Unauthenticated || f.Kind == fault.TooMany) {
		c.Status(web.Status(f))
		return s.signInPage(c, p, views.SignInForm{Login: c.FormValue("login"), Next: next, Said: p.Lang.Fault(f)})
	}
	if err != nil {
		return nil, err
	}
	if old := c.Cookies(sessionCookie); old != "" {
		if err := s.Auth.SignOut(c.UserContext(), old); err != nil {
			return nil, err
		}
	}
	keep(c, sessionCookie, session.Token, int(auth.SessionLife.Seconds()))
	if l := session.Actor.Language; c.Cookies(langCookie) == "" && locale.Known(l) {
		c.Cookie(&fiber.Cookie{Name: langCookie, Value: l, Path: "/", MaxAge: 365 * 24 * 3600, HTTPOnly: true,
			Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	}
	return seeOther(c, landing(session.Actor, next))
}

func (s *Site) signOut(c *fiber.Ctx, _ views.Page) (templ.Component, error) {
	if token := c.Cookies(sessionCookie); token != "" {
		if err := s.Auth.SignOut(c.UserContext(), token); err != nil {
			return nil, err
		}
	}
	forget(c, sessionCookie)
	return seeOther(c, "/sign-in")
}

// within is an address of the office, or "" for any other, so that a link to
// the sign-in page cannot send a person elsewhere.
func within(next string) string {
	if next == "/office" || strings.HasPrefix(next, "/office/") {
		return next
	}
	return ""
}

// landing is where a person goes after signing in.
func landing(a auth.Actor, next string) string {
	switch {
	case next != "":
		return next
	case a.Has(auth.Preparer), a.Has(auth.Approver), a.Has(auth.Administrator):
		return "/office"
	}
	return "/"
}
