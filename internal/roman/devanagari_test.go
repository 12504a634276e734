package roman_test

import (
	"strings"
	"testing"

	"saebaan/internal/roman"
)

// Names of Awadh in Hindi letters: those of the table with and without the dots
// below, and then those spelled by rule.
const hindiNames = `
शबाना Shabana|फ़ातिमा Fatima|फातिमा Fatima|फातमा Fatima|ज़ैनब Zainab|जैनब Zainab|रुख़साना Rukhsana|रुखसाना Rukhsana|अनवर Anwar|जहाँ Jahan
जहां Jahan|नसीम Naseem|बानो Bano|बेगम Begum|ख़ातून Khatoon|खातून Khatoon|परवीन Parveen|शाहीन Shaheen|शहनाज़ Shahnaz|मुमताज Mumtaz
नूरजहाँ Noorjahan|आयशा Ayesha|आएशा Ayesha|ख़दीजा Khadija|मरियम Maryam|सकीना Sakina|ज़ुबैदा Zubaida|सईदा Saeeda|ताहिरा Tahira|रेहाना Rehana
फ़रज़ाना Farzana|फरजाना Farzana|गुलशन Gulshan|नरगिस Nargis|अफ़साना Afsana|अंजुम Anjum|अन्जुम Anjum|इशरत Ishrat|नुसरत Nusrat|कनीज़ Kaneez
कुलसुम Kulsum|सलमा Salma|शकीला Shakila|शमीम Shamim|तबस्सुम Tabassum|यास्मीन Yasmeen|ज़ीनत Zeenat|ज़रीना Zarina|मेहरुन्निसा Mehrunnisa|रज़िया Razia
रूबीना Rubina|शबनम Shabnam|शाइस्ता Shaista|सुल्ताना Sultana|उज़्मा Uzma|वहीदा Wahida|ज़ोहरा Zohra|मोहम्मद Mohammad|मुहम्मद Mohammad|मो Mohd
अहमद Ahmad|अली Ali|अब्बास Abbas|अब्दुल Abdul|अब्दुल्लाह Abdullah|अख़्तर Akhtar|आरिफ़ Arif|अशफ़ाक़ Ashfaq|हुसैन Husain|हसन Hasan
इब्राहीम Ibrahim|इदरीस Idris|इस्माईल Ismail|महमूद Mahmood|मुश्ताक़ Mushtaq|मुज़फ़्फ़र Muzaffar|नईम Naeem|क़ासिम Qasim|रईस Raees|सरफ़राज़ Sarfaraz
सरफराज Sarfaraz|शोएब Shoaib|सुलेमान Suleman|वसीम Wasim|याक़ूब Yaqoob|यूसुफ़ Yusuf|ज़ुबैर Zubair|ख़ान Khan|ख़ाँ Khan|अंसारी Ansari
सिद्दीक़ी Siddiqui|क़ुरैशी Qureshi|रिज़वी Rizvi|किदवई Kidwai|मिर्ज़ा Mirza|शेख़ Shaikh|सैयद Syed|मंसूरी Mansoori|देवी Devi|सिंह Singh
वर्मा Verma|श्रीवास्तव Srivastava|यादव Yadav|मौर्या Maurya|तिवारी Tiwari|शुक्ल Shukla|पाण्डेय Pandey|कृष्ण Krishna|लक्ष्मी Laxmi|फूलमती Phoolmati

गुलफ़ाम Gulfam|शगुफ़्ता Shagufta|अमरनाथ Amarnath|मदनलाल Madanlal|कलावती Kalawati|भगवती Bhagwati|रामप्यारी Rampyari|चन्द्रकला Chandrakala|सरस्वती Saraswati|महेन्द्र Mahendra
राजेंद्र Rajendra|सत्य Satya|रत्ना Ratna|पद्मा Padma|शकुंतला Shakuntala|शकुन्तला Shakuntala|विमला Vimla|कमला Kamla|सरला Sarla|शिव Shiv
शिवम Shivam|विनोद Vinod|कविता Kavita|रवि Ravi|विश्वनाथ Vishwanath|जगदम्बा Jagdamba|प्रियंका Priyanka|चंपा Champa|अंबिका Ambika|मोअज़्ज़म Moazzam
उज्ज्वला Ujjwala|मक्खन Makkhan|लच्छी Lachhi|ज्ञानवती Gyanwati|प्रज्ञा Pragya|शहनवाज़ Shahnawaz|दिलनवाज़ Dilnawaz|रहमतुल्लाह Rahmatullah|बरकत Barkat|शराफ़त Sharafat
लियाक़त Liyaqat|क़ुदसिया Qudsiya|गुड्डी Guddi|छोटी Chhoti|बिट्टो Bitto|रामदुलारी Ramdulari|सावित्री Savitri|गायत्री Gayatri|जानकी Janki|उर्मिला Urmila
किरण Kiran|किरन Kiran|सुषमा Sushma|मंजू Manju|पुष्पा Pushpa|पुष्पलता Pushplata|स्नेहलता Snehlata|शशिकला Shashikala|कंचन Kanchan|ऊषा Usha
इंदु Indu|ओमवती Omwati|ओमप्रकाश Omprakash|शांति Shanti|शान्ति Shanti|नसीरुद्दीन Nasiruddin|नूरुन्निसा Nurunnisa|ज़ेब Zeb|सग़ीर Saghir|कबीर Kabir
तौहीद Tauhid|वलीउल्लाह Waliullah|सुंदरी Sundari|नन्हे Nanhe|बाँके Banke|रामस्वरूप Ramswarup|हरिश्चन्द्र Harishchandra|त्रिपाठी Tripathi|चतुर्वेदी Chaturvedi|निषाद Nishad
राजभर Rajbhar|विश्वकर्मा Vishwakarma|सोनकर Sonkar|अल्ताफ़ Altaf|मोहसिना Mohsina|ख़ुशबू Khushbu|सोनी Soni|पिंकी Pinki|घनश्याम Ghanshyam|देवकी Devki
रेवती Rewati|देवेन्द्र Devendra|दीवान Diwan|शिवकुमार Shivkumar|आनंद Anand|आनन्द Anand|दुर्गा Durga|मुनक्का Munakka|अच्छे Achhe|बद्रीनाथ Badrinath|मनमोहन Manmohan`

func TestHindiNames(t *testing.T) { checkNames(t, hindiNames, 180) }

func checkNames(t *testing.T, list string, least int) {
	t.Helper()
	n := 0
	for pair := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == '|' || r == '\n' }) {
		n++
		in, want, _ := strings.Cut(pair, " ")
		if got := roman.Name(in); got != want {
			t.Errorf("Name(%s) = %s, want %s", in, got, want)
		}
		if roman.Lossy(in) {
			t.Errorf("Lossy(%s)", in)
		}
	}
	if n < least {
		t.Errorf("only %d names", n)
	}
}
