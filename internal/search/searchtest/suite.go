package searchtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/search"
)

// Run runs the suite; open gives a fresh engine without documents.
func Run(t *testing.T, open func(t *testing.T) search.Engine) {
	for _, part := range []struct {
		name string
		test func(*testing.T, search.Engine)
	}{
		{"spellings", spellings},
		{"filters", filters},
		{"facets obey the other filters", facets},
		{"orders", orders},
		{"cursor visits each once", walk},
		{"refusals", refusals},
		{"hostile text", hostile},
		{"update and delete", change},
		{"put and search at once", together},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}

func fill(t *testing.T, e search.Engine, docs []search.Document) {
	t.Helper()
	if err := e.Put(context.Background(), docs); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, e search.Engine, q search.Query) search.Result {
	t.Helper()
	r, err := e.Search(context.Background(), q)
	if err != nil {
		t.Fatalf("Search(%+v): %v", q, err)
	}
	return r
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s found %v, want %v", what, got, want)
	}
}

const (
	white    = "prd_kurta_white"
	red      = "prd_kurti_red"
	dupatta  = "prd_dupatta_red"
	potli    = "prd_clutch_blue"
	earrings = "prd_earrings"
	hindi    = "prd_hindi_only"
)

// asked is what people type, and what they then expect to see.
var asked = []struct {
	want  []string
	texts []string
}{
	{[]string{white, red}, []string{
		"chikan", "chikankari", "Chikan Kari", "chicken kari", "chickan", "chikan work", "lucknowi", "चिकन", "चिकनकारी", "چکن", "چکن کاری",
		"chik", "chikn", "chiakn", "chikankary", "chkankari",
	}},
	{[]string{dupatta, potli}, []string{
		"zardozi", "jardoji", "zardosi", "jardozi", "Zardozi work", "ज़रदोज़ी", "जरदोजी", "زردوزی", "zard", "zardzoi", "zardodzi",
	}},
	{[]string{white, red, earrings, hindi}, []string{
		"kurta", "kurti", "kurtas", "kurtis", "KURTA", "कुर्ता", "कुर्ती", "کرتا", "کرتی", "kurt", "krta", "kurtta", "kutra",
	}},
	{[]string{dupatta}, []string{"dupatta", "dupata", "chunni", "chunri", "odhni", "dupattas", "दुपट्टा", "चुन्नी", "دوپٹہ", "chunn", "dupatat", "dupt", "bridal", "दुल्हन"}},
	{[]string{red, dupatta}, []string{"red", "lal", "laal", "लाल", "لال", "surkh"}},
	{[]string{hindi, potli}, []string{"blue", "neela", "nila", "नीला", "نیلا"}},
	{[]string{white}, []string{"white", "safed", "saphed", "सफेद", "सफ़ेद", "سفید", "shabana", "shabna", "murri", "mur", "मुर्री", "eleven", "white kurta", "safed chikan ka kurta", "سفید کرتا"}},
	{[]string{hindi}, []string{"applique", "aplique", "phool patti", "फूल पत्ती", "neela kurta", "kurta blue"}},
	{[]string{earrings}, []string{"earring", "earrings", "jhumka", "jhumke", "झुमका", "جھمکے", "kundan", "कुंदन", "kundun", "green", "hara", "हरा", "ear", "earings", "drop ear"}},
	{[]string{potli}, []string{"potli", "batua", "पोटली", "पोट", "evening", "velvet", "makhmal", "velevt"}},
	{[]string{dupatta, potli}, []string{"hardoi", "hardoyi"}},
	{[]string{}, []string{"qqqqzzzz", "xylophone", "kurta xylophone", "💐"}},
}

func spellings(t *testing.T, e search.Engine) {
	fill(t, e, Pieces())
	for _, a := range asked {
		for _, text := range a.texts {
			r := find(t, e, search.Query{Text: text})
			same(t, fmt.Sprintf("%q", text), r.IDs, a.want...)
			if r.Total != int64(len(r.IDs)) {
				t.Errorf("%q: total %d, ids %d", text, r.Total, len(r.IDs))
			}
		}
	}
	if r := find(t, e, search.Query{Text: "kurta"}); len(r.IDs) == 0 || r.IDs[len(r.IDs)-1] != earrings {
		t.Errorf("kurta: %v, want the earrings, which only speak of one, last", r.IDs)
	}
	fill(t, e, []search.Document{{ID: "prd_curtain", Titles: search.Text{En: "Curtain"}, Version: 1}})
	same(t, "red kurta, where curtain sounds like its beginning", find(t, e, search.Query{Text: "red kurta"}).IDs, red)
	same(t, "the same by sound", find(t, e, search.Query{Text: "kurtain"}).IDs, "prd_curtain")
	if r := find(t, e, search.Query{Text: "kurtaxq "}); len(r.IDs) != 0 {
		t.Errorf("two slips in seven letters found %v", r.IDs)
	}
}

