package storefront_test

import (
	"encoding/xml"
	"strings"
	"testing"
)

// What machines read names every piece that is shown and none that is not, with
// addresses that answer.
func TestFeedsNameWhatIsShown(t *testing.T) {
	s := open(t)
	b := s.browser()
	if r := b.get("/robots.txt").shows(200, "Disallow: /office", "Sitemap: http://example.com/sitemap.xml"); r.header.Get("Content-Type") == "" {
		t.Error("robots.txt has no type")
	}
	var index struct {
		Parts []string `xml:"sitemap>loc"`
	}
	read(t, b.get("/sitemap.xml").shows(200).body, &index)
	if len(index.Parts) != 1 || index.Parts[0] != "http://example.com/sitemap/first.xml" {
		t.Fatalf("parts: %v", index.Parts)
	}
	type page struct {
		Address    string `xml:"loc"`
		Changed    string `xml:"lastmod"`
		Alternates []struct {
			Language string `xml:"hreflang,attr"`
			Address  string `xml:"href,attr"`
		} `xml:"link"`
	}
	var site struct {
		Pages []page `xml:"url"`
	}
	read(t, b.get("/sitemap/first.xml").shows(200).body, &site)
	var found []string
	for _, p := range site.Pages {
		path := strings.TrimPrefix(p.Address, "http://example.com")
		found = append(found, path)
		b.get(path).shows(200)
		if len(p.Alternates) < 2 || p.Alternates[1].Language != "hi" || !strings.HasSuffix(p.Alternates[1].Address, "?lang=hi") {
			t.Errorf("%s in other languages: %+v", path, p.Alternates)
		}
		if strings.HasPrefix(path, "/p/") != (p.Changed != "") {
			t.Errorf("%s changed %q", path, p.Changed)
		}
	}
	b.get("/sitemap/prd_0.xml").shows(200).hides("/p/")
	type item struct {
		ID           string `xml:"id"`
		Title        string `xml:"title"`
		Link         string `xml:"link"`
		Image        string `xml:"image_link"`
		Price        string `xml:"price"`
		Availability string `xml:"availability"`
		Size         string `xml:"size"`
	}
	var feed struct {
		Items []item `xml:"channel>item"`
	}
	read(t, b.get("/feeds/google.xml").shows(200).body, &feed)
	kurta, skus := s.pieces["kurta"], map[string]item{}
	for _, i := range feed.Items {
		skus[i.ID] = i
		b.get(strings.TrimPrefix(i.Image, "http://example.com")).shows(200)
	}
	if len(found) != 4+3 || len(skus) == 0 {
		t.Fatalf("the map has %v, the feed %v", found, skus)
	}
	small := skus[kurta.Variants[0].SKU]
	if small.Price != "2520.00 INR" || small.Availability != "in_stock" || small.Title != "White muslin kurta" || small.Size == "" ||
		small.Link != "http://example.com/p/"+kurta.Slug+"?lang=en" {
		t.Errorf("the kurta: %+v", small)
	}
	_, err := s.catalog.Archive(t.Context(), s.admin, "", kurta.ID)
	must(t, err)
	b.get("/feeds/google.xml?lang=hi").shows(200).hides(kurta.Variants[0].SKU, kurta.Slug)
	b.get("/sitemap/first.xml").shows(200).hides(kurta.Slug)
}

func read(t *testing.T, document string, into any) {
	t.Helper()
	if err := xml.Unmarshal([]byte(document), into); err != nil {
		t.Fatalf("%v in %.300s", err, document)
	}
}
