package payouts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
)

// claimBatch is how many artisans one claiming transaction takes.
const claimBatch = 25

// Submit claims what the run pays, so that no other run can, and hands it to
// another person for approval. A finance preparer may. Somebody whose money
// another run has claimed meanwhile is taken out with that reason.
func (s *Service) Submit(ctx context.Context, actor auth.Actor, key, run string) (Run, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Run{}, err
	}
	_, err := idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.submit", Key: key}, run,
		func(tx *db.Tx) (string, error) {
			r, err := readRun(tx, run)
			if err != nil {
				return "", err
			}
			if r.State == Preparing {
				return "", ErrNotWaited
			}
			var items int
			if err := tx.Get(&items, `
				SELECT COUNT(*)
				FROM payout_items
				WHERE run_id = $1`, run); err != nil {
				return "", err
			}
			if r.State == Draft && items == 0 {
				return "", ErrEmpty
			}
			n, err := tx.Exec(`
				UPDATE payout_runs
				SET state = 'submitting', submitted_by = $1, submitted_at = $2
				WHERE id = $3 AND state = 'draft'`, actor.Principal(), tx.Now(), run)
			if err != nil {
				return "", err
			}
			if n == 0 {
				return "", ErrState.With("A run that is %s cannot be submitted. Nothing was changed.", r.State)
			}
			return run, auth.Audit(tx, actor, "run.submit", run, "")
		})
	if err != nil {
		return Run{}, err
	}
	if err := s.claimAll(ctx, run); err != nil {
		return Run{}, err
	}
	return s.Run(ctx, actor, run)
}

// claimAll moves every draft item of a submitting run to claimed, in small
// transactions that can be cut anywhere, and then makes the run submitted.
func (s *Service) claimAll(ctx context.Context, run string) error {
	for size := claimBatch; ; {
		done, last := false, ""
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			done, last = false, ""
			items, err := itemsIn(tx, run, ItemDraft, size)
			if err != nil {
				return err
			}
			for _, i := range items {
				last = i.ID
				if err := s.claim(tx, i); err != nil {
					return err
				}
			}
			if done = len(items) == 0; done {
				return finishSubmit(tx, run)
			}
			return nil
		})
		if errors.Is(err, ledger.ErrOverdrawn) && size > 1 {
			size = 1 // find the one whose money is claimed elsewhere
			continue
		}
		if errors.Is(err, ledger.ErrOverdrawn) {
			err = s.drop(ctx, last)
		}
		if err != nil || done {
			return err
		}
	}
}

func itemsIn(tx *db.Tx, run string, state ItemState, limit int) ([]Item, error) {
	var items []Item
	return items, tx.Select(&items, `
		SELECT id, run_id, artisan_id, amount_paise, payee_id, reference, state, utr, reason
		FROM payout_items
		WHERE run_id = $1 AND state = $2
		ORDER BY artisan_id
		LIMIT $3`, run, state, limit)
}

func (s *Service) claim(tx *db.Tx, i Item) error {
	return moveItem(tx, i, ItemClaimed, "", ledger.New("claim", "claim:"+i.ID, auth.System("payouts").String()).
		Debit(ledger.Payable(i.ArtisanID), i.Amount, tags(i)).
		Credit(ledger.Claimed(i.ArtisanID), i.Amount, tags(i)).
		Guard(ledger.Payable(i.ArtisanID)))
}

func tags(i Item) ledger.Tags { return ledger.Tags{Artisan: i.ArtisanID, Nature: "payout"} }

// moveItem moves an item's state, which the WHERE guards, and posts its entry.
func moveItem(tx *db.Tx, i Item, to ItemState, reason string, e *ledger.Entry) error {
	n, err := tx.Exec(`
		UPDATE payout_items
		SET state = $1, reason = $2, updated_at = $3
		WHERE id = $4 AND state = $5`, to, reason, tx.Now(), i.ID, i.State)
	if err != nil {
		return err
	}
	if n == 0 || !i.State.can(to) {
		return ErrState
	}
	_, err = ledger.Post(tx, e)
	return err
}

