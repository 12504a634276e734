package auth

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
)

// challengeLife is how long a challenge waits for its answer.
const challengeLife = 5 * time.Minute

// largestAnswer bounds what is read of a passkey's answer, in bytes.
const largestAnswer = 16 << 10

// addPasskey is the act of adding a passkey.
var addPasskey = Act{Kind: "passkey.add"}

// Why an answer was refused, in the audit.
var (
	errUnreadable = errors.New("unreadable")
	errChallenge  = errors.New("no such challenge of this user and session")
	errOtherAct   = errors.New("challenge of another act")
	errExpired    = errors.New("challenge expired")
)

// BeginPasskey gives what the browser makes a passkey from
// (PublicKeyCredentialCreationOptions in JSON), after the actor's own password
// typed again. Returns ErrKeyPasskeys, ErrPasskeysOff, ErrStepUp, ErrPasskeysMany.
func (s *Service) BeginPasskey(ctx context.Context, actor Actor, password string) ([]byte, error) {
	if err := person(actor); err != nil {
		return nil, err
	}
	if s.relying == nil {
		return nil, ErrPasskeysOff
	}
	if err := s.StepUp(ctx, actor, password); err != nil {
		return nil, err
	}
	return s.begin(ctx, actor, addPasskey, func(o owner) (any, string, error) {
		if len(o.keys) >= mostPasskeys {
			return nil, "", ErrPasskeysMany
		}
		options, session, err := s.relying.BeginRegistration(o,
			webauthn.WithExclusions(webauthn.Credentials(o.WebAuthnCredentials()).CredentialDescriptors()),
			webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()))
		if err != nil {
			return nil, "", err
		}
		return options.Response, session.Challenge, nil
	})
}

// BeginProof gives what the browser asks a passkey with to prove that she is
// there for this act (PublicKeyCredentialRequestOptions in JSON). Those who
// approve money may. Returns ErrKeyApproves, ErrPasskeysOff, ErrNoPasskey.
func (s *Service) BeginProof(ctx context.Context, actor Actor, act Act) ([]byte, error) {
	if err := actor.Require(Approver); err != nil {
		return nil, err
	}
	if actor.Via == ViaKey {
		return nil, ErrKeyApproves
	}
	if err := person(actor); err != nil {
		return nil, err
	}
	if s.relying == nil {
		return nil, ErrPasskeysOff
	}
	if len(act.Object) > 100 || len(act.Content) > 100 { // an id and a hash are shorter
		return nil, ErrPasskey
	}
	return s.begin(ctx, actor, act, func(o owner) (any, string, error) {
		if len(o.keys) == 0 {
			return nil, "", ErrNoPasskey
		}
		options, session, err := s.relying.BeginLogin(o)
		if err != nil {
			return nil, "", err
		}
		return options.Response, session.Challenge, nil
	})
}

// begin keeps the challenge of the options that ask makes for the actor.
func (s *Service) begin(ctx context.Context, actor Actor, act Act, ask func(owner) (any, string, error)) ([]byte, error) {
	var out []byte
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.readOwner(tx, actor)
		if err != nil {
			return err
		}
		options, challenge, err := ask(o)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO passkey_challenges (challenge, user_id, session_hash, kind, object, content, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			challenge, actor.ID, actor.Session, act.Kind, act.Object, act.Content, machineNow().Add(challengeLife)); err != nil {
			return err
		}
		out, err = json.Marshal(options)
		return err
	})
	return out, err
}

// take takes a challenge out, whatever comes of its answer, and checks that it
// was made for this act and is not too old.
func take(tx *db.Tx, actor Actor, act Act, challenge string) error {
	if raw, err := base64.RawURLEncoding.DecodeString(challenge); err != nil || len(raw) != 32 {
		return ErrPasskey.Because(errUnreadable)
	}
	var was struct {
		Act
		ExpiresAt db.Time `db:"expires_at"`
	}
	err := tx.Get(&was, `
		DELETE FROM passkey_challenges
		WHERE challenge = $1 AND user_id = $2 AND session_hash = $3
		RETURNING kind, object, content, expires_at`, challenge, actor.ID, actor.Session)
	switch {
	case errors.Is(err, db.ErrNone):
		return ErrPasskey.Because(errChallenge)
	case err != nil:
		return err
	case was.Act != act:
		return ErrPasskey.Because(errOtherAct)
	case was.ExpiresAt <= machineNow():
		return ErrPasskey.Because(errExpired)
	}
	return nil
}

// usePasskey checks an answer for an act. The try is counted and the challenge
// taken out even when the answer is refused.
func (s *Service) usePasskey(ctx context.Context, actor Actor, act Act, answer []byte) error {
	if err := person(actor); err != nil {
		return err
	}
	if s.relying == nil {
		return ErrPasskeysOff
	}
	try := id.New("lgf")
	return s.answered(ctx, actor, act, func(tx *db.Tx) error {
		if err := countTry(tx, try, stepUpTries(actor)); err != nil {
			return err
		}
		key, err := s.verify(tx, actor, act, answer)
		if err != nil {
			return err
		}
		if err := forgetTry(tx, try); err != nil {
			return err
		}
		return Audit(tx, actor, "passkey.use", key.ID, act.Kind+" "+act.Object)
	})
}

