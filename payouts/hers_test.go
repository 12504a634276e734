package payouts_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/words"
	"saebaan/payouts"
)

// What a card opens is what the ledger has, as long as it opens anything.
func TestACardOpensWhatSheIsOwed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(1_234_56)
		other := w.artisan(77_000)
		c, err := w.artisans.IssueCard(ctx, admin, "", artisans.CardInput{Artisan: a, Years: 1})
		w.ok(err)
		is := func(when string, owed, paid money.Paise) {
			t.Helper()
			h, err := w.payouts.Hers(ctx, c.Token)
			w.ok(err)
			st, err := w.payouts.Statement(ctx, admin, a, "", "")
			w.ok(err)
			if h.Owed != owed || h.Paid != paid || (h.PaidOn == "") != (paid == 0) || h.Owed != st.Held+st.Payable+st.Claimed+st.InTransit {
				t.Errorf("%s: %+v; the statement has %+v", when, h, st)
			}
		}
		is("earned", 1_234_56, 0)
		r := w.sent(preparer)
		is("with the bank", 1_234_56, 0)
		w.answer(r, "paid")
		is("paid", 0, 1_234_56)
		w.owe(a, 500_00)
		is("earned anew", 500_00, 1_234_56)
		w.answer(w.sent(preparer), "paid")
		w.owe(a, 10)
		is("paid anew", 10, 500_00)
		h, err := w.payouts.Hers(ctx, c.Token)
		w.ok(err)
		said := h.Said()
		for i, want := range []payouts.Said{{Phrase: words.Owed, Paise: h.Owed}, {Phrase: words.Paid, Paise: h.Paid}} {
			heard, err := words.Value(words.Tokens(said[i].Paise, "ur"))
			if said[i] != want || err != nil || heard != want.Paise {
				t.Errorf("said %+v, heard %s, not %+v", said[i], heard, want)
			}
		}
		if got := h.Aloud("hi"); len(got) != 2 || got[0] != "आपके बाकी हैं दस पैसे" {
			t.Errorf("%q", got)
		}
		if wav, err := h.Voice("ur"); err != nil || !bytes.HasPrefix(wav, []byte("RIFF")) {
			t.Errorf("%d bytes, %v", len(wav), err)
		}
		w.ended(a, c.Token)
		if _, err := w.payouts.Hers(ctx, other); !errors.Is(err, artisans.ErrNoCard) {
			t.Error("an id opens a page:", err)
		}
		w.check()
	})
}

// ended: a card that is over opens nothing but that it is.
func (w *world) ended(artisan, token string) {
	w.t.Helper()
	closed := func(want payouts.Hers) {
		w.t.Helper()
		got, err := w.payouts.Hers(ctx, token)
		w.ok(err)
		if got != want {
			w.t.Errorf("%+v, want %+v", got, want)
		}
		if wav, err := got.Voice("hi"); wav != nil || !errors.Is(err, artisans.ErrNoCard) {
			w.t.Errorf("it speaks %d bytes, %v", len(wav), err)
		}
	}
	c, err := w.artisans.Card(ctx, admin, artisan)
	w.ok(err)
	w.ok(w.db.AdvanceClock(ctx, 366*24*time.Hour))
	closed(payouts.Hers{State: artisans.CardLapsed, ValidUntil: c.ValidUntil})
	_, err = w.artisans.RevokeCard(ctx, admin, "", artisan, "found by a stranger")
	w.ok(err)
	closed(payouts.Hers{State: artisans.CardRevoked, ValidUntil: c.ValidUntil, RevokedOn: w.payouts.Today()})
}
