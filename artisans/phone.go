package artisans

import (
	"context"
	"regexp"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/vault"
)

// ErrPhone is returned for a text that is no Indian mobile number.
var ErrPhone = fault.New(fault.Invalid, "artisans.phone", "A mobile number has ten digits and begins with 6, 7, 8 or 9. Nothing was saved; please type it again.")

// phoneForm is an Indian mobile number without +91 or a leading zero.
var phoneForm = regexp.MustCompile(`^[6-9][0-9]{9}$`)

// Phone is an artisan's number, masked: the number itself stays sealed.
type Phone struct {
	ID      string `db:"id"`
	Artisan string `db:"artisan_id"`
	Version int64  `db:"version"`
	Masked  string `db:"masked"`
}

// PhoneInput is an artisan's number as she says it: spaces, +91 or a leading zero may stand in it.
type PhoneInput struct {
	Artisan string
	Phone   string
}

func (in PhoneInput) number() (string, error) {
	n := strings.NewReplacer(" ", "", "-", "").Replace(in.Phone)
	if rest, ok := strings.CutPrefix(n, "+91"); ok {
		n = rest
	} else {
		n = strings.TrimPrefix(n, "0")
	}
	if !phoneForm.MatchString(n) {
		return "", ErrPhone
	}
	return n, nil
}

// SetPhone keeps an artisan's number, sealed, as a new version; that it changed is
// to be told to the number before it. The number that she has already is left as
// it is. A coordinator of her area or an administrator may. Returns ErrPhone, ErrNotFound.
func (s *Service) SetPhone(ctx context.Context, actor auth.Actor, key string, in PhoneInput) (Phone, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Phone{}, err
	}
	number, err := in.number()
	if err != nil {
		return Phone{}, err
	}
	blind := s.vault.Blind(number)
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.phone", Key: key}, []string{in.Artisan, blind},
		func(tx *db.Tx) (Phone, error) {
			if err := covered(tx, actor, in.Artisan); err != nil {
				return Phone{}, err
			}
			rows, err := phoneRows(tx, []string{in.Artisan})
			if err != nil {
				return Phone{}, err
			}
			before := rows[in.Artisan]
			if before.Blind == blind {
				return before.Phone, nil
			}
			p := Phone{ID: id.New("pho"), Artisan: in.Artisan, Version: before.Version + 1, Masked: number[:2] + "••••••" + number[8:]}
			return p, s.insertPhone(tx, actor, p, number)
		})
}

// insertPhone notes first what is due to the number before.
func (s *Service) insertPhone(tx *db.Tx, actor auth.Actor, p Phone, number string) error {
	if err := due(tx, actor, Notice{Artisan: p.Artisan, What: ChangedPhone, Change: p.ID, Masked: p.Masked, CountsAt: tx.Now()}); err != nil {
		return err
	}
	sealed, err := s.vault.Seal(number, phonePlace(p))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO artisan_phones (id, artisan_id, version, sealed, masked, blind, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Artisan, p.Version, sealed, p.Masked, s.vault.Blind(number), actor.String(), tx.Now()); err != nil {
		return err
	}
	if err := bump(tx, p.Artisan); err != nil {
		return err
	}
	return auth.Audit(tx, actor, "phone.change", p.Artisan, p.Masked)
}

type phoneRow struct {
	Phone
	Blind string `db:"blind"`
}

// phoneRows are the newest numbers of artisans; who has none is absent.
func phoneRows(tx *db.Tx, artisans []string) (map[string]phoneRow, error) {
	out := make(map[string]phoneRow, len(artisans))
	if len(artisans) == 0 {
		return out, nil
	}
	var rows []phoneRow
	err := tx.Select(&rows, `
		SELECT p.id, p.artisan_id, p.version, p.masked, p.blind
		FROM artisan_phones p
		WHERE p.artisan_id IN (`+db.List(1, len(artisans))+`)
			AND p.version = (SELECT MAX(q.version) FROM artisan_phones q WHERE q.artisan_id = p.artisan_id)
		ORDER BY p.artisan_id`, db.Args(artisans)...)
	for _, r := range rows {
		out[r.Artisan] = r
	}
	return out, err
}

func phonePlace(p Phone) vault.Place {
	return vault.Place{Table: "artisan_phones", Column: "sealed", Row: p.ID, Version: p.Version}
}
