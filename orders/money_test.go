package orders_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

var (
	preparer = auth.Actor{ID: "usr_preparer", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Preparer}}}
	approver = auth.Actor{ID: "usr_approver", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Approver}}}
)

// paid is an order of n pieces that has been paid by card.
func (w *world) paid(variant string, n int64, state string) (orders.Order, auth.Actor) {
	w.t.Helper()
	o, guest, err := w.order(variant, n, state)
	w.ok(err)
	payload, signature := w.pay(guest, o.ID)
	w.ok(w.orders.PaymentEvent(ctx, payload, signature))
	return w.read(o.ID), guest
}

func (w *world) read(order string) orders.Order {
	w.t.Helper()
	o, err := w.orders.Order(ctx, admin, order)
	w.ok(err)
	return o
}

// sent is a paid order that has been dispatched.
func (w *world) sent(variant string, n int64, state string) (orders.Order, auth.Actor) {
	w.t.Helper()
	o, guest := w.paid(variant, n, state)
	o, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID, Carrier: "delhivery", Tracking: "AWB" + o.ID[len(o.ID)-8:]})
	w.ok(err)
	return o, guest
}

// refunded sends every refund that is due.
func (w *world) refunded() {
	w.t.Helper()
	for {
		n, err := w.orders.SendRefunds(ctx)
		w.ok(err)
		if n == 0 {
			return
		}
	}
}

// balance is an account's balance from the postings, debit +.
func (w *world) balance(a ledger.Account) money.Paise {
	w.t.Helper()
	var p money.Paise
	w.ok(w.db.Get(ctx, &p, `SELECT CAST(COALESCE(SUM(paise), 0) AS BIGINT) FROM postings WHERE account = $1`, string(a)))
	return p
}

// free is how many pieces of a variant can be had.
func (w *world) free(variant string) int64 {
	w.t.Helper()
	var n int64
	w.ok(w.db.Get(ctx, &n, `
		SELECT CAST(COALESCE(SUM(s.on_hand - s.reserved), 0) AS BIGINT)
		FROM lots l
		JOIN stock s ON s.lot_id = l.id AND s.place = 'store'
		WHERE l.variant_id = $1`, variant))
	return n
}

func (w *world) documents(order string) map[orders.DocumentKind][]orders.Document {
	w.t.Helper()
	list, err := w.orders.Documents(ctx, admin, order)
	w.ok(err)
	out := map[orders.DocumentKind][]orders.Document{}
	for _, d := range list {
		whole, err := w.orders.Document(ctx, admin, d.ID)
		w.ok(err)
		out[d.Kind] = append(out[d.Kind], whole)
	}
	return out
}

func TestPiecesAreCancelledBeforeDispatch(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 5, 200000)
		o, guest := w.paid(v, 3, "09")
		if _, err := w.orders.Cancel(ctx, auth.Actor{Via: auth.ViaGuest, GuestHash: "another"}, "", orders.CancelInput{Order: o.ID}); !errors.Is(err, orders.ErrNotFound) {
			t.Errorf("another shopper: %v", err)
		}
		got, err := w.orders.Cancel(ctx, guest, "k1", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1})
		if err != nil || got.RefundDue != 200000 || got.State != orders.Confirmed {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = w.orders.Cancel(ctx, guest, "k1", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1}) // the same again
		w.ok(err)
		if free := w.free(v); free != 3 {
			t.Errorf("%d pieces free after one came back", free)
		}
		w.check()
		w.refunded()
		if got := w.read(o.ID); got.Payment != orders.PaymentPartRefunded || got.RefundDue != 0 {
			t.Errorf("%s, due %s", got.Payment, got.RefundDue)
		}
		if _, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 3}); !errors.Is(err, orders.ErrState) {
			t.Errorf("more than there are: %v", err)
		}
		_, err = w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 2})
		w.ok(err)
		w.refunded()
		if got := w.read(o.ID); got.State != orders.Cancelled || got.Payment != orders.PaymentRefunded || got.EndedBecause != orders.EndedBuyer {
			t.Errorf("%s %s %s", got.State, got.Payment, got.EndedBecause)
		}
		docs := w.documents(o.ID)
		if len(docs[orders.CreditNote]) != 0 || len(docs[orders.ReceiptVoucher]) != 1 || len(docs[orders.RefundVoucher]) != 2 {
			t.Errorf("documents: %+v", docs)
		}
		if free := w.free(v); free != 5 {
			t.Errorf("%d pieces free", free)
		}
		w.check()
	})
}

