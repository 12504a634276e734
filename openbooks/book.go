package openbooks

import (
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/orders"
)

// Book is the open book of one order. Its JSON is what is signed.
type Book struct {
	Version  int         `json:"version" doc:"Of this form: 2"`
	Token    string      `json:"token" doc:"Of its address"`
	PlacedOn string      `json:"placed_on"`
	State    string      `json:"state" doc:"placed, confirmed, closed or cancelled"`
	Payment  string      `json:"payment"`
	Total    BookMoney   `json:"total" doc:"What the order cost, with tax and with what was cancelled or came back"`
	Lines    []BookLine  `json:"lines" nullable:"false"`
	Entries  []BookEntry `json:"entries" nullable:"false" doc:"The sealed ledger entries that this rests on, with the proof of their place"`
	Blocks   []BookBlock `json:"blocks" nullable:"false" doc:"The blocks that they stand in"`
}

// BookMoney is an amount in paise.
type BookMoney struct {
	Amount   int64  `json:"amount" doc:"In paise"`
	Currency string `json:"currency" enum:"INR"`
}

// BookLine is one kind of piece of the order, or its delivery. Prices and heads
// are of one piece, shares of all.
type BookLine struct {
	Title     BookText    `json:"title"`
	SKU       string      `json:"sku"`
	Size      string      `json:"size"`
	Kind      string      `json:"kind" enum:"goods,shipping"`
	Quantity  int64       `json:"quantity"`
	Cancelled int64       `json:"cancelled" doc:"Of quantity, before dispatch"`
	Sent      int64       `json:"sent"`
	Returned  int64       `json:"returned" doc:"Of those sent"`
	ListPrice BookMoney   `json:"list_price" doc:"Before tax and coupon"`
	Taxable   BookMoney   `json:"taxable" doc:"Before tax; the heads sum to it"`
	Tax       BookMoney   `json:"tax"`
	Rounding  BookMoney   `json:"rounding"`
	Price     BookMoney   `json:"price" doc:"Taxable, tax and rounding"`
	Heads     []BookHead  `json:"heads" nullable:"false"`
	Shares    []BookShare `json:"shares" nullable:"false"`
	Repaid    BookMoney   `json:"repaid" doc:"Of pieces that were the trust's own: what they had cost, whose makers were paid when the work was accepted"`
	Lots      []BookLot   `json:"lots" nullable:"false" doc:"Of pieces that were made for the trust: the lots they are from, and what their makers were credited"`
}

// BookText is a text in three languages.
type BookText struct {
	En string `json:"en"`
	Hi string `json:"hi,omitempty"`
	Ur string `json:"ur,omitempty"`
}

// BookHead is one head of the price of a piece. The month's variance of a cost
// head has its place here.
type BookHead struct {
	Kind   string    `json:"kind" doc:"cost, wage, trust, makers or subsidy"`
	Head   string    `json:"head"`
	Amount BookMoney `json:"amount"`
}

// BookShare is what one maker has of a line for one kind of work.
type BookShare struct {
	Maker    int64     `json:"maker" doc:"The same number is the same maker, in this book alone"`
	Name     *BookText `json:"name,omitempty" doc:"Only while she consents"`
	Area     string    `json:"area"`
	Kind     string    `json:"kind" doc:"cost (her own material), wage or makers (her part of the balance)"`
	Stage    string    `json:"stage" doc:"Of a wage or balance, else the head"`
	Promised BookMoney `json:"promised" doc:"For all pieces that are not cancelled"`
	Credited BookMoney `json:"credited" doc:"In the ledger, when the pieces were sent"`
	Reversed BookMoney `json:"reversed" doc:"Taken back with returned pieces"`
	OnTheWay BookMoney `json:"on_the_way" doc:"In a payment that the bank has not confirmed"`
	Paid     BookMoney `json:"paid" doc:"Confirmed by the bank; with tax deducted, and what she gives her group or repays"`
	PaidOn   []string  `json:"paid_on" nullable:"false" doc:"The business dates of the bank's confirmations"`
	State    string    `json:"state" enum:"promised,held,payable,on_the_way,paid,reversed"`
}

// BookEntry is a ledger entry with the proof of its place.
type BookEntry struct {
	Kind  string   `json:"kind" doc:"accept, sale, release, return, or paid"`
	Date  string   `json:"date"`
	Hash  string   `json:"hash"`
	Block int64    `json:"block"`
	Pos   int64    `json:"position" doc:"In the block, from 1"`
	Path  []string `json:"path" nullable:"false" doc:"Hashes beside the way to the root, from the leaf upwards (RFC 9162 §2.1.3)"`
}

// BookBlock is a sealed block of the ledger.
type BookBlock struct {
	No       int64  `json:"no"`
	Prev     string `json:"prev"`
	Count    int64  `json:"count"`
	Root     string `json:"root"`
	SealedAt int64  `json:"sealed_at_us" doc:"Microseconds UTC"`
	Hash     string `json:"hash"`
}

func inr(p money.Paise) BookMoney { return BookMoney{int64(p), "INR"} }

func (m *BookMoney) add(p money.Paise) { m.Amount += int64(p) }

func blockOf(b ledger.Block) BookBlock {
	return BookBlock{b.No, b.Prev, b.Count, b.Root, int64(b.SealedAt), b.Hash}
}

// lineOf is a line without its shares.
func lineOf(l orders.Line, allocations []orders.Allocation) BookLine {
	out := BookLine{Title: BookText(l.Title()), SKU: l.SKU, Size: l.Size, Kind: l.Kind, Quantity: l.Quantity, Cancelled: l.Cancelled,
		ListPrice: inr(l.ListPrice), Taxable: inr(l.Taxable), Tax: inr(l.CGST + l.SGST + l.IGST), Rounding: inr(l.Rounding),
		Price: inr(l.Tag), Heads: []BookHead{}, Shares: []BookShare{}, Repaid: inr(0), Lots: []BookLot{}}
	for _, a := range allocations {
		if a.LineID == l.ID && a.DispatchedAt != nil {
			out.Sent += a.Pieces
			out.Returned += a.Returned
		}
	}
	for _, h := range l.Heads {
		out.Heads = append(out.Heads, BookHead{h.Kind, h.Head, inr(h.Paise)})
	}
	return out
}

// stand says in a word where a share stands.
func (s *BookShare) stand(payable bool) {
	due := s.Credited.Amount - s.Reversed.Amount
	switch {
	case s.Credited.Amount == 0 && s.Promised.Amount != 0:
		s.State = "promised"
	case due <= 0:
		s.State = "reversed"
	case s.Paid.Amount >= due:
		s.State = "paid"
	case s.OnTheWay.Amount > 0:
		s.State = "on_the_way"
	case payable:
		s.State = "payable"
	default:
		s.State = "held"
	}
}
