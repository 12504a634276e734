package openbooks_test

import (
	"errors"
	"math/big"
	"slices"
	"time"

	"pgregory.net/rapid"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// sound is what holds after each step: the book verifies from its raw rows (L1–L3,
// L5–L7) and cannot be changed by the program's own login (L4), orders, stock, jobs
// and payouts agree with it (L8–L11), each credit is the one that its lot's makers
// are to have (L8), no woman is paid more or less than she has earned (L9), and the
// gateway, the payments and the clearing account are one (L20).
func (m *months) sound(rt *rapid.T) {
	m.rt = rt
	m.steps++
	_, err := ledger.Seal(ctx, m.db)
	m.ok(err)
	report, err := ledger.Verify(ctx, m.db, nil)
	m.ok(err)
	if len(report.Problems) > 0 {
		rt.Fatalf("ledger: %+v", report.Problems)
	}
	m.ok(m.db.Read(ctx, func(tx *db.Tx) error {
		sold, err := orders.Check(tx)
		stock, err2 := catalog.CheckStock(tx)
		jobs, err3 := workshop.Check(tx)
		paid, err4 := payouts.Check(tx)
		if len(sold)+len(stock)+len(jobs)+len(paid) > 0 {
			rt.Fatalf("orders %+v, stock %+v, jobs %+v, payouts %+v", sold, stock, jobs, paid)
		}
		return errors.Join(err, err2, err3, err4)
	}))
	if _, err := m.db.Pool().ExecContext(ctx, `UPDATE postings SET paise = paise + 1`); err == nil && report.Entries > 0 {
		rt.Fatal("the book was changed by the program's own login")
	}
	m.onePiecePaidOnce()
	m.credited()
	m.clearing()
}

// credit is what one woman has for one kind of work on one lot, of an order or, in
// the workshop, of none.
type credit struct {
	Artisan string `db:"artisan_id"`
	Order   string `db:"order_id"`
	Line    string `db:"line_id"`
	Lot     string `db:"lot_id"`
	Nature  string `db:"nature"`
}

// parts divides a total by weights: what divides, and then a paisa each to the
// largest remainders, the first of equal ones (DESIGN §4.2). Written out here so
// that it shares nothing with what it judges.
func parts(total money.Paise, weights []int64) []money.Paise {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	out, rests := make([]money.Paise, len(weights)), make([]*big.Int, len(weights))
	left := total
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(w)), sum, new(big.Int))
		out[i], rests[i] = money.Paise(q.Int64()), r
		left -= out[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rests {
			if rests[i].Cmp(rests[best]) > 0 {
				best = i
			}
		}
		out[best]++
		rests[best] = big.NewInt(-1)
	}
	return out
}

func less(a, b []money.Paise) []money.Paise {
	out := slices.Clone(a)
	for i := range out {
		out[i] -= b[i]
	}
	return out
}

// facts are what the history's orders, lots and returns say, apart from the book.
type facts struct {
	Sent []struct {
		ID       string      `db:"id"`
		Order    string      `db:"order_id"`
		Line     string      `db:"line_id"`
		Lot      string      `db:"lot_id"`
		Pieces   int64       `db:"pieces"`
		Kind     string      `db:"kind"`
		Owner    string      `db:"owner_id"`
		Material bool        `db:"trust_material"`
		Cost     money.Paise `db:"cost_paise"`
	}
	Heads []struct {
		Line   string      `db:"line_id"`
		Kind   string      `db:"kind"`
		Head   string      `db:"head"`
		Paise  money.Paise `db:"paise"`
		Shares bool        `db:"shares"`
	}
	Makers []struct {
		Lot     string `db:"lot_id"`
		Stage   string `db:"stage"`
		Artisan string `db:"artisan_id"`
		Weight  int64  `db:"weight"`
	}
	Back []struct {
		Allocation string `db:"allocation_id"`
		From       int64  `db:"from_piece"`
		Pieces     int64  `db:"pieces"`
		Outcome    string `db:"outcome"`
		AtFault    string `db:"at_fault"`
	}
}