// answered runs fn in a transaction that is kept, with a row of audit, also when
// fn refuses the answer.
func (s *Service) answered(ctx context.Context, actor Actor, act Act, fn func(*db.Tx) error) error {
	var refused *fault.Error
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		err := fn(tx)
		refused = fault.Of(err)
		if refused == nil || errors.Is(err, ErrTooMany) {
			return err
		}
		why := refused.Code
		if cause := refused.Unwrap(); cause != nil {
			why = cause.Error()
		}
		return Audit(tx, actor, "passkey.refused", act.Kind+" "+act.Object, why)
	})
	if err == nil && refused != nil {
		return refused
	}
	return err
}

// verify checks an answer against the passkeys of the actor and moves the
// counter of the one that gave it.
func (s *Service) verify(tx *db.Tx, actor Actor, act Act, answer []byte) (storedPasskey, error) {
	var none storedPasskey
	if len(answer) > largestAnswer {
		return none, ErrPasskey.Because(errUnreadable)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return none, ErrPasskey.Because(errUnreadable)
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	if err := take(tx, actor, act, challenge); err != nil {
		return none, err
	}
	o, err := s.readOwner(tx, actor)
	if err != nil {
		return none, err
	}
	got, err := s.relying.ValidateLogin(o, webauthn.SessionData{Challenge: challenge, RelyingPartyID: s.offer.Site,
		UserID: o.WebAuthnID(), UserVerification: protocol.VerificationRequired}, parsed)
	if err != nil {
		return none, ErrPasskey.Because(reason(err))
	}
	key := o.find(got.ID)
	if got.Authenticator.CloneWarning {
		return none, ErrPasskeyCounter.Because(errors.New("counter went back: " + key.ID))
	}
	n, err := tx.Exec(`
		UPDATE passkeys
		SET sign_count = $1, backed_up = $2, used_at = $3
		WHERE id = $4`, int64(got.Authenticator.SignCount), got.Flags.BackupState, machineNow(), key.ID)
	if err == nil && n == 0 {
		err = ErrPasskey.Because(errChallenge)
	}
	return key, err
}

// reason is what the audit keeps of the library's refusal: its fixed sentence,
// nothing that was sent.
func reason(err error) error {
	var p *protocol.Error
	if errors.As(err, &p) {
		return errors.New(p.Details + " (" + p.Type + ")")
	}
	return errUnreadable
}

// AddPasskey keeps the passkey that the browser made from BeginPasskey's
// options; answer is the browser's, in JSON. Returns ErrPasskeyLabel,
// ErrPasskey, ErrPasskeyTaken, ErrKeyPasskeys, ErrPasskeysOff.
func (s *Service) AddPasskey(ctx context.Context, actor Actor, label string, answer []byte) (Passkey, error) {
	if err := person(actor); err != nil {
		return Passkey{}, err
	}
	if s.relying == nil {
		return Passkey{}, ErrPasskeysOff
	}
	label = strings.TrimSpace(label)
	if n := utf8.RuneCountInString(label); n < 1 || n > 60 || strings.ContainsFunc(label, unicode.IsControl) {
		return Passkey{}, ErrPasskeyLabel
	}
	var out Passkey
	key := Passkey{ID: id.New("psk"), Site: s.offer.Site, Label: label}
	err := s.answered(ctx, actor, addPasskey, func(tx *db.Tx) error {
		made, err := s.made(tx, actor, answer)
		if err != nil {
			return err
		}
		out = key
		out.CreatedAt, out.BackedUp = machineNow(), made.Flags.BackupState
		return insertPasskey(tx, actor, out, made)
	})
	if err != nil {
		return Passkey{}, err
	}
	return out, nil
}

// made checks the answer to a challenge of BeginPasskey.
func (s *Service) made(tx *db.Tx, actor Actor, answer []byte) (*webauthn.Credential, error) {
	if len(answer) > largestAnswer {
		return nil, ErrPasskey.Because(errUnreadable)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, ErrPasskey.Because(errUnreadable)
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	if err := take(tx, actor, addPasskey, challenge); err != nil {
		return nil, err
	}
	o, err := s.readOwner(tx, actor)
	if err != nil {
		return nil, err
	}
	if len(o.keys) >= mostPasskeys {
		return nil, ErrPasskeysMany
	}
	made, err := s.relying.CreateCredential(o, webauthn.SessionData{Challenge: challenge, RelyingPartyID: s.offer.Site, UserID: o.WebAuthnID(),
		UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersRecommendedL3()}, parsed)
	if err != nil {
		return nil, ErrPasskey.Because(reason(err))
	}
	return made, nil
}

// transportForm is how WebAuthn names the ways to reach a passkey.
var transportForm = regexp.MustCompile(`^[a-z-]{2,20}$`)

func insertPasskey(tx *db.Tx, actor Actor, p Passkey, made *webauthn.Credential) error {
	var transports []string
	for _, t := range made.Transport {
		if transportForm.MatchString(string(t)) {
			transports = append(transports, string(t))
		}
	}
	n, err := tx.Exec(`
		INSERT INTO passkeys (id, user_id, site, credential_id, public_key, aaguid, transports, sign_count,
			backup_eligible, backed_up, label, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (credential_id) DO NOTHING`,
		p.ID, actor.ID, p.Site, base64.RawURLEncoding.EncodeToString(made.ID), made.PublicKey, hex.EncodeToString(made.Authenticator.AAGUID),
		strings.Join(transports, ","), int64(made.Authenticator.SignCount), made.Flags.BackupEligible, made.Flags.BackupState, p.Label, p.CreatedAt)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrPasskeyTaken
	}
	return Audit(tx, actor, "passkey.add", p.ID, p.Label)
}
