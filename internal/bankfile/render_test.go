package bankfile_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"saebaan/internal/bankfile"
	"saebaan/internal/fault"
	"saebaan/internal/money"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (-update writes it anew), %v:\n%s", name, err, got)
	}
}

// people are paid by bank; the names are as a person may have written them.
func people(rail string) []bankfile.Payment {
	bank := map[string]string{"INTERNAL": "HDFC0002854"}[rail]
	if bank == "" {
		bank = "BARB0HARDOI"
	}
	var out []bankfile.Payment
	for i, name := range []string{"शबाना ख़ातून", "نسرین بانو", `=HYPERLINK("http://evil.example","Sunita")`, "Maria D’Souza", "Smt. Mohammadi Begum Siddiqui Ansari of Kakori Town"} {
		out = append(out, bankfile.Payment{Reference: "SB0000000000A" + string("ABCDE"[i]), Rail: rail, Name: name, Account: "0012345678901"[:9+i], IFSC: bank,
			Amount: money.Paise(10_000 + 12_345*int64(i)), Remarks: "Saebaan 2026-11-16"})
	}
	return out
}

func byUPI() []bankfile.Payment {
	out := people("UPI")
	for i := range out {
		out[i].Account, out[i].IFSC, out[i].UPI = "", "", "artisan."+string("abcde"[i])+"@okaxis"
	}
	return out
}

func batch(payments ...bankfile.Payment) bankfile.Batch {
	return bankfile.Batch{ID: "run-2026-11-16", Date: "2026-11-16", Client: "LMST", Serial: 1, Block: 4711, Head: strings.Repeat("0f", 32),
		Debit: bankfile.Debit{Name: "Lucknow Trust", Account: "50100123456789", IFSC: "HDFC0000001", Email: "accounts@trust.example"}, Payments: payments}
}

// inCash are people who have no account.
func inCash() []bankfile.Payment {
	out := people("CASH")
	for i := range out {
		out[i].Account, out[i].IFSC = "", ""
	}
	return out
}

