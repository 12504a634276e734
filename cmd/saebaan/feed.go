package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/search/meili"
)

// feeder keeps the index on the search server in step with the database. One
// process at a time does; the others wait for it to stop.
type feeder struct {
	catalog  *catalog.Service
	server   *meili.Engine
	clock    func() db.Time
	drift    *atomic.Int64
	holder   string
	feed     catalog.Feed
	follower *catalog.Follower // nil while another process writes
	kept     time.Time
	looked   time.Time
	odd      int // how often running the server had another number of pieces than the shop
}

const (
	feedEvery = 250 * time.Millisecond
	feedPause = 2 * time.Second // after the server was away, or another process wrote
	keepEvery = 10 * time.Second
)

var errOvertaken = errors.New("another process writes the search index")

func newFeeder(s *shop) *feeder {
	return &feeder{catalog: s.catalog, server: s.server, clock: s.db.Clock.Now, drift: &s.drift, holder: id.New("feed")}
}

// run feeds until ctx is done.
func (f *feeder) run(ctx context.Context) {
	away := false
	for {
		err := f.once(ctx)
		pause := feedEvery
		switch failed := err != nil && !errors.Is(err, errOvertaken); {
		case ctx.Err() != nil:
			f.leave(context.WithoutCancel(ctx))
			return
		case failed != away:
			away = failed
			slog.Warn("feeding the search server", "away", away, "error", err)
		}
		if err != nil {
			pause = feedPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// once does what is to be done now.
func (f *feeder) once(ctx context.Context) error {
	if f.follower == nil {
		if err := f.begin(ctx); err != nil {
			return err
		}
	}
	err := f.follower.Once(ctx)
	if err == nil {
		err = f.look(ctx)
	}
	if errors.Is(err, meili.ErrAbsent) { // the server has lost it
		err = f.build(ctx)
	}
	if err == nil {
		err = f.nightly(ctx)
	}
	// What it did not reach it keeps to itself: the lease goes on, the mark stays.
	return errors.Join(err, f.keep(ctx, keepEvery))
}

// begin takes the right to write and goes on where the last writer stood.
func (f *feeder) begin(ctx context.Context) error {
	feed, taken, err := f.catalog.TakeFeed(ctx, f.server.Name(), f.holder)
	if err != nil {
		return err
	}
	if !taken {
		return errOvertaken
	}
	f.feed, f.kept = feed, time.Now()
	exists, err := f.server.Exists(ctx)
	if err != nil {
		return err
	}
	if feed.Mark == nil || !exists {
		return f.build(ctx)
	}
	f.follower = f.follow(f.server, *feed.Mark)
	return nil
}

func (f *feeder) follow(index *meili.Engine, from catalog.Mark) *catalog.Follower {
	return catalog.NewFeed(f.catalog, index, from, nil)
}

// build fills an index beside the one that is searched and puts it in place. The
// one in place is followed meanwhile.
func (f *feeder) build(ctx context.Context) error {
	slog.Info("building the index on the search server", "index", f.server.Name())
	next, err := f.server.Beside(ctx)
	if err != nil {
		return err
	}
	old := f.follower
	var failed error
	filling := catalog.NewFeed(f.catalog, next, catalog.Mark{Asked: f.clock()}, func([]string) {
		if old != nil && failed == nil {
			if failed = old.Once(ctx); errors.Is(failed, meili.ErrAbsent) {
				old, failed = nil, nil
			}
		}
		failed = errors.Join(failed, f.keep(ctx, keepEvery))
	})
	n, err := filling.Rebuild(ctx)
	if err == nil {
		err = filling.Once(ctx)
	}
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if err := f.server.Replace(ctx, next); err != nil {
		return err
	}
	f.follower = f.follow(f.server, filling.Mark())
	slog.Info("the search server's index is in place", "pieces", n)
	return f.keep(ctx, 0)
}

// look sees now and then whether the server still has the index, and as many pieces
// as the shop shows; when it has not twice running, the index is compared.
func (f *feeder) look(ctx context.Context) error {
	if time.Since(f.looked) < keepEvery {
		return nil
	}
	f.looked = time.Now()
	have, err := f.server.Count(ctx)
	if err != nil {
		return err
	}
	want, err := f.catalog.PublishedCount(ctx)
	if err != nil {
		return err
	}
	if have == want {
		f.odd = 0
		return nil
	}
	if f.odd++; f.odd < 2 {
		return nil
	}
	f.odd = 0
	return f.compare(ctx)
}

// nightly compares the whole index with the database once a day, in the small
// hours.
func (f *feeder) nightly(ctx context.Context) error {
	day := smallHours(f.clock())
	if f.feed.Compared == "" {
		f.feed.Compared = day // it was built today
	}
	if f.feed.Compared == day {
		return nil
	}
	if err := errors.Join(f.compare(ctx), f.server.Tidy(ctx)); err != nil {
		return err
	}
	f.feed.Compared = day
	return f.keep(ctx, 0)
}

func (f *feeder) compare(ctx context.Context) error {
	drift, err := f.follower.Compare(ctx, f.server)
	if err != nil {
		return err
	}
	f.feed.Drift += drift.Total()
	f.drift.Add(drift.Total())
	slog.Info("compared the search server's index with the shop", "missing", drift.Missing, "other", drift.Other, "extra", drift.Extra)
	return nil
}

// keep says that it still writes when it has not for so long.
func (f *feeder) keep(ctx context.Context, after time.Duration) error {
	if time.Since(f.kept) < after {
		return nil
	}
	if f.follower != nil {
		mark := f.follower.Mark()
		f.feed.Mark = &mark
	}
	still, err := f.catalog.KeepFeed(ctx, f.server.Name(), f.holder, f.feed)
	if err == nil && !still {
		f.follower = nil
		return errOvertaken
	}
	if err == nil {
		f.kept = time.Now()
	}
	return err
}

// leave lets another process go on at once.
func (f *feeder) leave(ctx context.Context) {
	if f.follower == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := errors.Join(f.keep(ctx, 0), f.catalog.LeaveFeed(ctx, f.server.Name(), f.holder)); err != nil {
		slog.Error("leaving the search server", "error", err)
	}
}
