package views

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/money"
	"saebaan/storefront/locale"
)

// Page is what every page knows: its language, where it stands, and who reads.
type Page struct {
	Lang  locale.Lang
	Base  string // scheme and host
	Path  string // address without host
	Actor auth.Actor
	Key   string // hidden in forms, so that a double click does one thing

	Title       string
	Description string
	Image       string // address of the picture that a shared link shows
	Office      bool
	Private     bool // not for search engines
}

// T is the message of that id in the page's language.
func (p Page) T(id string, args ...any) string { return p.Lang.T(id, args...) }

// N is the message of that id for a number.
func (p Page) N(id string, n int64, args ...any) string { return p.Lang.N(id, n, args...) }

// Word is a word of the trade in the page's language.
func (p Page) Word(kind, word string) string { return p.Lang.Word(kind, word) }

// Titled returns the page with its title and description.
func (p Page) Titled(title, description string) Page {
	p.Title, p.Description = title, description
	return p
}

// As returns the page with another reader.
func (p Page) As(a auth.Actor) Page {
	p.Actor = a
	return p
}

// In is a text in the page's language.
func (p Page) In(t catalog.Text) string { return t.In(p.Lang.Code) }

// langOf marks a text that had to be shown in English.
func (p Page) langOf(t catalog.Text) templ.Attributes {
	if p.Lang.Code == "hi" && t.Hi == "" || p.Lang.Code == "ur" && t.Ur == "" {
		return templ.Attributes{"lang": "en"}
	}
	return nil
}

// name is a person's name in the page's letters.
func (p Page) name(en, hi string) string { return catalog.Text{En: en, Hi: hi}.In(p.Lang.Code) }

// inLanguage is the address of this page in another language.
func (p Page) inLanguage(code string) templ.SafeURL {
	path, query, _ := strings.Cut(p.Path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	values.Set("lang", code)
	return templ.SafeURL(path + "?" + values.Encode())
}

// canonical is the page's address without language and place in the list.
func (p Page) canonical() string {
	path, query, _ := strings.Cut(p.Path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return p.Base + path
	}
	values.Del("lang")
	if rest := values.Encode(); rest != "" {
		return p.Base + path + "?" + rest
	}
	return p.Base + path
}

func link(parts ...string) templ.SafeURL { return templ.SafeURL(strings.Join(parts, "")) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func rupees(p money.Paise) string { return locale.Rupees(p) }

// picture is one photo with the widths kept of it.
type picture struct {
	catalog.Photo
	alt string
}

func (f picture) src(want int) string {
	best := ""
	for _, w := range strings.Split(f.Widths, ",") {
		n, err := strconv.Atoi(w)
		if err != nil {
			continue
		}
		if best == "" || n <= want {
			best = w
		}
	}
	return "/media/" + f.Hash + "-" + best + ".jpg"
}

func (f picture) srcset() string {
	var out []string
	for _, w := range strings.Split(f.Widths, ",") {
		out = append(out, "/media/"+f.Hash+"-"+w+".jpg "+w+"w")
	}
	return strings.Join(out, ", ")
}

// webpset is srcset in WebP, for photos that are there in it in every width.
func (f picture) webpset() string { return strings.ReplaceAll(f.srcset(), ".jpg ", ".webp ") }

// first is the product's first photo, if it has one.
func first(p catalog.Product) (catalog.Photo, bool) {
	if len(p.Photos) == 0 {
		return catalog.Photo{}, false
	}
	return p.Photos[0], true
}
