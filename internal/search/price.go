package search

import (
	"regexp"
	"strconv"
	"strings"

	"saebaan/internal/money"
)

// An amount as people write it, in groups: currency, number, thousands, currency.
const amount = `(₹|\brs\b\.?|\binr\b|रु\.?)?\s*([0-9][0-9,]*)(\s*k\b|\s*hazaa?r\b|\s*hajaa?r\b|\s*हज़ार|\s*हजार|\s*ہزار)?(\s*/-|\s*₹|\s*rs\b\.?|\s*rupees?\b|\s*rup[ae]y[ae]?\b|\s*रुपये|\s*रुपए|\s*रु\.?|\s*روپے)?`

// The ways to name a bound of the price, the longer before the shorter.
var (
	between = regexp.MustCompile(`(\bbetween|\bfrom|\bprice)?\s*` + amount + `\s*(?:\band\b|\bto\b|-|–|\bse\b|से|سے|\baur\b|और)\s*` + amount +
		`(?:\s*ke beech|\s*tak\b|\s*के बीच|\s*तक|\s*کے بیچ|\s*تک)?`)
	atMost = []*regexp.Regexp{
		regexp.MustCompile(amount + `\s*(?:se kam|se sasta|se niche|se neeche|ke andar|ke niche|ke neeche|tak\b|or less|and under|से कम|से सस्ता|से नीचे|के अंदर|के अन्दर|के नीचे|तक|سے کم|کے اندر|تک)`),
		regexp.MustCompile(`(?:\bunder\b|\bbelow\b|\bless than\b|\bcheaper than\b|\bup ?to\b|\bwithin\b|\bmax(?:imum)?\b|<=?)\s*` + amount),
	}
	atLeast = []*regexp.Regexp{
		regexp.MustCompile(amount + `\s*(?:se zyada|se jyada|se ziada|se upar|se mehnga|or more|and above|and up|\+|से ज़्यादा|से ज्यादा|से ऊपर|से महँगा|से महंगा|سے زیادہ|سے اوپر)`),
		regexp.MustCompile(`(?:\babove\b|\bover\b|\bmore than\b|\bat least\b|\bmin(?:imum)?\b|>=?)\s*` + amount),
	}
)

// least is the smallest number that is a price without a word or sign that says so:
// below stand sizes, lengths and packs.
const least = 100

// Understand takes the bounds of a price that the words of q name ("under 2000",
// "2000 से कम", "1000 to 2000", "5 hazar tak") out of its text and into its filter. What
// the filter bounds already stays as it is, and the words are only taken out.
func Understand(q Query) Query {
	text := strings.ToLower(latinDigits(q.Text))
	var low, high money.Paise
	took := false
	take := func(re *regexp.Regexp, read func(m []string) bool) {
		at := re.FindStringSubmatchIndex(text)
		if at == nil {
			return
		}
		m := make([]string, len(at)/2)
		for i := range m {
			if at[2*i] >= 0 {
				m[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		if read(m) {
			text, took = text[:at[0]]+" "+text[at[1]:], true
		}
	}
	take(between, func(m []string) bool {
		a, b := rupees(m[2:6]), rupees(m[6:10])
		said := m[1] != "" || m[2]+m[5]+m[6]+m[9] != ""
		if m[4] == "" && m[8] != "" && a < b/100 { // 2 to 3 thousand
			a *= 1000
		}
		if a == 0 || b < a || !said && a < least*100 {
			return false
		}
		low, high = a, b
		return true
	})
	for _, re := range atMost {
		take(re, func(m []string) bool { high = rupees(m[1:5]); return high > 0 })
	}
	for _, re := range atLeast {
		take(re, func(m []string) bool { low = rupees(m[1:5]); return low > 0 })
	}
	if !took {
		return q
	}
	q.Text = strings.Join(strings.Fields(text), " ")
	if q.MinPrice == 0 && q.MaxPrice == 0 {
		q.MinPrice, q.MaxPrice = low, high
	}
	return q
}

// rupees reads the groups of one amount, 0 when it is none that could be a price.
func rupees(m []string) money.Paise {
	n, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
	if err != nil || n > 100_000_000 {
		return 0
	}
	if m[2] != "" {
		n *= 1000
	}
	return money.Paise(n * 100)
}

// latinDigits writes the digits of Devanagari and Urdu as 0 to 9.
func latinDigits(s string) string {
	if ascii(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'०', '۰', '٠'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, s)
}
