package artisans

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ifsc"
	"saebaan/internal/vault"
)

// PayeeWait is how long a changed account waits before money goes to it.
const PayeeWait = 48 * time.Hour

// Payee is how an artisan or a group is paid, masked: the number itself stays sealed.
type Payee struct {
	ID         string  `db:"id"`
	Owner      string  `db:"owner_id"` // an artisan or a group
	Version    int64   `db:"version"`
	Kind       string  `db:"kind"` // bank, upi or cash
	Masked     string  `db:"masked"`
	IFSC       string  `db:"ifsc"`
	IFSCNote   string  `db:"ifsc_note"` // who has seen that an unknown code is in use
	Confirmed  string  `db:"confirmed"` // how she said yes to a change, and before whom
	UsableFrom db.Time `db:"usable_from"`
}

// Dead reports whether money sent to a bank's code will come back: banks merge,
// and old passbooks carry codes that are no more. It is asked again at each run.
func (p Payee) Dead() bool { return p.Kind == "bank" && p.IFSCNote == "" && !ifsc.Known(p.IFSC) }

// PayeeInput is a bank account (number and IFSC) or a UPI id, with the name it is
// held in; or cash, for a woman who has neither. It is an artisan's or a group's.
type PayeeInput struct {
	Artisan string
	Group   string
	Kind    string
	Holder  string
	Account string
	IFSC    string
	UPI     string

	Confirmed string // how she said yes, and before whom; needed for a change
	IFSCNote  string // who has seen that the code is in use, when our list lacks it
}

// Details are opened payee details, for a bank file only.
type Details struct {
	Holder  string `json:"holder"`
	Account string `json:"account,omitempty"`
	IFSC    string `json:"ifsc,omitempty"`
	UPI     string `json:"upi,omitempty"`
}

var (
	accountForm = regexp.MustCompile(`^[0-9]{9,18}$`)
	latinName   = regexp.MustCompile(`[A-Za-z]`)
	upiForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,254}@[a-z][a-z0-9]{1,63}$`)
)

// details checks and normalises the input; the message names the field, never the value.
func (in PayeeInput) details() (Details, error) {
	d := Details{Holder: strings.TrimSpace(in.Holder)}
	if !latinName.MatchString(d.Holder) || len(d.Holder) > 120 {
		return d, ErrPayee.At("holder", "the name the account is held in is needed in Latin letters, as the bank writes it")
	}
	switch in.Kind {
	case "bank":
		d.Account = strings.ReplaceAll(in.Account, " ", "")
		d.IFSC = ifsc.Normal(strings.ReplaceAll(in.IFSC, " ", ""))
		if !accountForm.MatchString(d.Account) {
			return d, ErrPayee.At("account", "an account number has 9 to 18 digits")
		}
		if !ifsc.WellFormed(d.IFSC) {
			return d, ErrPayee.At("ifsc", "an IFSC has four letters, a zero and six letters or digits")
		}
		if in.IFSCNote == "" && !ifsc.Known(d.IFSC) {
			return d, ErrPayee.At("ifsc", "no bank branch is known under this code; a bank that has merged has new ones. Ask for this year's passbook, or note who has seen that the code is in use")
		}
	case "upi":
		local, handle, _ := strings.Cut(strings.TrimSpace(in.UPI), "@")
		d.UPI = local + "@" + strings.ToLower(handle)
		if !upiForm.MatchString(d.UPI) {
			return d, ErrPayee.At("upi", "a UPI id looks like name@bank")
		}
	case "cash":
		if in.Group != "" {
			return d, ErrPayee.At("kind", "a group is paid by bank or UPI")
		}
	default:
		return d, ErrPayee.At("kind", "is bank, upi or cash")
	}
	return d, nil
}

func (d Details) masked() string {
	switch {
	case d.UPI != "":
		local, handle, _ := strings.Cut(d.UPI, "@")
		return local[:min(2, len(local))] + "•••@" + handle
	case d.Account == "":
		return "" // cash
	}
	return "••••" + d.Account[len(d.Account)-4:]
}

// SetPayee saves new payment details for an artisan or a group as a new version; a
// change waits PayeeWait. A coordinator of the area or an administrator may.
// Returns ErrPayee, ErrConfirm, ErrNotFound, ErrNoGroup.
func (s *Service) SetPayee(ctx context.Context, actor auth.Actor, key string, in PayeeInput) (Payee, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Payee{}, err
	}
	in.Confirmed, in.IFSCNote = strings.TrimSpace(in.Confirmed), strings.TrimSpace(in.IFSCNote)
	if len(in.Confirmed) > 500 || len(in.IFSCNote) > 500 {
		return Payee{}, ErrPayee.At("confirmed, ifsc_note", "at most 500 letters")
	}
	d, err := in.details()
	if err != nil {
		return Payee{}, err
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return Payee{}, err
	}
	same := []string{in.owner(), in.Kind, s.vault.Blind(string(plain))} // a plain hash of an account number could be guessed
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.payee", Key: key}, same,
		func(tx *db.Tx) (Payee, error) {
			if err := in.covered(tx, actor); err != nil {
				return Payee{}, err
			}
			p := Payee{ID: id.New("pay"), Owner: in.owner(), Kind: in.Kind, Masked: d.masked(), IFSC: d.IFSC,
				IFSCNote: in.IFSCNote, Confirmed: in.Confirmed, UsableFrom: tx.Now()}
			if err := tx.Get(&p.Version, `
				SELECT COALESCE(MAX(version), 0) + 1
				FROM payees
				WHERE owner_id = $1`, p.Owner); err != nil {
				return Payee{}, err
			}
			if p.Version > 1 {
				if p.Confirmed == "" {
					return Payee{}, ErrConfirm
				}
				p.UsableFrom = tx.Now().Add(PayeeWait)
			}
			sealed, err := s.vault.Seal(string(plain), place(p))
			if err != nil {
				return Payee{}, err
			}
			if _, err := tx.Exec(`
				INSERT INTO payees (id, owner_id, version, kind, sealed, masked, ifsc, blind, usable_from, created_by, created_at, confirmed, ifsc_note)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
				p.ID, p.Owner, p.Version, p.Kind, sealed, p.Masked, p.IFSC,
				s.vault.Blind(d.Account+d.IFSC+d.UPI), p.UsableFrom, actor.String(), tx.Now(), p.Confirmed, p.IFSCNote); err != nil {
				return Payee{}, err
			}
			if in.Artisan != "" {
				if err := payeeDue(tx, actor, p); err != nil {
					return Payee{}, err
				}
				if err := bump(tx, in.Artisan); err != nil {
					return Payee{}, err
				}
			}
			return p, auth.Audit(tx, actor, "payee.change", p.Owner, p.Masked)
		})
}

