package main_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saebaan/internal/testkit"
)

// siege keeps a shop busy while it is killed and started again. It writes down
// what was answered, and asks again, with the same key, what was not.
type siege struct {
	t     *testing.T
	shop  *shop
	books *sql.DB
	// approvers take turns: a kill while a password is checked counts as a wrong one
	approvers []testkit.REST

	up    sync.RWMutex // held for reading while a request is under way, for writing while the program is down
	dying atomic.Bool  // what is sent from now on is not heard
	stop  atomic.Bool
	steps chan string // told when finance begins a step in several transactions

	mu       sync.Mutex
	broken   []probe
	orders   map[string]string // cart → order that was answered 201
	paid     map[string]bool   // orders whose payment was answered
	approved map[string]bool   // runs whose approval was answered
	prepared map[string]string // key → run
	files    map[string]string // run → bank file
	waiting  []string          // paid orders that finance has not sent off yet

	requests, cut, unheard int
	halfRuns               int
	what                   map[string]int // broken requests by kind: "place absent", "place there"
	took                   map[string]time.Duration
}

// probe asks the database whether a request that was not answered had its effect.
type probe struct {
	kind, query, arg string
}

// kills is how often the program is killed.
func kills(t *testing.T, usual int) int {
	t.Helper()
	if text := os.Getenv("SAEBAAN_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("SAEBAAN_KILLS=%q is no number of kills", text)
		}
		return n
	}
	if testing.Short() {
		return max(3, usual/5)
	}
	return usual
}

// kill -9 in the middle of checkouts and approvals: nothing that was answered is
// lost, nothing that was asked twice is there twice, and the books verify.
func TestKilledAtAnyMoment(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		n := kills(t, map[bool]int{true: 40, false: 10}[environment == nil])
		g := begin(t, environment)
		var people sync.WaitGroup
		for i := range 5 {
			people.Go(func() { g.buy(i) })
		}
		people.Go(g.finance)
		for k := range n {
			g.kill(k)
			if k%10 == 9 {
				g.verify()
			}
		}
		g.stop.Store(true)
		people.Wait()
		g.ask(g.shop.guest, probe{}, "POST", "/v1/test/clock", obj{"advance": "10m"}, "") // deliveries that were cut are begun again
		g.shop.quiet(g.books)
		g.shop.verify()
		g.judge(n)
	})
}

// verify is the program's own, beside it and while it works. What the sealer has
// not come to when the clock is moved looks as if it had waited that long.
func (g *siege) verify() {
	within(g.t, "the books verify", func() bool {
		out, errs, code := testkit.Run(g.t, g.shop.Data, g.shop.Env, "ledger", "verify")
		for line := range strings.Lines(out) {
			if code != 0 && !strings.HasPrefix(line, "unsealed ") && !strings.Contains(line, " entries, ") {
				g.t.Fatalf("ledger verify: %s%s", out, errs)
			}
		}
		return code == 0
	})
}

func begin(t *testing.T, environment []string) *siege {
	s := open(t, environment)
	g := &siege{t: t, shop: s, books: s.books(), steps: make(chan string), orders: map[string]string{}, paid: map[string]bool{},
		approved: map[string]bool{}, prepared: map[string]string{}, files: map[string]string{}, what: map[string]int{}, took: map[string]time.Duration{}}
	var makers []string
	for i := range 55 { // three claiming transactions
		makers = append(makers, s.artisan(fmt.Sprint("Siege ", i)))
	}
	for i := range 6 {
		g.approvers = append(g.approvers, s.user(fmt.Sprint("approver-", i), "finance_approver"))
	}
	g.shop.kurta("SIEGE", 100_000, map[string]string{"embroidery": makers[0], "finishing": makers[1]}, false)
	g.shop.shared("SIEGE-ALL", 10_000, makers)
	return g
}

// variant is looked up once by SKU.
func (g *siege) variant(sku string) string {
	return texts(g.t, g.books, `SELECT id FROM variants WHERE sku = $1`, sku)[0]
}

