package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"saebaan/internal/ledger"
	"saebaan/internal/web"
)

type trialBalance struct {
	Block      block       `json:"block" doc:"The newest block that was looked at"`
	Date       string      `json:"date,omitempty"`
	Debit      amount      `json:"debit" doc:"Of all accounts; equals the credit"`
	Credit     amount      `json:"credit"`
	Classes    []classSum  `json:"classes" nullable:"false"`
	Data       []trialLine `json:"data" nullable:"false" doc:"Accounts that are not empty, by name"`
	HasMore    bool        `json:"has_more"`
	NextCursor *string     `json:"next_cursor"`
}

type classSum struct {
	Class    string `json:"class" enum:"asset,liability,head,trust,loss"`
	Accounts int64  `json:"accounts"`
	Debit    amount `json:"debit"`
	Credit   amount `json:"credit"`
}

type trialLine struct {
	Account string `json:"account"`
	Class   string `json:"class"`
	Debit   amount `json:"debit"`
	Credit  amount `json:"credit"`
}

type trialBalanceInput struct {
	Page
	Block int64  `query:"block" minimum:"0" doc:"As it stood when this block was sealed; default the newest"`
	Date  string `query:"date" maxLength:"10" doc:"Of entries with business dates up to this one"`
}

// trialBalance is paged by account; the pages after the first keep its block.
func (s *Server) trialBalance(ctx context.Context, in *trialBalanceInput) (*one[trialBalance], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	name := ""
	if after != "" {
		no := int64(0)
		if _, err := fmt.Sscanf(after, "%d/%s", &no, &name); err != nil || no < 0 {
			return nil, ErrCursor
		}
		if in.Date == "" {
			in.Block = no
		}
	}
	t, err := s.Books.TrialBalance(ctx, web.ActorOf(ctx), in.Block, in.Date)
	if err != nil {
		return nil, err
	}
	from, there := slices.BinarySearchFunc(t.Lines, name, func(l ledger.TrialLine, name string) int { return strings.Compare(string(l.Account), name) })
	if there {
		from++
	}
	rows := listOf(t.Lines[from:], in.Limit, trialLineBody, func(l ledger.TrialLine) string { return fmt.Sprintf("%d/%s", t.Block.No, l.Account) })
	out := trialBalance{Block: blockBody(t.Block), Date: t.Date, Debit: rupees(t.Debit), Credit: rupees(t.Credit), Classes: []classSum{},
		Data: rows.Body.Data, HasMore: rows.Body.HasMore, NextCursor: rows.Body.NextCursor}
	by := t.By(ledger.Account.Class)
	for _, c := range ledger.Classes {
		out.Classes = append(out.Classes, classSum{c, by[c].Accounts, rupees(by[c].Debit), rupees(by[c].Credit)})
	}
	return &one[trialBalance]{out}, nil
}

func trialLineBody(l ledger.TrialLine) trialLine {
	return trialLine{string(l.Account), l.Account.Class(), rupees(l.Debit), rupees(l.Credit)}
}

type movements struct {
	Account    string     `json:"account"`
	From       string     `json:"from"`
	To         string     `json:"to"`
	Opening    signed     `json:"opening"`
	Debit      amount     `json:"debit"`
	Credit     amount     `json:"credit"`
	Closing    signed     `json:"closing" doc:"Opening and debit less credit"`
	Count      int64      `json:"count"`
	Data       []movement `json:"data" nullable:"false" doc:"In the order of the book"`
	HasMore    bool       `json:"has_more"`
	NextCursor *string    `json:"next_cursor"`
}

type movement struct {
	EntryID      string `json:"entry_id"`
	Reference    string `json:"reference"`
	Kind         string `json:"kind"`
	BusinessDate string `json:"business_date"`
	Block        int64  `json:"block"`
	Position     int64  `json:"position"`
	Amount       signed `json:"amount"`
	Balance      signed `json:"balance" doc:"After it"`
	OrderID      string `json:"order_id,omitempty"`
	LotID        string `json:"lot_id,omitempty"`
	ArtisanID    string `json:"artisan_id,omitempty"`
	Nature       string `json:"nature,omitempty"`
}

type movementsInput struct {
	Page
	Account string `path:"account" maxLength:"120"`
	From    string `query:"from" maxLength:"10" doc:"Business date; default the first of the financial year"`
	To      string `query:"to" maxLength:"10" doc:"Business date; default today"`
}

func (s *Server) listMovements(ctx context.Context, in *movementsInput) (*one[movements], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	q := ledger.AccountQuery{Account: ledger.Account(in.Account), From: in.From, To: in.To, Limit: in.Limit + 1}
	if after != "" {
		if _, err := fmt.Sscanf(after, "%d.%d.%d", &q.After.Block, &q.After.Pos, &q.After.Row); err != nil {
			return nil, ErrCursor
		}
	}
	a, err := s.Books.Movements(ctx, web.ActorOf(ctx), q)
	if err != nil {
		return nil, err
	}
	rows := listOf(a.Movements, in.Limit, movementBody, func(m ledger.Movement) string { return fmt.Sprintf("%d.%d.%d", m.Block, m.Pos, m.Row) })
	return &one[movements]{movements{string(a.Account), a.From, a.To, signedOf(a.Opening), rupees(a.Debit), rupees(a.Credit), signedOf(a.Closing), a.Count,
		rows.Body.Data, rows.Body.HasMore, rows.Body.NextCursor}}, nil
}

func movementBody(m ledger.Movement) movement {
	return movement{m.EntryID, m.Reference, m.Kind, m.BusinessDate, m.Block, m.Pos, signedOf(m.Paise), signedOf(m.Balance), m.Order, m.Lot, m.Artisan, m.Nature}
}
