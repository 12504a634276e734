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
	waiting  []sold            // paid orders that finance has not sent off yet
	back     map[string]string // orders that were answered to be cancelled or returned

	requests, cut, unheard int
	halfRuns, halfRefunds  int
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

// kill -9 in the middle of checkouts, refunds, returns and approvals: nothing that was answered is
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

// siegeOf is a shop on a database, with people who may approve.
func siegeOf(t *testing.T, environment []string) *siege {
	s := open(t, environment)
	g := &siege{t: t, shop: s, books: s.books(), steps: make(chan string), orders: map[string]string{}, paid: map[string]bool{},
		approved: map[string]bool{}, prepared: map[string]string{}, files: map[string]string{}, back: map[string]string{}, what: map[string]int{}, took: map[string]time.Duration{}}
	for i := range 6 {
		g.approvers = append(g.approvers, s.user(fmt.Sprint("approver-", i), "finance_approver"))
	}
	return g
}

func begin(t *testing.T, environment []string) *siege {
	g := siegeOf(t, environment)
	var makers []string
	for i := range 55 { // three claiming transactions
		makers = append(makers, g.shop.artisan(fmt.Sprint("Siege ", i)))
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
	switch k % 5 { // 4: at any moment
	case 0:
		pause = g.await([]string{"dispatch", "cancel", "receive"}[rand.IntN(3)])
	case 1:
		pause = g.await([]string{"prepare", "submit", "approve"}[rand.IntN(3)])
	case 2:
		pause = catch(g.halfRefund)
	case 3:
		pause = catch(func() int64 { return g.half([]string{"preparing", "submitting", "approved"}[k/5%3]) })
	}
	g.fall(pause)
}

// fall kills the program after a while, and starts it again.
func (g *siege) fall(after time.Duration) {
	<-time.After(after) // a moment of its own choosing, not a state that is waited for
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
	for _, state := range []string{"preparing", "submitting", "approved"} {
		g.halfRuns += int(g.half(state))
	}
	g.halfRefunds += int(g.halfRefund())
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

// half counts the runs that stand half way in a state.
func (g *siege) half(state string) int64 {
	return count(g.t, g.books, `SELECT COUNT(*) FROM payout_runs r WHERE r.state = $1 AND (r.state <> 'approved'
		OR EXISTS (SELECT 1 FROM payout_items i WHERE i.run_id = r.id AND i.state = 'claimed'))`, state)
}

// halfRefund counts the refunds that were taken to be asked for, and not answered.
func (g *siege) halfRefund() int64 {
	return count(g.t, g.books, `SELECT COUNT(*) FROM refunds WHERE state = 'sending'`)
}

// catch returns as soon as something is seen half way.
func catch(half func() int64) time.Duration {
	for patience := time.Now().Add(5 * time.Second); half() == 0 && time.Now().Before(patience); {
		time.Sleep(500 * time.Microsecond)
	}
	return 0
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
		WHERE p.state = 'captured'`) {
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
	g.judgeBack()
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
	if g.cut == 0 || g.cut+g.unheard < killed || runs == 0 || killed >= 20 && (g.halfRuns == 0 || g.halfRefunds == 0) {
		t.Errorf("%d kills cut %d transactions, %d answers, %d steps of runs, %d runs and %d refunds half way: the program was idle",
			killed, g.cut, g.unheard, runs, g.halfRuns, g.halfRefunds)
	}
	t.Logf("%d kills in %d requests: %d cut before their commit, %d committed and not answered; %v; %d runs and %d refunds found half way",
		killed, g.requests, g.cut, g.unheard, g.what, g.halfRuns, g.halfRefunds)
	t.Logf("kept: %d orders, %d payments, %d cancelled or returned, %d runs of which %d approved and settled",
		len(orders), len(paid), len(g.back), len(g.prepared), len(settled))
}

// judgeBack holds what was cancelled or returned against what was answered: each
// once, its money asked for once, and all of it paid.
func (g *siege) judgeBack() {
	t, d := g.t, g.books
	back := map[string]string{}
	for _, row := range texts(t, d, `SELECT order_id || ' returned' FROM returns WHERE state = 'received'
		UNION ALL SELECT r.order_id || ' cancelled' FROM refunds r JOIN orders o ON o.id = r.order_id AND o.state = 'cancelled'`) {
		order, how, _ := strings.Cut(row, " ")
		if back[order] != "" {
			t.Errorf("%s was %s and %s", order, back[order], how)
		}
		back[order] = how
	}
	if !maps.Equal(back, g.back) {
		t.Errorf("%d orders were answered to be cancelled or returned, %d are, or they differ", len(g.back), len(back))
	}
	within(t, "every refund is paid", func() bool {
		return count(t, d, `SELECT COUNT(*) FROM refunds WHERE state <> 'paid'`) == 0
	})
	// a change of mind keeps nothing back here: delivery was free
	if n := count(t, d, `SELECT COUNT(*) FROM orders o WHERE o.id IN (SELECT order_id FROM refunds)
		AND o.total_paise <> (SELECT SUM(s.amount_paise) FROM sim_refunds s JOIN payments p ON p.provider_id = s.intent_id WHERE p.order_id = o.id)`); n != 0 {
		t.Errorf("%d orders got back at the gateway another sum than they paid", n)
	}
	if n := count(t, d, `SELECT COUNT(*) FROM sim_refunds s WHERE NOT EXISTS (SELECT 1 FROM refunds r WHERE r.id = s.refund_id AND r.amount_paise = s.amount_paise)`); n != 0 {
		t.Errorf("the gateway has %d refunds that nobody owed", n)
	}
}