// kill ends the program while requests are under way, looks at what it left
// behind and starts it again.
func (g *siege) kill(k int) {
	pause := time.Duration(100+rand.IntN(400)) * time.Millisecond
	if k%2 == 1 { // in the middle of a run
		pause = g.await([]string{"prepare", "submit", "approve"}[rand.IntN(3)])
	}
	<-time.After(pause) // a moment of its own choosing, not a state that is waited for
	g.dying.Store(true)
	g.shop.Kill()
	g.up.Lock() // every request under way has come to its end
	defer g.up.Unlock()
	for _, p := range g.broken {
		if count(g.t, g.books, p.query, p.arg) == 0 {
			g.what[p.kind+" absent"]++
			g.cut++
		} else {
			g.what[p.kind+" there"]++
			g.unheard++
		}
	}
	g.broken = nil
	g.halfRuns += int(count(g.t, g.books, `SELECT COUNT(*) FROM payout_runs r WHERE r.state IN ('preparing', 'submitting')
		OR r.state = 'approved' AND EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = r.id AND i.state = 'claimed')`))
	g.shop.Program = testkit.Serve(g.t, g.shop.Data, g.shop.Env)
	g.dying.Store(false)
}

// await returns when finance begins the step, with how long to let it run: up to
// a little longer than it took the last time.
func (g *siege) await(step string) time.Duration {
	patience := time.After(5 * time.Second)
	for {
		select {
		case begun := <-g.steps:
			if begun == step {
				g.mu.Lock()
				defer g.mu.Unlock()
				return time.Duration(rand.Int64N(int64(max(g.took[step], 20*time.Millisecond)) * 5 / 4))
			}
		case <-patience:
			return 0
		}
	}
}

// begins tells the killer, if he waits, and notes how long the step takes.
func (g *siege) begins(step string) (done func()) {
	select {
	case g.steps <- step:
	default:
	}
	at := time.Now()
	return func() { g.note(func() { g.took[step] = time.Since(at) }) }
}

// once sends a request; heard is false when the connection broke.
func (g *siege) once(as testkit.REST, p probe, method, path string, body any, key string) (a testkit.Answer, heard bool) {
	g.up.RLock()
	defer g.up.RUnlock()
	as.URL = g.shop.URL
	alive := !g.dying.Load()
	a, err := as.Try(method, path, body, "Idempotency-Key", key)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests++
	if err != nil && alive && p.query != "" {
		g.broken = append(g.broken, p)
	}
	return a, err == nil
}

// ask sends a request until it is answered, each time with the same key.
func (g *siege) ask(as testkit.REST, p probe, method, path string, body any, key string) testkit.Answer {
	for {
		a, heard := g.once(as, p, method, path, body, key)
		if heard && a.Status >= 500 {
			g.t.Errorf("%s %s: %d %s", method, path, a.Status, a.Raw)
			g.t.Log(g.shop.Log())
		}
		if heard && a.Str("code") != "payment.old_event" { // the clock was moved between signing and reading
			return a
		}
	}
}

// purchase takes a guest from an empty cart to a paid order.
func (g *siege) purchase(variant, key string) string {
	guest := g.shop.guest
	cart := g.ask(guest, probe{}, "POST", "/v1/carts", nil, "")
	id, buyer := cart.Str("id"), guest.As(cart.Str("token"))
	g.ask(buyer, probe{}, "POST", "/v1/carts/"+id+"/lines", obj{"variant_id": variant, "quantity": 1}, "line-"+key)
	placed := g.ask(buyer, probe{"place", `SELECT COUNT(*) FROM orders WHERE cart_id = $1`, id}, "POST", "/v1/orders", placeBody(id, "09"), "place-"+key)
	order := placed.Str("id")
	if placed.Status != 201 {
		g.t.Errorf("place: %d %s", placed.Status, placed.Raw)
		return ""
	}
	g.note(func() { g.orders[id] = order })
	pay := g.ask(buyer, probe{"pay", `SELECT COUNT(*) FROM payments WHERE order_id = $1`, order}, "POST", "/v1/orders/"+order+"/pay", nil, "")
	if pay.Str("code") == "orders.expired" { // finance has moved the clock
		return ""
	}
	told := g.ask(guest, probe{"confirm", `SELECT COUNT(*) FROM payments WHERE state = 'captured' AND order_id = $1`, order},
		"POST", "/v1/test/payments/"+pay.Str("intent_id")+"/confirm", obj{"outcome": "succeeded"}, "")
	if told.Status != 200 {
		g.t.Errorf("confirm: %d %s", told.Status, told.Raw)
		return ""
	}
	g.note(func() { g.paid[order] = true })
	return order
}

