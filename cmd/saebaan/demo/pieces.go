package demo

import (
	"strings"

	"saebaan/catalog"
)

// word is a word in the three languages.
type word struct{ en, hi, ur string }

var words = map[string]word{
	"white": {"White", "सफ़ेद", "سفید"}, "ivory": {"Ivory", "हाथीदाँत रंग", "ہاتھی دانت رنگ"}, "pink": {"Pink", "गुलाबी", "گلابی"},
	"mint": {"Mint green", "पुदीना हरा", "پودینہ سبز"}, "sky": {"Sky blue", "आसमानी", "آسمانی"}, "peach": {"Peach", "आड़ू रंग", "آڑو رنگ"},
	"yellow": {"Yellow", "पीला", "پیلا"}, "black": {"Black", "काला", "کالا"}, "maroon": {"Maroon", "मैरून", "میرون"},
	"navy": {"Navy blue", "गहरा नीला", "گہرا نیلا"}, "red": {"Red", "लाल", "لال"}, "green": {"Green", "हरा", "سبز"},
	"lavender": {"Lavender", "हल्का बैंगनी", "ہلکا جامنی"}, "teal": {"Teal", "नीला-हरा", "نیلا سبز"}, "cream": {"Cream", "क्रीम", "کریم"},
	"gold": {"Golden", "सुनहरा", "سنہرا"}, "silver": {"Silver", "रुपहला", "روپہلا"}, "multi": {"Many-coloured", "रंग-बिरंगा", "رنگ برنگا"},
	"cotton": {"cotton", "सूती", "سوتی"}, "muslin": {"muslin", "मलमल", "ململ"}, "georgette": {"georgette", "जॉर्जेट", "جارجٹ"},
	"chiffon": {"chiffon", "शिफ़ॉन", "شفون"}, "silk": {"silk", "रेशमी", "ریشمی"}, "organza": {"organza", "ऑर्गेंज़ा", "آرگنزا"},
	"velvet": {"velvet", "मख़मली", "مخملی"}, "linen": {"linen", "लिनेन", "لینن"}, "brass": {"brass", "पीतल", "پیتل"},
	"chikan": {"chikan", "चिकन", "چکن"}, "zardozi": {"zardozi", "ज़रदोज़ी", "زردوزی"}, "applique": {"appliqué", "फूल-पत्ती", "پھول پتّی"}, "kundan": {"kundan", "कुंदन", "کندن"},
	"kurta": {"kurta", "कुर्ता", "کرتا"}, "saree": {"saree", "साड़ी", "ساڑی"}, "dupatta": {"dupatta", "दुपट्टा", "دوپٹہ"},
	"suit": {"suit piece", "सूट", "سوٹ"}, "stole": {"stole", "स्टोल", "اسٹول"}, "blouse": {"blouse", "ब्लाउज़", "بلاؤز"},
	"lehenga": {"lehenga", "लहँगा", "لہنگا"}, "shirt": {"shirt", "क़मीज़", "قمیض"}, "cushion": {"cushion cover", "गद्दी का ग़िलाफ़", "گدی کا غلاف"},
	"tablecloth": {"tablecloth", "मेज़पोश", "میزپوش"}, "quilt": {"quilt", "रज़ाई", "رضائی"}, "potli": {"potli bag", "पोटली", "پوٹلی"},
	"earrings": {"earrings", "झुमके", "جھمکے"}, "necklace": {"necklace", "हार", "ہار"}, "bangles": {"bangles", "चूड़ियाँ", "چوڑیاں"},
	"bakhiya": {"bakhiya", "बखिया", "بخیہ"}, "phanda": {"phanda", "फंदा", "پھندا"}, "murri": {"murri", "मुर्री", "مُرّی"}, "jaali": {"jaali", "जाली", "جالی"},
	"tepchi": {"tepchi", "तेपची", "ٹیپچی"}, "keel": {"keel", "कील", "کیل"}, "ghas_patti": {"ghas patti", "घास-पत्ती", "گھاس پتّی"}, "hool": {"hool", "होल", "ہول"},
	"dabka": {"dabka", "दबका", "دبکا"}, "kora": {"kora", "कोरा", "کورا"}, "naqshi": {"naqshi", "नक़्शी", "نقشی"}, "sitara": {"sitara", "सितारा", "ستارہ"},
	"salma": {"salma", "सलमा", "سلمہ"}, "gota": {"gota", "गोटा", "گوٹا"}, "phool_patti": {"raised petals", "उभरी पंखुड़ियाँ", "ابھری پنکھڑیاں"},
	"khatao": {"khatao", "कटाव", "کٹاؤ"}, "meenakari": {"meenakari", "मीनाकारी", "میناکاری"}, "jadai": {"jadai", "जड़ाई", "جڑائی"},
}

// piece is one line of the demonstration catalogue.
type piece struct {
	craft, garment, fabric, colour string
	techniques                     string // words, space between
	rupees                         int64  // price tag with tax
	sizes                          string // words, space between
	count                          int64  // pieces per size; 1 with one size is a one-off
	makers                         string // embroiderers, space between; the first owns the lots
}

