package payouts

import (
	"context"
	"errors"
	"regexp"

	"saebaan/internal/auth"
	"saebaan/internal/bankfile"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// MainBank is the trust's bank account that artisans are paid from.
const MainBank = "main"

// OfficeTill is the cash box that artisans without an account are paid from.
const OfficeTill = "office"

// paidFrom is the account that money leaves: the till when it is cash.
func paidFrom(cash bool) ledger.Account {
	if cash {
		return ledger.Till(OfficeTill)
	}
	return ledger.Bank(MainBank)
}

// Answer is one row of the bank's answer.
type Answer struct {
	Reference string
	Status    ItemState // paid, failed or returned; or ItemWaiting
	UTR       string
	Reason    string
	Problem   string // why nothing may be entered from the row
}

// ItemWaiting is the bank's word for a payment that it has not decided on.
const ItemWaiting ItemState = "waiting"

// The outcomes of an answer's row.
const (
	Entered   = "entered"   // it was new and is in the books
	Repeated  = "repeated"  // it was known already
	Unknown   = "unknown"   // no item of this run has that reference
	Overruled = "overruled" // the item already stands further on; nothing changed
	Refused   = "refused"   // the row itself cannot be right
	Waiting   = "waiting"   // the bank has not decided; nothing changed
)

// Outcome is what became of a row, in the order of the file.
type Outcome struct {
	Row       int // from 1, the header not counted
	Reference string
	Outcome   string
	Detail    string
}

var utrForm = regexp.MustCompile(`^[A-Za-z0-9]{6,35}$`)

// ReadAnswers reads the bank's answer to a run, CSV or XLSX, in the form of a
// layout or, when none is named, in our own (reference, status, utr, reason) or
// that of the file the bank was given. A row that is not understood, or whose
// amount is not what was sent, has a problem. A preparer or approver may. Returns
// ErrNotFound, bankfile.ErrLayout, bankfile.ErrAnswer.
func (s *Service) ReadAnswers(ctx context.Context, actor auth.Actor, run, layout string, file []byte) ([]Answer, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return nil, err
	}
	var r Run
	if err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = wholeRun(tx, run)
		return err
	}); err != nil {
		return nil, err
	}
	amounts := map[string]money.Paise{}
	for _, i := range r.Items {
		amounts[i.Reference] = i.Amount
	}
	for _, t := range r.Transfers {
		amounts[t.Reference] = t.Total()
	}
	forms, err := r.answerForms(layout)
	if err != nil {
		return nil, err
	}
	var found []bankfile.Answer
	for _, form := range forms {
		if found, err = bankfile.Answers(form, file, amounts); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	out := make([]Answer, len(found))
	for k, a := range found {
		out[k] = Answer{Reference: a.Reference, Status: ItemState(a.Status), UTR: a.UTR, Reason: a.Reason, Problem: a.Problem}
	}
	return out, nil
}

// answerForms are the forms in which an answer may come, our own last, so that its
// fault is told when none fits.
func (r Run) answerForms(layout string) ([]bankfile.Mapping, error) {
	if layout != "" {
		l, err := bankfile.ByID(layout)
		return []bankfile.Mapping{l.Answers}, err
	}
	var out []bankfile.Mapping
	for _, f := range r.Files {
		if l, err := bankfile.ByID(f.Layout); err == nil && l.Answers.Columns != nil && !l.Answers.Untitled {
			out = append(out, l.Answers)
		}
	}
	return append(out, bankfile.Generic()), nil
}

// EnterAnswers enters what the bank says about a sent run. The same answer any
// number of times changes nothing more; an unknown reference is reported and
// nothing guessed; returned outranks a late paid. A preparer or approver may.
func (s *Service) EnterAnswers(ctx context.Context, actor auth.Actor, run string, answers []Answer) ([]Outcome, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return nil, err
	}
	var r Run
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		r, err = readRun(tx, run)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.State != Sent && r.State != Settled {
		return nil, ErrState.With("A run that is %s has not been sent to the bank. Nothing was entered.", r.State)
	}
	out := make([]Outcome, len(answers))
	for i, a := range answers {
		var o Outcome
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			var err error
			o, err = enter(tx, actor, run, a)
			return err
		})
		if err != nil {
			return out[:i], err
		}
		o.Row, o.Reference = i+1, a.Reference
		out[i] = o
	}
	return out, s.settle(ctx, actor, run)
}

