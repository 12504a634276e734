package openbooks_test

import (
	"context"
	"flag"
	"fmt"
	"os"
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
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
	"saebaan/internal/vault"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// months is one random history of the whole trust: what women hand in and make,
// what is sold and comes back, what the gateway and the bank say, and what the
// women are paid. What the history itself knows is kept beside the database.
type months struct {
	rt  *rapid.T
	db  *db.DB
	sim *payment.Simulator

	people   *artisans.Service
	catalog  *catalog.Service
	orders   *orders.Service
	workshop *workshop.Service
	payouts  *payouts.Service

	who      []string // four women; the first three are of the group
	group    string
	variants []string
	jobs     []string
	buyers   map[string]auth.Actor // by order
	sold     []string              // orders
	untold   []said
	accepted map[credit]money.Paise // wages of the workshop
	advances []string
	consents []string
	runs     []string

	serial, steps int
	seen          map[string]int // how often each step did something
}

func person(name string, g auth.Grant) auth.Actor {
	return auth.Actor{ID: "usr_" + name, Login: name, Via: auth.ViaSession, Grants: []auth.Grant{g}}
}

var (
	asha     = person("asha", auth.Grant{Role: auth.Coordinator, Scope: "lucknow"})
	rehana   = person("rehana", auth.Grant{Role: auth.Coordinator, Scope: "lucknow"})
	preparer = person("preparer", auth.Grant{Role: auth.Preparer})
	approver = person("approver", auth.Grant{Role: auth.Approver})
)

// believed is a step-up that takes everybody at her word.
type believed struct{}

func (believed) Prove(context.Context, auth.Actor, auth.Act, auth.Proof) error { return nil }

// TestMonthsOfTheWholeTrust plays random months: consigned lots with other makers
// and weights, jobs of the workshop, what was agreed changed, sales, cancels,
// returns, disputes, events of the gateway lost, late, twice and in any order,
// advances, consents and their revocation, changed accounts, runs of each scope,
// and the bank's answers in any order, failed and returned ones too. After each
// step L1–L11 and L20 of RELIABILITY.md hold (see sound); at the end of each
// history the gateway's books equal ours, and hledger agrees with every account.
// SAEBAAN_MODEL_STEPS repeats it until each database has seen so many steps.
func TestMonthsOfTheWholeTrust(t *testing.T) {
	wanted, _ := strconv.Atoi(os.Getenv("SAEBAAN_MODEL_STEPS"))
	histories := map[string]string{"sqlite": "10", "postgres": "4"}
	if testing.Short() { // with the race detector; rapid takes a fifth of these
		histories = map[string]string{"sqlite": "20", "postgres": "10"}
	}
	checks := flag.Lookup("rapid.checks")
	defer func(before string) { _ = checks.Value.Set(before) }(checks.Value.String())
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		t.Run(name, func(t *testing.T) {
			if err := checks.Value.Set(histories[name]); err != nil {
				t.Fatal(err)
			}
			steps, seen := 0, map[string]int{}
			for chunk := 0; chunk == 0 || steps < wanted && !t.Failed(); chunk++ {
				rapid.Check(t, func(rt *rapid.T) {
					m := newMonths(t, rt, open(t), seen)
					defer func() { _ = m.db.Close() }() // a server has so many connections
					m.week()
					rt.Repeat(m.actions())
					m.finish(rt)
					testkit.JournalAgrees(t, m.db)
					steps += m.steps
				})
			}
			t.Logf("%d steps, %v", steps, seen)
			if steps == 0 {
				t.Error("nothing was played")
			}
		})
	}
}

// week begins a history with some of each, so that even a short one has sold, made,
// taken back and paid something.
func (m *months) week() {
	for _, step := range []func(*rapid.T){m.sell, m.sell, m.openJob, m.work, m.sell, m.send, m.work, m.time, m.comesBack, m.time, m.payDay} {
		step(m.rt)
		m.sound(m.rt)
	}
}

// actions are the steps of a history. Rapid draws early names more often, so what
// the other steps need comes first, and more than once.
func (m *months) actions() map[string]func(*rapid.T) {
	out := map[string]func(*rapid.T){"": m.sound}
	for i, a := range []struct {
		name string
		step func(*rapid.T)
	}{
		{"sell", m.sell}, {"return", m.comesBack}, {"pay day", m.payDay}, {"time", m.time}, {"send", m.send}, {"sell", m.sell}, {"work", m.work},
		{"return", m.comesBack}, {"pay day", m.payDay}, {"open job", m.openJob}, {"work", m.work}, {"answer", m.answer}, {"lot", m.receiveLot}, {"time", m.time},
		{"refund", m.refund}, {"sell", m.sell}, {"act", m.act}, {"tell", m.tell}, {"dispute", m.dispute}, {"agree", m.agree}, {"advance", m.advance},
		{"account", m.changeAccount}, {"prepare", m.prepare}, {"cancel", m.cancel}, {"agree anew", m.agreeAnew}, {"revoke", m.revoke}, {"fault", m.fault},
		{"write off", m.writeOff}, {"write an advance off", m.writeOffAdvance}, {"work", m.work}, {"pay day", m.payDay}, {"sell", m.sell},
	} {
		out[fmt.Sprintf("%02d %s", i, a.name)] = a.step
	}
	return out
}

