package storefront

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/payouts"
	"saebaan/storefront/views"
)

// tax is the tax deducted in a quarter; the file has the PANs whole for those
// who prepare and approve.
func (s *Site) tax(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	year, quarter := payouts.QuarterOn(s.Payouts.Today())
	v := views.TaxView{}
	first, err := strconv.Atoi(year[:4])
	if err != nil {
		return nil, err
	}
	for back := range 6 {
		y, _ := payouts.QuarterOn(strconv.Itoa(first-back) + "-04-01")
		v.Years = append(v.Years, y)
	}
	if asked := c.Query("year"); asked != "" {
		year = asked
	}
	if asked := c.Query("quarter"); asked != "" {
		if quarter, err = strconv.Atoi(asked); err != nil {
			return nil, payouts.ErrQuarter
		}
	}
	p = p.Titled(p.T("nav.tds"), "")
	read := s.Payouts.TaxQuarter
	kind := wanted(c)
	if kind != "" && (p.Actor.Has(auth.Preparer) || p.Actor.Has(auth.Approver)) {
		read = s.Payouts.TaxFile
	}
	if v.TaxQuarter, err = read(c.UserContext(), p.Actor, year, quarter); err != nil {
		return nil, err
	}
	if kind != "" {
		return s.keepSheet(c, p, kind, v.Sheet(p))
	}
	return views.Tax(p, v), nil
}

// bills lists suppliers' bills.
func (s *Site) bills(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.billsWith(c, p, "", nil)
}

// billsWith is the page again, with what was wrong beside the bill it was about;
// "" is the new one, whose fields stay as they were typed.
func (s *Site) billsWith(c *fiber.Ctx, p views.Page, about string, wrong error) (templ.Component, error) {
	v := views.BillsView{About: about, Owed: c.Query("owed") == "true", Today: s.Payouts.Today(), Typed: map[string]string{}}
	var err error
	if v.List, err = s.Payouts.Bills(c.UserContext(), p.Actor, v.Owed, c.Query("before"), perPage+1); err != nil {
		return nil, err
	}
	if len(v.List) > perPage {
		v.List = v.List[:perPage]
		v.Next = v.List[perPage-1].ID
	}
	if v.People, err = s.people(c.UserContext()); err != nil {
		return nil, err
	}
	if wrong != nil {
		f := fault.Of(wrong)
		p.Office = true
		v.Wrong = []string{p.Lang.Fault(f)}
		for _, field := range f.Fields {
			v.Wrong = append(v.Wrong, p.T("bill.wrong_"+field.Location))
		}
		for _, name := range []string{"account", "supplier", "number", "date", "amount", "paid_from"} {
			v.Typed[name] = c.FormValue(name)
		}
		c.Status(web.Status(f))
	}
	return views.Bills(p.Titled(p.T("nav.bills"), ""), v), nil
}

func (s *Site) recordBill(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := payouts.BillInput{Account: ledger.Account(c.FormValue("account")), Supplier: c.FormValue("supplier"), Number: c.FormValue("number"),
		Date: c.FormValue("date"), PaidFrom: c.FormValue("paid_from")}
	var err error
	if in.Amount, err = money.Parse(strings.ReplaceAll(c.FormValue("amount"), ",", "")); err == nil {
		_, err = s.Payouts.RecordBill(c.UserContext(), p.Actor, keyOf(c), in)
	}
	if errors.Is(err, payouts.ErrBill) || errors.Is(err, payouts.ErrBillKnown) || errors.Is(err, money.ErrFormat) || errors.Is(err, money.ErrOverflow) {
		return s.billsWith(c, p, "", err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/bills")
}

func (s *Site) payBill(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Payouts.PayBill(c.UserContext(), p.Actor, keyOf(c), payouts.PayBillInput{Bill: c.Params("id"), From: c.FormValue("from"), Reference: c.FormValue("reference")})
	if errors.Is(err, payouts.ErrBill) {
		return s.billsWith(c, p, c.Params("id"), err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/bills")
}

// closings lists the closings of months.
func (s *Site) closings(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	return s.closingsWith(c, p, "", nil)
}

// closingsWith is the page again, with what was wrong beside the closing it was
// about; "" is the proposal.
func (s *Site) closingsWith(c *fiber.Ctx, p views.Page, about string, wrong error) (templ.Component, error) {
	v := views.ClosingsView{About: about}
	var err error
	if v.List, err = s.Payouts.Closings(c.UserContext(), p.Actor, "", 120); err != nil {
		return nil, err
	}
	if v.People, err = s.people(c.UserContext()); err != nil {
		return nil, err
	}
	if v.Passkey, err = s.hasPasskey(c, p); err != nil {
		return nil, err
	}
	today, err := time.Parse(time.DateOnly, s.Payouts.Today())
	if err != nil {
		return nil, err
	}
	v.Month = today.AddDate(0, 0, -today.Day()).Format("2006-01") // the last day of the month before
	if wrong != nil {
		f := fault.Of(wrong)
		v.Wrong, p.Office = p.Lang.Fault(f), true
		c.Status(web.Status(f))
	}
	return views.Closings(p.Titled(p.T("nav.closings"), ""), v), nil
}

func (s *Site) proposeClosing(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	_, err := s.Payouts.ProposeClosing(c.UserContext(), p.Actor, keyOf(c), c.FormValue("month"))
	if errors.Is(err, payouts.ErrMonth) || errors.Is(err, payouts.ErrMonthClosed) || errors.Is(err, payouts.ErrClosingOpen) {
		return s.closingsWith(c, p, "", err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/closings")
}

// closingDecision is what a form says of a closing, without the proof.
func closingDecision(c *fiber.Ctx) payouts.ClosingDecision {
	return payouts.ClosingDecision{Closing: c.Params("id"), Yes: c.FormValue("decision") == "yes", Seen: c.FormValue("hash")}
}

// challengeClosing gives passkey.js what it asks the browser with.
func (s *Site) challengeClosing(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	options, err := s.Auth.BeginProof(c.UserContext(), p.Actor, closingDecision(c).Act())
	return challenged(c, p, options, err)
}

// decideClosing closes a month or refuses to; a proof that is not accepted is said
// beside it.
func (s *Site) decideClosing(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := closingDecision(c)
	in.Password, in.Passkey = c.FormValue("password"), []byte(c.FormValue("answer"))
	_, err := s.Payouts.DecideClosing(c.UserContext(), p.Actor, in)
	if unproven(err) || errors.Is(err, payouts.ErrClosingChanged) {
		return s.closingsWith(c, p, in.Closing, err)
	}
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/closings")
}

// openBooks shows everybody what the closed months promised and cost. It is read
// anew each time, so that a closing is seen at once.
func (s *Site) openBooks(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	months, err := s.Payouts.Variances(c.UserContext())
	if err != nil {
		return nil, err
	}
	years, err := s.OpenBooks.Years(c.UserContext())
	if err != nil {
		return nil, err
	}
	p.Private = false
	return views.OpenBooks(p.Titled(p.T("nav.open_books"), p.T("open_books.lead")), months, years), nil
}
