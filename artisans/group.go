package artisans

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
)

// The faults of groups.
var (
	ErrNoGroup     = fault.New(fault.NotFound, "artisans.no_group", "There is no such group here.")
	ErrGroup       = fault.New(fault.Invalid, "artisans.group", "The group cannot be noted like this. Nothing was saved; see errors.")
	ErrMember      = fault.New(fault.Conflict, "artisans.member", "She is in a group already. Nothing was changed; end that membership first.")
	ErrNotMember   = fault.New(fault.Conflict, "artisans.not_member", "She is not in this group now. Nothing was changed.")
	ErrGroupLeader = fault.New(fault.Conflict, "artisans.leader", "The group has a leader. Nothing was changed; end her time first.")
)

// The usual size of a self-help group; another size is shown, not refused.
const (
	UsualFewest = 15
	UsualMost   = 20
)

// Group is a self-help group with its present and former members.
type Group struct {
	ID        string  `db:"id"`
	NameEn    string  `db:"name_en"`
	NameHi    string  `db:"name_hi"`
	NameUr    string  `db:"name_ur"`
	Area      string  `db:"area"`
	Bylaws    string  `db:"bylaws"` // what the members have agreed on, and where it is kept
	CreatedBy string  `db:"created_by"`
	CreatedAt db.Time `db:"created_at"`
	Members   []Membership
	Payee     *Payee // its account, masked; nil when it has none
}

// Membership is a woman's time in a group, or a leader's time as its leader.
// Dates are business dates, Until is the first day on which it is over, or "".
type Membership struct {
	ID        string `db:"id"`
	GroupID   string `db:"group_id"`
	ArtisanID string `db:"artisan_id"`
	Leader    bool   `db:"leader"`
	From      string `db:"from_date"`
	Until     string `db:"until_date"`
	NameEn    string `db:"name_en"`
	NameHi    string `db:"name_hi"`
}

// Now is how many members the group has at present.
func (g Group) Now() (n int) {
	for _, m := range g.Members {
		if m.Until == "" {
			n++
		}
	}
	return n
}

// GroupInput describes a group to register.
type GroupInput struct {
	NameEn, NameHi, NameUr string
	Area                   string
	Bylaws                 string
}

