package payouts

// slipText are the words of a slip in one language; the phrases of the sums are
// those that are read aloud (internal/words).
type slipText struct {
	title, period, upTo, since, now string
	opening, late, other            string
	payments, more, group, back     string
	block                           string
	ways                            map[string]string
}

var slipWords = map[string]slipText{
	"en": {title: "Statement", period: "{from} to {to}", upTo: "Up to {to}", since: "From {from} until now, {day}", now: "Until now, {day}",
		opening: "Owed before", late: "Earlier, entered late", other: "Taken back, tax, group, advances",
		payments: "Last payments", more: "and {n} more payments", group: "through her group", back: "came back", block: "Ledger block",
		ways: map[string]string{RailBank: "bank", RailUPI: "UPI", RailCash: "cash"}},
	"hi": {title: "हिसाब", period: "{from} से {to} तक", upTo: "{to} तक", since: "{from} से अब तक, {day}", now: "अब तक, {day}",
		opening: "पहले के बाकी", late: "पहले के, देर से दर्ज", other: "वापसी, कर, समूह, पेशगी",
		payments: "पिछले भुगतान", more: "और {n} भुगतान", group: "समूह के खाते से", back: "लौट आया", block: "बही खंड",
		ways: map[string]string{RailBank: "बैंक", RailUPI: "यूपीआई", RailCash: "नकद"}},
	"ur": {title: "حساب", period: "{from} سے {to} تک", upTo: "{to} تک", since: "{from} سے اب تک، {day}", now: "اب تک، {day}",
		opening: "پہلے کے باقی", late: "پہلے کے، دیر سے درج", other: "واپسی، ٹیکس، گروپ، پیشگی",
		payments: "پچھلی ادائیگیاں", more: "اور {n} ادائیگیاں", group: "گروپ کے کھاتے سے", back: "لوٹ آئی", block: "کھاتہ بلاک",
		ways: map[string]string{RailBank: "بینک", RailUPI: "یو پی آئی", RailCash: "نقد"}},
}
