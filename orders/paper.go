package orders

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/internal/paper"
)

// Paper is the document as it is printed in a language, with all that Rule 46,
// 49, 50, 51 or 53 asks of its kind; site begins the address of the QR code, ""
// prints the order's number in it.
func (d Document) Paper(language, site string) paper.Paper {
	w, ok := paperWords[language]
	if !ok {
		language, w = "en", paperWords["en"]
	}
	p := paper.Paper{Language: language, Title: w.titles[d.Kind], Number: d.Number, Date: paperDate(d.Date), Made: d.CreatedAt.Std(),
		QR: d.OrderID, QRLabel: w.order + " " + d.OrderID, Footer: d.Supplier.LegalName}
	if d.Supplier.GSTIN != "" {
		p.Footer += " · GSTIN " + d.Supplier.GSTIN
	}
	if site != "" {
		p.QR = site + "/orders/" + d.OrderID
	}
	number := d.Number
	if number == "" {
		number = w.pending
	}
	p.Facts = []paper.Fact{{Label: w.number, Value: number}, {Label: w.date, Value: paperDate(d.Date)}, {Label: w.order, Value: d.OrderID},
		{Label: w.supply, Value: d.SupplyState + " " + stateName(d.SupplyState, language)}}
	if d.Against != "" {
		p.Facts = append(p.Facts, paper.Fact{Label: w.against, Value: d.AgainstNumber + ", " + paperDate(d.AgainstDate)})
	}
	if reason := w.reasons[d.Body.Reason]; reason != "" {
		p.Facts = append(p.Facts, paper.Fact{Label: w.reason, Value: reason})
	}
	p.Facts = append(p.Facts, paper.Fact{Label: w.reverse, Value: w.no})
	p.Parties = d.parties(w, language)
	p.Columns, p.Rows = d.table(w)
	p.Totals = d.totals(w)
	p.Notes = d.notes(w)
	return p
}

func (d Document) parties(w paperText, language string) []paper.Party {
	from := paper.Party{Heading: w.supplier, Lines: []string{d.Supplier.LegalName, d.Supplier.Address,
		d.Supplier.State + " " + stateName(d.Supplier.State, language), "GSTIN " + orDash(d.Supplier.GSTIN)}}
	a := d.Body.Address
	to := paper.Party{Heading: w.recipient, Lines: []string{d.Body.Buyer.Name, a.House}}
	if a.Landmark != "" {
		to.Lines = append(to.Lines, a.Landmark)
	}
	to.Lines = append(to.Lines, a.City+" "+a.PIN, a.State+" "+stateName(a.State, language))
	if d.BuyerGSTIN != "" {
		to.Lines = append(to.Lines, "GSTIN "+d.BuyerGSTIN)
	}
	return []paper.Party{from, to}
}

// table has a column for each tax that the supply bears.
func (d Document) table(w paperText) ([]paper.Column, [][]string) {
	if len(d.Lines) == 0 {
		return []paper.Column{{Title: w.description, Weight: 4}, {Title: w.amount, Right: true, Weight: 1}},
			[][]string{{w.refundOf + " " + d.OrderID, d.Total.String()}}
	}
	columns := []paper.Column{{Title: "#", Weight: 0.3}, {Title: w.description, Weight: 3}, {Title: "HSN", Weight: 0.8},
		{Title: w.quantity, Right: true, Weight: 0.7}, {Title: w.unit, Right: true, Weight: 1.1}, {Title: w.discount, Right: true, Weight: 1},
		{Title: w.taxable, Right: true, Weight: 1.2}}
	taxed := d.Kind != BillOfSupply
	if taxed && d.InterState {
		columns = append(columns, paper.Column{Title: "IGST", Right: true, Weight: 1.1})
	} else if taxed {
		columns = append(columns, paper.Column{Title: "CGST", Right: true, Weight: 1}, paper.Column{Title: "SGST", Right: true, Weight: 1})
	}
	columns = append(columns, paper.Column{Title: w.amount, Right: true, Weight: 1.2})
	var rows [][]string
	for i, l := range d.Lines {
		row := []string{strconv.Itoa(i + 1), l.Description, l.HSN, strconv.FormatInt(l.Quantity, 10) + " " + w.pieces, rupees(l.ListPrice),
			rupees(l.ListPrice - l.Unit), rupees(l.Taxable)}
		if taxed && d.InterState {
			row = append(row, rupees(l.IGST)+" "+percent(l.Rate))
		} else if taxed {
			row = append(row, rupees(l.CGST)+" "+percent(l.Rate/2), rupees(l.SGST)+" "+percent(l.Rate/2))
		}
		rows = append(rows, append(row, rupees(l.Total)))
	}
	return columns, rows
}

func (d Document) totals(w paperText) []paper.Fact {
	if len(d.Lines) == 0 {
		return []paper.Fact{{Label: w.total, Value: d.Total.String()}}
	}
	out := []paper.Fact{{Label: w.taxable, Value: d.Taxable.String()}}
	switch {
	case d.Kind == BillOfSupply:
	case d.InterState:
		out = append(out, paper.Fact{Label: "IGST", Value: d.IGST.String()})
	default:
		out = append(out, paper.Fact{Label: "CGST", Value: d.CGST.String()}, paper.Fact{Label: "SGST", Value: d.SGST.String()})
	}
	if d.Rounding != 0 {
		out = append(out, paper.Fact{Label: w.rounding, Value: d.Rounding.String()})
	}
	return append(out, paper.Fact{Label: w.total, Value: d.Total.String()})
}

func (d Document) notes(w paperText) []string {
	var out []string
	if strings.Contains(d.Flags, gst.EwayBill) {
		out = append(out, fmt.Sprintf(w.eway, gst.Threshold(gst.EwayBill, d.Date)))
	}
	if strings.Contains(d.Flags, "einvoice") {
		out = append(out, fmt.Sprintf(w.einvoice, gst.Threshold(gst.EinvoiceTurnover, d.Date)))
	}
	if d.Kind == BillOfSupply && d.Supplier.Kind == "composition" {
		out = append(out, w.composition)
	}
	return append(out, w.closing)
}

// rupees is an amount without its sign: the column says what it is.
func rupees(p money.Paise) string { return strings.Replace(p.String(), "₹", "", 1) }

// percent writes 500 basis points as "@5 %".
func percent(rate money.BasisPoints) string {
	text := strconv.FormatInt(int64(rate/100), 10)
	if rest := rate % 100; rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%02d", rest), "0")
	}
	return "@" + text + "%"
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func stateName(code, language string) string {
	if language == "hi" {
		return gst.States[code].Hindi
	}
	return gst.States[code].English
}

// paperDate is the date as papers write it: 22-11-2026.
func paperDate(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("02-01-2006")
}
