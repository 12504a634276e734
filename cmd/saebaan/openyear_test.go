package main_test

import (
	"encoding/json"
	"strings"
	"testing"

	"saebaan/internal/testkit"
	"saebaan/openbooks"
)

// keptYears reads the books of all years once they stand at the newest block.
func (s *shop) keptYears(t *testing.T) []openbooks.Year {
	t.Helper()
	s.guest.Post("/v1/test/clock", obj{"advance": "25h"})
	s.admin = s.guest.SignIn("admin", password)
	s.quiet(s.books())
	head := ""
	list := s.guest.Get("/v1/open-books/heads?limit=100")
	for i := range list.List("data") {
		head = list.Str("data", i, "hash")
	}
	var out []openbooks.Year
	within(t, "the yearly book is kept", func() bool {
		out = nil
		years := s.guest.Get("/v1/open-books/years")
		for i := range years.List("data") {
			a := s.guest.Get("/v1/open-books/years/" + years.Str("data", i, "year"))
			var one struct{ Book openbooks.Year }
			if err := json.Unmarshal(a.Raw, &one); err != nil {
				t.Fatal(err)
			}
			if one.Book.Hash != head {
				return false
			}
			out = append(out, one.Book)
		}
		return len(out) > 0
	})
	return out
}

// balances are the ledger's accounts, credit +.
func (s *shop) balances() map[string]int64 {
	s.t.Helper()
	out := map[string]int64{}
	for cursor := ""; ; {
		page := s.admin.Get("/v1/ledger/accounts?limit=100" + cursor)
		for i := range page.List("data") {
			out[page.Str("data", i, "account")] = -page.Paise("data", i, "balance")
		}
		if page.At("has_more") != true {
			return out
		}
		cursor = "&cursor=" + page.Str("next_cursor")
	}
}

// The yearly book of a shop that sold, paid and was sent money back: every promise
// is accounted for, and the sums are those of the ledger's accounts.
func TestOpenYear(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.guest.Do(404, "GET", "/v1/open-books/years/2019-20", nil)
		for _, bad := range []string{"2026", "2026-28", "x"} {
			s.guest.Do(422, "GET", "/v1/open-books/years/"+bad, nil)
		}
		makers := map[string]string{}
		for _, n := range []string{"cutting", "embroidery", "washing", "tailoring", "finishing"} {
			makers[n] = s.artisan("Maker " + n)
		}
		solo := s.artisan("Solo Maker")
		_, five := s.kurta("FIVE-M", 4, makers, false)
		_, one := s.kurta("ONE-OFF", 1, map[string]string{"embroidery": solo, "finishing": solo}, true)
		order := s.buy(t, map[string]int64{five: 2, one: 1}, "29")
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+order+"/deliver", nil)
		s.yearTies(t, func(sums openbooks.YearSums) int64 { return sums.Held.Amount })
		s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
		s.both, s.approver = s.guest.SignIn("both", password), s.guest.SignIn("approver", password)
		paid, returned := s.firstRun(t, makers, solo)
		s.yearTies(t, func(sums openbooks.YearSums) int64 { return sums.Paid.Amount + sums.PaidLater.Amount })
		s.both, s.asha, s.preparer = s.guest.SignIn("both", password), s.guest.SignIn("asha", password), s.guest.SignIn("preparer", password)
		s.secondRun(t, paid, returned)
		answer := s.yearTies(t, func(sums openbooks.YearSums) int64 { return sums.Paid.Amount + sums.PaidLater.Amount })
		for _, secret := range []string{order, solo, paid, "Maker"} {
			if strings.Contains(string(answer.Raw), secret) {
				t.Errorf("the year tells %q: %s", secret, answer.Raw)
			}
		}
	})
}

// yearTies compares all years with the ledger; some is a sum that must be there.
func (s *shop) yearTies(t *testing.T, some func(openbooks.YearSums) int64) testkit.Answer {
	t.Helper()
	years, book := s.keptYears(t), s.balances()
	var with, paid, found int64
	heads := map[string]int64{}
	for _, y := range years {
		for _, a := range y.Areas {
			sums := a.Sums
			found += some(sums)
			with += sums.Held.Amount + sums.Payable.Amount + sums.OnTheWay.Amount
			paid += sums.Paid.Amount + sums.PaidLater.Amount
			if rest := sums.Promised.Amount - sums.Reversed.Amount - sums.Paid.Amount - sums.PaidLater.Amount - sums.Tax.Amount - sums.Group.Amount -
				sums.Advance.Amount - sums.OnTheWay.Amount - sums.Held.Amount - sums.Payable.Amount; rest != 0 || a.Makers < 3 {
				t.Errorf("%s: %d of the promises is lost: %+v", a.Area, rest, a)
			}
		}
		for _, h := range y.Heads {
			heads[h.Account] += h.Left.Amount
		}
	}
	var owed int64
	for account, balance := range book {
		switch {
		case strings.HasPrefix(account, "liability:artisan:"):
			owed += balance
		case strings.HasPrefix(account, "head:"), strings.HasPrefix(account, "trust:"):
			if heads[account] != balance {
				t.Errorf("%s has %d, the years say %d", account, balance, heads[account])
			}
		}
	}
	if with != owed || paid != book["asset:bank:main"] || found == 0 {
		t.Errorf("the years say %d owed and %d paid, the ledger %d and %d; %d of what should be there", with, paid, owed, book["asset:bank:main"], found)
	}
	return s.guest.Get("/v1/open-books/years/" + years[0].Year)
}
