package orders_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

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
	"saebaan/internal/testkit"
	"saebaan/internal/vault"
	"saebaan/orders"
)

// TestAnyHistoryLeavesSoundBooks plays random histories of carts, payments,
// webhooks (shuffled, repeated, lost), expiries, cancels, refunds, returns,
// exchanges and disputes. After each step the invariants of orders, stock and
// ledger hold; at the end of each history, when everything has been told, the
// gateway's own figures and what each buyer has kept agree with the books, and
// the ledger verifies. SAEBAAN_MODEL_STEPS repeats it on fresh databases until
// each database has seen so many steps.
func TestAnyHistoryLeavesSoundBooks(t *testing.T) {
	wanted, _ := strconv.Atoi(os.Getenv("SAEBAAN_MODEL_STEPS"))
	if checks := flag.Lookup("rapid.checks"); wanted == 0 && checks.Value.String() == checks.DefValue {
		defer func() { _ = checks.Value.Set(checks.DefValue) }()
		if err := checks.Value.Set("30"); err != nil { // histories in an ordinary run; a fifth of them with -short
			t.Fatal(err)
		}
	}
	done := map[db.Dialect]int{}
	for chunk := 0; chunk == 0 || !t.Failed() && slices.Min(slices.Collect(maps.Values(done))) < wanted; chunk++ {
		testdb.Each(t, func(t *testing.T, d *db.DB) {
			m := newModel(t, d)
			rapid.Check(t, func(rt *rapid.T) {
				h := m.begin(rt)
				rt.Repeat(map[string]func(*rapid.T){
					"order":       h.order,
					"buy":         h.buy,
					"buy more":    h.buy,
					"pay":         h.pay,
					"gateway":     h.gateway,
					"tell":        h.tell,
					"lose answer": h.loseAnswer,
					"transfer":    h.transfer,
					"cash":        h.cash,
					"place":       h.placeReceipt,
					"time":        h.time,
					"cancel":      h.cancel,
					"dispatch":    h.dispatch,
					"deliver":     h.deliver,
					"return":      h.requestReturn,
					"receive":     h.receive,
					"dispute":     h.dispute,
					"refund":      h.refund,
					"number":      h.number,
					"again":       h.again,
					"":            func(*rapid.T) { done[d.Dialect()]++; h.check() },
				})
				h.finish()
			})
			testkit.JournalAgrees(t, d)
			t.Logf("chunk %d: %d steps so far, %v", chunk, done[d.Dialect()], m.seen)
		})
	}
}

// model is the shop that histories are played in.
type model struct {
	*world
	serial int64
	seen   map[string]int // how often each step did something
}

func newModel(t *testing.T, d *db.DB) *model {
	keys, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &model{world: &world{t: t, db: d, sim: payment.NewSimulator(d, "whsec_test")}, seen: map[string]int{}}
	m.catalog = catalog.NewService(d, gst.Default(), nil, nil)
	m.orders = orders.NewService(d, gst.Default(), m.sim, settings())
	people := artisans.NewService(d, keys)
	for _, name := range []string{"Asma", "Bano"} {
		a, err := people.Create(ctx, admin, "", artisans.Input{NameEn: name, Area: "lucknow", Crafts: []string{"chikan"}, Member: true})
		m.ok(err)
		m.makers = append(m.makers, a.ID)
	}
	m.register()
	for code, paise := range map[string]money.Paise{"SMALL": 1234, "ODD": 7} {
		_, err := m.orders.CreateCoupon(ctx, preparer, "", orders.CouponInput{Code: code, Kind: orders.Fixed, Paise: paise, Limit: 1000, From: "2020-01-01", To: "2099-01-01"})
		m.ok(err)
	}
	return m
}

// event is a webhook on its way.
type event struct {
	payload   []byte
	signature func() ([]byte, string, error) // signed anew when it is told
}

// history is one run of steps over pieces of its own.
type history struct {
	*model
	rt       *rapid.T
	variants []string
	left     map[string]int64 // pieces never sold to anybody, by the model's own count
	buyers   map[string]auth.Actor
	ids      []string
	events   []event
	last     func() // the last request with a key, to be sent again
}

