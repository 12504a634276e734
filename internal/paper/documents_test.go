package paper_test

import (
	"fmt"
	"time"

	"saebaan/internal/paper"
)

func hindi(rows int) paper.Paper {
	p := paper.Paper{
		Language: "hi", Title: "कर बीजक (Tax invoice)", Number: "SBN/26-27/000042", Date: "27 अप्रैल 2026",
		Made: time.Date(2026, 4, 27, 10, 30, 0, 0, time.UTC),
		Facts: []paper.Fact{
			{"बीजक संख्या", "SBN/26-27/000042"}, {"दिनांक", "27 अप्रैल 2026"},
			{"आपूर्ति का स्थान", "09 उत्तर प्रदेश"}, {"ऑर्डर", "ord_7Q2K"},
		},
		Parties: []paper.Party{
			{"विक्रेता", []string{"साएबान महिला कशीदाकार सहकारी समिति", "14, चौक बाज़ार, गोल दरवाज़ा", "लखनऊ 226003, उत्तर प्रदेश", "GSTIN 09ABCDE1234F1Z5"}},
			{"क्रेता", []string{"श्रीमती क्षत्रिय वर्मा", "B-204, शांति अपार्टमेंट, गोमती नगर", "लखनऊ 226010", "फ़ोन +91 98390 12345"}},
			{"डिलीवरी का पता", []string{"Asha Boutique", "7 Hazratganj, 2nd floor", "Lucknow 226001"}},
		},
		Columns: []paper.Column{{"क्रम", false, 0.5}, {"विवरण", false, 4.2}, {"HSN", false, 0.9}, {"मात्रा", true, 0.8},
			{"दर ₹", true, 1.2}, {"GST %", true, 0.8}, {"राशि ₹", true, 1.4}},
		Totals: []paper.Fact{{"कर योग्य मूल्य", "₹ 11,900.00"}, {"CGST 2.5 %", "₹ 297.50"}, {"SGST 2.5 %", "₹ 297.50"},
			{"छूट", "−₹ 250.00"}, {"कुल देय राशि", "₹ 12,245.00"}},
		Notes: []string{"शब्दों में: बारह हज़ार दो सौ पैंतालीस रुपये मात्र।",
			"हर कढ़ाई हाथ से बनी है; छोटे अंतर उसकी पहचान हैं। सात दिन के भीतर बिना पहने वापस किया जा सकता है।"},
		QR: "upi://pay?pa=saebaan@upi&pn=Saebaan&am=12245.00&cu=INR&tn=SBN-26-27-000042", QRLabel: "UPI से भुगतान के लिए स्कैन करें",
		Footer: "साएबान · GSTIN 09ABCDE1234F1Z5 · saebaan.in · help@saebaan.in",
	}
	what := []string{"चिकनकारी कुर्ता, सूती, हल्का नीला, साइज़ M", "मुर्री और फंदा काम वाला दुपट्टा",
		"Tablecloth, shadow work (टेपची), hand-embroidered by Shabnam Bano's group in Kakori", "बच्चों का अँगरखा"}
	for i := range rows {
		p.Rows = append(p.Rows, []string{fmt.Sprint(i + 1), what[i%4], "62114290", fmt.Sprint(i%7 + 1),
			"1,700.00", "5", fmt.Sprintf("%d,%03d.00", i%7+1, 100*(i%9))})
	}
	return p
}

func urdu(rows int) paper.Paper {
	p := hindi(0)
	p.Language, p.Title, p.Date = "ur", "ٹیکس انوائس", "27 اپریل 2026"
	p.Facts = []paper.Fact{{"انوائس نمبر", "SBN/26-27/000042"}, {"تاریخ", "27 اپریل 2026"}, {"فراہمی کی جگہ", "09 اتر پردیش"}, {"آرڈر", "ord_7Q2K"}}
	p.Parties = []paper.Party{
		{"فروخت کنندہ", []string{"سائبان خواتین کشیدہ کار کوآپریٹو", "14، چوک بازار، گول دروازہ", "لکھنؤ 226003، اتر پردیش", "GSTIN 09ABCDE1234F1Z5"}},
		{"خریدار", []string{"محترمہ شبنم بانو", "مکان 12/3، حضرت گنج", "لکھنؤ 226001", "فون +91 98390 12345"}},
	}
	for i, t := range []string{"شمار", "تفصیل", "HSN", "تعداد", "نرخ ₹", "GST %", "رقم ₹"} {
		p.Columns[i].Title = t
	}
	what := []string{"چکن کاری کرتا، سوتی، ہلکا نیلا (سائز M)", "مری اور پھندا کام والا دوپٹہ 2.5 میٹر", "Tablecloth, shadow work", "بچوں کا انگرکھا"}
	for i := range rows {
		p.Rows = append(p.Rows, []string{fmt.Sprint(i + 1), what[i%4], "62114290", fmt.Sprint(i%7 + 1), "1,700.00", "5", fmt.Sprintf("%d,%03d.00", i%7+1, 100*(i%9))})
	}
	p.Totals = []paper.Fact{{"قابل ٹیکس قیمت", "₹ 11,900.00"}, {"CGST 2.5 %", "₹ 297.50"}, {"SGST 2.5 %", "₹ 297.50"}, {"رعایت", "−₹ 250.00"}, {"کل واجب الادا رقم", "₹ 12,245.00"}}
	p.Notes = []string{"الفاظ میں: بارہ ہزار دو سو پینتالیس روپے صرف۔", "ہر کڑھائی ہاتھ سے بنی ہے؛ چھوٹے فرق اس کی پہچان ہیں۔ 7 دن کے اندر بغیر پہنے واپس کیا جا سکتا ہے، فون +91 98390 12345 پر بتائیں۔"}
	p.QRLabel, p.Footer = "UPI سے ادائیگی کے لیے اسکین کریں", "سائبان · GSTIN 09ABCDE1234F1Z5 · saebaan.in"
	return p
}

// english has one page of head and as many rows as wanted; each row of three
// lines says at both its ends which it is.
func english(rows int) paper.Paper {
	p := hindi(0)
	p.Language, p.Title, p.Date, p.Facts = "en", "Tax invoice", "27 April 2026", nil
	for i, t := range []string{"No.", "Description", "HSN", "Qty", "Rate ₹", "GST %", "Amount ₹"} {
		p.Columns[i].Title = t
	}
	for i := range rows {
		text := fmt.Sprintf("begin%d Chikankari kurta of fine cotton with jaali and murri work on sleeves, neck and hem, washed twice end%d", i, i)
		p.Rows = append(p.Rows, []string{fmt.Sprint(i + 1), text, "62114290", "1", "1,700.00", "5", fmt.Sprintf("%d.00", 7*i*i*i)})
	}
	for i, name := range []string{"Taxable value", "CGST 2.5 %", "SGST 2.5 %", "Discount", "Total payable"} {
		p.Totals[i].Label = name
	}
	p.Notes, p.QRLabel, p.Footer = []string{"Made by hand in Lucknow."}, "Scan to pay by UPI", "Saebaan · saebaan.in"
	return p
}
