package orders_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

// together runs the tasks at once and returns their errors in order.
func together(tasks ...func() error) []error {
	out := make([]error, len(tasks))
	var ready, done sync.WaitGroup
	ready.Add(len(tasks))
	for i, task := range tasks {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			out[i] = task()
		})
	}
	done.Wait()
	return out
}

// refusedOnly fails for any error that is not a conflict with another's act.
func refusedOnly(t *testing.T, errs []error) (obeyed int) {
	t.Helper()
	for _, err := range errs {
		if err == nil {
			obeyed++
		} else if f := fault.Of(err); f == nil || f.Kind != fault.Conflict {
			t.Errorf("%v", err)
		}
	}
	return obeyed
}

// The last piece: its order expires, is paid and cancelled at once, and another
// buyer wants it. Whoever wins, it is held once and no money is lost.
func TestExpiryPaymentCancelAndAnotherBuyerAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rounds := 12
		if testing.Short() {
			rounds = 4
		}
		for round := range rounds {
			v := w.piece(fmt.Sprintf("LAST%d", round), 1, 200000)
			o, guest, err := w.order(v, 1, "09")
			w.ok(err)
			p, err := w.orders.Pay(ctx, guest, o.ID, "")
			w.ok(err)
			w.ok(d.AdvanceClock(ctx, 16*time.Minute))
			payload, signature, err := w.sim.Confirm(ctx, p.IntentID, payment.Succeeded)
			w.ok(err)
			cart, token, err := w.orders.CreateCart(ctx)
			w.ok(err)
			other := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
			_, err = w.orders.SetLine(ctx, other, "", cart, orders.LineInput{Variant: v, Quantity: 1})
			w.ok(err)
			errs := together(
				func() error { _, err := w.orders.ExpireDue(ctx); return err },
				func() error { return w.orders.PaymentEvent(ctx, payload, signature) },
				func() error { return w.orders.PaymentEvent(ctx, payload, signature) },
				func() error {
					if round%2 == 0 {
						return nil
					}
					_, err := w.orders.Cancel(ctx, guest, "", orders.CancelInput{Order: o.ID})
					return err
				},
				func() error {
					_, err := w.orders.Place(ctx, other, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Other", Phone: "9876543211"},
						Address: orders.Address{House: "1", City: "Town", State: "09", PIN: "226003"}})
					return err
				})
			refusedOnly(t, errs)
			_, err = w.orders.ExpireDue(ctx)
			w.ok(err)
			if free := w.free(v); free < 0 || free > 1 {
				t.Errorf("%d pieces free of one", free)
			}
			got := w.read(o.ID)
			if got.State == orders.Confirmed && errs[4] == nil {
				t.Errorf("one piece, two buyers")
			}
			if got.State == orders.Cancelled && got.RefundDue != 200000 {
				t.Errorf("cancelled, and %s goes back", got.RefundDue)
			}
			w.check()
		}
	})
}

// A set and its single pieces want the same last kurta, many at once.
func TestSetAndSinglePieceWantTheSameStock(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		kurta, dupatta := w.piece("K", 5, 199900), w.piece("D", 50, 60000)
		p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Set"}, Area: "lucknow", Craft: "chikan",
			Garment: "suit", Fabric: "cotton", Colour: "white", HSN: "6206"})
		w.ok(err)
		set, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: "SET", Size: "M",
			Parts: []catalog.PartInput{{Variant: kurta, Pieces: 1}, {Variant: dupatta, Pieces: 1}}})
		w.ok(err)
		w.publish(p.ID)
		var tasks []func() error
		for i := range 24 {
			// The same variants in opposite order, the kurta twice in a cart.
			lines := [][]orders.LineInput{
				{{Variant: set.ID, Quantity: 1}},
				{{Variant: kurta, Quantity: 1}},
				{{Variant: dupatta, Quantity: 1}, {Variant: kurta, Quantity: 1}},
				{{Variant: kurta, Quantity: 1}, {Variant: set.ID, Quantity: 1}},
			}[i%4]
			tasks = append(tasks, func() error { return w.placeQuietly(lines) })
		}
		obeyed := refusedOnly(t, together(tasks...))
		var sold int64
		w.ok(d.Get(ctx, &sold, `
			SELECT CAST(COALESCE(SUM(s.reserved), 0) AS BIGINT)
			FROM stock s
			JOIN lots l ON l.id = s.lot_id
			WHERE l.variant_id = $1`, kurta))
		if sold < 4 || sold > 5 || obeyed < 3 || obeyed > 5 {
			t.Errorf("%d kurtas of 5 held by %d buyers", sold, obeyed)
		}
		w.check()
	})
}

