package payouts_test

import (
	"bytes"
	"testing"

	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/words"
	"saebaan/payouts"
)

// What is said is what the ledger has, in every language; the recording is made
// of the same words.
func TestTheSpokenStatementIsTheLedgers(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t)).usual()
	maker := w.artisan(123_456_78)
	r := w.sent(preparer)
	w.answer(r, "paid")
	w.owe(maker, 50)
	st, err := w.payouts.Statement(ctx, admin, maker, "", "")
	w.ok(err)
	payable, transit, paid := w.owed(maker)
	want := map[string]money.Paise{words.Earned: 123_457_28, words.Paid: paid, words.Owed: payable + transit}
	if len(st.Said()) != len(want) || payable != 50 || paid >= 123_456_78 {
		t.Fatalf("%+v; %s payable, %s paid", st.Said(), payable, paid)
	}
	for _, s := range st.Said() {
		if s.Paise != want[s.Phrase] {
			t.Errorf("%s: %s, the ledger has %s", s.Phrase, s.Paise, want[s.Phrase])
		}
		for _, lang := range []string{"en", "hi", "ur"} {
			if back, err := words.Value(words.Tokens(s.Paise, lang)); err != nil || back != s.Paise {
				t.Errorf("%s in %s is heard as %s, %v", s.Paise, lang, back, err)
			}
		}
	}
	if got := st.Aloud("hi"); got[2] != "आपके बाकी हैं पचास पैसे" {
		t.Errorf("%q", got)
	}
	hindi, err := st.Voice("en")
	w.ok(err)
	urdu, err := st.Voice("ur")
	if w.ok(err); !bytes.HasPrefix(hindi, []byte("RIFF")) || bytes.Equal(hindi, urdu) || len(hindi) < 40_000 {
		t.Errorf("%d and %d bytes", len(hindi), len(urdu))
	}
	if (payouts.Statement{}).VoiceName() == "" {
		t.Error("no name")
	}
}
