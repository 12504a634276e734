package artisans

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/vault"
)

// ErrPAN is returned for a text that is no PAN of a person.
var ErrPAN = fault.New(fault.Invalid, "artisans.pan", "A PAN has five letters, of which the fourth is P for a person, four digits and a letter. Nothing was saved; please look at the card again.")

// panForm is a person's PAN (FACTS §3): its last letter's check is not published,
// so that only the form can be seen to be right.
var panForm = regexp.MustCompile(`^[A-Z]{3}P[A-Z][0-9]{4}[A-Z]$`)

// PANInput is an artisan's PAN as it stands on her card.
type PANInput struct {
	Artisan string
	PAN     string
}

// SetPAN keeps an artisan's PAN, sealed, and returns it masked. A coordinator of
// her area or an administrator may. Returns ErrPAN, ErrNotFound.
func (s *Service) SetPAN(ctx context.Context, actor auth.Actor, key string, in PANInput) (masked string, err error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return "", err
	}
	pan := strings.ToUpper(strings.ReplaceAll(in.PAN, " ", ""))
	if !panForm.MatchString(pan) || pan[5:9] == "0000" {
		return "", ErrPAN
	}
	masked = pan[:2] + "XXXXXXX" + pan[9:]
	same := []string{in.Artisan, s.vault.Blind(pan)}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.pan", Key: key}, same,
		func(tx *db.Tx) (string, error) {
			area, err := areaOf(tx, in.Artisan)
			if err != nil {
				return "", err
			}
			if !actor.CoversArea(area) {
				return "", ErrNotFound
			}
			var version int64
			if err := tx.Get(&version, `
				SELECT COALESCE(MAX(version), 0) + 1
				FROM pans
				WHERE artisan_id = $1`, in.Artisan); err != nil {
				return "", err
			}
			row := id.New("pan")
			sealed, err := s.vault.Seal(pan, vault.Place{Table: "pans", Column: "sealed", Row: row, Version: version})
			if err != nil {
				return "", err
			}
			if _, err := tx.Exec(`
				INSERT INTO pans (id, artisan_id, version, sealed, masked, blind, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				row, in.Artisan, version, sealed, masked, s.vault.Blind(pan), actor.String(), tx.Now()); err != nil {
				return "", err
			}
			if err := bump(tx, in.Artisan); err != nil {
				return "", err
			}
			return masked, auth.Audit(tx, actor, "pan.change", in.Artisan, masked)
		})
}

// WithPAN tells which of the artisans have given a PAN, within tx.
func WithPAN(tx *db.Tx, artisans []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(artisans) == 0 {
		return out, nil
	}
	var have []string
	err := tx.Select(&have, `
		SELECT artisan_id
		FROM pans
		WHERE artisan_id IN (`+db.List(1, len(artisans))+`)
		GROUP BY artisan_id
		ORDER BY artisan_id`, db.Args(artisans)...)
	for _, a := range have {
		out[a] = true
	}
	return out, err
}

// MaskedPANs reads the newest PAN of each artisan within tx, masked; who has
// given none is absent. It asks nobody's permission: callers must.
func MaskedPANs(tx *db.Tx, artisans []string) (map[string]string, error) {
	out := map[string]string{}
	return out, newestPANs(tx, artisans, func(p sealedPAN) error {
		out[p.Artisan] = p.Masked
		return nil
	})
}

// OpenPANs is MaskedPANs with the PANs whole, for a return of tax alone.
func (s *Service) OpenPANs(tx *db.Tx, artisans []string) (map[string]string, error) {
	out := map[string]string{}
	return out, newestPANs(tx, artisans, func(p sealedPAN) (err error) {
		out[p.Artisan], err = s.vault.Open(p.Sealed, vault.Place{Table: "pans", Column: "sealed", Row: p.ID, Version: p.Version})
		return err
	})
}

type sealedPAN struct {
	ID      string `db:"id"`
	Artisan string `db:"artisan_id"`
	Version int64  `db:"version"`
	Sealed  []byte `db:"sealed"`
	Masked  string `db:"masked"`
}

func newestPANs(tx *db.Tx, artisans []string, each func(sealedPAN) error) error {
	for batch := range slices.Chunk(artisans, 500) {
		var rows []sealedPAN
		if err := tx.Select(&rows, `
			SELECT p.id, p.artisan_id, p.version, p.sealed, p.masked
			FROM pans p
			WHERE p.artisan_id IN (`+db.List(1, len(batch))+`)
				AND p.version = (SELECT MAX(q.version) FROM pans q WHERE q.artisan_id = p.artisan_id)
			ORDER BY p.artisan_id`, db.Args(batch)...); err != nil {
			return err
		}
		for _, r := range rows {
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}
