package views

import (
	"strings"

	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/internal/sheet"
	"saebaan/payouts"
)

// optional is an amount, or nothing for zero.
func optional(p money.Paise) sheet.Cell {
	if p == 0 {
		return sheet.Text("")
	}
	return sheet.Amount(p)
}

// more says that the page shows a part of a longer list.
func more(t *sheet.Table, p Page, next string) {
	if next != "" {
		t.Fact(p.T("sheet.part"), sheet.Text(next))
	}
}

// Sheet is the trial balance as a file.
func (v TrialView) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "trial-balance-block-" + itoa(v.Block.No) + "-" + v.Date, Title: p.Title,
		Columns: []string{p.T("books.class"), p.T("books.account"), p.T("books.how_many"), p.T("books.debit"), p.T("books.credit")}}
	t.Fact(p.T("books.block"), sheet.Count(v.Block.No))
	t.Fact(p.T("books.hash"), sheet.Text(v.Block.Hash))
	if v.Date != "" {
		t.Fact(p.T("books.date"), sheet.Text(v.Date))
	}
	add := func(class string, rows []trialRow) {
		for _, r := range rows {
			t.Add(sheet.Text(p.T("class."+class)), sheet.Text(r.name), sheet.Count(r.Accounts), optional(r.Debit), optional(r.Credit))
		}
	}
	sums := func(class string, s ledger.Sums) {
		t.Total(sheet.Text(class), sheet.Text(p.T("run.total")), sheet.Count(s.Accounts), sheet.Amount(s.Debit), sheet.Amount(s.Credit))
	}
	if v.Family != "" {
		rows, sum, next := v.family()
		t.Fact(p.T("sheet.filter"), sheet.Text(v.Family))
		more(&t, p, next)
		add(ledger.Account(v.Family).Class(), rows)
		sums("", sum)
		return t
	}
	for _, c := range v.classes() {
		add(c.name, c.rows)
		sums(p.T("class."+c.name), c.Sums)
	}
	sums("", v.Sums)
	return t
}

// Sheet is a page of an account's movements as a file.
func (v AccountView) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "account-" + v.From + "-" + v.To, Title: string(v.AccountPage.Account),
		Columns: []string{p.T("statement.day"), p.T("books.entry"), p.T("books.kind"), p.T("books.reference"), p.T("books.debit"), p.T("books.credit"), p.T("books.balance"), p.T("office.order")}}
	t.Fact(p.T("sheet.filter"), sheet.Text(v.From+" – "+v.To))
	t.Fact(p.T("books.opening"), sheet.Amount(v.Opening))
	t.Fact(p.T("books.brought"), sheet.Amount(v.Brought))
	more(&t, p, v.Next)
	for _, m := range v.Movements {
		t.Add(sheet.Text(m.BusinessDate), sheet.Text(m.EntryID), sheet.Text(m.Kind), sheet.Text(m.Reference), optional(max(0, m.Paise)), optional(max(0, -m.Paise)),
			sheet.Amount(m.Balance), sheet.Text(m.Order))
	}
	t.Total(sheet.Text(p.T("books.closing")), sheet.Text(""), sheet.Text(""), sheet.Text(""), sheet.Amount(v.Debit), sheet.Amount(v.Credit), sheet.Amount(v.Closing))
	return t
}

// Sheet is what the search found as a file.
func (v EntriesView) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "entries", Title: p.Title,
		Columns: []string{p.T("statement.day"), p.T("books.entry"), p.T("books.kind"), p.T("price.amount"), p.T("books.reference"), p.T("books.block")}}
	for _, name := range []string{"reference", "amount", "account", "kind", "order", "artisan", "lot"} {
		if v.Asked[name] != "" {
			t.Fact(p.T("books.by_"+name), sheet.Text(v.Asked[name]))
		}
	}
	t.Fact(p.T("sheet.filter"), sheet.Text(v.Asked["from"]+" – "+v.Asked["to"]))
	more(&t, p, v.Next)
	var sum money.Paise
	for _, e := range v.List {
		sum += entrySum(e.Entry)
		t.Add(sheet.Text(e.BusinessDate), sheet.Text(e.ID), sheet.Text(e.Kind), sheet.Amount(entrySum(e.Entry)), sheet.Text(e.Reference), sheet.Count(e.Block))
	}
	t.Total(sheet.Text(p.T("run.total")), sheet.Text(""), sheet.Text(""), sheet.Amount(sum))
	return t
}

