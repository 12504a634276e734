package orders_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

func TestOrderMails(t *testing.T) {
	d := testdb.SQLite(t)
	for order, of := range map[string][2]string{"ord_en": {"en", "asha@example.org"}, "ord_hi": {"hi", "asha@example.org"}, "ord_ur": {"ur", "asha@example.org"}, "ord_none": {"en", ""}, "ord_owed": {"en", "asha@example.org"}} {
		mailOrder(t, d, order, of[0], of[1])
	}
	if err := d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`
			INSERT INTO refunds (id, order_id, payment_id, source, reason, amount_paise, state, provider, created_by, created_at)
			VALUES ('rfd_1', 'ord_owed', 'pmt_1', 'deposit', 'cancelled', 210000, 'due', 'upi', 'test', 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s := orders.NewService(d, nil, nil, orders.Defaults())
	for _, c := range []struct{ order, step, subject, text string }{
		{"ord_en", "placed", "Your order ord_en is waiting for payment", "until 2026-04-01 05:30 IST. Please pay ₹2,100.00"},
		{"ord_en", "paid", "Your order ord_en is paid", "2 × White kurta (M, CK-1): ₹2,100.00\nTotal, tax included: ₹2,100.00\nof which tax: ₹100.00\nof which for the makers' work: ₹1,200.00\n"},
		{"ord_en", "dispatched", "Your order ord_en is on its way", "within 7 days"},
		{"ord_owed", "refund_due", "Money goes back to you for the order ord_owed", "₹2,100.00 goes back to you"},
		{"ord_owed", "refunded", "We have paid back money for the order ord_owed", "paid back ₹0.00 so far"},
		{"ord_hi", "return_received", "ऑर्डर ord_hi की वापसी मिल गई", "क्रेडिट नोट"},
		{"ord_hi", "paid", "आपके ऑर्डर ord_hi का भुगतान मिल गया", "सफ़ेद कुर्ता"},
		{"ord_ur", "paid", "Your order ord_ur is paid", "Dear Asha {until},"},
	} {
		to, subject, text, err := s.OrderMessage(context.Background(), c.order, c.step)
		if err != nil || to != "asha@example.org" || subject != c.subject || !strings.Contains(text, c.text) {
			t.Errorf("%s %s: %q %q %v\n%s", c.order, c.step, to, subject, err, text)
		}
	}
	if to, _, _, err := s.OrderMessage(context.Background(), "ord_none", "paid"); to != "" || err != nil {
		t.Error("no address was given", to, err)
	}
	if to, _, _, err := s.OrderMessage(context.Background(), "ord_en", "refund_due"); to != "" || err != nil {
		t.Error("nothing is owed any more", to, err)
	}
	if _, _, _, err := s.OrderMessage(context.Background(), "ord_en", "dusted"); !errors.Is(err, orders.ErrMailStep) {
		t.Error(err)
	}
	if _, _, _, err := s.OrderMessage(context.Background(), "ord_gone", "paid"); !errors.Is(err, orders.ErrNotFound) {
		t.Error(err)
	}
}

// mailOrder writes an order of two kurtas as Place would have frozen it.
func mailOrder(t *testing.T, d *db.DB, order, language, email string) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if _, err := tx.Exec(`
			INSERT INTO orders (id, channel, state, payment_state, method, cart_id, access_hash, buyer_name, buyer_phone, buyer_email,
				house, landmark, city, state_code, pin, language, seller_state, total_paise, taxable_paise, cgst_paise, sgst_paise,
				igst_paise, rounding_paise, business_date, placed_at, expires_at)
			VALUES ($1, 'retail', 'placed', 'open', 'card', 'crt', 'x', 'Asha {until}', '9876543210', $2,
				'1', '', 'Lucknow', '09', '226001', $3, '09', 210000, 200000, 5000, 5000,
				0, 0, '2026-04-01', $4, $4)`, order, email, language, int64(1775001600000000)); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO order_lines (id, order_id, pos, product_id, variant_id, card_id, sku, size, title_en, title_hi, title_ur,
				quantity, hsn, rate_bp, tag_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise)
			VALUES ($1, $2, 1, 'prd', 'var', 'crd', 'CK-1', 'M', 'White kurta', 'सफ़ेद कुर्ता', '',
				2, '6211', 500, 105000, 100000, 2500, 2500, 0, 0)`, "lin_"+order, order); err != nil {
			return err
		}
		_, err := tx.Exec(`
			INSERT INTO order_line_heads (line_id, pos, kind, head, paise, minutes, shares)
			VALUES ($1, 1, 'cost', 'material', 40000, 0, FALSE), ($1, 2, 'wage', 'embroidery', 50000, 0, TRUE), ($1, 3, 'makers', 'makers', 10000, 0, FALSE)`,
			"lin_"+order)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A buyer who gave no address may give one afterwards, at any step, and take it
// back; nobody else may, and a wrong one changes nothing.
func TestMailsAboutAnOrderGoWhereTheBuyerSays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest := w.paid(w.piece("MAIL", 3, 262500), 1, "09")
		letters := func() (n int) {
			w.ok(d.Get(ctx, &n, `SELECT COUNT(*) FROM outbox WHERE kind = 'order.mail' AND payload LIKE '%"paid"%'`))
			return n
		}
		before := letters()
		tell := func(actor auth.Actor, email string) error {
			_, err := w.orders.MailTo(ctx, actor, "", orders.MailInput{Order: o.ID, Email: email})
			return err
		}
		if err := tell(guest, "asha at example"); !hasField(err, "email") {
			t.Errorf("a wrong address: %v", err)
		}
		if err := tell(auth.Actor{Via: auth.ViaGuest, GuestHash: "another"}, "thief@example.org"); !errors.Is(err, orders.ErrNotFound) {
			t.Errorf("another's order: %v", err)
		}
		if err := tell(preparer, "thief@example.org"); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("staff without the right: %v", err)
		}
		if got := w.read(o.ID).Buyer.Email; got != "" || letters() != before {
			t.Fatalf("a refused address was kept: %q", got)
		}
		if letters() != 0 {
			t.Error("a mail to nobody was asked for")
		}
		for range 2 { // told twice, written once
			w.ok(tell(guest, " asha@example.org "))
		}
		to, subject, _, err := w.orders.OrderMessage(ctx, o.ID, "paid")
		if w.ok(err); to != "asha@example.org" || !strings.Contains(subject, "is paid") || letters() != before+1 {
			t.Errorf("mail to %q, %q, %d letters", to, subject, letters()-before)
		}
		w.ok(tell(guest, ""))
		if to, _, _, _ := w.orders.OrderMessage(ctx, o.ID, "paid"); to != "" {
			t.Errorf("mails still go to %q", to)
		}
	})
}