// payeeDue notes that a change of her payment details is to be told.
func payeeDue(tx *db.Tx, actor auth.Actor, p Payee) error {
	if p.Version == 1 {
		return nil
	}
	return due(tx, actor, Notice{Artisan: p.Owner, What: ChangedPayee, Change: p.ID, Masked: p.Masked, Kind: p.Kind, CountsAt: p.UsableFrom})
}

func (in PayeeInput) owner() string {
	if in.Group != "" {
		return in.Group
	}
	return in.Artisan
}

// covered returns ErrNotFound or ErrNoGroup unless the actor may act for the owner.
func (in PayeeInput) covered(tx *db.Tx, actor auth.Actor) error {
	if in.Group != "" {
		g, err := groupFor(tx, actor, in.Group)
		if err == nil && !actor.CoversArea(g.Area) {
			return ErrNoGroup
		}
		return err
	}
	area, err := areaOf(tx, in.Artisan)
	if err == nil && !actor.CoversArea(area) {
		return ErrNotFound
	}
	return err
}

func place(p Payee) vault.Place {
	return vault.Place{Table: "payees", Column: "sealed", Row: p.ID, Version: p.Version}
}

// OpenPayees opens payment details by their ids, for a bank file only: all of
// them, or ErrNoPayee.
func (s *Service) OpenPayees(tx *db.Tx, payees []string) (map[string]Details, error) {
	out := make(map[string]Details, len(payees))
	for batch := range slices.Chunk(payees, 500) {
		var rows []struct {
			Payee
			Sealed []byte `db:"sealed"`
		}
		if err := tx.Select(&rows, `
			SELECT id, owner_id, version, kind, masked, ifsc, usable_from, sealed
			FROM payees
			WHERE id IN (`+db.List(1, len(batch))+`)
			ORDER BY id`, db.Args(batch)...); err != nil {
			return nil, err
		}
		for _, row := range rows {
			plain, err := s.vault.Open(row.Sealed, place(row.Payee))
			if err != nil {
				return nil, err
			}
			var d Details
			if err := json.Unmarshal([]byte(plain), &d); err != nil {
				return nil, err
			}
			out[row.ID] = d
		}
	}
	for _, p := range payees {
		if _, ok := out[p]; !ok {
			return nil, ErrNoPayee
		}
	}
	return out, nil
}

// Payees reads the newest payment details of each owner (artisans and groups)
// within tx, masked; who has none is absent. It asks nobody's permission: callers must.
func Payees(tx *db.Tx, owners []string) (map[string]Payee, error) {
	if len(owners) == 0 {
		return nil, nil
	}
	var rows []Payee
	err := tx.Select(&rows, `
		SELECT p.id, p.owner_id, p.version, p.kind, p.masked, p.ifsc, p.ifsc_note, p.confirmed, p.usable_from
		FROM payees p
		WHERE p.owner_id IN (`+db.List(1, len(owners))+`)
			AND p.version = (SELECT MAX(q.version) FROM payees q WHERE q.owner_id = p.owner_id)
		ORDER BY p.owner_id`, db.Args(owners)...)
	out := make(map[string]Payee, len(rows))
	for _, p := range rows {
		out[p.Owner] = p
	}
	return out, err
}
