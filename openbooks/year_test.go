package openbooks_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
	"saebaan/openbooks"
	"saebaan/payouts"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var (
	ctx   = context.Background()
	admin = auth.Actor{ID: "usr_admin", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Administrator}}}
)

// world is a ledger with women in some areas.
type world struct {
	t      *testing.T
	db     *db.DB
	books  *openbooks.Service
	keys   *vault.Vault
	who    []string
	serial int
}

func newWorld(t *testing.T, d *db.DB, areas ...string) *world {
	t.Helper()
	keys, err := vault.Open(t.TempDir())
	w := &world{t: t, db: d, keys: keys, books: openbooks.NewService(d, keys)}
	w.ok(err)
	service := artisans.NewService(d, keys)
	for i, area := range areas {
		a, err := service.Create(ctx, admin, "", artisans.Input{NameEn: fmt.Sprintf("Maker %d", i), Area: area, Member: true})
		w.ok(err)
		w.who = append(w.who, a.ID)
	}
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// post enters one movement.
func (w *world) post(kind, reference string, amount money.Paise, from, to ledger.Account, tags ledger.Tags) {
	w.t.Helper()
	w.serial++
	if reference == "" {
		reference = fmt.Sprintf("%s:t%d", kind, w.serial)
	}
	w.ok(w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New(kind, reference, "test").Debit(from, amount, tags).Credit(to, amount, tags))
		return err
	}))
}

// sells credits a woman for a kind of work, payable at once.
func (w *world) sells(maker int, nature string, amount money.Paise) {
	w.t.Helper()
	w.post("sale", "", amount, ledger.Stripe, ledger.Payable(w.who[maker]), ledger.Tags{Artisan: w.who[maker], Nature: nature})
}

// pays claims all of it, and has it confirmed.
func (w *world) pays(maker int, amount money.Paise) {
	w.t.Helper()
	w.serial++
	a, item := w.who[maker], fmt.Sprintf("pit_%d", w.serial)
	tags := ledger.Tags{Artisan: a, Nature: "payout"}
	w.post("claim", "claim:"+item, amount, ledger.Payable(a), ledger.Claimed(a), tags)
	w.post("in_transit", "in_transit:"+item, amount, ledger.Claimed(a), ledger.InTransit(a), tags)
	w.post("paid", "paid:"+item, amount, ledger.InTransit(a), ledger.Bank("main"), tags)
}

// keeps seals what there is and brings the yearly book up to it, an hour later.
func (w *world) keeps() {
	w.t.Helper()
	w.ok(w.db.AdvanceClock(ctx, time.Hour))
	_, err := ledger.Seal(ctx, w.db)
	w.ok(err)
	w.ok(w.books.KeepYears(ctx))
}

func (w *world) year() openbooks.Year {
	w.t.Helper()
	y, err := w.books.Year(ctx, payouts.YearOf(w.db.Clock.Now().Date()))
	w.ok(err)
	return y.Book
}

