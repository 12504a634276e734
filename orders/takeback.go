package orders

import (
	"context"
	"strconv"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// ReceiveInput says in what state returned pieces arrived and what becomes of them.
type ReceiveInput struct {
	Return  string
	Outcome Outcome
	AtFault string // the maker who has accepted the defect, or ""
	Reason  Reason // what it was when seen; "" is as asked
}

// ReceiveReturn takes the pieces of a return in. In one transaction: the credit
// note mirrors the invoice, the buyer's money is owed back or becomes a
// replacement, the makers' credits are reversed or kept, and each piece enters a
// lot of its own (DESIGN §4.2, §4.3). Only an administrator may.
func (s *Service) ReceiveReturn(ctx context.Context, actor auth.Actor, key string, in ReceiveInput) (Return, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Return{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.return_receive", Key: key}, in,
		func(tx *db.Tx) (Return, error) {
			r, err := loadReturn(tx, in.Return)
			if err != nil {
				return Return{}, err
			}
			o, err := loadOrder(tx, r.OrderID)
			if err != nil {
				return Return{}, err
			}
			if o.Dispute == DisputeOpen {
				return Return{}, ErrDisputed
			}
			if in.Reason != "" {
				r.Reason = in.Reason
			}
			if err := in.check(r); err != nil {
				return Return{}, err
			}
			if err := decideReturn(tx, actor, r, ReturnReceived); err != nil {
				return Return{}, err
			}
			if err := s.takeIn(tx, actor, o, r, in); err != nil {
				return Return{}, err
			}
			if err := auth.Audit(tx, actor, "return.receive", r.ID, string(in.Outcome)+" "+in.AtFault); err != nil {
				return Return{}, err
			}
			return loadReturn(tx, r.ID)
		})
}

func (in ReceiveInput) check(r Return) error {
	known := false
	for _, reason := range Reasons() {
		known = known || reason == r.Reason
	}
	switch {
	case !known:
		return ErrReturn.At("reason", "one of size, defect, wrong_piece, courier, changed_mind")
	case in.Outcome != Restock && in.Outcome != ToMaker && in.Outcome != Spoiled:
		return ErrReturn.At("outcome", "restock, to_maker or spoiled")
	case in.AtFault != "" && r.Reason != Defect:
		return ErrReturn.At("at_fault", "a maker accepts a defect, nothing else")
	case in.Outcome == ToMaker && in.AtFault == "":
		return ErrReturn.At("outcome", "a piece goes back to its maker when she has accepted the defect")
	}
	return nil
}

// takeIn enters every piece of the return and what follows from it.
func (s *Service) takeIn(tx *db.Tx, actor auth.Actor, o Order, r Return, in ReceiveInput) error {
	lots := make([]string, len(o.Allocations))
	byID := map[string]*Allocation{}
	for i := range o.Allocations {
		lots[i], byID[o.Allocations[i].ID] = o.Allocations[i].LotID, &o.Allocations[i]
	}
	owners, err := catalog.LotsByID(tx, lots)
	if err != nil {
		return err
	}
	back := taken{pieces: map[sentLine]int64{}}
	for _, l := range r.Lines {
		a := byID[l.Allocation]
		if err := takeInAllocation(tx, actor, o, comingBack{r, l, a, owners[a.LotID], in}); err != nil {
			return err
		}
		if err := back.add(o, *a, l.Pieces); err != nil {
			return err
		}
	}
	if r.Reason.ours() && o.allBack() {
		if err := takeInDelivery(tx, actor, o, r, &back); err != nil {
			return err
		}
	}
	if err := creditNotes(tx, o, r, back.pieces); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		UPDATE returns
		SET refund_paise = $1, reason = $2
		WHERE id = $3`, back.amount, r.Reason, r.ID); err != nil {
		return err
	}
	if r.ExchangeVariant != "" && o.Dispute != DisputeLost {
		replaced, err := s.exchange(tx, actor, o, r, back)
		if err != nil || replaced {
			return err
		}
	}
	if err := oweReturn(tx, actor, o, r, back.amount); err != nil {
		return err
	}
	return mailStep(tx, o.ID, "return_received")
}

// oweReturn owes the buyer what came back. As far as a lost dispute has given it
// to her already, it goes to the fund, which bore that loss.
func oweReturn(tx *db.Tx, actor auth.Actor, o Order, r Return, amount money.Paise) error {
	var room money.Paise
	if err := tx.Get(&room, `
		SELECT CAST(COALESCE(SUM(captured_paise - refunding_paise), 0) AS BIGINT)
		FROM payments
		WHERE order_id = $1 AND state = 'captured'`, o.ID); err != nil {
		return err
	}
	if had := amount - room; had > 0 && o.Dispute == DisputeLost {
		tags := ledger.Tags{Order: o.ID}
		if _, err := ledger.Post(tx, ledger.New("return_disputed", "return_disputed:"+r.ID, actor.String()).Because("dispute_lost").
			Debit(ledger.Refund(o.ID), had, tags).Credit(ledger.Fund, had, tags)); err != nil {
			return err
		}
		amount = room
	}
	if amount == 0 {
		return nil
	}
	_, err := owe(tx, actor, debt{order: o.ID, amount: amount, reason: "return_" + string(r.Reason)}, fromSale)
	return err
}

// sentLine is a line as far as one shipment, and so one invoice, has it.
type sentLine struct{ shipment, line string }

// taken is what has come back: pieces by line, and their price.
type taken struct {
	pieces map[sentLine]int64
	amount money.Paise
}

func (t *taken) add(o Order, a Allocation, n int64) error {
	part, err := o.Line(a.LineID).times(n)
	if err != nil {
		return err
	}
	t.pieces[sentLine{a.ShipmentID, a.LineID}] += n
	t.amount, err = money.Add(t.amount, part.Tag)
	return err
}

// comingBack is some pieces of one allocation on their way in.
type comingBack struct {
	r    Return
	line ReturnLine
	a    *Allocation
	lot  catalog.Lot
	in   ReceiveInput
}

// takeInAllocation reverses the last of the allocation's pieces that have not
// come back, one by one: split(k) − split(k−1).
func takeInAllocation(tx *db.Tx, actor auth.Actor, o Order, c comingBack) error {
	from := c.a.Pieces - c.a.Returned - c.line.Pieces
	if from < 0 {
		return ErrState.With("These pieces have come back already. Nothing was changed.")
	}
	if err := c.fits(); err != nil {
		return err
	}
	for k := c.line.Pieces; k > 0; k-- {
		if err := takeInPiece(tx, actor, o, c, from+k); err != nil {
			return err
		}
	}
	c.a.Returned += c.line.Pieces
	n, err := tx.Exec(`
		UPDATE allocations
		SET returned = returned + $1,
			state = CASE WHEN returned + $1 = pieces THEN 'returned' ELSE state END
		WHERE id = $2 AND returned + $1 <= pieces AND state IN ('dispatched', 'delivered')`, c.line.Pieces, c.a.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState.With("These pieces have come back already. Nothing was changed.")
	}
	_, err = tx.Exec(`
		UPDATE return_lines
		SET from_piece = $1, outcome = $2, at_fault = $3
		WHERE return_id = $4 AND allocation_id = $5`, from, c.in.Outcome, c.in.AtFault, c.r.ID, c.a.ID)
	return err
}

// fits checks who is at fault and whose the piece will be.
func (c comingBack) fits() error {
	if c.in.AtFault == "" {
		return nil
	}
	made, all := false, true
	for _, m := range c.lot.Makers {
		made = made || m.Artisan == c.in.AtFault
		all = all && m.Artisan == c.in.AtFault
	}
	switch {
	case c.lot.Kind == catalog.Returned:
		return ErrReturn.At("at_fault", "this piece came back before: its makers were paid and it is the trust's")
	case !made:
		return ErrReturn.At("at_fault", "she did not work on this piece")
	case c.in.Outcome == ToMaker && (!all || c.lot.OwnerID != c.in.AtFault):
		return ErrReturn.At("outcome", "a piece goes back to her who made all of it and whose it was")
	}
	return nil
}

// takeInPiece puts the k-th piece of an allocation into a lot of its own and
// reverses its sale: rounding, tax and the trust's heads are undone; packing,
// carriage and the gateway's fee are spent, so the fund bears them; the makers'
// credits are hers who accepted the defect to give back, and stay with all
// others: the trust has bought the piece for them.
func takeInPiece(tx *db.Tx, actor auth.Actor, o Order, c comingBack, k int64) error {
	line := o.Line(c.a.LineID)
	shares, err := catalog.Split(line.Heads, c.lot.Ownership(), k-1, k)
	if err != nil {
		return err
	}
	var cost money.Paise
	for _, share := range shares {
		if c.staysWithTrust(share) {
			cost += share.Paise
		}
	}
	back := catalog.TakenBack{From: c.lot.ID, Cost: cost, Place: catalog.Store}
	switch c.in.Outcome {
	case Spoiled:
		back.Place = catalog.Aside
	case ToMaker:
		back.Place, back.ToMaker = catalog.WithMaker, true
		back.Cost = 0
	}
	lot, err := catalog.TakeBack(tx, actor, back)
	if err != nil {
		return err
	}
	tags := ledger.Tags{Order: o.ID, Line: c.a.LineID, Lot: c.a.LotID}
	e := ledger.New("return", returnReference(c.r.ID, c.a.ID, k), actor.String()).Because(string(c.r.Reason))
	part, err := line.times(1)
	if err != nil {
		return err
	}
	e.Credit(ledger.Refund(o.ID), part.Tag, tags)
	part.negative().credit(e, o.Registration, tags)
	for _, share := range shares {
		t := tags
		t.Artisan = share.Artisan
		if share.Artisan != "" {
			t.Nature = Nature(share)
		}
		if c.staysWithTrust(share) {
			continue
		}
		e.Debit(c.reversed(share), share.Paise, t)
	}
	if cost > 0 {
		to := ledger.Stock(lot)
		if back.ToMaker { // the trust's material went into a piece that is hers again
			to = ledger.WrittenOff
		}
		t := tags
		t.Lot = lot
		e.Debit(to, cost, t)
	}
	if _, err := ledger.Post(tx, e); err != nil {
		return err
	}
	if c.in.Outcome == Spoiled {
		_, err = catalog.ProposeWriteOff(tx, actor, catalog.WriteOffInput{Lot: lot, Place: catalog.Aside, Pieces: 1, Reason: "returned: " + string(c.r.Reason)})
	}
	return err
}

func returnReference(returnID, allocation string, k int64) string {
	return "return:" + returnID + ":" + allocation + ":" + strconv.FormatInt(k, 10)
}

// staysWithTrust reports whether a share is what the trust gave for the piece:
// the credits its makers keep, the trust's own material, or its lot's cost.
func (c comingBack) staysWithTrust(s catalog.Share) bool {
	switch {
	case s.Artisan != "" && s.Kind == catalog.Cost: // her own material: she loses it only with the piece
		return c.in.Outcome != ToMaker
	case s.Artisan != "":
		return s.Artisan != c.in.AtFault
	case s.Kind == catalog.StockHead:
		return true
	}
	return s.Kind == catalog.Cost && s.Head == "material"
}

// reversed is the account that gives a share back.
func (c comingBack) reversed(s catalog.Share) ledger.Account {
	switch {
	case s.Artisan != "" && c.a.ReleasedAt != nil:
		return ledger.Payable(s.Artisan) // may fall below zero: it is carried
	case s.Artisan != "":
		return ledger.Held(s.Artisan)
	case s.Kind == catalog.Cost: // packing, shipping and fee are spent
		return ledger.Fund
	}
	return account(s)
}

// allBack reports whether every piece of goods that was sent has come back.
func (o Order) allBack() bool {
	for _, a := range o.Allocations {
		if a.LotID != "" && a.State != Released && a.Returned < a.Pieces {
			return false
		}
	}
	return true
}

// takeInDelivery gives the buyer her delivery charge back when everything came
// back and the fault was not hers: the fund bears it.
func takeInDelivery(tx *db.Tx, actor auth.Actor, o Order, r Return, back *taken) error {
	for _, a := range o.Allocations {
		if a.LotID != "" || a.DispatchedAt == nil || a.Returned > 0 {
			continue
		}
		line := o.Line(a.LineID)
		part, err := line.times(1)
		if err != nil {
			return err
		}
		tags := ledger.Tags{Order: o.ID, Line: a.LineID}
		e := ledger.New("return", returnReference(r.ID, a.ID, 1), actor.String()).Because(string(r.Reason)).
			Credit(ledger.Refund(o.ID), part.Tag, tags).Debit(ledger.Fund, part.Taxable, tags)
		part.negative().credit(e, o.Registration, tags)
		if _, err := ledger.Post(tx, e); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			UPDATE allocations
			SET returned = 1, state = 'returned'
			WHERE id = $1`, a.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO return_lines (return_id, allocation_id, pieces, outcome)
			VALUES ($1, $2, 1, 'spoiled')`, r.ID, a.ID); err != nil {
			return err
		}
		if err := back.add(o, a, 1); err != nil {
			return err
		}
	}
	return nil
}
