package main_test

import (
	"errors"
	"maps"
	"net/url"
	"os"
	"testing"
	"time"

	"saebaan/internal/search/meili"
	"saebaan/internal/search/meilitest"
	"saebaan/internal/testkit"
)

// searched is a shop on a search server.
type searched struct {
	*shop
	server *meilitest.Server
	index  *meili.Engine
}

func openSearched(t *testing.T, environment []string) searched {
	t.Helper()
	server := meilitest.Start(t)
	index := meili.Open(meili.Config{Address: server.URL, Key: meilitest.Key})
	t.Cleanup(func() { _ = index.Close() })
	return searched{open(t, append(environment, "SAEBAAN_MEILI_URL="+server.URL, "SAEBAAN_MEILI_KEY="+meilitest.Key)), server, index}
}

// equal waits until the server's index is the shop's, and gives how long it took.
func (s searched) equal() time.Duration {
	s.t.Helper()
	d, began := s.books(), time.Now()
	within(s.t, "the index is the shop's", func() bool {
		want, have := map[string]int64{}, map[string]int64{}
		for _, id := range texts(s.t, d, `SELECT id FROM products WHERE state = 'published'`) {
			want[id] = count(s.t, d, `SELECT version FROM products WHERE id = $1`, id)
		}
		for after := ""; ; {
			page, err := s.index.Held(s.t.Context(), after, 100)
			if err != nil {
				return false
			}
			if len(page) == 0 {
				break
			}
			for _, h := range page {
				have[h.ID] = h.Version
			}
			after = page[len(page)-1].ID
		}
		return maps.Equal(want, have)
	})
	return time.Since(began)
}

// finds asks a shop and gives the ids, and how long it took.
func finds(t testing.TB, of testkit.REST, text string) (ids []string, took time.Duration) {
	t.Helper()
	began := time.Now()
	a := of.Get("/v1/search?q=" + url.QueryEscape(text))
	took = time.Since(began)
	for i := range a.List("data") {
		ids = append(ids, a.Str("data", i, "id"))
	}
	return ids, took
}

// With the search server away the shop lists and searches; what is hidden is gone
// at once, and when the server is back its index is soon the shop's again.
func TestSearchServerAway(t *testing.T) {
	away := 3 * time.Second
	if wanted := os.Getenv("SAEBAAN_SEARCH_AWAY"); wanted != "" {
		var err error
		if away, err = time.ParseDuration(wanted); err != nil {
			t.Fatal(err)
		}
	}
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := openSearched(t, environment)
		maker := map[string]string{"embroidery": s.artisan("Maker"), "finishing": s.artisan("Finisher")}
		first, _ := s.kurta("FIRST", 1, maker, false)
		s.kurta("SECOND", 1, maker, false)
		t.Logf("after the first pieces the server's index was the shop's in %v", s.equal())
		if ids, _ := finds(t, s.guest, "kurta"); len(ids) != 2 {
			t.Errorf("found %v", ids)
		}

		time.Sleep(500 * time.Millisecond) // the embedded index follows by itself
		s.server.Stop()
		began, worst, asked := time.Now(), time.Duration(0), 0
		third := ""
		for time.Since(began) < away {
			for _, text := range []string{"", "kurta", "chikn", "सफ़ेद कुर्ता"} {
				ids, took := finds(t, s.guest, text)
				if worst = max(worst, took); len(ids) == 0 {
					t.Errorf("%q finds nothing while the server is away", text)
				}
				asked++
			}
			if third == "" {
				third, _ = s.kurta("THIRD", 1, maker, false)
				s.admin.Post("/v1/products/"+first+"/archive", nil)
				hidden := time.Now()
				within(t, "a hidden piece is gone", func() bool {
					ids, _ := finds(t, s.guest, "kurta")
					for _, id := range ids {
						if id == first {
							return false
						}
					}
					return true
				})
				if took := time.Since(hidden); took > time.Second {
					t.Errorf("a hidden piece was shown for %v", took)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("%d searches while the server was away for %v, the slowest %v", asked, away, worst)
		if worst > 500*time.Millisecond {
			t.Errorf("a search took %v with the server dead", worst)
		}
		s.server.Again()
		took := s.equal()
		t.Logf("after that its index was the shop's in %v", took)
		within(t, "the server is asked again", func() bool { ids, _ := finds(t, s.guest, "kurta"); return len(ids) == 2 })

		s.server.Slow(2 * time.Second)
		if ids, took := finds(t, s.guest, "kurta"); len(ids) != 2 || took > time.Second {
			t.Errorf("with a slow server: %v in %v", ids, took)
		}
		s.server.Slow(0)
	})
}

// Of two programs on one database one writes the index; when it stops, or is
// killed, the other goes on. An index that the server lost is built again.
func TestTheNextFeedsTheSearchServer(t *testing.T) {
	environment := env(t, "postgres")
	s := openSearched(t, environment)
	maker := map[string]string{"embroidery": s.artisan("Maker"), "finishing": s.artisan("Finisher")}
	s.kurta("FIRST", 1, maker, false)
	s.equal()
	other := testkit.Work(t, s.Data, s.Env)
	if code := s.Program.Stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
	s.shop = resume(t, s.Data, s.Env, "--no-worker")
	s.kurta("SECOND", 1, maker, false)
	t.Logf("the next went on after %v", s.equal())
	if os.Getenv("SAEBAAN_SEARCH_AWAY") != "" {
		testkit.Work(t, s.Data, s.Env)
		other.Kill()
		s.kurta("THIRD", 1, maker, false)
		t.Logf("after a kill the next went on after %v", s.equal())
	}
	s.server.Wipe()
	if ids, _ := finds(t, s.guest, "kurta"); len(ids) < 2 {
		t.Errorf("with the index lost: %v", ids)
	}
	t.Logf("what the server had lost was there again after %v", s.equal())
	if _, err := s.index.Count(t.Context()); errors.Is(err, meili.ErrAbsent) {
		t.Error(err)
	}
}
