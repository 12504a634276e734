package openbooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/payouts"
)

const (
	yearsEvery = 15 * time.Minute // at most so often is the yearly book reckoned
	yearsFew   = 24 * time.Hour   // or so often, when it moved for fewer than FewestMakers women
	yearsLease = 10 * time.Minute // after so long another worker goes on
	makersOnce = 50               // whose credits are followed at once
	blocksOnce = 2000             // that are summed at once
)

// errTaken says that another worker keeps the yearly book.
var errTaken = errors.New("another worker is at the yearly book")

// errLoose says that what was followed is not what the ledger has.
var errLoose = errors.New("the yearly book does not come to what the ledger has; nothing was published")

// yearMark is how far the yearly book has looked at the ledger.
type yearMark struct {
	Block  int64   `db:"block"`
	Hash   string  `db:"hash"`
	KeptAt db.Time `db:"kept_at"`
}

func readYearMark(tx *db.Tx) (yearMark, error) {
	var m yearMark
	return m, tx.Get(&m, `
		SELECT block, hash, kept_at
		FROM year_marks
		WHERE id = 1`)
}

// keeper brings the yearly book from a mark up to a block.
type keeper struct {
	db     *db.DB
	name   string
	from   yearMark
	to     ledger.Block
	makers []string // whose accounts were touched between
	heads  map[yearHeadKey]money.Paise
}

type yearHeadKey struct {
	year    string
	account ledger.Account
	kind    string
}

// KeepYears brings the yearly book up to the newest block, at most every quarter
// of an hour, and when fewer than FewestMakers women are concerned at most daily:
// otherwise two looks at it would tell one woman's payment. A worker calls it as
// often as it likes; of several one does it. It publishes all of it at once, and
// nothing when a sum is not what the ledger has.
func (s *Service) KeepYears(ctx context.Context) error {
	k := keeper{db: s.db, name: id.New("ykp"), heads: map[yearHeadKey]money.Paise{}}
	due := false
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		if k.from, err = readYearMark(tx); err != nil {
			return err
		}
		if k.to, err = ledger.HeadBlock(tx); err != nil || k.to.No == k.from.Block {
			return err
		}
		age := time.Duration(s.db.Clock.Now()-k.from.KeptAt) * time.Microsecond
		if due = age >= yearsEvery; !due {
			return nil
		}
		k.makers, err = ledger.ArtisansSince(tx, k.from.Block)
		due = age >= yearsFew || len(k.makers) == 0 || len(k.makers) >= FewestMakers
		return err
	}); err != nil || !due {
		return err
	}
	err := k.keep(ctx)
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

