package payouts_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
	"saebaan/payouts"
)

// month is one random history: four women, three of them in a group, and what the
// history itself knows of them.
type month struct {
	*world
	rt       *rapid.T
	who      []string
	group    string
	earned   map[string]money.Paise // credits less reversals
	written  map[string]money.Paise // of advances
	sold     []sold
	advances []payouts.Advance
	consents []string
	runs     []string
	steps    int
}

// sold is a credit that may be reversed once.
type sold struct {
	artisan, order string
	paise          money.Paise
}

// TestRandomMonths plays sales, returns, advances, consents and their revocation,
// changed accounts, runs of every scope, and bank answers in any order and number,
// failed and returned ones too. After each step the book and payouts verify, and each
// woman's credits are exactly what stands on her accounts, was paid, taxed, given to
// her group, or worked off. SAEBAAN_MODEL_STEPS repeats it until each database has
// seen so many steps.
func TestRandomMonths(t *testing.T) {
	wanted, _ := strconv.Atoi(os.Getenv("SAEBAAN_MODEL_STEPS"))
	every := map[string]int{"sqlite": 4, "postgres": 20}
	if testing.Short() { // with the race detector
		every = map[string]int{"sqlite": 10, "postgres": 50}
	}
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			steps := 0
			for chunk := 0; chunk == 0 || steps < wanted && !t.Failed(); chunk++ {
				history := 0
				rapid.Check(t, func(rt *rapid.T) {
					if history++; wanted == 0 && history%every[name] != 1 {
						return // some of the histories, in an ordinary run
					}
					m := newMonth(t, rt, name)
					defer func() { _ = m.db.Close() }() // a server has so many connections
					rt.Repeat(map[string]func(*rapid.T){
						"earn": m.earn, "earn more": m.earn, "reverse": m.reverse, "advance": m.advance, "pause": m.pause, "write off": m.writeOff,
						"agree": m.agree, "revoke": m.revoke, "change account": m.changeAccount, "prepare": m.prepare, "act": m.act, "go on": m.act,
						"answer": m.answer, "time": m.time, "": m.sound,
					})
					testkit.JournalAgrees(t, m.db)
					steps += m.steps
				})
			}
			t.Logf("%d steps", steps)
		})
	}
}

func newMonth(t *testing.T, rt *rapid.T, database string) *month {
	open := testdb.SQLite
	if database == "postgres" {
		open = testdb.Postgres
	}
	m := &month{world: newWorld(t, open(t)).usual(), rt: rt, earned: map[string]money.Paise{}, written: map[string]money.Paise{}}
	m.who = []string{m.artisan(0), m.artisan(0), m.withoutAccount(0), m.artisan(0)}
	m.group = m.world.group(m.who[:3]...)
	m.account(m.group)
	return m
}

func (m *month) her() string { return rapid.SampledFrom(m.who).Draw(m.rt, "artisan") }

func (m *month) earn(rt *rapid.T) {
	m.rt = rt
	c := sold{m.her(), id.New("ord"), money.Paise(rapid.Int64Range(1, 4_000_000).Draw(rt, "paise"))}
	m.credit(c.artisan, c.order, c.paise)
	m.earned[c.artisan] += c.paise
	m.sold = append(m.sold, c)
}

func (m *month) reverse(rt *rapid.T) {
	if len(m.sold) == 0 {
		return
	}
	k := rapid.IntRange(0, len(m.sold)-1).Draw(rt, "sale")
	c := m.sold[k]
	m.sold = slices.Delete(m.sold, k, k+1)
	m.credit(c.artisan, c.order, -c.paise)
	m.earned[c.artisan] -= c.paise
}

func (m *month) advance(rt *rapid.T) {
	m.rt = rt
	m.advances = append(m.advances, m.given(m.her(), money.Paise(rapid.Int64Range(1, 500_000).Draw(rt, "paise"))))
}

func (m *month) pause(rt *rapid.T) {
	if len(m.advances) > 0 {
		a := rapid.SampledFrom(m.advances).Draw(rt, "advance")
		_, _ = m.payouts.PauseAdvance(ctx, preparer, "", a.ID, rapid.SampledFrom([]string{"", "a wedding"}).Draw(rt, "reason"))
	}
}

func (m *month) writeOff(rt *rapid.T) {
	if len(m.advances) == 0 {
		return
	}
	a := rapid.SampledFrom(m.advances).Draw(rt, "advance")
	if _, err := m.payouts.ProposeWriteOff(ctx, preparer, "", a.ID, "the roof fell in"); err != nil {
		return
	}
	if done, err := m.payouts.WriteOffAdvance(ctx, approver, payouts.AdvanceDecision{Advance: a.ID, Yes: rapid.Bool().Draw(rt, "yes"), Password: "approver"}); err == nil {
		m.written[a.ArtisanID] += done.Written
	}
}

func (m *month) agree(rt *rapid.T) {
	m.rt = rt
	kind := rapid.SampledFrom([]string{payouts.KindSavings, payouts.KindLoan, payouts.KindAccount}).Draw(rt, "kind")
	in := consent(m.her(), m.group, kind, 0, 0, 0)
	if kind != payouts.KindAccount {
		in.Rate, in.Most = money.BasisPoints(rapid.Int64Range(0, 4000).Draw(rt, "rate")), money.Paise(rapid.Int64Range(1, 50_000).Draw(rt, "most"))
		in.Total = money.Paise(rapid.Int64Range(1, 90_000).Draw(rt, "total"))
	}
	if c, err := m.payouts.Agree(ctx, admin, "", in); err == nil { // the fourth is in no group
		m.consents = append(m.consents, c.ID)
	}
}

