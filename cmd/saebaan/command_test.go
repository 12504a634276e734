package main_test

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// fails runs a command that must be refused, saying this, with nothing on
// standard output.
func fails(t testing.TB, data string, environment []string, says string, args ...string) {
	t.Helper()
	out, errs, code := testkit.Run(t, data, environment, args...)
	if code != 1 || out != "" || !strings.Contains(errs, says) {
		t.Errorf("saebaan %v: code %d, want 1 and %q\n%s%s", args, code, says, out, errs)
	}
	if strings.Contains(errs, "goroutine ") || strings.Contains(errs, marker) {
		t.Errorf("saebaan %v tells too much: %s", args, errs)
	}
}

func TestUsersAndKeysCommands(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		d := s.books()
		before := contents(t, d)
		with := func(password string) []string {
			return append([]string{"SAEBAAN_PASSWORD=" + password}, environment...)
		}
		create := func(login string, roles ...string) []string {
			args := []string{"users", "create", "--login", login, "--name", "N"}
			for _, r := range roles {
				args = append(args, "--role", r)
			}
			return args
		}
		fails(t, s.Data, with(password), "There is no role", create("eve", "superuser")...)
		fails(t, s.Data, with(password), "There is no role", create("eve", "administrator", "root")...)
		fails(t, s.Data, with(password), "There is no such area", create("eve", "coordinator:atlantis")...)
		fails(t, s.Data, with("elevenchars"), "12 to 128 characters", create("eve", "shopper")...)
		fails(t, s.Data, with(strings.Repeat("x", 129)), "12 to 128 characters", create("eve", "shopper")...)
		fails(t, s.Data, environment, "12 to 128 characters", create("eve", "shopper")...) // nothing on standard input
		fails(t, s.Data, with(password), "already a user", create("ADMIN", "shopper")...)
		fails(t, s.Data, environment, "no such user", "keys", "create", "--user", "eve")
		unchanged(t, d, before)

		secret := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(secret, []byte("a password from a file\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		out := must(t, s.Data, append([]string{"SAEBAAN_PASSWORD_FILE=" + secret}, environment...), create("file", "coordinator:barabanki")...)
		if !regexp.MustCompile(`^usr_[0-9a-z]{26}\n$`).MatchString(out) {
			t.Errorf("users create prints %q", out)
		}
		s.guest.SignIn("file", "a password from a file")

		piped := exec.Command(testkit.Binary(t), append([]string{"--data", s.Data}, create("pipe", "shopper")...)...)
		piped.Env, piped.Stdin = environment, strings.NewReader("a password from a pipe") // without an end of line
		if out, err := piped.CombinedOutput(); err != nil {
			t.Errorf("a piped password: %v %s", err, out)
		}
		s.guest.SignIn("pipe", "a password from a pipe")

		key, errs, code := testkit.Run(t, s.Data, environment, "keys", "create", "--user", "file")
		if code != 0 || errs != "" || !regexp.MustCompile(`^sb_test_[A-Za-z0-9_-]{43}\n$`).MatchString(key) {
			t.Fatalf("keys create: %d, %q, %q", code, key, errs)
		}
		if me := s.guest.As(strings.TrimSpace(key)).Get("/v1/me"); me.Str("login") != "file" {
			t.Errorf("the key is %s", me.Raw)
		}
		for table, rows := range map[string]string{"api_keys": "secret_hash", "users": "password_hash", "sessions": "token_hash"} {
			for _, kept := range texts(t, d, `SELECT `+rows+` FROM `+table) {
				if strings.Contains(kept, "sb_test_") || strings.Contains(kept, "sbs_") || strings.Contains(kept, "password from") {
					t.Errorf("%s keeps a secret as it is", table)
				}
			}
		}
	})
}

