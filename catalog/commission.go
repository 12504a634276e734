package catalog

import (
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// CommissionedInput is a lot that the workshop has finished.
type CommissionedInput struct {
	Lot     string // its id, which its stock account has had since the first wage
	Variant string
	Cost    money.Paise // of one piece
	Good    int64       // for the store
	Spoiled int64       // set aside, to be written off by two people
	Makers  []MakerInput
}

// Commission takes a finished lot of the trust's own into stock. Every wage stage
// of the card in force must have its makers. Returns ErrLot, ErrNotFound.
func Commission(tx *db.Tx, actor auth.Actor, in CommissionedInput) error {
	makers := make([]Maker, len(in.Makers))
	for i, m := range in.Makers {
		makers[i] = Maker{Stage: m.Stage, Artisan: m.Artisan, Weight: m.Weight}
	}
	cards, err := cardsFromNow(tx, in.Variant)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if err := covers(c, makers); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`
		INSERT INTO lots (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, created_by, created_at)
		VALUES ($1, $2, $3, 'commissioned', NULL, $4, $5, TRUE, $6, $7)`,
		in.Lot, in.Variant, "J-"+in.Lot[len(in.Lot)-10:], in.Cost, in.Good+in.Spoiled, actor.String(), tx.Now()); err != nil {
		return err
	}
	if err := insertMakers(tx, in.Lot, in.Makers); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO stock (lot_id, place, on_hand)
		VALUES ($1, $2, $3)`, in.Lot, Store, in.Good); err != nil {
		return err
	}
	if in.Spoiled > 0 {
		if _, err := tx.Exec(`
			INSERT INTO stock (lot_id, place, on_hand)
			VALUES ($1, $2, $3)`, in.Lot, Aside, in.Spoiled); err != nil {
			return err
		}
		if _, err := ProposeWriteOff(tx, actor, WriteOffInput{Lot: in.Lot, Place: Aside, Pieces: in.Spoiled, Reason: "did not pass the check"}); err != nil {
			return err
		}
	}
	return touchVariant(tx, in.Variant)
}

// Reagree lets the free pieces of a consigned lot become a lot of their own, whose
// stage was made by others or in other parts; what is sold or reserved stays as it
// was agreed. It returns the new lot's id, or ErrLot when no piece is free.
func Reagree(tx *db.Tx, actor auth.Actor, lot, stage string, makers []MakerInput) (string, error) {
	found, err := loadLots(tx, `l.id`, []string{lot})
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", ErrNotFound
	}
	old := found[0]
	free := old.OnHand - old.Reserved
	if old.Kind != Consigned || free == 0 {
		return "", ErrLot.With("No piece of this lot is free, so nothing can be agreed anew. Nothing was changed.")
	}
	if _, err := tx.Exec(`
		UPDATE stock
		SET on_hand = on_hand - $1
		WHERE lot_id = $2 AND place = $3`, free, lot, Store); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`
		UPDATE lots
		SET received = received - $1
		WHERE id = $2`, free, lot); err != nil {
		return "", err
	}
	var all []MakerInput
	for _, m := range old.Makers {
		if m.Stage != stage {
			all = append(all, MakerInput{m.Stage, m.Artisan, m.Weight})
		}
	}
	l := id.New("lot")
	if _, err := tx.Exec(`
		INSERT INTO lots (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, material_paise, from_lot, created_by, created_at)
		VALUES ($1, $2, $3, 'consigned', $4, 0, $5, $6, $7, $8, $9, $10)`,
		l, old.VariantID, "A-"+l[len(l)-10:], old.OwnerID, free, old.TrustMaterial, old.Material, old.ID, actor.String(), tx.Now()); err != nil {
		return "", err
	}
	if err := insertMakers(tx, l, append(all, makers...)); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`
		INSERT INTO stock (lot_id, place, on_hand)
		VALUES ($1, $2, $3)`, l, Store, free); err != nil {
		return "", err
	}
	return l, touchVariant(tx, old.VariantID)
}

// CardNow is the card in force of a variant for the shop, and the area of its
// product, within tx. Returns ErrNotFound, ErrNotReady without a card.
func CardNow(tx *db.Tx, variant string) (c Card, area string, err error) {
	p, err := productOfVariant(tx, variant)
	if err != nil {
		return c, "", err
	}
	cards, err := cardsFromNow(tx, variant)
	if err != nil {
		return c, "", err
	}
	if len(cards) == 0 {
		return c, "", ErrNotReady.With("This size has no price card, so its stages and wages are not known. Nothing was saved.")
	}
	return cards[0], p.Area, nil
}

// LotNow reads a lot with its makers and the area of its product, within tx.
func LotNow(tx *db.Tx, lot string) (l Lot, area string, err error) {
	found, err := loadLots(tx, `l.id`, []string{lot})
	if err != nil {
		return l, "", err
	}
	if len(found) == 0 {
		return l, "", ErrNotFound
	}
	p, err := productOfVariant(tx, found[0].VariantID)
	return found[0], p.Area, err
}

// AreaOf is the area of a variant's product, within tx. Returns ErrNotFound.
func AreaOf(tx *db.Tx, variant string) (string, error) {
	p, err := productOfVariant(tx, variant)
	return p.Area, err
}
