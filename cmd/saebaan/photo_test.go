package main_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// snapshot is a JPEG of which there is one for each number.
func snapshot(t testing.TB, n int) string {
	t.Helper()
	m, r := image.NewRGBA(image.Rect(0, 0, 640, 480)), rand.New(rand.NewPCG(uint64(n), 7))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32() >> 28 << 3)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files are the names of the photos in the bucket.
func files(t testing.TB, s *testkit.S3) (out []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(s.Folder, testkit.S3Bucket, "photos"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, f := range list {
		out = append(out, f.Name())
	}
	slices.Sort(out)
	return out
}

// A hundred uploads, and twenty that are given up, while the lines to the phone and to the store are cut at
// random: what was answered is shown and whole, what was not is repeated, and after
// the sweep the bucket holds what the shop shows and nothing else.
func TestUploadsOverABadLine(t *testing.T) {
	bucket := testkit.StartS3(t)
	store := testkit.Toxiproxy(t, bucket.URL)
	s := open(t, bucket.Env(store.URL))
	phone := testkit.Toxiproxy(t, s.URL)
	var pieces []string
	for range 10 {
		pieces = append(pieces, s.asha.Post("/v1/products", roleTable["POST /v1/products"].body).Str("id"))
	}

	stop, spoiled := make(chan struct{}), 0
	var wg, spoiler sync.WaitGroup
	spoiler.Go(func() {
		r := rand.New(rand.NewPCG(3, 1))
		for {
			line := []*testkit.Proxy{store, phone}[r.IntN(2)]
			switch r.IntN(3) {
			case 0:
				line.LoseAnswers()
			case 1:
				line.CutRequests(r.IntN(200_000))
			default:
				line.Heal()
			}
			spoiled++
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(r.IntN(60)) * time.Millisecond):
			}
			line.Heal()
			time.Sleep(time.Duration(r.IntN(120)) * time.Millisecond)
		}
	})
	var mu sync.Mutex
	broken := 0
	for worker := range 4 {
		wg.Go(func() {
			over := s.asha
			over.URL, over.Client = phone.URL, &http.Client{Timeout: 20 * time.Second}
			for n := worker; n < 120; n += 4 {
				photo := snapshot(t, n)
				for tries := 0; ; tries++ {
					a, err := over.Try("POST", "/v1/products/"+pieces[n%10]+"/photos", photo, "Content-Type", "image/jpeg")
					if err == nil && a.Status == 200 {
						break
					}
					if err == nil && a.Status < 500 || tries == 200 {
						t.Errorf("photo %d: %d %s, %v", n, a.Status, a.Raw, err)
						break
					}
					mu.Lock()
					broken++
					mu.Unlock()
					if n >= 100 { // she gives up
						break
					}
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	spoiler.Wait()
	store.Heal()
	if broken == 0 {
		t.Error("no line was ever cut")
	}
	left := len(files(t, bucket))

	if err := os.WriteFile(filepath.Join(bucket.Folder, testkit.S3Bucket, "photos", strings.Repeat("ab", 32)+"-240.jpg"), []byte("nobody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 { // a worker sweeps when it starts; what no row knows is entered first and goes an hour later
		s.guest.Post("/v1/test/clock", obj{"advance": "2h"})
		s.Stop()
		s = resume(t, s.Data, s.Env)
		time.Sleep(1500 * time.Millisecond)
	}
	var want []string
	shown := 0
	for _, p := range pieces {
		product := s.asha.Get("/v1/products/" + p)
		for i := range product.List("photos") {
			shown++
			for _, w := range strings.Split(product.Str("photos", i, "widths"), ",") {
				want = append(want, fmt.Sprintf("%s-%s.jpg", product.Str("photos", i, "hash"), w))
			}
		}
	}
	slices.Sort(want)
	within(t, "the bucket holds what the shop shows and nothing else", func() bool { return slices.Equal(files(t, bucket), want) })
	t.Logf("%d sendings were cut and repeated, lines were spoiled %d times; %d photos in %d files, %d before the sweep", broken, spoiled, shown, len(want), left)
	if shown < 100 || shown > 120 {
		t.Errorf("%d photos are shown", shown)
	}
	name := want[0]
	if a := s.guest.Do(200, "GET", "/media/"+name, nil); a.Header.Get("Content-Type") != "image/jpeg" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v", a.Header)
	}
	hash, _, _ := strings.Cut(name, "-")
	for _, p := range pieces {
		s.asha.Post("/v1/products/"+p+"/photos/"+hash+"/remove", nil)
	}
	s.guest.Do(404, "GET", "/media/"+name, nil)

	bucket.Stop()
	a := s.asha.Do(503, "POST", "/v1/products/"+pieces[9]+"/photos", snapshot(t, 500), "Content-Type", "image/jpeg")
	if a.Str("code") != "media.keep" {
		t.Errorf("with the bucket away: %s", a.Raw)
	}
	s.guest.Get("/v1/search?q=kurta")
}
