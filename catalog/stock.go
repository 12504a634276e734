package catalog

import (
	"saebaan/internal/db"
)

// Taken is a number of pieces of one lot that a line is bound to.
type Taken struct {
	Lot    string
	Pieces int64
}

// Offer is a variant as it is sold now: its product's facts and its card. A set
// has parts, and a card and stock that come from them.
type Offer struct {
	VariantID   string `db:"variant_id"`
	SKU         string `db:"sku"`
	Size        string `db:"size"`
	ProductID   string `db:"product_id"`
	Slug        string `db:"slug"`
	TitleEn     string `db:"title_en"`
	TitleHi     string `db:"title_hi"`
	TitleUr     string `db:"title_ur"`
	HSN         string `db:"hsn"`
	OneOff      bool   `db:"one_off"`
	MadeToOrder bool   `db:"made_to_order"`
	Grams       int64  `db:"weight_grams"` // of one piece, packed
	Free        int64  `db:"free"`
	Photo       string `db:"photo"`
	Public      bool   `db:"public"`
	Card        Card
	Parts       []OfferPart
}

// OfferPart is a variant in a set and how many of it are in one set.
type OfferPart struct {
	Offer
	Pieces int64
}

// Title is the product's title in the three languages.
func (o Offer) Title() Text { return Text{o.TitleEn, o.TitleHi, o.TitleUr} }

// Offers reads the published offers of variants on the retail list within tx; a
// variant that is not for sale is absent.
func Offers(tx *db.Tx, variants []string) (map[string]Offer, error) {
	found, err := offers(tx, variants)
	if err != nil {
		return nil, err
	}
	for v, o := range found {
		if !o.Public {
			delete(found, v)
		}
	}
	return found, withOfferParts(tx, found)
}

// offers reads variants that have a card or are sets, published or not.
func offers(tx *db.Tx, variants []string) (map[string]Offer, error) {
	out := make(map[string]Offer, len(variants))
	if len(variants) == 0 {
		return out, nil
	}
	var rows []Offer
	if err := tx.Select(&rows, `
		SELECT v.id AS variant_id, v.sku, v.size, v.weight_grams, p.id AS product_id, p.slug, p.title_en, p.title_hi, p.title_ur, p.hsn,
			p.one_off, p.made_to_order, p.state = 'published' AND (i.id IS NULL OR i.state = 'visible') AS public,
			COALESCE((SELECT f.hash FROM photos f WHERE f.product_id = p.id ORDER BY f.pos LIMIT 1), '') AS photo,
			CAST(COALESCE((
				SELECT SUM(s.on_hand - s.reserved)
				FROM lots l
				JOIN stock s ON s.lot_id = l.id AND s.place = 'store'
				WHERE l.variant_id = v.id), 0) AS BIGINT) AS free
		FROM variants v
		JOIN products p ON p.id = v.product_id
		LEFT JOIN imports i ON i.id = p.import_id
		WHERE v.id IN (`+db.List(1, len(variants))+`)
		ORDER BY v.id`, db.Args(variants)...); err != nil {
		return nil, err
	}
	cards, err := loadCards(tx, variants, Retail)
	if err != nil {
		return nil, err
	}
	for _, o := range rows {
		o.Card = cards[o.VariantID]
		out[o.VariantID] = o
	}
	return out, nil
}

// Reserve binds n pieces of a variant, oldest lot first, in conditional
// statements, or returns ErrSoldOut and takes none. Callers with several
// variants reserve them in sorted order.
func Reserve(tx *db.Tx, variant string, n int64) ([]Taken, error) {
	var lots []struct {
		Lot  string `db:"lot_id"`
		Free int64  `db:"free"`
	}
	if err := tx.Select(&lots, `
		SELECT s.lot_id, s.on_hand - s.reserved AS free
		FROM lots l
		JOIN stock s ON s.lot_id = l.id AND s.place = 'store'
		WHERE l.variant_id = $1 AND s.on_hand > s.reserved
		ORDER BY l.id`, variant); err != nil {
		return nil, err
	}
	var out []Taken
	left := n
	for _, l := range lots {
		take := min(left, l.Free)
		if take == 0 {
			break
		}
		done, err := tx.Exec(`
			UPDATE stock
			SET reserved = reserved + $1
			WHERE lot_id = $2 AND place = 'store' AND on_hand - reserved >= $1`, take, l.Lot)
		if err != nil {
			return nil, err
		}
		if done == 0 {
			return nil, ErrSoldOut
		}
		out = append(out, Taken{l.Lot, take})
		if left -= take; take == l.Free {
			if err := touchVariant(tx, variant); err != nil {
				return nil, err
			}
		}
	}
	if left > 0 {
		return nil, ErrSoldOut
	}
	return out, nil
}

