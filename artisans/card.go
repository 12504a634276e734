package artisans

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/vault"
)

// The faults of cards.
var (
	ErrNoCard  = fault.New(fault.NotFound, "artisans.no_card", "There is no such card.")
	ErrCard    = fault.New(fault.Invalid, "artisans.card", "A card is valid for one to ten years. Nothing was issued.")
	ErrRevoked = fault.New(fault.Conflict, "artisans.card_revoked", "This card has been revoked already. Nothing was changed.")
	ErrReason  = fault.New(fault.Invalid, "artisans.card_reason", "Write in a few words (at most 200 letters) why the card ends. Nothing was changed.")
)

// CardState is whether a card still opens its page.
type CardState string

// The states. A lapsed card may still be revoked; nothing leaves revoked.
const (
	CardValid   CardState = "valid"
	CardLapsed  CardState = "lapsed"
	CardRevoked CardState = "revoked"
)

// Card is what an artisan carries; the code on it opens her own page to whoever
// holds it. ValidUntil is its last day, in Indian time.
type Card struct {
	ID         string   `db:"id"`
	ArtisanID  string   `db:"artisan_id"`
	ValidFrom  string   `db:"valid_from"`
	ValidUntil string   `db:"valid_until"`
	IssuedBy   string   `db:"issued_by"`
	IssuedAt   db.Time  `db:"issued_at"`
	RevokedAt  *db.Time `db:"revoked_at"`
	RevokedBy  string   `db:"revoked_by"`
	Reason     string   `db:"reason"` // why it was revoked
	Sealed     []byte   `db:"sealed" json:"-"`

	// Token is the secret of its address, for those who may print the card. It is
	// in no kept answer.
	Token string `json:"-"`
}

// State is where the card stands on a business date.
func (c Card) State(today string) CardState {
	switch {
	case c.RevokedAt != nil:
		return CardRevoked
	case today > c.ValidUntil:
		return CardLapsed
	}
	return CardValid
}

// CardInput asks for a card.
type CardInput struct {
	Artisan string
	Years   int
	Reason  string // why the one before ends; "" is "replaced"
}

// maxYears is the longest that a card is valid; maxReason counts letters.
const maxYears, maxReason = 10, 200

const cardColumns = `id, artisan_id, valid_from, valid_until, issued_by, issued_at, revoked_at, revoked_by, reason, sealed`

// issuers make and end cards, and may print them.
var issuers = []auth.Role{auth.Coordinator, auth.Administrator}

// IssueCard gives an artisan a card, valid from today. The one she had ends in
// the same transaction. A coordinator of her area or an administrator may.
// Returns ErrCard, ErrReason, ErrNotFound.
//
// The token has 130 random bits. Found is it by its SHA-256, which need not be
// slow or keyed for so long a secret; beside it stands the token sealed under a
// key that is not in the database, so that a card that was soaked or torn can be
// printed again. Who reads a copy of the database opens no page with it.
func (s *Service) IssueCard(ctx context.Context, actor auth.Actor, key string, in CardInput) (Card, error) {
	if err := actor.Require(issuers...); err != nil {
		return Card{}, err
	}
	if in.Years < 1 || in.Years > maxYears {
		return Card{}, ErrCard
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		in.Reason = "replaced"
	}
	if utf8.RuneCountInString(in.Reason) > maxReason {
		return Card{}, ErrReason
	}
	c, err := idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.card", Key: key}, in,
		func(tx *db.Tx) (Card, error) {
			if err := covered(tx, actor, in.Artisan); err != nil {
				return Card{}, err
			}
			if _, err := endCard(tx, actor, in.Artisan, in.Reason); err != nil {
				return Card{}, err
			}
			return s.insertCard(tx, actor, in)
		})
	if err != nil {
		return c, err
	}
	return s.opened(ctx, c)
}