func TestAnUnpaidOrderIsCancelledAndLateMoneyGoesBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 2, 200000)
		o, guest, err := w.order(v, 1, "09")
		w.ok(err)
		payload, signature := w.pay(guest, o.ID)
		_, err = w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
		w.ok(err)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		if got := w.read(o.ID); got.State != orders.Cancelled || got.RefundDue != 200000 {
			t.Errorf("%s, due %s", got.State, got.RefundDue)
		}
		w.refunded()
		w.check()
		if _, err := w.orders.Pay(ctx, guest, o.ID, ""); !errors.Is(err, orders.ErrExpired) {
			t.Errorf("paying a cancelled order: %v", err)
		}
	})
}

func TestRefundWhoseAnswerIsLostIsLookedUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("A", 2, 200000), 2, "09")
		w.sim.Fail(payment.Faults{LoseRefundAnswer: true})
		_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
		w.ok(err)
		w.refunded()
		list, err := w.orders.Refunds(ctx, guest, o.ID)
		if err != nil || len(list) != 1 || list[0].State != orders.RefundSending {
			t.Fatalf("%+v, %v", list, err)
		}
		w.check()
		w.sim.Fail(payment.Faults{})
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		w.refunded()
		if got := w.read(o.ID); got.Payment != orders.PaymentRefunded {
			t.Errorf("%s", got.Payment)
		}
		var sent int
		w.ok(d.Get(ctx, &sent, `SELECT COUNT(*) FROM sim_refunds`))
		if sent != 1 {
			t.Errorf("%d refunds at the gateway", sent)
		}
		w.check()
	})
}

// A refund whose answer was lost is looked up while a dispute is open too: made, it
// is entered; not made, it waits for the dispute's end and goes once.
func TestARefundInDoubtIsLookedUpDuringADispute(t *testing.T) {
	for name, fault := range map[string]payment.Faults{"made": {LoseRefundAnswer: true}, "not made": {RefundErr: payment.ErrUnknownOutcome}} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				o, guest := w.paid(w.piece("A", 2, 200000), 2, "09")
				w.sim.Fail(fault)
				_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1})
				w.ok(err)
				w.refunded()
				w.sim.Fail(payment.Faults{})
				p, err := w.orders.Payments(ctx, admin, o.ID)
				w.ok(err)
				payload, signature, err := w.sim.Dispute(ctx, *p[0].ProviderID, 200000, payment.DisputeOpen)
				w.ok(err)
				w.ok(w.orders.PaymentEvent(ctx, payload, signature))
				state := func() orders.RefundState {
					w.ok(d.AdvanceClock(ctx, 2*time.Minute))
					w.refunded()
					list, err := w.orders.Refunds(ctx, guest, o.ID)
					w.ok(err)
					w.check()
					return list[0].State
				}
				want := map[string]orders.RefundState{"made": orders.RefundPaid, "not made": orders.RefundDue}[name]
				for range 2 {
					if got := state(); got != want {
						t.Errorf("during the dispute it is %s, not %s", got, want)
					}
				}
				payload, signature, err = w.sim.Dispute(ctx, *p[0].ProviderID, 0, payment.DisputeWon)
				w.ok(err)
				w.ok(w.orders.PaymentEvent(ctx, payload, signature))
				if got := state(); got != orders.RefundPaid {
					t.Errorf("after the dispute it is %s", got)
				}
				var sent int
				w.ok(d.Get(ctx, &sent, `SELECT COUNT(*) FROM sim_refunds`))
				if sent != 1 {
					t.Errorf("%d refunds at the gateway", sent)
				}
			})
		})
	}
}

