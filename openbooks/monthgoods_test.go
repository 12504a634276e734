package openbooks_test

import (
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/orders"
	"saebaan/workshop"
)

// design publishes a kurta whose card has every kind of head.
func (m *months) design(sku string, tag money.Paise) string {
	p, err := m.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Kurta " + sku}, Area: "lucknow", Craft: "chikan", Garment: "kurta",
		Fabric: "cotton", Colour: "white", HSN: "6206"})
	m.ok(err)
	v, err := m.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: sku, Size: "M"})
	m.ok(err)
	share := func(bp money.BasisPoints) *money.BasisPoints { return &bp }
	fixed := func(p money.Paise) *money.Paise { return &p }
	_, err = m.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: tag, Heads: []catalog.HeadInput{
		{Kind: catalog.Cost, Head: "material", BasisPoints: share(1500)}, {Kind: catalog.Wage, Head: "embroidery", BasisPoints: share(4000), Shares: true},
		{Kind: catalog.Wage, Head: "tailoring", BasisPoints: share(700), Shares: true}, {Kind: catalog.Wage, Head: "washing", BasisPoints: share(300)},
		{Kind: catalog.Cost, Head: "packing", Paise: fixed(340)}, {Kind: catalog.Cost, Head: "fee", BasisPoints: share(210)},
		{Kind: catalog.Cost, Head: "shipping", Paise: fixed(950)}, {Kind: catalog.Trust, Head: "running", BasisPoints: share(800)},
		{Kind: catalog.Trust, Head: "fund", BasisPoints: share(500)}, {Kind: catalog.Makers, Head: "makers"}}})
	m.ok(err)
	m.lotOf(v.ID)
	_, err = m.catalog.Submit(ctx, admin, "", p.ID)
	m.ok(err)
	_, err = m.catalog.Publish(ctx, admin, "", p.ID)
	m.ok(err)
	return v.ID
}

var stages = []string{"embroidery", "tailoring", "washing"}

// makers draws who makes a stage, and in which parts.
func (m *months) makers(stage string) (out []catalog.MakerInput) {
	who := rapid.Permutation(m.who).Draw(m.rt, "makers")[:rapid.IntRange(1, 3).Draw(m.rt, "how many")]
	for _, a := range who {
		out = append(out, catalog.MakerInput{Stage: stage, Artisan: a, Weight: int64(m.paise(1, 9, "weight"))})
	}
	return out
}

// lotOf receives some pieces of a size: the work of several, or all of one woman's.
func (m *months) lotOf(variant string) {
	in := catalog.LotInput{Variant: variant, Owner: m.her(), Pieces: int64(m.paise(2, 8, "pieces")), TrustMaterial: rapid.Bool().Draw(m.rt, "trust's material")}
	if in.TrustMaterial {
		in.Material = m.paise(0, 20_000, "material")
	}
	alone := rapid.Bool().Draw(m.rt, "alone")
	for _, stage := range stages {
		if alone {
			in.Makers = append(in.Makers, catalog.MakerInput{Stage: stage, Artisan: in.Owner, Weight: 1})
		} else {
			in.Makers = append(in.Makers, m.makers(stage)...)
		}
	}
	_, err := m.catalog.ReceiveLot(ctx, admin, "", in)
	m.ok(err)
	m.seen["lot"]++
}

func (m *months) receiveLot(rt *rapid.T) {
	m.rt = rt
	m.lotOf(m.one(m.variants, "variant"))
}

func (m *months) openJob(rt *rapid.T) {
	m.rt = rt
	in := workshop.JobInput{Variant: m.one(m.variants, "variant"), Pieces: int64(m.paise(1, 4, "pieces"))}
	for _, stage := range stages {
		st := workshop.StageInput{Stage: stage, Makers: m.makers(stage)}
		if rapid.Bool().Draw(rt, "its own rate") {
			rate := m.paise(0, 150_000, "rate")
			st.Rate = &rate
		}
		in.Stages = append(in.Stages, st)
	}
	if j, err := m.workshop.OpenJob(ctx, asha, "", in); m.allowed("open job", err) {
		m.jobs = append(m.jobs, j.ID)
	}
}

