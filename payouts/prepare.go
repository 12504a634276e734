package payouts

import (
	"context"
	"errors"
	"slices"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

const batch = 1000

// Scope is whom a run is for: everybody, one area or one group.
type Scope struct{ Area, Group string }

// Prepare puts a draft together: everybody in scope whose payable is above zero at
// the newest sealed block. A finance preparer may. Who cannot be paid yet is listed
// with the reason. The same key goes on with the run it began. Returns ErrScope.
func (s *Service) Prepare(ctx context.Context, actor auth.Actor, key string, of Scope) (Run, error) {
	if err := actor.Require(auth.Preparer); err != nil {
		return Run{}, err
	}
	if of.Area != "" && (of.Group != "" || !slices.Contains(artisans.Areas, of.Area)) {
		return Run{}, ErrScope
	}
	if of.Group != "" {
		if _, err := s.artisans.Group(ctx, actor, of.Group); err != nil {
			return Run{}, err
		}
	}
	head, err := ledger.Seal(ctx, s.db)
	if err != nil {
		return Run{}, err
	}
	run, err := idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "payouts.prepare", Key: key}, of,
		func(tx *db.Tx) (string, error) {
			run := id.New("run")
			_, err := tx.Exec(`
				INSERT INTO payout_runs (id, state, business_date, block, head, prepared_by, prepared_at, form, area, group_id)
				VALUES ($1, 'preparing', $2, $3, $4, $5, $6, 3, $7, $8)`,
				run, tx.Now().Date(), head.No, head.Hash, actor.Principal(), tx.Now(), of.Area, of.Group)
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
	after, last := "", ""
	if err := s.db.Get(ctx, &after, `
		SELECT COALESCE(MAX(f.artisan_id), '')
		FROM (
			SELECT artisan_id FROM payout_items WHERE run_id = $1
			UNION ALL
			SELECT artisan_id FROM payout_exceptions WHERE run_id = $1) f`, run); err != nil {
		return err
	}
	for {
		more := false
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			more = false
			r, err := readRun(tx, run)
			if err != nil || r.State != Preparing {
				return err
			}
			if last, more, err = s.fillBatch(tx, r, after); err != nil || more {
				return err
			}
			if err := addTransfers(tx, r); err != nil {
				return err
			}
			return moveRun(tx, run, Preparing, Draft)
		})
		if err != nil || !more {
			return err
		}
		after = last
	}
}

// fillBatch adds the next artisans after one, and reports the last it looked at and
// whether there may be more. Somebody added meanwhile, by another process that goes
// on with the same run, is not added again.
func (s *Service) fillBatch(tx *db.Tx, r Run, after string) (last string, more bool, err error) {
	var owed []string
	if err := tx.Select(&owed, `
		SELECT payable_to
		FROM balances
		WHERE payable_to IS NOT NULL AND paise <> 0 AND payable_to > $1
			AND ($3 = '' OR EXISTS (SELECT 1 FROM artisans a WHERE a.id = payable_to AND a.area = $3))
			AND ($4 = '' OR EXISTS (SELECT 1 FROM group_members m WHERE m.artisan_id = payable_to AND m.group_id = $4
				AND m.from_date <= $5 AND (m.until_date = '' OR m.until_date > $5)))
		ORDER BY payable_to
		LIMIT $2`, after, batch, r.Area, r.Group, r.BusinessDate); err != nil || len(owed) == 0 {
		return after, false, err
	}
	last = owed[len(owed)-1]
	there, err := alreadyIn(tx, r.ID, after, last)
	if err != nil {
		return after, false, err
	}
	stands, err := standingOf(tx, r, owed)
	if err != nil {
		return after, false, err
	}
	var found []reckoning
	for _, a := range owed {
		if there[a] {
			continue
		}
		one, ok, err := stands.reckon(tx, s.terms, r, a)
		if err != nil {
			return after, false, err
		}
		if ok {
			found = append(found, one)
		}
	}
	return last, len(owed) == batch, insertReckoned(tx, r, found)
}

// alreadyIn tells which artisans after one and up to another the run holds.
func alreadyIn(tx *db.Tx, run, after, last string) (map[string]bool, error) {
	var found []string
	err := tx.Select(&found, `
		SELECT artisan_id FROM payout_items WHERE run_id = $1 AND artisan_id > $2 AND artisan_id <= $3
		UNION ALL
		SELECT artisan_id FROM payout_exceptions WHERE run_id = $1 AND artisan_id > $2 AND artisan_id <= $3`, run, after, last)
	out := make(map[string]bool, len(found))
	for _, a := range found {
		out[a] = true
	}
	return out, err
}

