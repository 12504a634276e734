package api

import (
	"context"
	"encoding/json"
	"time"

	"saebaan/internal/ledger"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type bill struct {
	ID         string     `json:"id"`
	Account    string     `json:"account"`
	SupplierID string     `json:"supplier_id"`
	Supplier   string     `json:"supplier"`
	Number     string     `json:"number"`
	Date       string     `json:"date"`
	Amount     amount     `json:"amount"`
	PaidFrom   string     `json:"paid_from" doc:"bank, till or owed"`
	Owed       bool       `json:"owed" doc:"The supplier still waits for the money"`
	PaidAt     *time.Time `json:"paid_at,omitempty" doc:"Of one that was owed"`
	PaidLater  string     `json:"paid_later_from,omitempty" doc:"bank or till, of one that was owed"`
	Reference  string     `json:"reference,omitempty" doc:"Of that payment"`
	RecordedBy string     `json:"recorded_by"`
	RecordedAt time.Time  `json:"recorded_at"`
}

func billBody(b payouts.Bill) bill {
	return bill{b.ID, string(b.Account), b.SupplierID, b.Supplier, b.Number, b.Date, rupees(b.Amount), b.PaidFrom, b.Owed(), whenOrNil(b.PaidAt), b.PaidLater,
		b.Reference, b.RecordedBy, when(b.RecordedAt)}
}

func billed(ctx context.Context) func(payouts.Bill, error) (*answer[bill], error) {
	return func(b payouts.Bill, err error) (*answer[bill], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, billBody(b)), nil
	}
}

type listBillsInput struct {
	Page
	Owed bool `query:"owed" doc:"Only those that suppliers wait for"`
}

func (s *Server) listBills(ctx context.Context, in *listBillsInput) (*list[bill], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Payouts.Bills(ctx, web.ActorOf(ctx), in.Owed, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, billBody, func(b payouts.Bill) string { return b.ID }), nil
}

type recordBillInput struct {
	Idempotent
	Body struct {
		Account  string `json:"account" enum:"head:material,head:packing,head:shipping,head:fee,asset:material" doc:"What it is for: a cost head, or material that the trust keeps"`
		Supplier string `json:"supplier" minLength:"1" maxLength:"200" doc:"One that is written alike is the same"`
		Number   string `json:"number" minLength:"1" maxLength:"40"`
		Date     string `json:"date" minLength:"10" maxLength:"10"`
		Amount   amount `json:"amount"`
		PaidFrom string `json:"paid_from" enum:"bank,till,owed"`
	}
}

func (s *Server) recordBill(ctx context.Context, in *recordBillInput) (*answer[bill], error) {
	b := in.Body
	return billed(ctx)(s.Payouts.RecordBill(ctx, web.ActorOf(ctx), in.Key, payouts.BillInput{Account: ledger.Account(b.Account), Supplier: b.Supplier,
		Number: b.Number, Date: b.Date, Amount: b.Amount.paise(), PaidFrom: b.PaidFrom}))
}

type payBillInput struct {
	MoveInput
	Body struct {
		From      string `json:"from" enum:"bank,till"`
		Reference string `json:"reference" minLength:"3" maxLength:"40" doc:"Of the transfer or voucher"`
	}
}

func (s *Server) payBill(ctx context.Context, in *payBillInput) (*answer[bill], error) {
	return billed(ctx)(s.Payouts.PayBill(ctx, web.ActorOf(ctx), in.Key, payouts.PayBillInput{Bill: in.ID, From: in.Body.From, Reference: in.Body.Reference}))
}

type closing struct {
	ID         string       `json:"id"`
	Month      string       `json:"month"`
	State      string       `json:"state" doc:"proposed, closed or refused"`
	Block      int64        `json:"block" doc:"Where the book stood when it was reckoned"`
	Head       string       `json:"head"`
	Rows       []closingRow `json:"rows" nullable:"false"`
	Variance   signed       `json:"variance" doc:"What the fund gets or, below zero, bears"`
	ProposedBy string       `json:"proposed_by"`
	ProposedAt time.Time    `json:"proposed_at"`
	DecidedBy  string       `json:"decided_by,omitempty"`
	DecidedAt  *time.Time   `json:"decided_at,omitempty"`
	Content    string       `json:"content_hash" doc:"Of what is decided about it"`
}

