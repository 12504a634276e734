package search

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Finder finds; every Engine does.
type Finder interface {
	// Search is Engine.Search.
	Search(ctx context.Context, q Query) (Result, error)
}

// Fallback asks one engine and, while that is away, another. A page that the one
// began the other goes on with.
type Fallback struct {
	first, second Finder
	mu            sync.Mutex
	away          bool
	again         time.Time // when the first may be asked again
}

// rest is for how long an engine that was away is not asked; then one search
// tries it, and the others still go to the second.
const rest = 5 * time.Second

// NewFallback asks first, and second while first is away.
func NewFallback(first, second Finder) *Fallback { return &Fallback{first: first, second: second} }

// Search finds with whichever engine answers.
func (f *Fallback) Search(ctx context.Context, q Query) (Result, error) {
	if !f.mayAsk() {
		return f.second.Search(ctx, q)
	}
	r, err := f.first.Search(ctx, q)
	f.heard(errors.Is(err, ErrUnavailable), err)
	if errors.Is(err, ErrUnavailable) {
		return f.second.Search(ctx, q)
	}
	return r, err
}

func (f *Fallback) mayAsk() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.away {
		return true
	}
	if now := time.Now(); now.After(f.again) {
		f.again = now.Add(rest) // the others wait for what this one hears
		return true
	}
	return false
}

func (f *Fallback) heard(away bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if away != f.away {
		slog.Warn("the search server", "away", away, "error", err)
	}
	if f.away = away; away {
		f.again = time.Now().Add(rest)
	}
}

// Away reports whether the first engine did not answer when it was last asked.
func (f *Fallback) Away() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.away
}
