package orders

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// ErrNoReport is returned when the gateway's own books cannot be asked.
var ErrNoReport = fault.New(fault.Conflict, "orders.no_report", "There is no card gateway whose books could be compared. Nothing was done.")

// again is how far back each comparison looks, so that what came late is seen;
// first is how far the very first does.
const (
	again     = 3 * 24 * time.Hour
	first     = 400 * 24 * time.Hour
	settleLag = time.Minute // what is younger may still be on its way to us
)

// Reconciliation is one comparison of the gateway's books, the payments table
// and the ledger (RELIABILITY L20).
type Reconciliation struct {
	ID          string      `db:"id"`
	Provider    string      `db:"provider"`
	From        db.Time     `db:"from_at"`
	To          db.Time     `db:"to_at"`
	Compared    int64       `db:"compared"`    // movements of the gateway
	BookPaise   money.Paise `db:"book_paise"`  // asset:stripe at To
	TheirPaise  money.Paise `db:"their_paise"` // the gateway's balance at To, by its own movements
	MadeAt      db.Time     `db:"made_at"`
	Differences []Difference
}

// Difference is something the two do not agree on.
type Difference struct {
	Kind   string      `db:"kind"`   // charge, refund, fee, dispute or balance
	Object string      `db:"object"` // the gateway's id, or ours when it knows none
	Ours   money.Paise `db:"our_paise"`
	Theirs money.Paise `db:"their_paise"`
}

const reconciliationColumns = `id, provider, from_at, to_at, compared, book_paise, their_paise, made_at`

// ReconcileDaily compares once a day, when the last comparison is a day old.
func (s *Service) ReconcileDaily(ctx context.Context) error {
	if _, ok := s.provider.(payment.Reporter); !ok {
		return nil
	}
	last, err := s.lastReconciliation(ctx)
	if err != nil || (last.ID != "" && last.MadeAt.Add(24*time.Hour) > s.db.Clock.Now()) {
		return err
	}
	var any bool
	if err := s.db.Get(ctx, &any, `
		SELECT EXISTS (SELECT 1 FROM payments WHERE provider = $1)`, s.provider.Name()); err != nil || !any {
		return err // nothing has happened that could differ
	}
	_, err = s.reconcile(ctx)
	return err
}

// Reconcile compares now. Finance and administrators may.
func (s *Service) Reconcile(ctx context.Context, actor auth.Actor) (Reconciliation, error) {
	if err := actor.Require(staff...); err != nil {
		return Reconciliation{}, err
	}
	return s.reconcile(ctx)
}

func (s *Service) lastReconciliation(ctx context.Context) (Reconciliation, error) {
	var r Reconciliation
	err := s.db.Get(ctx, &r, `
		SELECT `+reconciliationColumns+`
		FROM reconciliations
		WHERE provider = $1
		ORDER BY to_at DESC, id DESC
		LIMIT 1`, s.provider.Name())
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return r, err
}

func (s *Service) reconcile(ctx context.Context) (Reconciliation, error) {
	reporter, ok := s.provider.(payment.Reporter)
	if !ok {
		return Reconciliation{}, ErrNoReport
	}
	last, err := s.lastReconciliation(ctx)
	if err != nil {
		return Reconciliation{}, err
	}
	now := s.db.Clock.Now()
	r := Reconciliation{ID: id.New("rec"), Provider: s.provider.Name(), From: now.Add(-first), To: now.Add(-settleLag), TheirPaise: last.TheirPaise, MadeAt: now}
	if last.ID != "" {
		r.From = min(last.To, r.To)
	}
	theirs, err := reporter.Movements(ctx, r.From.Add(-again).Std(), r.To.Std())
	if err != nil {
		return Reconciliation{}, err
	}
	r.Compared = int64(len(theirs))
	for _, m := range theirs {
		if db.At(m.At) >= r.From { // the rest was counted before
			r.TheirPaise += m.Amount - m.Fee - m.FeeGST
		}
	}
	if err := s.db.Read(ctx, func(tx *db.Tx) error { return s.compare(tx, &r, theirs) }); err != nil {
		return r, err
	}
	return r, s.db.Write(ctx, func(tx *db.Tx) error { return insertReconciliation(tx, r) })
}