func (k *keeper) keep(ctx context.Context) error {
	if err := k.db.Write(ctx, k.begin); err != nil {
		return err
	}
	for makers := range slices.Chunk(k.makers, makersOnce) {
		began := time.Now()
		if err := k.follow(ctx, makers); err != nil {
			return err
		}
		select { // a quarter of the time, so that whoever buys or pays meanwhile is not slowed down
		case <-time.After(3 * time.Since(began)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for block := k.from.Block; block < k.to.No; block += blocksOnce {
		if err := k.db.Read(ctx, func(tx *db.Tx) error { return k.sum(tx, block, min(block+blocksOnce, k.to.No)) }); err != nil {
			return err
		}
	}
	return k.publish(ctx)
}

// begin takes the yearly book, unless another worker has it or has brought it on.
func (k *keeper) begin(tx *db.Tx) error {
	n, err := tx.Exec(`
		UPDATE year_marks
		SET holder = $1, held_until = $2
		WHERE id = 1 AND block = $3 AND held_until <= $4`, k.name, tx.Now().Add(yearsLease), k.from.Block, tx.Now())
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// hold keeps the yearly book; who has lost it writes nothing more.
func (k *keeper) hold(tx *db.Tx) error {
	n, err := tx.Exec(`
		UPDATE year_marks
		SET held_until = $1
		WHERE id = 1 AND holder = $2`, tx.Now().Add(yearsLease), k.name)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

const becameColumns = `promised_paise, reversed_paise, paid_paise, later_paise, tax_paise, group_paise, advance_paise,
			on_the_way_paise, held_paise, payable_paise`

func becameArgs(b payouts.Became) []any {
	return []any{b.Promised, b.Reversed, b.Paid, b.Later, b.Tax, b.Group, b.Advance, b.OnTheWay, b.Held, b.Payable}
}

// follow writes anew what some women were promised and what became of it.
func (k *keeper) follow(ctx context.Context, makers []string) error {
	var rows []payouts.Promise
	if err := k.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		if rows, err = payouts.Promises(tx, makers, k.to.No); err != nil {
			return err
		}
		return k.ties(tx, makers, rows)
	}); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.hold(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			DELETE FROM year_promises
			WHERE artisan_id IN (`+db.List(1, len(makers))+`)`, db.Args(makers)...); err != nil {
			return err
		}
		for batch := range slices.Chunk(rows, 100) {
			var args []any
			for _, r := range batch {
				args = append(append(args, r.Artisan, r.Year, r.Head), becameArgs(r.Became)...)
			}
			if _, err := tx.Exec(`
				INSERT INTO year_promises (artisan_id, year, head, `+becameColumns+`)
				VALUES `+db.Values(len(batch), 13), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// ties returns errLoose unless every promise is accounted for and what is still
// with the trust is what stands on each woman's accounts at the block.
func (k *keeper) ties(tx *db.Tx, makers []string, rows []payouts.Promise) error {
	var accounts []ledger.Account
	for _, a := range makers {
		accounts = append(accounts, ledger.Held(a), ledger.Payable(a), ledger.Claimed(a), ledger.InTransit(a))
	}
	book, err := ledger.BalancesAt(tx, k.to.No, accounts)
	if err != nil {
		return err
	}
	sums := map[string]payouts.Became{}
	for _, r := range rows {
		if r.Rest() != 0 {
			return fmt.Errorf("%w: %s of %s: %d left over", errLoose, r.Head, r.Artisan, r.Rest())
		}
		sums[r.Artisan] = sums[r.Artisan].Plus(r.Became)
	}
	for _, a := range makers {
		s := sums[a]
		if s.Held != -book[ledger.Held(a)] || s.Payable != -book[ledger.Payable(a)] || s.OnTheWay != -book[ledger.Claimed(a)]-book[ledger.InTransit(a)] {
			return fmt.Errorf("%w: accounts of %s at block %d: %+v", errLoose, a, k.to.No, s)
		}
	}
	return nil
}

// sum adds what some blocks moved on heads.
func (k *keeper) sum(tx *db.Tx, after, to int64) error {
	moved, err := ledger.HeadTurnovers(tx, after, to)
	for _, m := range moved {
		k.heads[yearHeadKey{payouts.YearOf(m.Month), m.Account, m.Kind}] += m.Paise
	}
	return err
}

// publish replaces what is published by what was kept, with its block.
func (k *keeper) publish(ctx context.Context) error {
	var cells []yearCell
	if err := k.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		if cells, err = foldedYears(tx); err != nil {
			return err
		}
		return k.headsTie(tx)
	}); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.hold(tx); err != nil {
			return err
		}
		if err := k.addHeads(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			DELETE FROM year_sums`); err != nil {
			return err
		}
		for batch := range slices.Chunk(cells, 100) {
			var args []any
			for _, c := range batch {
				args = append(append(args, c.Year, c.Area, c.Head, c.Women), becameArgs(c.Became)...)
			}
			if _, err := tx.Exec(`
				INSERT INTO year_sums (year, area, head, makers, `+becameColumns+`)
				VALUES `+db.Values(len(batch), 14), args...); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`
			UPDATE year_marks
			SET block = $1, hash = $2, kept_at = $3, held_until = 0
			WHERE id = 1`, k.to.No, k.to.Hash, tx.Now())
		return err
	})
}

// headsTie returns errLoose unless what all years moved on every head is what
// stands on it at the block.
func (k *keeper) headsTie(tx *db.Tx) error {
	var rows []ledger.AccountBalance
	if err := tx.Select(&rows, `
		SELECT account, CAST(SUM(paise) AS BIGINT) AS paise
		FROM year_heads
		GROUP BY account
		ORDER BY account`); err != nil {
		return err
	}
	sums := map[ledger.Account]money.Paise{}
	for _, r := range rows {
		sums[r.Account] = r.Paise
	}
	for h, paise := range k.heads {
		sums[h.account] += paise
	}
	book, err := ledger.BalancesAt(tx, k.to.No, slices.Collect(maps.Keys(sums)))
	for account, sum := range sums {
		if err == nil && sum != book[account] {
			err = fmt.Errorf("%w: %s at block %d: %d, not %d", errLoose, account, k.to.No, sum, book[account])
		}
	}
	return err
}

func (k *keeper) addHeads(tx *db.Tx) error {
	heads := slices.SortedFunc(maps.Keys(k.heads), func(a, b yearHeadKey) int {
		return cmp.Or(cmp.Compare(a.year, b.year), cmp.Compare(a.account, b.account), cmp.Compare(a.kind, b.kind))
	})
	for _, h := range heads {
		if _, err := tx.Exec(`
			INSERT INTO year_heads (year, account, kind, paise)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (year, account, kind) DO UPDATE
			SET paise = year_heads.paise + excluded.paise`, h.year, h.account, h.kind, k.heads[h]); err != nil {
			return err
		}
	}
	return nil
}

// foldedYears sums what was kept by year, area and work, an area being that which
// stands on the artisan now, and folds it.
func foldedYears(tx *db.Tx) ([]yearCell, error) {
	var areas []yearArea
	if err := tx.Select(&areas, `
		SELECT p.year, a.area, COUNT(DISTINCT p.artisan_id) AS women,
			COUNT(DISTINCT CASE WHEN p.paid_paise + p.later_paise > 0 THEN p.artisan_id END) AS paid_women
		FROM year_promises p
		JOIN artisans a ON a.id = p.artisan_id
		GROUP BY p.year, a.area
		ORDER BY p.year, a.area`); err != nil {
		return nil, err
	}
	var cells []yearCell
	if err := tx.Select(&cells, `
		SELECT p.year, a.area, p.head, COUNT(1) AS women, CAST(SUM(CASE WHEN p.paid_paise + p.later_paise > 0 THEN 1 ELSE 0 END) AS BIGINT) AS paid_women,
			CAST(SUM(p.promised_paise) AS BIGINT) AS promised_paise, CAST(SUM(p.reversed_paise) AS BIGINT) AS reversed_paise,
			CAST(SUM(p.paid_paise) AS BIGINT) AS paid_paise, CAST(SUM(p.later_paise) AS BIGINT) AS later_paise,
			CAST(SUM(p.tax_paise) AS BIGINT) AS tax_paise, CAST(SUM(p.group_paise) AS BIGINT) AS group_paise,
			CAST(SUM(p.advance_paise) AS BIGINT) AS advance_paise, CAST(SUM(p.on_the_way_paise) AS BIGINT) AS on_the_way_paise,
			CAST(SUM(p.held_paise) AS BIGINT) AS held_paise, CAST(SUM(p.payable_paise) AS BIGINT) AS payable_paise
		FROM year_promises p
		JOIN artisans a ON a.id = p.artisan_id
		GROUP BY p.year, a.area, p.head
		ORDER BY p.year, a.area, p.head`); err != nil {
		return nil, err
	}
	var out []yearCell
	for len(areas) > 0 {
		year := areas[0].Year
		of, in := 0, 0
		for of < len(areas) && areas[of].Year == year {
			of++
		}
		for in < len(cells) && cells[in].Year == year {
			in++
		}
		out = append(out, fold(areas[:of], cells[:in])...)
		areas, cells = areas[of:], cells[in:]
	}
	return out, nil
}
