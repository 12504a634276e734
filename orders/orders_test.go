package orders_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
	"saebaan/orders"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var admin = auth.Actor{ID: "usr_admin", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Administrator}}}

// reporter is what a test or one history of a property reports to.
type reporter interface {
	Helper()
	Fatal(args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
}

type world struct {
	t       reporter
	db      *db.DB
	sim     *payment.Simulator
	orders  *orders.Service
	catalog *catalog.Service
	makers  []string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	keys, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, sim: payment.NewSimulator(d, "whsec_test")}
	w.catalog = catalog.NewService(d, gst.Default(), nil, nil)
	w.orders = orders.NewService(d, gst.Default(), w.sim, settings())
	people := artisans.NewService(d, keys)
	for _, name := range []string{"Asma", "Bano"} {
		a, err := people.Create(ctx, admin, "", artisans.Input{NameEn: name, Area: "lucknow", Crafts: []string{"chikan"}, Member: true})
		if err != nil {
			t.Fatal(err)
		}
		w.makers = append(w.makers, a.ID)
	}
	return w
}

var ctx = context.Background()

// settings open every way to pay.
func settings() orders.Settings {
	s := orders.Defaults()
	s.UPI = orders.UPIAccount{ID: "trust@upi", Name: "Lucknow Mahila SEWA Trust"}
	s.Bank = orders.BankAccount{Name: "Lucknow Mahila SEWA Trust", Number: "309900011111", IFSC: "BARB0LUCKNO"}
	return s
}

// heads are a card of every kind of head; carried says that the price includes
// the carriage.
func heads(carried bool) []catalog.HeadInput {
	paise := func(p money.Paise) *money.Paise { return &p }
	share := func(bp money.BasisPoints) *money.BasisPoints { return &bp }
	out := []catalog.HeadInput{{Kind: catalog.Cost, Head: "material", BasisPoints: share(1500)},
		{Kind: catalog.Wage, Head: "embroidery", BasisPoints: share(5000), Shares: true},
		{Kind: catalog.Wage, Head: "washing", BasisPoints: share(300)},
		{Kind: catalog.Cost, Head: "packing", Paise: paise(340)}, {Kind: catalog.Cost, Head: "fee", BasisPoints: share(210)},
		{Kind: catalog.Trust, Head: "running", BasisPoints: share(800)}, {Kind: catalog.Trust, Head: "fund", BasisPoints: share(500)},
		{Kind: catalog.Makers, Head: "makers"}}
	if carried {
		out = append(out, catalog.HeadInput{Kind: catalog.Cost, Head: "shipping", Paise: paise(950)})
	}
	return out
}

// piece publishes a design with so many pieces and returns the variant.
func (w *world) piece(sku string, pieces int64, tag money.Paise) string {
	w.t.Helper()
	product := w.draft("Kurta " + sku)
	v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: product, SKU: sku, Size: "M"})
	w.ok(err)
	_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: tag, Heads: heads(true)})
	w.ok(err)
	w.lot(v.ID, pieces)
	w.publish(product)
	return v.ID
}

// publish hands a draft in and shows it in the shop.
func (w *world) publish(product string) {
	w.t.Helper()
	_, err := w.catalog.Submit(ctx, admin, "", product)
	w.ok(err)
	_, err = w.catalog.Publish(ctx, admin, "", product)
	w.ok(err)
}

// draft is a kurta that is not shown yet.
func (w *world) draft(title string) string {
	w.t.Helper()
	p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: title}, Area: "lucknow", Craft: "chikan",
		Garment: "kurta", Fabric: "cotton", Colour: "white", HSN: "6206"})
	w.ok(err)
	return p.ID
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) order(variant string, n int64, state string) (orders.Order, auth.Actor, error) {
	w.t.Helper()
	cart, token, err := w.orders.CreateCart(ctx)
	w.ok(err)
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	_, err = w.orders.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: variant, Quantity: n})
	w.ok(err)
	o, err := w.orders.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Guest", Phone: "+91 98765 43210"},
		Address: orders.Address{House: "1", City: "Town", State: state, PIN: "226003"}})
	return o, guest, err
}

// pay returns the signed event of a successful payment.
func (w *world) pay(guest auth.Actor, order string) (payload []byte, signature string) {
	w.t.Helper()
	p, err := w.orders.Pay(ctx, guest, order, "")
	w.ok(err)
	payload, signature, err = w.sim.Confirm(ctx, p.IntentID, payment.Succeeded)
	w.ok(err)
	return payload, signature
}

