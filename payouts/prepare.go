package payouts

import (
	"context"
	"errors"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

const batch = 500

// Prepare puts a draft together: everybody whose payable is above zero at the
// newest sealed block. A finance preparer may. Who cannot be paid yet is listed
// with the reason. The same key goes on with the run it began.
func (s *Service) Prepare(ctx context.Context, actor auth.Actor, key string) (Run, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Run{}, err
	}
	head, err := ledger.Seal(ctx, s.db)
	if err != nil {
		return Run{}, err
	}
	run, err := idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.prepare", Key: key}, "",
		func(tx *db.Tx) (string, error) {
			run := id.New("run")
			_, err := tx.Exec(`
				INSERT INTO payout_runs (id, state, business_date, block, head, prepared_by, prepared_at)
				VALUES ($1, 'preparing', $2, $3, $4, $5, $6)`,
				run, tx.Now().Date(), head.No, head.Hash, actor.Principal(), tx.Now())
			if err != nil {
				return "", err
			}
			return run, auth.Audit(tx, actor, "run.prepare", run, "")
		})
	if err != nil {
		return Run{}, err
	}
	if err := s.fill(ctx, run); err != nil {
		return Run{}, err
	}
	return s.Run(ctx, actor, run)
}

// fill adds the artisans in batches, from where an earlier try stopped, and then
// makes the run a draft.
func (s *Service) fill(ctx context.Context, run string) error {
	for {
		more := false
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			more = false
			r, err := readRun(tx, run)
			if err != nil || r.State != Preparing {
				return err
			}
			var after string
			if err := tx.Get(&after, `
				SELECT COALESCE(MAX(f.artisan_id), '')
				FROM (
					SELECT artisan_id FROM payout_items WHERE run_id = $1
					UNION ALL
					SELECT artisan_id FROM payout_exceptions WHERE run_id = $1) f`, run); err != nil {
				return err
			}
			next, err := fillBatch(tx, r, after)
			if err != nil {
				return err
			}
			if more = next; more {
				return nil
			}
			return moveRun(tx, run, Preparing, Draft)
		})
		if err != nil || !more {
			return err
		}
	}
}

// fillBatch adds the next artisans after one and reports whether there may be
// more. Artisans owed nothing at the run's block leave no row, so it looks on
// until a batch has left one.
func fillBatch(tx *db.Tx, r Run, after string) (bool, error) {
	for {
		var owed []string
		if err := tx.Select(&owed, `
			SELECT payable_to
			FROM balances
			WHERE payable_to IS NOT NULL AND paise <> 0 AND payable_to > $1
			ORDER BY payable_to
			LIMIT $2`, after, batch); err != nil || len(owed) == 0 {
			return false, err
		}
		accounts := make([]ledger.Account, len(owed))
		for i, a := range owed {
			accounts[i] = ledger.Payable(a)
		}
		balances, err := ledger.BalancesAt(tx, r.Block, accounts)
		if err != nil {
			return false, err
		}
		people, err := artisans.Load(tx, owed)
		if err != nil {
			return false, err
		}
		wrote := false
		for _, a := range owed {
			available := -balances[ledger.Payable(a)]
			if available <= 0 {
				continue
			}
			wrote = true
			if err := fillOne(tx, r, people[a], available); err != nil {
				return false, err
			}
		}
		if wrote {
			return len(owed) == batch, nil
		}
		after = owed[len(owed)-1]
	}
}

func fillOne(tx *db.Tx, r Run, a artisans.Artisan, available money.Paise) error {
	reason := ""
	switch {
	case a.Payee == nil:
		reason = NoPayee
	case a.Payee.UsableFrom > tx.Now():
		reason = PayeeWaiting
	}
	if reason != "" {
		return except(tx, r.ID, a.ID, available, reason)
	}
	item := id.New("pit")
	_, err := tx.Exec(`
		INSERT INTO payout_items (id, run_id, artisan_id, amount_paise, payee_id, reference, state, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7)`,
		item, r.ID, a.ID, available, a.Payee.ID, "SB"+strings.ToUpper(item[len(item)-13:]), tx.Now())
	return err
}

func except(tx *db.Tx, run, artisan string, amount money.Paise, reason string) error {
	_, err := tx.Exec(`
		INSERT INTO payout_exceptions (run_id, artisan_id, amount_paise, reason)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (run_id, artisan_id) DO NOTHING`, run, artisan, amount, reason)
	return err
}

