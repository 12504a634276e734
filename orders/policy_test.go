package orders_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

func TestReturnWindowAndMadeToOrder(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 5, 199900)
		o, guest := w.sent(v, 1, "09")
		ask := orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.ChangedMind}
		_, err := w.orders.Deliver(ctx, admin, "", o.ID)
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 7*24*time.Hour+time.Minute))
		if _, err := w.orders.RequestReturn(ctx, guest, "", ask); !errors.Is(err, orders.ErrReturnWindow) {
			t.Errorf("after the window: %v", err)
		}
		if _, err := w.orders.RequestReturn(ctx, auth.Actor{Via: auth.ViaGuest, GuestHash: "other"}, "", ask); !errors.Is(err, orders.ErrNotFound) {
			t.Errorf("another shopper: %v", err)
		}
		r, err := w.orders.RequestReturn(ctx, admin, "", ask) // the shop may be kind
		w.ok(err)
		if _, err := w.orders.EndReturn(ctx, admin, "", orders.ReturnEnd{Return: r.ID}); !errors.Is(err, orders.ErrReturn) {
			t.Errorf("refused without a reason: %v", err)
		}
		r, err = w.orders.EndReturn(ctx, guest, "", orders.ReturnEnd{Return: r.ID})
		if err != nil || r.State != orders.ReturnWithdrawn {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock}); !errors.Is(err, orders.ErrState) {
			t.Errorf("received after it was withdrawn: %v", err)
		}
		made, buyer := w.madeToOrder()
		if _, err := w.orders.Cancel(ctx, buyer, "", orders.CancelInput{Order: made.ID}); !errors.Is(err, orders.ErrState) {
			t.Errorf("a made piece was cancelled by its buyer: %v", err)
		}
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: made.ID})
		w.ok(err)
		ask = orders.ReturnInput{Order: made.ID, Line: made.Lines[0].ID, Pieces: 1, Reason: orders.Size}
		if _, err := w.orders.RequestReturn(ctx, buyer, "", ask); !errors.Is(err, orders.ErrReturnPolicy) {
			t.Errorf("a made piece for its size: %v", err)
		}
		ask.Reason = orders.Defect
		_, err = w.orders.RequestReturn(ctx, buyer, "", ask)
		w.ok(err)
		w.check()
	})
}

func (w *world) madeToOrder() (orders.Order, auth.Actor) {
	w.t.Helper()
	p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Made"}, Area: "lucknow", Craft: "chikan",
		Garment: "kurta", Fabric: "cotton", Colour: "white", HSN: "6206", MadeToOrder: true})
	w.ok(err)
	v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: "MADE", Size: "M"})
	w.ok(err)
	_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: 199900, Heads: heads(true)})
	w.ok(err)
	w.lot(v.ID, 3)
	w.publish(p.ID)
	return w.paid(v.ID, 1, "09")
}

// A defect that its only maker accepts: the piece is hers again, with her
// material, and her credit is gone; nobody else pays but the fund its costs.
func TestADefectGoesBackToItsOnlyMaker(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		product := w.draft("Alone")
		v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: product, SKU: "ALONE", Size: "M"})
		w.ok(err)
		_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: 199900, Heads: heads(true)})
		w.ok(err)
		_, err = w.catalog.ReceiveLot(ctx, admin, "", catalog.LotInput{Variant: v.ID, Owner: w.makers[0], Pieces: 2, Makers: []catalog.MakerInput{
			{Stage: "embroidery", Artisan: w.makers[0], Weight: 1}, {Stage: "washing", Artisan: w.makers[0], Weight: 1}}})
		w.ok(err)
		w.publish(product)
		o, guest := w.sent(v.ID, 2, "09")
		w.ok(d.AdvanceClock(ctx, 16*24*time.Hour))
		_, err = w.orders.ReleaseDue(ctx)
		w.ok(err)
		earned := w.balance(ledger.Payable(w.makers[0]))
		r, err := w.orders.RequestReturn(ctx, guest, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.Defect})
		w.ok(err)
		for _, wrong := range []orders.ReceiveInput{{Return: r.ID, Outcome: orders.ToMaker}, {Return: r.ID, Outcome: orders.ToMaker, AtFault: w.makers[1]},
			{Return: r.ID, Outcome: "burnt"}} {
			if _, err := w.orders.ReceiveReturn(ctx, admin, "", wrong); !errors.Is(err, orders.ErrReturn) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		_, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.ToMaker, AtFault: w.makers[0]})
		w.ok(err)
		if now := w.balance(ledger.Payable(w.makers[0])); now*2 != earned {
			t.Errorf("she has %s of %s", -now, -earned)
		}
		if w.free(v.ID) != 0 {
			t.Error("the piece is for sale")
		}
		w.check()
	})
}

