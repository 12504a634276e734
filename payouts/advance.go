package payouts

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// The faults of advances.
var (
	ErrAdvance      = fault.New(fault.Invalid, "payouts.advance", "The advance cannot be noted like this. Nothing was saved; see errors.")
	ErrNoAdvance    = fault.New(fault.NotFound, "payouts.no_advance", "There is no such advance.")
	ErrAdvanceState = fault.New(fault.Conflict, "payouts.advance_state", "This cannot be done with the advance as it stands. Nothing was changed.")
	ErrAdvanceSeen  = fault.New(fault.Conflict, "payouts.advance_changed", "The advance is not what you looked at. Nothing was changed; read it again.")
	ErrOwnAdvance   = fault.New(fault.Forbidden, "payouts.own_advance", "You asked for this, so another person must decide it. Nothing was changed.")
)

// The kinds of advances, by where they come from.
const (
	AdvanceCash     = "cash" // from the office's till
	AdvanceBank     = "bank"
	AdvanceMaterial = "material" // cloth and thread, at cost
)

// AdvanceState is where an advance stands.
type AdvanceState string

// The states of an advance.
const (
	AdvanceProposed AdvanceState = "proposed"
	AdvanceGiven    AdvanceState = "given"
	AdvanceRefused  AdvanceState = "refused"
	AdvanceClosed   AdvanceState = "closed" // what was left is written off
)

// AdvanceMoves is the transition table of an advance; one that is worked off
// stays given, with nothing left.
var AdvanceMoves = map[AdvanceState][]AdvanceState{
	AdvanceProposed: {AdvanceGiven, AdvanceRefused},
	AdvanceGiven:    {AdvanceClosed},
	AdvanceRefused:  {},
	AdvanceClosed:   {},
}

// Advance is money or material that an artisan was given before her work, and
// that payouts recover. Sums are paise.
type Advance struct {
	ID         string       `db:"id"`
	ArtisanID  string       `db:"artisan_id"`
	Kind       string       `db:"kind"`
	State      AdvanceState `db:"state"`
	Amount     money.Paise  `db:"amount_paise"`
	Recovered  money.Paise  `db:"recovered_paise"`
	Written    money.Paise  `db:"written_paise"`
	Reason     string       `db:"reason"`
	Reference  string       `db:"reference"` // of the voucher or transfer
	Paused     string       `db:"paused"`    // why nothing is recovered at present
	WriteOff   string       `db:"write_off"` // why the rest should be written off
	WriteOffBy string       `db:"write_off_by"`
	ProposedBy string       `db:"proposed_by"`
	ProposedAt db.Time      `db:"proposed_at"`
	DecidedBy  string       `db:"decided_by"`
	DecidedAt  *db.Time     `db:"decided_at"`
	NameEn     string       `db:"name_en"` // hers, in lists
	NameHi     string       `db:"name_hi"`
}

// Left is what is still to be recovered, in paise.
func (a Advance) Left() money.Paise {
	if a.State != AdvanceGiven {
		return 0
	}
	return a.Amount - a.Recovered - a.Written
}

// AdvanceInput asks for an advance.
type AdvanceInput struct {
	Artisan string
	Kind    string
	Amount  money.Paise
	Reason  string
}

var voucherForm = regexp.MustCompile(`^[A-Za-z0-9/-]{3,40}$`)

// reasonOf is a reason as it is kept: said, and no longer than a few lines.
func reasonOf(text string) (string, bool) {
	text = strings.TrimSpace(text)
	return text, text != "" && len(text) <= 500
}

