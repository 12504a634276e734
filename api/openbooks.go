package api

import (
	"context"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/openbooks"
)

// signedBook is a book as the very bytes that were signed.
type signedBook []byte

// MarshalJSON gives the bytes as they are.
func (b signedBook) MarshalJSON() ([]byte, error) { return b, nil }

// Schema describes them as the book they are.
func (signedBook) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[openbooks.Book](), true, "")
}

type openBook struct {
	Book      signedBook `json:"book"`
	KeyID     string     `json:"key_id"`
	Signature string     `json:"signature" doc:"Ed25519 over the bytes of book exactly as they stand here, base64; docs/open-books.md says how to check it"`
}

type openBookInput struct {
	Token string `path:"token" maxLength:"60"`
}

// openBook gives everybody who has its address where the money of an order went.
func (s *Server) openBook(ctx context.Context, in *openBookInput) (*one[openBook], error) {
	b, err := s.OpenBooks.Book(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	return &one[openBook]{openBook{b.Bytes, b.KeyID, b.Signature}}, nil
}

type openBookKey struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm" enum:"Ed25519"`
	PublicKey string `json:"public_key" doc:"32 bytes in hexadecimal"`
}

func (s *Server) openBookKeys(context.Context, *struct{}) (*whole[openBookKey], error) {
	return wholeOf(func(k openbooks.Key) openBookKey { return openBookKey{k.ID, "Ed25519", k.Hex} })([]openbooks.Key{s.OpenBooks.Key()}, nil)
}

// openBookHeads lists the ledger's blocks to anybody: hashes, and nothing of what
// is in them.
func (s *Server) openBookHeads(ctx context.Context, in *Page) (*list[openbooks.BookBlock], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	no := int64(0)
	if after != "" {
		if no, err = strconv.ParseInt(after, 10, 64); err != nil {
			return nil, ErrCursor
		}
	}
	rows, err := s.OpenBooks.Heads(ctx, no, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, func(b openbooks.BookBlock) openbooks.BookBlock { return b },
		func(b openbooks.BookBlock) string { return strconv.FormatInt(b.No, 10) }), nil
}
