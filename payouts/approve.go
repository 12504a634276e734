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
)

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
				SELECT (SELECT COUNT(*) FROM payout_items WHERE run_id = $1) + (SELECT COUNT(*) FROM payout_transfers WHERE run_id = $1)`, run); err != nil {
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
			state = CASE WHEN EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = $2 AND i.state = 'claimed')
				OR EXISTS (SELECT 1 FROM payout_transfers t WHERE t.run_id = $2 AND t.state = 'claimed') THEN 'submitted' ELSE 'withdrawn' END
		WHERE id = $2 AND state = 'submitting'`, hash, run)
	return err
}

// current returns ErrPayeeNew unless every item and transfer still goes to the
// newest payment details of its artisan or group.
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
	transfers, err := transfersIn(tx, run, "")
	for _, t := range transfers {
		if t.State != ItemWithdrawn && !t.PayeeNow {
			return ErrPayeeNew
		}
	}
	return err
}

// contentHash is SHA-256 over what is approved: the run, the block and head its
// amounts were read at, and per artisan the amount, the payee version, our
// reference; from form 2 what was deducted; from form 3 the rail, the group whose
// account it goes through, and what groups are paid of their own.
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
	fmt.Fprintf(&b, "saebaan run %d\n%s\n%d %s\n", r.Form, r.ID, r.Block, r.Head)
	for _, i := range items {
		if i.State == ItemWithdrawn {
			continue
		}
		fmt.Fprintf(&b, "%s %d %s %s\n", i.ArtisanID, i.Amount, i.PayeeID, i.Reference)
		if r.Form == 1 {
			continue
		}
		for _, d := range i.Deductions {
			fmt.Fprintf(&b, "\t%d %s %s %s %d %d\n", i.Gross, d.Kind, d.Of, d.Group, d.Seen, d.Paise)
		}
		if r.Form > 2 {
			fmt.Fprintf(&b, "\t%s %s\n", i.Rail, i.Group)
		}
	}
	transfers, err := transfersIn(tx, run, "")
	if err != nil {
		return "", err
	}
	for _, t := range transfers {
		if t.State != ItemWithdrawn {
			fmt.Fprintf(&b, "%s %d %d %s %s %s\n", t.Group, t.Savings, t.Loan, t.PayeeID, t.Rail, t.Reference)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:]), nil
}

// Approve lets a submitted run be paid. Only a finance approver who neither
// prepared nor submitted it may, with a fresh proof that she is there, and only
// what she looked at: hash is the content hash she saw, and a passkey's answer
// is good for this run and hash alone. Returns ErrOwnRun, ErrChanged, ErrState,
// auth.ErrKeyApproves, auth.ErrStepUp, auth.ErrPasskey.
func (s *Service) Approve(ctx context.Context, actor auth.Actor, run, hash string, proof auth.Proof) (Run, error) {
	if actor.Via == auth.ViaSystem {
		return Run{}, auth.ErrForbidden
	}
	if err := actor.Require(auth.Approver); err != nil {
		return Run{}, err
	}
	if err := s.auth.Prove(ctx, actor, auth.ApproveRun(run, hash), proof); err != nil {
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
