package payouts

import (
	"context"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// claimBatch is how many items one transaction moves.
const claimBatch = 200

// claimAll moves every draft item of a submitting run to claimed, in small
// transactions that can be cut anywhere, and then makes the run submitted.
func (s *Service) claimAll(ctx context.Context, run string) error {
	for done := false; !done; {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			items, err := itemsIn(tx, run, ItemDraft, claimBatch)
			if err != nil {
				return err
			}
			if done = len(items) == 0; done {
				if err := claimTransfers(tx, run); err != nil {
					return err
				}
				return finishSubmit(tx, run)
			}
			return claim(tx, items)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// claim takes what the items pay from what is payable, with their deductions.
// An item whose artisan has moved on since it was reckoned, or is owed less, is
// taken out.
func claim(tx *db.Tx, items []Item) error {
	gone, err := movedOn(tx, items)
	if err != nil {
		return err
	}
	var fine []Item
	for _, i := range items {
		if reason := gone[i.ID]; reason == "" {
			fine = append(fine, i)
		} else if err := drop(tx, i, reason); err != nil {
			return err
		}
	}
	if len(fine) == 0 {
		return nil
	}
	if err := deduct(tx, fine, 1); err != nil {
		return err
	}
	if err := moveOn(tx, artisansOf(fine)); err != nil {
		return err
	}
	return moveItems(tx, fine, ItemClaimed, "", func(i Item) *ledger.Entry { return claimEntry(i, "claim", 1) })
}

// movedOn tells, by item, why it cannot be claimed any more.
func movedOn(tx *db.Tx, items []Item) (map[string]string, error) {
	who := artisansOf(items)
	position, err := positions(tx, who)
	if err != nil {
		return nil, err
	}
	accounts := make([]any, len(who))
	for i, a := range who {
		accounts[i] = ledger.Payable(a)
	}
	var rows []ledger.AccountBalance
	if err := tx.Select(&rows, `
		SELECT account, paise
		FROM balances
		WHERE account IN (`+db.List(1, len(accounts))+`)
		ORDER BY account`, accounts...); err != nil {
		return nil, err
	}
	payable := map[ledger.Account]money.Paise{}
	for _, r := range rows {
		payable[r.Account] = -r.Paise
	}
	out := map[string]string{}
	for _, i := range items {
		switch {
		case payable[ledger.Payable(i.ArtisanID)] < i.Gross:
			out[i.ID] = ClaimedElsewhere
		case position[i.ArtisanID] != i.Position:
			out[i.ID] = Changed
		}
	}
	return out, nil
}

func artisansOf(items []Item) []string {
	out := make([]string, len(items))
	for k, i := range items {
		out[k] = i.ArtisanID
	}
	return out
}

// drop takes a draft item out of its run and says why.
func drop(tx *db.Tx, i Item, reason string) error {
	n, err := tx.Exec(`
		UPDATE payout_items
		SET state = 'withdrawn', reason = $1, updated_at = $2
		WHERE id = $3 AND state = 'draft'`, reason, tx.Now(), i.ID)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO payout_exceptions (run_id, artisan_id, amount_paise, reason)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (run_id, artisan_id) DO NOTHING`, i.RunID, i.ArtisanID, i.Gross, reason)
	return err
}

// deduct enters the items' deductions on what they are taken for: sign 1 takes
// them, −1 gives them back.
func deduct(tx *db.Tx, items []Item, sign int64) error {
	args := []any{sign}
	for _, i := range items {
		args = append(args, i.ID)
	}
	in := db.List(2, len(items))
	if _, err := tx.Exec(`
		UPDATE advances
		SET recovered_paise = recovered_paise + $1 * d.paise
		FROM (
			SELECT of_id, CAST(SUM(paise) AS BIGINT) AS paise
			FROM payout_deductions
			WHERE kind = 'advance' AND item_id IN (`+in+`)
			GROUP BY of_id) d
		WHERE advances.id = d.of_id`, args...); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		UPDATE deduction_consents
		SET taken_paise = taken_paise + $1 * d.paise
		FROM (
			SELECT of_id, CAST(SUM(paise) AS BIGINT) AS paise
			FROM payout_deductions
			WHERE kind IN ('savings', 'loan') AND item_id IN (`+in+`)
			GROUP BY of_id) d
		WHERE deduction_consents.id = d.of_id`, args...); err != nil {
		return err
	}
	_, err := tx.Exec(`
		INSERT INTO tds_years (artisan_id, year, nature, seen_paise, tax_paise)
		SELECT i.artisan_id, d.year, d.of_id, $1 * d.seen_paise, $1 * d.paise
		FROM payout_deductions d
		JOIN payout_items i ON i.id = d.item_id
		WHERE d.kind = 'tds' AND d.item_id IN (`+in+`)
		ORDER BY i.artisan_id, d.year, d.of_id
		ON CONFLICT (artisan_id, year, nature) DO UPDATE
		SET seen_paise = tds_years.seen_paise + excluded.seen_paise, tax_paise = tds_years.tax_paise + excluded.tax_paise`, args...)
	return err
}

// payoutNature marks what is paid to an artisan, as against what she earned.
const payoutNature = "payout"

func tags(i Item) ledger.Tags { return ledger.Tags{Artisan: i.ArtisanID, Nature: payoutNature} }

// claimEntry takes the gross from what is payable: the net is set aside for her,
// the deductions go where they belong. Sign −1 gives it all back from the
// account that holds the net.
func claimEntry(i Item, kind string, sign money.Paise) *ledger.Entry {
	e := ledger.New(kind, kind+":"+i.ID, auth.System("payouts").String()).
		Debit(ledger.Payable(i.ArtisanID), sign*i.Gross, tags(i)).
		Credit(held(i), sign*i.Amount, tags(i))
	for _, d := range i.Deductions {
		e.Credit(d.account(i.ArtisanID), sign*d.Paise, tags(i))
	}
	if sign < 0 {
		return e.Guard(held(i))
	}
	return e.Guard(ledger.Payable(i.ArtisanID))
}

// held is the account that holds the net of an item in its state.
func held(i Item) ledger.Account {
	if i.State == ItemInTransit {
		return ledger.InTransit(i.ArtisanID)
	}
	return ledger.Claimed(i.ArtisanID)
}

// account is where a deduction goes.
func (d Deduction) account(artisan string) ledger.Account {
	switch d.Kind {
	case KindTDS:
		return ledger.TDS(d.Of)
	case KindAdvance:
		return ledger.Advance(artisan)
	}
	return ledger.Group(d.Group, d.Kind)
}

// moveItems moves items that stand in one state, which the WHERE guards, and
// posts an entry for each.
func moveItems(tx *db.Tx, items []Item, to ItemState, reason string, entry func(Item) *ledger.Entry) error {
	from := items[0].State
	args := []any{to, reason, tx.Now(), from}
	entries := make([]*ledger.Entry, len(items))
	for k, i := range items {
		args = append(args, i.ID)
		entries[k] = entry(i)
	}
	n, err := tx.Exec(`
		UPDATE payout_items
		SET state = $1, reason = $2, updated_at = $3
		WHERE state = $4 AND id IN (`+db.List(5, len(items))+`)`, args...)
	if err != nil {
		return err
	}
	if n != int64(len(items)) || !from.can(to) {
		return ErrState
	}
	_, err = ledger.PostAll(tx, entries)
	return err
}

// sendAll moves every claimed item of an approved run to in transit.
func (s *Service) sendAll(ctx context.Context, run string) error {
	approved := func(tx *db.Tx) error {
		r, err := readRun(tx, run)
		if err == nil && r.State == Withdrawn {
			return ErrState.With("The run was withdrawn meanwhile. Nothing of it is paid.")
		}
		return err
	}
	if err := s.eachBatch(ctx, run, ItemClaimed, func(tx *db.Tx, items []Item) error {
		if err := approved(tx); err != nil {
			return err
		}
		return moveItems(tx, items, ItemInTransit, "", func(i Item) *ledger.Entry {
			return ledger.New("in_transit", "in_transit:"+i.ID, auth.System("payouts").String()).
				Debit(ledger.Claimed(i.ArtisanID), i.Amount, tags(i)).
				Credit(ledger.InTransit(i.ArtisanID), i.Amount, tags(i)).
				Guard(ledger.Claimed(i.ArtisanID))
		})
	}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := approved(tx); err != nil {
			return err
		}
		return sendTransfers(tx, run)
	})
}

// unclaimAll gives back what a withdrawn run holds, with its deductions.
func (s *Service) unclaimAll(ctx context.Context, run string) error {
	for _, state := range []ItemState{ItemClaimed, ItemInTransit} {
		if err := s.eachBatch(ctx, run, state, func(tx *db.Tx, items []Item) error {
			if err := deduct(tx, items, -1); err != nil {
				return err
			}
			if err := moveOn(tx, artisansOf(items)); err != nil {
				return err
			}
			return moveItems(tx, items, ItemWithdrawn, "withdrawn", func(i Item) *ledger.Entry { return claimEntry(i, "unclaim", -1) })
		}); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return unclaimTransfers(tx, run) })
}

