package storefront

import (
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/db"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// registrations are the trust's numbers under GST.
func (s *Site) registrations(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Orders.Registrations(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	return views.Registrations(p.Titled(p.T("nav.registrations"), ""), list), nil
}

func (s *Site) saveRegistration(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	_, err := s.Orders.SaveRegistration(c.UserContext(), p.Actor, keyOf(c), orders.Registration{ID: value("id"), Prefix: strings.ToUpper(value("prefix")),
		GSTIN: value("gstin"), State: value("state"), Kind: value("kind"), LegalName: value("legal_name"), Address: value("address"),
		From: value("from"), To: value("to")})
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/office/registrations")
}

// gstOf are the registration and month of a page's address: the first one and
// this month where it names none.
func (s *Site) gstOf(c *fiber.Ctx, p views.Page) (views.GSTView, error) {
	v := views.GSTView{Month: c.Query("month"), Registration: c.Query("registration")}
	var err error
	if v.All, err = s.Orders.Registrations(c.UserContext(), p.Actor); err != nil {
		return v, err
	}
	if v.Month == "" {
		v.Month = db.At(time.Now()).Date()[:7]
	}
	if v.Registration == "" && len(v.All) > 0 {
		v.Registration = v.All[0].ID
	}
	v.GSTR1, err = s.Orders.GSTR1(c.UserContext(), p.Actor, v.Registration, v.Month)
	return v, err
}

// gst shows the month's return by its tables.
func (s *Site) gst(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v, err := s.gstOf(c, p)
	if err != nil {
		return nil, err
	}
	return views.GST(p.Titled(p.T("nav.gst"), ""), v), nil
}

func (s *Site) gstCSV(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v, err := s.gstOf(c, p)
	if err != nil {
		return nil, err
	}
	if _, err := s.Auth.Exported(c.UserContext(), p.Actor, c.Path(), v.Registration+" "+v.Month); err != nil {
		return nil, err
	}
	return nil, download(c, "gstr1-"+v.Registration+"-"+v.Month+".csv", "text/csv; charset=utf-8", v.GSTR1.CSV())
}

func (s *Site) gstJSON(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v, err := s.gstOf(c, p)
	if err != nil {
		return nil, err
	}
	if _, err := s.Auth.Exported(c.UserContext(), p.Actor, c.Path(), v.Registration+" "+v.Month); err != nil {
		return nil, err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="gstr1-`+v.Registration+"-"+v.Month+`.json"`)
	return nil, c.JSON(returnOf(v.GSTR1))
}

// download sends a file to be kept.
func download(c *fiber.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}

// returnOf is the month's return as programs read it, amounts in paise.
func returnOf(g orders.GSTR1) map[string]any {
	amounts := func(a orders.GSTAmounts) map[string]any {
		return map[string]any{"taxable": a.Value, "cgst": a.CGST, "sgst": a.SGST, "igst": a.IGST}
	}
	invoices := func(list []orders.GSTInvoice) []map[string]any {
		out := make([]map[string]any, 0, len(list))
		for _, i := range list {
			out = append(out, map[string]any{"number": i.Number, "date": i.Date, "against": i.Against, "buyer_gstin": i.GSTIN,
				"place_of_supply": i.State, "rate_basis_points": i.Rate, "total": i.Total, "amounts": amounts(i.GSTAmounts)})
		}
		return out
	}
	sums := func(list []orders.GSTSum, key string, of func(orders.GSTSum) string) []map[string]any {
		out := make([]map[string]any, 0, len(list))
		for _, r := range list {
			out = append(out, map[string]any{key: of(r), "rate_basis_points": r.Rate, "quantity": r.Quantity, "amounts": amounts(r.GSTAmounts)})
		}
		return out
	}
	issued := make([]map[string]any, 0, len(g.Issued))
	for _, i := range g.Issued {
		issued = append(issued, map[string]any{"kind": i.Kind, "series": i.Series, "first": i.From, "last": i.To, "count": i.Count})
	}
	return map[string]any{"gstin": g.Registration.GSTIN, "month": g.Month, "currency": "INR", "b2b": invoices(g.B2B),
		"b2c_large": invoices(g.B2CLarge), "credit_notes_registered": invoices(g.NotesB2B), "credit_notes_unregistered": invoices(g.NotesB2CL),
		"b2c_small":          sums(g.B2CSmall, "place_of_supply", func(r orders.GSTSum) string { return r.State }),
		"hsn":                sums(g.HSN, "hsn", func(r orders.GSTSum) string { return r.HSN }),
		"documents_issued":   issued,
		"total_documents":    amounts(g.Documents),
		"total_ledger":       amounts(g.Ledger),
		"waiting_for_number": g.Waiting,
		"ties_to_the_ledger": g.Ties(),
	}
}

// reconciliations lists how the gateway's books and ours compared.
func (s *Site) reconciliations(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	list, err := s.Orders.Reconciliations(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	return views.Reconciliations(p.Titled(p.T("nav.reconciliation"), ""), list, s.Orders.Settings().Card), nil
}

// reconcile compares now.
func (s *Site) reconcile(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if _, err := s.Orders.Reconcile(c.UserContext(), p.Actor); err != nil {
		return nil, err
	}
	return seeOther(c, "/office/reconciliation")
}
