package payouts

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// The faults of closings.
var (
	ErrMonth          = fault.New(fault.Invalid, "payouts.month", "A month is written 2026-11, and it is closed when it is over.")
	ErrMonthClosed    = fault.New(fault.Conflict, "payouts.month_closed", "This month, or one after it, is closed already. Nothing was proposed; what came later is closed with the next month.")
	ErrClosingOpen    = fault.New(fault.Conflict, "payouts.closing_open", "Another closing waits for its decision. Nothing was proposed.")
	ErrNoClosing      = fault.New(fault.NotFound, "payouts.no_closing", "There is no such closing.")
	ErrClosingState   = fault.New(fault.Conflict, "payouts.closing_state", "This closing is decided already. Nothing was changed.")
	ErrOwnClosing     = fault.New(fault.Forbidden, "payouts.own_closing", "You proposed this closing, so another person must decide it. Nothing was changed.")
	ErrClosingChanged = fault.New(fault.Conflict, "payouts.closing_changed", "The closing does not hold what the book holds. Nothing was closed; refuse it and propose it anew.")
)

// ClosingState is where a closing stands.
type ClosingState string

// The states of a closing.
const (
	ClosingProposed ClosingState = "proposed"
	ClosingClosed   ClosingState = "closed"
	ClosingRefused  ClosingState = "refused"
)

// ClosingMoves is the transition table of a closing.
var ClosingMoves = map[ClosingState][]ClosingState{
	ClosingProposed: {ClosingClosed, ClosingRefused},
	ClosingClosed:   {},
	ClosingRefused:  {},
}

// ClosedAccounts are what is closed every month: the cost heads, which are
// promises, and the losses.
var ClosedAccounts = []ledger.Account{ledger.Head("material"), ledger.Head("packing"), ledger.Head("shipping"), ledger.Head("fee"), ledger.Head("rounding"),
	ledger.BadDebt, ledger.LostTill, ledger.Missing, ledger.WrittenOff}

// Closing moves what is left on heads and losses to the fund: all that stands in
// the book up to a block, with business dates up to the month's end, and was in
// no closing before.
type Closing struct {
	ID         string       `db:"id"`
	Month      string       `db:"month"`
	Block      int64        `db:"block"`
	Head       string       `db:"head"`
	State      ClosingState `db:"state"`
	ProposedBy string       `db:"proposed_by"`
	ProposedAt db.Time      `db:"proposed_at"`
	DecidedBy  string       `db:"decided_by"`
	DecidedAt  *db.Time     `db:"decided_at"`
	Rows       []ClosingRow
}

// mark is how far the closing looks.
func (c Closing) mark() ledger.Mark {
	if c.Month == "" {
		return ledger.Mark{}
	}
	return ledger.Mark{Block: c.Block, Day: c.Month + "-31"}
}

// Sum adds up the rows of a closing.
func (c Closing) Sum() (out ClosingRow) {
	for _, r := range c.Rows {
		out.Promised += r.Promised
		out.Billed += r.Billed
	}
	return out
}

// ClosingRow is an account of a closing. Sums are paise.
type ClosingRow struct {
	ClosingID string         `db:"closing_id"`
	Account   ledger.Account `db:"account"`
	Promised  money.Paise    `db:"promised_paise"` // by the prices of what was sold
	Billed    money.Paise    `db:"billed_paise"`   // by suppliers and the gateway; of a loss, what was lost
}

// Variance is what the fund gets, or, below zero, bears.
func (r ClosingRow) Variance() money.Paise { return r.Promised - r.Billed }

var monthForm = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)

// ClosingKind is the kind of the entry of a closing.
const ClosingKind = "closing"

// spent are the kinds of entries that spend a promise; the others make it or
// take it back.
var spent = []string{billKind, "gateway_fee", "material_used"}

// Spends reports whether entries of a kind spend what a head promised.
func Spends(kind string) bool { return slices.Contains(spent, kind) }

// reckonClosing adds up what a closing of a month, looking up to a block, holds
// beyond the last one.
func reckonClosing(tx *db.Tx, c, last Closing) ([]ClosingRow, error) {
	moved, err := ledger.Turnovers(tx, ClosedAccounts, last.mark(), c.mark())
	if err != nil {
		return nil, err
	}
	rows := map[ledger.Account]ClosingRow{}
	for _, m := range moved {
		r := rows[m.Account]
		switch {
		case m.Kind == ClosingKind:
			continue // it ended the span before
		case m.Account.Class() == "loss" || Spends(m.Kind):
			r.Billed, err = money.Add(r.Billed, m.Paise)
		default:
			r.Promised, err = money.Add(r.Promised, -m.Paise)
		}
		if err != nil {
			return nil, err
		}
		rows[m.Account] = r
	}
	var out []ClosingRow
	for _, a := range ClosedAccounts {
		if r := rows[a]; r.Promised != 0 || r.Billed != 0 {
			out = append(out, ClosingRow{ClosingID: c.ID, Account: a, Promised: r.Promised, Billed: r.Billed})
		}
	}
	slices.SortFunc(out, func(a, b ClosingRow) int { return strings.Compare(string(a.Account), string(b.Account)) })
	return out, nil
}