func (m *months) facts() (f facts) {
	m.ok(m.db.Select(ctx, &f.Sent, `
		SELECT a.id, a.order_id, a.line_id, a.lot_id, a.pieces, l.kind, COALESCE(l.owner_id, '') AS owner_id, l.trust_material, l.cost_paise
		FROM allocations a
		JOIN lots l ON l.id = a.lot_id
		WHERE a.dispatched_at IS NOT NULL`))
	m.ok(m.db.Select(ctx, &f.Heads, `
		SELECT line_id, kind, head, paise, shares
		FROM order_line_heads
		ORDER BY line_id, pos`))
	m.ok(m.db.Select(ctx, &f.Makers, `
		SELECT lot_id, stage, artisan_id, weight
		FROM lot_makers
		ORDER BY lot_id, pos`))
	m.ok(m.db.Select(ctx, &f.Back, `
		SELECT l.allocation_id, l.from_piece, l.pieces, l.outcome, l.at_fault
		FROM return_lines l
		JOIN returns r ON r.id = l.return_id
		WHERE r.state = 'received'`))
	return f
}

// owed is what the makers of an allocation have for its first k pieces.
func (f facts) owed(i int, k int64) map[credit]money.Paise {
	a, out := f.Sent[i], map[credit]money.Paise{}
	give := func(nature, stage string, total money.Paise) {
		var who []string
		var weights []int64
		for _, mk := range f.Makers {
			if mk.Lot == a.Lot && mk.Stage == stage {
				who, weights = append(who, mk.Artisan), append(weights, mk.Weight)
			}
		}
		for n, p := range parts(total, weights) {
			out[credit{who[n], a.Order, a.Line, a.Lot, nature + stage}] += p
		}
	}
	var work, running, balance money.Paise
	var sharing []string
	var wages []int64
	for _, h := range f.Heads {
		switch {
		case h.Line != a.Line:
		case h.Kind == "makers":
			balance = h.Paise
		case h.Kind == "trust" && h.Head == "running":
			running = h.Paise
		case h.Kind == "cost" && h.Head == "material":
			work += h.Paise
			if a.Kind == "consigned" && !a.Material {
				out[credit{a.Owner, a.Order, a.Line, a.Lot, "material"}] = h.Paise * money.Paise(k)
			}
		case h.Kind == "wage":
			work += h.Paise
			if h.Shares {
				sharing, wages = append(sharing, h.Head), append(wages, int64(h.Paise))
			}
			if a.Kind == "consigned" {
				give("wage:", h.Head, h.Paise*money.Paise(k))
			}
		}
	}
	switch lack := a.Cost - work; {
	case a.Kind == "returned":
		return nil // its makers have had their credits
	case a.Kind == "commissioned" && lack <= 0:
		balance -= lack // what is over is theirs
	case a.Kind == "commissioned":
		balance = max(0, balance-max(0, lack-running))
	}
	for n, p := range parts(balance*money.Paise(k), wages) {
		give("balance:", sharing[n], p)
	}
	return out
}

