package payouts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/bankfile"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/tds"
)

// standing is what a batch of artisans is reckoned from, by artisan.
type standing struct {
	payable  map[ledger.Account]money.Paise
	payees   map[string]artisans.Payee // of the artisans and of their groups
	member   map[string]string         // the group she is in
	through  map[string]string         // the group through whose account she is paid
	pans     map[string]bool
	years    []taxYear
	agreed   map[string][]Agreed
	advances map[string][]Outstanding
	position map[string]int64
}

// taxYear is a financial year in which credits may still be taxed: the one of
// the run and the one before, whose last credits may be payable only now.
type taxYear struct {
	year   string
	rules  []tds.Rule
	earned map[string]map[string]money.Paise
	done   map[string]tds.Year // by artisan and nature, with a space between
}

func standingOf(tx *db.Tx, r Run, who []string) (standing, error) {
	var s standing
	accounts := make([]ledger.Account, len(who))
	for i, a := range who {
		accounts[i] = ledger.Payable(a)
	}
	var err error
	if s.payable, err = ledger.BalancesAt(tx, r.Block, accounts); err != nil {
		return s, err
	}
	if s.member, err = artisans.MembersOn(tx, who, r.BusinessDate); err != nil {
		return s, err
	}
	if s.through, err = through(tx, who, r.BusinessDate, s.member); err != nil {
		return s, err
	}
	owners := append([]string(nil), who...)
	for _, g := range s.member {
		owners = append(owners, g)
	}
	slices.Sort(owners)
	if s.payees, err = artisans.Payees(tx, slices.Compact(owners)); err != nil {
		return s, err
	}
	if s.pans, s.years, err = taxStanding(tx, r, who); err != nil {
		return s, err
	}
	if s.agreed, err = agreed(tx, who, r.BusinessDate, s.member); err != nil {
		return s, err
	}
	if s.advances, err = outstanding(tx, who); err != nil {
		return s, err
	}
	s.position, err = positions(tx, who)
	return s, err
}

// taxStanding reads which artisans have given their PAN, and where they stand in
// the financial year before the run's and in the run's own.
func taxStanding(tx *db.Tx, r Run, who []string) (pans map[string]bool, years []taxYear, err error) {
	if pans, err = artisans.WithPAN(tx, who); err != nil {
		return nil, nil, err
	}
	for _, back := range []int{1, 0} {
		y, err := taxYearOf(tx, r, back, who)
		if err != nil {
			return nil, nil, err
		}
		years = append(years, y)
	}
	return pans, years, nil
}

// taxYearOf reads where the artisans stand in the financial year of the run, or
// so many years back.
func taxYearOf(tx *db.Tx, r Run, back int, who []string) (taxYear, error) {
	april, err := strconv.Atoi(r.BusinessDate[:4])
	if err != nil {
		return taxYear{}, err
	}
	if r.BusinessDate[5:7] < "04" {
		april--
	}
	april -= back
	from, to := fmt.Sprintf("%04d-04", april), fmt.Sprintf("%04d-03", april+1)
	date := min(r.BusinessDate, to+"-31")
	y := taxYear{year: gst.FinancialYear(date), rules: tds.At(date), done: map[string]tds.Year{}}
	if y.earned, err = ledger.Earnings(tx, who, from, to); err != nil {
		return y, err
	}
	var rows []struct {
		Artisan string      `db:"artisan_id"`
		Nature  string      `db:"nature"`
		Seen    money.Paise `db:"seen_paise"`
		Tax     money.Paise `db:"tax_paise"`
	}
	err = tx.Select(&rows, `
		SELECT artisan_id, nature, seen_paise, tax_paise
		FROM tds_years
		WHERE year = $1 AND artisan_id IN (`+db.List(2, len(who))+`)
		ORDER BY artisan_id, nature`, db.Args(who, y.year)...)
	for _, row := range rows {
		y.done[row.Artisan+" "+row.Nature] = tds.Year{Seen: row.Seen, Tax: row.Tax}
	}
	return y, err
}

func outstanding(tx *db.Tx, who []string) (map[string][]Outstanding, error) {
	out := map[string][]Outstanding{}
	var rows []struct {
		Artisan string      `db:"artisan_id"`
		ID      string      `db:"id"`
		Left    money.Paise `db:"left_paise"`
	}
	err := tx.Select(&rows, `
		SELECT artisan_id, id, amount_paise - recovered_paise - written_paise AS left_paise
		FROM advances
		WHERE state = $1 AND paused = '' AND artisan_id IN (`+db.List(2, len(who))+`)
		ORDER BY id`, db.Args(who, AdvanceGiven)...)
	for _, r := range rows {
		out[r.Artisan] = append(out[r.Artisan], Outstanding{r.ID, r.Left})
	}
	return out, err
}

