package roman_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"saebaan/internal/roman"
)

func TestWholeNames(t *testing.T) {
	for _, c := range []struct {
		in, want       string
		lossy, guessed bool
	}{
		{"", "", false, false},
		{"  ", "", false, false},
		{"shabana  khatoon", "Shabana Khatoon", false, false},
		{"NASEEM BANO", "NASEEM BANO", false, false},
		{"José Müller-Østergård", "Jose Muller Ostergard", false, false},
		{"D'Souza, Ｍａｒｙ", "DSouza Mary", false, false},
		{"s.k. singh", "S.K. Singh", false, false},
		{"Mohd..Arif . ", "Mohd.Arif", false, false},
		{"2nd floor", "2nd Floor", false, false},
		{"शबाना बानो", "Shabana Bano", false, false},
		{"अनवर जहाँ", "Anwar Jahan", false, false},
		{"मो॰ आरिफ़ ख़ाँ", "Mohd. Arif Khan", false, false},
		{"मो0 आरिफ खान", "Mohd. Arif Khan", false, false},
		{"मो० आरिफ खान", "Mohd. Arif Khan", false, false},
		{"शबाना १०", "Shabana 10", false, false},
		{"श्रीमती राम देवी", "Smt Ram Devi", false, false},
		{"शबाना(रानी)", "Shabana Rani", false, false},
		{"शबाना।", "Shabana", false, false},
		{"\u0958मर ज\u093cै\u200dनब", "Qamar Zainab", false, false}, // a letter with its dot as one sign; a joiner
		{"نسیم بانو", "Naseem Bano", false, false},
		{"شبانہ، فاطمہ۔", "Shabana Fatima.", false, false},
		{"نور الدین", "Noor Uddin", false, true},
		{"زيب النساء", "Zib Unnisa", false, true},
		{"محمد عارف خان", "Mohammad Arif Khan", false, false},
		{"\u200fفاطمه بيگم\u200f", "Fatima Begum", false, false}, // letters of an Arabic keyboard, direction marks
		{"ﻓﺎﻃﻤﻪ", "Fatima", false, false},                        // shaped letters, as copied from a PDF
		{"زَیْنَب ۱۲", "Zainab 12", false, false},
		{"شـــبانہ", "Shabana", false, false},
		{"گلفشاں", "Galfashan", false, true},
		{"शबाना 🌸 बानो", "Shabana Bano", true, false},
		{"শাবানা", "", true, false},
		{"Ｓｈａｂａｎａ & Co", "Shabana Co", true, false},
		{"a\x00b", "A B", true, false},
		{"\xffShabana", "Shabana", true, false},
		{"---", "", true, false},
		{"ﷴ", "", true, false}, // one sign for a whole name: written out by a person
	} {
		if got := roman.Name(c.in); got != c.want {
			t.Errorf("Name(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := roman.Lossy(c.in); got != c.lossy {
			t.Errorf("Lossy(%q) = %v", c.in, got)
		}
		if got := roman.Guessed(c.in); got != c.guessed {
			t.Errorf("Guessed(%q) = %v", c.in, got)
		}
	}
}

// TestTable holds names.tsv to one Latin form for each spelling and to the bound
// on length.
func TestTable(t *testing.T) {
	plain := regexp.MustCompile(`^[A-Z][a-z]+$`)
	seen := map[string]string{}
	spellings := 0
	roman.Rows(func(name, spelling, key string) {
		spellings++
		if before, ok := seen[key]; ok && before != name {
			t.Errorf("%s is both %s and %s", spelling, before, name)
		}
		seen[key] = name
		if !plain.MatchString(name) || len(name) > 4*utf8.RuneCountInString(key) || key == "" {
			t.Errorf("%s is no form of %s", name, spelling)
		}
		if got := roman.Name(spelling); got != name || roman.Lossy(spelling) || roman.Guessed(spelling) {
			t.Errorf("Name(%s) = %s, the table has %s", spelling, got, name)
		}
	})
	if spellings < 600 {
		t.Errorf("only %d spellings", spellings)
	}
}

var allowed = regexp.MustCompile(`^([A-Za-z0-9.]+( [A-Za-z0-9.]+)*)?$`)

func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, s string) {
	t.Helper()
	got := roman.Name(s)
	if !allowed.MatchString(got) {
		t.Fatalf("Name(%q) = %q has a byte no bank takes", s, got)
	}
	for word := range strings.FieldsSeq(got) {
		if c := word[0]; c == '.' || 'a' <= c && c <= 'z' {
			t.Fatalf("Name(%q) = %q has a word without its capital", s, got)
		}
	}
	if again := roman.Name(got); again != got || roman.Lossy(got) || roman.Guessed(got) {
		t.Fatalf("Name(%q) = %q, and again %q", s, got, again)
	}
	if len(got) > 4*utf8.RuneCountInString(s) {
		t.Fatalf("Name(%q) = %q is too long", s, got)
	}
}

func TestOutputIsWhatABankTakes(t *testing.T) {
	deva := rapid.RuneFrom([]rune("अआइईउएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूृेैोौं्ँः़॰।०९ \u200d"))
	arab := rapid.RuneFrom([]rune("اآبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہھءیئےيكةىهأإ\u064e\u0650\u064f\u0651\u0652\u064b\u0670\u0654۔،ـ۰ \u200c"))
	block := rapid.Custom(func(t *rapid.T) rune {
		lo := rapid.SampledFrom([]rune{0, 0x80, 0x300, 0x600, 0x900, 0x2000, 0xfb00, 0xfc00, 0xfd00, 0xfe00, 0xff00, 0x1d400, 0x1f600}).Draw(t, "block")
		return lo + rapid.Int32Range(0, 255).Draw(t, "rune")
	})
	text := func(r *rapid.Generator[rune]) *rapid.Generator[string] { return rapid.StringOf(r) }
	any := rapid.OneOf(text(deva), text(arab), text(block), rapid.String(), text(rapid.OneOf(deva, arab, block)))
	rapid.Check(t, func(t *rapid.T) { check(t, any.Draw(t, "name")) })
}

// TestEachSignAlone walks every sign there is, alone and between letters.
func TestEachSignAlone(t *testing.T) {
	for r := rune(0); r <= 0x1ffff; r++ {
		if utf8.ValidRune(r) {
			check(t, string(r))
			check(t, "ब"+string(r)+"ب"+string(r)+"b")
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{
		"", "शबाना", "شبانہ", "Shabana", "\x00\x01\x1b[31m", "\u202eفاطمہ\u202c", "\u200f\u200e\u061c", "👩🏽‍🦱🇮🇳", "\xff\xfe\xc3", "ﷺﷲﷴ",
		"\u064eو", "\u064eی", "\u0650ا", "क्", "्क", "़", "ं", "جٰ", "ً", "ع", "وو", "یی", "ـ", "﷽", "ﬃ", "½", "㎏", "\u0344", "e\u0301\u0301", "=cmd|'/c'!A1", "मो0", ".", "0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}