// insertReckoned writes what a run holds of some artisans.
func insertReckoned(tx *db.Tx, r Run, found []reckoning) error {
	var items, deductions, exceptions, who []any
	for _, f := range found {
		if f.exception.Reason != "" {
			exceptions = append(exceptions, r.ID, f.exception.ArtisanID, f.exception.Amount, f.exception.Reason)
			continue
		}
		i := f.item
		items = append(items, i.ID, i.RunID, i.ArtisanID, i.Amount, i.Gross, i.Position, i.Group, i.PayeeID, i.Rail, i.Reference, i.State, tx.Now())
		who = append(who, i.ArtisanID, 0)
		for _, d := range f.taken {
			deductions = append(deductions, d.ItemID, d.Pos, d.Kind, d.Of, d.Year, d.Group, d.Seen, d.Paise)
		}
	}
	for _, w := range []struct {
		rows []any
		cols int
		into string
		then string
	}{
		{items, 12, `INSERT INTO payout_items (id, run_id, artisan_id, amount_paise, gross_paise, position, group_id, payee_id, rail, reference, state, updated_at) VALUES `, ``},
		{deductions, 8, `INSERT INTO payout_deductions (item_id, pos, kind, of_id, year, group_id, seen_paise, paise) VALUES `, ``},
		{exceptions, 4, `INSERT INTO payout_exceptions (run_id, artisan_id, amount_paise, reason) VALUES `, ``},
		{who, 2, `INSERT INTO payout_positions (artisan_id, version) VALUES `, ` ON CONFLICT (artisan_id) DO NOTHING`},
	} {
		for rows := range slices.Chunk(w.rows, 200*w.cols) {
			if _, err := tx.Exec(w.into+db.Values(len(rows)/w.cols, w.cols)+w.then, rows...); err != nil {
				return err
			}
		}
	}
	return nil
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

const runColumns = `id, state, business_date, block, head, prepared_by, prepared_at, submitted_by, submitted_at, approved_at, sent_at, content_hash, file_hash, form, area, group_id`

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

const itemColumns = `id, run_id, artisan_id, group_id, amount_paise, gross_paise, position, payee_id, rail, reference, state, utr, reason`

func readItems(tx *db.Tx, run string) ([]Item, error) {
	var items []Item
	if err := tx.Select(&items, `
		SELECT i.id, i.run_id, i.artisan_id, i.group_id, i.amount_paise, i.gross_paise, i.position, i.payee_id, i.rail, i.reference, i.state, i.utr, i.reason,
			a.name_en, a.name_hi, p.kind AS payee_kind, p.masked AS payee_masked,
			p.owner_id = COALESCE(NULLIF(i.group_id, ''), i.artisan_id)
				AND p.version = (SELECT MAX(n.version) FROM payees n WHERE n.owner_id = p.owner_id) AS payee_now
		FROM payout_items i
		JOIN artisans a ON a.id = i.artisan_id
		JOIN payees p ON p.id = i.payee_id
		WHERE i.run_id = $1
		ORDER BY i.artisan_id`, run); err != nil {
		return nil, err
	}
	var taken []Deduction
	err := tx.Select(&taken, `
		SELECT d.item_id, d.pos, d.kind, d.of_id, d.year, d.group_id, d.seen_paise, d.paise
		FROM payout_items i
		JOIN payout_deductions d ON d.item_id = i.id
		WHERE i.run_id = $1
		ORDER BY d.item_id, d.pos`, run)
	attach(items, taken)
	return items, err
}

// attach gives the items their deductions.
func attach(items []Item, taken []Deduction) {
	at := make(map[string]int, len(items))
	for k, i := range items {
		at[i.ID] = k
	}
	for _, d := range taken {
		i := &items[at[d.ItemID]]
		i.Deductions = append(i.Deductions, d)
	}
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
		if r, err = wholeRun(tx, run); err != nil {
			return err
		}
		return look(tx, &r)
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
	if r.Transfers, err = transfersIn(tx, run, ""); err != nil {
		return r, err
	}
	for k, t := range r.Transfers {
		live := func(s ItemState) bool { return s != ItemWithdrawn || r.State == Withdrawn }
		if live(t.State) {
			r.Total += t.Dues()
		}
		for _, i := range r.Items {
			if i.Group == t.Group && live(i.State) {
				r.Transfers[k].Members = append(r.Transfers[k].Members, i)
			}
		}
	}
	if err := tx.Select(&r.Files, `
		SELECT run_id, rail, layout, name, hash, row_count, paise, made_by, made_at
		FROM payout_files
		WHERE run_id = $1
		ORDER BY rail`, run); err != nil {
		return r, err
	}
	if len(r.Files) > 0 {
		r.FileHash = r.Files[0].Hash
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
				WHERE i.run_id = payout_runs.id AND (i.state <> 'withdrawn' OR payout_runs.state = 'withdrawn')), 0)
				+ COALESCE((SELECT SUM(t.savings_paise + t.loan_paise) FROM payout_transfers t
				WHERE t.run_id = payout_runs.id AND (t.state <> 'withdrawn' OR payout_runs.state = 'withdrawn')), 0) AS BIGINT) AS item_total
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
