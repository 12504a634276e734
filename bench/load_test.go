package bench_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// clients is how many connections ask at once, as in DESIGN §8.
const clients = 8

// figure is what one load came to.
type figure struct {
	perSecond float64
	p50, p99  time.Duration
	failed    int
}

// load asks for addresses at random from 8 connections for that long.
func load(t testing.TB, base string, addresses []string, for_ time.Duration) figure {
	t.Helper()
	return loadFunc(base, func(r *rand.Rand) string { return addresses[r.IntN(len(addresses))] }, for_)
}

// loadFunc asks for whatever address next gives.
func loadFunc(base string, next func(*rand.Rand) string, for_ time.Duration) figure {
	return run(for_, func(worker int) func() error {
		c := &fasthttp.HostClient{Addr: strings.TrimPrefix(base, "http://"), MaxConns: 1}
		r := rand.New(rand.NewPCG(uint64(worker), 7))
		var req fasthttp.Request
		var res fasthttp.Response
		return func() error {
			req.SetRequestURI(base + next(r))
			if err := c.Do(&req, &res); err != nil {
				return err
			}
			if res.StatusCode() != 200 {
				return fmt.Errorf("%d", res.StatusCode())
			}
			return nil
		}
	})
}

// run repeats each worker's work for that long and takes the time of each.
func run(for_ time.Duration, worker func(int) func() error) figure {
	var mu sync.Mutex
	var all []time.Duration
	var out figure
	var wg sync.WaitGroup
	began := time.Now()
	for w := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			work, took, failed := worker(w), make([]time.Duration, 0, 1<<14), 0
			for time.Since(began) < for_ {
				start := time.Now()
				if work() != nil {
					failed++
					continue
				}
				took = append(took, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all, out.failed = append(all, took...), out.failed+failed
		}()
	}
	wg.Wait()
	elapsed := time.Since(began).Seconds()
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	if len(all) > 0 {
		out.perSecond = float64(len(all)) / elapsed
		out.p50, out.p99 = all[len(all)/2], all[len(all)*99/100]
	}
	return out
}

// bare serves the same bytes at the same addresses from a Fiber app with nothing
// else: the limit that pages and JSON are compared with. It runs in a process of
// its own, which is this test binary started again.
func bare(bytesOf map[string][]byte, listen string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Use(func(c *fiber.Ctx) error {
		body, ok := bytesOf[c.OriginalURL()]
		if !ok {
			return fiber.ErrNotFound
		}
		c.Set("Content-Type", "text/html; charset=utf-8")
		return c.Send(body)
	})
	return app.Listen(listen)
}

// memory is the resident size of a process in MB.
func memory(pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kb int
	for _, line := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			_, _ = fmt.Sscanf(strings.TrimPrefix(line, "VmRSS:"), "%d", &kb)
		}
	}
	return kb / 1024
}
