package storefront_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is a person with her cookies; it follows redirects as browsers do.
type browser struct {
	shop    *shop
	cookies map[string]string
}

func (s *shop) browser() *browser { return &browser{s, map[string]string{}} }

// answer is a page as it arrived.
type answer struct {
	t      *testing.T
	status int
	path   string // after redirects
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) answer {
	b.shop.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.shop.app.Test(r, -1)
	must(b.shop.t, err)
	body, err := io.ReadAll(res.Body)
	must(b.shop.t, err)
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
		if strings.HasPrefix(c.Name, "__Host-") && (!c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode) {
			b.shop.t.Errorf("cookie %s lacks an attribute: %v", c.Name, c)
		}
	}
	if res.StatusCode == http.StatusSeeOther {
		return b.get(res.Header.Get("Location"))
	}
	return answer{b.shop.t, res.StatusCode, r.URL.RequestURI(), res.Header, string(body)}
}

func (b *browser) get(path string) answer {
	b.shop.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) answer {
	b.shop.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// upload posts a multipart form with one file.
func (b *browser) upload(path, field, content string) answer {
	b.shop.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile(field, "answer.csv")
	must(b.shop.t, err)
	_, err = f.Write([]byte(content))
	must(b.shop.t, err)
	must(b.shop.t, w.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *browser) signIn(login string) *browser {
	b.shop.t.Helper()
	b.shop.user(login)
	b.post("/sign-in", url.Values{"login": {login}, "password": {password}}).shows(200, "")
	if b.cookies["__Host-session"] == "" {
		b.shop.t.Fatal("no session for " + login)
	}
	return b
}

// shows checks status and that the page's text holds all of what is given.
func (a answer) shows(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, not %d: %s", a.path, a.status, status, textOf(a.body))
	}
	text := textOf(a.body)
	for _, want := range texts {
		if !strings.Contains(text, want) {
			a.t.Errorf("%s does not show %q:\n%s", a.path, want, text)
		}
	}
	return a
}

func (a answer) hides(texts ...string) answer {
	a.t.Helper()
	for _, not := range texts {
		if strings.Contains(a.body, not) {
			a.t.Errorf("%s holds %q", a.path, not)
		}
	}
	return a
}

var (
	tagForm    = regexp.MustCompile(`<[^>]*>`)
	spaceForm  = regexp.MustCompile(`\s+`)
	unseenForm = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>`)
	hiddenForm = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"[^>]*>`)
	formForm   = regexp.MustCompile(`(?s)<form\b[^>]*>.*?</form>`)
	actionForm = regexp.MustCompile(`<form\b[^>]*\baction="([^"]*)"[^>]*>`)
)

func textOf(body string) string {
	text := tagForm.ReplaceAllString(unseenForm.ReplaceAllString(body, " "), " ")
	return strings.TrimSpace(spaceForm.ReplaceAllString(html.UnescapeString(text), " "))
}

// form is the hidden fields of the form with that action.
func (a answer) form(action string) url.Values {
	a.t.Helper()
	for _, f := range formForm.FindAllString(a.body, -1) {
		m := actionForm.FindStringSubmatch(f)
		if m == nil || html.UnescapeString(m[1]) != action {
			continue
		}
		out := url.Values{}
		for _, h := range hiddenForm.FindAllStringSubmatch(f, -1) {
			out.Set(h[1], html.UnescapeString(h[2]))
		}
		return out
	}
	a.t.Fatalf("%s has no form for %s", a.path, action)
	return nil
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}
