package testkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	bytewise "encoding/binary" // binary is the program here
	"encoding/json"
	"net/url"
	"testing"
)

// The flags of authenticator data (WebAuthn Level 3, §6.1).
const (
	UserPresent  byte = 0x01
	UserVerified byte = 0x04
	attested     byte = 0x40
)

// Authenticator is a browser with a passkey in software: ES256, attestation
// none. Tests change its fields to make answers that must be refused.
type Authenticator struct {
	T         testing.TB
	Origin    string // of the page that asks
	Site      string // RP id that it answers for
	Flags     byte
	Count     uint32 // moved by one before each answer
	ID        []byte
	Challenge string // answered instead of the options' when not ""

	key  *ecdsa.PrivateKey
	user []byte
}

// NewAuthenticator makes one for pages of that origin.
func NewAuthenticator(t testing.TB, origin string) *Authenticator {
	t.Helper()
	u, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &Authenticator{T: t, Origin: origin, Site: u.Hostname(), Flags: UserPresent | UserVerified, ID: make([]byte, 32), key: key}
	_, _ = rand.Read(a.ID)
	return a
}

// Create answers the options of a passkey to be made, in JSON.
func (a *Authenticator) Create(options []byte) []byte {
	a.T.Helper()
	var in struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &in); err != nil {
		a.T.Fatalf("%v: %s", err, options)
	}
	a.user, _ = base64.RawURLEncoding.DecodeString(in.User.ID)
	data := a.data(a.Flags | attested)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = bytewise.BigEndian.AppendUint16(data, uint16(len(a.ID)))
	data = append(append(data, a.ID...), a.publicKey()...)
	// {"fmt": "none", "attStmt": {}, "authData": data} in CBOR
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return a.answer(map[string]any{"clientDataJSON": b64(a.client("webauthn.create", in.Challenge)),
		"attestationObject": b64(append(object, data...)), "transports": []string{"internal", "hybrid"}})
}

// Get answers the options of a proof, in JSON.
func (a *Authenticator) Get(options []byte) []byte {
	a.T.Helper()
	var in struct{ Challenge string }
	if err := json.Unmarshal(options, &in); err != nil {
		a.T.Fatalf("%v: %s", err, options)
	}
	client, data := a.client("webauthn.get", in.Challenge), a.data(a.Flags)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	if err != nil {
		a.T.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data),
		"signature": b64(signature), "userHandle": b64(a.user)})
}

func (a *Authenticator) answer(response map[string]any) []byte {
	out, err := json.Marshal(map[string]any{"id": b64(a.ID), "rawId": b64(a.ID), "type": "public-key",
		"clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		a.T.Fatal(err)
	}
	return out
}

func (a *Authenticator) client(kind, challenge string) []byte {
	if a.Challenge != "" {
		challenge = a.Challenge
	}
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		a.T.Fatal(err)
	}
	return out
}

func (a *Authenticator) data(flags byte) []byte {
	a.Count++
	site := sha256.Sum256([]byte(a.Site))
	return bytewise.BigEndian.AppendUint32(append(site[:], flags), a.Count)
}

// publicKey is the key in COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func (a *Authenticator) publicKey() []byte {
	point, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		a.T.Fatal(err)
	}
	out := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	return append(append(out, "\x22\x58\x20"...), point[33:]...)
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
