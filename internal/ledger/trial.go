package ledger

import (
	"errors"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Classes are the five of the chart, in the order of a trial balance.
var Classes = []string{"asset", "liability", "head", "trust", "loss"}

// Class is what an account belongs to: the first word of its name.
func (a Account) Class() string {
	class, _, _ := strings.Cut(string(a), ":")
	return class
}

// Family is an account's name with a star where it names one owner, such as
// "liability:artisan:*:held"; an account of its own is its own family.
func (a Account) Family() string {
	parts := strings.Split(string(a), ":")
	if len(parts) < 3 {
		return string(a)
	}
	switch parts[1] {
	case "subsidy", "tds", "bank", "till":
		return string(a)
	}
	parts[2] = "*"
	return strings.Join(parts, ":")
}

// TrialLine is an account whose balance, in paise, stands on one of two sides.
type TrialLine struct {
	Account Account
	Debit   money.Paise
	Credit  money.Paise
}

// Sums are two columns that stand side by side, in paise, and how many accounts
// they are of.
type Sums struct {
	Debit, Credit money.Paise
	Accounts      int64
}

// TrialBalance is every account that is not empty. Its columns are equal.
type TrialBalance struct {
	Block Block  // the newest block that it looked at
	Date  string // it counts entries up to this business date; "" is all of them
	Lines []TrialLine
	Sums
}

// By sums the lines by what key says of their accounts.
func (t TrialBalance) By(key func(Account) string) map[string]Sums {
	out := map[string]Sums{}
	for _, l := range t.Lines {
		s := out[key(l.Account)]
		out[key(l.Account)] = Sums{s.Debit + l.Debit, s.Credit + l.Credit, s.Accounts + 1}
	}
	return out
}

// BlockAt reads a block, the newest for 0. Returns ErrNoBlock.
func BlockAt(tx *db.Tx, no int64) (Block, error) {
	if no == 0 {
		return HeadBlock(tx)
	}
	var b Block
	err := tx.Get(&b, `
		SELECT no, prev, count, root, hash, sealed_at
		FROM blocks
		WHERE no = $1`, no)
	if errors.Is(err, db.ErrNone) {
		return b, ErrNoBlock
	}
	return b, err
}

// Trial is the trial balance at a block, the newest for 0, or with a date that of
// the entries up to this business date. It reads what the sealer summed and, for
// a date, the entries since the first block that holds a later one.
func Trial(tx *db.Tx, block int64, date string) (TrialBalance, error) {
	out := TrialBalance{Date: date}
	var err error
	if out.Block, err = BlockAt(tx, block); err != nil {
		return out, err
	}
	at := out.Block.No
	if date != "" {
		if at, err = blocksBefore(tx, date+"~", at); err != nil { // any later day
			return out, err
		}
	}
	sums, err := allBalances(tx, at)
	if err != nil {
		return out, err
	}
	if at < out.Block.No {
		if sums, err = addLater(tx, sums, Place{Block: at, Pos: out.Block.No}, date); err != nil {
			return out, err
		}
	}
	return out, out.fill(sums)
}

// blocksBefore is the last block which, like all before it, holds only entries of
// business dates before a day.
func blocksBefore(tx *db.Tx, day string, head int64) (int64, error) {
	var first int64
	err := tx.Get(&first, `
		SELECT CAST(COALESCE(MIN(s.block), 0) AS BIGINT)
		FROM entries e
		JOIN seals s ON s.entry_id = e.id
		WHERE e.business_date >= $1`, day)
	if first == 0 || first > head {
		return head, err
	}
	return first - 1, err
}

// allBalances are the balances of all accounts at a block, in name order.
func allBalances(tx *db.Tx, block int64) ([]accountSum, error) {
	var out []accountSum
	return out, tx.Select(&out, `
		SELECT h.account, a.paise
		FROM account_heads h
		JOIN account_blocks a ON a.account = h.account
		WHERE a.block = (
			SELECT MAX(b.block)
			FROM account_blocks b
			WHERE b.account = h.account AND b.block <= $1)
		ORDER BY h.account`, block)
}

// addLater adds the entries of the blocks after span.Block up to span.Pos whose
// business date is not after the date.
func addLater(tx *db.Tx, sums []accountSum, span Place, date string) ([]accountSum, error) {
	var more []accountSum
	if err := tx.Select(&more, `
		SELECT p.account, CAST(SUM(p.paise) AS BIGINT) AS paise
		FROM seals s
		JOIN entries e ON e.id = s.entry_id
		JOIN postings p ON p.entry_id = e.id
		WHERE s.block > $1 AND s.block <= $2 AND e.business_date <= $3
		GROUP BY p.account
		ORDER BY p.account`, span.Block, span.Pos, date); err != nil {
		return nil, err
	}
	out := make([]accountSum, 0, len(sums)+len(more))
	for len(sums) > 0 || len(more) > 0 {
		switch {
		case len(more) == 0 || len(sums) > 0 && sums[0].Account < more[0].Account:
			out, sums = append(out, sums[0]), sums[1:]
		case len(sums) == 0 || more[0].Account < sums[0].Account:
			out, more = append(out, more[0]), more[1:]
		default:
			p, err := money.Add(sums[0].Paise, more[0].Paise)
			if err != nil {
				return nil, err
			}
			out, sums, more = append(out, accountSum{sums[0].Account, p}), sums[1:], more[1:]
		}
	}
	return out, nil
}

// fill puts the balances on their sides and adds the columns up.
func (t *TrialBalance) fill(sums []accountSum) (err error) {
	for _, s := range sums {
		l := TrialLine{Account: s.Account}
		switch {
		case s.Paise == 0:
			continue
		case s.Paise > 0:
			l.Debit = s.Paise
		default:
			l.Credit = -s.Paise
		}
		if t.Debit, err = money.Add(t.Debit, l.Debit); err != nil {
			return err
		}
		if t.Credit, err = money.Add(t.Credit, l.Credit); err != nil {
			return err
		}
		t.Lines = append(t.Lines, l)
	}
	t.Accounts = int64(len(t.Lines))
	return nil
}
