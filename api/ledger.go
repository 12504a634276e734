package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/web"
)

// bookkeepers may read the ledger.
var bookkeepers = []auth.Role{auth.Preparer, auth.Approver, auth.Administrator}

type account struct {
	Account string `json:"account"`
	Balance signed `json:"balance" doc:"Debit +, credit −, at the newest block"`
}

func (s *Server) listAccounts(ctx context.Context, in *Page) (*list[account], error) {
	if err := web.ActorOf(ctx).Require(bookkeepers...); err != nil {
		return nil, err
	}
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := ledger.Accounts(ctx, s.DB, ledger.Account(after), in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, func(a ledger.AccountBalance) account { return account{string(a.Account), signedOf(a.Paise)} },
		func(a ledger.AccountBalance) string { return string(a.Account) }), nil
}

type entry struct {
	ID           string    `json:"id"`
	Reference    string    `json:"reference"`
	Kind         string    `json:"kind"`
	Reason       string    `json:"reason,omitempty"`
	BusinessDate string    `json:"business_date"`
	PostedAt     time.Time `json:"posted_at"`
	Actor        string    `json:"actor"`
	Hash         string    `json:"hash"`
	Block        int64     `json:"block"`
	Position     int64     `json:"position"`
	Postings     []posting `json:"postings" nullable:"false"`
}

type posting struct {
	Account   string `json:"account"`
	Amount    signed `json:"amount"`
	OrderID   string `json:"order_id,omitempty"`
	LineID    string `json:"line_id,omitempty"`
	LotID     string `json:"lot_id,omitempty"`
	ArtisanID string `json:"artisan_id,omitempty"`
	Nature    string `json:"nature,omitempty"`
}

func entryBody(e ledger.Sealed) entry {
	return entry{ID: e.ID, Reference: e.Reference, Kind: e.Kind, Reason: e.Reason, BusinessDate: e.BusinessDate, PostedAt: when(e.PostedAt),
		Actor: e.Actor, Hash: e.Hash, Block: e.Block, Position: e.Place.Pos, Postings: postingBodies(e.Postings)}
}

func postingBodies(postings []ledger.Posting) []posting {
	out := make([]posting, 0, len(postings))
	for _, p := range postings {
		out = append(out, posting{string(p.Account), signedOf(p.Paise), p.Order, p.Line, p.Lot, p.Artisan, p.Nature})
	}
	return out
}

type listEntriesInput struct {
	Page
	Account   string `query:"account" maxLength:"120"`
	Prefix    string `query:"account_prefix" maxLength:"120" doc:"How the name of one of its accounts begins"`
	Reference string `query:"reference" maxLength:"120" doc:"Or how it begins"`
	Kind      string `query:"kind" maxLength:"60"`
	Order     string `query:"order" maxLength:"60"`
	Artisan   string `query:"artisan" maxLength:"60"`
	Lot       string `query:"lot" maxLength:"60"`
	Amount    int64  `query:"amount" minimum:"0" maximum:"10000000000000" doc:"Of a posting, debit or credit, in paise; on the account where one is named"`
	From      string `query:"from" maxLength:"10"`
	To        string `query:"to" maxLength:"10"`
}

func (s *Server) listEntries(ctx context.Context, in *listEntriesInput) (*list[entry], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := ledger.Filter{Account: ledger.Account(in.Account), Prefix: in.Prefix, Reference: in.Reference, Kind: in.Kind, Order: in.Order, Artisan: in.Artisan,
		Lot: in.Lot, Amount: money.Paise(in.Amount), From: in.From, To: in.To, Limit: in.Limit + 1}
	if after != "" {
		if _, err := fmt.Sscanf(after, "%d.%d", &f.After.Block, &f.After.Pos); err != nil {
			return nil, ErrCursor
		}
	}
	rows, err := s.Books.Entries(ctx, web.ActorOf(ctx), f)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, entryBody, func(e ledger.Sealed) string { return fmt.Sprintf("%d.%d", e.Block, e.Place.Pos) }), nil
}

func (s *Server) getEntry(ctx context.Context, in *ByID) (*one[entry], error) {
	e, err := s.Books.Entry(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[entry]{entryBody(e)}, nil
}

type block struct {
	No       int64     `json:"no"`
	Prev     string    `json:"prev"`
	Count    int64     `json:"count"`
	Root     string    `json:"root" doc:"Merkle root (RFC 9162) of the entries' hashes"`
	Hash     string    `json:"hash"`
	SealedAt time.Time `json:"sealed_at"`
}

func blockBody(b ledger.Block) block {
	return block{b.No, b.Prev, b.Count, b.Root, b.Hash, when(b.SealedAt)}
}

func (s *Server) listBlocks(ctx context.Context, in *Page) (*list[block], error) {
	if err := web.ActorOf(ctx).Require(bookkeepers...); err != nil {
		return nil, err
	}
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	no := int64(0)
	if after != "" {
		if no, err = strconv.ParseInt(after, 10, 64); err != nil {
			return nil, ErrCursor
		}
	}
	rows, err := ledger.Blocks(ctx, s.DB, no, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, blockBody, func(b ledger.Block) string { return strconv.FormatInt(b.No, 10) }), nil
}
