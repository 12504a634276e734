package search_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"saebaan/internal/search"
	"saebaan/internal/search/searchtest"
)

func open(t testing.TB, path string) *search.Embedded {
	t.Helper()
	db, err := sqlx.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		t.Fatal(err)
	}
	e, err := search.OpenEmbedded(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestEmbeddedConforms(t *testing.T) {
	searchtest.Run(t, func(t *testing.T) search.Engine { return open(t, filepath.Join(t.TempDir(), "search.db")) })
}

func TestReopenKeepsDocuments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "search.db")
	e := open(t, path)
	if err := e.Put(context.Background(), searchtest.Pieces()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, path).Search(context.Background(), search.Query{Text: "zardosi", Colours: []string{"red"}})
	if err != nil || r.Total != 1 || r.IDs[0] != "prd_dupatta_red" {
		t.Errorf("after reopening: %v, %v", r, err)
	}
}

func TestAnotherProcessWrites(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "search.db")
	here, there := open(t, path), open(t, path)
	total := func(q search.Query) int64 {
		r, err := here.Search(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		return r.Total
	}
	if n := total(search.Query{Text: "marigold"}); n != 0 {
		t.Fatal(n)
	}
	docs := searchtest.Pieces()
	docs[0].Titles.En += " marigold"
	if err := there.Put(ctx, docs); err != nil {
		t.Fatal(err)
	}
	r, err := here.Search(ctx, search.Query{})
	if err != nil || r.Total != 6 || r.Facets[search.FacetCraft][0].Count != 2 {
		t.Errorf("after a Put elsewhere: %v, %v", r, err)
	}
	if n := total(search.Query{Text: "mariglod "}); n != 1 {
		t.Errorf("a slip in a word that was put elsewhere found %d", n)
	}
	if err := there.Delete(ctx, []string{"prd_kurta_white", "prd_kurti_red"}); err != nil {
		t.Fatal(err)
	}
	r, err = here.Search(ctx, search.Query{})
	if err != nil || r.Total != 4 || r.Facets[search.FacetCraft][0].Value != "zardozi" {
		t.Errorf("after a Delete elsewhere: %v, %v", r, err)
	}
	if n := total(search.Query{Text: "marigold"}); n != 0 {
		t.Errorf("a deleted piece was found %d times", n)
	}
}

func TestCancelledPutLeavesNothing(t *testing.T) {
	e := open(t, filepath.Join(t.TempDir(), "search.db"))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := e.Put(ctx, searchtest.Many(3_000)); err == nil {
		t.Fatal("3,000 documents in 20 ms")
	}
	if n, err := e.Count(context.Background()); n != 0 || err != nil {
		t.Errorf("%d documents, %v", n, err)
	}
	if err := e.Put(context.Background(), searchtest.Pieces()); err != nil {
		t.Errorf("the next Put: %v", err)
	}
}

func BenchmarkSearch(b *testing.B) {
	ctx := context.Background()
	e := open(b, filepath.Join(b.TempDir(), "search.db"))
	docs := searchtest.Many(10_000)
	start := time.Now()
	for i := 0; i < len(docs); i += 500 {
		if err := e.Put(ctx, docs[i:i+500]); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("put 10,000 in %v", time.Since(start))
	for _, c := range []struct {
		name string
		q    search.Query
		cold bool // what texts found is forgotten first
	}{
		{"list", search.Query{}, false},
		{"list filtered", search.Query{Crafts: []string{"chikan"}, Colours: []string{"red", "white"}, InStock: true}, false},
		{"one word", search.Query{Text: "paisley"}, false},
		{"one word cold", search.Query{Text: "chikan"}, true},
		{"two words cold", search.Query{Text: "red kurta"}, true},
		{"slip cold", search.Query{Text: "chikn dupata"}, true},
		{"Hindi cold", search.Query{Text: "लाल कुर्ता"}, true},
		{"one letter cold", search.Query{Text: "k"}, true},
		{"one letter cold new", search.Query{Text: "k", Sort: search.SortNew}, true},
		{"chikan cold new", search.Query{Text: "chikan", Sort: search.SortNew}, true},
		{"chik cold", search.Query{Text: "chik"}, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if c.cold {
					search.Forget(e)
				}
				if _, err := e.Search(ctx, c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("put one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			docs[i%100].Version++
			if err := e.Put(ctx, docs[i%100:i%100+1]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// What was meant comes before what only begins or sounds like it, and a slip that kept
// the number of letters before one that did not.
func TestWhatWasMeantComesFirst(t *testing.T) {
	e := open(t, filepath.Join(t.TempDir(), "search.db"))
	var docs []search.Document
	for i, title := range []string{"Pearl necklace", "Harpa bag, harness and harem", "Harbour shirt", "Silk blouse", "Blues band, blues and blues", "Cheek powder", "Chikan stole"} {
		docs = append(docs, search.Document{ID: title, Titles: search.Text{En: title}, PublishedAt: int64(i), Version: 1})
	}
	if err := e.Put(context.Background(), docs); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"हार": "Pearl necklace", "haar": "Pearl necklace", "bloues": "Silk blouse", "chik": "Chikan stole", "harb": "Harbour shirt"} {
		r, err := e.Search(context.Background(), search.Query{Text: text})
		if err != nil || len(r.IDs) == 0 || r.IDs[0] != want {
			t.Errorf("%s: %v, %v; want %s first", text, r.IDs, err, want)
		}
	}
}
