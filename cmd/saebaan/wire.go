package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/config"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/mail"
	"saebaan/internal/media"
	"saebaan/internal/media/s3store"
	"saebaan/internal/outbox"
	"saebaan/internal/payment"
	"saebaan/internal/search"
	"saebaan/internal/search/meili"
	"saebaan/internal/vault"
	"saebaan/migrations"
	"saebaan/openbooks"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// shop is every service of one process, built by hand.
type shop struct {
	config    config.Config
	db        *db.DB
	auth      *auth.Service
	artisans  *artisans.Service
	catalog   *catalog.Service
	orders    *orders.Service
	payouts   *payouts.Service
	slips     *payouts.Slips
	workshop  *workshop.Service
	keys      *vault.Vault
	books     *ledger.Reader
	openBooks *openbooks.Service
	media     media.Store
	engine    *search.Embedded // nil outside of serve
	server    *meili.Engine    // nil without a search server
	fallback  *search.Fallback // nil without a search server or outside of serve
	drift     atomic.Int64     // documents of indexes that had to be mended
	simulator *payment.Simulator
	mail      mail.Sender
	pictures  func(context.Context) error // draws the demonstration's pieces; nil without it
}

// simulatorSecret signs the simulator's events. It guards nothing: the
// simulator moves no money and refuses production.
const simulatorSecret = "whsec_practice_money_only" // #nosec G101 -- see above

// openShop opens database, keys and photos and builds the services. A SQLite
// database is brought to this version first; PostgreSQL must have been migrated.
func openShop(ctx context.Context, c config.Config, withIndex bool) (*shop, error) {
	s := &shop{config: c}
	var err error
	if s.db, err = db.Open(ctx, c.Database()); err != nil {
		return nil, err
	}
	if err := s.open(ctx, withIndex); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *shop) open(ctx context.Context, withIndex bool) error {
	if s.db.Dialect() == db.SQLite {
		if err := migrate(ctx, s.db, ""); err != nil {
			return err
		}
	} else if err := s.db.Current(ctx, migrations.Files); err != nil {
		return err
	}
	if s.config.Simulated() {
		if err := s.db.LoadClock(ctx); err != nil {
			return err
		}
	}
	keys, err := vault.Open(s.config.Keys)
	if err != nil {
		return err
	}
	if s.media, err = s.photos(); err != nil {
		return err
	}
	if s.config.MeiliURL != "" {
		s.server = meili.Open(meili.Config{Address: s.config.MeiliURL, Key: s.config.MeiliKey, Prefix: s.config.MeiliPrefix})
	}
	var engine search.Finder
	if withIndex {
		if s.engine, err = openIndex(ctx, s.config.Data); err != nil {
			return err
		}
		engine = s.engine
		if s.server != nil {
			s.fallback = search.NewFallback(s.server, s.engine)
			engine = s.fallback
		}
	}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	if s.mail, err = s.sender(); err != nil {
		return err
	}
	table, err := s.rates()
	if err != nil {
		return err
	}
	settings, err := s.settings()
	if err != nil {
		return err
	}
	s.auth = auth.NewService(s.db, s.config.Production)
	s.keys = keys
	s.artisans = artisans.NewService(s.db, keys)
	s.catalog = catalog.NewService(s.db, table, engine, s.media)
	s.orders = orders.NewService(s.db, table, provider, settings)
	s.workshop = workshop.NewService(s.db)
	s.openBooks = openbooks.NewService(s.db, keys)
	terms, err := s.terms()
	s.payouts = payouts.NewService(s.db, s.artisans, s.auth, terms, keys)
	s.slips = payouts.NewSlips(s.payouts, workshop.Pictures, s.media)
	s.books = ledger.NewReader(s.db)
	return err
}

// migrate brings our tables and River's to this version.
func migrate(ctx context.Context, d *db.DB, login string) error {
	if err := d.CheckCollation(ctx); err != nil { // before any table is made
		return err
	}
	if err := outbox.Migrate(ctx, d); err != nil {
		return err
	}
	return d.Migrate(ctx, migrations.Files, login)
}

// photos is the bucket that keeps them, or the folder.
func (s *shop) photos() (media.Store, error) {
	c := s.config
	if c.S3Bucket == "" {
		return media.OpenFolder(filepath.Join(c.Data, "photos"))
	}
	return s3store.New(s3store.Config{Bucket: c.S3Bucket, Region: c.S3Region, Endpoint: c.S3Endpoint, Browser: c.S3Browser, Key: c.S3KeyID, Secret: c.S3Secret})
}

func openIndex(ctx context.Context, data string) (*search.Embedded, error) {
	file, err := db.OpenSearchFile(filepath.Join(data, "search.db"))
	if err != nil {
		return nil, err
	}
	return search.OpenEmbedded(ctx, file)
}

// provider is Stripe when it is configured, else the simulator, and nothing in
// production without Stripe.
func (s *shop) provider() (payment.Provider, error) {
	if s.config.Production && s.config.StripeKey == "" {
		return nil, nil
	}
	if s.config.Simulated() {
		s.simulator = payment.NewSimulator(s.db, simulatorSecret)
		return s.simulator, nil
	}
	return payment.NewStripe(payment.StripeConfig{Key: s.config.StripeKey, WebhookSecret: s.config.StripeWebhook, URL: s.config.StripeURL})
}

func (s *shop) sender() (mail.Sender, error) {
	if s.config.SMTPHost == "" {
		return mail.NewFile(filepath.Join(s.config.Data, "mail.log")), nil
	}
	port, err := strconv.Atoi(s.config.SMTPPort)
	if err != nil {
		return nil, err
	}
	return mail.NewSMTP(mail.Config{Host: s.config.SMTPHost, Port: port, User: s.config.SMTPUser,
		Password: s.config.SMTPPassword, From: s.config.SMTPFrom})
}

func (s *shop) close() {
	if s.engine != nil {
		_ = s.engine.Close()
	}
	if s.server != nil {
		_ = s.server.Close()
	}
	_ = s.db.Close()
}

// fresh reports whether the data folder holds no database yet.
func fresh(data string) bool {
	_, err := os.Stat(filepath.Join(data, "saebaan.db"))
	return errors.Is(err, os.ErrNotExist)
}
