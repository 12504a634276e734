package payouts

import (
	"context"
	"errors"
	"slices"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The faults of consents to deductions.
var (
	ErrConsent   = fault.New(fault.Invalid, "payouts.consent", "The consent cannot be noted like this. Nothing was saved; see errors.")
	ErrNoConsent = fault.New(fault.NotFound, "payouts.no_consent", "There is no such consent.")
	ErrRevoked   = fault.New(fault.Conflict, "payouts.revoked", "She has taken this consent back already. Nothing was changed.")
	ErrNotInside = fault.New(fault.Conflict, "payouts.not_member", "She is not a member of this group now, so nothing can be deducted for it. Nothing was saved.")
)

// ConsentNotice is the version of what an artisan is read before she agrees, as
// the page has it.
const ConsentNotice = "2026-11"

// Consent is what a woman has agreed to give her group out of each payment:
// dated, capped per run and, for a loan, in all, and hers to take back at any
// time, which counts from the next run; or that she is paid through its account,
// without sums. Sums are paise.
type Consent struct {
	ID        string            `db:"id"`
	ArtisanID string            `db:"artisan_id"`
	GroupID   string            `db:"group_id"`
	Kind      string            `db:"kind"`    // KindSavings, KindLoan or KindAccount
	Rate      money.BasisPoints `db:"rate_bp"` // of what is left after tax; 0 takes Most
	Most      money.Paise       `db:"most_paise"`
	Total     money.Paise       `db:"total_paise"` // in all; 0 is no end
	Taken     money.Paise       `db:"taken_paise"`
	From      string            `db:"from_date"`
	RevokedAt *db.Time          `db:"revoked_at"`
	Notice    string            `db:"notice"` // version of what she was read
	Language  string            `db:"language"`
	Confirmed string            `db:"confirmed"` // how she said yes, and before whom
	CreatedBy string            `db:"created_by"`
	CreatedAt db.Time           `db:"created_at"`
}

// ConsentInput records a consent that she has given.
type ConsentInput struct {
	Artisan   string
	Group     string
	Kind      string
	Rate      money.BasisPoints
	Most      money.Paise
	Total     money.Paise
	From      string // business date
	Notice    string
	Language  string
	Confirmed string
}

func (in *ConsentInput) check() error {
	var said bool
	in.Confirmed, said = reasonOf(in.Confirmed)
	switch {
	case in.Kind != KindSavings && in.Kind != KindLoan && in.Kind != KindAccount:
		return ErrConsent.At("kind", "is savings, loan or account")
	case in.Kind == KindAccount && (in.Most != 0 || in.Total != 0 || in.Rate != 0):
		return ErrConsent.At("most", "to be paid through the group's account has no sum")
	case in.Rate < 0 || in.Rate > 10_000:
		return ErrConsent.At("rate", "0 to 10,000 basis points")
	case in.Kind != KindAccount && in.Most <= 0 || in.Most > money.Max:
		return ErrConsent.At("most", "the most that may be taken from one payment")
	case in.Total < 0 || in.Total > money.Max || in.Kind == KindLoan && in.Total == 0:
		return ErrConsent.At("total", "a loan ends when it is repaid: the sum that is left of it")
	case !dateForm.MatchString(in.From):
		return ErrConsent.At("from", "a date, year-month-day")
	case in.Notice == "" || len(in.Notice) > 60 || !slices.Contains([]string{"en", "hi", "ur"}, in.Language):
		return ErrConsent.At("notice, language", "what she was read, and in which language")
	case !said:
		return ErrConsent.At("confirmed", "how she said yes, and before whom")
	}
	return nil
}

// Agree records what an artisan has agreed to give her group. A coordinator of
// her area or an administrator may, for her. Returns ErrConsent, ErrNotInside,
// artisans.ErrNotFound.
func (s *Service) Agree(ctx context.Context, actor auth.Actor, key string, in ConsentInput) (Consent, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Consent{}, err
	}
	if err := in.check(); err != nil {
		return Consent{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.agree", Key: key}, in,
		func(tx *db.Tx) (Consent, error) {
			if err := covers(tx, actor, in.Artisan); err != nil {
				return Consent{}, err
			}
			member, err := artisans.MembersOn(tx, []string{in.Artisan}, tx.Now().Date())
			if err != nil {
				return Consent{}, err
			}
			if member[in.Artisan] != in.Group || in.Group == "" {
				return Consent{}, ErrNotInside
			}
			c := Consent{ID: id.New("dcn"), ArtisanID: in.Artisan, GroupID: in.Group, Kind: in.Kind, Rate: in.Rate, Most: in.Most, Total: in.Total,
				From: in.From, Notice: in.Notice, Language: in.Language, Confirmed: in.Confirmed, CreatedBy: actor.String(), CreatedAt: tx.Now()}
			if _, err := tx.Exec(`
				INSERT INTO deduction_consents (id, artisan_id, group_id, kind, rate_bp, most_paise, total_paise, from_date, notice, language, confirmed, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
				c.ID, c.ArtisanID, c.GroupID, c.Kind, c.Rate, c.Most, c.Total, c.From, c.Notice, c.Language, c.Confirmed, c.CreatedBy, c.CreatedAt); err != nil {
				return Consent{}, err
			}
			return c, auth.Audit(tx, actor, "deduction.agree", c.ID, in.Kind)
		})
}

// covers returns artisans.ErrNotFound unless the actor may act for the artisan.
func covers(tx *db.Tx, actor auth.Actor, artisan string) error {
	known, err := artisans.Load(tx, []string{artisan})
	if err != nil {
		return err
	}
	if a, ok := known[artisan]; !ok || !actor.CoversArea(a.Area) {
		return artisans.ErrNotFound
	}
	return nil
}

// Revoke ends a consent, as its artisan wishes: runs that are prepared from now
// on take nothing under it. A coordinator of her area or an administrator may,
// for her. Returns ErrNoConsent, ErrRevoked.
func (s *Service) Revoke(ctx context.Context, actor auth.Actor, key, consent string) (Consent, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Consent{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.revoke", Key: key}, consent,
		func(tx *db.Tx) (Consent, error) {
			c, err := consentByID(tx, consent)
			if err != nil {
				return Consent{}, err
			}
			if err := covers(tx, actor, c.ArtisanID); err != nil {
				return Consent{}, ErrNoConsent
			}
			n, err := tx.Exec(`
				UPDATE deduction_consents
				SET revoked_at = $1
				WHERE id = $2 AND revoked_at IS NULL`, tx.Now(), consent)
			if err != nil {
				return Consent{}, err
			}
			if n == 0 {
				return Consent{}, ErrRevoked
			}
			if err := auth.Audit(tx, actor, "deduction.revoke", c.ID, ""); err != nil {
				return Consent{}, err
			}
			return consentByID(tx, consent)
		})
}

const consentColumns = `id, artisan_id, group_id, kind, rate_bp, most_paise, total_paise, taken_paise, from_date, revoked_at, notice, language,
			confirmed, created_by, created_at`

func consentByID(tx *db.Tx, consent string) (Consent, error) {
	var c Consent
	err := tx.Get(&c, `
		SELECT `+consentColumns+`
		FROM deduction_consents
		WHERE id = $1`, consent)
	if errors.Is(err, db.ErrNone) {
		return c, ErrNoConsent
	}
	return c, err
}

// Consents lists an artisan's consents to deductions, oldest first. Finance,
// administrators and the coordinator of her area may.
func (s *Service) Consents(ctx context.Context, actor auth.Actor, artisan string) ([]Consent, error) {
	if _, err := s.artisans.Artisan(ctx, actor, artisan); err != nil {
		return nil, err
	}
	var out []Consent
	return out, s.db.Select(ctx, &out, `
		SELECT `+consentColumns+`
		FROM deduction_consents
		WHERE artisan_id = $1
		ORDER BY id
		LIMIT 200`, artisan)
}

// agreed reads what the artisans have agreed to on a date, for the groups they
// are members of then, by artisan and in the order in which they agreed.
func agreed(tx *db.Tx, who []string, date string, member map[string]string) (map[string][]Agreed, error) {
	var rows []Consent
	if err := tx.Select(&rows, `
		SELECT `+consentColumns+`
		FROM deduction_consents
		WHERE kind <> 'account' AND from_date <= $1 AND revoked_at IS NULL AND artisan_id IN (`+db.List(2, len(who))+`)
		ORDER BY id`, db.Args(who, date)...); err != nil {
		return nil, err
	}
	out := map[string][]Agreed{}
	for _, c := range rows {
		if member[c.ArtisanID] != c.GroupID {
			continue
		}
		left := money.Max
		if c.Total > 0 {
			left = max(0, c.Total-c.Taken)
		}
		out[c.ArtisanID] = append(out[c.ArtisanID], Agreed{Consent: c.ID, Group: c.GroupID, Kind: c.Kind, Rate: c.Rate, Most: c.Most, Left: left})
	}
	return out, nil
}