func TestAPendingRefundFailsAndAPersonPaysIt(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("A", 2, 200000), 2, "09")
		w.sim.Fail(payment.Faults{RefundPending: true})
		_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
		w.ok(err)
		w.refunded()
		list, err := w.orders.Refunds(ctx, guest, o.ID)
		w.ok(err)
		if list[0].State != orders.RefundPending {
			t.Fatalf("%+v", list)
		}
		payload, signature, err := w.sim.SettleRefund(ctx, *list[0].ProviderID, payment.RefundFailed)
		w.ok(err)
		for range 3 {
			w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		}
		w.check()
		record := orders.RefundRecord{Refund: list[0].ID, Method: orders.BankTransfer, Reference: "UTR1234567"}
		if _, err := w.orders.RecordRefund(ctx, admin, "", record); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("an administrator: %v", err)
		}
		_, err = w.orders.RecordRefund(ctx, preparer, "", record)
		w.ok(err)
		if _, err := w.orders.RecordRefund(ctx, preparer, "", record); !errors.Is(err, orders.ErrRefund) {
			t.Errorf("paid twice: %v", err)
		}
		if got := w.balance(ledger.Bank("main")); got != -400000 {
			t.Errorf("the bank has %s", got)
		}
		w.check()
	})
}

func TestAPendingRefundSettlesLater(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("A", 2, 200000), 2, "09")
		w.sim.Fail(payment.Faults{RefundPending: true})
		_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
		w.ok(err)
		w.refunded()
		list, err := w.orders.Refunds(ctx, guest, o.ID)
		w.ok(err)
		payload, signature, err := w.sim.SettleRefund(ctx, *list[0].ProviderID, payment.RefundSucceeded)
		w.ok(err)
		for range 2 {
			w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		}
		if got := w.read(o.ID); got.Payment != orders.PaymentRefunded || w.balance(ledger.Stripe) != 0 {
			t.Errorf("%s, the gateway has %s", got.Payment, w.balance(ledger.Stripe))
		}
		w.check()
	})
}

// Every reason and outcome, before and after the makers' money is payable.
func TestReturnsDecideWhoBears(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		for _, released := range []bool{false, true} {
			for _, c := range []struct {
				reason  orders.Reason
				outcome orders.Outcome
				fault   bool
			}{{orders.ChangedMind, orders.Restock, false}, {orders.Size, orders.Restock, false}, {orders.Courier, orders.Spoiled, false},
				{orders.Defect, orders.Restock, true}, {orders.Defect, orders.Restock, false}} {
				t.Run(fmt.Sprintf("%s %s %t released %t", c.reason, c.outcome, c.fault, released), func(t *testing.T) {
					returnOnce(t, newWorld(t, d), c.reason, c.outcome, c.fault, released)
				})
			}
		}
	})
}

