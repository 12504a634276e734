package payouts

import (
	"math"
	"slices"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Credit names what made a sum payable to an artisan: an entry, and for which work.
type Credit struct{ EntryID, Nature string }

// Fate is what has become of a credit. Paid counts what the payment that used it
// up took for tax, her group and advances.
type Fate struct {
	Paid     money.Paise
	OnTheWay money.Paise // claimed by a run, or with the bank
	PaidOn   []string    // the business dates of the bank's answers, oldest first
	Items    []string    // the payments that the bank has confirmed
}

// Fates tells of every credit of an artisan what has been paid of it, by the rule
// of Parts: claims use up the oldest credits first. A credit is paid when the
// claim that used it up belongs to a payment that the bank has confirmed; when
// the bank sent that back, when what came back has been paid in full. Only sealed
// entries count. It asks nobody's permission: callers show sums, never who.
func Fates(tx *db.Tx, artisan string) (map[Credit]Fate, error) {
	moves, err := payableMoves(tx, artisan, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	t := tracker{uses: map[Credit][]Part{}, backs: map[string]Part{}, items: map[string]answered{}}
	if err := t.read(tx, artisan); err != nil {
		return nil, err
	}
	for _, p := range moves {
		if p.Kind == string(ItemFailed) || p.Kind == string(ItemReturned) {
			t.backs[p.Reference] = p
		}
	}
	_, claimed := follow(moves)
	for item, parts := range claimed {
		for _, p := range parts {
			c := Credit{p.EntryID, p.Nature}
			p.Reference = item // from here on, who used it
			t.uses[c] = append(t.uses[c], p)
		}
	}
	out := make(map[Credit]Fate, len(t.uses))
	for c := range t.uses {
		out[c] = t.fate(c)
	}
	return out, nil
}

// answered is where a payment stands, and since when it is paid.
type answered struct {
	ID    string    `db:"id"`
	State ItemState `db:"state"`
	On    string    `db:"paid_on"` // "" unless the entry is sealed
}

// tracker follows credits through the payments that used them up.
type tracker struct {
	uses  map[Credit][]Part   // Reference is the item
	backs map[string]Part     // what a bank sent back, by reference
	items map[string]answered // of one artisan
}

func (t *tracker) read(tx *db.Tx, artisan string) error {
	var rows []answered
	err := tx.Select(&rows, `
		SELECT i.id, i.state, COALESCE((
			SELECT e.business_date
			FROM entries e
			JOIN seals s ON s.entry_id = e.id
			WHERE e.reference = 'paid:' || i.id), '') AS paid_on
		FROM payout_items i
		WHERE i.artisan_id = $1
		ORDER BY i.id`, artisan)
	for _, r := range rows {
		t.items[r.ID] = r
	}
	return err
}

func (t *tracker) fate(c Credit) Fate {
	var f Fate
	for _, use := range t.uses[c] {
		state, on, by := t.item(use.Reference)
		switch state {
		case ItemPaid:
			f.Paid += use.Paise
			f.PaidOn, f.Items = append(f.PaidOn, on...), append(f.Items, by...)
		case ItemInTransit:
			f.OnTheWay += use.Paise
		}
	}
	f.PaidOn, f.Items = distinct(f.PaidOn), distinct(f.Items)
	return f
}

// item tells of a payment whether its money has arrived: paid, in transit, or
// neither; and when and by which payments. Of one that came back that is what
// became of all that came back.
func (t *tracker) item(id string) (state ItemState, on, by []string) {
	switch i := t.items[id]; i.State {
	case ItemPaid:
		if i.On == "" {
			return ItemInTransit, nil, nil
		}
		return ItemPaid, []string{i.On}, []string{id}
	case ItemClaimed, ItemInTransit:
		return ItemInTransit, nil, nil
	}
	for _, kind := range []ItemState{ItemFailed, ItemReturned} {
		back, came := t.backs[string(kind)+":"+id]
		if !came {
			continue
		}
		f := t.fate(Credit{back.EntryID, back.Nature})
		switch {
		case f.Paid == back.Paise:
			return ItemPaid, f.PaidOn, f.Items
		case f.Paid+f.OnTheWay == back.Paise:
			return ItemInTransit, nil, nil
		}
	}
	return "", nil, nil
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// PaidReference is the reference of the entry that enters a bank's confirmation.
func PaidReference(item string) string { return string(ItemPaid) + ":" + item }
