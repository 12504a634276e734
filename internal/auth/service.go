package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"saebaan/internal/db"
	"saebaan/internal/id"
)

// machineNow is the machine's own time: how long a sign-in lasts is no matter of
// the test clock, which moves a tester's windows but not her session.
func machineNow() db.Time { return db.At(time.Now()) }

// SessionLife is how long a session lasts after signing in.
const SessionLife = 12 * time.Hour

// The prefixes that tell the kinds of secret apart.
const (
	SessionPrefix = "sbs_"
	KeyPrefix     = "sb_test_"
	KeyPrefixLive = "sb_live_"
	CartPrefix    = "sbc_"
)

// Service keeps users, sessions and keys.
type Service struct {
	db      *db.DB
	live    bool
	offer   Offer
	relying *webauthn.WebAuthn // nil while passkeys are not offered
}

// NewService makes the service; live keys are marked sb_live_, others sb_test_.
// Passkeys are offered after ServeAt.
func NewService(d *db.DB, live bool) *Service {
	return &Service{db: d, live: live, offer: Offer{Why: NoSite}}
}

// UserInput describes a user to create.
type UserInput struct {
	Login    string
	Name     string
	Password string
	Language string
	Grants   []Grant
}

// Session is a signed-in person's token, shown once.
type Session struct {
	Token     string
	ExpiresAt db.Time
	Actor     Actor
}

// CreateUser saves a user. Only an administrator or the command line may.
// Returns ErrPassword, ErrRole, ErrLoginTaken.
func (s *Service) CreateUser(ctx context.Context, actor Actor, in UserInput) (string, error) {
	if err := actor.Require(Administrator); err != nil {
		return "", err
	}
	if len(in.Password) < 12 || len(in.Password) > 128 {
		return "", ErrPassword
	}
	for _, g := range in.Grants {
		if !known(g.Role) {
			return "", ErrRole.With("There is no role %q. Roles are %v.", g.Role, Roles())
		}
	}
	if in.Language == "" {
		in.Language = "en"
	}
	user, hash := id.New("usr"), hashPassword(in.Password)
	return user, s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			INSERT INTO users (id, login, name, password_hash, language, created_at)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (login) DO NOTHING`,
			user, strings.ToLower(in.Login), in.Name, hash, in.Language, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrLoginTaken
		}
		for _, g := range in.Grants {
			if _, err := tx.Exec(`
				INSERT INTO user_roles (user_id, role, scope)
				VALUES ($1, $2, $3)`, user, g.Role, g.Scope); err != nil {
				return err
			}
		}
		return Audit(tx, actor, "user.create", user, strings.ToLower(in.Login))
	})
}

func known(r Role) bool {
	for _, k := range Roles() {
		if k == r {
			return true
		}
	}
	return false
}

// SignIn opens a session. Returns ErrCredentials alike for unknown names and
// wrong passwords, ErrTooMany after ten failures in a quarter of an hour.
func (s *Service) SignIn(ctx context.Context, login, password string) (Session, error) {
	login = strings.ToLower(login)
	user, err := s.check(ctx, login, Hash("sign-in "+login), password) // people type passwords there
	if err != nil {
		return Session{}, err
	}
	out := Session{Token: Token(SessionPrefix)}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		out.ExpiresAt = machineNow().Add(SessionLife)
		if _, err := tx.Exec(`
			INSERT INTO sessions (token_hash, user_id, created_at, expires_at)
			VALUES ($1, $2, $3, $4)`, Hash(out.Token), user, machineNow(), out.ExpiresAt); err != nil {
			return err
		}
		out.Actor, err = loadActor(tx, user, ViaSession)
		out.Actor.Session = Hash(out.Token)
		return err
	})
	return out, err
}

// SignOut ends the session of that token at once.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			DELETE FROM sessions
			WHERE token_hash = $1`, Hash(token))
		return err
	})
}

// CreateKey makes an API key for the user with that login and returns the
// secret, which is shown once. Returns ErrNoUser.
func (s *Service) CreateKey(ctx context.Context, actor Actor, login string) (string, error) {
	if err := actor.Require(Administrator); err != nil {
		return "", err
	}
	prefix := KeyPrefix
	if s.live {
		prefix = KeyPrefixLive
	}
	secret := Token(prefix)
	return secret, s.db.Write(ctx, func(tx *db.Tx) error {
		var user string
		err := tx.Get(&user, `
			SELECT id
			FROM users
			WHERE login = $1 AND disabled_at IS NULL`, strings.ToLower(login))
		if errors.Is(err, db.ErrNone) {
			return ErrNoUser
		}
		if err != nil {
			return err
		}
		key := id.New("key")
		if _, err := tx.Exec(`
			INSERT INTO api_keys (id, user_id, secret_hash, created_at)
			VALUES ($1, $2, $3, $4)`, key, user, Hash(secret), tx.Now()); err != nil {
			return err
		}
		return Audit(tx, actor, "key.create", key, user)
	})
}

