package catalog

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
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// The faults of what comes back and of what is lost.
var (
	ErrWriteOff   = fault.New(fault.Invalid, "catalog.write_off", "This cannot be written off. Nothing was changed.")
	ErrSamePerson = fault.New(fault.Forbidden, "catalog.same_person", "Whoever proposes a write-off cannot approve it. Nothing was changed; ask a second person.")
)

// The places of stock beside the store.
const (
	WithMaker = "maker" // gone back to the woman whose it is
	Aside     = "aside" // in the house, not for sale
)

// TakenBack is one piece that came back from a buyer.
type TakenBack struct {
	From    string      // the lot it was sold from
	Cost    money.Paise // what the trust gave for it: the credits its makers keep
	Place   string      // Store, Aside or WithMaker
	ToMaker bool        // it is hers again: a consigned lot of her own
}

// TakeBack puts one returned piece into a new lot of one, which points to the
// lot it was sold from and has the same makers; it never rejoins that lot
// (DESIGN §4.2). It returns the new lot's id.
func TakeBack(tx *db.Tx, actor auth.Actor, in TakenBack) (string, error) {
	found, err := loadLots(tx, `l.id`, []string{in.From})
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", ErrNotFound
	}
	old := found[0]
	lot, kind := id.New("lot"), Returned
	var owner *string
	if in.ToMaker {
		kind, owner = Consigned, &old.OwnerID
	}
	if _, err := tx.Exec(`
		INSERT INTO lots (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, from_lot, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10)`,
		lot, old.VariantID, "R-"+lot[len(lot)-10:], kind, owner, in.Cost, old.TrustMaterial, old.ID, actor.String(), tx.Now()); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`
		INSERT INTO lot_makers (lot_id, pos, stage, artisan_id, weight)
		SELECT CAST($1 AS TEXT), m.pos, m.stage, m.artisan_id, m.weight
		FROM lot_makers m
		WHERE m.lot_id = $2`, lot, old.ID); err != nil {
		return "", err
	}
	places := []string{Store}
	if in.Place != Store {
		places = append(places, in.Place)
	}
	for _, place := range places { // every lot has its row in the store
		n := 0
		if place == in.Place {
			n = 1
		}
		if _, err := tx.Exec(`
			INSERT INTO stock (lot_id, place, on_hand)
			VALUES ($1, $2, $3)`, lot, place, n); err != nil {
			return "", err
		}
	}
	return lot, touchVariant(tx, old.VariantID)
}

// WriteOff is a number of pieces that are lost or spoiled, proposed by one
// person and approved by another.
type WriteOff struct {
	ID         string      `db:"id"`
	Lot        string      `db:"lot_id"`
	Place      string      `db:"place"`
	Pieces     int64       `db:"pieces"`
	Reason     string      `db:"reason"`
	Cost       money.Paise `db:"cost_paise"` // of one piece
	ProposedBy string      `db:"proposed_by"`
	ProposedAt db.Time     `db:"proposed_at"`
	ApprovedBy string      `db:"approved_by"`
	ApprovedAt *db.Time    `db:"approved_at"`
}

const writeOffColumns = `w.id, w.lot_id, w.place, w.pieces, w.reason, l.cost_paise, w.proposed_by, w.proposed_at, w.approved_by, w.approved_at`

// WriteOffInput proposes a write-off.
type WriteOffInput struct {
	Lot    string
	Place  string
	Pieces int64
	Reason string
}

