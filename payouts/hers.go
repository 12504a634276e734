package payouts

import (
	"context"
	"errors"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/words"
)

// Hers is what an artisan's card opens: how much she is owed and was last paid,
// while the card is valid; else only that it is not. It has nothing that tells
// how she is paid or where she is.
type Hers struct {
	State      artisans.CardState
	ValidUntil string
	RevokedOn  string // "" unless revoked
	NameEn     string
	NameHi     string
	NameUr     string
	Owed       money.Paise // now, wherever it stands
	Paid       money.Paise // her last payment
	PaidOn     string      // and its business date, "" when there was none
}

// Hers reads what the card of an address opens. It asks nobody's permission:
// whoever holds the card may. An unknown token is artisans.ErrNoCard.
func (s *Service) Hers(ctx context.Context, token string) (Hers, error) {
	var out Hers
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		c, err := artisans.CardByToken(tx, token)
		if err != nil {
			return err
		}
		out = Hers{State: c.State(tx.Now().Date()), ValidUntil: c.ValidUntil}
		if c.RevokedAt != nil {
			out.RevokedOn = c.RevokedAt.Date()
		}
		if out.State != artisans.CardValid {
			return nil
		}
		return out.read(tx, c.ArtisanID)
	})
	return out, err
}

// read adds her name and sums. The kept balances are those of the ledger's
// postings, sealed or not: ledger verify compares them.
func (h *Hers) read(tx *db.Tx, artisan string) error {
	found, err := artisans.Load(tx, []string{artisan})
	if err != nil {
		return err
	}
	a := found[artisan]
	h.NameEn, h.NameHi, h.NameUr = a.NameEn, a.NameHi, a.NameUr
	if err := tx.Get(&h.Owed, `
		SELECT CAST(COALESCE(-SUM(paise), 0) AS BIGINT)
		FROM balances
		WHERE account IN ($1, $2, $3, $4)`,
		ledger.Held(artisan), ledger.Payable(artisan), ledger.Claimed(artisan), ledger.InTransit(artisan)); err != nil {
		return err
	}
	var last struct {
		Date  string      `db:"business_date"`
		Paise money.Paise `db:"amount_paise"`
	}
	err = tx.Get(&last, `
		SELECT e.business_date, i.amount_paise
		FROM payout_items i
		JOIN entries e ON e.reference = 'paid:' || i.id
		WHERE i.artisan_id = $1 AND i.state = 'paid'
		ORDER BY e.posted_at DESC, e.id DESC
		LIMIT 1`, artisan)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	h.Paid, h.PaidOn = last.Paise, last.Date
	return err
}

// Name is her name in a language, or in the one there is.
func (h Hers) Name(language string) string {
	return Slip{NameEn: h.NameEn, NameHi: h.NameHi, NameUr: h.NameUr}.Name(language)
}

// Said is what the page says aloud: what she is owed, and her last payment.
func (h Hers) Said() []Said {
	out := []Said{{words.Owed, h.Owed}}
	if h.PaidOn != "" {
		out = append(out, Said{words.Paid, h.Paid})
	}
	return out
}

// Aloud is the same in words, a sentence a line, in en, hi or ur.
func (h Hers) Aloud(lang string) []string { return aloud(h.Said(), lang) }

// Voice is the same recording by recording, as of a Statement; of a card that is
// not valid it is artisans.ErrNoCard.
func (h Hers) Voice(lang string) ([]byte, error) {
	if h.State != artisans.CardValid {
		return nil, artisans.ErrNoCard
	}
	return voice(h.Said(), lang)
}