// object is one thing of the gateway's as we have it.
type object struct {
	ID     string      `db:"object"`
	Amount money.Paise `db:"paise"`
	Fee    money.Paise `db:"fee"`
	At     db.Time     `db:"at"`
}

func (s *Service) compare(tx *db.Tx, r *Reconciliation, theirs []payment.Movement) error {
	charges, err := s.ourCharges(tx, *r)
	if err != nil {
		return err
	}
	gone := map[string]money.Paise{}
	for _, m := range theirs {
		if m.Kind == payment.MovementRefund {
			gone[m.ProviderRefundID] -= m.Amount // a refund that came back is a second movement
		}
	}
	returned := []any{""} // which went before what is compared, and came back in it; never nothing, for IN
	for name, paise := range gone {
		if paise < 0 {
			gone[name], returned = 0, append(returned, name)
		}
	}
	refunds, err := ourRefunds(tx, *r, returned)
	if err != nil {
		return err
	}
	for _, m := range theirs {
		if m.Kind != payment.MovementCharge {
			continue
		}
		o := charges[m.IntentID]
		if m.Amount < 0 { // a charge that failed afterwards
			r.differ("charge", m.IntentID, 0, m.Amount)
		} else {
			r.differ("charge", m.IntentID, o.Amount, m.Amount)
			if o.Fee >= 0 { // not looked up yet otherwise
				r.differ("fee", m.IntentID, o.Fee, m.Fee+m.FeeGST)
			}
		}
		delete(charges, m.IntentID)
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		r.differ("refund", name, refunds[name].Amount, gone[name])
		delete(refunds, name)
	}
	for _, one := range []struct {
		kind string
		left map[string]object
	}{{"charge", charges}, {"refund", refunds}} {
		for _, name := range slices.Sorted(maps.Keys(one.left)) { // we have it and the gateway does not
			o := one.left[name]
			if o.At >= r.From && o.At < r.To {
				r.differ(one.kind, o.ID, o.Amount, 0)
			}
		}
	}
	if r.BookPaise, err = bookAt(tx, r.To); err != nil {
		return err
	}
	r.differ("balance", string(ledger.Stripe), r.BookPaise, r.TheirPaise)
	return nil
}

// bookAt is asset:stripe by what was posted before a moment that no write can
// still be older than (settleLag is a minute, a write lasts 30 seconds at most):
// its total at the newest block sealed by then, all of which was posted before,
// and the tail after that block, by entry. CROSS JOIN keeps SQLite from going
// through every posting of the account.
func bookAt(tx *db.Tx, at db.Time) (money.Paise, error) {
	var sealed struct {
		Block int64       `db:"block"`
		Paise money.Paise `db:"paise"`
	}
	if err := tx.Get(&sealed, `
		SELECT b.no AS block, COALESCE((
			SELECT a.paise
			FROM account_blocks a
			WHERE a.account = $1 AND a.block <= b.no
			ORDER BY a.block DESC
			LIMIT 1), 0) AS paise
		FROM blocks b
		WHERE b.sealed_at < $2
		ORDER BY b.no DESC
		LIMIT 1`, ledger.Stripe, at); err != nil && !errors.Is(err, db.ErrNone) {
		return 0, err
	}
	var tail money.Paise
	if err := tx.Get(&tail, `
		SELECT CAST(COALESCE(SUM(t.paise), 0) AS BIGINT)
		FROM (
			SELECT p.paise
			FROM seals s
			CROSS JOIN entries e
			CROSS JOIN postings p
			WHERE s.block > $1 AND e.id = s.entry_id AND e.posted_at < $2 AND p.entry_id = e.id AND p.account = $3
			UNION ALL
			SELECT p.paise
			FROM unsealed u
			CROSS JOIN postings p
			WHERE u.posted_at < $2 AND p.entry_id = u.entry_id AND p.account = $3) t`, sealed.Block, at, ledger.Stripe); err != nil {
		return 0, err
	}
	return money.Add(sealed.Paise, tail)
}

