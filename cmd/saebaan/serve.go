package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/api"
	"saebaan/catalog"
	"saebaan/cmd/saebaan/demo"
	"saebaan/internal/auth"
	"saebaan/internal/config"
	"saebaan/internal/db"
	"saebaan/internal/web"
	"saebaan/storefront"
)

type serveCmd struct {
	Addr     string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Demo     bool   `help:"Open the demonstration shop, with sample users, pieces and practice payments."`
	Metrics  string `help:"Second, local address for metrics." default:"127.0.0.1:9464"`
	NoWorker bool   `help:"Leave the queues to saebaan worker."`
}

// memoryLimit is where the collector begins to work harder; it is no hard limit.
const memoryLimit = 150 << 20

// pageCache is how much of the memory encoded catalogue pages may take.
const pageCache = 32 << 20

// Run serves until it is told to stop, then lets requests under way finish.
func (cmd serveCmd) Run(ctx context.Context, c *cli) error {
	began := time.Now()
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	conf, err := config.Load(c.Data)
	if err != nil {
		return err
	}
	conf.Demo = cmd.Demo
	if err := conf.CheckServe(); err != nil {
		return err
	}
	s, err := openShop(ctx, conf, true)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.guard(ctx); err != nil {
		return err
	}
	if cmd.Demo {
		s.pictures, err = demo.Seed(ctx, demo.Shop{Auth: s.auth, Artisans: s.artisans, Catalog: s.catalog, Orders: s.orders})
		if err != nil {
			return fmt.Errorf("demonstration shop: %w", err)
		}
	}
	return s.serve(ctx, cmd, began)
}

// guard refuses production with a database login that could take the guards of
// the ledger away.
func (s *shop) guard(ctx context.Context) error {
	owns, err := s.db.OwnsLedger(ctx)
	if err != nil || !owns {
		return err
	}
	if s.config.Production {
		return config.ErrConfig.With("The database login owns the ledger, so it could take its guards away. Nothing was started; migrate with SAEBAAN_DATABASE_OWNER_URL and serve as another login.")
	}
	slog.Warn("the database login owns the ledger; production needs another login for serving")
	return nil
}

// serve opens the port first, then brings the index up to date; readiness says
// when that is done.
func (s *shop) serve(ctx context.Context, cmd serveCmd, began time.Time) error {
	var ready, closing atomic.Bool
	cache := web.NewCache(pageCache)
	if s.server != nil {
		cache.ListsLast(500 * time.Millisecond)
	}
	app := s.app(cache, func() error {
		if !ready.Load() || closing.Load() {
			return web.ErrUnavailable
		}
		return nil
	})
	listener, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return config.ErrConfig.With("The address %s cannot be listened on. Nothing was started; choose another with --addr.", cmd.Addr).Because(err)
	}
	s.auth.ServeAt(s.origin(listener.Addr()))
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	run := func(task func(context.Context)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			task(work)
		}()
	}
	if !cmd.NoWorker {
		run(s.work)
	}
	run(func(ctx context.Context) {
		s.follow(ctx, cache, func() {
			ready.Store(true)
			slog.Info("ready", "address", "http://"+listener.Addr().String(), "after", time.Since(began).Round(time.Millisecond))
		})
	})
	run(func(ctx context.Context) { s.serveMetrics(ctx, cmd.Metrics) })
	if s.pictures != nil {
		run(func(ctx context.Context) {
			if err := s.pictures(ctx); err != nil && ctx.Err() == nil {
				slog.Error("drawing the demonstration's pieces", "error", err)
			}
		})
	}

	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		slog.Info("stopping")
		closing.Store(true)
		err = app.ShutdownWithTimeout(15 * time.Second)
	}
	stop()
	wg.Wait()
	return err
}

// guesses is how many cards that do not exist one address of the network may ask
// for at once; then one a second.
const guesses = 60