var pieces = []piece{
	{"chikan", "kurta", "cotton", "white", "bakhiya phanda", 1890, "S M L", 4, "shabana rehana"},
	{"chikan", "kurta", "muslin", "ivory", "tepchi jaali", 2490, "S M L XL", 3, "kamla phool"},
	{"chikan", "kurta", "georgette", "pink", "murri phanda", 3250, "S M L", 2, "shabana sunita rehana"},
	{"chikan", "kurta", "cotton", "sky", "tepchi", 1290, "M L XL", 5, "munni"},
	{"chikan", "kurta", "cotton", "mint", "bakhiya keel", 1650, "S M L", 4, "tabassum"},
	{"chikan", "kurta", "linen", "lavender", "hool ghas_patti", 2350, "M L", 3, "kamla"},
	{"chikan", "kurta", "muslin", "yellow", "murri jaali", 2590, "S M", 2, "phool kamla"},
	{"chikan", "saree", "georgette", "peach", "murri phanda jaali", 14500, "One", 1, "shabana rehana sunita"},
	{"chikan", "saree", "cotton", "white", "bakhiya tepchi", 6800, "One", 3, "kamla phool"},
	{"chikan", "saree", "chiffon", "mint", "bakhiya jaali", 9200, "One", 1, "rehana"},
	{"chikan", "dupatta", "organza", "ivory", "jaali murri", 2990, "One", 4, "sunita"},
	{"chikan", "dupatta", "chiffon", "pink", "bakhiya", 1450, "One", 6, "munni tabassum"},
	{"chikan", "dupatta", "muslin", "white", "keel hool", 1850, "One", 5, "phool"},
	{"chikan", "suit", "cotton", "sky", "tepchi phanda", 2400, "One", 4, "shabana"},
	{"chikan", "suit", "georgette", "black", "murri bakhiya", 4950, "One", 2, "rehana shabana"},
	{"chikan", "stole", "silk", "cream", "jaali keel", 2190, "One", 3, "tabassum"},
	{"chikan", "shirt", "linen", "white", "tepchi ghas_patti", 1990, "S M L XL", 2, "munni kamla"},
	{"zardozi", "saree", "silk", "maroon", "dabka kora sitara", 24500, "One", 1, "naseem ruksana"},
	{"zardozi", "saree", "organza", "gold", "salma gota", 16800, "One", 1, "ruksana"},
	{"zardozi", "lehenga", "velvet", "red", "dabka naqshi kora", 38500, "M", 1, "naseem rehana hasina"},
	{"zardozi", "blouse", "velvet", "navy", "dabka sitara", 3950, "S M L", 2, "ruksana"},
	{"zardozi", "blouse", "silk", "green", "naqshi salma", 4250, "S M L", 2, "naseem"},
	{"zardozi", "dupatta", "silk", "red", "gota sitara", 5600, "One", 3, "hasina ruksana"},
	{"zardozi", "dupatta", "organza", "teal", "dabka gota", 4800, "One", 2, "naseem"},
	{"zardozi", "potli", "velvet", "maroon", "kora naqshi", 1250, "One", 8, "hasina"},
	{"zardozi", "potli", "silk", "gold", "salma sitara", 1450, "One", 6, "ruksana"},
	{"zardozi", "cushion", "velvet", "teal", "dabka", 1850, "One", 4, "naseem hasina"},
	{"zardozi", "stole", "velvet", "black", "kora dabka", 4350, "One", 2, "ruksana naseem"},
	{"applique", "saree", "cotton", "white", "phool_patti khatao", 7400, "One", 2, "shanti ramkali"},
	{"applique", "saree", "organza", "lavender", "phool_patti", 9800, "One", 1, "shanti"},
	{"applique", "kurta", "cotton", "peach", "khatao", 1750, "S M L", 3, "ramkali"},
	{"applique", "kurta", "muslin", "mint", "phool_patti", 2250, "S M L", 3, "shanti munni"},
	{"applique", "dupatta", "cotton", "yellow", "khatao", 1350, "One", 6, "ramkali phool"},
	{"applique", "dupatta", "organza", "sky", "phool_patti", 2450, "One", 4, "sunita shanti"},
	{"applique", "cushion", "cotton", "multi", "khatao", 790, "One", 10, "ramkali shanti"},
	{"applique", "tablecloth", "linen", "cream", "phool_patti khatao", 2490, "One", 3, "shanti"},
	{"applique", "quilt", "cotton", "multi", "khatao", 5900, "One", 2, "ramkali shanti munni"},
	{"applique", "stole", "silk", "pink", "phool_patti", 1990, "One", 4, "sunita"},
	{"kundan", "earrings", "brass", "gold", "jadai meenakari", 890, "One", 12, "zarina"},
	{"kundan", "earrings", "brass", "green", "jadai", 1150, "One", 8, "savitri zarina"},
	{"kundan", "necklace", "brass", "gold", "jadai meenakari", 3450, "One", 3, "zarina savitri"},
	{"kundan", "necklace", "brass", "red", "jadai", 2850, "One", 4, "hasina savitri"},
	{"kundan", "necklace", "brass", "white", "jadai meenakari", 6200, "One", 1, "zarina"},
	{"kundan", "bangles", "brass", "multi", "meenakari", 1490, "2-4 2-6 2-8", 4, "savitri"},
	{"kundan", "bangles", "brass", "teal", "jadai meenakari", 1790, "2-4 2-6", 3, "zarina hasina"},
}