func (m *model) begin(rt *rapid.T) *history {
	m.serial++
	m.t = rt
	h := &history{model: m, rt: rt, left: map[string]int64{}, buyers: map[string]auth.Actor{}}
	m.sim.Fail(payment.Faults{})
	medium, large := m.twoSizes(fmt.Sprintf("M%d", m.serial), 4, 3)
	single := m.uncarriedOf(fmt.Sprintf("S%d", m.serial), 3)
	p, err := m.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Set"}, Area: "lucknow", Craft: "chikan", Garment: "suit",
		Fabric: "cotton", Colour: "white", HSN: "6206"})
	m.ok(err)
	set, err := m.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: fmt.Sprintf("T%d", m.serial), Size: "M",
		Parts: []catalog.PartInput{{Variant: medium, Pieces: 1}, {Variant: single, Pieces: 1}}})
	m.ok(err)
	m.publish(p.ID)
	h.variants = []string{medium, large, single, set.ID}
	return h
}

func (m *model) uncarriedOf(sku string, pieces int64) string {
	v := m.uncarried(sku, "6206", 30000, 300)
	var lot string
	m.ok(m.db.Get(ctx, &lot, `SELECT id FROM lots WHERE variant_id = $1`, v))
	_, err := m.db.Pool().ExecContext(ctx, `UPDATE lots SET received = $1 WHERE id = $2`, pieces, lot)
	m.ok(err)
	_, err = m.db.Pool().ExecContext(ctx, `UPDATE stock SET on_hand = $1 WHERE lot_id = $2`, pieces, lot)
	m.ok(err)
	return v
}

// allowed passes faults that refuse a step in this state; any other error, and
// any internal one, ends the history.
func (h *history) allowed(step string, err error) bool {
	if err == nil {
		h.seen[step]++
		return true
	}
	if f := fault.Of(err); f == nil || (f.Kind != fault.Conflict && f.Kind != fault.Invalid && f.Kind != fault.NotFound && f.Kind != fault.Unavailable) {
		h.rt.Fatalf("%s: %v", step, err)
	}
	return false
}

// pick chooses an order of this history, mostly one that the step suits.
func (h *history) pick(suits string) (orders.Order, auth.Actor, bool) {
	if len(h.ids) == 0 {
		return orders.Order{}, auth.Actor{}, false
	}
	from := h.ids
	if rapid.IntRange(0, 9).Draw(h.rt, "suits") > 0 {
		args := make([]any, len(h.ids))
		for i, id := range h.ids {
			args[i] = id
		}
		var found []string
		h.ok(h.db.Select(ctx, &found, `SELECT o.id FROM orders o WHERE o.id IN (`+db.List(1, len(args))+`) AND `+suits+` ORDER BY o.id`, args...))
		if len(found) > 0 {
			from = found
		}
	}
	order := rapid.SampledFrom(from).Draw(h.rt, "order")
	return h.read(order), h.buyers[order], true
}

// What the steps suit.
const (
	unpaid     = `o.state = 'placed'`
	begun      = `EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.provider_id IS NOT NULL AND p.state <> 'captured')`
	referenced = `EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.reference IS NOT NULL AND p.state <> 'captured')`
	packed     = `EXISTS (SELECT 1 FROM allocations a WHERE a.order_id = o.id AND a.state = 'committed')`
	gone       = `EXISTS (SELECT 1 FROM allocations a WHERE a.order_id = o.id AND a.state = 'dispatched')`
	there      = `EXISTS (SELECT 1 FROM allocations a WHERE a.order_id = o.id AND a.dispatched_at IS NOT NULL AND a.returned < a.pieces)`
	asked      = `EXISTS (SELECT 1 FROM returns r WHERE r.order_id = o.id AND r.state = 'requested')`
	byCard     = `EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.provider_id IS NOT NULL AND p.state = 'captured')`
)

