package storefront

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

// rowsOfBooks is how many rows a page of the books has.
const rowsOfBooks = 200

// trial is the trial balance at a block or day, or the accounts of one family.
func (s *Site) trial(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v := views.TrialView{At: strings.TrimSpace(c.Query("block")), Family: c.Query("family"), After: c.Query("after"), PerRow: rowsOfBooks}
	block := int64(0)
	var err error
	if v.At != "" {
		if block, err = strconv.ParseInt(v.At, 10, 64); err != nil {
			return nil, ledger.ErrPeriod
		}
	}
	if v.TrialBalance, err = s.Books.TrialBalance(c.UserContext(), p.Actor, block, c.Query("date")); err != nil {
		return nil, err
	}
	p = p.Titled(p.T("nav.books"), "")
	if kind := wanted(c); kind != "" {
		return s.keepSheet(c, p, kind, v.Sheet(p))
	}
	return views.Trial(p, v), nil
}

// account is a page of an account's movements.
func (s *Site) account(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	q := ledger.AccountQuery{Account: ledger.Account(c.Params("account")), From: c.Query("from"), To: c.Query("to"), Limit: rowsOfBooks + 1}
	if after := c.Query("after"); after != "" {
		if _, err := fmt.Sscanf(after, "%d.%d.%d", &q.After.Block, &q.After.Pos, &q.After.Row); err != nil {
			return nil, ledger.ErrPeriod
		}
	}
	page, err := s.Books.Movements(c.UserContext(), p.Actor, q)
	if err != nil {
		return nil, err
	}
	v := views.AccountView{AccountPage: page}
	if len(v.Movements) > rowsOfBooks {
		v.Movements = v.Movements[:rowsOfBooks]
		last := v.Movements[rowsOfBooks-1].MovementPlace
		v.Next = fmt.Sprintf("%d.%d.%d", last.Block, last.Pos, last.Row)
	}
	p = p.Titled(p.T("books.account"), "")
	if kind := wanted(c); kind != "" {
		return s.keepSheet(c, p, kind, v.Sheet(p))
	}
	return views.Account(p, v), nil
}

// asked are the fields of the search, as its form has them.
var asked = []string{"reference", "amount", "account", "kind", "order", "artisan", "lot", "from", "to"}

// entries finds entries; what cannot be searched for is said above the form.
func (s *Site) entries(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v := views.EntriesView{Asked: map[string]string{}}
	for _, name := range asked {
		v.Asked[name] = strings.TrimSpace(c.Query(name))
	}
	p = p.Titled(p.T("nav.entries"), "")
	f, err := filterOf(v.Asked, c.Query("after"))
	if err == nil {
		v.List, err = s.Books.Entries(c.UserContext(), p.Actor, f)
	}
	if wrong := fault.Of(err); err != nil && (wrong.Kind == fault.Invalid) {
		v.Wrong = p.Lang.Fault(wrong)
		c.Status(web.Status(wrong))
	} else if err != nil {
		return nil, err
	}
	if len(v.List) > rowsOfBooks {
		v.List = v.List[:rowsOfBooks]
		last := v.List[rowsOfBooks-1].Place
		v.Next = fmt.Sprintf("%d.%d", last.Block, last.Pos)
	}
	if kind := wanted(c); kind != "" && v.Wrong == "" {
		return s.keepSheet(c, p, kind, v.Sheet(p))
	}
	return views.Entries(p, v), nil
}

// filterOf reads the fields of the search.
func filterOf(asked map[string]string, after string) (ledger.Filter, error) {
	f := ledger.Filter{Reference: asked["reference"], Prefix: asked["account"], Kind: asked["kind"], Order: asked["order"], Artisan: asked["artisan"],
		Lot: asked["lot"], From: asked["from"], To: asked["to"], Newest: true, Limit: rowsOfBooks + 1}
	if text := strings.NewReplacer(",", "", "₹", "", " ", "").Replace(asked["amount"]); text != "" {
		var err error
		if f.Amount, err = money.Parse(text); err != nil {
			return f, err
		}
	}
	if after != "" {
		if _, err := fmt.Sscanf(after, "%d.%d", &f.After.Block, &f.After.Pos); err != nil {
			return f, ledger.ErrPeriod
		}
	}
	return f, nil
}

// entry is one entry of the book.
func (s *Site) entry(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	e, err := s.Books.Entry(c.UserContext(), p.Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	people, err := s.people(c.UserContext())
	if err != nil {
		return nil, err
	}
	p = p.Titled(p.T("books.entry"), "")
	v := views.EntryView{Sealed: e, People: people}
	if kind := wanted(c); kind != "" {
		return s.keepSheet(c, p, kind, v.Sheet(p))
	}
	return views.Entry(p, v), nil
}
