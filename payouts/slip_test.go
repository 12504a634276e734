package payouts_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/cmd/saebaan/demo/draw"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/media"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/words"
	"saebaan/payouts"
)

// slipWorld is a world whose pieces have photos.
type slipWorld struct {
	*world
	slips  *payouts.Slips
	store  *media.Folder
	photos map[string]string // by lot
}

func newSlipWorld(t *testing.T, d *db.DB) *slipWorld {
	t.Helper()
	store, err := media.OpenFolder(t.TempDir())
	w := &slipWorld{world: newWorld(t, d), store: store, photos: map[string]string{}}
	w.ok(err)
	t.Cleanup(func() { _ = store.Close() })
	shelf := func(_ *db.Tx, lots []string) (map[string]string, error) {
		out := map[string]string{}
		for _, l := range lots {
			if name := w.photos[l]; name != "" {
				out[l] = name
			}
		}
		return out, nil
	}
	w.slips = payouts.NewSlips(w.payouts, shelf, store)
	return w
}

// named gives an artisan names in three scripts.
func (w *slipWorld) named(artisan, en, hi, ur string) {
	w.t.Helper()
	_, err := w.db.Pool().ExecContext(ctx, `UPDATE artisans SET name_en = '`+en+`', name_hi = '`+hi+`', name_ur = '`+ur+`' WHERE id = '`+artisan+`'`)
	w.ok(err)
}

// sold credits her for a piece of a lot, with a photo of it.
func (w *slipWorld) sold(artisan, lot, garment string, amount money.Paise) {
	w.t.Helper()
	var b bytes.Buffer
	w.ok(jpeg.Encode(&b, draw.Piece(draw.Spec{Craft: "chikan", Garment: garment, Colour: "#f7f4ec", Seed: 7, Width: 480, Height: 600}), nil))
	p, err := media.Develop(ctx, &b)
	w.ok(err)
	w.ok(p.Keep(ctx, w.store))
	w.photos[lot] = p.Name(240)
	w.credit(artisan, lot, amount)
}

func (w *slipWorld) credit(artisan, lot string, amount money.Paise) {
	w.t.Helper()
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New("sale", "t"+id.New("t"), "test").Debit(ledger.Stripe, amount, ledger.Tags{}).
			Credit(ledger.Payable(artisan), amount, ledger.Tags{Artisan: artisan, Nature: "wage:embroidery", Lot: lot}))
		return err
	}))
}

func (w *slipWorld) days(n int) { w.ok(w.db.AdvanceClock(ctx, time.Duration(n)*24*time.Hour)) }

func (w *slipWorld) slip(artisan, from, to string) payouts.Slip {
	w.t.Helper()
	sl, err := w.slips.Slip(ctx, preparer, artisan, from, to)
	w.ok(err)
	if sl.Opening+sl.Earned+sl.Late+sl.Other-sl.Paid != sl.Owed {
		w.t.Errorf("the sums of %s to %s do not tie: %+v", from, to, sl)
	}
	return sl
}

func (w *slipWorld) pdf(sl payouts.Slip, language string) []byte {
	w.t.Helper()
	b, err := sl.PDF(language)
	w.ok(err)
	return b
}

var languages = []string{"en", "hi", "ur"}

// Other prices, settings, names, consents, photos and entries: the statement of a
// period that is over is the same bytes.
func TestAStatementOnPaperStays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newSlipWorld(t, d)
		a := w.artisan(0)
		w.named(a, "Shabana Bano", "शबाना बानो", "شبانہ بانو")
		first := w.payouts.Today()
		w.sold(a, "lot_1", "kurta", 1_234_50)
		w.sold(a, "lot_2", "saree", 2_000_00)
		w.credit(a, "lot_1", 1_000_00)
		r := w.sent(preparer)
		w.answer(r, "paid")
		w.credit(a, "lot_none", 77_00)
		w.days(40)
		sl := w.slip(a, first, first)
		if !sl.Over() || sl.Earned != 4_311_50 || sl.Paid != 4_234_50 || sl.Owed != 77_00 || len(sl.Payments) != 1 || sl.Payments[0].Rail != "bank" {
			t.Fatalf("%+v", sl)
		}
		if len(sl.Pieces) != 2 || sl.Pieces[0].Paise != 2_234_50 || sl.Pieces[1].Paise != 2_000_00 || sl.Pieces[0].Picture != w.photos["lot_1"] {
			t.Fatalf("pieces: %+v", sl.Pieces)
		}
		was := map[string][]byte{}
		for _, l := range languages {
			was[l] = w.pdf(sl, l)
		}
		w.named(a, "Another", "दूसरी", "دوسری")
		for _, name := range w.photos {
			w.ok(w.store.Delete(ctx, name))
		}
		w.photos = map[string]string{}
		now := d.Clock.Offset()
		d.Clock.SetOffset(now - (40 * 24 * time.Hour).Microseconds())
		w.credit(a, "lot_3", 500_00) // a day of that period, sealed after it was given out
		d.Clock.SetOffset(now)
		w.credit(a, "lot_3", 900_00)
		w.sent(preparer)
		again := w.slip(a, first, first)
		for _, l := range languages {
			if !bytes.Equal(w.pdf(again, l), was[l]) {
				t.Errorf("%s: other bytes", l)
			}
		}
		other, err := payouts.NewSlips(payouts.NewService(d, w.artisans, passwords{}, payouts.Terms{Minimum: 900_000_00, TakeHome: 9_999}, w.keys), nil, nil).Slip(ctx, admin, a, first, first)
		if w.ok(err); !bytes.Equal(w.pdf(other, "hi"), was["hi"]) {
			t.Error("other bytes under other terms")
		}
		w.days(1)
		next := w.slip(a, nextDay(first), yesterday(w.payouts.Today()))
		if next.Opening != sl.Owed || next.Late != 500_00 || next.Earned != 900_00 || next.Owed != 1_477_00 {
			t.Errorf("the next: %+v", next)
		}
		w.check()
	})
}

