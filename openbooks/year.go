package openbooks

import (
	"context"
	"encoding/base64"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/payouts"
)

// The faults of the yearly book.
var (
	ErrYear   = fault.New(fault.Invalid, "openbooks.year", "A financial year is written 2026-27; it begins in April.")
	ErrNoYear = fault.New(fault.NotFound, "openbooks.no_year", "There is no yearly book of this year yet.")
)

// Year is the open book of a financial year. Its JSON is what is signed. Promised
// is the sum of all that became of it; so it is in every row.
type Year struct {
	Version  int         `json:"version" doc:"Of this form: 1"`
	Year     string      `json:"year" doc:"Like 2026-27"`
	From     string      `json:"from"`
	To       string      `json:"to"`
	Block    int64       `json:"block" doc:"Of the ledger: all that was sealed up to it counts, with what became of this year's promises after the year"`
	Hash     string      `json:"hash" doc:"Of that block"`
	KeptAt   int64       `json:"kept_at_us" doc:"When this was reckoned, in microseconds UTC"`
	Fewest   int64       `json:"fewest" doc:"No sum is of fewer women"`
	Withheld bool        `json:"withheld" doc:"The year's women are too few to tell any sum"`
	Areas    []YearArea  `json:"areas" nullable:"false"`
	Heads    []YearHead  `json:"heads" nullable:"false" doc:"Cost heads, and what is the trust's"`
	Months   []YearMonth `json:"months" nullable:"false" doc:"The year's closed months, newest first"`
}

// YearArea is what the women of an area were promised and what became of it.
type YearArea struct {
	Area   string     `json:"area" doc:"Where they live now; empty for several areas with few women together"`
	Makers int64      `json:"makers"`
	Sums   YearSums   `json:"sums"`
	Work   []YearWork `json:"work" nullable:"false"`
}

// YearWork is one kind of their work.
type YearWork struct {
	Kind  string   `json:"kind" doc:"cost (their own material), wage or makers (their part of the balance); empty for kinds of work of few women together"`
	Stage string   `json:"stage" doc:"Of a wage or balance, else the head"`
	Sums  YearSums `json:"sums"`
}

// YearSums are sums over several women.
type YearSums struct {
	Promised  BookMoney `json:"promised" doc:"Credited in the year by sales and accepted work; the sum of all the others"`
	Reversed  BookMoney `json:"reversed" doc:"Taken back with returned pieces"`
	Paid      BookMoney `json:"paid" doc:"Confirmed in the year by the bank, or by a signed voucher"`
	PaidLater BookMoney `json:"paid_later" doc:"Likewise, after the year"`
	Tax       BookMoney `json:"tax" doc:"Deducted at source"`
	Group     BookMoney `json:"group" doc:"Given to their groups, as savings or for loans"`
	Advance   BookMoney `json:"advance" doc:"Recovered of advances"`
	OnTheWay  BookMoney `json:"on_the_way" doc:"In payments that are not confirmed"`
	Held      BookMoney `json:"held" doc:"Until the time for returns, or a dispute, is over"`
	Payable   BookMoney `json:"payable" doc:"In no payment yet; below zero, paid for pieces that came back"`
}

// YearHead is a cost head, or an account of the trust's own.
type YearHead struct {
	Account  string    `json:"account"`
	Promised BookMoney `json:"promised" doc:"By the prices of what was sold, less what came back"`
	Spent    BookMoney `json:"spent" doc:"Billed by suppliers and the gateway"`
	Closed   BookMoney `json:"closed" doc:"To the fund, when months were closed; on the fund itself below zero: what it got"`
	Other    BookMoney `json:"other" doc:"What else the trust got or, below zero, bore"`
	Left     BookMoney `json:"left" doc:"promised − spent − closed + other: what the year added to the account"`
}

// YearMonth is a closed month.
type YearMonth struct {
	Month string          `json:"month"`
	Heads []YearMonthHead `json:"heads" nullable:"false"`
}

// YearMonthHead is the variance of a head in a closed month.
type YearMonthHead struct {
	Account  string    `json:"account"`
	Promised BookMoney `json:"promised"`
	Billed   BookMoney `json:"billed"`
	Variance BookMoney `json:"variance" doc:"What the fund got or, below zero, bore"`
}

// SignedYear is a year's book with its signature over its bytes.
type SignedYear struct {
	Book      Year
	Bytes     []byte
	KeyID     string
	Signature string
}

// Years lists the financial years that have a book, newest first.
func (s *Service) Years(ctx context.Context) ([]string, error) {
	var out []string
	return out, s.db.Select(ctx, &out, `
		SELECT DISTINCT year
		FROM year_heads
		UNION
		SELECT DISTINCT year
		FROM year_sums
		ORDER BY year DESC`)
}

