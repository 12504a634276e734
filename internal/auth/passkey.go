package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"saebaan/internal/db"
)

// mostPasskeys is how many one person may have.
const mostPasskeys = 20

// Why passkeys are not offered.
const (
	NoSite    = "no_site"    // the shop's address is not known, or is none
	NoName    = "no_name"    // it is a number; WebAuthn wants a name (Level 3, §5.1.2)
	NotSecure = "not_secure" // neither https nor this computer
)

// Offer says whether passkeys can be used, and where.
type Offer struct {
	Origin string // such as https://shop.example, the one address at which they work
	Site   string // its name without port: what WebAuthn calls the RP id
	Why    string // NoSite, NoName, NotSecure; "" when they are offered
}

// Passkey is one of a person's passkeys. Only its public half is kept here.
type Passkey struct {
	ID        string   `db:"id"`
	Site      string   `db:"site"` // where it works
	Label     string   `db:"label"`
	BackedUp  bool     `db:"backed_up"` // a password manager keeps it beside the device
	CreatedAt db.Time  `db:"created_at"`
	UsedAt    *db.Time `db:"used_at"`
}

// storedPasskey is what an answer is checked with.
type storedPasskey struct {
	Passkey
	CredentialID   string `db:"credential_id"` // base64url
	PublicKey      []byte `db:"public_key"`    // COSE
	Transports     string `db:"transports"`    // comma between
	SignCount      int64  `db:"sign_count"`
	BackupEligible bool   `db:"backup_eligible"`
}

// Offer says whether passkeys can be used at the address of ServeAt.
func (s *Service) Offer() Offer { return s.offer }

// ServeAt says at which address browsers reach the program, like
// https://shop.example, before it serves. Passkeys are bound to it; where they
// cannot be, Offer says why.
func (s *Service) ServeAt(origin string) {
	s.offer, s.relying = offerAt(origin), nil
	if s.offer.Why != "" {
		return
	}
	relying, err := webauthn.New(&webauthn.Config{
		RPID: s.offer.Site, RPDisplayName: "Saebaan", RPOrigins: []string{s.offer.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Timeout: challengeLife}, Registration: webauthn.TimeoutConfig{Timeout: challengeLife}},
		// Some password managers answer extensions that nobody asked for; none counts here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		s.offer.Why = NoSite
		return
	}
	s.relying = relying
}

func offerAt(origin string) Offer {
	u, err := url.Parse(strings.ToLower(origin))
	if err != nil || u.Hostname() == "" {
		return Offer{Why: NoSite}
	}
	o := Offer{Origin: u.Scheme + "://" + u.Host, Site: u.Hostname()}
	switch {
	case net.ParseIP(o.Site) != nil:
		o.Why = NoName
	case u.Scheme != "https" && (u.Scheme != "http" || o.Site != "localhost"):
		o.Why = NotSecure
	}
	return o
}

// person refuses all but somebody signed in herself.
func person(actor Actor) error {
	switch {
	case actor.Via == ViaKey:
		return ErrKeyPasskeys
	case actor.Via != ViaSession || actor.Session == "":
		return ErrUnauthenticated
	}
	return nil
}

// Passkeys lists the actor's own, oldest first. Returns ErrKeyPasskeys for a key.
func (s *Service) Passkeys(ctx context.Context, actor Actor) ([]Passkey, error) {
	if err := person(actor); err != nil {
		return nil, err
	}
	out := []Passkey{}
	err := s.db.Select(ctx, &out, `
		SELECT id, site, label, backed_up, created_at, used_at
		FROM passkeys
		WHERE user_id = $1
		ORDER BY id`, actor.ID)
	return out, err
}

// RemovePasskey forgets one of the actor's own passkeys; she types her password
// again. The last one may go, since the password stays. Returns ErrNoPasskey,
// ErrKeyPasskeys, ErrStepUp.
func (s *Service) RemovePasskey(ctx context.Context, actor Actor, passkey, password string) error {
	if err := person(actor); err != nil {
		return err
	}
	if err := s.StepUp(ctx, actor, password); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var label string
		err := tx.Get(&label, `
			DELETE FROM passkeys
			WHERE id = $1 AND user_id = $2
			RETURNING label`, passkey, actor.ID)
		if errors.Is(err, db.ErrNone) {
			return ErrNoPasskey
		}
		if err != nil {
			return err
		}
		return Audit(tx, actor, "passkey.remove", passkey, label)
	})
}

// owner is a user with her passkeys as the WebAuthn library wants her.
type owner struct {
	id, login, name string
	keys            []storedPasskey
}

// readOwner reads the actor and her passkeys of this site. A disabled user has
// none and is ErrPasskey.
func (s *Service) readOwner(tx *db.Tx, actor Actor) (owner, error) {
	o := owner{id: actor.ID}
	var who struct {
		Login string `db:"login"`
		Name  string `db:"name"`
	}
	err := tx.Get(&who, `
		SELECT login, name
		FROM users
		WHERE id = $1 AND disabled_at IS NULL`, actor.ID)
	if errors.Is(err, db.ErrNone) {
		return o, ErrPasskey.Because(errors.New("disabled user"))
	}
	if err != nil {
		return o, err
	}
	o.login, o.name = who.Login, who.Name
	return o, tx.Select(&o.keys, `
		SELECT id, site, credential_id, public_key, transports, sign_count, backup_eligible, backed_up, label, created_at, used_at
		FROM passkeys
		WHERE user_id = $1 AND site = $2
		ORDER BY id`, actor.ID, s.offer.Site)
}

// WebAuthnID is the user's id, which says nothing of her.
func (o owner) WebAuthnID() []byte { return []byte(o.id) }

// WebAuthnName is what she signs in with.
func (o owner) WebAuthnName() string { return o.login }

// WebAuthnDisplayName is her name.
func (o owner) WebAuthnDisplayName() string { return o.name }

// WebAuthnCredentials are her passkeys.
func (o owner) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, 0, len(o.keys))
	for _, k := range o.keys {
		raw, err := base64.RawURLEncoding.DecodeString(k.CredentialID)
		if err != nil {
			continue // it was written by us; a damaged row opens nothing
		}
		one := webauthn.Credential{ID: raw, PublicKey: k.PublicKey,
			Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.BackupEligible, BackupState: k.BackedUp},
			Authenticator: webauthn.Authenticator{SignCount: uint32(k.SignCount)}}
		for _, t := range strings.Split(k.Transports, ",") {
			if t != "" {
				one.Transport = append(one.Transport, protocol.AuthenticatorTransport(t))
			}
		}
		out = append(out, one)
	}
	return out
}

// find is the passkey with that credential id.
func (o owner) find(credential []byte) storedPasskey {
	name := base64.RawURLEncoding.EncodeToString(credential)
	for _, k := range o.keys {
		if k.CredentialID == name {
			return k
		}
	}
	return storedPasskey{}
}
