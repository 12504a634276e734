package payouts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/bankfile"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
	"saebaan/payouts"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var ctx = context.Background()

func person(name string, roles ...auth.Role) auth.Actor {
	a := auth.Actor{ID: "usr_" + name, Login: name, Via: auth.ViaSession}
	for _, r := range roles {
		a.Grants = append(a.Grants, auth.Grant{Role: r})
	}
	return a
}

var (
	admin    = person("admin", auth.Administrator)
	preparer = person("preparer", auth.Preparer)
	other    = person("other", auth.Preparer)
	approver = person("approver", auth.Approver)
	both     = person("both", auth.Preparer, auth.Approver)
)

// passwords is the step-up of these tests: the password is the login.
type passwords struct{}

func (passwords) StepUp(_ context.Context, a auth.Actor, password string) error {
	if a.Via == auth.ViaKey {
		return auth.ErrKeyApproves
	}
	if password != a.Login {
		return auth.ErrStepUp
	}
	return nil
}

// Prove takes the login as a password, and as a passkey's answer the login with
// what it was asked for.
func (p passwords) Prove(ctx context.Context, a auth.Actor, act auth.Act, proof auth.Proof) error {
	if len(proof.Passkey) == 0 {
		return p.StepUp(ctx, a, proof.Password)
	}
	if string(proof.Passkey) != fmt.Sprint(a.Login, act) {
		return auth.ErrPasskey
	}
	return nil
}

// word is the proof by a password.
func word(password string) auth.Proof { return auth.Proof{Password: password} }

type world struct {
	t        *testing.T
	db       *db.DB
	payouts  *payouts.Service
	artisans *artisans.Service
	keys     *vault.Vault
	serial   int
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	keys, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := artisans.NewService(d, keys)
	return &world{t: t, db: d, keys: keys, artisans: a, payouts: payouts.NewService(d, a, passwords{}, payouts.Terms{}, keys)}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// artisan registers a woman who can be paid and is owed that much.
func (w *world) artisan(owed money.Paise) string {
	w.t.Helper()
	w.serial++
	a, err := w.artisans.Create(ctx, admin, "", artisans.Input{NameEn: fmt.Sprintf("Maker %d", w.serial), Area: "lucknow", Member: true})
	w.ok(err)
	_, err = w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a.ID, Kind: "bank", Holder: "=Maker, \"M\"", Account: "00123456789", IFSC: "UTIB0000001"})
	w.ok(err)
	if owed > 0 {
		w.owe(a.ID, owed)
	}
	return a.ID
}

func (w *world) owe(artisan string, amount money.Paise) {
	w.t.Helper()
	reference := "t" + id.New("t")
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New("sale", reference, "test").Debit(ledger.Stripe, amount, ledger.Tags{}).
			Credit(ledger.Payable(artisan), amount, ledger.Tags{Artisan: artisan, Nature: "wage"}))
		return err
	}))
}

func (w *world) submitted(by auth.Actor) payouts.Run {
	w.t.Helper()
	r, err := w.payouts.Prepare(ctx, by, "", payouts.Scope{})
	w.ok(err)
	r, err = w.payouts.Submit(ctx, by, "", r.ID)
	w.ok(err)
	return r
}

func (w *world) sent(by auth.Actor) payouts.Run {
	w.t.Helper()
	r := w.submitted(by)
	_, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver"))
	w.ok(err)
	_, err = w.payouts.File(ctx, approver, r.ID, payouts.FileInput{})
	w.ok(err)
	r, err = w.payouts.Run(ctx, approver, r.ID)
	w.ok(err)
	return r
}

func (w *world) check() {
	w.t.Helper()
	_, err := ledger.Seal(ctx, w.db)
	w.ok(err)
	report, err := ledger.Verify(ctx, w.db, nil)
	w.ok(err)
	if len(report.Problems) > 0 {
		w.t.Errorf("ledger: %+v", report.Problems)
	}
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		problems, err := payouts.Check(tx)
		if len(problems) > 0 {
			w.t.Errorf("payouts: %+v", problems)
		}
		return err
	}))
}

func (w *world) owed(artisan string) (payable, transit, paid money.Paise) {
	w.t.Helper()
	st, err := w.payouts.Statement(ctx, admin, artisan, "", "")
	w.ok(err)
	return st.Payable, st.InTransit, st.Paid
}

