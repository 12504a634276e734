package payouts_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// together lets all of them go at the same moment.
func together(tasks ...func()) {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for _, task := range tasks {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			task()
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
}

// race is one run that everybody pulls at.
type race struct {
	*world
	who []string
	run payouts.Run
}

// Six approvals, four fetches of the file and four answers that contradict each
// other, each at the same moment and now and then against a withdrawal: a run is
// approved once, sent once, and nobody is paid twice.
func TestRacesPayOnce(t *testing.T) {
	rounds := 120
	if testing.Short() {
		rounds = 20
	}
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		r := &race{world: newWorld(t, d)}
		for range 3 {
			r.who = append(r.who, r.artisan(0))
		}
		earned, ended := money.Paise(0), map[payouts.State]int{}
		for round := range rounds {
			for k, a := range r.who {
				r.owe(a, money.Paise(10_000+round*10+k))
				earned += money.Paise(10_000 + round*10 + k)
			}
			r.run = r.submitted(preparer)
			if r.approve(round%10 == 2) && r.send(round%10 == 7) {
				r.answer(round)
			}
			now, err := r.payouts.Run(ctx, approver, r.run.ID)
			r.ok(err)
			ended[now.State]++
			var paid, owed money.Paise
			for _, a := range r.who {
				payable, transit, out := r.owed(a)
				paid, owed = paid+out, owed+payable+transit
			}
			if paid+owed != earned || -r.bank() != paid {
				t.Fatalf("round %d: of %d, %d were paid and %d are owed; %d left the bank", round, earned, paid, owed, -r.bank())
			}
			if round%10 == 9 {
				r.check()
			}
		}
		r.check()
		if ended[payouts.Settled] == 0 || ended[payouts.Withdrawn] == 0 || ended[payouts.Settled]+ended[payouts.Withdrawn] != rounds {
			t.Errorf("the runs ended as %v", ended)
		}
		t.Logf("%d rounds: %v", rounds, ended)
	})
}

// approve reports whether the run goes on.
func (r *race) approve(withdraw bool) bool {
	r.t.Helper()
	var mu sync.Mutex
	approved, withdrawn := 0, 0
	var tasks []func()
	for i := range 6 {
		who := person(fmt.Sprint("approver", i%3), auth.Approver)
		tasks = append(tasks, func() {
			_, err := r.payouts.Approve(ctx, who, r.run.ID, r.run.ContentHash, word(who.Login))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				approved++
			case !errors.Is(err, payouts.ErrState):
				r.t.Errorf("approve: %v", err)
			}
		})
	}
	if withdraw {
		tasks = append(tasks, func() { withdrawn += r.withdraw() })
	}
	together(tasks...)
	if approvals := r.count(`SELECT COUNT(*) FROM payout_approvals WHERE run_id = $1`, r.run.ID); approvals > 1 || approvals < int64(approved) || approvals == 1 && approved == 0 && withdrawn == 0 || approved+withdrawn == 0 {
		r.t.Fatalf("%d approved, %d withdrawn, %d approvals are there", approved, withdrawn, approvals)
	}
	return withdrawn == 0
}

func (r *race) withdraw() int {
	_, err := r.payouts.Withdraw(ctx, preparer, "", r.run.ID)
	if err != nil && !errors.Is(err, payouts.ErrState) && !errors.Is(err, payouts.ErrNotWaited) {
		r.t.Errorf("withdraw: %v", err)
	}
	if err != nil {
		return 0
	}
	return 1
}

// send reports whether the bank has the file.
func (r *race) send(withdraw bool) bool {
	r.t.Helper()
	var mu sync.Mutex
	var files [][]byte
	withdrawn := 0
	var tasks []func()
	for i := range 4 {
		who := []auth.Actor{approver, preparer}[i%2]
		tasks = append(tasks, func() {
			f, err := r.payouts.File(ctx, who, r.run.ID, payouts.FileInput{})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				files = append(files, f.Content)
			case !errors.Is(err, payouts.ErrState) || !withdraw:
				r.t.Errorf("file: %v", err)
			}
		})
	}
	if withdraw {
		tasks = append(tasks, func() { withdrawn += r.withdraw() })
	}
	together(tasks...)
	for _, f := range files {
		if !bytes.Equal(f, files[0]) {
			r.t.Fatal("two files of one run")
		}
	}
	if (len(files) > 0) == (withdrawn > 0) {
		r.t.Fatalf("%d have the file, and it was withdrawn %d times", len(files), withdrawn)
	}
	return len(files) > 0
}

