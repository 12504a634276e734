package catalog

import (
	"context"
	"regexp"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The kinds of lots (DESIGN §4.2).
const (
	Consigned    = "consigned"    // the woman's own work, hers until sold
	Commissioned = "commissioned" // the trust's, made for it: wages were owed when each stage passed its check
	Returned     = "returned"     // the trust's, bought back with its makers' credits
)

// Lot is a number of equal pieces of a variant with who made them and what is
// left of them in the store.
type Lot struct {
	ID            string      `db:"id"`
	VariantID     string      `db:"variant_id"`
	Code          string      `db:"code"`
	Kind          string      `db:"kind"`
	OwnerID       string      `db:"owner_id"`   // "" for the trust's
	Cost          money.Paise `db:"cost_paise"` // of one piece
	FromLot       string      `db:"from_lot"`   // where a returned piece was sold from
	Received      int64       `db:"received"`
	TrustMaterial bool        `db:"trust_material"`
	Material      money.Paise `db:"material_paise"` // that one piece of a consigned lot took from the trust's store
	CreatedAt     db.Time     `db:"created_at"`
	OnHand        int64       `db:"on_hand"`
	Reserved      int64       `db:"reserved"`
	Sold          int64       `db:"sold"`
	Makers        []Maker
}

// Ownership is what Split needs to know of the lot.
func (l Lot) Ownership() Ownership {
	o := Ownership{Owner: l.OwnerID, TrustMaterial: l.TrustMaterial, Makers: l.Makers}
	if l.Kind != Consigned {
		o.Lot, o.Cost, o.Commissioned = l.ID, l.Cost, l.Kind == Commissioned
	}
	return o
}

// Maker is who did a stage of a lot and with what weight (pieces, hours, days).
// The names are empty unless she consents to their being shown.
type Maker struct {
	Stage   string `db:"stage"`
	Artisan string `db:"artisan_id"`
	Weight  int64  `db:"weight"`
	NameEn  string `db:"name_en"`
	NameHi  string `db:"name_hi"`
	NameUr  string `db:"name_ur"`
	Area    string `db:"area"`
}

// VariantInput is a size of a product to add.
type VariantInput struct {
	Product string
	SKU     string
	Size    string
	Grams   int64       // of one piece, packed; 0 is the usual 400
	Parts   []PartInput // of a set, which has no stock and no card of its own
}

// MakerInput names who did a stage.
type MakerInput struct {
	Stage   string
	Artisan string
	Weight  int64
}

// LotInput is a consigned lot to receive into the store.
type LotInput struct {
	Variant       string
	Code          string // on the label; "" makes one
	Owner         string
	Pieces        int64
	TrustMaterial bool
	Material      money.Paise // of one piece, at cost, from the trust's store; 0 is not known
	Makers        []MakerInput
}

var (
	skuForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$`)
	sizeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ./×x-]{0,29}$`)
)

// AddVariant adds a size with its SKU. A coordinator of the area or an
// administrator may, while the piece is a draft or needs correction.
func (s *Service) AddVariant(ctx context.Context, actor auth.Actor, key string, in VariantInput) (Variant, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Variant{}, err
	}
	if !skuForm.MatchString(in.SKU) || !sizeForm.MatchString(in.Size) {
		return Variant{}, ErrProduct.At("sku, size", "an SKU has up to 40 letters, digits and . _ / -; a size up to 30")
	}
	if in.Grams < 0 || in.Grams > 100_000 {
		return Variant{}, ErrProduct.At("weight_grams", "a piece weighs 1 to 100,000 grams")
	}
	if in.Grams == 0 {
		in.Grams = usualGrams
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.variant", Key: key}, in,
		func(tx *db.Tx) (Variant, error) {
			p, err := s.one(tx, in.Product)
			if err != nil {
				return Variant{}, err
			}
			if !actor.CoversArea(p.Area) {
				return Variant{}, ErrNotFound
			}
			if p.State != Draft && p.State != NeedsCorrection {
				return Variant{}, ErrState.With("A piece that is %s takes no new variant. Nothing was changed.", p.State)
			}
			if p.OneOff && len(p.Variants) > 0 {
				return Variant{}, ErrProduct.With("A one-off piece has one variant. Nothing was saved.")
			}
			v := Variant{ID: id.New("var"), ProductID: in.Product, SKU: in.SKU, Size: in.Size, Grams: in.Grams}
			if err := insertVariant(tx, v); err != nil {
				return Variant{}, err
			}
			if err := addParts(tx, v.ID, in.Parts); err != nil {
				return Variant{}, err
			}
			parts, err := partsOf(tx, []string{v.ID})
			v.Parts = parts[v.ID]
			return v, err
		})
}

// usualGrams is the packed weight of a piece that nobody has weighed.
const usualGrams = 400

func insertVariant(tx *db.Tx, v Variant) error {
	n, err := tx.Exec(`
		INSERT INTO variants (id, product_id, sku, size, created_at, weight_grams)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (sku) DO NOTHING`, v.ID, v.ProductID, v.SKU, v.Size, tx.Now(), max(v.Grams, 1))
	if err == nil && n == 0 {
		return ErrSKU
	}
	return err
}

