package artisans_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
)

func byToken(t *testing.T, d *db.DB, token string) (c artisans.Card, today string, err error) {
	t.Helper()
	err = d.Read(ctx, func(tx *db.Tx) error {
		today = tx.Now().Date()
		c, err = artisans.CardByToken(tx, token)
		return err
	})
	return c, today, err
}

// A card opens until its last day, until it is revoked, until there is another.
func TestACardEnds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s, admin, near := service(t, d), actor(auth.Administrator, ""), actor(auth.Coordinator, "lucknow")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Card(ctx, near, a.ID); !errors.Is(err, artisans.ErrNoCard) {
			t.Error("before there is one:", err)
		}
		if _, err := s.RevokeCard(ctx, near, "", a.ID, "lost"); !errors.Is(err, artisans.ErrNoCard) {
			t.Error("revoked without one:", err)
		}
		is := func(token string, want artisans.CardState) {
			t.Helper()
			c, today, err := byToken(t, d, token)
			if err != nil || c.State(today) != want || c.ArtisanID != a.ID {
				t.Errorf("%v %v, want %s", c.State(today), err, want)
			}
		}
		issue := func(key string, years int) artisans.Card {
			t.Helper()
			c, err := s.IssueCard(ctx, near, key, artisans.CardInput{Artisan: a.ID, Years: years})
			if err != nil || len(c.Token) != 26 {
				t.Fatalf("%+v %v", c, err)
			}
			return c
		}
		first := issue("k", 2)
		if again := issue("k", 2); again.ID != first.ID || again.Token != first.Token {
			t.Error("the same request made another card")
		}
		from, _ := time.Parse(time.DateOnly, first.ValidFrom)
		if until := from.AddDate(2, 0, -1).Format(time.DateOnly); first.ValidUntil != until {
			t.Errorf("from %s until %s, not %s", first.ValidFrom, first.ValidUntil, until)
		}
		is(first.Token, artisans.CardValid)
		second := issue("", 1)
		if second.Token == first.Token {
			t.Error("the token is the same")
		}
		is(first.Token, artisans.CardRevoked)
		is(second.Token, artisans.CardValid)
		if got, err := s.Card(ctx, admin, a.ID); err != nil || got.ID != second.ID || got.Token != second.Token {
			t.Errorf("%+v %v", got, err)
		}
		if err := d.AdvanceClock(ctx, 364*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		is(second.Token, artisans.CardValid)
		if err := d.AdvanceClock(ctx, 2*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		is(second.Token, artisans.CardLapsed)
		third := issue("", 1)
		c, err := s.RevokeCard(ctx, near, "r", a.ID, "  lost at the fair ")
		if err != nil || c.ID != third.ID || c.Reason != "lost at the fair" || c.RevokedAt == nil {
			t.Errorf("%+v %v", c, err)
		}
		is(third.Token, artisans.CardRevoked)
		if c, err := s.RevokeCard(ctx, near, "r", a.ID, "  lost at the fair "); err != nil || c.ID != third.ID {
			t.Errorf("the same request again: %v", err)
		}
		if _, err := s.RevokeCard(ctx, near, "", a.ID, "again"); !errors.Is(err, artisans.ErrRevoked) {
			t.Error("revoked twice:", err)
		}
		if got, err := s.Card(ctx, admin, a.ID); err != nil || got.ID != third.ID || got.Token != "" {
			t.Errorf("a revoked card is printed: %+v %v", got, err)
		}
		for _, token := range []string{"", "x", third.Token + "x", strings.ToUpper(third.Token), third.ID} {
			if _, _, err := byToken(t, d, token); !errors.Is(err, artisans.ErrNoCard) {
				t.Errorf("%q: %v", token, err)
			}
		}
	})
}

