package storefront

import (
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/media"
	"saebaan/internal/payment"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/payouts"
)

// Config is what the pages are made from.
type Config struct {
	Auth     *auth.Service
	Artisans *artisans.Service
	Catalog  *catalog.Service
	Orders   *orders.Service
	Payouts  *payouts.Service
	Media    media.Store
	Cache    *web.Cache

	Simulator            *payment.Simulator // nil outside test mode
	StripePublishableKey string
	Demo                 bool   // the sign-in page lists the demonstration's users
	DemoPassword         string // shared by them
	Production           bool
}

// Site is the shop and the office.
type Site struct {
	c Config
}

// Register mounts every page on app.
func Register(app *fiber.App, c Config) *Site {
	return &Site{c: c}
}

// ErrorHandler renders any error as a page a person can act on.
func ErrorHandler(c *fiber.Ctx, err error) error {
	f := web.Fault(c, err)
	return c.Status(web.Status(f)).SendString(f.Message)
}
