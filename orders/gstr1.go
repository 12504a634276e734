package orders

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"regexp"
	"strconv"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// ErrMonth refuses a month that is not written 2026-11.
var ErrMonth = fault.New(fault.Invalid, "orders.month", "A month is written year-month, like 2026-11. Nothing was made.")

// GSTR1 is what a month's return of outward supplies needs, by its tables, and
// the proof that it ties to the ledger. It is a working paper for whoever files.
type GSTR1 struct {
	Registration Registration
	Month        string // 2026-11
	B2B          []GSTInvoice
	B2CLarge     []GSTInvoice // inter-State, above the threshold
	B2CSmall     []GSTSum     // by place of supply and rate, credit notes taken off
	NotesB2B     []GSTInvoice
	NotesB2CL    []GSTInvoice // against large invoices
	HSN          []GSTSum     // by HSN and rate, credit notes taken off
	Issued       []GSTSeries
	Documents    GSTAmounts // all invoices less all credit notes
	Ledger       GSTAmounts // what the tax accounts took up in the month; Value is not there
	Waiting      int64      // documents of the month without a number
}

// Ties reports whether documents and ledger agree and nothing waits for a number.
func (g GSTR1) Ties() bool {
	return g.Waiting == 0 && g.Documents.CGST == g.Ledger.CGST && g.Documents.SGST == g.Ledger.SGST && g.Documents.IGST == g.Ledger.IGST
}

// GSTAmounts are sums in paise.
type GSTAmounts struct {
	Value money.Paise `db:"value"`
	CGST  money.Paise `db:"cgst"`
	SGST  money.Paise `db:"sgst"`
	IGST  money.Paise `db:"igst"`
}

// GSTInvoice is one rate of one document.
type GSTInvoice struct {
	Number  string            `db:"number"`
	Date    string            `db:"business_date"`
	Against string            `db:"against"` // number of the invoice a note is for
	GSTIN   string            `db:"buyer_gstin"`
	State   string            `db:"supply_state"`
	Rate    money.BasisPoints `db:"rate_bp"`
	Total   money.Paise       `db:"total_paise"` // of the whole document
	GSTAmounts
}

// GSTSum is a row of a summary.
type GSTSum struct {
	State    string            `db:"supply_state"` // of B2C small
	HSN      string            `db:"hsn"`          // of the HSN summary
	Rate     money.BasisPoints `db:"rate_bp"`
	Quantity int64             `db:"quantity"`
	GSTAmounts
}

// GSTSeries is the documents issued of one series.
type GSTSeries struct {
	Kind   string `db:"kind"`
	Series string `db:"series"`
	From   string `db:"first"`
	To     string `db:"last"`
	Count  int64  `db:"count"`
}

var monthForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

// the signed documents of a month: invoices +, credit notes −. $1 registration,
// $2 and $3 first and last day.
const supplies = `
		FROM documents d
		JOIN document_lines l ON l.document_id = d.id
		LEFT JOIN documents i ON i.id = d.against_id
		WHERE d.registration = $1 AND d.business_date >= $2 AND d.business_date <= $3
			AND d.kind IN ('tax_invoice', 'invoice_cum_bill', 'bill_of_supply', 'credit_note')`

const (
	sign = `CASE WHEN d.kind = 'credit_note' THEN -1 ELSE 1 END`
	sums = `CAST(SUM(` + sign + ` * l.taxable_paise) AS BIGINT) AS value, CAST(SUM(` + sign + ` * l.cgst_paise) AS BIGINT) AS cgst,
			CAST(SUM(` + sign + ` * l.sgst_paise) AS BIGINT) AS sgst, CAST(SUM(` + sign + ` * l.igst_paise) AS BIGINT) AS igst`
	plainSums = `CAST(SUM(l.taxable_paise) AS BIGINT) AS value, CAST(SUM(l.cgst_paise) AS BIGINT) AS cgst,
			CAST(SUM(l.sgst_paise) AS BIGINT) AS sgst, CAST(SUM(l.igst_paise) AS BIGINT) AS igst`
	// large is an inter-State invoice to an unregistered buyer above $4, or a
	// note against one.
	large = `d.buyer_gstin = '' AND d.inter_state AND COALESCE(i.total_paise, d.total_paise) > $4`
)

// GSTR1 makes the month's tables for a registration. Finance and administrators may.
func (s *Service) GSTR1(ctx context.Context, actor auth.Actor, registration, month string) (GSTR1, error) {
	if err := actor.Require(staff...); err != nil {
		return GSTR1{}, err
	}
	if !monthForm.MatchString(month) {
		return GSTR1{}, ErrMonth
	}
	g := GSTR1{Month: month}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		g.Registration, err = registrationByID(tx, registration)
		if errors.Is(err, ErrNoRegistration) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		return g.fill(tx)
	})
	return g, err
}