// check runs the invariants.
func (w *world) check() {
	w.t.Helper()
	_, err := ledger.Seal(ctx, w.db)
	w.ok(err)
	report, err := ledger.Verify(ctx, w.db, nil)
	w.ok(err)
	if len(report.Problems) > 0 {
		w.t.Errorf("ledger: %+v", report.Problems)
	}
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		problems, err := orders.Check(tx)
		if len(problems) > 0 {
			w.t.Errorf("orders: %+v", problems)
		}
		stock, err2 := catalog.CheckStock(tx)
		if len(stock) > 0 {
			w.t.Errorf("stock: %+v", stock)
		}
		return errors.Join(err, err2)
	}))
}

func TestUnpaidOrderExpiresAndItsPiecesComeBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 1, 200000)
		o, _, err := w.order(v, 1, "09")
		w.ok(err)
		if _, _, err := w.order(v, 1, "09"); !errors.Is(err, catalog.ErrSoldOut) {
			t.Fatalf("a reserved piece: %v", err)
		}
		w.ok(d.AdvanceClock(ctx, 14*time.Minute))
		if n, err := w.orders.ExpireDue(ctx); err != nil || n != 0 {
			t.Fatalf("too early: %d %v", n, err)
		}
		w.ok(d.AdvanceClock(ctx, time.Minute))
		if n, err := w.orders.ExpireDue(ctx); err != nil || n != 1 {
			t.Fatalf("due: %d %v", n, err)
		}
		got, err := w.orders.Order(ctx, admin, o.ID)
		if err != nil || got.State != orders.Cancelled || got.Payment != orders.PaymentExpired {
			t.Fatalf("%s %s %v", got.State, got.Payment, err)
		}
		if _, _, err := w.order(v, 1, "09"); err != nil {
			t.Fatalf("the piece did not come back: %v", err)
		}
		w.check()
	})
}

func TestMoneyThatComesLate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 1, 200000)
		first, guest, err := w.order(v, 1, "09")
		w.ok(err)
		payload, signature := w.pay(guest, first.ID)
		w.ok(d.AdvanceClock(ctx, 16*time.Minute))
		_, err = w.orders.ExpireDue(ctx)
		w.ok(err)
		if err := w.orders.PaymentEvent(ctx, payload, signature); !errors.Is(err, payment.ErrOldEvent) {
			t.Fatalf("an event 16 minutes old: %v", err)
		}
		p, err := w.orders.Payments(ctx, admin, first.ID)
		w.ok(err)
		payload, signature, err = w.sim.Confirm(ctx, *p[0].ProviderID, payment.Succeeded)
		w.ok(err)
		for range 3 {
			w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		}
		got, err := w.orders.Order(ctx, admin, first.ID)
		if err != nil || got.State != orders.Confirmed || got.RefundDue != 0 {
			t.Fatalf("the piece was still there: %s, refund due %s, %v", got.State, got.RefundDue, err)
		}
		w.check()
	})
}

func TestMoneyThatComesWhenThePieceIsGone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.piece("A", 1, 200000)
		first, guest, err := w.order(v, 1, "09")
		w.ok(err)
		p, err := w.orders.Pay(ctx, guest, first.ID, "")
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 16*time.Minute))
		_, err = w.orders.ExpireDue(ctx)
		w.ok(err)
		second, other, err := w.order(v, 1, "09")
		w.ok(err)
		payload, signature, err := w.sim.Confirm(ctx, p.IntentID, payment.Succeeded)
		w.ok(err)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		got, err := w.orders.Order(ctx, admin, first.ID)
		if err != nil || got.State != orders.Cancelled || got.RefundDue != 200000 {
			t.Fatalf("%s, refund due %s, %v", got.State, got.RefundDue, err)
		}
		payload, signature = w.pay(other, second.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		if _, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: second.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: first.ID}); !errors.Is(err, orders.ErrState) {
			t.Fatalf("a cancelled order went out: %v", err)
		}
		w.check()
	})
}

