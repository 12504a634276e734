package main_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"saebaan/internal/testkit"
)

// copyKeys puts the payee keys beside restored data, as an operator does.
func copyKeys(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(to, "keys")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(to, "keys"), os.DirFS(filepath.Join(from, "keys"))); err != nil {
		t.Fatal(err)
	}
}

// A backup taken while people buy is whole: restored into an empty folder its
// book verifies, a piece can be sold, and its maker paid.
func TestBackupWhileServingAndRestore(t *testing.T) {
	s := open(t, nil)
	maker := s.artisan("Backup Maker")
	_, v := s.kurta("BACK-1", 100_000, map[string]string{"embroidery": maker}, false)
	before := s.buy(t, map[string]int64{v: 1}, "09")

	var stop atomic.Bool
	var sold atomic.Int64
	var buyers sync.WaitGroup
	for i := range 3 {
		buyers.Go(func() {
			for n := 0; !stop.Load(); n++ {
				cart, _ := s.guest.Try("POST", "/v1/carts", nil)
				b := basket{cart.Str("id"), s.guest.As(cart.Str("token"))}
				_, _ = b.buyer.Try("POST", "/v1/carts/"+b.id+"/lines", obj{"variant_id": v, "quantity": 1})
				if a, err := b.place(fmt.Sprint("backup-", i, "-", n)); err != nil || a.Status != 201 {
					t.Errorf("during the backup: %v %s", err, a.Raw)
					return
				}
				sold.Add(1)
			}
		})
	}
	within(t, "buyers are at work", func() bool { return sold.Load() > 5 })
	file := filepath.Join(t.TempDir(), "shop.backup")
	out := must(t, s.Data, nil, "backup", file)
	during := sold.Load()
	within(t, "buyers went on", func() bool { return sold.Load() > during })
	stop.Store(true)
	buyers.Wait()
	if !strings.Contains(out, "the book stands at block") || !strings.Contains(out, "does not hold the payee keys") || !strings.Contains(out, filepath.Join(s.Data, "keys")) {
		t.Errorf("backup says %q", out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the backup: %v %v", info.Mode(), err)
	}
	fails(t, s.Data, nil, "already a file", "backup", file)
	holdsNoSecret(t, s, file)

	fresh := filepath.Join(t.TempDir(), "fresh")
	if out := must(t, fresh, nil, "restore", file); !strings.Contains(out, " 0 problems") {
		t.Fatalf("restore says %q", out)
	}
	copyKeys(t, s.Data, fresh)
	s.sellAndPay(t, fresh, v, maker, before)
}

// holdsNoSecret looks for what must not be readable in a backup.
func holdsNoSecret(t *testing.T, s *shop, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"a session": s.admin.Token, "a password": password, "an account": "backup.maker@upi"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the backup holds %s in clear", what)
		}
	}
	keys, err := os.ReadDir(filepath.Join(s.Data, "keys"))
	if err != nil || len(keys) == 0 {
		t.Fatalf("no keys: %v", err)
	}
	for _, k := range keys {
		key, err := os.ReadFile(filepath.Join(s.Data, "keys", k.Name()))
		if err != nil || bytes.Contains(raw, key) {
			t.Errorf("the backup holds the key %s, or it cannot be read: %v", k.Name(), err)
		}
	}
}

// sellAndPay serves the restored data, sells a piece of it and pays its maker.
func (s *shop) sellAndPay(t *testing.T, data, variant, maker, before string) {
	t.Helper()
	r := resume(t, data, nil)
	if got := r.admin.Get("/v1/orders/" + before); got.Str("state") != "confirmed" {
		t.Fatalf("an order from before the backup: %s", got.Raw)
	}
	order := r.buy(t, map[string]int64{variant: 1}, "09")
	r.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	r.admin.Post("/v1/orders/"+order+"/deliver", nil)
	r.guest.Post("/v1/test/clock", obj{"advance": "169h"})
	run := r.preparer.Post("/v1/payout-runs", nil)
	path := "/v1/payout-runs/" + run.Str("id")
	run = r.preparer.Post(path+"/submit", nil)
	r.approver.Post(path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": password})
	if file := string(r.preparer.Get(path + "/bank-file").Raw); !strings.Contains(file, "backup.maker@upi") || run.Str("items", 0, "artisan_id") != maker {
		t.Errorf("the bank file from restored data: %s", file)
	}
	r.verify()
}

// Restore writes nothing over data that is there, and leaves nothing behind of
// a file that is no backup.
func TestRestoreRefuses(t *testing.T) {
	s := bare(t)
	file := filepath.Join(t.TempDir(), "shop.backup")
	must(t, s.Data, nil, "backup", file)
	if code := s.Stop(); code != 0 {
		t.Fatalf("the program ended with %d", code)
	}
	db := filepath.Join(s.Data, "saebaan.db")
	held, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	fails(t, s.Data, nil, "choose an empty data folder", "restore", file)
	if now, err := os.ReadFile(db); err != nil || !bytes.Equal(now, held) {
		t.Errorf("a refused restore changed the database: %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	torn := append([]byte(nil), whole...)
	for i := len(torn) / 8; i < len(torn); i++ {
		torn[i] ^= 0x5a
	}
	for name, content := range map[string][]byte{"no database": []byte(marker), "nothing": {}, "half": whole[:len(whole)/2], "torn": torn} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, errs, code := testkit.Run(t, empty, nil, "restore", bad); code == 0 || !strings.Contains(errs, "backup") {
			t.Errorf("%s: code %d %s%s", name, code, out, errs)
		}
		for _, left := range []string{"saebaan.db", "saebaan.db-wal", "saebaan.db-shm", "saebaan.db.part"} {
			if _, err := os.Stat(filepath.Join(empty, left)); !os.IsNotExist(err) {
				t.Errorf("%s: %s is left behind: %v", name, left, err)
			}
		}
	}
	must(t, empty, nil, "restore", file) // which a second try finds empty
}

func TestBackupOfPostgres(t *testing.T) {
	environment, data := env(t, "postgres"), t.TempDir()
	must(t, data, environment, "migrate")
	file := filepath.Join(data, "shop.backup")
	fails(t, data, environment, "pg_dump", "backup", file)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a file was written: %v", err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, data, environment, "pg_dump", "restore", file)
}