func layout(t testing.TB, id string) bankfile.Layout {
	t.Helper()
	l, err := bankfile.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestGoldenFiles(t *testing.T) {
	second := func(list []bankfile.Payment) []bankfile.Payment {
		for i := range list {
			list[i].Reference = strings.Replace(list[i].Reference, "SB0", "SB1", 1)
		}
		return list
	}
	mixed := slices.Concat(people("NEFT"), second(byUPI()))
	for _, c := range []struct {
		layout   bankfile.Layout
		payments []bankfile.Payment
		name     string
		control  string
	}{
		{layout(t, "hdfc_enet.1"), slices.Concat(people("NEFT"), second(people("INTERNAL"))), "LMST1611.001", ""},
		{layout(t, "hdfc_value.1"), people("NEFT"), "LMST1611.001", ""},
		{layout(t, "union_neft.1"), people("NEFT"), "LMST20261116001.txt", ""},
		{layout(t, "generic_csv.1"), mixed, "run-2026-11-16.csv", ""},
		{layout(t, "generic_xlsx.1"), mixed, "run-2026-11-16.xlsx", ""},
		{layout(t, "upi_list.1"), byUPI(), "run-2026-11-16-upi.csv", ""},
		{layout(t, "vouchers.2"), inCash(), "run-2026-11-16_vouchers.csv", ""},
		{parsed(t, "fixed.toml"), people("IMPS"), "LMST.001", "13717283825"},
		{parsed(t, "piped.toml"), slices.Concat(byUPI(), second(people("INTERNAL"))), "LMST.txt", "7ad6243697ad6324"},
	} {
		name, file, totals, err := bankfile.Render(c.layout, batch(c.payments...))
		if err != nil {
			t.Fatal(c.layout.ID, fault.Of(err), fault.Of(err).Fields)
		}
		var sum money.Paise
		for _, p := range c.payments {
			sum += p.Amount
		}
		if name != c.name || totals.Count != len(c.payments) || totals.Sum != sum || !strings.HasPrefix(totals.Control, c.control) || (totals.Control == "") != (c.control == "") {
			t.Errorf("%s: %s, %+v", c.layout.ID, name, totals)
		}
		golden(t, c.layout.ID+filepath.Ext(c.name), file)
	}
}

// Nothing of a machine, a time or a place is in a workbook.
func TestAWorkbookIsTheSameEachTime(t *testing.T) {
	b := batch(slices.Concat(people("NEFT"))...)
	render := func() []byte {
		_, file, _, err := bankfile.Render(layout(t, "generic_xlsx.1"), b)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := render()
	zone := time.Local
	defer func() { time.Local = zone }()
	time.Local = time.FixedZone("far", 14*3600)
	t.Setenv("TZ", "Pacific/Kiritimati")
	time.Sleep(1100 * time.Millisecond) // a clock of seconds would have moved on
	for range 20 {
		if !bytes.Equal(first, render()) {
			t.Fatal("the same batch gives another file")
		}
	}
}

// Accounts, codes and references are text, so that no zero is lost and no
// formula computed; amounts are numbers of two decimals.
func TestWorkbookCells(t *testing.T) {
	payments := people("NEFT")
	payments[0].Account = "000012345678901234"
	_, file, _, err := bankfile.Render(layout(t, "generic_xlsx.1"), batch(payments...))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]string{"A2": "SB0000000000AA", "D2": "000012345678901234", "E2": "BARB0HARDOI", "G2": "100.00", "I2": "शबाना ख़ातून",
		"I3": "نسرین بانو", "I4": `=HYPERLINK("http://evil.example","Sunita")`, "G7": "1734.50", "A7": "TOTAL"} {
		got, err := f.GetCellValue("Payments", cell)
		kind, kindErr := f.GetCellType("Payments", cell)
		formula, formulaErr := f.GetCellFormula("Payments", cell)
		text := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString
		if got != want || formula != "" || text == strings.HasPrefix(cell, "G") || errors.Join(err, kindErr, formulaErr) != nil {
			t.Errorf("%s is %q, type %v, formula %q", cell, got, kind, formula)
		}
	}
}

// faulty are payments that a layout cannot carry: each is named with the reason.
func TestAPaymentThatDoesNotFitIsNamed(t *testing.T) {
	const account = "987654321012345"
	for _, c := range []struct {
		name, layout, at, why string
		spoil                 func(*bankfile.Batch, *bankfile.Payment)
	}{
		{"rail not carried", "hdfc_enet.1", "SB1", "does not carry", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail = "IMPS" }},
		{"no rail", "generic_csv.1", "SB1", "does not carry", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail = "" }},
		{"UPI in a bank's file", "union_neft.1", "SB1", "does not carry", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail, p.UPI = "UPI", "a.b@upi" }},
		{"two ways at once", "generic_csv.1", "SB1", "both", func(_ *bankfile.Batch, p *bankfile.Payment) { p.UPI = "asha@upi" }},
		{"UPI with an account", "generic_csv.1", "SB1", "both", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail, p.UPI = "UPI", "asha@upi" }},
		{"bad UPI id", "upi_list.1", "SB1", "UPI id", func(_ *bankfile.Batch, p *bankfile.Payment) {
			p.Rail, p.Account, p.IFSC, p.UPI = "UPI", "", "", "asha at upi"
		}},
		{"an amount of none", "hdfc_enet.1", "SB1", "cannot be paid", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Amount = 0 }},
		{"a negative amount", "hdfc_enet.1", "SB1", "cannot be paid", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Amount = -100 }},
		{"a boundless amount", "hdfc_enet.1", "SB1", "cannot be paid", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Amount = 1<<63 - 1 }},
		{"less than a rupee", "hdfc_enet.1", "SB1", "₹1.00", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Amount = 99 }},
		{"over IMPS's limit", "generic_csv.1", "SB1", "₹5,00,000.00", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail, p.Amount = "IMPS", 5_000_000_1 }},
		{"over IMPS's limit of its day", "generic_csv.1", "SB1", "₹2,00,000.00", func(b *bankfile.Batch, p *bankfile.Payment) {
			b.Date, p.Rail, p.Amount = "2021-10-07", "IMPS", 20_000_001
		}},
		{"over UPI's limit", "upi_list.1", "SB1", "₹1,00,000.00", func(_ *bankfile.Batch, p *bankfile.Payment) {
			p.Rail, p.Account, p.IFSC, p.UPI, p.Amount = "UPI", "", "", "asha@upi", 10_000_001
		}},
		{"before any limit is known", "hdfc_enet.1", "SB1", "no limit is known", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Date = "2010-01-01" }},
		{"another bank's account as our bank's", "hdfc_enet.1", "SB1", "own bank", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Rail = "INTERNAL" }},
		{"a short account", "hdfc_enet.1", "SB1", "9 to 18 digits", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Account = "12345678" }},
		{"an account in Hindi digits", "hdfc_enet.1", "SB1", "9 to 18 digits", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Account = "१२३४५६७८९०" }},
		{"no account", "generic_xlsx.1", "SB1", "9 to 18 digits", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Account = "" }},
		{"a bad IFSC", "hdfc_enet.1", "SB1", "IFSC", func(_ *bankfile.Batch, p *bankfile.Payment) { p.IFSC = "BKID1006046" }},
		{"a name that leaves nothing", "hdfc_enet.1", "SB1", "Beneficiary Name: nothing is left", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Name = "王芳" }},
		{"a name of dots alone", "hdfc_enet.1", "SB1", "Beneficiary Name: nothing is left", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Name = "..." }},
		{"no remarks where the bank wants some", "union_neft.1", "SB1", "Transaction Remarks: nothing", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Remarks = "!" }},
		{"a long reference", "hdfc_enet.1", "SB12345678901234567890", "longer than the bank takes", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Reference = "SB12345678901234567890" }},
		{"a reference with a hyphen", "hdfc_enet.1", "SB-1", "character", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Reference = "SB-1" }},
		{"a reference with a comma", "generic_csv.1", "payment 2", "letters, digits", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Reference = "SB,1" }},
		{"no reference", "generic_csv.1", "payment 2", "letters, digits", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Reference = "" }},
		{"the same reference twice", "hdfc_enet.1", "SB0", "twice", func(_ *bankfile.Batch, p *bankfile.Payment) { p.Reference = "SB0" }},
		{"an amount wider than its column", "union_neft.1", "SB1", "Amount: is longer", func(b *bankfile.Batch, p *bankfile.Payment) {
			p.Amount, b.Payments = money.Max, b.Payments[1:]
		}},
		{"a sum beyond counting", "hdfc_enet.1", "SB1", "sum is too large", func(b *bankfile.Batch, p *bankfile.Payment) { p.Amount = money.Max }},
		{"no client code for the file's name", "hdfc_enet.1", "client", "file's name", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Client = "" }},
		{"a client code that is a path", "hdfc_enet.1", "file", "character", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Client = "../x" }},
		{"no serial for the file's name", "hdfc_enet.1", "serial3", "file's name", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Serial = 1000 }},
		{"a corporate id with a comma", "union_neft.1", "Corporate id", "character", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Client = "LM,ST" }},
		{"no account of ours", "union_neft.1", "SB0", "Debit Account Number: is missing", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Debit.Account = "" }},
		{"a batch without payments", "generic_csv.1", "payments", "are 0", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Payments = nil }},
		{"a date of no calendar", "generic_csv.1", "date", "year-month-day", func(b *bankfile.Batch, _ *bankfile.Payment) { b.Date = "2026-02-30" }},
		{"a batch without an id", "generic_csv.1", "id", "is not one", func(b *bankfile.Batch, _ *bankfile.Payment) { b.ID = "" }},
		{"a batch id that is a path", "generic_csv.1", "id", "is not one", func(b *bankfile.Batch, _ *bankfile.Payment) { b.ID = "../../x" }},
	} {
		pay := bankfile.Payment{Reference: "SB0", Rail: "NEFT", Name: "Asha", Account: account, IFSC: "BARB0HARDOI", Amount: 100, Remarks: "November"}
		if c.layout == "upi_list.1" {
			pay = bankfile.Payment{Reference: "SB0", Rail: "UPI", Name: "Asha", UPI: "asha.devi@upi", Amount: 100}
		}
		spoiled := pay
		spoiled.Reference, spoiled.Account = "SB1", account
		b := batch(pay, spoiled)
		c.spoil(&b, &b.Payments[1])
		name, file, totals, err := bankfile.Render(layout(t, c.layout), b)
		f := fault.Of(err)
		if !errors.Is(err, bankfile.ErrBatch) || name != "" || file != nil || totals != (bankfile.Totals{}) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.ContainsFunc(f.Fields, func(g fault.Field) bool { return g.Location == c.at && strings.Contains(g.Message, c.why) }) {
			t.Errorf("%s: %v", c.name, f.Fields)
		}
		for _, g := range f.Fields {
			if strings.Contains(g.Location+g.Message, account) {
				t.Errorf("%s: the fault tells an account number", c.name)
			}
		}
	}
}

