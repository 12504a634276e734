package orders

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// DocumentKind is what a document is under GST.
type DocumentKind string

// The kinds of documents.
const (
	TaxInvoice     DocumentKind = "tax_invoice"      // Rule 46
	InvoiceBill    DocumentKind = "invoice_cum_bill" // Rule 46A: taxed and exempt goods for an unregistered buyer
	BillOfSupply   DocumentKind = "bill_of_supply"   // Rule 49: nothing taxed
	CreditNote     DocumentKind = "credit_note"      // s.34, Rule 53(1A)
	ReceiptVoucher DocumentKind = "receipt_voucher"  // Rule 50
	RefundVoucher  DocumentKind = "refund_voucher"   // Rule 51
)

// letters of the kinds in a series: SBI/26-27/000001 has 16 characters, the most
// that Rule 46(b) allows.
var seriesLetter = map[DocumentKind]string{TaxInvoice: "I", InvoiceBill: "I", BillOfSupply: "B", CreditNote: "C", ReceiptVoucher: "R", RefundVoucher: "F"}

// Document is a paper of an order. Its text is frozen when it is made; its
// number follows within a second and never changes.
type Document struct {
	ID           string       `db:"id"`
	Kind         DocumentKind `db:"kind"`
	Registration string       `db:"registration"`
	Series       string       `db:"series"`
	Number       string       `db:"number"` // "" until it is numbered
	Date         string       `db:"business_date"`
	OrderID      string       `db:"order_id"`
	Cause        string       `db:"cause"`
	Against      string       `db:"against_id"` // the invoice a credit note is for
	BuyerGSTIN   string       `db:"buyer_gstin"`
	SupplyState  string       `db:"supply_state"`
	InterState   bool         `db:"inter_state"`
	Taxable      money.Paise  `db:"taxable_paise"`
	CGST         money.Paise  `db:"cgst_paise"`
	SGST         money.Paise  `db:"sgst_paise"`
	IGST         money.Paise  `db:"igst_paise"`
	Rounding     money.Paise  `db:"rounding_paise"`
	Total        money.Paise  `db:"total_paise"`
	BodyText     string       `db:"body"`
	Flags        string       `db:"flags"` // eway_bill, einvoice
	CreatedAt    db.Time      `db:"created_at"`
	NumberedAt   *db.Time     `db:"numbered_at"`

	Body          DocumentBody
	Lines         []DocumentLine
	Supplier      Registration
	AgainstNumber string
	AgainstDate   string
}

// DocumentBody is the frozen text that is not figures.
type DocumentBody struct {
	Language string
	Buyer    Buyer
	Address  Address
	Reason   string
	Method   Method
}

// DocumentLine is one line of a document; the amounts are of all its pieces but
// for ListPrice and Unit, which are per piece before tax.
type DocumentLine struct {
	LineID      string            `db:"line_id"`
	Description string            `db:"description"`
	HSN         string            `db:"hsn"`
	Quantity    int64             `db:"quantity"`
	Rate        money.BasisPoints `db:"rate_bp"`
	ListPrice   money.Paise       `db:"list_paise"` // before the discount
	Unit        money.Paise       `db:"unit_paise"` // after it
	Taxable     money.Paise       `db:"taxable_paise"`
	CGST        money.Paise       `db:"cgst_paise"`
	SGST        money.Paise       `db:"sgst_paise"`
	IGST        money.Paise       `db:"igst_paise"`
	Rounding    money.Paise       `db:"rounding_paise"`
	Total       money.Paise       `db:"total_paise"`
}

const documentColumns = `d.id, d.kind, d.registration, d.series, COALESCE(d.number, '') AS number, d.business_date, d.order_id, d.cause, d.against_id,
			d.buyer_gstin, d.supply_state, d.inter_state, d.taxable_paise, d.cgst_paise, d.sgst_paise, d.igst_paise, d.rounding_paise,
			d.total_paise, d.body, d.flags, d.created_at, d.numbered_at`

// draftDocument is a document to make.
type draftDocument struct {
	kind    DocumentKind
	order   Order
	cause   string
	against string
	pieces  map[string]int64 // by line
	reason  string
}

// invoice freezes the text of the invoice for what one shipment holds.
func invoice(tx *db.Tx, o Order, parcel Shipment, pieces map[string]int64) error {
	r, err := registrationByID(tx, o.Registration)
	if err != nil {
		return err
	}
	return makeDocument(tx, draftDocument{kind: invoiceKind(r, o, pieces), order: o, cause: parcel.ID, pieces: pieces})
}

