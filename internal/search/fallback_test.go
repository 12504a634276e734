package search_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"saebaan/internal/search"
)

// told is an engine that answers with its own id, or is away.
type told struct {
	id    string
	away  atomic.Bool
	asked atomic.Int32
}

func (e *told) Search(context.Context, search.Query) (search.Result, error) {
	e.asked.Add(1)
	if e.away.Load() {
		return search.Result{}, search.ErrUnavailable
	}
	return search.Result{IDs: []string{e.id}}, nil
}

func TestFallbackSparesWhoIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &told{id: "first"}, &told{id: "second"}
		f := search.NewFallback(first, second)
		ask := func(want string) {
			t.Helper()
			r, err := f.Search(t.Context(), search.Query{})
			if err != nil || r.IDs[0] != want {
				t.Errorf("answered by %v, %v, want %s", r.IDs, err, want)
			}
		}
		ask("first")
		first.away.Store(true)
		for range 20 {
			ask("second")
		}
		if n := first.asked.Load(); n != 2 || !f.Away() {
			t.Errorf("the first was asked %d times while it was away", n)
		}
		time.Sleep(6 * time.Second)
		ask("second")
		ask("second")
		if n := first.asked.Load(); n != 3 {
			t.Errorf("after a rest it was asked %d times", n)
		}
		first.away.Store(false)
		ask("second")
		time.Sleep(6 * time.Second)
		ask("first")
		ask("first")
		if second.away.Store(true); f.Away() {
			t.Error("it is back and called away")
		}
		first.away.Store(true)
		if _, err := f.Search(t.Context(), search.Query{}); !errors.Is(err, search.ErrUnavailable) {
			t.Errorf("both away: %v", err)
		}
	})
}
