package views

import (
	"saebaan/internal/money"
	"saebaan/orders"
)

// since is from when to when a registration is in force.
func (p Page) since(r orders.Registration) string {
	if r.To == "" {
		return p.T("registration.since", "From", p.Lang.Day(r.From))
	}
	return p.T("coupon.days", "From", p.Lang.Day(r.From), "To", p.Lang.Day(r.To))
}

// couponValue is what a coupon takes off: "10 %" or an amount.
func (p Page) couponValue(c orders.Coupon) string {
	if c.Kind == orders.Percent {
		return percent(c.Rate) + " %"
	}
	return rupees(c.Paise)
}

// couponBounds says how far a coupon goes.
func (p Page) couponBounds(c orders.Coupon) string {
	text := p.N("coupon.used", c.Used)
	if c.Limit > 0 {
		text = p.T("coupon.used_of", "Used", c.Used, "Limit", c.Limit)
	}
	if c.PerPhone > 0 {
		text += " · " + p.N("coupon.each", c.PerPhone)
	}
	if c.Least > 0 {
		text += " · " + p.T("coupon.from_value", "Least", rupees(c.Least))
	}
	if c.Most > 0 {
		text += " · " + p.T("coupon.up_to", "Most", rupees(c.Most))
	}
	return text
}

// table is one table of a month's return, summed up.
type table struct {
	name, rows string
	sum        orders.GSTAmounts
	total      bool
}

// tables are the return's tables with their sums, and the two that must tie.
func (v GSTView) tables() []table {
	var out []table
	add := func(name string, n int, sums []orders.GSTAmounts) {
		t := table{name: name, rows: itoa(int64(n))}
		for _, s := range sums {
			for to, part := range map[*money.Paise]money.Paise{&t.sum.Value: s.Value, &t.sum.CGST: s.CGST, &t.sum.SGST: s.SGST, &t.sum.IGST: s.IGST} {
				*to += part
			}
		}
		out = append(out, t)
	}
	for _, one := range []struct {
		name string
		list []orders.GSTInvoice
	}{{"b2b", v.B2B}, {"b2c_large", v.B2CLarge}, {"notes_b2b", v.NotesB2B}, {"notes_b2c", v.NotesB2CL}} {
		sums := make([]orders.GSTAmounts, len(one.list))
		for i, r := range one.list {
			sums[i] = r.GSTAmounts
		}
		add(one.name, len(one.list), sums)
	}
	small := make([]orders.GSTAmounts, len(v.B2CSmall))
	for i, r := range v.B2CSmall {
		small[i] = r.GSTAmounts
	}
	add("b2c_small", len(small), small)
	return append(out, table{name: "documents", sum: v.Documents, total: true}, table{name: "ledger", sum: v.Ledger, total: true})
}
