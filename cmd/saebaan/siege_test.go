package main_test

import (
	"fmt"
	"math/rand/v2"

	"saebaan/internal/testkit"
)

// What the people of a siege do: buyers buy, finance sends off and pays.

// once sends a request; heard is false when the connection broke.
func (g *siege) once(as testkit.REST, p probe, method, path string, body any, header ...string) (a testkit.Answer, heard bool) {
	g.up.RLock()
	defer g.up.RUnlock()
	as.URL = g.shop.URL
	alive := !g.dying.Load()
	a, err := as.Try(method, path, body, header...)
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
	return g.insist(as, p, method, path, body, "Idempotency-Key", key)
}

// insist sends a request until it is answered.
func (g *siege) insist(as testkit.REST, p probe, method, path string, body any, header ...string) testkit.Answer {
	for {
		a, heard := g.once(as, p, method, path, body, header...)
		if heard && a.Status >= 500 {
			g.t.Errorf("%s %s: %d %s", method, path, a.Status, a.Raw)
			g.t.Log(g.shop.Log())
		}
		if heard && a.Str("code") != "payment.old_event" { // the clock was moved between signing and reading
			return a
		}
	}
}

// sold is an order that was paid, and who paid it.
type sold struct {
	id, line string
	buyer    testkit.REST
}

// purchase takes a guest from an empty cart to a paid order; ok is false when
// the hold ran out before she paid.
func (g *siege) purchase(variant, key string) (o sold, ok bool) {
	guest := g.shop.guest
	cart := g.ask(guest, probe{}, "POST", "/v1/carts", nil, "")
	id, buyer := cart.Str("id"), guest.As(cart.Str("token"))
	g.ask(buyer, probe{}, "POST", "/v1/carts/"+id+"/lines", obj{"variant_id": variant, "quantity": 1}, "line-"+key)
	placed := g.ask(buyer, probe{"place", `SELECT COUNT(*) FROM orders WHERE cart_id = $1`, id}, "POST", "/v1/orders", placeBody(id, "09"), "place-"+key)
	order := placed.Str("id")
	if placed.Status != 201 {
		g.t.Errorf("place: %d %s", placed.Status, placed.Raw)
		return o, false
	}
	g.note(func() { g.orders[id] = order })
	pay := g.ask(buyer, probe{"pay", `SELECT COUNT(*) FROM payments WHERE order_id = $1`, order}, "POST", "/v1/orders/"+order+"/pay", nil, "")
	if pay.Str("code") == "orders.expired" { // finance has moved the clock
		return o, false
	}
	told := g.ask(guest, probe{"confirm", `SELECT COUNT(*) FROM payments WHERE state = 'captured' AND order_id = $1`, order},
		"POST", "/v1/test/payments/"+pay.Str("intent_id")+"/confirm", obj{"outcome": "succeeded"}, "")
	if told.Status != 200 {
		g.t.Errorf("confirm: %d %s", told.Status, told.Raw)
		return o, false
	}
	g.note(func() { g.paid[order] = true })
	return sold{order, placed.Str("lines", 0, "id"), buyer}, true
}

func (g *siege) note(fn func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	fn()
}

func (g *siege) buy(n int) {
	variant := g.variant("SIEGE")
	for i := 0; !g.stop.Load(); i++ {
		if order, ok := g.purchase(variant, fmt.Sprint(n, "-", i)); ok {
			g.note(func() { g.waiting = append(g.waiting, order) })
		}
	}
}

// finance sends orders off, takes some back and pays the makers, again and again.
func (g *siege) finance() {
	all := g.variant("SIEGE-ALL")
	for i := 0; !g.stop.Load(); i++ {
		var batch []sold
		g.note(func() {
			n := min(4, len(g.waiting))
			batch, g.waiting = g.waiting[:n:n], g.waiting[n:]
		})
		if own, ok := g.purchase(all, fmt.Sprint("finance-", i)); ok {
			batch = append(batch, own)
		}
		for n, o := range batch {
			if n == 0 {
				g.step(o.buyer, o, "cancel", `SELECT COUNT(*) FROM orders WHERE state = 'cancelled' AND id = $1`, obj{})
				continue
			}
			g.step(g.shop.admin, o, "dispatch", `SELECT COUNT(*) FROM allocations WHERE dispatched_at IS NOT NULL AND order_id = $1`, nil)
			g.step(g.shop.admin, o, "deliver", `SELECT COUNT(*) FROM allocations WHERE delivered_at IS NOT NULL AND order_id = $1`, nil)
			if n == 1 || n == 4 {
				g.takeBack(o)
			}
		}
		g.ask(g.shop.guest, probe{}, "POST", "/v1/test/clock", obj{"advance": "169h"}, "")
		g.run(fmt.Sprint("run-", i))
	}
}

// step takes an order a step on its way.
func (g *siege) step(as testkit.REST, o sold, step, query string, body any) {
	done := g.begins(step)
	a := g.ask(as, probe{step, query, o.id}, "POST", "/v1/orders/"+o.id+"/"+step, body, step+o.id)
	done()
	switch {
	case a.Status != 200:
		g.t.Errorf("%s: %d %s", step, a.Status, a.Raw)
	case step == "cancel":
		g.note(func() { g.back[o.id] = "cancelled" })
	}
}

// takeBack is a return, from the buyer's wish to the piece on the shelf.
func (g *siege) takeBack(o sold) {
	r := g.ask(o.buyer, probe{"return", `SELECT COUNT(*) FROM returns WHERE order_id = $1`, o.id}, "POST", "/v1/orders/"+o.id+"/returns",
		obj{"line_id": o.line, "pieces": 1, "reason": "changed_mind"}, "return"+o.id)
	if r.Status != 201 {
		g.t.Errorf("return: %d %s", r.Status, r.Raw)
		return
	}
	id := r.Str("id")
	done := g.begins("receive")
	a := g.ask(g.shop.admin, probe{"receive", `SELECT COUNT(*) FROM returns WHERE state = 'received' AND id = $1`, id}, "POST", "/v1/returns/"+id+"/receive",
		obj{"outcome": "restock"}, "receive"+o.id)
	done()
	if a.Status != 200 {
		g.t.Errorf("receive: %d %s", a.Status, a.Raw)
		return
	}
	g.note(func() { g.back[o.id] = "returned" })
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
	a = g.insist(s.preparer, probe{}, "POST", path+"/bank-answers", answers, "Content-Type", "text/csv")
	if a.Status != 200 || a.Str("run", "state") != "settled" {
		g.t.Errorf("bank answers: %d %s", a.Status, a.Raw)
	}
}