// credited compares every credit in the book with the one that its lot's makers are
// to have by what was agreed, sent and taken back, and then what each woman has
// earned with what stands on her accounts, was paid to her, taxed, given to her
// group, or worked off.
func (m *months) credited() {
	f := m.facts()
	want, at := map[credit]money.Paise{}, map[string]int{}
	add := func(c map[credit]money.Paise, sign money.Paise, of func(credit) bool) {
		for k, p := range c {
			if of(k) {
				want[k] += sign * p
			}
		}
	}
	all := func(credit) bool { return true }
	add(m.accepted, 1, all)
	for i, a := range f.Sent {
		at[a.ID] = i
		add(f.owed(i, a.Pieces), 1, all)
	}
	for _, b := range f.Back {
		i := at[b.Allocation]
		if b.AtFault == "" || f.Sent[i].Kind == "returned" {
			continue
		}
		hers := func(c credit) bool { // her own material is lost to her only with the piece
			return c.Artisan == b.AtFault && (c.Nature != "material" || b.Outcome == string(orders.ToMaker))
		}
		add(f.owed(i, b.From+b.Pieces), -1, hers)
		add(f.owed(i, b.From), 1, hers)
	}
	var rows []struct {
		credit
		Paise money.Paise `db:"paise"`
	}
	m.ok(m.db.Select(ctx, &rows, `
		SELECT artisan_id, order_id, line_id, lot_id, nature, CAST(-SUM(paise) AS BIGINT) AS paise
		FROM postings
		WHERE artisan_id <> '' AND account LIKE 'liability:artisan:%' AND nature NOT IN ('payout', 'advance')
		GROUP BY artisan_id, order_id, line_id, lot_id, nature`))
	earned := map[string]money.Paise{}
	for _, r := range rows {
		earned[r.Artisan] += r.Paise
		// What sums to nothing must be of something sold too; a dispute freezes whole sums, of no work in particular.
		if p, known := want[r.credit]; p != r.Paise || !known && r.Nature != "" {
			m.rt.Fatalf("%+v is %d in the book and should be %d", r.credit, r.Paise, want[r.credit])
		}
		delete(want, r.credit)
	}
	for c, p := range want {
		if p != 0 {
			m.rt.Fatalf("%+v of %d is not in the book", c, p)
		}
	}
	for _, a := range m.who {
		var has money.Paise
		m.ok(m.db.Get(ctx, &has, `
			SELECT CAST(COALESCE(-SUM(paise), 0) AS BIGINT)
			FROM postings
			WHERE artisan_id = $1 AND (nature = 'payout' OR account LIKE 'liability:artisan:%')`, a))
		if has != earned[a] {
			m.rt.Fatalf("she has earned %d and %d is accounted for", earned[a], has)
		}
	}
}

// onePiecePaidOnce follows each piece through the lots that it was in: for one stage
// of one piece no two credits stand at once, so the sales of a consigned lot and of
// what came back of it, less what went back to its maker, are no more than its pieces.
func (m *months) onePiecePaidOnce() {
	var twice []string
	m.ok(m.db.Select(ctx, &twice, `
		WITH RECURSIVE family (root, lot) AS (
			SELECT l.id, l.id
			FROM lots l
			WHERE l.kind = 'consigned' AND NOT EXISTS (SELECT 1 FROM lots p WHERE p.id = l.from_lot)
			UNION ALL
			SELECT f.root, l.id
			FROM family f
			JOIN lots l ON l.from_lot = f.lot)
		SELECT f.root
		FROM family f
		JOIN lots l ON l.id = f.lot
		LEFT JOIN (
			SELECT a.lot_id, SUM(a.pieces) AS pieces
			FROM allocations a
			WHERE a.dispatched_at IS NOT NULL
			GROUP BY a.lot_id) s ON s.lot_id = f.lot
		LEFT JOIN (
			SELECT a.lot_id, SUM(b.pieces) AS pieces
			FROM return_lines b
			JOIN returns r ON r.id = b.return_id AND r.state = 'received'
			JOIN allocations a ON a.id = b.allocation_id
			WHERE b.outcome = 'to_maker'
			GROUP BY a.lot_id) g ON g.lot_id = f.lot
		GROUP BY f.root
		HAVING SUM(CASE WHEN l.kind = 'consigned' THEN COALESCE(s.pieces, 0) - COALESCE(g.pieces, 0) ELSE 0 END)
			> SUM(CASE WHEN l.kind = 'consigned' AND SUBSTR(l.code, 1, 2) <> 'R-' THEN l.received ELSE 0 END)`))
	if len(twice) > 0 {
		m.rt.Fatalf("more pieces are paid for than were received of %v", twice)
	}
}

