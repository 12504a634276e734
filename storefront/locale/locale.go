package locale

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"saebaan/catalog"
	"saebaan/internal/fault"
)

// Files are the message files, one per language.
//
//go:embed *.toml
var Files embed.FS

// Lang is a language of the shop.
type Lang struct {
	Code string // en, hi or ur
	Dir  string // ltr or rtl
	Name string // in its own letters
	text *i18n.Localizer
}

// languages are those the shop can be shown in. Urdu is set right to left and
// joins as soon as its message file does.
var languages = []Lang{
	{Code: "en", Dir: "ltr", Name: "English"},
	{Code: "hi", Dir: "ltr", Name: "हिन्दी"},
	{Code: "ur", Dir: "rtl", Name: "اردو"},
}

// Offered lists the languages that have a message file.
func Offered() []Lang { return slices.Clone(offered()) }

var offered = sync.OnceValue(func() []Lang {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	var out []Lang
	for _, l := range languages {
		raw, err := Files.ReadFile(l.Code + ".toml")
		if err != nil {
			continue
		}
		if _, err := bundle.ParseMessageFileBytes(raw, l.Code+".toml"); err != nil {
			panic(fmt.Errorf("message file %s: %w", l.Code, err)) // embedded; read by this package's tests
		}
		out = append(out, l)
	}
	for i := range out {
		out[i].text = i18n.NewLocalizer(bundle, out[i].Code)
	}
	return out
})

// Choose is the reader's language: the one asked for, else the one she chose
// before, else the first her browser accepts, else English.
func Choose(asked, before, accepts string) Lang {
	for _, code := range []string{asked, before} {
		if l, ok := find(code); ok {
			return l
		}
	}
	tags, _, _ := language.ParseAcceptLanguage(accepts) // what cannot be read accepts nothing
	for _, t := range tags {
		base, _ := t.Base()
		if l, ok := find(base.String()); ok {
			return l
		}
	}
	return offered()[0]
}

// Known reports whether the shop is offered in the language of that code.
func Known(code string) bool { _, ok := find(code); return ok }

func find(code string) (Lang, bool) {
	for _, l := range offered() {
		if l.Code == code {
			return l, true
		}
	}
	return Lang{}, false
}

// T is the message of that id; args are names and values for its placeholders.
// An id without a message is shown as it is, so that it is noticed.
func (l Lang) T(id string, args ...any) string {
	s, err := l.text.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data(args)})
	if err != nil {
		return id
	}
	return s
}

// N is T for a message that depends on a number, its placeholder {{.N}}.
func (l Lang) N(id string, n int64, args ...any) string {
	s, err := l.text.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: data(append(args, "N", n))})
	if err != nil {
		return id
	}
	return s
}

func data(args []any) map[string]any {
	out := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			out[name] = args[i+1]
		}
	}
	return out
}

// Has reports whether there is a message of that id.
func (l Lang) Has(id string) bool {
	_, err := l.text.Localize(&i18n.LocalizeConfig{MessageID: id})
	return err == nil
}

// Word is a word of the trade of a kind, such as craft or stage; colours have their
// names from the catalogue's palette, and one that has no message is shown as it is
// written.
func (l Lang) Word(kind, word string) string {
	if word == "" {
		return ""
	}
	if kind == "colour" {
		if c, ok := catalog.ColourOf(word); ok {
			return c.Name.In(l.Code)
		}
	}
	if s, err := l.text.Localize(&i18n.LocalizeConfig{MessageID: kind + "." + word}); err == nil {
		return s
	}
	return strings.NewReplacer("_", " ", "-", " ").Replace(word)
}

// Fault is what a fault says to a person. In English a message made for the
// case stands as it is; otherwise the code's own message, then its kind's.
func (l Lang) Fault(f *fault.Error) string {
	plain := fault.Codes()[f.Code]
	if l.Code == "en" && (plain == nil || plain.Message != f.Message) {
		return f.Message
	}
	if l.Has("fault." + f.Code) {
		return l.T("fault." + f.Code)
	}
	if l.Code == "en" {
		return f.Message
	}
	return l.T("error." + Kind(f) + ".said")
}

// Kind names a fault's kind as the messages do.
func Kind(f *fault.Error) string {
	switch f.Kind {
	case fault.Malformed, fault.Invalid, fault.Unsupported, fault.TooLarge:
		return "invalid"
	case fault.Unauthenticated:
		return "unauthenticated"
	case fault.Forbidden:
		return "forbidden"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return "conflict"
	case fault.TooMany:
		return "too_many"
	case fault.Unavailable:
		return "unavailable"
	}
	return "internal"
}
