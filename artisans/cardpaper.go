package artisans

import (
	"time"

	"saebaan/internal/paper"
)

// cardText are the words of a printed card in one language.
type cardText struct {
	title, group, until, scan, lost string
	areas                           map[string]string
}

var cardWords = map[string]cardText{
	"en": {title: "Card", group: "Group", until: "Valid until", scan: "Scan the code: it shows and tells you what you are owed.",
		lost:  "Lost? Tell your coordinator: with a new card this one ends at once.",
		areas: map[string]string{"lucknow": "Lucknow", "barabanki": "Barabanki", "hardoi-sursa": "Sursa, Hardoi", "hardoi-ahirori": "Ahirori, Hardoi"}},
	"hi": {title: "पहचान कार्ड", group: "समूह", until: "कब तक मान्य", scan: "कोड स्कैन करें: आपके बाकी रुपये दिखेंगे और सुनाई देंगे।",
		lost:  "खो गया? समन्वयक को बताएँ: नया कार्ड बनते ही यह बंद हो जाएगा।",
		areas: map[string]string{"lucknow": "लखनऊ", "barabanki": "बाराबंकी", "hardoi-sursa": "सुरसा, हरदोई", "hardoi-ahirori": "अहिरोरी, हरदोई"}},
	"ur": {title: "شناختی کارڈ", group: "گروپ", until: "کب تک کارآمد", scan: "کوڈ اسکین کریں: آپ کے باقی روپے دکھائی اور سنائی دیں گے۔",
		lost:  "کھو گیا؟ رابطہ کار کو بتائیں: نیا کارڈ بنتے ہی یہ بند ہو جائے گا۔",
		areas: map[string]string{"lucknow": "لکھنؤ", "barabanki": "بارہ بنکی", "hardoi-sursa": "سرسا، ہردوئی", "hardoi-ahirori": "اہروری، ہردوئی"}},
}

// PrintedCard is what stands on a card that is printed.
type PrintedCard struct {
	Card
	Artisan Artisan
	Group   Group  // none when its id is empty
	Address string // what the code says
}

// Paper is the card on one A5, in en, hi or ur, any other language in Hindi. It
// has no number of hers: neither account nor telephone, PAN or identity.
func (c PrintedCard) Paper(language string) paper.Slip {
	w, ok := cardWords[language]
	if !ok {
		language, w = "hi", cardWords["hi"]
	}
	out := paper.Slip{Language: language, Title: w.title, Name: inLetters(language, c.Artisan.NameEn, c.Artisan.NameHi, c.Artisan.NameUr),
		Lines: []string{w.areas[c.Artisan.Area]}, Made: c.IssuedAt.Std(), QR: c.Address, QRLabel: w.scan, Foot: []string{w.lost}}
	if c.Group.ID != "" {
		out.Facts = append(out.Facts, paper.Fact{Label: w.group, Value: inLetters(language, c.Group.NameEn, c.Group.NameHi, c.Group.NameUr)})
	}
	until := c.ValidUntil
	if t, err := time.Parse(time.DateOnly, until); err == nil {
		until = t.Format("02-01-2006")
	}
	out.Facts = append(out.Facts, paper.Fact{Label: w.until, Value: until})
	return out
}

// inLetters is a name in a language's letters, or in those there are.
func inLetters(language, en, hi, ur string) string {
	switch {
	case language == "ur" && ur != "":
		return ur
	case language != "en" && hi != "":
		return hi
	}
	return en
}
