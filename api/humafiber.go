package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
)

// humaFiber registers Huma's operations on a Fiber v2 app. Huma's own adapter
// links Fiber v3 beside v2 and inflates compressed bodies without limit. The
// app must be Immutable: Huma keeps strings beyond the request.
type humaFiber struct {
	app   *fiber.App
	serve http.HandlerFunc
}

// newHumaFiber returns the adapter for app, to be given to huma.NewAPI.
func newHumaFiber(app *fiber.App) huma.Adapter {
	if !app.Config().Immutable {
		panic("api: the Fiber app must be Immutable, or requests would read one another's strings")
	}
	return &humaFiber{app: app, serve: adaptor.FiberApp(app)}
}

// Handle registers one operation; a GET also answers HEAD, as RFC 9110 §9.1 asks.
func (a *humaFiber) Handle(op *huma.Operation, handler func(huma.Context)) {
	serve := func(c *fiber.Ctx) error {
		handler(&humaFiberContext{op: op, fiber: c, ctx: c.UserContext()})
		return nil
	}
	path := humaFiberPath(op.Path)
	if op.Method == http.MethodGet {
		a.app.Add(http.MethodHead, path, serve)
	}
	a.app.Add(op.Method, path, serve)
}

// ServeHTTP lets net/http callers reach the same routes.
func (a *humaFiber) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.serve(w, r) }

// humaFiberPath turns "/orders/{id}:cancel" into Fiber's "/orders/:id\:cancel".
func humaFiberPath(path string) string {
	var b strings.Builder
	for _, r := range path {
		switch r {
		case '{':
			b.WriteByte(':')
		case '}':
		case ':', '*', '+', '?':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// humaFiberContext is one request as Huma sees it. It is used by the request's
// own goroutine alone.
type humaFiberContext struct {
	op     *huma.Operation
	fiber  *fiber.Ctx
	ctx    context.Context
	status int
}

var (
	_ huma.Adapter = (*humaFiber)(nil)
	_ huma.Context = (*humaFiberContext)(nil)
)

var errHumaFiberMultipart = errors.New("multipart forms are not taken here")

// Operation is the OpenAPI operation that matched.
func (c *humaFiberContext) Operation() *huma.Operation { return c.op }

// Context is the request's user context, which carries its deadline.
func (c *humaFiberContext) Context() context.Context { return c.ctx }

// TLS is the connection's TLS state, or nil behind a proxy or on plain HTTP.
func (c *humaFiberContext) TLS() *tls.ConnectionState {
	return c.fiber.Context().TLSConnectionState()
}

// Version is the protocol, "HTTP/1.1" or "HTTP/1.0".
func (c *humaFiberContext) Version() huma.ProtoVersion {
	proto := string(c.fiber.Request().Header.Protocol())
	major, minor, _ := http.ParseHTTPVersion(proto)
	return huma.ProtoVersion{Proto: proto, ProtoMajor: major, ProtoMinor: minor}
}

// Method is the request's method.
func (c *humaFiberContext) Method() string { return c.fiber.Method() }

// Host is the host asked for; a forwarded one only from a trusted proxy.
func (c *humaFiberContext) Host() string { return c.fiber.Hostname() }

// RemoteAddr is the connection's peer, which may be a proxy.
func (c *humaFiberContext) RemoteAddr() string { return c.fiber.Context().RemoteAddr().String() }

// URL is the address asked for, with all query values.
func (c *humaFiberContext) URL() url.URL {
	u, err := url.ParseRequestURI(c.fiber.OriginalURL())
	if err != nil {
		return url.URL{Path: c.fiber.Path(), RawQuery: string(c.fiber.Request().URI().QueryString())}
	}
	return *u
}

// Param is a path parameter with its percent escapes resolved.
func (c *humaFiberContext) Param(name string) string {
	raw := c.fiber.Params(name)
	if plain, err := url.PathUnescape(raw); err == nil {
		return plain
	}
	return raw
}

// Query is the first value of a query parameter; Huma reads repeated ones from URL.
func (c *humaFiberContext) Query(name string) string { return c.fiber.Query(name) }

// Header is the first value of a request header.
func (c *humaFiberContext) Header(name string) string { return c.fiber.Get(name) }

// EachHeader calls cb for every value of every request header.
func (c *humaFiberContext) EachHeader(cb func(name, value string)) {
	for name, value := range c.fiber.Request().Header.All() {
		cb(string(name), string(value))
	}
}

// BodyReader reads the body as it was sent: it is never inflated.
func (c *humaFiberContext) BodyReader() io.Reader { return bytes.NewReader(c.fiber.BodyRaw()) }

// GetMultipartForm always fails: photos have a route of their own.
func (c *humaFiberContext) GetMultipartForm() (*multipart.Form, error) {
	return nil, errHumaFiberMultipart
}

// SetReadDeadline does nothing: Fiber has read the whole body by now, under its
// ReadTimeout, and a deadline set here would cut off the connection's next request.
func (c *humaFiberContext) SetReadDeadline(time.Time) error { return nil }

// SetStatus sets the status of the answer.
func (c *humaFiberContext) SetStatus(code int) {
	c.status = code
	c.fiber.Status(code)
}

// Status is the status set so far, or 0.
func (c *humaFiberContext) Status() int { return c.status }

// SetHeader replaces a header of the answer.
func (c *humaFiberContext) SetHeader(name, value string) { c.fiber.Set(name, value) }

// AppendHeader adds one more line of a header: Fiber's own Append joins values
// with commas, which breaks Set-Cookie.
func (c *humaFiberContext) AppendHeader(name, value string) {
	c.fiber.Response().Header.Add(name, value)
}

// BodyWriter writes the body of the answer.
func (c *humaFiberContext) BodyWriter() io.Writer { return c.fiber.Response().BodyWriter() }