// enter enters one row: about one artisan's payment, or about a transfer to a
// group with everybody who is paid through it.
func enter(tx *db.Tx, actor auth.Actor, run string, a Answer) (Outcome, error) {
	var i Item
	err := tx.Get(&i, `
		SELECT `+itemColumns+`
		FROM payout_items
		WHERE reference = $1 AND run_id = $2`, a.Reference, run)
	if err == nil && i.Group != "" {
		return Outcome{Outcome: Refused, Detail: "she is paid through her group's account; the bank answers for that transfer"}, nil
	}
	if err == nil {
		return enterOne(tx, paidThing{"payout_items", i.ID, i.Rail, i.State, i.UTR}, a, func() error {
			return moveItems(tx, []Item{i}, a.Status, bankfile.Plain(a.Reason), func(i Item) *ledger.Entry { return answerEntry(actor, i, a) })
		})
	}
	if !errors.Is(err, db.ErrNone) {
		return Outcome{}, err
	}
	transfers, err := transfersIn(tx, run, "")
	if err != nil {
		return Outcome{}, err
	}
	for _, t := range transfers {
		if t.Reference == a.Reference {
			return enterOne(tx, paidThing{"payout_transfers", t.ID, t.Rail, t.State, t.UTR}, a, func() error { return answerTransfer(tx, actor, t, a) })
		}
	}
	return Outcome{Outcome: Unknown, Detail: "no payment of this run has this reference"}, nil
}

// paidThing is an item or a transfer as a bank's answer sees it.
type paidThing struct {
	table string // a constant of this file
	id    string
	rail  string
	state ItemState
	utr   *string
}

// enterOne checks a row against what it is about, and lets move move it.
func enterOne(tx *db.Tx, p paidThing, a Answer, move func() error) (Outcome, error) {
	switch {
	case a.Problem != "":
		return Outcome{Outcome: Refused, Detail: a.Problem}, nil
	case a.Status == ItemWaiting:
		return Outcome{Outcome: Waiting}, nil
	case a.Status != ItemPaid && a.Status != ItemFailed && a.Status != ItemReturned:
		return Outcome{Outcome: Refused, Detail: "status is paid, failed or returned"}, nil
	case a.Status == ItemPaid && !utrForm.MatchString(a.UTR):
		return Outcome{Outcome: Refused, Detail: "a paid row needs the bank's reference (UTR)"}, nil
	case p.state == a.Status && (a.Status != ItemPaid || (p.utr != nil && *p.utr == a.UTR)):
		return Outcome{Outcome: Repeated}, nil
	case !p.state.can(a.Status):
		return Outcome{Outcome: Overruled, Detail: "the payment is " + string(p.state) + " already"}, nil
	}
	if a.Status == ItemPaid {
		var other int
		if err := tx.Get(&other, `
			SELECT (SELECT COUNT(*) FROM payout_items WHERE rail = $1 AND utr = $2) + (SELECT COUNT(*) FROM payout_transfers WHERE rail = $1 AND utr = $2)`,
			p.rail, a.UTR); err != nil {
			return Outcome{}, err
		}
		if other > 0 {
			return Outcome{Outcome: Refused, Detail: "another payment has this UTR"}, nil
		}
		if _, err := tx.Exec(`
			UPDATE `+p.table+`
			SET utr = $1
			WHERE id = $2`, a.UTR, p.id); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Outcome: Entered}, move()
}

// answerEntry is the money's way: paid leaves the bank; failed and returned
// become payable again, from the bank when it had been paid before.
func answerEntry(actor auth.Actor, i Item, a Answer) *ledger.Entry {
	e := ledger.New(string(a.Status), string(a.Status)+":"+i.ID, actor.String()).Because("bank_answer")
	from := ledger.InTransit(i.ArtisanID)
	if i.State == ItemPaid {
		from = paidFrom(i.Rail == RailCash)
	} else {
		e.Guard(from)
	}
	to := ledger.Payable(i.ArtisanID)
	if a.Status == ItemPaid {
		to = paidFrom(i.Rail == RailCash)
	}
	return e.Debit(from, i.Amount, tags(i)).Credit(to, i.Amount, tags(i))
}

// settle closes a run when nothing of it is on its way any more.
func (s *Service) settle(ctx context.Context, actor auth.Actor, run string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			UPDATE payout_runs
			SET state = 'settled'
			WHERE id = $1 AND state = 'sent'
				AND NOT EXISTS (
					SELECT 1
					FROM payout_items i
					WHERE i.run_id = $1 AND i.state IN ('claimed', 'in_transit'))
				AND NOT EXISTS (
					SELECT 1
					FROM payout_transfers t
					WHERE t.run_id = $1 AND t.state IN ('claimed', 'in_transit'))`, run)
		if err != nil || n == 0 {
			return err
		}
		return auth.Audit(tx, actor, "run.settled", run, "")
	})
}
