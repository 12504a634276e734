package payouts

import (
	"cmp"
	"context"
	"regexp"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// Statement is what an artisan earned and was paid in a period, from the sealed
// book, and where her money stands now. All sums are paise owed to her.
type Statement struct {
	Artisan   artisans.Artisan
	From, To  string
	Earned    money.Paise // credited in the period
	PaidOut   money.Paise // left the bank in the period, less what came back
	Held      money.Paise // now
	Payable   money.Paise
	Claimed   money.Paise
	InTransit money.Paise
	Paid      money.Paise // ever
	Lines     []StatementLine
}

// StatementLine is one movement of her money.
type StatementLine struct {
	EntryID      string      `db:"entry_id"`
	Block        int64       `db:"block"`
	BusinessDate string      `db:"business_date"`
	Kind         string      `db:"kind"`
	Reason       string      `db:"reason"`
	Account      string      `db:"account"`
	Nature       string      `db:"nature"`
	Order        string      `db:"order_id"`
	Lot          string      `db:"lot_id"`
	Paise        money.Paise `db:"paise"` // debit +, credit −, as posted
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

// Statement reads an artisan's statement for a period of business dates. Finance,
// administrators and the coordinator of her area may.
func (s *Service) Statement(ctx context.Context, actor auth.Actor, artisan, from, to string) (Statement, error) {
	a, err := s.artisans.Artisan(ctx, actor, artisan)
	if err != nil {
		return Statement{}, err
	}
	if from, to, err = period(from, to, s.Today()); err != nil {
		return Statement{}, err
	}
	out := Statement{Artisan: a, From: from, To: to}
	if _, err := ledger.Seal(ctx, s.db); err != nil {
		return out, err
	}
	return out, s.db.Read(ctx, func(tx *db.Tx) error {
		var lines []StatementLine
		if err := tx.Select(&lines, `
			SELECT e.id AS entry_id, s.block, e.business_date, e.kind, e.reason, p.account, p.nature, p.order_id, p.lot_id, p.paise
			FROM postings p
			JOIN entries e ON e.id = p.entry_id
			JOIN seals s ON s.entry_id = p.entry_id
			WHERE p.artisan_id = $1
			ORDER BY s.block, s.pos, p.pos`, artisan); err != nil {
			return err
		}
		out.add(lines)
		return nil
	})
}

// beginning is the first day of a period that begins nowhere.
const beginning = "2000-01-01"

// period fills in what was left out of a period, and refuses what is none.
func period(from, to, today string) (string, string, error) {
	from, to = cmp.Or(from, beginning), cmp.Or(to, today)
	if !dateForm.MatchString(from) || !dateForm.MatchString(to) || from > to {
		return "", "", ErrPeriod
	}
	return from, to, nil
}

func (st *Statement) add(lines []StatementLine) {
	standing := map[ledger.Account]*money.Paise{
		ledger.Held(st.Artisan.ID): &st.Held, ledger.Payable(st.Artisan.ID): &st.Payable,
		ledger.Claimed(st.Artisan.ID): &st.Claimed, ledger.InTransit(st.Artisan.ID): &st.InTransit,
	}
	for _, l := range lines {
		in := l.BusinessDate >= st.From && l.BusinessDate <= st.To
		if in {
			st.Lines = append(st.Lines, l)
		}
		account := ledger.Account(l.Account)
		if sum, ok := standing[account]; ok {
			*sum -= l.Paise
			if in && (l.Kind == "sale" || l.Kind == "accept") {
				st.Earned -= l.Paise
			}
		}
		if (account == ledger.Bank(MainBank) || account == ledger.Till(OfficeTill)) && l.Nature == payoutNature {
			st.Paid -= l.Paise
			if in {
				st.PaidOut -= l.Paise
			}
		}
	}
}
