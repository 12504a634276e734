package storefront_test

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
	"saebaan/payouts"
)

// file is a page taken away as CSV: its facts by label, its table and its totals.
type file struct {
	name   string
	facts  map[string]string
	head   []string
	rows   [][]string
	totals [][]string
}

// kept fetches a page as CSV and XLSX, which must hold the same cells.
func (b *browser) kept(path string, totals int) file {
	t := b.shop.t
	t.Helper()
	as := path + "?as="
	if strings.Contains(path, "?") {
		as = path + "&as="
	}
	a := b.get(as + "csv")
	if a.status != 200 || !strings.HasPrefix(a.body, "\ufeff") || strings.Count(a.body, "\n") != strings.Count(a.body, "\r\n") || a.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("%s: %d %v %.300s", path, a.status, a.header, a.body)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff")))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	must(t, err)
	f := file{name: regexp.MustCompile(`filename="([^"]+)"`).FindStringSubmatch(a.header.Get("Content-Disposition"))[1], facts: map[string]string{}}
	i := 1
	for ; len(records[i]) == 2; i++ {
		f.facts[records[i][0]] = records[i][1]
	}
	f.head, f.rows, f.totals = records[i], records[i+1:len(records)-totals], records[len(records)-totals:]
	for _, fact := range []string{"Made at", "Made by", "Rows"} {
		if f.facts[fact] == "" {
			t.Errorf("%s does not say %q: %v", path, fact, f.facts)
		}
	}
	if f.facts["Rows"] != strconv.Itoa(len(f.rows)) {
		t.Errorf("%s has %d rows and says %s", path, len(f.rows), f.facts["Rows"])
	}
	b.sameBook(as+"xlsx", records)
	return f
}

