package idem

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/fault"
)

// Kept is how long an answer is remembered.
const Kept = 90 * 24 * time.Hour

// ErrReused refuses a key that came before with another body.
var ErrReused = fault.New(fault.Invalid, "idem.reused", "This Idempotency-Key was sent before with another body. Nothing was done; use a new key for a new request.")

// Scope says whose key it is and for which operation.
type Scope struct {
	Principal string
	Operation string
	Key       string // "" runs the request without memory
}

type replayedKey struct{}

// WithFlag returns a context in which Write notes that it replayed an answer.
func WithFlag(ctx context.Context) (context.Context, *bool) {
	flag := new(bool)
	return context.WithValue(ctx, replayedKey{}, flag), flag
}

// Write runs fn in one db.Write and remembers its answer under the scope. When
// the scope has an answer already, fn is not run: the stored answer is returned,
// or ErrReused when input is not what it was then.
func Write[T any](ctx context.Context, d *db.DB, s Scope, input any, fn func(*db.Tx) (T, error)) (T, error) {
	var out T
	body, err := json.Marshal(input)
	if err != nil {
		return out, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	replayed := false
	err = d.Write(ctx, func(tx *db.Tx) error {
		var zero T
		out, replayed = zero, false
		if s.Key != "" {
			found, err := recall(tx, s, hash, &out)
			if err != nil || found {
				replayed = found
				return err
			}
		}
		if out, err = fn(tx); err != nil || s.Key == "" {
			return err
		}
		return remember(tx, s, hash, out)
	})
	if flag, ok := ctx.Value(replayedKey{}).(*bool); ok && replayed && err == nil {
		*flag = true
	}
	return out, err
}

func recall(tx *db.Tx, s Scope, hash string, out any) (bool, error) {
	var row struct {
		Hash     string `db:"request_hash"`
		Response string `db:"response"`
	}
	err := tx.Get(&row, `
		SELECT request_hash, response
		FROM idempotency
		WHERE principal = $1 AND operation = $2 AND key = $3`, s.Principal, s.Operation, s.Key)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if row.Hash != hash {
		return false, ErrReused
	}
	return true, json.Unmarshal([]byte(row.Response), out)
}

func remember(tx *db.Tx, s Scope, hash string, out any) error {
	answer, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO idempotency (principal, operation, key, request_hash, response, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, s.Principal, s.Operation, s.Key, hash, string(answer), tx.Now())
	return err
}

// Sweep forgets answers older than Kept, at most 500 at a time, and returns how many.
func Sweep(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec(`
			DELETE FROM idempotency
			WHERE created_at < $1
				AND created_at <= (
					SELECT MAX(o.created_at)
					FROM (SELECT i.created_at FROM idempotency i ORDER BY i.created_at LIMIT 500) o)`, tx.Now().Add(-Kept))
		return err
	})
	return n, err
}
