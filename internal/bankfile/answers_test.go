package bankfile_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"saebaan/internal/bankfile"
	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// book is a workbook of one sheet. A cell that is a string is text.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheGenericAnswer(t *testing.T) {
	file := "\ufeffStatus, reference ,REASON,utr,more\r\n" +
		"Paid,SB1,,utr123456,x\r\n" +
		"\r\n" +
		" FAILED ,SB2,\"=account 50100123456789\nclosed <b>\",,\r\n" +
		"returned,SB3\r\n"
	want := []bankfile.Answer{
		{Row: 1, Reference: "SB1", Status: "paid", UTR: "UTR123456"},
		{Row: 2, Reference: "SB2", Status: "failed", Reason: "account *** closed  b"},
		{Row: 3, Reference: "SB3", Status: "returned"},
	}
	got, err := bankfile.Answers(bankfile.Generic(), []byte(file), nil)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v", err, got)
	}
	for _, column := range []string{"reference", "status", "utr", "reason"} {
		lacking := strings.Replace("reference,status,utr,reason\n", column, "other", 1)
		if _, err := bankfile.Answers(bankfile.Generic(), []byte(lacking), nil); !errors.Is(err, bankfile.ErrAnswer) || fault.Of(err).Fields[0].Location != column {
			t.Errorf("without %s: %v", column, err)
		}
	}
	if got, err := bankfile.Answers(bankfile.Generic(), []byte("reference,status,utr,reason\n"), nil); err != nil || len(got) != 0 {
		t.Error("an answer of no rows", got, err)
	}
}

// A row that is not understood has a problem and no status.
func TestNothingIsGuessed(t *testing.T) {
	sent := map[string]money.Paise{"SB1": 123450}
	m := layout(t, "generic_csv.1").Answers
	for _, c := range []struct{ row, problem string }{
		{"SB1,paid,UTR1234567,,1234.50,2026-11-17", ""},
		{"SB1,PROCESSED,UTR1234567,,\"1,234.5\",17/11/2026", ""},
		{"SB1,paid,UTR1234567,,1234.5000,17-11-2026", ""},
		{"SB1,waiting,,,,", ""},
		{"SB9,paid,UTR1234567,,99.00,", ""}, // the caller knows its references
		{"SB1,done,UTR1234567,,,", "not a word that is known: done"},
		{"SB1,,UTR1234567,,,", "not a word that is known"},
		{"SB1,paid to 50100123456789,UTR1234567,,,", "paid to ***"},
		{"SB1,paid,,,,", "needs the bank's reference"},
		{"SB1,paid,5.34E+11,,,", "needs the bank's reference"},
		{"SB1,paid,UTR12,,,", "needs the bank's reference"},
		{"SB1,paid,UTR1234567,,1234.51,", "₹1,234.51, and ₹1,234.50 was sent"},
		{"SB1,paid,UTR1234567,,-1234.50,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,1234.505,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,\"12,34.50\",", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,1.2345E3,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,₹1234.50,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,1234.0999999999999,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,0.00,", "₹0.00, and"},
		{"SB1,paid,UTR1234567,,99999999999999999999,", "amount cannot be read"},
		{"SB1,paid,UTR1234567,,,31/02/2026", "date cannot be read"},
		{"SB1,paid,UTR1234567,,,46343", "date cannot be read"},
		{",paid,UTR1234567,,,", "no reference of ours"},
		{"SB 1,paid,UTR1234567,,,", "no reference of ours"},
	} {
		got, err := bankfile.Answers(m, []byte("reference,status,utr,reason,amount,date\n"+c.row+"\n"), sent)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", c.row, got, err)
			continue
		}
		if a := got[0]; (a.Problem == "") != (c.problem == "") || !strings.Contains(a.Problem, c.problem) || (a.Status == "") != (c.problem != "") {
			t.Errorf("%s: %+v", c.row, a)
		}
	}
}