func (h *history) order(rt *rapid.T) {
	var lines []orders.LineInput
	for _, v := range h.variants {
		if n := rapid.IntRange(0, 2).Draw(rt, "pieces"); n > 0 {
			lines = append(lines, orders.LineInput{Variant: v, Quantity: int64(n)})
		}
	}
	if len(lines) == 0 {
		lines = []orders.LineInput{{Variant: h.variants[0], Quantity: 2}}
	}
	if len(h.ids) > 9 {
		return
	}
	o, guest, err := h.basket(rapid.SampledFrom([]string{"09", "27", "38"}).Draw(rt, "state"),
		rapid.SampledFrom([]string{"", "", "SMALL", "ODD"}).Draw(rt, "coupon"), lines...)
	if h.allowed("order", err) {
		h.ids, h.buyers[o.ID] = append(h.ids, o.ID), guest
	}
}

// buy is an order that is paid at once, and often sent.
func (h *history) buy(rt *rapid.T) {
	n := len(h.ids)
	h.order(rt)
	if len(h.ids) == n {
		return
	}
	order := h.ids[n]
	p, err := h.orders.Pay(ctx, h.buyers[order], order, "")
	if !h.allowed("pay", err) {
		return
	}
	sign := func() ([]byte, string, error) { return h.sim.Confirm(ctx, p.IntentID, payment.Succeeded) }
	payload, _, err := sign()
	h.ok(err)
	e := event{payload, sign}
	h.events = append(h.events, e)
	if !rapid.Bool().Draw(rt, "told at once") {
		return
	}
	h.deliverEvent(e)
	if rapid.Bool().Draw(rt, "sent at once") {
		_, err := h.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: order})
		h.allowed("dispatch", err)
	}
}

func (h *history) pay(rt *rapid.T) {
	o, guest, ok := h.pick(unpaid)
	if !ok {
		return
	}
	_, err := h.orders.Pay(ctx, guest, o.ID, rapid.SampledFrom([]orders.Method{"", "", orders.Card, orders.UPI, orders.BankTransfer}).Draw(rt, "method"))
	if h.allowed("pay", err) && rapid.Bool().Draw(rt, "claim") {
		_, err := h.orders.Claim(ctx, guest, o.ID)
		h.allowed("claim", err)
	}
}

// gateway lets something happen there and puts its event on the way.
func (h *history) gateway(rt *rapid.T) {
	o, _, ok := h.pick(begun)
	if !ok {
		return
	}
	rows, err := h.orders.Payments(ctx, admin, o.ID)
	h.ok(err)
	for _, p := range rows {
		if p.ProviderID == nil || p.Provider != "simulator" {
			continue
		}
		outcome := rapid.SampledFrom([]payment.Status{payment.Succeeded, payment.Succeeded, payment.Failed, payment.Processing}).Draw(rt, "outcome")
		sign := func() ([]byte, string, error) { return h.sim.Confirm(ctx, *p.ProviderID, outcome) }
		payload, _, err := sign()
		if h.allowed("gateway "+string(outcome), err) {
			h.events = append(h.events, event{payload, sign})
		}
	}
}

// tell delivers some event; it may stay and come again, or be lost for now.
func (h *history) tell(rt *rapid.T) {
	if len(h.events) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.events)-1).Draw(rt, "event")
	h.deliverEvent(h.events[i])
	if !rapid.Bool().Draw(rt, "comes again") {
		h.events = append(h.events[:i], h.events[i+1:]...)
	}
}

func (h *history) deliverEvent(e event) {
	payload, signature, err := e.signature()
	if errors.Is(err, payment.ErrFinal) {
		return // its intent went on meanwhile; that event will tell
	}
	h.ok(err)
	if !reflect.DeepEqual(payload, e.payload) {
		return // the gateway has a newer state; its own event is on the way
	}
	h.ok(h.orders.PaymentEvent(ctx, payload, signature))
	h.seen["tell"]++
}

func (h *history) loseAnswer(rt *rapid.T) {
	h.sim.Fail(rapid.SampledFrom([]payment.Faults{{}, {}, {LoseAnswer: true}, {LoseRefundAnswer: true}, {RefundPending: true}}).Draw(rt, "fault"))
}

