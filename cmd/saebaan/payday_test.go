package main_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// payday is a siege in which finance alone works: it sells a piece of twenty
// makers, and pays them by bank, UPI, in cash and through their group's account.
type payday struct {
	*siege
	bank  map[string]*sum // by our reference: what the files told the bank to pay
	after []string        // rows that the bank sends again with its next answer
}

// sum is one payment as the bank has it.
type sum struct {
	paise   int64
	makers  map[string]int64 // whom it is for
	outcome string           // paid, failed or returned, once the bank has said so
}

// kill -9 while a run is approved, while its files are made and while the bank's
// answer is entered: each woman has what the bank paid her, once.
func TestKilledWhileTheyArePaid(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		n := kills(t, map[bool]int{true: 18, false: 9}[environment == nil])
		g := &payday{siege: siegeOf(t, environment), bank: map[string]*sum{}}
		variant := g.people()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; !g.stop.Load(); i++ {
				g.pay(variant, fmt.Sprint("payday-", i))
			}
		}()
		for k := range n {
			if k%4 == 3 { // approved, and not all of it sent
				g.fall(catch(func() int64 { return g.half("approved") }))
			} else {
				g.fall(g.await([]string{"approve", "file", "answer"}[k%4]))
			}
			if k%10 == 9 {
				g.verify()
			}
		}
		g.stop.Store(true)
		<-done
		g.ask(g.shop.guest, probe{}, "POST", "/v1/test/clock", obj{"advance": "10m"}, "") // deliveries that were cut are begun again
		g.shop.quiet(g.books)
		g.shop.verify()
		g.judgePaid(n)
	})
}

// people are twenty makers: eight with a UPI address, five with an account, three
// who take cash and four who are paid through their group.
func (g *payday) people() (variant string) {
	s := g.shop
	var makers []string
	add := func(n int, kind string) []string {
		first := len(makers)
		for i := range n {
			makers = append(makers, s.artisan(fmt.Sprint("Payday ", kind, " ", i)))
		}
		return makers[first:]
	}
	add(8, "upi")
	for i, m := range add(5, "bank") {
		s.asha.Do(201, "POST", "/v1/artisans/"+m+"/payees", obj{"kind": "bank", "holder": "Payday", "account": fmt.Sprint(50100123456780 + i), "ifsc": "HDFC0000001", "confirmed": "in person"})
	}
	for _, m := range add(3, "cash") {
		s.asha.Do(201, "POST", "/v1/artisans/"+m+"/payees", obj{"kind": "cash", "holder": "Payday", "confirmed": "in person"})
	}
	group := s.asha.Do(201, "POST", "/v1/groups", obj{"name": obj{"en": "Roshni"}, "area": "lucknow", "bylaws": "read"}).Str("id")
	for i, m := range add(4, "member") {
		role := map[bool]string{true: "leader", false: "member"}[i == 0]
		s.asha.Do(200, "POST", "/v1/groups/"+group+"/members", obj{"artisan_id": m, "date": "2026-01-01", "role": role})
		for _, c := range []obj{{"kind": "account"}, {"kind": "savings", "most": inr(500)}} {
			c["group_id"], c["from"], c["notice"], c["language"], c["confirmed"] = group, "2026-01-01", "2026-11", "hi", "thumbprint before Asha"
			s.asha.Do(201, "POST", "/v1/artisans/"+m+"/deduction-consents", c)
		}
	}
	s.asha.Do(201, "POST", "/v1/groups/"+group+"/payees", obj{"kind": "bank", "holder": "Roshni Samuh", "account": "998877665544", "ifsc": "UTIB0000001"})
	return s.shared("PAYDAY", 10_000, makers)
}

