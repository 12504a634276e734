package orders

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/idem"
)

// The faults of registrations.
var (
	ErrRegistration   = fault.New(fault.Invalid, "orders.registration", "This GST registration cannot be saved. Nothing was written.")
	ErrNoRegistration = fault.New(fault.Conflict, "orders.no_registration", "No GST registration of the trust is in force today. Nothing was ordered; please tell the shop.")
)

// Registration is the trust's registration under GST in a State: it owns its
// series of documents and its tax accounts.
type Registration struct {
	ID        string `db:"id"`     // its name in accounts
	Prefix    string `db:"prefix"` // two letters that begin its series
	GSTIN     string `db:"gstin"`  // "" until it is entered; documents wait for it
	State     string `db:"state"`
	Kind      string `db:"kind"` // regular, casual or composition
	LegalName string `db:"legal_name"`
	Address   string `db:"address"`
	From      string `db:"from_date"`
	To        string `db:"to_date"` // "" is open
}

const registrationColumns = `id, prefix, gstin, state, kind, legal_name, address, from_date, to_date`

var (
	registrationForm = regexp.MustCompile(`^[a-z0-9]{2,8}$`)
	prefixForm       = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (r *Registration) check() error {
	r.GSTIN, r.LegalName, r.Address = gst.NormalGSTIN(r.GSTIN), strings.TrimSpace(r.LegalName), strings.TrimSpace(r.Address)
	if err := gst.ValidGSTIN(r.GSTIN); err != nil {
		return err
	}
	switch {
	case !registrationForm.MatchString(r.ID):
		return ErrRegistration.At("id", "2 to 8 small letters and digits")
	case !prefixForm.MatchString(r.Prefix):
		return ErrRegistration.At("prefix", "two capital letters")
	case r.State != r.GSTIN[:2]:
		return ErrRegistration.At("state", "the GST number belongs to another State")
	case r.Kind != "regular" && r.Kind != "casual" && r.Kind != "composition":
		return ErrRegistration.At("kind", "regular, casual or composition")
	case r.LegalName == "" || len(r.LegalName) > 200 || r.Address == "" || len(r.Address) > 400:
		return ErrRegistration.At("legal_name, address", "both are printed on every invoice")
	case !isDate(r.From) || (r.To != "" && (!isDate(r.To) || r.To < r.From)):
		return ErrRegistration.At("from, to", "a first day, and a last day that is not before it")
	}
	return nil
}

// SaveRegistration enters a registration, or completes one whose number was not
// known. An administrator may. A registration that has its number never changes
// but for its last day: documents bear it.
func (s *Service) SaveRegistration(ctx context.Context, actor auth.Actor, key string, r Registration) (Registration, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Registration{}, err
	}
	if err := r.check(); err != nil {
		return Registration{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.registration", Key: key}, r,
		func(tx *db.Tx) (Registration, error) {
			var taken int
			if err := tx.Get(&taken, `
				SELECT COUNT(*)
				FROM registrations
				WHERE prefix = $1 AND id <> $2`, r.Prefix, r.ID); err != nil {
				return Registration{}, err
			}
			if taken > 0 {
				return Registration{}, ErrRegistration.At("prefix", "another registration has these letters")
			}
			n, err := tx.Exec(`
				INSERT INTO registrations (id, prefix, gstin, state, kind, legal_name, address, from_date, to_date, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
				ON CONFLICT (id) DO UPDATE
				SET gstin = excluded.gstin, legal_name = excluded.legal_name, address = excluded.address, to_date = excluded.to_date
				WHERE registrations.prefix = excluded.prefix AND registrations.state = excluded.state AND registrations.kind = excluded.kind
					AND (registrations.gstin = '' OR (registrations.gstin = excluded.gstin AND registrations.legal_name = excluded.legal_name
						AND registrations.address = excluded.address))`,
				r.ID, r.Prefix, r.GSTIN, r.State, r.Kind, r.LegalName, r.Address, r.From, r.To, actor.String(), tx.Now())
			if err != nil {
				return Registration{}, err
			}
			if n == 0 {
				return Registration{}, ErrRegistration.With("This registration has its number already, and documents bear it. Nothing was changed but could be its last day.")
			}
			if err := auth.Audit(tx, actor, "registration.save", r.ID, r.GSTIN); err != nil {
				return Registration{}, err
			}
			return registrationByID(tx, r.ID)
		})
}

// Registrations lists the trust's registrations, for staff.
func (s *Service) Registrations(ctx context.Context, actor auth.Actor) ([]Registration, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	var out []Registration
	err := s.db.Select(ctx, &out, `
		SELECT `+registrationColumns+`
		FROM registrations
		ORDER BY id
		LIMIT 100`)
	return out, err
}

func registrationByID(tx *db.Tx, registration string) (Registration, error) {
	var r Registration
	err := tx.Get(&r, `
		SELECT `+registrationColumns+`
		FROM registrations
		WHERE id = $1`, registration)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNoRegistration
	}
	return r, err
}

// inForce moves an order to the registration that is in force today when its own
// has ended since it was placed, or returns ErrNoRegistration.
func inForce(tx *db.Tx, o *Order) error {
	today := tx.Now().Date()
	r, err := registrationByID(tx, o.Registration)
	if err != nil || r.To == "" || r.To >= today {
		return err
	}
	if r, err = registrationAt(tx, o.SellerState, today); err != nil {
		return err
	}
	o.Registration = r.ID
	_, err = tx.Exec(`
		UPDATE orders
		SET registration = $1
		WHERE id = $2`, r.ID, o.ID)
	return err
}

// registrationAt is the regular registration of a State on a day: the one that
// sells over the counter of the internet. Composition may not sell to other
// States (FACTS §2.4), and casual registrations belong to fairs.
func registrationAt(tx *db.Tx, state, date string) (Registration, error) {
	var r Registration
	err := tx.Get(&r, `
		SELECT `+registrationColumns+`
		FROM registrations
		WHERE state = $1 AND kind = 'regular' AND from_date <= $2 AND (to_date = '' OR to_date >= $2)
		ORDER BY from_date DESC, id
		LIMIT 1`, state, date)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNoRegistration
	}
	return r, err
}