// transfer brings money by the bank, now and then another amount.
func (h *history) transfer(rt *rapid.T) {
	o, _, ok := h.pick(referenced)
	if !ok {
		return
	}
	rows, err := h.orders.Payments(ctx, admin, o.ID)
	h.ok(err)
	for _, p := range rows {
		if p.Reference == nil {
			continue
		}
		amount := p.Amount + money.Paise(rapid.SampledFrom([]int64{0, 0, -1, 5}).Draw(rt, "other amount"))
		if amount <= 0 {
			continue
		}
		line := orders.StatementLine{Date: h.db.Clock.Now().Date(), Narration: "UPI " + *p.Reference, Credit: amount, Twin: rapid.IntRange(0, 1).Draw(rt, "twin")}
		rows, err := h.orders.EnterStatement(ctx, preparer, []orders.StatementLine{line})
		if h.allowed("transfer", err) {
			h.seen["transfer "+rows[0].Outcome]++
		}
		return
	}
}

func (h *history) cash(rt *rapid.T) {
	o, _, ok := h.pick(unpaid)
	if !ok {
		return
	}
	h.serial++
	amount := max(1, o.Total+money.Paise(rapid.SampledFrom([]int64{0, -100}).Draw(rt, "other amount")))
	_, err := h.orders.RecordMoney(ctx, preparer, "", orders.MoneyInput{Order: o.ID, Method: orders.Cash, Amount: amount, Reference: fmt.Sprintf("V-%06d", h.serial)})
	h.allowed("cash", err)
}

func (h *history) placeReceipt(rt *rapid.T) {
	open, err := h.orders.OpenReceipts(ctx, preparer)
	h.ok(err)
	o, _, ok := h.pick(unpaid)
	if len(open) == 0 || !ok {
		return
	}
	in := orders.Placement{Receipt: open[len(open)-1].ID, Order: o.ID, Reference: "UTR1",
		Decision: rapid.SampledFrom([]orders.ReceiptState{orders.ReceiptPlaced, orders.ReceiptPlaced, orders.ReceiptSentBack}).Draw(rt, "decision")}
	in.Reference += in.Receipt[len(in.Receipt)-6:]
	_, err = h.orders.PlaceReceipt(ctx, preparer, "", in)
	h.allowed("place "+string(in.Decision), err)
}

// time passes, and what is due is done.
func (h *history) time(rt *rapid.T) {
	h.ok(h.db.AdvanceClock(ctx, rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 25 * time.Hour, 8 * 24 * time.Hour}).Draw(rt, "passes")))
	_, err := h.orders.ExpireDue(ctx)
	h.ok(err)
	_, err = h.orders.ReleaseDue(ctx)
	h.ok(err)
	_, err = h.orders.LookUpPayments(ctx)
	h.ok(err)
	h.seen["time"]++
}

func (h *history) cancel(rt *rapid.T) {
	o, guest, ok := h.pick(`o.state IN ('placed', 'confirmed')`)
	if !ok {
		return
	}
	in := orders.CancelInput{Order: o.ID}
	if rapid.Bool().Draw(rt, "one line") {
		in.Line, in.Pieces = rapid.SampledFrom(o.Lines).Draw(rt, "line").ID, int64(rapid.IntRange(0, 2).Draw(rt, "pieces"))
	}
	key := h.key()
	h.once(func() error {
		_, err := h.orders.Cancel(ctx, guest, key, in)
		return err
	}, "cancel")
}

// once does a request with a key and, when it was obeyed, keeps it to be sent again.
func (h *history) once(do func() error, step string) {
	if h.allowed(step, do()) {
		h.last = func() { h.allowed(step+" again", do()) }
	}
}

func (h *history) key() string {
	h.serial++
	return fmt.Sprintf("key-%d", h.serial)
}

func (h *history) dispatch(*rapid.T) {
	if o, _, ok := h.pick(packed); ok {
		key := h.key()
		h.once(func() error {
			_, err := h.orders.Dispatch(ctx, admin, key, orders.DispatchInput{Order: o.ID})
			return err
		}, "dispatch")
	}
}

func (h *history) deliver(*rapid.T) {
	if o, _, ok := h.pick(gone); ok {
		_, err := h.orders.Deliver(ctx, admin, "", o.ID)
		h.allowed("deliver", err)
	}
}

