package catalog

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/idem"
)

// ErrEdited is returned when somebody else changed the piece after it was looked at.
var ErrEdited = fault.New(fault.Conflict, "catalog.edited", "Somebody else has changed this piece since you opened it. Nothing was saved; look at it again.")

// Edition is what a piece said from one moment on, and who made it say so.
type Edition struct {
	No      int64
	Facts   ProductInput
	Actor   string
	At      db.Time
	Changed []string // the names of what differs from the edition before
}

// EditInput is a piece as it shall be from now on.
type EditInput struct {
	Product string
	Edition int64 // the number of the edition that was looked at
	Facts   ProductInput
}

// Facts are what was said of a piece when it was listed or edited last.
func (p Product) Facts() ProductInput {
	return ProductInput{Title: p.Title, Description: p.Description, Care: p.Care, Area: p.Area, Craft: p.Craft, Garment: p.Garment, Fabric: p.Fabric,
		Colour: p.Colour, Techniques: p.Techniques, HSN: p.HSN, OneOff: p.OneOff, MadeToOrder: p.MadeToOrder, LeadDays: p.LeadDays}
}

// Edit replaces what is said of a piece. A coordinator of the area may while it is a
// draft or needs correction; an administrator until it is archived, and what is
// published shows at once. The HSN code stays when a price card was reckoned with it,
// and whether it is a single piece when a lot was received. Returns ErrProduct,
// ErrNotFound, ErrState, ErrEdited.
func (s *Service) Edit(ctx context.Context, actor auth.Actor, key string, in EditInput) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	in.Facts.tidy()
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.edit", Key: key}, in,
		func(tx *db.Tx) (Product, error) {
			p, err := s.one(tx, in.Product)
			if err != nil {
				return Product{}, err
			}
			if in.Facts.HSN == gst.Digits(p.HSN) { // as it was told: the table's own mark stays
				in.Facts.HSN = p.HSN
			}
			if err := s.mayEdit(tx, actor, p, in); err != nil {
				return Product{}, err
			}
			changed := in.Facts.differs(p.Facts())
			if len(changed) == 0 {
				return p, nil
			}
			if err := edit(tx, actor, p, in.Facts); err != nil {
				return Product{}, err
			}
			if err := touch(tx, p.ID); err != nil {
				return Product{}, err
			}
			if err := auth.Audit(tx, actor, "product.edit", p.ID, strings.Join(changed, " ")); err != nil {
				return Product{}, err
			}
			return s.one(tx, p.ID)
		})
}

// editable checks that the actor may change a piece in its present state.
func editable(actor auth.Actor, p Product) error {
	early := p.State == Draft || p.State == NeedsCorrection
	switch {
	case !actor.CoversArea(p.Area):
		return ErrNotFound
	case p.State == Archived, !early && !actor.Has(auth.Administrator):
		return ErrState.With("A piece that is %s is changed by an administrator, an archived one by nobody. Nothing was changed.", p.State)
	}
	return nil
}

// mayEdit checks who edits what, and that it may be said of this piece.
func (s *Service) mayEdit(tx *db.Tx, actor auth.Actor, p Product, in EditInput) error {
	if err := editable(actor, p); err != nil {
		return err
	}
	switch {
	case p.Edition != in.Edition:
		return ErrEdited
	case !actor.CoversArea(in.Facts.Area):
		return auth.ErrForbidden
	}
	if err := in.Facts.check(p.Craft == ImportCraft); err != nil {
		return err
	}
	for _, v := range p.Variants {
		if in.Facts.HSN != p.HSN && v.Card != nil {
			return ErrProduct.At("hsn", "a price card was reckoned with the present code")
		}
		if in.Facts.OneOff != p.OneOff && len(v.Lots) > 0 {
			return ErrProduct.At("one_off", "a lot of it has been received")
		}
	}
	if in.Facts.HSN == p.HSN {
		return nil
	}
	_, err := s.gst.Rate(in.Facts.HSN, 1, tx.Now().Date())
	return err
}