func TestWhoIssuesCards(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s, admin := service(t, d), actor(auth.Administrator, "")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		given, err := s.IssueCard(ctx, admin, "", artisans.CardInput{Artisan: a.ID, Years: 10})
		if err != nil {
			t.Fatal(err)
		}
		near := actor(auth.Coordinator, "lucknow")
		for name, c := range map[string]struct {
			who  auth.Actor
			in   artisans.CardInput
			want error
		}{
			"another area's": {actor(auth.Coordinator, "barabanki"), artisans.CardInput{Artisan: a.ID, Years: 1}, artisans.ErrNotFound},
			"finance":        {actor(auth.Preparer, ""), artisans.CardInput{Artisan: a.ID, Years: 1}, auth.ErrForbidden},
			"nobody":         {auth.Actor{}, artisans.CardInput{Artisan: a.ID, Years: 1}, auth.ErrUnauthenticated},
			"no years":       {near, artisans.CardInput{Artisan: a.ID}, artisans.ErrCard},
			"a life":         {near, artisans.CardInput{Artisan: a.ID, Years: 11}, artisans.ErrCard},
			"a long story":   {near, artisans.CardInput{Artisan: a.ID, Years: 1, Reason: strings.Repeat("ख", 201)}, artisans.ErrReason},
			"nobody's card":  {near, artisans.CardInput{Artisan: "art_none", Years: 1}, artisans.ErrNotFound},
		} {
			if _, err := s.IssueCard(ctx, c.who, "", c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
			if c.want == artisans.ErrCard {
				continue
			}
			reason := c.in.Reason
			if reason == "" {
				reason = "lost"
			}
			if _, err := s.RevokeCard(ctx, c.who, "", c.in.Artisan, reason); !errors.Is(err, c.want) {
				t.Errorf("%s revokes: %v", name, err)
			}
		}
		if _, err := s.RevokeCard(ctx, near, "", a.ID, " "); !errors.Is(err, artisans.ErrReason) {
			t.Error("revoked without a reason:", err)
		}
		got, err := s.Card(ctx, actor(auth.Approver, ""), a.ID)
		if err != nil || got.ID != given.ID || got.Token != "" {
			t.Errorf("finance may read it and not print it: %+v %v", got, err)
		}
		if _, err := s.Card(ctx, actor(auth.Coordinator, "barabanki"), a.ID); !errors.Is(err, artisans.ErrNotFound) {
			t.Error("another area's reads it:", err)
		}
	})
}

// The database alone opens no page, and the keys can be rotated.
func TestTheTokenIsNotInTheDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		keys, err := vault.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s, admin := artisans.NewService(d, keys), actor(auth.Administrator, "")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.IssueCard(ctx, admin, "key", artisans.CardInput{Artisan: a.ID, Years: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{`SELECT COUNT(*) FROM idempotency WHERE response LIKE '%` + c.Token + `%'`,
			`SELECT COUNT(*) FROM audit WHERE detail LIKE '%` + c.Token + `%'`,
			`SELECT COUNT(*) FROM artisan_cards WHERE token_hash = '` + c.Token + `' OR CAST(sealed AS TEXT) LIKE '%` + c.Token + `%'`} {
			var n int
			if err := d.Pool().QueryRowContext(ctx, query).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s: %d %v", query, n, err)
			}
		}
		if err := keys.Rotate(); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Reseal(ctx); err != nil || n != 1 {
			t.Errorf("%d sealed anew, %v", n, err)
		}
		got, err := s.Card(ctx, admin, a.ID)
		if err != nil || got.Token != c.Token || !keys.Current(got.Sealed) {
			t.Errorf("after the rotation: %v, sealed anew %v", err, keys.Current(got.Sealed))
		}
	})
}

// Twenty issue a card at once: one is valid.
func TestOneCardIsValid(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s, admin := service(t, d), actor(auth.Administrator, "")
		a, err := s.Create(ctx, admin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Member: true})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		tokens := make([]string, 20)
		for i := range tokens {
			all.Go(func() {
				c, err := s.IssueCard(ctx, admin, "", artisans.CardInput{Artisan: a.ID, Years: 1})
				if err != nil {
					t.Error(err)
				}
				tokens[i] = c.ID
			})
		}
		all.Wait()
		var issued, valid int
		err = d.Pool().QueryRowContext(ctx, `SELECT COUNT(*), SUM(CASE WHEN revoked_at IS NULL THEN 1 ELSE 0 END) FROM artisan_cards`).Scan(&issued, &valid)
		if err != nil || issued != 20 || valid != 1 {
			t.Errorf("%d issued, %d valid, %v", issued, valid, err)
		}
	})
}