// work does something on a job: pieces of a stage are handed in, those that wait
// are looked at, material is issued, or the job is finished.
func (m *months) work(rt *rapid.T) {
	m.rt = rt
	id := m.one(m.jobs, "job")
	if id == "" {
		return
	}
	j, err := m.workshop.Job(ctx, admin, id)
	m.ok(err)
	switch rapid.SampledFrom([]string{"stages", "stages", "stages", "stages", "material", "finish"}).Draw(rt, "work") {
	case "stages":
		for i, st := range j.Stages {
			_, err := m.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: id, Stage: st.Stage, Pieces: min(max(1, j.Pieces-st.Passed), int64(1+i))})
			m.allowed("hand in", err)
		}
		j, err = m.workshop.Job(ctx, admin, id)
		m.ok(err)
		for _, h := range j.HandIns {
			if h.DecidedAt == nil {
				m.lookAt(j, h)
			}
		}
	case "material":
		_, err := m.workshop.IssueMaterial(ctx, asha, "", workshop.MaterialInput{Job: id, What: "cloth", Amount: m.paise(1, 50_000, "material")})
		m.allowed("material", err)
	case "finish":
		good := j.Pieces
		for _, st := range j.Stages {
			good = min(good, st.Passed)
		}
		_, err := m.workshop.Finish(ctx, asha, "", workshop.FinishInput{Job: id, Good: good})
		m.allowed("finish", err)
	}
}

// lookAt accepts some of what was handed in, by a second person, and notes what its
// makers are owed for it by the history's own reckoning.
func (m *months) lookAt(j workshop.Job, h workshop.HandIn) {
	st := j.Stages[slices.IndexFunc(j.Stages, func(s workshop.Stage) bool { return s.Stage == h.Stage })]
	passed := int64(m.paise(0, h.Pieces, "passed"))
	_, err := m.workshop.AcceptStage(ctx, rehana, "", workshop.AcceptInput{HandIn: h.ID, Passed: passed, Note: "a stain"})
	if !m.allowed("accept", err) {
		return
	}
	var weights []int64
	for _, maker := range st.Makers {
		weights = append(weights, maker.Weight)
	}
	for i, p := range less(parts(st.Rate*money.Paise(st.SinceChange+passed), weights), parts(st.Rate*money.Paise(st.SinceChange), weights)) {
		m.accepted[credit{Artisan: st.Makers[i].Artisan, Lot: j.LotID, Nature: "wage:" + st.Stage}] += p
	}
}

// agreeAnew changes who made the free pieces of a lot, or a stage of a job and its rate.
func (m *months) agreeAnew(rt *rapid.T) {
	m.rt = rt
	stage := m.one(stages, "stage")
	in := workshop.ChangeInput{Stage: stage, Makers: m.makers(stage), Reason: "she helped"}
	if in.Job = m.one(m.jobs, "job"); in.Job == "" || rapid.Bool().Draw(rt, "of a lot") {
		var lots []string
		m.ok(m.db.Select(ctx, &lots, `
			SELECT id
			FROM lots
			WHERE kind = 'consigned'
			ORDER BY id`))
		in.Job, in.Lot = "", m.one(lots, "lot")
	} else {
		rate := m.paise(0, 150_000, "rate")
		in.Rate = &rate
	}
	c, err := m.workshop.ProposeChange(ctx, asha, "", in)
	if m.allowed("propose a change", err) {
		_, err = m.workshop.DecideChange(ctx, rehana, "", c.ID, rapid.Bool().Draw(rt, "yes"))
		m.allowed("agree anew", err)
	}
}

func (m *months) writeOff(rt *rapid.T) {
	m.rt = rt
	var open []string
	m.ok(m.db.Select(ctx, &open, `
		SELECT id
		FROM write_offs
		WHERE approved_at IS NULL
		ORDER BY id`))
	if w := m.one(open, "write-off"); w != "" {
		_, err := m.catalog.ApproveWriteOff(ctx, approver, "", w)
		m.allowed("write off", err)
	}
}

// said is an event of the gateway on its way; of names the object it is about.
type said struct {
	no   int
	of   string
	sign func() ([]byte, string, error) // signed anew when it is told
}

// hear puts an event on its way, unless the gateway refuses what it would tell.
func (m *months) hear(step, of string, sign func() ([]byte, string, error)) bool {
	_, _, err := sign()
	if !m.allowed(step, err) {
		return false
	}
	m.serial++
	m.untold = append(m.untold, said{m.serial, of, sign})
	return true
}

// told delivers an event.
func (m *months) told(s said) {
	payload, signature, err := s.sign()
	if errors.Is(err, payment.ErrFinal) {
		return // its object went on meanwhile; that event will tell
	}
	m.ok(err)
	m.ok(m.orders.PaymentEvent(ctx, payload, signature))
	m.seen["tell"]++
}