// drop takes a draft item out: its money is in another run.
func (s *Service) drop(ctx context.Context, item string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var i Item
		err := tx.Get(&i, `
			UPDATE payout_items
			SET state = 'withdrawn', reason = $1, updated_at = $2
			WHERE id = $3 AND state = 'draft'
			RETURNING id, run_id, artisan_id, amount_paise, payee_id, reference, state, utr, reason`, ClaimedElsewhere, tx.Now(), item)
		if errors.Is(err, db.ErrNone) {
			return nil // a worker that resumed the run was first
		}
		if err != nil {
			return err
		}
		return except(tx, i.RunID, i.ArtisanID, i.Amount, ClaimedElsewhere)
	})
}

// finishSubmit makes a run with claims submitted; one that has none left, since
// others claimed everything, is withdrawn.
func finishSubmit(tx *db.Tx, run string) error {
	hash, err := contentHash(tx, run)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		UPDATE payout_runs
		SET content_hash = $1,
			state = CASE WHEN EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = $2 AND i.state = 'claimed') THEN 'submitted' ELSE 'withdrawn' END
		WHERE id = $2 AND state = 'submitting'`, hash, run)
	return err
}

// current returns ErrPayeeNew unless every item still goes to the artisan's
// newest payment details.
func current(tx *db.Tx, run string) error {
	items, err := readItems(tx, run)
	if err != nil {
		return err
	}
	for _, i := range items {
		if i.State != ItemWithdrawn && !i.PayeeNow {
			return ErrPayeeNew
		}
	}
	return nil
}

// contentHash is SHA-256 over what is approved: the run, the block and head its
// amounts were read at, and per artisan the amount, the payee version and our
// reference.
func contentHash(tx *db.Tx, run string) (string, error) {
	r, err := readRun(tx, run)
	if err != nil {
		return "", err
	}
	items, err := readItems(tx, run)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "saebaan run 1\n%s\n%d %s\n", r.ID, r.Block, r.Head)
	for _, i := range items {
		if i.State != ItemWithdrawn {
			fmt.Fprintf(&b, "%s %d %s %s\n", i.ArtisanID, i.Amount, i.PayeeID, i.Reference)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:]), nil
}

// Approve lets a submitted run be paid. Only a finance approver who neither
// prepared nor submitted it may, with her own password typed again, and only
// what she looked at: hash is the content hash she saw. Returns ErrOwnRun,
// ErrChanged, ErrState, auth.ErrKeyApproves, auth.ErrStepUp.
func (s *Service) Approve(ctx context.Context, actor auth.Actor, run, hash, password string) (Run, error) {
	if actor.Via == auth.ViaSystem {
		return Run{}, auth.ErrForbidden
	}
	if err := actor.Require(auth.Approver); err != nil {
		return Run{}, err
	}
	if err := s.auth.StepUp(ctx, actor, password); err != nil {
		return Run{}, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		r, err := readRun(tx, run)
		if err != nil {
			return err
		}
		if actor.Principal() == r.PreparedBy || actor.Principal() == r.SubmittedBy {
			return ErrOwnRun
		}
		if r.State != Submitted {
			return ErrState.With("A run that is %s cannot be approved. Nothing was changed.", r.State)
		}
		now, err := contentHash(tx, run)
		if err != nil {
			return err
		}
		if now != r.ContentHash || now != hash {
			return ErrChanged
		}
		if err := current(tx, run); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO payout_approvals (run_id, content_hash, actor, at)
			VALUES ($1, $2, $3, $4)`, run, hash, actor.Principal(), tx.Now()); err != nil {
			return err
		}
		n, err := tx.Exec(`
			UPDATE payout_runs
			SET state = 'approved', approved_at = $1
			WHERE id = $2 AND state = 'submitted'`, tx.Now(), run)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrState
		}
		return auth.Audit(tx, actor, "run.approve", run, hash)
	})
	if err != nil {
		return Run{}, err
	}
	if err := s.sendAll(ctx, run); err != nil {
		return Run{}, err
	}
	return s.Run(ctx, actor, run)
}