// ReceiveLot takes a consigned lot into the store. A coordinator of the area or
// an administrator may. Every wage stage of the card in force needs a maker, and
// a one-off piece is one lot of one.
func (s *Service) ReceiveLot(ctx context.Context, actor auth.Actor, key string, in LotInput) (Lot, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Lot{}, err
	}
	if err := in.check(); err != nil {
		return Lot{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.lot", Key: key}, in,
		func(tx *db.Tx) (Lot, error) {
			p, err := productOfVariant(tx, in.Variant)
			if err != nil {
				return Lot{}, err
			}
			if !actor.CoversArea(p.Area) {
				return Lot{}, ErrNotFound
			}
			if err := s.fits(tx, p, in); err != nil {
				return Lot{}, err
			}
			l, err := insertLot(tx, actor, in)
			if err != nil {
				return Lot{}, err
			}
			return l, touch(tx, p.ID)
		})
}

func (in LotInput) check() error {
	if in.Material < 0 || in.Material > money.Max || in.Material > 0 && !in.TrustMaterial {
		return ErrLot.At("material_cost", "what one piece took of the material that the trust issued")
	}
	if in.Pieces < 1 || in.Pieces > 100_000 {
		return ErrLot.At("pieces", "a lot has 1 to 100,000 pieces")
	}
	if in.Code != "" && !skuForm.MatchString(in.Code) {
		return ErrLot.At("code", "a code has up to 40 letters, digits and . _ / -")
	}
	if len(in.Makers) == 0 || len(in.Makers) > 100 {
		return ErrLot.At("makers", "a lot names 1 to 100 makers")
	}
	seen := map[string]bool{}
	for _, m := range in.Makers {
		if !stageForm.MatchString(m.Stage) || m.Weight < 1 || m.Weight > 1_000_000 || seen[m.Stage+m.Artisan] {
			return ErrLot.At("makers", "each maker stands once per stage, with a weight of 1 to 1,000,000")
		}
		seen[m.Stage+m.Artisan] = true
	}
	return nil
}

// fits checks the lot against its variant: card, one-off, and known makers.
func (s *Service) fits(tx *db.Tx, p productOf, in LotInput) error {
	who := []string{in.Owner}
	makers := make([]Maker, len(in.Makers))
	for i, m := range in.Makers {
		makers[i] = Maker{Stage: m.Stage, Artisan: m.Artisan, Weight: m.Weight}
		who = append(who, m.Artisan)
	}
	known, err := artisans.Load(tx, unique(who))
	if err != nil {
		return err
	}
	for _, w := range who {
		if _, ok := known[w]; !ok {
			return artisans.ErrNotFound
		}
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
	if !p.OneOff {
		return nil
	}
	var lots int
	if err := tx.Get(&lots, `
		SELECT COUNT(*)
		FROM lots l
		JOIN stock s ON s.lot_id = l.id AND s.place = 'store' AND s.on_hand > 0
		WHERE l.variant_id = $1`, in.Variant); err != nil {
		return err
	}
	if in.Pieces != 1 || lots > 0 {
		return ErrLot.With("A one-off piece is one lot of one piece. Nothing was saved.")
	}
	return nil
}

func insertLot(tx *db.Tx, actor auth.Actor, in LotInput) (Lot, error) {
	l := Lot{ID: id.New("lot"), VariantID: in.Variant, Code: in.Code, Kind: Consigned, OwnerID: in.Owner,
		Received: in.Pieces, TrustMaterial: in.TrustMaterial, Material: in.Material, CreatedAt: tx.Now(), OnHand: in.Pieces}
	if l.Code == "" {
		l.Code = "L-" + l.ID[len(l.ID)-10:]
	}
	n, err := tx.Exec(`
		INSERT INTO lots (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, material_paise, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10)
		ON CONFLICT (code) DO NOTHING`,
		l.ID, l.VariantID, l.Code, l.Kind, l.OwnerID, l.Received, l.TrustMaterial, l.Material, actor.String(), l.CreatedAt)
	if err != nil {
		return Lot{}, err
	}
	if n == 0 {
		return Lot{}, ErrLotCode
	}
	for _, m := range in.Makers {
		l.Makers = append(l.Makers, Maker{Stage: m.Stage, Artisan: m.Artisan, Weight: m.Weight})
	}
	if err := insertMakers(tx, l.ID, in.Makers); err != nil {
		return Lot{}, err
	}
	_, err = tx.Exec(`
		INSERT INTO stock (lot_id, place, on_hand)
		VALUES ($1, $2, $3)`, l.ID, Store, in.Pieces)
	return l, err
}

func insertMakers(tx *db.Tx, lot string, makers []MakerInput) error {
	args := make([]any, 0, 5*len(makers))
	for i, m := range makers {
		args = append(args, lot, i+1, m.Stage, m.Artisan, m.Weight)
	}
	_, err := tx.Exec(`
		INSERT INTO lot_makers (lot_id, pos, stage, artisan_id, weight)
		VALUES `+db.Values(len(makers), 5), args...)
	return err
}

// Lot reads one lot. Coordinators of the area and administrators may.
func (s *Service) Lot(ctx context.Context, actor auth.Actor, lot string) (Lot, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Lot{}, err
	}
	var out Lot
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := loadLots(tx, `l.id`, []string{lot})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNotFound
		}
		p, err := productOfVariant(tx, found[0].VariantID)
		if err != nil {
			return err
		}
		if !actor.CoversArea(p.Area) {
			return ErrNotFound
		}
		out = found[0]
		return nil
	})
	return out, err
}