func positions(tx *db.Tx, who []string) (map[string]int64, error) {
	out := map[string]int64{}
	var rows []struct {
		Artisan string `db:"artisan_id"`
		Version int64  `db:"version"`
	}
	err := tx.Select(&rows, `
		SELECT artisan_id, version
		FROM payout_positions
		WHERE artisan_id IN (`+db.List(1, len(who))+`)
		ORDER BY artisan_id`, db.Args(who)...)
	for _, r := range rows {
		out[r.Artisan] = r.Version
	}
	return out, err
}

// moveOn raises the positions of artisans, so that what was reckoned for them
// before is not claimed any more.
func moveOn(tx *db.Tx, who []string) error {
	if len(who) == 0 {
		return nil
	}
	_, err := tx.Exec(`
		UPDATE payout_positions
		SET version = version + 1
		WHERE artisan_id IN (`+db.List(1, len(who))+`)`, db.Args(who)...)
	return err
}

// tax is what must be deducted for an artisan from so much that is available.
func (s standing) tax(artisan string, available money.Paise) ([]Deduction, error) {
	var out []Deduction
	for _, y := range s.years {
		for _, rule := range y.rules {
			year := y.done[artisan+" "+rule.Nature]
			var err error
			if year.Gross, err = rule.Credited(y.earned[artisan]); err != nil {
				return nil, err
			}
			due, after, err := rule.Due(year, available, s.pans[artisan])
			if err != nil {
				return nil, err
			}
			seen := after.Seen - year.Seen
			if due == 0 && seen == 0 {
				continue
			}
			available -= seen
			out = append(out, Deduction{Kind: KindTDS, Of: rule.Nature, Year: y.year, Seen: seen, Paise: due})
		}
	}
	return out, nil
}

// reckoning is what a run holds of one artisan: an item with its deductions, or
// the reason why there is none.
type reckoning struct {
	item      Item
	taken     []Deduction
	exception Exception
}

// reckon decides about one artisan; ok is false when she is owed nothing.
func (s standing) reckon(tx *db.Tx, terms Terms, r Run, artisan string) (out reckoning, ok bool, err error) {
	available := -s.payable[ledger.Payable(artisan)]
	if available == 0 {
		return out, false, nil
	}
	tax, err := s.tax(artisan, available)
	if err != nil {
		return out, false, err
	}
	got := terms.Reckon(Owed{Available: available, Tax: tax, Agreed: s.agreed[artisan], Advances: s.advances[artisan]})
	payee, reason := s.payee(artisan, tx.Now())
	switch {
	case got.Carried != "":
		reason = got.Carried
	case reason == "" && !bankfile.Carries(payee.Kind, r.BusinessDate, got.Net):
		reason = OverLimit
	}
	if reason != "" {
		return reckoning{exception: Exception{ArtisanID: artisan, Amount: available, Reason: reason}}, true, nil
	}
	i := id.New("pit")
	for k := range got.Deductions {
		got.Deductions[k].ItemID = i
	}
	return reckoning{taken: got.Deductions, item: Item{ID: i, RunID: r.ID, ArtisanID: artisan, Gross: got.Gross, Amount: got.Net,
		Position: s.position[artisan], Group: s.through[artisan], PayeeID: payee.ID, Rail: payee.Kind, Reference: referenceOf(i), State: ItemDraft}}, true, nil
}

// payee is where an artisan's money goes, or the reason why it cannot go now.
func (s standing) payee(artisan string, now db.Time) (artisans.Payee, string) {
	owner := artisan
	if g := s.through[artisan]; g != "" {
		owner = g
	}
	p, ok := s.payees[owner]
	switch {
	case !ok && owner == artisan && s.payees[s.member[artisan]].ID != "":
		return p, NoConsent
	case !ok:
		return p, NoPayee
	case p.UsableFrom > now:
		return p, PayeeWaiting
	case p.Dead():
		return p, DeadIFSC
	}
	return p, ""
}

// referenceOf is our reference of a payment in the bank's file and answer.
func referenceOf(id string) string { return "SB" + strings.ToUpper(id[len(id)-13:]) }