// adds checks that every row of a book is accounted for, that areas are their
// rows, and that all of it is what the ledger's accounts hold.
func (w *world) adds(y openbooks.Year) {
	w.t.Helper()
	var held, paid int64
	for _, a := range y.Areas {
		var sum openbooks.YearSums
		for _, work := range append([]openbooks.YearWork{{Sums: a.Sums}}, a.Work...) {
			s := work.Sums
			rest := s.Reversed.Amount + s.Paid.Amount + s.PaidLater.Amount + s.Tax.Amount + s.Group.Amount + s.Advance.Amount + s.OnTheWay.Amount + s.Held.Amount + s.Payable.Amount
			if s.Promised.Amount != rest {
				w.t.Errorf("%s of %s: promised %d, accounted for %d", work.Stage, a.Area, s.Promised.Amount, rest)
			}
			sum.Promised.Amount, sum.Paid.Amount = sum.Promised.Amount+s.Promised.Amount, sum.Paid.Amount+s.Paid.Amount
		}
		if sum.Promised.Amount != 2*a.Sums.Promised.Amount || sum.Paid.Amount != 2*a.Sums.Paid.Amount || a.Makers < 3 {
			w.t.Errorf("%s is not its work, or of %d women: %+v", a.Area, a.Makers, a)
		}
		held, paid = held+a.Sums.OnTheWay.Amount+a.Sums.Held.Amount+a.Sums.Payable.Amount, paid+a.Sums.Paid.Amount+a.Sums.PaidLater.Amount
	}
	var book struct {
		Held int64 `db:"held"`
		Paid int64 `db:"paid"`
	}
	w.ok(w.db.Get(ctx, &book, `
		SELECT CAST(COALESCE(-SUM(CASE WHEN account LIKE 'liability:artisan:%' THEN paise ELSE 0 END), 0) AS BIGINT) AS held,
			CAST(COALESCE(-SUM(CASE WHEN account LIKE 'asset:bank:%' THEN paise ELSE 0 END), 0) AS BIGINT) AS paid
		FROM postings
		WHERE artisan_id <> ''`))
	if held != book.Held || paid != book.Paid {
		w.t.Errorf("the book says %d held and %d paid, the ledger %d and %d", held, paid, book.Held, book.Paid)
	}
	for _, h := range y.Heads {
		var left int64
		w.ok(w.db.Get(ctx, &left, `
			SELECT CAST(-SUM(paise) AS BIGINT)
			FROM postings
			WHERE account = $1`, h.Account))
		if h.Left.Amount != left || left != h.Promised.Amount-h.Spent.Amount-h.Closed.Amount+h.Other.Amount {
			w.t.Errorf("%s: %+v, the ledger has %d", h.Account, h, left)
		}
	}
}

func TestTheYearTiesToTheLedger(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "lucknow", "lucknow", "lucknow", "lucknow", "hardoi-sursa", "hardoi-sursa", "barabanki")
		for maker := range w.who {
			w.sells(maker, "wage:hand", money.Paise(10_000+maker))
			w.sells(maker, "balance:hand", 500)
			if maker != 3 {
				w.pays(maker, 10_000)
			}
		}
		w.sells(0, "wage:kundan", 70_000) // nobody else does it
		head := ledger.Head("packing")
		w.post("sale", "", 900, ledger.Stripe, head, ledger.Tags{})
		w.post("bill", "", 250, head, ledger.Bank("main"), ledger.Tags{})
		w.post("closing", "", 100, head, ledger.Fund, ledger.Tags{Nature: "variance"})
		w.post("sale", "", 5_000, ledger.Stripe, ledger.Running, ledger.Tags{})
		w.post("advance_written_off", "", 300, ledger.Fund, ledger.Stripe, ledger.Tags{})
		w.keeps()
		y := w.year()
		w.adds(y)
		if len(y.Areas) != 2 || y.Areas[0].Area != "lucknow" || y.Areas[0].Makers != 4 || y.Areas[1].Area != "" || y.Areas[1].Makers != 3 {
			t.Fatalf("areas: %+v", y.Areas)
		}
		work := ""
		for _, a := range y.Areas[0].Work {
			work += fmt.Sprint(a.Kind, " ", a.Stage, " ", a.Sums.Promised.Amount, "; ")
		}
		if work != "wage hand 40006;   72000; " {
			t.Errorf("one woman's kundan can be told: %s", work)
		}
		got := fmt.Sprint(y.Heads)
		if want := fmt.Sprint([]openbooks.YearHead{
			{Account: "head:packing", Promised: inr(900), Spent: inr(250), Closed: inr(100), Other: inr(0), Left: inr(550)},
			{Account: "trust:fund", Promised: inr(0), Spent: inr(0), Closed: inr(-100), Other: inr(-300), Left: inr(-200)},
			{Account: "trust:running", Promised: inr(5_000), Spent: inr(0), Closed: inr(0), Other: inr(0), Left: inr(5_000)},
		}); got != want {
			t.Errorf("heads %s, want %s", got, want)
		}
		signed, err := w.books.Year(ctx, y.Year)
		w.ok(err)
		signature, err := base64.StdEncoding.DecodeString(signed.Signature)
		w.ok(err)
		if _, key := w.keys.PublicKey(); !ed25519.Verify(key, signed.Bytes, signature) || signed.Book.Hash == "" || signed.Book.Block == 0 {
			t.Error("the year's signature is none")
		}
	})
}

