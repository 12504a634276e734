package meili_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/internal/search"
	"saebaan/internal/search/meili"
	"saebaan/internal/search/meilitest"
	"saebaan/internal/search/searchtest"
)

func open(t *testing.T, s *meilitest.Server) *meili.Engine {
	t.Helper()
	e := meili.Open(meili.Config{Address: s.URL, Key: meilitest.Key})
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// build makes an index of documents and puts it in place.
func build(t *testing.T, e *meili.Engine, docs ...search.Document) {
	t.Helper()
	next, err := e.Beside(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(next.Put(t.Context(), docs), e.Replace(t.Context(), next)); err != nil {
		t.Fatal(err)
	}
}

// Every rule of the suite, and every exchange of it as the server's own
// description says.
func TestSuiteAsDescribed(t *testing.T) {
	var mu sync.Mutex
	var servers []*meilitest.Server
	searchtest.Run(t, func(t *testing.T) search.Engine {
		s := meilitest.Start(t)
		s.Keep()
		mu.Lock()
		servers = append(servers, s)
		mu.Unlock()
		e := open(t, s)
		build(t, e)
		return e
	})
	s := meilitest.Start(t)
	s.Keep()
	servers = append(servers, s)
	e := open(t, s)
	if _, err := e.Search(t.Context(), search.Query{}); !errors.Is(err, meili.ErrAbsent) || !errors.Is(err, search.ErrUnavailable) {
		t.Errorf("searching an index that is not there: %v", err)
	}
	build(t, e, searchtest.Pieces()...)
	build(t, e, searchtest.Many(700)...)
	held(t, e, 700)
	stranger := meili.Open(meili.Config{Address: s.URL, Key: "wrong"})
	if _, err := stranger.Count(t.Context()); !errors.Is(err, search.ErrUnavailable) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong key: %v", err)
	}

	d, err := meilitest.ReadDescription("../../../../shared/data/meilisearch-openapi.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the description of the search server is needed under CI: ", err)
		}
		t.Skip("LOUD SKIP: what the client asks was not held against the server's description: ", err)
	}
	asked := map[string]int{}
	for _, s := range servers {
		for _, x := range s.Exchanges() {
			parts := strings.Split(x.Path, "/")
			for i, p := range parts {
				if strings.Contains(p, "_") || strings.Trim(p, "0123456789") == "" {
					parts[i] = ""
				}
			}
			asked[x.Method+strings.Join(parts, "/")]++
			for _, w := range d.Check(x) {
				t.Error(w)
			}
		}
	}
	t.Log(asked)
	if len(asked) < 10 {
		t.Errorf("only %v were asked", asked)
	}
	for name, x := range map[string]meilitest.Exchange{
		"another path":      {Method: "GET", Path: "/index", Status: 200, Told: []byte(`{}`)},
		"another parameter": {Method: "GET", Path: "/tasks", Query: "state=1", Status: 200, Told: []byte(`{"results":[],"total":0,"limit":1}`)},
		"a wrong body":      {Method: "POST", Path: "/indexes/x/search", Sent: []byte(`{"q":5}`), Status: 200, Told: []byte(`{"hits":[],"query":"","processingTimeMs":0,"limit":1,"offset":0,"estimatedTotalHits":0}`)},
		"a wrong answer":    {Method: "POST", Path: "/indexes/x/search", Sent: []byte(`{}`), Status: 200, Told: []byte(`{"hits":[],"query":""}`)},
	} {
		if len(d.Check(x)) == 0 {
			t.Errorf("%s passes the check", name)
		}
	}
}

// held walks through an index and checks its size.
func held(t *testing.T, e *meili.Engine, want int) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for after := ""; ; {
		page, err := e.Held(t.Context(), after, 256)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, h := range page {
			out[h.ID] = h.Version
		}
		after = page[len(page)-1].ID
	}
	if len(out) != want {
		t.Errorf("%d documents are held, want %d", len(out), want)
	}
	return out
}

