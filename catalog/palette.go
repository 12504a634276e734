package catalog

import "slices"

// Colour is a colour that a piece may be filed under: its word, its names, and how
// it looks, in one #rrggbb or two.
type Colour struct {
	Word   string
	Name   Text
	Swatch []string
}

// palette is every colour, in the order in which they are offered.
var palette = []Colour{
	{"white", Text{"White", "सफ़ेद", "سفید"}, []string{"#ffffff"}},
	{"ivory", Text{"Ivory", "हाथीदाँत", "ہاتھی دانت"}, []string{"#f5ecd7"}},
	{"cream", Text{"Cream", "क्रीम", "کریم"}, []string{"#f3e5c0"}},
	{"beige", Text{"Beige", "बादामी", "بادامی"}, []string{"#dcc7a1"}},
	{"yellow", Text{"Yellow", "पीला", "پیلا"}, []string{"#efc94c"}},
	{"mustard", Text{"Mustard", "सरसों", "سرسوں"}, []string{"#c8951b"}},
	{"orange", Text{"Orange", "नारंगी", "نارنجی"}, []string{"#e07b2a"}},
	{"peach", Text{"Peach", "आड़ू", "آڑو"}, []string{"#f3b995"}},
	{"pink", Text{"Pink", "गुलाबी", "گلابی"}, []string{"#e59ab0"}},
	{"red", Text{"Red", "लाल", "لال"}, []string{"#b3202c"}},
	{"maroon", Text{"Maroon", "मैरून", "میرون"}, []string{"#6e1f33"}},
	{"purple", Text{"Purple", "बैंगनी", "بینگنی"}, []string{"#6b3f87"}},
	{"lavender", Text{"Lavender", "हल्का बैंगनी", "ہلکا بینگنی"}, []string{"#b9a7d9"}},
	{"blue", Text{"Blue", "नीला", "نیلا"}, []string{"#2f62a8"}},
	{"navy", Text{"Navy", "गहरा नीला", "گہرا نیلا"}, []string{"#22305c"}},
	{"sky", Text{"Sky blue", "आसमानी", "آسمانی"}, []string{"#9cc6e3"}},
	{"teal", Text{"Teal", "नीला-हरा", "نیلا سبز"}, []string{"#1f7a80"}},
	{"green", Text{"Green", "हरा", "ہرا"}, []string{"#2f7d4f"}},
	{"mint", Text{"Mint", "पुदीना", "پودینہ"}, []string{"#a9d6bd"}},
	{"olive", Text{"Olive", "मेहँदी हरा", "مہندی سبز"}, []string{"#6f7132"}},
	{"brown", Text{"Brown", "भूरा", "بھورا"}, []string{"#704a2c"}},
	{"grey", Text{"Grey", "स्लेटी", "سلیٹی"}, []string{"#8f8f8d"}},
	{"black", Text{"Black", "काला", "کالا"}, []string{"#222024"}},
	{"gold", Text{"Gold", "सुनहरा", "سنہرا"}, []string{"#c9a13b"}},
	{"silver", Text{"Silver", "रुपहला", "روپہلا"}, []string{"#c0c4c8"}},
	{"multi", Text{"Many colours", "रंग-बिरंगा", "رنگ برنگا"}, []string{"#b3202c", "#2f62a8"}},
}

// Palette are the colours that pieces are filed under, each with its names and looks.
func Palette() []Colour { return slices.Clone(palette) }

// Colours are the words of the palette. A piece may have any other lower-case word,
// which has neither name nor swatch.
var Colours = func() []string {
	out := make([]string, len(palette))
	for i, c := range palette {
		out[i] = c.Word
	}
	return out
}()

// ColourOf is the colour of a word of the palette.
func ColourOf(word string) (Colour, bool) {
	i := slices.IndexFunc(palette, func(c Colour) bool { return c.Word == word })
	if i < 0 {
		return Colour{}, false
	}
	return palette[i], true
}
