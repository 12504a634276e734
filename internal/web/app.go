package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/id"
)

// BodyLimit is the most bytes of a request's body.
const BodyLimit = 1 << 20

// PhotoLimit is the same for those who may send photos, where they are sent: a
// photo and the form around it.
const PhotoLimit = 16 << 20

const photoTime = 2 * time.Minute

// SessionCookie holds a signed-in person's token. The prefix keeps other hosts of
// the domain from setting it.
const SessionCookie = "__Host-session"

// requestDeadline is how long a handler may take.
const requestDeadline = 15 * time.Second

// The faults of this package.
var (
	ErrNotFound    = fault.New(fault.NotFound, "web.not_found", "There is nothing at this address.")
	ErrMethod      = fault.New(fault.Malformed, "web.method", "This address does not take this method.")
	ErrTooLarge    = fault.New(fault.TooLarge, "web.too_large", "The request is larger than is taken here. Nothing was done.")
	ErrEncoding    = fault.New(fault.Unsupported, "web.encoding", "Compressed requests are not taken. Nothing was done; send the body as it is.")
	ErrMalformed   = fault.New(fault.Malformed, "web.malformed", "The request cannot be read. Nothing was done.")
	ErrOrigin      = fault.New(fault.Forbidden, "web.origin", "This request did not come from our own pages. Nothing was done; open the page again and retry.")
	ErrUnavailable = fault.New(fault.Unavailable, "web.unavailable", "This took too long. Try again in a moment.")
	ErrInternal    = fault.New(fault.Internal, "web.internal", "Something went wrong on our side. It has been noted; please try again.")
)

type contextKey int

const (
	actorKey contextKey = iota
	requestKey
)

// ActorOf is who acts in this request; nobody when it is not known.
func ActorOf(ctx context.Context) auth.Actor {
	a, _ := ctx.Value(actorKey).(auth.Actor)
	return a
}

// WithActor returns a context in which a acts.
func WithActor(ctx context.Context, a auth.Actor) context.Context {
	return context.WithValue(ctx, actorKey, a)
}

// RequestID is the id that stands in the log and in the answer of this request.
func RequestID(ctx context.Context) string {
	r, _ := ctx.Value(requestKey).(string)
	return r
}

// Options of the app.
type Options struct {
	ErrorHandler   fiber.ErrorHandler
	TrustedProxies []string // addresses whose X-Forwarded-* are believed
	// Photo reports whether whoever bears the token may send a photo to the path:
	// then the body may have PhotoLimit and two minutes to arrive.
	Photo func(path, token string) bool
}

// NewApp makes the Fiber app with its limits and common middleware.
func NewApp(o Options) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName: "Saebaan", Immutable: true, DisableStartupMessage: true, StrictRouting: true, CaseSensitive: true,
		BodyLimit: BodyLimit, ReadBufferSize: 16 << 10,
		ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 60 * time.Second,
		EnableTrustedProxyCheck: true, TrustedProxies: o.TrustedProxies, ProxyHeader: fiber.HeaderXForwardedFor,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			secure(c)
			if RequestID(c.UserContext()) == "" { // refused before it reached begin
				c.SetUserContext(identify(c))
			}
			return o.ErrorHandler(c, err)
		},
	})
	if o.Photo != nil {
		app.Server().HeaderReceived = o.received
	}
	app.Use(begin)
	return app
}

// received decides, before a body is read, how much of it is.
func (o Options) received(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !h.IsPost() {
		return fasthttp.RequestConfig{}
	}
	token, bearer := strings.CutPrefix(string(h.Peek(fiber.HeaderAuthorization)), "Bearer ")
	if !bearer {
		token = string(h.Cookie(SessionCookie))
	}
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	if token == "" || !o.Photo(path, token) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: PhotoLimit, ReadTimeout: photoTime}
}