func TestThresholdsAreFlagged(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	w.register()
	dear := w.piece("DEAR", 5, 3_000_000)
	o, _ := w.sent(dear, 1, "27")
	if flags := w.documents(o.ID)[orders.TaxInvoice][0].Flags; flags != "" {
		t.Errorf("₹30,000: %q", flags)
	}
	o, _ = w.sent(dear, 2, "27")
	invoice := w.documents(o.ID)[orders.TaxInvoice][0]
	if invoice.Flags != gst.EwayBill || !strings.Contains(strings.Join(invoice.Paper("en", "").Notes, " "), "₹50,000.00") {
		t.Errorf("₹60,000: %q, %q", invoice.Flags, invoice.Paper("en", "").Notes)
	}
	if _, err := d.Pool().ExecContext(ctx, `INSERT INTO documents (id, kind, registration, series, business_date, order_id, cause, supply_state, inter_state,
		taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise, total_paise, body, created_at)
		VALUES ('doc_old', 'tax_invoice', '09', 'SBI/24-25', '2024-05-01', $1, 'old', '09', FALSE, 5000000001, 0, 0, 0, 0, 5000000001, '{}', 1)`, o.ID); err != nil {
		t.Fatal(err)
	}
	cart, token, err := w.orders.CreateCart(ctx)
	w.ok(err)
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	_, err = w.orders.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: w.piece("B2B", 3, 199900), Quantity: 1})
	w.ok(err)
	in := orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Boutique", Phone: "9876543210", GSTIN: "27AAPFU0939F1ZV"},
		Address: orders.Address{House: "1", City: "Mumbai", State: "09", PIN: "226003"}}
	if _, err := w.orders.Place(ctx, guest, "", in); !errors.Is(err, orders.ErrAddress) {
		t.Errorf("a GST number of another State: %v", err)
	}
	in.Address.State = "27"
	b2b, err := w.orders.Place(ctx, guest, "", in)
	w.ok(err)
	payload, signature := w.pay(guest, b2b.ID)
	w.ok(w.orders.PaymentEvent(ctx, payload, signature))
	_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: b2b.ID})
	w.ok(err)
	if flags := w.documents(b2b.ID)[orders.TaxInvoice][0].Flags; !strings.Contains(flags, "einvoice") {
		t.Errorf("a registered buyer above the turnover: %q", flags)
	}
	g, err := w.orders.GSTR1(ctx, preparer, "09", d.Clock.Now().Date()[:7])
	if err != nil || len(g.B2B) != 1 || g.B2B[0].GSTIN != "27AAPFU0939F1ZV" || len(g.B2CLarge) != 0 {
		t.Errorf("%+v, %v", g, err)
	}
}

// Asking again, or saying twice that it is paid, keeps nothing longer.
func TestHoldsAreNotExtendedByAsking(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	o, guest, err := w.order(w.piece("A", 3, 200000), 1, "09")
	w.ok(err)
	_, err = w.orders.Pay(ctx, guest, o.ID, orders.UPI)
	w.ok(err)
	_, err = w.orders.Claim(ctx, guest, o.ID)
	w.ok(err)
	until := *w.read(o.ID).ExpiresAt
	w.ok(d.AdvanceClock(ctx, 3*time.Hour))
	for range 3 {
		_, err = w.orders.Claim(ctx, guest, o.ID)
		w.ok(err)
		_, err = w.orders.Pay(ctx, guest, o.ID, orders.UPI)
		w.ok(err)
		_, err = w.orders.Pay(ctx, guest, o.ID, orders.Card)
		w.ok(err)
	}
	if got := *w.read(o.ID).ExpiresAt; got != until {
		t.Errorf("kept until %s, at first until %s", got, until)
	}
}

func TestChangingTheMethodKeepsNothingLonger(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	o, guest, err := w.order(w.piece("A", 3, 200000), 1, "09")
	w.ok(err)
	for i := range 8 {
		_, err = w.orders.Pay(ctx, guest, o.ID, []orders.Method{orders.UPI, orders.Card}[i%2])
		if err == nil {
			w.ok(d.AdvanceClock(ctx, 10*time.Minute))
		}
	}
	if !errors.Is(err, orders.ErrExpired) {
		t.Errorf("after 70 minutes of changing the method: %v", err)
	}
}

// Every method that is closed is refused, and without a gateway cards are.
func TestClosedMethodsAreRefused(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	w.orders = orders.NewService(d, gst.Default(), nil, orders.Defaults())
	v := w.piece("A", 3, 200000)
	if _, _, err := w.order(v, 1, "09"); !errors.Is(err, orders.ErrMethod) {
		t.Errorf("a card without a gateway: %v", err)
	}
	if err := w.orders.PaymentEvent(ctx, []byte(`{}`), ""); !errors.Is(err, orders.ErrMethod) {
		t.Errorf("a webhook without a gateway: %v", err)
	}
	if methods := w.orders.Settings().Methods(); len(methods) != 1 || methods[0] != orders.Cash {
		t.Errorf("%v", methods)
	}
	if _, err := w.orders.Reconcile(ctx, preparer); !errors.Is(err, orders.ErrNoReport) {
		t.Errorf("%v", err)
	}
	if n, err := w.orders.SendRefunds(ctx); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
