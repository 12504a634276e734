package web_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/web"
)

// Who guesses is stopped for a minute; who opens what exists never is.
func TestGuessesAreBounded(t *testing.T) {
	now := time.Unix(1_000, 0)
	g := web.NewLimit(3, 20*time.Second, func() time.Time { return now })
	app := web.NewApp(web.Options{TrustedProxies: []string{"0.0.0.0"}, ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.SendStatus(web.Status(web.Fault(c, err)))
	}})
	app.Get("/c/:token", g.Misses, func(c *fiber.Ctx) error {
		switch c.Params("token") {
		case "hers":
			return c.SendString("hers")
		case "quiet":
			return c.SendStatus(404) // as an interface answers by itself
		}
		return web.ErrNotFound
	})
	is := func(who, token string, want int) {
		t.Helper()
		r := httptest.NewRequest("GET", "/c/"+token, nil)
		r.Header.Set("X-Forwarded-For", who)
		a, err := app.Test(r)
		if err != nil || a.StatusCode != want {
			t.Errorf("%s asks for %s: %v %v, want %d", who, token, a.StatusCode, err, want)
		}
	}
	for range 20 {
		is("10.0.0.1", "hers", 200)
	}
	for i, token := range []string{"a", "quiet", "b"} {
		is("10.0.0.1", token, 404)
		is("10.0.0.1", "hers", []int{200, 200, 429}[i])
	}
	is("10.0.0.2", "hers", 200)
	now = now.Add(time.Minute)
	is("10.0.0.1", "hers", 200)
	for i := range 4 {
		is("10.0.0.3", fmt.Sprint(i), []int{404, 404, 404, 429}[i])
	}
}
