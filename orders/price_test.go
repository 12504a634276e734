package orders_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

// basket orders several variants at once.
func (w *world) basket(state, coupon string, lines ...orders.LineInput) (orders.Order, auth.Actor, error) {
	w.t.Helper()
	cart, token, err := w.orders.CreateCart(ctx)
	w.ok(err)
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	for _, l := range lines {
		_, err = w.orders.SetLine(ctx, guest, "", cart, l)
		w.ok(err)
	}
	quote, quoted := w.orders.Quote(ctx, guest, orders.QuoteInput{Cart: cart, State: state, Coupon: coupon})
	o, err := w.orders.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Coupon: coupon, Buyer: orders.Buyer{Name: "Guest", Phone: "9876543210"},
		Address: orders.Address{House: "1", City: "Town", State: state, PIN: "226003"}})
	if err == nil && (quoted != nil || (quote.Order.Total != o.Total && state != "09")) {
		w.t.Errorf("quoted %s, %v, placed %s", quote.Order.Total, quoted, o.Total)
	}
	return o, guest, err
}

// uncarried publishes a piece whose price does not hold its carriage.
func (w *world) uncarried(sku, hsn string, tag money.Paise, grams int64) string {
	w.t.Helper()
	p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Piece " + sku}, Area: "lucknow", Craft: "chikan",
		Garment: "kurta", Fabric: "cotton", Colour: "white", HSN: hsn})
	w.ok(err)
	v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: sku, Size: "M", Grams: grams})
	w.ok(err)
	_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: tag, Heads: heads(false)})
	w.ok(err)
	w.lot(v.ID, 50)
	w.publish(p.ID)
	return v.ID
}

func TestDeliveryFollowsTheGoodsRates(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		five := w.uncarried("FIVE", "6206", 50000, 300)       // 5 %
		eighteen := w.uncarried("EIGHT", "6206", 354000, 300) // above ₹2,500: 18 %
		carried := w.piece("CARRIED", 5, 60000)
		o, guest, err := w.basket("27", "", orders.LineInput{Variant: five, Quantity: 1})
		w.ok(err)
		if len(o.Lines) != 2 || o.Lines[1].Kind != orders.Shipping || o.Lines[1].Tag != 7500 || o.Lines[1].Rate != 500 || o.Total != 57500 {
			t.Fatalf("%+v", o.Lines)
		}
		o, _, err = w.basket("27", "", orders.LineInput{Variant: carried, Quantity: 2})
		if err != nil || len(o.Lines) != 1 {
			t.Errorf("a price with its carriage is charged again: %+v, %v", o.Lines, err)
		}
		o, _, err = w.basket("27", "", orders.LineInput{Variant: five, Quantity: 1}, orders.LineInput{Variant: carried, Quantity: 1})
		if err != nil || len(o.Lines) != 3 {
			t.Errorf("a mixed parcel: %+v, %v", o.Lines, err)
		}
		o, _, err = w.basket("38", "", orders.LineInput{Variant: five, Quantity: 1}, orders.LineInput{Variant: eighteen, Quantity: 1})
		if err != nil || len(o.Lines) != 2 {
			t.Errorf("free above the amount: %+v, %v", o.Lines, err)
		}
		// A remote parcel below the free amount is spread over both rates by value.
		low := w.uncarried("LOW", "6206", 20000, 300)
		heading7117 := w.uncarried("JEWEL", "7117", 20600, 300) // 3 %
		o, _, err = w.basket("38", "", orders.LineInput{Variant: low, Quantity: 1}, orders.LineInput{Variant: heading7117, Quantity: 1})
		w.ok(err)
		if len(o.Lines) != 4 || o.Lines[2].Tag+o.Lines[3].Tag != 14000 || o.Lines[2].Rate == o.Lines[3].Rate {
			t.Errorf("spread: %+v", o.Lines)
		}
		w.check()
		// Sent and sent back for a defect: the delivery charge comes back too.
		p, err := w.orders.Order(ctx, guest, firstOrder(w, guest))
		w.ok(err)
		payload, signature := w.pay(guest, p.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: p.ID})
		w.ok(err)
		r, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: p.ID, Line: p.Lines[0].ID, Pieces: 1, Reason: orders.Courier})
		w.ok(err)
		r, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Spoiled})
		if err != nil || r.Refund != 57500 {
			t.Errorf("%+v, %v", r, err)
		}
		w.check()
		// The spoiled piece is written off by two people.
		open, err := w.catalog.OpenWriteOffs(ctx, preparer)
		if err != nil || len(open) != 1 {
			t.Fatalf("%+v, %v", open, err)
		}
		if _, err := w.catalog.ApproveWriteOff(ctx, admin, "", open[0].ID); !errors.Is(err, catalog.ErrSamePerson) {
			t.Errorf("by the same person: %v", err)
		}
		_, err = w.catalog.ApproveWriteOff(ctx, approver, "", open[0].ID)
		w.ok(err)
		if lost := w.balance(ledger.WrittenOff); lost != open[0].Cost || lost == 0 {
			t.Errorf("written off %s", lost)
		}
		w.check()
	})
}

