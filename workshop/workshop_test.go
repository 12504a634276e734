package workshop_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
	"saebaan/workshop"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var ctx = context.Background()

func person(name string, grants ...auth.Grant) auth.Actor {
	return auth.Actor{ID: "usr_" + name, Login: name, Via: auth.ViaSession, Grants: grants}
}

var (
	admin  = person("admin", auth.Grant{Role: auth.Administrator})
	asha   = person("asha", auth.Grant{Role: auth.Coordinator, Scope: "lucknow"})
	rehana = person("rehana", auth.Grant{Role: auth.Coordinator, Scope: "lucknow"})
	sunita = person("sunita", auth.Grant{Role: auth.Coordinator, Scope: "barabanki"})
)

type world struct {
	t        *testing.T
	db       *db.DB
	catalog  *catalog.Service
	workshop *workshop.Service
	variant  string
	makers   []string
}

func paise(p money.Paise) *money.Paise { return &p }

// newWorld has a kurta whose wages are ₹3.00 for cutting and ₹10.00 for embroidery.
func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	keys, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, catalog: catalog.NewService(d, gst.Default(), nil, nil), workshop: workshop.NewService(d)}
	people := artisans.NewService(d, keys)
	for _, name := range []string{"Asma", "Bano", "Chand"} {
		a, err := people.Create(ctx, admin, "", artisans.Input{NameEn: name, Area: "lucknow", Member: true})
		w.ok(err)
		w.makers = append(w.makers, a.ID)
	}
	p, err := w.catalog.Create(ctx, admin, "", catalog.ProductInput{Title: catalog.Text{En: "Kurta"}, Craft: "chikan", Garment: "kurta", Area: "lucknow", Fabric: "cotton", Colour: "white", HSN: "6206"})
	w.ok(err)
	v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: p.ID, SKU: "K-" + id.New("s")[20:], Size: "M"})
	w.ok(err)
	w.variant = v.ID
	_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, List: catalog.Retail, ListPrice: 4_000, From: d.Clock.Now().Date(), Heads: []catalog.HeadInput{
		{Kind: catalog.Cost, Head: "material", Paise: paise(500)}, {Kind: catalog.Wage, Head: "cutting", Paise: paise(300)},
		{Kind: catalog.Wage, Head: "embroidery", Paise: paise(1_000), Shares: true}, {Kind: catalog.Trust, Head: "running", Paise: paise(400)},
		{Kind: catalog.Trust, Head: "fund", Paise: paise(200)}, {Kind: catalog.Makers, Head: "makers"}}})
	w.ok(err)
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// job is for n kurtas, cut by the first maker and embroidered by all three.
func (w *world) job(n int64) workshop.Job {
	w.t.Helper()
	j, err := w.workshop.OpenJob(ctx, asha, "", workshop.JobInput{Variant: w.variant, Pieces: n, Stages: []workshop.StageInput{
		{Stage: "cutting", Makers: []catalog.MakerInput{{Artisan: w.makers[0], Weight: 1}}},
		{Stage: "embroidery", Makers: []catalog.MakerInput{{Artisan: w.makers[0], Weight: 1}, {Artisan: w.makers[1], Weight: 1}, {Artisan: w.makers[2], Weight: 1}}}}})
	w.ok(err)
	return j
}

// passes lets pieces of a stage be handed in by one and accepted by another.
func (w *world) passes(j workshop.Job, stage string, n int64) workshop.Job {
	w.t.Helper()
	j, err := w.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: j.ID, Stage: stage, Pieces: n})
	w.ok(err)
	j, err = w.workshop.AcceptStage(ctx, rehana, "", workshop.AcceptInput{HandIn: j.HandIns[len(j.HandIns)-1].ID, Passed: n})
	w.ok(err)
	return j
}

func (w *world) balance(a ledger.Account) (p money.Paise) {
	w.t.Helper()
	w.ok(w.db.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = ledger.Balance(tx, a)
		return err
	}))
	return p
}

func (w *world) owed(i int) money.Paise { return -w.balance(ledger.Payable(w.makers[i])) }

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
		jobs, err := workshop.Check(tx)
		if err != nil {
			return err
		}
		stock, err := catalog.CheckStock(tx)
		if len(jobs) > 0 || len(stock) > 0 {
			w.t.Errorf("workshop: %+v, stock: %+v", jobs, stock)
		}
		return err
	}))
}

