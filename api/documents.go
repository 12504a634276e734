package api

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/internal/paper"
	"saebaan/internal/web"
	"saebaan/orders"
)

// DocumentHead is a document without its text and lines. Huma sees only exported
// embedded fields.
type DocumentHead struct {
	ID           string     `json:"id"`
	Kind         string     `json:"kind" doc:"tax_invoice, invoice_cum_bill, bill_of_supply, credit_note, receipt_voucher or refund_voucher"`
	Number       string     `json:"number,omitempty" doc:"None until it is numbered, within a second when the registration has its GST number"`
	Date         string     `json:"date"`
	OrderID      string     `json:"order_id"`
	Registration string     `json:"registration"`
	AgainstID    string     `json:"against_id,omitempty" doc:"The document it takes back from"`
	BuyerGSTIN   string     `json:"buyer_gstin,omitempty"`
	SupplyState  string     `json:"supply_state"`
	InterState   bool       `json:"inter_state"`
	Taxable      amount     `json:"taxable"`
	Tax          tax        `json:"tax"`
	Rounding     signed     `json:"rounding"`
	Total        amount     `json:"total"`
	Flags        []string   `json:"flags" nullable:"false" doc:"eway_bill, einvoice: what else the law asks for"`
	CreatedAt    time.Time  `json:"created_at"`
	NumberedAt   *time.Time `json:"numbered_at,omitempty"`
}

type document struct {
	DocumentHead
	Language      string         `json:"language"`
	Reason        string         `json:"reason,omitempty"`
	Method        string         `json:"method"`
	Supplier      registration   `json:"supplier"`
	Buyer         buyer          `json:"buyer"`
	Address       address        `json:"address"`
	AgainstNumber string         `json:"against_number,omitempty"`
	AgainstDate   string         `json:"against_date,omitempty"`
	Lines         []documentLine `json:"lines" nullable:"false"`
}

type documentLine struct {
	LineID      string `json:"line_id"`
	Description string `json:"description"`
	HSN         string `json:"hsn"`
	Quantity    int64  `json:"quantity"`
	RateBP      int64  `json:"rate_basis_points"`
	ListPrice   amount `json:"list_price" doc:"Of one piece, before tax and discount"`
	Unit        amount `json:"unit" doc:"Of one piece, before tax, after the discount"`
	Taxable     amount `json:"taxable"`
	Tax         tax    `json:"tax"`
	Rounding    signed `json:"rounding"`
	Total       amount `json:"total"`
}

func documentHead(d orders.Document) DocumentHead {
	return DocumentHead{ID: d.ID, Kind: string(d.Kind), Number: d.Number, Date: d.Date, OrderID: d.OrderID, Registration: d.Registration,
		AgainstID: d.Against, BuyerGSTIN: d.BuyerGSTIN, SupplyState: d.SupplyState, InterState: d.InterState, Taxable: rupees(d.Taxable),
		Tax: tax{rupees(d.CGST), rupees(d.SGST), rupees(d.IGST)}, Rounding: signedOf(d.Rounding), Total: rupees(d.Total),
		Flags: append([]string{}, strings.Fields(d.Flags)...), CreatedAt: when(d.CreatedAt), NumberedAt: whenOrNil(d.NumberedAt)}
}

func documentBody(d orders.Document) document {
	out := document{DocumentHead: documentHead(d), Language: d.Body.Language, Reason: d.Body.Reason, Method: string(d.Body.Method),
		Supplier: registration(d.Supplier), Buyer: buyer(d.Body.Buyer), Address: address(d.Body.Address),
		AgainstNumber: d.AgainstNumber, AgainstDate: d.AgainstDate, Lines: []documentLine{}}
	for _, l := range d.Lines {
		out.Lines = append(out.Lines, documentLine{LineID: l.LineID, Description: l.Description, HSN: l.HSN, Quantity: l.Quantity,
			RateBP: int64(l.Rate), ListPrice: rupees(l.ListPrice), Unit: rupees(l.Unit), Taxable: rupees(l.Taxable),
			Tax: tax{rupees(l.CGST), rupees(l.SGST), rupees(l.IGST)}, Rounding: signedOf(l.Rounding), Total: rupees(l.Total)})
	}
	return out
}

func (s *Server) listDocuments(ctx context.Context, in *ByID) (*whole[DocumentHead], error) {
	return wholeOf(documentHead)(s.Orders.Documents(ctx, web.ActorOf(ctx), in.ID))
}

func (s *Server) getDocument(ctx context.Context, in *ByID) (*one[document], error) {
	d, err := s.Orders.Document(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[document]{documentBody(d)}, nil
}

// file is an answer that is a file to keep.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// fileOperation says that the answer is a file: Huma sees only bytes.
func fileOperation(o huma.Operation, contentType string) huma.Operation {
	o.Responses = map[string]*huma.Response{"200": {Description: "The file, the same bytes each time",
		Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	return o
}

func pdfOperation() huma.Operation {
	o := fileOperation(op(get, "/documents/{id}/pdf", "get-document-pdf", "Fetch a document as PDF"), "application/pdf")
	o.Responses["200"].Description = "The paper; the same bytes each time once it has its number"
	o.Responses["200"].Content["application/pdf"].Schema.Format = "binary"
	return o
}

type documentPDFInput struct {
	ByID
	Language string `query:"language" enum:"en,hi,ur" doc:"Default the document's own"`
}

func (s *Server) documentPDF(ctx context.Context, in *documentPDFInput) (*file, error) {
	d, err := s.Orders.Document(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	pdf, err := paper.PDF(d.Paper(cmp.Or(in.Language, d.Body.Language), s.Orders.Settings().Site))
	if err != nil {
		return nil, err
	}
	name := strings.ReplaceAll(cmp.Or(d.Number, d.ID), "/", "-")
	return &file{"application/pdf", `attachment; filename="` + name + `.pdf"`, pdf}, nil
}
