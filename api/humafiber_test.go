package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

type humaFiberEcho struct {
	ID      string   `json:"id"`
	Tags    []string `json:"tags"`
	Many    []string `json:"many"`
	Header  string   `json:"header"`
	Name    string   `json:"name"`
	Host    string   `json:"host"`
	Proto   string   `json:"proto"`
	Remote  string   `json:"remote"`
	TLS     bool     `json:"tls"`
	Limited bool     `json:"limited"`
}

type humaFiberInput struct {
	ID     string   `path:"id"`
	Tags   []string `query:"tag"`
	Many   []string `query:"many,explode"`
	Header string   `header:"X-Word"`
	Body   struct {
		Name string `json:"name" minLength:"1"`
	}
	ctx huma.Context
}

func (i *humaFiberInput) Resolve(ctx huma.Context) []error {
	i.ctx = ctx
	return nil
}

type humaFiberOutput struct {
	Cookies []string `header:"Set-Cookie"`
	Body    humaFiberEcho
}

func humaFiberEchoes(ctx context.Context, in *humaFiberInput) *humaFiberOutput {
	_, limited := ctx.Deadline()
	v := in.ctx.Version()
	return &humaFiberOutput{Cookies: []string{"a=1; Path=/", "b=2; Path=/"}, Body: humaFiberEcho{
		ID: in.ID, Tags: in.Tags, Many: in.Many, Header: in.Header, Name: in.Body.Name,
		Host: in.ctx.Host(), Proto: fmt.Sprintf("%s %d.%d", v.Proto, v.ProtoMajor, v.ProtoMinor),
		Remote: in.ctx.RemoteAddr(), TLS: in.ctx.TLS() != nil, Limited: limited,
	}}
}

// humaFiberApp serves the echo; keep, if any, is called with each of its inputs.
func humaFiberApp(keep ...func(*humaFiberInput)) (*fiber.App, huma.API) {
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	app.Use(func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), time.Minute)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	})
	api := huma.NewAPI(huma.DefaultConfig("test", "1"), newHumaFiber(app))
	huma.Post(api, "/echo/{id}:cancel", func(_ context.Context, in *struct {
		ID string `path:"id"`
	}) (*humaFiberOutput, error) {
		return &humaFiberOutput{Body: humaFiberEcho{ID: in.ID, Name: "cancelled"}}, nil
	})
	huma.Post(api, "/echo/{id}", func(ctx context.Context, in *humaFiberInput) (*humaFiberOutput, error) {
		out := humaFiberEchoes(ctx, in)
		for _, k := range keep {
			k(in)
		}
		return out, nil
	}) // after the longer path: Fiber takes the first that fits
	huma.Get(api, "/hello", func(context.Context, *struct{}) (*humaFiberOutput, error) {
		return &humaFiberOutput{Body: humaFiberEcho{Name: "hello"}}, nil
	})
	return app, api
}

// humaFiberServe runs the app on a port of its own until the test ends.
func humaFiberServe(t *testing.T, keep ...func(*humaFiberInput)) string {
	t.Helper()
	app, _ := humaFiberApp(keep...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

func humaFiberPost(t *testing.T, address, word, body string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Word", word)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, text
}

func TestHumaFiberRoundTrip(t *testing.T) {
	base := humaFiberServe(t)
	res, text := humaFiberPost(t, base+"/echo/%E0%A4%9A%E0%A4%BF%E0%A4%95%E0%A4%A8%20a%2Fb?tag=x,y&many=1&many=2%263", "चिकन", `{"name":"ज़रदोज़ी"}`)
	var got humaFiberEcho
	if err := json.Unmarshal(text, &got); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", res.Status, text, err)
	}
	if got.ID != "चिकन a/b" || got.Name != "ज़रदोज़ी" || got.Header != "चिकन" {
		t.Errorf("param, body or header: %+v", got)
	}
	if !slices.Equal(got.Tags, []string{"x", "y"}) || !slices.Equal(got.Many, []string{"1", "2&3"}) {
		t.Errorf("query lists: %+v", got)
	}
	if "http://"+got.Host != base || got.Proto != "HTTP/1.1 1.1" || !strings.HasPrefix(got.Remote, "127.0.0.1:") || got.TLS {
		t.Errorf("connection: %+v", got)
	}
	if !got.Limited {
		t.Error("the user context's deadline did not reach the handler")
	}
	if c := res.Cookies(); len(c) != 2 || c[0].Name != "a" || c[1].Name != "b" {
		t.Errorf("two cookies were set, %v came", res.Header["Set-Cookie"])
	}
}

func TestHumaFiberStatuses(t *testing.T) {
	base := humaFiberServe(t)
	if res, text := humaFiberPost(t, base+"/echo/1:cancel", "", `{}`); res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"id":"1"`)) {
		t.Errorf("a custom method: %s %s", res.Status, text)
	}
	if res, text := humaFiberPost(t, base+"/echo/1", "", `{"name":""}`); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty name: %s %s", res.Status, text)
	}
	if res, text := humaFiberPost(t, base+"/echo/1", "", `{"name"`); res.StatusCode != http.StatusBadRequest {
		t.Errorf("cut-off JSON: %s %s", res.Status, text)
	}
	res, err := http.Head(base + "/hello")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ContentLength <= 0 {
		t.Errorf("HEAD: %s, length %d", res.Status, res.ContentLength)
	}
}

// A compressed body is read as the bytes it is, so it cannot grow in memory.
func TestHumaFiberNeverInflates(t *testing.T) {
	app, _ := humaFiberApp()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(`{"name":"x"}`))
	_ = z.Close()
	r := httptest.NewRequest(http.MethodPost, "/echo/1", &b)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("%s: the body was inflated", res.Status)
	}
}

func TestHumaFiberThroughNetHTTP(t *testing.T) {
	_, api := humaFiberApp()
	w := httptest.NewRecorder()
	api.Adapter().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hello", nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"hello"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestHumaFiberRefusesMutableApp(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an app whose strings are overwritten was accepted")
		}
	}()
	newHumaFiber(fiber.New())
}

// 3,200 requests on 32 connections: no answer holds a string of another
// request, and what a handler keeps is not overwritten by later ones.
func TestHumaFiberConcurrentStringsStayApart(t *testing.T) {
	var mu sync.Mutex
	var kept []*humaFiberInput
	base := humaFiberServe(t, func(in *humaFiberInput) {
		mu.Lock()
		defer mu.Unlock()
		in.ctx = nil
		kept = append(kept, in)
	})
	const workers, each = 32, 100
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				word := fmt.Sprintf("w%02d-%03d-%s", w, i, strings.Repeat(string(rune('a'+w%26)), 1+i))
				r, _ := http.NewRequest(http.MethodPost, base+"/echo/"+word+"?tag="+word+"&many="+word, strings.NewReader(`{"name":"`+word+`"}`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("X-Word", word)
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				var got humaFiberEcho
				err = json.NewDecoder(res.Body).Decode(&got)
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if err != nil || got.ID != word || got.Name != word || got.Header != word ||
					!slices.Equal(got.Tags, []string{word}) || !slices.Equal(got.Many, []string{word}) {
					t.Errorf("%s came back as %+v, %v", word, got, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if len(kept) != workers*each {
		t.Errorf("%d requests were handled, %d sent", len(kept), workers*each)
	}
	for _, in := range kept {
		word := in.Body.Name // decoded from JSON, so a copy in any case
		if in.ID != word || in.Header != word || !slices.Equal(in.Tags, []string{word}) || !slices.Equal(in.Many, []string{word}) {
			t.Fatalf("%s was overwritten: %+v", word, in)
		}
	}
}