// tell delivers what is on its way, in any order, some of it twice, and some of it not.
func (m *months) tell(rt *rapid.T) {
	m.rt = rt
	all := m.untold
	if len(all) == 0 {
		return
	}
	all = rapid.Permutation(slices.Concat(all, all)).Draw(rt, "events")[:rapid.IntRange(1, 2*len(all)).Draw(rt, "told")]
	for _, s := range all {
		m.told(s)
		m.untold = slices.DeleteFunc(m.untold, func(o said) bool { return o.no == s.no })
	}
}

// sell orders one or two designs and pays; often the event is told and the goods
// are sent at once.
func (m *months) sell(rt *rapid.T) {
	m.rt = rt
	cart, token, err := m.orders.CreateCart(ctx)
	m.ok(err)
	guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
	for _, v := range rapid.Permutation(m.variants).Draw(rt, "variants")[:rapid.IntRange(1, 2).Draw(rt, "designs")] {
		_, err = m.orders.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: v, Quantity: int64(m.paise(1, 2, "pieces"))})
		m.ok(err)
	}
	o, err := m.orders.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Guest", Phone: "+91 98765 43210"},
		Address: orders.Address{House: "1", City: "Town", State: rapid.SampledFrom([]string{"09", "27"}).Draw(rt, "state"), PIN: "226003"}})
	if !m.allowed("order", err) {
		return
	}
	m.sold, m.buyers[o.ID] = append(m.sold, o.ID), guest
	p, err := m.orders.Pay(ctx, guest, o.ID, "")
	if !m.allowed("pay", err) {
		return
	}
	outcome := rapid.SampledFrom([]payment.Status{payment.Succeeded, payment.Succeeded, payment.Succeeded, payment.Failed}).Draw(rt, "outcome")
	if !m.hear("gateway "+string(outcome), p.IntentID, func() ([]byte, string, error) { return m.sim.Confirm(ctx, p.IntentID, outcome) }) {
		return
	}
	if outcome == payment.Failed && rapid.Bool().Draw(rt, "tries again") {
		m.hear("gateway succeeded then", p.IntentID, func() ([]byte, string, error) { return m.sim.Confirm(ctx, p.IntentID, payment.Succeeded) })
	}
	if rapid.IntRange(0, 3).Draw(rt, "told at once") > 0 {
		m.told(m.untold[len(m.untold)-1])
		m.untold = m.untold[:len(m.untold)-1]
		if rapid.IntRange(0, 3).Draw(rt, "sent at once") > 0 {
			_, err := m.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
			m.allowed("send", err)
		}
	}
}

// fault lets answers of the gateway be lost, and refunds wait.
func (m *months) fault(rt *rapid.T) {
	m.sim.Fail(rapid.SampledFrom([]payment.Faults{{}, {}, {LoseAnswer: true}, {LoseRefundAnswer: true}, {RefundPending: true}}).Draw(rt, "fault"))
}

// order draws an order of those that a step suits.
func (m *months) order(suits string) (orders.Order, bool) {
	var found []string
	m.ok(m.db.Select(ctx, &found, `SELECT o.id FROM orders o WHERE `+suits+` ORDER BY o.id`))
	id := m.one(found, "order")
	if id == "" {
		return orders.Order{}, false
	}
	o, err := m.orders.Order(ctx, admin, id)
	m.ok(err)
	return o, true
}

func (m *months) send(rt *rapid.T) {
	m.rt = rt
	if o, ok := m.order(`EXISTS (SELECT 1 FROM allocations a WHERE a.order_id = o.id AND a.state IN ('committed', 'dispatched'))`); ok {
		if rapid.Bool().Draw(rt, "arrives") {
			_, err := m.orders.Deliver(ctx, admin, "", o.ID)
			m.allowed("deliver", err)
			return
		}
		_, err := m.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
		m.allowed("send", err)
	}
}

func (m *months) cancel(rt *rapid.T) {
	m.rt = rt
	if o, ok := m.order(`o.state IN ('placed', 'confirmed')`); ok {
		in := orders.CancelInput{Order: o.ID}
		if rapid.Bool().Draw(rt, "one piece") {
			in.Line, in.Pieces = o.Lines[0].ID, 1
		}
		_, err := m.orders.Cancel(ctx, admin, "", in)
		m.allowed("cancel", err)
	}
}