func inr(p int64) openbooks.BookMoney { return openbooks.BookMoney{Amount: p, Currency: "INR"} }

// A year in which there are fewer than three women tells nothing of them.
func TestTheYearOfTwoWomenIsWithheld(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "lucknow", "hardoi-sursa", "hardoi-sursa")
		w.sells(0, "wage:hand", 1_000)
		w.sells(1, "wage:hand", 2_000)
		w.keeps()
		if y := w.year(); !y.Withheld || len(y.Areas) != 0 {
			t.Errorf("two women: %+v", y)
		}
		w.sells(2, "wage:hand", 4_000)
		w.ok(d.AdvanceClock(ctx, 24*time.Hour))
		w.keeps()
		if y := w.year(); y.Withheld || len(y.Areas) != 1 || y.Areas[0].Makers != 3 || y.Areas[0].Sums.Promised.Amount != 7_000 {
			t.Errorf("three women: %+v", y)
		}
		w.pays(0, 1_000) // one of three is paid
		w.ok(d.AdvanceClock(ctx, 24*time.Hour))
		w.keeps()
		if y := w.year(); !y.Withheld {
			t.Errorf("one payment is told: %+v", y)
		}
		for _, bad := range []string{"", "2026", "2026-28", "26-27", "2026-27 ", "9999-00"} {
			if _, err := w.books.Year(ctx, bad); !errors.Is(err, openbooks.ErrYear) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := w.books.Year(ctx, "2019-20"); !errors.Is(err, openbooks.ErrYear) && !errors.Is(err, openbooks.ErrNoYear) {
			t.Error(err)
		}
		if years, err := w.books.Years(ctx); err != nil || len(years) != 0 {
			t.Errorf("%v %v", years, err)
		}
	})
}

// What is published moves at most every quarter of an hour, and for fewer than
// three women at most daily.
func TestTheYearIsKeptRarely(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "lucknow", "lucknow", "lucknow")
		promised := func(when string, want int64) {
			t.Helper()
			if got := w.year().Areas[0].Sums.Promised.Amount; got != want {
				t.Errorf("%s: %d, want %d", when, got, want)
			}
		}
		all := func() {
			for maker := range w.who {
				w.sells(maker, "wage:hand", 1_000)
			}
		}
		all()
		w.keeps()
		promised("first", 3_000)
		all()
		_, err := ledger.Seal(ctx, d)
		w.ok(err)
		w.ok(w.books.KeepYears(ctx))
		promised("at once", 3_000)
		w.keeps()
		promised("an hour later", 6_000)
		w.sells(0, "wage:hand", 50)
		w.keeps()
		promised("of one woman", 6_000)
		w.ok(d.AdvanceClock(ctx, 24*time.Hour))
		w.keeps()
		promised("of one woman, a day later", 6_050)
		w.adds(w.year())
	})
}

// Many workers keep the year beside one another, and the book comes out once.
func TestManyWorkersKeepOneYear(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "lucknow", "lucknow", "lucknow", "lucknow")
		for round := range 4 {
			for maker := range w.who {
				w.sells(maker, "wage:hand", money.Paise(100+round))
			}
			w.post("sale", "", 10, ledger.Stripe, ledger.Head("packing"), ledger.Tags{})
			w.ok(d.AdvanceClock(ctx, time.Hour))
			_, err := ledger.Seal(ctx, d)
			w.ok(err)
			var workers sync.WaitGroup
			for range 5 {
				workers.Go(func() {
					if err := w.books.KeepYears(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			workers.Wait()
			w.adds(w.year())
			if got := w.year().Heads[0].Left.Amount; got != int64(10*(round+1)) {
				t.Errorf("packing has %d in round %d", got, round)
			}
		}
	})
}

// A worker that died is followed by another when its time is over; what does not
// tie is not published.
func TestTheYearPublishesNothingLoose(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "lucknow", "lucknow", "lucknow")
		for maker := range w.who {
			w.sells(maker, "wage:hand", 1_000)
		}
		_, err := d.Pool().ExecContext(ctx, `UPDATE year_marks SET holder = 'dead', held_until = $1`, d.Clock.Now().Add(2*time.Hour))
		w.ok(err)
		w.keeps()
		if _, err := w.books.Year(ctx, "2026-27"); !errors.Is(err, openbooks.ErrNoYear) {
			t.Errorf("kept beside another: %v", err)
		}
		w.keeps()
		w.adds(w.year())
		w.post("sale", "", 77, ledger.Stripe, ledger.Payable(w.who[0]), ledger.Tags{}) // names nobody
		w.ok(d.AdvanceClock(ctx, 48*time.Hour))
		_, err = ledger.Seal(ctx, d)
		w.ok(err)
		if err := w.books.KeepYears(ctx); err == nil {
			t.Error("a sum that the ledger does not have was kept")
		}
		if got := w.year().Areas[0].Sums.Promised.Amount; got != 3_000 {
			t.Errorf("published: %d", got)
		}
	})
}