func (p piece) key() string {
	return strings.Join([]string{p.craft, p.garment, p.fabric, p.colour}, "-")
}

func (p piece) oneOff() bool { return p.count == 1 && !strings.Contains(p.sizes, " ") }

// title is "White cotton chikan kurta, bakhiya and phanda" and its like.
func (p piece) title() catalog.Text {
	in := func(pick func(word) string, and string) string {
		var stitches []string
		for _, t := range strings.Fields(p.techniques) {
			stitches = append(stitches, pick(words[t]))
		}
		parts := []string{pick(words[p.colour]), pick(words[p.fabric]), pick(words[p.craft]), pick(words[p.garment])}
		if p.craft == "kundan" {
			parts = []string{pick(words[p.colour]), pick(words[p.craft]), pick(words[p.garment])}
		}
		return strings.Join(parts, " ") + ", " + join(stitches, and)
	}
	return catalog.Text{
		En: in(func(w word) string { return w.en }, " and "),
		Hi: in(func(w word) string { return w.hi }, " और "),
		Ur: strings.Replace(in(func(w word) string { return w.ur }, " اور "), ", ", "، ", 1),
	}
}

func join(list []string, and string) string {
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + and + list[len(list)-1]
}

// about is the description, by craft.
var about = map[string]catalog.Text{
	"chikan": {
		En: "Printed with washable blocks, embroidered by hand at home, washed until the print is gone. No two pieces are quite alike. Wash by hand in cold water, dry in shade.",
		Hi: "धुल जाने वाले रंग से ठप्पे की छपाई, घर पर हाथ की कढ़ाई, फिर धुलाई। कोई दो नमूने बिल्कुल एक-से नहीं होते। ठंडे पानी में हाथ से धोएँ, छाँव में सुखाएँ।",
		Ur: "دھل جانے والے رنگ سے چھپائی، گھر پر ہاتھ کی کڑھائی، پھر دھلائی۔ ٹھنڈے پانی میں ہاتھ سے دھوئیں، سائے میں سکھائیں۔",
	},
	"zardozi": {
		En: "Worked on the adda, the wooden frame at which several women sit, with coiled and flat metal wire. Dry clean only; keep wrapped in muslin.",
		Hi: "अड्डे पर, जहाँ कई महिलाएँ साथ बैठती हैं, धातु के तारों की कढ़ाई। सिर्फ़ ड्राई क्लीन; मलमल में लपेटकर रखें।",
		Ur: "اڈے پر، جہاں کئی خواتین ساتھ بیٹھتی ہیں، دھات کے تاروں کی کڑھائی۔ صرف ڈرائی کلین کریں۔",
	},
	"applique": {
		En: "Phool patti ka kaam: petals and leaves of fine cloth, cut, folded and sewn on by hand. Wash by hand, iron from the back.",
		Hi: "फूल-पत्ती का काम: महीन कपड़े की पंखुड़ियाँ और पत्तियाँ, काटकर, मोड़कर, हाथ से सिली हुई। हाथ से धोएँ, उल्टी ओर से इस्तरी करें।",
		Ur: "پھول پتّی کا کام: باریک کپڑے کی پنکھڑیاں اور پتّیاں، ہاتھ سے سلی ہوئی۔ ہاتھ سے دھوئیں۔",
	},
	"kundan": {
		En: "Imitation jewellery in the kundan manner: stones set in foil over brass, enamelled behind. Keep dry and away from scent.",
		Hi: "कुंदन शैली के नक़ली गहने: पीतल पर पन्नी में जड़े नग, पीछे मीनाकारी। सूखा रखें, इत्र से बचाएँ।",
		Ur: "کندن طرز کے مصنوعی زیور: پیتل پر جڑے نگ، پیچھے میناکاری۔ خشک رکھیں۔",
	},
}

// hsn is what the demonstration's coordinators chose, by garment and fabric.
func (p piece) hsn() string {
	switch p.garment {
	case "saree":
		if p.fabric == "silk" {
			return "5007"
		}
		if p.fabric == "cotton" || p.fabric == "muslin" {
			return "5208"
		}
		return "5407"
	case "dupatta", "stole":
		return "6214"
	case "cushion", "tablecloth":
		return "6304"
	case "quilt":
		return "9404"
	case "potli":
		return "420229"
	case "earrings", "necklace", "bangles":
		return "7117"
	case "suit":
		return "6211"
	}
	return "6206"
}
