package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
)

const (
	importStep = 500
	// importBreath between two steps is longer than the longest pause of a writer
	// of another process that waits for the same SQLite file.
	importBreath = 110 * time.Millisecond
	// maxArgs is where SQLite is fastest: it finds a parameter by name, so the
	// time of a statement grows with their square (2,000 take three times as long
	// for the same rows).
	maxArgs = 250
)

// importWriter writes planned rows under one import.
type importWriter struct {
	service *Service
	actor   auth.Actor
	in      ImportInput
	source  string
	id      string // of the import; "" until there is something to write
	maker   string
	report  ImportReport
}

// run writes all rows and shows them.
func (w *importWriter) run(ctx context.Context, rows []importRow) error {
	if !w.in.DryRun {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	for done := 0; done < len(rows); {
		next := min(done+importStep, len(rows))
		if err := w.step(ctx, rows[done:next]); err != nil {
			return err
		}
		done = next
		if w.in.Progress != nil {
			w.in.Progress(done, len(rows))
		}
		if w.in.DryRun || done == len(rows) {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(importBreath):
		}
	}
	if w.in.DryRun || w.id == "" {
		return nil
	}
	return w.show(ctx)
}

// begin finds the import of the same source that was cut off, and the maker.
func (w *importWriter) begin(ctx context.Context) error {
	d := w.service.db
	err := d.Get(ctx, &w.id, `
		SELECT id
		FROM imports
		WHERE source = $1 AND state = 'loading'
		ORDER BY id
		LIMIT 1`, w.source)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	w.report.ImportID = w.id
	if w.in.PublishWith == nil {
		return nil
	}
	err = d.Get(ctx, &w.maker, `
		SELECT id
		FROM artisans
		WHERE area = $1 AND name_en = $2
		ORDER BY id
		LIMIT 1`, w.in.Area, w.in.PublishWith.Maker)
	if !errors.Is(err, db.ErrNone) {
		return err
	}
	a, err := artisans.NewService(d, nil).Create(ctx, w.actor, "import maker "+w.in.Area+" "+w.in.PublishWith.Maker,
		artisans.Input{NameEn: w.in.PublishWith.Maker, Area: w.in.Area, Member: true})
	w.maker = a.ID
	return err
}

// step writes up to importStep rows in one transaction.
func (w *importWriter) step(ctx context.Context, rows []importRow) error {
	var fresh []importRow
	var importID string
	transaction := w.service.db.Write
	if w.in.DryRun {
		transaction = w.service.db.Read
	}
	err := transaction(ctx, func(tx *db.Tx) error {
		var orphans []string
		var err error
		if fresh, orphans, err = w.divide(tx, rows); err != nil || w.in.DryRun {
			return err
		}
		importID = w.id
		if len(fresh)+len(orphans) == 0 {
			return nil
		}
		if importID == "" {
			importID = id.New("imp")
			if _, err := tx.Exec(`
				INSERT INTO imports (id, source, state, created_by, created_at)
				VALUES ($1, $2, 'loading', $3, $4)`, importID, w.source, w.actor.String(), tx.Now()); err != nil {
				return err
			}
		}
		if err := w.insert(tx, importID, fresh); err != nil {
			return err
		}
		if err := adopt(tx, importID, orphans); err != nil {
			return err
		}
		_, err = tx.Exec(`
			UPDATE imports
			SET row_count = row_count + $1
			WHERE id = $2`, len(fresh)+len(orphans), importID)
		return err
	})
	if err != nil {
		return err
	}
	w.id, w.report.ImportID = importID, importID
	w.report.Written += len(fresh)
	w.report.Unchanged += len(rows) - len(fresh)
	for _, r := range fresh {
		if r.card != nil {
			w.report.Published++
		} else {
			w.report.Drafts++
		}
	}
	return nil
}

// divide tells the rows that are not there yet from those that are, and finds
// products that another import left hidden when it was cut off.
func (w *importWriter) divide(tx *db.Tx, rows []importRow) (fresh []importRow, orphans []string, err error) {
	skus := make([]string, len(rows))
	for i, r := range rows {
		skus[i] = r.sku
	}
	var there []struct {
		SKU     string `db:"sku"`
		Product string `db:"product_id"`
		Orphan  bool   `db:"orphan"`
	}
	if err := tx.Select(&there, `
		SELECT v.sku, v.product_id, COALESCE(i.state = 'loading' AND i.id <> $1, FALSE) AS orphan
		FROM variants v
		JOIN products p ON p.id = v.product_id
		LEFT JOIN imports i ON i.id = p.import_id
		WHERE v.sku IN (`+db.List(2, len(skus))+`)
		ORDER BY v.product_id`, append([]any{w.id}, db.Args(skus)...)...); err != nil {
		return nil, nil, err
	}
	known := make(map[string]bool, len(there))
	for _, t := range there {
		known[t.SKU] = true
		if t.Orphan {
			orphans = append(orphans, t.Product)
		}
	}
	for _, r := range rows {
		if !known[r.sku] {
			fresh = append(fresh, r)
		}
	}
	return fresh, orphans, nil
}

// adopt takes the hidden products of an import that was cut off into this one.
func adopt(tx *db.Tx, importID string, products []string) error {
	if len(products) == 0 {
		return nil
	}
	_, err := tx.Exec(`
		UPDATE products
		SET import_id = $1, changed_at = $2, version = version + 1
		WHERE id IN (`+db.List(3, len(products))+`)`, append([]any{importID, tx.Now()}, db.Args(products)...)...)
	return err
}

// show makes the whole import visible at once.
func (w *importWriter) show(ctx context.Context) error {
	return w.service.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			UPDATE imports
			SET state = 'visible', visible_at = $1
			WHERE id = $2 AND state = 'loading'`, tx.Now(), w.id)
		if err != nil || n == 0 {
			return err
		}
		return auth.Audit(tx, w.actor, "catalog.import", w.id, fmt.Sprintf("%s: %d written, %d of them published, %d unchanged",
			w.source, w.report.Written, w.report.Published, w.report.Unchanged))
	})
}

// insert writes rows as the single-piece functions of this package do, many to
// a statement.
func (w *importWriter) insert(tx *db.Tx, importID string, rows []importRow) error {
	products := bulk{cols: 20, into: `
		INSERT INTO products (id, slug, state, area, craft, garment, fabric, colour, title_en, description_en,
			hsn, hsn_by, hsn_on, one_off, note, import_id, created_by, created_at, published_at, changed_at)
		VALUES `}
	techniques := bulk{cols: 2, into: `
		INSERT INTO product_techniques (product_id, technique)
		VALUES `}
	variants := bulk{cols: 5, into: `
		INSERT INTO variants (id, product_id, sku, size, created_at)
		VALUES `}
	priced := newPricedBulks()
	now, actor := tx.Now(), w.actor.String()
	for _, r := range rows {
		product, p := id.New("prd"), r.product
		state, published := Draft, (*db.Time)(nil)
		if r.card != nil {
			state, published = Published, &now
		}
		products.add(product, slug(p.Title.En, product), state, p.Area, p.Craft, p.Garment, p.Fabric, p.Colour, p.Title.En, p.Description.En,
			p.HSN, actor, now.Date(), p.OneOff, r.note, importID, actor, now, published, now)
		for _, t := range p.Techniques {
			techniques.add(product, t)
		}
		variant := id.New("var")
		variants.add(variant, product, r.sku, w.in.Mapping.Size, now)
		if r.card != nil {
			w.price(&priced, variant, r.card, now)
		}
	}
	for _, b := range []bulk{products, techniques, variants, priced.cards, priced.heads, priced.lots, priced.makers, priced.stock} {
		if err := b.write(tx); err != nil {
			return err
		}
	}
	return nil
}

// pricedBulks are the rows that make a piece saleable: card and lot.
type pricedBulks struct{ cards, heads, lots, makers, stock bulk }

func newPricedBulks() pricedBulks {
	return pricedBulks{
		cards: bulk{cols: 9, into: `
			INSERT INTO price_cards (id, variant_id, list, version, list_paise, tag_paise, from_date, created_by, created_at)
			VALUES `},
		heads: bulk{cols: 7, into: `
			INSERT INTO price_card_heads (card_id, pos, kind, head, paise, minutes, shares)
			VALUES `},
		lots: bulk{cols: 10, into: `
			INSERT INTO lots (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, created_by, created_at)
			VALUES `},
		makers: bulk{cols: 5, into: `
			INSERT INTO lot_makers (lot_id, pos, stage, artisan_id, weight)
			VALUES `},
		stock: bulk{cols: 3, into: `
			INSERT INTO stock (lot_id, place, on_hand)
			VALUES `},
	}
}

// price adds the card of a variant and its one lot by the reference maker.
func (w *importWriter) price(b *pricedBulks, variant string, c *Card, now db.Time) {
	ref, actor, card, lot := w.in.PublishWith, w.actor.String(), id.New("crd"), id.New("lot")
	b.cards.add(card, variant, c.List, c.Version, c.ListPrice, c.Tag, c.From, actor, now)
	for i, h := range c.Heads {
		b.heads.add(card, i+1, h.Kind, h.Head, h.Paise, h.Minutes, h.Shares)
	}
	b.lots.add(lot, variant, "L-"+lot[len(lot)-10:], "consigned", w.maker, 0, ref.Pieces, ref.TrustMaterial, actor, now)
	for i, m := range ref.makers(w.maker) {
		b.makers.add(lot, i+1, m.Stage, m.Artisan, m.Weight)
	}
	b.stock.add(lot, Store, ref.Pieces)
}

// bulk collects rows for one multi-row INSERT after another.
type bulk struct {
	into string
	cols int
	args []any
}

func (b *bulk) add(row ...any) { b.args = append(b.args, row...) }

func (b bulk) write(tx *db.Tx) error {
	per := maxArgs / b.cols * b.cols
	for from := 0; from < len(b.args); from += per {
		args := b.args[from:min(from+per, len(b.args))]
		if _, err := tx.Exec(b.into+db.Values(len(args)/b.cols, b.cols), args...); err != nil {
			return err
		}
	}
	return nil
}