func TestWagesAreOwedWhenTheWorkPasses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		j := w.job(10)
		j, err := w.workshop.IssueMaterial(ctx, asha, "", workshop.MaterialInput{Job: j.ID, What: "25 m cambric", Amount: 4_005})
		w.ok(err)
		j = w.passes(j, "cutting", 10)
		if w.owed(0) != 3_000 || w.balance(ledger.Stock(j.LotID)) != 7_005 {
			t.Errorf("cutting: %d owed, %d in stock", w.owed(0), w.balance(ledger.Stock(j.LotID)))
		}
		for range 7 {
			j = w.passes(j, "embroidery", 1)
		}
		j, err = w.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: j.ID, Stage: "embroidery", Pieces: 3})
		w.ok(err)
		last := j.HandIns[len(j.HandIns)-1].ID
		for name, try := range map[string]struct {
			by     auth.Actor
			in     workshop.AcceptInput
			refuse error
		}{
			"by who handed in":   {asha, workshop.AcceptInput{HandIn: last, Passed: 3}, workshop.ErrSamePerson},
			"from another area":  {sunita, workshop.AcceptInput{HandIn: last, Passed: 3}, workshop.ErrNotFound},
			"more than there":    {rehana, workshop.AcceptInput{HandIn: last, Passed: 4}, workshop.ErrPieces},
			"without saying why": {rehana, workshop.AcceptInput{HandIn: last, Passed: 2}, workshop.ErrJob},
			"by a key":           {auth.Actor{ID: "usr_k", Via: auth.ViaKey, Grants: admin.Grants}, workshop.AcceptInput{HandIn: last, Passed: 3}, auth.ErrKeyApproves},
			"by finance":         {person("f", auth.Grant{Role: auth.Preparer}), workshop.AcceptInput{HandIn: last, Passed: 3}, auth.ErrForbidden},
			"one that is not":    {rehana, workshop.AcceptInput{HandIn: "hin_none", Passed: 3}, workshop.ErrNotFound},
		} {
			if _, err := w.workshop.AcceptStage(ctx, try.by, "", try.in); !errors.Is(err, try.refuse) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.workshop.Finish(ctx, asha, "", workshop.FinishInput{Job: j.ID, Good: 9}); !errors.Is(err, workshop.ErrState) {
			t.Errorf("finished while pieces wait: %v", err)
		}
		j, err = w.workshop.AcceptStage(ctx, rehana, "", workshop.AcceptInput{HandIn: last, Passed: 2, Note: "one has a burnt hem"})
		w.ok(err)
		if w.owed(0) != 3_000+3_000 || w.owed(1) != 3_000 || w.owed(2) != 3_000 {
			t.Errorf("nine kurtas at ₹10.00 by three: %d %d %d", w.owed(0), w.owed(1), w.owed(2))
		}
		if _, err := w.workshop.Finish(ctx, asha, "", workshop.FinishInput{Job: j.ID, Good: 10}); !errors.Is(err, workshop.ErrPieces) {
			t.Errorf("more good pieces than passed: %v", err)
		}
		j, err = w.workshop.Finish(ctx, asha, "", workshop.FinishInput{Job: j.ID, Good: 9})
		w.ok(err)
		lot, err := w.catalog.Lot(ctx, admin, j.LotID)
		w.ok(err)
		if lot.Kind != catalog.Commissioned || lot.Cost != 1_600 || lot.OnHand != 9 || lot.Received != 10 || j.State != workshop.Finished || w.balance(ledger.Stock(j.LotID)) != 16_000 {
			t.Errorf("%+v with %d in the books", lot, w.balance(ledger.Stock(j.LotID)))
		}
		waiting, err := w.catalog.OpenWriteOffs(ctx, admin)
		w.ok(err)
		if len(waiting) != 1 || waiting[0].Pieces != 1 || waiting[0].Cost != 1_600 {
			t.Errorf("the spoiled piece: %+v", waiting)
		}
		w.check()
		if _, err := w.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: j.ID, Stage: "cutting", Pieces: 1}); !errors.Is(err, workshop.ErrState) {
			t.Errorf("handed in after the end: %v", err)
		}
	})
}

