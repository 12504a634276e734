package payouts

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/money"
	"saebaan/internal/tds"
)

// ErrQuarter refuses a quarter that there is none of.
var ErrQuarter = fault.New(fault.Invalid, "payouts.quarter", "A financial year is written 2026-27, and its quarters are 1, from April, to 4.")

// TaxQuarter is the tax deducted at source in a quarter of a financial year, by
// the business dates of the claims that deducted it. Sums are paise.
type TaxQuarter struct {
	Year     string // 2026-27
	Quarter  int    // 1 is April to June
	From, To string
	Rows     []TaxRow
	Natures  []TaxSum
	Gross    money.Paise
	Tax      money.Paise
	Whole    bool // the PANs are whole
}

// TaxRow is one deduction that stands: that of a payment of a run that was not
// withdrawn, also where the payment came back.
type TaxRow struct {
	Artisan string            `db:"artisan_id"`
	NameEn  string            `db:"name_en"`
	NameHi  string            `db:"name_hi"`
	Run     string            `db:"run_id"`
	EntryID string            `db:"entry_id"`
	Account string            `db:"account"`
	Date    string            `db:"business_date"`
	RunDate string            `db:"run_date"`
	Gross   money.Paise       `db:"gross_paise"` // of the payment
	Tax     money.Paise       `db:"paise"`
	HadPAN  bool              `db:"had_pan"` // when the run was prepared
	PAN     string            // masked, or whole in a file; "" when she has given none
	Nature  string            // of the payment
	Section string            // in force on the date of deduction
	Code    string            // likewise
	Rate    money.BasisPoints // that of the run's day, with or without a PAN
}

// TaxSum compares what was deducted for one nature with its account in the book.
type TaxSum struct {
	Nature    string
	Deducted  money.Paise // the rows
	Withdrawn money.Paise // of withdrawn runs: deducted and not given back in the quarter, less what was given back of another
	Book      money.Paise // credited to liability:tds:<nature> in the quarter, less what was debited
}

// Ties reports whether rows and book agree.
func (s TaxSum) Ties() bool { return s.Deducted+s.Withdrawn == s.Book }

// Ties reports whether every nature agrees with the book.
func (q TaxQuarter) Ties() bool {
	return !slices.ContainsFunc(q.Natures, func(s TaxSum) bool { return !s.Ties() })
}

