package web

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
)

// ErrTooOften refuses whoever asks for the same costly thing too often.
var ErrTooOften = fault.New(fault.TooMany, "web.too_often", "You have asked for this very often. Wait a moment and try again.")

// mostAddresses is how many addresses a limit remembers.
const mostAddresses = 10_000

// Limit bounds how often an address may ask: so many times at once, and then again
// after each interval. It counts in this process alone; of several replicas each
// has its own.
type Limit struct {
	burst int
	every time.Duration
	now   func() time.Time

	mu   sync.Mutex
	full map[string]time.Time // when the address has all of its burst again
}

// NewLimit makes a limit, whose clock is the machine's when now is nil.
func NewLimit(burst int, every time.Duration, now func() time.Time) *Limit {
	if now == nil {
		now = time.Now
	}
	return &Limit{burst: burst, every: every, now: now, full: map[string]time.Time{}}
}

// Take counts one asking of an address. Returns ErrTooOften.
func (l *Limit) Take(address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	next := l.next(address, now)
	if l.beyond(next, now) {
		return ErrTooOften
	}
	if len(l.full) >= mostAddresses {
		l.forget(now)
	}
	l.full[address] = next
	return nil
}

// next is when the address would have all of its burst again, if it asked now.
func (l *Limit) next(address string, now time.Time) time.Time {
	full := l.full[address]
	if full.Before(now) {
		full = now
	}
	return full.Add(l.every)
}

func (l *Limit) beyond(next, now time.Time) bool {
	return next.After(now.Add(time.Duration(l.burst) * l.every))
}

// spent reports whether an address would be refused.
func (l *Limit) spent(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	return l.beyond(l.next(address, now), now)
}

// forget lets go of addresses that have all of their burst again, or, when so many
// ask at once that none has, of all of them.
func (l *Limit) forget(now time.Time) {
	for a, full := range l.full {
		if !full.After(now) {
			delete(l.full, a)
		}
	}
	if len(l.full) >= mostAddresses {
		clear(l.full)
	}
}

// Handle refuses requests of an address beyond the limit.
func (l *Limit) Handle(c *fiber.Ctx) error {
	if err := l.Take(addressOf(c)); err != nil {
		return err
	}
	return c.Next()
}

// Misses stands before secret addresses. It counts what does not exist alone, so
// that many women may share a phone and nobody finds a card by guessing.
func (l *Limit) Misses(c *fiber.Ctx) error {
	who := addressOf(c)
	if l.spent(who) {
		return ErrTooOften
	}
	err := c.Next()
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound || err == nil && c.Response().StatusCode() == fiber.StatusNotFound {
		_ = l.Take(who) // it was not spent before; of several at once one more passes
	}
	return err
}

// addressOf is the address a request came from: behind proxies that are trusted
// the last one that none of them has. Of IPv6 it is the network (/64), which one
// customer has for herself.
func addressOf(c *fiber.Ctx) string {
	last := c.Context().RemoteIP().String()
	if c.IsProxyTrusted() {
		trusted := c.App().Config().TrustedProxies
		hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
		for i := len(hops) - 1; i >= 0 && isProxy(last, trusted); i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			last = hop.String()
		}
	}
	a, err := netip.ParseAddr(last)
	if err != nil {
		return last
	}
	if a = a.Unmap(); a.Is6() {
		return netip.PrefixFrom(a, 64).Masked().String()
	}
	return a.String()
}

func isProxy(address string, trusted []string) bool {
	a, err := netip.ParseAddr(address)
	for _, t := range trusted {
		if one, wrong := netip.ParsePrefix(t); err == nil && wrong == nil && one.Contains(a) || t == address {
			return true
		}
	}
	return false
}