func TestJobsThatAreRefused(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t))
	cut := func(rate *money.Paise, makers ...catalog.MakerInput) workshop.StageInput {
		return workshop.StageInput{Stage: "cutting", Rate: rate, Makers: makers}
	}
	one := catalog.MakerInput{Artisan: w.makers[0], Weight: 1}
	sew := workshop.StageInput{Stage: "embroidery", Makers: []catalog.MakerInput{one}}
	for name, try := range map[string]struct {
		by     auth.Actor
		in     workshop.JobInput
		refuse error
	}{
		"a stage without makers":     {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil), sew}}, workshop.ErrJob},
		"a stage is missing":         {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{sew}}, workshop.ErrJob},
		"a stage too many":           {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, one), sew, {Stage: "ironing", Makers: sew.Makers}}}, workshop.ErrJob},
		"a stage twice":              {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, one), sew, sew}}, workshop.ErrJob},
		"no pieces":                  {asha, workshop.JobInput{Pieces: 0, Stages: []workshop.StageInput{cut(nil, one), sew}}, workshop.ErrJob},
		"a weight of nothing":        {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, catalog.MakerInput{Artisan: w.makers[0]}), sew}}, workshop.ErrJob},
		"a maker twice":              {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, one, one), sew}}, workshop.ErrJob},
		"a rate below zero":          {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(paise(-1), one), sew}}, workshop.ErrJob},
		"somebody who is not":        {asha, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, catalog.MakerInput{Artisan: "art_none", Weight: 1}), sew}}, artisans.ErrNotFound},
		"another area's coordinator": {sunita, workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, one), sew}}, catalog.ErrNotFound},
		"finance":                    {person("f", auth.Grant{Role: auth.Preparer}), workshop.JobInput{Pieces: 1, Stages: []workshop.StageInput{cut(nil, one), sew}}, auth.ErrForbidden},
	} {
		try.in.Variant = w.variant
		if _, err := w.workshop.OpenJob(ctx, try.by, "", try.in); !errors.Is(err, try.refuse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	j := w.job(2)
	if _, err := w.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: j.ID, Stage: "cutting", Pieces: 3}); !errors.Is(err, workshop.ErrPieces) {
		t.Errorf("more pieces than the job's: %v", err)
	}
	if _, err := w.workshop.Cancel(ctx, asha, "", j.ID); err != nil {
		t.Error(err)
	}
	j = w.passes(w.job(2), "cutting", 1)
	if _, err := w.workshop.Cancel(ctx, asha, "", j.ID); !errors.Is(err, workshop.ErrState) {
		t.Errorf("cancelled with work in it: %v", err)
	}
	w.check()
}

// However the pieces are accepted, one by one or together, the makers are owed
// the same; and twenty at once accept a hand-in once.
func TestAcceptedInAnyPartsTheMoneyIsTheSame(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := [3]money.Paise{}
		rapid.Check(t, func(rt *rapid.T) {
			j := w.job(7)
			for left := int64(7); left > 0; {
				n := rapid.Int64Range(1, left).Draw(rt, "pieces")
				j = w.passes(j, "embroidery", n)
				left -= n
			}
			for i, want := range []money.Paise{2_334, 2_333, 2_333} {
				if got := w.owed(i) - before[i]; got != want {
					rt.Fatalf("maker %d is owed %d", i, got)
				}
				before[i] += want
			}
		})
		j := w.job(5)
		j, err := w.workshop.HandIn(ctx, asha, "", workshop.HandInInput{Job: j.ID, Stage: "embroidery", Pieces: 5})
		w.ok(err)
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := map[string]int{}
		for k := range 20 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, err := w.workshop.AcceptStage(ctx, rehana, fmt.Sprint("key", k), workshop.AcceptInput{HandIn: j.HandIns[0].ID, Passed: 5})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					done["accepted"]++
				case errors.Is(err, workshop.ErrState):
					done["refused"]++
				default:
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if done["accepted"] != 1 || done["refused"] != 19 {
			t.Errorf("%v", done)
		}
		w.check()
	})
}