// pay sells a piece and pays for it: prepare, submit, approve, fetch the files,
// enter what the bank says.
func (g *payday) pay(variant, key string) {
	s := g.shop
	if o, ok := g.purchase(variant, key); ok {
		g.step(s.admin, o, "dispatch", `SELECT COUNT(*) FROM allocations WHERE dispatched_at IS NOT NULL AND order_id = $1`, nil)
		g.step(s.admin, o, "deliver", `SELECT COUNT(*) FROM allocations WHERE delivered_at IS NOT NULL AND order_id = $1`, nil)
	}
	g.ask(s.guest, probe{}, "POST", "/v1/test/clock", obj{"advance": "169h"}, "")
	r := g.ask(s.preparer, probe{}, "POST", "/v1/payout-runs", nil, key)
	if len(r.List("items")) == 0 {
		return // what is due is released by the worker, after a crash
	}
	id := r.Str("id")
	path := "/v1/payout-runs/" + id
	if r = g.ask(s.preparer, probe{}, "POST", path+"/submit", nil, key); r.Str("state") != "submitted" {
		g.t.Errorf("submit: %d %s", r.Status, r.Raw)
		return
	}
	done := g.begins("approve")
	a := g.ask(g.approvers[rand.IntN(len(g.approvers))], probe{"approve", `SELECT COUNT(*) FROM payout_approvals WHERE run_id = $1`, id}, "POST", path+"/approve",
		obj{"content_hash": r.Str("content_hash"), "password": password}, "")
	done()
	if a.Status != 200 && a.Str("code") != "payouts.state" { // it was approved, and nobody heard it
		g.t.Errorf("approve: %d %s", a.Status, a.Raw)
		return
	}
	mine := g.fetch(r, path)
	for again := range 2 { // the second answer repeats, and takes some payments back
		done = g.begins("answer")
		a = g.insist(s.preparer, probe{"answer", `SELECT COUNT(*) FROM payout_items WHERE state IN ('paid', 'failed', 'returned') AND run_id = $1`, id},
			"POST", path+"/bank-answers", g.answer(mine, again == 1), "Content-Type", "text/csv")
		done()
		if a.Status != 200 || a.Str("run", "state") != "settled" {
			g.t.Errorf("bank answers: %d %s", a.Status, a.Raw)
		}
	}
}

// fetch takes a run's files to the bank, each twice, and returns the references in them.
func (g *payday) fetch(run testkit.Answer, path string) (references []string) {
	for _, rail := range []string{"bank", "upi", "cash"} {
		done := g.begins("file")
		ask := func() testkit.Answer {
			return g.insist(g.shop.preparer, probe{"file", `SELECT COUNT(*) FROM payout_files WHERE run_id = $1`, run.Str("id")}, "GET", path+"/bank-file?rail="+rail, nil)
		}
		file := ask()
		done()
		if file.Status != 200 {
			g.t.Errorf("file of %s: %d %s", rail, file.Status, file.Raw)
			continue
		}
		if again := ask(); !bytes.Equal(file.Raw, again.Raw) {
			g.t.Errorf("the second file of %s is another one", rail)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(file.Raw), "\ufeff"))).ReadAll()
		if err != nil || len(rows) < 2 {
			g.t.Errorf("file of %s: %v\n%s", rail, err, file.Raw)
			continue
		}
		reference, amount := slices.Index(rows[0], "reference"), slices.Index(rows[0], "amount")
		total := int64(0)
		for i, row := range rows[1:] {
			paise, err := strconv.ParseInt(strings.ReplaceAll(row[amount], ".", ""), 10, 64)
			switch {
			case err != nil || g.bank[row[reference]] != nil:
				g.t.Errorf("row %q: %v", row, err)
			case i == len(rows)-2:
				if row[0] != "TOTAL" || paise != total {
					g.t.Errorf("rows of %d paise end in %q", total, row)
				}
				continue
			}
			total += paise
			g.bank[row[reference]] = &sum{paise: paise, makers: map[string]int64{}}
			references = append(references, row[reference])
		}
	}
	g.whose(run)
	return references
}