type closingRow struct {
	Account  string `json:"account"`
	Promised signed `json:"promised" doc:"By the prices of what was sold"`
	Billed   signed `json:"billed" doc:"By suppliers and the gateway; of a loss, what was lost"`
	Variance signed `json:"variance" doc:"Promised less billed"`
}

func closingRows(rows []payouts.ClosingRow) []closingRow {
	out := make([]closingRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, closingRow{string(r.Account), signedOf(r.Promised), signedOf(r.Billed), signedOf(r.Variance())})
	}
	return out
}

func closingBody(c payouts.Closing) closing {
	return closing{c.ID, c.Month, string(c.State), c.Block, c.Head, closingRows(c.Rows), signedOf(c.Sum().Variance()), c.ProposedBy, when(c.ProposedAt), c.DecidedBy, whenOrNil(c.DecidedAt), c.ContentHash()}
}

func (s *Server) listClosings(ctx context.Context, in *Page) (*list[closing], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Payouts.Closings(ctx, web.ActorOf(ctx), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, closingBody, func(c payouts.Closing) string { return c.ID }), nil
}

type proposeClosingInput struct {
	Idempotent
	Body struct {
		Month string `json:"month" minLength:"7" maxLength:"7" doc:"Like 2026-11; it must be over"`
	}
}

func (s *Server) proposeClosing(ctx context.Context, in *proposeClosingInput) (*answer[closing], error) {
	c, err := s.Payouts.ProposeClosing(ctx, web.ActorOf(ctx), in.Key, in.Body.Month)
	if err != nil {
		return nil, err
	}
	return reply(ctx, closingBody(c)), nil
}

type decideClosingInput struct {
	MoveInput
	Body struct {
		Decision string          `json:"decision" enum:"yes,no"`
		Content  string          `json:"content_hash,omitempty" minLength:"64" maxLength:"64" doc:"Of the closing you looked at; with a passkey it must be there"`
		Password string          `json:"password,omitempty" minLength:"1" maxLength:"128" doc:"Your own, typed again; or else passkey"`
		Passkey  json.RawMessage `json:"passkey,omitempty" doc:"The answer to a challenge for this closing, decision and content, as PublicKeyCredential.toJSON gives it; or else password"`
	}
}

// decideClosing needs no key: a closing is decided once, and again is a conflict.
func (s *Server) decideClosing(ctx context.Context, in *decideClosingInput) (*answer[closing], error) {
	c, err := s.Payouts.DecideClosing(ctx, web.ActorOf(ctx), payouts.ClosingDecision{Closing: in.ID, Yes: in.Body.Decision == "yes", Seen: in.Body.Content,
		Password: in.Body.Password, Passkey: in.Body.Passkey})
	if err != nil {
		return nil, err
	}
	return reply(ctx, closingBody(c)), nil
}

type challengeClosingInput struct {
	ByID
	Body struct {
		Decision string `json:"decision" enum:"yes,no"`
		Content  string `json:"content_hash" minLength:"64" maxLength:"64" doc:"Of the closing you looked at"`
	}
}

// challengeClosing begins to decide a closing by passkey: the answer counts for
// this closing, decision and content alone.
func (s *Server) challengeClosing(ctx context.Context, in *challengeClosingInput) (*one[challenge], error) {
	d := payouts.ClosingDecision{Closing: in.ID, Yes: in.Body.Decision == "yes", Seen: in.Body.Content}
	return challenged(s.Auth.BeginProof(ctx, web.ActorOf(ctx), d.Act()))
}

type closedMonth struct {
	Month    string       `json:"month"`
	ClosedAt *time.Time   `json:"closed_at"`
	Heads    []closingRow `json:"heads" nullable:"false" doc:"Cost heads, and losses"`
	Variance signed       `json:"variance" doc:"What the fund got or, below zero, bore"`
}

func (s *Server) variances(ctx context.Context, _ *struct{}) (*whole[closedMonth], error) {
	return wholeOf(func(c payouts.Closing) closedMonth {
		return closedMonth{c.Month, whenOrNil(c.DecidedAt), closingRows(c.Rows), signedOf(c.Sum().Variance())}
	})(s.Payouts.Variances(ctx))
}
