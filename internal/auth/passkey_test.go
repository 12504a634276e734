package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
)

const site = "https://shop.example"

// desk is a person at her screen with a passkey.
type desk struct {
	t     *testing.T
	db    *db.DB
	auth  *auth.Service
	actor auth.Actor
	key   *testkit.Authenticator
	id    string
}

// newDesk signs a person in who approves money, with a passkey added.
func newDesk(t *testing.T, d *db.DB, s *auth.Service, login string) *desk {
	t.Helper()
	user(t, s, login, auth.Grant{Role: auth.Approver})
	out := &desk{t: t, db: d, auth: s, key: testkit.NewAuthenticator(t, site)}
	out.signIn(login)
	out.id = out.add(out.key, "Phone").ID
	return out
}

// beside is another person with the same password and a passkey of her own,
// made without hashing it anew.
func (k *desk) beside(login string) *desk {
	k.t.Helper()
	out := &desk{t: k.t, db: k.db, auth: k.auth, key: testkit.NewAuthenticator(k.t, site)}
	k.exec(`INSERT INTO users (id, login, name, password_hash, created_at) SELECT $1, $1, $1, password_hash, 1 FROM users WHERE id = $2`, login, k.actor.ID)
	k.exec(`INSERT INTO user_roles (user_id, role) VALUES ($1, $2)`, login, auth.Approver)
	token := auth.Token(auth.SessionPrefix)
	k.exec(`INSERT INTO sessions (token_hash, user_id, created_at, expires_at) SELECT $1, $2, created_at, expires_at FROM sessions WHERE token_hash = $3`, auth.Hash(token), login, k.actor.Session)
	var err error
	if out.actor, err = k.auth.Recognise(ctx, token); err != nil || !out.actor.Has(auth.Approver) {
		k.t.Fatal(err)
	}
	out.id = out.add(out.key, "Phone").ID
	return out
}

func (k *desk) signIn(login string) {
	k.t.Helper()
	session, err := k.auth.SignIn(ctx, login, password)
	if err != nil {
		k.t.Fatal(err)
	}
	if k.actor, err = k.auth.Recognise(ctx, session.Token); err != nil || k.actor.Session != session.Actor.Session || k.actor.Session == "" {
		k.t.Fatalf("%+v %v", k.actor, err)
	}
}

func (k *desk) add(key *testkit.Authenticator, label string) auth.Passkey {
	k.t.Helper()
	options, err := k.auth.BeginPasskey(ctx, k.actor, password)
	if err != nil {
		k.t.Fatal(err)
	}
	p, err := k.auth.AddPasskey(ctx, k.actor, label, key.Create(options))
	if err != nil {
		k.t.Fatal(err)
	}
	return p
}

func (k *desk) begin(act auth.Act) []byte {
	k.t.Helper()
	options, err := k.auth.BeginProof(ctx, k.actor, act)
	if err != nil {
		k.t.Fatal(err)
	}
	return options
}

func (k *desk) prove(act auth.Act, answer []byte) error {
	return k.auth.Prove(ctx, k.actor, act, auth.Proof{Passkey: answer})
}

func (k *desk) exec(query string, args ...any) {
	k.t.Helper()
	if r, err := k.db.Pool().ExecContext(ctx, query, args...); err != nil {
		k.t.Fatal(err)
	} else if n, _ := r.RowsAffected(); n == 0 {
		k.t.Fatalf("%s touched nothing", query)
	}
}

func (k *desk) audited(action, detail string) int {
	k.t.Helper()
	var rows []string
	if err := k.db.Select(ctx, &rows, `SELECT detail FROM audit WHERE action = $1 AND actor = $2`, action, k.actor.Principal()); err != nil {
		k.t.Fatal(err)
	}
	n := 0
	for _, r := range rows {
		if strings.Contains(r, detail) {
			n++
		}
	}
	return n
}

func service(d *db.DB) *auth.Service {
	s := auth.NewService(d, false)
	s.ServeAt(site)
	return s
}

var act = auth.ApproveRun("run_1", strings.Repeat("a", 64))

