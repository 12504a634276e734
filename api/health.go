package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/web"
)

// health answers the two questions of whoever keeps the program running: does
// the process live, and may it be sent requests.
func (s *Server) health(app *fiber.App) {
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
		defer cancel()
		if err := s.Ready(); err != nil {
			return web.ErrUnavailable
		}
		if err := s.DB.Ping(ctx); err != nil {
			return web.ErrUnavailable
		}
		return c.SendString("ok\n")
	})
}