func returnOnce(t *testing.T, w *world, reason orders.Reason, outcome orders.Outcome, atFault, released bool) {
	v := w.piece(fmt.Sprintf("R%d", time.Now().UnixNano()), 3, 199900)
	o, guest := w.sent(v, 3, "27")
	_, err := w.orders.Deliver(ctx, admin, "", o.ID)
	w.ok(err)
	r, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 2, Reason: reason})
	w.ok(err)
	if _, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 2, Reason: reason}); !errors.Is(err, orders.ErrState) {
		t.Errorf("asked for more than there are: %v", err)
	}
	if released {
		w.ok(w.db.AdvanceClock(ctx, 8*24*time.Hour))
		_, err = w.orders.ReleaseDue(ctx)
		w.ok(err)
	}
	before := map[string]money.Paise{}
	for _, m := range w.makers {
		before[m] = w.balance(ledger.Held(m)) + w.balance(ledger.Payable(m))
	}
	fund := w.balance(ledger.Fund)
	in := orders.ReceiveInput{Return: r.ID, Outcome: outcome}
	if atFault {
		in.AtFault = w.makers[0]
	}
	if _, err := w.orders.ReceiveReturn(ctx, guest, "", in); !errors.Is(err, auth.ErrUnauthenticated) {
		t.Errorf("a buyer takes her own return in: %v", err)
	}
	got, err := w.orders.ReceiveReturn(ctx, admin, "", in)
	w.ok(err)
	if got.Refund != 2*199900 {
		t.Errorf("refund %s", got.Refund)
	}
	// What the makers keep: all but hers who accepted the defect, less her material.
	line := o.Lines[0]
	var fundShare, costs money.Paise
	for _, h := range line.Heads {
		switch {
		case h.Kind == catalog.Trust && h.Head == "fund":
			fundShare = h.Paise
		case h.Kind == catalog.Cost && h.Head != "material":
			costs += h.Paise
		}
	}
	for i, m := range w.makers {
		lost := before[m] - w.balance(ledger.Held(m)) - w.balance(ledger.Payable(m))
		if fault := atFault && i == 0; (lost != 0) != fault {
			t.Errorf("maker %d lost %s", i, lost)
		}
	}
	if down := w.balance(ledger.Fund) - fund; down != 2*(fundShare+costs) {
		t.Errorf("the fund is down by %s, not by its share and the lost costs %s", down, 2*(fundShare+costs))
	}
	note := w.documents(o.ID)[orders.CreditNote]
	if len(note) != 1 || note[0].Total != 2*199900 || note[0].Lines[0].Quantity != 2 || note[0].Lines[0].IGST != 2*line.IGST {
		t.Errorf("credit note %+v", note)
	}
	want := int64(2)
	if outcome == orders.Spoiled {
		want = 0
	}
	if free := w.free(v); free != want {
		t.Errorf("%d pieces free", free)
	}
	w.check()
	w.refunded()
	w.ok(w.db.AdvanceClock(ctx, 20*24*time.Hour))
	_, err = w.orders.ReleaseDue(ctx)
	w.ok(err)
	w.check()
}

// A piece is sold, kept, returned and sold again twenty times: its makers are
// paid once, and the fund is down by the lost costs alone.
func TestAPieceGoesRoundTwentyTimes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("ROUND", 1, 199900)
		var credited money.Paise
		var line orders.Line
		for round := range 20 {
			o, guest := w.sent(v, 1, "09")
			line = o.Lines[0]
			_, err := w.orders.Deliver(ctx, admin, "", o.ID)
			w.ok(err)
			now := w.balance(ledger.Held(w.makers[0])) + w.balance(ledger.Held(w.makers[1]))
			if round == 0 {
				credited = now
			} else if now != credited {
				t.Fatalf("round %d: the makers have %s, at first %s", round, -now, -credited)
			}
			r, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: o.ID, Line: line.ID, Pieces: 1, Reason: orders.ChangedMind})
			w.ok(err)
			_, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
			w.ok(err)
			w.refunded()
		}
		var lost money.Paise
		for _, h := range line.Heads {
			if h.Kind == catalog.Cost && h.Head != "material" {
				lost += h.Paise
			}
		}
		if fund := w.balance(ledger.Fund); fund != 20*lost {
			t.Errorf("the fund is down by %s, the lost costs are %s", fund, 20*lost)
		}
		if running := w.balance(ledger.Running); running != 0 {
			t.Errorf("running cost %s", running)
		}
		w.check()
	})
}