// clearing compares the gateway with the payments, each object by itself unless its
// news are still on their way, and the payments with the clearing account (L20).
func (m *months) clearing() {
	at := m.db.Clock.Now().Std()
	theirs, err := m.sim.Movements(ctx, at.Add(-100*365*24*time.Hour), at.Add(time.Hour))
	m.ok(err)
	gateway, ours := map[string]money.Paise{}, map[string]money.Paise{}
	for _, t := range theirs {
		object := t.IntentID
		if t.Kind == payment.MovementRefund {
			object = t.ProviderRefundID
		}
		gateway[object] += t.Amount - t.Fee - t.FeeGST
	}
	var rows []struct {
		Object  string      `db:"object"`
		Paise   money.Paise `db:"paise"`
		Waiting bool        `db:"waiting"`
	}
	m.ok(m.db.Select(ctx, &rows, `
		SELECT p.provider_id AS object, CAST(p.captured_paise - COALESCE(p.fee_paise + p.fee_gst_paise, 0) - COALESCE((
				SELECT SUM(CASE WHEN d.state = 'won' THEN 0 ELSE d.amount_paise END + d.fee_paise + d.fee_gst_paise)
				FROM disputes d
				WHERE d.payment_id = p.id), 0) AS BIGINT) AS paise,
			p.captured_paise > 0 AND p.fee_paise IS NULL AS waiting
		FROM payments p
		WHERE p.provider = 'simulator' AND p.provider_id IS NOT NULL
		UNION ALL
		SELECT COALESCE(r.provider_id, r.id) AS object, CAST(CASE WHEN r.state = 'paid' AND r.reference = '' THEN -r.amount_paise ELSE 0 END AS BIGINT) AS paise,
			r.state IN ('due', 'sending', 'pending') AS waiting
		FROM refunds r
		WHERE r.provider = 'simulator'`))
	var sum money.Paise
	waits := map[string]bool{}
	for _, r := range rows {
		ours[r.Object], waits[r.Object] = r.Paise, r.Waiting
		sum += r.Paise
	}
	for _, s := range m.untold {
		waits[s.of] = true
	}
	var book money.Paise
	m.ok(m.db.Get(ctx, &book, `
		SELECT CAST(COALESCE(SUM(paise), 0) AS BIGINT)
		FROM postings
		WHERE account = $1`, ledger.Stripe))
	if book != sum {
		m.rt.Fatalf("the payments make %d, the clearing account has %d", sum, book)
	}
	for object, p := range gateway {
		if p != ours[object] && !waits[object] {
			if _, known := ours[object]; !known && m.unknown() {
				continue // a refund whose answer was lost: we do not know its name yet
			}
			m.rt.Fatalf("%s: the gateway has %d, we have %d", object, p, ours[object])
		}
	}
	for object, p := range ours {
		if _, known := gateway[object]; !known && p != 0 && !waits[object] {
			m.rt.Fatalf("%s: we have %d, the gateway knows nothing of it", object, p)
		}
	}
}

// unknown reports whether a refund is on its way whose outcome is not known.
func (m *months) unknown() (yes bool) {
	m.ok(m.db.Get(ctx, &yes, `SELECT EXISTS (SELECT 1 FROM refunds WHERE state = 'sending' AND provider_id IS NULL)`))
	return yes
}

// finish tells everything that is on its way and settles what waits: then the
// gateway's own books, the payments and the ledger agree without exception.
func (m *months) finish(rt *rapid.T) {
	m.rt = rt
	m.sim.Fail(payment.Faults{})
	for range 4 { // what was refunded in one round is told in the next
		for _, s := range m.untold {
			m.told(s)
		}
		m.untold = nil
		m.ok(m.db.AdvanceClock(ctx, 7*time.Hour))
		m.due()
		_, err := m.orders.SendRefunds(ctx)
		m.ok(err)
		open, err := m.orders.OpenRefunds(ctx, preparer)
		m.ok(err)
		for _, r := range open {
			if r.State == orders.RefundPending {
				m.hear("refund settled", *r.ProviderID, func() ([]byte, string, error) { return m.sim.SettleRefund(ctx, *r.ProviderID, payment.RefundSucceeded) })
			}
		}
	}
	m.ok(m.db.AdvanceClock(ctx, 2*time.Minute))
	m.sound(rt)
	report, err := m.orders.Reconcile(ctx, admin)
	m.ok(err)
	if len(report.Differences) > 0 {
		rt.Fatalf("the gateway's books differ: %+v", report.Differences)
	}
}
