package web

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
)

// ErrTooMany refuses who has guessed too often.
var ErrTooMany = fault.New(fault.TooMany, "web.too_many", "Too many addresses that do not exist were asked for. Wait a minute and try again.")

// Guesses bounds how often one address of the network may ask for a secret
// address that does not exist: so many a minute, and then for the rest of that
// minute nothing at all. What exists is not counted, so that many women may share
// a phone. It counts in this process alone.
type Guesses struct {
	most  int
	now   func() time.Time
	mu    sync.Mutex
	began time.Time
	by    map[string]int
}

// mostAddresses bounds the memory; when there are more the minute begins anew.
const mostAddresses = 100_000

// NewGuesses makes a bound of so many a minute.
func NewGuesses(most int, now func() time.Time) *Guesses {
	return &Guesses{most: most, now: now, by: map[string]int{}}
}

// Bound stands before a route and counts its answers of 404.
func (g *Guesses) Bound(c *fiber.Ctx) error {
	who := c.IP()
	if g.add(who, 0) >= g.most {
		return ErrTooMany
	}
	err := c.Next()
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound || err == nil && c.Response().StatusCode() == fiber.StatusNotFound {
		g.add(who, 1)
	}
	return err
}

func (g *Guesses) add(who string, n int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.began) >= time.Minute || len(g.by) >= mostAddresses {
		g.began = now
		clear(g.by)
	}
	if n > 0 {
		g.by[who] += n
	}
	return g.by[who]
}