func firstOrder(w *world, guest auth.Actor) string {
	w.t.Helper()
	var order string
	w.ok(w.db.Get(ctx, &order, `SELECT id FROM orders WHERE access_hash = $1 ORDER BY id LIMIT 1`, guest.GuestHash))
	return order
}

func TestCouponsAreBorneByTheTrustFirst(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 30, 199900)
		cheap := w.piece("B", 30, 99900)
		today := d.Clock.Now().Date()
		make := func(in orders.CouponInput) {
			t.Helper()
			in.From, in.To = today, "2099-12-31"
			_, err := w.orders.CreateCoupon(ctx, preparer, "", in)
			w.ok(err)
		}
		make(orders.CouponInput{Code: "EID100", Kind: orders.Fixed, Paise: 10001, Limit: 2})
		make(orders.CouponInput{Code: "FIVE", Kind: orders.Percent, Rate: 500, Most: 7000})
		make(orders.CouponInput{Code: "HUGE", Kind: orders.Percent, Rate: 6000})
		make(orders.CouponInput{Code: "HELPED", Kind: orders.Percent, Rate: 6000, Subsidy: "mahotsav", PerPhone: 1})
		make(orders.CouponInput{Code: "BIG", Kind: orders.Fixed, Paise: 100, Least: 5000000})
		if _, err := w.orders.CreateCoupon(ctx, preparer, "", orders.CouponInput{Code: "eid100", Kind: orders.Fixed, Paise: 1, From: today, To: today}); !errors.Is(err, orders.ErrCouponTaken) {
			t.Errorf("the same code: %v", err)
		}
		two := []orders.LineInput{{Variant: v, Quantity: 3}, {Variant: cheap, Quantity: 2}}
		o, guest, err := w.basket("27", "eid100", two...)
		w.ok(err)
		var off money.Paise
		for _, l := range o.Lines {
			off += (l.ListPrice - l.Taxable) * money.Paise(l.Quantity)
			var running money.Paise
			for _, h := range l.Heads {
				if h.Head == "running" {
					running = h.Paise
				}
			}
			if full, _ := l.ListPrice.HalfUp(800); full-running != l.ListPrice-l.Taxable {
				t.Errorf("%s: the running cost gave %s of %s", l.SKU, full-running, l.ListPrice-l.Taxable)
			}
		}
		if off != 10001 || len(o.Lines) < 3 {
			t.Errorf("taken off %s in %d lines", off, len(o.Lines))
		}
		payload, signature := w.pay(guest, o.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		w.ok(err)
		if _, _, err = w.basket("27", "FIVE", two...); err != nil {
			t.Error(err)
		}
		if _, _, err = w.basket("27", "HUGE", two...); !errors.Is(err, orders.ErrCouponShort) || !strings.Contains(err.Error(), "₹") {
			t.Errorf("what costs and wages would give: %v", err)
		}
		if _, _, err = w.basket("27", "BIG", two...); !errors.Is(err, orders.ErrCouponLeast) {
			t.Errorf("a small cart: %v", err)
		}
		second, other, err := w.basket("09", "EID100", two...)
		w.ok(err)
		if _, _, err = w.basket("09", "EID100", two...); !errors.Is(err, orders.ErrCouponUsed) {
			t.Errorf("a third use: %v", err)
		}
		_, err = w.orders.Cancel(ctx, other, "", orders.CancelInput{Order: second.ID})
		w.ok(err)
		if _, _, err = w.basket("09", "EID100", two...); err != nil {
			t.Errorf("a use that was given back: %v", err)
		}
		if _, _, err := w.basket("27", "HELPED", two...); !errors.Is(err, orders.ErrCouponShort) {
			t.Errorf("a subsidy that holds nothing: %v", err)
		}
		if _, err := w.orders.RecordSubsidy(ctx, preparer, "", orders.SubsidyInput{Name: "mahotsav", Amount: 1, Reason: "x"}); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("a preparer: %v", err)
		}
		_, err = w.orders.RecordSubsidy(ctx, approver, "", orders.SubsidyInput{Name: "mahotsav", Amount: 500000, Reason: "fair"})
		w.ok(err)
		o, guest, err = w.basket("27", "HELPED", two...)
		w.ok(err)
		if _, _, err := w.basket("27", "HELPED", two...); !errors.Is(err, orders.ErrCouponUsed) {
			t.Errorf("twice by one phone: %v", err)
		}
		payload, signature = w.pay(guest, o.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		w.ok(err)
		if left := w.balance(ledger.Subsidy("mahotsav")); left <= -500000 || left >= 0 {
			t.Errorf("the subsidy has %s left", left)
		}
		w.check()
	})
}