// The answers of the banks' own forms.
func TestBanksAnswers(t *testing.T) {
	sent := map[string]money.Paise{"SB1": 123450, "SB2": 100}
	for _, c := range []struct{ layout, file string }{
		{"hdfc_enet.1", "N,,0012345678,1234.50,Asha,SB1,SB1,16/11/2026,BARB0HARDOI,Bank of Baroda,,N320262000000001,E,\r\nN,,9912345678,1.00,Bano,SB2,SB2,16/11/2026,BARB0HARDOI,Bank of Baroda,,,R,ACCOUNT CLOSED 9912345678\r\n"},
		{"hdfc_value.1", "SB1,Asha,0012345678,BARB0HARDOI,10,1234.50,20261116,N320262000000001,E,\nSB2,Bano,9912345678,BARB0HARDOI,10,1.00,20261116,,R,ACCOUNT CLOSED 9912345678\n"},
		{"union_neft.1", "Remarks,Amount,Transaction  Status,UTR No,Failure Reason\nSB1,\"1,234.50\",SUCCESS,N320262000000001,\nSB2,1,Rejected,,ACCOUNT CLOSED 9912345678\n"},
		{"generic_csv.1", "reference,rail,name,account,ifsc,upi,amount,remarks,name_written,status,utr,reason\nSB1,NEFT,Asha,0012345678,BARB0HARDOI,,1234.50,,,paid,N320262000000001,\nSB2,NEFT,Bano,9912345678,BARB0HARDOI,,1.00,,,failed,,ACCOUNT CLOSED 9912345678\nTOTAL,2,run,,,,1235.50,block 1,,,,\n"},
	} {
		got, err := bankfile.Answers(layout(t, c.layout).Answers, []byte(c.file), sent)
		if err != nil || len(got) != 2 {
			t.Errorf("%s: %v, %v", c.layout, got, err)
			continue
		}
		for i := range got {
			got[i].Date = ""
		}
		want := []bankfile.Answer{{Row: 1, Reference: "SB1", Status: "paid", UTR: "N320262000000001", Amount: 123450},
			{Row: 2, Reference: "SB2", Status: "failed", Reason: "ACCOUNT CLOSED ***", Amount: 100}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", c.layout, got)
		}
	}
}

