package catalog

import (
	"strings"

	"saebaan/artisans"
	"saebaan/internal/db"
)

// Product is a piece or design with all that is needed to show and sell it.
type Product struct {
	ID          string
	Slug        string
	State       State
	Area        string
	Craft       string
	Garment     string
	Fabric      string
	Colour      string
	Techniques  []string
	Title       Text
	Description Text
	Care        Text
	HSN         string
	OneOff      bool
	MadeToOrder bool
	LeadDays    int64 // of a piece that is made to order; 0 is not said
	Edition     int64 // how often what is said of it was changed, from 1
	Note        string
	CreatedBy   string
	CreatedAt   db.Time
	ChangedAt   db.Time // of what is shown
	PublishedAt *db.Time
	Version     int64
	Hidden      bool // its import is not finished
	Photos      []Photo
	Variants    []Variant
}

// Photo is one picture of a product, by the content hash the store keeps it under.
type Photo struct {
	Hash   string `db:"hash"`
	Width  int    `db:"width"`
	Height int    `db:"height"`
	Colour string `db:"colour"` // dominant, #rrggbb
	Widths string `db:"widths"` // "240,480,960"
	WebP   string `db:"webp"`   // those of them that are there as WebP too
}

// Variant is one size of a product, by its SKU.
type Variant struct {
	ID        string `db:"id"`
	ProductID string `db:"product_id"`
	SKU       string `db:"sku"`
	Size      string `db:"size"`
	Grams     int64  `db:"weight_grams"` // of one piece, packed
	Card      *Card  // the retail card in force, or nil; a set's is the sum of its parts'
	Lots      []Lot  // a set's are its parts'
	Parts     []Part // of a set
	Measures  []Measure
}

// Free is how many pieces can be had at once.
func (v Variant) Free() int64 {
	if len(v.Parts) > 0 {
		return v.freeSets()
	}
	var n int64
	for _, l := range v.Lots {
		n += l.OnHand - l.Reserved
	}
	return n
}

// InStock reports whether any variant can be had at once.
func (p Product) InStock() bool {
	for _, v := range p.Variants {
		if v.Free() > 0 {
			return true
		}
	}
	return false
}

func (p Product) public() bool { return p.State == Published && !p.Hidden }

// Makers lists, without repetition and in order of their stage, the makers of
// the lots that can be had, then of the others.
func (v Variant) Makers() []Maker {
	var out []Maker
	seen := map[string]bool{}
	for _, free := range []bool{true, false} {
		for _, l := range v.Lots {
			if (l.OnHand > l.Reserved) != free {
				continue
			}
			for _, m := range l.Makers {
				if !seen[m.Stage+" "+m.Artisan] {
					seen[m.Stage+" "+m.Artisan] = true
					out = append(out, m)
				}
			}
		}
	}
	return out
}

type productRow struct {
	ID            string   `db:"id"`
	Slug          string   `db:"slug"`
	State         State    `db:"state"`
	Area          string   `db:"area"`
	Craft         string   `db:"craft"`
	Garment       string   `db:"garment"`
	Fabric        string   `db:"fabric"`
	Colour        string   `db:"colour"`
	TitleEn       string   `db:"title_en"`
	TitleHi       string   `db:"title_hi"`
	TitleUr       string   `db:"title_ur"`
	DescriptionEn string   `db:"description_en"`
	DescriptionHi string   `db:"description_hi"`
	DescriptionUr string   `db:"description_ur"`
	CareEn        string   `db:"care_en"`
	CareHi        string   `db:"care_hi"`
	CareUr        string   `db:"care_ur"`
	LeadDays      int64    `db:"lead_days"`
	Edition       int64    `db:"edition"`
	HSN           string   `db:"hsn"`
	OneOff        bool     `db:"one_off"`
	MadeToOrder   bool     `db:"made_to_order"`
	Note          string   `db:"note"`
	CreatedBy     string   `db:"created_by"`
	CreatedAt     db.Time  `db:"created_at"`
	ChangedAt     db.Time  `db:"changed_at"`
	PublishedAt   *db.Time `db:"published_at"`
	Version       int64    `db:"version"`
	Hidden        bool     `db:"hidden"`
}

func (r productRow) product() Product {
	return Product{ID: r.ID, Slug: r.Slug, State: r.State, Area: r.Area, Craft: r.Craft, Garment: r.Garment,
		Fabric: r.Fabric, Colour: r.Colour, Techniques: []string{},
		Title:       Text{r.TitleEn, r.TitleHi, r.TitleUr},
		Description: Text{r.DescriptionEn, r.DescriptionHi, r.DescriptionUr},
		Care:        Text{r.CareEn, r.CareHi, r.CareUr}, LeadDays: r.LeadDays, Edition: r.Edition,
		HSN: r.HSN, OneOff: r.OneOff, MadeToOrder: r.MadeToOrder, Note: r.Note, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt,
		PublishedAt: r.PublishedAt, Version: r.Version, Hidden: r.Hidden}
}

