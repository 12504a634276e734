package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/internal/web"
	"saebaan/orders"
)

type gstReturn struct {
	Registration registration `json:"registration"`
	Month        string       `json:"month"`
	B2B          []gstInvoice `json:"b2b" nullable:"false"`
	B2CLarge     []gstInvoice `json:"b2c_large" nullable:"false" doc:"To another State, above the threshold"`
	B2CSmall     []gstSum     `json:"b2c_small" nullable:"false" doc:"By place of supply and rate, credit notes taken off"`
	NotesB2B     []gstInvoice `json:"credit_notes_registered" nullable:"false"`
	NotesB2CL    []gstInvoice `json:"credit_notes_unregistered" nullable:"false" doc:"Against large invoices"`
	HSN          []gstSum     `json:"hsn" nullable:"false" doc:"By HSN and rate, credit notes taken off"`
	Issued       []gstSeries  `json:"documents_issued" nullable:"false"`
	Documents    gstAmounts   `json:"documents" doc:"All invoices less all credit notes"`
	Ledger       gstTaxes     `json:"ledger" doc:"What the tax accounts took up in the month"`
	Waiting      int64        `json:"waiting_for_number"`
	Ties         bool         `json:"ties" doc:"Documents and ledger agree, and nothing waits for a number"`
}

type gstTaxes struct {
	CGST signed `json:"cgst"`
	SGST signed `json:"sgst"`
	IGST signed `json:"igst"`
}

type gstAmounts struct {
	Taxable signed   `json:"taxable"`
	Tax     gstTaxes `json:"tax"`
}

type gstInvoice struct {
	Number  string     `json:"number"`
	Date    string     `json:"date"`
	Against string     `json:"against,omitempty" doc:"Number of the invoice a note is for"`
	GSTIN   string     `json:"buyer_gstin,omitempty"`
	State   string     `json:"supply_state"`
	RateBP  int64      `json:"rate_basis_points"`
	Total   amount     `json:"total" doc:"Of the whole document, which may have other rates too"`
	Of      gstAmounts `json:"of_this_rate"`
}

type gstSum struct {
	State    string     `json:"supply_state,omitempty"`
	HSN      string     `json:"hsn,omitempty"`
	RateBP   int64      `json:"rate_basis_points"`
	Quantity int64      `json:"quantity"`
	Sum      gstAmounts `json:"sum"`
}

type gstSeries struct {
	Kind   string `json:"kind"`
	Series string `json:"series"`
	From   string `json:"first"`
	To     string `json:"last"`
	Count  int64  `json:"count"`
}

func gstTaxesOf(a orders.GSTAmounts) gstTaxes {
	return gstTaxes{signedOf(a.CGST), signedOf(a.SGST), signedOf(a.IGST)}
}

func gstAmountsOf(a orders.GSTAmounts) gstAmounts {
	return gstAmounts{signedOf(a.Value), gstTaxesOf(a)}
}

func gstInvoices(rows []orders.GSTInvoice) []gstInvoice {
	out := make([]gstInvoice, 0, len(rows))
	for _, i := range rows {
		out = append(out, gstInvoice{i.Number, i.Date, i.Against, i.GSTIN, i.State, int64(i.Rate), rupees(i.Total), gstAmountsOf(i.GSTAmounts)})
	}
	return out
}

func gstSums(rows []orders.GSTSum) []gstSum {
	out := make([]gstSum, 0, len(rows))
	for _, r := range rows {
		out = append(out, gstSum{r.State, r.HSN, int64(r.Rate), r.Quantity, gstAmountsOf(r.GSTAmounts)})
	}
	return out
}

func gstReturnBody(g orders.GSTR1) gstReturn {
	out := gstReturn{Registration: registration(g.Registration), Month: g.Month, B2B: gstInvoices(g.B2B), B2CLarge: gstInvoices(g.B2CLarge),
		B2CSmall: gstSums(g.B2CSmall), NotesB2B: gstInvoices(g.NotesB2B), NotesB2CL: gstInvoices(g.NotesB2CL), HSN: gstSums(g.HSN),
		Issued: []gstSeries{}, Documents: gstAmountsOf(g.Documents), Ledger: gstTaxesOf(g.Ledger), Waiting: g.Waiting, Ties: g.Ties()}
	for _, i := range g.Issued {
		out.Issued = append(out.Issued, gstSeries(i))
	}
	return out
}

type gstReturnInput struct {
	Registration string `path:"registration" maxLength:"8"`
	Month        string `path:"month" maxLength:"7" doc:"Like 2026-11"`
}

func (s *Server) gstReturn(ctx context.Context, in *gstReturnInput) (*one[gstReturn], error) {
	g, err := s.Orders.GSTR1(ctx, web.ActorOf(ctx), in.Registration, in.Month)
	if err != nil {
		return nil, err
	}
	return &one[gstReturn]{gstReturnBody(g)}, nil
}

func gstFileOperation() huma.Operation {
	o := fileOperation(op(get, "/gst-returns/{registration}/{month}/csv", "get-gst-return-csv", "Fetch a month's outward supplies (GSTR-1) as CSV"), "text/csv")
	o.Responses["200"].Description = "The tables of the return, amounts in rupees"
	return o
}

func (s *Server) gstReturnCSV(ctx context.Context, in *gstReturnInput) (*file, error) {
	g, err := s.Orders.GSTR1(ctx, web.ActorOf(ctx), in.Registration, in.Month)
	if err != nil {
		return nil, err
	}
	return &file{"text/csv; charset=utf-8", `attachment; filename="gstr1-` + g.Registration.ID + "-" + g.Month + `.csv"`, g.CSV()}, nil
}