// begin gives every request its id, headers, deadline and a net for panics.
func begin(c *fiber.Ctx) (err error) {
	secure(c)
	ctx, cancel := context.WithTimeout(identify(c), requestDeadline)
	defer cancel()
	c.SetUserContext(ctx)
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic", "request_id", RequestID(ctx), "panic", p, "stack", string(debug.Stack()))
			err = ErrInternal
		}
	}()
	for _, v := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		if e := strings.TrimSpace(string(v)); e != "" && !strings.EqualFold(e, "identity") {
			return ErrEncoding
		}
	}
	if framedTwice(c.Request().Header.RawHeaders()) {
		c.Context().SetConnectionClose() // where this request ends, a proxy may have seen otherwise
		return ErrMalformed
	}
	if !readable(c) {
		return ErrMalformed
	}
	return c.Next()
}

// identify gives the request its id, in the answer and in the context returned.
func identify(c *fiber.Ctx) context.Context {
	request := id.New("req")
	c.Set("X-Request-Id", request)
	return context.WithValue(context.Background(), requestKey, request)
}

// framedTwice reports whether both Content-Length and Transfer-Encoding say
// where the body ends (RFC 9112 §6.1); fasthttp would believe the latter.
func framedTwice(headers []byte) bool {
	lower := append([]byte{'\n'}, bytes.ToLower(headers)...)
	return bytes.Contains(lower, []byte("\ntransfer-encoding:")) && bytes.Contains(lower, []byte("\ncontent-length:"))
}

// readable reports whether address and form are text once their escapes are
// resolved: UTF-8 without a zero byte, which PostgreSQL does not store.
func readable(c *fiber.Ctx) bool {
	raw := []string{c.OriginalURL()}
	if strings.HasPrefix(strings.ToLower(c.Get(fiber.HeaderContentType)), fiber.MIMEApplicationForm) {
		raw = append(raw, string(c.BodyRaw()))
	}
	for _, r := range raw {
		text, err := url.PathUnescape(r)
		if err != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return true
}

const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure sets the headers that every answer carries.
func secure(c *fiber.Ctx) {
	h := &c.Response().Header
	if len(h.Peek("Content-Security-Policy")) == 0 {
		h.Set("Content-Security-Policy", policy)
	}
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// Fault turns whatever a handler or Fiber itself returned into a fault; unknown
// errors become ErrInternal and are logged once, with the request's id.
func Fault(c *fiber.Ctx, err error) *fault.Error {
	if f := fault.Of(err); f != nil {
		if f.Kind == fault.Internal || (f.Kind == fault.Unavailable && f.Unwrap() != nil) {
			slog.Error("request failed", "request_id", RequestID(c.UserContext()), "route", c.Route().Path, "error", err)
		}
		return f
	}
	var own *fiber.Error
	if errors.As(err, &own) {
		switch own.Code {
		case http.StatusNotFound:
			return ErrNotFound
		case http.StatusMethodNotAllowed:
			return ErrMethod
		case http.StatusRequestEntityTooLarge:
			return ErrTooLarge
		case http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge, http.StatusUpgradeRequired,
			http.StatusRequestTimeout, http.StatusBadGateway: // it came too slowly, or not whole
			return ErrMalformed
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return ErrUnavailable
	}
	slog.Error("request failed", "request_id", RequestID(c.UserContext()), "route", c.Route().Path, "error", err)
	return ErrInternal
}

// Status is the one map from fault to HTTP status.
func Status(f *fault.Error) int {
	if f.Code == ErrMethod.Code {
		return http.StatusMethodNotAllowed
	}
	switch f.Kind {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// SameOrigin refuses a write that does not prove it came from our own pages:
// neither Sec-Fetch-Site nor Origin, or one that names another site.
func SameOrigin() fiber.Handler {
	protection := http.NewCrossOriginProtection()
	return func(c *fiber.Ctx) error {
		switch c.Method() {
		case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
			return c.Next()
		}
		site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
		if site == "" && origin == "" {
			return ErrOrigin
		}
		r := &http.Request{Method: c.Method(), Host: c.Hostname(), Header: http.Header{}}
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if err := protection.Check(r); err != nil {
			return ErrOrigin
		}
		return c.Next()
	}
}