func TestAwayIsSaidInTime(t *testing.T) {
	s := meilitest.Start(t)
	e := open(t, s)
	build(t, e, searchtest.Pieces()...)
	ask := func() error {
		_, err := e.Search(t.Context(), search.Query{Text: "kurta", InStock: true})
		return err
	}
	s.Slow(2 * time.Second)
	began := time.Now()
	if err := ask(); !errors.Is(err, search.ErrUnavailable) {
		t.Errorf("slow: %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Search(gone, search.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("who asked has left: %v", err)
	}
	s.Slow(0)
	s.Stop()
	if err := errors.Join(ask()); !errors.Is(err, search.ErrUnavailable) {
		t.Errorf("stopped: %v", err)
	}
	if err := e.Put(t.Context(), searchtest.Many(3)); !errors.Is(err, search.ErrUnavailable) {
		t.Errorf("stopped: %v", err)
	}
	s.Again()
	if err := ask(); err != nil {
		t.Errorf("back: %v", err)
	}
}

// A task that fails is seen; what is not known to have been done is waited for, so
// that a late older version never comes after a newer.
func TestOlderNeverReplacesNewer(t *testing.T) {
	s := meilitest.Start(t)
	e := open(t, s)
	build(t, e)
	piece := func(version int64, colour string) []search.Document {
		return []search.Document{{ID: "prd_1", Version: version, Colour: colour}}
	}
	s.FailTasks(1)
	if err := e.Put(t.Context(), piece(1, "red")); !errors.Is(err, search.ErrUnavailable) {
		t.Errorf("a task failed: %v", err)
	}
	s.LoseAnswers(2) // of which versions are held, and of the writing itself
	_ = e.Put(t.Context(), piece(1, "red"))
	_ = e.Put(t.Context(), piece(1, "red"))
	s.LoseAnswers(0)
	s.Late(150 * time.Millisecond)
	impatient, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := e.Put(impatient, piece(3, "green")); err == nil {
		t.Error("it was not late")
	}
	another := open(t, s) // a process that took over
	if err := another.Put(t.Context(), piece(2, "blue")); err != nil {
		t.Fatal(err)
	}
	if r, err := e.Search(t.Context(), search.Query{Colours: []string{"green"}}); err != nil || r.Total != 1 {
		t.Errorf("the newest is not held: %+v, %v", r, err)
	}
	if v := held(t, e, 1)["prd_1"]; v != 3 {
		t.Errorf("version %d is held", v)
	}
	order := []search.Document{{ID: "prd_2", Version: 5, Colour: "red"}, {ID: "prd_2", Version: 4, Colour: "blue"}, {ID: "prd_2", Version: 5, Colour: "pink"}}
	if err := e.Put(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	if r, err := e.Search(t.Context(), search.Query{Colours: []string{"pink"}}); err != nil || r.Total != 1 {
		t.Errorf("of several in one list the newest is not held: %+v, %v", r, err)
	}
}

// While an index is built anew and put in place, every search is answered whole.
func TestRebuildWhileSearching(t *testing.T) {
	s := meilitest.Start(t)
	e := open(t, s)
	docs := searchtest.Many(400)
	build(t, e, docs...)
	want, err := e.Search(t.Context(), search.Query{Text: "chikan", Limit: 100})
	if err != nil || want.Total == 0 {
		t.Fatal(want.Total, err)
	}
	stop := make(chan struct{})
	var asked int
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			asked++
			r, err := e.Search(context.Background(), search.Query{Text: "chikan", Limit: 100})
			if err != nil || r.Total != want.Total || !slices.Equal(r.IDs, want.IDs) {
				t.Errorf("search %d: %d of %d, %v", asked, r.Total, want.Total, err)
			}
		}
	})
	s.Late(40 * time.Millisecond)
	for range 3 {
		build(t, e, docs...)
	}
	if _, err := e.Beside(t.Context()); err != nil { // left unfinished
		t.Error(err)
	}
	build(t, e, docs...)
	close(stop)
	wg.Wait()
	if asked < 30 {
		t.Errorf("only %d searches were asked meanwhile", asked)
	}
	held(t, e, 400)
}

// A list goes on in the embedded engine where the server was lost, and back.
func TestPagesGoOnInTheOtherEngine(t *testing.T) {
	s := meilitest.Start(t)
	e := open(t, s)
	docs := searchtest.Many(120)
	for i := range docs {
		docs[i].PublishedAt, docs[i].Price = int64(i), docs[i].Price*1000+docs[i].Price%7+1 // no ties
	}
	build(t, e, docs...)
	other := searchtest.Embedded(t, docs)
	for _, q := range []search.Query{{Limit: 7}, {Limit: 7, Sort: search.SortPriceDown, Text: "chikan"}, {Limit: 7, Text: "chikan"}, {Limit: 7, Text: "chikan", InStock: true}} {
		var ids []string
		var total int64
		for page := 0; ; page++ {
			engine := search.Finder(e)
			if page%3 == 2 {
				engine = other
			}
			r, err := engine.Search(t.Context(), q)
			if err != nil {
				t.Fatalf("page %d of %+v: %v", page, q, err)
			}
			ids, total = append(ids, r.IDs...), r.Total
			if q.Cursor = r.NextCursor; !r.HasMore {
				break
			}
		}
		if q.ByKey() {
			if n := len(slices.Compact(slices.Sorted(slices.Values(ids)))); int64(n) != total || len(ids) != n {
				t.Errorf("%+v: %d pieces, %d of them different, of %d", q, len(ids), n, total)
			}
		} else if int64(len(ids)) != total {
			t.Errorf("%+v: %d places of %d", q, len(ids), total)
		}
	}
}

// By relevance a page goes on after the piece it ended with, though others came
// before it or went.
func TestPageByRelevanceFindsItsPiece(t *testing.T) {
	s := meilitest.Start(t)
	e := open(t, s)
	var docs []search.Document
	for i := range 30 {
		docs = append(docs, search.Document{ID: fmt.Sprintf("prd_%02d", i), Titles: search.Text{En: "Chikan kurta"}, PublishedAt: int64(1000 - i), Version: 1})
	}
	build(t, e, docs...)
	first, err := e.Search(t.Context(), search.Query{Text: "kurta", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Delete(t.Context(), []string{"prd_03", "prd_04", "prd_05"}),
		e.Put(t.Context(), []search.Document{{ID: "prd_new", Titles: search.Text{En: "Chikan kurta"}, PublishedAt: 2000, Version: 1}})); err != nil {
		t.Fatal(err)
	}
	next, err := e.Search(t.Context(), search.Query{Text: "kurta", Limit: 10, Cursor: first.NextCursor})
	if err != nil || len(next.IDs) != 10 || next.IDs[0] != "prd_10" || next.IDs[9] != "prd_19" {
		t.Errorf("after %v come %v, %v", first.IDs, next.IDs, err)
	}
}
