package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
	"saebaan/internal/web"
)

// The faults of this package.
var (
	ErrValidation = fault.New(fault.Invalid, "api.validation", "A value in the request is missing or not acceptable. Nothing was done; see errors.")
	ErrBody       = fault.New(fault.Malformed, "api.body", "The request cannot be read. Nothing was done; see errors.")
	ErrMediaType  = fault.New(fault.Unsupported, "api.media_type", "This content type is not taken here. Nothing was done.")
	ErrAccept     = fault.New(fault.Malformed, "api.accept", "This can only be answered as JSON.")
)

// problem is an error after RFC 9457.
type problem struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      string        `json:"code" doc:"Stable word to compare, package.reason"`
	RequestID string        `json:"request_id"`
	Errors    []fault.Field `json:"errors,omitempty"`
}

// Error is the detail, which is safe to show.
func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *problem) ContentType(string) string { return "application/problem+json" }

func problemOf(f *fault.Error, request string) *problem {
	status := web.Status(f)
	return &problem{Type: "/docs/errors#" + f.Code, Title: http.StatusText(status), Status: status, Detail: f.Message,
		Code: f.Code, RequestID: request, Errors: f.Fields}
}

// ErrorHandler answers an error outside of Huma's handlers as problem+json.
func ErrorHandler(c *fiber.Ctx, err error) error {
	f := web.Fault(c, err)
	p := problemOf(f, web.RequestID(c.UserContext()))
	body, _ := json.Marshal(p) // strings and numbers only
	if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, "2")
	}
	if f.Kind == fault.Unauthenticated {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(p.Status).Send(body)
}

// newHumaError is the one way Huma makes errors: faults by their kind, its own
// validation by location and message but without the value that was sent, and
// anything else hidden and logged.
func newHumaError(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
	request := ""
	var fiberCtx *fiber.Ctx
	if hc, ok := ctx.(*humaFiberContext); ok {
		fiberCtx = hc.fiber
		request = web.RequestID(hc.ctx)
	}
	for _, e := range errs {
		if f := fault.Of(e); f != nil && fiberCtx != nil {
			p := problemOf(web.Fault(fiberCtx, f), request)
			if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
				fiberCtx.Set(fiber.HeaderRetryAfter, "2")
			}
			if f.Kind == fault.Unauthenticated {
				fiberCtx.Set(fiber.HeaderWWWAuthenticate, "Bearer")
			}
			return p
		}
	}
	base := ErrValidation
	switch status {
	case http.StatusBadRequest:
		base = ErrBody
	case http.StatusRequestEntityTooLarge:
		base = web.ErrTooLarge
	case http.StatusUnsupportedMediaType:
		base = ErrMediaType
	case http.StatusNotAcceptable:
		base = ErrAccept
	case http.StatusRequestTimeout, http.StatusServiceUnavailable:
		base = web.ErrUnavailable
	case http.StatusInternalServerError:
		if fiberCtx != nil && len(errs) > 0 {
			return problemOf(web.Fault(fiberCtx, errs[0]), request)
		}
		base = web.ErrInternal
	}
	for _, e := range errs {
		if d, ok := e.(huma.ErrorDetailer); ok && base != ErrMediaType { // its detail is what was sent
			base = base.At(d.ErrorDetail().Location, "%s", d.ErrorDetail().Message)
		}
	}
	return problemOf(base, request)
}