// app puts REST and pages on one Fiber app.
func (s *shop) app(cache *web.Cache, ready func() error) *fiber.App {
	app := web.NewApp(web.Options{TrustedProxies: s.config.TrustedProxies, Photo: s.maySendPhoto, ErrorHandler: func(c *fiber.Ctx, err error) error {
		unread := len(c.Request().Header.Host()) == 0 // its path is not known, and no page sends such
		if unread || isAPI(c.Path()) {
			return api.ErrorHandler(c, err)
		}
		return storefront.ErrorHandler(c, err)
	}})
	metrics = web.NewMetrics(s.db.Retries)
	metrics.Counter("search_drift_total", "Documents of an index that were not the shop's and were mended.", func() float64 { return float64(s.drift.Load()) })
	if s.fallback != nil {
		metrics.Gauge("search_server_away", "1 while searches are answered by the embedded index in place of the search server.", func() float64 {
			if s.fallback.Away() {
				return 1
			}
			return 0
		})
	}
	app.Use(metrics.Observe)
	misses := web.NewLimit(guesses, time.Second, nil)
	api.Register(app, api.Config{DB: s.db, Auth: s.auth, Artisans: s.artisans, Catalog: s.catalog, Orders: s.orders,
		Payouts: s.payouts, Slips: s.slips, Workshop: s.workshop, Books: s.books, OpenBooks: s.openBooks, Cache: cache, Simulator: s.simulator, Sweep: s.sweep, Ready: ready, Guesses: misses})
	storefront.Register(app, storefront.Config{Auth: s.auth, Artisans: s.artisans, Catalog: s.catalog, Orders: s.orders,
		Payouts: s.payouts, Slips: s.slips, Workshop: s.workshop, Books: s.books, OpenBooks: s.openBooks, Media: s.media, PhotosAt: strings.TrimSuffix(s.config.S3Public, "/"), Uploads: originOf(s.config.S3Browser), Cache: cache, Guesses: misses, Simulator: s.simulator, StripePublishableKey: s.config.StripePublishable,
		Demo: s.config.Demo, DemoPassword: demo.Password, Production: s.config.Production})
	return app
}

// originOf is scheme and host of an address, "" of none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// maySendPhoto lets those who list pieces send photos where photos are sent.
func (s *shop) maySendPhoto(path, token string) bool {
	if !strings.HasSuffix(path, "/photos") && path != "/studio/pieces" {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	actor, err := s.auth.Recognise(ctx, token)
	return err == nil && actor.Require(auth.Coordinator, auth.Administrator) == nil
}

func isAPI(path string) bool {
	return path == "/v1" || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/openapi") || path == "/readyz" || path == "/livez"
}

// follow brings the index up to date, says so, and keeps index and pages in step.
func (s *shop) follow(ctx context.Context, cache *web.Cache, ready func()) {
	mark := filepath.Join(s.config.Data, "search.mark")
	f := catalog.NewFollower(s.catalog, s.engine, readMark(mark, s.db.Clock.Now()), cache.Changed)
	if err := s.catchUp(ctx, f); err != nil {
		slog.Error("search index", "error", err)
	}
	ready()
	f.Run(ctx, s.compareNightly(f))
	raw, err := json.Marshal(f.Mark())
	if err == nil {
		err = os.WriteFile(mark, raw, 0o600)
	}
	if err != nil {
		slog.Error("search mark", "error", err)
	}
}

// compareNightly compares the embedded index with the shop when a day has begun.
func (s *shop) compareNightly(f *catalog.Follower) func(context.Context) {
	compared := smallHours(s.db.Clock.Now())
	return func(ctx context.Context) {
		day := smallHours(s.db.Clock.Now())
		if day == compared {
			return
		}
		drift, err := f.Compare(ctx, s.engine)
		if err != nil {
			slog.Error("comparing the embedded index with the shop", "error", err)
			return
		}
		compared = day
		s.drift.Add(drift.Total())
		slog.Info("compared the embedded index with the shop", "missing", drift.Missing, "other", drift.Other, "extra", drift.Extra)
	}
}

// smallHours is the day that begins at three in the morning, when indexes are compared.
func smallHours(now db.Time) string { return now.Add(-3 * time.Hour).Date() }

// catchUp follows what changed while the program was away, and rebuilds the
// index when it then holds another number of pieces than the shop shows.
func (s *shop) catchUp(ctx context.Context, f *catalog.Follower) error {
	if err := f.Once(ctx); err != nil {
		return err
	}
	have, err := s.engine.Count(ctx)
	if err != nil {
		return err
	}
	want, err := s.catalog.PublishedCount(ctx)
	if err != nil || have == want {
		return err
	}
	slog.Info("rebuilding the search index", "has", have, "shop", want)
	_, err = f.Rebuild(ctx)
	return err
}

// readMark is where the index had followed to; without a mark, now, and the
// count decides.
func readMark(file string, now db.Time) catalog.Mark {
	fresh := catalog.Mark{Asked: now}
	raw, err := os.ReadFile(file) // #nosec G304 -- a fixed name in the data folder
	if err != nil {
		return fresh
	}
	_ = os.Remove(file) // it is written anew at an orderly stop; after a crash the count decides
	var m catalog.Mark
	if err := json.Unmarshal(raw, &m); err != nil {
		return fresh
	}
	return m
}

var metrics *web.Metrics

func (s *shop) serveMetrics(ctx context.Context, addr string) {
	if addr == "" {
		return
	}
	server := &http.Server{Addr: addr, Handler: metrics.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		slog.Warn("metrics are not served", "error", err)
	}
}
