package catalog

import (
	"slices"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Part is a variant in a set: so many pieces of it are in one set.
type Part struct {
	VariantID string `db:"part_id"`
	Pieces    int64  `db:"pieces"`
	SKU       string `db:"sku"`
	Size      string `db:"size"`
	TitleEn   string `db:"title_en"`
	TitleHi   string `db:"title_hi"`
	TitleUr   string `db:"title_ur"`
	Free      int64
}

// Title is the part's own title.
func (p Part) Title() Text { return Text{p.TitleEn, p.TitleHi, p.TitleUr} }

// PartInput names a variant and how many of it are in one set.
type PartInput struct {
	Variant string
	Pieces  int64
}

// freeSets is how many whole sets the parts' stock makes.
func (v Variant) freeSets() int64 {
	n := v.Parts[0].Free / v.Parts[0].Pieces
	for _, p := range v.Parts[1:] {
		n = min(n, p.Free/p.Pieces)
	}
	return n
}

// setReady reports what a set still lacks for publication.
func (v Variant) setReady() error {
	if v.Card == nil || len(v.Lots) == 0 {
		return ErrNotReady.With("A part of the set %s has no price card or no lot. Nothing was changed.", v.SKU)
	}
	return nil
}

// addParts makes a variant a set of others, which must not be sets themselves.
func addParts(tx *db.Tx, variant string, parts []PartInput) error {
	if len(parts) == 0 {
		return nil
	}
	if len(parts) > 20 {
		return ErrProduct.At("parts", "a set has up to 20 parts")
	}
	args, ids := make([]any, 0, 4*len(parts)), make([]string, len(parts))
	for i, p := range parts {
		if p.Pieces < 1 || p.Pieces > 100 || slices.Contains(ids[:i], p.Variant) {
			return ErrProduct.At("parts", "each part stands once, with 1 to 100 pieces")
		}
		ids[i] = p.Variant
		args = append(args, variant, i+1, p.Variant, p.Pieces)
	}
	var plain int
	if err := tx.Get(&plain, `
		SELECT COUNT(*)
		FROM variants v
		WHERE v.id IN (`+db.List(1, len(ids))+`)
			AND NOT EXISTS (SELECT 1 FROM set_parts p WHERE p.variant_id = v.id)`, db.Args(ids)...); err != nil {
		return err
	}
	if plain != len(parts) {
		return ErrProduct.At("parts", "a part is a variant with stock of its own")
	}
	_, err := tx.Exec(`
		INSERT INTO set_parts (variant_id, pos, part_id, pieces)
		VALUES `+db.Values(len(parts), 4), args...)
	return err
}

// partsOf reads the parts of variants, by set.
func partsOf(tx *db.Tx, variants []string) (map[string][]Part, error) {
	out := map[string][]Part{}
	if len(variants) == 0 {
		return out, nil
	}
	var rows []struct {
		Set string `db:"variant_id"`
		Part
	}
	err := tx.Select(&rows, `
		SELECT s.variant_id, s.part_id, s.pieces, v.sku, v.size, p.title_en, p.title_hi, p.title_ur
		FROM set_parts s
		JOIN variants v ON v.id = s.part_id
		JOIN products p ON p.id = v.product_id
		WHERE s.variant_id IN (`+db.List(1, len(variants))+`)
		ORDER BY s.variant_id, s.pos`, db.Args(variants)...)
	for _, r := range rows {
		out[r.Set] = append(out[r.Set], r.Part)
	}
	return out, err
}

// withParts gives sets their parts, and the card and lots that come from them.
func withParts(tx *db.Tx, variants []Variant) error {
	ids := make([]string, len(variants))
	for i, v := range variants {
		ids[i] = v.ID
	}
	parts, err := partsOf(tx, ids)
	if err != nil || len(parts) == 0 {
		return err
	}
	var wanted []string
	for _, list := range parts {
		for _, p := range list {
			wanted = append(wanted, p.VariantID)
		}
	}
	wanted = unique(wanted)
	slices.Sort(wanted)
	found, err := loadVariants(tx, `v.id`, wanted)
	if err != nil {
		return err
	}
	byID := make(map[string]Variant, len(found))
	for _, v := range found {
		byID[v.ID] = v
	}
	for i := range variants {
		list := parts[variants[i].ID]
		if len(list) == 0 {
			continue
		}
		cards := make([]OfferPart, 0, len(list))
		for j, p := range list {
			part := byID[p.VariantID]
			list[j].Free = part.Free()
			variants[i].Lots = append(variants[i].Lots, part.Lots...)
			if part.Card != nil {
				cards = append(cards, OfferPart{Offer: Offer{Card: *part.Card}, Pieces: p.Pieces})
			}
		}
		variants[i].Parts = list
		if len(cards) < len(list) {
			continue
		}
		card, err := setCard(cards)
		if err != nil {
			return err
		}
		variants[i].Card = &card
	}
	return nil
}

// setCard is the sum of the parts' cards, for showing: what is sold are the parts.
func setCard(parts []OfferPart) (Card, error) {
	out := Card{List: Retail}
	add := func(to *money.Paise, unit money.Paise, n int64) error {
		sum, err := unit.Times(n)
		if err == nil {
			*to, err = money.Add(*to, sum)
		}
		return err
	}
	for _, p := range parts {
		if err := add(&out.ListPrice, p.Card.ListPrice, p.Pieces); err != nil {
			return out, err
		}
		if err := add(&out.Tag, p.Card.Tag, p.Pieces); err != nil {
			return out, err
		}
		for _, h := range p.Card.Heads {
			i := slices.IndexFunc(out.Heads, func(o Head) bool { return o.Kind == h.Kind && o.Head == h.Head })
			if i < 0 {
				out.Heads = append(out.Heads, Head{Kind: h.Kind, Head: h.Head})
				i = len(out.Heads) - 1
			}
			if err := add(&out.Heads[i].Paise, h.Paise, p.Pieces); err != nil {
				return out, err
			}
			out.Heads[i].Minutes += h.Minutes * p.Pieces
			out.Heads[i].Shares = out.Heads[i].Shares || h.Shares
		}
	}
	return out, nil
}

// withOfferParts gives sets among offers their parts; one that lacks a part's
// card, and any variant without a card, is taken out.
func withOfferParts(tx *db.Tx, found map[string]Offer) error {
	ids := make([]string, 0, len(found))
	for v, o := range found {
		if o.Card.ID == "" {
			ids = append(ids, v)
		}
	}
	slices.Sort(ids)
	parts, err := partsOf(tx, ids)
	if err != nil {
		return err
	}
	for _, v := range ids {
		if len(parts[v]) == 0 {
			delete(found, v)
			continue
		}
		wanted := make([]string, len(parts[v]))
		for i, p := range parts[v] {
			wanted[i] = p.VariantID
		}
		inside, err := offers(tx, wanted)
		if err != nil {
			return err
		}
		o := found[v]
		o.Free = 1 << 40
		o.Grams = 0
		for _, p := range parts[v] {
			part := inside[p.VariantID]
			if part.Card.ID == "" {
				delete(found, v)
				break
			}
			o.Parts = append(o.Parts, OfferPart{part, p.Pieces})
			o.Free = min(o.Free, part.Free/p.Pieces)
			o.Grams += part.Grams * p.Pieces
		}
		if _, still := found[v]; !still {
			continue
		}
		if o.Card, err = setCard(o.Parts); err != nil {
			return err
		}
		found[v] = o
	}
	return nil
}
