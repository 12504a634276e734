package catalog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
)

// Text is one text in the three languages; English is always there.
type Text struct{ En, Hi, Ur string }

// In is the text in that language, or in English where it is missing.
func (t Text) In(language string) string {
	switch {
	case language == "hi" && t.Hi != "":
		return t.Hi
	case language == "ur" && t.Ur != "":
		return t.Ur
	}
	return t.En
}

// Create lists a new draft. A coordinator of the area or an administrator may.
func (s *Service) Create(ctx context.Context, actor auth.Actor, key string, in ProductInput) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	if err := in.check(false); err != nil {
		return Product{}, err
	}
	if !actor.CoversArea(in.Area) {
		return Product{}, auth.ErrForbidden
	}
	if _, err := s.gst.Rate(in.HSN, 1, s.db.Clock.Now().Date()); err != nil {
		return Product{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.create", Key: key}, in,
		func(tx *db.Tx) (Product, error) {
			product := id.New("prd")
			if err := insertProduct(tx, actor, product, in, nil); err != nil {
				return Product{}, err
			}
			return s.one(tx, product)
		})
}

func insertProduct(tx *db.Tx, actor auth.Actor, product string, in ProductInput, importID *string) error {
	if _, err := tx.Exec(`
		INSERT INTO products (id, slug, state, area, craft, garment, fabric, colour, title_en, title_hi, title_ur,
			description_en, description_hi, description_ur, hsn, hsn_by, hsn_on, one_off, import_id, created_by, created_at, changed_at, made_to_order,
			care_en, care_hi, care_ur, lead_days)
		VALUES ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $15, $19, $19, $20, $21, $22, $23, $24)`,
		product, slug(in.Title.En, product), in.Area, in.Craft, in.Garment, in.Fabric, in.Colour,
		strings.TrimSpace(in.Title.En), in.Title.Hi, in.Title.Ur, in.Description.En, in.Description.Hi, in.Description.Ur,
		in.HSN, actor.String(), tx.Now().Date(), in.OneOff, importID, tx.Now(), in.MadeToOrder,
		in.Care.En, in.Care.Hi, in.Care.Ur, in.LeadDays); err != nil {
		return err
	}
	return insertTechniques(tx, product, in.Techniques)
}

func insertTechniques(tx *db.Tx, product string, techniques []string) error {
	for _, t := range techniques {
		if _, err := tx.Exec(`
			INSERT INTO product_techniques (product_id, technique)
			VALUES ($1, $2)
			ON CONFLICT (product_id, technique) DO NOTHING`, product, t); err != nil {
			return err
		}
	}
	return nil
}

// slug is the title in ASCII words and the random end of the id.
func slug(title, product string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-") + "-" + product[len(product)-8:]
}

// Submit hands a draft in for publication.
func (s *Service) Submit(ctx context.Context, actor auth.Actor, key, product string) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	return s.move(ctx, actor, key, step{product, Submitted, ""})
}

// Publish shows a submitted piece in the shop. Only an administrator may. The
// piece needs, for every variant, a price and a lot whose makers cover the card.
func (s *Service) Publish(ctx context.Context, actor auth.Actor, key, product string) (Product, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Product{}, err
	}
	return s.move(ctx, actor, key, step{product, Published, ""})
}

// SendBack returns a submitted piece for correction with a note. Only an
// administrator may. Returns ErrNote without one.
func (s *Service) SendBack(ctx context.Context, actor auth.Actor, key, product, note string) (Product, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Product{}, err
	}
	if note = strings.TrimSpace(note); note == "" || len(note) > 3_000 {
		return Product{}, ErrNote
	}
	return s.move(ctx, actor, key, step{product, NeedsCorrection, note})
}

// Archive takes a piece out of the shop for good. Only an administrator may.
func (s *Service) Archive(ctx context.Context, actor auth.Actor, key, product string) (Product, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Product{}, err
	}
	return s.move(ctx, actor, key, step{product, Archived, ""})
}

// step is one move of a product through Moves.
type step struct {
	Product string
	To      State
	Note    string
}

func (s *Service) move(ctx context.Context, actor auth.Actor, key string, m step) (Product, error) {
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.move", Key: key}, m,
		func(tx *db.Tx) (Product, error) {
			p, err := s.one(tx, m.Product)
			if err != nil {
				return Product{}, err
			}
			if !actor.CoversArea(p.Area) {
				return Product{}, ErrNotFound
			}
			if !slices.Contains(Moves[p.State], m.To) {
				return Product{}, ErrState.With("A piece that is %s cannot become %s. Nothing was changed.", p.State, m.To)
			}
			if m.To == Published {
				if err := p.ready(); err != nil {
					return Product{}, err
				}
			}
			if err := setState(tx, p.ID, p.State, m.To, m.Note); err != nil {
				return Product{}, err
			}
			if err := auth.Audit(tx, actor, "product."+string(m.To), m.Product, m.Note); err != nil {
				return Product{}, err
			}
			return s.one(tx, m.Product)
		})
}

func setState(tx *db.Tx, product string, from, to State, note string) error {
	var published *db.Time
	if to == Published {
		now := tx.Now()
		published = &now
	}
	n, err := tx.Exec(`
		UPDATE products
		SET state = $1, note = $2, published_at = COALESCE($3, published_at), changed_at = $4, version = version + 1
		WHERE id = $5 AND state = $6`, to, note, published, tx.Now(), product, from)
	if err == nil && n == 0 {
		return ErrState
	}
	return err
}

