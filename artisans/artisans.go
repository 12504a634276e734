package artisans

import (
	"context"
	"errors"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/vault"
)

// The faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "artisans.not_found", "There is no such artisan here.")
	ErrArea     = fault.New(fault.Invalid, "artisans.area", "There is no such area. The areas are lucknow, barabanki, hardoi-sursa and hardoi-ahirori.")
	ErrCraft    = fault.New(fault.Invalid, "artisans.craft", "There is no such craft. The crafts are chikan, zardozi, applique and kundan.")
	ErrName     = fault.New(fault.Invalid, "artisans.name", "The name is missing or longer than 120 characters. Nothing was saved.")
	ErrPayee    = fault.New(fault.Invalid, "artisans.payee", "These payment details cannot be right. Nothing was saved.")
	ErrConfirm  = fault.New(fault.Invalid, "artisans.confirm", "A change of payment details needs her own yes: write how she gave it and before whom. Nothing was saved.")
	ErrNoPayee  = fault.New(fault.NotFound, "artisans.no_payee", "There are no payment details for this artisan yet.")
	ErrConsent  = fault.New(fault.Invalid, "artisans.consent", "A consent is for name, photo or story. Nothing was saved.")
)

// Areas where the trust works.
var Areas = []string{"lucknow", "barabanki", "hardoi-sursa", "hardoi-ahirori"}

// Crafts of the trust's members.
var Crafts = []string{"chikan", "zardozi", "applique", "kundan"}

// Artisan is one woman, or another maker (printer, washer) when Member is false.
type Artisan struct {
	ID         string  `db:"id"`
	NameEn     string  `db:"name_en"`
	NameHi     string  `db:"name_hi"`
	NameUr     string  `db:"name_ur"`
	Area       string  `db:"area"`
	CardNumber string  `db:"card_number"`
	Member     bool    `db:"member"`
	Version    int64   `db:"version"`
	CreatedBy  string  `db:"created_by"`
	CreatedAt  db.Time `db:"created_at"`
	Crafts     []string
	Consents   map[string]bool
	Payee      *Payee
	Phone      *Phone // masked
}

// Service is the door to the artisans.
type Service struct {
	db    *db.DB
	vault *vault.Vault
}

// NewService makes the service.
func NewService(d *db.DB, v *vault.Vault) *Service { return &Service{db: d, vault: v} }

// Input describes an artisan to register.
type Input struct {
	NameEn, NameHi, NameUr string
	Area                   string
	Crafts                 []string
	CardNumber             string // of the identity card, as printed on it
	Member                 bool
}

func (in Input) check() error {
	if strings.TrimSpace(in.NameEn) == "" || len(in.NameEn) > 120 || len(in.NameHi) > 360 || len(in.NameUr) > 360 {
		return ErrName
	}
	if !slices.Contains(Areas, in.Area) {
		return ErrArea
	}
	for _, c := range in.Crafts {
		if !slices.Contains(Crafts, c) {
			return ErrCraft
		}
	}
	return nil
}

