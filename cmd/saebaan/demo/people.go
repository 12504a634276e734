package demo

import (
	"saebaan/artisans"
	"saebaan/internal/auth"
)

// Password is every demonstration user's; the sign-in page shows it.
const Password = "practice-only-2026"

var users = []auth.UserInput{
	{Login: "asha", Name: "Asha Verma", Grants: []auth.Grant{{Role: auth.Coordinator, Scope: "lucknow"}, {Role: auth.Coordinator, Scope: "barabanki"}}},
	{Login: "rubina", Name: "Rubina Khatoon", Language: "hi", Grants: []auth.Grant{{Role: auth.Coordinator, Scope: "hardoi-sursa"}, {Role: auth.Coordinator, Scope: "hardoi-ahirori"}}},
	{Login: "meera", Name: "Meera Nigam", Grants: []auth.Grant{{Role: auth.Preparer}}},
	{Login: "farah", Name: "Farah Siddiqui", Grants: []auth.Grant{{Role: auth.Approver}}},
	{Login: "kavita", Name: "Kavita Rastogi", Grants: []auth.Grant{{Role: auth.Preparer}, {Role: auth.Approver}}},
	{Login: "nusrat", Name: "Nusrat Jahan", Grants: []auth.Grant{{Role: auth.Administrator}}},
	{Login: "seema", Name: "Seema Gautam", Grants: []auth.Grant{{Role: auth.StallSeller}}},
	{Login: "anita", Name: "Anita Rao", Grants: []auth.Grant{{Role: auth.TradeBuyer}}},
	{Login: "leela", Name: "Leela Mathur", Grants: []auth.Grant{{Role: auth.Shopper}}},
}

type person struct {
	artisans.Input
	UPI     string // or a bank account
	Account string
	IFSC    string
	Silent  bool // has not agreed that her name is shown
}

func woman(en, hi, ur, area string, crafts ...string) person {
	return person{Input: artisans.Input{NameEn: en, NameHi: hi, NameUr: ur, Area: area, Crafts: crafts, Member: true}}
}

func (p person) upi(id string) person { p.UPI = id; return p }

func (p person) bank(account, ifsc string) person { p.Account, p.IFSC = account, ifsc; return p }

// The makers by a short name. The printer and the washer are no members and do
// not share the makers' balance.
var people = map[string]person{
	"shabana": woman("Shabana Bano", "शबाना बानो", "شبانہ بانو", "lucknow", "chikan").upi("shabana.demo@upi"),
	"rehana":  woman("Rehana Khatoon", "रेहाना ख़ातून", "ریحانہ خاتون", "lucknow", "chikan", "zardozi").bank("104500012345", "UTIB0000001"),
	"sunita":  woman("Sunita Devi", "सुनीता देवी", "سنیتا دیوی", "lucknow", "chikan", "applique").upi("sunita.demo@upi"),
	"naseem":  woman("Naseem Fatima", "नसीम फ़ातिमा", "نسیم فاطمہ", "lucknow", "zardozi").bank("208800067891", "BARB0LUCKNO"),
	"zarina":  woman("Zarina Begum", "ज़रीना बेगम", "زرینہ بیگم", "lucknow", "kundan").upi("zarina.demo@upi"),
	"kamla":   woman("Kamla Rawat", "कमला रावत", "کملا راوت", "barabanki", "chikan").upi("kamla.demo@upi"),
	"phool":   woman("Phoolmati", "फूलमती", "پھول متی", "barabanki", "chikan", "applique").bank("309900034567", "BARB0BUPGBX"),
	"ruksana": woman("Ruksana Parveen", "रुख़साना परवीन", "رخسانہ پروین", "barabanki", "zardozi").upi("ruksana.demo@upi"),
	"shanti":  woman("Shanti Devi", "शांति देवी", "شانتی دیوی", "hardoi-sursa", "applique").upi("shanti.demo@upi"),
	"munni":   woman("Munni Devi", "मुन्नी देवी", "منی دیوی", "hardoi-sursa", "chikan", "applique").bank("401100056789", "BARB0HARDOI"),
	"hasina":  woman("Hasina Bano", "हसीना बानो", "حسینہ بانو", "hardoi-sursa", "zardozi", "kundan").upi("hasina.demo@upi"),
	"ramkali": woman("Ramkali", "रामकली", "رام کلی", "hardoi-ahirori", "applique").upi("ramkali.demo@upi"),
	"tabassum": func() person {
		p := woman("Tabassum Ansari", "तबस्सुम अंसारी", "تبسم انصاری", "hardoi-ahirori", "chikan").upi("tabassum.demo@upi")
		p.Silent = true
		return p
	}(),
	"savitri": woman("Savitri Pal", "सावित्री पाल", "ساوتری پال", "hardoi-ahirori", "kundan").upi("savitri.demo@upi"),
	"printer": {Input: artisans.Input{NameEn: "Salim Chhipi", NameHi: "सलीम छीपी", NameUr: "سلیم چھیپی", Area: "lucknow", Crafts: []string{"chikan"}}, UPI: "salim.demo@upi"},
	"washer":  {Input: artisans.Input{NameEn: "Gomti Dhobi", NameHi: "गोमती धोबी", NameUr: "گومتی دھوبی", Area: "lucknow", Crafts: []string{"chikan"}}, UPI: "gomti.demo@upi"},
}
