package catalog

import (
	"errors"

	"saebaan/internal/db"
)

// loadCards reads the card in force today of each variant on a list.
func loadCards(tx *db.Tx, variants []string, list string) (map[string]Card, error) {
	out := make(map[string]Card, len(variants))
	if len(variants) == 0 {
		return out, nil
	}
	var cards []Card
	if err := tx.Select(&cards, `
		SELECT c.id, c.variant_id, c.list, c.version, c.list_paise, c.tag_paise, c.from_date
		FROM price_cards c
		WHERE c.variant_id IN (`+db.List(3, len(variants))+`)
			AND c.list = $1
			AND c.version = (
				SELECT MAX(n.version)
				FROM price_cards n
				WHERE n.variant_id = c.variant_id AND n.list = $1 AND n.from_date <= $2)
		ORDER BY c.id`, append([]any{list, tx.Now().Date()}, db.Args(variants)...)...); err != nil || len(cards) == 0 {
		return out, err
	}
	at := make(map[string]int, len(cards))
	ids := make([]string, len(cards))
	for i, c := range cards {
		at[c.ID], ids[i] = i, c.ID
	}
	if err := loadHeads(tx, cards, at, ids); err != nil {
		return nil, err
	}
	for _, c := range cards {
		out[c.VariantID] = c
	}
	return out, nil
}

func loadHeads(tx *db.Tx, cards []Card, at map[string]int, ids []string) error {
	var heads []struct {
		Card string `db:"card_id"`
		Head
	}
	err := tx.Select(&heads, `
		SELECT card_id, kind, head, paise, minutes, shares
		FROM price_card_heads
		WHERE card_id IN (`+db.List(1, len(ids))+`)
		ORDER BY card_id, pos`, db.Args(ids)...)
	for _, h := range heads {
		c := &cards[at[h.Card]]
		c.Heads = append(c.Heads, h.Head)
	}
	return err
}

// cardsFromNow reads a variant's retail card in force and those dated later.
func cardsFromNow(tx *db.Tx, variant string) ([]Card, error) {
	var cards []Card
	if err := tx.Select(&cards, `
		SELECT c.id, c.variant_id, c.list, c.version, c.list_paise, c.tag_paise, c.from_date
		FROM price_cards c
		WHERE c.variant_id = $1 AND c.list = $2
			AND c.version >= (
				SELECT COALESCE(MAX(n.version), 0)
				FROM price_cards n
				WHERE n.variant_id = $1 AND n.list = $2 AND n.from_date <= $3)
		ORDER BY c.version
		LIMIT 100`, variant, Retail, tx.Now().Date()); err != nil || len(cards) == 0 {
		return nil, err
	}
	at, ids := map[string]int{}, make([]string, len(cards))
	for i, c := range cards {
		at[c.ID], ids[i] = i, c.ID
	}
	return cards, loadHeads(tx, cards, at, ids)
}

// productOf is what policy and tax need to know of a variant's product.
type productOf struct {
	ID     string `db:"id"`
	Area   string `db:"area"`
	HSN    string `db:"hsn"`
	OneOff bool   `db:"one_off"`
	State  State  `db:"state"`
}

func productOfVariant(tx *db.Tx, variant string) (productOf, error) {
	var p productOf
	err := tx.Get(&p, `
		SELECT p.id, p.area, p.hsn, p.one_off, p.state
		FROM variants v
		JOIN products p ON p.id = v.product_id
		WHERE v.id = $1`, variant)
	if errors.Is(err, db.ErrNone) {
		return p, ErrNotFound
	}
	return p, err
}
