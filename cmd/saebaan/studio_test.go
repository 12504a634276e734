package main_test

import (
	"context"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"saebaan/internal/testkit"
)

// onPhone writes a photo as a phone takes it, 12 megapixels.
func onPhone(t *testing.T, name string, seed uint64) string {
	t.Helper()
	m, r := image.NewRGBA(image.Rect(0, 0, 4000, 3000)), rand.New(rand.NewPCG(seed, 1))
	for y := range 3000 {
		for x := range 4000 {
			i := y*m.Stride + 4*x
			m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = byte(x/16), byte(y/12), byte(seed*40)+byte(r.Uint32()>>29), 255
		}
	}
	file := filepath.Join(t.TempDir(), name)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return file
}

// A coordinator lists a piece with photos on her phone, in Hindi: they are made
// small there, go through the shop or straight to the bucket, and are shown in
// every width, as WebP too. A picture that her phone cannot open is named.
func TestListAPieceInABrowser(t *testing.T) {
	for _, name := range []string{"folder", "bucket"} {
		t.Run(name, func(t *testing.T) {
			var environment []string
			if name == "bucket" {
				bucket := testkit.StartS3(t)
				environment = append(bucket.Env(bucket.URL), "SAEBAAN_S3_BROWSER="+bucket.URL)
			}
			p := testkit.Serve(t, t.TempDir(), environment, "--demo")
			b := browser(t, p.URL, 360)
			b.signIn("asha")
			b.open("/studio/new?lang=hi", "studio-new-hi")
			heic := filepath.Join(t.TempDir(), "IMG_0001.heic")
			if err := os.WriteFile(heic, []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), 0o600); err != nil {
				t.Fatal(err)
			}
			b.do(chromedp.SetUploadFiles("#photos", []string{heic}), chromedp.Sleep(300*time.Millisecond))
			b.says("IMG_0001.heic")
			b.do(chromedp.SetUploadFiles("#photos", []string{onPhone(t, "a.jpg", 1), onPhone(t, "b.jpg", 4)}))
			b.awaits(`document.querySelectorAll("[data-chosen] li").length === 2`)
			b.fill(map[string]string{"area": "lucknow", "craft": "chikan", "garment": "kurta", "fabric": "cotton", "price": "2520"})
			b.awaits(`document.querySelector("[name=colour][value=white]").click() === undefined`)
			b.look("studio-chosen-hi")
			b.do(chromedp.Click("form[data-photos] button[type=submit]"))
			b.awaits(`location.pathname.startsWith("/studio/pieces/prd_")`)
			b.awaits(`document.readyState === "complete" && document.querySelectorAll("main img").length === 2`)
			b.look("studio-piece-hi")
			piece := b.where()[strings.LastIndex(b.where(), "/")+1:]
			b.says("सफ़ेद", "₹2,520")

			rest := testkit.REST{T: t, URL: p.URL, Client: testkit.Client()}.SignIn("asha", "practice-only-2026")
			product := rest.Get("/v1/products/" + piece)
			for i := range 2 {
				if w := product.Str("photos", i, "webp"); w != "240,480,960,1600" || product.Str("photos", i, "widths") != w {
					t.Errorf("photo %d: widths %q, as WebP %q", i, product.Str("photos", i, "widths"), w)
				}
				large := rest.Do(200, "GET", "/media/"+product.Str("photos", i, "hash")+"-1600.webp", nil)
				if n := len(large.Raw); n > 400_000 || large.Header.Get("Content-Type") != "image/webp" {
					t.Errorf("photo %d: %d bytes of %s", i, n, large.Header.Get("Content-Type"))
				}
			}
			b.press("form[action$='/submit'] button[type=submit]")
			b.look("studio-handed-in-hi")
		})
	}
}

// awaits waits until an expression of the page is true.
func (b *tab) awaits(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 60*time.Second)
	defer cancel()
	for {
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && is {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("%s never holds: %s\n%s", b.where(), expression, b.text())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
