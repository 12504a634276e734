package artisans

import (
	"net/url"
	"strings"

	"saebaan/internal/db"
)

// noticeText are the words she is told in, plain enough to be read aloud.
type noticeText struct {
	payee, cash, phone string
	ways               map[string]string
}

var noticeWords = map[string]noticeText{
	"en": {
		payee: "Saebaan: {name}, where your money is paid was changed to {way} {masked}. It counts from {from}. If it was not you, go to another coordinator or the trust's office at once, before that time. Give nobody a PIN or OTP.",
		cash:  "Saebaan: {name}, your money will now be given to you in cash. It counts from {from}. If it was not you, go to another coordinator or the trust's office at once, before that time.",
		phone: "Saebaan: {name}, your phone number with us was changed to {masked}. It counts from {from}. If it was not you, go to another coordinator or the trust's office at once.",
		ways:  map[string]string{"bank": "bank account", "upi": "UPI"}},
	"hi": {
		payee: "सायबान: {name}, आपका पैसा अब {way} {masked} में जाएगा। यह {from} से लागू होगा। अगर यह आपने नहीं कहा, तो उससे पहले तुरंत किसी दूसरी समन्वयक या ट्रस्ट के दफ़्तर को बताएँ। किसी को पिन या ओटीपी न दें।",
		cash:  "सायबान: {name}, आपका पैसा अब नक़द मिलेगा। यह {from} से लागू होगा। अगर यह आपने नहीं कहा, तो उससे पहले तुरंत किसी दूसरी समन्वयक या ट्रस्ट के दफ़्तर को बताएँ।",
		phone: "सायबान: {name}, हमारे पास आपका फ़ोन नंबर बदलकर {masked} किया गया है। यह {from} से लागू है। अगर यह आपने नहीं कहा, तो तुरंत किसी दूसरी समन्वयक या ट्रस्ट के दफ़्तर को बताएँ।",
		ways:  map[string]string{"bank": "बैंक खाते", "upi": "यूपीआई"}},
	"ur": {
		payee: "سائبان: {name}، آپ کا پیسہ اب {way} {masked} میں جائے گا۔ یہ {from} سے لاگو ہوگا۔ اگر یہ آپ نے نہیں کہا تو اس سے پہلے فوراً کسی دوسری کوآرڈینیٹر یا ٹرسٹ کے دفتر کو بتائیں۔ کسی کو پن یا او ٹی پی نہ دیں۔",
		cash:  "سائبان: {name}، آپ کا پیسہ اب نقد ملے گا۔ یہ {from} سے لاگو ہوگا۔ اگر یہ آپ نے نہیں کہا تو اس سے پہلے فوراً کسی دوسری کوآرڈینیٹر یا ٹرسٹ کے دفتر کو بتائیں۔",
		phone: "سائبان: {name}، ہمارے پاس آپ کا فون نمبر بدل کر {masked} کیا گیا ہے۔ یہ {from} سے لاگو ہے۔ اگر یہ آپ نے نہیں کہا تو فوراً کسی دوسری کوآرڈینیٹر یا ٹرسٹ کے دفتر کو بتائیں۔",
		ways:  map[string]string{"bank": "بینک کھاتے", "upi": "یو پی آئی"}},
}

// Text is what she is told, in her language: what changed, from when it counts
// (Indian time), and whom to tell if it was not her; no number but the mask.
func (n Notice) Text() string {
	language := n.Language
	words, ok := noticeWords[language]
	if !ok {
		language, words = "hi", noticeWords["hi"]
	}
	name := map[string]string{"en": n.NameEn, "hi": n.NameHi, "ur": n.NameUr}[language]
	if name == "" {
		name = n.NameEn
	}
	text := words.payee
	switch {
	case n.What == ChangedPhone:
		text = words.phone
	case n.Kind == "cash":
		text = words.cash
	}
	from := n.CountsAt.Std().In(db.India).Format("02-01-2006 15:04")
	return strings.NewReplacer("{name}", name, "{way}", words.ways[n.Kind], "{masked}", n.Masked, "{from}", from).Replace(text)
}

// SMS opens a phone's own message with the text ready; "" without the number.
func (n Notice) SMS() string { return n.address("sms:+91", "?body=") }

// WhatsApp opens a chat with the text ready; "" without the number.
func (n Notice) WhatsApp() string { return n.address("https://wa.me/91", "?text=") }

// Call dials; "" without the number.
func (n Notice) Call() string {
	if n.Number == "" {
		return ""
	}
	return "tel:+91" + n.Number
}

func (n Notice) address(before, after string) string {
	if n.Number == "" {
		return ""
	}
	return before + n.Number + after + strings.ReplaceAll(url.QueryEscape(n.Text()), "+", "%20")
}