func TestWhatWasAgreedChangesByTwoPeople(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		j := w.passes(w.job(4), "embroidery", 2) // 2,000: 667 667 666
		propose := func(in workshop.ChangeInput) workshop.Change {
			in.Reason = "denser work than was agreed"
			c, err := w.workshop.ProposeChange(ctx, asha, "", in)
			w.ok(err)
			return c
		}
		dearer := propose(workshop.ChangeInput{Job: j.ID, Stage: "embroidery", Rate: paise(1_200),
			Makers: []catalog.MakerInput{{Artisan: w.makers[0], Weight: 3}, {Artisan: w.makers[1], Weight: 1}}})
		stale := propose(workshop.ChangeInput{Job: j.ID, Stage: "embroidery", Rate: paise(1_100)})
		if _, err := w.workshop.DecideChange(ctx, asha, "", dearer.ID, true); !errors.Is(err, workshop.ErrSamePerson) {
			t.Errorf("by who proposed it: %v", err)
		}
		if _, err := w.workshop.DecideChange(ctx, auth.Actor{ID: "usr_k", Via: auth.ViaKey, Grants: admin.Grants}, "", dearer.ID, true); !errors.Is(err, auth.ErrKeyApproves) {
			t.Errorf("by a key: %v", err)
		}
		if _, err := w.workshop.DecideChange(ctx, sunita, "", dearer.ID, true); !errors.Is(err, workshop.ErrNotFound) {
			t.Errorf("from another area: %v", err)
		}
		c, err := w.workshop.DecideChange(ctx, rehana, "", dearer.ID, true)
		w.ok(err)
		if c.State != "agreed" || c.OldRate != 1_000 || c.NewRate != 1_200 || len(c.Weights) != 3 {
			t.Errorf("%+v", c)
		}
		if _, err := w.workshop.DecideChange(ctx, admin, "", stale.ID, true); !errors.Is(err, workshop.ErrState) {
			t.Errorf("a proposal about what holds no more: %v", err)
		}
		if c, err := w.workshop.DecideChange(ctx, admin, "", stale.ID, false); err != nil || c.State != "refused" {
			t.Errorf("refused: %+v %v", c, err)
		}
		w.passes(j, "embroidery", 2) // 2,400: 1,800 600
		if w.owed(0) != 667+1_800 || w.owed(1) != 667+600 || w.owed(2) != 666 {
			t.Errorf("%d %d %d", w.owed(0), w.owed(1), w.owed(2))
		}
		for i, want := range []int{1, 1, 1} {
			found, err := w.workshop.Agreements(ctx, asha, w.makers[i], "2000-01-01", "2999-12-31")
			w.ok(err)
			if len(found) != want {
				t.Errorf("statement of %d: %+v", i, found)
			}
		}
		if _, err := w.workshop.Agreements(ctx, sunita, w.makers[0], "2000-01-01", "2999-12-31"); !errors.Is(err, artisans.ErrNotFound) {
			t.Errorf("another area's coordinator: %v", err)
		}
		w.check()
	})
}

// A consigned lot's free pieces become a lot of their own, those reserved stay.
func TestAConsignedLotIsAgreedAnew(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		l, err := w.catalog.ReceiveLot(ctx, asha, "", catalog.LotInput{Variant: w.variant, Owner: w.makers[0], Pieces: 5, Makers: []catalog.MakerInput{
			{Stage: "cutting", Artisan: w.makers[0], Weight: 1}, {Stage: "embroidery", Artisan: w.makers[0], Weight: 1}}})
		w.ok(err)
		w.ok(d.Write(ctx, func(tx *db.Tx) error {
			_, err := catalog.Reserve(tx, w.variant, 2)
			return err
		}))
		in := workshop.ChangeInput{Lot: l.ID, Stage: "embroidery", Reason: "Bano did half of it", Makers: []catalog.MakerInput{{Artisan: w.makers[0], Weight: 1}, {Artisan: w.makers[1], Weight: 1}}}
		c, err := w.workshop.ProposeChange(ctx, asha, "", in)
		w.ok(err)
		c, err = w.workshop.DecideChange(ctx, rehana, "", c.ID, true)
		w.ok(err)
		old, err := w.catalog.Lot(ctx, admin, l.ID)
		w.ok(err)
		fresh, err := w.catalog.Lot(ctx, admin, c.NewLotID)
		w.ok(err)
		if old.OnHand != 2 || old.Reserved != 2 || len(old.Makers) != 2 || fresh.OnHand != 3 || fresh.FromLot != l.ID || len(fresh.Makers) != 3 {
			t.Errorf("old %+v, fresh %+v", old, fresh)
		}
		for name, wrong := range map[string]workshop.ChangeInput{
			"a rate of a lot": {Lot: l.ID, Stage: "embroidery", Rate: paise(5), Makers: in.Makers, Reason: "r"}, "no reason": {Lot: l.ID, Stage: "embroidery", Makers: in.Makers},
			"another stage": {Lot: l.ID, Stage: "ironing", Makers: in.Makers, Reason: "r"}, "nothing": {Lot: l.ID, Stage: "embroidery", Reason: "r"},
			"both": {Lot: l.ID, Job: "job_x", Stage: "embroidery", Makers: in.Makers, Reason: "r"},
		} {
			if _, err := w.workshop.ProposeChange(ctx, asha, "", wrong); !errors.Is(err, workshop.ErrJob) {
				t.Errorf("%s: %v", name, err)
			}
		}
		c, err = w.workshop.ProposeChange(ctx, asha, "", in)
		w.ok(err)
		if _, err := w.workshop.DecideChange(ctx, rehana, "", c.ID, true); !errors.Is(err, catalog.ErrLot) {
			t.Errorf("no piece of it is free: %v", err)
		}
		w.check()
	})
}