func TestConfigCommand(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "secret")
	if err := os.WriteFile(file, []byte("whsec_"+marker+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(t, data, []string{"SAEBAAN_STRIPE_KEY=sk_live_" + marker, "SAEBAAN_STRIPE_WEBHOOK_SECRET_FILE=" + file, "SAEBAAN_SMTP_HOST=mail.example.org",
		"SAEBAAN_SMTP_FROM=shop@example.org", "SAEBAAN_SMTP_PASSWORD=" + marker, "SAEBAAN_ENV=production",
		"SAEBAAN_DATABASE_URL=postgres://saebaan:" + marker + "@db/saebaan"}, "config")
	if strings.Contains(out, marker) {
		t.Errorf("a secret is shown:\n%s", out)
	}
	for _, line := range []string{"SAEBAAN_ENV = production", "payments = stripe", "mail = smtp", "SAEBAAN_SMTP_HOST = mail.example.org",
		"SAEBAAN_STRIPE_KEY = •••••• (17 characters)", "SAEBAAN_STRIPE_WEBHOOK_SECRET = •••••• (15 characters)", "SAEBAAN_SMTP_PASSWORD = •••••• (9 characters)"} {
		if !strings.Contains(out, line+"\n") {
			t.Errorf("no line %q in\n%s", line, out)
		}
	}
	both := []string{"SAEBAAN_STRIPE_KEY=sk_test_" + marker, "SAEBAAN_STRIPE_KEY_FILE=" + file}
	fails(t, data, both, "Both SAEBAAN_STRIPE_KEY and SAEBAAN_STRIPE_KEY_FILE are set", "config")
	fails(t, data, []string{"SAEBAAN_STRIPE_KEY_FILE=" + filepath.Join(data, "absent")}, "SAEBAAN_STRIPE_KEY_FILE cannot be read", "config")
	fails(t, data, []string{"SAEBAAN_STRIPE_KEY=sk_test_" + marker}, "Stripe needs both", "config")
	fails(t, data, []string{"SAEBAAN_SMTP_PORT=70000"}, "is not a port", "config")
	fails(t, data, []string{"SAEBAAN_SMTP_HOST=mail.example.org"}, "SAEBAAN_SMTP_FROM", "config")
	fails(t, data, []string{"SAEBAAN_ENV=staging"}, "production or development", "config")
}

// Production starts neither with practice money nor with sample users, and
// leaves nothing behind when it refuses.
func TestProductionRefusesPractice(t *testing.T) {
	live := []string{"SAEBAAN_ENV=production", "SAEBAAN_STRIPE_KEY=sk_live_" + marker, "SAEBAAN_STRIPE_WEBHOOK_SECRET=whsec_" + marker}
	for _, c := range []struct {
		name, says  string
		environment []string
		args        []string
	}{
		{"the simulator", "payment simulator", []string{"SAEBAAN_ENV=production"}, []string{"serve", "--addr", "127.0.0.1:0"}},
		{"the simulator in a worker", "payment simulator", []string{"SAEBAAN_ENV=production"}, []string{"worker"}},
		{"the demonstration", "demonstration shop", live, []string{"serve", "--demo", "--addr", "127.0.0.1:0"}},
		{"a test key", "test key", []string{"SAEBAAN_ENV=production", "SAEBAAN_STRIPE_KEY=sk_test_" + marker, "SAEBAAN_STRIPE_WEBHOOK_SECRET=whsec_1"}, []string{"serve", "--addr", "127.0.0.1:0"}},
		{"another server for Stripe", "another server", append([]string{"SAEBAAN_STRIPE_URL=http://127.0.0.1:1"}, live...), []string{"serve", "--addr", "127.0.0.1:0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			fails(t, data, c.environment, c.says, c.args...)
			if _, err := os.Stat(data); !os.IsNotExist(err) {
				t.Errorf("the data folder was made: %v", err)
			}
		})
	}
	t.Run("live", func(t *testing.T) {
		s := &shop{Program: testkit.Serve(t, t.TempDir(), live), t: t}
		s.guest = testkit.REST{T: t, URL: s.URL, Client: testkit.Client()}
		s.guest.Do(404, "POST", "/v1/test/clock", obj{"advance": "1h"})
		s.guest.Do(404, "POST", "/v1/test/payments/pi_1/confirm", obj{"outcome": "succeeded"})
		s.guest.Do(400, "POST", hook, "{}", "Stripe-Signature", sign("{}", practiceSecret, time.Now()))
		if s.user("root", "administrator").Get("/v1/me").Str("login") != "root" {
			t.Error("nobody can sign in")
		}
		if key := must(t, s.Data, live, "keys", "create", "--user", "root"); !strings.HasPrefix(key, "sb_live_") {
			t.Error("a key of production is not marked as one")
		}
		if strings.Contains(s.Log(), marker) {
			t.Errorf("the log holds a secret: %s", s.Log())
		}
	})
}

// database makes an empty PostgreSQL database with these options and returns
// its address for the owner.
func database(t *testing.T, name, options string) string {
	t.Helper()
	template := env(t, "postgres")[1]
	owner := strings.TrimPrefix(template, "SAEBAAN_DATABASE_OWNER_URL=")
	d, err := sql.Open("pgx", owner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(`CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' ` + options); err != nil {
		_ = d.Close()
		t.Skipf("LOUD SKIP: this PostgreSQL has no such collation, so nothing was checked: %v", err)
	}
	t.Cleanup(func() {
		_, _ = d.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`)
		_ = d.Close()
	})
	return regexp.MustCompile(`/[a-z0-9_]+\?`).ReplaceAllString(owner, "/"+name+"?")
}

func TestMigrateCommand(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		data := t.TempDir()
		for range 2 {
			if out := must(t, data, nil, "migrate"); !strings.Contains(out, "at this program's version") {
				t.Errorf("migrate says %q", out)
			}
		}
	})
	t.Run("postgres", func(t *testing.T) {
		environment, data := env(t, "postgres"), t.TempDir()
		for _, command := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"worker"}, {"ledger", "verify"}, {"keys", "create", "--user", "a"}} {
			fails(t, data, environment, "Run saebaan migrate first", command...)
		}
		fails(t, data, environment[:1], "", "migrate") // the program's own login may make no table
		for range 2 {
			must(t, data, environment, "migrate")
		}
		must(t, data, environment, "ledger", "verify")
	})
	for name, options := range map[string]string{
		"other_c":   `LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`,
		"other_icu": `LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-IN'`,
	} {
		t.Run(name, func(t *testing.T) {
			address := database(t, name, options)
			fails(t, t.TempDir(), []string{"SAEBAAN_DATABASE_URL=" + address}, "must have the collation C", "migrate")
			d, err := sql.Open("pgx", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			if n := count(t, d, `SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'`); n != 0 {
				t.Errorf("%d tables were made all the same", n)
			}
		})
	}
}
