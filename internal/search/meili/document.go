package meili

import (
	"hash/fnv"
	"regexp"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"saebaan/internal/search"
)

// document is what the server holds of a piece.
type document struct {
	ID          string   `json:"id"`
	Version     int64    `json:"version"`
	Tie         int64    `json:"tie"` // orders pieces that are equal otherwise
	Published   int64    `json:"published"`
	Price       int64    `json:"price"`
	InStock     bool     `json:"in_stock"`
	OneOff      bool     `json:"one_off"`
	MadeToOrder bool     `json:"made_to_order"`
	Craft       string   `json:"craft,omitempty"`
	Techniques  []string `json:"technique,omitempty"`
	Garment     string   `json:"garment,omitempty"`
	Fabric      string   `json:"fabric,omitempty"`
	Colour      string   `json:"colour,omitempty"`
	Sizes       []string `json:"size,omitempty"`
	Area        string   `json:"area,omitempty"`
	Bands       []string `json:"price_band"`
	Title       string   `json:"title"`
	Kind        string   `json:"kind"`
	Body        string   `json:"body"`
	Names       string   `json:"names"`
	Sounds      string   `json:"sounds"`
	Slips       string   `json:"slips"`
	Bones       string   `json:"bones"`
}

const band = "price_band"

// The attributes that words are looked up in.
var (
	asTyped   = []string{"title", "kind", "body", "names"}
	bySound   = []string{"sounds"}
	withSlips = []string{"slips"}
	byBones   = []string{"bones"}
)

// settings are those of every index of ours.
func settings() *meilisearch.Settings {
	exact := append(append(append([]string{}, asTyped...), bySound...), byBones...)
	return &meilisearch.Settings{
		SearchableAttributes: append(append([]string{}, exact...), withSlips...),
		DisplayedAttributes:  []string{"id", "version", "tie", "published", "price"},
		FilterableAttributes: append([]string{"price", "published", "tie", band}, facets...),
		SortableAttributes:   []string{"price", "published", "tie"},
		RankingRules:         []string{"sort", "words", "typo", "attributeRank", "exactness", "published:desc", "tie:asc"},
		StopWords:            []string{}, // package search drops them
		ProximityPrecision:   meilisearch.ByAttribute,
		TypoTolerance: &meilisearch.TypoTolerance{Enabled: true, MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 4, TwoTypos: 8},
			DisableOnWords: []string{}, DisableOnAttributes: exact, DisableOnNumbers: true},
		Pagination: &meilisearch.Pagination{MaxTotalHits: mostHits},
		Faceting:   &meilisearch.Faceting{MaxValuesPerFacet: 1000, SortFacetValuesBy: map[string]meilisearch.SortFacetType{"*": meilisearch.SortFacetTypeCount}},
	}
}

// mostHits bounds how far a list by relevance goes, and what is counted exactly.
const mostHits = 1_000_000

var idForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func newDocument(d search.Document) (document, error) {
	if !idForm.MatchString(d.ID) {
		return document{}, search.ErrDocument
	}
	title := search.FormsOf(d.Titles.En, d.Titles.Hi, d.Titles.Ur)
	kind := search.FormsOf(d.Craft, strings.Join(d.Techniques, ", "), d.Garment, d.Fabric, d.Colour, d.Area, strings.Join(d.Makers, ", "))
	body := search.FormsOf(d.Descriptions.En, d.Descriptions.Hi, d.Descriptions.Ur, strings.Join(d.Sizes, " "), d.Slug)
	all := func(words ...string) string { return strings.Join(words, " ") }
	out := document{ID: d.ID, Version: d.Version, Tie: tie(d.ID), Published: d.PublishedAt, Price: int64(d.Price),
		InStock: d.InStock, OneOff: d.OneOff, MadeToOrder: d.MadeToOrder, Craft: d.Craft, Techniques: d.Techniques, Garment: d.Garment, Fabric: d.Fabric,
		Colour: d.Colour, Sizes: d.Sizes, Area: d.Area, Bands: []string{},
		Title: title.Plain, Kind: kind.Plain, Body: body.Plain, Names: all(title.Names, kind.Names, body.Names),
		Sounds: all(title.Sounds, kind.Sounds, body.Sounds), Bones: all(title.Bones, kind.Bones, body.Bones)}
	out.Slips = all(out.Title, out.Kind, out.Body, out.Names, out.Sounds)
	for _, b := range search.Bands {
		if b.Has(d.Price) {
			out.Bands = append(out.Bands, b.Value)
		}
	}
	return out, nil
}

// tie is a number for an id that the server sorts and compares exactly: 52 bits.
func tie(id string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return int64(h.Sum64() >> 12)
}