func (g *GSTR1) fill(tx *db.Tx) error {
	from, to := g.Month+"-01", g.Month+"-31"
	args := []any{g.Registration.ID, from, to, gst.Threshold(gst.B2CLarge, to)}
	for _, one := range []struct {
		to    *[]GSTInvoice
		where string
	}{
		{&g.B2B, ` AND d.buyer_gstin <> '' AND d.kind <> 'credit_note' AND $4 > 0`},
		{&g.B2CLarge, ` AND ` + large + ` AND d.kind <> 'credit_note'`},
		{&g.NotesB2B, ` AND d.buyer_gstin <> '' AND d.kind = 'credit_note' AND $4 > 0`},
		{&g.NotesB2CL, ` AND ` + large + ` AND d.kind = 'credit_note'`},
	} {
		if err := tx.Select(one.to, `
		SELECT COALESCE(d.number, '') AS number, d.business_date, COALESCE(i.number, '') AS against, d.buyer_gstin, d.supply_state, l.rate_bp,
			d.total_paise, `+plainSums+supplies+one.where+`
		GROUP BY d.id, d.number, d.business_date, i.number, d.buyer_gstin, d.supply_state, l.rate_bp, d.total_paise
		ORDER BY d.business_date, d.number, l.rate_bp`, args...); err != nil {
			return err
		}
	}
	if err := tx.Select(&g.B2CSmall, `
		SELECT d.supply_state, '' AS hsn, l.rate_bp, CAST(SUM(`+sign+` * l.quantity) AS BIGINT) AS quantity, `+sums+supplies+`
			AND d.buyer_gstin = '' AND NOT (`+large+`)
		GROUP BY d.supply_state, l.rate_bp
		ORDER BY d.supply_state, l.rate_bp`, args...); err != nil {
		return err
	}
	if err := tx.Select(&g.HSN, `
		SELECT '' AS supply_state, l.hsn, l.rate_bp, CAST(SUM(`+sign+` * l.quantity) AS BIGINT) AS quantity, `+sums+supplies+`
		GROUP BY l.hsn, l.rate_bp
		ORDER BY l.hsn, l.rate_bp`, args[:3]...); err != nil {
		return err
	}
	return g.prove(tx, from, to)
}

// prove adds what was issued, the sums of the documents and those of the ledger.
func (g *GSTR1) prove(tx *db.Tx, from, to string) error {
	if err := tx.Select(&g.Issued, `
		SELECT MIN(kind) AS kind, series, MIN(number) AS first, MAX(number) AS last, COUNT(*) AS count
		FROM documents
		WHERE registration = $1 AND business_date >= $2 AND business_date <= $3 AND no IS NOT NULL
		GROUP BY series
		ORDER BY series`, g.Registration.ID, from, to); err != nil {
		return err
	}
	if err := tx.Get(&g.Waiting, `
		SELECT COUNT(*)
		FROM documents
		WHERE registration = $1 AND business_date >= $2 AND business_date <= $3 AND no IS NULL`, g.Registration.ID, from, to); err != nil {
		return err
	}
	for _, h := range g.HSN {
		g.Documents.Value += h.Value
		g.Documents.CGST += h.CGST
		g.Documents.SGST += h.SGST
		g.Documents.IGST += h.IGST
	}
	for tax, p := range map[string]*money.Paise{"cgst": &g.Ledger.CGST, "sgst": &g.Ledger.SGST, "igst": &g.Ledger.IGST} {
		if err := tx.Get(p, `
			SELECT CAST(COALESCE(-SUM(p.paise), 0) AS BIGINT)
			FROM postings p
			JOIN entries e ON e.id = p.entry_id
			WHERE p.account = $1 AND e.business_date >= $2 AND e.business_date <= $3 AND e.kind IN ('sale', 'return')`,
			ledger.GST(g.Registration.ID, tax), from, to); err != nil {
			return err
		}
	}
	return nil
}

// CSV is the whole return in one file: a table after the other, amounts in
// rupees, with the totals that must tie to the ledger.
func (g GSTR1) CSV() []byte {
	var b bytes.Buffer
	b.WriteString("\xef\xbb\xbf")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	row := func(cells ...string) { _ = w.Write(cells) } // a bytes.Buffer never fails
	amounts := func(a GSTAmounts) []string {
		return []string{a.Value.Plain(), a.CGST.Plain(), a.SGST.Plain(), a.IGST.Plain()}
	}
	rate := func(r money.BasisPoints) string { return money.Paise(r).Plain() }
	row("GSTIN", g.Registration.GSTIN, "month", g.Month)
	for _, t := range []struct {
		name string
		rows []GSTInvoice
	}{{"b2b", g.B2B}, {"b2c_large", g.B2CLarge}, {"credit_notes_registered", g.NotesB2B}, {"credit_notes_unregistered", g.NotesB2CL}} {
		row("table", "number", "date", "against", "buyer_gstin", "place_of_supply", "rate_percent", "total", "taxable", "cgst", "sgst", "igst")
		for _, i := range t.rows {
			row(append([]string{t.name, i.Number, i.Date, i.Against, i.GSTIN, i.State, rate(i.Rate), i.Total.Plain()}, amounts(i.GSTAmounts)...)...)
		}
	}
	for _, t := range []struct {
		name, key string
		rows      []GSTSum
	}{{"b2c_small", "place_of_supply", g.B2CSmall}, {"hsn", "hsn", g.HSN}} {
		row("table", t.key, "rate_percent", "quantity", "taxable", "cgst", "sgst", "igst")
		for _, r := range t.rows {
			row(append([]string{t.name, r.State + r.HSN, rate(r.Rate), strconv.FormatInt(r.Quantity, 10)}, amounts(r.GSTAmounts)...)...)
		}
	}
	row("table", "series", "first", "last", "count")
	for _, i := range g.Issued {
		row("documents", i.Series, i.From, i.To, strconv.FormatInt(i.Count, 10))
	}
	row("table", "what", "taxable", "cgst", "sgst", "igst")
	row(append([]string{"total", "documents"}, amounts(g.Documents)...)...)
	row("total", "ledger", "", g.Ledger.CGST.Plain(), g.Ledger.SGST.Plain(), g.Ledger.IGST.Plain())
	row("total", "ties", strconv.FormatBool(g.Ties()), "waiting_for_number", strconv.FormatInt(g.Waiting, 10))
	w.Flush()
	return b.Bytes()
}
