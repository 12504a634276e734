package arch_test

// The bugs of the studio, of measures and of collections.
func init() {
	planted = append(planted, []struct{ name, file, is, becomes, pkg, run string }{
		{"studio: the other's change is undone", "catalog/merge.go", `*out = theirs`, `*out = base`, "./catalog", "Joined"},
		{"studio: what both changed is not named", "catalog/merge.go", `both = append(both, name)`, `_ = name`, "./catalog", "Joined"},
		{"studio: a piece is sent back without a word", "catalog/product.go", `note == "" || len(note) > 3_000`, `len(note) > 3_000`, "./catalog", "WhoSaidWhat"},
		{"studio: another area's history is read", "catalog/history.go", `if !actor.CoversArea(p.Area) {`, `if p.ID == "" {`, "./catalog", "WhoSaidWhat"},
		{"studio: a check saves its wages under the minimum", "catalog/cardcheck.go", `out.against(UnderFloor(r.heads, in.From))`, `_ = UnderFloor`, "./catalog", "Check"},
		{"studio: a check passes heads that do not sum", "catalog/cardcheck.go", `out.against(r.close(out.ListPrice))`, `_ = r.close(out.ListPrice)`, "./catalog", "Check"},
		{"studio: another area's card is checked", "catalog/cardcheck.go", `if !actor.CoversArea(p.Area) {`, `if actor.ID == "" {`, "./catalog", "Check"},
		{"studio: the hour's minimum is rounded down", "catalog/wage.go", `(perDay + hours - 1) / hours`, `perDay / hours`, "./catalog", "Check"},
		{"studio: what cannot be read is saved without it", "storefront/studioprice.go", `if !form.Unread() {`, `if form.Price != "?" {`, "./storefront", "WhileItIsTyped"},
		{"studio: a set of nobody is measured", "catalog/measure.go", `v.ID == size.Variant && len(v.Parts) == 0`, `v.ID != ""`, "./catalog", "HowLarge"},
		{"studio: a coordinator measures what is handed in", "catalog/edit.go", `!early && !actor.Has(auth.Administrator):`, `!early && p.State == Archived:`, "./catalog", "HowLarge|CannotBeEdited"},
		{"studio: an inch is too long", "catalog/measure.go", `(m.Millimetres*100 + 127) / 254`, `(m.Millimetres*100 + 127) / 250`, "./catalog", "Lengths"},
		{"studio: a draft is shown in a collection", "catalog/find.go", `if !p.public() {`, `if p.Hidden {`, "./catalog", "CollectionsShow"},
		{"studio: a collection is shown out of season", "catalog/collections.go", `!c.Open(s.db.Clock.Now().Date())`, `c.EndedAt != nil`, "./catalog", "CollectionsShow"},
		{"studio: pages do not see a new day", "catalog/collections.go", `f.season != "" && f.season != today`, `false`, "./catalog", "CollectionsShow"},
		{"studio: pages do not see a changed collection", "catalog/collections.go", `changed || f.editions[r.ID] != r.Edition`, `changed`, "./catalog", "CollectionsShow"},
		{"studio: the order of chosen pieces is lost", "catalog/collections.go", `ORDER BY s.collection_id, s.pos`, `ORDER BY s.collection_id, s.product_id`, "./catalog", "CollectionsShow"},
		{"studio: an older collection overwrites", "catalog/collection.go", `WHERE id = $13 AND edition = $14`, `WHERE id = $13 AND edition >= $14`, "./catalog", "NoCollection"},
		{"studio: the id is a second address", "storefront/collections.go", `if one.Slug != c.Params("slug") {`, `if one.Slug == "" {`, "./storefront", "Gathered"},
	}...)
}
