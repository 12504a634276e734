package payouts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"saebaan/internal/auth"
)

// hashed is the SHA-256 of lines, which hold no line feed of their own.
func hashed(lines ...any) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%q\n", fmt.Sprint(l))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// ContentHash is a hash over what is decided about an advance: to give it, or to
// write off what is left of it.
func (a Advance) ContentHash() string {
	return hashed("saebaan advance 1", a.ID, a.ArtisanID, a.Kind, a.State, int64(a.Amount), int64(a.Left()), a.Reason, a.ProposedBy, a.WriteOff, a.WriteOffBy)
}

// ContentHash is a hash over what is decided about a closing.
func (c Closing) ContentHash() string {
	lines := []any{"saebaan closing 1", c.ID, c.Month, c.Block, c.Head, c.State, c.ProposedBy}
	for _, r := range c.Rows {
		lines = append(lines, r.Account, int64(r.Promised), int64(r.Billed))
	}
	return hashed(lines...)
}

// GiveAct is what a passkey is asked for when an advance is decided: it counts for
// this advance as she saw it, this decision and this voucher.
func (in AdvanceDecision) GiveAct() auth.Act {
	return auth.DecideAdvance(in.Advance, hashed(in.Seen, in.Yes, in.Reference))
}

// WriteOffAct is that for the writing off of what is left.
func (in AdvanceDecision) WriteOffAct() auth.Act {
	return auth.WriteOffAdvance(in.Advance, hashed(in.Seen, in.Yes, in.Reference))
}

// Act is what a passkey is asked for when a closing is decided.
func (in ClosingDecision) Act() auth.Act {
	return auth.DecideClosing(in.Closing, hashed(in.Seen, in.Yes))
}

// unseen reports whether a decision is not about what is there now. A passkey's
// answer is always for what was seen; a password may be, for clients of before.
func unseen(seen, now string, passkey []byte) bool {
	return seen != now && (seen != "" || len(passkey) > 0)
}
