package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/core/cryptofmt"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"saebaan/internal/fault"
)

// ErrSealed is returned when a sealed value does not open: another key, another
// row, or a changed byte.
var ErrSealed = fault.New(fault.Internal, "vault.sealed", "A sealed value does not open with the keys at hand. Nothing was done.")

// The files of the key folder.
const (
	sealFile  = "payee-aead.json"
	blindFile = "payee-blind.key"
	signFile  = "openbooks-ed25519.key"
)

// Vault seals and opens values, and signs what is published.
type Vault struct {
	path  string // of the keyset
	blind []byte
	sign  ed25519.PrivateKey

	mu      sync.RWMutex
	raw     []byte // the keyset as it was read
	aead    tink.AEAD
	primary string // the first bytes of what the newest key seals
}

// Open reads the keys in folder, making them at first use. Whoever loses them
// loses every sealed payee; keep a copy apart from the database's backups.
func Open(folder string) (*Vault, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("key folder: %w", err)
	}
	raw, err := readOrMake(filepath.Join(folder, sealFile), newKeyset)
	if err != nil {
		return nil, err
	}
	v := &Vault{path: filepath.Join(folder, sealFile)}
	if err := v.use(raw); err != nil {
		return nil, err
	}
	v.blind, err = readOrMake(filepath.Join(folder, blindFile), func() ([]byte, error) {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		return []byte(hex.EncodeToString(key) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	v.sign, err = signingKey(filepath.Join(folder, signFile))
	return v, err
}

// use takes a keyset as the one in force.
func (v *Vault) use(raw []byte) error {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return fmt.Errorf("payee key: %w", err)
	}
	sealer, err := aead.New(handle)
	if err != nil {
		return fmt.Errorf("payee key: %w", err)
	}
	sample, err := sealer.Encrypt(nil, nil)
	if err != nil {
		return fmt.Errorf("payee key: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.raw, v.aead, v.primary = raw, sealer, string(sample[:cryptofmt.NonRawPrefixSize])
	return nil
}

// renew reads the keyset again and reports whether another process has changed it.
func (v *Vault) renew() bool {
	raw, err := os.ReadFile(v.path)
	v.mu.RLock()
	same := bytes.Equal(raw, v.raw)
	v.mu.RUnlock()
	return err == nil && !same && v.use(raw) == nil
}

// Rotate adds a fresh key, which seals from now on. The older ones stay, so that
// what they sealed, in the database or in a backup, still opens. Other processes
// take the new keyset up when they meet a value that it sealed.
func (v *Vault) Rotate() error {
	v.renew()
	v.mu.RLock()
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(v.raw)))
	v.mu.RUnlock()
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(handle)
	fresh, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	if err := manager.SetPrimary(fresh); err != nil {
		return err
	}
	if handle, err = manager.Handle(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return err
	}
	if err := replace(v.path, b.Bytes()); err != nil {
		return err
	}
	return v.use(b.Bytes())
}

// replace puts a file in another's place, whole or not at all.
func replace(path string, content []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err := tmp.Write(content); err != nil {
		return err
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// Current reports whether the newest key sealed a value.
func (v *Vault) Current(sealed []byte) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return strings.HasPrefix(string(sealed), v.primary)
}

func newKeyset() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b))
	return b.Bytes(), err
}

// readOrMake never overwrites: two processes that start together agree on the
// file that was there first.
func readOrMake(path string, make func() ([]byte, error)) ([]byte, error) {
	raw, err := os.ReadFile(path) // #nosec G304 -- a fixed name in the configured key folder
	if !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	fresh, err := make()
	if err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err := tmp.Write(fresh); err != nil {
		return nil, err
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path) // #nosec G304 -- as above
}

// Place is where a sealed value stands; it opens nowhere else.
type Place struct {
	Table, Column, Row string
	Version            int64
}

func (p Place) data() []byte {
	return []byte(fmt.Sprintf("%s\x00%s\x00%s\x00%d", p.Table, p.Column, p.Row, p.Version))
}

// Seal encrypts plain for that place.
func (v *Vault) Seal(plain string, at Place) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.aead.Encrypt([]byte(plain), at.data())
}

// Open decrypts what Seal made for that very place, or returns ErrSealed.
func (v *Vault) Open(sealed []byte, at Place) (string, error) {
	v.mu.RLock()
	plain, err := v.aead.Decrypt(sealed, at.data())
	v.mu.RUnlock()
	if err != nil && v.renew() {
		v.mu.RLock()
		plain, err = v.aead.Decrypt(sealed, at.data())
		v.mu.RUnlock()
	}
	if err != nil {
		return "", ErrSealed.Because(err)
	}
	return string(plain), nil
}

// Reseal seals a value anew when an older key has sealed it; ok is false when
// there is nothing to do.
func (v *Vault) Reseal(sealed []byte, at Place) (fresh []byte, ok bool, err error) {
	if v.Current(sealed) {
		return nil, false, nil
	}
	plain, err := v.Open(sealed, at)
	if err != nil {
		return nil, false, err
	}
	fresh, err = v.Seal(plain, at)
	return fresh, err == nil, err
}

// Blind is the index of a normalised value: equal values give equal indexes,
// and without the key nothing about the value can be told.
func (v *Vault) Blind(value string) string {
	m := hmac.New(sha256.New, v.blind)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}