// sameBook compares the cells of the XLSX with those of the CSV.
func (b *browser) sameBook(path string, records [][]string) {
	t := b.shop.t
	t.Helper()
	a := b.get(path)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(a.body)))
	if err != nil {
		t.Fatalf("%s: %d %v", path, a.status, err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	must(t, err)
	var full [][]string // encoding/csv leaves empty lines out
	for _, row := range rows {
		if len(row) > 0 {
			full = append(full, row)
		}
	}
	if len(full) != len(records) {
		t.Fatalf("%s has %d rows, the CSV %d", path, len(full), len(records))
	}
	for i, row := range full {
		for j, cell := range row {
			if want := strings.TrimPrefix(records[i][j], "'"); cell != want && records[i][0] != "Made at" {
				t.Errorf("%s row %d: %q, in the CSV %q", path, i, cell, want)
			}
		}
	}
}

// column sums a column of a file's rows, in paise.
func (f file) column(t *testing.T, name string) (sum money.Paise) {
	t.Helper()
	for i, head := range f.head {
		if head != name {
			continue
		}
		for _, row := range f.rows {
			if i >= len(row) || row[i] == "" {
				continue
			}
			p, err := money.Parse(strings.TrimPrefix(row[i], "-"))
			must(t, err)
			if strings.HasPrefix(row[i], "-") {
				p = -p
			}
			sum += p
		}
		return sum
	}
	t.Fatalf("no column %s in %v", name, f.head)
	return 0
}

// exports counts what the audit knows of files taken away.
func (s *shop) exports() (n int) {
	s.t.Helper()
	must(s.t, s.db.Get(s.t.Context(), &n, `SELECT COUNT(1) FROM audit WHERE action = 'export'`))
	return n
}

var href = regexp.MustCompile(`href="(/office/books/(?:accounts|entries)/[^"?]+)"`)

func TestTheBooksFromTotalToEntry(t *testing.T) {
	s := open(t)
	nusrat, meera := s.browser().signIn("nusrat"), s.browser().signIn("meera")
	order := s.order(s.browser(), "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	if !strings.Contains(meera.get("/office").body, `href="/office/books"`) {
		t.Error("the office does not lead to the books")
	}
	trial := meera.get("/office/books").shows(200, "Both columns have the same sum", "What the trust owes", "Cost heads")
	f := meera.kept("/office/books", 6)
	debit, credit := f.column(t, "Debit"), f.column(t, "Credit")
	if debit != credit || debit == 0 || f.totals[5][3] != debit.Plain() || !strings.Contains(textOf(trial.body), "Debit "+debit.String()) {
		t.Errorf("%s and %s: %v", debit, credit, f.totals)
	}
	if !regexp.MustCompile(`^trial-balance-block-\d+\.csv$`).MatchString(f.name) || f.facts["Made by"] != "meera" {
		t.Error(f.name, f.facts)
	}
	// one tap to the account, a second to the entry
	account := meera.get("/office/books/accounts/trust:fund").shows(200, "Brought forward", "At the end")
	if !strings.Contains(trial.body, `href="/office/books/accounts/trust:fund"`) {
		t.Error("the trial balance does not lead to its accounts")
	}
	f = meera.kept("/office/books/accounts/trust:fund", 1)
	if closing := f.totals[0][6]; f.column(t, "Credit") == 0 || closing != (f.column(t, "Debit")-f.column(t, "Credit")).Plain() || !strings.HasPrefix(f.name, "account-") {
		t.Errorf("%s closes at %s: %v", f.name, closing, f.rows)
	}
	var entry string
	for _, m := range href.FindAllStringSubmatch(account.body, -1) {
		if strings.Contains(m[1], "/entries/") {
			entry = m[1]
		}
	}
	meera.get(entry).shows(200, "sale", "Postings", "trust:fund", "block ", "Fingerprint")
	f = meera.kept(entry, 1)
	if d, c := f.column(t, "Debit"), f.column(t, "Credit"); d != c || d == 0 || f.totals[0][1] != d.Plain() {
		t.Errorf("entry: %v", f.rows)
	}
	today := s.db.Clock.Now().Date()
	meera.get("/office/books?date="+today).shows(200, "Both columns")
	meera.get("/office/books?block=1").shows(200, "Both columns")
	meera.get("/office/books?block=99999").shows(404, "There is no such block")
	meera.get("/office/books?block=x").shows(422)
	meera.get("/office/books?block=1&date=" + today).shows(422)
	meera.get("/office/books/accounts/head:margin").shows(404, "Nothing was ever entered")
	meera.get("/office/books/accounts/trust:fund?from=2026-02-30").shows(422)
	meera.get("/office/books/entries/ent_none").shows(404)
	s.booksAreForFinance(order)
}

// booksAreForFinance: nobody else opens a page or takes a file away.
func (s *shop) booksAreForFinance(order string) {
	before := s.exports()
	if before != 6 {
		s.t.Errorf("%d files in the audit, six were taken", before)
	}
	asha := s.browser().signIn("asha")
	for _, path := range []string{"/office/books", "/office/books/accounts/trust:fund", "/office/books/entries", "/office/bills", "/office/closings", "/office/tds"} {
		s.browser().get(path).shows(200, "Sign in")
		asha.get(path).shows(403)
		asha.get(path + "?as=csv").shows(403)
	}
	if s.exports() != before {
		s.t.Error("a refused file is in the audit")
	}
	s.browser().signIn("farah").get("/office/books/entries?order="+order).shows(200, "sale")
}

func TestEntriesAreFoundThroughTheForm(t *testing.T) {
	s := open(t)
	nusrat, meera := s.browser().signIn("nusrat"), s.browser().signIn("meera")
	order := s.order(s.browser(), "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	found := meera.get("/office/books/entries?account=head:pack&amount=₹34.00").shows(200, "sale")
	if !strings.Contains(found.body, `value="head:pack"`) || !strings.Contains(found.body, `value="₹34.00"`) {
		t.Error("what was asked for is not kept")
	}
	f := meera.kept("/office/books/entries?order="+order, 1)
	if f.facts["Order"] != order || len(f.rows) < 2 || f.column(t, "Amount").Plain() != f.totals[0][3] {
		t.Errorf("%v %v", f.facts, f.rows)
	}
	meera.get("/office/books/entries?amount=lots").shows(422, "This is not an amount in rupees")
	meera.get("/office/books/entries?from=2026-02-30").shows(422, "A day is written")
	meera.get("/office/books/entries?reference=nothing").shows(200, "No entry is like this")
	meera.get("/office/books/entries?reference=%27%3B--&kind=%3Cb%3E").shows(200, "No entry is like this").hides("<b>")
	meera.get("/office/books/entries?after=x").shows(422)
}

// Many entries are paged, and many accounts of one family are one row.
func TestLongBooksArePaged(t *testing.T) {
	s := open(t)
	must(t, s.db.Write(t.Context(), func(tx *db.Tx) error {
		var all []*ledger.Entry
		for i := range 230 {
			n := strconv.Itoa(i)
			all = append(all, ledger.New("sale", "many:"+n, "test").Debit(ledger.Stripe, money.Paise(i+1), ledger.Tags{}).Credit(ledger.Held("art_"+n), money.Paise(i+1), ledger.Tags{Artisan: "art_" + n}))
		}
		_, err := ledger.PostAll(tx, all)
		return err
	}))
	meera := s.browser().signIn("meera")
	trial := meera.get("/office/books").shows(200, "liability:artisan:*:held 230 accounts", "₹265.65")
	family := regexp.MustCompile(`href="(/office/books\?family=[^"]+)"`).FindStringSubmatch(trial.body)[1]
	first := meera.get(family).shows(200, "₹265.65", "art_0:held")
	second := meera.get(strings.ReplaceAll(regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.body)[1], "&amp;", "&"))
	if n := strings.Count(first.body, "/office/books/accounts/"); n != 200 {
		t.Errorf("%d accounts on the first page", n)
	}
	if n := strings.Count(second.body, "/office/books/accounts/"); n != 30 {
		t.Errorf("%d accounts on the second page", n)
	}
	if f := meera.kept(family, 1); len(f.rows) != 200 || f.totals[0][4] != "265.65" || f.facts["A part; it goes on after"] == "" {
		t.Errorf("%d rows, %v, %v", len(f.rows), f.totals, f.facts)
	}
	account := meera.get("/office/books/accounts/asset:stripe").shows(200, "230 movements", "₹201.00")
	next := strings.ReplaceAll(regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(account.body)[1], "&amp;", "&")
	meera.get(next).shows(200, "Brought forward ₹201.00", "₹265.65")
	list := meera.get("/office/books/entries?reference=many:")
	next = strings.ReplaceAll(regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(list.body)[1], "&amp;", "&")
	if n := strings.Count(meera.get(next).body, "<code>many:"); n != 30 {
		t.Errorf("%d entries on the second page", n)
	}
}

func TestRunsAndStatementsAreTakenAway(t *testing.T) {
	s := open(t)
	nusrat, meera := s.browser().signIn("nusrat"), s.browser().signIn("meera")
	order := s.order(s.browser(), "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	nusrat.post("/office/orders/"+order+"/deliver", nil).shows(200)
	s.later(8 * 24 * time.Hour)
	run := meera.signIn("meera").post("/office/runs", nil).shows(200, "Keep as CSV", "Keep as Excel")
	f := meera.kept(run.path, 2)
	if sum := f.column(t, "Amount"); sum == 0 || f.totals[0][7] != sum.Plain() || !strings.Contains(textOf(run.body), "Total "+sum.String()) || strings.Contains(f.name, "bano") {
		t.Errorf("run: %s, %v", sum, f.totals)
	}
	if strings.Contains(strings.Join(f.rows[0], " "), ".test@upi") {
		t.Errorf("an account stands whole in the file: %v", f.rows[0])
	}
	page := meera.get("/office/artisans/"+s.people["shabana"]).shows(200, "Keep as CSV")
	f = meera.kept("/office/artisans/"+s.people["shabana"], 2)
	earned, err := money.Parse(f.totals[0][1])
	must(t, err)
	if len(f.rows) == 0 || earned == 0 || !strings.Contains(textOf(page.body), earned.String()+" earned") || strings.Contains(f.name, s.people["shabana"]) || f.facts["Artisan"] != "Shabana Bano" {
		t.Errorf("statement %s: %v %v", f.name, f.facts, f.totals)
	}
}

// The PANs stand masked on the page and whole in the file of those who prepare
// and approve; an administrator's file has them masked.
func TestTaxThroughThePage(t *testing.T) {
	s := open(t)
	nusrat, meera := s.browser().signIn("nusrat"), s.browser().signIn("meera")
	maker := s.people["shabana"]
	nusrat.post("/office/artisans/"+maker+"/pan", url.Values{"pan": {"ABMPA3211G"}}).shows(200)
	must(t, s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := ledger.Post(tx, ledger.New("sale", "big", "test").Debit(ledger.Stripe, 90_000_00, ledger.Tags{}).Credit(ledger.Payable(maker), 90_000_00, ledger.Tags{Artisan: maker, Nature: "wage"}))
		return err
	}))
	run := meera.post("/office/runs", nil).shows(200)
	meera.post(run.path+"/submit", nil).shows(200)
	year, quarter := payouts.QuarterOn(s.db.Clock.Now().Date())
	path := "/office/tds?year=" + year + "&quarter=" + strconv.Itoa(quarter)
	meera.get(path).shows(200, "The rows and the book agree", "ABXXXXXXXG", "₹900.00", "393(1) 1017", "1 %").hides("ABMPA3211G")
	f := meera.kept(path, 1)
	if len(f.rows) != 1 || f.rows[0][1] != "ABMPA3211G" || f.column(t, "Tax deducted") != 900_00 || f.facts["In the book liability:tds:contract"] != "900.00" {
		t.Errorf("%v %v", f.facts, f.rows)
	}
	if f := nusrat.kept(path, 1); f.rows[0][1] != "ABXXXXXXXG" {
		t.Errorf("an administrator's file: %v", f.rows)
	}
	meera.get("/office/tds").shows(200, "₹900.00")
	meera.get("/office/tds?year=2019-20&quarter=1").shows(200, "No tax was deducted")
	meera.get("/office/tds?year=2019-21").shows(422)
	meera.get("/office/tds?quarter=x").shows(422)
}

