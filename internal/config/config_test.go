package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"saebaan/internal/config"
)

func TestProductionRefusesPractice(t *testing.T) {
	stripe := map[string]string{"SAEBAAN_STRIPE_KEY": "sk_live_x", "SAEBAAN_STRIPE_WEBHOOK_SECRET": "whsec_x"}
	for name, c := range map[string]struct {
		env  map[string]string
		demo bool
		ok   bool
	}{
		"simulator":      {nil, false, false},
		"demo":           {stripe, true, false},
		"test key":       {map[string]string{"SAEBAAN_STRIPE_KEY": "sk_test_x", "SAEBAAN_STRIPE_WEBHOOK_SECRET": "whsec_x"}, false, false},
		"another server": {map[string]string{"SAEBAAN_STRIPE_KEY": "sk_live_x", "SAEBAAN_STRIPE_WEBHOOK_SECRET": "w", "SAEBAAN_STRIPE_URL": "http://127.0.0.1:1"}, false, false},
		"live":           {stripe, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SAEBAAN_ENV", "production")
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			conf, err := config.Load(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			conf.Demo = c.demo
			if err := conf.CheckServe(); (err == nil) != c.ok || (err != nil && !errors.Is(err, config.ErrConfig)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSecretsByFileAndMasked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("sk_live_marker\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SAEBAAN_STRIPE_KEY_FILE", file)
	t.Setenv("SAEBAAN_STRIPE_WEBHOOK_SECRET", "whsec_marker")
	t.Setenv("SAEBAAN_DATABASE_URL", "postgres://user:marker@host/db")
	c, err := config.Load("data")
	if err != nil || c.StripeKey != "sk_live_marker" || c.Simulated() {
		t.Fatalf("%q %v", c.StripeKey, err)
	}
	shown := strings.Join(c.Lines(), "\n")
	if strings.Contains(shown, "marker") || !strings.Contains(shown, "payments = stripe") {
		t.Errorf("shown: %s", shown)
	}
	t.Setenv("SAEBAAN_STRIPE_KEY", "sk_live_other")
	if _, err := config.Load("data"); !errors.Is(err, config.ErrConfig) {
		t.Errorf("both the value and its file: %v", err)
	}
}

func TestHalfAConfigurationIsRefused(t *testing.T) {
	for name, env := range map[string][2]string{
		"half of Stripe": {"SAEBAAN_STRIPE_KEY", "sk_live_x"}, "mail without sender": {"SAEBAAN_SMTP_HOST", "mail"},
		"port": {"SAEBAAN_SMTP_PORT", "99999"}, "environment": {"SAEBAAN_ENV", "prod"}, "file": {"SAEBAAN_KEYS_FILE", "/nowhere/at/all"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(env[0], env[1])
			if _, err := config.Load("data"); !errors.Is(err, config.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}
