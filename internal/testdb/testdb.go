package testdb

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"saebaan/internal/db"
	"saebaan/internal/outbox"
	"saebaan/migrations"
)

// Login is the program's own PostgreSQL login in tests.
const Login = "saebaan_app"

var serial atomic.Int64

// Main runs the tests of a package and stops the cluster they started; call it
// from TestMain as os.Exit(testdb.Main(m)).
func Main(m *testing.M) int {
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); checks != nil && testing.Short() && checks.Value.String() == checks.DefValue {
		_ = checks.Value.Set("20") // sized for the race detector; make soak runs them in full
	}
	code := m.Run()
	stopCluster()
	return code
}

// Each runs body on both databases as subtests "sqlite" and "postgres".
func Each(t *testing.T, body func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { body(t, Postgres(t)) })
}

// SQLite gives a fresh migrated SQLite database in a temporary folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "saebaan.db"), "")
}

// Postgres gives a fresh migrated PostgreSQL database, opened as Login.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	owner, app := PostgresAddress(t)
	_ = open(t, owner, Login).Close() // it only migrates, and a server has so many connections
	d, err := db.Open(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// PostgresAddress creates an empty database with collation C and returns its
// address for the owner, who migrates, and for the program's own login.
func PostgresAddress(t testing.TB) (owner, app string) {
	t.Helper()
	c := cluster(t)
	name := fmt.Sprintf("t%d_%d", os.Getpid(), serial.Add(1))
	if err := c.exec(`CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.exec(`DROP DATABASE ` + name + ` WITH (FORCE)`) })
	return c.address("postgres", name), c.address(Login, name)
}

func open(t testing.TB, address, login string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := outbox.Migrate(context.Background(), d); err != nil { // before the rights are granted
		t.Fatal(err)
	}
	if err := d.Migrate(context.Background(), migrations.Files, login); err != nil {
		t.Fatal(err)
	}
	return d
}

func missing(t testing.TB, what string) {
	t.Helper()
	if strings.EqualFold(os.Getenv("CI"), "true") {
		t.Fatalf("%s: PostgreSQL is needed under CI (apt-get install postgresql)", what)
	}
	t.Skipf("LOUD SKIP: %s: nothing was checked on PostgreSQL (apt-get install postgresql)", what)
}
