package storefront

import (
	"bufio"
	"context"
	"encoding/xml"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/web"
	"saebaan/storefront/locale"
	"saebaan/storefront/views"
)

const (
	sitemapPart  = 20_000 // pieces in one file; the protocol allows 50,000 addresses
	feedsAtOnce  = 2      // long answers that are made at the same time
	feedsPer     = 20     // by one address at once, and then one each half minute
	feedsEvery   = 30 * time.Second
	feedLongest  = 2 * time.Minute
	mostTitle    = 150 // letters, by Google's product data specification
	mostDescribe = 5_000
	mostPictures = 10 // beside the first
)

// registerFeeds puts what machines read of the shop on the app.
func (s *Site) registerFeeds(app *fiber.App) {
	limit := web.NewLimit(feedsPer, feedsEvery, nil)
	turn := make(chan struct{}, feedsAtOnce)
	long := func(path string, write func(ctx context.Context, f feed) error) {
		app.Get(path, limit.Handle, func(c *fiber.Ctx) error { return s.stream(c, turn, write) })
	}
	app.Get("/robots.txt", s.robots)
	app.Get("/sitemap.xml", limit.Handle, s.sitemapIndex)
	long("/sitemap/:part.xml", s.sitemap)
	long("/feeds/google.xml", s.google)
}

// feed is an answer that is written while it is read.
type feed struct {
	out  *bufio.Writer
	base string // of all addresses
	lang locale.Lang
	part string
}

// element writes one element with what it holds.
func (f feed) element(v any) error { return xml.NewEncoder(f.out).Encode(v) }

// stream writes a feed as it is read, so that no more than some pieces of it are held
// at once. When it breaks off, the document is not closed, and no reader takes it.
func (s *Site) stream(c *fiber.Ctx, turn chan struct{}, write func(context.Context, feed) error) error {
	select {
	case turn <- struct{}{}:
	default:
		return web.ErrTooOften
	}
	// What fiber lends is gone when the writer runs.
	f := feed{base: strings.Clone(c.BaseURL()), lang: locale.Choose(strings.Clone(c.Query("lang")), "", ""), part: strings.Clone(c.Params("part"))}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), feedLongest)
	path := strings.Clone(c.Path())
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache") // what is hidden is in no copy
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer func() { cancel(); <-turn }()
		f.out = w
		_, err := w.WriteString(xml.Header)
		if err == nil {
			err = write(ctx, f)
		}
		if err != nil {
			slog.Warn("a feed broke off", "path", path, "error", err)
		}
	})
	return nil
}

// robots tells crawlers what is not for them and where the map is.
func (s *Site) robots(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.SendString("User-agent: *\nDisallow: /office\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\nDisallow: /pay/\nDisallow: /c/\nDisallow: /open/\n" +
		"Disallow: /sign-in\n\nSitemap: " + c.BaseURL() + "/sitemap.xml\n")
}

type sitemapIndex struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Parts   []struct {
		Address string `xml:"loc"`
	} `xml:"sitemap"`
}

// sitemapIndex lists the parts of the map (sitemaps.org): each begins after a piece.
func (s *Site) sitemapIndex(c *fiber.Ctx) error {
	after, err := s.Catalog.PublishedEvery(c.UserContext(), sitemapPart)
	if err != nil {
		return err
	}
	index := sitemapIndex{}
	for _, part := range append([]string{"first"}, after...) {
		index.Parts = append(index.Parts, struct {
			Address string `xml:"loc"`
		}{c.BaseURL() + "/sitemap/" + part + ".xml"})
	}
	body, err := xml.Marshal(index)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache") // what is hidden is in no copy
	return c.Send(append([]byte(xml.Header), body...))
}

// alternate is a page in another language.
type alternate struct {
	Rel      string `xml:"rel,attr"`
	Language string `xml:"hreflang,attr"`
	Address  string `xml:"href,attr"`
}

type sitemapURL struct {
	XMLName    xml.Name    `xml:"url"`
	Address    string      `xml:"loc"`
	Changed    string      `xml:"lastmod,omitempty"`
	Alternates []alternate `xml:"xhtml:link"`
}

func (f feed) url(path string, changed time.Time) error {
	u := sitemapURL{Address: f.base + path}
	if !changed.IsZero() {
		u.Changed = changed.UTC().Format(time.RFC3339)
	}
	for _, l := range locale.Offered() {
		u.Alternates = append(u.Alternates, alternate{"alternate", l.Code, f.base + path + "?lang=" + l.Code})
	}
	return f.element(u)
}

