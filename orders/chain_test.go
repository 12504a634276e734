package orders_test

import (
	"errors"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

// disputes tells of a dispute of an order's first card payment.
func (w *world) disputes(order string, amount money.Paise, state payment.DisputeState) {
	w.t.Helper()
	rows, err := w.orders.Payments(ctx, admin, order)
	w.ok(err)
	for _, p := range rows {
		if p.ProviderID == nil {
			continue
		}
		payload, signature, err := w.sim.Dispute(ctx, *p.ProviderID, amount, state)
		w.ok(err)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		return
	}
	w.t.Fatal("no card payment")
}

// A refund is owed when the dispute opens; lost, the buyer has her money by it
// and the refund is not paid again.
func TestADisputeTakesWhatWasOwedBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("A", 2, 200000), 1, "09")
		_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
		w.ok(err)
		w.disputes(o.ID, 200000, payment.DisputeOpen)
		if n, err := w.orders.SendRefunds(ctx); n != 0 || err != nil {
			t.Errorf("sent during the dispute: %d, %v", n, err)
		}
		list, err := w.orders.Refunds(ctx, guest, o.ID)
		w.ok(err)
		record := orders.RefundRecord{Refund: list[0].ID, Method: orders.BankTransfer, Reference: "UTR123456"}
		if _, err := w.orders.RecordRefund(ctx, preparer, "", record); !errors.Is(err, orders.ErrDisputed) && !errors.Is(err, orders.ErrRefund) {
			t.Errorf("paid by a person during the dispute: %v", err)
		}
		fund := w.balance(ledger.Fund)
		w.disputes(o.ID, 200000, payment.DisputeLost)
		if _, err := w.orders.RecordRefund(ctx, preparer, "", record); !errors.Is(err, orders.ErrRefund) {
			t.Errorf("paid again after the dispute: %v", err)
		}
		if got := w.read(o.ID); got.RefundDue != 0 || got.Payment != orders.PaymentRefunded {
			t.Errorf("%s, %s due", got.Payment, got.RefundDue)
		}
		if down := w.balance(ledger.Fund) - fund; down > 1000 {
			t.Errorf("the fund bears %s", down)
		}
		w.check()
	})
}

// A return after a lost dispute comes in: what the buyer had already goes to the
// fund, which bore it.
func TestAReturnAfterALostDispute(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, _ := w.sent(w.piece("A", 2, 200000), 1, "09")
		w.disputes(o.ID, 50000, payment.DisputeOpen)
		w.disputes(o.ID, 50000, payment.DisputeLost)
		r, err := w.orders.RequestReturn(ctx, admin, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.ChangedMind})
		w.ok(err)
		fund := w.balance(ledger.Fund)
		_, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
		w.ok(err)
		if got := w.read(o.ID); got.RefundDue != 150000 {
			t.Errorf("%s due", got.RefundDue)
		}
		if up := fund - w.balance(ledger.Fund); up < 50000-30000 {
			t.Errorf("the fund is up by %s", up)
		}
		w.check()
	})
}

// A dispute follows an exchange: the piece that replaces a disputed one is held,
// and not sent once the money is gone.
func TestADisputeFollowsAnExchange(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		medium, large := w.twoSizes("X", 2, 1)
		o, guest := w.sent(medium, 1, "09")
		r, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.Size, Exchange: large})
		w.ok(err)
		r, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
		w.ok(err)
		w.disputes(o.ID, 199900, payment.DisputeOpen)
		if _, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: r.ExchangeOrder}); !errors.Is(err, orders.ErrDisputed) {
			t.Errorf("sent during the dispute: %v", err)
		}
		fund := w.balance(ledger.Fund)
		w.disputes(o.ID, 199900, payment.DisputeLost)
		if got := w.read(r.ExchangeOrder); got.State != orders.Cancelled || w.free(large) != 1 {
			t.Errorf("%s, %d free", got.State, w.free(large))
		}
		if down := w.balance(ledger.Fund) - fund; down != 0 {
			t.Errorf("the fund bears %s", down)
		}
		w.check()
	})
}

// The event of a payment is lost: the gateway is asked before the pieces go back.
func TestALostEventIsLookedUpBeforeExpiry(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest, err := w.order(w.piece("A", 1, 200000), 1, "09")
		w.ok(err)
		w.pay(guest, o.ID) // and nobody tells us
		w.ok(d.AdvanceClock(ctx, 11*time.Minute))
		_, err = w.orders.LookUpPayments(ctx)
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 5*time.Minute))
		_, err = w.orders.ExpireDue(ctx)
		w.ok(err)
		if got := w.read(o.ID); got.State != orders.Confirmed {
			t.Errorf("%s %s", got.State, got.Payment)
		}
		w.check()
	})
}

// Late money needs a use of the coupon that is still to be had, and money that
// came twice goes back by the way it came.
func TestLateMoneyTakesItsCouponAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 9, 200000)
		_, err := w.orders.CreateCoupon(ctx, preparer, "", orders.CouponInput{Code: "ONE", Kind: orders.Fixed, Paise: 100, Limit: 1, From: "2020-01-01", To: "2099-01-01"})
		w.ok(err)
		one := []orders.LineInput{{Variant: v, Quantity: 1}}
		late, guest, err := w.basket("09", "ONE", one...)
		w.ok(err)
		p, err := w.orders.Pay(ctx, guest, late.ID, "")
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 16*time.Minute))
		_, err = w.orders.ExpireDue(ctx)
		w.ok(err)
		_, _, err = w.basket("09", "ONE", one...)
		w.ok(err)
		payload, signature, err := w.sim.Confirm(ctx, p.IntentID, payment.Succeeded)
		w.ok(err)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		if got := w.read(late.ID); got.State != orders.Cancelled || got.RefundDue != late.Total {
			t.Errorf("%s, %s due", got.State, got.RefundDue)
		}
		w.check()

		// She begins by UPI, pays by card, and then the UPI money comes too.
		twice, buyer, err := w.order(v, 1, "09")
		w.ok(err)
		transfer, err := w.orders.Pay(ctx, buyer, twice.ID, orders.UPI)
		w.ok(err)
		byCard, err := w.orders.Pay(ctx, buyer, twice.ID, orders.Card)
		w.ok(err)
		payload, signature, err = w.sim.Confirm(ctx, byCard.IntentID, payment.Succeeded)
		w.ok(err)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.EnterStatement(ctx, preparer, []orders.StatementLine{{Date: d.Clock.Now().Date(), Narration: transfer.Reference, Credit: 200000}})
		w.ok(err)
		list, err := w.orders.Refunds(ctx, buyer, twice.ID)
		if err != nil || len(list) != 1 || list[0].Provider != string(orders.UPI) {
			t.Errorf("%+v, %v", list, err)
		}
		_, err = w.orders.RecordRefund(ctx, preparer, "", orders.RefundRecord{Refund: list[0].ID, Method: orders.BankTransfer, Reference: "UTR888888"})
		w.ok(err)
		if vouchers := w.documents(twice.ID)[orders.RefundVoucher]; len(vouchers) != 0 {
			t.Errorf("a refund voucher for money that was never the order's: %+v", vouchers)
		}
		w.check()
	})
}
