package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
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
)

// Vault seals and opens values.
type Vault struct {
	aead  tink.AEAD
	blind []byte
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
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("payee key: %w", err)
	}
	v := &Vault{}
	if v.aead, err = aead.New(handle); err != nil {
		return nil, fmt.Errorf("payee key: %w", err)
	}
	v.blind, err = readOrMake(filepath.Join(folder, blindFile), func() ([]byte, error) {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		return []byte(hex.EncodeToString(key) + "\n"), nil
	})
	return v, err
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
	return v.aead.Encrypt([]byte(plain), at.data())
}

// Open decrypts what Seal made for that very place, or returns ErrSealed.
func (v *Vault) Open(sealed []byte, at Place) (string, error) {
	plain, err := v.aead.Decrypt(sealed, at.data())
	if err != nil {
		return "", ErrSealed.Because(err)
	}
	return string(plain), nil
}

// Blind is the index of a normalised value: equal values give equal indexes,
// and without the key nothing about the value can be told.
func (v *Vault) Blind(value string) string {
	m := hmac.New(sha256.New, v.blind)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}