func (m *month) revoke(rt *rapid.T) {
	if len(m.consents) > 0 {
		_, _ = m.payouts.Revoke(ctx, admin, "", rapid.SampledFrom(m.consents).Draw(rt, "consent"))
	}
}

func (m *month) changeAccount(rt *rapid.T) {
	m.rt = rt
	in := artisans.PayeeInput{Artisan: m.her(), Kind: rapid.SampledFrom([]string{"upi", "cash"}).Draw(rt, "kind"), Holder: "Maker", Confirmed: "in person"}
	if in.Kind == "upi" {
		in.UPI = fmt.Sprintf("maker.%d@upi", m.steps)
	}
	_, err := m.artisans.SetPayee(ctx, admin, "", in)
	m.ok(err)
}

func (m *month) prepare(rt *rapid.T) {
	of := rapid.SampledFrom([]payouts.Scope{{}, {}, {Area: "lucknow"}, {Group: m.group}}).Draw(rt, "scope")
	r, err := m.payouts.Prepare(ctx, preparer, "", of)
	m.ok(err)
	m.runs = append(m.runs, r.ID)
	for _, i := range r.Items { // each rupee has its reason
		if _, sum := m.parts(r.ID, i.ArtisanID); sum != i.Gross {
			rt.Fatalf("her payment of %d consists of %d", i.Gross, sum)
		}
		left := i.Gross
		for _, d := range i.Deductions {
			if d.Kind == payouts.KindTDS {
				left -= d.Paise
			}
		}
		if i.Amount*2 < left {
			rt.Fatalf("she takes %d home of %d", i.Amount, left)
		}
	}
}

// act does the next thing with a run, or something that is not its turn.
func (m *month) act(rt *rapid.T) {
	if len(m.runs) == 0 {
		return
	}
	run := rapid.SampledFrom(m.runs).Draw(rt, "run")
	r, err := m.payouts.Run(ctx, preparer, run)
	m.ok(err)
	switch rapid.SampledFrom([]string{"submit", "submit", "approve", "approve", "withdraw", "files", "files"}).Draw(rt, "act") {
	case "submit":
		_, _ = m.payouts.Submit(ctx, preparer, "", run)
	case "approve":
		_, _ = m.payouts.Approve(ctx, approver, run, r.ContentHash, word("approver"))
	case "withdraw":
		_, _ = m.payouts.Withdraw(ctx, preparer, "", run)
	case "files":
		for _, rail := range r.Rails() {
			_, _ = m.payouts.File(ctx, preparer, run, payouts.FileInput{Rail: rail})
		}
	}
}

// answer lets the bank answer for any of a run's payments, in any order, some twice.
func (m *month) answer(rt *rapid.T) {
	if len(m.runs) == 0 {
		return
	}
	r, err := m.payouts.Run(ctx, preparer, rapid.SampledFrom(m.runs).Draw(rt, "run"))
	m.ok(err)
	var references []string
	for _, i := range r.Items {
		references = append(references, i.Reference)
	}
	for _, t := range r.Transfers {
		references = append(references, t.Reference, t.Reference)
	}
	var answers []payouts.Answer
	for _, ref := range references {
		status := rapid.SampledFrom([]payouts.ItemState{payouts.ItemPaid, payouts.ItemPaid, payouts.ItemFailed, payouts.ItemReturned, payouts.ItemWaiting}).Draw(rt, "status")
		answers = append(answers, payouts.Answer{Reference: ref, Status: status, UTR: "U" + strings.ToUpper(ref)})
	}
	_, _ = m.payouts.EnterAnswers(ctx, preparer, r.ID, rapid.Permutation(append(answers, answers...)).Draw(rt, "order"))
}

func (m *month) time(rt *rapid.T) {
	m.ok(m.db.AdvanceClock(ctx, time.Duration(rapid.IntRange(1, 90).Draw(rt, "days"))*24*time.Hour))
}

// sound is what holds after each step.
func (m *month) sound(rt *rapid.T) {
	m.steps++
	m.check()
	m.tie(m.who...)
	for _, a := range m.who {
		var rows []struct {
			Account string      `db:"account"`
			Paise   money.Paise `db:"paise"`
		}
		m.ok(m.db.Select(ctx, &rows, `
			SELECT account, CAST(SUM(paise) AS BIGINT) AS paise
			FROM postings
			WHERE artisan_id = $1 AND nature = 'payout' OR artisan_id = $1 AND account = $2
			GROUP BY account
			ORDER BY account`, a, ledger.Payable(a)))
		var hers, out money.Paise
		for _, r := range rows {
			if !strings.HasPrefix(r.Account, "liability:artisan:") {
				out -= r.Paise // paid, taxed, given to her group, worked off
			}
			hers -= r.Paise
		}
		if hers != m.earned[a] {
			rt.Fatalf("she has earned %d and %d is accounted for: %+v", m.earned[a], hers, rows)
		}
		if payable := -m.balance(ledger.Payable(a)); out > m.earned[a] && payable >= 0 {
			rt.Fatalf("%d left her accounts of %d", out, m.earned[a])
		}
		var given, recovered, written money.Paise
		for _, adv := range m.advances {
			if adv.ArtisanID == a {
				now := m.world.advance(adv)
				given, recovered, written = given+now.Amount, recovered+now.Recovered, written+now.Written
			}
		}
		if m.balance(ledger.Advance(a)) != given-recovered-written || recovered > given || written != m.written[a] {
			rt.Fatalf("advances of %d: %d recovered, %d written off, the book has %d", given, recovered, written, m.balance(ledger.Advance(a)))
		}
	}
}