// Recognise turns a bearer token into an actor: a session, a key or a cart
// token. Returns ErrUnauthenticated when it is none or over.
func (s *Service) Recognise(ctx context.Context, token string) (Actor, error) {
	var query string
	via := ViaSession
	switch {
	case strings.HasPrefix(token, CartPrefix):
		return Actor{Via: ViaGuest, GuestHash: Hash(token)}, nil
	case strings.HasPrefix(token, SessionPrefix):
		query = `
			SELECT user_id
			FROM sessions
			WHERE token_hash = $1 AND expires_at > $2`
	case strings.HasPrefix(token, KeyPrefix), strings.HasPrefix(token, KeyPrefixLive):
		via = ViaKey
		query = `
			SELECT user_id
			FROM api_keys
			WHERE secret_hash = $1 AND (revoked_at IS NULL OR revoked_at > $2)`
	default:
		return Actor{}, ErrUnauthenticated
	}
	var a Actor
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var user string
		if err := tx.Get(&user, query, Hash(token), machineNow()); err != nil {
			return err
		}
		var err error
		a, err = loadActor(tx, user, via)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return Actor{}, ErrUnauthenticated
	}
	if via == ViaSession {
		a.Session = Hash(token)
	}
	return a, err
}

// loadActor reads a user and her grants; a disabled user is ErrNone.
func loadActor(tx *db.Tx, user string, via Via) (Actor, error) {
	var u struct {
		ID       string `db:"id"`
		Login    string `db:"login"`
		Name     string `db:"name"`
		Language string `db:"language"`
	}
	if err := tx.Get(&u, `
		SELECT id, login, name, language
		FROM users
		WHERE id = $1 AND disabled_at IS NULL`, user); err != nil {
		return Actor{}, err
	}
	a := Actor{ID: u.ID, Login: u.Login, Name: u.Name, Language: u.Language, Via: via}
	return a, tx.Select(&a.Grants, `
		SELECT role, scope
		FROM user_roles
		WHERE user_id = $1
		ORDER BY role, scope`, user)
}

// Person is a user as lists show her.
type Person struct {
	ID    string `db:"id"`
	Login string `db:"login"`
	Name  string `db:"name"`
	Roles string
}

// People lists all users with their roles, for the demonstration's sign-in page.
func (s *Service) People(ctx context.Context) ([]Person, error) {
	var people []Person
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.Select(&people, `
			SELECT id, login, name
			FROM users
			WHERE disabled_at IS NULL
			ORDER BY id
			LIMIT 50`); err != nil {
			return err
		}
		var grants []struct {
			User string `db:"user_id"`
			Grant
		}
		if err := tx.Select(&grants, `
			SELECT user_id, role, scope
			FROM user_roles
			ORDER BY user_id, role`); err != nil {
			return err
		}
		roles := map[string][]string{}
		for _, g := range grants {
			roles[g.User] = append(roles[g.User], string(g.Role))
		}
		for i := range people {
			people[i].Roles = strings.Join(roles[people[i].ID], ", ")
		}
		return nil
	})
	return people, err
}

// Audit writes one append-only row: who did what to which object.
func Audit(tx *db.Tx, actor Actor, action, object, detail string) error {
	_, err := tx.Exec(`
		INSERT INTO audit (id, at, actor, action, object, detail)
		VALUES ($1, $2, $3, $4, $5, $6)`, id.New("aud"), tx.Now(), actor.String(), action, object, detail)
	return err
}

// For lets the command line act in a person's name: the user with that login, or
// with login "" the first one who holds the role. Returns ErrNoUser.
func (s *Service) For(ctx context.Context, actor Actor, login string, role Role) (Actor, error) {
	if actor.Via != ViaSystem {
		return Actor{}, ErrForbidden
	}
	var out Actor
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var user string
		if err := tx.Get(&user, `
			SELECT u.id
			FROM users u
			JOIN user_roles r ON r.user_id = u.id
			WHERE u.disabled_at IS NULL AND ((u.login = $1) OR ($1 = '' AND r.role = $2))
			ORDER BY u.id
			LIMIT 1`, strings.ToLower(login), role); err != nil {
			return err
		}
		var err error
		out, err = loadActor(tx, user, ViaSession)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return Actor{}, ErrNoUser
	}
	return out, err
}