// moveRun moves a run's state, which the WHERE guards.
func moveRun(tx *db.Tx, run string, from, to State) error {
	n, err := tx.Exec(`
		UPDATE payout_runs
		SET state = $1
		WHERE id = $2 AND state = $3`, to, run, from)
	if err == nil && n == 0 {
		return ErrState
	}
	return err
}

const runColumns = `id, state, business_date, block, head, prepared_by, prepared_at, submitted_by, submitted_at, approved_at, sent_at, content_hash, file_hash`

func readRun(tx *db.Tx, run string) (Run, error) {
	var r Run
	err := tx.Get(&r, `
		SELECT `+runColumns+`
		FROM payout_runs
		WHERE id = $1`, run)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNotFound
	}
	return r, err
}

func readItems(tx *db.Tx, run string) ([]Item, error) {
	var items []Item
	return items, tx.Select(&items, `
		SELECT i.id, i.run_id, i.artisan_id, i.amount_paise, i.payee_id, i.reference, i.state, i.utr, i.reason,
			a.name_en, a.name_hi, p.kind AS payee_kind, p.masked AS payee_masked,
			p.artisan_id = i.artisan_id AND p.version = (SELECT MAX(n.version) FROM payees n WHERE n.artisan_id = i.artisan_id) AS payee_now
		FROM payout_items i
		JOIN artisans a ON a.id = i.artisan_id
		JOIN payees p ON p.id = i.payee_id
		WHERE i.run_id = $1
		ORDER BY i.artisan_id`, run)
}

// finance are the roles that see runs.
var finance = []auth.Role{auth.Preparer, auth.Approver, auth.Administrator}

// Run reads a run with its items and exceptions. Finance and administrators may.
func (s *Service) Run(ctx context.Context, actor auth.Actor, run string) (Run, error) {
	if err := actor.Require(finance...); err != nil {
		return Run{}, err
	}
	var r Run
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		r, err = wholeRun(tx, run)
		return err
	})
	return r, err
}

func wholeRun(tx *db.Tx, run string) (Run, error) {
	r, err := readRun(tx, run)
	if err != nil {
		return r, err
	}
	if r.Items, err = readItems(tx, run); err != nil {
		return r, err
	}
	for _, i := range r.Items {
		if i.State != ItemWithdrawn || r.State == Withdrawn {
			r.Count++
			r.Total += i.Amount
		}
	}
	if err := tx.Select(&r.Exceptions, `
		SELECT e.artisan_id, e.amount_paise, e.reason, a.name_en, a.name_hi
		FROM payout_exceptions e
		JOIN artisans a ON a.id = e.artisan_id
		WHERE e.run_id = $1
		ORDER BY e.reason, e.artisan_id`, run); err != nil {
		return r, err
	}
	err = tx.Get(&r.ApprovedBy, `
		SELECT actor
		FROM payout_approvals
		WHERE run_id = $1`, run)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return r, err
}

// Runs lists up to limit runs before an id, newest first, with count and total.
func (s *Service) Runs(ctx context.Context, actor auth.Actor, before string, limit int) ([]Run, error) {
	if err := actor.Require(finance...); err != nil {
		return nil, err
	}
	if before == "" {
		before = "run_~"
	}
	var rows []struct {
		Run
		Count int64       `db:"item_count"`
		Total money.Paise `db:"item_total"`
	}
	if err := s.db.Select(ctx, &rows, `
		SELECT `+runColumns+`,
			(SELECT COUNT(*) FROM payout_items i
				WHERE i.run_id = payout_runs.id AND (i.state <> 'withdrawn' OR payout_runs.state = 'withdrawn')) AS item_count,
			CAST(COALESCE((SELECT SUM(i.amount_paise) FROM payout_items i
				WHERE i.run_id = payout_runs.id AND (i.state <> 'withdrawn' OR payout_runs.state = 'withdrawn')), 0) AS BIGINT) AS item_total
		FROM payout_runs
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit); err != nil {
		return nil, err
	}
	out := make([]Run, len(rows))
	for i, r := range rows {
		out[i] = r.Run
		out[i].Count, out[i].Total = r.Count, r.Total
	}
	return out, nil
}
