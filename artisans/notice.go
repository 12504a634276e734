package artisans

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
)

// The faults of telling her.
var (
	ErrNoNotice   = fault.New(fault.NotFound, "artisans.no_notice", "There is nothing here that she is to be told.")
	ErrHow        = fault.New(fault.Invalid, "artisans.how", "She is told by sms, whatsapp or call; if she could not be reached, say why in at most 500 letters. Nothing was noted.")
	ErrTold       = fault.New(fault.Conflict, "artisans.told", "It is noted already how she was told. Nothing was changed.")
	ErrSamePerson = fault.New(fault.Forbidden, "artisans.same_person", "Whoever entered the change cannot be the one who tells her. Nothing was noted; ask a second person.")
	ErrKeyTells   = fault.New(fault.Forbidden, "artisans.key_cannot_tell", "A key tells nobody anything. A person must sign in and note how she was told.")
)

// What changed.
const (
	ChangedPayee = "payee"
	ChangedPhone = "phone"
)

// Unreachable is how it went when she could not be told; such a notice stays
// among what approvers are warned of.
const Unreachable = "unreachable"

// Hows are the ways it can go.
var Hows = []string{"call", "sms", "whatsapp", Unreachable}

// Notice is what an artisan is to be told on the number that was on record
// before a change.
type Notice struct {
	ID       string   `db:"id"`
	Artisan  string   `db:"artisan_id"`
	NameEn   string   `db:"name_en"`
	NameHi   string   `db:"name_hi"`
	NameUr   string   `db:"name_ur"`
	Area     string   `db:"area"`
	What     string   `db:"what"`
	Change   string   `db:"change_id"` // the new row of payees or artisan_phones
	Masked   string   `db:"masked"`    // what counts from now on
	Kind     string   `db:"kind"`      // bank, upi or cash; "" for a phone
	CountsAt db.Time  `db:"counts_at"`
	MadeBy   string   `db:"made_by"`
	MadeAt   db.Time  `db:"made_at"`
	ToldAt   *db.Time `db:"told_at"`
	ToldBy   string   `db:"told_by"`
	How      string   `db:"how"`
	Reason   string   `db:"reason"`
	To       string   `db:"to_masked"` // the number it goes to, masked
	Language string   `db:"language"`  // hers: en, hi or ur
	Number   string   // the same, whole: for who may tell her; "" for who entered the change

	PhoneID string `db:"phone_id"`
	Version int64  `db:"version"`
	Sealed  []byte `db:"sealed" json:"-"`
}

// due notes within the transaction of a change that her number of before is to be
// told; where none is on record there is nobody to tell.
func due(tx *db.Tx, actor auth.Actor, n Notice) error {
	rows, err := phoneRows(tx, []string{n.Artisan})
	before, ok := rows[n.Artisan]
	if err != nil || !ok {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO notices (id, artisan_id, phone_id, what, change_id, masked, kind, counts_at, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id.New("ntc"), n.Artisan, before.ID, n.What, n.Change, n.Masked, n.Kind, n.CountsAt, actor.Principal(), tx.Now())
	return err
}

// noticeColumns read a notice with the number it goes to; her language is that of
// her newest consent, else Hindi.
const noticeColumns = `
	SELECT n.id, n.artisan_id, a.name_en, a.name_hi, a.name_ur, a.area, n.what, n.change_id, n.masked, n.kind, n.counts_at, n.made_by,
		n.made_at, n.told_at, n.told_by, n.how, n.reason, n.phone_id, p.masked AS to_masked, p.version, p.sealed,
		COALESCE((SELECT c.language FROM consents c WHERE c.artisan_id = n.artisan_id ORDER BY c.id DESC LIMIT 1), 'hi') AS language
	FROM notices n
	JOIN artisans a ON a.id = n.artisan_id
	JOIN artisan_phones p ON p.id = n.phone_id`

// NoticesDue lists up to limit notices after an id that nobody has told yet, in
// the actor's areas, with the whole number for who did not enter the change; that
// numbers were opened is audited. Coordinators and administrators may.
func (s *Service) NoticesDue(ctx context.Context, actor auth.Actor, after string, limit int) ([]Notice, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return nil, err
	}
	areas := slices.DeleteFunc(slices.Clone(Areas), func(a string) bool { return !actor.CoversArea(a) })
	if len(areas) == 0 {
		return nil, nil
	}
	var out []Notice
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var rows []Notice
		if err := tx.Select(&rows, noticeColumns+`
			WHERE n.told_at IS NULL AND n.id > $1 AND a.area IN (`+db.List(3, len(areas))+`)
			ORDER BY n.id
			LIMIT $2`, append([]any{after, limit}, db.Args(areas)...)...); err != nil {
			return err
		}
		out = rows
		return s.openNumbers(tx, actor, rows)
	})
	return out, err
}