// sitemap lists the pieces of one part with their languages; the first part has the
// other pages too, and one that is in no index has nothing.
func (s *Site) sitemap(ctx context.Context, f feed) error {
	parts, err := s.Catalog.PublishedEvery(ctx, sitemapPart)
	if err != nil {
		return err
	}
	if _, err := f.out.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">`); err != nil {
		return err
	}
	at, known := slices.BinarySearch(parts, f.part)
	after, to := f.part, ""
	if f.part == "first" {
		at, known, after = -1, true, ""
		for _, path := range []string{"/", "/shop", "/about", "/open-books"} {
			if err := f.url(path, time.Time{}); err != nil {
				return err
			}
		}
		if err := s.sitemapCollections(ctx, f); err != nil {
			return err
		}
	}
	if !known {
		_, err := f.out.WriteString(`</urlset>`)
		return err
	}
	if at+1 < len(parts) {
		to = parts[at+1]
	}
	if err := s.Catalog.EachPublished(ctx, after, to, func(page []catalog.Product) error {
		for _, p := range page {
			if err := f.url("/p/"+p.Slug, p.ChangedAt.Std()); err != nil {
				return err
			}
		}
		return f.out.Flush()
	}); err != nil {
		return err
	}
	_, err = f.out.WriteString(`</urlset>`)
	return err
}

// sitemapCollections lists the collections that are shown now.
func (s *Site) sitemapCollections(ctx context.Context, f feed) error {
	shown, err := s.Catalog.ShownCollections(ctx)
	if err != nil || len(shown) == 0 {
		return err
	}
	if err := f.url("/collections", time.Time{}); err != nil {
		return err
	}
	for _, c := range shown {
		if err := f.url("/collections/"+c.Slug, c.ChangedAt.Std()); err != nil {
			return err
		}
	}
	return nil
}

// googleItem is a size of a piece by Google's product data specification.
type googleItem struct {
	XMLName      xml.Name `xml:"item"`
	ID           string   `xml:"g:id"`
	Group        string   `xml:"g:item_group_id"`
	Title        string   `xml:"g:title"`
	Description  string   `xml:"g:description"`
	Link         string   `xml:"g:link"`
	Image        string   `xml:"g:image_link"`
	Images       []string `xml:"g:additional_image_link"`
	Availability string   `xml:"g:availability"`
	Price        string   `xml:"g:price"`
	Condition    string   `xml:"g:condition"`
	Brand        string   `xml:"g:brand"`
	Identifier   string   `xml:"g:identifier_exists"`
	Colour       string   `xml:"g:color,omitempty"`
	Material     string   `xml:"g:material,omitempty"`
	Size         string   `xml:"g:size,omitempty"`
	Kind         string   `xml:"g:product_type,omitempty"`
}

// google is the product feed: every size with a price and a picture, since an offer
// without a picture is refused there.
func (s *Site) google(ctx context.Context, f feed) error {
	p := views.Page{Lang: f.lang, Base: f.base}
	if _, err := f.out.WriteString(`<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>`); err != nil {
		return err
	}
	for _, head := range []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	}{{xml.Name{Local: "title"}, p.T("site.name")}, {xml.Name{Local: "link"}, f.base}, {xml.Name{Local: "description"}, p.T("shop.description")}} {
		if err := f.element(head); err != nil {
			return err
		}
	}
	if err := s.Catalog.EachPublished(ctx, "", "", func(page []catalog.Product) error {
		for _, one := range page {
			for _, item := range items(p, one) {
				if err := f.element(item); err != nil {
					return err
				}
			}
		}
		return f.out.Flush()
	}); err != nil {
		return err
	}
	_, err := f.out.WriteString(`</channel></rss>`)
	return err
}

func items(p views.Page, one catalog.Product) (out []googleItem) {
	pictures := p.Pictures(one)
	if len(pictures) == 0 {
		return nil
	}
	title, describe := p.In(one.Title), p.In(one.Description)
	if strings.TrimSpace(describe) == "" {
		describe = title
	}
	for _, v := range one.Variants {
		if v.Card == nil {
			continue
		}
		item := googleItem{ID: v.SKU, Group: one.ID, Title: firstLetters(title, mostTitle), Description: firstLetters(describe, mostDescribe),
			Link: p.Base + "/p/" + one.Slug + "?lang=" + p.Lang.Code, Image: pictures[0], Images: pictures[1:min(len(pictures), mostPictures+1)],
			Availability: "out_of_stock", Price: v.Card.Tag.Plain() + " INR", Condition: "new", Brand: "Saebaan", Identifier: "no",
			Colour: p.Word("colour", one.Colour), Material: p.Word("fabric", one.Fabric), Kind: p.Word("craft", one.Craft) + " > " + p.Word("garment", one.Garment)}
		if v.Free() > 0 {
			item.Availability = "in_stock"
		}
		if len(one.Variants) > 1 {
			item.Size = v.Size
		}
		out = append(out, item)
	}
	return out
}

func firstLetters(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