// Year is the open book of a financial year as KeepYears kept it last, signed;
// everybody may. Returns ErrYear, ErrNoYear.
func (s *Service) Year(ctx context.Context, year string) (SignedYear, error) {
	from, to, ok := payouts.YearSpan(year)
	if !ok {
		return SignedYear{}, ErrYear
	}
	out := SignedYear{Book: Year{Version: 1, Year: year, From: from, To: to, Fewest: FewestMakers,
		Areas: []YearArea{}, Heads: []YearHead{}, Months: []YearMonth{}}}
	b := &out.Book
	if err := s.db.Read(ctx, b.read); err != nil {
		return out, err
	}
	if len(b.Areas)+len(b.Heads) == 0 && !b.Withheld {
		return out, ErrNoYear
	}
	var err error
	if out.Bytes, err = canonical(b); err != nil {
		return out, err
	}
	out.KeyID, _ = s.keys.PublicKey()
	out.Signature = base64.StdEncoding.EncodeToString(s.keys.Sign(out.Bytes))
	return out, nil
}

func (b *Year) read(tx *db.Tx) error {
	m, err := readYearMark(tx)
	if err != nil {
		return err
	}
	b.Block, b.Hash, b.KeptAt = m.Block, m.Hash, int64(m.KeptAt)
	if err := b.readAreas(tx); err != nil {
		return err
	}
	if err := b.readHeads(tx); err != nil {
		return err
	}
	months, err := payouts.ClosedMonths(tx, b.From[:7], b.To[:7])
	for _, c := range months {
		one := YearMonth{Month: c.Month, Heads: []YearMonthHead{}}
		for _, r := range c.Rows {
			one.Heads = append(one.Heads, YearMonthHead{string(r.Account), inr(r.Promised), inr(r.Billed), inr(r.Variance())})
		}
		b.Months = append(b.Months, one)
	}
	return err
}

func (b *Year) readAreas(tx *db.Tx) error {
	var rows []yearCell
	if err := tx.Select(&rows, `
		SELECT year, area, head, makers AS women, `+becameColumns+`
		FROM year_sums
		WHERE year = $1
		ORDER BY area = '', area, head = '', head`, b.Year); err != nil {
		return err
	}
	var sum payouts.Became
	for _, r := range rows {
		n := len(b.Areas)
		if n == 0 || b.Areas[n-1].Area != r.Area {
			b.Areas, sum, n = append(b.Areas, YearArea{Area: r.Area, Makers: r.Women}), payouts.Became{}, n+1
		}
		a := &b.Areas[n-1]
		sum = sum.Plus(r.Became)
		kind, stage := workOf(r.Head)
		a.Sums, a.Work = yearSums(sum), append(a.Work, YearWork{kind, stage, yearSums(r.Became)})
	}
	if len(rows) > 0 {
		return nil
	}
	return tx.Get(&b.Withheld, `
		SELECT EXISTS (
			SELECT 1
			FROM year_promises
			WHERE year = $1)`, b.Year)
}

// workOf is the kind and stage of the nature of a posting to a maker.
func workOf(nature string) (kind, stage string) {
	kind, stage, staged := strings.Cut(nature, ":")
	switch {
	case nature == "":
		return "", ""
	case !staged:
		return catalog.Cost, nature
	case kind == "balance":
		return catalog.Makers, stage
	}
	return kind, stage
}

func yearSums(b payouts.Became) YearSums {
	return YearSums{inr(b.Promised), inr(b.Reversed), inr(b.Paid), inr(b.Later), inr(b.Tax), inr(b.Group), inr(b.Advance),
		inr(b.OnTheWay), inr(b.Held), inr(b.Payable)}
}

func (b *Year) readHeads(tx *db.Tx) error {
	var rows []struct {
		Account ledger.Account `db:"account"`
		Kind    string         `db:"kind"`
		Paise   money.Paise    `db:"paise"`
	}
	if err := tx.Select(&rows, `
		SELECT account, kind, paise
		FROM year_heads
		WHERE year = $1
		ORDER BY account, kind`, b.Year); err != nil {
		return err
	}
	for _, r := range rows {
		n := len(b.Heads)
		if n == 0 || b.Heads[n-1].Account != string(r.Account) {
			b.Heads, n = append(b.Heads, YearHead{string(r.Account), inr(0), inr(0), inr(0), inr(0), inr(0)}), n+1
		}
		b.Heads[n-1].add(r.Account, r.Kind, r.Paise)
	}
	return nil
}

// add adds what entries of one kind moved, debit +.
func (h *YearHead) add(account ledger.Account, kind string, moved money.Paise) {
	h.Left.add(-moved)
	switch {
	case kind == payouts.ClosingKind:
		h.Closed.add(moved)
	case payouts.Spends(kind):
		h.Spent.add(moved)
	case account.Class() == "head", kind == "sale", kind == "return":
		h.Promised.add(-moved)
	default:
		h.Other.add(-moved)
	}
}
