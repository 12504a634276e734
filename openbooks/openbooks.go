package openbooks

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"regexp"

	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/orders"
)

// ErrNotFound says that no order has such an open book.
var ErrNotFound = fault.New(fault.NotFound, "openbooks.not_found", "There is no open book at this address.")

// signer holds the trust's key.
type signer interface {
	Sign(message []byte) []byte
	PublicKey() (id string, key ed25519.PublicKey)
}

// Service is the door to the open books.
type Service struct {
	db    *db.DB
	keys  signer
	shelf *shelf
}

// NewService makes the service.
func NewService(d *db.DB, keys signer) *Service { return &Service{d, keys, newShelf()} }

// Signed is a book with its signature over the bytes of its JSON, exactly as they
// are here.
type Signed struct {
	Book      Book
	Bytes     []byte // compact JSON, no character escaped that JSON does not ask for
	KeyID     string
	Signature string // Ed25519 (RFC 8032), base64
}

// Key is the public key that books are signed with.
type Key struct{ ID, Hex string }

// Key gives the key.
func (s *Service) Key() Key {
	id, key := s.keys.PublicKey()
	return Key{id, hex.EncodeToString(key)}
}

// Heads lists up to limit blocks after one, for anybody who keeps them.
func (s *Service) Heads(ctx context.Context, after int64, limit int) ([]BookBlock, error) {
	blocks, err := ledger.Blocks(ctx, s.db, after, limit)
	out := make([]BookBlock, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, blockOf(b))
	}
	return out, err
}

// TokenLength is how long the token of an open book is.
const TokenLength = 26

var tokenForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// Book reads and signs the open book behind a token; everybody who has it may.
// Returns ErrNotFound.
func (s *Service) Book(ctx context.Context, token string) (Signed, error) {
	if !tokenForm.MatchString(token) {
		return Signed{}, ErrNotFound
	}
	out, err := s.book(ctx, token)
	if errors.Is(err, orders.ErrNotFound) {
		return out, ErrNotFound
	}
	return out, err
}