// Sheet is one entry as a file.
func (v EntryView) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "entry-" + v.ID, Title: v.Reference, Columns: []string{p.T("books.account"), p.T("books.debit"), p.T("books.credit"), p.T("statement.why"),
		p.T("office.order"), p.T("run.artisan"), p.T("write_off.lot")}}
	t.Fact(p.T("statement.day"), sheet.Text(v.BusinessDate))
	t.Fact(p.T("books.kind"), sheet.Text(v.Kind))
	t.Fact(p.T("books.by"), sheet.Text(v.People.who(v.Actor)))
	t.Fact(p.T("books.block"), sheet.Count(v.Block))
	t.Fact(p.T("books.hash"), sheet.Text(v.Hash))
	for _, one := range v.Postings {
		t.Add(sheet.Text(string(one.Account)), optional(max(0, one.Paise)), optional(max(0, -one.Paise)), sheet.Text(one.Nature), sheet.Text(one.Order), sheet.Text(one.Artisan), sheet.Text(one.Lot))
	}
	t.Total(sheet.Text(p.T("run.total")), sheet.Amount(entrySum(v.Entry)), sheet.Amount(entrySum(v.Entry)))
	return t
}

// Sheet is a run as a file: who is paid, what groups get of their own, and who
// is not paid and why.
func (r Run) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "payout-run-" + r.BusinessDate + "-" + r.ID[max(0, len(r.ID)-8):], Title: p.Title, Columns: []string{p.T("sheet.what"), p.T("run.artisan"),
		p.T("sheet.gross"), p.T("moved.tds"), p.T("moved.savings"), p.T("moved.loan"), p.T("moved.recovered"), p.T("price.amount"), p.T("run.before"),
		p.T("run.payee"), p.T("run.reference"), p.T("office.state"), p.T("run.utr")}}
	t.Fact(p.T("office.state"), sheet.Text(p.T("run_state."+string(r.State))))
	t.Fact(p.T("run.prepared_by"), sheet.Text(r.People.who(r.PreparedBy)))
	if r.ApprovedBy != "" {
		t.Fact(p.T("run.approved_by"), sheet.Text(r.People.who(r.ApprovedBy)))
	}
	t.Fact(p.T("run.count"), sheet.Count(r.Count))
	var gross money.Paise
	for _, i := range r.Items {
		t.Add(r.itemCells(p, i)...)
		if i.State != payouts.ItemWithdrawn {
			gross += i.Gross
		}
	}
	none := sheet.Text("")
	for _, g := range r.Transfers {
		if g.Dues() > 0 {
			t.Add(sheet.Text(p.T("run.transfers")), sheet.Text(p.name(g.NameEn, g.NameHi)), none, none, optional(g.Savings), optional(g.Loan), none, sheet.Amount(g.Dues()), none,
				sheet.Text(g.PayeeShown), sheet.Text(g.Reference), sheet.Text(p.T("item."+string(g.State))), sheet.Text(utr(g.UTR)))
		}
	}
	var left money.Paise
	for _, e := range r.Exceptions {
		left += e.Amount
		t.Add(sheet.Text(p.T("sheet.not_paid")), sheet.Text(p.name(e.NameEn, e.NameHi)), sheet.Amount(e.Amount), none, none, none, none, none, none, none, none, sheet.Text(p.Word("reason", e.Reason)))
	}
	t.Total(sheet.Text(p.T("run.total")), none, sheet.Amount(gross), none, none, none, none, sheet.Amount(r.Total))
	t.Total(sheet.Text(p.T("sheet.not_paid")), none, sheet.Amount(left))
	return t
}

