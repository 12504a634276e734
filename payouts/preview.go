package payouts

import (
	"context"
	"errors"
	"slices"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// What to look at before a payment is approved; none of it hinders.
const (
	FirstPayment = "first_payment" // she was never paid before
	NewAccount   = "new_account"   // not where her last payment went
	MuchMore     = "much_more"     // more than twice her last payment
	PANNear      = "pan_near"      // no PAN, and the year's credits come near the tax threshold
	Untold       = "untold"        // another account than the last time, and her number of before was not told
)

// Before is what an artisan was paid the last time before a run.
type Before struct {
	Amount  money.Paise `db:"amount_paise"`
	PayeeID string      `db:"payee_id"`
}

// look adds to the items of a run what they were the last time and what to look
// at; and to the run the last one of the same scope that was sent.
func look(tx *db.Tx, r *Run) error {
	var rows []struct {
		Item string `db:"item_id"`
		Before
	}
	if err := tx.Select(&rows, `
		SELECT i.id AS item_id, p.amount_paise, p.payee_id
		FROM payout_items i
		JOIN payout_items p ON p.id = (SELECT MAX(q.id) FROM payout_items q
			WHERE q.artisan_id = i.artisan_id AND q.id < i.id AND q.state IN ('in_transit', 'paid', 'failed', 'returned'))
		WHERE i.run_id = $1
		ORDER BY i.artisan_id`, r.ID); err != nil {
		return err
	}
	before := make(map[string]Before, len(rows))
	for _, b := range rows {
		before[b.Item] = b.Before
	}
	near, err := panNear(tx, *r)
	if err != nil {
		return err
	}
	untold, err := artisans.Untold(tx, artisansOf(r.Items))
	if err != nil {
		return err
	}
	for k := range r.Items {
		i := &r.Items[k]
		last, paid := before[i.ID]
		switch {
		case !paid:
			i.Warnings = append(i.Warnings, FirstPayment)
		case last.PayeeID != i.PayeeID:
			i.Warnings = append(i.Warnings, NewAccount)
		}
		if untold[i.ArtisanID] && last.PayeeID != i.PayeeID {
			i.Warnings = append(i.Warnings, Untold)
		}
		if paid {
			i.Before = &last
			if i.Amount/2 > last.Amount {
				i.Warnings = append(i.Warnings, MuchMore)
			}
		}
		if near[i.ArtisanID] {
			i.Warnings = append(i.Warnings, PANNear)
		}
	}
	return lastOf(tx, r)
}

// panNear tells who of a run that is not approved yet should be asked for her PAN
// now: without one the tax is much higher.
func panNear(tx *db.Tx, r Run) (map[string]bool, error) {
	out := map[string]bool{}
	if r.State != Draft && r.State != Submitted {
		return out, nil
	}
	for who := range slices.Chunk(artisansOf(r.Items), batch) {
		pans, err := artisans.WithPAN(tx, who)
		if err != nil {
			return nil, err
		}
		y, err := taxYearOf(tx, r, 0, who)
		if err != nil {
			return nil, err
		}
		for _, rule := range y.rules {
			for _, a := range who {
				year := y.done[a+" "+rule.Nature]
				if year.Gross, err = rule.Credited(y.earned[a]); err != nil {
					return nil, err
				}
				if !pans[a] && rule.Near(year) {
					out[a] = true
				}
			}
		}
	}
	return out, nil
}

// lastOf reads the newest run before r with the same scope that was sent.
func lastOf(tx *db.Tx, r *Run) error {
	var last Last
	err := tx.Get(&last, `
		SELECT r.id, r.business_date, (SELECT COUNT(*) FROM payout_items i WHERE i.run_id = r.id AND i.state <> 'withdrawn') AS item_count,
			CAST(COALESCE((SELECT SUM(i.amount_paise) FROM payout_items i WHERE i.run_id = r.id AND i.state <> 'withdrawn'), 0)
				+ COALESCE((SELECT SUM(t.savings_paise + t.loan_paise) FROM payout_transfers t WHERE t.run_id = r.id AND t.state <> 'withdrawn'), 0) AS BIGINT) AS total
		FROM payout_runs r
		WHERE r.id < $1 AND r.state IN ('sent', 'settled') AND r.area = $2 AND r.group_id = $3
		ORDER BY r.id DESC
		LIMIT 1`, r.ID, r.Area, r.Group)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	r.Last = &last
	return err
}

// Last is a run that was sent before another, in figures.
type Last struct {
	ID           string      `db:"id"`
	BusinessDate string      `db:"business_date"`
	Count        int64       `db:"item_count"`
	Total        money.Paise `db:"total"`
}

// Part is one credit, or what is left of it, that a payment consists of. A part
// below zero is what was taken back and not yet made up for.
type Part struct {
	EntryID      string      `db:"entry_id"`
	Reference    string      `db:"reference"` // of the entry
	Block        int64       `db:"block"`
	BusinessDate string      `db:"business_date"`
	Kind         string      `db:"kind"`
	Reason       string      `db:"reason"`
	Nature       string      `db:"nature"`
	Order        string      `db:"order_id"`
	Lot          string      `db:"lot_id"`
	Paise        money.Paise `db:"paise"` // what of it is in this payment
}

// Parts explains every paisa of an artisan's gross in a run: the credits that
// were payable at the run's block and not claimed before, oldest first. A
// reversal uses up the credit of the same order, lot and work; a claim the oldest,
// which come back when its run is withdrawn.
// Their sum is her gross, or what an exception holds. Finance and administrators may.
func (s *Service) Parts(ctx context.Context, actor auth.Actor, run, artisan string) ([]Part, error) {
	if err := actor.Require(finance...); err != nil {
		return nil, err
	}
	var out []Part
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		r, err := readRun(tx, run)
		if err != nil {
			return err
		}
		moves, err := payableMoves(tx, artisan, r.Block)
		out, _ = follow(moves)
		return err
	})
	return out, err
}

