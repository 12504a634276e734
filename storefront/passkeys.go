package storefront

import (
	"errors"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// offered reports whether passkeys work at the address she has open.
func (s *Site) offered(p views.Page) bool {
	o := s.Auth.Offer()
	here, err := url.Parse(p.Base)
	there, wrong := url.Parse(o.Origin)
	return o.Why == "" && err == nil && wrong == nil && here.Host == there.Host
}

// hasPasskey reports whether the reader can prove with a passkey here.
func (s *Site) hasPasskey(c *fiber.Ctx, p views.Page) (bool, error) {
	if p.Actor.Via != auth.ViaSession || !s.offered(p) {
		return false, nil
	}
	list, err := s.Auth.Passkeys(c.UserContext(), p.Actor)
	for _, one := range list {
		if one.Site == s.Auth.Offer().Site {
			return true, err
		}
	}
	return false, err
}

func (s *Site) passkeys(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.passkeysWith(c, p, nil)
}

// passkeysWith shows the reader's passkeys, with what went wrong before.
func (s *Site) passkeysWith(c *fiber.Ctx, p views.Page, wrong *fault.Error) (templ.Component, error) {
	list, err := s.Auth.Passkeys(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	v := views.Passkeys{List: list, Offer: s.Auth.Offer(), Here: s.offered(p)}
	if wrong != nil {
		v.Said = p.Lang.Fault(wrong)
		c.Status(web.Status(wrong))
	}
	p.Office, p.Path = true, "/office/passkeys"
	return views.PasskeyPage(p.Titled(p.T("nav.passkeys"), ""), v), nil
}

func (s *Site) addPasskey(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Auth.AddPasskey(c.UserContext(), p.Actor, c.FormValue("label"), []byte(c.FormValue("answer")))
	return s.passkeyChanged(c, p, err)
}

func (s *Site) removePasskey(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.passkeyChanged(c, p, s.Auth.RemovePasskey(c.UserContext(), p.Actor, c.Params("id"), c.FormValue("password")))
}

// passkeyChanged shows the list again; what she can put right is said above it.
func (s *Site) passkeyChanged(c *fiber.Ctx, p views.Page, err error) (templ.Component, error) {
	if err == nil {
		return seeOther(c, "/office/passkeys")
	}
	f := fault.Of(err)
	if f == nil || p.Actor.Via != auth.ViaSession || !strings.HasPrefix(f.Code, "auth.") {
		return nil, err
	}
	return s.passkeysWith(c, p, f)
}

// challengePasskey and challengeRun give passkey.js what it asks the browser with.
func (s *Site) challengePasskey(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	options, err := s.Auth.BeginPasskey(c.UserContext(), p.Actor, c.FormValue("password"))
	return challenged(c, p, options, err)
}

func (s *Site) challengeRun(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	options, err := s.Auth.BeginProof(c.UserContext(), p.Actor, auth.ApproveRun(c.Params("id"), c.FormValue("hash")))
	return challenged(c, p, options, err)
}

// challenged answers a script: options, or what is the matter in her language.
func challenged(c *fiber.Ctx, p views.Page, options []byte, err error) (templ.Component, error) {
	if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		return nil, c.Status(web.Status(f)).JSON(fiber.Map{"said": p.Lang.Fault(f)})
	}
	if err != nil {
		return nil, err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return nil, c.Send(options)
}

// unproven reports whether a proof that she is there was not accepted, so that she
// may try again where she is.
func unproven(err error) bool {
	for _, one := range []error{auth.ErrStepUp, auth.ErrTooMany, auth.ErrProof, auth.ErrPasskey, auth.ErrPasskeyCounter, auth.ErrPasskeysOff} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}