func TestPasskeyProves(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d, service(d), "farah")
		for range 12 { // more than the limit on tries, which counts none that is right
			if err := k.prove(act, k.key.Get(k.begin(act))); err != nil {
				t.Fatal(err)
			}
		}
		var count int64
		if err := d.Get(ctx, &count, `SELECT sign_count FROM passkeys WHERE id = $1`, k.id); err != nil || count != int64(k.key.Count) {
			t.Errorf("the counter is %d, not %d: %v", count, k.key.Count, err)
		}
		mine, err := k.auth.Passkeys(ctx, k.actor)
		if err != nil || len(mine) != 1 || mine[0].Label != "Phone" || mine[0].UsedAt == nil || mine[0].Site != "shop.example" || mine[0].BackedUp {
			t.Errorf("%+v %v", mine, err)
		}
		if n := k.audited("passkey.use", "run.approve run_1"); n != 12 {
			t.Errorf("%d uses are audited", n)
		}
		if err := k.auth.Prove(ctx, k.actor, act, auth.Proof{Password: password}); err != nil {
			t.Errorf("the password: %v", err)
		}
		for name, proof := range map[string]auth.Proof{"none": {}, "both": {Password: password, Passkey: []byte("{}")}} {
			if err := k.auth.Prove(ctx, k.actor, act, proof); !errors.Is(err, auth.ErrProof) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOptionsAskForVerification(t *testing.T) {
	d := testdb.SQLite(t)
	k := newDesk(t, d, service(d), "farah")
	var made struct {
		RP                     struct{ ID string }
		Challenge              string
		Attestation            string
		ExcludeCredentials     []struct{ ID string }
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
	}
	options, err := k.auth.BeginPasskey(ctx, k.actor, password)
	if err != nil || json.Unmarshal(options, &made) != nil {
		t.Fatalf("%s %v", options, err)
	}
	first := base64.RawURLEncoding.EncodeToString(k.key.ID)
	if made.RP.ID != "shop.example" || made.Attestation != "none" || made.AuthenticatorSelection.ResidentKey != "preferred" ||
		made.AuthenticatorSelection.UserVerification != "required" || len(made.ExcludeCredentials) != 1 || made.ExcludeCredentials[0].ID != first {
		t.Errorf("%s", options)
	}
	var asked struct {
		RPID             string
		Challenge        string
		UserVerification string
		Timeout          int
		AllowCredentials []struct {
			ID         string
			Transports []string
		}
	}
	if err := json.Unmarshal(k.begin(act), &asked); err != nil {
		t.Fatal(err)
	}
	if asked.RPID != "shop.example" || asked.UserVerification != "required" || asked.Timeout != 300_000 || len(asked.AllowCredentials) != 1 ||
		asked.AllowCredentials[0].ID != first || len(asked.AllowCredentials[0].Transports) != 2 || asked.Challenge == made.Challenge {
		t.Errorf("%+v", asked)
	}
}

func TestPasskeyAnswersRefused(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		farah := newDesk(t, d, s, "farah")
		for name, c := range map[string]struct {
			act  auth.Act // that the challenge is for; act when empty
			make func(k *desk, options []byte) []byte
			why  string // in the audit
			want error
		}{
			"another origin":  {make: func(k *desk, o []byte) []byte { k.key.Origin = "https://shop.example.evil"; return k.key.Get(o) }, why: "validating origin"},
			"another scheme":  {make: func(k *desk, o []byte) []byte { k.key.Origin = "http://shop.example"; return k.key.Get(o) }, why: "validating origin"},
			"another site":    {make: func(k *desk, o []byte) []byte { k.key.Site = "evil.example"; return k.key.Get(o) }, why: "verification"},
			"nobody verified": {make: func(k *desk, o []byte) []byte { k.key.Flags = testkit.UserPresent; return k.key.Get(o) }, why: "verification"},
			"nobody there":    {make: func(k *desk, o []byte) []byte { k.key.Flags = testkit.UserVerified; return k.key.Get(o) }, why: "verification"},
			"another challenge": {make: func(k *desk, o []byte) []byte {
				k.key.Challenge = base64.RawURLEncoding.EncodeToString(make([]byte, 32))
				return k.key.Get(o)
			}, why: "no such challenge"},
			"a zero byte": {make: func(k *desk, o []byte) []byte { k.key.Challenge = "\x00"; return k.key.Get(o) }, why: "unreadable"},
			"not JSON":    {make: func(*desk, []byte) []byte { return []byte("passkey") }, why: "unreadable"},
			"too long":    {make: func(k *desk, o []byte) []byte { return append(k.key.Get(o), make([]byte, 17<<10)...) }, why: "unreadable"},
			"a broken signature": {make: func(k *desk, o []byte) []byte {
				return []byte(strings.Replace(string(k.key.Get(o)), `"signature":"M`, `"signature":"N`, 1))
			}, why: "signature"},
			"another key of the same name": {make: func(k *desk, o []byte) []byte {
				other := testkit.NewAuthenticator(t, site)
				other.ID, other.Count = k.key.ID, k.key.Count
				return other.Get(o)
			}, why: "signature"},
			"an unknown passkey": {make: func(_ *desk, o []byte) []byte { return testkit.NewAuthenticator(t, site).Get(o) }, why: "find the credential"},
			"another's passkey":  {make: func(_ *desk, o []byte) []byte { return farah.key.Get(o) }, why: ""},
			"a removed passkey": {make: func(k *desk, o []byte) []byte {
				if err := s.RemovePasskey(ctx, k.actor, k.id, password); err != nil {
					t.Fatal(err)
				}
				return k.key.Get(o)
			}, why: "find the credential"},
			"a counter that stands still": {make: func(k *desk, o []byte) []byte { k.key.Count--; return k.key.Get(o) }, why: "counter went back", want: auth.ErrPasskeyCounter},
			"a counter that goes back": {make: func(k *desk, o []byte) []byte {
				k.key.Count = 0
				k.exec(`UPDATE passkeys SET sign_count = 9 WHERE id = $1`, k.id)
				return k.key.Get(o)
			}, why: "counter went back", want: auth.ErrPasskeyCounter},
			"too late": {make: func(k *desk, o []byte) []byte {
				k.exec(`UPDATE passkey_challenges SET expires_at = expires_at - 300000000 WHERE user_id = $1`, k.actor.ID)
				return k.key.Get(o)
			}, why: "expired"},
			"another run":     {act: auth.ApproveRun("run_2", act.Content), make: func(k *desk, o []byte) []byte { return k.key.Get(o) }, why: "another act"},
			"another content": {act: auth.ApproveRun("run_1", strings.Repeat("b", 64)), make: func(k *desk, o []byte) []byte { return k.key.Get(o) }, why: "another act"},
			"another purpose": {act: auth.Act{Kind: "advance.decide", Object: act.Object, Content: act.Content}, make: func(k *desk, o []byte) []byte { return k.key.Get(o) }, why: "another act"},
			"another session": {make: func(k *desk, o []byte) []byte { k.signIn(k.actor.Login); return k.key.Get(o) }, why: "no such challenge"},
			"disabled": {make: func(k *desk, o []byte) []byte {
				k.exec(`UPDATE users SET disabled_at = 1 WHERE id = $1`, k.actor.ID)
				return k.key.Get(o)
			}, why: "disabled user"},
		} {
			t.Run(name, func(t *testing.T) {
				k := farah.beside(name)
				k.t = t
				if c.act.Kind == "" {
					c.act = act
				}
				answer := c.make(k, k.begin(c.act))
				want := c.want
				if want == nil {
					want = auth.ErrPasskey
				}
				if err := k.prove(act, answer); !errors.Is(err, want) {
					t.Errorf("%v, not %v", err, want)
				}
				if n := k.audited("passkey.refused", c.why); n != 1 {
					t.Errorf("%d refusals with %q in the audit", n, c.why)
				}
				if n := k.audited("passkey.use", ""); n != 0 {
					t.Errorf("%d uses", n)
				}
			})
		}
	})
}

func TestAChallengeIsAnsweredOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d, service(d), "farah")
		answer := k.key.Get(k.begin(act))
		if err := k.prove(act, answer); err != nil {
			t.Fatal(err)
		}
		if err := k.prove(act, answer); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("the same answer again: %v", err)
		}
		options := k.begin(act)
		k.key.Flags = testkit.UserPresent
		if err := k.prove(act, k.key.Get(options)); !errors.Is(err, auth.ErrPasskey) {
			t.Fatal(err)
		}
		k.key.Flags |= testkit.UserVerified
		if err := k.prove(act, k.key.Get(options)); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("a challenge lives on after a refusal: %v", err)
		}
	})
}

// Another's challenge is neither usable nor taken away from her.
func TestAnothersChallengeStays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		farah, kavita := newDesk(t, d, s, "farah"), newDesk(t, d, s, "kavita")
		options := farah.begin(act)
		if err := kavita.prove(act, kavita.key.Get(options)); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("%v", err)
		}
		if err := farah.prove(act, farah.key.Get(options)); err != nil {
			t.Errorf("her own challenge was taken away: %v", err)
		}
	})
}

func TestTwentyAnswersAtOnceProveOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d, service(d), "farah")
		answer := k.key.Get(k.begin(act))
		told := make([]error, 20)
		var wg sync.WaitGroup
		for i := range told {
			wg.Add(1)
			go func() { defer wg.Done(); told[i] = k.prove(act, answer) }()
		}
		wg.Wait()
		good := 0
		for _, err := range told {
			if err == nil {
				good++
			} else if !errors.Is(err, auth.ErrPasskey) && !errors.Is(err, auth.ErrTooMany) {
				t.Error(err)
			}
		}
		if good != 1 || k.audited("passkey.use", "") != 1 {
			t.Errorf("%d answers proved, %d uses", good, k.audited("passkey.use", ""))
		}
	})
}