func TestACouponThatCrossesASlabShowsBothBills(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	v := w.piece("SLAB", 5, 306800) // ₹2,600 before tax: 18 %
	_, err := w.orders.CreateCoupon(ctx, preparer, "", orders.CouponInput{Code: "TEN", Kind: orders.Fixed, Paise: 10000, From: d.Clock.Now().Date(), To: "2099-01-01"})
	w.ok(err)
	cart, token, err := w.orders.CreateCart(ctx)
	w.ok(err)
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	_, err = w.orders.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: v, Quantity: 1})
	w.ok(err)
	q, err := w.orders.Quote(ctx, guest, orders.QuoteInput{Cart: cart, State: "07", Coupon: "TEN"})
	if err != nil || !q.Crosses || q.Without != 306800 || q.Order.Total != 262500 || q.Order.Lines[0].Rate != 500 {
		t.Errorf("%+v, %v", q, err)
	}
	if q, err := w.orders.Quote(ctx, guest, orders.QuoteInput{Cart: cart, State: "07", Coupon: "NONE"}); err != nil || !errors.Is(q.Refused, orders.ErrNoCoupon) || q.Order.Total != 306800 {
		t.Errorf("%+v, %v", q, err)
	}
	if _, err := w.orders.Quote(ctx, auth.Actor{Via: auth.ViaGuest, GuestHash: "other"}, orders.QuoteInput{Cart: cart}); !errors.Is(err, orders.ErrNoCart) {
		t.Errorf("another's cart: %v", err)
	}
}

