package storefront_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/openbooks"
	"saebaan/payouts"
)

// keepYear seals the book and brings the yearly book up to it, two days later.
func (s *shop) keepYear() (year string) {
	s.t.Helper()
	must(s.t, s.db.AdvanceClock(s.t.Context(), 48*time.Hour))
	_, err := ledger.Seal(s.t.Context(), s.db)
	must(s.t, err)
	must(s.t, openbooks.NewService(s.db, nil).KeepYears(s.t.Context()))
	return payouts.YearOf(s.db.Clock.Now().Add(-48 * time.Hour).Date())
}

// yearOfSix sells a kurta of three women, and embroidery of three from Barabanki.
func (s *shop) yearOfSix(t *testing.T) (year string) {
	t.Helper()
	b, nusrat := s.browser(), s.browser().signIn("nusrat")
	order := s.order(b, "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", url.Values{"carrier": {"by_hand"}}).shows(200)
	for _, who := range []string{"amina", "bilqis", "chand"} {
		s.woman(who, strings.ToUpper(who[:1])+who[1:]+" Begum", "बेगम", "barabanki", true)
		tags := ledger.Tags{Artisan: s.people[who], Nature: "wage:embroidery"}
		must(t, s.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := ledger.Post(tx, ledger.New("sale", "sale:"+who, "test").Debit(ledger.Stripe, 100_000, tags).Credit(ledger.Payable(s.people[who]), money.Paise(100_000), tags))
			return err
		}))
	}
	return s.keepYear()
}

// The year tells anybody what was promised and paid, by area and work, and of
// nobody by herself.
func TestTheYearIsOpenAndHidesEverybody(t *testing.T) {
	s := open(t)
	anybody := s.browser()
	anybody.get("/open-books").shows(200).hides("Whole years")
	anybody.get("/open-books/2026-27").shows(404, "no yearly book of this year yet")
	for _, bad := range []string{"2026", "2026-28", "x"} {
		anybody.get("/open-books/"+bad).shows(422, "A financial year is written 2026-27")
	}
	year := s.yearOfSix(t)
	anybody.get("/open-books").shows(200, "Whole years", "The year "+year)
	page := anybody.get("/open-books/"+year).shows(200, "Open book of "+year, "Other areas", "Barabanki", "3 makers", "Embroidery", "Other work", "Promised", "Not payable yet", "Trust: running cost", "No month was closed yet", "fewer than 3 women")
	page.hides("Shabana", "Amina", "Ahirori", "Block printing", s.people["amina"])
	if gz := compressed(page.body); gz > 20<<10 {
		t.Errorf("%d bytes", gz)
	}
	hindi := s.browser()
	hindi.get("/open-books/" + year + "?lang=hi")
	hindi.get("/open-books/"+year).isHindi().shows(200, "दूसरे इलाक़े", "कढ़ाई")
}

// Of a year of two women nothing is told.
func TestTheYearOfTwoIsWithheldOnThePage(t *testing.T) {
	s := open(t)
	for _, who := range []string{"shabana", "tabassum"} {
		tags := ledger.Tags{Artisan: s.people[who], Nature: "wage:embroidery"}
		must(t, s.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := ledger.Post(tx, ledger.New("sale", "sale:"+who, "test").Debit(ledger.Stripe, 123_400, tags).Credit(ledger.Payable(s.people[who]), 123_400, tags))
			return err
		}))
	}
	s.browser().get("/open-books/"+s.keepYear()).shows(200, "none is shown").hides("1,234", "Ahirori")
}

// The yearly book on a telephone, in both languages.
func TestTheYearOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("pages are looked at without -short")
	}
	s := open(t)
	year := s.yearOfSix(t)
	p, b := s.phone(), s.browser()
	for _, l := range []string{"en", "hi"} {
		p.as(b, l)
		p.open("/open-books/"+year, l+"-open-year")
		p.open("/open-books", l+"-open-books-years")
	}
}
