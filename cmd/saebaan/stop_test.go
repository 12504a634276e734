package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// Asked to end while people buy, the program answers every request it took and
// ends with code 0; who comes later finds the door shut, not broken.
func TestStopUnderLoad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		_, v := s.kurta("STOP-1", 10_000, map[string]string{"embroidery": s.artisan("Stop Maker")}, false)
		var mu sync.Mutex
		placed, answered, failed := map[string]bool{}, 0, []string{}
		var busy atomic.Int64
		var people sync.WaitGroup
		for i := range 8 {
			people.Go(func() {
				for n := 0; ; n++ {
					order, err := s.visit(v, fmt.Sprint("stop-", i, "-", n))
					busy.Add(1)
					mu.Lock()
					if order != "" {
						placed[order] = true
					}
					if err == nil {
						answered++
					} else if !errors.Is(err, syscall.ECONNREFUSED) {
						failed = append(failed, err.Error())
					}
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		within(t, "people are at work", func() bool { return busy.Load() > 40 })
		code := s.Stop()
		people.Wait()
		if code != 0 || len(failed) > 0 {
			t.Errorf("code %d, %d requests failed: %v\n%s", code, len(failed), failed, s.Log())
		}
		d := s.books()
		for order := range placed {
			if count(t, d, `SELECT COUNT(*) FROM orders WHERE id = $1`, order) != 1 {
				t.Errorf("%s was answered and is not there", order)
			}
		}
		t.Logf("%d visits answered with %d orders, 0 failed", answered, len(placed))
		s.verify()
	})
}

// visit looks at a piece and orders it; any answer but the expected ones is an error.
func (s *shop) visit(variant, key string) (order string, err error) {
	order, _, err = s.visited(variant, key)
	return order, err
}

// visited is visit, and who was there.
func (s *shop) visited(variant, key string) (order string, buyer testkit.REST, err error) {
	ask := func(as testkit.REST, method, path string, body any, key string) (testkit.Answer, error) {
		a, err := as.Try(method, path, body, "Idempotency-Key", key)
		if err == nil && a.Status >= 400 {
			err = fmt.Errorf("%s %s: %d %s", method, path, a.Status, a.Raw)
		}
		return a, err
	}
	if _, err := ask(s.guest, "GET", "/v1/search?q=chikan", nil, ""); err != nil {
		return "", buyer, err
	}
	cart, err := ask(s.guest, "POST", "/v1/carts", nil, key+"-cart")
	if err != nil {
		return "", buyer, err
	}
	buyer = s.guest.As(cart.Str("token"))
	if _, err := ask(buyer, "POST", "/v1/carts/"+cart.Str("id")+"/lines", obj{"variant_id": variant, "quantity": 1}, key+"-line"); err != nil {
		return "", buyer, err
	}
	placed, err := ask(buyer, "POST", "/v1/orders", placeBody(cart.Str("id"), "09"), key)
	return placed.Str("id"), buyer, err
}

// A request of which only half had come when the program was asked to end is
// still answered.
func TestStopWaitsForHalfARequest(t *testing.T) {
	s := bare(t)
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	half, rest, _ := strings.Cut(request("/v1/sessions", `{"user":"a","password":"b"}`, "Content-Length: 27"), `"password"`)
	if _, err := c.Write([]byte(half)); err != nil {
		t.Fatal(err)
	}
	s.guest.Get("/livez") // answered after the half above was taken in
	ended := make(chan int, 1)
	go func() { ended <- s.Stop() }()
	within(t, "the door is shut", func() bool {
		other, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err == nil {
			_ = other.Close()
		}
		return err != nil
	})
	if _, err := c.Write([]byte(`"password"` + rest)); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("half a request was dropped: %v", err)
	}
	a, err := testkit.ReadAnswer(res)
	if err != nil || a.Status != 401 {
		t.Errorf("%v %d %s", err, a.Status, a.Raw)
	}
	if code := <-ended; code != 0 {
		t.Errorf("it ended with %d", code)
	}
}