func TestAPieceIsExchangedForAnotherSize(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		medium, large := w.twoSizes("X", 2, 1)
		o, guest := w.sent(medium, 2, "09")
		_, err := w.orders.Deliver(ctx, admin, "", o.ID)
		w.ok(err)
		other := w.piece("OTHER", 1, 199900)
		ask := orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.Size, Exchange: other}
		if _, err := w.orders.RequestReturn(ctx, guest, "", ask); !errors.Is(err, orders.ErrExchange) {
			t.Errorf("for another piece: %v", err)
		}
		ask.Exchange = large
		for round, want := range []bool{true, false} { // the second time the size is gone: the money goes back
			r, err := w.orders.RequestReturn(ctx, guest, "", ask)
			w.ok(err)
			r, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
			w.ok(err)
			if (r.ExchangeOrder != "") != want {
				t.Fatalf("round %d: %+v", round, r)
			}
			w.check()
			if !want {
				if due := w.read(o.ID).RefundDue; due != 199900 {
					t.Errorf("due %s", due)
				}
				continue
			}
			n, err := w.orders.Order(ctx, guest, r.ExchangeOrder)
			if err != nil || n.State != orders.Confirmed || n.Total != 199900 || n.Lines[0].VariantID != large {
				t.Fatalf("%+v, %v", n, err)
			}
			_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: n.ID})
			w.ok(err)
			w.check()
		}
		w.refunded()
		w.check()
	})
}

// twoSizes is one product in two sizes with so many pieces each.
func (w *world) twoSizes(sku string, medium, large int64) (string, string) {
	w.t.Helper()
	product := w.draft("Kurta " + sku)
	var out []string
	for size, n := range map[string]int64{"M": medium, "L": large} {
		v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: product, SKU: sku + size, Size: size})
		w.ok(err)
		_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: 199900, Heads: heads(true)})
		w.ok(err)
		w.lot(v.ID, n)
		if out = append(out, v.ID); size == "M" && len(out) == 2 {
			out[0], out[1] = out[1], out[0]
		}
	}
	w.publish(product)
	return out[0], out[1]
}

func (w *world) lot(variant string, pieces int64) {
	w.t.Helper()
	_, err := w.catalog.ReceiveLot(ctx, admin, "", catalog.LotInput{Variant: variant, Owner: w.makers[0], Pieces: pieces, Makers: []catalog.MakerInput{
		{Stage: "embroidery", Artisan: w.makers[0], Weight: 2}, {Stage: "embroidery", Artisan: w.makers[1], Weight: 1},
		{Stage: "washing", Artisan: w.makers[1], Weight: 1}}})
	w.ok(err)
}

func TestDisputes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		for _, when := range []string{"paid", "sent", "released"} {
			for _, end := range []payment.DisputeState{payment.DisputeWon, payment.DisputeLost} {
				t.Run(when+" "+string(end), func(t *testing.T) { disputeOnce(t, newWorld(t, d), when, end) })
			}
		}
	})
}

func disputeOnce(t *testing.T, w *world, when string, end payment.DisputeState) {
	v := w.piece(fmt.Sprintf("D%d", time.Now().UnixNano()), 2, 199900)
	o, guest := w.paid(v, 2, "09")
	if when != "paid" {
		_, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		w.ok(err)
	}
	if when == "released" {
		w.ok(w.db.AdvanceClock(ctx, 16*24*time.Hour))
		_, err := w.orders.ReleaseDue(ctx)
		w.ok(err)
	}
	payments, err := w.orders.Payments(ctx, admin, o.ID)
	w.ok(err)
	tell := func(state payment.DisputeState) {
		payload, signature, err := w.sim.Dispute(ctx, *payments[0].ProviderID, 2*199900, state)
		w.ok(err)
		for range 2 {
			w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		}
	}
	earned := map[string]money.Paise{}
	for _, m := range w.makers {
		earned[m] = w.balance(ledger.Held(m)) + w.balance(ledger.Payable(m))
	}
	fund := w.balance(ledger.Fund)
	tell(payment.DisputeOpen)
	for _, m := range w.makers {
		if p := w.balance(ledger.Payable(m)); p != 0 {
			t.Errorf("payable during the dispute: %s", p)
		}
	}
	w.check()
	if when == "paid" {
		if _, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID}); !errors.Is(err, orders.ErrDisputed) {
			t.Errorf("dispatched during a dispute: %v", err)
		}
	}
	if when == "sent" {
		w.ok(w.db.AdvanceClock(ctx, 16*24*time.Hour))
		if n, err := w.orders.ReleaseDue(ctx); n != 0 || err != nil {
			t.Errorf("released during a dispute: %d, %v", n, err)
		}
	}
	if _, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID}); !errors.Is(err, orders.ErrDisputed) && when == "paid" {
		t.Errorf("cancelled during a dispute: %v", err)
	}
	tell(end)
	tell(end)
	_, err = w.orders.ReleaseDue(ctx)
	w.ok(err)
	for _, m := range w.makers {
		if now := w.balance(ledger.Held(m)) + w.balance(ledger.Payable(m)); now != earned[m] {
			t.Errorf("a maker has %s after the dispute, before %s", now, earned[m])
		}
		if when != "paid" && w.balance(ledger.Held(m)) != 0 {
			t.Errorf("still held: %s", w.balance(ledger.Held(m)))
		}
	}
	down := w.balance(ledger.Fund) - fund
	got := w.read(o.ID)
	switch {
	case end == payment.DisputeLost && when == "paid":
		if got.State != orders.Cancelled || w.free(v) != 2 || down >= 2*199900 {
			t.Errorf("%s, %d free, fund down %s", got.State, w.free(v), down)
		}
	case end == payment.DisputeLost:
		if down < 2*199900 {
			t.Errorf("the fund bears only %s", down)
		}
	case down >= 199900:
		t.Errorf("won, and the fund is down by %s", down)
	}
	w.check()
}