// itemCells are the payment of one artisan.
func (r Run) itemCells(p Page, i payouts.Item) []sheet.Cell {
	taken := map[string]money.Paise{}
	for _, d := range i.Deductions {
		taken[d.Kind] += d.Paise
	}
	before := sheet.Text(p.T("run.first"))
	if i.Before != nil {
		before = sheet.Amount(i.Before.Amount)
	}
	state := p.T("item." + string(i.State))
	if i.Reason != "" {
		state += " " + p.Word("reason", i.Reason)
	}
	return []sheet.Cell{sheet.Text(p.T("run.items")), sheet.Text(p.name(i.NameEn, i.NameHi)), sheet.Amount(i.Gross), optional(taken[payouts.KindTDS]), optional(taken[payouts.KindSavings]),
		optional(taken[payouts.KindLoan]), optional(taken[payouts.KindAdvance]), sheet.Amount(i.Amount), before, sheet.Text(p.Word("payee", i.PayeeKind) + " " + i.PayeeShown),
		sheet.Text(i.Reference), sheet.Text(state), sheet.Text(utr(i.UTR))}
}

func utr(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// StatementSheet is an artisan's statement as a file; its name does not say whose.
func StatementSheet(p Page, st payouts.Statement) sheet.Table {
	t := sheet.Table{Name: "statement-" + since(st.From) + "-" + st.To, Title: p.T("statement.title"),
		Columns: []string{p.T("statement.day"), p.T("price.amount"), p.T("statement.what"), p.T("statement.why"), p.T("office.order")}}
	t.Fact(p.T("run.artisan"), sheet.Text(p.name(st.Artisan.NameEn, st.Artisan.NameHi)))
	if st.Artisan.Payee != nil {
		t.Fact(p.T("run.payee"), sheet.Text(st.Artisan.Payee.Masked))
	}
	for _, s := range []struct {
		part string
		sum  money.Paise
	}{{"held", st.Held}, {"payable", st.Payable}, {"claimed", st.Claimed}, {"in_transit", st.InTransit}, {"paid", st.Paid}} {
		t.Fact(p.T("standing."+s.part), sheet.Amount(s.sum))
	}
	t.Fact(p.T("sheet.filter"), sheet.Text(since(st.From)+" – "+st.To))
	for _, m := range movements(st) {
		var why []string
		for _, w := range []string{p.Word("nature", m.nature), p.Word("stage", m.stage), p.Word("reason", m.reason)} {
			if w != "" {
				why = append(why, w)
			}
		}
		t.Add(sheet.Text(m.day), sheet.Amount(m.paise), sheet.Text(p.T("moved."+m.to)), sheet.Text(strings.Join(why, " · ")), sheet.Text(m.order))
	}
	t.Total(sheet.Text(p.T("sheet.earned")), sheet.Amount(st.Earned))
	t.Total(sheet.Text(p.T("sheet.paid_out")), sheet.Amount(st.PaidOut))
	return t
}

// Sheet is a quarter's tax as a file.
func (v TaxView) Sheet(p Page) sheet.Table {
	t := sheet.Table{Name: "tds-" + v.Year + "-q" + itoa(int64(v.Quarter)), Title: p.Title, Columns: []string{p.T("run.artisan"), p.T("tds.pan"), p.T("tds.nature"), p.T("tds.section"), p.T("tds.code"),
		p.T("tds.date"), p.T("tds.gross"), p.T("tds.rate"), p.T("tds.tax"), p.T("nav.runs"), p.T("books.entry")}}
	t.Fact(p.T("sheet.filter"), sheet.Text(v.Year+" "+p.T("tds.quarter")+" "+itoa(int64(v.Quarter))+": "+v.From+" – "+v.To))
	for _, s := range v.Natures {
		t.Fact(p.T("tds.in_book")+" liability:tds:"+s.Nature, sheet.Amount(s.Book))
		t.Fact(p.T("tds.withdrawn"), sheet.Amount(s.Withdrawn))
	}
	t.Fact(p.T("tds.ties"), sheet.Text(map[bool]string{true: p.T("tds.yes"), false: p.T("tds.no")}[v.Ties()]))
	for _, r := range v.Rows {
		t.Add(sheet.Text(p.name(r.NameEn, r.NameHi)), sheet.Text(p.pan(r.PAN)), sheet.Text(r.Nature), sheet.Text(r.Section), sheet.Text(r.Code), sheet.Text(r.Date), sheet.Amount(r.Gross),
			sheet.Text(taxRate(r.Rate)), sheet.Amount(r.Tax), sheet.Text(r.Run), sheet.Text(r.EntryID))
	}
	none := sheet.Text("")
	t.Total(sheet.Text(p.T("run.total")), none, none, none, none, none, sheet.Amount(v.Gross), none, sheet.Amount(v.Tax))
	return t
}
