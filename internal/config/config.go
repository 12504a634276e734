package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"saebaan/internal/fault"
)

// ErrConfig says which setting is missing or cannot be.
var ErrConfig = fault.New(fault.Invalid, "config.invalid", "The configuration cannot be used. Nothing was started.")

// Config is the configuration in force.
type Config struct {
	Data       string // folder of the database, keys, photos and index
	Production bool   // SAEBAAN_ENV=production
	Demo       bool   // serve --demo

	DatabaseURL   string // SAEBAAN_DATABASE_URL: PostgreSQL; "" is SQLite in the data folder
	DatabaseOwner string // SAEBAAN_DATABASE_OWNER_URL: who migrates, when it is another login
	DatabaseLogin string // SAEBAAN_DATABASE_LOGIN: the program's own login, to be given its rights
	Keys          string // SAEBAAN_KEYS: folder of the payee keys; default data/keys

	S3Bucket   string // SAEBAAN_S3_BUCKET: keeps the photos; "" keeps them in data/photos
	S3Region   string // SAEBAAN_S3_REGION
	S3Endpoint string // SAEBAAN_S3_ENDPOINT: of a server other than Amazon's, addressed by path
	S3Browser  string // SAEBAAN_S3_BROWSER: the same server as browsers reach it, when they may send to it
	S3Public   string // SAEBAAN_S3_PUBLIC: where anybody reads the photos; "" reads them through the shop
	S3KeyID    string // SAEBAAN_S3_KEY_ID
	S3Secret   string // SAEBAAN_S3_SECRET

	MeiliURL    string // SAEBAAN_MEILI_URL: a search server; "" searches with the embedded index alone
	MeiliKey    string // SAEBAAN_MEILI_KEY
	MeiliPrefix string // SAEBAAN_MEILI_PREFIX: of the names of our indexes there

	StripeKey         string // SAEBAAN_STRIPE_KEY
	StripePublishable string // SAEBAAN_STRIPE_PUBLISHABLE_KEY
	StripeWebhook     string // SAEBAAN_STRIPE_WEBHOOK_SECRET
	StripeURL         string // SAEBAAN_STRIPE_URL: another server, for tests

	SMTPHost     string // SAEBAAN_SMTP_HOST; "" writes mail to data/mail.log
	SMTPPort     string // SAEBAAN_SMTP_PORT
	SMTPUser     string // SAEBAAN_SMTP_USER
	SMTPPassword string // SAEBAAN_SMTP_PASSWORD
	SMTPFrom     string // SAEBAAN_SMTP_FROM

	UPIID       string // SAEBAAN_UPI_ID: where buyers pay by UPI; "" closes the method
	UPIName     string // SAEBAAN_UPI_NAME
	BankName    string // SAEBAAN_BANK_NAME: whose account takes transfers
	BankAccount string // SAEBAAN_BANK_ACCOUNT; "" closes the method
	BankIFSC    string // SAEBAAN_BANK_IFSC
	Site        string // SAEBAAN_SITE: the shop's address, for links on paper and for passkeys

	HoldCard     string // SAEBAAN_HOLD_CARD: how long pieces are kept, like 15m
	HoldUPI      string // SAEBAAN_HOLD_UPI
	HoldClaimed  string // SAEBAAN_HOLD_CLAIMED: once the buyer says that she has paid
	HoldBankDays string // SAEBAAN_HOLD_BANK_DAYS: working days
	ReturnDays   string // SAEBAAN_RETURN_DAYS
	NoNewsDays   string // SAEBAAN_NO_NEWS_DAYS

	BankLayout string // SAEBAAN_BANK_LAYOUT: of files for the trust's bank, like hdfc_enet.1
	BankClient string // SAEBAAN_BANK_CLIENT: the trust's code at its bank
	BankEmail  string // SAEBAAN_BANK_EMAIL: where the bank writes about a file

	PayoutMinimum string // SAEBAAN_PAYOUT_MINIMUM: rupees
	Recovery      string // SAEBAAN_ADVANCE_RECOVERY: per cent of a payment
	TakeHome      string // SAEBAAN_TAKE_HOME: per cent of a payment

	GSTRates      string // SAEBAAN_GST_RATES: a file in the form of internal/gst/rates.csv
	FreightZones  string // SAEBAAN_FREIGHT_ZONES: in the form of internal/freight/zones.csv
	FreightPrices string // SAEBAAN_FREIGHT_CHARGES: in the form of internal/freight/charges.csv

	TrustedProxies []string // SAEBAAN_TRUSTED_PROXIES: addresses, comma between
}