func (r *Reconciliation) differ(kind, object string, ours, theirs money.Paise) {
	if ours != theirs && len(r.Differences) < 1_000 {
		r.Differences = append(r.Differences, Difference{kind, object, ours, theirs})
	}
}

// ourCharges are the captured payments by the gateway's id: the amount that both
// the payments table and the ledger have, −1 where these two differ.
func (s *Service) ourCharges(tx *db.Tx, r Reconciliation) (map[string]object, error) {
	var rows []object
	if err := tx.Select(&rows, `
		SELECT p.provider_id AS object, p.captured_at AS at, COALESCE(p.fee_paise + p.fee_gst_paise, -1) AS fee,
			CASE WHEN p.captured_paise = COALESCE((
				SELECT SUM(s.paise)
				FROM entries e
				JOIN postings s ON s.entry_id = e.id AND s.account = 'asset:stripe'
				WHERE e.reference = 'payment:' || p.id), 0) THEN p.captured_paise ELSE -1 END AS paise
		FROM payments p
		WHERE p.provider = $1 AND p.provider_id IS NOT NULL AND p.captured_at >= $2`, r.Provider, r.From.Add(-again-24*time.Hour)); err != nil {
		return nil, err
	}
	return byObject(rows), nil
}

// ourRefunds are the refunds that we hold for paid by the gateway, those since a
// little before what is compared and, however old, those that returned.
func ourRefunds(tx *db.Tx, r Reconciliation, returned []any) (map[string]object, error) {
	var rows []object
	if err := tx.Select(&rows, `
		SELECT f.provider_id AS object, f.paid_at AS at, CAST(0 AS BIGINT) AS fee, f.amount_paise AS paise
		FROM refunds f
		WHERE f.provider = $1 AND f.provider_id IS NOT NULL AND f.reference = '' AND f.state = 'paid'
			AND (f.paid_at >= $2 OR f.provider_id IN (`+db.List(3, len(returned))+`))`,
		append([]any{r.Provider, r.From.Add(-again - 24*time.Hour)}, returned...)...); err != nil {
		return nil, err
	}
	return byObject(rows), nil
}

func byObject(rows []object) map[string]object {
	out := make(map[string]object, len(rows))
	for _, o := range rows {
		out[o.ID] = o
	}
	return out
}

func insertReconciliation(tx *db.Tx, r Reconciliation) error {
	if _, err := tx.Exec(`
		INSERT INTO reconciliations (id, provider, from_at, to_at, compared, book_paise, their_paise, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Provider, r.From, r.To, r.Compared, r.BookPaise, r.TheirPaise, r.MadeAt); err != nil {
		return err
	}
	for i, d := range r.Differences {
		if _, err := tx.Exec(`
			INSERT INTO reconciliation_differences (reconciliation_id, pos, kind, object, our_paise, their_paise)
			VALUES ($1, $2, $3, $4, $5, $6)`, r.ID, i+1, d.Kind, d.Object, d.Ours, d.Theirs); err != nil {
			return err
		}
	}
	return nil
}

// Reconciliations lists the newest 50 comparisons with what differed, for staff.
func (s *Service) Reconciliations(ctx context.Context, actor auth.Actor) ([]Reconciliation, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	var out []Reconciliation
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.Select(&out, `
			SELECT `+reconciliationColumns+`
			FROM reconciliations
			ORDER BY to_at DESC, id DESC
			LIMIT 50`); err != nil || len(out) == 0 {
			return err
		}
		at, ids := map[string]int{}, make([]any, len(out))
		for i, r := range out {
			at[r.ID], ids[i] = i, r.ID
		}
		var rows []struct {
			Reconciliation string `db:"reconciliation_id"`
			Difference
		}
		err := tx.Select(&rows, `
			SELECT reconciliation_id, kind, object, our_paise, their_paise
			FROM reconciliation_differences
			WHERE reconciliation_id IN (`+db.List(1, len(ids))+`)
			ORDER BY reconciliation_id, pos`, ids...)
		for _, d := range rows {
			r := &out[at[d.Reconciliation]]
			r.Differences = append(r.Differences, d.Difference)
		}
		return err
	})
	return out, err
}