// ProposeAdvance asks for an advance, which another person gives or refuses. A
// finance preparer may. Returns ErrAdvance, artisans.ErrNotFound.
func (s *Service) ProposeAdvance(ctx context.Context, actor auth.Actor, key string, in AdvanceInput) (Advance, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Advance{}, err
	}
	var said bool
	in.Reason, said = reasonOf(in.Reason)
	switch {
	case in.Kind != AdvanceCash && in.Kind != AdvanceBank && in.Kind != AdvanceMaterial:
		return Advance{}, ErrAdvance.At("kind", "is cash, bank or material")
	case in.Amount <= 0 || in.Amount > money.Max:
		return Advance{}, ErrAdvance.At("amount", "an amount above zero")
	case !said:
		return Advance{}, ErrAdvance.At("reason", "why she is given it")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.advance", Key: key}, in,
		func(tx *db.Tx) (Advance, error) {
			known, err := artisans.Load(tx, []string{in.Artisan})
			if err != nil {
				return Advance{}, err
			}
			if _, ok := known[in.Artisan]; !ok {
				return Advance{}, artisans.ErrNotFound
			}
			a := Advance{ID: id.New("adv"), ArtisanID: in.Artisan, Kind: in.Kind, State: AdvanceProposed, Amount: in.Amount, Reason: in.Reason,
				ProposedBy: actor.Principal(), ProposedAt: tx.Now()}
			if _, err := tx.Exec(`
				INSERT INTO advances (id, artisan_id, kind, state, amount_paise, reason, proposed_by, proposed_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				a.ID, a.ArtisanID, a.Kind, a.State, a.Amount, a.Reason, a.ProposedBy, a.ProposedAt); err != nil {
				return Advance{}, err
			}
			return a, auth.Audit(tx, actor, "advance.propose", a.ID, "")
		})
}

// AdvanceDecision gives or refuses an advance, or writes off what is left of it.
type AdvanceDecision struct {
	Advance   string
	Yes       bool
	Reference string // of the voucher or transfer, when it is given
	Seen      string // ContentHash of what she looked at; with a password it may be left out
	Password  string // her own, typed again; or else
	Passkey   []byte // the answer to a challenge for GiveAct or WriteOffAct
}

// DecideAdvance gives an advance that another person proposed, or refuses it. A
// finance approver may, with a fresh proof that she is there. Returns ErrNoAdvance,
// ErrAdvanceState, ErrAdvanceSeen, ErrOwnAdvance, auth.ErrStepUp, auth.ErrPasskey.
func (s *Service) DecideAdvance(ctx context.Context, actor auth.Actor, in AdvanceDecision) (Advance, error) {
	if in.Yes && !voucherForm.MatchString(in.Reference) {
		return Advance{}, ErrAdvance.At("reference", "the voucher's or transfer's number, 3 to 40 letters and digits")
	}
	return s.decide(ctx, actor, in, in.GiveAct(), func(tx *db.Tx, a Advance) error {
		if actor.Principal() == a.ProposedBy {
			return ErrOwnAdvance
		}
		to := AdvanceRefused
		if in.Yes {
			to = AdvanceGiven
		}
		n, err := tx.Exec(`
			UPDATE advances
			SET state = $1, reference = $2, decided_by = $3, decided_at = $4
			WHERE id = $5 AND state = 'proposed'`, to, in.Reference, actor.Principal(), tx.Now(), a.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrAdvanceState
		}
		if !in.Yes {
			return auth.Audit(tx, actor, "advance.refuse", a.ID, "")
		}
		if _, err := ledger.Post(tx, ledger.New("advance", "advance:"+a.ID, actor.String()).
			Debit(ledger.Advance(a.ArtisanID), a.Amount, advanceTags(a)).
			Credit(source(a.Kind), a.Amount, advanceTags(a))); err != nil {
			return err
		}
		if err := moveOn(tx, []string{a.ArtisanID}); err != nil {
			return err
		}
		return auth.Audit(tx, actor, "advance.give", a.ID, in.Reference)
	})
}

// decide is what every decision about an advance has in common: an approver who
// is a person and there herself.
func (s *Service) decide(ctx context.Context, actor auth.Actor, in AdvanceDecision, act auth.Act, fn func(*db.Tx, Advance) error) (Advance, error) {
	if actor.Via == auth.ViaSystem {
		return Advance{}, auth.ErrForbidden
	}
	if err := actor.Require(auth.Approver); err != nil {
		return Advance{}, err
	}
	if err := s.auth.Prove(ctx, actor, act, auth.Proof{Password: in.Password, Passkey: in.Passkey}); err != nil {
		return Advance{}, err
	}
	var out Advance
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := advance(tx, in.Advance)
		if err != nil {
			return err
		}
		if unseen(in.Seen, a.ContentHash(), in.Passkey) {
			return ErrAdvanceSeen
		}
		if err := fn(tx, a); err != nil {
			return err
		}
		out, err = advance(tx, in.Advance)
		return err
	})
	return out, err
}

func advanceTags(a Advance) ledger.Tags {
	return ledger.Tags{Artisan: a.ArtisanID, Nature: "advance"}
}

func source(kind string) ledger.Account {
	if kind == AdvanceMaterial {
		return ledger.Material
	}
	return paidFrom(kind == AdvanceCash)
}

// PauseAdvance stops the recovery of an advance for a reason, or takes it up
// again when the reason is empty. A finance preparer may; it counts from the
// next run, and for one that is not submitted yet.
func (s *Service) PauseAdvance(ctx context.Context, actor auth.Actor, key, advanceID, reason string) (Advance, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Advance{}, err
	}
	reason = strings.TrimSpace(reason)
	if len(reason) > 500 {
		return Advance{}, ErrAdvance.At("reason", "at most 500 characters")
	}
	return s.change(ctx, actor, idem.Scope{Operation: "advance.pause", Key: key}, []string{advanceID, reason}, func(tx *db.Tx, a Advance) error {
		if a.Left() == 0 {
			return ErrAdvanceState
		}
		_, err := tx.Exec(`
			UPDATE advances
			SET paused = $1
			WHERE id = $2`, reason, a.ID)
		return err
	})
}

// ProposeWriteOff asks that what is left of an advance be written off. A finance
// preparer may; another person decides with WriteOffAdvance.
func (s *Service) ProposeWriteOff(ctx context.Context, actor auth.Actor, key, advanceID, reason string) (Advance, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Advance{}, err
	}
	reason, said := reasonOf(reason)
	if !said {
		return Advance{}, ErrAdvance.At("reason", "why the rest will not be recovered")
	}
	return s.change(ctx, actor, idem.Scope{Operation: "advance.propose_write_off", Key: key}, []string{advanceID, reason}, func(tx *db.Tx, a Advance) error {
		if a.Left() == 0 || a.WriteOff != "" {
			return ErrAdvanceState
		}
		_, err := tx.Exec(`
			UPDATE advances
			SET write_off = $1, write_off_by = $2
			WHERE id = $3`, reason, actor.Principal(), a.ID)
		return err
	})
}

// change is a keyed change of an advance by a preparer; what was reckoned with
// it before is not claimed any more.
func (s *Service) change(ctx context.Context, actor auth.Actor, scope idem.Scope, input []string, fn func(*db.Tx, Advance) error) (Advance, error) {
	scope.Principal = actor.Principal()
	return idem.Write(ctx, s.db, scope, input,
		func(tx *db.Tx) (Advance, error) {
			a, err := advance(tx, input[0])
			if err != nil {
				return Advance{}, err
			}
			if err := fn(tx, a); err != nil {
				return Advance{}, err
			}
			if err := moveOn(tx, []string{a.ArtisanID}); err != nil {
				return Advance{}, err
			}
			if err := auth.Audit(tx, actor, scope.Operation, a.ID, input[1]); err != nil {
				return Advance{}, err
			}
			return advance(tx, a.ID)
		})
}

// WriteOffAdvance writes off what is left, to the fund, as another person
// proposed, or drops the proposal. A finance approver may, with a fresh proof that
// she is there. Returns what DecideAdvance does.
func (s *Service) WriteOffAdvance(ctx context.Context, actor auth.Actor, in AdvanceDecision) (Advance, error) {
	return s.decide(ctx, actor, in, in.WriteOffAct(), func(tx *db.Tx, a Advance) error {
		if a.WriteOff == "" || a.Left() == 0 {
			return ErrAdvanceState
		}
		if actor.Principal() == a.WriteOffBy {
			return ErrOwnAdvance
		}
		if !in.Yes {
			if _, err := tx.Exec(`
				UPDATE advances
				SET write_off = '', write_off_by = ''
				WHERE id = $1`, a.ID); err != nil {
				return err
			}
			return auth.Audit(tx, actor, "advance.keep", a.ID, "")
		}
		if _, err := tx.Exec(`
			UPDATE advances
			SET state = 'closed', written_paise = written_paise + $1
			WHERE id = $2`, a.Left(), a.ID); err != nil {
			return err
		}
		if _, err := ledger.Post(tx, ledger.New("advance_written_off", "advance_written_off:"+a.ID, actor.String()).Because("two_people").
			Debit(ledger.Fund, a.Left(), advanceTags(a)).
			Credit(ledger.Advance(a.ArtisanID), a.Left(), advanceTags(a))); err != nil {
			return err
		}
		if err := moveOn(tx, []string{a.ArtisanID}); err != nil {
			return err
		}
		return auth.Audit(tx, actor, "advance.write_off", a.ID, a.WriteOff)
	})
}

const advanceColumns = `id, artisan_id, kind, state, amount_paise, recovered_paise, written_paise, reason, reference, paused, write_off, write_off_by,
			proposed_by, proposed_at, decided_by, decided_at`

func advance(tx *db.Tx, advanceID string) (Advance, error) {
	var a Advance
	err := tx.Get(&a, `
		SELECT `+advanceColumns+`
		FROM advances
		WHERE id = $1`, advanceID)
	if errors.Is(err, db.ErrNone) {
		return a, ErrNoAdvance
	}
	return a, err
}

// Advances lists up to limit advances after an id, of one artisan or, when none
// is named, those that wait for a decision or are not worked off. Finance and
// administrators may.
func (s *Service) Advances(ctx context.Context, actor auth.Actor, artisan, after string, limit int) ([]Advance, error) {
	if err := actor.Require(finance...); err != nil {
		return nil, err
	}
	var out []Advance
	return out, s.db.Select(ctx, &out, `
		SELECT `+advanceColumns+`,
			(SELECT r.name_en FROM artisans r WHERE r.id = advances.artisan_id) AS name_en,
			(SELECT r.name_hi FROM artisans r WHERE r.id = advances.artisan_id) AS name_hi
		FROM advances
		WHERE id > $1 AND (artisan_id = $2 OR ($2 = '' AND (state = 'proposed'
			OR (state = 'given' AND amount_paise > recovered_paise + written_paise))))
		ORDER BY id
		LIMIT $3`, after, artisan, limit)
}