// payableMoves are the sealed movements of what is payable to an artisan, up to a block.
func payableMoves(tx *db.Tx, artisan string, block int64) ([]Part, error) {
	var moves []Part
	return moves, tx.Select(&moves, `
		SELECT e.id AS entry_id, e.reference, s.block, e.business_date, e.kind, e.reason, p.nature, p.order_id, p.lot_id, -p.paise AS paise
		FROM postings p
		JOIN entries e ON e.id = p.entry_id
		JOIN seals s ON s.entry_id = p.entry_id
		WHERE p.artisan_id = $1 AND p.account = $2 AND s.block <= $3
		ORDER BY s.block, s.pos, p.pos`, artisan, ledger.Payable(artisan), block)
}

// follow is what of the movements of an account nothing has used up yet, and
// what each item's claim, or dispute's hold, that stands has used up.
func follow(moves []Part) (open []Part, claimed map[string][]Part) {
	claimed = map[string][]Part{}
	for _, p := range moves {
		_, item, _ := strings.Cut(p.Reference, ":")
		item, _, _ = strings.Cut(item, ":") // a dispute's own id
		if back := claimed[item]; back != nil && (p.Kind == "unclaim" || p.Kind == "unfreeze" && total(back) == p.Paise) {
			open = append(back, open...)
			delete(claimed, item)
			continue
		}
		var own []Part
		if p.Order != "" {
			frozen := p.Kind == "freeze" // by order alone
			open, p.Paise, own = use(open, p.Paise, func(o Part) bool { return o.Order == p.Order && (frozen || o.Lot == p.Lot && o.Nature == p.Nature) })
		}
		var used []Part
		open, p.Paise, used = use(open, p.Paise, func(Part) bool { return true })
		if p.Kind == "claim" || p.Kind == "freeze" {
			claimed[item] = append(own, used...)
		}
		if p.Paise != 0 {
			open = append(open, p)
		}
	}
	return open, claimed
}

// use lets an amount use up open parts of the other sign, in their order, and
// returns what is open then, what is left of the amount, and what it used.
func use(open []Part, amount money.Paise, which func(Part) bool) (still []Part, rest money.Paise, used []Part) {
	uses := func(o Part) bool { return amount != 0 && (o.Paise > 0) != (amount > 0) && which(o) }
	if !slices.ContainsFunc(open, uses) {
		return open, amount, nil // most credits meet no debt: nothing is copied
	}
	for _, o := range open {
		if uses(o) {
			part := o
			if part.Paise = max(o.Paise, -amount); o.Paise > 0 {
				part.Paise = min(o.Paise, -amount)
			}
			o.Paise -= part.Paise
			amount += part.Paise
			used = append(used, part)
		}
		if o.Paise != 0 {
			still = append(still, o)
		}
	}
	return still, amount, used
}

func total(parts []Part) (sum money.Paise) {
	for _, p := range parts {
		sum += p.Paise
	}
	return sum
}