// Create registers an artisan. A coordinator of the area or an administrator may.
func (s *Service) Create(ctx context.Context, actor auth.Actor, key string, in Input) (Artisan, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Artisan{}, err
	}
	if err := in.check(); err != nil {
		return Artisan{}, err
	}
	if !actor.CoversArea(in.Area) {
		return Artisan{}, auth.ErrForbidden
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.create", Key: key}, in,
		func(tx *db.Tx) (Artisan, error) {
			a := Artisan{ID: id.New("art"), NameEn: strings.TrimSpace(in.NameEn), NameHi: in.NameHi, NameUr: in.NameUr,
				Area: in.Area, CardNumber: in.CardNumber, Member: in.Member, Version: 1,
				CreatedBy: actor.String(), CreatedAt: tx.Now(), Crafts: in.Crafts, Consents: map[string]bool{}}
			if _, err := tx.Exec(`
				INSERT INTO artisans (id, name_en, name_hi, name_ur, area, card_number, member, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				a.ID, a.NameEn, a.NameHi, a.NameUr, a.Area, a.CardNumber, a.Member, a.CreatedBy, a.CreatedAt); err != nil {
				return a, err
			}
			for _, c := range in.Crafts {
				if _, err := tx.Exec(`
					INSERT INTO artisan_crafts (artisan_id, craft)
					VALUES ($1, $2)
					ON CONFLICT (artisan_id, craft) DO NOTHING`, a.ID, c); err != nil {
					return a, err
				}
			}
			return a, auth.Audit(tx, actor, "artisan.create", a.ID, "")
		})
}

// Artisan reads one. Coordinators see their own areas; another's is ErrNotFound.
func (s *Service) Artisan(ctx context.Context, actor auth.Actor, artisan string) (Artisan, error) {
	if err := actor.Require(auth.Coordinator, auth.Preparer, auth.Approver, auth.Administrator); err != nil {
		return Artisan{}, err
	}
	var out Artisan
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := load(tx, []string{artisan})
		if err != nil {
			return err
		}
		a, ok := found[artisan]
		if !ok || !visible(actor, a.Area) {
			return ErrNotFound
		}
		out = a
		return nil
	})
	return out, err
}

// visible reports whether the actor may see artisans of an area: finance all,
// coordinators their own.
func visible(actor auth.Actor, area string) bool {
	return actor.Has(auth.Preparer) || actor.Has(auth.Approver) || actor.CoversArea(area)
}

// List gives up to limit artisans after an id, only those the actor may see.
func (s *Service) List(ctx context.Context, actor auth.Actor, after string, limit int) ([]Artisan, error) {
	if err := actor.Require(auth.Coordinator, auth.Preparer, auth.Approver, auth.Administrator); err != nil {
		return nil, err
	}
	areas := make([]any, 0, len(Areas))
	for _, a := range Areas {
		if visible(actor, a) {
			areas = append(areas, a)
		}
	}
	if len(areas) == 0 {
		return nil, nil
	}
	var out []Artisan
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var ids []string
		if err := tx.Select(&ids, `
			SELECT id
			FROM artisans
			WHERE id > $1 AND area IN (`+db.List(3, len(areas))+`)
			ORDER BY id
			LIMIT $2`, append([]any{after, limit}, areas...)...); err != nil {
			return err
		}
		found, err := load(tx, ids)
		out = make([]Artisan, 0, len(ids))
		for _, i := range ids {
			out = append(out, found[i])
		}
		return err
	})
	return out, err
}

// Load reads artisans with crafts, consents and masked payee within tx; absent
// ids are absent from the map. It asks nobody's permission: callers must.
func Load(tx *db.Tx, ids []string) (map[string]Artisan, error) { return load(tx, ids) }

func load(tx *db.Tx, ids []string) (map[string]Artisan, error) {
	out := make(map[string]Artisan, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	in, args := db.List(1, len(ids)), make([]any, len(ids))
	for i, v := range ids {
		args[i] = v
	}
	var rows []Artisan
	if err := tx.Select(&rows, `
		SELECT id, name_en, name_hi, name_ur, area, card_number, member, version, created_by, created_at
		FROM artisans
		WHERE id IN (`+in+`)
		ORDER BY id`, args...); err != nil {
		return nil, err
	}
	var crafts []struct {
		Artisan string `db:"artisan_id"`
		Craft   string `db:"craft"`
	}
	if err := tx.Select(&crafts, `
		SELECT artisan_id, craft
		FROM artisan_crafts
		WHERE artisan_id IN (`+in+`)
		ORDER BY artisan_id, craft`, args...); err != nil {
		return nil, err
	}
	payees, err := Payees(tx, ids)
	if err != nil {
		return nil, err
	}
	phones, err := phoneRows(tx, ids)
	if err != nil {
		return nil, err
	}
	consents, err := Consents(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range rows {
		a.Crafts, a.Consents = []string{}, consents[a.ID]
		for _, c := range crafts {
			if c.Artisan == a.ID {
				a.Crafts = append(a.Crafts, c.Craft)
			}
		}
		if p, ok := payees[a.ID]; ok {
			a.Payee = &p
		}
		if p, ok := phones[a.ID]; ok {
			a.Phone = &p.Phone
		}
		out[a.ID] = a
	}
	return out, nil
}

// Version is the artisan's row version; a consent or payee change raises it.
func bump(tx *db.Tx, artisan string) error {
	n, err := tx.Exec(`
		UPDATE artisans
		SET version = version + 1
		WHERE id = $1`, artisan)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// areaOf reads the artisan's area for policy; absent is ErrNotFound.
func areaOf(tx *db.Tx, artisan string) (string, error) {
	var area string
	err := tx.Get(&area, `
		SELECT area
		FROM artisans
		WHERE id = $1`, artisan)
	if errors.Is(err, db.ErrNone) {
		return "", ErrNotFound
	}
	return area, err
}