func TestTransfersAreMatchedByReferenceAndAmount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 10, 200000)
		var refs []string
		var ids []string
		for i := range 4 {
			o, guest, err := w.order(v, 1, "09")
			w.ok(err)
			method := []orders.Method{orders.UPI, orders.BankTransfer}[i%2]
			p, err := w.orders.Pay(ctx, guest, o.ID, method)
			w.ok(err)
			again, err := w.orders.Pay(ctx, guest, o.ID, method)
			if err != nil || again.Reference != p.Reference || len(p.Reference) != 16 {
				t.Fatalf("%+v, then %+v, %v", p, again, err)
			}
			if method == orders.UPI && p.Link != "upi://pay?pa=trust@upi&pn=Lucknow%20Mahila%20SEWA%20Trust&am=2000.00&cu=INR&tr="+p.Reference+"&tn=Saebaan%20"+p.Reference {
				t.Errorf("link %s", p.Link)
			}
			_, err = w.orders.Claim(ctx, guest, o.ID)
			w.ok(err)
			refs, ids = append(refs, p.Reference), append(ids, o.ID)
		}
		file := "Statement of account,,,,\n\nTxn Date,Description,Ref No./Cheque No.,Debit,Credit,Balance\n" +
			"22/11/2026,UPI/CR/432/" + refs[0] + "/ASHA,,," + `"2,000.00","12,000.00"` + "\n" +
			"22/11/2026,NEFT " + refs[1][:6] + " " + refs[1][6:] + ",N123,,1999.00,13999.00\n" +
			"22/11/2026,CASH DEPOSIT,,,500.00,14499.00\n" +
			"22/11/2026,PAYOUT,,700.00,,13799.00\n" +
			"22/11/2026,IMPS XSBN" + refs[2] + ",,,2000.00,15799.00\n" +
			"22/11/2026,oops,,,12x,15799.00\n"
		first, err := orders.ParseStatement([]byte(file))
		w.ok(err)
		entered, err := w.orders.EnterStatement(ctx, preparer, first)
		w.ok(err)
		for i, want := range []string{"matched", "unidentified", "unidentified", "not_a_credit", "matched", "unreadable"} {
			if entered[i].Outcome != want {
				t.Errorf("row %d: %s", i, entered[i].Outcome)
			}
		}
		lines, err := orders.ParseStatement([]byte(file))
		w.ok(err)
		rows, err := w.orders.EnterStatement(ctx, preparer, lines)
		w.ok(err)
		for i, want := range []string{"seen", "seen", "seen", "not_a_credit", "seen", "unreadable"} {
			if rows[i].Outcome != want {
				t.Errorf("row %d: %s", i, rows[i].Outcome)
			}
		}
		for i, want := range []orders.State{orders.Confirmed, orders.Placed, orders.Confirmed, orders.Placed} {
			if got := w.read(ids[i]); got.State != want {
				t.Errorf("order %d is %s", i, got.State)
			}
		}
		w.check()
		open, err := w.orders.OpenReceipts(ctx, preparer)
		if err != nil || len(open) != 2 {
			t.Fatalf("%+v, %v", open, err)
		}
		// ₹1 short: a person gives it to its order, the rest comes in cash.
		_, err = w.orders.PlaceReceipt(ctx, preparer, "", orders.Placement{Receipt: open[0].ID, Decision: orders.ReceiptPlaced, Order: ids[1]})
		w.ok(err)
		if got := w.read(ids[1]); got.Payment != orders.PaymentPartPaid || got.State != orders.Placed {
			t.Errorf("%s %s", got.Payment, got.State)
		}
		w.check()
		got, err := w.orders.RecordMoney(ctx, preparer, "", orders.MoneyInput{Order: ids[1], Method: orders.Cash, Amount: 100, Reference: "V-0001"})
		if err != nil || got.State != orders.Confirmed {
			t.Fatalf("%s, %v", got.State, err)
		}
		if _, err := w.orders.RecordMoney(ctx, preparer, "", orders.MoneyInput{Order: ids[3], Method: orders.Cash, Amount: 200000, Reference: "v-0001"}); !errors.Is(err, orders.ErrReceiptSeen) {
			t.Errorf("the same voucher again: %v", err)
		}
		_, err = w.orders.PlaceReceipt(ctx, preparer, "", orders.Placement{Receipt: open[1].ID, Decision: orders.ReceiptSentBack, Reference: "UTR777777"})
		w.ok(err)
		if _, err := w.orders.PlaceReceipt(ctx, preparer, "", orders.Placement{Receipt: open[1].ID, Decision: orders.ReceiptSettlement}); !errors.Is(err, orders.ErrPlaced) {
			t.Errorf("placed twice: %v", err)
		}
		w.check()
		// The buyer's word keeps the pieces for a day, not for ever.
		w.ok(d.AdvanceClock(ctx, 12*24*time.Hour))
		_, err = w.orders.ExpireDue(ctx)
		w.ok(err)
		if got := w.read(ids[3]); got.State != orders.Cancelled {
			t.Errorf("%s", got.State)
		}
		w.check()
	})
}

