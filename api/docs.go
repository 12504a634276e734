package api

import (
	"embed"
	"html/template"
	"net/http"
	"sort"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
	"saebaan/internal/web"
)

const introduction = `Money is {"amount": paise, "currency": "INR"}; instants are RFC 3339 in UTC; lists have opaque cursors.
Every POST takes an Idempotency-Key. Errors are problem+json with a stable code; see /docs/errors.`

//go:embed docs
var docFiles embed.FS

var docPages = template.Must(template.ParseFS(docFiles, "docs/*.html"))

// docs serves the description's reading page and the list of error codes, all
// from the program itself.
func (s *Server) docs(app *fiber.App) {
	page := func(name string, data func(*fiber.Ctx) any) fiber.Handler {
		return func(c *fiber.Ctx) error {
			c.Type("html", "utf-8")
			return docPages.ExecuteTemplate(c.Response().BodyWriter(), name, data(c))
		}
	}
	codes := errorCodes()
	app.Get("/docs", page("index.html", func(c *fiber.Ctx) any { return c.BaseURL() }))
	app.Get("/docs/errors", page("errors.html", func(*fiber.Ctx) any { return codes }))
	app.Get("/docs/:file", func(c *fiber.Ctx) error {
		file, err := docFiles.ReadFile("docs/" + c.Params("file"))
		if err != nil || c.Params("file") == "index.html" || c.Params("file") == "errors.html" {
			return web.ErrNotFound
		}
		c.Type("js", "utf-8")
		return c.Send(file)
	})
}

type errorCode struct {
	Code, Message string
	Status        int
	Name          string
}

// errorCodes lists every code of the program, sorted.
func errorCodes() []errorCode {
	var out []errorCode
	for code, f := range fault.Codes() {
		status := web.Status(f)
		out = append(out, errorCode{code, f.Message, status, http.StatusText(status)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	return out
}
