package ifsc_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/internal/ifsc"
)

// The vectors of FACTS §3. Two of its dead codes, BKID0ARYAGB and PYTM0123456,
// are still in the list of DataDate: they are held apart, so that a newer list
// shows here.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		name, codes        string
		wellFormed, listed bool
	}{
		{"known", "UTIB0000001 KKBK0000261 IDIB000A001 BARB0DBAGIY HDFC0002854 ICIC0007429 CNRB0011023 WBSC0DJCB01", true, true},
		{"known, local", "BARB0HARDOI BARB0LUCKNO BARB0BUPGBX PUNB0SUPGB5", true, true},
		{"ill-formed", "BKID1006046 BK1D0006046 BKID000604 BKID0006046D", false, false},
		{"merged banks", "BOTM0XEEMRA SBMY0040704 SBBJ0010004 ALLA0210062 SYNB0008500 CORP0000001 ANDB0000001 ORBC0100001", true, false},
		{"no branch", "PUNB0000000 ZZZZ0000001 AAAA0000000", true, false},
		{"dead since DataDate", "BKID0ARYAGB PYTM0123456", true, true},
	} {
		for code := range strings.FieldsSeq(c.codes) {
			if got := ifsc.WellFormed(code); got != c.wellFormed {
				t.Errorf("%s: WellFormed(%s) = %v", c.name, code, got)
			}
			if got := ifsc.Known(code); got != c.listed {
				t.Errorf("%s: Known(%s) = %v", c.name, code, got)
			}
		}
	}
	if d, err := time.Parse(time.DateOnly, ifsc.DataDate); err != nil || d.Year() < 2025 {
		t.Errorf("DataDate is %q", ifsc.DataDate)
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		" barb0luckno\n": "BARB0LUCKNO", "\u00a0Utib0000001\t": "UTIB0000001", "": "",
		"ſBIN0000001": "ſBIN0000001", "ıcic0007429": "ıCIC0007429", "BARB 0LUCKNO": "BARB 0LUCKNO",
	} {
		if got := ifsc.Normal(in); got != want {
			t.Errorf("Normal(%q) = %q", in, got)
		}
	}
}

func TestBank(t *testing.T) {
	for code, want := range map[string]string{
		"BARB0LUCKNO": "Bank of Baroda", "UTIB0000001": "Axis Bank", "BKID0ARYAGB": "Bank of India",
		"ALLA0210062": "Allahabad Bank", // merged, so that the person sees which old passbook it is
		"ZZZZ0000001": "", "BARB": "", "barb0lucko1": "", "": "", "\nBAR0000001": "",
	} {
		if got := ifsc.Bank(code); got != want {
			t.Errorf("Bank(%q) = %q, want %q", code, got, want)
		}
	}
}

var form = regexp.MustCompile(`^[A-Z]{4}0[A-Z0-9]{6}$`)

func TestWellFormedIsThePublishedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.StringMatching(`[A-Z]{4}0[A-Z0-9]{6}`),
			rapid.StringMatching(`[@-\[]{3,5}[0O]{1,2}[/-:@-\[a]{5,7}\n?`),
			rapid.String(),
		).Draw(t, "code")
		if got := ifsc.WellFormed(s); got != form.MatchString(s) {
			t.Fatalf("WellFormed(%q) = %v", s, got)
		}
		if !form.MatchString(s) && (ifsc.Known(s) || ifsc.Bank(s) != "") {
			t.Fatalf("%q is not well formed, but known", s)
		}
	})
}