func TestASetSharesStockWithItsPieces(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		kurta, dupatta := w.piece("K", 3, 199900), w.piece("D", 4, 60000)
		p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Set"}, Area: "lucknow", Craft: "chikan",
			Garment: "suit", Fabric: "cotton", Colour: "white", HSN: "6206"})
		w.ok(err)
		set, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: "SET", Size: "M",
			Parts: []catalog.PartInput{{Variant: kurta, Pieces: 1}, {Variant: dupatta, Pieces: 2}}})
		w.ok(err)
		if _, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: "SET2", Size: "L",
			Parts: []catalog.PartInput{{Variant: set.ID, Pieces: 1}}}); !errors.Is(err, catalog.ErrProduct) {
			t.Errorf("a set of sets: %v", err)
		}
		w.publish(p.ID)
		shown, err := w.catalog.Product(ctx, admin, p.ID)
		if err != nil || shown.Variants[0].Free() != 2 || shown.Variants[0].Card.Tag != 199900+2*60000 {
			t.Fatalf("%+v, %v", shown.Variants, err)
		}
		// Set and single pieces in one cart: 1 + 1 kurtas, 2 + 1 dupattas.
		o, guest, err := w.basket("09", "", orders.LineInput{Variant: set.ID, Quantity: 1}, orders.LineInput{Variant: kurta, Quantity: 1},
			orders.LineInput{Variant: dupatta, Quantity: 1})
		if err != nil || o.Total != 2*199900+3*60000 {
			t.Fatalf("%+v, %v", o, err)
		}
		if w.free(kurta) != 1 || w.free(dupatta) != 1 {
			t.Errorf("%d kurtas, %d dupattas", w.free(kurta), w.free(dupatta))
		}
		if _, _, err := w.basket("09", "", orders.LineInput{Variant: set.ID, Quantity: 1}); !errors.Is(err, catalog.ErrSoldOut) {
			t.Errorf("a set that one dupatta is lacking for: %v", err)
		}
		if w.free(kurta) != 1 {
			t.Error("the refused set kept its kurta")
		}
		payload, signature := w.pay(guest, o.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		w.ok(err)
		w.check()
	})
}