// Lack is what a piece still needs before it can be published: "variant", "card",
// "lot" or "maker", and of which variant.
type Lack struct {
	What, SKU string
	err       error
}

// ready returns what a piece lacks first for publication, as a fault.
func (p Product) ready() error {
	if lacks := p.Lacks(); len(lacks) > 0 {
		return lacks[0].err
	}
	return nil
}

// Lacks are what a piece still needs for publication.
func (p Product) Lacks() []Lack {
	if len(p.Variants) == 0 {
		return []Lack{{"variant", "", ErrNotReady.With("The piece has no variant yet. Nothing was changed; add a size and its SKU first.")}}
	}
	var out []Lack
	for _, v := range p.Variants {
		if len(v.Parts) > 0 {
			if err := v.setReady(); err != nil {
				out = append(out, Lack{"lot", v.SKU, err})
			}
			continue
		}
		if v.Card == nil {
			out = append(out, Lack{"card", v.SKU, ErrNotReady.With("The variant %s has no price card. Nothing was changed.", v.SKU)})
		}
		if len(v.Lots) == 0 {
			out = append(out, Lack{"lot", v.SKU, ErrNotReady.With("The variant %s has no lot, so nobody would be paid for it. Nothing was changed.", v.SKU)})
		}
		for _, l := range v.Lots {
			if l.Kind == Returned || v.Card == nil { // a returned piece's makers have been paid
				continue
			}
			if err := covers(*v.Card, l.Makers); err != nil {
				out = append(out, Lack{"maker", v.SKU, err})
			}
		}
	}
	return out
}

// touch raises the version of a product and of the sets that hold pieces of it,
// so that pages and indexes renew them.
func touch(tx *db.Tx, product string) error {
	_, err := tx.Exec(`
		UPDATE products
		SET version = version + 1, changed_at = $1
		WHERE id = $2 OR id IN (
			SELECT s.product_id
			FROM set_parts p
			JOIN variants s ON s.id = p.variant_id
			JOIN variants v ON v.id = p.part_id
			WHERE v.product_id = $2)`, tx.Now(), product)
	return err
}

// ArtisanChanged renews every product that the artisan has made a part of, and
// takes down the photos that show her when she consents no more; it is what
// artisans.SetConsent calls.
func ArtisanChanged(tx *db.Tx, artisan string) error {
	if err := hide(tx, artisan); err != nil {
		return err
	}
	_, err := tx.Exec(`
		UPDATE products
		SET version = version + 1, changed_at = $1
		WHERE id IN (
			SELECT v.product_id
			FROM lot_makers m
			JOIN lots l ON l.id = m.lot_id
			JOIN variants v ON v.id = l.variant_id
			WHERE m.artisan_id = $2
			UNION
			SELECT s.product_id
			FROM lot_makers m
			JOIN lots l ON l.id = m.lot_id
			JOIN set_parts p ON p.part_id = l.variant_id
			JOIN variants s ON s.id = p.variant_id
			WHERE m.artisan_id = $2)`, tx.Now(), artisan)
	return err
}

// one reads a product whole, or ErrNotFound.
func (s *Service) one(tx *db.Tx, product string) (Product, error) {
	found, err := load(tx, []string{product})
	if err != nil {
		return Product{}, err
	}
	if len(found) == 0 {
		return Product{}, ErrNotFound
	}
	return found[0], nil
}

// Product reads one piece. Published pieces are open to all; others only to
// administrators and coordinators of the area.
func (s *Service) Product(ctx context.Context, actor auth.Actor, product string) (Product, error) {
	var p Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		p, err = s.one(tx, product)
		return err
	})
	if err == nil && !p.public() && !actor.CoversArea(p.Area) {
		return Product{}, ErrNotFound
	}
	return p, err
}

// BySlug reads a published piece by the words of its address.
func (s *Service) BySlug(ctx context.Context, slug string) (Product, error) {
	var p Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var product string
		err := tx.Get(&product, `
			SELECT id
			FROM products
			WHERE slug = $1`, slug)
		if errors.Is(err, db.ErrNone) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		p, err = s.one(tx, product)
		return err
	})
	if err == nil && !p.public() {
		return Product{}, ErrNotFound
	}
	return p, err
}

// Products lists up to limit products after an id in a state, in the actor's areas.
func (s *Service) Products(ctx context.Context, actor auth.Actor, state State, after string, limit int) ([]Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return nil, err
	}
	areas := actor.Areas()
	if areas == nil {
		areas = artisans.Areas
	}
	if len(areas) == 0 {
		return nil, nil
	}
	args := []any{state, after, limit}
	for _, a := range areas {
		args = append(args, a)
	}
	var out []Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var ids []string
		if err := tx.Select(&ids, `
			SELECT id
			FROM products
			WHERE state = $1 AND id > $2 AND area IN (`+db.List(4, len(areas))+`)
			ORDER BY id
			LIMIT $3`, args...); err != nil {
			return err
		}
		var err error
		out, err = load(tx, ids)
		return err
	})
	return out, err
}
