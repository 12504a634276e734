package openbooks

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/orders"
	"saebaan/payouts"
)

// canonical is the one form that is signed: compact JSON in the order of the
// fields, with no character escaped that JSON does not ask for.
func canonical(b any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(b)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// read puts the book of an order together from what is frozen on the order and
// what is sealed in the ledger, and names the makers that are in it.
func read(tx *db.Tx, token string, o orders.Order) (Book, []string, error) {
	entries, err := sealedOf(tx, o.ID)
	if err != nil {
		return Book{}, nil, err
	}
	r := reader{tx: tx, order: o, shares: map[shareKey]*BookShare{}, released: map[shareKey]bool{}, fates: map[string]map[payouts.Credit]payouts.Fate{}}
	if err := r.promise(); err != nil {
		return Book{}, nil, err
	}
	if err := r.enter(entries); err != nil {
		return Book{}, nil, err
	}
	accepted, err := acceptedOf(tx, r.commissioned())
	if err != nil {
		return Book{}, nil, err
	}
	if err := r.accept(accepted); err != nil {
		return Book{}, nil, err
	}
	b := Book{Version: 2, Token: token, PlacedOn: o.BusinessDate, State: string(o.State), Payment: string(o.Payment), Total: inr(o.Total), Lines: []BookLine{}}
	if b.Lines, err = r.lines(); err != nil {
		return Book{}, nil, err
	}
	return b, r.makers(), r.prove(&b, append(accepted, entries...))
}

// sealedOf are the sealed entries of an order that concern its makers.
func sealedOf(tx *db.Tx, order string) ([]ledger.Sealed, error) {
	const page = 500
	var out []ledger.Sealed
	f := ledger.Filter{Order: order, Limit: page}
	for {
		found, err := ledger.Entries(tx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if e.Kind == "sale" || e.Kind == "release" || e.Kind == "return" {
				out = append(out, e)
			}
		}
		if len(found) < page {
			return out, nil
		}
		f.After = found[page-1].Place
	}
}

// shareKey is what one maker has of a line for one kind of work.
type shareKey struct{ line, artisan, nature string }

// reader gathers the shares of an order.
type reader struct {
	tx       *db.Tx
	order    orders.Order
	keys     []shareKey // in the order of the lines and their heads
	shares   map[shareKey]*BookShare
	released map[shareKey]bool
	repaid   map[string]money.Paise // by line
	fates    map[string]map[payouts.Credit]payouts.Fate
	items    []string // payments that the bank has confirmed
	made     made
}

func (r *reader) share(k shareKey) *BookShare {
	if r.shares[k] == nil {
		r.keys = append(r.keys, k)
		r.shares[k] = newShare(k.nature)
	}
	return r.shares[k]
}

// newShare is a share of which nothing is known yet but what it is for.
func newShare(nature string) *BookShare {
	kind, stage := workOf(nature)
	return &BookShare{Kind: kind, Stage: stage, Promised: inr(0), Credited: inr(0), Reversed: inr(0), OnTheWay: inr(0), Paid: inr(0), PaidOn: []string{}}
}

// promise splits every allocation that is not cancelled, as its sale does.
func (r *reader) promise() error {
	var lots []string
	for _, a := range r.order.Allocations {
		lots = append(lots, a.LotID)
	}
	owners, err := catalog.LotsByID(r.tx, lots)
	if err != nil {
		return err
	}
	r.repaid, r.made.lots = map[string]money.Paise{}, owners
	for _, a := range r.order.Allocations {
		if a.LotID == "" || a.State == orders.Released {
			continue
		}
		shares, err := catalog.Split(r.order.Line(a.LineID).Heads, owners[a.LotID].Ownership(), 0, a.Pieces)
		if err != nil {
			return err
		}
		for _, s := range shares {
			if s.Kind == catalog.StockHead {
				r.repaid[a.LineID] += s.Paise
			}
			if s.Artisan != "" && s.Paise != 0 {
				r.share(shareKey{a.LineID, s.Artisan, orders.Nature(s)}).Promised.add(s.Paise)
			}
		}
	}
	return nil
}

// enter adds what the ledger says of the shares.
func (r *reader) enter(entries []ledger.Sealed) error {
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Artisan == "" {
				continue
			}
			k := shareKey{p.Line, p.Artisan, p.Nature}
			switch {
			case e.Kind == "sale":
				r.share(k).Credited.add(-p.Paise)
			case e.Kind == "return":
				r.share(k).Reversed.add(p.Paise)
			case p.Account == ledger.Payable(p.Artisan): // released
				r.released[k] = true
				if err := r.follow(r.share(k), k.artisan, k.nature, e.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// follow adds what has been paid of a credit of a maker.
func (r *reader) follow(s *BookShare, artisan, nature, entry string) error {
	if r.fates[artisan] == nil {
		var err error
		if r.fates[artisan], err = payouts.Fates(r.tx, artisan); err != nil {
			return err
		}
	}
	f := r.fates[artisan][payouts.Credit{EntryID: entry, Nature: nature}]
	s.Paid.add(f.Paid)
	s.OnTheWay.add(f.OnTheWay)
	s.PaidOn = slices.Compact(slices.Sorted(slices.Values(append(s.PaidOn, f.PaidOn...))))
	r.items = append(r.items, f.Items...)
	return nil
}

// makers are all that have a share, each once.
func (r *reader) makers() []string {
	var ids []string
	for _, k := range r.keys {
		ids = append(ids, k.artisan)
	}
	for _, k := range r.made.keys {
		ids = append(ids, k.artisan)
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// lines are the order's lines with their shares; makers are numbered as they come.
func (r *reader) lines() ([]BookLine, error) {
	who, err := artisans.Load(r.tx, r.makers())
	if err != nil {
		return nil, err
	}
	out, number := []BookLine{}, map[string]int64{}
	name := func(s *BookShare, artisan string) {
		number[artisan] = cmp.Or(number[artisan], int64(len(number)+1))
		a := who[artisan]
		s.Maker, s.Area = number[artisan], a.Area
		if a.Consents["name"] {
			s.Name = &BookText{a.NameEn, a.NameHi, a.NameUr}
		}
	}
	for _, l := range r.order.Lines {
		line := lineOf(l, r.order.Allocations)
		line.Repaid.add(r.repaid[l.ID])
		for _, k := range r.keys {
			if k.line != l.ID {
				continue
			}
			s := r.shares[k]
			name(s, k.artisan)
			s.stand(r.released[k])
			line.Shares = append(line.Shares, *s)
		}
		line.Lots = r.lotsOf(l.ID, name)
		out = append(out, line)
	}
	return out, nil
}

// prove adds the entries that the book rests on, with the proof of their place.
func (r *reader) prove(b *Book, entries []ledger.Sealed) error {
	items := slices.Compact(slices.Sorted(slices.Values(r.items)))
	references := make([]string, len(items))
	for i, item := range items {
		references[i] = payouts.PaidReference(item)
	}
	paid, err := ledger.SealedByReference(r.tx, references)
	if err != nil {
		return err
	}
	all := append(entries, paid...)
	proofs, blocks, err := ledger.Proofs(r.tx, all)
	if err != nil {
		return err
	}
	b.Entries, b.Blocks = []BookEntry{}, []BookBlock{}
	for i, p := range proofs {
		b.Entries = append(b.Entries, BookEntry{all[i].Kind, all[i].BusinessDate, p.EntryHash, p.Block, p.Pos, p.Path})
	}
	for _, block := range blocks {
		b.Blocks = append(b.Blocks, blockOf(block))
	}
	return nil
}
