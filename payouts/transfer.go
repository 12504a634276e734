package payouts

import (
	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/bankfile"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// KindAccount is the consent to be paid through the account of her group.
const KindAccount = "account"

// Transfer is one payment to a group in a run: what its members are paid through
// its account, and what was taken from members for it in runs that were sent before.
type Transfer struct {
	ID        string      `db:"id"`
	RunID     string      `db:"run_id"`
	Group     string      `db:"group_id"`
	PayeeID   string      `db:"payee_id"`
	Rail      string      `db:"rail"`
	Reference string      `db:"reference"`
	Savings   money.Paise `db:"savings_paise"`
	Loan      money.Paise `db:"loan_paise"`
	State     ItemState   `db:"state"`
	UTR       *string     `db:"utr"`
	Reason    string      `db:"reason"`

	NameEn     string `db:"name_en"`
	NameHi     string `db:"name_hi"`
	PayeeShown string `db:"payee_masked"`
	PayeeNow   bool   `db:"payee_now"`

	Members []Item // those paid through it
}

// Dues are what was taken for the group itself.
func (t Transfer) Dues() money.Paise { return t.Savings + t.Loan }

// Total is what the group's account receives.
func (t Transfer) Total() money.Paise {
	sum := t.Dues()
	for _, i := range t.Members {
		sum += i.Amount
	}
	return sum
}

// through tells, by artisan, the group through whose account she has agreed to be
// paid on a date, as far as she is its member then.
func through(tx *db.Tx, who []string, date string, member map[string]string) (map[string]string, error) {
	out := map[string]string{}
	var rows []struct {
		Artisan string `db:"artisan_id"`
		Group   string `db:"group_id"`
	}
	err := tx.Select(&rows, `
		SELECT artisan_id, group_id
		FROM deduction_consents
		WHERE kind = 'account' AND from_date <= $1 AND revoked_at IS NULL AND artisan_id IN (`+db.List(2, len(who))+`)
		ORDER BY id`, db.Args(who, date)...)
	for _, r := range rows {
		if member[r.Artisan] == r.Group {
			out[r.Artisan] = r.Group
		}
	}
	return out, err
}

// addTransfers adds the transfers of a run that is filled: for every group that
// somebody is paid through, and for every group in the run's scope that is owed
// what was taken for it and has an account.
func addTransfers(tx *db.Tx, r Run) error {
	var groups []string
	if err := tx.Select(&groups, `
		SELECT g.id
		FROM self_help_groups g
		WHERE EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = $1 AND i.group_id = g.id)
			OR (($2 = '' OR g.area = $2) AND ($3 = '' OR g.id = $3)
				AND EXISTS (SELECT 1 FROM balances b WHERE b.paise < 0
					AND b.account IN ('liability:group:' || g.id || ':savings', 'liability:group:' || g.id || ':loan')))
		ORDER BY g.id`, r.ID, r.Area, r.Group); err != nil || len(groups) == 0 {
		return err
	}
	payees, err := artisans.Payees(tx, groups)
	if err != nil {
		return err
	}
	for _, g := range groups {
		p, ok := payees[g]
		if !ok {
			continue // what was taken for it waits until it has an account
		}
		savings, loan, err := duesOf(tx, g)
		if err != nil {
			return err
		}
		if p.UsableFrom > tx.Now() || p.Dead() {
			savings, loan = 0, 0
		}
		t := Transfer{ID: id.New("ptr"), RunID: r.ID, Group: g}
		members, err := membersOf(tx, t)
		if err != nil {
			return err
		}
		if members == 0 && savings+loan == 0 {
			continue
		}
		if _, err := tx.Exec(`
			INSERT INTO payout_transfers (id, run_id, group_id, payee_id, rail, reference, savings_paise, loan_paise, state, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9)`,
			t.ID, r.ID, g, p.ID, p.Kind, referenceOf(t.ID), savings, loan, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// duesOf is what may be paid to a group of what was taken for it: not what a run
// holds that may still be withdrawn.
func duesOf(tx *db.Tx, group string) (savings, loan money.Paise, err error) {
	if savings, err = dueOf(tx, group, KindSavings); err != nil {
		return 0, 0, err
	}
	loan, err = dueOf(tx, group, KindLoan)
	return savings, loan, err
}

func dueOf(tx *db.Tx, group, kind string) (money.Paise, error) {
	var open money.Paise
	if err := tx.Get(&open, `
		SELECT CAST(COALESCE(SUM(d.paise), 0) AS BIGINT)
		FROM payout_runs r
		JOIN payout_items i ON i.run_id = r.id AND i.state IN ('claimed', 'in_transit')
		JOIN payout_deductions d ON d.item_id = i.id AND d.kind = $1 AND d.group_id = $2
		WHERE r.state IN ('submitting', 'submitted', 'approved', 'withdrawn')`, kind, group); err != nil {
		return 0, err
	}
	balance, err := ledger.Balance(tx, ledger.Group(group, kind))
	return max(0, -balance-open), err
}

// claimTransfers sets aside what the run's transfers pay to groups; what another
// run has claimed meanwhile is left out.
func claimTransfers(tx *db.Tx, run string) error {
	transfers, err := transfersIn(tx, run, ItemDraft)
	if err != nil {
		return err
	}
	for _, t := range transfers {
		savings, loan, err := duesOf(tx, t.Group)
		if err != nil {
			return err
		}
		t.Savings, t.Loan = min(t.Savings, savings), min(t.Loan, loan)
		if _, err := tx.Exec(`
			UPDATE payout_transfers
			SET savings_paise = $1, loan_paise = $2
			WHERE id = $3`, t.Savings, t.Loan, t.ID); err != nil {
			return err
		}
		to := ItemClaimed
		if members, err := membersOf(tx, t); err != nil {
			return err
		} else if t.Dues() == 0 && members == 0 {
			to = ItemWithdrawn
		}
		if err := moveTransfer(tx, t, to, "", duesEntry(t, "group_claim", ledger.GroupInTransit(t.Group), 1)); err != nil {
			return err
		}
	}
	return nil
}

// membersOf counts who is still paid through a transfer.
func membersOf(tx *db.Tx, t Transfer) (n int, err error) {
	return n, tx.Get(&n, `
		SELECT COUNT(*)
		FROM payout_items
		WHERE run_id = $1 AND group_id = $2 AND state <> 'withdrawn'`, t.RunID, t.Group)
}

// unclaimTransfers gives back what a withdrawn run had set aside for groups.
func unclaimTransfers(tx *db.Tx, run string) error {
	for _, state := range []ItemState{ItemDraft, ItemClaimed, ItemInTransit} {
		transfers, err := transfersIn(tx, run, state)
		if err != nil {
			return err
		}
		for _, t := range transfers {
			e := duesEntry(t, "group_unclaim", ledger.GroupInTransit(t.Group), -1)
			if state == ItemDraft {
				e = nil
			}
			if err := moveTransfer(tx, t, ItemWithdrawn, "withdrawn", e); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendTransfers marks the transfers of an approved run as told to the bank; their
// money is set aside already.
func sendTransfers(tx *db.Tx, run string) error {
	transfers, err := transfersIn(tx, run, ItemClaimed)
	if err != nil {
		return err
	}
	for _, t := range transfers {
		if err := moveTransfer(tx, t, ItemInTransit, "", nil); err != nil {
			return err
		}
	}
	return nil
}

// moveTransfer moves one transfer, which the WHERE guards, and posts an entry
// unless nothing of it is the group's own.
func moveTransfer(tx *db.Tx, t Transfer, to ItemState, reason string, e *ledger.Entry) error {
	n, err := tx.Exec(`
		UPDATE payout_transfers
		SET state = $1, reason = $2, updated_at = $3
		WHERE id = $4 AND state = $5`, to, reason, tx.Now(), t.ID, t.State)
	if err != nil {
		return err
	}
	if n == 0 || !t.State.can(to) {
		return ErrState
	}
	if e == nil || t.Dues() == 0 {
		return nil
	}
	_, err = ledger.Post(tx, e)
	return err
}

// duesEntry takes what is the group's own out of what was taken for it and into
// an account; sign −1 puts it back from there.
func duesEntry(t Transfer, kind string, to ledger.Account, sign money.Paise) *ledger.Entry {
	e := ledger.New(kind, kind+":"+t.ID, auth.System("payouts").String()).
		Debit(ledger.Group(t.Group, KindSavings), sign*t.Savings, ledger.Tags{}).
		Debit(ledger.Group(t.Group, KindLoan), sign*t.Loan, ledger.Tags{}).
		Credit(to, sign*t.Dues(), ledger.Tags{})
	if sign < 0 {
		return e.Guard(ledger.GroupInTransit(t.Group))
	}
	return e.Guard(ledger.Group(t.Group, KindSavings)).Guard(ledger.Group(t.Group, KindLoan))
}

// transfersIn reads a run's transfers in a state; an empty state is any.
func transfersIn(tx *db.Tx, run string, state ItemState) ([]Transfer, error) {
	var out []Transfer
	return out, tx.Select(&out, `
		SELECT t.id, t.run_id, t.group_id, t.payee_id, t.rail, t.reference, t.savings_paise, t.loan_paise, t.state, t.utr, t.reason,
			g.name_en, g.name_hi, p.masked AS payee_masked,
			p.owner_id = t.group_id AND p.version = (SELECT MAX(n.version) FROM payees n WHERE n.owner_id = t.group_id) AS payee_now
		FROM payout_transfers t
		JOIN self_help_groups g ON g.id = t.group_id
		JOIN payees p ON p.id = t.payee_id
		WHERE t.run_id = $1 AND ($2 = '' OR t.state = $2)
		ORDER BY t.group_id`, run, state)
}

// answerTransfer moves a transfer with everybody who is paid through it.
func answerTransfer(tx *db.Tx, actor auth.Actor, t Transfer, a Answer) error {
	reason := bankfile.Plain(a.Reason)
	var e *ledger.Entry
	switch {
	case a.Status == ItemPaid:
		e = ledger.New("group_paid", "group_paid:"+t.ID, actor.String()).Because("bank_answer").
			Debit(ledger.GroupInTransit(t.Group), t.Dues(), ledger.Tags{}).Credit(paidFrom(t.Rail == RailCash), t.Dues(), ledger.Tags{}).Guard(ledger.GroupInTransit(t.Group))
	case t.State == ItemPaid:
		e = duesEntry(t, "group_returned", paidFrom(t.Rail == RailCash), -1)
	default:
		e = duesEntry(t, "group_"+string(a.Status), ledger.GroupInTransit(t.Group), -1)
	}
	members, err := throughTransfer(tx, t)
	if err != nil {
		return err
	}
	if len(members) > 0 {
		if err := moveItems(tx, members, a.Status, reason, func(i Item) *ledger.Entry { return answerEntry(actor, i, a) }); err != nil {
			return err
		}
	}
	return moveTransfer(tx, t, a.Status, reason, e)
}

// throughTransfer reads the items that are paid through a transfer and stand where
// it stands.
func throughTransfer(tx *db.Tx, t Transfer) ([]Item, error) {
	var out []Item
	return out, tx.Select(&out, `
		SELECT `+itemColumns+`
		FROM payout_items
		WHERE run_id = $1 AND group_id = $2 AND state = $3
		ORDER BY artisan_id`, t.RunID, t.Group, t.State)
}