// ProposeWriteOff asks that pieces of the trust's own lot be written off. An
// administrator or the finance preparer may; nothing moves before a second
// person approves. A consigned piece is its maker's: it is paid for, not
// written off.
func (s *Service) ProposeWriteOff(ctx context.Context, actor auth.Actor, key string, in WriteOffInput) (WriteOff, error) {
	if err := actor.Require(auth.Administrator, auth.Preparer); err != nil {
		return WriteOff{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Pieces < 1 || in.Pieces > 100_000 || in.Reason == "" || len(in.Reason) > 500 || !slices.Contains([]string{Store, Aside}, in.Place) {
		return WriteOff{}, ErrWriteOff.At("pieces, reason, place", "one piece or more, with a reason, in the store or aside")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.write_off", Key: key}, in,
		func(tx *db.Tx) (WriteOff, error) { return ProposeWriteOff(tx, actor, in) })
}

// ProposeWriteOff is the same within tx, for a returned piece found spoiled.
func ProposeWriteOff(tx *db.Tx, actor auth.Actor, in WriteOffInput) (WriteOff, error) {
	var kind string
	err := tx.Get(&kind, `
		SELECT kind
		FROM lots
		WHERE id = $1`, in.Lot)
	if errors.Is(err, db.ErrNone) {
		return WriteOff{}, ErrNotFound
	}
	if err != nil {
		return WriteOff{}, err
	}
	if kind == Consigned {
		return WriteOff{}, ErrWriteOff.With("A consigned piece belongs to its maker and is not written off. Nothing was changed.")
	}
	w := id.New("wro")
	if _, err := tx.Exec(`
		INSERT INTO write_offs (id, lot_id, place, pieces, reason, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, w, in.Lot, in.Place, in.Pieces, in.Reason, actor.String(), tx.Now()); err != nil {
		return WriteOff{}, err
	}
	return writeOff(tx, w)
}

// ApproveWriteOff takes the pieces out of stock and their cost to the written
// off. A finance approver or an administrator may, never whoever proposed it.
func (s *Service) ApproveWriteOff(ctx context.Context, actor auth.Actor, key, writeOffID string) (WriteOff, error) {
	if err := actor.Require(auth.Administrator, auth.Approver); err != nil {
		return WriteOff{}, err
	}
	if actor.Via != auth.ViaSession {
		return WriteOff{}, auth.ErrKeyApproves
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.write_off_approve", Key: key}, writeOffID,
		func(tx *db.Tx) (WriteOff, error) {
			w, err := writeOff(tx, writeOffID)
			if err != nil {
				return WriteOff{}, err
			}
			if w.ProposedBy == actor.String() {
				return WriteOff{}, ErrSamePerson
			}
			if err := approveWriteOff(tx, actor, w); err != nil {
				return WriteOff{}, err
			}
			return writeOff(tx, writeOffID)
		})
}

func approveWriteOff(tx *db.Tx, actor auth.Actor, w WriteOff) error {
	n, err := tx.Exec(`
		UPDATE write_offs
		SET approved_by = $1, approved_at = $2
		WHERE id = $3 AND approved_at IS NULL`, actor.String(), tx.Now(), w.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState.With("This write-off has been approved already. Nothing was changed.")
	}
	n, err = tx.Exec(`
		UPDATE stock
		SET on_hand = on_hand - $1, written_off = written_off + $1
		WHERE lot_id = $2 AND place = $3 AND on_hand - reserved >= $1`, w.Pieces, w.Lot, w.Place)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrWriteOff.With("There are not that many free pieces there any more. Nothing was changed.")
	}
	cost, err := w.Cost.Times(w.Pieces)
	if err != nil {
		return err
	}
	if cost > 0 {
		if _, err := ledger.Post(tx, ledger.New("write_off", "write_off:"+w.ID, actor.String()).Because("spoiled").
			Debit(ledger.WrittenOff, cost, ledger.Tags{Lot: w.Lot}).Credit(ledger.Stock(w.Lot), cost, ledger.Tags{Lot: w.Lot})); err != nil {
			return err
		}
	}
	if err := auth.Audit(tx, actor, "stock.write_off", w.ID, w.Reason); err != nil {
		return err
	}
	var variant string
	if err := tx.Get(&variant, `
		SELECT variant_id
		FROM lots
		WHERE id = $1`, w.Lot); err != nil {
		return err
	}
	return touchVariant(tx, variant)
}

func writeOff(tx *db.Tx, writeOffID string) (WriteOff, error) {
	var w WriteOff
	err := tx.Get(&w, `
		SELECT `+writeOffColumns+`
		FROM write_offs w
		JOIN lots l ON l.id = w.lot_id
		WHERE w.id = $1`, writeOffID)
	if errors.Is(err, db.ErrNone) {
		return w, ErrNotFound
	}
	return w, err
}

// OpenWriteOffs lists up to 200 proposals that wait for a second person.
func (s *Service) OpenWriteOffs(ctx context.Context, actor auth.Actor) ([]WriteOff, error) {
	if err := actor.Require(auth.Administrator, auth.Approver, auth.Preparer); err != nil {
		return nil, err
	}
	var out []WriteOff
	err := s.db.Select(ctx, &out, `
		SELECT `+writeOffColumns+`
		FROM write_offs w
		JOIN lots l ON l.id = w.lot_id
		WHERE w.approved_at IS NULL
		ORDER BY w.id
		LIMIT 200`)
	return out, err
}