// Load reads the environment; a name ending in _FILE gives a file that holds the value.
func Load(data string) (Config, error) {
	c := Config{Data: data, Production: os.Getenv("SAEBAAN_ENV") == "production"}
	if env := os.Getenv("SAEBAAN_ENV"); env != "" && env != "production" && env != "development" {
		return c, ErrConfig.With("SAEBAAN_ENV is production or development. Nothing was started.")
	}
	for _, s := range c.settings() {
		value, err := lookup(s.name)
		if err != nil {
			return c, err
		}
		*s.value = value
	}
	if c.Keys == "" {
		c.Keys = filepath.Join(data, "keys")
	}
	proxies, err := lookup("SAEBAAN_TRUSTED_PROXIES")
	if err != nil {
		return c, err
	}
	for _, p := range strings.Split(proxies, ",") {
		if p = strings.TrimSpace(p); p != "" {
			c.TrustedProxies = append(c.TrustedProxies, p)
		}
	}
	return c, c.check()
}

type setting struct {
	name   string
	value  *string
	secret bool
}

func (c *Config) settings() []setting {
	return []setting{
		{"SAEBAAN_DATABASE_URL", &c.DatabaseURL, true},
		{"SAEBAAN_DATABASE_OWNER_URL", &c.DatabaseOwner, true},
		{"SAEBAAN_DATABASE_LOGIN", &c.DatabaseLogin, false},
		{"SAEBAAN_KEYS", &c.Keys, false},
		{"SAEBAAN_S3_BUCKET", &c.S3Bucket, false},
		{"SAEBAAN_S3_REGION", &c.S3Region, false},
		{"SAEBAAN_S3_ENDPOINT", &c.S3Endpoint, false},
		{"SAEBAAN_S3_BROWSER", &c.S3Browser, false},
		{"SAEBAAN_S3_PUBLIC", &c.S3Public, false},
		{"SAEBAAN_S3_KEY_ID", &c.S3KeyID, true},
		{"SAEBAAN_S3_SECRET", &c.S3Secret, true},
		{"SAEBAAN_MEILI_URL", &c.MeiliURL, false},
		{"SAEBAAN_MEILI_KEY", &c.MeiliKey, true},
		{"SAEBAAN_MEILI_PREFIX", &c.MeiliPrefix, false},
		{"SAEBAAN_STRIPE_KEY", &c.StripeKey, true},
		{"SAEBAAN_STRIPE_PUBLISHABLE_KEY", &c.StripePublishable, false},
		{"SAEBAAN_STRIPE_WEBHOOK_SECRET", &c.StripeWebhook, true},
		{"SAEBAAN_STRIPE_URL", &c.StripeURL, false},
		{"SAEBAAN_UPI_ID", &c.UPIID, false},
		{"SAEBAAN_UPI_NAME", &c.UPIName, false},
		{"SAEBAAN_BANK_NAME", &c.BankName, false},
		{"SAEBAAN_BANK_ACCOUNT", &c.BankAccount, false},
		{"SAEBAAN_BANK_IFSC", &c.BankIFSC, false},
		{"SAEBAAN_SITE", &c.Site, false},
		{"SAEBAAN_HOLD_CARD", &c.HoldCard, false},
		{"SAEBAAN_HOLD_UPI", &c.HoldUPI, false},
		{"SAEBAAN_HOLD_CLAIMED", &c.HoldClaimed, false},
		{"SAEBAAN_HOLD_BANK_DAYS", &c.HoldBankDays, false},
		{"SAEBAAN_RETURN_DAYS", &c.ReturnDays, false},
		{"SAEBAAN_NO_NEWS_DAYS", &c.NoNewsDays, false},
		{"SAEBAAN_BANK_LAYOUT", &c.BankLayout, false},
		{"SAEBAAN_BANK_CLIENT", &c.BankClient, false},
		{"SAEBAAN_BANK_EMAIL", &c.BankEmail, false},
		{"SAEBAAN_PAYOUT_MINIMUM", &c.PayoutMinimum, false},
		{"SAEBAAN_ADVANCE_RECOVERY", &c.Recovery, false},
		{"SAEBAAN_TAKE_HOME", &c.TakeHome, false},
		{"SAEBAAN_GST_RATES", &c.GSTRates, false},
		{"SAEBAAN_FREIGHT_ZONES", &c.FreightZones, false},
		{"SAEBAAN_FREIGHT_CHARGES", &c.FreightPrices, false},
		{"SAEBAAN_SMTP_HOST", &c.SMTPHost, false},
		{"SAEBAAN_SMTP_PORT", &c.SMTPPort, false},
		{"SAEBAAN_SMTP_USER", &c.SMTPUser, false},
		{"SAEBAAN_SMTP_PASSWORD", &c.SMTPPassword, true},
		{"SAEBAAN_SMTP_FROM", &c.SMTPFrom, false},
	}
}