func TestPasskeyTriesAreLimitedAsPasswords(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d, service(d), "farah")
		for i := range 10 {
			if err := k.prove(act, []byte("{}")); !errors.Is(err, auth.ErrPasskey) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		if err := k.prove(act, k.key.Get(k.begin(act))); !errors.Is(err, auth.ErrTooMany) {
			t.Errorf("the eleventh, which is right: %v", err)
		}
		if err := k.auth.StepUp(ctx, k.actor, password); !errors.Is(err, auth.ErrTooMany) {
			t.Errorf("the password after ten tries: %v", err)
		}
	})
}

func TestManagingPasskeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		k, other := newDesk(t, d, s, "farah"), newDesk(t, d, s, "kavita")
		secret, err := s.CreateKey(ctx, auth.System("test"), "farah")
		if err != nil {
			t.Fatal(err)
		}
		key, err := s.Recognise(ctx, secret)
		if err != nil || key.Session != "" {
			t.Fatal(key, err)
		}
		byName, err := s.For(ctx, auth.System("cli"), "farah", "")
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			actor auth.Actor
			want  error
		}{"a key": {key, auth.ErrKeyPasskeys}, "the command line": {byName, auth.ErrUnauthenticated}, "nobody": {auth.Actor{}, auth.ErrUnauthenticated}, "the machine": {auth.System("x"), auth.ErrUnauthenticated}} {
			_, begun := s.BeginPasskey(ctx, c.actor, password)
			_, added := s.AddPasskey(ctx, c.actor, "x", nil)
			_, listed := s.Passkeys(ctx, c.actor)
			for _, err := range []error{begun, added, listed, s.RemovePasskey(ctx, c.actor, k.id, password)} {
				if !errors.Is(err, c.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if _, err := s.BeginProof(ctx, key, act); !errors.Is(err, auth.ErrKeyApproves) {
			t.Error(err)
		}
		if _, err := s.BeginPasskey(ctx, k.actor, "another word"); !errors.Is(err, auth.ErrStepUp) {
			t.Error(err)
		}
		options, err := s.BeginPasskey(ctx, k.actor, password)
		if err != nil {
			t.Fatal(err)
		}
		for _, label := range []string{"", "  ", strings.Repeat("अ", 61), "a\x00b", "a\nb"} {
			if _, err := s.AddPasskey(ctx, k.actor, label, k.key.Create(options)); !errors.Is(err, auth.ErrPasskeyLabel) {
				t.Errorf("label %q: %v", label, err)
			}
		}
		if _, err := s.AddPasskey(ctx, k.actor, "Phone", k.key.Create(options)); !errors.Is(err, auth.ErrPasskeyTaken) {
			t.Errorf("the same passkey twice: %v", err)
		}
		for name, change := range map[string]func(*testkit.Authenticator){
			"another origin": func(a *testkit.Authenticator) { a.Origin = "https://evil.example" }, "another site": func(a *testkit.Authenticator) { a.Site = "evil.example" },
			"nobody verified": func(a *testkit.Authenticator) { a.Flags = testkit.UserPresent }} {
			fresh := testkit.NewAuthenticator(t, site)
			change(fresh)
			if options, err = s.BeginPasskey(ctx, k.actor, password); err != nil {
				t.Fatal(err)
			}
			if _, err := s.AddPasskey(ctx, k.actor, "x", fresh.Create(options)); !errors.Is(err, auth.ErrPasskey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.AddPasskey(ctx, k.actor, "x", testkit.NewAuthenticator(t, site).Create(k.begin(act))); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("a challenge for approving added a passkey: %v", err)
		}
		if err := s.RemovePasskey(ctx, k.actor, other.id, password); !errors.Is(err, auth.ErrNoPasskey) {
			t.Errorf("another's passkey removed: %v", err)
		}
		if err := s.RemovePasskey(ctx, k.actor, k.id, "another word"); !errors.Is(err, auth.ErrStepUp) {
			t.Error(err)
		}
		if err := s.RemovePasskey(ctx, k.actor, k.id, password); err != nil { // the last one
			t.Error(err)
		}
		if _, err := s.BeginProof(ctx, k.actor, act); !errors.Is(err, auth.ErrNoPasskey) {
			t.Error(err)
		}
		if k.audited("passkey.add", "Phone") != 1 || k.audited("passkey.remove", "Phone") != 1 {
			t.Error("adding and removing are not audited")
		}
		if mine, err := s.Passkeys(ctx, other.actor); err != nil || len(mine) != 1 {
			t.Errorf("%+v %v", mine, err)
		}
	})
}

func TestTwentyPasskeysAreEnough(t *testing.T) {
	d := testdb.SQLite(t)
	k := newDesk(t, d, service(d), "farah")
	early, err := k.auth.BeginPasskey(ctx, k.actor, password)
	if err != nil {
		t.Fatal(err)
	}
	for range 19 {
		k.add(testkit.NewAuthenticator(t, site), "x")
	}
	if _, err := k.auth.AddPasskey(ctx, k.actor, "x", k.key.Create(early)); !errors.Is(err, auth.ErrPasskeysMany) {
		t.Errorf("begun before there were twenty: %v", err)
	}
	if _, err := k.auth.BeginPasskey(ctx, k.actor, password); !errors.Is(err, auth.ErrPasskeysMany) {
		t.Errorf("%v", err)
	}
}

func TestWherePasskeysAreOffered(t *testing.T) {
	d := testdb.SQLite(t)
	s := auth.NewService(d, false)
	k := newDesk(t, d, service(d), "farah")
	if s.Offer().Why != auth.NoSite {
		t.Error("offered before the address is known")
	}
	for origin, want := range map[string]auth.Offer{
		"https://Shop.example/path":  {Origin: "https://shop.example", Site: "shop.example"},
		"https://shop.example:8443":  {Origin: "https://shop.example:8443", Site: "shop.example"},
		"http://localhost:8080":      {Origin: "http://localhost:8080", Site: "localhost"},
		"http://shop.example":        {Origin: "http://shop.example", Site: "shop.example", Why: auth.NotSecure},
		"https://192.168.1.4":        {Origin: "https://192.168.1.4", Site: "192.168.1.4", Why: auth.NoName},
		"http://127.0.0.1:8080":      {Origin: "http://127.0.0.1:8080", Site: "127.0.0.1", Why: auth.NoName},
		"https://[::1]:8080":         {Origin: "https://[::1]:8080", Site: "::1", Why: auth.NoName},
		"":                           {Why: auth.NoSite},
		"shop.example":               {Why: auth.NoSite},
		"https://":                   {Why: auth.NoSite},
		"https://a_b:x":              {Why: auth.NoSite},
		"ftp://shop.example":         {Origin: "ftp://shop.example", Site: "shop.example", Why: auth.NotSecure},
		"http://localhost.evil.test": {Origin: "http://localhost.evil.test", Site: "localhost.evil.test", Why: auth.NotSecure},
	} {
		s.ServeAt(origin)
		if got := s.Offer(); got != want {
			t.Errorf("%s: %+v", origin, got)
		}
		if want.Why == "" {
			continue
		}
		_, begun := s.BeginPasskey(ctx, k.actor, password)
		_, added := s.AddPasskey(ctx, k.actor, "x", nil)
		_, asked := s.BeginProof(ctx, k.actor, act)
		for _, err := range []error{begun, added, asked, s.Prove(ctx, k.actor, act, auth.Proof{Passkey: []byte("{}")})} {
			if !errors.Is(err, auth.ErrPasskeysOff) {
				t.Errorf("%s: %v", origin, err)
			}
		}
	}
	s.ServeAt("https://elsewhere.example")
	if _, err := s.BeginProof(ctx, k.actor, act); !errors.Is(err, auth.ErrNoPasskey) {
		t.Errorf("a passkey of another site is asked for: %v", err)
	}
}

func TestSweepForgetsOldChallenges(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d, service(d), "farah")
		k.begin(act)
		k.exec(`UPDATE passkey_challenges SET expires_at = expires_at - 300000000`)
		fresh := k.begin(act)
		if err := k.auth.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := d.Get(ctx, &left, `SELECT COUNT(*) FROM passkey_challenges`); err != nil || left != 1 {
			t.Errorf("%d challenges are left, %v", left, err)
		}
		if err := k.prove(act, k.key.Get(fresh)); err != nil {
			t.Error(err)
		}
	})
}