// invoiceKind decides between tax invoice, bill of supply and both in one.
func invoiceKind(r Registration, o Order, pieces map[string]int64) DocumentKind {
	taxed, exempt := false, false
	for _, l := range o.Lines {
		if pieces[l.ID] > 0 {
			taxed, exempt = taxed || l.Rate > 0, exempt || l.Rate == 0
		}
	}
	switch {
	case r.Kind == "composition" || !taxed:
		return BillOfSupply
	case exempt && o.Buyer.GSTIN == "":
		return InvoiceBill
	}
	return TaxInvoice
}

// creditNotes mirror, line by line, what has come back of each invoice. What was
// never invoiced has no credit note.
func creditNotes(tx *db.Tx, o Order, r Return, back map[sentLine]int64) error {
	var invoices []struct {
		ID    string `db:"id"`
		Cause string `db:"cause"`
	}
	if err := tx.Select(&invoices, `
		SELECT id, cause
		FROM documents
		WHERE order_id = $1 AND kind IN ('tax_invoice', 'invoice_cum_bill', 'bill_of_supply')
		ORDER BY id`, o.ID); err != nil {
		return err
	}
	for _, i := range invoices {
		pieces := map[string]int64{}
		for at, n := range back {
			if at.shipment == i.Cause {
				pieces[at.line] += n
			}
		}
		if len(pieces) == 0 {
			continue
		}
		if err := makeDocument(tx, draftDocument{kind: CreditNote, order: o, cause: r.ID + ":" + i.Cause, against: i.ID,
			pieces: pieces, reason: string(r.Reason)}); err != nil {
			return err
		}
	}
	return nil
}

// receiptVoucher is for money received before anything is sent (Rule 50).
func receiptVoucher(tx *db.Tx, o Order, payment string) error {
	pieces := map[string]int64{}
	for _, l := range o.Lines {
		pieces[l.ID] = l.Quantity - l.Cancelled
	}
	return makeDocument(tx, draftDocument{kind: ReceiptVoucher, order: o, cause: payment, pieces: pieces})
}

