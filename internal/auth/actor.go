package auth

import (
	"crypto/sha256"
	"encoding/hex"

	"saebaan/internal/fault"
)

// The faults of this package.
var (
	ErrUnauthenticated = fault.New(fault.Unauthenticated, "auth.unauthenticated", "Nobody is signed in. Sign in, or send a key as a bearer token.")
	ErrForbidden       = fault.New(fault.Forbidden, "auth.forbidden", "You are signed in, but this is another role's work. Nothing was done.")
	ErrCredentials     = fault.New(fault.Unauthenticated, "auth.credentials", "The name and password do not fit together. Try again.")
	ErrTooMany         = fault.New(fault.TooMany, "auth.too_many", "Too many wrong passwords for this name. Wait a quarter of an hour and try again.")
	ErrStepUp          = fault.New(fault.Forbidden, "auth.step_up", "The password is not right. Nothing was approved; type your own password again.")
	ErrKeyApproves     = fault.New(fault.Forbidden, "auth.key_cannot_approve", "A key never approves money. A person must sign in and type the password.")
	ErrPassword        = fault.New(fault.Invalid, "auth.password", "The password must have 12 to 128 characters. Nothing was saved.")
	ErrLoginTaken      = fault.New(fault.Conflict, "auth.login_taken", "There is already a user of that name. Nothing was saved.")
	ErrRole            = fault.New(fault.Invalid, "auth.role", "There is no such role.")
	ErrNoUser          = fault.New(fault.NotFound, "auth.no_user", "There is no such user.")
	ErrProof           = fault.New(fault.Invalid, "auth.proof", "Send either your password or the answer of your passkey. Nothing was approved.")
	ErrPasskey         = fault.New(fault.Forbidden, "auth.passkey", "The passkey's answer was not accepted: it came too late, was used before, or was asked for something else. Nothing was done; try again, or type your own password.")
	ErrPasskeyCounter  = fault.New(fault.Forbidden, "auth.passkey_counter", "This passkey's counter went back, so there may be a copy of it. Nothing was approved; remove it, tell the others in the office, and type your own password.")
	ErrKeyPasskeys     = fault.New(fault.Forbidden, "auth.key_no_passkeys", "A key neither has passkeys nor changes them. A person must sign in.")
	ErrNoPasskey       = fault.New(fault.NotFound, "auth.no_passkey", "There is no such passkey of yours.")
	ErrPasskeysOff     = fault.New(fault.Conflict, "auth.passkeys_off", "Passkeys cannot be used at this address. Nothing was done; the password does everything.")
	ErrPasskeyLabel    = fault.New(fault.Invalid, "auth.passkey_label", "Name the passkey with 1 to 60 characters. Nothing was saved.")
	ErrPasskeyTaken    = fault.New(fault.Conflict, "auth.passkey_taken", "This passkey has been added before. Nothing was saved.")
	ErrPasskeysMany    = fault.New(fault.Conflict, "auth.passkeys_many", "You have 20 passkeys. Nothing was saved; remove one that you do not use.")
)

// Role names a kind of work.
type Role string

// The roles.
const (
	Shopper       Role = "shopper"
	TradeBuyer    Role = "trade_buyer"
	Coordinator   Role = "coordinator" // scope: an area
	Preparer      Role = "finance_preparer"
	Approver      Role = "finance_approver"
	StallSeller   Role = "stall_seller"
	Administrator Role = "administrator"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{Shopper, TradeBuyer, Coordinator, Preparer, Approver, StallSeller, Administrator}
}

// Grant is a role with its scope: an area for coordinators, "" for all.
type Grant struct {
	Role  Role   `db:"role" json:"role"`
	Scope string `db:"scope" json:"scope"`
}

// Via says how an actor was recognised.
type Via string

// The ways.
const (
	ViaNobody  Via = ""
	ViaSession Via = "session"
	ViaKey     Via = "key"
	ViaGuest   Via = "guest"
	ViaSystem  Via = "system"
)

// Actor is who acts. The zero Actor is nobody.
type Actor struct {
	ID        string // user id, or the name of a system worker
	Login     string
	Name      string
	Language  string
	Via       Via
	Grants    []Grant
	GuestHash string // hash of a cart token, beside a session or alone
	Session   string // hash of the session's token; "" for others
}

// System is the actor of a worker, such as "release" or "import".
func System(name string) Actor { return Actor{ID: name, Via: ViaSystem} }

// String is what the books and the audit store: "user:usr_…", "system:release".
func (a Actor) String() string { return a.Principal() }

// Principal is who a key of idempotency belongs to.
func (a Actor) Principal() string {
	switch a.Via {
	case ViaSession, ViaKey:
		return "user:" + a.ID
	case ViaSystem:
		return "system:" + a.ID
	case ViaGuest:
		return "guest:" + a.GuestHash[:min(16, len(a.GuestHash))]
	}
	return "nobody"
}

// Has reports whether the actor holds the role, in any scope.
func (a Actor) Has(role Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}

// Require returns nil when the actor holds one of the roles or is a system
// worker, else ErrUnauthenticated or ErrForbidden.
func (a Actor) Require(roles ...Role) error {
	if a.Via == ViaSystem {
		return nil
	}
	if a.ID == "" {
		return ErrUnauthenticated
	}
	for _, r := range roles {
		if a.Has(r) {
			return nil
		}
	}
	return ErrForbidden
}

// CoversArea reports whether the actor may act in an area: administrators and
// workers everywhere, coordinators in their own areas.
func (a Actor) CoversArea(area string) bool {
	if a.Via == ViaSystem || a.Has(Administrator) {
		return true
	}
	for _, g := range a.Grants {
		if g.Role == Coordinator && (g.Scope == "" || g.Scope == area) {
			return true
		}
	}
	return false
}

// Areas lists the areas a coordinator is bound to; nil means all of them.
func (a Actor) Areas() []string {
	if a.Via == ViaSystem || a.Has(Administrator) {
		return nil
	}
	areas := []string{}
	for _, g := range a.Grants {
		if g.Role == Coordinator {
			if g.Scope == "" {
				return nil
			}
			areas = append(areas, g.Scope)
		}
	}
	return areas
}

// Hash is how a secret is stored and looked up: SHA-256 in hex. Secrets have
// 256 random bits, so they need no salt.
func Hash(secret string) string {
	s := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(s[:])
}
