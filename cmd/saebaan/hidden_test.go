package main_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"saebaan/internal/search/meilitest"
	"saebaan/internal/testkit"
)

// goneWithin asks another replica for what must not be there any more, and gives
// how long it still was. Each question is a path and a text that its answer held.
func goneWithin(t *testing.T, of testkit.REST, asked [][2]string) time.Duration {
	t.Helper()
	began := time.Now()
	left := ""
	for time.Since(began) < 10*time.Second {
		if left = ""; len(asked) > 0 {
			for _, q := range asked {
				a, err := of.Try("GET", q[0], nil)
				if err != nil {
					t.Fatal(err)
				}
				if a.Status == 200 && strings.Contains(string(a.Raw), q[1]) {
					left += q[0] + " "
				}
			}
		}
		if left == "" {
			return time.Since(began)
		}
		time.Sleep(20 * time.Millisecond)
	}
	a := of.Get(asked[len(asked)-1][0])
	t.Fatalf("after ten seconds it is still at %s: %s", left, a.Raw)
	return 0
}

// What is hidden on one replica, and what a maker no longer consents to, is gone
// from every page and answer of another within a second, with a search server and a
// bucket between them.
func TestHiddenOnEveryReplica(t *testing.T) {
	bucket, server := testkit.StartS3(t), meilitest.Start(t)
	environment := append(env(t, "postgres"), bucket.Env(bucket.URL)...)
	environment = append(environment, "SAEBAAN_MEILI_URL="+server.URL, "SAEBAAN_MEILI_KEY="+meilitest.Key)
	a := open(t, environment)
	b := testkit.Serve(t, t.TempDir(), append(environment, "SAEBAAN_KEYS="+filepath.Join(a.Data, "keys")), "--no-worker")
	other := testkit.REST{T: t, URL: b.URL, Client: testkit.Client()}

	her := a.artisan("Zubeida Siddiqui")
	for _, purpose := range []string{"name", "photo"} {
		a.asha.Post("/v1/artisans/"+her+"/consents", obj{"purpose": purpose, "granted": true, "notice": "1", "language": "hi"})
	}
	makers := map[string]string{"embroidery": her, "finishing": her}
	stays, _ := a.kurta("STAYS", 1, makers, false)
	goes, _ := a.kurta("GOES", 1, makers, false)
	photo := a.asha.Do(200, "POST", "/v1/products/"+stays+"/photos?shows="+her, snapshot(t, 1), "Content-Type", "image/jpeg").Str("photos", 0, "hash")
	a.asha.Do(200, "POST", "/v1/products/"+goes+"/photos", snapshot(t, 2), "Content-Type", "image/jpeg")
	slug := a.admin.Get("/v1/products/" + goes).Str("slug")
	stay := a.admin.Get("/v1/products/" + stays).Str("slug")

	everywhere := [][2]string{{"/v1/search?q=kurta", slug}, {"/v1/suggestions?q=kur", slug}, {"/v1/products/" + goes, slug}, {"/p/" + slug, "GOES"},
		{"/shop?q=kurta", slug}, {"/shop?lang=hi", slug}, {"/suggest?q=kur", slug}, {"/", slug}, {"/p/" + stay, slug}}
	within(t, "the other replica shows both", func() bool {
		for _, q := range everywhere {
			if r, err := other.Try("GET", q[0], nil); err != nil || r.Status != 200 || !strings.Contains(string(r.Raw), q[1]) {
				return false
			}
		}
		return true
	})
	for _, path := range []string{"/sitemap/first.xml", "/feeds/google.xml"} {
		if r := other.Get(path); !strings.Contains(string(r.Raw), slug) {
			t.Errorf("%s does not hold what is shown: %s", path, r.Raw)
		}
	}
	a.admin.Post("/v1/products/"+goes+"/archive", nil)
	if took := goneWithin(t, other, everywhere); took > time.Second {
		t.Errorf("a hidden piece was shown for %v", took)
	} else {
		t.Logf("a hidden piece was gone after %v", took)
	}
	for _, path := range []string{"/sitemap/first.xml", "/feeds/google.xml"} {
		if r := other.Get(path); strings.Contains(string(r.Raw), slug) {
			t.Errorf("%s holds what is hidden", path)
		}
	}

	named := [][2]string{{"/p/" + stay, "Zubeida"}, {"/v1/products/" + stays, "Zubeida"}, {"/p/" + stay, photo}, {"/shop", photo}, {"/v1/products/" + stays, photo}, {"/media/" + photo + "-240.jpg", ""}, {"/media/" + photo + "-640.jpg", ""}, {"/v1/search?q=zubeida", stay}}
	within(t, "her name and photo are shown", func() bool {
		for _, q := range named {
			if r, err := other.Try("GET", q[0], nil); err != nil || r.Status != 200 || !strings.Contains(string(r.Raw), q[1]) {
				return false
			}
		}
		return true
	})
	for _, purpose := range []string{"name", "photo"} {
		a.asha.Post("/v1/artisans/"+her+"/consents", obj{"purpose": purpose, "granted": false, "notice": "1", "language": "hi"})
	}
	if took := goneWithin(t, other, named); took > time.Second {
		t.Errorf("after she withdrew, her name or photo was there for %v", took)
	} else {
		t.Logf("her name and photo were gone after %v", took)
	}
}
