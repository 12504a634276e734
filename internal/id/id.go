package id

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// The digits are in ASCII order, so that text order is value order; i, l, o
// and u are left out, as Crockford proposed, so that ids survive being read aloud.
var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New returns a fresh id: New("ord") is "ord_" and 26 characters.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + encoding.EncodeToString(u[:])
}

// Valid reports whether s has the form of an id with that prefix.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != 26 {
		return false
	}
	_, err := encoding.DecodeString(rest)
	return err == nil
}
