package draw

import (
	"image"
	"math/rand/v2"
	"strings"
)

// Spec says what to draw. Width and Height in pixels are 800 and 1000 when
// zero; Colour is "#rrggbb".
type Spec struct {
	Craft   string // chikan, zardozi, applique, kundan
	Garment string // kurta, saree, dupatta, suit, stole, blouse, lehenga, cushion, potli, earrings, necklace, tablecloth …
	Colour  string
	Seed    uint64
	Width   int
	Height  int
}

// Piece draws what spec says.
func Piece(spec Spec) image.Image {
	if spec.Width <= 0 || spec.Height <= 0 {
		spec.Width, spec.Height = 800, 1000
	}
	r := rand.New(rand.NewPCG(spec.Seed, 0x5aebaa)) // #nosec G404 -- a drawing, the same for the same seed
	s := newStudio(spec.Width, spec.Height, r)
	base := parseColour(spec.Colour)
	if base.light() > 0.93 {
		base = base.to(hex(0xe6dfd2), 0.45) // cotton, not paper
	}
	w := workOf(spec.Craft, base, r)
	s.backdrop(base)
	garmentOf(spec.Garment)(s, w, base)
	return s.picture
}

// garments draw one kind of piece each.
var garments = map[string]func(s *studio, w work, base rgb){
	"kurta": kurta, "suit": suit, "blouse": blouse, "lehenga": lehenga,
	"saree": saree, "dupatta": dupatta, "stole": stole,
	"cushion": cushion, "tablecloth": tablecloth, "potli": potli,
	"earrings": earrings, "necklace": necklace,
}

// likeness is what is drawn for garments that have no drawing of their own.
var likeness = map[string]string{
	"kurti": "kurta", "tunic": "kurta", "top": "kurta", "shirt": "kurta", "kaftan": "kurta", "anarkali": "lehenga", "sherwani": "kurta",
	"jacket": "blouse", "choli": "blouse", "gown": "lehenga", "skirt": "lehenga", "sharara": "lehenga", "frock": "lehenga",
	"chunni": "dupatta", "odhni": "dupatta", "shawl": "stole", "scarf": "stole", "salwar": "suit", "palazzo": "suit",
	"cushion cover": "cushion", "pillow": "cushion", "bedcover": "tablecloth", "bedsheet": "tablecloth", "runner": "tablecloth",
	"table runner": "tablecloth", "napkin": "tablecloth", "curtain": "stole", "bag": "potli", "clutch": "potli", "purse": "potli",
	"jhumka": "earrings", "pendant": "necklace", "jewellery": "necklace", "bangles": "earrings", "ring": "earrings", "tikka": "necklace",
}

func garmentOf(name string) func(*studio, work, rgb) {
	name = strings.ToLower(strings.TrimSpace(name))
	if g, ok := garments[name]; ok {
		return g
	}
	if g, ok := garments[likeness[name]]; ok {
		return g
	}
	return stole
}

// work is a craft: what its needle can do on a layer.
type work interface {
	buti(p *pen, at pt, size, angle float64) // a small motif for the field
	hero(p *pen, at pt, size, angle float64) // a large motif
	border(p *pen, line []pt, width float64) // along an edge, on the line's left
	vine(p *pen, line []pt, size float64)    // a climbing stem
	trim(p *pen, line []pt, width float64)   // a plain narrow edge
}

func workOf(craft string, base rgb, r *rand.Rand) work {
	switch strings.ToLower(strings.TrimSpace(craft)) {
	case "zardozi", "zari":
		return newZardozi(r)
	case "applique", "appliqué", "phool patti":
		return newApplique(base, r)
	case "kundan":
		return newKundan(r)
	}
	return newChikan(base, r)
}