func TestHoldsByMethod(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	v := w.piece("A", 10, 200000)
	for method, want := range map[orders.Method]time.Duration{orders.Card: 15 * time.Minute, orders.UPI: time.Hour} {
		o, guest, err := w.order(v, 1, "09")
		w.ok(err)
		_, err = w.orders.Pay(ctx, guest, o.ID, method)
		w.ok(err)
		got := w.read(o.ID)
		if held := got.ExpiresAt.Std().Sub(got.PlacedAt.Std()); held < want || held > want+time.Minute {
			t.Errorf("%s is kept %s", method, held)
		}
		if method != orders.UPI {
			continue
		}
		got, err = w.orders.Claim(ctx, guest, o.ID)
		w.ok(err)
		if held := got.ExpiresAt.Std().Sub(got.PlacedAt.Std()); held < 24*time.Hour || held > 24*time.Hour+time.Minute {
			t.Errorf("claimed, it is kept %s", held)
		}
	}
	o, guest, err := w.order(v, 1, "09")
	w.ok(err)
	_, err = w.orders.Pay(ctx, guest, o.ID, orders.BankTransfer)
	w.ok(err)
	until := w.read(o.ID).ExpiresAt.Std().In(db.India)
	working := 0
	for day := o.PlacedAt.Std().In(db.India); day.Format(time.DateOnly) < until.Format(time.DateOnly); {
		if day = day.AddDate(0, 0, 1); day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			working++
		}
	}
	if working != 5 || until.Hour() != 23 {
		t.Errorf("a transfer is kept until %s, %d working days", until, working)
	}
}
