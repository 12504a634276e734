package api

import (
	"context"
	"time"

	"saebaan/internal/web"
	"saebaan/orders"
)

type receipt struct {
	ID           string     `json:"id"`
	Account      string     `json:"account" doc:"Of the ledger, that it arrived on"`
	Amount       amount     `json:"amount"`
	BusinessDate string     `json:"business_date"`
	Reference    string     `json:"reference,omitempty"`
	Narration    string     `json:"narration,omitempty" doc:"The bank's words"`
	State        string     `json:"state" doc:"matched, unidentified, placed, settlement or sent_back"`
	PaymentID    string     `json:"payment_id,omitempty"`
	DecidedBy    string     `json:"decided_by,omitempty"`
	DecidedAt    *time.Time `json:"decided_at,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
}

func receiptBody(r orders.Receipt) receipt {
	return receipt{ID: r.ID, Account: string(r.Account), Amount: rupees(r.Amount), BusinessDate: r.Date, Reference: r.Reference, Narration: r.Narration,
		State: string(r.State), PaymentID: r.PaymentID, DecidedBy: r.DecidedBy, DecidedAt: whenOrNil(r.DecidedAt), CreatedAt: when(r.CreatedAt)}
}

func (s *Server) listReceipts(ctx context.Context, _ *struct{}) (*whole[receipt], error) {
	return wholeOf(receiptBody)(s.Orders.OpenReceipts(ctx, web.ActorOf(ctx)))
}

type placeReceiptInput struct {
	MoveInput
	Body struct {
		Decision  string `json:"decision" enum:"placed,settlement,sent_back" doc:"An order's; the gateway's payout to the trust; gone back to its sender"`
		OrderID   string `json:"order_id,omitempty" maxLength:"60" doc:"For placed"`
		Reference string `json:"reference,omitempty" maxLength:"40" doc:"For sent_back: the bank's number"`
	}
}

func (s *Server) placeReceipt(ctx context.Context, in *placeReceiptInput) (*answer[receipt], error) {
	r, err := s.Orders.PlaceReceipt(ctx, web.ActorOf(ctx), in.Key, orders.Placement{Receipt: in.ID,
		Decision: orders.ReceiptState(in.Body.Decision), Order: in.Body.OrderID, Reference: in.Body.Reference})
	if err != nil {
		return nil, err
	}
	return reply(ctx, receiptBody(r)), nil
}

type bankStatementInput struct {
	RawBody []byte `contentType:"text/csv" doc:"As the bank gives it: columns of date, narration and credit under a name that banks use"`
}

type statementRow struct {
	Row       int    `json:"row"`
	Amount    amount `json:"amount"`
	Outcome   string `json:"outcome" doc:"matched, unidentified, seen (entered before), not_a_credit, unreadable or not_entered (time ran out: send it again)"`
	OrderID   string `json:"order_id,omitempty"`
	ReceiptID string `json:"receipt_id,omitempty"`
	Detail    string `json:"detail,omitempty"`
}

// enterStatement needs no key: the same statement, or a part of it, any number
// of times changes nothing more.
func (s *Server) enterStatement(ctx context.Context, in *bankStatementInput) (*whole[statementRow], error) {
	lines, err := orders.ParseStatement(in.RawBody)
	if err != nil {
		return nil, err
	}
	return wholeOf(func(r orders.StatementRow) statementRow {
		return statementRow{r.Row, rupees(r.Amount), r.Outcome, r.Order, r.Receipt, r.Detail}
	})(s.Orders.EnterStatement(ctx, web.ActorOf(ctx), lines))
}