// Two kinds of work that one woman alone did stay hers when they are put together:
// they hide only behind what others did.
func TestTwoKindsOfOneWomanHideBehindOthers(t *testing.T) {
	one, all := openbooks.Crowd{Women: 1, Paid: 1}, openbooks.Crowd{Women: 4, Paid: 4}
	out := openbooks.Fold([]openbooks.AreaCount{openbooks.NewArea("a", all)},
		[]openbooks.Cell{openbooks.NewCell("a", "material", all), openbooks.NewCell("a", "wage:x", one), openbooks.NewCell("a", "wage:y", one)})
	if len(out) != 1 || out[0].Head != "" || out[0].Area != "a" {
		t.Errorf("%+v", out)
	}
}

// However women are spread over areas and kinds of work, no sum that is told is of
// fewer than three of them or of one or two payments, and nothing is lost.
func TestFoldedSumsHideEverybody(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type woman struct {
			area string
			paid bool
			work map[string]bool
		}
		var women []woman
		for range rapid.IntRange(1, 14).Draw(r, "women") {
			one := woman{area: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(r, "area"), paid: rapid.Bool().Draw(r, "paid"), work: map[string]bool{}}
			for _, head := range rapid.SliceOfN(rapid.SampledFrom([]string{"wage:x", "wage:y", "wage:z", "material"}), 1, 4).Draw(r, "work") {
				one.work[head] = true
			}
			women = append(women, one)
		}
		count := func(in func(woman) bool) (c openbooks.Crowd) {
			for _, one := range women {
				if in(one) {
					c.Women++
					if one.paid {
						c.Paid++
					}
				}
			}
			return c
		}
		var areas []openbooks.AreaCount
		var cells []openbooks.Cell
		for _, area := range []string{"a", "b", "c", "d"} {
			if c := count(func(o woman) bool { return o.area == area }); c.Women > 0 {
				areas = append(areas, openbooks.NewArea(area, c))
			}
			for _, head := range []string{"material", "wage:x", "wage:y", "wage:z"} {
				if c := count(func(o woman) bool { return o.area == area && o.work[head] }); c.Women > 0 {
					cell := openbooks.NewCell(area, head, c)
					cell.Promised = money.Paise(c.Women)
					cells = append(cells, cell)
				}
			}
		}
		out := openbooks.Fold(areas, cells)
		shown, told := map[string]map[string]bool{}, money.Paise(0)
		for _, c := range out {
			if shown[c.Area] == nil {
				shown[c.Area] = map[string]bool{}
			}
			shown[c.Area][c.Head] = true
			told += c.Promised
		}
		for _, c := range out { // who is behind this sum
			behind := count(func(o woman) bool {
				if (c.Area == "") == (shown[o.area] != nil) || c.Area != "" && o.area != c.Area {
					return false
				}
				for head := range o.work {
					if head == c.Head || c.Head == "" && !shown[c.Area][head] {
						return true
					}
				}
				return false
			})
			if behind.Women < 3 || behind.Paid == 1 || behind.Paid == 2 {
				r.Fatalf("%q %q is of %+v", c.Area, c.Head, behind)
			}
		}
		var all money.Paise
		for _, c := range cells {
			all += c.Promised
		}
		if every := count(func(woman) bool { return true }); len(out) == 0 != (every.Women < 3 || every.Paid == 1 || every.Paid == 2) || len(out) > 0 && told != all {
			r.Fatalf("%d of %d told of %+v", told, all, every)
		}
	})
}
