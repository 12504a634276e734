package web_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/internal/web"
)

func TestALimitFillsAgain(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := web.NewLimit(3, time.Second, func() time.Time { return now })
	took := func(address string) (n int) {
		for range 10 {
			if err := l.Take(address); err == nil {
				n++
			} else if !errors.Is(err, web.ErrTooOften) {
				t.Fatal(err)
			}
		}
		return n
	}
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 3}, {0, 0}, {time.Second, 1}, {1500 * time.Millisecond, 1}, {500 * time.Millisecond, 1}, {time.Hour, 3}} {
		now = now.Add(step.wait)
		if got := took("a"); got != step.want {
			t.Errorf("after %s: %d, want %d", step.wait, got, step.want)
		}
	}
	for k := range 30_000 { // more addresses than it remembers
		if err := l.Take(fmt.Sprint("address ", k)); err != nil {
			t.Fatal(err)
		}
	}
	if got := took("b"); got != 3 {
		t.Errorf("another: %d", got)
	}
}

// Who asks through a proxy is told by what the proxy adds, not by what she sends.
func TestALimitCountsByAddress(t *testing.T) {
	for name, c := range map[string]struct {
		trusted []string
		headers []string // X-Forwarded-For, one a request
		refused bool     // the third
	}{
		"no proxy is trusted":     {nil, []string{"1.1.1.1", "2.2.2.2", "3.3.3.3"}, true},
		"each her own":            {[]string{"0.0.0.0"}, []string{"1.1.1.1", "2.2.2.2", "3.3.3.3"}, false},
		"one who makes up others": {[]string{"0.0.0.0/8"}, []string{"9.9.9.1, 1.1.1.1", "9.9.9.2, 1.1.1.1", "9.9.9.3, 1.1.1.1"}, true},
		"behind two proxies":      {[]string{"0.0.0.0", "10.0.0.0/8"}, []string{"1.1.1.1, 10.1.1.1", "1.1.1.1, 10.1.1.2", "1.1.1.1, 10.1.1.3"}, true},
		"two behind two proxies":  {[]string{"0.0.0.0", "10.0.0.0/8"}, []string{"1.1.1.1, 10.1.1.1", "2.2.2.2, 10.1.1.1", "3.3.3.3, 10.1.1.1"}, false},
		"one network of IPv6":     {[]string{"0.0.0.0"}, []string{"2001:db8::1", "2001:db8::2", "2001:db8::3"}, true},
		"networks of IPv6":        {[]string{"0.0.0.0"}, []string{"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"}, false},
		"nonsense":                {[]string{"0.0.0.0"}, []string{"x", "y", "z"}, true},
	} {
		app := web.NewApp(web.Options{TrustedProxies: c.trusted, ErrorHandler: func(c *fiber.Ctx, err error) error {
			return c.SendStatus(web.Status(web.Fault(c, err)))
		}})
		app.Get("/", web.NewLimit(2, time.Minute, nil).Handle, func(c *fiber.Ctx) error { return c.SendStatus(200) })
		last := 0
		for _, h := range c.headers {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Forwarded-For", h)
			a, err := app.Test(r)
			if err != nil {
				t.Fatal(err)
			}
			last = a.StatusCode
		}
		if last != map[bool]int{true: 429, false: 200}[c.refused] {
			t.Errorf("%s: %d", name, last)
		}
	}
}