// placeQuietly orders a basket without reporting to the test, for goroutines.
func (w *world) placeQuietly(lines []orders.LineInput) error {
	cart, token, err := w.orders.CreateCart(ctx)
	if err != nil {
		return err
	}
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	for _, l := range lines {
		if _, err := w.orders.SetLine(ctx, guest, "", cart, l); err != nil {
			return err
		}
	}
	_, err = w.orders.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Guest", Phone: "9876543210"},
		Address: orders.Address{House: "1", City: "Town", State: "09", PIN: "226003"}})
	return err
}

// Many cancels, returns and refunds of one order at once have one effect each.
func TestRefundsNeverExceedWhatWasPaid(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 10, 200000)
		o, guest := w.paid(v, 3, "09")
		var tasks []func() error
		for i := range 12 {
			in := orders.CancelInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: int64(1 + i%2)}
			if i%4 == 0 {
				in = orders.CancelInput{Order: o.ID}
			}
			tasks = append(tasks, func() error { _, err := w.orders.Cancel(ctx, guest, "", in); return err })
		}
		refusedOnly(t, together(tasks...))
		tasks = nil
		for range 6 {
			tasks = append(tasks, func() error { _, err := w.orders.SendRefunds(ctx); return err })
		}
		for _, err := range together(tasks...) {
			w.ok(err)
		}
		w.refunded()
		if got := w.read(o.ID); got.State != orders.Cancelled || got.Payment != orders.PaymentRefunded {
			t.Errorf("%s %s", got.State, got.Payment)
		}
		if stripe := w.balance(ledger.Stripe); stripe != 0 {
			t.Errorf("the gateway has %s", stripe)
		}
		var back int64
		w.ok(d.Get(ctx, &back, `SELECT CAST(SUM(amount_paise) AS BIGINT) FROM sim_refunds`))
		if back != 600000 {
			t.Errorf("%d paise went back of 600000", back)
		}
		w.check()

		sent, buyer := w.sent(v, 3, "09")
		tasks = nil
		for range 12 {
			tasks = append(tasks, func() error {
				_, err := w.orders.RequestReturn(ctx, buyer, "", orders.ReturnInput{Order: sent.ID, Line: sent.Lines[0].ID, Pieces: 2, Reason: orders.ChangedMind})
				return err
			})
		}
		if n := refusedOnly(t, together(tasks...)); n != 1 {
			t.Errorf("%d requests for two of three pieces", n)
		}
		list, err := w.orders.Returns(ctx, admin, sent.ID)
		w.ok(err)
		tasks = nil
		for range 12 {
			tasks = append(tasks, func() error {
				_, err := w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: list[0].ID, Outcome: orders.Restock})
				return err
			})
		}
		if n := refusedOnly(t, together(tasks...)); n != 1 {
			t.Errorf("received %d times", n)
		}
		w.refunded()
		w.check()
	})
}

// A coupon for one use is used once, however many want it.
func TestACouponIsUsedAsOftenAsItMay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 40, 200000)
		_, err := w.orders.CreateCoupon(ctx, preparer, "", orders.CouponInput{Code: "ONCE", Kind: orders.Fixed, Paise: 100, Limit: 3, From: "2020-01-01", To: "2099-01-01"})
		w.ok(err)
		var tasks []func() error
		for range 16 {
			tasks = append(tasks, func() error {
				cart, token, err := w.orders.CreateCart(ctx)
				if err != nil {
					return err
				}
				guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
				if _, err := w.orders.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: v, Quantity: 1}); err != nil {
					return err
				}
				_, err = w.orders.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Coupon: "once", Buyer: orders.Buyer{Name: "Guest", Phone: "9876543210"},
					Address: orders.Address{House: "1", City: "Town", State: "09", PIN: "226003"}})
				return err
			})
		}
		errs := together(tasks...)
		if n := refusedOnly(t, errs); n != 3 {
			t.Errorf("used %d times", n)
		}
		for _, err := range errs {
			if err != nil && !errors.Is(err, orders.ErrCouponUsed) {
				t.Error(err)
			}
		}
		w.check()
	})
}