func (s *Service) insertCard(tx *db.Tx, actor auth.Actor, in CardInput) (Card, error) {
	first := tx.Now().Std().In(db.India)
	c := Card{ID: id.New("crd"), ArtisanID: in.Artisan, ValidFrom: first.Format(time.DateOnly),
		ValidUntil: first.AddDate(in.Years, 0, -1).Format(time.DateOnly), IssuedBy: actor.String(), IssuedAt: tx.Now()}
	token := strings.ToLower(rand.Text())
	sealed, err := s.vault.Seal(token, cardPlace(c.ID))
	if err != nil {
		return c, err
	}
	if _, err := tx.Exec(`
		INSERT INTO artisan_cards (id, artisan_id, token_hash, sealed, valid_from, valid_until, issued_by, issued_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.ArtisanID, hashOf(token), sealed, c.ValidFrom, c.ValidUntil, c.IssuedBy, c.IssuedAt); err != nil {
		return c, err
	}
	return c, auth.Audit(tx, actor, "card.issue", in.Artisan, c.ID+" until "+c.ValidUntil)
}

// RevokeCard ends an artisan's card for a reason; who scans it from then on sees
// only that. A coordinator of her area or an administrator may. Returns
// ErrReason, ErrNotFound, ErrNoCard, and ErrRevoked when her last one has ended.
func (s *Service) RevokeCard(ctx context.Context, actor auth.Actor, key, artisan, reason string) (Card, error) {
	if err := actor.Require(issuers...); err != nil {
		return Card{}, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return Card{}, ErrReason
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.card.revoke", Key: key}, []string{artisan, reason},
		func(tx *db.Tx) (Card, error) {
			if err := covered(tx, actor, artisan); err != nil {
				return Card{}, err
			}
			ended, err := endCard(tx, actor, artisan, reason)
			if err != nil {
				return Card{}, err
			}
			c, err := lastCard(tx, artisan)
			if err == nil && !ended {
				return c, ErrRevoked
			}
			return c, err
		})
}

// endCard revokes the card that an artisan has, if she has one.
func endCard(tx *db.Tx, actor auth.Actor, artisan, reason string) (ended bool, err error) {
	n, err := tx.Exec(`
		UPDATE artisan_cards
		SET revoked_at = $1, revoked_by = $2, reason = $3
		WHERE artisan_id = $4 AND revoked_at IS NULL`, tx.Now(), actor.String(), reason, artisan)
	if err != nil || n == 0 {
		return false, err
	}
	return true, auth.Audit(tx, actor, "card.revoke", artisan, reason)
}

// Card is an artisan's newest card, for who may see her; with its token for who
// may print it. Returns ErrNotFound, and ErrNoCard when she never had one.
func (s *Service) Card(ctx context.Context, actor auth.Actor, artisan string) (Card, error) {
	a, err := s.Artisan(ctx, actor, artisan)
	if err != nil {
		return Card{}, err
	}
	var c Card
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = lastCard(tx, artisan)
		return err
	}); err != nil {
		return Card{}, err
	}
	if actor.Require(issuers...) != nil || !actor.CoversArea(a.Area) {
		return c, nil
	}
	return s.opened(ctx, c)
}

// CardByToken reads the card of an address, in whatever state. Whoever has the
// token may. An unknown one is ErrNoCard.
func CardByToken(tx *db.Tx, token string) (Card, error) {
	var c Card
	err := tx.Get(&c, `
		SELECT `+cardColumns+`
		FROM artisan_cards
		WHERE token_hash = $1`, hashOf(token))
	if errors.Is(err, db.ErrNone) {
		return Card{}, ErrNoCard
	}
	return c, err
}

func lastCard(tx *db.Tx, artisan string) (Card, error) {
	var c Card
	err := tx.Get(&c, `
		SELECT `+cardColumns+`
		FROM artisan_cards
		WHERE artisan_id = $1
		ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, revoked_at DESC, id DESC
		LIMIT 1`, artisan)
	if errors.Is(err, db.ErrNone) {
		return Card{}, ErrNoCard
	}
	return c, err
}

// opened adds the token to a card that opens a page; one that was revoked is
// printed no more.
func (s *Service) opened(ctx context.Context, c Card) (Card, error) {
	var now Card
	if err := s.db.Get(ctx, &now, `
		SELECT `+cardColumns+`
		FROM artisan_cards
		WHERE id = $1`, c.ID); err != nil || now.RevokedAt != nil {
		return c, err
	}
	var err error
	c.Token, err = s.vault.Open(now.Sealed, cardPlace(c.ID))
	return c, err
}

// covered is ErrNotFound unless the actor works in the artisan's area.
func covered(tx *db.Tx, actor auth.Actor, artisan string) error {
	area, err := areaOf(tx, artisan)
	if err == nil && !actor.CoversArea(area) {
		return ErrNotFound
	}
	return err
}

func cardPlace(card string) vault.Place {
	return vault.Place{Table: "artisan_cards", Column: "sealed", Row: card, Version: 1}
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