// whose notes for whom the payments of a run are.
func (g *payday) whose(run testkit.Answer) {
	through := map[string]*sum{}
	for i := range run.List("transfers") {
		if p := g.bank[run.Str("transfers", i, "reference")]; p != nil {
			through[run.Str("transfers", i, "group_id")] = p
		}
	}
	for i := range run.List("items") {
		p := g.bank[run.Str("items", i, "reference")]
		if group := run.Str("items", i, "group_id"); group != "" {
			p = through[group]
		}
		if p == nil {
			g.t.Errorf("no file has %s", run.Str("items", i, "reference"))
			continue
		}
		p.makers[run.Str("items", i, "artisan_id")] = run.Paise("items", i, "amount")
	}
}

// answer is what the bank says of payments, in any order; the second time some
// that were paid come back, and stale rows of the first answer follow them.
func (g *payday) answer(references []string, again bool) string {
	rows := []string{}
	for _, ref := range references {
		p := g.bank[ref]
		switch dice := rand.IntN(10); {
		case p.outcome == "":
			p.outcome = map[bool]string{true: "failed", false: "paid"}[dice == 0]
		case again && p.outcome == "paid" && dice == 0:
			rows = append(rows, ref+",paid,U"+ref+",") // before and after
			p.outcome = "returned"
			g.after = append(g.after, ref+",paid,U"+ref+",")
		}
		utr := map[bool]string{true: "U" + ref, false: ""}[p.outcome == "paid"]
		rows = append(rows, ref+","+p.outcome+","+utr+",")
	}
	if !again {
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	rows = append(rows, g.after...)
	g.after = nil
	return "reference,status,utr,reason\n" + strings.Join(rows, "\n") + "\n"
}

// judgePaid holds the books against the bank.
func (g *payday) judgePaid(killed int) {
	t, d := g.t, g.books
	paid, left := map[string]int64{}, int64(0)
	for ref, p := range g.bank {
		if p.outcome != "paid" {
			continue
		}
		left += p.paise
		for maker, paise := range p.makers {
			paid[maker] += paise
		}
		if p.paise < 1 || len(p.makers) == 0 {
			t.Errorf("%s: %d paise for %d", ref, p.paise, len(p.makers))
		}
	}
	if n := count(t, d, `SELECT CAST(-COALESCE(SUM(paise), 0) AS BIGINT) FROM postings WHERE account IN ('asset:bank:main', 'asset:till:office')`); n != left || left == 0 {
		t.Errorf("%d paise have left the accounts, the bank paid %d", n, left)
	}
	g.shop.preparer.URL = g.shop.URL
	for maker, paise := range paid {
		st := g.shop.preparer.Get("/v1/artisans/" + maker + "/statement")
		if st.Paise("paid") != paise || st.Paise("claimed") != 0 || st.Paise("in_transit") != 0 {
			t.Errorf("the bank paid her %d: %s", paise, st.Raw)
		}
	}
	if n := count(t, d, `SELECT COUNT(*) FROM payout_runs WHERE state NOT IN ('settled', 'draft', 'preparing', 'withdrawn')`); n != 0 {
		t.Errorf("%d runs stand half way", n)
	}
	steps := map[string]int{}
	for what, n := range g.what {
		step, _, _ := strings.Cut(what, " ")
		steps[step] += n
	}
	if steps["approve"] == 0 || steps["file"] == 0 || steps["answer"] == 0 || killed >= 20 && g.halfRuns == 0 {
		t.Errorf("%d kills fell on %v, %d runs were half sent: some step was never cut", killed, steps, g.halfRuns)
	}
	t.Logf("%d kills in %d requests, %d runs of which %d half sent, %d payments, %d paise paid to %d: %v",
		killed, g.requests, count(t, d, `SELECT COUNT(*) FROM payout_runs`), g.halfRuns, len(g.bank), left, len(paid), g.what)
}