// A bill is entered and paid, a month closed by two, all through the forms; then
// everybody can read it.
func TestBillsAndClosingsThroughForms(t *testing.T) {
	s := open(t)
	nusrat, meera, farah := s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	order := s.order(s.browser(), "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	s.browser().get("/open-books").shows(200, "No month was closed yet")
	form := meera.get("/office/bills").shows(200, "There is no bill here").form("/office/bills")
	bill := func(pairs ...string) url.Values {
		typed := url.Values{"key": form["key"]}
		return with(with(typed, "account", "head:packing", "supplier", "Ganga <b>Packers</b>", "number", "gp/1", "date", "2026-04-01", "amount", "1,050.50", "paid_from", "owed"), pairs...)
	}
	again := meera.post("/office/bills", bill("amount", "lots")).shows(422, "This is not an amount")
	if !strings.Contains(again.body, `value="gp/1"`) || !strings.Contains(again.body, `value="lots"`) {
		t.Error("what was typed is not kept")
	}
	meera.post("/office/bills", bill("number", "=1")).shows(422, "The bill cannot be entered", "The number as it stands on the bill")
	page := meera.post("/office/bills", bill()).shows(200, "Ganga <b>Packers</b>", "GP/1", "₹1,050.50", "not yet: owed")
	meera.post("/office/bills", bill()).shows(200) // a double click
	meera.post("/office/bills", bill("key", "another")).shows(409, "has been entered already")
	ids := regexp.MustCompile(`id="(bil_[a-z0-9]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(ids) != 1 {
		t.Fatalf("%d bills", len(ids))
	}
	farah.get("/office/bills?owed=true").shows(200, "GP/1").hides("/pay")
	farah.post("/office/bills/"+ids[0][1]+"/pay", url.Values{"from": {"bank"}, "reference": {"UTR-1"}}).shows(403)
	meera.post("/office/bills/"+ids[0][1]+"/pay", url.Values{"from": {"bank"}, "reference": {""}}).shows(422, "The voucher’s or transfer’s number")
	meera.post("/office/bills/"+ids[0][1]+"/pay", url.Values{"from": {"bank"}, "reference": {"UTR-1"}}).shows(200, "paid on", "UTR-1")
	meera.post("/office/bills/"+ids[0][1]+"/pay", url.Values{"from": {"bank"}, "reference": {"UTR-1"}}).shows(409, "paid already")
	meera.get("/office/books/entries?reference=bill:"+ids[0][1]).shows(200, "₹1,050.50")
	s.closesThroughForms()
}

func (s *shop) closesThroughForms() {
	kavita, farah := s.browser().signIn("kavita"), s.browser().signIn("farah")
	month := s.db.Clock.Now().Date()[:7]
	kavita.post("/office/closings", url.Values{"month": {month}}).shows(422, "it is closed when it is over")
	s.later(32 * 24 * time.Hour)
	kavita, farah = kavita.signIn("kavita"), farah.signIn("farah")
	page := kavita.post("/office/closings", url.Values{"month": {month}}).shows(200, "You proposed this; another person must decide", "Packing", "₹1,050.50").hides(`type="password"`)
	kavita.post("/office/closings", url.Values{"month": {month}}).shows(409, "Another closing waits")
	id := regexp.MustCompile(`id="(clo_[a-z0-9]+)"`).FindStringSubmatch(page.body)[1]
	yes := func(word string) url.Values { return url.Values{"decision": {"yes"}, "password": {word}} }
	decide := "/office/closings/" + id + "/decide"
	kavita.post(decide, yes(password)).shows(403, "another person must decide")
	farah.get("/office/closings").shows(200, "Close: the fund bears ₹871.10")
	farah.post(decide, yes("not mine at all")).shows(403, "type your own password again")
	s.browser().get("/open-books").shows(200, "No month was closed yet")
	farah.post(decide, yes(password)).shows(200, "closed")
	farah.post(decide, yes(password)).shows(409, "decided already")
	kavita.post("/office/closings", url.Values{"month": {month}}).shows(409, "closed already")
	public := s.browser().get("/open-books").shows(200, "Packing", "₹1,050.50", "Promised", "Difference").hides("usr_", "kavita", "farah")
	if strings.Contains(public.body, "noindex") || !strings.Contains(s.browser().get("/").body, `href="/open-books"`) {
		s.t.Error("the open books are hidden")
	}
	s.invariants()
}

func TestHindiBooksHaveNoEnglishInThem(t *testing.T) {
	s := open(t)
	nusrat, meera, farah := s.browser().signIn("nusrat"), s.browser().signIn("meera"), s.browser().signIn("farah")
	order := s.order(s.browser(), "kurta")
	nusrat.post("/office/orders/"+order+"/dispatch", nil).shows(200)
	meera.post("/office/bills", url.Values{"account": {"head:packing"}, "supplier": {"Ganga"}, "number": {"1"}, "date": {"2026-04-01"}, "amount": {"5"}, "paid_from": {"owed"}}).shows(200)
	meera.post("/office/closings", url.Values{"month": {"2020-01"}}).shows(200)
	entry := ""
	for _, m := range href.FindAllStringSubmatch(meera.get("/office/books/entries").body, -1) {
		entry = m[1]
	}
	guest := s.browser()
	for _, b := range []*browser{meera, farah, guest} {
		b.cookies["lang"] = "hi"
	}
	for _, path := range []string{"/office/books", "/office/books?family=x", "/office/books/accounts/trust:fund", "/office/books/entries", "/office/books/entries?amount=x", entry,
		"/office/bills", "/office/closings", "/office/tds"} {
		meera.get(path).isHindi()
		farah.get(path).isHindi()
	}
	meera.post("/office/bills", url.Values{"amount": {"5"}}).isHindi().shows(422)
	meera.post("/office/closings", url.Values{"month": {"x"}}).isHindi().shows(422)
	guest.get("/open-books").isHindi()
}
