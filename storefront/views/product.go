package views

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"saebaan/catalog"
)

// priced are the variants that have a price, in the order they were listed.
func priced(one catalog.Product) []catalog.Variant {
	return slices.DeleteFunc(slices.Clone(one.Variants), func(v catalog.Variant) bool { return v.Card == nil })
}

// group are variants whose money goes the same way.
type group struct {
	sizes []string
	v     catalog.Variant
}

// groups puts variants of the same price and makers together; one that can be
// had comes first.
func (p Page) groups(one catalog.Product) []group {
	var out []group
	at := map[string]int{}
	all := priced(one)
	slices.SortStableFunc(all, func(a, b catalog.Variant) int { return free(b) - free(a) })
	for _, v := range all {
		key := v.Card.Tag.Plain()
		for _, h := range v.Card.Heads {
			key += " " + h.Head + h.Paise.Plain()
		}
		for _, m := range v.Makers() {
			key += " " + m.Stage + m.Artisan
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, group{v: v})
		}
		out[i].sizes = append(out[i].sizes, p.size(v.Size))
	}
	return out
}

func free(v catalog.Variant) int {
	if v.Free() > 0 {
		return 1
	}
	return 0
}

// firstFree is the variant that is chosen when she has not chosen.
func firstFree(vs []catalog.Variant) string {
	for _, v := range vs {
		if v.Free() > 0 {
			return v.ID
		}
	}
	return ""
}

// samePrice reports whether all variants cost the same.
func samePrice(vs []catalog.Variant) bool {
	return !slices.ContainsFunc(vs, func(v catalog.Variant) bool { return v.Card.Tag != vs[0].Card.Tag })
}

// mostOf is how many of a piece the form offers at once.
func mostOf(vs []catalog.Variant) []int64 {
	var most int64
	for _, v := range vs {
		most = max(most, min(v.Free(), 10))
	}
	out := make([]int64, 0, most)
	for n := int64(1); n <= most; n++ {
		out = append(out, n)
	}
	return out
}

// facts are what a piece is, as links to more of it.
type fact struct {
	label, value string
	to           templ.SafeURL
}

func (p Page) facts(one catalog.Product) []fact {
	out := []fact{}
	add := func(facet, word string) {
		if word != "" {
			out = append(out, fact{p.T("facet." + facet), p.Word(facet, word), link("/shop?", facet, "=", word)})
		}
	}
	add("craft", one.Craft)
	for _, t := range one.Techniques {
		add("technique", t)
	}
	add("garment", one.Garment)
	add("fabric", one.Fabric)
	add("colour", one.Colour)
	add("area", one.Area)
	return out
}

// share opens WhatsApp with the piece's title and address; nothing of it is
// loaded here.
func (p Page) share(one catalog.Product) templ.SafeURL {
	return link("https://wa.me/?text=", url.QueryEscape(p.In(one.Title)+" "+p.Base+"/p/"+one.Slug))
}

func paragraphs(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// Pictures are the whole addresses of a piece's photos, each in a good size.
func (p Page) Pictures(one catalog.Product) (out []string) {
	for _, f := range one.Photos {
		out = append(out, p.Base+picture{f, ""}.src(960))
	}
	return out
}

// schema is the piece for search engines (schema.org/Product).
func (p Page) schema(one catalog.Product) map[string]any {
	address := p.Base + "/p/" + one.Slug
	var offers []map[string]any
	for _, v := range priced(one) {
		there := "https://schema.org/InStock"
		if v.Free() <= 0 {
			there = "https://schema.org/SoldOut"
		}
		offers = append(offers, map[string]any{"@type": "Offer", "sku": v.SKU, "url": address, "priceCurrency": "INR",
			"price": v.Card.Tag.Plain(), "availability": there, "itemCondition": "https://schema.org/NewCondition"})
	}
	out := map[string]any{"@context": "https://schema.org", "@type": "Product", "name": p.In(one.Title), "url": address,
		"description": p.In(one.Description), "brand": map[string]any{"@type": "Brand", "name": "Saebaan"},
		"color": p.Word("colour", one.Colour), "material": p.Word("fabric", one.Fabric), "category": p.Word("garment", one.Garment), "offers": offers}
	if images := p.Pictures(one); len(images) > 0 {
		out["image"] = images
	}
	return out
}
