package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"saebaan/internal/money"
	"saebaan/internal/sheet"
)

func example() sheet.Table {
	t := sheet.Table{Name: "Trial Balance/2026-11-22 \r\n", Title: "Trial balance", Columns: []string{"Account", "Debit", "Credit"}}
	t.Fact("Made by", sheet.Text("=cmd|' /C calc'!A0"))
	t.Fact("Rows", sheet.Count(3))
	t.Add(sheet.Text("00123456789"), sheet.Amount(123456), sheet.Amount(0))
	t.Add(sheet.Text("-5"), sheet.Amount(-50), sheet.Amount(999999999999999))
	t.Add(sheet.Text("@a, \"b\"\nc"), sheet.Text(""), sheet.Text("+91"))
	t.Total(sheet.Text("Total"), sheet.Amount(123406), sheet.Amount(999999999999999))
	return t
}

func TestCSVIsReadAsItIsMeant(t *testing.T) {
	f, err := example().As("csv")
	if err != nil || f.Name != "trial-balance-2026-11-22.csv" {
		t.Fatal(f.Name, err)
	}
	text := string(f.Body)
	if !strings.HasPrefix(text, "\ufeffTrial balance\r\n") || strings.Count(text, "\r\n") != strings.Count(text, "\n") {
		t.Errorf("no BOM or no CRLF: %q", text)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Trial balance"}, {"Made by", "'=cmd|' /C calc'!A0"}, {"Rows", "3"}, {"Account", "Debit", "Credit"},
		{"00123456789", "1234.56", "0.00"}, {"'-5", "-0.50", "9999999999999.99"}, {"'@a, \"b\"\nc", "", "'+91"}, {"Total", "1234.06", "9999999999999.99"}}
	for i, row := range want {
		if i >= len(rows) || strings.Join(rows[i], "|") != strings.Join(row, "|") {
			t.Errorf("row %d: %q, want %q", i, rows[min(i, len(rows)-1)], row)
		}
	}
}

func TestXLSXKeepsTextsAndPaise(t *testing.T) {
	f, err := example().As("xlsx")
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(f.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	for at, want := range map[string]struct {
		value  string
		number bool
	}{"B2": {"=cmd|' /C calc'!A0", false}, "B3": {"3", true}, "A6": {"00123456789", false}, "B6": {"1234.56", true}, "A7": {"-5", false}, "B7": {"-0.50", true},
		"C7": {"9999999999999.99", true}, "C8": {"+91", false}, "B9": {"1234.06", true}} {
		got, err := book.GetCellValue("Sheet1", at, excelize.Options{RawCellValue: true})
		if err != nil || got != want.value {
			t.Errorf("%s is %q, want %q: %v", at, got, want.value, err)
		}
		kind, err := book.GetCellType("Sheet1", at)
		isText := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString
		if err != nil || isText == want.number {
			t.Errorf("%s is of type %v, %v", at, kind, err)
		}
		if formula, err := book.GetCellFormula("Sheet1", at); err != nil || formula != "" {
			t.Errorf("%s computes %q, %v", at, formula, err)
		}
	}
}

func TestOnlyTwoKindsOfFiles(t *testing.T) {
	if _, err := example().As("pdf"); err == nil {
		t.Error("a pdf was made")
	}
	if got := sheet.Amount(money.Paise(-1)).String(); got != "-0.01" {
		t.Error(got)
	}
}
