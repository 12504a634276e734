package api

import (
	"context"
	"encoding/base64"
	"regexp"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// ErrCursor refuses a cursor that is not ours.
var ErrCursor = fault.New(fault.Invalid, "api.cursor", "This place in the list is not known. Start again without a cursor.")

// amount is money on the wire that may not be negative.
type amount struct {
	Amount   int64  `json:"amount" minimum:"0" maximum:"10000000000000" doc:"In paise"`
	Currency string `json:"currency" enum:"INR"`
}

// signed is money on the wire that may be negative.
type signed struct {
	Amount   int64  `json:"amount" doc:"In paise; in the ledger debit +, credit −"`
	Currency string `json:"currency" enum:"INR"`
}

func rupees(p money.Paise) amount   { return amount{int64(p), "INR"} }
func signedOf(p money.Paise) signed { return signed{int64(p), "INR"} }

func (a amount) paise() money.Paise { return money.Paise(a.Amount) }

// text is a text in three languages.
type text struct {
	En string `json:"en" maxLength:"20000"`
	Hi string `json:"hi,omitempty" maxLength:"20000"`
	Ur string `json:"ur,omitempty" maxLength:"20000"`
}

func when(t db.Time) time.Time { return t.Std() }

func whenOrNil(t *db.Time) *time.Time {
	if t == nil {
		return nil
	}
	s := t.Std()
	return &s
}

// given is a part of a request that may be left out, or its zero.
func given[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// Idempotent is embedded by every POST.
type Idempotent struct {
	Key string `header:"Idempotency-Key" maxLength:"255" pattern:"^[ -~]*$" patternDescription:"printable ASCII" doc:"The same key and body again give the first answer and no second effect; with another body 422. Kept 90 days."`
}

// answer is what a POST gives back.
type answer[T any] struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true when this is the stored answer to an earlier request"`
	Body     T
}

type replayFlag struct{}

// reply wraps a body and says whether it was replayed.
func reply[T any](ctx context.Context, body T) *answer[T] {
	a := &answer[T]{Body: body}
	if flag, _ := ctx.Value(replayFlag{}).(*bool); flag != nil && *flag {
		a.Replayed = "true"
	}
	return a
}

func withReplayFlag(ctx context.Context) context.Context {
	ctx, flag := idem.WithFlag(ctx)
	return context.WithValue(ctx, replayFlag{}, flag)
}

// one is what a GET of a single thing gives back.
type one[T any] struct{ Body T }

// Page asks for a part of a list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"24"`
}

// list is a part of a list.
type list[T any] struct {
	Body struct {
		Data       []T     `json:"data" nullable:"false"`
		HasMore    bool    `json:"has_more"`
		NextCursor *string `json:"next_cursor"`
	}
}

// listOf makes a page from limit+1 rows that were read: the extra one only
// tells that there is more.
func listOf[R, T any](rows []R, limit int, body func(R) T, key func(R) string) *list[T] {
	out := &list[T]{}
	out.Body.Data = make([]T, 0, limit)
	for i, r := range rows {
		if i == limit {
			next := base64.RawURLEncoding.EncodeToString([]byte(key(rows[limit-1])))
			out.Body.HasMore, out.Body.NextCursor = true, &next
			break
		}
		out.Body.Data = append(out.Body.Data, body(r))
	}
	return out
}

// whole is a list that is short enough to be given whole.
type whole[T any] struct {
	Body struct {
		Data    []T  `json:"data" nullable:"false"`
		HasMore bool `json:"has_more" doc:"Always false: the list is whole, or ends where the operation says"`
	}
}

// wholeOf makes such a list of what a domain package gives.
func wholeOf[R, T any](body func(R) T) func([]R, error) (*whole[T], error) {
	return func(rows []R, err error) (*whole[T], error) {
		if err != nil {
			return nil, err
		}
		out := &whole[T]{}
		out.Body.Data = make([]T, 0, len(rows))
		for _, r := range rows {
			out.Body.Data = append(out.Body.Data, body(r))
		}
		return out, nil
	}
}

// cursorForm is what the keys of our lists are made of.
var cursorForm = regexp.MustCompile(`^[!-~]*$`)

// after is the key a cursor stands for.
func (p Page) after() (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !cursorForm.Match(raw) {
		return "", ErrCursor
	}
	return string(raw), nil
}
