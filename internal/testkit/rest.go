package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// REST talks to /v1 as one person.
type REST struct {
	T      testing.TB
	URL    string
	Token  string
	Client *http.Client
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Raw    []byte
	Body   map[string]any
}

// As is the same client with another token.
func (r REST) As(token string) REST {
	r.Token = token
	return r
}

// Try sends a request; body may be nil, a string sent as it is, or anything JSON.
// Headers are pairs.
func (r REST) Try(method, path string, body any, headers ...string) (Answer, error) {
	var reader io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case string:
		reader, contentType = strings.NewReader(b), "application/json"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		reader, contentType = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequest(method, r.URL+path, reader)
	if err != nil {
		return Answer{}, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := r.Client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	return ReadAnswer(res)
}

// ReadAnswer reads a response whole and closes it.
func ReadAnswer(res *http.Response) (Answer, error) {
	defer func() { _ = res.Body.Close() }()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	var err error
	if a.Raw, err = io.ReadAll(res.Body); err != nil {
		return a, err
	}
	_ = json.Unmarshal(a.Raw, &a.Body) // a page is no JSON
	return a, nil
}

// Do sends a request and fails the test unless the status is the wanted one.
func (r REST) Do(want int, method, path string, body any, headers ...string) Answer {
	r.T.Helper()
	a, err := r.Try(method, path, body, headers...)
	if err != nil {
		r.T.Fatalf("%s %s: %v", method, path, err)
	}
	if a.Status != want {
		r.T.Fatalf("%s %s: %d, want %d: %s", method, path, a.Status, want, a.Raw)
	}
	return a
}

// Get and Post are Do with the usual status.
func (r REST) Get(path string) Answer { r.T.Helper(); return r.Do(200, "GET", path, nil) }

// Post sends JSON and wants 200 or 201.
func (r REST) Post(path string, body any, headers ...string) Answer {
	r.T.Helper()
	a, err := r.Try("POST", path, body, headers...)
	if err != nil {
		r.T.Fatalf("POST %s: %v", path, err)
	}
	if a.Status != 200 && a.Status != 201 {
		r.T.Fatalf("POST %s: %d: %s", path, a.Status, a.Raw)
	}
	return a
}

// SignIn opens a session and returns the client of that person.
func (r REST) SignIn(user, password string) REST {
	r.T.Helper()
	return r.As(r.Post("/v1/sessions", map[string]string{"user": user, "password": password}).Str("token"))
}

// At walks into the body: At("lines", 0, "id").
func (a Answer) At(path ...any) any {
	var v any = a.Body
	for _, p := range path {
		switch k := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

// Str is the text there, or "".
func (a Answer) Str(path ...any) string {
	s, _ := a.At(path...).(string)
	return s
}

// Paise is the amount of the money there.
func (a Answer) Paise(path ...any) int64 {
	f, ok := a.At(append(path, "amount")...).(float64)
	if !ok {
		panic(fmt.Sprintf("no money at %v in %s", path, a.Raw))
	}
	return int64(f)
}

// List is the list there.
func (a Answer) List(path ...any) []any {
	l, _ := a.At(path...).([]any)
	return l
}