func (h *history) requestReturn(rt *rapid.T) {
	o, guest, ok := h.pick(there)
	if !ok {
		return
	}
	line := rapid.SampledFrom(o.Lines).Draw(rt, "line")
	in := orders.ReturnInput{Order: o.ID, Line: line.ID, Pieces: int64(rapid.IntRange(1, 2).Draw(rt, "pieces")), Reason: rapid.SampledFrom(orders.Reasons()).Draw(rt, "reason")}
	if line.VariantID == h.variants[0] && in.Reason == orders.Size {
		in.Exchange = h.variants[1]
	}
	_, err := h.orders.RequestReturn(ctx, guest, "", in)
	h.allowed("return", err)
}

func (h *history) receive(rt *rapid.T) {
	o, _, ok := h.pick(asked)
	if !ok {
		return
	}
	list, err := h.orders.Returns(ctx, admin, o.ID)
	h.ok(err)
	for _, r := range list {
		if r.State != orders.ReturnRequested {
			continue
		}
		in := orders.ReceiveInput{Return: r.ID, Outcome: rapid.SampledFrom([]orders.Outcome{orders.Restock, orders.Restock, orders.Spoiled}).Draw(rt, "outcome")}
		if r.Reason == orders.Defect && rapid.Bool().Draw(rt, "accepted") {
			in.AtFault = h.makers[rapid.IntRange(0, 1).Draw(rt, "maker")]
		}
		key := h.key()
		h.once(func() error {
			got, err := h.orders.ReceiveReturn(ctx, admin, key, in)
			if err == nil && got.ExchangeOrder != "" && h.buyers[got.ExchangeOrder].Via == "" {
				h.ids, h.buyers[got.ExchangeOrder] = append(h.ids, got.ExchangeOrder), h.buyers[o.ID]
				h.seen["exchange"]++
			}
			return err
		}, "receive "+string(r.Reason))
		return
	}
}

func (h *history) dispute(rt *rapid.T) {
	o, _, ok := h.pick(byCard)
	if !ok || rapid.IntRange(0, 2).Draw(rt, "seldom") > 0 {
		return
	}
	rows, err := h.orders.Payments(ctx, admin, o.ID)
	h.ok(err)
	for _, p := range rows {
		if p.ProviderID == nil || p.Captured < 2 {
			continue
		}
		state := rapid.SampledFrom([]payment.DisputeState{payment.DisputeOpen, payment.DisputeWon, payment.DisputeLost}).Draw(rt, "dispute")
		amount := rapid.SampledFrom([]money.Paise{p.Captured, p.Captured / 2}).Draw(rt, "amount")
		sign := func() ([]byte, string, error) { return h.sim.Dispute(ctx, *p.ProviderID, amount, state) }
		payload, _, err := sign()
		if h.allowed("dispute "+string(state), err) {
			h.events = append(h.events, event{payload, sign})
		}
		return
	}
}

func (h *history) refund(rt *rapid.T) {
	_, err := h.orders.SendRefunds(ctx)
	h.ok(err)
	open, err := h.orders.OpenRefunds(ctx, preparer)
	h.ok(err)
	for _, r := range open {
		switch {
		case r.State == orders.RefundPending && rapid.Bool().Draw(rt, "settles"):
			outcome := rapid.SampledFrom([]payment.RefundStatus{payment.RefundSucceeded, payment.RefundFailed}).Draw(rt, "outcome")
			sign := func() ([]byte, string, error) { return h.sim.SettleRefund(ctx, *r.ProviderID, outcome) }
			payload, _, err := sign()
			if h.allowed("refund "+string(outcome), err) {
				h.events = append(h.events, event{payload, sign})
			}
		case r.State == orders.RefundFailed || r.Provider != "simulator":
			_, err := h.orders.RecordRefund(ctx, preparer, "", orders.RefundRecord{Refund: r.ID, Method: orders.BankTransfer, Reference: "UTR" + r.ID[len(r.ID)-8:]})
			h.allowed("refund by a person", err)
		}
	}
}

func (h *history) number(*rapid.T) {
	_, err := h.orders.NumberDocuments(ctx)
	h.ok(err)
}

