package searchtest

import (
	"fmt"
	"math/rand/v2"

	"saebaan/internal/money"
	"saebaan/internal/search"
)

// Pieces is a small shop with one piece for every rule of the suite.
func Pieces() []search.Document {
	return []search.Document{
		{
			ID: "prd_kurta_white", Slug: "white-chikan-kurta", Craft: "chikan", Techniques: []string{"murri", "phanda"},
			Titles:       search.Text{En: "White chikan kurta with murri vines", Hi: "मुर्री की बेल वाला सफ़ेद चिकन कुर्ता", Ur: "سفید چکن کرتا"},
			Descriptions: search.Text{En: "Soft cotton, embroidered over eleven days."},
			Garment:      "kurta", Fabric: "cotton", Colour: "white", Sizes: []string{"S", "M", "L"}, Area: "Lucknow",
			Makers: []string{"Shabana"}, Price: 2_499_00, InStock: true, PublishedAt: 1_000, Version: 1,
		},
		{
			ID: "prd_kurti_red", Slug: "red-kurti", Craft: "chikan", Techniques: []string{"tepchi"},
			Titles:  search.Text{En: "Red kurti, running tepchi", Hi: "लाल कुर्ती", Ur: "لال کرتی"},
			Garment: "kurta", Fabric: "georgette", Colour: "red", Sizes: []string{"M"}, Area: "Barabanki",
			Price: 1_299_00, InStock: true, PublishedAt: 2_000, Version: 1,
		},
		{
			ID: "prd_dupatta_red", Slug: "red-zardozi-dupatta", Craft: "zardozi", Techniques: []string{"dabka", "sitara"},
			Titles:  search.Text{En: "Bridal dupatta in zardozi", Hi: "ज़रदोज़ी दुपट्टा", Ur: "زردوزی دوپٹہ"},
			Garment: "dupatta", Fabric: "silk", Colour: "red", Area: "Hardoi",
			Price: 7_900_00, InStock: false, OneOff: true, PublishedAt: 3_000, Version: 1,
		},
		{
			ID: "prd_clutch_blue", Slug: "blue-zardozi-potli", Craft: "zardozi", Techniques: []string{"dabka"},
			Titles:  search.Text{En: "Evening potli", Hi: "शाम की पोटली", Ur: "پوٹلی"},
			Garment: "potli", Fabric: "velvet", Colour: "blue", Area: "Hardoi",
			Price: 950_00, InStock: true, OneOff: true, PublishedAt: 4_000, Version: 1,
		},
		{
			ID: "prd_earrings", Slug: "kundan-earrings", Craft: "kundan",
			Titles:       search.Text{En: "Drop earrings", Hi: "झुमके", Ur: "جھمکے"},
			Descriptions: search.Text{En: "Stones set in kundan, worn with a kurta or a saree."},
			Garment:      "earrings", Colour: "green", Area: "Lucknow",
			Price: 1_850_00, InStock: true, PublishedAt: 5_000, Version: 1,
		},
		{
			ID: "prd_hindi_only", Slug: "neela-kurta", Craft: "applique",
			Titles:  search.Text{Hi: "नीला कुर्ता, फूल पत्ती का काम"},
			Garment: "kurta", Fabric: "cotton", Sizes: []string{"L", "XL"}, Area: "Lucknow",
			Price: 1_600_00, InStock: true, MadeToOrder: true, PublishedAt: 6_000, Version: 1,
		},
	}
}

var (
	crafts     = []string{"chikan", "zardozi", "applique", "kundan"}
	techniques = []string{"murri", "phanda", "bakhiya", "tepchi", "jaali", "hool", "dabka", "salma", "sitara", "mukaish", "gota", "katao"}
	garments   = []string{"kurta", "saree", "dupatta", "suit", "stole", "blouse", "lehenga", "cushion", "potli", "earrings"}
	garmentsHi = []string{"कुर्ता", "साड़ी", "दुपट्टा", "सूट", "स्टोल", "ब्लाउज़", "लहंगा", "कुशन", "पोटली", "झुमके"}
	fabrics    = []string{"cotton", "georgette", "muslin", "silk", "chanderi", "organza", "velvet"}
	colours    = []string{"white", "red", "pink", "blue", "green", "yellow", "black", "peach", "grey", "maroon", "gold", "purple"}
	coloursHi  = []string{"सफ़ेद", "लाल", "गुलाबी", "नीला", "हरा", "पीला", "काला", "आड़ू", "सलेटी", "मरून", "सुनहरा", "बैंगनी"}
	areas      = []string{"Lucknow", "Barabanki", "Hardoi-Sursa", "Hardoi-Ahirori"}
	sizes      = []string{"XS", "S", "M", "L", "XL", "XXL"}
	makers     = []string{"Shabana", "Farida", "Rehana", "Nasreen", "Sunita", "Kiran", "Zubeida", "Mehrunnisa"}
	fillers    = []string{"soft", "light", "evening", "summer", "festive", "vines", "paisley", "border", "hand", "fine", "dense", "lotus", "jasmine",
		"moon", "river", "garden", "shade", "neck", "sleeves", "hem", "wash", "gentle", "iron", "inside", "wooden", "block", "print", "lining", "thread", "pearl"}
)

// Many makes n documents of a plausible shop, the same for the same n.
func Many(n int) []search.Document {
	r := rand.New(rand.NewPCG(7, 11)) // #nosec G404 -- sample data, the same each time
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	docs := make([]search.Document, n)
	for i := range docs {
		g, c := r.IntN(len(garments)), r.IntN(len(colours))
		craft := pick(crafts)
		text := ""
		for range 40 {
			text += pick(fillers) + " "
		}
		docs[i] = search.Document{
			ID: fmt.Sprintf("prd_%06d", i), Slug: fmt.Sprintf("%s-%s-%d", craft, garments[g], i),
			Titles: search.Text{
				En: fmt.Sprintf("%s %s %s %s %d", colours[c], craft, pick(fillers), garments[g], i),
				Hi: coloursHi[c] + " " + garmentsHi[g],
			},
			Descriptions: search.Text{En: text},
			Craft:        craft, Techniques: []string{pick(techniques), pick(techniques)}, Garment: garments[g],
			Fabric: pick(fabrics), Colour: colours[c], Sizes: sizes[:1+r.IntN(len(sizes))], Area: pick(areas),
			Makers: []string{pick(makers), pick(makers)}, Price: money.Paise(300_00 + r.IntN(12_000)*100),
			InStock: r.IntN(10) > 0, OneOff: r.IntN(4) == 0, PublishedAt: int64(r.IntN(1 << 40)), Version: 1,
		}
	}
	return docs
}
