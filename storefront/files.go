package storefront

import (
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/media"
	"saebaan/internal/web"
	"saebaan/storefront/static"
)

// forEver is for addresses whose content never changes.
const forEver = "public, max-age=31536000, immutable"

// largestPhoto bounds what is read of one stored size.
const largestPhoto = 8 << 20

// showFrom lets pages show the photos that lie elsewhere.
func (s *Site) showFrom(c *fiber.Ctx) error {
	there, err := url.Parse(s.PhotosAt)
	if err == nil {
		policy := c.GetRespHeader(fiber.HeaderContentSecurityPolicy)
		c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(policy, "img-src 'self'", "img-src 'self' "+there.Scheme+"://"+there.Host, 1))
	}
	return c.Next()
}

// photo sends one size of a photo. Its name is the hash of its content, so a
// browser that has it never needs it again.
func (s *Site) photo(c *fiber.Ctx) error {
	name := c.Params("name")
	if !media.ValidName(name) {
		return media.ErrName
	}
	if s.PhotosAt != "" {
		c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
		return c.Redirect(s.PhotosAt+"/"+name, fiber.StatusFound)
	}
	etag := `"` + name + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, forEver)
	if c.Get(fiber.HeaderIfNoneMatch) == etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	f, err := s.Media.Open(c.UserContext(), name)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(f, largestPhoto))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return media.ErrKeep.Because(err)
	}
	c.Set(fiber.HeaderContentType, media.TypeOf(name))
	return c.Send(body)
}

// file sends an embedded file: for ever at the address that carries its hash.
func (s *Site) file(c *fiber.Ctx) error {
	f, ok := static.Open(c.Params("*"))
	if !ok {
		return web.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	if c.Query("v") == f.Hash || strings.HasSuffix(c.Params("*"), ".woff2") {
		c.Set(fiber.HeaderCacheControl, forEver)
	}
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderETag, `"`+f.Hash+`"`)
	if c.Get(fiber.HeaderIfNoneMatch) == `"`+f.Hash+`"` {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if f.Gzip != nil && c.AcceptsEncodings("gzip") == "gzip" {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.Gzip)
	}
	return c.Send(f.Content)
}

// shared is the address of the picture that a shared link shows: the widest
// one up to 960, which stays below what chat programs load.
func shared(p catalog.Product) string {
	if len(p.Photos) == 0 {
		return ""
	}
	best := ""
	for _, w := range strings.Split(p.Photos[0].Widths, ",") {
		if best == "" || len(w) < 4 {
			best = w
		}
	}
	return "/media/" + p.Photos[0].Hash + "-" + best + ".jpg"
}
