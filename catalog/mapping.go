package catalog

import (
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// ErrImport is returned when nothing of a file can be imported: the file, its
// mapping or its reference card is unusable.
var ErrImport = fault.New(fault.Invalid, "catalog.import", "This file cannot be imported. Nothing was written.")

// Mapping says what stands in which column of a file, and how a piece is filed
// by the words of its name. The person who runs the import answers for the HSN
// codes: HSNBy must be "actor".
type Mapping struct {
	Columns   MappingColumns    `json:"columns"`
	SKUPrefix string            `json:"sku_prefix"`
	Size      string            `json:"size"`    // of the one variant
	Fabric    string            `json:"fabric"`  // when the name names none
	Garment   string            `json:"garment"` // when no rule fits
	HSN       string            `json:"hsn"`     // when no rule says another
	HSNBy     string            `json:"hsn_by"`
	Garments  []GarmentRule     `json:"garments"` // the first that fits counts
	Colours   map[string]string `json:"colours"`  // other names of our colours, lower-case
}

// MappingColumns names the columns of the file; Description and Colour may be "".
type MappingColumns struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Price       string `json:"price"` // rupees, tax included
	Description string `json:"description"`
	Colour      string `json:"colour"`
}

// GarmentRule files pieces whose name has one of the words, singular or plural.
type GarmentRule struct {
	Words   []string `json:"words"`
	Garment string   `json:"garment"`
	HSN     string   `json:"hsn"`
}

// ReferenceCard prices imported pieces alike: heads, most of them in basis
// points, one named maker for every stage, and how many pieces are in stock.
type ReferenceCard struct {
	Maker         string
	Pieces        int64
	TrustMaterial bool
	Heads         []HeadInput
}

var (
	//go:embed mapping_default.json
	mappingJSON string
	//go:embed reference_card.json
	referenceJSON string
)

// DefaultMapping is the mapping of the sample catalogue's columns.
func DefaultMapping() Mapping {
	m, err := ReadMapping(strings.NewReader(mappingJSON))
	if err != nil {
		panic(err) // the embedded file is checked by this package's tests
	}
	return m
}

// DefaultReferenceCard is the card for trying the shop with imported pieces.
func DefaultReferenceCard() ReferenceCard {
	c, err := ReadReferenceCard(strings.NewReader(referenceJSON))
	if err != nil {
		panic(err) // the embedded file is checked by this package's tests
	}
	return c
}

// ReadMapping reads a mapping file. Returns ErrImport, naming what is wrong.
func ReadMapping(r io.Reader) (Mapping, error) {
	var m Mapping
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return Mapping{}, ErrImport.With("The mapping file is not the JSON expected: %s. Nothing was written.", err)
	}
	return m, m.check()
}

func (m Mapping) check() error {
	c := m.Columns
	words := []string{m.Fabric, m.Garment}
	for _, g := range m.Garments {
		words = append(words, g.Garment)
		if len(g.Words) == 0 {
			return ErrImport.At("garments", "a rule has no words")
		}
	}
	for alias, colour := range m.Colours {
		if alias != strings.ToLower(alias) || !slices.Contains(Colours, colour) {
			return ErrImport.At("colours", "%q does not name one of our colours", alias)
		}
	}
	switch {
	case c.ID == "" || c.Name == "" || c.Price == "":
		return ErrImport.At("columns", "id, name and price need a column")
	case !sizeForm.MatchString(m.Size):
		return ErrImport.At("size", "is missing or not a size")
	case m.HSN == "":
		return ErrImport.At("hsn", "a code for all other pieces is missing")
	case m.HSNBy != "actor":
		return ErrImport.At("hsn_by", `is "actor": whoever runs the import answers for the HSN codes`)
	case slices.ContainsFunc(words, func(w string) bool { return !wordForm.MatchString(w) }):
		return ErrImport.At("garments", "garments and fabric are lower-case words")
	}
	return nil
}

// ReadReferenceCard reads a reference card. Returns ErrImport, or what is wrong
// with its heads.
func ReadReferenceCard(r io.Reader) (ReferenceCard, error) {
	var wire struct {
		Maker         string `json:"maker"`
		Pieces        int64  `json:"pieces"`
		TrustMaterial bool   `json:"trust_material"`
		Heads         []struct {
			Kind        string             `json:"kind"`
			Head        string             `json:"head"`
			Paise       *money.Paise       `json:"paise"`
			BasisPoints *money.BasisPoints `json:"bp"`
			Minutes     int64              `json:"minutes"`
			Shares      bool               `json:"shares"`
		} `json:"heads"`
	}
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	if err := in.Decode(&wire); err != nil {
		return ReferenceCard{}, ErrImport.With("The reference card is not the JSON expected: %s. Nothing was written.", err)
	}
	c := ReferenceCard{Maker: strings.TrimSpace(wire.Maker), Pieces: wire.Pieces, TrustMaterial: wire.TrustMaterial}
	for _, h := range wire.Heads {
		c.Heads = append(c.Heads, HeadInput(h))
	}
	return c, c.check()
}

// makers names one artisan for every stage of the card.
func (c ReferenceCard) makers(artisan string) []MakerInput {
	var out []MakerInput
	for _, h := range c.Heads {
		if h.Kind == Wage {
			out = append(out, MakerInput{Stage: h.Head, Artisan: artisan, Weight: 1})
		}
	}
	return out
}

// check tries the card on a price of ₹1,000: what holds there holds for all.
func (c ReferenceCard) check() error {
	if c.Maker == "" || len(c.Maker) > 120 {
		return ErrImport.At("maker", "the reference card names one maker")
	}
	balance := slices.ContainsFunc(c.Heads, func(h HeadInput) bool {
		return h.Kind == Makers && h.Paise == nil && h.BasisPoints == nil
	})
	if !balance {
		return ErrImport.At("heads", "a makers' balance is needed, since prices differ")
	}
	if err := (LotInput{Pieces: c.Pieces, Makers: c.makers("artisan")}).check(); err != nil {
		return err
	}
	_, err := Compute(100_000, c.Heads)
	return err
}