// load reads products whole, in the order of ids, with one query per table.
func load(tx *db.Tx, ids []string) ([]Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := db.List(1, len(ids)), db.Args(ids)
	var rows []productRow
	if err := tx.Select(&rows, `
		SELECT p.id, p.slug, p.state, p.area, p.craft, p.garment, p.fabric, p.colour, p.title_en, p.title_hi, p.title_ur,
			p.description_en, p.description_hi, p.description_ur, p.care_en, p.care_hi, p.care_ur, p.lead_days, p.edition, p.hsn, p.one_off, p.made_to_order, p.note, p.created_by, p.created_at, p.changed_at,
			p.published_at, p.version, COALESCE(i.state = 'loading', FALSE) AS hidden
		FROM products p
		LEFT JOIN imports i ON i.id = p.import_id
		WHERE p.id IN (`+in+`)
		ORDER BY p.id`, args...); err != nil {
		return nil, err
	}
	byID := make(map[string]*Product, len(rows))
	for _, r := range rows {
		p := r.product()
		byID[r.ID] = &p
	}
	if err := loadParts(tx, byID, in, args); err != nil {
		return nil, err
	}
	variants, err := loadVariants(tx, `v.product_id`, ids)
	if err != nil {
		return nil, err
	}
	for _, v := range variants {
		if p := byID[v.ProductID]; p != nil {
			p.Variants = append(p.Variants, v)
		}
	}
	out := make([]Product, 0, len(rows))
	for _, i := range ids {
		if p := byID[i]; p != nil {
			out = append(out, *p)
			delete(byID, i)
		}
	}
	return out, nil
}

func loadParts(tx *db.Tx, byID map[string]*Product, in string, args []any) error {
	var techniques []struct {
		Product   string `db:"product_id"`
		Technique string `db:"technique"`
	}
	if err := tx.Select(&techniques, `
		SELECT product_id, technique
		FROM product_techniques
		WHERE product_id IN (`+in+`)
		ORDER BY product_id, technique`, args...); err != nil {
		return err
	}
	for _, t := range techniques {
		if p := byID[t.Product]; p != nil {
			p.Techniques = append(p.Techniques, t.Technique)
		}
	}
	var photos []struct {
		Product string `db:"product_id"`
		Photo
	}
	if err := tx.Select(&photos, `
		SELECT product_id, hash, width, height, colour, widths, webp
		FROM photos
		WHERE product_id IN (`+in+`)
		ORDER BY product_id, pos`, args...); err != nil {
		return err
	}
	for _, f := range photos {
		if p := byID[f.Product]; p != nil {
			p.Photos = append(p.Photos, f.Photo)
		}
	}
	return nil
}

// loadVariants reads variants with card and lots by product (`v.product_id`) or
// by their own ids (`v.id`).
func loadVariants(tx *db.Tx, by string, ids []string) ([]Variant, error) {
	var out []Variant
	if err := tx.Select(&out, `
		SELECT v.id, v.product_id, v.sku, v.size, v.weight_grams
		FROM variants v
		WHERE `+by+` IN (`+db.List(1, len(ids))+`)
		ORDER BY v.id`, db.Args(ids)...); err != nil || len(out) == 0 {
		return out, err
	}
	variants := make([]string, len(out))
	for i, v := range out {
		variants[i] = v.ID
	}
	cards, err := loadCards(tx, variants, Retail)
	if err != nil {
		return nil, err
	}
	lots, err := loadLots(tx, `l.variant_id`, variants)
	if err != nil {
		return nil, err
	}
	measures, err := loadMeasures(tx, variants)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Measures = measures[out[i].ID]
		if c, ok := cards[out[i].ID]; ok {
			out[i].Card = &c
		}
		for _, l := range lots {
			if l.VariantID == out[i].ID {
				out[i].Lots = append(out[i].Lots, l)
			}
		}
	}
	return out, withParts(tx, out)
}

// loadLots reads lots with stock and makers by variant (`l.variant_id`) or by
// their own ids (`l.id`), oldest first.
func loadLots(tx *db.Tx, by string, ids []string) ([]Lot, error) {
	var lots []Lot
	if err := tx.Select(&lots, `
		SELECT l.id, l.variant_id, l.code, l.kind, COALESCE(l.owner_id, '') AS owner_id, l.cost_paise, l.from_lot, l.received, l.trust_material, l.material_paise, l.created_at,
			s.on_hand, s.reserved, s.sold
		FROM lots l
		JOIN stock s ON s.lot_id = l.id AND s.place = 'store'
		WHERE `+by+` IN (`+db.List(1, len(ids))+`)
		ORDER BY l.id`, db.Args(ids)...); err != nil || len(lots) == 0 {
		return lots, err
	}
	at := make(map[string]int, len(lots))
	lotIDs := make([]string, len(lots))
	for i, l := range lots {
		at[l.ID], lotIDs[i] = i, l.ID
	}
	var makers []struct {
		Lot string `db:"lot_id"`
		Maker
	}
	if err := tx.Select(&makers, `
		SELECT m.lot_id, m.stage, m.artisan_id, m.weight, a.name_en, a.name_hi, a.name_ur, a.area
		FROM lot_makers m
		JOIN artisans a ON a.id = m.artisan_id
		WHERE m.lot_id IN (`+db.List(1, len(lots))+`)
		ORDER BY m.lot_id, m.pos`, db.Args(lotIDs)...); err != nil {
		return nil, err
	}
	var who []string
	for _, m := range makers {
		who = append(who, m.Artisan)
	}
	consents, err := artisans.Consents(tx, unique(who))
	if err != nil {
		return nil, err
	}
	for _, m := range makers {
		if !consents[m.Artisan]["name"] {
			m.NameEn, m.NameHi, m.NameUr = "", "", ""
		}
		m.NameEn, m.NameHi, m.NameUr = firstName(m.NameEn), firstName(m.NameHi), firstName(m.NameUr)
		lots[at[m.Lot]].Makers = append(lots[at[m.Lot]].Makers, m.Maker)
	}
	return lots, nil
}

// firstName is all of a name that is ever shown in public.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	out := ids[:0:0]
	for _, v := range ids {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