func (g *siege) note(fn func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	fn()
}

func (g *siege) buy(n int) {
	variant := g.variant("SIEGE")
	for i := 0; !g.stop.Load(); i++ {
		if order := g.purchase(variant, fmt.Sprint(n, "-", i)); order != "" {
			g.note(func() { g.waiting = append(g.waiting, order) })
		}
	}
}

// finance sends orders off and pays the makers, again and again.
func (g *siege) finance() {
	all := g.variant("SIEGE-ALL")
	for i := 0; !g.stop.Load(); i++ {
		var batch []string
		g.note(func() {
			n := min(3, len(g.waiting))
			batch, g.waiting = g.waiting[:n:n], g.waiting[n:]
		})
		if own := g.purchase(all, fmt.Sprint("finance-", i)); own != "" {
			batch = append(batch, own)
		}
		for _, order := range batch {
			g.send(order, "dispatch", `SELECT COUNT(*) FROM allocations WHERE dispatched_at IS NOT NULL AND order_id = $1`)
			g.send(order, "deliver", `SELECT COUNT(*) FROM allocations WHERE delivered_at IS NOT NULL AND order_id = $1`)
		}
		g.ask(g.shop.guest, probe{}, "POST", "/v1/test/clock", obj{"advance": "169h"}, "")
		g.run(fmt.Sprint("run-", i))
	}
}

// send takes an order a step on its way.
func (g *siege) send(order, step, query string) {
	a := g.ask(g.shop.admin, probe{step, query, order}, "POST", "/v1/orders/"+order+"/"+step, nil, step+order)
	if a.Status != 200 {
		g.t.Errorf("%s: %d %s", step, a.Status, a.Raw)
	}
}

// run prepares, submits, approves, sends and settles one run.
func (g *siege) run(key string) {
	s := g.shop
	done := g.begins("prepare")
	r := g.ask(s.preparer, probe{"prepare", `SELECT COUNT(*) FROM idempotency WHERE operation = 'payouts.prepare' AND key = $1`, key}, "POST", "/v1/payout-runs", nil, key)
	done()
	id := r.Str("id")
	g.note(func() { g.prepared[key] = id })
	if len(r.List("items")) == 0 {
		return // what is due is released by the worker, after a crash
	}
	path := "/v1/payout-runs/" + id
	done = g.begins("submit")
	r = g.ask(s.preparer, probe{"submit", `SELECT COUNT(*) FROM payout_runs WHERE state = 'submitted' AND id = $1`, id}, "POST", path+"/submit", nil, "submit-"+key)
	done()
	if r.Status != 200 || r.Str("state") != "submitted" {
		g.t.Errorf("submit: %d %s", r.Status, r.Raw)
		return
	}
	done = g.begins("approve")
	a := g.ask(g.approvers[rand.IntN(len(g.approvers))], probe{"approve", `SELECT COUNT(*) FROM payout_approvals WHERE run_id = $1`, id}, "POST", path+"/approve",
		obj{"content_hash": r.Str("content_hash"), "password": password}, "")
	done()
	if a.Status != 200 && a.Str("code") != "payouts.state" { // it was approved, and nobody heard it
		g.t.Errorf("approve: %d %s", a.Status, a.Raw)
		return
	}
	g.note(func() { g.approved[id] = true })
	file := string(g.ask(s.preparer, probe{}, "GET", path+"/bank-file", nil, "").Raw)
	g.note(func() { g.files[id] = file })
	answers := "reference,status,utr,reason\n"
	for i := range r.List("items") {
		answers += fmt.Sprintf("%s,paid,U%s%05d,\n", r.Str("items", i, "reference"), id[len(id)-12:], i)
	}
	for {
		a, heard := g.csv(s.preparer, path+"/bank-answers", answers)
		if heard {
			if a.Status != 200 || a.Str("run", "state") != "settled" {
				g.t.Errorf("bank answers: %d %s", a.Status, a.Raw)
			}
			return
		}
	}
}