// again sends the last request with a key once more: nothing may happen.
func (h *history) again(*rapid.T) {
	if h.last == nil {
		return
	}
	before := h.totals()
	h.last()
	if after := h.totals(); before != after {
		h.rt.Fatalf("the same request again changed %v to %v", before, after)
	}
}

func (h *history) totals() (out [3]int64) {
	for i, query := range []string{`SELECT COUNT(*) FROM entries`, `SELECT COUNT(*) FROM refunds`, `SELECT CAST(COALESCE(SUM(pieces), 0) AS BIGINT) FROM allocations`} {
		h.ok(h.db.Get(ctx, &out[i], query))
	}
	return out
}

// check holds every step to the invariants: the whole book from its raw rows (L1–L3,
// L5–L7), which the program's own login cannot change (L4), orders (L8, L18) and
// stock (L17).
func (h *history) check() {
	h.t = h.rt
	_, err := ledger.Seal(ctx, h.db)
	h.ok(err)
	report, err := ledger.Verify(ctx, h.db, nil)
	h.ok(err)
	if len(report.Problems) > 0 {
		h.rt.Fatalf("ledger: %+v", report.Problems)
	}
	if _, err := h.db.Pool().ExecContext(ctx, `UPDATE postings SET paise = paise + 1`); err == nil && report.Entries > 0 {
		h.rt.Fatal("the book was changed by the program's own login")
	}
	h.ok(h.db.Read(ctx, func(tx *db.Tx) error {
		problems, err := orders.Check(tx)
		if len(problems) > 0 {
			h.rt.Fatalf("orders: %+v", problems)
		}
		stock, err2 := catalog.CheckStock(tx)
		if len(stock) > 0 {
			h.rt.Fatalf("stock: %+v", stock)
		}
		return errors.Join(err, err2)
	}))
}

// finish tells everything that is still on its way, pays back what is due, and
// compares the books with what the gateway and the buyers have.
func (h *history) finish() {
	h.sim.Fail(payment.Faults{})
	for range 3 {
		for _, e := range h.events {
			h.deliverEvent(e)
		}
		h.ok(h.db.AdvanceClock(ctx, 7*time.Hour))
		_, err := h.orders.LookUpPayments(ctx)
		h.ok(err)
		h.refunded()
	}
	h.ok(h.db.AdvanceClock(ctx, 2*time.Minute))
	_, err := h.orders.NumberDocuments(ctx)
	h.ok(err)
	h.check()
	for _, order := range h.ids {
		h.kept(order)
	}
}

// kept compares what a buyer has paid and not got back, by the gateway's own
// tables and the bank's receipts, with the price of what she has kept.
func (h *history) kept(order string) {
	o := h.read(order)
	if o.Dispute != "" && o.Dispute != orders.DisputeWon {
		return // her bank has the money
	}
	var paid, back money.Paise
	h.ok(h.db.Get(ctx, &paid, `
		SELECT CAST(COALESCE((SELECT SUM(i.amount_paise) FROM sim_intents i WHERE i.order_id = $1 AND i.state = 'succeeded'), 0)
			+ COALESCE((SELECT SUM(r.amount_paise) FROM receipts r JOIN payments p ON p.id = r.payment_id
				WHERE p.order_id = $1 AND r.state IN ('matched', 'placed')), 0)
			+ COALESCE((SELECT SUM(p.captured_paise) FROM payments p WHERE p.order_id = $1 AND p.provider = 'exchange'), 0) AS BIGINT)`, order))
	h.ok(h.db.Get(ctx, &back, `
		SELECT CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)
		FROM refunds
		WHERE order_id = $1`, order))
	var worth money.Paise
	for _, a := range o.Allocations {
		if a.State != orders.Released && o.State != orders.Placed {
			worth += o.Line(a.LineID).Tag * money.Paise(a.Pieces-a.Returned)
		}
	}
	if o.State == orders.Placed {
		worth = paid - back // what a part paid order waits with
	}
	if paid-back != worth {
		h.rt.Fatalf("order %s (%s, %s): paid %s, back %s, kept goods worth %s", order, o.State, o.Payment, paid, back, worth)
	}
}
