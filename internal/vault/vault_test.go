package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"saebaan/internal/vault"
)

func TestSealedValuesOpenOnlyWhereTheyStand(t *testing.T) {
	folder := t.TempDir()
	v, err := vault.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	at := vault.Place{Table: "payees", Column: "sealed", Row: "pay_1", Version: 1}
	sealed, err := v.Seal("00123456789", at)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.Open(sealed, at); err != nil || got != "00123456789" {
		t.Fatalf("%q %v", got, err)
	}
	for name, other := range map[string]vault.Place{
		"table": {Table: "x", Column: "sealed", Row: "pay_1", Version: 1}, "column": {Table: "payees", Column: "x", Row: "pay_1", Version: 1},
		"row": {Table: "payees", Column: "sealed", Row: "pay_2", Version: 1}, "version": {Table: "payees", Column: "sealed", Row: "pay_1", Version: 2},
	} {
		if _, err := v.Open(sealed, other); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("opened in another %s: %v", name, err)
		}
	}
	for i := range sealed {
		flipped := append([]byte(nil), sealed...)
		flipped[i] ^= 1
		if _, err := v.Open(flipped, at); !errors.Is(err, vault.ErrSealed) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
	}
	another, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := another.Open(sealed, at); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("another key opened it: %v", err)
	}
	if first, second := v.Blind("x"), v.Blind("x"); another.Blind("x") == first || first != second || first == v.Blind("y") {
		t.Error("the blind index is not keyed, or not a function")
	}
	again, err := vault.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, at); err != nil || got != "00123456789" {
		t.Errorf("after a restart: %q %v", got, err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", f, info.Mode())
		}
	}
	if len(files) != 3 {
		t.Errorf("key files: %v", files)
	}
}

// While another process rotates the key, what either has sealed opens in both.
func TestTheKeyIsRotatedWhileOthersRead(t *testing.T) {
	folder := t.TempDir()
	open := func() *vault.Vault {
		v, err := vault.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rotating, reading := open(), open()
	at := vault.Place{Table: "payees", Column: "sealed", Row: "pay_1", Version: 1}
	seal := func(v *vault.Vault) []byte {
		sealed, err := v.Seal("00123456789", at)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	before := seal(reading)
	for range 3 {
		if err := rotating.Rotate(); err != nil {
			t.Fatal(err)
		}
		after, late := seal(rotating), seal(reading) // late: by a process that does not know yet
		if rotating.Current(before) || !rotating.Current(after) {
			t.Error("the new key does not seal")
		}
		for name, v := range map[string]*vault.Vault{"the one that rotated": rotating, "the one that reads": reading, "one that starts now": open()} {
			for _, sealed := range [][]byte{before, after, late} {
				if got, err := v.Open(sealed, at); err != nil || got != "00123456789" {
					t.Errorf("%s: %q %v", name, got, err)
				}
			}
		}
		fresh, ok, err := rotating.Reseal(before, at)
		if err != nil || !ok || !rotating.Current(fresh) {
			t.Errorf("sealed anew: %v %v", ok, err)
		}
		if _, again, err := rotating.Reseal(fresh, at); err != nil || again {
			t.Errorf("sealed anew twice: %v %v", again, err)
		}
		before = fresh
	}
	if _, _, err := rotating.Reseal([]byte("not sealed by anybody"), at); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("something else: %v", err)
	}
}