// answer lets four answers contradict each other.
func (r *race) answer(round int) {
	r.t.Helper()
	now, err := r.payouts.Run(ctx, approver, r.run.ID)
	r.ok(err)
	var mu sync.Mutex
	entered := map[string]int{}
	var tasks []func()
	for i := range 4 {
		tasks = append(tasks, func() {
			var answers []payouts.Answer
			for k, item := range now.Items {
				status := []payouts.ItemState{payouts.ItemPaid, payouts.ItemPaid, payouts.ItemFailed, payouts.ItemReturned}[(i+k+round)%4]
				answers = append(answers, payouts.Answer{Reference: item.Reference, Status: status, UTR: fmt.Sprint("UTR", i%2, item.Reference)})
			}
			out, err := r.payouts.EnterAnswers(ctx, []auth.Actor{approver, preparer}[i%2], r.run.ID, append(answers, answers...))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.t.Errorf("answer: %v", err)
			}
			for k, o := range out {
				if o.Outcome == payouts.Entered {
					entered[fmt.Sprint(answers[k%len(answers)].Status, " ", o.Reference)]++
				}
			}
		})
	}
	together(tasks...)
	for what, n := range entered {
		if n != 1 {
			r.t.Errorf("%s was entered %d times", what, n)
		}
	}
	if n := r.count(`SELECT COUNT(*) FROM payout_items WHERE run_id = $1 AND state NOT IN ('paid', 'failed', 'returned')`, r.run.ID); n != 0 {
		r.t.Errorf("%d payments have no answer", n)
	}
}

func (r *race) count(query string, args ...any) (n int64) {
	r.t.Helper()
	r.ok(r.db.Get(ctx, &n, query, args...))
	return n
}

// What was approved is paid, or nothing: a row of the run that is changed behind
// its back after the approval stops the file, whatever is changed.
func TestChangedAfterApprovalIsNotPaid(t *testing.T) {
	for name, change := range map[string]string{
		"an amount":            `UPDATE payout_items SET amount_paise = amount_paise + 1, gross_paise = gross_paise + 1 WHERE run_id = $1`,
		"amounts exchanged":    `UPDATE payout_items SET amount_paise = 30001 - amount_paise, gross_paise = 30001 - gross_paise WHERE run_id = $1`,
		"whom it goes to":      `UPDATE payout_items SET artisan_id = (SELECT a.id FROM artisans a WHERE a.id NOT IN (SELECT i.artisan_id FROM payout_items i)) WHERE run_id = $1 AND amount_paise = 10000`,
		"where it goes":        `UPDATE payout_items SET payee_id = (SELECT p.id FROM payees p WHERE p.id <> payout_items.payee_id ORDER BY p.id DESC LIMIT 1) WHERE run_id = $1`,
		"the way of paying":    `UPDATE payout_items SET rail = 'cash' WHERE run_id = $1 AND amount_paise = 10000`,
		"a reference":          `UPDATE payout_items SET reference = 'SB000000000000Z' WHERE run_id = $1 AND amount_paise = 10000`,
		"a payment left out":   `UPDATE payout_items SET state = 'withdrawn' WHERE run_id = $1 AND amount_paise = 10000`,
		"a deduction":          `INSERT INTO payout_deductions (item_id, pos, kind, of_id, year, group_id, seen_paise, paise) SELECT id, 9, 'tds', 'contract', '2026-27', '', 0, 1 FROM payout_items WHERE run_id = $1 AND amount_paise = 10000`,
		"the group it goes to": `UPDATE payout_items SET group_id = 'shg_x' WHERE run_id = $1 AND amount_paise = 10000`,
		"the block":            `UPDATE payout_runs SET block = block + 1 WHERE id = $1`,
		"the head":             `UPDATE payout_runs SET head = 'x' WHERE id = $1`,
		"the form":             `UPDATE payout_runs SET form = 2 WHERE id = $1`,
		"the approved content": `UPDATE payout_approvals SET content_hash = 'x' WHERE run_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			each := testdb.Each
			if testing.Short() { // a database for each change takes its time
				each = func(t *testing.T, body func(*testing.T, *db.DB)) { body(t, testdb.SQLite(t)) }
			}
			each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				w.artisan(10_000)
				w.artisan(20_001)
				w.artisan(0)
				run := w.submitted(preparer)
				_, err := w.payouts.Approve(ctx, approver, run.ID, run.ContentHash, word("approver"))
				w.ok(err)
				if d.Dialect() == db.SQLite {
					_, err = d.Pool().ExecContext(ctx, `PRAGMA foreign_keys = OFF`)
					w.ok(err)
					_, _ = d.Pool().ExecContext(ctx, `DROP TRIGGER payout_approvals_no_update`)
				}
				if _, err := d.Pool().ExecContext(ctx, change, run.ID); err != nil {
					if d.Dialect() == db.Postgres { // the login may not, or a key refuses it
						t.Logf("refused: %v", err)
						return
					}
					t.Fatal(err)
				}
				f, err := w.payouts.File(ctx, approver, run.ID, payouts.FileInput{})
				if !errors.Is(err, payouts.ErrNotApproved) && !errors.Is(err, payouts.ErrPayeeNew) || len(f.Content) != 0 {
					t.Errorf("%v, a file of %d bytes", err, len(f.Content))
				}
				if _, err := w.payouts.EnterAnswers(ctx, approver, run.ID, []payouts.Answer{{Reference: run.Items[0].Reference, Status: payouts.ItemPaid, UTR: "U12345678"}}); !errors.Is(err, payouts.ErrState) {
					t.Errorf("an answer to what was not sent: %v", err)
				}
				if w.bank() != 0 {
					t.Errorf("%d left the bank", -w.bank())
				}
				problems := []payouts.Problem{}
				w.ok(d.Read(ctx, func(tx *db.Tx) (err error) {
					problems, err = payouts.Check(tx)
					return err
				}))
				if len(problems) == 0 {
					t.Error("the check finds nothing")
				}
			})
		})
	}
}