// eachBatch runs fn over the items in a state, in small transactions that can be
// cut anywhere; fn must move them out of the state.
func (s *Service) eachBatch(ctx context.Context, run string, state ItemState, fn func(*db.Tx, []Item) error) error {
	for n := -1; n != 0; {
		if err := s.db.Write(ctx, func(tx *db.Tx) error {
			items, err := itemsIn(tx, run, state, claimBatch)
			if n = len(items); err != nil || n == 0 {
				return err
			}
			return fn(tx, items)
		}); err != nil {
			return err
		}
	}
	return nil
}

// itemsIn reads items of a run in a state, with their deductions.
func itemsIn(tx *db.Tx, run string, state ItemState, limit int) ([]Item, error) {
	var items []Item
	if err := tx.Select(&items, `
		SELECT `+itemColumns+`
		FROM payout_items
		WHERE run_id = $1 AND state = $2
		ORDER BY artisan_id
		LIMIT $3`, run, state, limit); err != nil || len(items) == 0 {
		return items, err
	}
	ids := make([]any, len(items))
	for k, i := range items {
		ids[k] = i.ID
	}
	var taken []Deduction
	err := tx.Select(&taken, `
		SELECT item_id, pos, kind, of_id, year, group_id, seen_paise, paise
		FROM payout_deductions
		WHERE item_id IN (`+db.List(1, len(ids))+`)
		ORDER BY item_id, pos`, ids...)
	attach(items, taken)
	return items, err
}
