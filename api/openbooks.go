package api

import (
	"context"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/web"
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

// An address may read so many books at once, and then one each interval.
const (
	openBurst = 30
	openEvery = time.Second
)

// limitBooks stands before the book of an order, which may cost much to put
// together, and not before what else has an address of that form.
func limitBooks() fiber.Handler {
	limit := web.NewLimit(openBurst, openEvery, nil)
	return func(c *fiber.Ctx) error {
		if len(c.Params("token")) != openbooks.TokenLength {
			return c.Next()
		}
		return limit.Handle(c)
	}
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

// signedYear is the book of a year as the very bytes that were signed.
type signedYear []byte

// MarshalJSON gives the bytes as they are.
func (b signedYear) MarshalJSON() ([]byte, error) { return b, nil }

// Schema describes them as the book they are.
func (signedYear) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[openbooks.Year](), true, "")
}

type openYear struct {
	Book      signedYear `json:"book"`
	KeyID     string     `json:"key_id"`
	Signature string     `json:"signature" doc:"Ed25519 over the bytes of book exactly as they stand here, base64"`
}

type openYearInput struct {
	Year string `path:"year" maxLength:"7" doc:"The financial year, like 2026-27"`
}

// openYear gives everybody what was promised in a year against what was paid.
func (s *Server) openYear(ctx context.Context, in *openYearInput) (*one[openYear], error) {
	y, err := s.OpenBooks.Year(ctx, in.Year)
	if err != nil {
		return nil, err
	}
	return &one[openYear]{openYear{y.Bytes, y.KeyID, y.Signature}}, nil
}

// openYears lists the years that have a book.
func (s *Server) openYears(ctx context.Context, _ *struct{}) (*whole[yearName], error) {
	return wholeOf(func(year string) yearName { return yearName{year} })(s.OpenBooks.Years(ctx))
}

type yearName struct {
	Year string `json:"year" doc:"Like 2026-27"`
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