func TestNobodyApprovesAlone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.artisan(50000)
		r, err := w.payouts.Prepare(ctx, both, "", payouts.Scope{})
		w.ok(err)
		if _, err := w.payouts.Approve(ctx, approver, r.ID, "", word("approver")); !errors.Is(err, payouts.ErrState) {
			t.Errorf("a draft: %v", err)
		}
		r, err = w.payouts.Submit(ctx, other, "", r.ID)
		w.ok(err)
		key := approver
		key.Via = auth.ViaKey
		otherToo := other
		otherToo.Grants = append(otherToo.Grants, auth.Grant{Role: auth.Approver})
		for name, c := range map[string]struct {
			actor auth.Actor
			want  error
		}{
			"the preparer, who may approve": {both, payouts.ErrOwnRun}, "the submitter, who may approve": {otherToo, payouts.ErrOwnRun},
			"an administrator": {admin, auth.ErrForbidden}, "a key": {key, auth.ErrKeyApproves}, "a worker": {auth.System("x"), auth.ErrForbidden},
			"nobody": {auth.Actor{}, auth.ErrUnauthenticated},
		} {
			if _, err := w.payouts.Approve(ctx, c.actor, r.ID, r.ContentHash, word(c.actor.Login)); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("guess")); !errors.Is(err, auth.ErrStepUp) {
			t.Errorf("another password: %v", err)
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE payout_items SET amount_paise = amount_paise + 1`); err != nil {
			t.Fatal(err)
		}
		if _, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver")); !errors.Is(err, payouts.ErrChanged) {
			t.Errorf("another content: %v", err)
		}
	})
}

// A passkey is asked for this run and what she looked at, nothing else.
func TestApprovalByPasskeyIsForThisRunAndContent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.artisan(50_000)
		r := w.submitted(preparer)
		answer := func(act auth.Act) auth.Proof { return auth.Proof{Passkey: []byte(fmt.Sprint("approver", act))} }
		for name, act := range map[string]auth.Act{"another run": auth.ApproveRun("run_other", r.ContentHash), "another content": auth.ApproveRun(r.ID, "0"), "another act": {Kind: "x", Object: r.ID, Content: r.ContentHash}} {
			if _, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, answer(act)); !errors.Is(err, auth.ErrPasskey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.payouts.Approve(ctx, approver, r.ID, "0", answer(auth.ApproveRun(r.ID, "0"))); !errors.Is(err, payouts.ErrChanged) {
			t.Errorf("an answer for another content, approved as that: %v", err)
		}
		got, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, answer(auth.ApproveRun(r.ID, r.ContentHash)))
		if err != nil || got.State != payouts.Approved || got.ApprovedBy != approver.Principal() {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestTwentyRunsClaimEachRupeeOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var women []string
		for range 8 {
			women = append(women, w.artisan(12345))
		}
		var runs []payouts.Run
		for range 20 {
			r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
			w.ok(err)
			if len(r.Items) != len(women) {
				t.Fatalf("%d items", len(r.Items))
			}
			runs = append(runs, r)
		}
		var wg sync.WaitGroup
		for _, r := range runs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for {
					if _, err := w.payouts.Submit(ctx, preparer, "k"+r.ID, r.ID); err == nil || !errors.Is(err, db.ErrUnavailable) {
						if err != nil {
							t.Error(err)
						}
						return
					}
				}
			}()
		}
		wg.Wait()
		claimed := map[string]int{}
		for _, r := range runs {
			got, err := w.payouts.Run(ctx, preparer, r.ID)
			w.ok(err)
			for _, i := range got.Items {
				if i.State == payouts.ItemClaimed {
					claimed[i.ArtisanID]++
				}
			}
		}
		for _, a := range women {
			if claimed[a] != 1 {
				t.Errorf("%s is claimed by %d runs", a, claimed[a])
			}
		}
		w.check()
	})
}

func TestReturnedOutranksALatePaid(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := w.artisan(10000), w.artisan(20000)
		r := w.sent(preparer)
		ref := map[string]string{}
		for _, i := range r.Items {
			ref[i.ArtisanID] = i.Reference
		}
		enter := func(want string, answers ...payouts.Answer) {
			t.Helper()
			out, err := w.payouts.EnterAnswers(ctx, preparer, r.ID, answers)
			w.ok(err)
			for _, o := range out {
				if o.Outcome != want {
					t.Errorf("%+v, want %s", o, want)
				}
			}
		}
		paidA := payouts.Answer{Reference: ref[a], Status: payouts.ItemPaid, UTR: "UTR000001"}
		enter(payouts.Entered, paidA)
		enter(payouts.Repeated, paidA)
		enter(payouts.Refused, payouts.Answer{Reference: ref[b], Status: payouts.ItemPaid, UTR: "UTR000001"})
		enter(payouts.Refused, payouts.Answer{Reference: ref[b], Status: payouts.ItemPaid})
		enter(payouts.Entered, payouts.Answer{Reference: ref[a], Status: payouts.ItemReturned, Reason: "account closed"})
		enter(payouts.Overruled, paidA)
		enter(payouts.Entered, payouts.Answer{Reference: ref[b], Status: payouts.ItemFailed, Reason: "dead IFSC"})
		enter(payouts.Overruled, payouts.Answer{Reference: ref[b], Status: payouts.ItemPaid, UTR: "UTR000002"})
		enter(payouts.Unknown, payouts.Answer{Reference: "SBNOBODY", Status: payouts.ItemPaid, UTR: "UTR000003"})
		for artisan, owed := range map[string]money.Paise{a: 10000, b: 20000} {
			if payable, transit, paid := w.owed(artisan); payable != owed || transit != 0 || paid != 0 {
				t.Errorf("%s: payable %s, in transit %s, paid %s", artisan, payable, transit, paid)
			}
		}
		if again := w.sent(other); again.Total != 30000 || again.ID == r.ID {
			t.Errorf("next run: %s", again.Total)
		}
		w.check()
	})
}

func TestWithdrawGivesEverythingBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(10000)
		r := w.submitted(preparer)
		if payable, _, _ := w.owed(a); payable != 0 {
			t.Errorf("claimed, but payable %s", payable)
		}
		_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		if payable, _, _ := w.owed(a); payable != 10000 {
			t.Errorf("withdrawn, but payable %s", payable)
		}
		if _, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver")); !errors.Is(err, payouts.ErrState) {
			t.Errorf("withdrawn, then approved: %v", err)
		}
		sent := w.sent(preparer)
		if _, err := w.payouts.Withdraw(ctx, preparer, "", sent.ID); !errors.Is(err, payouts.ErrState) {
			t.Errorf("sent, then withdrawn: %v", err)
		}
		w.check()
	})
}

// A run that was cut off half way is finished by a worker, wherever it stopped.
func TestResume(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.artisan(10000)
		r := w.submitted(preparer)
		if _, err := d.Pool().ExecContext(ctx, `INSERT INTO payout_approvals (run_id, content_hash, actor, at) VALUES ($1, $2, 'user:usr_approver', 1)`, r.ID, r.ContentHash); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Pool().ExecContext(ctx, `UPDATE payout_runs SET state = 'approved' WHERE id = $1`, r.ID); err != nil {
			t.Fatal(err)
		}
		w.ok(d.AdvanceClock(ctx, time.Minute))
		w.ok(w.payouts.Resume(ctx))
		got, err := w.payouts.Run(ctx, preparer, r.ID)
		if err != nil || got.Items[0].State != payouts.ItemInTransit {
			t.Fatalf("%+v %v", got.Items, err)
		}
		w.owe(got.Items[0].ArtisanID, 700)
		draft, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		if _, err := d.Pool().ExecContext(ctx, `UPDATE payout_runs SET state = 'submitting', submitted_by = 'user:usr_preparer', submitted_at = 1 WHERE id = $1`, draft.ID); err != nil {
			t.Fatal(err)
		}
		w.ok(w.payouts.Resume(ctx))
		if got, err = w.payouts.Run(ctx, preparer, draft.ID); err != nil || got.State != payouts.Submitted || got.Total != 700 || got.ContentHash == "" {
			t.Fatalf("%+v %v", got, err)
		}
		w.check()
	})
}

func TestBankFileIsTheSameBytesAndSafe(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(123456)
		r := w.sent(preparer)
		first, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{})
		w.ok(err)
		_, err = w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a, Kind: "upi", Holder: "Maker", UPI: "maker@upi", Confirmed: "in person"})
		w.ok(err)
		w.usual() // other settings
		second, err := w.payouts.File(ctx, approver, r.ID, payouts.FileInput{Rail: payouts.RailBank, Layout: "generic_csv.1"})
		w.ok(err)
		if string(first.Content) != string(second.Content) || first.Name != second.Name || first.Type() != "text/csv; charset=utf-8" {
			t.Fatalf("another file after the payee changed:\n%s\n%s", first.Content, second.Content)
		}
		for _, want := range []string{r.Items[0].Reference, "00123456789", "UTIB0000001", "1234.56"} {
			if !strings.Contains(string(first.Content), want) {
				t.Errorf("%s is not in\n%s", want, first.Content)
			}
		}
		if strings.Contains(string(first.Content), "\"=") || strings.Contains(string(first.Content), ",=") {
			t.Errorf("a spreadsheet would compute:\n%s", first.Content)
		}
		if _, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{Layout: "union_neft.1"}); !errors.Is(err, payouts.ErrLayoutGiven) {
			t.Errorf("a second layout: %v", err)
		}
		if _, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{Rail: payouts.RailUPI}); !errors.Is(err, payouts.ErrNoRail) {
			t.Errorf("nobody is paid by UPI: %v", err)
		}
		var sealed []byte
		w.ok(d.Get(ctx, &sealed, `SELECT sealed FROM payout_files WHERE run_id = $1`, r.ID))
		if bytes.Contains(sealed, []byte("00123456789")) {
			t.Error("an account number lies open in the database")
		}
		for _, actor := range []auth.Actor{admin, {}, person("asha", auth.Coordinator)} {
			if _, err := w.payouts.File(ctx, actor, r.ID, payouts.FileInput{}); err == nil {
				t.Errorf("%s fetched account numbers", actor.Login)
			}
		}
		if strings.Contains(fmt.Sprintf("%+v", r), "00123456789") {
			t.Error("an account number is not masked in the run")
		}
	})
}

func TestReadAnswers(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	a := w.artisan(123456)
	_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: w.withoutAccount(5000), Kind: "cash", Holder: "Without"})
	w.ok(err)
	r := w.sent(preparer)
	read := func(layout, file string) ([]payouts.Answer, error) {
		return w.payouts.ReadAnswers(ctx, preparer, r.ID, layout, []byte(file))
	}
	ref := item(r, a).Reference
	got, err := read("", "\xef\xbb\xbfUTR, Status ,reference,reason\nabc123,PAID,"+ref+",\n,failed,SB2,\"closed, frozen\"\n")
	if err != nil || len(got) != 2 || got[0] != (payouts.Answer{Reference: ref, Status: "paid", UTR: "ABC123"}) || got[1].Reason != "closed, frozen" {
		t.Fatalf("%+v %v", got, err)
	}
	for _, bad := range []string{"", "reference,status\nx,paid\n", "reference,status,utr,reason\n\"x,paid\n"} {
		if _, err := read("", bad); !errors.Is(err, bankfile.ErrAnswer) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := read("none.1", "x"); !errors.Is(err, bankfile.ErrLayout) {
		t.Errorf("an unknown layout: %v", err)
	}
	if _, err := w.payouts.ReadAnswers(ctx, admin, r.ID, "", nil); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("an administrator: %v", err)
	}
	out, err := w.payouts.EnterAnswers(ctx, preparer, r.ID, []payouts.Answer{{Reference: ref, Status: payouts.ItemWaiting}, {Reference: ref, Problem: "another amount"}})
	w.ok(err)
	if out[0].Outcome != payouts.Waiting || out[1].Outcome != payouts.Refused || out[1].Detail != "another amount" {
		t.Errorf("%+v", out)
	}
	if now, err := w.payouts.Run(ctx, preparer, r.ID); err != nil || item(now, a).State != payouts.ItemInTransit {
		t.Errorf("a row with a problem moved money: %v", err)
	}
}

// Whatever people and the bank do in whatever order, at every step nobody is
// paid more than she earned and nothing is lost.
func TestNobodyIsPaidMoreThanSheEarned(t *testing.T) {
	d := testdb.SQLite(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, d)
		a := w.artisan(1000)
		earned := money.Paise(1000)
		var runs []string
		rt.Repeat(map[string]func(*rapid.T){
			"earn": func(rt *rapid.T) {
				more := money.Paise(rapid.Int64Range(1, 5000).Draw(rt, "more"))
				w.owe(a, more)
				earned += more
			},
			"prepare": func(*rapid.T) {
				r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
				w.ok(err)
				runs = append(runs, r.ID)
			},
			"act": func(rt *rapid.T) {
				if len(runs) == 0 {
					return
				}
				run := rapid.SampledFrom(runs).Draw(rt, "run")
				r, err := w.payouts.Run(ctx, preparer, run)
				w.ok(err)
				switch rapid.SampledFrom([]string{"submit", "approve", "withdraw", "file", "paid", "failed", "returned"}).Draw(rt, "act") {
				case "submit":
					_, _ = w.payouts.Submit(ctx, preparer, "", run)
				case "approve":
					_, _ = w.payouts.Approve(ctx, approver, run, r.ContentHash, word("approver"))
				case "withdraw":
					_, _ = w.payouts.Withdraw(ctx, preparer, "", run)
				case "file":
					_, _ = w.payouts.File(ctx, preparer, run, payouts.FileInput{})
				case "paid", "failed", "returned":
					for _, i := range r.Items {
						status := rapid.SampledFrom([]payouts.ItemState{payouts.ItemPaid, payouts.ItemFailed, payouts.ItemReturned}).Draw(rt, "status")
						_, _ = w.payouts.EnterAnswers(ctx, preparer, run, []payouts.Answer{{Reference: i.Reference, Status: status, UTR: "U" + strings.ToUpper(i.Reference)}})
					}
				}
			},
			"": func(rt *rapid.T) {
				st, err := w.payouts.Statement(ctx, admin, a, "", "")
				w.ok(err)
				if sum := st.Held + st.Payable + st.Claimed + st.InTransit + st.Paid; sum != earned || st.Paid > earned || st.Payable < 0 {
					rt.Fatalf("earned %s, but %+v", earned, st)
				}
			},
		})
		w.check()
	})
}

func TestAChangedAccountVoidsTheRun(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.artisan(50000)
		change := func(upi string) {
			t.Helper()
			_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: a, Kind: "upi", Holder: "Maker", UPI: upi, Confirmed: "in person"})
			w.ok(err)
		}
		r := w.submitted(preparer)
		change("first@upi")
		if _, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver")); !errors.Is(err, payouts.ErrPayeeNew) {
			t.Errorf("changed before approval: %v", err)
		}
		_, err := w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		w.ok(d.AdvanceClock(ctx, 49*time.Hour))
		r = w.submitted(preparer)
		_, err = w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver"))
		w.ok(err)
		change("second@upi")
		if _, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{}); !errors.Is(err, payouts.ErrPayeeNew) {
			t.Errorf("changed before the bank has the file: %v", err)
		}
		_, err = w.payouts.Withdraw(ctx, preparer, "", r.ID)
		w.ok(err)
		if payable, transit, _ := w.owed(a); payable != 50000 || transit != 0 {
			t.Errorf("payable %s, in transit %s", payable, transit)
		}
		w.check()
	})
}

func TestWhatWasApprovedIsWhatIsPaid(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	a, thief := w.artisan(50000), w.artisan(0)
	r := w.submitted(preparer)
	_, err := w.payouts.Approve(ctx, approver, r.ID, r.ContentHash, word("approver"))
	w.ok(err)
	if _, err := d.Pool().ExecContext(ctx, `UPDATE payout_items SET payee_id = (SELECT id FROM payees WHERE owner_id = $1) WHERE artisan_id = $2`, thief, a); err != nil {
		t.Fatal(err)
	}
	if _, err := w.payouts.File(ctx, preparer, r.ID, payouts.FileInput{}); !errors.Is(err, payouts.ErrNotApproved) {
		t.Errorf("another woman's account: %v", err)
	}
	w.ok(d.Read(ctx, func(tx *db.Tx) error {
		problems, err := payouts.Check(tx)
		if len(problems) < 2 {
			t.Errorf("verification sees %+v", problems)
		}
		return err
	}))
}

func TestTheBanksWordsCannotForgeAnEntry(t *testing.T) {
	d := testdb.SQLite(t)
	w := newWorld(t, d)
	w.artisan(10000)
	r := w.sent(preparer)
	answers, err := w.payouts.ReadAnswers(ctx, preparer, r.ID, "", []byte("reference,status,utr,reason\n"+r.Items[0].Reference+",failed,,\"x\n2026-01-01 * forged\n    trust:fund  INR 100\n    asset:stripe ; 00123456789\"\n"))
	w.ok(err)
	_, err = w.payouts.EnterAnswers(ctx, preparer, r.ID, answers)
	w.ok(err)
	var journal strings.Builder
	_, err = ledger.ExportHledger(ctx, d, &journal, nil)
	w.ok(err)
	if strings.Contains(journal.String(), "forged") || strings.Contains(journal.String(), "00123456789") {
		t.Errorf("in the journal:\n%s", journal.String())
	}
	got, err := w.payouts.Run(ctx, preparer, r.ID)
	w.ok(err)
	if reason := got.Items[0].Reason; strings.ContainsAny(reason, "\n;:") || strings.Contains(reason, "00123456789") || len(reason) > 80 {
		t.Errorf("kept as %q", reason)
	}
	w.check()
}