func TestAWorkbookAsAnswer(t *testing.T) {
	m := bankfile.Mapping{Skip: 1, Columns: map[string][]string{"reference": {"our ref"}, "status": {"txn status"}, "utr": {"rrn"}, "reason": {"why"}, "amount": {"amt"}, "date": {"on"}},
		Words: map[string][]string{"paid": {"00"}, "failed": {"51", "no  such account"}}, Optional: []string{"reason"}, Dates: []string{"dd.MM.yyyy"}, Ignore: []string{"Grand Total"}}
	file := book(t, []any{"Statement of the 16th"}, nil, []any{"Our Ref", "Txn Status", "RRN", "Amt", "ON"},
		[]any{"SB1", "00", 632012345678, 1234.1, 46343}, nil,
		[]any{"SB2", "No such account", "", "1,234.10", "17.11.2026"},
		[]any{"SB3", "00", "632012345679", 1234.101, "17.11.2026"},
		[]any{"GRAND TOTAL", "", "", 2468.2, ""})
	got, err := bankfile.Answers(m, file, map[string]money.Paise{"SB1": 123410, "SB2": 123410})
	want := []bankfile.Answer{
		{Row: 1, Reference: "SB1", Status: "paid", UTR: "632012345678", Amount: 123410, Date: "2026-11-17"},
		{Row: 2, Reference: "SB2", Status: "failed", Amount: 123410, Date: "2026-11-17"},
		{Row: 3, Reference: "SB3", UTR: "632012345679", Date: "2026-11-17", Problem: "the amount cannot be read"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v", err, got)
	}
	m.Sheet = "SHEET1"
	if again, err := bankfile.Answers(m, file, nil); err != nil || len(again) != 3 {
		t.Error("the sheet by name", again, err)
	}
	m.Sheet = "Payments"
	if _, err := bankfile.Answers(m, file, nil); !errors.Is(err, bankfile.ErrAnswer) {
		t.Error("a sheet that is not there", err)
	}
}

// A spreadsheet keeps 1234.10 with seventeen digits.
func TestAmountsAsSpreadsheetsKeepThem(t *testing.T) {
	m := layout(t, "generic_xlsx.1").Answers
	for kept, want := range map[string]money.Paise{"1234.0999999999999": 123410, "1.1000000000000001": 110, "0.28999999999999998": 29, "123456789.01000001": 12345678901} {
		f := excelize.NewFile()
		for cell, value := range map[string]string{"A1": "reference", "B1": "status", "C1": "utr", "D1": "amount", "A2": "SB1", "B2": "returned", "D2": kept} {
			if err := f.SetCellDefault("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		b, err := f.WriteToBuffer()
		if err != nil || f.Close() != nil {
			t.Fatal(err)
		}
		got, err := bankfile.Answers(m, b.Bytes(), map[string]money.Paise{"SB1": want})
		if err != nil || len(got) != 1 || got[0].Amount != want || got[0].Problem != "" {
			t.Errorf("%s: %+v, %v", kept, got, err)
		}
	}
}

func TestOtherAlphabetsOfBytes(t *testing.T) {
	m := bankfile.Generic()
	m.Delimiter, m.Encoding, m.Words["failed"] = ";", "windows-1252", []string{"refusé"}
	if bankfile.Generic().Words["failed"][0] != "failed" {
		t.Error("a caller changes the mapping of all")
	}
	got, err := bankfile.Answers(m, []byte("reference;status;utr;reason\nSB1;Refus\xe9;;no such \x93account\x94\n"), nil)
	if err != nil || len(got) != 1 || got[0].Status != "failed" || got[0].Reason != "no such  account" {
		t.Errorf("%+v, %v", got, err)
	}
	m.Encoding = ""
	if _, err := bankfile.Answers(m, []byte("reference;status;utr;reason\nSB1;Refus\xe9;;\n"), nil); !errors.Is(err, bankfile.ErrAnswer) {
		t.Error("bytes that are no UTF-8", err)
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	const head = "reference,status,utr,reason\n"
	two := excelize.NewFile()
	defer func() { _ = two.Close() }()
	if _, err := two.NewSheet("Other"); err != nil {
		t.Fatal(err)
	}
	sheets, err := two.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	whole := book(t, []any{"reference", "status", "utr", "reason"})
	wide := make([]any, 101)
	for i := range wide {
		wide[i] = i
	}
	for name, c := range map[string]struct {
		file []byte
		why  string
	}{
		"nothing":            {nil, "no row of titles"},
		"too large":          {append([]byte(head), make([]byte, 5<<20)...), "5 MB"},
		"a zero byte":        {[]byte(head + "SB1,paid,\x00,\n"), "not text"},
		"an open quote":      {[]byte(head + "SB1,\"paid,,\n"), "quotation mark"},
		"UTF-16":             {[]byte("\xff\xfer\x00e\x00"), "not text"},
		"an old Excel file":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old kind"},
		"too many rows":      {[]byte(head + strings.Repeat("SB1,paid,UTR123456,\n", bankfile.MaxRows+1)), "20000 rows"},
		"far too many rows":  {[]byte(head + strings.Repeat("SB1,paid,UTR123456,\n", bankfile.MaxRows+500)), "20000 rows"},
		"too many columns":   {[]byte(head + strings.Repeat(",", 100) + "x\n"), "100 columns"},
		"a wide workbook":    {book(t, wide), "100 columns"},
		"two like columns":   {[]byte("reference,Reference,status,utr,reason\n"), "two columns"},
		"half a workbook":    {whole[:len(whole)/2], "not an XLSX"},
		"a zip of something": {[]byte("PK\x03\x04 and no more"), "not an XLSX"},
		"two sheets":         {sheets.Bytes(), "2 sheets"},
		"a large workbook":   {bomb(t, "xl/worksheets/sheet1.xml", "<c/>", 25<<20), "24 MB"},
		"two large sheets":   {bomb(t, "xl/worksheets/sheet1.xml xl/worksheets/sheet2.xml", "<c/>", 13<<20), "24 MB"},
		"much rich text":     {bomb(t, "xl/sharedStrings.xml", "<x:r><t>a</t></x:r>", 6<<20), "more texts"},
		"many shared texts":  {bomb(t, "xl/sharedStrings.xml", "<si/>", 4<<20), "more texts"},
	} {
		got, err := bankfile.Answers(bankfile.Generic(), c.file, nil)
		f := fault.Of(err)
		if !errors.Is(err, bankfile.ErrAnswer) || got != nil || len(f.Fields) != 1 || !strings.Contains(f.Fields[0].Message, c.why) {
			t.Errorf("%s: %d rows, %v, %v", name, len(got), err, f)
		}
	}
	if got, err := bankfile.Answers(bankfile.Generic(), []byte(head+strings.Repeat("SB1,paid,UTR123456,\n", bankfile.MaxRows)), nil); err != nil || len(got) != bankfile.MaxRows {
		t.Error("as many rows as are allowed:", len(got), err)
	}
}

// bomb is a zip of parts, each of which says the same thing very often.
func bomb(t testing.TB, parts, word string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for part := range strings.FieldsSeq(parts) {
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte(word), size/len(word))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A zip that says it is small is believed, and cut off there.
func TestAZipThatLiesAboutItsSize(t *testing.T) {
	file := bomb(t, "xl/sharedStrings.xml", "<x/>", 60<<20)
	at := bytes.LastIndex(file, []byte("PK\x01\x02"))
	copy(file[at+24:], []byte{0, 1, 0, 0}) // the size in the central directory
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := bankfile.Answers(bankfile.Generic(), file, nil); !errors.Is(err, bankfile.ErrAnswer) {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes were used", used)
	}
}

func TestAMappingThatCannotBeFollowed(t *testing.T) {
	good := func() bankfile.Mapping {
		return bankfile.Mapping{Columns: map[string][]string{"reference": {"ref"}, "status": {"status"}}, Words: map[string][]string{"paid": {"ok"}}}
	}
	if got, err := bankfile.Answers(good(), []byte("status,ref\nfine,SB1\n"), nil); err != nil || len(got) != 1 || got[0].Problem == "" {
		t.Error(got, err)
	}
	for name, spoil := range map[string]func(*bankfile.Mapping){
		"a delimiter of two":            func(m *bankfile.Mapping) { m.Delimiter = ";;" },
		"a quote as delimiter":          func(m *bankfile.Mapping) { m.Delimiter = `"` },
		"an unknown encoding":           func(m *bankfile.Mapping) { m.Encoding = "koi8-r" },
		"rows skipped backwards":        func(m *bankfile.Mapping) { m.Skip = -1 },
		"no status":                     func(m *bankfile.Mapping) { delete(m.Columns, "status") },
		"no word for paid":              func(m *bankfile.Mapping) { delete(m.Words, "paid") },
		"a word for two things":         func(m *bankfile.Mapping) { m.Words["failed"] = []string{" OK "} },
		"a title for two things":        func(m *bankfile.Mapping) { m.Columns["utr"] = []string{"Ref"} },
		"an unknown status":             func(m *bankfile.Mapping) { m.Words["lost"] = []string{"lost"} },
		"an unknown column":             func(m *bankfile.Mapping) { m.Columns["iban"] = []string{"iban"} },
		"an empty word":                 func(m *bankfile.Mapping) { m.Words["paid"] = []string{"ok", " "} },
		"titles without titles":         func(m *bankfile.Mapping) { m.Untitled = true },
		"a date without a form":         func(m *bankfile.Mapping) { m.Columns["date"] = []string{"on"} },
		"a date of a form without days": func(m *bankfile.Mapping) { m.Dates = []string{"MM/yyyy"} },
	} {
		m := good()
		spoil(&m)
		if _, err := bankfile.Answers(m, []byte("ref,status\n"), nil); !errors.Is(err, bankfile.ErrLayout) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
