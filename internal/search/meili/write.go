package meili

import (
	"context"

	"github.com/meilisearch/meilisearch-go"

	"saebaan/internal/search"
)

const writeStep = 500 // documents in one task

// Put adds or replaces documents and waits until they can be found. What is held
// in a newer version is passed over. Of more than writeStep documents some may be
// written when the server goes away between: the caller repeats the whole.
func (e *Engine) Put(ctx context.Context, docs []search.Document) error {
	all := make([]document, len(docs))
	for i, d := range docs {
		var err error
		if all[i], err = newDocument(d); err != nil {
			return err
		}
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	for len(all) > 0 {
		n := min(len(all), writeStep)
		if err := e.put(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// put writes documents unless a newer version is held.
func (e *Engine) put(ctx context.Context, docs []document) error {
	if err := e.settled(ctx); err != nil {
		return err
	}
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.ID
	}
	held, err := e.versions(ctx, ids)
	if err != nil {
		return err
	}
	fresh, at := make([]document, 0, len(docs)), map[string]int{}
	for _, d := range docs { // of two versions in one list the newer, the later of equals
		if v, have := held[d.ID]; have && v > d.Version {
			continue
		}
		held[d.ID] = d.Version
		if i, twice := at[d.ID]; twice {
			fresh[i] = d
			continue
		}
		at[d.ID] = len(fresh)
		fresh = append(fresh, d)
	}
	if len(fresh) == 0 {
		return nil
	}
	e.doubt = true
	key := "id"
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	task, err := e.client.Index(e.uid).AddDocumentsWithContext(call, fresh, &meilisearch.DocumentOptions{PrimaryKey: &key})
	return e.carriedOut(ctx, task, err)
}

// versions gives the versions held of ids.
func (e *Engine) versions(ctx context.Context, ids []string) (map[string]int64, error) {
	held, err := e.fetch(ctx, &meilisearch.DocumentsQuery{Ids: ids, Limit: int64(len(ids)), Fields: []string{"id", "version"}})
	if err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(held))
	for _, h := range held {
		out[h.ID] = h.Version
	}
	return out, nil
}

func (e *Engine) fetch(ctx context.Context, q *meilisearch.DocumentsQuery) ([]document, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var page meilisearch.DocumentsResult
	if err := e.client.Index(e.uid).GetDocumentsWithContext(ctx, q, &page); err != nil {
		return nil, away(err)
	}
	var out []document
	return out, away(page.Results.DecodeInto(&out))
}

// Delete removes documents and waits until they are gone.
func (e *Engine) Delete(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.settled(ctx); err != nil {
		return err
	}
	e.doubt = true
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	task, err := e.client.Index(e.uid).DeleteDocumentsWithContext(call, ids, nil)
	return e.carriedOut(ctx, task, err)
}