func edit(tx *db.Tx, actor auth.Actor, p Product, f ProductInput) error {
	if p.Edition == 1 { // it may be older than editions are
		if err := insertEdition(tx, p.ID, Edition{No: 1, Facts: p.Facts(), Actor: p.CreatedBy, At: p.CreatedAt}); err != nil {
			return err
		}
	}
	n, err := tx.Exec(`
		UPDATE products
		SET area = $1, craft = $2, garment = $3, fabric = $4, colour = $5, title_en = $6, title_hi = $7, title_ur = $8, description_en = $9,
			description_hi = $10, description_ur = $11, care_en = $12, care_hi = $13, care_ur = $14, one_off = $15, made_to_order = $16, lead_days = $17,
			edition = edition + 1
		WHERE id = $18 AND edition = $19`, f.Area, f.Craft, f.Garment, f.Fabric, f.Colour, f.Title.En, f.Title.Hi, f.Title.Ur, f.Description.En,
		f.Description.Hi, f.Description.Ur, f.Care.En, f.Care.Hi, f.Care.Ur, f.OneOff, f.MadeToOrder, f.LeadDays, p.ID, p.Edition)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrEdited
	}
	if f.HSN != p.HSN {
		if _, err := tx.Exec(`
			UPDATE products
			SET hsn = $1, hsn_by = $2, hsn_on = $3
			WHERE id = $4`, f.HSN, actor.String(), tx.Now().Date(), p.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`
		DELETE FROM product_techniques
		WHERE product_id = $1`, p.ID); err != nil {
		return err
	}
	if err := insertTechniques(tx, p.ID, f.Techniques); err != nil {
		return err
	}
	return insertEdition(tx, p.ID, Edition{No: p.Edition + 1, Facts: f, Actor: actor.String(), At: tx.Now()})
}

func insertEdition(tx *db.Tx, product string, e Edition) error {
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO product_editions (product_id, no, facts, actor, made_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (product_id, no) DO NOTHING`, product, e.No, string(facts), e.Actor, e.At)
	return err
}

// differs names what is not the same in two descriptions of a piece.
func (in ProductInput) differs(from ProductInput) (out []string) {
	slices.Sort(in.Techniques)
	before := slices.Sorted(slices.Values(from.Techniques))
	for _, f := range []struct {
		name string
		same bool
	}{
		{"title", in.Title == from.Title}, {"description", in.Description == from.Description}, {"care", in.Care == from.Care}, {"area", in.Area == from.Area},
		{"craft", in.Craft == from.Craft}, {"garment", in.Garment == from.Garment}, {"fabric", in.Fabric == from.Fabric}, {"colour", in.Colour == from.Colour},
		{"techniques", slices.Equal(in.Techniques, before)}, {"hsn", in.HSN == from.HSN}, {"one_off", in.OneOff == from.OneOff},
		{"made_to_order", in.MadeToOrder == from.MadeToOrder}, {"lead_days", in.LeadDays == from.LeadDays},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}

// Editions tell who said what of a piece, the newest first. Only administrators and
// coordinators of the area. Returns ErrNotFound.
func (s *Service) Editions(ctx context.Context, actor auth.Actor, product string) ([]Edition, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return nil, err
	}
	var out []Edition
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		p, err := s.one(tx, product)
		if err != nil {
			return err
		}
		if !actor.CoversArea(p.Area) {
			return ErrNotFound
		}
		out, err = editionsOf(tx, p)
		return err
	})
	return out, err
}

func editionsOf(tx *db.Tx, p Product) ([]Edition, error) {
	var rows []struct {
		No    int64   `db:"no"`
		Facts string  `db:"facts"`
		Actor string  `db:"actor"`
		At    db.Time `db:"made_at"`
	}
	if err := tx.Select(&rows, `
		SELECT no, facts, actor, made_at
		FROM product_editions
		WHERE product_id = $1
		ORDER BY no`, p.ID); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []Edition{{No: 1, Facts: p.Facts(), Actor: p.CreatedBy, At: p.CreatedAt}}, nil
	}
	out := make([]Edition, len(rows))
	for i, r := range rows {
		e := Edition{No: r.No, Actor: r.Actor, At: r.At}
		if err := json.Unmarshal([]byte(r.Facts), &e.Facts); err != nil {
			return nil, err
		}
		if i > 0 {
			e.Changed = e.Facts.differs(out[i-1].Facts)
		}
		out[i] = e
	}
	slices.Reverse(out)
	return out, nil
}
