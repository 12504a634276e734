package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/search"
	"saebaan/internal/search/meili"
	"saebaan/internal/search/meilitest"
	"saebaan/internal/search/searchtest"
	"saebaan/internal/testdb"
)

// pieces imports so many published kurtas, numbered from a number.
func pieces(t *testing.T, s *catalog.Service, from, n int) {
	t.Helper()
	var list bytes.Buffer
	list.WriteString("ProductID,ProductName,Price (INR),Description,PrimaryColor\n")
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&list, "%d,White kurta %d,%d,Of cotton,White\n", 1000+i, i, 900+i%500)
	}
	card := catalog.DefaultReferenceCard()
	if r, err := s.Import(context.Background(), importAdmin, importInput(list.Bytes(), &card)); err != nil || r.Published != n {
		t.Fatal(r.Published, err)
	}
}

// shown is what an index of the shop must hold.
func shown(t *testing.T, s *catalog.Service) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	if err := s.EachPublished(context.Background(), "", "", func(page []catalog.Product) error {
		for _, p := range page {
			out[p.ID] = p.Version
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func held(t *testing.T, index catalog.Listed) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for after := ""; ; {
		page, err := index.Held(context.Background(), after, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		for _, h := range page {
			out[h.ID] = h.Version
		}
		after = page[len(page)-1].ID
	}
}

func same(t *testing.T, s *catalog.Service, index catalog.Listed) {
	t.Helper()
	want, have := shown(t, s), held(t, index)
	if !maps.Equal(want, have) {
		t.Errorf("the shop shows %d pieces, the index holds %d, and they are not the same", len(want), len(have))
	}
}

// served is an index on a search server of the test.
func served(t *testing.T) (*meili.Engine, *meilitest.Server) {
	t.Helper()
	server := meilitest.Start(t)
	e := meili.Open(meili.Config{Address: server.URL, Key: meilitest.Key})
	t.Cleanup(func() { _ = e.Close() })
	next, err := e.Beside(context.Background())
	if err == nil {
		err = e.Replace(context.Background(), next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e, server
}

type index interface {
	search.Engine
	catalog.Listed
}

// What is missing, other and too much is counted exactly and mended, a newer
// version than the database's too; what is only on its way is no drift.
func TestCompareCountsAndMends(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), importService(d)
		pieces(t, s, 0, 120)
		onServer, _ := served(t)
		for name, e := range map[string]index{"embedded": searchtest.Embedded(t, nil), "meilisearch": onServer} {
			t.Run(name, func(t *testing.T) {
				f := catalog.NewFeed(s, e, catalog.Mark{Asked: d.Clock.Now()}, nil)
				if n, err := f.Rebuild(ctx); err != nil || n == 0 {
					t.Fatal(n, err)
				}
				compare := func(want catalog.Drift) {
					t.Helper()
					if got, err := f.Compare(ctx, e); err != nil || got != want {
						t.Errorf("drift %+v, %v, want %+v", got, err, want)
					}
					same(t, s, e)
				}
				if err := d.AdvanceClock(ctx, time.Hour); err != nil {
					t.Fatal(err)
				}
				compare(catalog.Drift{})
				ids := []string{}
				for id := range shown(t, s) {
					ids = append(ids, id)
				}
				var wrong []search.Document
				for _, id := range ids[:4] {
					wrong = append(wrong, search.Document{ID: id, Version: 1_000})
				}
				for i := range 5 {
					wrong = append(wrong, search.Document{ID: fmt.Sprintf("prd_stranger%d", i), Version: 1})
				}
				if err := errors.Join(e.Put(ctx, wrong), e.Delete(ctx, ids[10:13])); err != nil {
					t.Fatal(err)
				}
				compare(catalog.Drift{Missing: 3, Other: 4, Extra: 5})
				compare(catalog.Drift{})
				if _, err := s.Archive(ctx, importAdmin, "", ids[20]); err != nil {
					t.Fatal(err)
				}
				if err := e.Delete(ctx, ids[21:22]); err != nil {
					t.Fatal(err)
				}
				compare(catalog.Drift{Missing: 1})
			})
		}
	})
}

// The server dies while it writes, is away, fails tasks and loses answers, and two
// writers, one far behind, repeat and reorder what changed: in the end the index is
// the shop's, and no search in between showed what was hidden.
func TestAnIndexFollowsThroughFaults(t *testing.T) {
	steps := 120
	if testing.Short() {
		steps = 40
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, r := context.Background(), importService(d), rand.New(rand.NewPCG(5, 23))
		pieces(t, s, 0, 60)
		e, server := served(t)
		begin := catalog.Mark{Asked: d.Clock.Now().Add(-time.Hour)}
		feed, behind := catalog.NewFeed(s, e, begin, nil), catalog.NewFeed(s, e, begin, nil)
		asking := catalog.NewService(d, nil, search.NewFallback(e, searchtest.Embedded(t, nil)), nil)
		hidden, failed, told := map[string]bool{}, 0, map[string]int{}
		once := func(f *catalog.Follower) {
			ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
			defer cancel()
			if err := f.Once(ctx); err != nil {
				failed++
			}
		}
		for step := range steps {
			ids := []string{}
			for id := range shown(t, s) {
				ids = append(ids, id)
			}
			switch r.IntN(10) {
			case 0:
				pieces(t, s, 100+20*step, 1+r.IntN(20))
			case 1, 2:
				id := ids[r.IntN(len(ids))]
				if _, err := s.Archive(ctx, importAdmin, "", id); err != nil {
					t.Fatal(err)
				}
				hidden[id] = true
			case 3, 4:
				if err := d.Write(ctx, func(tx *db.Tx) error { // as any change of what is shown does
					_, err := tx.Exec(`UPDATE products SET version = version + 1, changed_at = $2, colour = 'red' WHERE id = $1`, ids[r.IntN(len(ids))], tx.Now())
					return err
				}); err != nil {
					t.Fatal(err)
				}
			case 5:
				server.FailTasks(1)
				told["task failed"]++
			case 6:
				server.LoseAnswers(1 + r.IntN(2))
				told["answer lost"]++
			case 7:
				server.KillAfter(1 + r.IntN(4))
				told["killed while answering"]++
			case 8:
				server.Stop()
				told["away"]++
			case 9:
				once(behind)
			}
			if r.IntN(3) > 0 {
				once(feed)
			}
			if !server.Running() && r.IntN(2) == 0 {
				server.Again()
			}
			found, err := asking.Search(ctx, search.Query{Limit: search.MaxLimit})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range found.Products {
				if hidden[p.ID] {
					t.Errorf("step %d shows %s, which is hidden", step, p.ID)
				}
			}
		}
		if !server.Running() {
			server.Again()
		}
		server.FailTasks(0)
		server.LoseAnswers(0)
		server.KillAfter(0)
		began := time.Now()
		for _, f := range []*catalog.Follower{feed, behind} {
			if err := f.Once(ctx); err != nil {
				t.Fatal(err)
			}
		}
		same(t, s, e)
		if found, err := e.Search(ctx, search.Query{Colours: []string{"red"}}); err != nil || found.Total == 0 {
			t.Errorf("%d pieces became red, %v", found.Total, err)
		}
		t.Logf("%v, %d times the index could not be followed; in step %v after the last fault", told, failed, time.Since(began).Round(time.Millisecond))
		if failed == 0 || len(told) < 4 {
			t.Error("no fault came to bear")
		}
	})
}

// One process at a time writes a shared index; the next goes on where it stood.
func TestOneWriterOfASharedIndex(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), importService(d)
		take := func(holder string, want bool) catalog.Feed {
			t.Helper()
			f, taken, err := s.TakeFeed(ctx, "shop", holder)
			if err != nil || taken != want {
				t.Fatalf("%s takes: %v, %v", holder, taken, err)
			}
			return f
		}
		keep := func(holder string, f catalog.Feed, want bool) {
			t.Helper()
			if still, err := s.KeepFeed(ctx, "shop", holder, f); err != nil || still != want {
				t.Fatalf("%s keeps: %v, %v", holder, still, err)
			}
		}
		if f := take("one", true); f.Mark != nil || f.Drift != 0 {
			t.Errorf("a new index: %+v", f)
		}
		take("two", false)
		take("one", true)
		stood := catalog.Feed{Mark: &catalog.Mark{Asked: 77, Seen: map[string]int64{"prd_1": 5}, Shown: map[string]bool{"imp_1": true}}, Compared: "2026-11-23", Drift: 3}
		keep("one", stood, true)
		keep("two", catalog.Feed{}, false)
		if err := s.LeaveFeed(ctx, "shop", "two"); err != nil {
			t.Fatal(err)
		}
		take("two", false)
		if err := s.LeaveFeed(ctx, "shop", "one"); err != nil {
			t.Fatal(err)
		}
		f := take("two", true)
		if f.Mark == nil || f.Mark.Asked != 77 || f.Mark.Seen["prd_1"] != 5 || !f.Mark.Shown["imp_1"] || f.Compared != stood.Compared || f.Drift != 3 {
			t.Errorf("it goes on from %+v", f)
		}
		keep("one", stood, false)
		if _, taken, err := s.TakeFeed(ctx, "other", "one"); err != nil || !taken {
			t.Errorf("another index: %v, %v", taken, err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE search_feeds SET held_until = $1 WHERE name = 'shop'`, time.Now().Add(-time.Second).UnixMicro())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		take("three", true)
		keep("two", stood, false)
	})
}