func TestLostAnswerIsLookedUpWithTheSameKey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest, err := w.order(w.piece("A", 2, 200000), 1, "09")
		w.ok(err)
		w.sim.Fail(payment.Faults{LoseAnswer: true})
		if _, err := w.orders.Pay(ctx, guest, o.ID, ""); !errors.Is(err, payment.ErrUnknownOutcome) {
			t.Fatalf("lost answer: %v", err)
		}
		w.sim.Fail(payment.Faults{})
		w.ok(d.AdvanceClock(ctx, 2*time.Minute))
		if n, err := w.orders.LookUpPayments(ctx); err != nil || n != 1 {
			t.Fatalf("looked up %d, %v", n, err)
		}
		payments, err := w.orders.Payments(ctx, admin, o.ID)
		if err != nil || len(payments) != 1 || payments[0].ProviderID == nil || payments[0].State != "pending" {
			t.Fatalf("%+v %v", payments, err)
		}
		payload, signature := w.pay(guest, o.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		w.ok(w.orders.EnterFee(ctx, payments[0].ID))
		w.ok(w.orders.EnterFee(ctx, payments[0].ID))
		w.check()
	})
}

func TestDeclinedThenPaidOnTheSameIntent(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	o, guest, err := w.order(w.piece("A", 2, 200000), 1, "09")
	w.ok(err)
	p, err := w.orders.Pay(ctx, guest, o.ID, "")
	w.ok(err)
	payload, signature, err := w.sim.Confirm(ctx, p.IntentID, payment.Failed)
	w.ok(err)
	w.ok(w.orders.PaymentEvent(ctx, payload, signature))
	if got, _ := w.orders.Order(ctx, admin, o.ID); got.Payment != orders.PaymentFailed || got.State != orders.Placed {
		t.Fatalf("%s %s", got.Payment, got.State)
	}
	good, goodSignature := w.pay(guest, o.ID)
	w.ok(w.orders.PaymentEvent(ctx, good, goodSignature))
	w.ok(w.orders.PaymentEvent(ctx, payload, signature)) // the failure again, late
	if got, _ := w.orders.Order(ctx, admin, o.ID); got.Payment != orders.PaymentPaid || got.State != orders.Confirmed {
		t.Fatalf("%s %s", got.Payment, got.State)
	}
	w.check()
}

func TestNoNewsReleasesAfterFifteenDaysOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, guest, err := w.order(w.piece("A", 5, 199900), 3, "07")
		w.ok(err)
		if o.Tax.IGST == 0 || o.Tax.CGST != 0 {
			t.Fatalf("another State: %+v", o.Tax)
		}
		payload, signature := w.pay(guest, o.ID)
		w.ok(w.orders.PaymentEvent(ctx, payload, signature))
		_, err = w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 15*24*time.Hour-time.Minute))
		if n, err := w.orders.ReleaseDue(ctx); err != nil || n != 0 {
			t.Fatalf("too early: %d %v", n, err)
		}
		w.ok(d.AdvanceClock(ctx, time.Minute))
		if n, err := w.orders.ReleaseDue(ctx); err != nil || n != 1 {
			t.Fatalf("due: %d %v", n, err)
		}
		_, err = w.orders.Deliver(ctx, admin, "", o.ID)
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 30*24*time.Hour))
		if n, err := w.orders.ReleaseDue(ctx); err != nil || n != 0 {
			t.Fatalf("released again: %d %v", n, err)
		}
		w.ok(d.Read(ctx, func(tx *db.Tx) error {
			e, err := ledger.EntryByReference(tx, "release:"+o.Allocations[0].ID)
			if e.Reason != "no_news" {
				t.Errorf("reason %q", e.Reason)
			}
			return err
		}))
		w.check()
	})
}