// CreateGroup registers a group. A coordinator of the area or an administrator
// may. Returns ErrGroup, ErrArea.
func (s *Service) CreateGroup(ctx context.Context, actor auth.Actor, key string, in GroupInput) (Group, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Group{}, err
	}
	in.NameEn = strings.TrimSpace(in.NameEn)
	switch {
	case in.NameEn == "" || len(in.NameEn) > 120 || len(in.NameHi) > 360 || len(in.NameUr) > 360:
		return Group{}, ErrGroup.At("name", "a name of at most 120 letters")
	case len(in.Bylaws) > 4000:
		return Group{}, ErrGroup.At("bylaws", "at most 4,000 letters")
	case !slices.Contains(Areas, in.Area):
		return Group{}, ErrArea
	case !actor.CoversArea(in.Area):
		return Group{}, auth.ErrForbidden
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.group", Key: key}, in,
		func(tx *db.Tx) (Group, error) {
			g := Group{ID: id.New("grp"), NameEn: in.NameEn, NameHi: in.NameHi, NameUr: in.NameUr, Area: in.Area, Bylaws: in.Bylaws,
				CreatedBy: actor.String(), CreatedAt: tx.Now(), Members: []Membership{}}
			if _, err := tx.Exec(`
				INSERT INTO self_help_groups (id, name_en, name_hi, name_ur, area, bylaws, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				g.ID, g.NameEn, g.NameHi, g.NameUr, g.Area, g.Bylaws, g.CreatedBy, g.CreatedAt); err != nil {
				return g, err
			}
			return g, auth.Audit(tx, actor, "group.create", g.ID, "")
		})
}

// MemberInput is a woman who joins a group, leads it, or leaves it from a day on.
type MemberInput struct {
	Group   string
	Artisan string
	Date    string // business date
	Leader  bool
	Leaves  bool
}

var dateForm = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

// SetMember lets a woman join or leave a group from a date on; who becomes or
// ceases to be its leader has a membership of its own for that time. A
// coordinator of the area or an administrator may. Returns ErrNoGroup,
// ErrNotFound, ErrGroup, ErrMember, ErrNotMember, ErrGroupLeader.
func (s *Service) SetMember(ctx context.Context, actor auth.Actor, key string, in MemberInput) (Group, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Group{}, err
	}
	if !dateForm.MatchString(in.Date) {
		return Group{}, ErrGroup.At("date", "a date, year-month-day")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.member", Key: key}, in,
		func(tx *db.Tx) (Group, error) {
			g, err := groupFor(tx, actor, in.Group)
			if err != nil {
				return Group{}, err
			}
			area, err := areaOf(tx, in.Artisan)
			if err != nil {
				return Group{}, err
			}
			if !actor.CoversArea(area) {
				return Group{}, ErrNotFound
			}
			if err := changeMember(tx, actor, g, in); err != nil {
				return Group{}, err
			}
			if err := auth.Audit(tx, actor, "group.member", g.ID, in.Artisan); err != nil {
				return Group{}, err
			}
			return groupFor(tx, actor, in.Group)
		})
}

// changeMember ends the membership that is running and begins another, as far as
// the input wants it.
func changeMember(tx *db.Tx, actor auth.Actor, g Group, in MemberInput) error {
	var now Membership
	for _, m := range g.Members {
		if m.Until == "" && m.ArtisanID == in.Artisan {
			now = m
		}
		if m.Until == "" && m.Leader && m.ArtisanID != in.Artisan && in.Leader && !in.Leaves {
			return ErrGroupLeader
		}
	}
	switch {
	case in.Leaves && now.ID == "":
		return ErrNotMember
	case now.ID != "" && !in.Leaves && now.Leader == in.Leader:
		return ErrMember
	case now.ID != "" && in.Date < now.From:
		return ErrGroup.At("date", "is before she joined, on %s", now.From)
	}
	if now.ID != "" {
		if _, err := tx.Exec(`
			UPDATE group_members
			SET until_date = $1
			WHERE id = $2`, in.Date, now.ID); err != nil {
			return err
		}
	}
	if in.Leaves {
		return nil
	}
	n, err := tx.Exec(`
		INSERT INTO group_members (id, group_id, artisan_id, leader, from_date, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`, id.New("gmb"), g.ID, in.Artisan, in.Leader, in.Date, actor.String(), tx.Now())
	if err == nil && n == 0 {
		return ErrMember // of another group
	}
	return err
}

// groupFor reads a group with its members as far as the actor may see it.
func groupFor(tx *db.Tx, actor auth.Actor, group string) (Group, error) {
	var g Group
	err := tx.Get(&g, `
		SELECT id, name_en, name_hi, name_ur, area, bylaws, created_by, created_at
		FROM self_help_groups
		WHERE id = $1`, group)
	if errors.Is(err, db.ErrNone) {
		return g, ErrNoGroup
	}
	if err != nil {
		return g, err
	}
	if !visible(actor, g.Area) {
		return Group{}, ErrNoGroup
	}
	payees, err := Payees(tx, []string{group})
	if err != nil {
		return g, err
	}
	if p, ok := payees[group]; ok {
		g.Payee = &p
	}
	g.Members = []Membership{}
	return g, tx.Select(&g.Members, `
		SELECT m.id, m.group_id, m.artisan_id, m.leader, m.from_date, m.until_date, a.name_en, a.name_hi
		FROM group_members m
		JOIN artisans a ON a.id = m.artisan_id
		WHERE m.group_id = $1
		ORDER BY m.from_date, m.id`, group)
}

// Group reads one. Coordinators of its area, finance and administrators may.
func (s *Service) Group(ctx context.Context, actor auth.Actor, group string) (Group, error) {
	if err := actor.Require(auth.Coordinator, auth.Preparer, auth.Approver, auth.Administrator); err != nil {
		return Group{}, err
	}
	var out Group
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = groupFor(tx, actor, group)
		return err
	})
	return out, err
}

// Groups lists up to limit groups after an id that the actor may see, without
// their members.
func (s *Service) Groups(ctx context.Context, actor auth.Actor, after string, limit int) ([]Group, error) {
	if err := actor.Require(auth.Coordinator, auth.Preparer, auth.Approver, auth.Administrator); err != nil {
		return nil, err
	}
	areas := []any{after, limit}
	for _, a := range Areas {
		if visible(actor, a) {
			areas = append(areas, a)
		}
	}
	if len(areas) == 2 {
		return nil, nil
	}
	var out []Group
	return out, s.db.Select(ctx, &out, `
		SELECT id, name_en, name_hi, name_ur, area, bylaws, created_by, created_at
		FROM self_help_groups
		WHERE id > $1 AND area IN (`+db.List(3, len(areas)-2)+`)
		ORDER BY id
		LIMIT $2`, areas...)
}

// MembersOn tells which of the artisans are in which group on a business date,
// within tx.
func MembersOn(tx *db.Tx, artisans []string, date string) (map[string]string, error) {
	out := map[string]string{}
	if len(artisans) == 0 {
		return out, nil
	}
	var rows []Membership
	err := tx.Select(&rows, `
		SELECT group_id, artisan_id
		FROM group_members
		WHERE from_date <= $1 AND (until_date = '' OR until_date > $1) AND artisan_id IN (`+db.List(2, len(artisans))+`)
		ORDER BY artisan_id, id`, db.Args(artisans, date)...)
	for _, m := range rows {
		out[m.ArtisanID] = m.GroupID
	}
	return out, err
}

// Members lists who is in a group on a business date, within tx.
func Members(tx *db.Tx, group, date string) ([]string, error) {
	var out []string
	return out, tx.Select(&out, `
		SELECT artisan_id
		FROM group_members
		WHERE group_id = $1 AND from_date <= $2 AND (until_date = '' OR until_date > $2)
		ORDER BY artisan_id`, group, date)
}

// GroupOf is the group that an artisan is in now, or ErrNoGroup.
func (s *Service) GroupOf(ctx context.Context, actor auth.Actor, artisan string) (Group, error) {
	if err := actor.Require(auth.Coordinator, auth.Preparer, auth.Approver, auth.Administrator); err != nil {
		return Group{}, err
	}
	var out Group
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		now, err := MembersOn(tx, []string{artisan}, tx.Now().Date())
		if err != nil {
			return err
		}
		out, err = groupFor(tx, actor, now[artisan])
		return err
	})
	return out, err
}