func lookup(name string) (string, error) {
	file := os.Getenv(name + "_FILE")
	if file == "" {
		return os.Getenv(name), nil
	}
	if os.Getenv(name) != "" {
		return "", ErrConfig.With("Both %s and %s_FILE are set. Nothing was started; keep one.", name, name)
	}
	raw, err := os.ReadFile(file) // #nosec G304 G703 -- the operator names the file
	if err != nil {
		return "", ErrConfig.With("The file of %s_FILE cannot be read. Nothing was started.", name).Because(err)
	}
	return strings.TrimSpace(string(raw)), nil
}

func (c *Config) check() error {
	if (c.StripeKey == "") != (c.StripeWebhook == "") {
		return ErrConfig.With("Stripe needs both SAEBAAN_STRIPE_KEY and SAEBAAN_STRIPE_WEBHOOK_SECRET. Nothing was started.")
	}
	if err := errors.Join(c.checkS3(), c.checkMeili()); err != nil {
		return err
	}
	if c.SMTPPort == "" {
		c.SMTPPort = "587"
	}
	if port, err := strconv.Atoi(c.SMTPPort); err != nil || port < 1 || port > 65535 {
		return ErrConfig.With("SAEBAAN_SMTP_PORT is not a port. Nothing was started.")
	}
	if c.SMTPHost != "" && c.SMTPFrom == "" {
		return ErrConfig.With("Mail needs SAEBAAN_SMTP_FROM. Nothing was started.")
	}
	return nil
}

// checkS3 refuses half a bucket, and addresses that are none.
func (c *Config) checkS3() error {
	if c.S3Bucket == "" {
		if c.S3Endpoint+c.S3Browser+c.S3Public+c.S3KeyID+c.S3Secret != "" {
			return ErrConfig.With("Photos on S3 need SAEBAAN_S3_BUCKET. Nothing was started.")
		}
		return nil
	}
	if c.S3KeyID == "" || c.S3Secret == "" {
		return ErrConfig.With("Photos on S3 need SAEBAAN_S3_KEY_ID and SAEBAAN_S3_SECRET. Nothing was started.")
	}
	for name, address := range map[string]string{"SAEBAAN_S3_ENDPOINT": c.S3Endpoint, "SAEBAAN_S3_BROWSER": c.S3Browser, "SAEBAAN_S3_PUBLIC": c.S3Public} {
		if address != "" && !isAddress(address) {
			return ErrConfig.With("%s is not an address such as https://photos.example.org. Nothing was started.", name)
		}
		if c.Production && name != "SAEBAAN_S3_ENDPOINT" && strings.HasPrefix(address, "http:") {
			return ErrConfig.With("%s begins with http: browsers of a shop on https refuse it. Nothing was started.", name)
		}
	}
	return nil
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && !strings.ContainsAny(text, "; '\",?#")
}