func nextDay(date string) string   { return shifted(date, 1) }
func yesterday(date string) string { return shifted(date, -1) }

func shifted(date string, days int) string {
	t, _ := time.Parse(time.DateOnly, date)
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// What stands on the paper is what the ledger has, and what is said aloud.
func TestThePaperHasTheLedgersSums(t *testing.T) {
	w := newSlipWorld(t, testdb.SQLite(t))
	a := w.artisan(0)
	w.sold(a, "lot_1", "kurta", 12_345_67)
	w.answer(w.sent(preparer), "paid")
	w.credit(a, "lot_1", 250_00)
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error { // a piece came back for a fault of hers
		_, err := ledger.Post(tx, ledger.New("return", "t"+id.New("t"), "test").Debit(ledger.Payable(a), 49_99, ledger.Tags{Artisan: a, Nature: "wage:embroidery"}).
			Credit(ledger.Stripe, 49_99, ledger.Tags{}))
		return err
	}))
	st, err := w.payouts.Statement(ctx, admin, a, "", "")
	w.ok(err)
	sl := w.slip(a, "", "")
	if sl.Other != -49_99 || sl.Owed != 200_01 {
		t.Errorf("what came back is not told: %+v", sl)
	}
	var balance money.Paise
	w.ok(w.db.Read(ctx, func(tx *db.Tx) error {
		for _, account := range []ledger.Account{ledger.Held(a), ledger.Payable(a), ledger.Claimed(a), ledger.InTransit(a)} {
			p, err := ledger.Balance(tx, account)
			if err != nil {
				return err
			}
			balance -= p
		}
		return nil
	}))
	if sl.Owed != balance || sl.Earned != st.Earned || sl.Paid != st.PaidOut || sl.Over() {
		t.Errorf("%+v, owed %s by the ledger", sl, balance)
	}
	said := st.Said()
	for _, l := range languages {
		text := strings.Join(strings.Fields(pdfText(t, w.pdf(sl, l))), " ")
		for i, p := range []money.Paise{sl.Earned, sl.Paid, sl.Owed} {
			if said[i].Paise != p || !strings.Contains(text, p.String()) {
				t.Errorf("%s: %s is not on the paper, or not what is said (%s):\n%s", l, p, said[i].Paise, text)
			}
			if l != "ur" && !strings.Contains(text, words.Rupees(p, l)) { // Urdu comes out of PDF with its own joins
				t.Errorf("%s: %q is not on the paper:\n%s", l, words.Rupees(p, l), text)
			}
		}
		if !strings.Contains(text, sl.Head[:12]) || l != "ur" && !strings.Contains(text, fmt.Sprint(sl.Block)+" · "+sl.Head[:12]) {
			t.Errorf("%s: no block: %s", l, text)
		}
		if strings.Contains(text, "6789") || strings.Contains(text, "UTIB") { // of her account
			t.Errorf("%s tells her account: %s", l, text)
		}
	}
	if urdu := pdfText(t, w.pdf(sl, "ur")); !strings.Contains(urdu, "حساب") || !strings.Contains(urdu, "بینک") {
		t.Error(urdu)
	}
}

func pdfText(t *testing.T, doc []byte) string {
	t.Helper()
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pdftotext is missing, and CI must have it")
		}
		t.Skip("NOT CHECKED: pdftotext is missing")
	}
	command := exec.Command(path, "-", "-")
	command.Stdin = bytes.NewReader(doc)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Twenty ask at once for a statement that was never given out: there is one.
func TestAStatementIsGivenOutOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newSlipWorld(t, d)
		a := w.artisan(0)
		w.sold(a, "lot_1", "kurta", 100_00)
		day := w.payouts.Today()
		w.days(2)
		var all sync.WaitGroup
		ids := make([]string, 20)
		for i := range ids {
			all.Go(func() {
				sl, err := w.slips.Slip(ctx, admin, a, day, day)
				if err != nil {
					t.Error(err)
				}
				ids[i] = sl.ID
			})
		}
		all.Wait()
		for _, one := range ids {
			if one != ids[0] || one == "" {
				t.Fatalf("%q", ids)
			}
		}
		if w.slip(a, day, w.payouts.Today()).Over() {
			t.Error("a period that runs is frozen")
		}
	})
}

func TestWhoGetsAStatementOnPaper(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newSlipWorld(t, d)
		a := w.artisan(100_00)
		near, far := person("near"), person("far")
		near.Grants, far.Grants = []auth.Grant{{Role: auth.Coordinator, Scope: "lucknow"}}, []auth.Grant{{Role: auth.Coordinator, Scope: "barabanki"}}
		for name, c := range map[string]struct {
			actor    auth.Actor
			from, to string
			want     string
		}{
			"her coordinator": {near, "", "", ""}, "an approver": {approver, "2026-01-01", "2026-01-31", ""}, "another area's": {far, "", "", "artisans.not_found"},
			"nobody": {auth.Actor{}, "", "", "auth.unauthenticated"}, "a shopper": {person("s", auth.Shopper), "", "", "auth.forbidden"},
			"a day that is none": {near, "2026-13-01", "", "payouts.period"}, "the end first": {near, "2026-02-01", "2026-01-01", "payouts.period"},
		} {
			sl, err := w.slips.Slip(ctx, c.actor, a, c.from, c.to)
			var code interface{ Error() string }
			if c.want == "" && (err != nil || sl.NameEn == "") || c.want != "" && (!errors.As(err, &code) || !strings.HasPrefix(code.Error(), c.want)) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.slips.Slip(ctx, admin, "art_none", "", ""); err == nil {
			t.Error("nobody's statement")
		}
	})
}

// The most that a statement has to say has its place in every language: sums of
// many lakhs, what was before, late and taken back, and forty payments.
func TestALongStatementHasRoom(t *testing.T) {
	const most = 99_99_999_99
	sl := payouts.Slip{NameEn: "Shabana Bano Ansari of Chowk", NameHi: "शबाना बानो अंसारी चौक वाली", NameUr: "شبانہ بانو انصاری چوک والی", From: "2026-10-01", To: "2026-10-31", Head: "0a1b2c3d4e5f60718293",
		Opening: most, Earned: most, Late: most, Other: -most, Paid: most, Owed: most, Block: 123_456}
	for i := range 40 {
		sl.Payments = append(sl.Payments, payouts.SlipPayment{Date: fmt.Sprintf("2026-10-%02d", i%28+1), Paise: most, Rail: payouts.RailUPI, Group: i%2 == 0})
	}
	for _, l := range languages {
		doc, err := sl.PDF(l)
		if err != nil {
			t.Fatal(l, err)
		}
		text := pdfText(t, doc)
		if strings.Count(text, "₹99,99,999.99") < 6 || !regexp.MustCompile(`\b(3[0-9]|40)\b`).MatchString(text) || l != "ur" && strings.Count(text, "-10-2026") < 2 {
			t.Errorf("%s: %s", l, text)
		}
		if folder := os.Getenv("PAPER_LOOK"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, "long-"+l+".pdf"), doc, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// With PAPER_LOOK naming a folder a full statement is left there to be looked at.
func TestAFullStatement(t *testing.T) {
	w := newSlipWorld(t, testdb.SQLite(t))
	a := w.artisan(0)
	w.named(a, "Shabana Bano", "शबाना बानो", "شبانہ بانو")
	first := w.payouts.Today()
	for i, garment := range []string{"kurta", "saree", "dupatta", "cushion", "potli"} {
		w.sold(a, fmt.Sprint("lot_", i), garment, money.Paise(1_234_50+i*311_17))
		w.answer(w.sent(preparer), "paid")
		w.days(3)
	}
	w.credit(a, "lot_1", 412_00)
	w.days(1)
	sl := w.slip(a, nextDay(first), yesterday(w.payouts.Today()))
	if len(sl.Pieces) != 4 || len(sl.Payments) != 4 || sl.Opening != 0 {
		t.Errorf("%+v", sl)
	}
	for _, l := range languages {
		doc := w.pdf(sl, l)
		if len(doc) > 250_000 {
			t.Errorf("%s takes %d bytes", l, len(doc))
		}
		if folder := os.Getenv("PAPER_LOOK"); folder != "" {
			w.ok(os.WriteFile(filepath.Join(folder, "statement-"+l+".pdf"), doc, 0o600))
		}
	}
}
