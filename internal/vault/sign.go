package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

var errSignKey = errors.New("signing key: not 32 bytes in hexadecimal")

// signingKey reads the seed that signs what is published, making it at first use.
func signingKey(path string) (ed25519.PrivateKey, error) {
	raw, err := readOrMake(path, func() ([]byte, error) {
		seed := make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed)
		return []byte(hex.EncodeToString(seed) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(string(bytes.TrimSpace(raw)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errSignKey
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Sign signs the bytes with the trust's Ed25519 key (RFC 8032).
func (v *Vault) Sign(message []byte) []byte { return ed25519.Sign(v.sign, message) }

// PublicKey is what Sign's signatures are checked with, and its id: the first 16
// hexadecimal digits of the key's SHA-256.
func (v *Vault) PublicKey() (id string, key ed25519.PublicKey) {
	key = v.sign.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8]), key
}