func (g *siege) csv(as testkit.REST, path, body string) (testkit.Answer, bool) {
	g.up.RLock()
	defer g.up.RUnlock()
	as.URL = g.shop.URL
	a, err := as.Try("POST", path, body, "Content-Type", "text/csv")
	return a, err == nil
}

// judge holds the books against what was answered.
func (g *siege) judge(killed int) {
	t, d := g.t, g.books
	orders, paid := map[string]string{}, map[string]bool{}
	for _, row := range texts(t, d, `SELECT cart_id || ' ' || id FROM orders`) {
		var cart, order string
		if _, err := fmt.Sscan(row, &cart, &order); err != nil {
			t.Fatal(err)
		}
		if orders[cart] != "" {
			t.Errorf("cart %s was ordered twice", cart)
		}
		orders[cart] = order
	}
	if !maps.Equal(orders, g.orders) {
		t.Errorf("%d orders were answered, %d are there, or they differ", len(g.orders), len(orders))
	}
	for _, order := range texts(t, d, `SELECT p.order_id FROM payments p JOIN entries e ON e.reference = 'payment:' || p.id
		JOIN orders o ON o.id = p.order_id AND o.state IN ('confirmed', 'closed') WHERE p.state = 'captured'`) {
		if paid[order] {
			t.Errorf("order %s was paid twice", order)
		}
		paid[order] = true
	}
	if !maps.Equal(paid, g.paid) {
		t.Errorf("%d payments were answered, %d are in the books, or they differ", len(g.paid), len(paid))
	}
	if n := count(t, d, `SELECT COUNT(*) FROM payout_runs`); n != int64(len(g.prepared)) {
		t.Errorf("%d runs were prepared, %d are there", len(g.prepared), n)
	}
	settled := texts(t, d, `SELECT r.id FROM payout_runs r JOIN payout_approvals a ON a.run_id = r.id WHERE r.state = 'settled' ORDER BY r.id`)
	if !slices.Equal(settled, slices.Sorted(maps.Keys(g.approved))) {
		t.Errorf("%d runs were approved, %d are settled, or they differ", len(g.approved), len(settled))
	}
	s := g.shop
	s.preparer.URL = s.URL
	for run, file := range g.files {
		if again := string(s.preparer.Get("/v1/payout-runs/" + run + "/bank-file").Raw); again != file {
			t.Errorf("the bank file of %s is another one now", run)
		}
	}
	if n := count(t, d, `SELECT COUNT(*) FROM payout_items WHERE state NOT IN ('paid', 'draft', 'withdrawn')`); n != 0 {
		t.Errorf("%d payments stand half way", n)
	}
	runs := 0
	for _, step := range []string{"prepare", "submit", "approve"} {
		runs += g.what[step+" absent"] + g.what[step+" there"]
	}
	if g.cut == 0 || g.cut+g.unheard < killed || runs == 0 || killed >= 20 && g.halfRuns == 0 {
		t.Errorf("%d kills cut %d transactions, %d answers, %d steps of runs and %d runs half way: the program was idle", killed, g.cut, g.unheard, runs, g.halfRuns)
	}
	t.Logf("%d kills in %d requests: %d cut before their commit, %d committed and not answered; %v; %d runs found half way",
		killed, g.requests, g.cut, g.unheard, g.what, g.halfRuns)
	t.Logf("kept: %d orders, %d payments, %d runs of which %d approved and settled", len(orders), len(paid), len(g.prepared), len(settled))
}