// comesBack lets some pieces of an order come back: to be sold again, spoiled, or to
// the maker who has accepted a defect; when that is refused, to be sold again.
func (m *months) comesBack(rt *rapid.T) {
	m.rt = rt
	o, ok := m.order(`EXISTS (SELECT 1 FROM allocations a WHERE a.order_id = o.id AND a.lot_id <> '' AND a.dispatched_at IS NOT NULL AND a.returned < a.pieces)`)
	if !ok {
		return
	}
	line := rapid.SampledFrom(o.Lines).Draw(rt, "line")
	in := orders.ReturnInput{Order: o.ID, Line: line.ID, Pieces: int64(m.paise(1, 2, "pieces")), Reason: rapid.SampledFrom(orders.Reasons()).Draw(rt, "reason")}
	r, err := m.orders.RequestReturn(ctx, m.buyers[o.ID], "", in)
	if !m.allowed("return", err) {
		return
	}
	as := orders.ReceiveInput{Return: r.ID, Outcome: rapid.SampledFrom([]orders.Outcome{orders.Restock, orders.Spoiled}).Draw(rt, "outcome")}
	if in.Reason == orders.Defect && rapid.Bool().Draw(rt, "accepted") {
		as.Outcome, as.AtFault = rapid.SampledFrom([]orders.Outcome{orders.ToMaker, orders.ToMaker, orders.Restock}).Draw(rt, "to her"), m.maker(o, line.ID)
	}
	if _, err = m.orders.ReceiveReturn(ctx, admin, "", as); !m.allowed(fmt.Sprint("receive ", as.Outcome, " at fault ", as.AtFault != ""), err) {
		_, err = m.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
		m.allowed("receive otherwise", err)
	}
}

// maker is one who made a line's pieces.
func (m *months) maker(o orders.Order, line string) string {
	var who []string
	m.ok(m.db.Select(ctx, &who, `
		SELECT DISTINCT k.artisan_id
		FROM allocations a
		JOIN lot_makers k ON k.lot_id = a.lot_id
		WHERE a.order_id = $1 AND a.line_id = $2
		ORDER BY k.artisan_id`, o.ID, line))
	return m.one(who, "at fault")
}

func (m *months) dispute(rt *rapid.T) {
	m.rt = rt
	o, ok := m.order(`EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.provider = 'simulator' AND p.captured_paise > 1)`)
	if !ok {
		return
	}
	rows, err := m.orders.Payments(ctx, admin, o.ID)
	m.ok(err)
	for _, p := range rows {
		if p.ProviderID == nil || p.Captured < 2 {
			continue
		}
		end := rapid.SampledFrom([]payment.DisputeState{payment.DisputeWon, payment.DisputeLost, payment.DisputeOpen}).Draw(rt, "end")
		if end != payment.DisputeOpen && m.hear("dispute "+string(end), *p.ProviderID, func() ([]byte, string, error) { return m.sim.Dispute(ctx, *p.ProviderID, 0, end) }) {
			continue // it was open
		}
		amount := rapid.SampledFrom([]money.Paise{p.Captured, p.Captured / 2}).Draw(rt, "amount")
		m.hear("dispute open", *p.ProviderID, func() ([]byte, string, error) { return m.sim.Dispute(ctx, *p.ProviderID, amount, payment.DisputeOpen) })
	}
}

// refund sends what is owed to buyers; what waits at the gateway is settled there,
// and what it refuses is paid by a person.
func (m *months) refund(rt *rapid.T) {
	m.rt = rt
	_, err := m.orders.SendRefunds(ctx)
	m.ok(err)
	open, err := m.orders.OpenRefunds(ctx, preparer)
	m.ok(err)
	for _, r := range open {
		switch {
		case r.State == orders.RefundPending && rapid.Bool().Draw(rt, "settles"):
			outcome := rapid.SampledFrom([]payment.RefundStatus{payment.RefundSucceeded, payment.RefundFailed}).Draw(rt, "outcome")
			m.hear("refund "+string(outcome), *r.ProviderID, func() ([]byte, string, error) { return m.sim.SettleRefund(ctx, *r.ProviderID, outcome) })
		case r.State == orders.RefundFailed:
			_, err := m.orders.RecordRefund(ctx, preparer, "", orders.RefundRecord{Refund: r.ID, Method: orders.BankTransfer, Reference: m.name("UTR")})
			m.allowed("refund by a person", err)
		}
	}
}
