package roman

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

type script int

const (
	latin script = iota // with digits, spaces and dots
	devanagari
	urdu
)

func scriptOf(r rune) script {
	switch {
	case r >= 0x0900 && r <= 0x097f:
		return devanagari
	case r >= 0x0600 && r <= 0x06ff:
		return urdu
	}
	return latin
}

// special are Latin letters that no decomposition brings to ASCII, and the signs
// of other scripts that mean a space or a dot.
var special = map[rune]string{
	'ß': "ss", 'æ': "ae", 'Æ': "Ae", 'œ': "oe", 'Œ': "Oe", 'ø': "o", 'Ø': "O", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D",
	'ł': "l", 'Ł': "L", 'ı': "i", 'þ': "th", 'Þ': "Th",
	'।': " ", '॥': " ", '॰': ".", '،': " ", '؛': " ", '۔': ".", '٭': " ",
}

// The letters of Arabic keyboards that are one with those of Urdu's.
var sameInUrdu = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ې': 'ی', 'ك': 'ک', 'ه': 'ہ', 'ە': 'ہ', 'ة': 'ہ', 'ۃ': 'ہ', 'ۂ': 'ہ', 'ۀ': 'ہ', 'ۓ': 'ے',
	'أ': 'ا', 'إ': 'ا', 'ٱ': 'ا', '\u0656': urduZer, '\u0657': urduPesh,
}

// clean leaves ASCII letters and digits, spaces, dots, and the letters and signs
// of the two scripts that the rules know. lossy says that more than punctuation
// went.
func clean(s string) (out string, lossy bool) {
	var b strings.Builder
	for i, r := range s {
		if r == utf8.RuneError && strings.HasPrefix(s[i:], "\ufffd") || r != utf8.RuneError {
			continue
		}
		lossy = true // a damaged byte
	}
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		if !cleanRune(&b, r) {
			lossy = true
		}
	}
	return b.String(), lossy
}

// cleanRune writes what is kept of r and says whether nothing of meaning went.
func cleanRune(b *strings.Builder, r rune) bool {
	if text, ok := special[r]; ok {
		b.WriteString(text)
		return true
	}
	switch {
	case unicode.IsSpace(r):
		b.WriteByte(' ')
	case r == '.' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		b.WriteRune(r)
	case r == '\'' || r == '’' || r == '‘' || r == '`' || r == 'ʼ' || r == 'ʻ' || r == 'ـ' || unicode.Is(unicode.Cf, r):
		// D'Souza is one word; Urdu's stretching line, joiners and direction marks are no letters
	case r >= 0x0300 && r <= 0x036f || r >= 0xfe00 && r <= 0xfe0f:
		// an accent that has no letter of its own; what picks a glyph
	case unicode.IsPunct(r) && !strings.ContainsRune("&@#%*", r):
		b.WriteByte(' ')
	case unicode.IsDigit(r) && scriptOf(r) != latin:
		b.WriteByte(digit(r))
	case scriptOf(r) != latin:
		return cleanNative(b, r)
	default:
		return cleanOther(b, r)
	}
	return true
}

// digit is the value of a digit of Devanagari, Urdu or Arabic.
func digit(r rune) byte {
	for _, zero := range []rune{'०', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return byte('0' + r - zero)
		}
	}
	return ' '
}

func cleanNative(b *strings.Builder, r rune) bool {
	if same, ok := sameInUrdu[r]; ok {
		r = same
	}
	if devaSigns[r] || urduSigns[r] || devaConsonants[r] != "" || devaVowels[r] != "" || urduConsonants[r] != "" {
		b.WriteRune(r)
		return true
	}
	for _, part := range norm.NFD.String(string(r)) { // a letter with its dot as one sign
		if part != r && (devaConsonants[part] != "" || part == devaNukta) {
			b.WriteRune(part)
		} else {
			return false
		}
	}
	return true
}

// cleanOther keeps the letters and digits that r is made of: of Latin with an
// accent or another width, of a shaped Urdu letter. A sign that stands for a
// whole word, as Urdu has, goes.
func cleanOther(b *strings.Builder, r rune) bool {
	parts := norm.NFKD.String(string(r))
	shaped := r >= 0xfb50 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff
	n := utf8.RuneCountInString(parts)
	if parts == string(r) || n > 4 || shaped && n > 1 && parts != "لا" {
		if !unicode.Is(unicode.M, r) {
			b.WriteByte(' ')
		}
		return false
	}
	whole := true
	for _, part := range parts {
		switch {
		case part < utf8.RuneSelf && (unicode.IsLetter(part) || unicode.IsDigit(part)):
			b.WriteRune(part)
		case shaped:
			whole = cleanNative(b, part) && whole
		case !unicode.Is(unicode.Mn, part):
			b.WriteByte(' ')
			whole = whole && (unicode.IsSpace(part) || unicode.IsPunct(part))
		}
	}
	return whole
}
