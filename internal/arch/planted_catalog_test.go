package arch_test

// The bugs of the search server, of comparing indexes, and of photos.
func init() {
	planted = append(planted, []struct{ name, file, is, becomes, pkg, run string }{
		{"a value becomes part of the filter", "internal/search/meili/ask.go", `strings.NewReplacer(` + "`\\`, `\\\\`, `\"`, `\\\"`" + `).Replace(v)`, `v`, "./internal/search/meili", "Suite"},
		{"a facet obeys its own filter", "internal/search/meili/ask.go", `counts := a.query(w, filters.except(f.facet))`, `counts := a.query(w, filters.except(""))`, "./internal/search/meili", "Suite"},
		{"slips are forgiven before anything", "internal/search/meili/ask.go", `ways := []way{{write(typed, open), asTyped}}`, `ways := []way{{write(typed, open), withSlips}}`, "./internal/search/meili", "Suite"},
		{"a page by relevance is a number only", "internal/search/meili/ask.go", `start = i + 1`, `start = at`, "./internal/search/meili", "FindsItsPiece"},
		{"the other engine reads a foreign place as its own", "internal/search/page.go", `case from.Engine == ByEmbedded || q.ByKey():`, `case from.Engine > 0 || q.ByKey():`, "./internal/search/meili", "OtherEngine"},
		{"an older document replaces a newer one on the server", "internal/search/meili/write.go", `have && v > d.Version`, `have && v > d.Version+1000`, "./internal/search/meili", "Suite|OlderNever"},
		{"what may still be under way is not waited for", "internal/search/meili/engine.go", "	if !e.doubt {\n", "	if !e.doubt || ctx != nil {\n", "./internal/search/meili", "OlderNever"},
		{"a task that failed counts as done", "internal/search/meili/engine.go", `if done.Status != meilisearch.TaskStatusSucceeded {`, `if done.Status == "" {`, "./internal/search/meili", "OlderNever"},
		{"a search waits for a slow server", "internal/search/meili/engine.go", `searchTimeout = 400 * time.Millisecond`, `searchTimeout = 40 * time.Second`, "./internal/search/meili", "AwayIsSaid"},
		{"an index is emptied before it is built anew", "internal/search/meili/index.go", `uid: e.uid + "_next", doubt: true}`, `uid: e.uid, doubt: true}`, "./internal/search/meili", "RebuildWhile"},
		{"a dead server is asked every time", "internal/search/fallback.go", `if !f.away {`, `if !f.away || f.first != nil {`, "./internal/search", "Spares"},
		{"what an index holds too much stays", "catalog/compare.go", `if err := f.engine.Delete(ctx, some); err != nil {`, `if err := f.engine.Delete(ctx, nil); err != nil {`, "./catalog", "CompareCounts"},
		{"an index newer than its database stays so", "catalog/compare.go", `if err := f.engine.Delete(ctx, other); err != nil {`, `if err := f.engine.Delete(ctx, nil); err != nil {`, "./catalog", "CompareCounts"},
		{"two processes write one index", "catalog/feed.go", `WHERE search_feeds.holder = $2 OR search_feeds.held_until < $4`, `WHERE search_feeds.holder = $2 OR $4 > 0`, "./catalog", "OneWriter"},
		{"a follower forgets what it could not pass on", "catalog/follow.go", "	if err := f.engine.Put(ctx, put); err != nil {\n		return err\n	}", "	_ = f.engine.Put(ctx, put)", "./catalog", "ThroughFaults"},
		{"a withdrawn consent leaves the photo's files", "catalog/erase.go", "		if _, err := discard(tx, r.Hash, 0); err != nil {\n			return err\n		}\n", "", "./catalog", "GoesWithConsent"},
		{"a photo that another piece shows is erased", "catalog/erase.go", `WHERE NOT EXISTS (SELECT 1 FROM photos WHERE hash = $1)`, `WHERE $1 <> ''`, "./catalog", "PhotosOfPieces"},
		{"a photo cut off on its way stays", "catalog/erase.go", `SET state = 'going', at = 0`, `SET at = 0`, "./catalog", "CutOff"},
		{"a maker is shown without her consent", "catalog/photo.go", `if !consents[in.Shows]["photo"] {`, `if consents == nil {`, "./catalog", "GoesWithConsent"},
		{"a kept WebP keeps where it was taken", "internal/media/webp.go", "		bare := bareWebP(one)\n", "		bare := one\n", "./internal/media", "."},
		{"a WebP that shows something else is kept", "internal/media/webp.go", `> mostApart {`, `> 255 {`, "./internal/media", "."},
		{"a bomb is decoded", "internal/media/negative.go", `n.memory > maxMemory || n.memory > manyBytes && n.memory/len(n.file) > mostGrowth`, `n.memory < 0`, "./internal/media", "."},
		{"a picture of 65,535 by 65,535 is decoded", "internal/media/negative.go", `size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels`, `size.Width < 0`, "./internal/media", "."},
		{"photos lie on their side", "internal/media/ingest.go", `onWhite(upright(scaled(picture, w, h), n.turn))`, `onWhite(scaled(picture, w, h))`, "./internal/media", "."},
	}...)
}