var yearForm = regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}$`)

// quarterOf is the quarter with its first and last day.
func quarterOf(year string, quarter int) (TaxQuarter, error) {
	q := TaxQuarter{Year: year, Quarter: quarter}
	if !yearForm.MatchString(year) || quarter < 1 || quarter > 4 {
		return q, ErrQuarter
	}
	april, err := strconv.Atoi(year[:4])
	if err != nil || fmt.Sprintf("%02d", (april+1)%100) != year[5:] {
		return q, ErrQuarter
	}
	q.From = []string{"%04d-04-01", "%04d-07-01", "%04d-10-01", "%04d-01-01"}[quarter-1]
	q.To = []string{"%04d-06-30", "%04d-09-30", "%04d-12-31", "%04d-03-31"}[quarter-1]
	if quarter == 4 {
		april++
	}
	q.From, q.To = fmt.Sprintf(q.From, april), fmt.Sprintf(q.To, april)
	return q, nil
}

// QuarterOn is the financial year and quarter that a business date lies in.
func QuarterOn(date string) (year string, quarter int) {
	april, err := strconv.Atoi(date[:min(4, len(date))])
	if err != nil || len(date) < 7 {
		return "", 0
	}
	month, err := strconv.Atoi(date[5:7])
	if err != nil {
		return "", 0
	}
	if month < 4 {
		april, month = april-1, month+12
	}
	return fmt.Sprintf("%04d-%02d", april, (april+1)%100), (month - 1) / 3
}

// TaxQuarter reads the tax deducted in a quarter, with PANs masked. Finance and
// administrators may. Returns ErrQuarter.
func (s *Service) TaxQuarter(ctx context.Context, actor auth.Actor, year string, quarter int) (TaxQuarter, error) {
	if err := actor.Require(finance...); err != nil {
		return TaxQuarter{}, err
	}
	q, err := quarterOf(year, quarter)
	if err != nil {
		return q, err
	}
	return q, s.db.Read(ctx, func(tx *db.Tx) error {
		if err := q.read(tx); err != nil {
			return err
		}
		masked, err := artisans.MaskedPANs(tx, q.artisans())
		q.named(masked)
		return err
	})
}

// TaxFile is TaxQuarter for the return to the tax office, with PANs whole. A
// finance preparer or approver may, and the audit tells of it.
func (s *Service) TaxFile(ctx context.Context, actor auth.Actor, year string, quarter int) (TaxQuarter, error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return TaxQuarter{}, err
	}
	q, err := s.TaxQuarter(ctx, actor, year, quarter)
	if err != nil {
		return q, err
	}
	return q, s.db.Write(ctx, func(tx *db.Tx) error {
		whole, err := s.artisans.OpenPANs(tx, q.artisans())
		if err != nil {
			return err
		}
		q.named(whole)
		q.Whole = true
		return auth.Audit(tx, actor, "tds.pans", fmt.Sprintf("%s quarter %d", year, quarter), fmt.Sprintf("%d PANs opened for the file", len(whole)))
	})
}

func (q *TaxQuarter) artisans() []string {
	out := make([]string, len(q.Rows))
	for i, r := range q.Rows {
		out[i] = r.Artisan
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (q *TaxQuarter) named(pans map[string]string) {
	for i, r := range q.Rows {
		q.Rows[i].PAN = pans[r.Artisan]
	}
}

// read reads the rows, and the book beside them.
func (q *TaxQuarter) read(tx *db.Tx) error {
	if err := tx.Select(&q.Rows, `
		SELECT i.artisan_id, a.name_en, a.name_hi, i.run_id, e.id AS entry_id, p.account, e.business_date, r.business_date AS run_date,
			i.gross_paise, CAST(-SUM(p.paise) AS BIGINT) AS paise,
			EXISTS (SELECT 1 FROM pans n WHERE n.artisan_id = i.artisan_id AND n.created_at <= r.prepared_at) AS had_pan
		FROM entries e
		JOIN postings p ON p.entry_id = e.id
		JOIN payout_items i ON i.id = SUBSTR(e.reference, 7)
		JOIN payout_runs r ON r.id = i.run_id
		JOIN artisans a ON a.id = i.artisan_id
		WHERE e.kind = 'claim' AND e.business_date >= $1 AND e.business_date <= $2
			AND p.account >= 'liability:tds:' AND p.account < 'liability:tds;' AND i.state <> 'withdrawn'
		GROUP BY i.artisan_id, a.name_en, a.name_hi, i.id, i.run_id, e.id, p.account, e.business_date, r.business_date, r.prepared_at, i.gross_paise
		ORDER BY a.name_en, i.artisan_id, e.business_date, i.id, p.account`, q.From, q.To); err != nil {
		return err
	}
	sums := map[string]*TaxSum{}
	for i := range q.Rows {
		r := &q.Rows[i]
		r.rule()
		s := sumOf(sums, r.Nature)
		s.Deducted += r.Tax
		q.Gross += r.Gross
		q.Tax += r.Tax
	}
	if err := q.readBook(tx, sums); err != nil {
		return err
	}
	for _, s := range sums {
		q.Natures = append(q.Natures, *s)
	}
	slices.SortFunc(q.Natures, func(a, b TaxSum) int { return cmp.Compare(a.Nature, b.Nature) })
	return nil
}

func sumOf(sums map[string]*TaxSum, nature string) *TaxSum {
	if sums[nature] == nil {
		sums[nature] = &TaxSum{Nature: nature}
	}
	return sums[nature]
}

// readBook adds up the tax accounts in the quarter, and what of it belongs to
// runs that were withdrawn.
func (q *TaxQuarter) readBook(tx *db.Tx, sums map[string]*TaxSum) error {
	var rows []struct {
		Account   string      `db:"account"`
		Book      money.Paise `db:"book"`
		Withdrawn money.Paise `db:"withdrawn"`
	}
	err := tx.Select(&rows, `
		SELECT p.account, CAST(-SUM(p.paise) AS BIGINT) AS book,
			CAST(-SUM(CASE WHEN i.state = 'withdrawn' THEN p.paise ELSE 0 END) AS BIGINT) AS withdrawn
		FROM entries e
		JOIN postings p ON p.entry_id = e.id
		LEFT JOIN payout_items i ON i.id = CASE e.kind WHEN 'claim' THEN SUBSTR(e.reference, 7) WHEN 'unclaim' THEN SUBSTR(e.reference, 9) ELSE '' END
		WHERE e.business_date >= $1 AND e.business_date <= $2 AND p.account >= 'liability:tds:' AND p.account < 'liability:tds;'
		GROUP BY p.account
		ORDER BY p.account`, q.From, q.To)
	for _, r := range rows {
		s := sumOf(sums, strings.TrimPrefix(r.Account, "liability:tds:"))
		s.Book, s.Withdrawn = r.Book, r.Withdrawn
	}
	return err
}

// rule fills in what the dated rules say about a deduction.
func (r *TaxRow) rule() {
	r.Nature = strings.TrimPrefix(r.Account, "liability:tds:")
	for _, rule := range tds.At(r.Date) {
		if rule.Nature == r.Nature {
			r.Section, r.Code = rule.Section, rule.Code
		}
	}
	for _, rule := range tds.At(r.RunDate) {
		if rule.Nature == r.Nature && r.HadPAN {
			r.Rate = rule.Rate
		} else if rule.Nature == r.Nature {
			r.Rate = rule.RateNoPAN
		}
	}
}
