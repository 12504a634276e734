package payouts

import (
	"context"
	"errors"

	"saebaan/internal/auth"
	"saebaan/internal/db"
)

const closingColumns = `id, month, block, head, state, proposed_by, proposed_at, decided_by, decided_at`

// lastClosing is the newest month that is closed, or the zero Closing.
func lastClosing(tx *db.Tx) (Closing, error) {
	var c Closing
	err := tx.Get(&c, `
		SELECT `+closingColumns+`
		FROM closings
		WHERE state = 'closed'
		ORDER BY month DESC
		LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return Closing{}, nil
	}
	return c, err
}

func readClosing(tx *db.Tx, closing string) (Closing, error) {
	var c Closing
	err := tx.Get(&c, `
		SELECT `+closingColumns+`
		FROM closings
		WHERE id = $1`, closing)
	if errors.Is(err, db.ErrNone) {
		return c, ErrNoClosing
	}
	if err != nil {
		return c, err
	}
	all := []Closing{c}
	err = attachRows(tx, all)
	return all[0], err
}

func attachRows(tx *db.Tx, all []Closing) error {
	if len(all) == 0 {
		return nil
	}
	at, ids := map[string]int{}, make([]any, len(all))
	for i, c := range all {
		at[c.ID], ids[i] = i, c.ID
	}
	var rows []ClosingRow
	err := tx.Select(&rows, `
		SELECT closing_id, account, promised_paise, billed_paise
		FROM closing_rows
		WHERE closing_id IN (`+db.List(1, len(ids))+`)
		ORDER BY closing_id, account`, ids...)
	for _, r := range rows {
		all[at[r.ClosingID]].Rows = append(all[at[r.ClosingID]].Rows, r)
	}
	return err
}

// Closings lists up to limit closings before an id, newest first. Finance and
// administrators may.
func (s *Service) Closings(ctx context.Context, actor auth.Actor, before string, limit int) ([]Closing, error) {
	if err := actor.Require(finance...); err != nil {
		return nil, err
	}
	var out []Closing
	return out, s.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.Select(&out, `
			SELECT `+closingColumns+`
			FROM closings
			WHERE ($1 = '' OR id < $1)
			ORDER BY id DESC
			LIMIT $2`, before, limit); err != nil {
			return err
		}
		return attachRows(tx, out)
	})
}

// mostMonths is how many months the open books show.
const mostMonths = 120

// Variances are the closed months, newest first, as they are published: anybody
// may see what was promised, what was billed and what the fund got or bore.
func (s *Service) Variances(ctx context.Context) (out []Closing, err error) {
	return out, s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = ClosedMonths(tx, "", "9999-12")
		return err
	})
}

// ClosedMonths are the newest of the closed months between two, both included, as
// they are published.
func ClosedMonths(tx *db.Tx, from, to string) ([]Closing, error) {
	var out []Closing
	if err := tx.Select(&out, `
		SELECT `+closingColumns+`
		FROM closings
		WHERE state = 'closed' AND month >= $1 AND month <= $2
		ORDER BY month DESC
		LIMIT $3`, from, to, mostMonths); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].ProposedBy, out[i].DecidedBy = "", "" // nobody's names are published
	}
	return out, attachRows(tx, out)
}