// The transition tables, drawn; whoever changes one changes this picture.
func TestTransitionTables(t *testing.T) {
	draw := func(title string, rows map[string][]string, order []string) string {
		b := title + "\n"
		for _, from := range order {
			b += "  " + from + " → " + strings.Join(rows[from], " | ") + "\n"
		}
		return b
	}
	got := draw("order", table(orders.OrderMoves), []string{"placed", "confirmed", "cancelled", "closed"}) +
		draw("payment", table(orders.PaymentMoves), []string{"open", "pending", "failed", "expired", "part_paid", "paid", "part_refunded", "refunded"}) +
		draw("dispute", table(orders.DisputeMoves), []string{"open", "won", "lost"}) +
		draw("fulfilment", table(orders.FulfilmentMoves), []string{"reserved", "committed", "dispatched", "delivered", "returned", "cancelled"}) +
		draw("refund", table(orders.RefundMoves), []string{"due", "sending", "pending", "failed", "paid"}) +
		draw("return", table(orders.ReturnMoves), []string{"requested", "received", "refused", "withdrawn"})
	want := `order
  placed → confirmed | cancelled
  confirmed → closed | cancelled
  cancelled → confirmed
  closed → 
payment
  open → pending | part_paid | paid | expired
  pending → part_paid | paid | failed | expired
  failed → pending | part_paid | paid | expired
  expired → part_paid | paid
  part_paid → paid | expired | refunded | part_refunded
  paid → part_refunded | refunded
  part_refunded → paid | refunded
  refunded → paid | part_refunded
dispute
  open → won | lost
  won → 
  lost → 
fulfilment
  reserved → committed | cancelled
  committed → dispatched | cancelled
  dispatched → delivered | returned
  delivered → returned
  returned → 
  cancelled → 
refund
  due → sending | paid
  sending → due | pending | paid | failed
  pending → paid | failed
  failed → paid
  paid → failed
return
  requested → received | refused | withdrawn
  received → 
  refused → 
  withdrawn → 
`
	if got != want {
		t.Errorf("the tables are now\n%s", got)
	}
}

func table[S ~string](moves map[S][]S) map[string][]string {
	out := map[string][]string{}
	for from, list := range moves {
		for _, to := range list {
			out[string(from)] = append(out[string(from)], string(to))
		}
	}
	return out
}

func TestAddressFaultsNameTheirFields(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t))
	_, err := w.orders.Place(ctx, auth.Actor{Via: auth.ViaGuest, GuestHash: "x"}, "", orders.PlaceInput{Method: orders.Card,
		Buyer: orders.Buyer{Phone: "5432109876", Email: "a b@c"}, Address: orders.Address{PIN: "012345", State: "28"}})
	for _, field := range []string{"buyer.name", "buyer.phone", "buyer.email", "address.house", "address.city", "address.pin", "address.state"} {
		if !hasField(err, field) {
			t.Errorf("%s is not named in %v", field, err)
		}
	}
}

func hasField(err error, location string) bool {
	f := fault.Of(err)
	if f == nil {
		return false
	}
	for _, field := range f.Fields {
		if field.Location == location {
			return true
		}
	}
	return false
}

func TestALotCoversTheCardsToCome(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	v := w.piece("A", 1, 200000)
	wash := money.BasisPoints(100)
	rest := money.BasisPoints(9900)
	card := catalog.CardInput{Variant: v, Tag: 200000, From: d.Clock.Now().Add(48 * time.Hour).Date(), Heads: []catalog.HeadInput{
		{Kind: catalog.Wage, Head: "tailoring", BasisPoints: &wash, Shares: true}, {Kind: catalog.Wage, Head: "embroidery", BasisPoints: &rest}}}
	if _, err := w.catalog.SaveCard(ctx, admin, "", card); !errors.Is(err, catalog.ErrLot) {
		t.Errorf("a card that a lot in stock does not cover: %v", err)
	}
	card.Heads[0].Head = "embroidery"
	card.Heads = []catalog.HeadInput{card.Heads[1], {Kind: catalog.Trust, Head: "running", BasisPoints: &wash}}
	card.Heads[0].Head = "embroidery"
	card.Heads = append(card.Heads, catalog.HeadInput{Kind: catalog.Cost, Head: "packing", Paise: new(money.Paise)})
	card.From = d.Clock.Now().Add(-48 * time.Hour).Date()
	if _, err := w.catalog.SaveCard(ctx, admin, "", card); !errors.Is(err, catalog.ErrCard) {
		t.Errorf("a card that began yesterday: %v", err)
	}
}

func TestOneBadRowStopsNobodyElse(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	v := w.piece("A", 5, 200000)
	first, _, err := w.order(v, 1, "09")
	w.ok(err)
	_, _, err = w.order(v, 1, "09")
	w.ok(err)
	if _, err := d.Pool().ExecContext(ctx, `UPDATE allocations SET pieces = 99 WHERE order_id = $1`, first.ID); err != nil {
		t.Fatal(err)
	}
	w.ok(d.AdvanceClock(ctx, time.Hour))
	if n, err := w.orders.ExpireDue(ctx); n != 1 || err == nil {
		t.Errorf("expired %d, %v", n, err)
	}
}
