package openbooks

import (
	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/orders"
)

// BookLot is a lot of the trust's own that pieces of a line were taken from. Its
// pieces are equal, and the book does not say which of them a maker was credited
// for, so that it tells of the lot as a whole.
type BookLot struct {
	Taken  int64       `json:"taken" doc:"Pieces of this line that are from the lot, without those cancelled"`
	Pieces int64       `json:"pieces" doc:"Of the lot when it was finished, with those that were spoiled"`
	Cost   BookMoney   `json:"cost" doc:"Of one piece: wages and material"`
	Shares []BookShare `json:"shares" nullable:"false" doc:"What its makers were credited for all its pieces when the work was accepted, sold or not"`
}

// workKey is what one maker was credited for one kind of work on a lot.
type workKey struct{ lot, artisan, nature string }

// made gathers what the makers of commissioned lots were credited.
type made struct {
	lots   map[string]catalog.Lot
	keys   []workKey // as they stand in the ledger
	shares map[workKey]*BookShare
}

// acceptedOf are the sealed entries that credited the makers of lots.
func acceptedOf(tx *db.Tx, lots []string) ([]ledger.Sealed, error) {
	const page = 500
	var out []ledger.Sealed
	for _, lot := range lots {
		f := ledger.Filter{Lot: lot, Kind: "accept", Limit: page}
		for {
			found, err := ledger.Entries(tx, f)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
			if len(found) < page {
				break
			}
			f.After = found[page-1].Place
		}
	}
	return out, nil
}

// commissioned are the lots of the trust's own that the order's pieces are from, in
// the order of its allocations, each once.
func (r *reader) commissioned() []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range r.order.Allocations {
		if r.made.lots[a.LotID].Kind == catalog.Commissioned && a.State != orders.Released && !seen[a.LotID] {
			out, seen[a.LotID] = append(out, a.LotID), true
		}
	}
	return out
}

// accept adds what the ledger credited the makers of lots, and what became of it.
func (r *reader) accept(entries []ledger.Sealed) error {
	r.made.shares = map[workKey]*BookShare{}
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Artisan == "" || p.Account != ledger.Payable(p.Artisan) {
				continue
			}
			k := workKey{p.Lot, p.Artisan, p.Nature}
			if r.made.shares[k] == nil {
				r.made.keys = append(r.made.keys, k)
				r.made.shares[k] = newShare(p.Nature)
			}
			s := r.made.shares[k]
			s.Promised.add(-p.Paise)
			s.Credited.add(-p.Paise)
			if err := r.follow(s, p.Artisan, p.Nature, e.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// lotsOf are the commissioned lots that a line's pieces are from.
func (r *reader) lotsOf(line string, name func(*BookShare, string)) []BookLot {
	out := []BookLot{}
	for _, id := range r.commissioned() {
		lot := r.made.lots[id]
		one := BookLot{Pieces: lot.Received, Cost: inr(lot.Cost), Shares: []BookShare{}}
		for _, a := range r.order.Allocations {
			if a.LineID == line && a.LotID == id && a.State != orders.Released {
				one.Taken += a.Pieces
			}
		}
		if one.Taken == 0 {
			continue
		}
		for _, k := range r.made.keys {
			if k.lot == id {
				s := r.made.shares[k]
				name(s, k.artisan)
				s.stand(true)
				one.Shares = append(one.Shares, *s)
			}
		}
		out = append(out, one)
	}
	return out
}
