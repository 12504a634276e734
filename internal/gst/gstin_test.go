package gst_test

import (
	"errors"
	"testing"

	"saebaan/internal/gst"
)

func TestValidGSTIN(t *testing.T) {
	for _, s := range []string{
		"27AAPFU0939F1ZV", "24AAQCA8719H1ZC", "29AABCR1718E1ZL", "33AAAAR6720M1ZG", "05AAACG2140A1ZL", "22ALJPT5243L1ZS",
		"18AABCT3518Q1ZV", "37AADCB2230M2ZR", "09AAACI3591D1ZO", "09AAATL1234Q1ZB", "09ABCPR1234K1ZL", "38AAATL1234Q1ZA",
	} {
		if err := gst.ValidGSTIN(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for s, want := range map[string]error{
		"27AAPFU0939F1ZO": gst.ErrGSTINCheck,
		"38AABCT3518Q1ZV": gst.ErrGSTINCheck,
		"29AAFCA7488L1Z0": gst.ErrGSTINCheck,
		"27AAPFU0939F1Z":  gst.ErrGSTINForm,
		"369296450896540": gst.ErrGSTINForm,
		"29AABCF8078M1C8": gst.ErrGSTINForm, // an operator's, for tax collection only
		"09aaatl1234q1zb": gst.ErrGSTINForm, // not in normal form
		"00AAATL1234Q1ZB": gst.ErrGSTINState,
		"28AAATL1234Q1ZB": gst.ErrGSTINState,
		"":                gst.ErrGSTINForm,
	} {
		if err := gst.ValidGSTIN(s); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", s, err, want)
		}
	}
	if got := gst.NormalGSTIN(" 09aaatl 1234q1zb\n"); got != "09AAATL1234Q1ZB" {
		t.Errorf("normal form %q", got)
	}
}

// Swapping two unequal neighbours is the commonest slip of a copying hand.
func TestGSTINCatchesSwappedNeighbours(t *testing.T) {
	const good = "09AAATL1234Q1ZB"
	for i := range len(good) - 1 {
		s := []byte(good)
		s[i], s[i+1] = s[i+1], s[i]
		if string(s) != good && gst.ValidGSTIN(string(s)) == nil {
			t.Errorf("swapped at %d: %s is accepted", i, s)
		}
	}
}

func TestStatesHaveBothNames(t *testing.T) {
	if len(gst.States) != 37 || gst.States["09"].English != "Uttar Pradesh" || gst.States["09"].Hindi != "उत्तर प्रदेश" {
		t.Errorf("%d States, 09 is %+v", len(gst.States), gst.States["09"])
	}
	for code, s := range gst.States {
		if len(code) != 2 || s.English == "" || s.Hindi == "" {
			t.Errorf("%s: %+v", code, s)
		}
	}
}
