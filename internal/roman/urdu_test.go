package roman_test

import (
	"testing"

	"saebaan/internal/roman"
)

// Names of Awadh in Urdu letters, all in the table.
const urduNames = `
شبانہ Shabana|فاطمہ Fatima|زینب Zainab|رخسانہ Rukhsana|انور Anwar|جہاں Jahan|نسیم Naseem|بانو Bano|بیگم Begum|خاتون Khatoon
پروین Parveen|شاہین Shaheen|شہناز Shahnaz|ممتاز Mumtaz|نورجہاں Noorjahan|نور Noor|عائشہ Ayesha|خدیجہ Khadija|مریم Maryam|سکینہ Sakina
زبیدہ Zubaida|حمیدہ Hamida|سعیدہ Saeeda|ساجدہ Sajida|طاہرہ Tahira|ریحانہ Rehana|فرزانہ Farzana|فریدہ Farida|فردوس Firdaus|گلشن Gulshan
نرگس Nargis|افسانہ Afsana|انجم Anjum|عشرت Ishrat|نصرت Nusrat|کنیز Kaneez|کلثوم Kulsum|سلمیٰ Salma|سلمی Salma|اسماء Asma
اسما Asma|بشریٰ Bushra|رابعہ Rabia|راشدہ Rashida|شکیلہ Shakila|جمیلہ Jamila|شمیم Shamim|شمع Shama|تبسم Tabassum|ترنم Tarannum
یاسمین Yasmeen|زینت Zeenat|زرینہ Zarina|زہرا Zehra|کشور Kishwar|مہرالنساء Mehrunnisa|قمر Qamar|آسیہ Asiya|آمنہ Amina|عارفہ Arifa
عذرا Azra|بلقیس Bilqis|غزالہ Ghazala|حنا Hina|خورشید Khurshid|مسرت Musarrat|ناہید Nahid|نجمہ Najma|رضیہ Razia|روبینہ Rubina
رقیہ Ruqayya|صبیحہ Sabiha|ثمینہ Samina|شبنم Shabnam|شائستہ Shaista|سلطانہ Sultana|ثریا Suraiya|عظمیٰ Uzma|وحیدہ Wahida|زہرہ Zohra
محمد Mohammad|احمد Ahmad|علی Ali|عباس Abbas|عبداللہ Abdullah|اختر Akhtar|عارف Arif|اشفاق Ashfaq|حسین Husain|حسن Hasan
ابراہیم Ibrahim|ادریس Idris|اسماعیل Ismail|محمود Mahmood|مشتاق Mushtaq|مظفر Muzaffar|نعیم Naeem|قاسم Qasim|رئیس Raees|سرفراز Sarfaraz
شعیب Shoaib|سلیمان Suleman|وسیم Wasim|یعقوب Yaqoob|یوسف Yusuf|زبیر Zubair|خان Khan|خاں Khan|انصاری Ansari|صدیقی Siddiqui
قریشی Qureshi|رضوی Rizvi|قدوائی Kidwai|مرزا Mirza|شیخ Shaikh|سید Syed|منصوری Mansoori|رحمٰن Rahman|رحمن Rahman|مصطفیٰ Mustafa
مرتضیٰ Murtaza|عیسیٰ Isa|موسیٰ Musa|دیوی Devi|سنگھ Singh|ورما Verma|یادو Yadav|داؤد Dawood|رؤف Rauf|ذوالفقار Zulfiqar`

func TestUrduNames(t *testing.T) {
	checkNames(t, urduNames, 130)
	if roman.Guessed("شبانہ رضوی") {
		t.Error("a listed name is called a guess")
	}
}

// Names by rule: what the letters say, with an a where a short vowel is not
// written. Where that is not the name, Guessed has sent it to a person.
const urduByRule = `
نورالدین Nooruddin|نصیرالدین Naseeruddin|قمرالنساء Qamarunnisa|رحمتاللہ Rahmatullah|کریمہ Karima|کبیر Kabir|رحمت Rahmat|برکت Barkat|شرافت Sharafat|بابر Babar
رادھا Radha|کملا Kamla|مالا Mala|تارا Tara|صوفیہ Sufia|لبنیٰ Labna|دریا Darya|آیت Ayat|صغیر Saghir|ولی Wali
نزہت Nazhat|صائمہ Saima|سحر Sahar|مظہر Mazhar|اطہر Athar|طلحہ Talha|فریدی Faridi|غوری Ghuri|درزی Darzi|راجپوت Rajput
سعادت Saadat|ایمان Iman|نوابی Nawabi|چھمّو Chhammo|گھنشیام Ghanshayam|بھائی Bhai|جوہی Juhi|پیارے Payare|مکھن Makhan|ژالہ Zhala`

// With the signs of a schoolbook nothing is guessed wrong.
const urduWithSigns = `
گُل Gul|گُلفام Gulfam|مُنجو Munjo|شَوکَت Shaukat|دَولَت Daulat|پِنکی Pinki|بِٹُّو Bittu|اِقرا Iqra|اُمِّید Ummid|کَیف Kaif
لُبنیٰ Lubna|نِرمَل Nirmal|فَوراً Fauran|ضِیا Ziya`

func TestUrduByRule(t *testing.T) {
	checkNames(t, urduByRule, 40)
	checkNames(t, urduWithSigns, 14)
	if !roman.Guessed("کبیر") {
		t.Error("a name by rule is not called a guess")
	}
}
