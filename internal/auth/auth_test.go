package auth_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var ctx = context.Background()

const password = "correct horse battery"

func user(t *testing.T, s *auth.Service, login string, grants ...auth.Grant) {
	t.Helper()
	if _, err := s.CreateUser(ctx, auth.System("test"), auth.UserInput{Login: login, Name: login, Password: password, Grants: grants}); err != nil {
		t.Fatal(err)
	}
}

func TestSessionsAndKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := auth.NewService(d, false)
		user(t, s, "Asha", auth.Grant{Role: auth.Coordinator, Scope: "lucknow"})
		session, err := s.SignIn(ctx, "asha", password)
		if err != nil || !session.Actor.CoversArea("lucknow") || session.Actor.CoversArea("barabanki") {
			t.Fatalf("%+v %v", session, err)
		}
		a, err := s.Recognise(ctx, session.Token)
		if err != nil || a.Login != "asha" || a.Via != auth.ViaSession {
			t.Fatalf("%+v %v", a, err)
		}
		key, err := s.CreateKey(ctx, auth.System("test"), "asha")
		if err != nil || !strings.HasPrefix(key, auth.KeyPrefix) {
			t.Fatal(key, err)
		}
		k, err := s.Recognise(ctx, key)
		if err != nil || k.Via != auth.ViaKey || k.ID != a.ID {
			t.Fatalf("%+v %v", k, err)
		}
		if err := s.StepUp(ctx, k, password); !errors.Is(err, auth.ErrKeyApproves) {
			t.Errorf("a key stepped up: %v", err)
		}
		if err := s.StepUp(ctx, a, password); err != nil {
			t.Error(err)
		}
		if err := s.StepUp(ctx, a, password+"x"); !errors.Is(err, auth.ErrStepUp) {
			t.Error(err)
		}
		for _, stored := range []string{`SELECT token_hash FROM sessions`, `SELECT secret_hash FROM api_keys`, `SELECT password_hash FROM users`} {
			var v string
			if err := d.Get(ctx, &v, stored); err != nil || strings.Contains(v, session.Token) || strings.Contains(v, key) || strings.Contains(v, password) {
				t.Errorf("%s keeps a secret: %v", stored, err)
			}
		}
		if err := s.SignOut(ctx, session.Token); err != nil {
			t.Fatal(err)
		}
		for _, dead := range []string{session.Token, "", "sbs_", "sb_test_x", "anything"} {
			if _, err := s.Recognise(ctx, dead); !errors.Is(err, auth.ErrUnauthenticated) {
				t.Errorf("%q was recognised: %v", dead, err)
			}
		}
	})
}

func TestDisablingEndsSessionsAndKeysAtOnce(t *testing.T) {
	d := testdb.SQLite(t)
	s := auth.NewService(d, true)
	user(t, s, "farah", auth.Grant{Role: auth.Approver})
	session, err := s.SignIn(ctx, "farah", password)
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.CreateKey(ctx, auth.System("test"), "farah")
	if err != nil || !strings.HasPrefix(key, auth.KeyPrefixLive) {
		t.Fatal(key, err)
	}
	if _, err := d.Pool().ExecContext(ctx, `DELETE FROM user_roles`); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Recognise(ctx, session.Token); err != nil || a.Has(auth.Approver) {
		t.Errorf("a role taken away still counts: %+v %v", a, err)
	}
	if _, err := d.Pool().ExecContext(ctx, `UPDATE users SET disabled_at = 1`); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{session.Token, key} {
		if _, err := s.Recognise(ctx, secret); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("a disabled user acts: %v", err)
		}
	}
	if _, err := s.SignIn(ctx, "farah", password); !errors.Is(err, auth.ErrCredentials) {
		t.Errorf("a disabled user signs in: %v", err)
	}
}

func TestGuessingIsSlowedByName(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := auth.NewService(d, false)
		user(t, s, "asha", auth.Grant{Role: auth.Shopper})
		for range 10 {
			if _, err := s.SignIn(ctx, "ASHA", "wrong password"); !errors.Is(err, auth.ErrCredentials) {
				t.Fatal(err)
			}
		}
		if _, err := s.SignIn(ctx, "asha", password); !errors.Is(err, auth.ErrTooMany) {
			t.Errorf("the eleventh try: %v", err)
		}
		_, unknown := s.SignIn(ctx, "nobody", "wrong password")
		if !errors.Is(unknown, auth.ErrCredentials) {
			t.Errorf("an unknown name is told apart: %v", unknown)
		}
		var failures int
		if err := d.Get(ctx, &failures, `SELECT COUNT(*) FROM audit WHERE action = 'session.failed'`); err != nil || failures != 11 {
			t.Errorf("%d failures in the audit, %v", failures, err)
		}
	})
}

func TestUserFaults(t *testing.T) {
	s := auth.NewService(testdb.SQLite(t), false)
	user(t, s, "asha")
	for name, c := range map[string]struct {
		actor auth.Actor
		in    auth.UserInput
		want  error
	}{
		"not an administrator": {auth.Actor{ID: "u", Via: auth.ViaSession}, auth.UserInput{Login: "x", Password: password}, auth.ErrForbidden},
		"nobody":               {auth.Actor{}, auth.UserInput{Login: "x", Password: password}, auth.ErrUnauthenticated},
		"short":                {auth.System("t"), auth.UserInput{Login: "x", Password: "elevenchars"}, auth.ErrPassword},
		"long":                 {auth.System("t"), auth.UserInput{Login: "x", Password: strings.Repeat("a", 129)}, auth.ErrPassword},
		"role":                 {auth.System("t"), auth.UserInput{Login: "x", Password: password, Grants: []auth.Grant{{Role: "owner"}}}, auth.ErrRole},
		"taken":                {auth.System("t"), auth.UserInput{Login: "ASHA", Password: password}, auth.ErrLoginTaken},
	} {
		if _, err := s.CreateUser(ctx, c.actor, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABurstCannotOutrunTheLimit(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := auth.NewService(d, false)
		user(t, s, "asha")
		var wg sync.WaitGroup
		var compared atomic.Int64
		for range 30 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := s.SignIn(ctx, "asha", "wrong password"); errors.Is(err, auth.ErrCredentials) {
					compared.Add(1)
				}
			}()
		}
		wg.Wait()
		if n := compared.Load(); n > 10 {
			t.Errorf("%d passwords were compared", n)
		}
		if _, err := s.SignIn(ctx, "asha", password); !errors.Is(err, auth.ErrTooMany) {
			t.Errorf("after the burst: %v", err)
		}
	})
}
