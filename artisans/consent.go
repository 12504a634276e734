package artisans

import (
	"context"
	"slices"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
)

// Purposes a consent can be for; each stands alone.
var Purposes = []string{"name", "photo", "story"}

// ConsentInput records what an artisan agreed to or took back.
type ConsentInput struct {
	Artisan  string
	Purpose  string
	Granted  bool
	Notice   string // version of the notice she was read
	Language string // en, hi or ur
}

// SetConsent adds a consent or its withdrawal and calls changed with the same
// transaction, so that every page showing her is renewed. The last row counts.
func (s *Service) SetConsent(ctx context.Context, actor auth.Actor, key string, in ConsentInput, changed func(*db.Tx, string) error) (Artisan, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Artisan{}, err
	}
	if !slices.Contains(Purposes, in.Purpose) || in.Notice == "" {
		return Artisan{}, ErrConsent
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.consent", Key: key}, in,
		func(tx *db.Tx) (Artisan, error) {
			area, err := areaOf(tx, in.Artisan)
			if err != nil {
				return Artisan{}, err
			}
			if !actor.CoversArea(area) {
				return Artisan{}, ErrNotFound
			}
			if _, err := tx.Exec(`
				INSERT INTO consents (id, artisan_id, purpose, granted, notice, language, actor, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				id.New("con"), in.Artisan, in.Purpose, in.Granted, in.Notice, in.Language, actor.String(), tx.Now()); err != nil {
				return Artisan{}, err
			}
			if err := bump(tx, in.Artisan); err != nil {
				return Artisan{}, err
			}
			if err := changed(tx, in.Artisan); err != nil {
				return Artisan{}, err
			}
			found, err := load(tx, []string{in.Artisan})
			return found[in.Artisan], err
		})
}

// Consents gives, per artisan, the purposes and whether each is granted now.
func Consents(tx *db.Tx, ids []string) (map[string]map[string]bool, error) {
	out := make(map[string]map[string]bool, len(ids))
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i], out[v] = v, map[string]bool{}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		Artisan string `db:"artisan_id"`
		Purpose string `db:"purpose"`
		Granted bool   `db:"granted"`
	}
	err := tx.Select(&rows, `
		SELECT artisan_id, purpose, granted
		FROM consents
		WHERE artisan_id IN (`+db.List(1, len(ids))+`)
		ORDER BY artisan_id, purpose, at, id`, args...)
	for _, r := range rows { // later rows overwrite earlier ones
		out[r.Artisan][r.Purpose] = r.Granted
	}
	return out, err
}