func filters(t *testing.T, e search.Engine) {
	fill(t, e, Pieces())
	for name, c := range map[string]struct {
		q    search.Query
		want []string
	}{
		"none":          {search.Query{}, []string{white, red, dupatta, potli, earrings, hindi}},
		"craft":         {search.Query{Crafts: []string{"zardozi"}}, []string{dupatta, potli}},
		"crafts":        {search.Query{Crafts: []string{"zardozi", "kundan"}}, []string{dupatta, potli, earrings}},
		"technique":     {search.Query{Techniques: []string{"dabka"}}, []string{dupatta, potli}},
		"two together":  {search.Query{Crafts: []string{"chikan"}, Colours: []string{"red"}}, []string{red}},
		"garment":       {search.Query{Garments: []string{"kurta"}}, []string{white, red, hindi}},
		"fabric":        {search.Query{Fabrics: []string{"cotton"}}, []string{white, hindi}},
		"size":          {search.Query{Sizes: []string{"M", "XL"}}, []string{white, red, hindi}},
		"area":          {search.Query{Areas: []string{"Hardoi"}}, []string{dupatta, potli}},
		"unknown value": {search.Query{Colours: []string{"no such"}}, nil},
		"price":         {search.Query{MinPrice: 1_299_00, MaxPrice: 1_850_00}, []string{red, earrings, hindi}},
		"stock":         {search.Query{InStock: true, Crafts: []string{"zardozi"}}, []string{potli}},
		"one-off":       {search.Query{OneOff: true}, []string{dupatta, potli}},
		"with text":     {search.Query{Text: "kurta", Colours: []string{"red"}}, []string{red}},
		"quoted value":  {search.Query{Colours: []string{`red" OR colour = "blue`, `\`}}, nil},
	} {
		r := find(t, e, c.q)
		same(t, name, r.IDs, c.want...)
		if r.Total != int64(len(c.want)) || r.HasMore || r.NextCursor != "" {
			t.Errorf("%s: total %d, more %v", name, r.Total, r.HasMore)
		}
	}
}

func facets(t *testing.T, e search.Engine) {
	fill(t, e, Pieces())
	check := func(q search.Query, facet string, want ...search.Bucket) {
		t.Helper()
		got := find(t, e, q).Facets[facet]
		if !slices.Equal(got, want) {
			t.Errorf("%s of %+v: %v, want %v", facet, q, got, want)
		}
	}
	all := []search.Bucket{{Value: "chikan", Count: 2}, {Value: "zardozi", Count: 2}, {Value: "applique", Count: 1}, {Value: "kundan", Count: 1}}
	check(search.Query{}, search.FacetCraft, all...)
	check(search.Query{Crafts: []string{"kundan"}}, search.FacetCraft, all...)
	check(search.Query{Crafts: []string{"zardozi"}}, search.FacetColour, search.Bucket{Value: "blue", Count: 1}, search.Bucket{Value: "red", Count: 1})
	both := search.Query{Crafts: []string{"zardozi"}, Colours: []string{"red"}}
	check(both, search.FacetCraft, search.Bucket{Value: "chikan", Count: 1}, search.Bucket{Value: "zardozi", Count: 1})
	check(both, search.FacetColour, search.Bucket{Value: "blue", Count: 1}, search.Bucket{Value: "red", Count: 1})
	check(both, search.FacetGarment, search.Bucket{Value: "dupatta", Count: 1})
	check(search.Query{Text: "kurta"}, search.FacetSize, search.Bucket{Value: "L", Count: 2}, search.Bucket{Value: "M", Count: 2},
		search.Bucket{Value: "S", Count: 1}, search.Bucket{Value: "XL", Count: 1})
	check(search.Query{MaxPrice: 1_000_00}, search.FacetCraft, search.Bucket{Value: "zardozi", Count: 1})
	check(search.Query{InStock: true, OneOff: true}, search.FacetInStock, search.Bucket{Value: "true", Count: 1})
	check(search.Query{InStock: true, OneOff: true}, search.FacetOneOff, search.Bucket{Value: "true", Count: 1})
	check(search.Query{InStock: true}, search.FacetOneOff, search.Bucket{Value: "true", Count: 1})
	check(search.Query{OneOff: true}, search.FacetInStock, search.Bucket{Value: "true", Count: 1})
	check(search.Query{Crafts: []string{"applique"}}, search.FacetMade, search.Bucket{Value: "true", Count: 1})
	check(search.Query{MadeToOrder: true}, search.FacetCraft, search.Bucket{Value: "applique", Count: 1})
	bands := []search.Bucket{{Value: "0-1000", Count: 1}, {Value: "1000-2500", Count: 4}, {Value: "5000-10000", Count: 1}}
	check(search.Query{}, search.FacetPrice, bands...)
	check(search.Query{MinPrice: 5_000_00}, search.FacetPrice, bands...)
	check(search.Query{MinPrice: 5_000_00, Crafts: []string{"chikan"}}, search.FacetPrice, search.Bucket{Value: "1000-2500", Count: 2})
	r := find(t, e, search.Query{})
	r.Facets[search.FacetCraft][0].Count = 99
	check(search.Query{}, search.FacetCraft, all...)
}

func orders(t *testing.T, e search.Engine) {
	fill(t, e, Pieces())
	for sort, want := range map[search.Sort][]string{
		"":                   {hindi, earrings, potli, dupatta, red, white},
		search.SortNew:       {hindi, earrings, potli, dupatta, red, white},
		search.SortPriceUp:   {potli, red, hindi, earrings, white, dupatta},
		search.SortPriceDown: {dupatta, white, earrings, hindi, red, potli},
	} {
		if got := find(t, e, search.Query{Sort: sort}).IDs; !slices.Equal(got, want) {
			t.Errorf("order %q: %v, want %v", sort, got, want)
		}
	}
	if got := find(t, e, search.Query{Text: "kurta", Sort: search.SortPriceUp}).IDs; !slices.Equal(got, []string{red, hindi, earrings, white}) {
		t.Errorf("kurta by price: %v", got)
	}
}

func walk(t *testing.T, e search.Engine) {
	docs := Many(157)
	for i := range docs {
		docs[i].Price, docs[i].PublishedAt = docs[i].Price/400_000*400_000, int64(i%5) // many ties
	}
	fill(t, e, docs)
	for _, sort := range []search.Sort{search.SortRelevance, search.SortNew, search.SortPriceUp, search.SortPriceDown} {
		for _, text := range []string{"", "chikan"} {
			q := search.Query{Text: text, Sort: sort, Limit: 7}
			seen := map[string]bool{}
			for pages := 0; pages < 50; pages++ {
				r := find(t, e, q)
				for _, id := range r.IDs {
					if seen[id] {
						t.Fatalf("%s %q: %s twice", sort, text, id)
					}
					seen[id] = true
				}
				if !r.HasMore {
					if int64(len(seen)) != r.Total {
						t.Errorf("%s %q: saw %d of %d", sort, text, len(seen), r.Total)
					}
					break
				}
				if len(r.IDs) != 7 {
					t.Errorf("a page of %d", len(r.IDs))
				}
				q.Cursor = r.NextCursor
			}
		}
	}
}

func refusals(t *testing.T, e search.Engine) {
	fill(t, e, Many(30))
	next := find(t, e, search.Query{Limit: 5}).NextCursor
	for name, c := range map[string]struct {
		q    search.Query
		want error
	}{
		"no cursor of ours": {search.Query{Cursor: "24"}, search.ErrCursor},
		"cut cursor":        {search.Query{Limit: 5, Cursor: next[:8]}, search.ErrCursor},
		"long cursor":       {search.Query{Cursor: strings.Repeat("A", 10_000)}, search.ErrCursor},
		"other text":        {search.Query{Text: "kurta", Cursor: next}, search.ErrCursor},
		"other filter":      {search.Query{Colours: []string{"red"}, Cursor: next}, search.ErrCursor},
		"other order":       {search.Query{Sort: search.SortPriceUp, Cursor: next}, search.ErrCursor},
		"limit":             {search.Query{Limit: 101}, search.ErrLimit},
		"negative limit":    {search.Query{Limit: -1}, search.ErrLimit},
		"order":             {search.Query{Sort: "id; DROP TABLE docs"}, search.ErrSort},
	} {
		if _, err := e.Search(context.Background(), c.q); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := e.Put(context.Background(), []search.Document{{ID: "prd_ok"}, {}}); !errors.Is(err, search.ErrDocument) {
		t.Errorf("a document without id: %v", err)
	}
	if n, _ := e.Count(context.Background()); n != 30 {
		t.Errorf("a refused Put left %d documents, want 30", n)
	}
}

func hostile(t *testing.T, e search.Engine) {
	fill(t, e, Pieces())
	for _, text := range []string{
		`"`, `""`, `'`, `*`, `kurta*`, `"kurta`, `kurta" OR "a`, `NEAR(`, `NEAR(kurta red, 2)`, `title:kurta`, `{title}: kurta`, `^kurta`, `kurta NOT red`,
		`AND`, `OR`, `NOT`, `-kurta`, `+`, `(`, `)`, `\`, "kurta\x00red", "\x00", "\xff\xfe", "%", "_", ";--", "' OR 1=1 --", "<script>", " ", "\n",
		strings.Repeat("kurta ", 1_700), strings.Repeat("x", 10_240), strings.Repeat("\"*(", 3_400), strings.Repeat("कु", 3_000), "e\u0301\u0301", "\u0301", "\u200d", "्", "ّ",
	} {
		r := find(t, e, search.Query{Text: text})
		if int64(len(r.IDs)) != r.Total {
			t.Errorf("%.20q: %d ids of %d", text, len(r.IDs), r.Total)
		}
	}
	same(t, "kurta in signs", find(t, e, search.Query{Text: `"kurta" (red)`}).IDs, red)
	if n, err := e.Count(context.Background()); n != 6 || err != nil {
		t.Errorf("afterwards %d documents, %v", n, err)
	}
}

func change(t *testing.T, e search.Engine) {
	ctx := context.Background()
	fill(t, e, Pieces())
	same(t, "potli first", find(t, e, search.Query{Text: "potli"}).IDs, potli)
	d := Pieces()[3]
	d.Titles, d.Colour, d.Price, d.Version = search.Text{En: "Marigold purse"}, "yellow", 990_00, 3
	fill(t, e, []search.Document{d})
	same(t, "new word", find(t, e, search.Query{Text: "marigold"}).IDs, potli)
	same(t, "new word, slip", find(t, e, search.Query{Text: "marygold"}).IDs, potli)
	same(t, "old word", find(t, e, search.Query{Text: "evening"}).IDs)
	same(t, "old colour", find(t, e, search.Query{Colours: []string{"blue"}}).IDs)
	same(t, "new colour", find(t, e, search.Query{Colours: []string{"yellow"}, MaxPrice: 990_00}).IDs, potli)
	d.Version, d.Colour = 2, "black"
	fill(t, e, []search.Document{d, d})
	same(t, "a late older version", find(t, e, search.Query{Colours: []string{"yellow"}}).IDs, potli)
	if err := e.Delete(ctx, []string{potli, "prd_unknown"}); err != nil {
		t.Fatal(err)
	}
	same(t, "deleted", find(t, e, search.Query{Text: "marigold"}).IDs)
	if n, err := e.Count(ctx); n != 5 || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
	fill(t, e, []search.Document{d})
	same(t, "put again", find(t, e, search.Query{Text: "marigold"}).IDs, potli)
}

func together(t *testing.T, e search.Engine) {
	docs := Many(300)
	fill(t, e, docs[:100])
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := 100 + w*100; i < 200+w*100; i += 10 {
				if err := e.Put(context.Background(), docs[i:i+10]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			last := int64(0)
			for range 20 {
				r, err := e.Search(context.Background(), search.Query{Text: "", Sort: search.SortNew})
				if err != nil {
					t.Error(err)
				}
				if r.Total < last {
					t.Errorf("total fell from %d to %d", last, r.Total)
				}
				last = r.Total
				if _, err := e.Search(context.Background(), search.Query{Text: "chikn kurta"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r := find(t, e, search.Query{}); r.Total != 300 {
		t.Errorf("afterwards %d, want 300", r.Total)
	}
}