// refundVoucher is for money given back of which nothing was sent (Rule 51). It
// names the receipt voucher; without one no money was ever the order's.
func refundVoucher(tx *db.Tx, r Refund) error {
	var receipt string
	err := tx.Get(&receipt, `
		SELECT id
		FROM documents
		WHERE order_id = $1 AND kind = 'receipt_voucher'
		ORDER BY id
		LIMIT 1`, r.OrderID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	o, err := loadOrder(tx, r.OrderID)
	if err != nil {
		return err
	}
	return insertDocument(tx, draftDocument{kind: RefundVoucher, order: o, cause: r.ID, against: receipt, reason: r.Reason},
		Document{Total: r.Amount}, nil)
}

// makeDocument freezes a document from the order's own figures.
func makeDocument(tx *db.Tx, draft draftDocument) error {
	var sum Document
	var lines []DocumentLine
	for _, l := range draft.order.Lines {
		n := draft.pieces[l.ID]
		if n == 0 {
			continue
		}
		part, err := l.times(n)
		if err != nil {
			return err
		}
		description := l.Title().In(draft.order.Language)
		if l.Kind == Goods {
			description += ", " + l.Size + " (" + l.SKU + ")"
		}
		line := DocumentLine{LineID: l.ID, Description: description, HSN: gst.Digits(l.HSN), Quantity: n, Rate: l.Rate, ListPrice: l.ListPrice,
			Unit: l.Taxable, Taxable: part.Taxable, CGST: part.CGST, SGST: part.SGST, IGST: part.IGST, Rounding: part.Rounding, Total: part.Tag}
		lines = append(lines, line)
		for to, amount := range map[*money.Paise]money.Paise{&sum.Taxable: line.Taxable, &sum.CGST: line.CGST, &sum.SGST: line.SGST,
			&sum.IGST: line.IGST, &sum.Rounding: line.Rounding, &sum.Total: line.Total} {
			if *to, err = money.Add(*to, amount); err != nil {
				return err
			}
		}
	}
	return insertDocument(tx, draft, sum, lines)
}

func insertDocument(tx *db.Tx, draft draftDocument, sum Document, lines []DocumentLine) error {
	o, date := draft.order, tx.Now().Date()
	r, err := registrationByID(tx, o.Registration)
	if err != nil {
		return err
	}
	body, err := json.Marshal(DocumentBody{Language: o.Language, Buyer: o.Buyer, Address: o.Address, Reason: draft.reason, Method: o.Method})
	if err != nil {
		return err
	}
	flags, err := thresholdFlags(tx, draft, sum, date)
	if err != nil {
		return err
	}
	document := id.New("doc")
	if _, err := tx.Exec(`
		INSERT INTO documents (id, kind, registration, series, business_date, order_id, cause, against_id, buyer_gstin, supply_state, inter_state,
			taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise, total_paise, body, flags, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		document, draft.kind, r.ID, r.Prefix+seriesLetter[draft.kind]+"/"+gst.FinancialYear(date), date, o.ID, draft.cause, draft.against,
		o.Buyer.GSTIN, o.Address.State, o.Address.State != r.State, sum.Taxable, sum.CGST, sum.SGST, sum.IGST, sum.Rounding, sum.Total,
		string(body), flags, tx.Now()); err != nil {
		return err
	}
	if len(lines) == 0 {
		return nil
	}
	args := make([]any, 0, 15*len(lines))
	for i, l := range lines {
		args = append(args, document, i+1, l.LineID, l.Description, l.HSN, l.Quantity, l.Rate, l.ListPrice, l.Unit, l.Taxable, l.CGST, l.SGST,
			l.IGST, l.Rounding, l.Total)
	}
	_, err = tx.Exec(`
		INSERT INTO document_lines (document_id, pos, line_id, description, hsn, quantity, rate_bp, list_paise, unit_paise, taxable_paise,
			cgst_paise, sgst_paise, igst_paise, rounding_paise, total_paise)
		VALUES `+db.Values(len(lines), 15), args...)
	return err
}

// thresholdFlags names what else the law asks for with this invoice: an e-way
// bill above the consignment's threshold, an e-invoice for a registered buyer
// once the trust's turnover of any earlier financial year since 2017-18 has
// passed its own: of all registrations and kinds of invoice, less nothing.
func thresholdFlags(tx *db.Tx, draft draftDocument, sum Document, date string) (string, error) {
	if !slices.Contains([]DocumentKind{TaxInvoice, InvoiceBill, BillOfSupply}, draft.kind) {
		return "", nil
	}
	flags := ""
	if sum.Total > gst.Threshold(gst.EwayBill, date) {
		flags = gst.EwayBill
	}
	if draft.order.Buyer.GSTIN == "" {
		return flags, nil
	}
	// The law looks at the years before the current one, which do not change.
	var passed bool
	if err := tx.Get(&passed, `
		SELECT EXISTS (
			SELECT 1
			FROM documents
			WHERE registration IN (SELECT id FROM registrations)
				AND business_date >= '2017-04-01' AND business_date < $1
				AND kind IN ('tax_invoice', 'invoice_cum_bill', 'bill_of_supply')
			GROUP BY CAST(SUBSTR(business_date, 1, 4) AS BIGINT) - CASE WHEN SUBSTR(business_date, 6, 2) < '04' THEN 1 ELSE 0 END
			HAVING SUM(taxable_paise) > $2)`,
		"20"+gst.FinancialYear(date)[:2]+"-04-01", gst.Threshold(gst.EinvoiceTurnover, date)); err != nil {
		return "", err
	}
	if passed {
		flags += " einvoice"
	}
	return flags, nil
}

// Documents lists the documents of an order that the actor may see, without
// their lines.
func (s *Service) Documents(ctx context.Context, actor auth.Actor, order string) ([]Document, error) {
	var out []Document
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := readOrder(tx, actor, order); err != nil {
			return err
		}
		return tx.Select(&out, `
			SELECT `+documentColumns+`
			FROM documents d
			WHERE d.order_id = $1
			ORDER BY d.id`, order)
	})
	return out, err
}

// Document reads a document of an order that the actor may see, whole.
func (s *Service) Document(ctx context.Context, actor auth.Actor, document string) (Document, error) {
	var d Document
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.Get(&d, `
			SELECT `+documentColumns+`
			FROM documents d
			WHERE d.id = $1`, document)
		if errors.Is(err, db.ErrNone) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := readOrder(tx, actor, d.OrderID); err != nil {
			return err
		}
		return wholeDocument(tx, &d)
	})
	return d, err
}

func wholeDocument(tx *db.Tx, d *Document) error {
	if err := json.Unmarshal([]byte(d.BodyText), &d.Body); err != nil {
		return err
	}
	var err error
	if d.Supplier, err = registrationByID(tx, d.Registration); err != nil {
		return err
	}
	if d.Against != "" {
		var against struct {
			Number string `db:"number"`
			Date   string `db:"business_date"`
		}
		if err := tx.Get(&against, `
			SELECT COALESCE(number, '') AS number, business_date
			FROM documents
			WHERE id = $1`, d.Against); err != nil {
			return err
		}
		d.AgainstNumber, d.AgainstDate = against.Number, against.Date
	}
	return tx.Select(&d.Lines, `
		SELECT line_id, description, hsn, quantity, rate_bp, list_paise, unit_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise,
			rounding_paise, total_paise
		FROM document_lines
		WHERE document_id = $1
		ORDER BY pos`, d.ID)
}