// CanServe reports whether n pieces of a variant are free in lots whose makers
// cover the heads they were sold under, so that a sale can be posted.
func CanServe(tx *db.Tx, variant string, heads []Head, n int64) (bool, error) {
	lots, err := loadLots(tx, `l.variant_id`, []string{variant})
	if err != nil {
		return false, err
	}
	for _, l := range lots { // Reserve takes the oldest free lots first
		free := l.OnHand - l.Reserved
		if free == 0 || n <= 0 {
			continue
		}
		if l.Kind != Returned && covers(Card{Heads: heads}, l.Makers) != nil {
			return false, nil
		}
		n -= free
	}
	return n <= 0, nil
}

// Unreserve gives reserved pieces of a lot back.
func Unreserve(tx *db.Tx, lot string, n int64) error {
	var free int64
	if err := tx.Get(&free, `
		UPDATE stock
		SET reserved = reserved - $1
		WHERE lot_id = $2 AND place = 'store' AND reserved >= $1
		RETURNING on_hand - reserved`, n, lot); err != nil {
		return ErrState.Because(err)
	}
	if free > n {
		return nil
	}
	var variant string
	if err := tx.Get(&variant, `
		SELECT variant_id
		FROM lots
		WHERE id = $1`, lot); err != nil {
		return err
	}
	return touchVariant(tx, variant)
}

// Sell takes reserved pieces of a lot out of the store for good, when they are
// dispatched.
func Sell(tx *db.Tx, lot string, n int64) error {
	done, err := tx.Exec(`
		UPDATE stock
		SET on_hand = on_hand - $1, reserved = reserved - $1, sold = sold + $1
		WHERE lot_id = $2 AND place = 'store' AND reserved >= $1`, n, lot)
	if err == nil && done == 0 {
		return ErrState.With("The pieces are not reserved any more. Nothing was dispatched.")
	}
	return err
}

// LotsByID reads lots with their makers within tx, keyed by id.
func LotsByID(tx *db.Tx, ids []string) (map[string]Lot, error) {
	found, err := loadLots(tx, `l.id`, unique(ids))
	out := make(map[string]Lot, len(found))
	for _, l := range found {
		out[l.ID] = l
	}
	return out, err
}

// touchVariant renews the product of a variant and the sets it is a part of.
func touchVariant(tx *db.Tx, variant string) error {
	_, err := tx.Exec(`
		UPDATE products
		SET version = version + 1, changed_at = $1
		WHERE id IN (
			SELECT v.product_id
			FROM variants v
			WHERE v.id = $2 OR v.id IN (SELECT p.variant_id FROM set_parts p WHERE p.part_id = $2))`, tx.Now(), variant)
	return err
}

// StockProblem is a lot whose stock does not add up.
type StockProblem struct {
	Lot    string `db:"lot_id"`
	Place  string `db:"place"`
	Detail string
}

// CheckStock finds lots that break received = on hand + sold + written off +
// missing or 0 ≤ reserved ≤ on hand, one-off pieces with more than one piece,
// and orphans that foreign keys do not watch.
func CheckStock(tx *db.Tx) ([]StockProblem, error) {
	checks := []struct{ detail, query string }{
		{"received is not on hand + sold + written off + missing", `
			SELECT l.id AS lot_id, 'store' AS place
			FROM lots l
			LEFT JOIN stock s ON s.lot_id = l.id
			GROUP BY l.id, l.received
			HAVING l.received <> COALESCE(SUM(s.on_hand + s.sold + s.written_off + s.missing), 0)
			ORDER BY l.id`},
		{"reserved is below zero or above on hand", `
			SELECT lot_id, place
			FROM stock
			WHERE reserved < 0 OR reserved > on_hand
			ORDER BY lot_id`},
		{"the trust's own pieces of a lot are not in the books at their cost", `
			SELECT l.id AS lot_id, 'store' AS place
			FROM lots l
			JOIN stock s ON s.lot_id = l.id
			WHERE l.kind <> 'consigned'
			GROUP BY l.id, l.cost_paise
			HAVING l.cost_paise * SUM(s.on_hand) <> COALESCE((
				SELECT b.paise
				FROM balances b
				WHERE b.account = 'asset:stock:' || l.id), 0)
			ORDER BY l.id`},
		{"a card's heads do not sum to its list price", `
			SELECT c.id AS lot_id, c.list AS place
			FROM price_cards c
			LEFT JOIN price_card_heads h ON h.card_id = c.id
			GROUP BY c.id, c.list, c.list_paise
			HAVING c.list_paise <> COALESCE(SUM(h.paise), 0)
			ORDER BY c.id`},
		{"a lot, maker or stock row has lost its parent", `
			SELECT s.lot_id, s.place
			FROM stock s
			WHERE NOT EXISTS (SELECT 1 FROM lots l WHERE l.id = s.lot_id)
			UNION ALL
			SELECT m.lot_id, m.stage AS place
			FROM lot_makers m
			WHERE NOT EXISTS (SELECT 1 FROM lots l WHERE l.id = m.lot_id)`},
	}
	var out []StockProblem
	for _, c := range checks {
		var found []StockProblem
		if err := tx.Select(&found, c.query); err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Detail = c.detail
			out = append(out, f)
		}
	}
	return out, nil
}
