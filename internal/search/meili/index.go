package meili

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"saebaan/internal/search"
)

// Exists reports whether the index is there, which it is only when it was filled.
func (e *Engine) Exists(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := e.client.GetIndexWithContext(ctx, e.uid)
	if err = away(err); errors.Is(err, ErrAbsent) {
		return false, nil
	}
	return err == nil, err
}

// Beside makes an empty index with the present settings, to be filled while the
// one in place is searched. One that was left unfinished is thrown away.
func (e *Engine) Beside(ctx context.Context) (*Engine, error) {
	e.writing.Lock()
	defer e.writing.Unlock()
	next := &Engine{client: e.client, transport: e.transport, uid: e.uid + "_next", doubt: true}
	if err := errors.Join(e.settled(ctx), next.settled(ctx)); err != nil {
		return nil, err
	}
	if err := e.drop(ctx, next.uid); err != nil {
		return nil, err
	}
	next.doubt = true
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	task, err := e.client.CreateIndexWithContext(call, &meilisearch.IndexConfig{Uid: next.uid, PrimaryKey: "id"})
	if err := next.carriedOut(ctx, task, err); err != nil {
		return nil, err
	}
	next.doubt = true
	task, err = e.client.Index(next.uid).UpdateSettingsWithContext(call, settings())
	return next, next.carriedOut(ctx, task, err)
}

// Replace puts what was filled beside in this index's place, at once for every
// search, and throws away what was there.
func (e *Engine) Replace(ctx context.Context, next *Engine) error {
	exists, err := e.Exists(ctx)
	if err != nil {
		return err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := next.settled(ctx); err != nil {
		return err
	}
	e.doubt = true
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	task, err := e.client.SwapIndexesWithContext(call, []*meilisearch.SwapIndexesParams{{Indexes: []string{next.uid, e.uid}, Rename: !exists}})
	if err := e.carriedOut(ctx, task, err); err != nil || !exists {
		return err
	}
	return e.drop(ctx, next.uid)
}

// Tidy deletes the indexes that other versions of the program left behind; one
// that still runs falls back to its embedded index and builds its own again.
func (e *Engine) Tidy(ctx context.Context) error {
	e.writing.Lock()
	defer e.writing.Unlock()
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	all, err := e.client.ListIndexesWithContext(call, &meilisearch.IndexesQuery{Limit: mostIndexes})
	if err != nil {
		return away(err)
	}
	for _, i := range all.Results {
		if strings.HasPrefix(i.UID, e.prefix) && i.UID != e.uid {
			if err := e.drop(ctx, i.UID); err != nil {
				return err
			}
		}
	}
	return nil
}

const mostIndexes = 1000

// drop deletes an index; one that is not there is no fault.
func (e *Engine) drop(ctx context.Context, uid string) error {
	old := &Engine{client: e.client, uid: uid}
	if exists, err := old.Exists(ctx); err != nil || !exists {
		return err
	}
	e.doubt = true
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	task, err := e.client.DeleteIndexWithContext(call, uid)
	return e.carriedOut(ctx, task, err)
}

// Held gives ids and versions of at most limit documents after one, in an order
// of the index's own; "" begins.
func (e *Engine) Held(ctx context.Context, after string, limit int) ([]search.Held, error) {
	q := &meilisearch.DocumentsQuery{Limit: int64(limit), Fields: []string{"id", "version"}, Sort: []string{"tie:asc"}}
	if after != "" {
		q.Filter = fmt.Sprintf("tie > %d", tie(after))
	}
	page, err := e.fetch(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]search.Held, len(page))
	for i, d := range page {
		out[i] = search.Held{ID: d.ID, Version: d.Version}
	}
	return slices.Clip(out), nil
}