// ProposeClosing reckons a month's closing at the newest block, for another
// person to decide. A finance preparer may. Returns ErrMonth, ErrMonthClosed,
// ErrClosingOpen.
func (s *Service) ProposeClosing(ctx context.Context, actor auth.Actor, key, month string) (Closing, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Closing{}, err
	}
	if !monthForm.MatchString(month) || month >= s.Today()[:7] {
		return Closing{}, ErrMonth
	}
	if _, err := ledger.Seal(ctx, s.db); err != nil {
		return Closing{}, err
	}
	c := Closing{ID: id.New("clo"), Month: month, State: ClosingProposed, ProposedBy: actor.Principal()}
	var last Closing
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		head, err := ledger.HeadBlock(tx)
		if err != nil {
			return err
		}
		c.Block, c.Head = head.No, head.Hash
		if last, err = lastClosing(tx); err != nil {
			return err
		}
		c.Rows, err = reckonClosing(tx, c, last)
		return err
	}); err != nil {
		return Closing{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.closing", Key: key}, month, func(tx *db.Tx) (Closing, error) {
		return s.propose(tx, actor, c, last)
	})
}

// propose writes a closing that was reckoned after the last one.
func (s *Service) propose(tx *db.Tx, actor auth.Actor, c, last Closing) (Closing, error) {
	now, err := lastClosing(tx)
	if err != nil {
		return c, err
	}
	if c.Month <= now.Month || now.ID != last.ID {
		return c, ErrMonthClosed
	}
	n, err := tx.Exec(`
		INSERT INTO closings (id, month, block, head, state, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, 'proposed', $5, $6)
		ON CONFLICT DO NOTHING`, c.ID, c.Month, c.Block, c.Head, c.ProposedBy, tx.Now())
	if err != nil {
		return c, err
	}
	if n == 0 {
		return c, ErrClosingOpen
	}
	for _, r := range c.Rows {
		if _, err := tx.Exec(`
			INSERT INTO closing_rows (closing_id, account, promised_paise, billed_paise)
			VALUES ($1, $2, $3, $4)`, c.ID, r.Account, r.Promised, r.Billed); err != nil {
			return c, err
		}
	}
	if err := auth.Audit(tx, actor, "closing.propose", c.ID, c.Month); err != nil {
		return c, err
	}
	return readClosing(tx, c.ID)
}

// ClosingDecision closes a month or refuses to.
type ClosingDecision struct {
	Closing  string
	Yes      bool
	Seen     string // ContentHash of what she looked at; with a password it may be left out
	Password string // her own, typed again; or else
	Passkey  []byte // the answer to a challenge for Act
}

// DecideClosing closes what another person proposed, in one entry that moves
// every account's difference to the fund, or refuses it. A finance approver may,
// with a fresh proof that she is there. Returns ErrNoClosing, ErrClosingState,
// ErrOwnClosing, ErrClosingChanged, auth.ErrStepUp, auth.ErrPasskey.
func (s *Service) DecideClosing(ctx context.Context, actor auth.Actor, in ClosingDecision) (Closing, error) {
	if actor.Via == auth.ViaSystem {
		return Closing{}, auth.ErrForbidden
	}
	if err := actor.Require(auth.Approver); err != nil {
		return Closing{}, err
	}
	if err := s.auth.Prove(ctx, actor, in.Act(), auth.Proof{Password: in.Password, Passkey: in.Passkey}); err != nil {
		return Closing{}, err
	}
	again, err := s.reckonAgain(ctx, in.Closing)
	if err != nil {
		return Closing{}, err
	}
	var out Closing
	return out, s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := readClosing(tx, in.Closing)
		if err != nil {
			return err
		}
		if actor.Principal() == c.ProposedBy {
			return ErrOwnClosing
		}
		if c.State != ClosingProposed {
			return ErrClosingState
		}
		if unseen(in.Seen, c.ContentHash(), in.Passkey) {
			return ErrClosingChanged
		}
		to := ClosingRefused
		if in.Yes {
			to = ClosingClosed
			if !slices.Equal(c.Rows, again) {
				return ErrClosingChanged
			}
			if err := postClosing(tx, actor, c); err != nil {
				return err
			}
		}
		n, err := tx.Exec(`
			UPDATE closings
			SET state = $1, decided_by = $2, decided_at = $3
			WHERE id = $4 AND state = 'proposed'`, to, actor.Principal(), tx.Now(), c.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrClosingState
		}
		if err := auth.Audit(tx, actor, "closing."+string(to), c.ID, c.Month); err != nil {
			return err
		}
		out, err = readClosing(tx, c.ID)
		return err
	})
}

// reckonAgain adds up the same span once more: the book up to a block never changes.
func (s *Service) reckonAgain(ctx context.Context, closing string) (rows []ClosingRow, err error) {
	return rows, s.db.Read(ctx, func(tx *db.Tx) error {
		c, err := readClosing(tx, closing)
		if err != nil {
			return err
		}
		last, err := lastClosing(tx)
		if err != nil {
			return err
		}
		rows, err = reckonClosing(tx, c, last)
		return err
	})
}

// postClosing moves every row's difference to the fund; a month in which all
// came out even needs no entry.
func postClosing(tx *db.Tx, actor auth.Actor, c Closing) error {
	e := ledger.New(ClosingKind, "closing:"+c.ID, actor.String()).Because("two_people")
	for _, r := range c.Rows {
		tags := ledger.Tags{Nature: "variance"}
		e.Debit(r.Account, r.Variance(), tags).Credit(ledger.Fund, r.Variance(), tags)
	}
	if len(e.Postings) == 0 {
		return nil
	}
	_, err := ledger.Post(tx, e)
	return err
}