var meiliPrefix = regexp.MustCompile(`^[a-z0-9-]{0,40}$`)

// checkMeili refuses a search server without address, or without key in production.
func (c *Config) checkMeili() error {
	switch {
	case c.MeiliURL == "" && c.MeiliKey+c.MeiliPrefix != "":
		return ErrConfig.With("A search server needs SAEBAAN_MEILI_URL. Nothing was started.")
	case c.MeiliURL != "" && !isAddress(c.MeiliURL):
		return ErrConfig.With("SAEBAAN_MEILI_URL is not an address such as http://search.example.org:7700. Nothing was started.")
	case c.MeiliURL != "" && c.MeiliKey == "" && c.Production:
		return ErrConfig.With("A search server needs SAEBAAN_MEILI_KEY in production: without one anybody who reaches it may change it. Nothing was started.")
	case !meiliPrefix.MatchString(c.MeiliPrefix):
		return ErrConfig.With("SAEBAAN_MEILI_PREFIX holds other signs than a to z, 0 to 9 and -. Nothing was started.")
	}
	return nil
}

// CheckServe refuses, in production, what is for practice only: the
// demonstration shop and the payment simulator with its clock.
func (c *Config) CheckServe() error {
	if !c.Production {
		return nil
	}
	if c.Demo {
		return ErrConfig.With("Production does not start with the demonstration shop. Nothing was started; leave --demo out.")
	}
	if c.StripeKey == "" && c.UPIID == "" && c.BankAccount == "" {
		return ErrConfig.With("Production does not start without a way to pay, and the payment simulator is for practice only. Nothing was started; set SAEBAAN_STRIPE_KEY and SAEBAAN_STRIPE_WEBHOOK_SECRET, SAEBAAN_UPI_ID or SAEBAAN_BANK_ACCOUNT.")
	}
	if strings.HasPrefix(c.StripeKey, "sk_test_") || c.StripeURL != "" {
		return ErrConfig.With("Production does not start with a test key or another server in place of Stripe. Nothing was started.")
	}
	return nil
}

// Simulated reports whether card payments are simulated; then the test clock is
// open too. Production without Stripe has no card payments instead.
func (c *Config) Simulated() bool { return c.StripeKey == "" && !c.Production }

func (c *Config) cards() string {
	switch {
	case c.Simulated():
		return "simulator"
	case c.StripeKey == "":
		return "none"
	}
	return "stripe"
}

// Database is the address to open: PostgreSQL's, or the SQLite file.
func (c *Config) Database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return filepath.Join(c.Data, "saebaan.db")
}

// Lines show what is in force, a line each, secrets masked.
func (c *Config) Lines() []string {
	environment := "development"
	if c.Production {
		environment = "production"
	}
	lines := []string{"data = " + c.Data, "SAEBAAN_ENV = " + environment, "card payments = " + c.cards(),
		"mail = " + map[bool]string{true: filepath.Join(c.Data, "mail.log"), false: "smtp"}[c.SMTPHost == ""],
		"SAEBAAN_TRUSTED_PROXIES = " + strings.Join(c.TrustedProxies, ",")}
	for _, s := range c.settings() {
		shown := *s.value
		if s.secret && shown != "" {
			shown = fmt.Sprintf("•••••• (%d characters)", len(shown))
		}
		lines = append(lines, s.name+" = "+shown)
	}
	return lines
}