func TestDocumentsAreNumberedWithoutGaps(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 30, 199900)
		var sent []orders.Order
		for range 3 {
			o, _ := w.sent(v, 2, "27")
			sent = append(sent, o)
		}
		if n, err := w.orders.NumberDocuments(ctx); n != 0 || err != nil {
			t.Errorf("without a GST number %d got theirs, %v", n, err)
		}
		w.register()
		r, err := w.orders.RequestReturn(ctx, admin, "", orders.ReturnInput{Order: sent[1].ID, Line: sent[1].Lines[0].ID, Pieces: 1, Reason: orders.WrongPiece})
		w.ok(err)
		_, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, time.Minute)) // past any midnight
		for {
			n, err := w.orders.NumberDocuments(ctx)
			w.ok(err)
			if n == 0 {
				break
			}
		}
		fy := gst.FinancialYear(d.Clock.Now().Date())
		for i, o := range sent {
			docs := w.documents(o.ID)
			if got, want := docs[orders.TaxInvoice][0].Number, fmt.Sprintf("SBI/%s/%06d", fy, i+1); got != want || len(got) > 16 {
				t.Errorf("%s, not %s", got, want)
			}
		}
		docs := w.documents(sent[1].ID)
		note, invoice := docs[orders.CreditNote][0], docs[orders.TaxInvoice][0]
		if note.Number != "SBC/"+fy+"/000001" || note.AgainstNumber != invoice.Number || note.Total*2 != invoice.Total || *note.NumberedAt < *invoice.NumberedAt {
			t.Errorf("%+v", note)
		}
		for _, language := range []string{"en", "hi", "ur"} {
			p := note.Paper(language, "https://example.org")
			if p.QR != "https://example.org/orders/"+sent[1].ID || len(p.Rows) != 1 || len(p.Rows[0]) != len(p.Columns) {
				t.Errorf("%+v", p)
			}
		}
		g, err := w.orders.GSTR1(ctx, preparer, "09", d.Clock.Now().Date()[:7])
		w.ok(err)
		if !g.Ties() || g.Documents.IGST != 5*sent[0].Lines[0].IGST || len(g.B2CSmall) != 1 || g.HSN[0].Quantity != 5 || len(g.Issued) != 3 {
			t.Errorf("%+v", g)
		}
		if csv := string(g.CSV()); !strings.Contains(csv, "total,ties,true") || !strings.Contains(csv, "SBI/"+fy+"/000003") {
			t.Error(csv)
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE documents SET total_paise = 1`); err == nil {
			t.Error("a document was changed")
		}
		w.check()
	})
}

// register enters the GST number.
func (w *world) register() {
	w.t.Helper()
	r := orders.Registration{ID: "09", Prefix: "SB", GSTIN: "09AAATL1234Q1ZB", State: "09", Kind: "regular", LegalName: "Trust", Address: "Lucknow", From: "2017-07-01"}
	_, err := w.orders.SaveRegistration(ctx, admin, "", r)
	w.ok(err)
	r.GSTIN = "09AAACI3591D1ZO"
	if _, err := w.orders.SaveRegistration(ctx, admin, "", r); !errors.Is(err, orders.ErrRegistration) {
		w.t.Errorf("another number for the same registration: %v", err)
	}
}

func TestReconciliationListsWhatDiffers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 30, 199900)
		o, guest := w.paid(v, 2, "09")
		p, err := w.orders.Payments(ctx, admin, o.ID)
		w.ok(err)
		w.ok(w.orders.EnterFee(ctx, p[0].ID))
		_, err = w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1})
		w.ok(err)
		w.refunded()
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		r, err := w.orders.Reconcile(ctx, preparer)
		if err != nil || len(r.Differences) != 0 || r.Compared != 2 || r.BookPaise != r.TheirPaise || r.BookPaise == 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		// The gateway took money whose event never came, and we have a refund it does not know.
		lost, other, err := w.order(v, 1, "09")
		w.ok(err)
		w.pay(other, lost.ID)
		_, err = d.Pool().ExecContext(ctx, `UPDATE payments SET captured_paise = captured_paise + 1 WHERE id = $1`, p[0].ID)
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		r, err = w.orders.Reconcile(ctx, preparer)
		w.ok(err)
		kinds := map[string]int{}
		for _, one := range r.Differences {
			kinds[one.Kind]++
		}
		if kinds["charge"] != 2 || kinds["balance"] != 1 {
			t.Errorf("%+v", r.Differences)
		}
		list, err := w.orders.Reconciliations(ctx, approver)
		if err != nil || len(list) != 2 || len(list[0].Differences) != len(r.Differences) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A refund that fails weeks after it went differs while its event has not come, and
// no more when it has.
func TestARefundThatCameBackAgreesAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("A", 30, 199900), 2, "09")
		p, err := w.orders.Payments(ctx, admin, o.ID)
		w.ok(err)
		w.ok(w.orders.EnterFee(ctx, p[0].ID))
		_, err = w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1})
		w.ok(err)
		w.refunded()
		differs := func() []orders.Difference {
			w.ok(d.AdvanceClock(ctx, 2*time.Minute))
			r, err := w.orders.Reconcile(ctx, preparer)
			w.ok(err)
			return r.Differences
		}
		if got := differs(); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		w.ok(d.AdvanceClock(ctx, 20*24*time.Hour))
		refunds, err := w.orders.Refunds(ctx, preparer, o.ID)
		w.ok(err)
		payload, signature, err := w.sim.SettleRefund(ctx, *refunds[0].ProviderID, payment.RefundFailed)
		w.ok(err)
		if got := differs(); len(got) != 2 || got[0].Kind != "refund" || got[0].Ours != refunds[0].Amount || got[0].Theirs != 0 {
			t.Errorf("it came back and nobody told us: %+v", got)
		}
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		if got := differs(); len(got) != 0 {
			t.Errorf("it came back: %+v", got)
		}
	})
}