// Every payment at fault is named, not the first alone.
func TestAllThatDoNotFitAreNamed(t *testing.T) {
	payments := people("NEFT")
	payments[1].Amount, payments[3].Name = 0, "王"
	_, _, _, err := bankfile.Render(layout(t, "hdfc_enet.1"), batch(payments...))
	if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Location != payments[1].Reference {
		t.Errorf("%v", err)
	}
	payments[1].Name, payments[1].Amount = "%%", 100
	_, _, _, err = bankfile.Render(layout(t, "hdfc_enet.1"), batch(payments...))
	if f := fault.Of(err); f == nil || len(f.Fields) != 2 || f.Fields[0].Location != payments[1].Reference || f.Fields[1].Location != payments[3].Reference {
		t.Errorf("%v", err)
	}
}

func TestAFileIsNotLargerThanTheBankTakes(t *testing.T) {
	l := parsed(t, "piped.toml")
	var payments []bankfile.Payment
	for i := range 60 {
		payments = append(payments, bankfile.Payment{Reference: "SB" + string(rune('A'+i/26)) + string(rune('A'+i%26)), Rail: "UPI", Name: "x", UPI: "asha.devi@upi", Amount: 100, Remarks: "सूट | कढ़ाई"})
	}
	if _, file, _, err := bankfile.Render(l, batch(payments[:10]...)); err != nil || len(file) > 2000 {
		t.Error(len(file), err)
	}
	if _, _, _, err := bankfile.Render(l, batch(payments...)); fault.Of(err) == nil || !strings.Contains(fault.Of(err).Fields[0].Message, "2000") {
		t.Error(err)
	}
	spoiled := payments[0]
	spoiled.Remarks = "a|b"
	if _, _, _, err := bankfile.Render(l, batch(spoiled)); fault.Of(err) == nil || !strings.Contains(fault.Of(err).Fields[0].Message, "character") {
		t.Error("the delimiter in a remark:", err)
	}
	l.MaxBytes, l.MaxRows = 0, 39
	if _, _, _, err := bankfile.Render(l, batch(payments...)); fault.Of(err) == nil || !strings.Contains(fault.Of(err).Fields[0].Message, "1 to 39") {
		t.Error(err)
	}
	l.Kind = "pdf"
	if _, _, _, err := bankfile.Render(l, batch(payments...)); !errors.Is(err, bankfile.ErrLayout) {
		t.Error(err)
	}
}
