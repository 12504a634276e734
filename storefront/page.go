package storefront

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/web"
	"saebaan/storefront/locale"
	"saebaan/storefront/views"
)

// publicPage makes a page that is the same for everybody, and names the products
// it shows; none means a list.
type publicPage func(c *fiber.Ctx, p views.Page) (templ.Component, []string, error)

// personPage makes a page for one person, or nothing when it has answered itself.
type personPage func(c *fiber.Ctx, p views.Page) (templ.Component, error)

// public keeps a page for all readers of one language.
func (s *Site) public(show publicPage) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p := pageOf(c)
		c.Vary(fiber.HeaderAcceptLanguage)
		return s.Cache.Serve(c, "page "+p.Lang.Code+" "+p.Base+p.Path, func() (web.Page, error) {
			page, about, err := show(c, p)
			if err != nil {
				return web.Page{}, err
			}
			body, err := rendered(c.UserContext(), page)
			return web.Page{Body: body, ContentType: fiber.MIMETextHTMLCharsetUTF8, About: about}, err
		})
	}
}

// person finds out who reads and keeps nothing.
func (s *Site) person(do personPage) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		actor, err := s.recognise(c)
		if err != nil {
			return err
		}
		c.SetUserContext(web.WithActor(c.UserContext(), actor))
		p := pageOf(c)
		p.Actor, p.Private, p.Key = actor, true, views.NewKey()
		page, err := do(c, p)
		if err != nil || page == nil {
			return err
		}
		return show(c, page)
	}
}

// signedIn sends a reader who is not signed in to do so first.
func signedIn(show personPage) personPage {
	return func(c *fiber.Ctx, p views.Page) (templ.Component, error) {
		if p.Actor.Via != auth.ViaSession {
			return nil, c.Redirect("/sign-in?next="+escaped(c.Path()), fiber.StatusSeeOther)
		}
		p.Office = true
		return show(c, p)
	}
}

// show sends a page with the status that was set before.
func show(c *fiber.Ctx, page templ.Component) error {
	body, err := rendered(c.UserContext(), page)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(body)
}

func rendered(ctx context.Context, page templ.Component) ([]byte, error) {
	var b bytes.Buffer
	err := page.Render(ctx, &b)
	return b.Bytes(), err
}

// pageOf is what a page knows of its request. A language in the address is
// remembered.
func pageOf(c *fiber.Ctx) views.Page {
	asked := c.Query("lang")
	l := locale.Choose(asked, c.Cookies(langCookie), c.Get(fiber.HeaderAcceptLanguage))
	if locale.Known(asked) {
		c.Cookie(&fiber.Cookie{Name: langCookie, Value: asked, Path: "/", MaxAge: 365 * 24 * 3600,
			HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	}
	return views.Page{Lang: l, Base: c.BaseURL(), Path: c.OriginalURL()}
}

// The cookies. The __Host- prefix keeps other hosts of the domain from setting
// them.
const (
	langCookie    = "lang"
	sessionCookie = web.SessionCookie
	cartCookie    = "__Host-cart"
	ordersCookie  = "__Host-orders"
)

func keep(c *fiber.Ctx, name, value string, seconds int) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds,
		HTTPOnly: true, Secure: true, SameSite: fiber.CookieSameSiteLaxMode})
}

// forget ends a cookie; the prefix asks for the same attributes as when it was set.
func forget(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: name, Value: "", Path: "/", MaxAge: -1,
		HTTPOnly: true, Secure: true, SameSite: fiber.CookieSameSiteLaxMode})
}

// recognise is who reads: the person of the session, the guest of the cart, or
// both in one. What is over or unknown counts as absent.
func (s *Site) recognise(c *fiber.Ctx) (auth.Actor, error) {
	var a auth.Actor
	if token := c.Cookies(sessionCookie); strings.HasPrefix(token, auth.SessionPrefix) {
		found, err := s.Auth.Recognise(c.UserContext(), token)
		if err != nil && !errors.Is(err, auth.ErrUnauthenticated) {
			return a, err
		}
		a = found
	}
	return withToken(a, c.Cookies(cartCookie)), nil
}

// withToken adds the guest of a cart's token to an actor.
func withToken(a auth.Actor, token string) auth.Actor {
	if !strings.HasPrefix(token, auth.CartPrefix) {
		return a
	}
	a.GuestHash = auth.Hash(token)
	if a.Via == auth.ViaNobody {
		a.Via = auth.ViaGuest
	}
	return a
}

// seeOther sends the browser on after a form.
func seeOther(c *fiber.Ctx, path string) (templ.Component, error) {
	return nil, c.Redirect(path, fiber.StatusSeeOther)
}

// keyOf is the key of a form's sending, no longer than ours are.
func keyOf(c *fiber.Ctx) string {
	key := c.FormValue("key")
	return key[:min(len(key), 64)]
}