// openNumbers opens the numbers that the actor may use to tell somebody, and says so in the audit.
func (s *Service) openNumbers(tx *db.Tx, actor auth.Actor, rows []Notice) error {
	for i := range rows {
		n := &rows[i]
		if n.MadeBy == actor.Principal() {
			continue
		}
		var err error
		if n.Number, err = s.vault.Open(n.Sealed, phonePlace(Phone{ID: n.PhoneID, Version: n.Version})); err != nil {
			return err
		}
		if err := auth.Audit(tx, actor, "phone.open", n.Artisan, n.ID); err != nil {
			return err
		}
	}
	return nil
}

// ToldInput says how she was told, or why she could not be.
type ToldInput struct {
	Notice string
	How    string // call, sms, whatsapp or unreachable
	Reason string // needed when she could not be reached
}

// Told notes once how she was told: by a signed-in person, another than the one
// who entered the change. A coordinator of her area or an administrator may.
// Returns ErrHow, ErrKeyTells, ErrNoNotice, ErrSamePerson, ErrTold.
func (s *Service) Told(ctx context.Context, actor auth.Actor, key string, in ToldInput) (Notice, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Notice{}, err
	}
	if actor.Via != auth.ViaSession {
		return Notice{}, ErrKeyTells
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if !slices.Contains(Hows, in.How) || utf8.RuneCountInString(in.Reason) > 500 || in.How == Unreachable && in.Reason == "" {
		return Notice{}, ErrHow
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "artisans.told", Key: key}, in,
		func(tx *db.Tx) (Notice, error) {
			n, err := notice(tx, in.Notice)
			if err != nil {
				return Notice{}, err
			}
			if !actor.CoversArea(n.Area) {
				return Notice{}, ErrNoNotice
			}
			if n.MadeBy == actor.Principal() {
				return Notice{}, ErrSamePerson
			}
			changed, err := tx.Exec(`
				UPDATE notices
				SET told_at = $1, told_by = $2, how = $3, reason = $4
				WHERE id = $5 AND told_at IS NULL`, tx.Now(), actor.Principal(), in.How, in.Reason, n.ID)
			if err != nil {
				return Notice{}, err
			}
			if changed == 0 {
				return Notice{}, ErrTold
			}
			if err := auth.Audit(tx, actor, "notice.told", n.Artisan, n.ID+" "+in.How); err != nil {
				return Notice{}, err
			}
			return notice(tx, n.ID)
		})
}

func notice(tx *db.Tx, one string) (Notice, error) {
	var n Notice
	err := tx.Get(&n, noticeColumns+`
		WHERE n.id = $1`, one)
	if errors.Is(err, db.ErrNone) {
		return Notice{}, ErrNoNotice
	}
	n.Sealed = nil
	return n, err
}

// Untold tells which of the artisans have not been told of a change, within tx:
// nobody has noted it yet, or she could not be reached.
func Untold(tx *db.Tx, artisans []string) (map[string]bool, error) {
	out := map[string]bool{}
	for batch := range slices.Chunk(artisans, 500) {
		var found []string
		if err := tx.Select(&found, `
			SELECT artisan_id
			FROM notices
			WHERE artisan_id IN (`+db.List(1, len(batch))+`) AND how IN ('', 'unreachable')
			GROUP BY artisan_id
			ORDER BY artisan_id`, db.Args(batch)...); err != nil {
			return nil, err
		}
		for _, a := range found {
			out[a] = true
		}
	}
	return out, nil
}