// sendAll moves every claimed item of an approved run to in transit.
func (s *Service) sendAll(ctx context.Context, run string) error {
	return s.eachItem(ctx, run, ItemClaimed, func(tx *db.Tx, i Item) error {
		r, err := readRun(tx, run)
		if err != nil {
			return err
		}
		if r.State != Approved {
			return ErrState // withdrawn meanwhile
		}
		return moveItem(tx, i, ItemInTransit, "", ledger.New("in_transit", "in_transit:"+i.ID, auth.System("payouts").String()).
			Debit(ledger.Claimed(i.ArtisanID), i.Amount, tags(i)).
			Credit(ledger.InTransit(i.ArtisanID), i.Amount, tags(i)).
			Guard(ledger.Claimed(i.ArtisanID)))
	})
}

// eachItem runs fn over the items in a state, in small transactions that can be
// cut anywhere; fn must move the item out of the state.
func (s *Service) eachItem(ctx context.Context, run string, state ItemState, fn func(*db.Tx, Item) error) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			items, err := itemsIn(tx, run, state, claimBatch)
			if err != nil {
				return err
			}
			n = len(items)
			for _, i := range items {
				if err := fn(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// Withdraw takes a run back that the bank does not have yet, and gives up its
// claims. A finance preparer may.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, key, run string) (Run, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Run{}, err
	}
	_, err := idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.withdraw", Key: key}, run,
		func(tx *db.Tx) (string, error) {
			if _, err := readRun(tx, run); err != nil {
				return "", err
			}
			n, err := tx.Exec(`
				UPDATE payout_runs
				SET state = 'withdrawn'
				WHERE id = $1 AND state IN ('preparing', 'draft', 'submitted', 'approved')`, run)
			if err != nil {
				return "", err
			}
			if n == 0 {
				return "", ErrState
			}
			return run, auth.Audit(tx, actor, "run.withdraw", run, "")
		})
	if err != nil {
		return Run{}, err
	}
	if err := s.unclaimAll(ctx, run); err != nil {
		return Run{}, err
	}
	return s.Run(ctx, actor, run)
}

func (s *Service) unclaimAll(ctx context.Context, run string) error {
	giveBack := func(from func(string) ledger.Account) func(*db.Tx, Item) error {
		return func(tx *db.Tx, i Item) error {
			return moveItem(tx, i, ItemWithdrawn, "withdrawn", ledger.New("unclaim", "unclaim:"+i.ID, auth.System("payouts").String()).
				Debit(from(i.ArtisanID), i.Amount, tags(i)).
				Credit(ledger.Payable(i.ArtisanID), i.Amount, tags(i)).
				Guard(from(i.ArtisanID)))
		}
	}
	if err := s.eachItem(ctx, run, ItemClaimed, giveBack(ledger.Claimed)); err != nil {
		return err
	}
	return s.eachItem(ctx, run, ItemInTransit, giveBack(ledger.InTransit))
}

// Resume finishes what a crash or a lost connection cut off half way in any run:
// filling, claiming, sending, giving up claims. Workers call it.
func (s *Service) Resume(ctx context.Context) error {
	var runs []struct {
		ID    string `db:"id"`
		State State  `db:"state"`
	}
	cut := s.db.Clock.Now().Add(-resumeAfter)
	if err := s.db.Select(ctx, &runs, `
		SELECT r.id, r.state
		FROM payout_runs r
		WHERE (r.state = 'preparing' AND r.prepared_at < $1)
			OR (r.state = 'submitting' AND r.submitted_at < $1)
			OR (r.state = 'approved'
				AND EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = r.id AND i.state = 'claimed' AND i.updated_at < $1))
			OR (r.state = 'withdrawn'
				AND EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = r.id AND i.state IN ('claimed', 'in_transit') AND i.updated_at < $1))
		ORDER BY r.id
		LIMIT 20`, cut); err != nil {
		return err
	}
	var failed []error
	for _, r := range runs {
		var err error
		switch r.State {
		case Preparing:
			err = s.fill(ctx, r.ID)
		case Submitting:
			err = s.claimAll(ctx, r.ID)
		case Approved:
			err = s.sendAll(ctx, r.ID)
		case Withdrawn:
			err = s.unclaimAll(ctx, r.ID)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("resume %s: %w", r.ID, err))
		}
	}
	return errors.Join(failed...)
}