func newMonths(t *testing.T, rt *rapid.T, d *db.DB, seen map[string]int) *months {
	keys, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &months{rt: rt, db: d, sim: payment.NewSimulator(d, "whsec_test"), people: artisans.NewService(d, keys), catalog: catalog.NewService(d, gst.Default(), nil, nil),
		workshop: workshop.NewService(d), buyers: map[string]auth.Actor{}, accepted: map[credit]money.Paise{}, seen: seen}
	m.orders = orders.NewService(d, gst.Default(), m.sim, orders.Defaults())
	m.payouts = payouts.NewService(d, m.people, believed{}, payouts.DefaultTerms(), keys)
	_, err = m.orders.SaveRegistration(ctx, admin, "", orders.Registration{ID: "09", Prefix: "SB", GSTIN: "09AAATL1234Q1ZB", State: "09", Kind: "regular",
		LegalName: "Trust", Address: "Lucknow", From: "2017-07-01"})
	m.ok(err)
	g, err := m.people.CreateGroup(ctx, admin, "", artisans.GroupInput{NameEn: "Roshni", Area: "lucknow"})
	m.ok(err)
	m.group = g.ID
	m.bankOf(g.ID)
	for i := range 4 {
		a, err := m.people.Create(ctx, admin, "", artisans.Input{NameEn: fmt.Sprintf("Maker %d", i), Area: "lucknow", Crafts: []string{"chikan"}, Member: true})
		m.ok(err)
		m.who = append(m.who, a.ID)
		if i < 3 {
			_, err := m.people.SetMember(ctx, admin, "", artisans.MemberInput{Group: g.ID, Artisan: a.ID, Date: "2020-01-01"})
			m.ok(err)
		}
		if i != 2 { // one has no account yet
			m.bankOf(a.ID)
		}
	}
	for i := range 2 {
		m.variants = append(m.variants, m.design(fmt.Sprintf("K%d", i), money.Paise(rapid.Int64Range(120_000, 250_000).Draw(rt, "tag"))))
		m.lotOf(m.variants[i])
	}
	return m
}

func (m *months) ok(err error) {
	if err != nil {
		m.rt.Fatal(err)
	}
}

// allowed passes faults that refuse a step in this state; anything else ends the
// history.
func (m *months) allowed(step string, err error) bool {
	if err == nil {
		m.seen[step]++
		return true
	}
	if f := fault.Of(err); f == nil || f.Kind == fault.Internal {
		m.rt.Fatalf("%s: %v", step, err)
	}
	return false
}

// one draws one of some ids, "" when there is none.
func (m *months) one(of []string, what string) string {
	if len(of) == 0 {
		return ""
	}
	return rapid.SampledFrom(of).Draw(m.rt, what)
}

func (m *months) her() string { return m.one(m.who, "artisan") }

func (m *months) paise(least, most int64, what string) money.Paise {
	return money.Paise(rapid.Int64Range(least, most).Draw(m.rt, what))
}

// name is one that was not used before in this history.
func (m *months) name(prefix string) string {
	m.serial++
	return fmt.Sprintf("%s%d", prefix, m.serial)
}

// time passes, and what is due is done.
func (m *months) time(rt *rapid.T) {
	m.rt = rt
	m.ok(m.db.AdvanceClock(ctx, rapid.SampledFrom([]time.Duration{5 * time.Minute, time.Hour, 16 * 24 * time.Hour, 45 * 24 * time.Hour}).Draw(rt, "passes")))
	m.due()
}

func (m *months) due() {
	_, err := m.orders.ExpireDue(ctx)
	m.ok(err)
	_, err = m.orders.ReleaseDue(ctx)
	m.ok(err)
	_, err = m.orders.LookUpPayments(ctx)
	m.ok(err)
	_, err = m.orders.NumberDocuments(ctx)
	m.ok(err)
	var unknown []string
	m.ok(m.db.Select(ctx, &unknown, `
		SELECT id
		FROM payments
		WHERE state = 'captured' AND provider_id IS NOT NULL AND fee_paise IS NULL
		ORDER BY id`))
	for _, p := range unknown {
		m.ok(m.orders.EnterFee(ctx, p))
	}
	m.ok(m.orders.ReconcileDaily(ctx))
}
