package artisans_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
)

func TestGroupsHaveMembersAndOneLeaderByDate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		asha, far := actor(auth.Coordinator, "lucknow"), actor(auth.Coordinator, "barabanki")
		g, err := s.CreateGroup(ctx, asha, "k", artisans.GroupInput{NameEn: " Roshni ", NameHi: "रोशनी", Area: "lucknow", Bylaws: "₹50 a month; book with the leader"})
		if err != nil || g.NameEn != "Roshni" || g.Now() != 0 {
			t.Fatal(g, err)
		}
		var who []string
		for i := range 3 {
			a, err := s.Create(ctx, asha, "", artisans.Input{NameEn: fmt.Sprint("Member ", i), Area: "lucknow", Member: true})
			if err != nil {
				t.Fatal(err)
			}
			who = append(who, a.ID)
		}
		change := func(by auth.Actor, in artisans.MemberInput, want error) artisans.Group {
			t.Helper()
			if in.Group == "" {
				in.Group = g.ID
			}
			got, err := s.SetMember(ctx, by, "", in)
			if !errors.Is(err, want) {
				t.Errorf("%+v: %v, want %v", in, err, want)
			}
			return got
		}
		change(asha, artisans.MemberInput{Artisan: who[0], Date: "2026-04-01", Leader: true}, nil)
		change(asha, artisans.MemberInput{Artisan: who[1], Date: "2026-05-01"}, nil)
		change(asha, artisans.MemberInput{Artisan: who[1], Date: "2026-05-01"}, artisans.ErrMember)
		change(asha, artisans.MemberInput{Artisan: who[1], Date: "2026-06-01", Leader: true}, artisans.ErrGroupLeader)
		change(asha, artisans.MemberInput{Artisan: who[2], Date: "2026-06-01", Leaves: true}, artisans.ErrNotMember)
		change(asha, artisans.MemberInput{Artisan: who[2], Date: "1.6.2026"}, artisans.ErrGroup)
		change(asha, artisans.MemberInput{Artisan: who[0], Date: "2026-03-01", Leaves: true}, artisans.ErrGroup)
		change(asha, artisans.MemberInput{Artisan: "art_none", Date: "2026-06-01"}, artisans.ErrNotFound)
		change(asha, artisans.MemberInput{Group: "grp_none", Artisan: who[2], Date: "2026-06-01"}, artisans.ErrNoGroup)
		change(far, artisans.MemberInput{Artisan: who[2], Date: "2026-06-01"}, artisans.ErrNoGroup)
		change(actor(auth.Preparer, ""), artisans.MemberInput{Artisan: who[2], Date: "2026-06-01"}, auth.ErrForbidden)
		other, err := s.CreateGroup(ctx, asha, "", artisans.GroupInput{NameEn: "Umang", Area: "lucknow"})
		if err != nil {
			t.Fatal(err)
		}
		change(asha, artisans.MemberInput{Group: other.ID, Artisan: who[1], Date: "2026-06-01"}, artisans.ErrMember)
		change(asha, artisans.MemberInput{Artisan: who[0], Date: "2026-07-01"}, nil) // leads no more, stays
		got := change(asha, artisans.MemberInput{Artisan: who[1], Date: "2026-07-01", Leader: true}, nil)
		if got.Now() != 2 || len(got.Members) != 4 {
			t.Errorf("%d now, %+v", got.Now(), got.Members)
		}
		change(asha, artisans.MemberInput{Artisan: who[0], Date: "2026-08-01", Leaves: true}, nil)
		change(asha, artisans.MemberInput{Group: other.ID, Artisan: who[0], Date: "2026-08-01"}, nil)
		for date, want := range map[string]string{"2026-03-31": "", "2026-04-01": g.ID, "2026-07-01": g.ID, "2026-07-31": g.ID, "2026-08-01": other.ID} {
			if err := d.Read(ctx, func(tx *db.Tx) error {
				on, err := artisans.MembersOn(tx, who, date)
				if on[who[0]] != want {
					t.Errorf("on %s in %q, want %q", date, on[who[0]], want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Group(ctx, far, g.ID); !errors.Is(err, artisans.ErrNoGroup) {
			t.Errorf("another area's group: %v", err)
		}
		mine, err1 := s.Groups(ctx, asha, "", 10)
		none, err2 := s.Groups(ctx, far, "", 10)
		if err1 != nil || err2 != nil || len(mine) != 2 || len(none) != 0 {
			t.Errorf("%d and %d groups, %v %v", len(mine), len(none), err1, err2)
		}
	})
}

func TestTwoGroupsWantOneWomanAndTwoWomenLead(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		asha := actor(auth.Coordinator, "lucknow")
		var groups, who []string
		for i := range 2 {
			g, err := s.CreateGroup(ctx, asha, "", artisans.GroupInput{NameEn: fmt.Sprint("Group ", i), Area: "lucknow"})
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Create(ctx, asha, "", artisans.Input{NameEn: fmt.Sprint("Member ", i), Area: "lucknow", Member: true})
			if err != nil {
				t.Fatal(err)
			}
			groups, who = append(groups, g.ID), append(who, a.ID)
		}
		race := func(in ...artisans.MemberInput) (won int) {
			var all sync.WaitGroup
			errs := make([]error, 10)
			for i := range errs {
				all.Go(func() { _, errs[i] = s.SetMember(ctx, asha, "", in[i%len(in)]) })
			}
			all.Wait()
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, artisans.ErrMember) && !errors.Is(err, artisans.ErrGroupLeader) {
					t.Error(err)
				}
			}
			return won
		}
		if won := race(artisans.MemberInput{Group: groups[0], Artisan: who[0], Date: "2026-04-01"}, artisans.MemberInput{Group: groups[1], Artisan: who[0], Date: "2026-04-01"}); won != 1 {
			t.Errorf("she joined %d groups", won)
		}
		if won := race(artisans.MemberInput{Group: groups[0], Artisan: who[1], Date: "2026-04-01", Leader: true}); won != 1 {
			t.Errorf("she became leader %d times", won)
		}
	})
}

func TestGroupFaultsNameTheirFields(t *testing.T) {
	s := service(t, testdb.SQLite(t))
	asha := actor(auth.Coordinator, "lucknow")
	for name, c := range map[string]struct {
		in   artisans.GroupInput
		want error
	}{
		"no name": {artisans.GroupInput{NameEn: "  ", Area: "lucknow"}, artisans.ErrGroup}, "no area": {artisans.GroupInput{NameEn: "x", Area: "delhi"}, artisans.ErrArea},
		"another area": {artisans.GroupInput{NameEn: "x", Area: "barabanki"}, auth.ErrForbidden}, "long": {artisans.GroupInput{NameEn: "x", Area: "lucknow", Bylaws: string(make([]byte, 4001))}, artisans.ErrGroup},
	} {
		if _, err := s.CreateGroup(ctx, asha, "", c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
